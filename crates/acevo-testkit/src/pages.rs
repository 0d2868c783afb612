//! Records of simulated pages, kept in memory for comparison with the records that a reader returns.

use std::io::{Cursor, Read, Seek};
use std::time::Duration;

use acevo_recording::{Damage, Description, Mark, Record, Recording, RecordingItem, RecordingWriter};
use acevo_shared_memory::{Page, PageKind, SPageFilePhysics};
use acevo_simulator::{Options, Scenario, Simulator};

/// A record that owns its bytes. The fields are those of [`Record`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "documented at `Record`")]
pub struct Kept {
    pub page: PageKind,
    pub at: Duration,
    pub uncertainty: Duration,
    pub settled: bool,
    pub restarted: bool,
    pub carried: bool,
    pub missed: u32,
    pub bytes: Vec<u8>,
}

impl Kept {
    /// A copy of a record.
    pub fn new(record: Record<'_>) -> Self {
        let Record { page, at, uncertainty, settled, restarted, carried, missed, bytes, .. } = record;
        Self { page, at, uncertainty, settled, restarted, carried, missed, bytes: bytes.to_vec() }
    }

    /// The record, borrowed.
    pub fn lend(&self) -> Record<'_> {
        let mut record = Record::new(self.page, self.at, &self.bytes);
        record.uncertainty = self.uncertainty;
        (record.settled, record.restarted, record.carried) = (self.settled, self.restarted, self.carried);
        record.missed = self.missed;
        record
    }
}

/// Default options with this scenario.
pub fn options(scenario: Scenario) -> Options {
    let mut options = Options::default();
    options.scenario = scenario;
    options
}

/// The simulator's time in the resolution of recordings: microseconds.
pub fn time(simulator: &Simulator) -> Duration {
    Duration::from_micros(simulator.time().as_micros() as u64)
}

/// Records of the first seconds of a scenario.
pub fn drive(scenario: Scenario, seconds: u64) -> Vec<Kept> {
    let mut simulator = Simulator::new(options(scenario));
    let mut records = Vec::new();
    while simulator.time() < Duration::from_secs(seconds) {
        let changed = simulator.step();
        let at = time(&simulator);
        let mut keep = |page, bytes| records.push(Kept::new(Record::new(page, at, bytes)));
        if changed.static_data {
            keep(PageKind::Static, simulator.static_data().as_bytes());
        }
        if changed.graphics {
            keep(PageKind::Graphics, simulator.graphics().as_bytes());
        }
        if changed.physics {
            keep(PageKind::Physics, simulator.physics().as_bytes());
        }
    }
    records
}

/// The bytes of a finished recording.
pub fn recorded(records: &[Kept]) -> Vec<u8> {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    records.iter().for_each(|record| writer.record(&record.lend()).unwrap());
    writer.finish().unwrap().0
}

/// The part of a finished recording before its index, as a killed program leaves it.
pub fn without_index(file: &[u8]) -> &[u8] {
    let trailer = file.len() - 16;
    &file[..u64::from_le_bytes(file[trailer..trailer + 8].try_into().unwrap()) as usize]
}

/// All items of a recording.
#[derive(Debug, Default)]
pub struct All {
    /// Its records.
    pub records: Vec<Kept>,
    /// Its marks.
    pub marks: Vec<Mark>,
    /// Its damaged parts.
    pub damage: Vec<Damage>,
}

/// Reads a recording from its start.
pub fn read_all<R: Read + Seek>(recording: &mut Recording<R>) -> All {
    recording.seek(Duration::ZERO).unwrap();
    rest(recording)
}

/// Reads the rest of a recording.
pub fn rest<R: Read + Seek>(recording: &mut Recording<R>) -> All {
    let mut all = All::default();
    while let Some(item) = recording.next_item().unwrap() {
        match item {
            RecordingItem::Record(record) => all.records.push(Kept::new(record)),
            RecordingItem::Mark(mark) => all.marks.push(mark.clone()),
            RecordingItem::Damage(damage) => all.damage.push(damage),
            _ => {}
        }
    }
    all
}

/// Opens a recording in memory.
pub fn open(file: &[u8]) -> Recording<Cursor<&[u8]>> {
    Recording::from_input(Cursor::new(file)).unwrap()
}

/// Physics of a running engine with this counter, faded to `level` (0 to 1) as around a pause.
pub fn faded_physics(packet_id: i32, level: f32) -> SPageFilePhysics {
    SPageFilePhysics {
        packetId: packet_id,
        rpms: 6000,
        airDensity: 1.2 * level,
        airTemp: 26.0 * level,
        roadTemp: 30.0 * level,
        brakeBias: 0.6 * level,
        ..Default::default()
    }
}
