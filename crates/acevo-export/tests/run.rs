//! Whole exports of recorded drives.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acevo_export::{ExportError, ExportFormat, ExportPlan, Note, Outcome, Output, Progress, Recordings, run};
use acevo_recording::{Description, Record, RecordingWriter};
use acevo_shared_memory::{Page, PageKind, SPageFilePhysics};
use acevo_simulator::{CarModel, Options, Scenario, Simulator};
use acevo_telemetry::channel;
use acevo_testkit::recordings::{changed, drive};

fn plan(format: ExportFormat, output: &Path, channels: &[&str]) -> ExportPlan {
    let mut plan = ExportPlan::new(format);
    plan.output = Output::Path(output.to_owned());
    plan.channels = channels.iter().map(|id| channel(id).expect("a channel")).collect();
    plan
}

/// Exports a recording to CSV. Returns the header and the rows.
fn table(recording: &Path, channels: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    let output = recording.with_extension("csv");
    let plan = plan(ExportFormat::Csv, &output, channels);
    let files = run(&plan, Recordings::file(recording), &mut ()).unwrap().into_files().unwrap();
    assert_eq!(files, std::slice::from_ref(&output));
    let text = fs::read_to_string(output).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(Into::into).collect());
    (lines.next().unwrap(), lines.collect())
}

/// Checks the distances of each lap: they begin at the line and increase up to the length of the track. Returns the number of rows, and
/// of rows without a distance.
fn check_distances(scenario: Scenario) -> (usize, usize) {
    let directory = tempfile::tempdir().unwrap();
    let recording = directory.path().join("drive.acevo");
    drive(&recording, CarModel::Gt3, scenario, Some(3));
    let (header, rows) = table(&recording, &["lap_position", "lap_distance", "track_length"]);
    let lead = ["time_s", "packet_id", "session", "lap", "missed", "skipped"];
    assert_eq!(header[..6], lead);
    let names = ["lap_position", "lap_position_by_game", "lap_distance", "lap_distance_by_game", "track_length"];
    assert_eq!(header[6..], names);
    let number = |row: &[String], column: usize| row[column].parse::<f64>().ok();
    let (mut lap, mut last, mut laps, mut unknown) = (String::new(), f64::NEG_INFINITY, 0, 0);
    for row in rows.iter().filter(|row| !row[3].is_empty()) {
        if lap != row[3] {
            (lap, last, laps) = (row[3].clone(), f64::NEG_INFINITY, laps + 1);
            // Only a standing start is before the line.
            let first = number(row, 8).unwrap_or(0.0);
            assert!((-400.0..20.0).contains(&first) && (laps == 1 || first >= 0.0), "{scenario:?} {row:?}");
        }
        let (Some(position), Some(metres)) = (number(row, 6), number(row, 8)) else {
            unknown += 1;
            continue;
        };
        // The length has no decimals in tables.
        let length_m = number(row, 10).expect("a length") + 0.5;
        assert!(metres >= last && metres <= length_m, "{scenario:?} lap {lap}: {metres} m after {last} m: {row:?}");
        assert!((metres / length_m * 100.0 - position).abs() < 0.03, "{row:?}");
        last = metres;
    }
    assert!(laps >= 3, "{scenario:?}: {laps} laps");
    // The game's own distances exceed the track length, so the test is meaningful.
    let beyond = rows.iter().filter(|row| number(row, 7).is_some_and(|position| position > 100.0)).count();
    assert!(beyond > 10, "{scenario:?}: {beyond} rows");
    (rows.len(), unknown)
}

#[test]
fn distances_of_hot_laps_belong_to_the_lap_of_their_row() {
    assert_eq!(check_distances(Scenario::HotLaps).1, 0);
}

#[test]
fn distances_belong_to_the_lap_if_the_position_follows_the_timer_late() {
    check_distances(Scenario::Online);
}

