//! The page of all rigs, with a real broker, real publishers and a real browser.

mod page;
pub(super) mod rigs;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use acevo_testkit::broker::{Broker, Publisher};
use acevo_testkit::client::{Site, serve_by};
use acevo_testkit::program::{Running, Signal, output, spawn};
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::{Value, json};

use self::rigs::{Rigs, lap};

/// Starts the wall of a broker.
fn wall(user: &User, broker: &Broker, args: &[&str]) -> Site {
    let address = broker.address();
    let mut command = user.command(&["wall", "--port", "0", "--broker", &address]);
    serve_by(command.args(args))
}

/// Starts a rig with simulated hot laps.
fn rig(user: &User, broker: &Broker, site: &str, name: &str) -> Running {
    let address = broker.address();
    let names = ["--site", site, "--rig", name, "--broker", &address];
    let mut command = user.command(&["publish", "--demo", "--scenario", "hot-laps", "--speed", "30"]);
    spawn(command.args(names))
}

/// What the wall shows of a rig; null if it is not there.
fn shown(site: &Site, rig: &str) -> Value {
    let state = site.json("/api/snapshot");
    let mut rigs = state["rigs"].as_array().into_iter().flatten();
    rigs.find(|shown| shown["rig"] == rig).cloned().unwrap_or_default()
}

/// The laps of all tables.
fn bests(site: &Site) -> Vec<Value> {
    let state = site.json("/api/snapshot");
    let tables = state["bests"].as_array().cloned().unwrap_or_default();
    tables.iter().flat_map(|table| table["laps"].as_array().unwrap().clone()).collect()
}

