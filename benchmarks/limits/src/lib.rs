//! Inputs of the benchmarks: a simulated race, and what has seen some of it.

use std::io::{Cursor, Sink};
use std::time::Duration;

use acevo_export::{Column, CsvExporter, CsvOptions, Sampler};
use acevo_recording::{Description, Record, Recording, RecordingWriter};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, Page, PageKind, Publisher};
use acevo_simulator::{Options, Scenario, Simulator};
use acevo_telemetry::analysis::{Analysis, Settings};
use acevo_telemetry::{Axes, Channel, Frame, default_channels};

/// A second of packets.
pub const PACKETS: usize = 333;

/// A race, twenty seconds after it began.
pub fn driving() -> Simulator {
    let mut options = Options::default();
    options.scenario = Scenario::Race;
    let mut simulator = Simulator::new(options);
    while simulator.time() < Duration::from_secs(20) {
        simulator.step();
    }
    simulator
}

pub fn frames(packets: usize) -> Vec<(Duration, Frame)> {
    let mut simulator = driving();
    (0..packets)
        .map(|_| {
            simulator.step();
            (simulator.time(), simulator.frame())
        })
        .collect()
}

/// Pages of a game that have settled.
pub fn mapper() -> ACEvoSharedMemoryMapper {
    let (simulator, pages) = (driving(), LocalPages::new());
    let mut publisher = Publisher::local(&pages);
    publisher.publish_physics(simulator.physics()).expect("memory takes all");
    publisher.publish_graphics(simulator.graphics()).expect("memory takes all");
    publisher.publish_static(simulator.static_data()).expect("memory takes all");
    let mapper = ACEvoSharedMemoryMapper::open_source(pages).expect("pages in memory");
    mapper.frame().expect("pages in memory");
    mapper
}

/// An analysis in the middle of a lap, and the second after it.
pub fn analysis() -> (Analysis, Vec<(Duration, Frame)>) {
    let mut analysis = Analysis::new(Settings::default());
    let mut frames = frames(5 * PACKETS);
    let next = frames.split_off(4 * PACKETS);
    for (at, frame) in &frames {
        analysis.feed(*at, frame);
    }
    (analysis, next)
}

pub type Pages = Vec<(PageKind, Duration, Vec<u8>)>;

/// Three seconds of pages.
pub fn pages() -> Pages {
    let mut simulator = driving();
    let mut pages = Vec::new();
    for _ in 0..3 * PACKETS {
        let changed = simulator.step();
        let at = simulator.time();
        if changed.graphics {
            pages.push((PageKind::Graphics, at, simulator.graphics().as_bytes().to_vec()));
        }
        if changed.physics {
            pages.push((PageKind::Physics, at, simulator.physics().as_bytes().to_vec()));
        }
    }
    pages
}

pub fn writer() -> RecordingWriter<Vec<u8>> {
    RecordingWriter::new(Vec::with_capacity(1 << 20), &Description::new("limits")).expect("memory takes all")
}

/// A writer that has its memory, and pages.
pub fn warm_writer() -> (RecordingWriter<Vec<u8>>, Pages) {
    let (mut writer, pages) = (writer(), pages());
    write(&mut writer, &pages);
    (writer, pages)
}

pub fn write(writer: &mut RecordingWriter<Vec<u8>>, pages: &Pages) {
    for (page, at, bytes) in pages {
        writer.record(&Record::new(*page, *at, bytes)).expect("memory takes all");
    }
    writer.flush().expect("memory takes all");
}

/// A reader that has its memory.
pub fn reader() -> Recording<Cursor<Vec<u8>>> {
    let mut writer = writer();
    write(&mut writer, &pages());
    let (file, _) = writer.finish().expect("memory takes all");
    let mut recording = Recording::from_input(Cursor::new(file)).expect("it was just written");
    while recording.next_step().expect("it is in memory").is_some() {}
    recording.seek(Duration::ZERO).expect("it is in memory");
    recording
}

pub type Csv = (CsvExporter<Sink>, Sampler, Vec<(Duration, Frame)>);

pub fn csv() -> Csv {
    let columns: Vec<Column> = default_channels().map(|channel| Column::new(channel, channel.unit())).collect();
    let sampler = Sampler::new(&columns, Axes::default());
    let exporter = CsvExporter::new(std::io::sink(), &columns, CsvOptions::default()).expect("a table");
    (exporter, sampler, frames(PACKETS))
}

/// Frames, and the channels of a dash.
pub type Subscribed = (Vec<(Duration, Frame)>, Vec<&'static Channel>);

/// A second of frames for a subscription to sixty channels.
pub fn subscribed() -> Subscribed {
    (frames(PACKETS), default_channels().take(60).collect())
}
