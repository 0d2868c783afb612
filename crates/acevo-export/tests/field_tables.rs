//! The tables of all cars beside a data set, against the truth of the simulator.

#![cfg(feature = "parquet")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use acevo_export::{ExportError, ExportFormat, ExportPlan, Outcome, Output, Part, Recordings, run};
use acevo_recording::{Description, Recording, RecordingWriter, merge_log};
use acevo_simulator::{CarModel, LogStyle, Options, Scenario, Simulator, TrackName};
use acevo_telemetry::channel;
use acevo_testkit::recordings;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

/// A recording of a race of six cars, with the game's log, and its simulator.
fn recorded() -> &'static (Vec<u8>, Simulator) {
    static RACE: OnceLock<(Vec<u8>, Simulator)> = OnceLock::new();
    RACE.get_or_init(|| {
        let mut options = Options::default();
        (options.scenario, options.track, options.cars, options.laps) =
            (Scenario::Field, TrackName::Karsthafen, 6, Some(2));
        options.log = Some(LogStyle::default());
        let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
        let mut simulator = recordings::append(&mut writer, Duration::ZERO, options, Duration::MAX, |_, _| {});
        let log: String = simulator.take_log().into_iter().map(|line| line.text + "\n").collect();
        let mut recording = Recording::from_input(Cursor::new(writer.finish().unwrap().0)).unwrap();
        let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
        merge_log(&mut recording, &mut Cursor::new(log), &mut writer, || true).unwrap();
        (writer.finish().unwrap().0, simulator)
    })
}

/// Writes the race into a file.
fn race(path: &Path) -> &'static Simulator {
    let (bytes, simulator) = recorded();
    fs::write(path, bytes).unwrap();
    simulator
}

/// Exports a folder into a data set. Returns the outcome of each recording.
fn export(folder: &Path, data: &Path) -> Vec<Result<Outcome, ExportError>> {
    let mut plan = ExportPlan::new(ExportFormat::Parquet);
    plan.output = Output::Path(data.to_owned());
    (plan.channels, plan.rate) = (channel("speed").into_iter().collect(), Some(1.0));
    let report = run(&plan, Recordings::find(&[folder.to_owned()]).unwrap(), &mut ()).unwrap();
    report.recordings.into_iter().map(|recording| recording.outcome).collect()
}

/// All files in a folder and its subfolders, without those that are locked or incomplete.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

type TableRow = BTreeMap<String, Field>;

fn rows(path: &Path) -> Vec<TableRow> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let row = |row: parquet::record::Row| {
        row.get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect::<TableRow>()
    };
    reader.get_row_iter(None).unwrap().map(|found| row(found.unwrap())).collect()
}

fn text(text: &str) -> Field {
    Field::Str(text.to_owned())
}

fn beside(data: &Path, table: &str) -> PathBuf {
    data.with_file_name(format!("{}-{table}", data.file_name().unwrap().to_str().unwrap()))
}

#[test]
fn tables_have_the_cars_and_laps_of_a_race() {
    let directory = tempfile::tempdir().unwrap();
    let (folder, data) = (directory.path().join("recordings"), directory.path().join("data"));
    fs::create_dir(&folder).unwrap();
    let simulator = race(&folder.join("race.acevo"));
    let outcomes = export(&folder, &data);
    let [Ok(Outcome::Written { files: written, .. })] = &outcomes[..] else { panic!("{outcomes:?}") };
    let [cars, laps] = ["cars", "field_laps"].map(|table| files(&beside(&data, table)));
    let samples = files(&data);
    assert_eq!((samples.len(), cars.len(), laps.len(), written.len()), (1, 1, 1, 3), "{written:?}");
    // The same partition in all three.
    let partition = samples[0].strip_prefix(&data).unwrap();
    assert_eq!(cars[0], beside(&data, "cars").join(partition));
    assert_eq!(laps[0], beside(&data, "field_laps").join(partition));
    let part = Part::read(&laps[0]).unwrap().unwrap();
    assert_eq!((part.recording.as_str(), part.number, part.has_field), ("race", 1, true));

    let truth = &simulator.truth().cars;
    let cars = rows(&cars[0]);
    assert_eq!(cars.len(), truth.len());
    let mut all_laps = rows(&laps[0]);
    all_laps.retain(|lap| lap["source"] != text("estimated"));
    for car in truth {
        let id = text(&car.id.to_string());
        let row = cars.iter().find(|row| row["car_id"] == id).unwrap();
        let expected = [
            ("session_number", Field::Int(1)),
            ("name", text(&car.name)),
            ("number", Field::Int(car.number as i32)),
            ("model", text(car.model)),
            ("is_ai", Field::Bool(car.is_ai)),
            ("is_player", Field::Bool(car.is_player)),
        ];
        for (name, value) in expected {
            assert_eq!(row[name], value, "{name} of {}", car.name);
        }
        let found: Vec<_> = all_laps.iter().filter(|lap| lap["car_id"] == id).collect();
        let expected: Vec<_> = car.laps.iter().filter(|lap| !lap.is_out_lap).collect();
        assert_eq!(found.len(), expected.len(), "{}", car.name);
        for (lap, expected) in found.into_iter().zip(expected) {
            let message = format!("{} lap {}", car.name, expected.number);
            assert_eq!(lap["session_number"], Field::Int(1), "{message}");
            assert_eq!(lap["lap"], Field::Int(expected.number as i32), "{message}");
            assert_eq!(lap["time_ms"], Field::Int(expected.time_ms), "{message}");
            assert_eq!(lap["through_pits"], Field::Bool(expected.through_pits), "{message}");
            assert!(matches!(lap["ended_s"], Field::Double(seconds) if seconds > 0.0), "{message}");
            if !car.is_player {
                let sectors = [1, 2, 3].map(|sector| lap[&format!("sector_{sector}_ms")].clone());
                assert_eq!(sectors, expected.sectors_ms.map(Field::Int), "{message}");
            }
        }
    }
    let known: usize = truth.iter().map(|car| car.laps.iter().filter(|lap| !lap.is_out_lap).count()).sum();
    assert_eq!(all_laps.len(), known);
}

