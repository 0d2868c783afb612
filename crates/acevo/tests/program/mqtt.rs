//! Publishing to a real broker: what arrives, also if the broker or acevo is killed, and what is reported if it does not accept us.

mod losses;
mod schema;
#[cfg(feature = "tls")]
mod tls;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use acevo_simulator::{Options, Scenario, Simulator};
use acevo_testkit::broker::{Broker, Subscriber};
use acevo_testkit::client::serve_by;
use acevo_testkit::program::{Signal, output, spawn};
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::Value;

use self::schema::Schema;

/// Simulated seconds per second.
pub(crate) const SPEED: &str = "30";

/// Arguments that publish simulated hot laps.
fn publish<'a>(address: &'a str, rig: &'a str) -> Vec<&'a str> {
    vec!["publish", "--demo", "--scenario", "hot-laps", "--speed", SPEED, "--rig", rig, "--broker", address]
}

/// The times of the first simulated laps, milliseconds.
pub(crate) fn true_times(count: usize) -> Vec<u64> {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    let mut simulator = Simulator::new(options);
    while simulator.truth().laps.len() < count {
        simulator.step();
    }
    simulator.truth().laps.iter().filter_map(|lap| lap.time_ms.try_into().ok()).take(count).collect()
}

/// The times of complete laps by their keys.
fn laps(subscriber: &Subscriber) -> BTreeMap<String, u64> {
    let laps = subscriber.of("lap");
    let complete = laps.iter().filter(|lap| lap["incomplete"].is_null());
    complete.map(|lap| (lap["key"].as_str().unwrap().into(), lap["time_ms"].as_u64().unwrap())).collect()
}

/// Checks all messages against the schema, and that of laps, events, sessions and files none is missing.
pub(super) fn check(subscriber: &Subscriber) {
    let schema = Schema::load();
    let mut numbers = BTreeSet::new();
    for message in subscriber.all().iter().filter(|message| message.topic.starts_with("acevo/v1/")) {
        schema.check(&message.name, &message.content).unwrap_or_else(|error| panic!("{error}"));
        if ["lap", "event", "session", "file"].contains(&message.name.as_str()) {
            numbers.insert(message.content["seq"].as_u64().unwrap());
        }
    }
    let expected: Vec<_> = (1..=numbers.last().copied().unwrap_or_default()).collect();
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), expected, "numbers without gaps");
}

#[test]
fn publish_sends_every_lap_and_event_although_mosquitto_is_killed() {
    sends_every_lap_and_event(Broker::anonymous());
}

#[test]
fn publish_sends_every_lap_and_event_although_nats_is_killed() {
    sends_every_lap_and_event(Broker::nats());
}

/// The broker is killed and comes back; the program is asked to end.
fn sends_every_lap_and_event(broker: Option<Broker>) {
    let Some(mut broker) = broker else { return };
    let (user, subscriber, address) = (User::new(), broker.subscribe(), broker.address());
    let mut acevo = spawn(&mut user.command(&publish(&address, "Rig 3")));
    acevo.message_with("as acevo/v1/default/rig-3");
    until(|| laps(&subscriber).len() >= 2);
    broker.kill();
    acevo.message_with("nothing listens");
    // Laps end while there is no broker.
    let before = stored_laps(&user, "rig-3");
    until(|| stored_laps(&user, "rig-3") >= before + 2);
    broker.restart();
    acevo.message_with("as acevo/v1/default/rig-3");
    // Laps that end after the connection follow those that have waited.
    until(|| {
        let late: Vec<_> = subscriber.of("lap").iter().map(|lap| lap["late"] == true).collect();
        late.iter().filter(|late| **late).count() >= 2 && late.last() == Some(&false)
    });
    acevo.signal(Signal::INT);
    let (status, messages) = acevo.wait();
    assert!(status.success(), "{messages}");
    until(|| subscriber.of("status").last().is_some_and(|status| status["online"] == false));
    until(|| subscriber.of("session").last().is_some_and(|session| session["state"] == "closed"));
    let best = laps(&subscriber).into_values().min();
    assert_eq!(subscriber.of("session").last().unwrap()["best_ms"].as_u64(), best, "hot laps are valid");
    check(&subscriber);
    let arrived = laps(&subscriber);
    let in_order: BTreeMap<u64, u64> =
        arrived.iter().map(|(key, time)| (key.rsplit('/').next().unwrap().parse().unwrap(), *time)).collect();
    let times: Vec<_> = in_order.into_values().collect();
    assert_eq!(times, true_times(times.len()));
    let late: Vec<_> = subscriber.of("lap").iter().map(|lap| lap["late"] == true).collect();
    assert!(!late[0] && !late[late.len() - 1] && late.iter().filter(|late| **late).count() >= 2, "{late:?}");
    assert_eq!(stored_laps(&user, "rig-3"), 0, "nothing waits");
}

