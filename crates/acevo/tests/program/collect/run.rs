//! `acevo run` delivers what is finished: when, what, once, and what it reports.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use acevo_testkit::broker::Broker;
use acevo_testkit::client::{Site, serve_by};
use acevo_testkit::program::{Signal, acevo, spawn};
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::Value;

use super::receiver::{Receiver, TOKEN, raw, recording, stored_in, write_token};

/// A user who records into `races`, and uploads.
fn user(url: &str, more: &str) -> User {
    let user = User::new();
    let token = write_token(&user);
    let folder = user.folder.path().join("races");
    fs::create_dir_all(&folder).unwrap();
    let text = format!(
        "rig = \"Rig 1\"\nrecording.folder = '{}'\nmqtt.site = \"Club\"\n[upload]\nurl = \"{url}\"\ntoken_file = '{}'\n{more}",
        folder.display(),
        token.display()
    );
    fs::create_dir_all(user.file().parent().unwrap()).unwrap();
    fs::write(user.file(), text).unwrap();
    user
}

fn races(user: &User) -> std::path::PathBuf {
    user.folder.path().join("races")
}

fn run(user: &User, args: &[&str]) -> Site {
    serve_by(user.command(&["run", "--port", "0"]).args(args).env("ACEVO_LOG_LEVEL", "info"))
}

fn status(site: &Site) -> Value {
    site.json("/api/status")["upload"].clone()
}

/// Files of a folder that end in `.acevo`.
fn recordings(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".acevo"));
    names.sort();
    names
}

#[test]
fn run_uploads_what_is_finished_while_the_car_is_not_driven_and_only_once() {
    let receiver = Receiver::start();
    let (user, pages) = (user(&receiver.url(), ""), tempfile::tempdir().unwrap());
    let folder = races(&user);
    let simulate = |args: &[&str]| {
        let mut command = acevo();
        spawn(command.args(["simulate", "--quiet", "--scenario", "hot-laps", "--dir"]).arg(pages.path()).args(args))
    };
    let game = simulate(&[]);
    let place = pages.path().to_str().unwrap().to_owned();
    let site = run(&user, &["--dir", &place]);
    until(|| site.json("/api/status")["recording"]["bytes"].as_u64().is_some_and(|bytes| bytes > 0));
    // The car is driven: what another program puts there waits.
    let earlier = recording(&folder.join("2026-01-01.acevo"), 10);
    let whole = recording(&user.folder.path().join("whole.acevo"), 10);
    let cut = fs::File::create_new(folder.join("cut.acevo")).unwrap();
    (&cut).write_all(&whole[..whole.len() / 2]).unwrap();
    // It was cut long ago: no other program writes it.
    cut.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
    until(|| status(&site)["activity"] == "paused");
    until(|| site.json("/api/status")["recording"]["bytes"].as_u64().is_some_and(|bytes| bytes > 100_000));
    assert_eq!((receiver.stored().len(), receiver.incoming()), (0, 0));
    assert!(user.run(&["status"]).stdout.contains("paused while you drive"));
    game.signal(Signal::TERM);
    // The recording of the session, and the earlier one.
    until(|| receiver.stored().len() == 2);
    until(|| status(&site)["activity"] == "idle");
    let state = status(&site);
    assert_eq!(
        (&state["uploaded"], &state["rejected"], &state["waiting"]),
        (&2.into(), &1.into(), &0.into()),
        "{state}"
    );
    for name in recordings(&folder).into_iter().filter(|name| name != "cut.acevo") {
        let stored = fs::read(receiver.folder.join("club/rig-1").join(&name)).unwrap();
        assert_eq!(stored, fs::read(folder.join(&name)).unwrap(), "{name}");
    }
    assert_eq!(fs::read(receiver.folder.join("club/rig-1/2026-01-01.acevo")).unwrap(), earlier);
    assert!(user.run(&["log"]).stdout.contains("cut.acevo is not uploaded: it is not complete"));
    assert!(user.run(&["quit"]).status.success());
    drop(site);

    // After a restart nothing is sent again, also if a recording was renamed, and new ones are.
    let before = receiver.stored().len();
    fs::rename(folder.join("2026-01-01.acevo"), folder.join("renamed.acevo")).unwrap();
    recording(&folder.join("new.acevo"), 12);
    let site = run(&user, &["--no-record", "--dir", &place]);
    until(|| receiver.stored().len() == 3);
    until(|| status(&site)["activity"] == "idle");
    assert_eq!(receiver.stored().len(), before + 1);
    assert!(receiver.stored().contains(&"club/rig-1/new.acevo".to_owned()));
    assert!(user.run(&["status"]).stdout.contains("up to date"));
}

#[test]
fn run_that_is_killed_continues_its_upload_after_the_next_start() {
    let receiver = Receiver::start();
    let (user, pages) = (user(&receiver.url(), "limit = \"1MB/s\"\n"), tempfile::tempdir().unwrap());
    let bytes = recording(&races(&user).join("a.acevo"), 120);
    let size = bytes.len() as u64;
    let place = pages.path().to_str().unwrap().to_owned();
    for part in [size / 5, size / 2] {
        let mut site = run(&user, &["--no-record", "--dir", &place]);
        until(|| receiver.incoming() >= part);
        let state = status(&site);
        assert!(state["file"] == "a.acevo" && state["bytes"].as_u64() == Some(size), "{state}");
        site.running.kill();
    }
    let site = run(&user, &["--no-record", "--dir", &place]);
    until(|| status(&site)["uploaded"] == 1);
    assert_eq!(fs::read(receiver.folder.join("club/rig-1/a.acevo")).unwrap(), bytes);
    assert_eq!(receiver.stored().len(), 1);
}