#[test]
fn distances_of_a_standing_start_are_negative_before_the_line() {
    let (rows, unknown) = check_distances(Scenario::Race);
    assert!(unknown < rows / 1000, "{unknown} of {rows}");
}

/// After the line the position stays at the end of the previous lap for a second.
#[test]
fn a_position_that_stays_at_the_end_of_the_previous_lap_is_left_out() {
    let directory = tempfile::tempdir().unwrap();
    let recording = directory.path().join("drive.acevo");
    let mut options = Options::default();
    (options.scenario, options.laps) = (Scenario::HotLaps, Some(2));
    let (mut last, mut since) = (0.0_f32, Duration::ZERO);
    changed(&recording, options, Duration::MAX, |at, pages| {
        let position = &mut pages.graphics.npos;
        if *position < last.min(0.5) || *position > 1.0 {
            since = if since.is_zero() { at } else { since };
            if at - since < Duration::from_secs(1) {
                *position = last;
                return;
            }
        } else {
            since = Duration::ZERO;
        }
        last = *position;
    });
    let (_, rows) = table(&recording, &["lap_position"]);
    let in_second: Vec<_> = rows.iter().filter(|row| row[3] == "2").collect();
    let unknown = in_second.iter().take_while(|row| row[6].is_empty()).count();
    assert!((250..400).contains(&unknown), "{unknown} rows without a position");
    assert!(in_second[..unknown].iter().all(|row| row[7].parse::<f64>().unwrap() > 99.0), "the game's are kept");
    assert!(in_second[unknown..].iter().all(|row| !row[6].is_empty()));
    assert!(in_second[unknown][6].parse::<f64>().unwrap() < 5.0, "{:?}", in_second[unknown]);
}

#[test]
fn rows_without_current_physics_have_no_physics_values() {
    let directory = tempfile::tempdir().unwrap();
    let recording = directory.path().join("pauses.acevo");
    drive(&recording, CarModel::Gt3, Scenario::Menus, None);
    let (_, rows) = table(&recording, &["gear", "rpm", "speed", "status"]);
    let off = rows.iter().filter(|row| row[9] != "Live");
    assert!(off.clone().all(|row| row[6..9].iter().all(String::is_empty)), "{:?}", off.clone().next());
    assert!(
        rows.iter()
            .filter(|row| row[9] == "Live")
            .all(|row| row[6].parse::<f64>().is_ok_and(|gear| gear >= -1.0) || row[6].is_empty())
    );
}

/// The recording ends after the line, before the game has published the time of the lap.
#[test]
fn a_lap_that_waits_for_its_time_at_the_end_of_the_recording_gets_its_beacon() {
    let mut options = Options::default();
    (options.scenario, options.laps) = (Scenario::Online, Some(2));
    let mut simulator = Simulator::new(options.clone());
    while simulator.truth().laps.is_empty() {
        simulator.step();
    }
    let directory = tempfile::tempdir().unwrap();
    let recording = directory.path().join("drive.acevo");
    changed(&recording, options, simulator.time() + Duration::from_millis(100), |_, _| {});
    let output = directory.path().join("drive.ld");
    let files = run(&plan(ExportFormat::Motec, &output, &[]), Recordings::file(&recording), &mut ()).unwrap();
    assert_eq!(files.into_files().unwrap(), std::slice::from_ref(&output));
    let laps = fs::read_to_string(output.with_extension("ldx")).unwrap();
    let beacons: Vec<f64> =
        laps.split(" Time=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect();
    assert!(laps.matches("<Marker ").count() >= 1, "{laps}");
    let end_us = (simulator.time() + Duration::from_millis(100)).as_secs_f64() * 1e6;
    assert!(beacons.last().is_some_and(|at| *at > end_us - 3e6), "{beacons:?} {end_us}");
}

/// Cancels after some reports.
struct Cancel(u32);

impl Progress for Cancel {
    fn advance(&mut self, _: u64) {
        self.0 = self.0.saturating_sub(1);
    }

    fn is_cancelled(&self) -> bool {
        self.0 == 0
    }
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into()).collect();
    names.sort();
    names
}

