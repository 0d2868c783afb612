//! Writing to real databases: what they have afterwards, also if they are away or acevo is killed, and what is reported if they do not accept us.

mod dashboards;
mod database;
mod hostile;

use std::collections::BTreeSet;
use std::fs;

use acevo_testkit::broker::Broker;
use acevo_testkit::client::serve_by;
use acevo_testkit::program::{Signal, output, spawn};
use acevo_testkit::user::User;
use acevo_testkit::wait::until;

use self::database::{Database, Kind};
use crate::mqtt::{SPEED, true_times};

const KINDS: [Kind; 2] = [Kind::VictoriaMetrics, Kind::InfluxDb];

/// Arguments that write simulated hot laps.
fn publish(url: &str) -> Vec<&str> {
    vec!["publish", "--demo", "--scenario", "hot-laps", "--speed", SPEED, "--rig", "one", "--influx", url]
}

/// The number of laps in the spool of the rig.
fn stored_laps(user: &User) -> usize {
    crate::mqtt::stored(user, "influx/default.one", " laps laps,")
}

#[test]
fn publish_writes_every_lap_although_the_database_is_away() {
    for kind in KINDS {
        let Some(mut database) = Database::start(kind) else { continue };
        let (user, url) = (User::new(), database.url());
        let mut acevo = spawn(&mut user.command(&publish(&url)));
        acevo.message_with("as rig one of site default");
        until(|| database.laps().len() >= 2);
        let before = database.laps().len();
        database.end();
        acevo.message_with("nothing listens");
        until(|| stored_laps(&user) >= 2);
        database.restart();
        acevo.message_with("as rig one of site default");
        until(|| database.laps().len() >= before + 4);
        acevo.signal(Signal::INT);
        let (status, messages) = acevo.wait();
        assert!(status.success(), "{messages}");
        let laps = database.laps();
        let times: Vec<_> = laps.values().copied().collect();
        assert_eq!(times, true_times(times.len()), "{kind:?}");
        assert_eq!(laps.keys().map(|(session, _)| session).collect::<BTreeSet<_>>().len(), 1);
        assert_eq!(stored_laps(&user), 0, "nothing waits");
        assert!(database.times("events", "session_s").len() > 3 * laps.len(), "sectors and more");
    }
}

#[test]
fn publish_writes_laps_of_a_killed_program_after_its_next_start() {
    for kind in KINDS {
        let Some(mut database) = Database::start(kind) else { continue };
        let (user, url) = (User::new(), database.url());
        database.end();
        let mut acevo = spawn(&mut user.command(&publish(&url)));
        acevo.message_with("nothing listens");
        until(|| stored_laps(&user) >= 2);
        let waiting = stored_laps(&user);
        acevo.kill();
        database.restart();
        let acevo = spawn(&mut user.command(&publish(&url)));
        acevo.message_with("as rig one of site default");
        until(|| database.laps().keys().map(|(session, _)| session).collect::<BTreeSet<_>>().len() == 2);
        let sessions: Vec<_> = database.laps().into_keys().map(|(session, _)| session).collect();
        let first = sessions.iter().filter(|session| **session == sessions[0]).count();
        // The first lap of a session may be incomplete.
        assert!(first + 1 >= waiting && waiting > 1, "{first} of {waiting}");
    }
}

#[test]
fn publish_writes_samples_at_the_rate_of_the_settings_with_tags() {
    for kind in KINDS {
        let Some(database) = Database::start(kind) else { continue };
        let user = User::with("rig = \"Rig, 7\"\nsite = \"Club\"\n[influx]\nrate = 20\n");
        let url = database.url();
        let acevo = spawn(&mut user.command(&["publish", "--demo", "--influx", &url]));
        acevo.message_with("as rig rig-7 of site club");
        until(|| database.times("live", "speed").len() > 60);
        let times = database.times("live", "speed");
        let mean = (times[times.len() - 1] - times[0]) as f64 / (times.len() - 1) as f64;
        // A busy machine may leave some out, but none comes twice.
        assert!((45.0..200.0).contains(&mean), "{mean} ms between samples");
        let names = ["rig", "site", "track", "car", "driver"];
        let tags = || match kind {
            Kind::VictoriaMetrics => names.map(|tag| database.label_values(tag, "live_speed").first().cloned()),
            Kind::InfluxDb => {
                let rows = database.influxql("SELECT last(speed) FROM live WHERE track != '' GROUP BY *").unwrap();
                names.map(|tag| rows.first().map(|row| row[tag].clone()))
            }
        };
        // The game has the names some time after the first values.
        until(|| tags().iter().all(Option::is_some));
        let tags = tags().map(|tag| tag.unwrap().as_str().unwrap().to_owned());
        assert_eq!(&tags[..2], ["rig-7", "club"]);
        assert!(tags[2..].iter().all(|name| !name.is_empty()), "{tags:?}");
    }
}

