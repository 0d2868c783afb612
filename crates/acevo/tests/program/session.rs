//! `acevo laps` and `acevo events`, compared with the simulator's truth.
//!
//! The game does not wait for its readers. At many times its speed, a busy machine can miss enough packets to lose a lap. So no test
//! relies on a certain lap: every printed lap must be correct, and some laps must be printed.

use acevo_simulator::{LapRecord, Options, Scenario, Simulator};
#[cfg(unix)]
use acevo_testkit::program::{Signal, send_signal};
use acevo_testkit::program::{acevo, output, spawn};
use serde_json::Value;

/// The true records of the simulated laps.
fn truth(scenario: Scenario, laps: usize) -> Vec<LapRecord> {
    let mut options = Options::default();
    options.scenario = scenario;
    let mut simulator = Simulator::new(options);
    while simulator.truth().laps.len() < laps {
        simulator.step();
    }
    simulator.truth().laps.clone()
}

const FAST: [&str; 5] = ["--demo", "--scenario", "hot-laps", "--speed", "12"];

#[test]
fn laps_json_matches_the_simulator() {
    let truth = truth(Scenario::HotLaps, 12);
    let laps = spawn(acevo().args(["laps", "--json"]).args(FAST));
    let mut complete = 0;
    while complete < 2 {
        let lap = laps.next_object();
        assert_eq!(lap["session"], 1);
        if !lap["incomplete"].is_null() {
            continue;
        }
        let number = usize::try_from(lap["number"].as_u64().unwrap()).unwrap();
        let record = &truth[number - 1];
        assert_eq!(lap["time_ms"], record.time_ms, "{lap}");
        let fuel = lap["fuel_used_l"].as_f64().unwrap();
        assert!((fuel - record.fuel_used_l).abs() < 0.05, "{fuel} {}", record.fuel_used_l);
        complete += 1;
    }
}

#[test]
fn laps_prints_a_header_and_ends_after_count() {
    let laps = output(acevo().args(["laps", "--count", "2"]).args(FAST));
    assert!(laps.status.success(), "{laps:?}");
    let lines: Vec<_> = laps.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", laps.stdout);
    for title in ["lap", "kind", "time", "sector 3", "to best", "fuel", "top", "low", "tyres", "stint"] {
        assert!(lines[0].contains(title), "{title}: {}", lines[0]);
    }
    assert!(lines[1..].iter().all(|line| line.contains("flying")), "{}", laps.stdout);
    assert!(!laps.stdout.contains('\x1b') && laps.stderr.contains("attached"), "{}", laps.stderr);
}

#[test]
fn events_prints_one_line_each() {
    let events = output(acevo().args(["events", "--count", "3"]).args(FAST));
    assert!(events.status.success(), "{events:?}");
    let lines: Vec<_> = events.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", events.stdout);
    assert!(lines.iter().any(|line| line.ends_with("phase: Session")), "{}", events.stdout);
    assert!(lines.iter().all(|line| line.starts_with("   0:") && line.contains(" %  ")), "{}", events.stdout);
    assert!(!events.stdout.contains('\x1b') && events.stderr.contains("attached"), "{}", events.stderr);
    let quiet = output(acevo().args(["events", "--count", "1", "--quiet"]).args(FAST));
    assert!(quiet.status.success() && quiet.stderr.is_empty(), "{}", quiet.stderr);
}

#[test]
fn events_only_filters_by_group() {
    let mut command = acevo();
    command.args(["events", "--json", "--only", "flag,damage", "--count", "4", "--demo"]);
    let events = output(command.args(["--scenario", "incidents", "--speed", "20"]));
    assert!(events.status.success(), "{events:?}");
    let events: Vec<Value> = events.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 4);
    for event in &events {
        match event["event"].as_str().unwrap() {
            "flag" => assert!(event["flag"].is_string() && event["for_all"].is_boolean(), "{event}"),
            "damage" => assert!(event["parts"][0]["now"].as_f64() > Some(0.0), "{event}"),
            _ => panic!("{event}"),
        }
        assert!(event["place"].is_f64() && event["at_s"].is_f64(), "{event}");
    }
    assert!(events.iter().any(|event| event["event"] == "flag"), "{events:?}");

    let wrong = output(acevo().args(["events", "--only", "flags"]));
    assert_eq!(wrong.status.code(), Some(2));
    assert!(wrong.stderr.contains("'flag'"), "{}", wrong.stderr);
}

