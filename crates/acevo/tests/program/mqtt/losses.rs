//! What must not be lost although things go wrong: kills, full disks, full spools, brokers that hang.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;

use acevo_testkit::broker::{Broker, Subscriber};
use acevo_testkit::client::{Site, serve, serve_by};
use acevo_testkit::disk::Disk;
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Signal, acevo, spawn};
use acevo_testkit::recordings::packet_count;
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::Value;

use super::{check, laps, publish, stored_laps};

/// The sessions of all laps with the numbers of their laps.
fn numbers_by_session(subscriber: &Subscriber) -> BTreeMap<String, BTreeSet<u64>> {
    let mut sessions: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for lap in subscriber.of("lap") {
        let numbers = sessions.entry(lap["session"].as_str().unwrap().into()).or_default();
        numbers.insert(lap["number"].as_u64().unwrap());
    }
    sessions
}

/// Random numbers that can be repeated: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn every_lap_and_event_arrives_although_acevo_and_the_broker_are_killed_again_and_again() {
    let Some(mut broker) = Broker::anonymous() else { return };
    let (user, subscriber, address) = (User::new(), broker.subscribe(), broker.address());
    let seed = std::process::id().into();
    // It repeats a run that has failed.
    let _ = writeln!(std::io::stderr(), "seed {seed}");
    let mut random = Random(seed);
    let mut is_up = true;
    for _ in 0..12 {
        let mut acevo = spawn(&mut user.command(&publish(&address, "one")));
        // It is killed after some facts were made, wherever it is in sending them. With a broker they arrive, without one they are stored.
        let wanted = 1 + random.below(12) as usize;
        if is_up {
            let before = subscriber.of("event").len();
            until(|| subscriber.of("event").len() >= before + wanted);
        } else {
            let before = stored_bytes(&user);
            until(|| stored_bytes(&user) >= before + 500 * wanted as u64);
        }
        if random.below(2) == 0 {
            if is_up {
                broker.kill();
            } else {
                broker.restart();
            }
            is_up = !is_up;
        }
        acevo.kill();
    }
    if !is_up {
        broker.restart();
    }
    // The last one sends everything that is left, and ends in order.
    let mut acevo = spawn(&mut user.command(&publish(&address, "one")));
    acevo.message_with("connected to");
    let count = laps(&subscriber).len();
    until(|| laps(&subscriber).len() > count);
    until(|| stored_laps(&user, "one") == 0);
    acevo.signal(Signal::INT);
    assert!(acevo.wait().0.success());
    until(|| subscriber.of("status").last().is_some_and(|status| status["online"] == false));
    check(&subscriber);
    // A key has one content, although it may have arrived several times.
    let mut by_key: BTreeMap<String, (Value, Value)> = BTreeMap::new();
    for lap in subscriber.of("lap") {
        let content = (lap["seq"].clone(), lap["time_ms"].clone());
        let known = by_key.entry(lap["key"].as_str().unwrap().into()).or_insert_with(|| content.clone());
        assert_eq!(*known, content, "{lap}");
    }
    for (session, numbers) in numbers_by_session(&subscriber) {
        let (first, last) = (*numbers.first().unwrap(), *numbers.last().unwrap());
        assert!(first <= 1 && numbers.len() as u64 == last - first + 1, "{session}: {numbers:?}");
    }
}

/// Bytes of the spool of the rig `one`.
fn stored_bytes(user: &User) -> u64 {
    let folder = user.folder.path().join("state/acevo/mqtt/default.one");
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    files
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "spool"))
        .filter_map(|entry| Some(entry.metadata().ok()?.len()))
        .sum()
}

/// A small disk for the folder of state. `None`, after a message, if mounting is not permitted.
fn small_disk() -> Option<Disk> {
    let disk = Disk::new(4 << 20);
    if disk.is_none() {
        left_out("the test of a full disk, because mounting is not permitted");
    }
    disk
}

