//! MCAP files, decoded with only the definitions in them.

#![cfg(feature = "mcap")]

use std::io::Read;

use acevo_export::McapExporter;
use acevo_simulator::Scenario;
use acevo_telemetry::acevo_shared_memory::{FieldType, Page, PageKind, SPageFilePhysics, Value};

use acevo_testkit::python::{python, run};

/// About a second of all pages.
fn pages() -> Vec<(u64, PageKind, Vec<u8>)> {
    let mut pages = Vec::new();
    acevo_testkit::drive::each_frame(acevo_testkit::drive::options(Scenario::Race, 3, 1), |at, frame| {
        for kind in PageKind::ALL {
            if pages.len() < 3000 {
                pages.push((at.as_nanos() as u64, kind, frame.bytes(kind).to_vec()));
            }
        }
    });
    pages
}

fn file_of(pages: &[(u64, PageKind, Vec<u8>)]) -> Vec<u8> {
    let mut exporter = McapExporter::new(Vec::new()).expect("begins");
    for (time_ns, kind, bytes) in pages {
        exporter.page(*time_ns, *kind, bytes).expect("takes a page");
    }
    exporter.finish().expect("ends")
}

/// Reads little-endian values.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    fn number(&mut self, bytes: usize) -> u64 {
        self.take(bytes).iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn text(&mut self) -> &'a str {
        let length = self.number(4) as usize;
        std::str::from_utf8(self.take(length)).expect("a text")
    }

    fn record(&mut self) -> (u8, Bytes<'a>) {
        let op = self.number(1) as u8;
        let length = self.number(8) as usize;
        (op, Bytes(self.take(length)))
    }
}

/// The fields of a message by the rules of CDR: aligned to their size after the header.
fn decoded(definition: &str, message: &[u8]) -> Vec<(String, String, Vec<u64>)> {
    assert_eq!(message[..4], [0, 1, 0, 0]);
    let (body, mut at, mut fields) = (&message[4..], 0, Vec::new());
    for line in definition.lines() {
        let line = line.split('#').next().unwrap();
        let (ty, name) = line.trim().split_once(' ').expect("a type and a name");
        let (ty, count) = match ty.split_once('[') {
            Some((ty, count)) => (ty, count.trim_end_matches(']').parse().expect("a number")),
            None => (ty, 1),
        };
        let size = match ty {
            "bool" | "int8" | "uint8" => 1,
            "int16" | "uint16" => 2,
            "int32" | "uint32" | "float32" => 4,
            "uint64" => 8,
            other => panic!("{other}"),
        };
        let mut values = Vec::new();
        for _ in 0..count {
            at = usize::next_multiple_of(at, size);
            values.push(Bytes(&body[at..]).number(size));
            at += size;
        }
        fields.push((name.to_owned(), ty.to_owned(), values));
    }
    assert_eq!(at, body.len(), "nothing is behind the fields");
    fields
}

