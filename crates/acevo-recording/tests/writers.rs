//! Writers whose disk is full, slow or broken.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use acevo_recording::{Description, Mark, Marked, Progress, Record, RecordingWriter, SeekableOutput, ThreadedWriter};
use acevo_shared_memory::PageKind;
use acevo_testkit::pages::{All, open, read_all};

/// A disk of limited size, which tests can inspect and change.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    file: Vec<u8>,
    room: usize,
    /// Cutting back fails, too.
    broken: bool,
    /// Writes wait.
    held: bool,
    /// Number of writes that are waiting.
    waiting: usize,
    /// Bytes that outlast a power cut.
    safe: usize,
    removed: bool,
}

impl Disk {
    fn new(room: usize) -> Self {
        let disk = Self::default();
        disk.set(|state| state.room = room);
        disk
    }

    fn set<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
        result
    }

    fn wait_until(&self, is: impl Fn(&State) -> bool) {
        drop(self.0.1.wait_while(self.0.0.lock().unwrap(), |state| !is(state)).unwrap());
    }

    fn read(&self) -> All {
        let file = self.set(|state| state.file.clone());
        read_all(&mut open(&file))
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.0.lock().unwrap();
        state.waiting += usize::from(state.held);
        self.0.1.notify_all();
        let mut state = self.0.1.wait_while(state, |state| state.held).unwrap();
        // In small pieces, as far as there is room.
        let count = bytes.len().min(1000).min(state.room.saturating_sub(state.file.len()));
        if count == 0 && !bytes.is_empty() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        state.file.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SeekableOutput for Disk {
    fn cut_back(&mut self, length: u64) -> io::Result<()> {
        self.set(|state| {
            if state.broken {
                return Err(io::Error::other("broken"));
            }
            state.file.truncate(length as usize);
            Ok(())
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.set(|state| state.safe = state.file.len());
        Ok(())
    }

    fn is_removed(&self) -> bool {
        self.set(|state| state.removed)
    }
}

/// Bytes that no compression makes smaller.
fn noise(number: u64) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..800)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

/// The records of a second, at 100 Hz.
fn second(number: u64) -> impl Iterator<Item = (Duration, Vec<u8>)> {
    (number * 100..(number + 1) * 100).map(|number| (Duration::from_millis(number * 10), noise(number)))
}

fn begin(disk: &Disk) -> RecordingWriter<Disk> {
    RecordingWriter::new(disk.clone(), &Description::new("test")).unwrap()
}

fn assert_right(all: &All) {
    for record in &all.records {
        assert_eq!(record.bytes, noise(record.at.as_millis() as u64 / 10));
    }
    let missing: u64 = all.records.iter().map(|record| u64::from(record.missed)).sum();
    let last = all.records.last().unwrap().at.as_millis() as u64 / 10;
    assert_eq!(all.records.len() as u64 + missing, last + 1, "missing records are counted by the next record");
}

#[test]
fn writer_continues_after_a_full_disk() {
    for broken in [false, true] {
        let disk = Disk::new(250_000);
        disk.set(|state| state.broken = broken);
        let mut writer = begin(&disk);
        let mut failed = 0;
        for number in 0..20 {
            for (at, bytes) in second(number) {
                failed += u32::from(writer.record(&Record::new(PageKind::Physics, at, &bytes)).is_err());
            }
        }
        assert!(failed > 10 && writer.progress().trouble.is_some());
        assert_eq!(writer.progress().lost.total(), 0, "there is room for it in memory");
        let kept = disk.read();
        assert_eq!((kept.records.len(), kept.damage.len()), (300, usize::from(broken)));
        assert_right(&kept);

        disk.set(|state| (state.room, state.broken) = (usize::MAX, false));
        writer.flush().unwrap();
        assert_eq!(writer.progress().trouble, None);
        let (_, progress) = writer.finish().unwrap();
        let all = disk.read();
        assert_eq!((all.records.len() as u64, all.damage.len()), (2000, 0));
        assert_eq!((progress.records.total(), progress.lost.total()), (2000, 0));
        assert_right(&all);
    }
}

#[test]
fn records_lost_to_a_full_disk_are_counted_and_marked() {
    let disk = Disk::new(250_000);
    let mut writer = begin(&disk);
    let record = |writer: &mut RecordingWriter<Disk>, seconds: std::ops::Range<u64>| {
        for (at, bytes) in seconds.flat_map(second) {
            let _ = writer.record(&Record::new(PageKind::Physics, at, &bytes));
        }
    };
    record(&mut writer, 0..150);
    let lost = writer.progress().lost;
    assert!(lost.physics > 1000 && writer.progress().trouble.is_some(), "{lost:?}");
    disk.set(|state| state.room = usize::MAX);
    record(&mut writer, 150..155);
    let (_, progress) = writer.finish().unwrap();
    let all = disk.read();
    assert_right(&all);
    assert!(all.damage.is_empty());
    assert_eq!(progress.lost, lost);
    assert_eq!(all.records.len() as u64, 15_500 - lost.physics);
    let [Mark { what: Marked::Lost { to, records }, at }] = &all.marks[..] else { panic!("{:?}", all.marks) };
    assert_eq!(*records, Some(lost));
    assert!(all.records.iter().all(|record| record.at < *at || record.at > *to));
}

#[test]
fn finish_reports_a_full_disk_and_the_file_is_valid() {
    let disk = Disk::new(250_000);
    let mut writer = begin(&disk);
    for (at, bytes) in (0..5).flat_map(second) {
        let _ = writer.record(&Record::new(PageKind::Physics, at, &bytes));
    }
    assert!(writer.finish().is_err());
    let all = disk.read();
    assert_eq!((all.records.len(), all.damage.len()), (300, 0));
    assert_right(&all);
    assert!(RecordingWriter::new(Disk::new(10), &Description::new("test")).is_err());
}

/// The disk does nothing at all while a minute is recorded. If anything waited for it, this test would never end.
#[test]
fn record_never_waits_for_a_slow_disk() {
    let disk = Disk::new(usize::MAX);
    let mut writer = ThreadedWriter::new(begin(&disk)).unwrap();
    for (at, bytes) in (0..2).flat_map(second) {
        writer.record(&Record::new(PageKind::Physics, at, &bytes)).unwrap();
    }
    disk.set(|state| state.held = true);
    for (at, bytes) in (2..60).flat_map(second) {
        writer.record(&Record::new(PageKind::Physics, at, &bytes)).unwrap();
        writer.flush();
    }
    let Progress { lost, records, .. } = writer.progress();
    assert!(lost.physics > 3000 && records.total() + lost.total() == 6000, "{lost:?}");
    for number in 0..1000 {
        writer.mark(Mark::new(Duration::from_secs(60), Marked::Note { text: number.to_string() }));
    }
    disk.wait_until(|state| state.waiting > 0);
    disk.set(|state| state.held = false);
    // Records are accepted again when there is an empty batch.
    let mut number = 6000;
    while writer.progress().records == records {
        let (at, bytes) = (Duration::from_millis(number * 10), noise(number));
        writer.record(&Record::new(PageKind::Physics, at, &bytes)).unwrap();
        number += 1;
        std::thread::yield_now();
    }
    let progress = writer.finish().unwrap();
    let all = disk.read();
    assert_right(&all);
    assert_eq!(all.records.len() as u64, progress.records.total());
    assert_eq!(all.records.len() as u64 + progress.lost.total(), number);
    let marked: u64 = all
        .marks
        .iter()
        .map(|mark| match &mark.what {
            Marked::Lost { records, .. } => records.unwrap().total(),
            _ => 0,
        })
        .sum();
    assert_eq!(marked, progress.lost.total());
    assert!(all.damage.is_empty());
}

#[test]
fn threaded_writer_writes_the_same_and_finishes_when_dropped() {
    for dropped in [false, true] {
        let disk = Disk::new(usize::MAX);
        let mut writer = ThreadedWriter::new(begin(&disk)).unwrap();
        for (at, bytes) in (0..3).flat_map(second) {
            writer.record(&Record::new(PageKind::Physics, at, &bytes)).unwrap();
        }
        writer.mark(Mark::new(Duration::from_secs(1), Marked::Note { text: "here".into() }));
        if dropped {
            drop(writer);
        } else {
            assert_eq!(writer.finish().unwrap().bytes, disk.set(|state| state.file.len()) as u64);
        }
        let all = disk.read();
        assert_eq!((all.records.len(), all.marks.len(), all.damage.len()), (300, 1, 0));
        let file = disk.set(|state| state.file.clone());
        assert!(open(&file).info().finished);
        assert_right(&all);
    }
}

#[test]
fn patient_threaded_writer_waits_for_the_disk_and_loses_nothing() {
    let disk = Disk::new(usize::MAX);
    let mut writer = ThreadedWriter::new(begin(&disk)).unwrap().patient();
    disk.set(|state| state.held = true);
    let releasing = {
        let disk = disk.clone();
        std::thread::spawn(move || {
            disk.wait_until(|state| state.waiting > 0);
            disk.set(|state| state.held = false);
        })
    };
    // Six times as much as there is room for.
    for (at, bytes) in (0..60).flat_map(second) {
        writer.record(&Record::new(PageKind::Physics, at, &bytes)).unwrap();
    }
    releasing.join().unwrap();
    let progress = writer.finish().unwrap();
    assert_eq!((progress.records.physics, progress.lost.total()), (6000, 0));
    let all = disk.read();
    assert_eq!(all.records.len(), 6000);
    assert_right(&all);
}

#[test]
fn threaded_writer_reports_errors_and_its_end() {
    let disk = Disk::new(100_000);
    let mut writer = ThreadedWriter::new(begin(&disk)).unwrap();
    let mut records = (0..100_000).flat_map(second);
    while writer.progress().trouble.is_none() {
        let (at, bytes) = records.next().unwrap();
        writer.record(&Record::new(PageKind::Physics, at, &bytes)).unwrap();
    }
    assert!(writer.finish().is_err());
    assert_right(&disk.read());
}

/// What a killed program leaves: nothing was finished.
#[test]
fn flushed_records_survive_without_finish() {
    let disk = Disk::new(usize::MAX);
    let mut writer = begin(&disk);
    for number in 0..5 {
        for (at, bytes) in second(number) {
            writer.record(&Record::new(PageKind::Physics, at, &bytes)).unwrap();
        }
        writer.flush().unwrap();
        let file = disk.set(|state| state.file.clone());
        let mut recording = open(&file);
        let all = read_all(&mut recording);
        assert_eq!((all.records.len() as u64, all.damage.len()), ((number + 1) * 100, 0));
        assert!(!recording.info().finished);
    }
    // Where a chunk is written once a second, a killed program loses no more than that.
    for (at, bytes) in second(5) {
        writer.record(&Record::new(PageKind::Physics, at, &bytes)).unwrap();
    }
    let file = disk.set(|state| state.file.clone());
    assert_eq!(read_all(&mut open(&file)).records.len(), 500);
}

/// Only time triggers a sync: after the last record, and in a pause.
#[test]
fn threaded_writer_syncs_every_few_seconds() {
    let disk = Disk::new(usize::MAX);
    let mut writer = ThreadedWriter::new(begin(&disk)).unwrap();
    for (at, bytes) in (0..3).flat_map(second) {
        writer.record(&Record::new(PageKind::Physics, at, &bytes)).unwrap();
    }
    writer.flush();
    disk.wait_until(|state| state.safe > 0 && state.safe == state.file.len());
    let safe = disk.set(|state| state.file[..state.safe].to_vec());
    assert_eq!(read_all(&mut open(&safe)).records.len(), 300);
    assert!(!writer.progress().removed);

    disk.set(|state| state.removed = true);
    writer.mark(Mark::new(Duration::from_secs(3), Marked::Note { text: "still there?".into() }));
    while !writer.progress().removed {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn writer_reports_that_another_program_has_shortened_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cut.acevo");
    let mut writer = RecordingWriter::create(&path, &Description::new("test")).unwrap();
    let mut write = |second: u64| {
        let page = [second as u8; 800];
        writer.record(&Record::new(PageKind::Physics, Duration::from_secs(second), &page)).unwrap();
        writer.flush().unwrap();
        writer.progress().truncated
    };
    assert!(!write(0) && !write(1));
    let length = std::fs::metadata(&path).unwrap().len();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(length - 1).unwrap();
    assert!(write(2) && write(3), "later writes make the file long enough again");
    let (_, progress) = writer.finish().unwrap();
    assert!(progress.truncated && progress.trouble.is_none());
    assert_eq!(progress.bytes, std::fs::metadata(&path).unwrap().len());
}
