//! `acevo simulate -o`: simulated recordings, computed faster than real time.

use std::path::Path;

use acevo_testkit::program::{acevo, output};

fn simulate(path: &Path, arguments: &[&str]) -> acevo_testkit::program::Output {
    output(acevo().args(["simulate", "-o"]).arg(path).args(arguments))
}

#[test]
fn simulate_writes_a_complete_reproducible_recording() {
    let directory = tempfile::tempdir().unwrap();
    let (one, two) = (directory.path().join("one.acevo"), directory.path().join("two.acevo"));
    let options = ["--scenario", "hot-laps", "--track", "karsthafen", "--laps", "2"];
    let written = simulate(&one, &options);
    assert!(written.status.success(), "{written:?}");
    assert!(written.stdout.is_empty() && written.stderr.contains("acevo: wrote"), "{written:?}");
    let quiet = simulate(&two, &[&options[..], &["--quiet"]].concat());
    assert!(quiet.status.success() && quiet.stderr.is_empty() && quiet.stdout.is_empty(), "{quiet:?}");
    let mut parts: Vec<_> = directory.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    parts.sort();
    assert_eq!(parts, ["one.acevo", "two.acevo"], "nothing is left behind");

    let checked = output(acevo().args(["info", "--check", "--json"]).arg(&one));
    assert!(checked.status.success(), "{checked:?}");
    let laps = |path: &Path| {
        let laps = output(acevo().args(["laps", "--json", "--from"]).arg(path));
        assert!(laps.status.success(), "{laps:?}");
        laps.stdout
    };
    assert_eq!(laps(&one), laps(&two));
    let first: serde_json::Value = serde_json::from_str(laps(&one).lines().next().unwrap()).unwrap();
    assert!(first["time_ms"].as_u64().is_some_and(|ms| (45_000..60_000).contains(&ms)), "{first}");
    let marked = output(acevo().args(["info"]).arg(&one));
    for text in ["Karsthafen", "Velocita GT3 R", "lap          1"] {
        assert!(marked.stdout.contains(text), "{text}: {}", marked.stdout);
    }
}

#[test]
fn simulate_for_limits_an_endless_scenario() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pits.acevo");
    let written = simulate(&path, &["--scenario", "pits", "--for", "20s"]);
    assert!(written.status.success() && written.stderr.contains("0:20"), "{written:?}");
    let again = simulate(&path, &["--scenario", "pits", "--for", "20s"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(again.stderr.contains("is not overwritten"), "{again:?}");
    let wrongs: &[&[&str]] = if cfg!(unix) { &[&["--speed", "2"], &["--dir", "pages"]] } else { &[&["--speed", "2"]] };
    for wrong in wrongs {
        let refused = simulate(&directory.path().join("new.acevo"), wrong);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
    let dash = simulate(Path::new("-"), &[]);
    assert!(!dash.status.success() && dash.stderr.contains("standard output"), "{dash:?}");
}
