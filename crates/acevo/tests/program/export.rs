//! `acevo export` of many recordings, read by Python packages of other projects.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use acevo_simulator::{CarModel, Scenario};
#[cfg(unix)]
use acevo_testkit::program::spawn;
use acevo_testkit::program::{Output, acevo, output};
#[cfg(unix)]
use acevo_testkit::program::{Signal, send_signal};
use acevo_testkit::python::{python, run};
use acevo_testkit::recordings::drive;
use serde_json::Value;

/// All files in a folder and its subfolders, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// The values of the folders of a file in a data set, without the start of the session, and the name of the file.
fn partition(dataset: &Path, file: &Path) -> Vec<String> {
    let parts = file.strip_prefix(dataset).unwrap().iter().map(|part| part.to_str().unwrap());
    let value = |part: &str| match part.split_once('=') {
        Some(("session", value)) => value.split_once(' ').unwrap().1.to_owned(),
        Some((_, value)) => value.to_owned(),
        None => part.to_owned(),
    };
    parts.map(value).collect()
}

/// Exports a folder of recordings to its subfolder `parquet`.
fn dataset(recordings: &Path, more: &[&str]) -> Output {
    let mut export = acevo();
    export.current_dir(recordings).args(["export", ".", "--to", "parquet", "--channels", "speed,track"]);
    output(export.args(more))
}

/// A program that prints rows, partitions and the top speed of a lap with two libraries.
const READERS: &str = "
import sys, json, duckdb, polars
files = sys.argv[1] + '/**/*.parquet'
table = f\"read_parquet('{files}', hive_partitioning = true)\"
keys = 'track, car, driver, session'
frame = polars.scan_parquet(files, hive_partitioning=True)
fastest = frame.group_by('car', 'session', 'lap').agg(polars.max('speed')).collect()['speed'].max()
print(json.dumps([
    duckdb.sql(f'select count(*) from {table}').fetchall()[0][0],
    duckdb.sql(f'select count(*) from (select distinct {keys} from {table})').fetchall()[0][0],
    duckdb.sql(f'select max(top) from (select max(speed) top from {table} group by car, session, lap)').fetchall()[0][0],
    frame.select(polars.len()).collect().item(),
    frame.select(keys.split(', ')).unique().collect().height,
    fastest,
]))
";

#[test]
fn export_of_a_folder_extends_a_data_set() {
    let directory = tempfile::tempdir().unwrap();
    let recordings = directory.path().join("recordings");
    fs::create_dir_all(recordings.join("sub")).unwrap();
    drive(&recordings.join("hot.acevo"), CarModel::Gt3, Scenario::HotLaps, Some(1));
    // Sessions on several layouts of the track.
    drive(&recordings.join("sub").join("layouts.acevo"), CarModel::Road, Scenario::TrackChange, Some(1));
    fs::write(recordings.join("bad.acevo"), "no recording").unwrap();

    let first = dataset(&recordings, &[]);
    assert_eq!(first.status.code(), Some(1), "{first:?}");
    assert!(
        first.stderr.contains("bad.acevo") && first.stderr.contains("exported 2 recordings, 1 failed"),
        "{first:?}"
    );
    let folder = recordings.join("parquet");
    let made = files(&folder);
    let places: BTreeSet<Vec<String>> = made.iter().map(|file| partition(&folder, file)).collect();
    assert!(places.len() >= 3, "{places:?}");
    for place in &places {
        let [track, car, driver, session, name] = &place[..] else { panic!("{place:?}") };
        assert!(track.starts_with("Valdombra") && session == "Hot Lap", "{place:?}");
        let is_hot = name == "hot.parquet";
        assert!(is_hot || name == "layouts.parquet", "{place:?}");
        assert_eq!(
            (car.as_str(), driver.as_str()),
            (if is_hot { "Velocita GT3 R" } else { "Corsaro 3.0 Turbo" }, DRIVER)
        );
    }
    let csv = ["--to", "csv", "--channels", "speed", "-o", "-", "-q"];
    let rows = [recordings.join("hot.acevo"), recordings.join("sub").join("layouts.acevo")].map(|recording| {
        let table = output(acevo().arg("export").arg(recording).args(csv));
        // There is no speed while physics is not current.
        let speed = |line: &str| line.rsplit(',').next().unwrap().parse::<f64>().unwrap_or(0.0);
        let speeds: Vec<f64> = table.stdout.lines().skip(1).map(speed).collect();
        (speeds.len(), speeds.iter().copied().fold(0.0, f64::max))
    });

    let before: Vec<_> = made.iter().map(|file| fs::metadata(file).unwrap().modified().unwrap()).collect();
    fs::remove_file(recordings.join("bad.acevo")).unwrap();
    let second = dataset(&recordings, &[]);
    assert!(second.status.success() && second.stderr.contains("2 already exported"), "{second:?}");
    assert_eq!(files(&folder), made);
    let after: Vec<_> = made.iter().map(|file| fs::metadata(file).unwrap().modified().unwrap()).collect();
    assert_eq!(after, before);
    // Only a missing or incomplete part is written again.
    fs::remove_file(made.last().unwrap()).unwrap();
    let third = dataset(&recordings, &[]);
    assert!(third.status.success() && third.stderr.contains("exported 1 recording, 1 already exported"), "{third:?}");
    assert_eq!(files(&folder), made);
    let other = dataset(&recordings, &["--rate", "10"]);
    assert_eq!(other.status.code(), Some(1), "files of another rate do not belong there: {other:?}");

    let Some(python) = python(&["duckdb", "polars"]) else { return };
    let read: Vec<Value> = serde_json::from_str(&run(&python, READERS, &[folder.as_os_str()])).unwrap();
    let (count, top) = (rows[0].0 + rows[1].0, rows[0].1.max(rows[1].1));
    for read in read.chunks(3) {
        assert_eq!(read[..2], [Value::from(count), Value::from(made.len())]);
        assert!((read[2].as_f64().unwrap() - top).abs() < 0.1, "{read:?}, {top}");
    }
}