#[test]
fn publish_to_a_broker_and_a_database_uses_one_session_and_neither_waits_for_the_other() {
    let Some(broker) = Broker::anonymous() else { return };
    let Some(database) = Database::start(Kind::VictoriaMetrics) else { return };
    let (user, subscriber, address, url) = (User::new(), broker.subscribe(), broker.address(), database.url());
    let args = [&publish(&url)[..], &["--broker", &address]].concat();
    let mut acevo = spawn(&mut user.command(&args));
    until(|| !database.laps().is_empty() && !subscriber.of("lap").is_empty());
    let session = subscriber.of("lap")[0]["session"].as_str().unwrap().to_owned();
    assert!(database.laps().keys().all(|(id, _)| *id == session));
    database.suspend();
    let (laps, samples) = (subscriber.of("lap").len(), subscriber.of("sample").len());
    until(|| subscriber.of("lap").len() >= laps + 2 && subscriber.of("sample").len() > samples + 30);
    database.resume();
    broker.suspend();
    let laps = database.laps().len();
    until(|| database.laps().len() >= laps + 2);
    broker.resume();
    acevo.signal(Signal::INT);
    let (status, messages) = acevo.wait();
    assert!(status.success(), "{messages}");
}

#[test]
fn publish_with_wrong_secrets_or_names_ends_with_a_message() {
    let Some(database) = Database::start_guarded() else { return };
    // The first user of InfluxDB is created without a password.
    let created = database.post("/query", "q=CREATE+USER+me+WITH+PASSWORD+'right'+WITH+ALL+PRIVILEGES");
    assert_eq!(created.status, 200, "{created:?}");
    let made = database.post("/query?u=me&p=right", "q=CREATE+DATABASE+acevo");
    assert_eq!(made.status, 200, "{made:?}");
    let password = tempfile::NamedTempFile::new().unwrap();
    fs::write(password.path(), "wrong\n").unwrap();
    let settings = format!("[influx]\nuser = \"me\"\npassword_file = '{}'\n", password.path().display());
    let (user, url) = (User::with(&settings), database.url());
    let refused = output(&mut user.command(&publish(&url)));
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("refuses user, password or token (401"), "{}", refused.stderr);
    assert!(refused.stderr.contains("check influx.user") && !refused.stderr.contains("wrong"), "{}", refused.stderr);
    let by_variable = spawn(user.command(&publish(&url)).env("ACEVO_INFLUX_PASSWORD", "right"));
    by_variable.message_with("as rig one of site default");
    drop(by_variable);
    fs::write(password.path(), "right\n").unwrap();
    let elsewhere = url.replace("db=acevo", "db=elsewhere");
    let missing = output(&mut user.command(&publish(&elsewhere)));
    assert_eq!(missing.status.code(), Some(1), "{}", missing.stderr);
    assert!(
        missing.stderr.contains("database not found") && missing.stderr.contains("influx.url"),
        "{}",
        missing.stderr
    );
    let nameless = output(&mut user.command(&publish(url.trim_end_matches("?db=acevo"))));
    assert_eq!(nameless.status.code(), Some(1), "{}", nameless.stderr);
    assert!(nameless.stderr.contains("database is required"), "{}", nameless.stderr);
    // What waited comes after the mistake is corrected.
    assert!(stored_laps(&user) == 0 || stored_laps(&user) < 5);
    let accepted = spawn(&mut user.command(&publish(&url)));
    accepted.message_with("as rig one of site default");
}

