//! A lake from recordings of simulated drives.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, SystemTime};

use acevo_export::{ColumnFileReader, ColumnValues, ExportFormat, ExportPlan, Output, Recordings, Series, run};
use acevo_lake::{
    AddOptions, CheckReport, CompactOptions, FindingKind, Lake, LakeError, OldDataset, Origin, Outcome, TableName,
};
use acevo_recording::{Description, LapIndex, Recording, RecordingWriter};
use acevo_simulator::{CarModel, Options, Scenario, TrackName};
use acevo_telemetry::{UnitSystem, channel};
use acevo_testkit::recordings;

/// The time at which recordings of a number begin: on two days.
fn unix_us(number: u64) -> u64 {
    1_775_030_461_500_000 + number * 43_200_000_000
}

/// A recorded drive. Each number has a date and a size of its own.
fn recorded(path: &Path, number: u64) {
    static DRIVE: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = DRIVE.get_or_init(|| {
        let mut options = Options::default();
        (options.car, options.scenario, options.track, options.laps) =
            (CarModel::Gt3, Scenario::HotLaps, TrackName::Karsthafen, Some(1));
        let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
        recordings::append(&mut writer, Duration::ZERO, options, Duration::MAX, |_, _| {});
        writer.finish().unwrap().0
    });
    let mut description = Description::new("test");
    description.unix_us = unix_us(number);
    let mut writer = RecordingWriter::new(Vec::new(), &description).unwrap();
    let mut recording = Recording::from_input(std::io::Cursor::new(bytes)).unwrap();
    while let Some(item) = recording.next_item().unwrap() {
        if let acevo_recording::RecordingItem::Record(record) = item {
            writer.record(&record).unwrap();
        }
    }
    fs::write(path, writer.finish().unwrap().0).unwrap();
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn lake(&self) -> PathBuf {
        self.folder.path().join("lake")
    }

    fn recording(&self, number: u64) -> PathBuf {
        let path = self.folder.path().join(format!("drive {number}.acevo"));
        recorded(&path, number);
        path
    }
}

fn origin() -> Origin {
    Origin::new("Club", "Rig 1")
}

fn options(channels: &[&str]) -> AddOptions {
    let mut options = AddOptions::default();
    options.channels = channels.iter().map(|id| channel(id).expect("a channel")).collect();
    options.rate = Some(20.0);
    options
}

fn add(lake: &Lake, path: &Path, channels: &[&str]) -> acevo_lake::Added {
    lake.add(path, &origin(), &options(channels), &mut ()).unwrap()
}

fn check(lake: &Path) -> CheckReport {
    Lake::check(lake, || true).unwrap()
}

fn kinds(report: &CheckReport) -> BTreeSet<FindingKind> {
    report.findings.iter().map(|finding| finding.kind).collect()
}

/// All data files of a table, without checkpoints.
fn data_files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut unreadable) = (Vec::new(), Vec::new());
    acevo_export::find_files(folder, "parquet", &mut files, &mut unreadable);
    assert!(unreadable.is_empty());
    files.retain(|file| !file.components().any(|part| part.as_os_str() == "_delta_log"));
    files
}

/// The data files that the log of a table has, read by the rules of Delta without this crate.
fn active(table: &Path) -> Vec<PathBuf> {
    let mut paths = BTreeSet::new();
    for version in 0.. {
        let Ok(text) = fs::read_to_string(table.join(format!("_delta_log/{version:020}.json"))) else { break };
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            if let Some(path) = line["remove"]["path"].as_str() {
                paths.remove(path);
            }
            if let Some(path) = line["add"]["path"].as_str() {
                paths.insert(path.to_owned());
            }
        }
    }
    paths.into_iter().map(|path| table.join(path)).collect()
}

/// The values of a column in all files of a table, as numbers.
fn numbers(table: &Path, column: &str) -> Vec<Option<f64>> {
    fn of<T: Copy + Into<f64>>(series: &Series<T>) -> Vec<Option<f64>> {
        series.expanded().into_iter().map(|value| value.map(Into::into)).collect()
    }
    let mut all = Vec::new();
    for file in active(table) {
        let reader = ColumnFileReader::open(&file).unwrap();
        let Some(index) = reader.columns().iter().position(|(name, _)| name == column) else {
            all.extend((0..reader.rows()).map(|_| None));
            continue;
        };
        let take = |_, values: Vec<ColumnValues>| {
            all.extend(match &values[0] {
                ColumnValues::Float(series) => of(series),
                ColumnValues::Double(series) => of(series),
                ColumnValues::Whole(series) => of(series),
                other => panic!("{other:?}"),
            });
            Ok::<_, acevo_export::ExportError>(())
        };
        reader.read(&[index], 1000, take).unwrap();
    }
    all
}