/// The name of the simulated driver.
const DRIVER: &str = "Žofie Müldřansová";

#[test]
fn export_replaces_the_part_of_a_grown_recording() {
    let directory = tempfile::tempdir().unwrap();
    let (recording, whole) = (directory.path().join("a.acevo"), directory.path().join("whole"));
    drive(&whole, CarModel::Gt3, Scenario::HotLaps, Some(1));
    let bytes = fs::read(&whole).unwrap();
    // A recording that is still written.
    fs::write(&recording, &bytes[..bytes.len() / 2]).unwrap();
    let half = dataset(directory.path(), &[]);
    assert!(half.status.success(), "{half:?}");
    let folder = directory.path().join("parquet");
    let made = files(&folder);
    assert_eq!(made.len(), 1, "{made:?}");
    let length = fs::metadata(&made[0]).unwrap().len();
    fs::write(&recording, &bytes).unwrap();
    let all = dataset(directory.path(), &[]);
    assert!(all.status.success() && all.stderr.contains("exported 1 recording"), "{all:?}");
    assert_eq!(files(&folder), made);
    assert!(fs::metadata(&made[0]).unwrap().len() > length * 3 / 2);
    // Other files are not overwritten.
    fs::write(&made[0], "precious").unwrap();
    let refused = dataset(directory.path(), &[]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(fs::read(&made[0]).unwrap(), b"precious");
}

#[cfg(unix)]
#[test]
fn a_stopped_export_leaves_no_incomplete_files() {
    let directory = tempfile::tempdir().unwrap();
    drive(&directory.path().join("long.acevo"), CarModel::Gt3, Scenario::HotLaps, Some(4));
    let folder = directory.path().join("parquet");
    let mut export = spawn(acevo().current_dir(directory.path()).args(["export", ".", "--to", "parquet"]));
    // The second pass writes, so half of the work is done.
    while files(&folder).iter().all(|file| fs::metadata(file).map_or(0, |metadata| metadata.len()) == 0) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let second = output(acevo().current_dir(directory.path()).args(["export", ".", "--to", "parquet"]));
    assert!(second.stderr.contains("another export is at work"), "{second:?}");
    send_signal(export.id(), Signal::TERM);
    let (status, said) = export.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("stopped"), "{said}");
    assert!(!folder.exists(), "{:?}", files(&folder));
}

#[test]
fn several_recordings_become_a_file_each() {
    let directory = tempfile::tempdir().unwrap();
    let (a, b) = (directory.path().join("a.acevo"), directory.path().join("b.acevo"));
    drive(&a, CarModel::Gt3, Scenario::HotLaps, Some(1));
    fs::copy(&a, &b).unwrap();
    let csv = ["--to", "csv", "--channels", "speed", "--rate", "10"];
    let both = output(acevo().current_dir(directory.path()).arg("export").args([&a, &b]).args(csv));
    assert!(both.status.success() && both.stdout.is_empty(), "{both:?}");
    let beside = ["a.acevo", "a.csv", "b.acevo", "b.csv"].map(|name| directory.path().join(name));
    assert_eq!(files(directory.path()), beside);
    let again = output(acevo().current_dir(directory.path()).arg("export").args([&a, &b]).args(csv));
    assert!(again.status.success() && again.stderr.contains("2 already exported"), "{again:?}");
    let out = directory.path().join("out");
    let folder = output(acevo().arg("export").arg(directory.path()).args(csv).arg("-o").arg(&out));
    assert!(folder.status.success(), "{folder:?}");
    assert_eq!(files(&out), ["a.csv", "b.csv"].map(|name| out.join(name)));
    for refused in [&["-o", "-"], &["--laps", "77"]] {
        let one = output(acevo().arg("export").arg(&b).args(["--to", "parquet"]).args(refused));
        assert_eq!(one.status.code(), Some(1), "{one:?}");
    }
    // Options without effect are rejected.
    for refused in
        [&["mcap", "--laps", "1"][..], &["mcap", "--rate", "9"], &["jsonl", "--units-row"], &["motec", "--full"]]
    {
        let one = output(acevo().arg("export").arg(&b).arg("--to").args(refused));
        assert!(one.status.code() == Some(1) && one.stderr.contains(refused[1]), "{one:?}");
    }
    assert_eq!(files(directory.path()).len(), 6, "nothing is left");
    let stream = output(acevo().arg("export").args([&a, &b]).args(csv).args(["-o", "-"]));
    assert_eq!(stream.status.code(), Some(1), "{stream:?}");
}

#[cfg(unix)]
#[test]
fn an_export_to_a_closed_pipe_ends_quietly() {
    use std::io::{BufRead, BufReader};

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.acevo");
    drive(&file, CarModel::Gt3, Scenario::HotLaps, Some(1));
    let mut export = acevo();
    export.arg("export").arg(&file).args(["--to", "csv", "-o", "-"]);
    let mut export = export.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut header = String::new();
    // The pipe is closed after the first line.
    BufReader::new(export.stdout.take().unwrap()).read_line(&mut header).unwrap();
    assert!(header.starts_with("time_s,"), "{header}");
    let ended = export.wait_with_output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}
