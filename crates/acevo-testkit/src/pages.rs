//! Records of the simulator's pages, kept to compare with what is read.

use std::io::{Cursor, Read, Seek};
use std::time::Duration;

use acevo_recording::{Damage, Description, Mark, Record, Recording, RecordingItem, RecordingWriter};
use acevo_shared_memory::{Page, PageKind};
use acevo_simulator::{Options, Scenario, Simulator};

/// A record with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    pub fn new(record: Record<'_>) -> Self {
        let Record { page, at, uncertainty, settled, restarted, carried, missed, bytes, .. } = record;
        Self { page, at, uncertainty, settled, restarted, carried, missed, bytes: bytes.to_vec() }
    }

    pub fn lend(&self) -> Record<'_> {
        let mut record = Record::new(self.page, self.at, &self.bytes);
        record.uncertainty = self.uncertainty;
        (record.settled, record.restarted, record.carried) = (self.settled, self.restarted, self.carried);
        record.missed = self.missed;
        record
    }
}

pub fn options(scenario: Scenario) -> Options {
    let mut options = Options::default();
    options.scenario = scenario;
    options
}

/// As a recording has it.
pub fn time(simulator: &Simulator) -> Duration {
    Duration::from_micros(simulator.time().as_micros() as u64)
}

/// So many seconds from the start of the game on.
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

/// A finished recording.
pub fn recorded(records: &[Kept]) -> Vec<u8> {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    records.iter().for_each(|record| writer.record(&record.lend()).unwrap());
    writer.finish().unwrap().0
}

/// As a program that was killed leaves it. The index tells where it begins.
pub fn without_index(file: &[u8]) -> &[u8] {
    let place = file.len() - 16;
    &file[..u64::from_le_bytes(file[place..place + 8].try_into().unwrap()) as usize]
}

/// Everything that is read.
#[derive(Debug, Default)]
pub struct All {
    pub records: Vec<Kept>,
    pub marks: Vec<Mark>,
    pub damage: Vec<Damage>,
}

pub fn read_all<R: Read + Seek>(recording: &mut Recording<R>) -> All {
    recording.seek(Duration::ZERO).unwrap();
    rest(recording)
}

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

pub fn open(file: &[u8]) -> Recording<Cursor<&[u8]>> {
    Recording::from_input(Cursor::new(file)).unwrap()
}