fn sum(table: &Path, column: &str) -> f64 {
    numbers(table, column).into_iter().flatten().sum()
}

#[test]
fn add_writes_the_laps_of_the_recording_once() {
    let place = Place::new();
    let recording = place.recording(0);
    let lake = Lake::open(place.lake()).unwrap();
    let added = add(&lake, &recording, &["speed", "gear"]);
    assert_eq!(added.outcome, Outcome::Added);
    let laps = LapIndex::read(&mut Recording::open(&recording).unwrap(), |_| true).unwrap();
    assert_eq!(added.rows["laps"], laps.laps().len() as u64);
    let times: Vec<_> = laps.laps().iter().map(|lap| lap.lap.time_ms.map(f64::from)).collect();
    assert_eq!(numbers(&place.lake().join("laps"), "time_ms"), times);
    assert!(added.rows["samples"] > 1000 && added.rows["events"] > 5, "{:?}", added.rows);
    let file = &data_files(&place.lake().join("samples"))[0];
    assert!(
        file.starts_with(place.lake().join("samples/track=karsthafen-stadtkurs/date=2026-04-01")),
        "{}",
        file.display()
    );

    // Also by another name, and by another process.
    let copy = recording.with_file_name("copy.acevo");
    fs::copy(&recording, &copy).unwrap();
    let again = add(&Lake::open(place.lake()).unwrap(), &copy, &["speed"]);
    assert_eq!((again.outcome, again.rows), (Outcome::AlreadyThere, BTreeMap::new()));
    let report = check(&place.lake());
    assert!(report.findings.is_empty() && report.tables.iter().all(|table| table.recordings == 1), "{report:?}");
}

