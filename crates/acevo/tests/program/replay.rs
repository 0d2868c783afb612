//! `acevo replay`, as another program reads it.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use acevo_recording::{Description, Mark, Marked, Record, Recording, RecordingWriter};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Page, PageDirectory, PageKind};
use acevo_simulator::{Options, Scenario, Simulator};
use acevo_testkit::program::{Signal, acevo, output, spawn};
use tempfile::TempDir;

/// Records three hot laps with the marks of `acevo record`. Returns the start and end of each lap.
fn recorded(path: &Path) -> Vec<(Duration, Duration)> {
    let mut options = Options::default();
    (options.scenario, options.laps) = (Scenario::HotLaps, Some(3));
    let mut simulator = Simulator::new(options);
    let mut writer = RecordingWriter::create(path, &Description::new("test")).unwrap();
    let mut laps = Vec::new();
    while !simulator.is_finished() {
        let changed = simulator.step();
        let at = simulator.time();
        let pages = [
            (changed.static_data, PageKind::Static, simulator.static_data().as_bytes()),
            (changed.graphics, PageKind::Graphics, simulator.graphics().as_bytes()),
            (changed.physics, PageKind::Physics, simulator.physics().as_bytes()),
        ];
        for (_, page, bytes) in pages.into_iter().filter(|(changed, ..)| *changed) {
            writer.record(&Record::new(page, at, bytes)).unwrap();
        }
        for lap in &simulator.truth().laps[laps.len()..] {
            let (number, time_ms) = (laps.len() as u32 + 1, u32::try_from(lap.time_ms).unwrap());
            let what = Marked::Lap { session: 1, number, time_ms: Some(time_ms), counts: number < 3 };
            writer.mark(&Mark::new(at, what)).unwrap();
            laps.push((at - Duration::from_millis(time_ms.into()), at));
        }
    }
    writer.finish().unwrap();
    laps
}

/// A recording, and a directory for the pages.
struct Fixture {
    folder: TempDir,
    laps: Vec<(Duration, Duration)>,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let laps = recorded(&folder.path().join("laps.acevo"));
        fs::create_dir(folder.path().join("pages")).unwrap();
        Self { folder, laps }
    }

    fn command(&self, options: &[&str]) -> std::process::Command {
        let mut command = acevo();
        command
            .arg("replay")
            .arg(self.folder.path().join("laps.acevo"))
            .arg("--dir")
            .arg(self.folder.path().join("pages"));
        command.args(options).stdin(Stdio::piped());
        command
    }

    /// The page that another program reads.
    fn published(&self, page: PageKind) -> Vec<u8> {
        let pages = PageDirectory::open(self.folder.path().join("pages")).unwrap();
        ACEvoSharedMemoryMapper::open_source(pages).unwrap().frame().unwrap().bytes(page).to_vec()
    }

    /// The last page of the recording before a time.
    fn recorded(&self, page: PageKind, at: Duration) -> Vec<u8> {
        let mut recording = Recording::open(self.folder.path().join("laps.acevo")).unwrap();
        recording.seek(at + Duration::from_micros(1)).unwrap();
        recording.opening(page).unwrap().bytes.to_vec()
    }

    /// Checks that the published pages were recorded within 20 ms of a time: the line is between two packets and two frames.
    #[track_caller]
    fn assert_near(&self, at: Duration) {
        let near = (0..40).map(|ms| at + Duration::from_millis(ms) - Duration::from_millis(20));
        for page in PageKind::ALL {
            let published = self.published(page);
            assert!(near.clone().any(|at| self.recorded(page, at) == published), "{page} is not that of {at:?}");
        }
    }

    #[track_caller]
    fn assert_at(&self, at: Duration) {
        for page in PageKind::ALL {
            assert!(self.published(page) == self.recorded(page, at), "{page} is not that of {at:?}");
        }
    }
}

