//! `acevo lake`: writers that are killed, and what engines of other projects read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use acevo_testkit::program::spawn_silent;
use acevo_testkit::python::fleet_python;
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::Value;

/// Columns of samples that the engines are asked about, and another one.
const CHANNELS: &str = "speed,gear";
const MORE_CHANNELS: &str = "speed,gear,throttle";

struct Club {
    user: User,
}

impl Club {
    /// A folder with recordings of some drives.
    fn new(drives: &[(&str, &str)]) -> Self {
        let club = Self { user: User::new() };
        fs::create_dir(club.folder().join("drives")).unwrap();
        for (index, (scenario, track)) in drives.iter().enumerate() {
            let file = format!("drives/{index}.acevo");
            let seed = index.to_string();
            club.succeed(&[
                "simulate",
                "-o",
                &file,
                "--scenario",
                scenario,
                "--track",
                track,
                "--laps",
                "1",
                "--seed",
                &seed,
                "--quiet",
            ]);
        }
        club
    }

    fn folder(&self) -> &Path {
        self.user.folder.path()
    }

    fn succeed(&self, args: &[&str]) -> String {
        let output = self.user.run(args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        output.stdout
    }

    fn add_args(channels: &str) -> [&str; 9] {
        ["lake", "add", "drives", "-o", "lake", "--rate", "20", "--channels", channels]
    }

    fn check(&self) -> Value {
        serde_json::from_str(&self.succeed(&["lake", "check", "lake", "--json"])).unwrap()
    }

    /// Rows and recordings of a table, by `acevo lake check`.
    fn table(&self, name: &str) -> (u64, u64) {
        let check = self.check();
        let table = check["tables"].as_array().unwrap().iter().find(|table| table["table"] == name).unwrap().clone();
        (table["rows"].as_u64().unwrap(), table["recordings"].as_u64().unwrap())
    }

    /// The laps of all recordings by `acevo laps`: their number, and the best time.
    fn laps(&self) -> (u64, u64) {
        let mut laps = Vec::<Value>::new();
        for recording in entries(&self.folder().join("drives")) {
            let text = self.succeed(&["laps", recording.to_str().unwrap(), "--json"]);
            laps.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
        let counts = |lap: &&Value| lap["incomplete"].is_null() && lap["validity"]["is"] == "valid";
        let best = laps.iter().filter(counts).filter_map(|lap| lap["time_ms"].as_u64()).min();
        (laps.len() as u64, best.expect("a lap that counts"))
    }

    fn engines(&self, python: &Path, command: &str) -> Value {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/lake/engines.py");
        let output = Command::new(python).arg(script).arg(command).arg(self.folder().join("lake")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str(text.lines().last().unwrap()).unwrap()
    }

    /// What all engines answer. They must agree, and with `acevo`.
    fn answers(&self, python: &Path) -> Value {
        let all = self.engines(python, "query");
        let all = all.as_object().unwrap();
        assert_eq!(all.len(), 4);
        let first = &all["duckdb"];
        for (engine, answers) in all {
            for (question, answer) in answers.as_object().unwrap() {
                let [answer, expected] = [answer, &first[question]].map(|answer| answer.as_f64().unwrap());
                let tolerance = if question == "channel" { 1e-9 } else { 0.0 };
                assert!(
                    (answer - expected).abs() <= expected.abs() * tolerance,
                    "{engine}: {question} {answer}, {expected}"
                );
            }
        }
        let (laps, best) = self.laps();
        assert_eq!(
            (first["laps"].as_f64(), first["best_ms"].as_f64()),
            (Some(laps as f64), Some(best as f64)),
            "{first}"
        );
        let samples = self.table("samples").0 as f64;
        assert_eq!((first["samples"].as_f64(), first["since"].as_f64()), (Some(samples), Some(samples)), "{first}");
        assert!(first["channel"].as_f64() > Some(1000.0) && first["exact_channel"].as_f64() > Some(1000.0), "{first}");
        first.clone()
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// Number of files and folders below a folder.
fn count(folder: &Path) -> usize {
    let counted = |path: PathBuf| if path.is_dir() { 1 + count(&path) } else { 1 };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| counted(entry.path())).sum()
}

#[test]
fn lake_is_complete_after_two_writers_that_are_killed_at_any_moment() {
    let club = Club::new(&[("hot-laps", "karsthafen"), ("race", "karsthafen")]);
    let lake = club.folder().join("lake");
    // A file more or less is another moment: folders, temporary files, data files, commits.
    for moment in [2, 7, 12, 17, 22] {
        let before = count(&lake);
        let mut writers = [0, 1].map(|_| spawn_silent(&mut club.user.command(&Club::add_args(CHANNELS))));
        until(|| count(&lake) >= before + moment || writers.iter_mut().any(|writer| writer.has_ended()));
        let [killed, other] = &mut writers;
        killed.kill();
        if moment % 2 == 0 {
            other.kill();
        } else {
            assert!(other.wait_for_exit().success());
        }
        // Something may be missing, but nothing is damaged.
        let checked = club.user.run(&["lake", "check", "lake", "--json"]);
        assert!(checked.status.success() || checked.stderr.contains("there is no lake"), "{checked:?}");
        if moment % 2 == 1 {
            fs::remove_dir_all(&lake).unwrap();
        }
    }
    club.succeed(&Club::add_args(CHANNELS));
    let report = club.check();
    let is_harmless = |finding: &Value| finding["kind"] == "left_over";
    assert!(report["findings"].as_array().unwrap().iter().all(is_harmless), "{report}");
    for table in report["tables"].as_array().unwrap().iter().filter(|table| table["table"] != "cars") {
        assert!(table["table"] == "field_laps" || table["recordings"] == 2, "{report}");
    }
    assert_eq!(club.table("laps").0, club.laps().0);

    let again = club.user.run(&Club::add_args(CHANNELS));
    assert!(again.stderr.contains("0 recordings added to lake, 2 already there"), "{}", again.stderr);
    assert_eq!(club.check(), report, "a repeated add adds nothing");
}

#[test]
fn lake_add_leaves_out_what_is_not_finished_and_reports_what_is_broken() {
    let club = Club::new(&[("hot-laps", "karsthafen")]);
    let bytes = fs::read(club.folder().join("drives/0.acevo")).unwrap();
    fs::write(club.folder().join("drives/1.acevo"), &bytes[..bytes.len() / 2]).unwrap();
    fs::write(club.folder().join("drives/2.acevo"), "no recording").unwrap();
    let added =
        club.user.run(&[&Club::add_args(CHANNELS)[..], &["--json", "--site", "Club", "--rig", "Rig 3"]].concat());
    assert_eq!(added.status.code(), Some(1));
    assert!(added.stderr.contains("cannot add drives/2.acevo"), "{}", added.stderr);
    let lines: Vec<Value> = added.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let outcomes: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap_or("error")).collect();
    assert_eq!(outcomes, ["added", "not_finished", "error"]);
    assert!(lines[0]["rows"]["samples"].as_u64() > Some(100) && lines[2]["error"].is_string(), "{lines:?}");

    fs::remove_file(club.folder().join("drives/2.acevo")).unwrap();
    let args = ["repair", "drives/1.acevo", "-o", "drives/3.acevo"];
    club.succeed(&args);
    let added = club.user.run(&Club::add_args(CHANNELS));
    assert!(added.status.success() && added.stderr.contains("added drives/3.acevo"), "{}", added.stderr);
    assert!(added.stderr.contains("1 recording added to lake, 1 already there, 1 not finished"), "{}", added.stderr);
}

#[test]
fn lake_check_fails_if_a_file_is_missing() {
    let club = Club::new(&[("hot-laps", "karsthafen")]);
    let without = club.user.run(&["lake", "check", "lake"]);
    assert!(!without.status.success() && without.stderr.contains("there is no lake in lake"), "{}", without.stderr);
    club.succeed(&Club::add_args(CHANNELS));
    let text = club.succeed(&["lake", "check", "lake"]);
    assert!(text.contains("samples    version 0, 1 recording, "), "{text}");
    let track = entries(&club.folder().join("lake/samples"))
        .into_iter()
        .find(|path| path.ends_with("track=karsthafen-stadtkurs"));
    let file = entries(&entries(&track.expect("a folder"))[0]).remove(0);
    fs::remove_file(&file).unwrap();
    let checked = club.user.run(&["lake", "check", "lake"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(checked.stdout.contains("samples    damaged: track=karsthafen-stadtkurs/date="), "{}", checked.stdout);
    assert!(checked.stdout.contains("is not there") && checked.stderr.contains("damaged"), "{checked:?}");
}

#[test]
fn engines_agree_about_a_lake_with_a_new_channel_before_and_after_compaction() {
    let Some(python) = fleet_python() else { return };
    let club = Club::new(&[("hot-laps", "karsthafen"), ("race", "karsthafen")]);
    club.succeed(&Club::add_args(CHANNELS));
    let first = club.answers(&python);
    let third = "drives/third.acevo";
    club.succeed(&[
        "simulate",
        "-o",
        third,
        "--track",
        "valdombra",
        "--scenario",
        "hot-laps",
        "--laps",
        "1",
        "--seed",
        "9",
        "--quiet",
    ]);
    club.succeed(&Club::add_args(MORE_CHANNELS));
    let second = club.answers(&python);
    assert!(second["samples"].as_f64() > first["samples"].as_f64());

    // By acevo, then by deltalake, whose checkpoints replace the commits.
    let compacted = club.succeed(&["lake", "compact", "lake", "--json"]);
    let compacted: Value = serde_json::from_str(&compacted).unwrap();
    let of_samples = compacted["compacted"].as_array().unwrap().iter().find(|of| of["table"] == "samples").unwrap();
    assert_eq!((of_samples["merged"].as_u64(), of_samples["written"].as_u64()), (Some(2), Some(1)), "{compacted}");
    assert_eq!(club.answers(&python), second);
    let fourth = "drives/zz.acevo";
    club.succeed(&[
        "simulate",
        "-o",
        fourth,
        "--track",
        "karsthafen",
        "--scenario",
        "hot-laps",
        "--laps",
        "1",
        "--seed",
        "11",
        "--quiet",
    ]);
    club.succeed(&Club::add_args(MORE_CHANNELS));
    let third = club.answers(&python);
    let history = club.engines(&python, "history");
    for table in ["laps", "events", "samples"] {
        let operations: Vec<_> = history[table].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(operations, ["WRITE", "OPTIMIZE", "WRITE", "WRITE", "WRITE"], "{table}");
    }
    // All engines and acevo read the checkpoint that acevo wrote after it had merged files.
    let versions = club.engines(&python, "forget");
    assert_eq!(versions["samples"], of_samples["checkpoint"], "{versions}");
    assert_eq!(club.answers(&python), third);
    let maintained = club.engines(&python, "maintain");
    assert!(maintained["samples"]["merged"].as_u64() >= Some(2), "{maintained}");
    assert_eq!(club.answers(&python), third);

    // acevo reads the checkpoint, and goes on.
    let again = club.user.run(&Club::add_args(MORE_CHANNELS));
    assert!(again.stderr.contains("0 recordings added to lake, 4 already there"), "{}", again.stderr);
    let fifth = "drives/zzz.acevo";
    club.succeed(&[
        "simulate",
        "-o",
        fifth,
        "--track",
        "karsthafen",
        "--scenario",
        "hot-laps",
        "--laps",
        "1",
        "--seed",
        "12",
        "--quiet",
    ]);
    club.succeed(&Club::add_args(CHANNELS));
    assert!(club.answers(&python)["samples"].as_f64() > third["samples"].as_f64());
    let report = club.check();
    assert!(report["findings"].as_array().unwrap().is_empty(), "{report}");
    club.succeed(&["lake", "compact", "lake", "--quiet"]);
    assert_eq!(club.table("samples").1, 5);
}
