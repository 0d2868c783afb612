//! Cases from the field, by the real binary; `docs/field-cases.md` lists them with their sources.

#[path = "serve/client.rs"]
mod client;
mod common;

use std::path::Path;
use std::time::Duration;

use acevo_simulator::{Options, Scenario};
use client::{serve, until};
use common::drive::{Pages, changed};
use common::{acevo, output};

/// A hot lap, until a time, with changed pages.
fn recorded(path: &Path, seconds: u64, change: impl FnMut(Duration, &mut Pages)) {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    changed(path, options, Duration::from_secs(seconds), change);
}

#[test]
fn a_recording_that_was_played_ends_and_is_no_game_that_crashed() {
    let directory = tempfile::tempdir().unwrap();
    // The recording ends while the car drives, in the menu, and in a pause.
    for (status, name) in [(2, "live"), (0, "menu"), (3, "pause")] {
        let file = directory.path().join(name);
        recorded(&file, 8, |at, pages| {
            if at > Duration::from_secs(6) {
                pages.graphics.status = status;
            }
        });
        let file = file.display().to_string();
        for mode in ["--lines", "--json"] {
            let watched = output(acevo().args(["watch", mode, "--speed", "20", "--from", &file]));
            assert!(watched.status.success() && !watched.stdout.is_empty(), "{name} {mode}: {watched:?}");
            assert_eq!(watched.stderr.matches("End of recording").count(), 1, "{name} {mode}: {}", watched.stderr);
            for accusation in ["Waiting", "let go", "hangs", "doctor"] {
                assert!(!watched.stderr.contains(accusation), "{name} {mode}: {}", watched.stderr);
            }
        }
        let site = serve(&["--quiet", "--no-bests", "--speed", "20", "--from", &file]);
        until(|| site.json("/api/snapshot")["status"]["link"] == "ended");
        let status = &site.json("/api/snapshot")["status"];
        assert_eq!((&status["headline"], &status["recording"]), (&"End of recording".into(), &true.into()));
        let mut socket = site.socket();
        socket.ask(&serde_json::json!({"channels": ["speed"], "rate": 10}));
        assert_eq!(socket.next_frame().flags, 0, "overlays are empty");
    }
}

#[test]
fn a_recording_without_telemetry_ends_without_waiting_for_a_game() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("empty.acevo");
    recorded(&file, 0, |_, _| {});
    let watched = output(acevo().args(["watch", "--lines", "--from"]).arg(&file));
    assert!(watched.status.success() && watched.stdout.is_empty(), "{watched:?}");
    assert_eq!(watched.stderr, "acevo: End of recording\n");
}
