//! Corners of recordings, reference laps, and pictures of several laps.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use acevo_simulator::TrackName;
use acevo_testkit::client::serve_by;
use acevo_testkit::program::{Output, acevo, output};
use acevo_testkit::wait::until;
use serde_json::Value;
use tempfile::TempDir;

/// A recording with a mistake on each lap from the third on.
static FAULTS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let mut command = acevo();
    command.args([
        "simulate",
        "--quiet",
        "--scenario",
        "faults",
        "--track",
        "karsthafen",
        "--laps",
        "4",
        "-o",
        "f.acevo",
    ]);
    let made = output(command.current_dir(folder.path()));
    assert!(made.status.success(), "{made:?}");
    folder
});

/// Runs the program beside the recording, with its folder of data in another folder.
fn run(data: &Path, args: &[&str]) -> Output {
    output(acevo().current_dir(FAULTS.path()).env("XDG_DATA_HOME", data).env("APPDATA", data).args(args))
}

fn json(data: &Path, args: &[&str]) -> Value {
    let printed = run(data, args);
    assert!(printed.status.success(), "{printed:?}");
    serde_json::from_str(&printed.stdout).unwrap()
}

#[test]
fn corners_ranks_the_mistake_first_in_text_and_json() {
    let data = tempfile::tempdir().unwrap();
    let text = run(data.path(), &["corners", "f.acevo", "--lap", "3", "--against", "2"]);
    assert!(text.status.success() && text.stderr.is_empty(), "{text:?}");
    let lines: Vec<_> = text.stdout.lines().collect();
    assert!(lines[0].contains("Karsthafen") && lines[0].contains("against lap 2"), "{}", text.stdout);
    assert!(lines[3].starts_with(" Turn 1 ") && text.stdout.contains(" Turn 1: you brake "), "{}", text.stdout);
    assert!(!text.stdout.contains('\x1b'), "no colours without a terminal");

    let document = json(data.path(), &["corners", "f.acevo", "--lap", "3", "--against", "2", "--json"]);
    let corners = TrackName::Karsthafen.corners().len();
    assert_eq!(document["corners"].as_array().unwrap().len(), corners);
    assert_eq!(document["figures"].as_array().unwrap().len(), corners);
    let losses = document["losses"].as_array().unwrap();
    assert_eq!((losses.len(), &losses[0]["number"]), (corners, &Value::from(1)));
    let sum: f64 = losses.iter().map(|loss| loss["lost_s"].as_f64().unwrap()).sum();
    let rest = document["rest_s"].as_f64().unwrap();
    assert!((sum + rest - document["total_s"].as_f64().unwrap()).abs() < 1e-6);
    assert!(losses[0]["advice"].as_str().unwrap().starts_with("Turn 1: you brake "));

    let other = json(data.path(), &["corners", "f.acevo", "--lap", "4", "--against", "f.acevo:2", "--json"]);
    assert_eq!(other["losses"][0]["number"], 2);
    // A simulated drive leaves nothing behind.
    assert!(!data.path().join("acevo").join("corners").exists());
}

#[test]
fn corners_uses_and_keeps_the_file_of_corners() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("mine.json");
    let name = file.to_str().unwrap();
    let first = run(data.path(), &["corners", "f.acevo", "--corners", name]);
    assert!(first.status.success() && first.stderr.contains("wrote the corners"), "{first:?}");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"name\": \"\"", "\"name\": \"Hafenkurve\"", 1)).unwrap();
    let named = run(data.path(), &["corners", "f.acevo", "--corners", name]);
    assert!(named.stdout.contains(" Hafenkurve ") && named.stderr.is_empty(), "{named:?}");
    fs::write(&file, text.replacen("\"number\": 2", "\"number\": 1", 1)).unwrap();
    let wrong = run(data.path(), &["corners", "f.acevo", "--corners", name]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(wrong.stderr.contains("mine.json") && wrong.stderr.contains("corner 1: numbers begin at 1"), "{wrong:?}");

    // The track's own file.
    let path = run(data.path(), &["corners", "f.acevo", "--path"]);
    let own = Path::new(path.stdout.trim());
    assert!(own.ends_with("acevo/corners/Karsthafen_Stadtkurs.json"), "{path:?}");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::write(own, text.replacen("\"name\": \"\"", "\"name\": \"Molenkopf\"", 1)).unwrap();
    let stored = run(data.path(), &["corners", "f.acevo", "--consistency"]);
    assert!(
        stored.stdout.contains(" Molenkopf ") && stored.stdout.contains("consistency of 4 laps of stint 1"),
        "{stored:?}"
    );
}