#[test]
fn add_of_a_new_channel_adds_a_column_and_another_type_is_an_error() {
    let place = Place::new();
    let lake = Lake::open(place.lake()).unwrap();
    add(&lake, &place.recording(0), &["speed"]);
    add(&lake, &place.recording(1), &["speed", "rpm"]);
    let samples = place.lake().join("samples");
    let log = fs::read_to_string(samples.join("_delta_log/00000000000000000001.json")).unwrap();
    assert!(log.contains("metaData") && log.contains("rpm"), "{log}");
    assert!(numbers(&samples, "rpm").iter().any(Option::is_none) && sum(&samples, "rpm") > 0.0);

    let first = samples.join("_delta_log/00000000000000000000.json");
    let changed = fs::read_to_string(&first)
        .unwrap()
        .replace(r#"\"name\":\"speed\",\"type\":\"float\""#, r#"\"name\":\"speed\",\"type\":\"long\""#);
    assert_ne!(changed, fs::read_to_string(&first).unwrap());
    fs::remove_file(samples.join("_delta_log/00000000000000000001.json")).unwrap();
    fs::write(&first, changed).unwrap();
    let before = data_files(&samples).len();
    let error = Lake::open(place.lake()).unwrap().add(&place.recording(2), &origin(), &options(&["speed"]), &mut ());
    assert!(matches!(&error, Err(LakeError::OtherType { column, .. }) if column == "speed"), "{error:?}");
    assert_eq!(data_files(&samples).len(), before, "files that were not committed are removed");
    assert!(kinds(&check(&place.lake())).contains(&FindingKind::Incomplete));
}

#[test]
fn concurrent_adds_of_the_same_and_of_other_recordings_add_each_once() {
    let place = Place::new();
    let recordings: Vec<_> = (0..4).map(|number| place.recording(number)).collect();
    let outcomes: Vec<_> = thread::scope(|scope| {
        let adds = (0..3).map(|_| {
            scope.spawn(|| {
                // As another process: with a state of its own.
                let lake = Lake::open(place.lake()).unwrap();
                recordings
                    .iter()
                    .map(|path| add(&lake, path, &["speed"]).rows.get("samples").copied())
                    .collect::<Vec<_>>()
            })
        });
        let adds: Vec<_> = adds.collect();
        adds.into_iter().map(|add| add.join().unwrap()).collect()
    });
    for recording in 0..4 {
        let added = outcomes.iter().filter(|outcomes| outcomes[recording].is_some()).count();
        assert_eq!(added, 1, "{outcomes:?}");
    }
    let report = check(&place.lake());
    assert!(report.findings.is_empty(), "{report:?}");
    assert!(report.tables.iter().all(|table| table.recordings == 4 && table.version == Some(3)), "{report:?}");
}

#[test]
fn check_finds_every_kind_of_damage() {
    let place = Place::new();
    add(&Lake::open(place.lake()).unwrap(), &place.recording(0), &["speed"]);
    let file = data_files(&place.lake().join("laps")).remove(0);
    let bytes = fs::read(&file).unwrap();
    let found = || {
        let report = check(&place.lake());
        assert_eq!(report.is_damaged(), report.findings.iter().any(|finding| finding.kind.is_damage()));
        kinds(&report).into_iter().collect::<Vec<_>>()
    };
    fs::remove_file(&file).unwrap();
    assert_eq!(found(), [FindingKind::MissingFile]);
    fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(found(), [FindingKind::WrongSize]);
    fs::write(&file, vec![7; bytes.len()]).unwrap();
    assert_eq!(found(), [FindingKind::BrokenFile]);
    fs::write(&file, &bytes).unwrap();
    assert_eq!(found(), []);

    fs::write(file.with_file_name("part-x.parquet"), &bytes).unwrap();
    fs::write(place.lake().join("laps/_delta_log/00000000000000000001.json.x.part"), "{").unwrap();
    let report = check(&place.lake());
    assert!(report.findings.iter().all(|finding| finding.kind == FindingKind::LeftOver) && !report.is_damaged());
    assert_eq!(report.findings.len(), 2);

    let log = place.lake().join("laps/_delta_log/00000000000000000000.json");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, text.replace(r#"\"numRecords\":"#, r#"\"numRecords\":7"#)).unwrap();
    assert!(found().contains(&FindingKind::WrongRows));
    fs::write(&log, text.replace("part-", "../part-")).unwrap();
    assert!(found().contains(&FindingKind::ForeignFile));
    fs::write(&log, &text[..text.len() / 2]).unwrap();
    assert!(found().contains(&FindingKind::BrokenLog));
    fs::write(
        &log,
        text.replace(r#""minReaderVersion":1"#, r#""minReaderVersion":3,"readerFeatures":["deletionVectors"]"#),
    )
    .unwrap();
    let report = check(&place.lake());
    assert!(report.findings[0].text.contains("deletionVectors"), "{report:?}");
    assert!(matches!(Lake::check(place.folder.path(), || true), Err(LakeError::NoLake(_))));
}

#[test]
fn check_reports_a_log_that_is_missing_and_advises_what_helps() {
    let place = Place::new();
    let lake = Lake::open(place.lake()).unwrap();
    for number in 0..2 {
        add(&lake, &place.recording(number), &["speed"]);
    }
    // A log that cannot be read does not help if recordings are added again.
    let log = place.lake().join("events/_delta_log/00000000000000000000.json");
    let text = fs::read(&log).unwrap();
    fs::write(&log, "{").unwrap();
    assert_eq!(kinds(&check(&place.lake())), BTreeSet::from([FindingKind::BrokenLog]));
    fs::write(&log, text).unwrap();
    fs::remove_dir_all(place.lake().join("samples/_delta_log")).unwrap();
    let report = check(&place.lake());
    assert_eq!(kinds(&report), BTreeSet::from([FindingKind::BrokenLog, FindingKind::Incomplete]), "{report:?}");
    assert!(report.is_damaged() && report.findings[0].text.contains("add the recordings again"), "{report:?}");
    let again = Lake::open(place.lake()).unwrap();
    for number in 0..2 {
        assert_eq!(add(&again, &place.recording(number), &["speed"]).outcome, Outcome::Added);
    }
    assert_eq!(kinds(&check(&place.lake())), BTreeSet::from([FindingKind::LeftOver]));
}

#[test]
fn compact_merges_files_of_a_partition_and_keeps_rows() {
    let place = Place::new();
    let lake = Lake::open(place.lake()).unwrap();
    // Two recordings a day, one with another column.
    for (number, channels) in [(0, &["speed"][..]), (1, &["speed", "rpm"]), (2, &["speed"]), (3, &["speed"])] {
        add(&lake, &place.recording(number), channels);
    }
    let samples = place.lake().join("samples");
    let state = |column| (numbers(&samples, column).len(), sum(&samples, column));
    let before = (state("speed"), state("rpm"), sum(&place.lake().join("laps"), "time_ms"));
    let files = data_files(&samples).len();
    let compacted = lake.compact(&CompactOptions::default(), &mut ()).unwrap();
    let of_samples = compacted.iter().find(|compacted| compacted.table == "samples").unwrap();
    assert_eq!((of_samples.merged, of_samples.written), (4, 2), "{compacted:?}");
    assert_eq!(before, (state("speed"), state("rpm"), sum(&place.lake().join("laps"), "time_ms")));
    let times = numbers(&samples, "time_s");
    assert_eq!(times.iter().filter(|time| **time == Some(0.0)).count(), 4);
    assert_eq!(data_files(&samples).len(), files + 2, "merged files stay");
    assert_eq!(add(&lake, &place.recording(0), &["speed"]).outcome, Outcome::AlreadyThere);
    let again = lake.compact(&CompactOptions::default(), &mut ()).unwrap();
    assert!(again.iter().all(|compacted| compacted.merged == 0), "{again:?}");
    assert!(check(&place.lake()).findings.is_empty());

    assert!(lake.vacuum(Duration::from_secs(3600)).unwrap().iter().all(|vacuumed| vacuumed.files == 0));
    let left = data_files(&samples)[0].with_file_name("part-x.parquet.abc.part");
    fs::write(&left, "x").unwrap();
    let old = SystemTime::now() - Duration::from_secs(7200);
    fs::File::options().write(true).open(&left).unwrap().set_modified(old).unwrap();
    let vacuumed = lake.vacuum(Duration::from_secs(3600)).unwrap();
    assert_eq!(vacuumed.iter().map(|vacuumed| vacuumed.files).sum::<usize>(), 1);
    lake.vacuum(Duration::ZERO).unwrap();
    assert_eq!(data_files(&samples).len(), 2);
    assert!(samples.join("_delta_log/00000000000000000000.json").exists(), "history of 30 days stays");
    assert_eq!(before.0, state("speed"));
    let report = check(&place.lake());
    assert!(report.findings.is_empty());

    // After a month the log begins with the checkpoint.
    let month = SystemTime::now() - Duration::from_secs(31 * 86_400);
    for entry in fs::read_dir(samples.join("_delta_log")).unwrap() {
        fs::File::options().write(true).open(entry.unwrap().path()).unwrap().set_modified(month).unwrap();
    }
    lake.vacuum(Duration::from_secs(3600)).unwrap();
    assert!(!samples.join("_delta_log/00000000000000000000.json").exists());
    assert_eq!(check(&place.lake()), report);
    assert_eq!(add(&Lake::open(place.lake()).unwrap(), &place.recording(0), &["speed"]).outcome, Outcome::AlreadyThere);
}

#[test]
fn adds_during_compaction_lose_no_row() {
    let place = Place::new();
    let lake = Lake::open(place.lake()).unwrap();
    let recordings: Vec<_> = (0..6).map(|number| place.recording(number)).collect();
    thread::scope(|scope| {
        scope.spawn(|| recordings.iter().for_each(|path| drop(add(&lake, path, &["speed"]))));
        for _ in 0..2 {
            scope.spawn(|| {
                let lake = Lake::open(place.lake()).unwrap();
                for _ in 0..5 {
                    match lake.compact(&CompactOptions::default(), &mut ()) {
                        Ok(_) | Err(LakeError::NoLake(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    let report = check(&place.lake());
    assert!(report.findings.is_empty(), "{report:?}");
    let rows: BTreeSet<_> =
        report.tables.iter().filter(|table| table.table == "laps").map(|table| table.rows).collect();
    assert_eq!(rows, [numbers(&place.lake().join("laps"), "time_ms").len() as u64].into());
    let one = Place::new();
    let alone = add(&Lake::open(one.lake()).unwrap(), &one.recording(0), &["speed"]);
    assert_eq!(rows, [alone.rows["laps"] * 6].into());
}

#[test]
fn add_dataset_in_imperial_units_equals_the_recording() {
    let place = Place::new();
    let recording = place.recording(0);
    let channels = ["speed", "gear", "tyre_pressure_fl", "abs_active", "lap_position", "lap", "throttle", "fuel"];
    let data = place.folder.path().join("data");
    let mut plan = ExportPlan::new(ExportFormat::Parquet);
    plan.channels = channels.iter().filter_map(|id| channel(id)).collect();
    (plan.output, plan.units, plan.rate) = (Output::Path(data.clone()), UnitSystem::Imperial, Some(20.0));
    let folder = place.folder.path().join("recordings");
    fs::create_dir(&folder).unwrap();
    fs::copy(&recording, folder.join("drive.acevo")).unwrap();
    run(&plan, Recordings::find(&[folder]).unwrap(), &mut ()).unwrap().into_files().unwrap();

    let lake = Lake::open(place.lake()).unwrap();
    let dataset = OldDataset::find(&data).unwrap().expect("a data set");
    let mut outcomes = Vec::new();
    lake.add_dataset(&dataset, &origin(), &mut (), |_, added| outcomes.push(added.unwrap().outcome)).unwrap();
    lake.add_dataset(&dataset, &origin(), &mut (), |_, added| outcomes.push(added.unwrap().outcome)).unwrap();
    assert_eq!(outcomes, [Outcome::Added, Outcome::AlreadyThere]);

    let direct = Place::new();
    let mut options = options(&channels.iter().copied().filter(|id| channel(id).is_some()).collect::<Vec<_>>());
    options.rate = Some(20.0);
    Lake::open(direct.lake()).unwrap().add(&recording, &origin(), &options, &mut ()).unwrap();
    let [converted, recorded] = [place.lake(), direct.lake()].map(|lake| lake.join("samples"));
    let columns = |table: &Path| ColumnFileReader::open(&active(table)[0]).unwrap().columns().to_vec();
    assert_eq!(columns(&converted), columns(&recorded));
    for (column, _) in columns(&recorded) {
        if ["speed", "gear", "lap_position", "lap_by_game", "throttle", "time_s", "lap", "packet_id"]
            .contains(&&*column)
        {
            let (a, b) = (numbers(&converted, &column), numbers(&recorded, &column));
            assert_eq!(a.len(), b.len());
            let is_near = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() <= b.abs().max(1.0) * 1e-5,
                (a, b) => a == b,
            };
            assert!(a.iter().zip(&b).all(is_near), "{column}");
        }
    }

    // The recording adds what the data set does not have.
    let added = add(&lake, &recording, &["speed"]);
    assert_eq!(added.rows.keys().copied().collect::<Vec<_>>(), ["events", "laps"]);
    assert!(check(&place.lake()).findings.is_empty());
}

#[test]
fn add_of_a_damaged_recording_adds_nothing_and_the_whole_one_can_be_added() {
    let place = Place::new();
    let path = place.recording(0);
    let bytes = fs::read(&path).unwrap();
    let mut damaged = bytes.clone();
    let middle = bytes.len() / 2;
    damaged[middle..middle + 50].iter_mut().for_each(|byte| *byte = !*byte);
    fs::write(&path, damaged).unwrap();
    let lake = Lake::open(place.lake()).unwrap();
    let error = lake.add(&path, &origin(), &options(&["speed"]), &mut ()).unwrap_err();
    assert!(matches!(error, LakeError::Damaged { .. }) && error.to_string().contains("acevo repair"), "{error}");
    assert!(!place.lake().exists() && lake.existing().is_empty());
    fs::write(&path, bytes).unwrap();
    assert_eq!(add(&lake, &path, &["speed"]).outcome, Outcome::Added);
}

#[test]
fn add_of_a_recording_that_is_not_finished_adds_nothing() {
    let place = Place::new();
    let path = place.recording(0);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let lake = Lake::open(place.lake()).unwrap();
    assert_eq!(add(&lake, &path, &["speed"]).outcome, Outcome::NotFinished);
    assert!(!place.lake().exists() && lake.existing().is_empty());
    let error = lake.add(place.folder.path(), &origin(), &AddOptions::default(), &mut ());
    assert!(matches!(error, Err(LakeError::Recording { .. })), "{error:?}");
    assert_eq!(TableName::ALL.len(), 5);
}
