//! Two programs that write the same page files: few recordings and events, and a diagnosis.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use acevo_recording::{Recording, SetOnDrop};
use acevo_shared_memory::{Page, PageKind};
use acevo_simulator::{Options, Scenario, Simulator, TrackName};
use acevo_testkit::program::{Signal, acevo, output, spawn};
use acevo_testkit::wait::until;
use serde_json::Value;

/// A program that writes all pages of its own session.
struct Writer {
    simulator: Simulator,
    files: [File; 3],
    /// What its counters are ahead of those of the simulator.
    ahead: i32,
}

impl Writer {
    fn new(directory: &Path, track: TrackName, ahead: i32) -> Self {
        let mut options = Options::default();
        (options.scenario, options.track) = (Scenario::HotLaps, track);
        let mut simulator = Simulator::new(options);
        while simulator.time() < Duration::from_secs(60) {
            simulator.step();
        }
        let open = |page: PageKind| {
            let path = directory.join(page.section_name());
            OpenOptions::new().write(true).create(true).truncate(false).open(path).unwrap()
        };
        Self { simulator, files: PageKind::ALL.map(open), ahead }
    }

    fn write(&mut self) {
        self.simulator.step();
        let (mut physics, mut graphics) = (*self.simulator.physics(), *self.simulator.graphics());
        (physics.packetId, graphics.packetId) = (physics.packetId + self.ahead, graphics.packetId + self.ahead);
        let pages = [physics.as_bytes(), graphics.as_bytes(), self.simulator.static_data().as_bytes()];
        for (file, page) in self.files.iter().zip(pages) {
            file.write_all_at(page, 0).unwrap();
        }
    }
}

#[test]
fn two_writers_cause_few_recordings_and_events_and_are_diagnosed() {
    let directory = tempfile::tempdir().unwrap();
    let (pages, recordings) = (directory.path().join("pages"), directory.path().join("recordings"));
    fs::create_dir(&pages).unwrap();
    let mut one = Writer::new(&pages, TrackName::Valdombra, 0);
    let mut other = Writer::new(&pages, TrackName::Karsthafen, 5_000_000);
    one.write();
    let is_done = Arc::new(AtomicBool::new(false));
    thread::scope(|scope| {
        // Also if an assertion fails.
        let _done = SetOnDrop(Arc::clone(&is_done));
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                for writer in [&mut one, &mut other] {
                    writer.write();
                    thread::sleep(Duration::from_micros(1500));
                }
            }
        });
        let mut record = spawn(acevo().arg("record").arg("-o").arg(&recordings).arg("--dir").arg(&pages));
        let mut events = spawn(acevo().args(["events", "--no-bests", "--dir"]).arg(&pages));
        let serve = spawn(acevo().args(["serve", "--port", "0", "--no-bests", "--dir"]).arg(&pages));
        for running in [&record, &events, &serve] {
            running.message_with("two programs write the same pages");
        }
        // A busy disk may stop both writers for the second of one examination.
        until(|| {
            let doctor = output(acevo().args(["doctor", "--json", "--dir"]).arg(&pages));
            assert_eq!(doctor.status.code(), Some(1), "{doctor:?}");
            let report: Value = serde_json::from_str(&doctor.stdout).unwrap();
            assert_eq!(report["flowing"], false);
            doctor.stdout.contains("two programs write the same pages")
        });
        // Packets of another second.
        let watch = output(acevo().args(["watch", "--json", "--count", "1000", "--dir"]).arg(&pages));
        assert!(watch.status.success() && watch.stderr.contains("two programs"), "{}", watch.stderr);
        record.signal(Signal::INT);
        assert!(record.wait().0.success());
        events.signal(Signal::INT);
        assert!(events.wait().0.success());
        let printed = events.rest();
        assert!(printed.len() <= 200, "{} events", printed.len());
    });
    let files: Vec<_> = fs::read_dir(&recordings).unwrap().map(|file| file.unwrap().path()).collect();
    // At most those that began before the two were recognised.
    assert!((1..=10).contains(&files.len()), "{files:?}");
    for file in files {
        assert!(Recording::open(&file).unwrap().check().unwrap().is_empty(), "{}", file.display());
    }
}
