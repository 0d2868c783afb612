//! A recording that is read ahead returns what it returns without it.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use acevo_recording::{Description, FieldSet, Mark, Marked, Record, Recording, RecordingWriter};
use acevo_shared_memory::PageKind;
use acevo_simulator::Scenario;
use acevo_telemetry::channel;
use acevo_testkit::pages::{drive, read_all, recorded};
use proptest::prelude::*;

/// Twenty groups of small pages, with a mark in every second one.
fn file() -> Vec<u8> {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    for ms in (0..20_000).step_by(50) {
        for page in [PageKind::Graphics, PageKind::Physics] {
            let bytes: Vec<u8> = (0..40).map(|byte| (ms * 7 + byte * (1 + page as u64)) as u8).collect();
            writer.record(&Record::new(page, Duration::from_millis(ms), &bytes)).unwrap();
        }
        if ms % 2000 == 500 {
            let text = format!("at {ms}");
            writer.mark(&Mark::new(Duration::from_millis(ms), Marked::Note { text })).unwrap();
        }
    }
    writer.finish().unwrap().0
}

/// A file with a part that cannot be read. `alive` is dropped with it.
struct Disk {
    bytes: Cursor<Vec<u8>>,
    bad: Range<u64>,
    _alive: Arc<()>,
}

impl Read for Disk {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.bytes.position();
        if at < self.bad.end && at + buffer.len() as u64 > self.bad.start {
            return Err(io::Error::other("bad sector"));
        }
        self.bytes.read(buffer)
    }
}

impl Seek for Disk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// What is done with a recording.
#[derive(Debug, Clone)]
enum Action {
    Items(usize),
    Steps(usize),
    Seek(u64),
    Select,
    Check,
}

fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => (0..600_usize).prop_map(Action::Items),
        4 => (0..300_usize).prop_map(Action::Steps),
        3 => (0..22_000_u64).prop_map(Action::Seek),
        1 => Just(Action::Select),
        1 => Just(Action::Check),
    ]
}

/// Results of the actions, as text.
fn results<R: Read + Seek>(recording: &mut Recording<R>, actions: &[Action]) -> Vec<String> {
    let mut results = Vec::new();
    for action in actions {
        match action {
            Action::Items(count) => {
                results.extend((0..*count).map(|_| format!("{:?}", recording.next_item())));
            }
            Action::Steps(count) => {
                results.extend((0..*count).map(|_| match recording.next_step() {
                    Ok(None) => "end".to_owned(),
                    Ok(Some(step)) => {
                        let page = &step.frame.bytes(PageKind::Physics)[..40];
                        let how = (step.at, step.physics, step.graphics, step.after_damage, step.frame.validity);
                        format!("{how:?} {page:?}")
                    }
                    Err(error) => error.to_string(),
                }));
            }
            Action::Seek(ms) => {
                results.push(format!("{:?}", recording.seek(Duration::from_millis(*ms))));
                results.push(format!("{:?}", recording.opening(PageKind::Physics)));
            }
            Action::Select => {
                recording.select(FieldSet::default().with_field("physics.gas"));
            }
            Action::Check => results.push(format!("{:?}", recording.check())),
        }
    }
    results
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn read_ahead_returns_the_same_from_damaged_files(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        bad in prop::option::of((any::<prop::sample::Index>(), 0..3000_u64)),
        actions in prop::collection::vec(any_action(), 1..12),
    ) {
        let mut bytes = FILE.with(Clone::clone);
        for (place, bit) in flips {
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
        // The beginning, the marks and the index can be read, or nothing could be opened.
        let bad = bad.map_or(0..0, |(place, length)| {
            let place = place.index(bytes.len().max(1)) as u64;
            place..place + length
        });
        let open = || Recording::from_input(Disk {
            bytes: Cursor::new(bytes.clone()),
            bad: bad.clone(),
            _alive: Arc::default(),
        });
        let (Ok(mut plain), Ok(ahead)) = (open(), open()) else { return Ok(()) };
        let mut ahead = ahead.with_read_ahead();
        prop_assert_eq!(results(&mut ahead, &actions), results(&mut plain, &actions));
    }
}

thread_local! {
    static FILE: Vec<u8> = file();
}

#[test]
fn read_ahead_returns_all_records_with_any_selection() {
    let records = drive(Scenario::Race, 9);
    let file = recorded(&records);
    let mut ahead = Recording::from_input(Cursor::new(file.clone())).unwrap().with_read_ahead();
    assert_eq!(read_all(&mut ahead).records, records);
    assert_eq!(read_all(&mut ahead).records, records, "a second time");
    let fields = FieldSet::of_channels([channel("speed").unwrap()]);
    ahead.seek(Duration::from_secs(2)).unwrap();
    ahead.next_step().unwrap();
    ahead.select(fields.clone());
    let mut plain = Recording::from_input(Cursor::new(file)).unwrap();
    plain.select(fields);
    assert_eq!(read_all(&mut ahead).records, read_all(&mut plain).records);
}

#[test]
fn dropped_recording_has_closed_its_input() {
    for groups in [0, 1, 2, 5] {
        let alive = Arc::new(());
        let disk = Disk { bytes: Cursor::new(FILE.with(Clone::clone)), bad: 0..0, _alive: Arc::clone(&alive) };
        let mut recording = Recording::from_input(disk).unwrap().with_read_ahead();
        for _ in 0..groups * 20 {
            recording.next_step().unwrap();
        }
        drop(recording);
        assert_eq!(Arc::strong_count(&alive), 1, "after {groups} groups");
    }
}
