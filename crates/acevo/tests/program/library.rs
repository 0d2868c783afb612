//! The session library: commands, and documents of the server. Each test has a user with folders of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use acevo_simulator::{CarModel, Options, Scenario, TrackName};
use acevo_testkit::client::{Site, serve_by};
use acevo_testkit::recordings::changed;
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A recording of two laps and one of a race of one lap, which the tests copy.
static ORIGINALS: LazyLock<(TempDir, [PathBuf; 2])> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let paths =
        [("hot.acevo", Scenario::HotLaps, 2), ("race.acevo", Scenario::Race, 1)].map(|(name, scenario, laps)| {
            let path = folder.path().join(name);
            let mut options = Options::default();
            (options.scenario, options.laps, options.track) = (scenario, Some(laps), TrackName::Karsthafen);
            options.car = if laps == 2 { CarModel::Gt3 } else { CarModel::Road };
            changed(&path, options, std::time::Duration::MAX, |_, _| {});
            path
        });
    (folder, paths)
});

/// A user with two recordings in the default folder.
fn user() -> User {
    let user = User::new();
    for original in &ORIGINALS.1 {
        add(&user, original, original.file_name().unwrap().to_str().unwrap());
    }
    user
}

fn add(user: &User, original: &Path, name: &str) -> PathBuf {
    let path = user.folder.path().join("acevo").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(original, &path).unwrap();
    path
}

fn json_of(user: &User, args: &[&str]) -> Value {
    let output = user.run(&[args, &["--json"]].concat());
    assert!(output.status.success(), "{output:?}");
    serde_json::from_str(&output.stdout).unwrap()
}

#[test]
fn sessions_lists_the_recordings_of_the_default_folder_and_filters_them() {
    let user = user();
    let all = json_of(&user, &["sessions"]);
    assert_eq!(all.as_array().unwrap().len(), 2);
    let race = json_of(&user, &["sessions", "--kind", "race", "--track", "KARST", "--since", "1d"]);
    assert_eq!((race.as_array().unwrap().len(), &race[0]["file"]), (1, &json!("race.acevo")));
    let car = all.as_array().unwrap().iter().find(|row| row["kind"] == "time_attack").unwrap()["car"].as_str().unwrap();
    assert_eq!(json_of(&user, &["sessions", "--car", &car.to_lowercase()])[0]["file"], "hot.acevo");
    assert_eq!(json_of(&user, &["sessions", "--tag", "none"]), json!([]));

    let text = user.run(&["sessions"]);
    let lines: Vec<_> = text.stdout.lines().collect();
    assert!(lines.len() == 3 && lines[0].contains("track") && text.stdout.contains("hot.acevo"), "{text:?}");
    let nothing = user.run(&["sessions", "--driver", "another driver"]);
    assert!(nothing.status.success() && nothing.stdout.contains("no sessions"), "{nothing:?}");
}