#[test]
fn mcap_definitions_describe_every_page() {
    let pages = pages();
    let file = file_of(&pages);
    let mut bytes = Bytes(&file);
    assert_eq!(bytes.take(8), b"\x89MCAP0\r\n");
    let (mut definitions, mut messages, mut chunks) = (Vec::new(), Vec::new(), 0);
    loop {
        let (op, mut record) = bytes.record();
        match op {
            0x03 if messages.is_empty() => {
                let (id, name, encoding) = (record.number(2), record.text(), record.text());
                assert!(name.starts_with("acevo/msg/") && encoding == "ros2msg");
                definitions.push((id, record.text()));
            }
            0x06 => {
                let (first, last, size) = (record.number(8), record.number(8), record.number(8) as usize);
                assert!((record.number(4), record.text()) == (0, "lz4") && record.number(8) as usize == record.0.len());
                let mut chunk = Vec::new();
                lz4_flex::frame::FrameDecoder::new(record.0).read_to_end(&mut chunk).expect("a frame");
                assert_eq!(chunk.len(), size);
                let mut chunk = Bytes(&chunk);
                while !chunk.0.is_empty() {
                    let (op, mut message) = chunk.record();
                    assert_eq!(op, 0x05);
                    let (channel, _, time, _) =
                        (message.number(2), message.number(4), message.number(8), message.number(8));
                    assert!((first..=last).contains(&time));
                    messages.push((channel, time, message.0.to_vec()));
                }
                chunks += 1;
            }
            0x02 => break,
            _ => (),
        }
    }
    assert_eq!(bytes.0, b"\x89MCAP0\r\n");
    assert!(chunks > 3 && messages.len() == pages.len());
    for ((channel, time, message), (time_ns, kind, page)) in messages.iter().zip(&pages) {
        assert_eq!((time, &message[4..]), (time_ns, page.as_slice()));
        let (_, definition) = definitions.iter().find(|(id, _)| id == channel).expect("defined");
        let fields = decoded(definition, message);
        let mut names: Vec<&str> = fields.iter().map(|(name, ..)| name.as_str()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "every name is there once");
        // The field table covers every byte, so the fields of both are in the same order.
        assert_eq!(fields.len(), kind.fields().len());
        for ((name, ty, values), field) in fields.iter().zip(kind.fields()) {
            let first = match (field.ty, field.count) {
                (FieldType::Text(_), _) => continue,
                (_, 1) => field.read(page),
                _ => match field.read(page) {
                    Value::List(list) => match list.get(0).expect("an element") {
                        Value::List(row) => row.get(0).expect("an element"),
                        value => value,
                    },
                    value => value,
                },
            };
            let expected = match first {
                Value::Float(value) => u64::from(value.to_bits()),
                Value::Int(value) => value as u64 & (u64::MAX >> (64 - 8 * field.ty.size())),
                Value::Enum(value, _) => u64::from(value as u32),
                Value::UInt(value) if ty == "uint32" => value & u64::from(u32::MAX),
                Value::UInt(value) => value,
                Value::Bool(value) => value.into(),
                other => panic!("{other:?}"),
            };
            assert_eq!(values[0], expected, "{name}");
        }
    }
}

#[test]
fn mcap_takes_pages_of_any_size_and_time() {
    let any =
        [(u64::MAX, 0), (0, 100_000), (5, 3), (5, 800)].map(|(time, size)| (time, PageKind::Physics, vec![0xff; size]));
    let file = file_of(&any);
    assert!(file.ends_with(b"\x89MCAP0\r\n"));
    assert!(file_of(&[]).len() < 100_000);
}

/// Every message in the order of the file, by an independent reader and decoder.
const READ: &str = "
import sys
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
with open(sys.argv[1], 'rb') as file:
    reader = make_reader(file, validate_crcs=True, decoder_factories=[DecoderFactory()])
    summary = reader.get_summary()
    print(summary.statistics.message_count, len(summary.chunk_indexes))
    for schema, channel, message, page in reader.iter_decoded_messages(log_time_order=False):
        if channel.topic == '/acevo/physics':
            print(message.log_time, page.packet_id, page.speed_kmh, page.wheel_slip[3])
";

#[test]
fn other_readers_read_the_same_mcap() {
    let Some(python) = python(&["mcap", "mcap_ros2", "lz4"]) else { return };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("race.mcap");
    let pages = pages();
    std::fs::write(&path, file_of(&pages)).unwrap();
    let text = run(&python, READ, &[path.as_os_str()]);
    let mut lines = text.lines();
    let count = lines.next().unwrap().split(' ').next().unwrap();
    assert_eq!(count, pages.len().to_string());
    let mut physics = 0;
    for (time, _, page) in pages.iter().filter(|(_, kind, _)| *kind == PageKind::Physics) {
        let page = SPageFilePhysics::from_bytes(page);
        let decoded: Vec<f64> = lines.next().expect("a line").split(' ').map(|word| word.parse().unwrap()).collect();
        let expected = [*time as f64, page.packetId.into(), page.speedKmh.into(), page.wheelSlip[3].into()];
        assert_eq!(decoded, expected);
        physics += 1;
    }
    assert!(physics > 900 && lines.next().is_none());
}
