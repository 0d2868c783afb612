//! The laps of all cars of a recording, and the game's log: written by the simulator, checked, and added to a recording.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::path::PathBuf;

use acevo_simulator::{LogStyle, Options, Scenario, Simulator, TrackName};
use acevo_testkit::program::{Output, acevo, output};
use serde_json::Value;
use tempfile::TempDir;

/// A short race of six cars.
const RACE: [&str; 8] = ["--scenario", "field", "--track", "karsthafen", "--cars", "6", "--laps", "2"];

fn simulate(arguments: &[&str], folder: &Path) -> Output {
    output(acevo().current_dir(folder).arg("simulate").args(RACE).args(arguments))
}

/// A folder with `race.acevo`, which has no log, and `log.txt`.
fn race() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = simulate(&["-o", "race.acevo", "--log", "log.txt", "--quiet"], folder.path());
    assert!(made.status.success() && made.stderr.is_empty() && made.stdout.is_empty(), "{made:?}");
    folder
}

/// The true lap times of each driver, of laps that the game times.
fn truth() -> BTreeMap<String, Vec<u64>> {
    let mut options = Options::default();
    (options.scenario, options.track, options.cars, options.laps) =
        (Scenario::Field, TrackName::Karsthafen, 6, Some(2));
    options.log = Some(LogStyle::default());
    let mut simulator = Simulator::new(options);
    while !simulator.is_finished() {
        simulator.step();
    }
    let cars = simulator.truth().cars.iter().map(|car| {
        let laps = car.laps.iter().filter(|lap| !lap.is_out_lap).map(|lap| lap.time_ms as u64);
        (car.name.clone(), laps.collect::<Vec<_>>())
    });
    cars.filter(|(_, laps)| !laps.is_empty()).collect()
}