#[test]
fn replay_pauses_at_positions_and_publishes_their_pages() {
    let fixture = Fixture::new();
    let (begin, third) = (fixture.laps[1].0, fixture.laps[2].0);
    let pauses = ["--pause-at", "1:10.5", "--pause-at", "lap2", "--pause-at", "lap3"];
    let mut replay = spawn(fixture.command(&["--speed", "100"]).args(pauses));
    let seconds =
        Recording::open(fixture.folder.path().join("laps.acevo")).unwrap().info().start + Duration::from_millis(70_500);
    assert!(replay.message_with("paused").contains("at 1:10"));
    fixture.assert_at(seconds);
    replay.type_line("");
    replay.message_with("resumed");
    replay.message_with("paused");
    fixture.assert_near(begin);
    let dump = output(
        acevo()
            .args(["dump", "--json", "packetId", "--page", "physics", "--dir"])
            .arg(fixture.folder.path().join("pages")),
    );
    let id = i32::from_le_bytes(fixture.published(PageKind::Physics)[..4].try_into().unwrap());
    assert!(dump.status.success() && dump.stdout.contains(&id.to_string()), "{dump:?}");
    // The other pause.
    replay.signal(Signal::USR1);
    replay.message_with("paused");
    fixture.assert_near(third);
    replay.type_line(" ");
    let (status, said) = replay.wait();
    assert!(status.success() && said.contains("end of recording"), "{said}");
    assert!(!fixture.folder.path().join("pages").join("acevo_pmf_physics").exists(), "the pages are removed");
}

#[test]
fn replay_loops_until_a_signal() {
    let fixture = Fixture::new();
    let (begin, end) = fixture.laps[1];
    for part in [["--from", "lap2", "--to", "lap2"], ["--from", "best", "--to", "best"]] {
        let options = ["--loop", "--speed", "100", "--pause-at"];
        let mut replay = spawn(fixture.command(&options).arg(part[1]).args(part));
        for _ in 0..3 {
            replay.message_with("paused");
            if part[1] == "lap2" {
                // The packet before the first one of the lap.
                fixture.assert_near(begin);
            }
            replay.type_line("");
        }
        replay.message_with("paused");
        replay.type_line("q");
        let (status, messages) = replay.wait();
        assert!(status.success() && messages.contains("stopped"), "{messages}");
    }
    // The end of the recording counts as a lap end.
    let options = ["--from", "1:20", "--to", "lap2", "--speed", "100"];
    let end = format!("{:.6}s", end.as_secs_f64() - 0.01);
    let mut replay = spawn(fixture.command(&options).args(["--pause-at", &end]));
    replay.message_with("paused");
    replay.signal(Signal::TERM);
    let (status, messages) = replay.wait();
    assert!(status.success() && messages.contains("stopped"), "{messages}");
}

#[test]
fn replay_refuses_wrong_positions_and_speeds() {
    let fixture = Fixture::new();
    for (options, messages) in [
        (&["--from", "lapx"][..], "3, best or 2/3 (session/lap), or a time, such as 90s, 1:30"),
        (&["--pause-at", "12"], "lap 12 is not in"),
        (&["--to", "-1:30"], ""),
        (&["--speed", "0"], "0.001 to 1000"),
        (&["--speed", "fast"], "0.001 to 1000"),
        (&["--from", "lap9"], "acevo laps FILE"),
        (&["--from", "1:30:00:00"], "such as 90s, 1:30"),
        (&["--from", "99:00"], "4:"),
        (&["--to", "1e19s"], "long"),
        (&["--pause-at", "10:00"], "long"),
        (&["--from", "2:00", "--to", "1:00"], "later than --to"),
        (&["--from", "2:00", "--pause-at", "1:00"], "not between"),
    ] {
        let refused = output(&mut fixture.command(options));
        assert!(!refused.status.success() && refused.stderr.contains(messages), "{options:?}: {}", refused.stderr);
    }
}