#[test]
fn plot_draws_up_to_four_laps_with_corners_and_a_part_of_the_track() {
    let data = tempfile::tempdir().unwrap();
    let picture = |name: &str, args: &[&str]| {
        let file = data.path().join(name);
        let mut all = vec!["plot", "--kind", "traces", "-o", file.to_str().unwrap()];
        all.extend(args);
        let drawn = run(data.path(), &all);
        assert!(drawn.status.success(), "{drawn:?}");
        fs::read_to_string(file).unwrap()
    };
    let three = picture("three.svg", &["f.acevo:3", "f.acevo:2", "f.acevo"]);
    assert!(three.contains("<title>Lap 3 against Lap 2, Lap 2</title>"), "{}", &three[..400]);
    assert!(three.contains(">T7<") && three.matches(">S1  ").count() == 3);
    let part = picture("part.svg", &["f.acevo:3", "f.acevo:2", "--from", "400", "--to", "800"]);
    assert!(part.contains(">T1<") && !part.contains(">T7<") && part.contains(">600<"), "a part of the track");
    for (args, hint) in [
        (&["plot", "f.acevo", "--from", "9000", "-o", "x.svg"][..], "there is no track"),
        (&["plot", "f.acevo:77", "f.acevo", "-o", "x.svg"], "lap 77"),
    ] {
        let refused = run(data.path(), args);
        assert!(refused.status.code() == Some(1) && refused.stderr.contains(hint), "{refused:?}");
    }
}

#[test]
fn reference_lap_of_a_recording_is_stored_and_used_later() {
    let data = tempfile::tempdir().unwrap();
    let document = json(data.path(), &["corners", "f.acevo", "--lap", "2", "--json"]);
    let time_s = document["lap"]["time_ms"].as_f64().unwrap() / 1000.0;
    // On the first lap the session has no best lap yet.
    let reference_s = |args: &[&str]| {
        let mut command = acevo();
        command.current_dir(FAULTS.path()).env("XDG_DATA_HOME", data.path()).env("APPDATA", data.path());
        let site = serve_by(command.args(["serve", "f.acevo", "--port", "0", "--no-bests"]).args(args));
        let mut found = Value::Null;
        until(|| {
            found = site.json("/api/snapshot")["lap"]["reference_s"].clone();
            found.is_number()
        });
        found.as_f64().unwrap()
    };
    assert!((reference_s(&["--reference", "f.acevo:2"]) - time_s).abs() < 0.001);
    let stored = data.path().join("acevo").join("references").join("Karsthafen_Stadtkurs_Velocita_GT3_R.json");
    assert!(fs::read_to_string(&stored).unwrap().contains("lap 2 of f.acevo"));
    assert!((reference_s(&[]) - time_s).abs() < 0.001, "it is used without the option");
    let missing = run(data.path(), &["laps", "f.acevo", "--reference", "f.acevo:9"]);
    assert!(missing.status.code() == Some(1) && missing.stderr.contains("lap 9"), "{missing:?}");
    let chosen = run(data.path(), &["laps", "f.acevo", "--count", "1", "--reference", "f.acevo:best"]);
    assert!(chosen.status.success() && chosen.stderr.contains("delete that file to remove it"), "{chosen:?}");
}