/// The main test: two rigs, a rig that ends, and a broker that is killed and comes back.
fn shows_rigs_and_best_laps(broker: Option<Broker>) {
    let Some(mut broker) = broker else { return };
    let (first, second, user) = (User::new(), User::new(), User::new());
    let subscriber = broker.subscribe();
    let site = wall(&user, &broker, &[]);
    site.running.message_with("connected to mqtt://127.0.0.1");
    let mut one = rig(&first, &broker, "club", "Rig 1");
    let _two = rig(&second, &broker, "home", "Rig 2");
    until(|| shown(&site, "rig-1")["best_ms"].is_u64() && shown(&site, "rig-2")["live"]["lap"].is_f64());
    let state = shown(&site, "rig-1");
    assert_eq!((&state["site"], &state["state"], &state["source"]), (&"club".into(), &"live".into(), &"demo".into()));
    for name in ["driver", "car", "track"] {
        assert!(state[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {state}");
    }
    for number in ["missed", "backlog", "dropped", "laps"] {
        assert!(state[number].is_u64(), "{number}: {state}");
    }
    assert!(state["last"]["time_ms"].is_u64() && state["live"]["speed"].is_f64(), "{state}");
    // Delta needs a lap that the running one is compared with.
    until(|| shown(&site, "rig-1")["live"]["delta"].is_f64());
    one.signal(Signal::INT);
    one.wait();
    until(|| shown(&site, "rig-1")["state"] == "offline");
    broker.kill();
    until(|| site.json("/api/snapshot")["broker"]["connected"] == false);
    let problem = || site.json("/api/snapshot")["broker"]["problem"].as_str().unwrap_or_default().to_owned();
    until(|| problem().contains("nothing listens"));
    let laps_before = subscriber.of("lap").len();
    broker.restart();
    until(|| site.json("/api/snapshot")["broker"]["connected"] == true);
    until(|| subscriber.of("lap").len() >= laps_before + 3);
    // All simulated drivers have the same name, on the same track with the same car.
    let counted = |lap: &&Value| lap["validity"]["is"] == "valid" && lap["incomplete"].is_null();
    until(|| {
        let best = subscriber.of("lap").iter().filter(counted).filter_map(|lap| lap["time_ms"].as_u64()).min();
        let bests = bests(&site);
        bests.len() == 1 && bests[0]["time_ms"].as_u64() == best
    });
    assert_eq!(shown(&site, "rig-2")["state"], "live");
}

#[test]
fn wall_shows_rigs_and_best_laps() {
    shows_rigs_and_best_laps(Broker::anonymous());
}

#[test]
fn wall_shows_rigs_and_best_laps_of_nats() {
    shows_rigs_and_best_laps(Broker::nats());
}

#[test]
fn wall_shows_only_the_rigs_of_its_site() {
    let Some(broker) = Broker::anonymous() else { return };
    let user = User::new();
    let mut rigs = Rigs::connect(&broker, 3);
    rigs.introduce();
    let site = wall(&user, &broker, &["--site", "Site 1"]);
    until(|| !shown(&site, "rig-1").is_null());
    let sites: BTreeSet<String> =
        site.json("/api/snapshot")["rigs"].as_array().unwrap().iter().map(|rig| rig["site"].to_string()).collect();
    assert_eq!(sites, ["\"site-1\"".to_owned()].into());
}

#[test]
fn best_laps_survive_a_kill_and_laps_that_end_meanwhile_arrive_later() {
    let Some(broker) = Broker::anonymous() else { return };
    let user = User::new();
    let mut publisher = Publisher::connect(broker.port, "rigs");
    let mut site = wall(&user, &broker, &["--quiet"]);
    until(|| site.json("/api/snapshot")["broker"]["connected"] == true);
    let topic = "acevo/v1/club/one/lap";
    publisher.publish_certainly(topic, lap("Ann", 1, 91_000).to_string());
    until(|| bests(&site).len() == 1);
    // It is stored when the file has it.
    let stored = |driver: &str| {
        let folders = fs::read_dir(user.folder.path().join("state/acevo/wall")).into_iter().flatten();
        let files = folders.filter_map(|folder| fs::read_to_string(folder.unwrap().path().join("wall.json")).ok());
        files.into_iter().any(|text| text.contains(driver))
    };
    until(|| stored("Ann"));
    site.running.kill();
    publisher.publish_certainly(topic, lap("Bob", 2, 90_000).to_string());
    let mut again = wall(&user, &broker, &["--quiet"]);
    until(|| bests(&again).len() == 2);
    let drivers: Vec<_> = bests(&again).iter().map(|lap| lap["driver"].clone()).collect();
    assert_eq!(drivers, ["Bob", "Ann"]);
    until(|| stored("Bob"));
    again.running.signal(Signal::INT);
    assert!(again.running.wait().0.success());
    // A damaged file loses the laps, and nothing else.
    for folder in fs::read_dir(user.folder.path().join("state/acevo/wall")).unwrap() {
        fs::write(folder.unwrap().path().join("wall.json"), "{").unwrap();
    }
    let damaged = wall(&user, &broker, &[]);
    damaged.running.message_with("were damaged and are lost");
    assert!(bests(&damaged).is_empty());
}

#[test]
fn wall_never_publishes() {
    let Some(broker) = Broker::mosquitto(|folder| {
        format!("allow_anonymous true\nlog_type all\nlog_dest file {}", folder.join("log").display())
    }) else {
        return;
    };
    let user = User::new();
    let mut rigs = Rigs::connect(&broker, 2);
    rigs.introduce();
    let mut site = wall(&user, &broker, &[]);
    until(|| !shown(&site, "rig-1").is_null());
    site.running.signal(Signal::INT);
    assert!(site.running.wait().0.success());
    let log = || fs::read_to_string(broker.folder.path().join("log")).unwrap();
    until(|| log().contains("Received DISCONNECT from acevo-wall-"));
    let log = log();
    let received: BTreeSet<_> = log
        .lines()
        .filter(|line| line.contains("from acevo-wall-"))
        .filter_map(|line| line.split("Received ").nth(1)?.split(' ').next())
        .collect();
    let allowed: BTreeSet<_> = ["SUBSCRIBE", "DISCONNECT", "PINGREQ", "PUBACK"].into();
    assert!(received.contains("SUBSCRIBE") && received.is_subset(&allowed), "{received:?}");
    let connected = log.lines().find(|line| line.contains("as acevo-wall-")).unwrap();
    assert!(connected.contains("c0"), "the broker keeps laps for it: {connected}");
    assert!(!log.contains("Will message") && !log.contains("wm"), "{connected}");
}

#[test]
fn hostile_messages_change_nothing_else() {
    let Some(broker) = Broker::anonymous() else { return };
    let user = User::new();
    let site = wall(&user, &broker, &["--quiet"]);
    until(|| site.json("/api/snapshot")["broker"]["connected"] == true);
    let mut publisher = Publisher::connect(broker.port, "hostile");
    let huge = "x".repeat(4 << 20);
    let deep = "[".repeat(60_000);
    for kind in ["status", "session", "lap", "sample"] {
        for payload in [&b"garbage"[..], b"\xff\xfe\0", b"[]", b"{", huge.as_bytes(), deep.as_bytes()] {
            publisher.publish(&format!("acevo/v1/club/one/{kind}"), payload, kind == "status");
            publisher.publish(&format!("acevo/v1/cl<b>ub/o ne/{kind}"), payload, false);
        }
    }
    let mut rigs = Rigs::connect(&broker, 1);
    rigs.introduce();
    until(|| shown(&site, "rig-0")["driver"] == rigs::driver(0));
    let state = site.json("/api/snapshot");
    assert_eq!(state["rigs"].as_array().unwrap().len(), 1, "{state}");
    assert!(state["ignored"].as_u64().unwrap() >= 20, "{state}");
    assert_eq!(state["broker"]["problem"], Value::Null);
}

#[test]
fn wall_keeps_up_with_a_hundred_rigs() {
    let Some(broker) = Broker::anonymous() else { return };
    let user = User::new();
    let mut rigs = Rigs::of_one_centre(&broker, 100);
    rigs.introduce();
    let site = wall(&user, &broker, &["--quiet"]);
    until(|| site.json("/api/snapshot")["rigs"].as_array().is_some_and(|rigs| rigs.len() == 100));
    let mut socket = site.socket();
    let first = socket.next_of("wall");
    assert_eq!((&first["is_full"], first["rigs"].as_array().unwrap().len()), (&true.into(), 100));
    // Ten seconds of samples, as fast as the broker takes them.
    for step in 0..100 {
        rigs.sample(f64::from(step));
    }
    let last = |site: &Site| {
        let state = site.json("/api/snapshot");
        state["rigs"].as_array().unwrap().iter().all(|rig| rig["live"]["speed"] == 99.0)
    };
    until(|| last(&site));
    // Updates have what has changed, and no more than four come in a second: far fewer than samples.
    let mut updates = 0;
    let mut seen = BTreeSet::new();
    while seen.len() < 100 {
        let update = socket.next_of("wall");
        updates += 1;
        let rigs = update["rigs"].as_array().unwrap();
        seen.extend(rigs.iter().filter(|rig| rig["live"]["speed"] == 99.0).map(|rig| rig["rig"].to_string()));
    }
    assert!(updates < 1000, "{updates}");
    rigs.sample_one(7, 150.0);
    loop {
        let update = socket.next_of("wall");
        let rigs = update["rigs"].as_array().unwrap();
        assert!(update["is_full"] == false && rigs.len() <= 1, "{update}");
        if rigs.first().is_some_and(|rig| rig["live"]["speed"] == 150.0) {
            assert_eq!(rigs[0]["rig"], "rig-7");
            break;
        }
    }
}

/// CPU and memory with a hundred rigs that send ten samples a second, and two browsers. It measures, so it runs by hand:
/// `cargo test --release -p acevo --test program -- --ignored --nocapture cost_of_a_hundred_rigs`.
#[test]
#[ignore = "measures for a minute"]
fn cost_of_a_hundred_rigs() {
    use std::io::Write as _;
    use std::thread::sleep;
    use std::time::{Duration, Instant};
    let Some(broker) = Broker::anonymous() else { return };
    let user = User::new();
    let mut rigs = Rigs::of_one_centre(&broker, 100);
    rigs.introduce();
    let site = wall(&user, &broker, &["--quiet"]);
    let clients: Vec<_> = (0..2).map(|_| site.socket()).collect();
    let readers: Vec<_> = clients
        .into_iter()
        .map(|mut socket| {
            std::thread::spawn(move || {
                let start = Instant::now();
                let mut bytes = 0;
                let mut updates = 0;
                while start.elapsed() < Duration::from_secs(60) {
                    bytes += socket.next_of("wall").to_string().len();
                    updates += 1;
                }
                (bytes, updates)
            })
        })
        .collect();
    let ticks = |site: &Site| {
        let stat = fs::read_to_string(format!("/proc/{}/stat", site.running.id())).unwrap();
        let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let (start, before) = (Instant::now(), ticks(&site));
    for step in 0..600_u32 {
        rigs.sample(f64::from(step));
        let due = start + Duration::from_millis(100) * (step + 1);
        sleep(due.saturating_duration_since(Instant::now()));
    }
    let used = ticks(&site) - before;
    let status = fs::read_to_string(format!("/proc/{}/status", site.running.id())).unwrap();
    let memory: Vec<_> = status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM")).collect();
    let mut out = std::io::stdout();
    writeln!(out, "CPU: {:.1} % of a core; {memory:?}", used as f64 / start.elapsed().as_secs_f64()).unwrap();
    for reader in readers {
        let (bytes, updates) = reader.join().unwrap();
        writeln!(out, "a browser: {updates} updates, {:.1} kB/s", bytes as f64 / 60e3).unwrap();
    }
}

#[test]
fn wall_with_a_wrong_password_ends_with_a_message() {
    let Some(broker) = Broker::mosquitto(|folder| {
        let file = folder.join("passwords");
        let made = Command::new("mosquitto_passwd").arg("-b").arg("-c").arg(&file).args(["wall", "right"]).status();
        assert!(made.is_ok_and(|status| status.success()));
        let acl = folder.join("acl");
        fs::write(&acl, "pattern readwrite acevo/v1/+/%u/#\nuser wall\ntopic read acevo/v1/#\n").unwrap();
        format!("allow_anonymous false\npassword_file {}\nacl_file {}", file.display(), acl.display())
    }) else {
        return;
    };
    let user = User::with("[mqtt]\nuser = \"wall\"\n");
    let address = broker.address();
    let args = ["wall", "--port", "0", "--broker", &address];
    let refused = output(user.command(&args).env("ACEVO_MQTT_PASSWORD", "wrong"));
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("refuses user and password: check mqtt.user"), "{}", refused.stderr);
    assert_eq!(refused.stderr.matches("refuses").count(), 1, "{}", refused.stderr);
    let accepted = spawn(user.command(&args).env("ACEVO_MQTT_PASSWORD", "right"));
    accepted.message_with("connected to");
}

#[test]
fn wall_without_a_broker_or_beside_another_one_explains_what_to_do() {
    let user = User::new();
    let refused = user.run(&["wall"]);
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("acevo wall --broker mqtt://HOST"), "{}", refused.stderr);
    let address = "mqtt://127.0.0.1:1";
    let first = spawn(&mut user.command(&["wall", "--port", "0", "--broker", address]));
    first.message_with("nothing listens");
    let second = user.run(&["wall", "--port", "0", "--broker", address]);
    assert_eq!(second.status.code(), Some(1), "{}", second.stderr);
    assert!(second.stderr.contains("another `acevo wall` on this computer"), "{}", second.stderr);
    let site = spawn(&mut user.command(&["wall", "--port", "0", "--broker", address, "--site", "club"]));
    site.message_with("nothing listens");
}

#[test]
fn snapshot_has_what_the_documentation_says() {
    let Some(broker) = Broker::anonymous() else { return };
    let user = User::new();
    let mut rigs = Rigs::connect(&broker, 1);
    let site = wall(&user, &broker, &["--quiet"]);
    until(|| site.json("/api/snapshot")["broker"]["connected"] == true);
    rigs.introduce();
    rigs.sample(50.0);
    rigs.laps();
    until(|| !bests(&site).is_empty() && shown(&site, "rig-0")["live"].is_object());
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/wall.md");
    let text = fs::read_to_string(document).unwrap();
    let named = |names: &Value| -> Vec<String> { names.as_object().unwrap().keys().cloned().collect() };
    let state = site.json("/api/snapshot");
    let parts = [
        &state,
        &state["broker"],
        &state["rigs"][0],
        &state["rigs"][0]["live"],
        &state["rigs"][0]["last"],
        &state["bests"][0],
        &state["bests"][0]["laps"][0],
    ];
    for name in parts.into_iter().flat_map(named) {
        assert!(text.contains(&format!("`{name}`")), "docs/wall.md does not describe {name}");
    }
    assert_eq!(state["address"], json!(broker.address()));
}