#[test]
fn sessions_reports_unreadable_files_and_wrong_arguments() {
    let user = user();
    let broken = user.folder.path().join("acevo/broken.acevo");
    fs::write(&broken, "nothing").unwrap();
    let listed = user.run(&["sessions"]);
    assert!(listed.status.success() && listed.stderr.contains("broken.acevo: not an acevo recording"), "{listed:?}");
    let other = tempfile::tempdir().unwrap();
    let elsewhere = user.run(&["sessions", other.path().to_str().unwrap()]);
    assert!(elsewhere.status.success() && elsewhere.stderr.is_empty(), "{elsewhere:?}");
    let absent = user.run(&["sessions", "no-such-folder"]);
    assert!(absent.status.code() == Some(1) && absent.stderr.contains("no-such-folder"), "{absent:?}");
    for wrong in [&["sessions", "--kind", "x"][..], &["sessions", "--since", "then"], &["bests", "--kind", "race"]] {
        assert_eq!(user.run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn bests_prints_the_best_lap_of_each_car() {
    let user = user();
    let bests = json_of(&user, &["bests"]);
    assert_eq!(bests.as_array().unwrap().len(), 2);
    let sessions = json_of(&user, &["sessions"]);
    for best in bests.as_array().unwrap() {
        let session = sessions.as_array().unwrap().iter().find(|session| session["id"] == best["session"]).unwrap();
        assert_eq!((&session["best_ms"], &session["best_lap"]), (&best["time_ms"], &best["lap"]));
    }
    let text = user.run(&["bests", "--track", "stadtkurs"]);
    assert_eq!(text.stdout.lines().count(), 3, "a part of the layout: {text:?}");
}

#[test]
fn laps_of_a_folder_are_written_as_csv_json_and_parquet() {
    let user = user();
    let folder = user.folder.path();
    let written = user.run(&["laps", "acevo", "--to", "csv", "--decimal", "comma", "--bom"]);
    assert!(written.status.success() && written.stderr.contains("laps.csv"), "{written:?}");
    let text = fs::read_to_string(folder.join("laps.csv")).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let rows: Vec<Vec<_>> = text.lines().map(|line| line.split(';').collect()).collect();
    let column = |name: &str| rows[0].iter().position(|column| *column == name).unwrap();
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));

    let printed = user.run(&["laps", "acevo", "--to", "json", "-o", "-"]);
    let laps: Value = serde_json::from_str(&printed.stdout).unwrap();
    let laps = laps.as_array().unwrap();
    assert!(laps.len() >= 3 && rows.len() == laps.len() + 1);
    for (row, lap) in rows[1..].iter().zip(laps) {
        assert_eq!(row[column("track")], lap["track"]);
        assert_eq!(row[column("counts")], if lap["counts"] == true { "1" } else { "0" });
        let time = lap["time_ms"].as_u64().map(|ms| ms.to_string()).unwrap_or_default();
        assert_eq!(row[column("time_ms")], time);
        let air: f64 = row[column("air_c")].replace(',', ".").parse().unwrap();
        assert!((air - lap["air_c"].as_f64().unwrap()).abs() <= 0.05 && row[column("air_c")].contains(','));
    }
    let tabs = user.run(&["laps", "acevo/hot.acevo", "--to", "csv", "--separator", "tab", "-o", "-"]);
    assert!(tabs.stdout.starts_with("track\tlayout\t") && !tabs.stdout.contains("race.acevo"), "{tabs:?}");

    assert!(user.run(&["laps", "acevo", "--to", "parquet", "-o", "l.parquet"]).status.success());
    assert!(fs::read(folder.join("l.parquet")).unwrap().starts_with(b"PAR1"));
    for (wrong, code) in [
        (&["laps", "acevo"][..], 2),
        (&["laps", "--to", "csv"], 2),
        (&["laps", "acevo", "-o", "x.csv"], 2),
        (&["laps", "acevo", "--to", "xml"], 2),
        (&["laps", "acevo", "--to", "csv"], 1),
        (&["laps", "acevo", "--to", "parquet", "-o", "-"], 1),
        (&["laps", "acevo", "--to", "csv", "--decimal", "comma", "--separator", ",", "-o", "y.csv"], 1),
    ] {
        let refused = user.run(wrong);
        assert!(refused.status.code() == Some(code) && refused.stdout.is_empty(), "{wrong:?} {refused:?}");
    }
    assert!(!folder.join("y.csv").exists());
}

#[test]
#[cfg(unix)]
fn library_is_in_memory_if_its_file_cannot_be_written_and_is_built_again_if_it_is_damaged() {
    let user = user();
    let data = user.folder.path().join("data/acevo");
    let file = data.join("library.sqlite");
    json_of(&user, &["sessions"]);
    fs::write(&file, vec![b'x'; 5000]).unwrap();
    let rebuilt = user.run(&["sessions"]);
    assert!(rebuilt.stdout.contains("hot.acevo") && rebuilt.stderr.contains("built again"), "{rebuilt:?}");
    assert_eq!(user.run(&["sessions"]).stderr, "");
    fs::remove_dir_all(&data).unwrap();
    fs::write(&data, "a file").unwrap();
    let in_memory = user.run(&["sessions"]);
    assert!(in_memory.stdout.contains("hot.acevo") && in_memory.stderr.contains("kept in memory"), "{in_memory:?}");
}

/// Starts a server that knows all recordings.
fn serve(user: &User, args: &[&str]) -> Site {
    json_of(user, &["sessions"]);
    serve_by(&mut user.command(&[&["serve", "--demo", "--quiet", "--port", "0"], args].concat()))
}

#[test]
fn server_lists_sessions_and_laps() {
    let user = user();
    let site = serve(&user, &[]);
    let list = site.json("/api/library/sessions");
    assert_eq!((&list["total"], list["sessions"].as_array().unwrap().len()), (&json!(2), 2));
    assert_eq!((list["cars"].as_array().unwrap().len(), &list["tracks"][0]["sessions"]), (2, &json!(2)));
    assert_eq!((&list["drivers"][0]["sessions"], &list["unreadable"]), (&json!(2), &json!([])));
    let filtered = site.json("/api/library/sessions?kind=time_attack&track=Karsthafen&limit=1&text=HOT.acevo");
    assert_eq!(filtered["total"], 1);
    let id = &filtered["sessions"][0]["id"];
    let session = site.json(&format!("/api/library/sessions/{id}"));
    assert_eq!(session["session"], filtered["sessions"][0]);
    let laps = session["laps"].as_array().unwrap();
    assert_eq!(laps.iter().filter(|lap| lap["counts"] == true).count() as u64, session["session"]["counting_laps"]);
    assert_eq!(laps[0]["tyre_core_c"].as_array().unwrap().len(), 4);
    assert!(!session["stints"].as_array().unwrap().is_empty() && session["other_cars"].is_array());
    let car = filtered["sessions"][0]["car"].as_str().unwrap().replace(' ', "%20");
    let best = site.json(&format!("/api/library/bests?car={car}"));
    let progress = site.json(&format!("/api/library/progress?track=Karsthafen&car={car}"));
    assert_eq!((&best[0]["lap"], &progress[0]["lap"]), (&session["session"]["best_lap"], &best[0]["lap"]));
    assert_eq!(progress.as_array().unwrap().len(), 1);
    for (path, status) in
        [("sessions/1", 404), ("sessions/x", 400), ("sessions?limit=x", 400), ("bests?car=%FF", 400), ("nothing", 404)]
    {
        assert_eq!(site.get(&format!("/api/library/{path}")).status, status, "{path}");
    }
}

#[test]
fn server_saves_notes_and_deletes_with_undo_and_finds_new_recordings() {
    let user = user();
    let site = serve(&user, &[]);
    let hot = site.json("/api/library/sessions?kind=time_attack")["sessions"][0].clone();
    let address = format!("/api/library/sessions/{}", hot["id"]);
    let notes = json!({"title": "League", "note": "a \"note\"", "tags": ["wet"]});
    assert_eq!(site.send("PUT", &address, &notes.to_string()).status, 204);
    let file = PathBuf::from(hot["path"].as_str().unwrap());
    assert!(fs::read_to_string(file.with_extension("notes.json")).unwrap().contains("League"));
    assert_eq!(site.json("/api/library/sessions?tag=wet")["sessions"][0]["note"], notes["note"]);
    for (body, status) in [
        (json!({"title": "x".repeat(201)}).to_string(), 400),
        (json!({"name": "x"}).to_string(), 400),
        ("[".to_owned(), 400),
        ("x".repeat(300_000), 413),
    ] {
        assert_eq!(site.send("PUT", &address, &body).status, status);
    }
    let plain = site.send_with("PUT", &address, &[("Host", &site.host), ("Content-Type", "text/plain")], "{}");
    assert_eq!(plain.status, 415);

    let deleted = site.send("DELETE", &address, "");
    let undo: Value = serde_json::from_str(&deleted.body).unwrap();
    assert!(deleted.status == 200 && !file.exists() && site.json("/api/library/sessions")["total"] == 1, "{undo}");
    assert_eq!(site.send("DELETE", &address, "").status, 404);
    assert_eq!(site.send("POST", "/api/library/undo", &undo.to_string()).status, 204);
    assert!(file.exists());
    assert_eq!(site.json(&address)["session"]["title"], "League");
    assert_eq!(site.send("POST", "/api/library/undo", &undo.to_string()).status, 404);

    // A recording that another program has put there.
    let new = add(&user, &ORIGINALS.1[0], "sub/new.acevo");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    fs::File::options().append(true).open(&new).unwrap().set_modified(old).unwrap();
    until(|| site.json("/api/library/sessions")["total"] == 3);
}

#[test]
fn server_stores_a_lap_as_the_reference_lap_and_removes_it() {
    let user = user();
    let site = serve(&user, &[]);
    let hot = site.json("/api/library/sessions?kind=time_attack")["sessions"][0].clone();
    let address = format!("/api/library/laps/{}/reference", hot["best_lap"]);
    let stored = user.folder.path().join("data/acevo/references");
    assert_eq!(site.send("POST", &address, "{}").status, 204);
    let files: Vec<_> = fs::read_dir(&stored).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let lap: Value = serde_json::from_slice(&fs::read(&files[0]).unwrap()).unwrap();
    assert_eq!((&lap["time_ms"], &lap["car"], &lap["track"]), (&hot["best_ms"], &hot["car"], &hot["track"]));
    assert_eq!(site.send("POST", &address, "{\"x\": 1}").status, 400);
    assert_eq!(site.send("POST", "/api/library/laps/1/reference", "{}").status, 404);
    for _ in 0..2 {
        assert_eq!(site.send("DELETE", &address, "").status, 204, "also if it is removed already");
        assert_eq!(fs::read_dir(&stored).unwrap().count(), 0);
    }
}

#[test]
fn server_imports_recordings_and_refuses_other_files() {
    let user = user();
    let site = serve(&user, &[]);
    let import = |name: &str, bytes: &[u8]| {
        let path = format!("/api/library/import?name={name}");
        let response = site.send_bytes("POST", &path, bytes);
        let body: Value = serde_json::from_str(&response.body).unwrap_or(response.body.into());
        (response.status, body)
    };
    let bytes = fs::read(&ORIGINALS.1[1]).unwrap();
    let (status, imported) = import("..%2Ffriend.acevo", &bytes);
    assert_eq!(status, 200, "{imported}");
    let session = site.json(&format!("/api/library/sessions/{}", imported["sessions"][0]));
    let path = user.folder.path().join("acevo/imported/friend.acevo");
    assert_eq!(Path::new(session["session"]["path"].as_str().unwrap()), path);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(import("friend.acevo", &bytes).0, 200, "it gets another name");
    let (status, reason) = import("text.acevo", b"not a recording");
    assert!(status == 400 && reason.as_str().unwrap().contains("not an acevo recording"), "{reason}");
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2, "nothing else is left");
}