/// The number of laps in a spool.
fn stored_laps(user: &User, rig: &str) -> usize {
    stored(user, &format!("mqtt/default.{rig}"), " lap {")
}

/// The number of entries with this part in the spool in a folder of state.
pub(crate) fn stored(user: &User, folder: &str, part: &str) -> usize {
    let folder = user.folder.path().join("state/acevo").join(folder);
    let files = fs::read_dir(folder).map(|entries| entries.filter_map(Result::ok).collect::<Vec<_>>());
    let texts = files.unwrap_or_default().into_iter().filter_map(|entry| fs::read_to_string(entry.path()).ok());
    texts.map(|text| text.lines().filter(|line| line.contains(part)).count()).sum()
}

#[test]
fn publish_to_a_broker_that_hangs_goes_on_reading_and_ends_when_it_is_asked_to() {
    let Some(broker) = Broker::anonymous() else { return };
    let (user, subscriber, address) = (User::new(), broker.subscribe(), broker.address());
    let mut acevo = spawn(&mut user.command(&publish(&address, "one")));
    until(|| !laps(&subscriber).is_empty());
    broker.suspend();
    let before = stored_laps(&user, "one");
    until(|| stored_laps(&user, "one") >= before + 2);
    broker.resume();
    let count = laps(&subscriber).len();
    until(|| laps(&subscriber).len() >= count + 3);
    check(&subscriber);
    broker.suspend();
    acevo.signal(Signal::INT);
    let (status, messages) = acevo.wait();
    assert!(status.success() && !messages.contains("did not in time"), "{messages}");
    broker.resume();
    until(|| subscriber.of("status").last().is_some_and(|status| status["online"] == false));
}

#[test]
fn status_becomes_offline_by_the_last_will_and_laps_of_a_killed_program_come_late() {
    let Some(mut broker) = Broker::anonymous() else { return };
    let (user, subscriber, address) = (User::new(), broker.subscribe(), broker.address());
    let args = publish(&address, "one");
    let mut acevo = spawn(&mut user.command(&args));
    until(|| subscriber.of("status").last().is_some_and(|status| status["state"] == "live"));
    until(|| !subscriber.of("lap").is_empty());
    acevo.kill();
    until(|| subscriber.of("status").last().is_some_and(|status| status["online"] == false));
    let boot = subscriber.of("status").last().unwrap()["boot"].clone();
    // Without a broker, what was read waits for the next start.
    broker.kill();
    let mut acevo = spawn(&mut user.command(&args));
    acevo.message_with("nothing listens");
    let before = stored_laps(&user, "one");
    until(|| stored_laps(&user, "one") > before);
    acevo.kill();
    broker.restart();
    let count = subscriber.of("lap").len();
    let mut acevo = spawn(&mut user.command(&args));
    until(|| subscriber.of("lap").len() >= count + 2);
    acevo.kill();
    check(&subscriber);
    let late = &subscriber.of("lap")[count];
    assert!(late["late"] == true && late["boot"] != boot, "{late}");
}