#[test]
fn run_reports_a_store_that_does_not_answer_and_goes_on() {
    let user = user("http://127.0.0.1:1", "");
    recording(&races(&user).join("a.acevo"), 5);
    let pages = tempfile::tempdir().unwrap();
    let site = run(&user, &["--no-record", "--dir", pages.path().to_str().unwrap()]);
    let problem = || site.json("/api/status")["problems"][0].as_str().unwrap_or_default().to_owned();
    until(|| problem().contains("upload: nothing listens at http://127.0.0.1:1"));
    assert_eq!(status(&site)["waiting"], 1);
    let lines = user.run(&["status"]);
    assert!(!lines.status.success() && lines.stdout.contains("1 recording waits"), "{}", lines.stdout);
    // A recording that disappears before is reported.
    fs::remove_file(races(&user).join("a.acevo")).unwrap();
    until(|| status(&site)["lost"] == 1);
    assert!(user.run(&["quit"]).status.success());
}

#[test]
fn run_with_a_wrong_store_or_broker_records_and_shows_a_problem() {
    for (text, part) in [
        ("[upload]\nurl = \"host\"", "settings: upload.url: an address is http://HOST:PORT"),
        ("[upload]\nurl = \"http://h\"\nfolder = '/tmp'", "one store"),
        ("[mqtt]\nbroker = \"192.168.1.5\"", "settings: mqtt.broker: the address of a broker is mqtt://HOST:PORT"),
        ("[influx]\nurl = \"192.168.1.5:8428\"", "settings: influx.url: the address of a database is"),
    ] {
        let user = User::with(&format!("recording.folder = '~/races'\n{text}\n"));
        let site = run(&user, &["--demo"]);
        until(|| site.json("/api/status")["recording"]["bytes"].as_u64().is_some_and(|bytes| bytes > 0));
        let lines = user.run(&["status"]);
        assert!(lines.status.code() == Some(1) && lines.stdout.contains(part), "{}", lines.stdout);
        assert!(user.run(&["quit"]).status.success());
        assert!(user.run(&["log"]).stdout.contains(part.trim_start_matches("settings: ")));
    }
}

#[test]
fn run_announces_uploaded_recordings_to_the_broker_once_it_is_there() {
    let Some(mut broker) = Broker::anonymous() else { return };
    let store = tempfile::tempdir().unwrap();
    let user = User::with(&format!(
        "rig = \"Rig 1\"\n[mqtt]\nbroker = \"{}\"\n[upload]\nfolder = '{}'\n",
        broker.address(),
        store.path().display()
    ));
    let text = fs::read_to_string(user.file()).unwrap();
    let folder = races(&user);
    fs::create_dir_all(&folder).unwrap();
    fs::write(user.file(), format!("recording.folder = '{}'\n{text}", folder.display())).unwrap();
    recording(&folder.join("a.acevo"), 30);
    let pages = tempfile::tempdir().unwrap();
    let place = pages.path().to_str().unwrap().to_owned();
    let subscriber = broker.subscribe();
    broker.kill();
    let site = run(&user, &["--no-record", "--dir", &place]);
    until(|| status(&site)["uploaded"] == 1 && status(&site)["activity"] == "idle");
    assert_eq!(stored_in(store.path()), ["default/rig-1/a.acevo"]);
    assert!(user.run(&["quit"]).status.success());
    drop(site);
    // The announcement has survived the restart, and comes late.
    broker.restart();
    let site = run(&user, &["--no-record", "--dir", &place]);
    until(|| subscriber.of("file").len() == 1);
    let file = subscriber.of("file").remove(0);
    let bytes = fs::metadata(folder.join("a.acevo")).unwrap().len();
    assert_eq!((&file["name"], file["bytes"].as_u64(), &file["late"]), (&"a.acevo".into(), Some(bytes), &true.into()));
    assert!(file["url"].as_str().unwrap().ends_with("/default/rig-1/a.acevo"), "{file}");
    assert!(file["to"].as_u64().unwrap() - file["from"].as_u64().unwrap() > 25_000, "{file}");
    recording(&folder.join("b.acevo"), 5);
    until(|| subscriber.of("file").len() == 2);
    assert_eq!(subscriber.of("file")[1]["name"], "b.acevo");
    until(|| status(&site)["activity"] == "idle");
    assert!(user.run(&["quit"]).status.success());
    crate::mqtt::check(&subscriber);
}

#[test]
fn run_with_a_token_for_collect_is_refused_without_it() {
    let receiver = Receiver::start();
    let user = user(&receiver.url(), "");
    fs::write(user.folder.path().join("token"), "another-token-0123456789").unwrap();
    recording(&races(&user).join("a.acevo"), 5);
    let pages = tempfile::tempdir().unwrap();
    let site = run(&user, &["--no-record", "--dir", pages.path().to_str().unwrap()]);
    until(|| status(&site)["problem"].as_str().is_some_and(|problem| problem.contains("401")));
    assert_eq!(receiver.stored().len(), 0);
    // A request without a token, for comparison.
    let (code, _) = raw(receiver.address, b"HEAD /club/rig-1/a.acevo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(code, 401);
    assert!(!user.run(&["log"]).stdout.contains(TOKEN));
}