/// Waits until the position of the spool on this disk is after everything that has arrived.
fn until_written(disk: &Disk, subscriber: &Subscriber) {
    let last = subscriber.of("lap").iter().filter_map(|lap| lap["seq"].as_u64()).max().unwrap();
    let path = disk.path().join("acevo/mqtt/default.one/position");
    let position = || fs::read_to_string(&path).ok()?.trim().parse::<u64>().ok();
    until(|| position().is_some_and(|position| position >= last));
}

#[test]
fn laps_are_sent_from_memory_while_the_disk_is_full_which_is_reported_once() {
    let (Some(broker), Some(disk)) = (Broker::anonymous(), small_disk()) else { return };
    let (user, subscriber, address) = (User::new(), broker.subscribe(), broker.address());
    let mut command = user.command(&publish(&address, "one"));
    let mut acevo = spawn(command.env("XDG_STATE_HOME", disk.path()));
    acevo.message_with("connected to");
    until(|| !laps(&subscriber).is_empty());
    disk.fill(0);
    let full = acevo.message_with("No space left");
    assert!(full.contains("cannot use the spool"), "{full}");
    let count = laps(&subscriber).len();
    until(|| laps(&subscriber).len() >= count + 3);
    disk.make_room();
    until_written(&disk, &subscriber);
    acevo.signal(Signal::INT);
    let (status, messages) = acevo.wait();
    assert!(status.success() && !messages.contains("No space left"), "{messages}");
    until(|| subscriber.of("status").last().is_some_and(|status| status["online"] == false));
    check(&subscriber);
}

#[test]
fn laps_wait_in_memory_while_the_disk_is_full_and_the_broker_is_away() {
    let (Some(mut broker), Some(disk)) = (Broker::anonymous(), small_disk()) else { return };
    let subscriber = broker.subscribe();
    let user = User::with(&format!("rig = \"one\"\n[mqtt]\nbroker = \"{}\"\n", broker.address()));
    let mut command =
        user.command(&["run", "--demo", "--scenario", "hot-laps", "--speed", "30", "--port", "0", "--no-record"]);
    let site = serve_by(command.env("XDG_STATE_HOME", disk.path()));
    until(|| !laps(&subscriber).is_empty());
    broker.kill();
    disk.fill(0);
    let status = || site.json("/api/status");
    let waiting = || status()["mqtt"]["backlog"]["messages"].as_u64().unwrap();
    let has_problem = |text: &str| {
        let problems = status()["problems"].as_array().unwrap().clone();
        problems.iter().filter(|problem| problem.as_str().unwrap().contains(text)).count() == 1
    };
    until(|| has_problem("No space left") && has_problem("nothing listens"));
    let before = waiting();
    until(|| waiting() >= before + 10);
    assert_eq!(status()["mqtt"]["backlog"]["dropped"], 0);
    let count = laps(&subscriber).len();
    broker.restart();
    until(|| waiting() == 0 && laps(&subscriber).len() > count);
    assert!(subscriber.of("lap").iter().any(|lap| lap["late"] == true));
    disk.make_room();
    until(|| status()["problems"] == Value::Array(vec![]));
    until_written(&disk, &subscriber);
    check(&subscriber);
}