#[test]
fn a_cancelled_export_leaves_no_files() {
    let directory = tempfile::tempdir().unwrap();
    let recording = directory.path().join("drive.acevo");
    drive(&recording, CarModel::Gt3, Scenario::HotLaps, Some(1));
    for format in [ExportFormat::Csv, ExportFormat::Jsonl, ExportFormat::Motec] {
        let plan = plan(format, &directory.path().join("out"), &["speed"]);
        for reports in [1, 40, 50] {
            let result = run(&plan, Recordings::file(&recording), &mut Cancel(reports));
            assert!(matches!(result, Err(ExportError::Cancelled)), "{format:?} {reports}: {result:?}");
            assert_eq!(names(directory.path()), [PathBuf::from("drive.acevo")]);
        }
    }
}

#[test]
fn nothing_is_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let recording = directory.path().join("drive.acevo");
    drive(&recording, CarModel::Gt3, Scenario::HotLaps, Some(1));
    for (format, existing) in [(ExportFormat::Csv, "out.csv"), (ExportFormat::Motec, "out.ldx")] {
        let existing = directory.path().join(existing);
        fs::write(&existing, "precious").unwrap();
        let plan = plan(format, &existing.with_extension(format.extension()), &["speed"]);
        let result = run(&plan, Recordings::file(&recording), &mut ()).unwrap().into_files();
        assert!(matches!(&result, Err(ExportError::Exists(path)) if *path == existing), "{result:?}");
        assert_eq!(fs::read(&existing).unwrap(), b"precious");
    }
    assert_eq!(names(directory.path()).len(), 3);
}

#[test]
fn a_recording_that_fails_does_not_stop_the_others() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.acevo"), "no recording").unwrap();
    drive(&directory.path().join("b.acevo"), CarModel::Gt3, Scenario::HotLaps, Some(1));
    let mut plan = plan(ExportFormat::Jsonl, &directory.path().join("out"), &["speed"]);
    plan.laps = Some("77".parse().unwrap());
    let found = || Recordings::find(&[directory.path().to_owned()]).unwrap();
    let report = run(&plan, found(), &mut ()).unwrap();
    assert!(matches!(&report.recordings[0].outcome, Err(ExportError::Open { .. })), "{report:?}");
    assert!(matches!(&report.recordings[1].outcome, Ok(Outcome::Empty)), "{report:?}");
    (plan.laps, plan.rate) = (None, Some(10.0));
    let report = run(&plan, found(), &mut ()).unwrap();
    let expected = [directory.path().join("out").join("b.jsonl")];
    assert!(
        matches!(&report.recordings[1].outcome, Ok(Outcome::Written { files, .. }) if *files == expected),
        "{report:?}"
    );
    assert!(fs::read_to_string(&expected[0]).unwrap().lines().count() > 500);
}