#[test]
fn publish_with_a_wrong_password_ends_with_a_message() {
    let Some(broker) = Broker::mosquitto(|folder| {
        let file = folder.join("passwords");
        let made = Command::new("mosquitto_passwd").arg("-b").arg("-c").arg(&file).args(["me", "right"]).status();
        assert!(made.is_ok_and(|status| status.success()));
        format!("allow_anonymous false\npassword_file {}", file.display())
    }) else {
        return;
    };
    let address = broker.address();
    let password = broker.folder.path().join("password");
    fs::write(&password, "wrong\n").unwrap();
    let user = User::with(&format!("[mqtt]\nuser = \"me\"\npassword_file = '{}'\n", password.display()));
    let refused = output(&mut user.command(&publish(&address, "one")));
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    let printed = refused.stderr.matches("refuses user and password: check mqtt.user").count();
    assert_eq!(printed, 1, "once, as an error: {}", refused.stderr);
    assert!(!refused.stderr.contains("wrong"), "no secrets: {}", refused.stderr);
    fs::remove_file(&password).unwrap();
    let without = output(&mut user.command(&publish(&address, "one")));
    assert_eq!(without.status.code(), Some(1), "{}", without.stderr);
    assert!(without.stderr.contains("cannot use") && without.stderr.contains("password"), "{}", without.stderr);
    fs::write(&password, "right\n").unwrap();
    let accepted = spawn(&mut user.command(&publish(&address, "one")));
    accepted.message_with("connected to");
    drop(accepted);
    fs::write(&password, "wrong\n").unwrap();
    let by_variable = spawn(user.command(&publish(&address, "one")).env("ACEVO_MQTT_PASSWORD", "right"));
    by_variable.message_with("connected to");
}

#[test]
fn publish_to_a_topic_that_the_user_may_not_write_is_reported() {
    let Some(broker) = Broker::mosquitto(|folder| {
        let (passwords, list) = (folder.join("passwords"), folder.join("acl"));
        let mut command = Command::new("mosquitto_passwd");
        let made = command.arg("-b").arg("-c").arg(&passwords).args(["rig-3", "right"]).status();
        assert!(made.is_ok_and(|status| status.success()));
        fs::write(&list, "pattern readwrite acevo/v1/+/%u/#\n").unwrap();
        // Without a limit, mosquitto 2.0.11 ends the connection after the first message that it throws away.
        format!(
            "allow_anonymous false\npassword_file {}\nacl_file {}\nmax_queued_messages 1000",
            passwords.display(),
            list.display()
        )
    }) else {
        return;
    };
    let (user, address) = (User::with("[mqtt]\nuser = \"rig-3\"\n"), broker.address());
    let start = |rig| spawn(user.command(&publish(&address, rig)).env("ACEVO_MQTT_PASSWORD", "right"));
    let mut allowed = start("Rig 3");
    let refused = start("Rig 9");
    refused.message_with("does not pass on acevo/v1/default/rig-9/status: may this user write to it, and read it?");
    allowed.signal(Signal::INT);
    let (_, messages) = allowed.wait();
    assert!(!messages.contains("does not pass on"), "{messages}");
}

#[test]
fn publish_without_a_broker_or_with_a_wrong_one_explains_what_to_do() {
    let user = User::new();
    let message = |args: &[&str]| {
        let output = user.run(args);
        assert!(!output.status.success());
        output.stderr
    };
    assert!(message(&["publish", "--demo"]).contains("acevo publish --broker mqtt://HOST"));
    for args in [
        &publish("localhost:1883", "one")[..],
        &["wall", "--broker", "127.0.0.1"],
        &["publish", "--demo", "--broker", "mqtt://127.0.0.1:99999"],
        &["publish", "--demo", "--influx", "127.0.0.1:8428"],
        &["upload", "a.acevo", "--to", "http://127.0.0.1:99999"],
    ] {
        let refused = user.run(args);
        let value = args.last().unwrap();
        let found = format!("invalid value '{value}' for '--{}", args[args.len() - 2].trim_start_matches('-'));
        assert!(refused.status.code() == Some(2) && refused.stderr.contains(&found), "{args:?}: {}", refused.stderr);
    }
    assert!(message(&publish("localhost:1883", "one")).contains("mqtts://HOST:PORT with TLS"));
    let secret = message(&publish("mqtt://me:secret@localhost", "one"));
    assert!(secret.contains("mqtt.password_file") && !secret.contains("secret@"), "{secret}");
    let waiting = spawn(&mut user.command(&publish("mqtt://broker.invalid", "one")));
    waiting.message_with("the name broker.invalid is not found");
}