#[test]
fn publish_with_a_wrong_address_explains_what_to_do() {
    let user = User::new();
    let message = |url: &str| {
        let refused = output(&mut user.command(&publish(url)));
        assert!(!refused.status.success(), "{}", refused.stderr);
        refused.stderr
    };
    assert!(message("localhost:8428").contains("http://HOST:8428/write"));
    assert!(message("http://localhost:8086").contains("/write?db=NAME"));
    assert!(message("http://me:secret@localhost/write").contains("influx.password_file"));
    assert!(user.run(&["publish", "--demo"]).stderr.contains("acevo publish --influx http://HOST:8428/write"));
    if let Some(database) = Database::start(Kind::VictoriaMetrics) {
        assert!(message(&database.url().replace("/write", "/wirte")).contains("unsupported path requested"));
    }
}

#[test]
fn publish_loses_only_the_lines_that_the_database_refuses() {
    let Some(database) = Database::start(Kind::InfluxDb) else { return };
    // In this database, the number of a lap is a text: each lap has another type than what is there.
    let conflict = database.post("/write?db=acevo", "laps number=\"one\"");
    assert_eq!(conflict.status, 204, "{conflict:?}");
    let user = User::with(&format!("rig = \"one\"\n[influx]\nurl = \"{}\"\n", database.url()));
    let args = ["run", "--demo", "--scenario", "hot-laps", "--speed", SPEED, "--port", "0", "--no-record"];
    let site = serve_by(&mut user.command(&args));
    let influx = || site.json("/api/status")["influx"].clone();
    until(|| influx()["refused"].as_u64().is_some_and(|count| count >= 2));
    let acknowledged = influx()["acknowledged"].as_u64().unwrap();
    until(|| influx()["acknowledged"].as_u64().unwrap() > acknowledged + 5);
    assert!(influx()["refusal"].as_str().unwrap().contains("field type conflict"), "{}", influx());
    assert!(database.influxql("SELECT last(text) FROM events WHERE kind = 'lap'").unwrap().len() == 1);
    let lines = user.run(&["status"]).stdout;
    assert!(lines.contains("refused") && lines.contains("field type conflict"), "{lines}");
    assert!(user.run(&["quit"]).status.success());
}

#[test]
fn run_writes_and_shows_its_state() {
    let Some(database) = Database::start(Kind::VictoriaMetrics) else { return };
    let user = User::with(&format!("rig = \"Rig 7\"\nsite = \"Club\"\n[influx]\nurl = \"{}\"\n", database.url()));
    let args = ["run", "--demo", "--scenario", "hot-laps", "--speed", SPEED, "--port", "0", "--no-record"];
    let site = serve_by(&mut user.command(&args));
    let influx = || site.json("/api/status")["influx"].clone();
    until(|| {
        influx()["samples"].as_u64().is_some_and(|count| count > 10) && influx()["acknowledged"].as_u64() > Some(10)
    });
    let state = influx();
    assert_eq!((&state["connected"], &state["rig"], &state["site"]), (&true.into(), &"rig-7".into(), &"club".into()));
    assert_eq!((&state["refused"], &state["backlog"]["dropped"]), (&0.into(), &0.into()));
    assert_eq!(state["address"].as_str(), Some(database.url().as_str()));
    let lines = user.run(&["status"]).stdout;
    assert!(lines.contains(&format!("connected, {}", database.url())), "{lines}");
    assert_eq!(database.label_values("rig", "rig_driving"), ["rig-7"]);
    assert!(user.run(&["quit"]).status.success());
}

#[test]
fn run_without_the_database_shows_a_problem_and_goes_on() {
    let user = User::with("[influx]\nurl = \"http://127.0.0.1:1/write\"\n");
    let site = serve_by(&mut user.command(&["run", "--demo", "--port", "0", "--no-record"]));
    let problem = || site.json("/api/status")["problems"][0].as_str().unwrap_or_default().to_owned();
    until(|| problem().contains("influx: nothing listens at http://127.0.0.1:1/write"));
    until(|| site.json("/api/status")["influx"]["backlog"]["messages"].as_u64().is_some_and(|count| count > 0));
    assert!(user.run(&["quit"]).status.success());
}