#[test]
fn spool_that_is_full_drops_the_oldest_and_counts_them() {
    let Some(mut broker) = Broker::anonymous() else { return };
    let (subscriber, address) = (broker.subscribe(), broker.address());
    broker.kill();
    let user = User::with("[mqtt]\nspool_limit = 1\n");
    let folder = user.folder.path().join("state/acevo/mqtt/default.one");
    fs::create_dir_all(&folder).unwrap();
    // It is full with laps of an earlier start.
    let now = super::super::wall::rigs::now();
    let mut entries = String::new();
    let mut stored = 0;
    while entries.len() < (1 << 20) - 2000 {
        stored += 1;
        entries += &stored_entry(stored, now);
    }
    fs::write(folder.join("0000000001.spool"), &entries).unwrap();
    let args = ["publish", "--demo", "--scenario", "hot-laps", "--speed", "100", "--rig", "one", "--broker", &address];
    let mut acevo = spawn(&mut user.command(&args));
    acevo.message_with("nothing listens");
    // The limit drops the oldest segment, which has all of them.
    until(|| !folder.join("0000000001.spool").exists());
    broker.restart();
    acevo.message_with("connected to");
    let dropped = |subscriber: &Subscriber| {
        subscriber.of("status").iter().filter_map(|status| status["backlog"]["dropped"].as_u64()).max()
    };
    until(|| dropped(&subscriber) == Some(stored) && !laps(&subscriber).is_empty());
    acevo.signal(Signal::INT);
    assert!(acevo.wait().0.success());
    until(|| subscriber.of("status").last().is_some_and(|status| status["online"] == false));
    let numbers: BTreeSet<u64> = ["lap", "event", "session"]
        .into_iter()
        .flat_map(|name| subscriber.of(name))
        .map(|message| message["seq"].as_u64().unwrap())
        .collect();
    let (first, last) = (*numbers.first().unwrap(), *numbers.last().unwrap());
    assert_eq!(
        (first, numbers.len() as u64),
        (stored + 1, last - stored),
        "what was dropped is a gap before all others"
    );
}

/// A line of a spool, with a checksum, as the program writes it.
fn stored_entry(number: u64, unix_ms: u64) -> String {
    let text = format!("{{\"key\":\"old/{number}\",\"filler\":\"{}\"}}", "x".repeat(900));
    let content = format!("{number} {unix_ms} lap {text}");
    format!("{:08x} {content}\n", crc32(content.as_bytes()))
}

/// The checksum of zlib.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[test]
fn reader_misses_no_packet_because_of_a_broker_that_hangs_or_is_killed() {
    let Some(mut broker) = Broker::anonymous() else { return };
    let subscriber = broker.subscribe();
    let pages = tempfile::tempdir().unwrap();
    let folder = pages.path().to_str().unwrap();
    let recordings = tempfile::tempdir().unwrap();
    let user = User::with(&format!("rig = \"one\"\n[mqtt]\nbroker = \"{}\"\n", broker.address()));
    let _game = spawn(acevo().args(["simulate", "--quiet", "--scenario", "hot-laps", "--dir", folder]));
    let mut command = user.command(&["run", "--dir", folder, "--port", "0", "-o"]);
    let site = serve_by(command.arg(recordings.path()));
    until(|| subscriber.of("status").last().is_some_and(|status| status["state"] == "live"));
    // The same game without a broker: what a busy machine lets both miss says nothing about the broker.
    let control = serve(&["--quiet", "--dir", folder]);
    until(|| control.metric("acevo_packets_total{page=\"physics\"}") > 0.0);
    // Packets that the game has written, and those of them that were missed.
    let packets = |site: &Site| {
        let of = |name: &str| site.metric(&format!("{name}{{page=\"physics\"}}"));
        (of("acevo_packets_total"), of("acevo_packets_missed_total"))
    };
    // As long as the game writes two thousand packets, which is six seconds. A reader that waits for the broker counts none of them.
    let pass = |change: &mut dyn FnMut()| {
        let start = [&site, &control].map(packets);
        change();
        until(|| packets(&site).0 >= start[0].0 + 2000.0);
        let end = [&site, &control].map(packets);
        let share = |at: usize| (end[at].1 - start[at].1) / (end[at].0 - start[at].0);
        assert!(
            share(0) < share(1) + 0.5,
            "{} of the packets were missed, and {} without a broker",
            share(0),
            share(1)
        );
    };
    pass(&mut || broker.suspend());
    pass(&mut || broker.kill());
    broker.restart();
    until(|| site.json("/api/status")["mqtt"]["connected"] == true);
    let (_, missed) = packets(&site);
    until(|| subscriber.of("status").last().is_some_and(|status| status["missed"].as_f64() >= Some(missed)));
    assert!(user.run(&["quit"]).status.success());
    let file = fs::read_dir(recordings.path()).unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|end| end == "acevo")).unwrap();
    // The recording beside it has every packet that was read.
    let story = packet_count(&file);
    assert_eq!(story.recorded + story.missed, story.counted);
}
