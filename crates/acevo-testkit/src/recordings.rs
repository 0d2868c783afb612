//! Files with simulated recordings, written faster than real time.

use std::path::Path;
use std::time::Duration;

use acevo_recording::{Description, Record, Recording, RecordingItem, RecordingWriter, SeekableOutput};
use acevo_shared_memory::{Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use acevo_simulator::{CarModel, Options, Scenario, Simulator};

/// The three pages of a step, which a test can change before they are recorded.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    /// The static page.
    pub session: SPageFileStaticEvo,
    /// The graphics page.
    pub graphics: SPageFileGraphicEvo,
    /// The physics page.
    pub physics: SPageFilePhysics,
}

/// Records a session to its end, unchanged. Returns the lap times in milliseconds.
pub fn drive(path: &Path, car: CarModel, scenario: Scenario, laps: Option<u32>) -> Vec<i32> {
    let mut options = Options::default();
    (options.car, options.scenario, options.laps) = (car, scenario, laps);
    changed(path, options, Duration::MAX, |_, _| {})
}

/// Records a session until its end or until this time, with pages changed by `change`. Returns the lap times in milliseconds.
pub fn changed(path: &Path, options: Options, until: Duration, change: impl FnMut(Duration, &mut Pages)) -> Vec<i32> {
    let mut writer = RecordingWriter::create(path, &Description::new("test")).unwrap();
    let simulator = append(&mut writer, Duration::ZERO, options, until, change);
    writer.finish().unwrap();
    simulator.truth().laps.iter().map(|lap| lap.time_ms).collect()
}

/// Adds a session, which begins at `start`, until its end or until `until` has passed in it. Returns its simulator.
pub fn append<W: SeekableOutput>(
    writer: &mut RecordingWriter<W>,
    start: Duration,
    options: Options,
    until: Duration,
    mut change: impl FnMut(Duration, &mut Pages),
) -> Simulator {
    let mut simulator = Simulator::new(options);
    while !simulator.is_finished() && simulator.time() < until {
        let changes = simulator.step();
        let at = simulator.time();
        let mut pages =
            Pages { session: *simulator.static_data(), graphics: *simulator.graphics(), physics: *simulator.physics() };
        change(at, &mut pages);
        let pages = [
            (changes.static_data, PageKind::Static, pages.session.as_bytes()),
            (changes.graphics, PageKind::Graphics, pages.graphics.as_bytes()),
            (changes.physics, PageKind::Physics, pages.physics.as_bytes()),
        ];
        for (_, page, bytes) in pages.into_iter().filter(|(changed, ..)| *changed) {
            writer.record(&Record::new(page, start + at, bytes)).unwrap();
        }
    }
    simulator
}

/// Physics packets of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketCount {
    /// Packets with a record.
    pub recorded: u64,
    /// Packets that records count as missed.
    pub missed: u64,
    /// Packets between the first and the last one, by their counters. Each of them is recorded or missed.
    pub counted: u64,
}

/// Counts the physics packets of a recording of one session without restarts.
pub fn packet_count(path: &Path) -> PacketCount {
    let mut recording = Recording::open(path).unwrap();
    let (mut recorded, mut missed, mut first, mut last) = (0, 0, None, 0);
    while let Some(item) = recording.next_item().unwrap() {
        let RecordingItem::Record(record) = item else { continue };
        if record.page == PageKind::Physics && !record.carried {
            let id = i32::from_le_bytes(record.bytes[..4].try_into().unwrap());
            // Packets before the first record do not count.
            missed += if first.is_some() { u64::from(record.missed) } else { 0 };
            (first, last, recorded) = (first.or(Some(id)), id, recorded + 1);
        }
    }
    PacketCount { recorded, missed, counted: first.map_or(0, |first| u64::from(last.abs_diff(first)) + 1) }
}