#[test]
fn publish_with_the_name_of_another_rig_reports_it_once() {
    let Some(broker) = Broker::anonymous() else { return };
    let (first, second, address) = (User::new(), User::new(), broker.address());
    let first = spawn(&mut first.command(&publish(&address, "Same")));
    first.message_with("connected to");
    let _second = spawn(&mut second.command(&publish(&address, "same")));
    let message = first.message_with("another acevo publishes as acevo/v1/default/same");
    assert!(message.contains("mqtt.rig"), "{message}");
}

#[test]
fn publish_twice_on_one_computer_is_an_error() {
    let Some(broker) = Broker::anonymous() else { return };
    let (user, address) = (User::new(), broker.address());
    let first = spawn(&mut user.command(&publish(&address, "one")));
    first.message_with("connected to");
    let second = user.run(&publish(&address, "one"));
    assert_eq!(second.status.code(), Some(1), "{}", second.stderr);
    assert!(second.stderr.contains("another acevo on this computer"), "{}", second.stderr);
}

#[test]
fn run_publishes_in_batches_with_a_device_for_home_assistant_and_shows_its_state() {
    let Some(broker) = Broker::anonymous() else { return };
    let subscriber = broker.subscribe();
    let user = User::with(&format!(
        "rig = \"Rig 7\"\n[mqtt]\nbroker = \"{}\"\nsite = \"Club\"\nbatch = 1\nhome_assistant = true\n",
        broker.address()
    ));
    let site = serve_by(&mut user.command(&["run", "--demo", "--speed", SPEED, "--port", "0", "--no-record"]));
    until(|| subscriber.of("sample").len() >= 2 && !subscriber.of("lap").is_empty());
    let status = site.json("/api/status");
    assert_eq!((&status["mqtt"]["connected"], &status["mqtt"]["topic"]), (&true.into(), &"acevo/v1/club/rig-7".into()));
    assert_eq!(status["problems"], Value::Array(vec![]));
    let lines = user.run(&["status"]).stdout;
    assert!(lines.contains("connected, acevo/v1/club/rig-7"), "{lines}");
    let sample = &subscriber.of("sample")[0];
    let times = sample["dt"].as_array().unwrap().len();
    assert!(times > 5 && sample["speed"].as_array().unwrap().len() == times, "{sample}");
    assert_eq!(sample["f"], subscriber.of("channels")[0]["format"]);
    let device = subscriber.of("config").remove(0);
    assert_eq!(device["cmps"]["state"]["state_topic"], "acevo/v1/club/rig-7/status");
    assert_eq!(device["cmps"].get("speed"), None, "columns have no single value");
    // Late joiners get what is retained.
    let late = {
        let mut command = Command::new("mosquitto_sub");
        command.args([
            "-h",
            "127.0.0.1",
            "-t",
            "acevo/v1/club/rig-7/+",
            "--retained-only",
            "-W",
            "2",
            "-F",
            "%t",
            "-p",
        ]);
        output(command.arg(broker.port.to_string())).stdout
    };
    let names: BTreeSet<_> = late.lines().filter_map(|topic| topic.rsplit('/').next()).collect();
    assert_eq!(names, ["channels", "session", "status"].into());
    assert!(user.run(&["quit"]).status.success());
    until(|| subscriber.of("status").last().is_some_and(|status| status["online"] == false));
    check(&subscriber);
}

#[test]
fn run_with_a_broker_that_does_not_answer_shows_a_problem_and_goes_on() {
    let user = User::with("[mqtt]\nbroker = \"mqtt://127.0.0.1:1\"\n");
    let site = serve_by(&mut user.command(&["run", "--demo", "--port", "0", "--no-record"]));
    let problem = || site.json("/api/status")["problems"][0].as_str().unwrap_or_default().to_owned();
    until(|| problem().contains("mqtt: nothing listens at mqtt://127.0.0.1:1"));
    until(|| site.json("/api/status")["mqtt"]["backlog"]["messages"].as_u64().is_some_and(|count| count > 0));
    assert!(user.run(&["quit"]).status.success());
}