/// A recording of a drive that is interrupted for this long after ten seconds.
fn drive_with_a_gap(path: &Path, gap: Duration) {
    let mut writer = RecordingWriter::create(path, &Description::new("test")).unwrap();
    for mut record in acevo_testkit::pages::drive(Scenario::HotLaps, 20) {
        if record.at > Duration::from_secs(10) {
            record.at += gap;
        }
        writer.record(&record.lend()).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn a_motec_log_has_no_samples_for_a_long_gap() {
    let directory = tempfile::tempdir().unwrap();
    let bytes = |name: &str, gap: Duration| {
        let recording = directory.path().join(name).with_extension("acevo");
        drive_with_a_gap(&recording, gap);
        let log = recording.with_extension("ld");
        let report = run(&plan(ExportFormat::Motec, &log, &[]), Recordings::file(&recording), &mut ())
            .expect("the plan is possible");
        let [report] = &report.recordings[..] else { panic!("{report:?}") };
        let Ok(Outcome::Written { notes, .. }) = &report.outcome else { panic!("{report:?}") };
        let gaps = notes.iter().find(|note| matches!(note, Note::ShortenedGaps { .. })).map(ToString::to_string);
        (fs::metadata(log).unwrap().len(), gaps)
    };
    let (without, none) = bytes("none", Duration::ZERO);
    let (second, one_second) = bytes("second", Duration::from_secs(1));
    let (hours, shortened) = bytes("hours", Duration::from_secs(300 * 3600));
    assert_eq!((none, one_second), (None, None), "short gaps are kept");
    assert!(without < second && second < hours && hours < without * 5 / 4, "{without}, {second}, {hours} bytes");
    let note = shortened.expect("a note");
    assert!(note.starts_with("1 gap without rows, such as pauses, shortened to 2 s: 1079998."), "{note}");

    // Tables have rows at their true times.
    let (_, rows) = table(&directory.path().join("hours.acevo"), &["speed"]);
    assert!(rows.len() < 8000 && rows.last().unwrap()[0].parse::<f64>().unwrap() > 1_080_000.0);
}

#[test]
fn a_motec_log_that_would_be_too_large_is_refused_before_it_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let recording = directory.path().join("many.acevo");
    let mut writer = RecordingWriter::create(&recording, &Description::new("test")).unwrap();
    let records = acevo_testkit::pages::drive(Scenario::HotLaps, 1);
    records.iter().for_each(|record| writer.record(&record.lend()).unwrap());
    let mut at = records.last().unwrap().at;
    for packet_id in 1_000_000..1_120_000 {
        let page = SPageFilePhysics { packetId: packet_id, ..Default::default() };
        at += Duration::from_millis(1900);
        writer.record(&Record::new(PageKind::Physics, at, page.as_bytes())).unwrap();
    }
    writer.finish().unwrap();
    let log = directory.path().join("many.ld");
    let mut largest = Largest { folder: directory.path(), bytes: 0 };
    let report = run(&plan(ExportFormat::Motec, &log, &[]), Recordings::file(&recording), &mut largest).unwrap();
    assert!(matches!(report.recordings[0].outcome, Err(ExportError::Unfit(_))), "{report:?}");
    assert!(largest.bytes < 1 << 20, "{} bytes were written", largest.bytes);
    assert_eq!(names(directory.path()), [PathBuf::from("many.acevo")]);
}

/// Watches the size of the files in a folder while an export runs.
struct Largest<'a> {
    folder: &'a Path,
    bytes: u64,
}

impl Progress for Largest<'_> {
    fn advance(&mut self, _: u64) {
        let files = names(self.folder).into_iter().filter(|path| path.extension().is_none_or(|name| name != "acevo"));
        let size = files.map(|path| fs::metadata(self.folder.join(path)).map_or(0, |file| file.len())).max();
        self.bytes = self.bytes.max(size.unwrap_or(0));
    }
}

#[test]
fn options_without_effect_and_contradictions_are_rejected() {
    let mut wrong = [(); 6].map(|()| ExportPlan::new(ExportFormat::Jsonl));
    wrong[0].units_row = true;
    wrong[1].rate = Some(0.0);
    (wrong[2].format, wrong[2].output) = (ExportFormat::Motec, Output::Stdout);
    (wrong[3].format, wrong[3].decimal_comma) = (ExportFormat::Csv, true);
    wrong[3].separator = Some(acevo_export::Separator::Comma);
    wrong[4].output = Output::Stdout;
    wrong[5].raw_text = true;
    let options = wrong.each_ref().map(|plan| match run(plan, Recordings::default(), &mut ()) {
        Err(ExportError::InvalidOption { option, .. }) => option,
        other => panic!("{other:?}"),
    });
    assert_eq!(options, ["units_row", "rate", "output", "separator", "output", "raw_text"]);
}