#[test]
fn tables_grow_with_the_data_set_and_are_completed() {
    let directory = tempfile::tempdir().unwrap();
    let (folder, data) = (directory.path().join("recordings"), directory.path().join("data"));
    fs::create_dir(&folder).unwrap();
    race(&folder.join("race.acevo"));
    assert!(matches!(export(&folder, &data)[..], [Ok(Outcome::Written { .. })]));
    let all = || files(directory.path()).into_iter().filter(|file| !file.starts_with(&folder)).collect::<Vec<_>>();
    let first = all();
    let times = |files: &[PathBuf]| {
        files.iter().map(|file| fs::metadata(file).unwrap().modified().unwrap()).collect::<Vec<_>>()
    };
    let written = times(&first);
    assert!(matches!(export(&folder, &data)[..], [Ok(Outcome::Exists(_))]));
    assert_eq!((all(), times(&first)), (first.clone(), written));

    // Another recording, which has no other cars.
    recordings::drive(&folder.join("alone.acevo"), CarModel::Gt3, Scenario::Pause, Some(1));
    assert!(matches!(export(&folder, &data)[..], [Ok(Outcome::Written { .. }), Ok(Outcome::Exists(_))]));
    assert_eq!(all().len(), first.len() + 1);
    assert!(matches!(export(&folder, &data)[..], [Ok(Outcome::Exists(_)), Ok(Outcome::Exists(_))]));

    // A file of a table is missing.
    let second = all();
    fs::remove_dir_all(beside(&data, "cars")).unwrap();
    assert!(matches!(export(&folder, &data)[..], [Ok(Outcome::Exists(_)), Ok(Outcome::Written { .. })]));
    assert_eq!(all(), second);
}

#[test]
fn tables_do_not_replace_files_of_others() {
    let directory = tempfile::tempdir().unwrap();
    let (folder, data) = (directory.path().join("recordings"), directory.path().join("data"));
    fs::create_dir(&folder).unwrap();
    race(&folder.join("race.acevo"));
    export(&folder, &data);
    let cars = files(&beside(&data, "cars")).remove(0);
    fs::write(&cars, "precious").unwrap();
    let outcomes = export(&folder, &data);
    assert!(matches!(&outcomes[..], [Err(ExportError::Exists(path))] if *path == cars), "{outcomes:?}");
    assert_eq!(fs::read(&cars).unwrap(), b"precious");
}

#[test]
fn tables_that_cannot_be_written_leave_no_files() {
    let directory = tempfile::tempdir().unwrap();
    let (folder, data) = (directory.path().join("recordings"), directory.path().join("data"));
    fs::create_dir(&folder).unwrap();
    race(&folder.join("race.acevo"));
    // A file where a folder of the second table has to be.
    export(&folder, &data);
    let track = fs::read_dir(beside(&data, "field_laps")).unwrap().next().unwrap().unwrap().path();
    for table in ["cars", "field_laps"] {
        fs::remove_dir_all(beside(&data, table)).unwrap();
    }
    fs::remove_dir_all(&data).unwrap();
    fs::create_dir(beside(&data, "field_laps")).unwrap();
    fs::write(&track, "precious").unwrap();
    let outcomes = export(&folder, &data);
    assert!(matches!(&outcomes[..], [Err(ExportError::Create { .. })]), "{outcomes:?}");
    assert!(files(&data).is_empty() && !beside(&data, "cars").exists(), "{:?}", files(directory.path()));
    assert_eq!(fs::read(&track).unwrap(), b"precious");
}