#[test]
#[cfg(target_os = "linux")]
fn other_devices_need_the_token_to_read_the_library_and_may_not_change_it() {
    let user = user();
    let site = serve(&user, &["--lan"]);
    let elsewhere = site.from_elsewhere();
    let id = site.json("/api/library/sessions")["sessions"][0]["id"].clone();
    for path in ["sessions", "bests", "progress"] {
        assert_eq!(elsewhere.get(&format!("/api/library/{path}")).status, 401);
        assert_eq!(elsewhere.get(&format!("/api/library/{path}?{}", site.query)).status, 200);
    }
    for (method, path) in [
        ("PUT", format!("sessions/{id}")),
        ("DELETE", format!("sessions/{id}")),
        ("POST", "undo".to_owned()),
        ("POST", "import".to_owned()),
    ] {
        assert_eq!(elsewhere.send(method, &format!("/api/library/{path}"), "{}").status, 401, "{method} {path}");
        let with_token = elsewhere.send(method, &format!("/api/library/{path}?{}", site.query), "{}");
        assert_eq!(with_token.status, 403, "{method} {path}");
    }
    assert_eq!(site.json("/api/library/sessions")["total"], 2);
}

#[test]
#[cfg(target_os = "linux")]
fn run_adds_its_recordings_to_the_library_and_does_not_delete_the_open_one() {
    let user = User::new();
    let site = serve_by(&mut user.command(&["run", "--demo", "--speed", "30", "--quiet", "--port", "0"]));
    let recording = || site.json("/api/status")["recording"].clone();
    until(|| recording()["time_s"].as_f64() > Some(60.0));
    let open = recording()["file"].as_str().unwrap().to_owned();
    assert_eq!(site.json("/api/library/sessions")["total"], 0, "it is still written");
    assert_eq!(site.send("POST", "/api/control", r#"{"action":"record","on":false}"#).status, 204);
    until(|| recording()["completed"] == 1);
    until(|| site.json("/api/library/sessions")["total"].as_u64() >= Some(1));
    let session = site.json("/api/library/sessions")["sessions"][0].clone();
    assert_eq!((session["path"].as_str(), &session["is_simulated"]), (Some(open.as_str()), &json!(true)));
}