fn all_cars(file: &Path) -> Vec<Value> {
    let laps = output(acevo().args(["laps", "--all-cars", "--json"]).arg(file));
    assert!(laps.status.success(), "{laps:?}");
    laps.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The lap times of each driver, without estimated laps.
fn by_driver(laps: &[Value]) -> BTreeMap<String, Vec<u64>> {
    let mut drivers = BTreeMap::<String, Vec<u64>>::new();
    for lap in laps.iter().filter(|lap| lap["source"] != "estimated") {
        let driver = lap["driver"].as_str().unwrap().to_owned();
        drivers.entry(driver).or_default().extend(lap["time_ms"].as_u64());
    }
    drivers
}

fn merge(folder: &Path, arguments: &[&str]) -> Output {
    output(acevo().current_dir(folder).arg("merge").args(arguments))
}

#[test]
fn laps_of_all_cars_are_those_of_the_simulator() {
    let folder = tempfile::tempdir().unwrap();
    let made = simulate(&["-o", "race.acevo", "--quiet"], folder.path());
    assert!(made.status.success(), "{made:?}");
    let file = folder.path().join("race.acevo");
    let laps = all_cars(&file);
    assert_eq!(by_driver(&laps), truth());
    let ends: Vec<_> = laps.iter().map(|lap| lap["ended_s"].as_f64().unwrap()).collect();
    assert!(ends.is_sorted(), "{ends:?}");
    for lap in &laps {
        assert!(lap["car"].as_str().is_some_and(|car| car.len() == 33), "{lap}");
        assert!(lap["number"].is_u64() && lap["model"].is_string() && lap["session"] == 1, "{lap}");
        assert!(lap["lap"].as_u64().is_some_and(|lap| lap > 0) && lap["through_pits"].is_boolean(), "{lap}");
    }
    assert!(laps.iter().any(|lap| lap["is_player"] == true) && laps.iter().any(|lap| lap["is_player"] == false));
    let text = output(acevo().args(["laps", "--all-cars"]).arg(&file));
    assert!(text.status.success() && text.stderr.is_empty(), "{text:?}");
    assert!(text.stdout.starts_with("Session 1\n") && text.stdout.contains("sector 3"), "{}", text.stdout);
    for driver in truth().keys() {
        assert_eq!(text.stdout.lines().filter(|line| line.contains(driver)).count(), 1, "{driver}: {}", text.stdout);
    }
}

#[test]
fn laps_of_all_cars_need_a_recording() {
    for arguments in [&["laps", "--all-cars"][..], &["laps", "--all-cars", "--demo"]] {
        let refused = output(acevo().args(arguments));
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
    let refused = output(acevo().args(["laps", "--all-cars"]));
    assert!(refused.stderr.contains("acevo laps --all-cars race.acevo"), "{}", refused.stderr);
    let missing = output(acevo().args(["laps", "--all-cars", "missing.acevo"]));
    assert_eq!(missing.status.code(), Some(1), "{missing:?}");
}

#[test]
fn merge_adds_names_and_exact_times_of_all_cars() {
    let folder = race();
    let [race, full] = ["race.acevo", "full.acevo"].map(|name| folder.path().join(name));
    let before = fs::read(&race).unwrap();
    let measured = all_cars(&race);
    assert!(measured.iter().any(|lap| lap["source"] == "measured" && lap["driver"].is_null()), "{measured:?}");
    let merged = merge(folder.path(), &["race.acevo", "--log", "log.txt", "-o", "full.acevo"]);
    assert!(merged.status.success() && merged.stdout.is_empty(), "{merged:?}");
    assert!(merged.stderr.contains("wrote full.acevo with") && merged.stderr.contains("common events"), "{merged:?}");
    assert_eq!(by_driver(&all_cars(&full)), truth());
    assert_eq!(fs::read(&race).unwrap(), before, "the recording is not changed");
    let info = output(acevo().args(["info", "--check"]).arg(&full));
    assert!(info.status.success() && info.stdout.contains("everything can be read"), "{info:?}");

    let again = merge(folder.path(), &["full.acevo", "--log", "log.txt", "-o", "more.acevo"]);
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert!(again.stderr.contains("has the game's log already"), "{}", again.stderr);
    let kept = merge(folder.path(), &["race.acevo", "--log", "log.txt", "-o", "full.acevo"]);
    assert!(kept.status.code() == Some(1) && kept.stderr.contains("is not overwritten"), "{kept:?}");
    let default = merge(folder.path(), &["race.acevo", "--log", "log.txt", "--quiet"]);
    assert!(default.status.success() && default.stderr.is_empty(), "{default:?}");
    assert!(folder.path().join("race_log.acevo").exists());
}

#[test]
fn merge_refuses_what_does_not_belong_to_the_recording() {
    let folder = race();
    let other = simulate(&["-o", "other.acevo", "--log", "other.txt", "--seed", "7", "--quiet"], folder.path());
    assert!(other.status.success(), "{other:?}");
    fs::write(folder.path().join("empty.txt"), "").unwrap();
    for (log, reason) in [
        ("other.txt", "does not belong to this recording"),
        ("empty.txt", "does not belong to this recording"),
        ("race.acevo", "does not belong to this recording"),
        ("missing.txt", "cannot read missing.txt"),
        (".", "cannot read ."),
    ] {
        let refused = merge(folder.path(), &["race.acevo", "--log", log, "-o", "new.acevo"]);
        assert_eq!(refused.status.code(), Some(1), "{log}: {refused:?}");
        assert!(refused.stderr.contains(reason) && refused.stdout.is_empty(), "{log}: {}", refused.stderr);
    }
    let usage = merge(folder.path(), &["race.acevo", "-o", "new.acevo"]);
    assert_eq!(usage.status.code(), Some(2), "{usage:?}");
    let mut left: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["empty.txt", "log.txt", "other.acevo", "other.txt", "race.acevo"], "nothing is left behind");
}

fn checked(log: &Path) -> Value {
    let checked = output(acevo().args(["log-check", "--json"]).arg(log));
    assert!(checked.status.success(), "{checked:?}");
    serde_json::from_str(&checked.stdout).unwrap()
}

#[test]
fn simulate_writes_logs_that_log_check_understands() {
    let folder = tempfile::tempdir().unwrap();
    for style in ["hosted", "online", "server"] {
        let [file, log] = ["acevo", "txt"].map(|extension| format!("{style}.{extension}"));
        let made = simulate(&["-o", &file, "--log", &log, "--log-style", style, "--quiet"], folder.path());
        assert!(made.status.success(), "{style}: {made:?}");
        let summary = checked(&folder.path().join(&log));
        assert_eq!(summary["counts"]["malformed"], 0, "{style}: {}", summary["counts"]);
        let cars =
            summary["sessions"].as_array().unwrap().iter().flat_map(|session| session["cars"].as_array().unwrap());
        let laps: usize = cars.map(|car| car["laps"].as_array().unwrap().len()).sum();
        assert!(laps >= 2, "{style}: {summary}");
    }
    let text = output(acevo().arg("log-check").arg(folder.path().join("hosted.txt")));
    assert!(text.status.success() && text.stdout.contains("laps, best"), "{text:?}");
    assert!(text.stdout.contains("result  a log of the game, all"), "{text:?}");
    fs::write(folder.path().join("diary.txt"), "Dear diary,\nthis is not a log.\n").unwrap();
    let refused = output(acevo().arg("log-check").arg(folder.path().join("diary.txt")));
    assert!(refused.status.code() == Some(1) && refused.stdout.contains("not a log of the game"), "{refused:?}");
    let again = simulate(&["-o", "new.acevo", "--log", "hosted.txt"], folder.path());
    assert!(again.status.code() == Some(1) && again.stderr.contains("is not overwritten"), "{again:?}");
    assert!(!folder.path().join("new.acevo").exists());
}

/// Publishes a simulation into a folder until its end, and returns its log.
#[cfg(unix)]
fn published(folder: &Path, name: &str, arguments: &[&str]) -> (Output, PathBuf) {
    let log = folder.join(name);
    let pages = folder.join(format!("{name}.pages"));
    fs::create_dir_all(&pages).unwrap();
    let done = output(
        acevo()
            .arg("simulate")
            .args(RACE)
            .args(["--speed", "1000", "--quiet", "--for", "30s", "--dir"])
            .arg(pages)
            .arg("--log")
            .arg(&log)
            .args(arguments),
    );
    (done, log)
}

#[cfg(unix)]
#[test]
fn simulate_in_real_time_writes_the_whole_log() {
    let folder = tempfile::tempdir().unwrap();
    let (done, at_once) = published(folder.path(), "log.txt", &[]);
    assert!(done.status.success(), "{done:?}");
    let (done, late) = published(folder.path(), "late.txt", &["--log-delay", "10s"]);
    assert!(done.status.success(), "{done:?}");
    let [at_once, late] = [at_once, late].map(|log| fs::read_to_string(log).unwrap());
    assert!(at_once.lines().count() > 20 && at_once.starts_with('['), "{at_once}");
    assert_eq!(at_once, late);
    let (refused, _) = published(folder.path(), "log.txt", &[]);
    assert!(refused.status.code() == Some(1) && refused.stderr.contains("is not overwritten"), "{refused:?}");
}

#[test]
fn simulate_refuses_options_of_the_log_without_a_log() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [
        &["--log-delay", "1s"][..],
        &["--log-style", "server"],
        &["--log", "log.txt", "--log-delay", "1s", "-o", "a.acevo"],
        &["--log", "log.txt", "--log-style", "unknown"],
    ] {
        let refused = simulate(wrong, folder.path());
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}: {refused:?}");
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