#[test]
#[cfg(unix)]
fn laps_reports_an_interrupted_lap_when_the_game_ends() {
    let dir = tempfile::TempDir::new().unwrap();
    let in_dir = |args: &[&str]| spawn(acevo().args(args).arg("--dir").arg(dir.path()));
    let mut game = in_dir(&["simulate", "--scenario", "hot-laps", "--speed", "10"]);
    let (events, laps) = (in_dir(&["events", "--json", "--only", "lap"]), in_dir(&["laps", "--json"]));
    // Both commands are attached, and a part of a lap has been driven.
    while !laps.next_message().contains("attached") {}
    while events.next_object()["event"] != "sector" {}
    send_signal(game.id(), Signal::TERM);
    assert!(game.wait().0.success());
    while laps.next_object()["incomplete"] != "interrupted" {}
}

#[test]
#[cfg(unix)]
fn events_and_laps_succeed_on_a_signal() {
    for command in ["events", "laps"] {
        let mut running = spawn(acevo().args([command, "--demo"]));
        assert!(running.next_message().contains("attached"));
        send_signal(running.id(), Signal::INT);
        assert!(running.wait().0.success(), "{command}");
    }
}

#[test]
fn personal_bests_are_saved_and_reported_once() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("deep/bests.json");
    let run = || {
        let only = ["events", "--json", "--only", "lap", "--count", "14"];
        let events = output(acevo().args(only).args(FAST).arg("--bests").arg(&file));
        assert!(events.status.success(), "{events:?}");
        let printed: Vec<Value> = events.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        printed.into_iter().filter(|event| event["event"] == "personal_best").collect::<Vec<_>>()
    };
    let first = run();
    assert!(!first.is_empty());
    let kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let best = &kept["entries"][0];
    assert_eq!((&best["track"], &best["car"]), (&"Valdombra".into(), &"Velocita GT3 R".into()));
    assert_eq!(best["best"]["time_ms"], first.last().unwrap()["time_ms"]);
    // The same session again: the first lap is no personal best.
    assert!(run().iter().all(|event| event["time_ms"].as_u64() < best["best"]["time_ms"].as_u64()));
}

#[test]
fn broken_personal_bests_are_reported_and_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bests.json");
    std::fs::write(&file, "none").unwrap();
    let laps = output(acevo().args(["laps", "--count", "1", "--bests"]).arg(&file).args(FAST));
    assert!(laps.status.success() && laps.stderr.contains("are not saved"), "{}", laps.stderr);
    assert_eq!(std::fs::read(&file).unwrap(), b"none");
}

#[test]
fn sectors_option_sets_the_sectors() {
    let laps = spawn(acevo().args(["laps", "--json", "--sectors", "0.2,0.5,0.9"]).args(FAST));
    assert!((0..4).any(|_| laps.next_object()["sectors_ms"].as_array().unwrap().len() == 4));
    let wrong = output(acevo().args(["laps", "--demo", "--sectors", "0.5,0.2"]));
    assert_eq!(wrong.status.code(), Some(2));
    assert!(wrong.stderr.contains("ascending order"), "{}", wrong.stderr);
}

#[test]
fn threshold_option_sets_event_thresholds() {
    let only = ["events", "--json", "--only", "fuel", "--count", "1", "--threshold", "low_fuel_laps=1000"];
    let low = output(acevo().args(only).args(FAST));
    assert!(low.status.success() && low.stdout.contains("low_fuel"), "{}{}", low.stdout, low.stderr);
    for (wrong, message) in
        [("low=1", "low_fuel_laps"), ("low_fuel_laps", "NAME=NUMBER"), ("low_fuel_laps=x", "a number")]
    {
        let refused = output(acevo().args(["events", "--demo", "--threshold", wrong]));
        assert_eq!(refused.status.code(), Some(2), "{wrong}");
        assert!(refused.stderr.contains(message), "{}", refused.stderr);
    }
}
