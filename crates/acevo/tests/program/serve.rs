//! Tests of the web server in the real program: answers to requests, and messages over the WebSocket.

#[cfg(target_os = "linux")]
use std::collections::VecDeque;
use std::net::TcpStream;
#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(target_os = "linux")]
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use acevo_testkit::client::request_on;
use acevo_testkit::client::{serve, serve_by};
#[cfg(unix)]
use acevo_testkit::program::{Signal, send_signal};
use acevo_testkit::program::{acevo, output, spawn};
use acevo_testkit::wait::until;
use serde_json::{Value, json};
use tungstenite::Message;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{Data, OpCode};

const DEMO: [&str; 2] = ["--demo", "--quiet"];

#[test]
fn documents_match_the_simulator() {
    let site = serve(&DEMO);
    let page = site.get("/");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'self'"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
    assert_eq!(page.header("cross-origin-resource-policy"), Some("same-origin"));
    assert_eq!(site.get("/overlay/inputs").status, 200);

    let channels = site.json("/api/channels");
    let channels = channels.as_array().unwrap();
    let speed = channels.iter().find(|channel| channel["id"] == "speed").unwrap();
    let imperial = &speed["display"]["imperial"];
    assert_eq!((&imperial["unit"], &speed["display"]["game"]["factor"]), (&json!("mph"), &json!(1.0)));
    let chosen = site.json("/api/channels?channels=fuel,nonsense,speed");
    assert_eq!(chosen.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect::<Vec<_>>().len(), 2);
    assert!(site.json("/api/token")["token"].is_null());
    assert_eq!((&speed["unit"], &speed["kind"], &speed["default"]), (&json!("km/h"), &json!("number"), &json!(true)));

    let snapshot = || site.json("/api/snapshot?channels=speed,nonsense,track,position_x");
    // The game reports names some seconds after the start.
    until(|| snapshot()["values"]["track"] == "Valdombra");
    let first = snapshot();
    assert_eq!(first["status"]["demo"], true);
    assert_eq!((&first["status"]["track"], &first["status"]["status"]), (&json!("Valdombra"), &json!("live")));
    assert!(first["values"]["nonsense"].is_null() && first["values"].as_object().unwrap().len() == 4);
    assert!(first["fuel"]["amount"].as_f64().unwrap() > 0.0);
    // The car drives.
    until(|| site.json("/api/snapshot?channels=speed%2Cposition_x")["values"] != first["values"]);
    let all = site.json("/api/snapshot");
    let default = channels.iter().filter(|channel| channel["default"] == true).count();
    assert_eq!(all["values"].as_object().unwrap().len(), default);
    assert_eq!(site.json("/api/outline")["start"], 0);
    until(|| site.json("/api/events").as_array().unwrap().iter().any(|event| event["event"] == "phase"));
    assert_eq!(first["lap"]["sectors"], 3);

    let metrics = site.get("/metrics").body;
    for name in [
        "acevo_attached 1",
        "acevo_packets_total{page=\"physics\"} ",
        "# TYPE acevo_web_clients gauge",
        "\nacevo_live_speed ",
    ] {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
    let named = metrics.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    for name in named.map(|line| line.split(' ').next().unwrap()) {
        assert!(metrics.contains(&format!("# HELP {name} ")) && metrics.contains(&format!("\n{name}")), "{name}");
    }
}

#[test]
fn frames_have_the_subscribed_channels() {
    let site = serve(&DEMO);
    let mut socket = site.socket();
    socket.ask(&json!({"channels": ["speed", "nonsense", "rpm", "track", "flag"], "rate": 60}));
    let answer = socket.next_of("channels");
    assert_eq!(answer["channels"][0], json!({"id": "speed", "unit": "km/h", "decimals": 1, "kind": "number"}));
    assert!(answer["channels"][1].is_null());
    assert_eq!(answer["rate"], 60.0);
    while socket.next_of("texts")["values"]["track"] != "Valdombra" {}

    let frames: Vec<_> = (0..30).map(|_| socket.next_frame()).collect();
    for frame in &frames {
        assert_eq!((frame.flags, frame.subscription, frame.values.len()), (1, 1, 5));
        assert!(frame.values[1].is_nan() && frame.values[3].is_nan() && !frame.values[4].is_nan());
        assert!((0.0..400.0).contains(&frame.values[0]) && (500.0..15_000.0).contains(&frame.values[2]), "{frame:?}");
    }
    assert!(frames.windows(2).all(|pair| pair[0].number < pair[1].number && pair[0].time < pair[1].time));
    assert!(frames.windows(2).any(|pair| pair[0].values[0] != pair[1].values[0]), "the speed does not change");

    // The snapshot is between two frames, and its speed is close to both.
    let before = socket.next_frame();
    let snapshot = site.json("/api/snapshot?channels=speed");
    let after = loop {
        let frame = socket.next_frame();
        if frame.time >= snapshot["time_s"].as_f64().unwrap() {
            break frame;
        }
    };
    let speed = snapshot["values"]["speed"].as_f64().unwrap();
    let reach = 250.0 * (after.time - before.time) + 1.0;
    assert!((speed - f64::from(after.values[0])).abs() < reach, "{speed} {before:?} {after:?}");

    // Another subscription on the same connection.
    socket.ask(&json!({"channels": ["gear"], "rate": 0.001}));
    assert_eq!(socket.next_of("channels")["rate"], 1.0);
    let frame = loop {
        let frame = socket.next_frame();
        if frame.subscription == 2 {
            break frame;
        }
    };
    assert_eq!(frame.values.len(), 1);
    for kind in ["status", "lap", "laps", "fuel", "outline", "cars", "field"] {
        assert!(site.socket().next_of(kind).is_object(), "{kind}");
    }
}

#[test]
fn fuel_plan_answers_what_if_and_refuses_wrong_parameters() {
    let site =
        serve(&["--demo", "--quiet", "--scenario", "sprint", "--speed", "20", "--reserve", "2l", "--pit-loss", "40s"]);
    let whole = site.json("/api/fuel-plan?laps=50&per_lap=3&tank=60&reserve=0");
    assert_eq!((&whole["plan"]["start"], &whole["pit_loss_s"]), (&json!(50.0), &json!(40.0)));
    assert_eq!(whole["plan"]["stops"].as_array().unwrap().len(), 2);
    for wrong in ["laps=x", "laps=5&minutes=5", "nonsense=1", "tank=-1", "per_lap=NaN", "laps=5&laps=5"] {
        let refused = site.get(&format!("/api/fuel-plan?{wrong}"));
        assert_eq!(refused.status, 400, "{wrong}: {}", refused.body);
    }
    // The running race, with the reserve of the command line.
    until(|| site.json("/api/fuel-plan")["plan"]["reserve"] == 2.0);
    until(|| {
        let fuel = &site.json("/api/snapshot")["fuel"];
        fuel["plan"]["stops"] == json!([]) && fuel["last_lap"].is_number() && fuel["no_plan"].is_null()
    });
}

#[test]
fn pause_has_no_physics_values_in_frames_and_snapshots() {
    let site = serve(&["--demo", "--quiet", "--scenario", "pause", "--speed", "4"]);
    let mut socket = site.socket();
    socket.ask(&json!({"channels": ["speed", "gear", "tyre_temp_core_fl", "lap_time"], "rate": 60}));
    // Paused, then live without values, then with them.
    for (flags, is_current) in [(2 | 16, false), (1 | 16, false), (1, true)] {
        let frame = loop {
            let frame = socket.next_frame();
            if frame.flags == flags {
                break frame;
            }
        };
        assert!(frame.values[..3].iter().all(|value| value.is_nan() != is_current), "{frame:?}");
        assert!(frame.values[3] > 1.0, "the lap timer is on the graphics page: {frame:?}");
    }
    assert!(site.metric("acevo_packets_skipped_total") > 1300.0);
    let paused = loop {
        let snapshot = site.json("/api/snapshot?channels=speed,lap_time");
        if snapshot["status"]["physics"] == "paused" {
            break snapshot;
        }
    };
    assert!(paused["values"]["speed"].is_null() && paused["values"]["lap_time"].is_f64(), "{paused}");
    assert!(paused["status"]["skipped"].as_u64().unwrap() > 1300);
}

#[test]
fn watched_car_has_no_lap_and_fuel_of_the_player() {
    let site = serve(&["--demo", "--quiet", "--scenario", "spectate", "--speed", "20"]);
    let mut socket = site.socket();
    socket.ask(&json!({"channels": ["lap_time"], "rate": 10}));
    while socket.next_frame().flags & 32 == 0 {}
    let snapshot = loop {
        let snapshot = site.json("/api/snapshot?channels=lap_time,lap");
        if snapshot["status"]["watching"] == true {
            break snapshot;
        }
    };
    let of_player = [&snapshot["lap"]["number"], &snapshot["lap"]["best_ms"], &snapshot["fuel"]["amount"]];
    assert!(of_player.iter().all(|value| value.is_null()), "{snapshot}");
    assert!(snapshot["values"]["lap"].is_number(), "the watched car's lap: {snapshot}");
}

#[test]
fn finished_laps_have_traces_over_the_lap_position() {
    let site = serve(&["--demo", "--quiet", "--speed", "12"]);
    let mut socket = site.socket();
    let mut ended = || {
        loop {
            let event = &socket.next_of("event")["event"];
            if event["event"] == "lap" {
                return event["result"].clone();
            }
        }
    };
    let complete = loop {
        let lap = ended();
        if lap["incomplete"].is_null() {
            break lap;
        }
    };
    let listed =
        |laps: &Value| laps.as_array().unwrap().iter().find(|lap| lap["number"] == complete["number"]).cloned();
    until(|| listed(&site.json("/api/laps")).is_some());
    let lap = listed(&site.json("/api/laps")).unwrap();
    assert_eq!((&lap["time_ms"], &lap["trace"]), (&complete["time_ms"], &json!(true)));
    let index = lap["index"].as_u64().unwrap();
    let later = site.json(&format!("/api/laps?from={}", index + 1));
    assert!(later.as_array().unwrap().iter().all(|lap| lap["index"].as_u64() > Some(index)), "{later}");
    assert_eq!(site.json(&format!("/api/laps?from={index}"))[0]["index"], index);
    assert_eq!(site.json("/api/laps?from=18446744073709551615"), json!([]));
    for wrong in ["-1", "x", "18446744073709551616", ""] {
        assert_eq!(site.get(&format!("/api/laps?from={wrong}")).status, 400, "{wrong}");
    }
    assert!(socket.next_of("laps")["first_trace"].as_u64().is_some_and(|first| first <= index));
    let trace = site.json(&format!("/api/laps/{}/trace", lap["index"]));
    let column = |name: &str| trace[name].as_array().unwrap().clone();
    let count = column("positions").len();
    assert!((500..=1000).contains(&count), "{count}");
    for name in ["speed", "throttle", "brake", "steering", "gear", "rpm", "lap_time"] {
        assert_eq!(column(name).len(), count, "{name}");
    }
    let time = column("lap_time")[count - 1].as_f64().unwrap() * 1000.0;
    assert!((time - lap["time_ms"].as_f64().unwrap()).abs() < 1.0, "{time} {lap}");
    assert_eq!(site.get("/api/laps/999/trace").status, 404);
    assert_eq!(site.get("/api/laps/-1/trace").status, 404);
    until(|| site.json("/api/outline")["known"] == true);
    assert_eq!(site.json("/api/outline")["points"][0].as_array().unwrap().len(), 2);
}

#[test]
fn clients_that_violate_the_protocol_are_disconnected() {
    let site = serve(&DEMO);
    let wrong = [
        Message::text("x".repeat(5000)),
        Message::text("{}"),
        Message::text(json!({"channels": vec!["rpm"; 129]}).to_string()),
        Message::binary(vec![0; 8]),
    ];
    for message in wrong {
        let mut socket = site.socket();
        socket.send(message.clone());
        assert_eq!(socket.end(), Some(1008), "{message:?}");
    }
    let mut socket = site.socket();
    for _ in 0..100 {
        socket.try_send(Message::text(json!({"channels": []}).to_string()));
    }
    assert_eq!(socket.end(), Some(1008), "a flood");
    // Other clients are not affected.
    let mut socket = site.socket();
    socket.ask(&json!({"channels": ["speed"]}));
    socket.next_frame();
}

#[test]
fn requests_of_other_sites_and_host_names_are_refused() {
    let site = serve(&DEMO);
    let host = site.host.clone();
    let status = |path: &str, headers: &[(&str, &str)]| site.request(path, headers).status;
    assert_eq!(status("/api/snapshot", &[("Host", "evil.example")]), 403);
    assert_eq!(status("/api/snapshot", &[]), 403, "no host at all");
    assert_eq!(status("/api/snapshot", &[("Host", &host), ("Origin", "http://evil.example")]), 403);
    assert_eq!(status("/api/snapshot", &[("Host", &host), ("Origin", &format!("http://{host}"))]), 200);
    assert_eq!(status("/", &[("Host", &host.replace("127.0.0.1", "localhost"))]), 200);
    assert!(site.try_socket(&[("Origin", "http://evil.example")]).is_err());
    assert!(site.try_socket(&[("Origin", &format!("http://{host}"))]).is_ok());
    for path in [
        "/../Cargo.toml",
        "/assets/../../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/assets/",
        "/assets//etc/passwd",
        "/assets/lib",
        "/assets/web-tests/format.test.js",
        "/assets/../package.json",
        "/assets/biome.json",
        "/x",
    ] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
    assert_eq!(site.get("/assets/lib/dom.js").header("content-type"), Some("text/javascript; charset=utf-8"));
    assert!(site.get("/metrics").body.contains("acevo_web_refused_total{reason=\"guard\"} 4"));
}

#[test]
fn requests_from_the_network_need_the_token() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    let args = ["--demo", "--quiet", "--lan", "--token-file", file.to_str().unwrap()];
    let running = serve(&args);
    let token = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    assert_eq!(running.query, format!("token={token}"));
    assert_eq!((running.get("/").status, running.get("/api/token").status), (200, 200), "this computer");
    let site = running.from_elsewhere();
    let host = ("Host", site.host.as_str());
    assert_eq!(site.get("/").status, 401);
    assert_eq!(site.get("/api/snapshot").status, 401);
    assert_eq!(site.get("/api/token").status, 401);
    assert!(site.get("/overlay/map").body.contains("Copy this overlay"));
    assert_eq!(site.json(&format!("/api/token?token={token}"))["token"], token);
    assert_eq!(site.get("/?token=0123456789abcdef0123456789abcdef").status, 401);
    assert!(site.try_socket(&[]).is_err());

    let first = site.get(&format!("/overlay/map?scale=2&token={token}"));
    assert_eq!((first.status, first.header("location")), (303, Some("/overlay/map?scale=2")));
    let cookie = first.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(site.request("/overlay/map?scale=2", &[host, ("Cookie", cookie)]).status, 200);
    assert!(site.try_socket(&[("Cookie", cookie)]).is_ok());
    assert_eq!(site.request("/api/laps", &[host, ("Authorization", &format!("Bearer {token}"))]).status, 200);
    assert_eq!(site.get(&format!("/api/laps?token={token}")).status, 200);
    assert_eq!(site.request("/", &[("Host", "evil.example"), ("Cookie", cookie)]).status, 403);

    // After a restart the token is the same.
    drop(running);
    assert_eq!(serve(&args).query, format!("token={token}"));
    // Without a file the user has a token, and with a setting each start has another one.
    let [first, second] = [(), ()].map(|()| serve(&["--demo", "--quiet", "--lan"]).query.clone());
    assert!(first.len() == "token=".len() + 32 && first == second && first != format!("token={token}"));
    let mut new = acevo();
    new.args(["serve", "--port", "0", "--demo", "--quiet", "--lan"]).env("ACEVO_SERVER_KEEP_TOKEN", "false");
    assert_ne!(serve_by(&mut new).query, first);
}

#[test]
fn clients_that_do_not_read_do_not_block_others() {
    let site = serve(&DEMO);
    let channels: Vec<_> =
        site.json("/api/channels").as_array().unwrap().iter().take(60).map(|it| it["id"].clone()).collect();
    let subscription = json!({"channels": channels, "rate": 60});
    let connect = |count: usize| {
        let mut sockets: Vec<_> = (0..count).map(|_| site.socket()).collect();
        sockets.iter_mut().for_each(|socket| socket.ask(&subscription));
        sockets
    };
    // These subscribe, and read nothing.
    let asleep = connect(20);
    let mut awake = connect(30);
    until(|| site.metric("acevo_web_clients") == 50.0);
    // All others get their frames, until the server has noticed the sleeping ones, and longer.
    until(|| {
        awake.iter_mut().for_each(|socket| drop(socket.next_frame()));
        site.metric("acevo_web_frames_skipped_total") > 20.0 * 60.0
    });
    // More than a second of frames, however late this test reads them.
    awake.iter_mut().for_each(|socket| while socket.next_frame().number <= 60 {});
    // The reader continues to read. On a busy machine it may miss packets without clients too.
    let read = || {
        let [written, missed] = ["acevo_packets_total", "acevo_packets_missed_total"]
            .map(|name| site.metric(&format!("{name}{{page=\"physics\"}}")));
        written - missed
    };
    let before = read();
    until(|| read() > before + 100.0);
    // Nothing was queued for the sleeping clients: when they read again, they soon get current frames.
    let now = site.json("/api/snapshot?channels=speed")["time_s"].as_f64().unwrap();
    for mut socket in asleep {
        let mut old = 0;
        while socket.next_frame().time < now {
            old += 1;
        }
        assert!(old < 60 * 4, "{old}");
    }
}

#[test]
fn empty_fragments_without_an_end_are_bounded() {
    let site = serve(&DEMO);
    let fragment = |opcode| Message::Frame(Frame::message(Vec::new(), OpCode::Data(opcode), false));
    let mut honest = site.socket();
    honest.ask(&json!({"channels": ["speed"], "rate": 60}));
    let mut socket = site.socket();
    socket.send(fragment(Data::Text));
    for _ in 0..10_000 {
        socket.try_send(fragment(Data::Continue));
    }
    assert_eq!(socket.end(), Some(1008));
    let last = honest.next_frame().number;
    while honest.next_frame().number < last + 60 {}
}

#[test]
fn number_of_connections_is_limited() {
    let site = serve(&DEMO);
    let mut held = Vec::new();
    let refused = loop {
        let response = site.get("/metrics");
        if response.status == 503 {
            break response;
        }
        assert!(held.len() < 200, "no limit");
        held.push(site.connect_and_ask());
    };
    assert!(refused.header("retry-after").is_some() && held.len() >= 50, "{}", held.len());
    drop(held);
    until(|| site.get("/").status == 200);
}

#[test]
fn silent_connections_make_room_for_requests() {
    let site = serve(&DEMO);
    let mut held = Vec::new();
    for _ in 0..200 {
        held.push(TcpStream::connect(&site.host).unwrap());
        assert_eq!(site.get("/").status, 200, "after {}", held.len());
    }
    assert!(site.metric("acevo_web_refused_total{reason=\"silent\"}") > 100.0);
}

/// Connects from another address of this computer, which the server takes for another computer.
#[cfg(target_os = "linux")]
fn connect_from(source: [u8; 4], host: &str) -> std::io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind((source, 0).into())?;
    let _guard = runtime.enter();
    let stream = runtime.block_on(socket.connect(host.parse().unwrap()))?.into_std()?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}

#[test]
#[cfg(target_os = "linux")]
fn clients_without_the_token_take_no_slots_of_others() {
    let site = serve(&["--demo", "--quiet", "--lan"]);
    let host = site.host.clone();
    let path = format!("/api/token?{}", site.query);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        // Two attackers hold as many silent connections as they can, and open new ones for those that were dropped.
        let (ready, attacking) = channel();
        for last in [2, 3] {
            let (host, stop, ready) = (&host, &stop, ready.clone());
            scope.spawn(move || {
                let mut held = VecDeque::new();
                for count in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    held.extend(connect_from([127, 0, 0, last], host));
                    held.drain(..held.len().saturating_sub(64));
                    if count == 200 {
                        ready.send(()).unwrap();
                    }
                }
            });
        }
        attacking.iter().take(2).for_each(drop);
        let status = |source| {
            let stream = connect_from(source, &host).unwrap();
            request_on(stream, &path, &[("Host", &host)]).map(|response| response.status)
        };
        // The first request of another computer may come while it is a stranger; after that it is known.
        until(|| status([127, 0, 0, 4]).is_ok_and(|status| status == 200));
        let answers: Vec<_> = (0..100)
            .flat_map(|_| [status([127, 0, 0, 1]), status([127, 0, 0, 4])])
            .map(|status| status.unwrap_or_default())
            .collect();
        stop.store(true, Ordering::Relaxed);
        assert_eq!(answers, [200; 200]);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn open_passes_the_browser_an_address_without_the_token() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let (browser, arguments) = (directory.path().join("xdg-open"), directory.path().join("arguments"));
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {0}.new && mv {0}.new {0}\n", arguments.display());
    std::fs::write(&browser, script).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o700)).unwrap();
    let path = std::env::join_paths(
        [directory.path().to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let args = ["serve", "--port", "0", "--demo", "--quiet", "--lan", "--open"];
    let site = serve_by(acevo().args(args).env("PATH", path.unwrap()));
    until(|| arguments.exists());
    let address = std::fs::read_to_string(&arguments).unwrap();
    assert_eq!(address.trim(), format!("http://{}/", site.host));
    assert_eq!(site.get("/").status, 200);
}

#[test]
#[cfg(unix)]
fn token_file_that_others_can_read_is_an_error_with_advice() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "0123456789abcdef\n").unwrap();
    let refused = |mode| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let output = output(acevo().args(["serve", "--demo", "--lan", "--token-file"]).arg(&file));
        assert_eq!((output.status.code(), output.stdout.as_str()), (Some(1), ""));
        output.stderr
    };
    assert!(refused(0o666).contains("chmod 600"));
    std::fs::write(&file, "aaaaaaaaaaaaaaaa\n").unwrap();
    assert!(refused(0o600).contains("different characters"));
}

#[test]
#[cfg(unix)]
fn interrupt_closes_all_connections() {
    let mut site = serve(&DEMO);
    let mut socket = site.socket();
    socket.ask(&json!({"channels": ["speed"]}));
    socket.next_frame();
    send_signal(site.running.id(), Signal::INT);
    assert_eq!(socket.end(), Some(1001));
    let (status, said) = site.running.wait();
    assert!(status.success() && said.is_empty(), "{status} {said}");
}

#[test]
#[cfg(unix)]
fn server_waits_for_the_game() {
    let directory = tempfile::tempdir().unwrap();
    let dir = directory.path().to_str().unwrap();
    let site = serve(&["--quiet", "--dir", dir]);
    let mut socket = site.socket();
    socket.ask(&json!({"channels": ["speed"], "rate": 60}));
    assert_eq!(socket.next_of("status")["connection"], "waiting");
    let frame = socket.next_frame();
    assert!(frame.flags == 0 && frame.values[0].is_nan());
    let _game = spawn(acevo().args(["simulate", "--scenario", "hot-laps", "--dir", dir]));
    while socket.next_frame().flags != 1 {}
    until(|| site.json("/api/snapshot")["status"]["connection"] == "attached");
}

#[test]
#[cfg(unix)]
fn recordings_are_served() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("drive.acevo");
    let recorded = output(acevo().args(["record", "--demo", "--quiet", "--for", "3s", "-o"]).arg(&file));
    assert!(recorded.status.success(), "{recorded:?}");
    let site = serve(&["--quiet", "--from", file.to_str().unwrap(), "--speed", "0.5"]);
    let status = site.json("/api/snapshot")["status"].clone();
    assert_eq!((&status["recording"], &status["demo"]), (&json!(true), &json!(false)));
    let mut socket = site.socket();
    socket.ask(&json!({"channels": ["speed", "session_name"], "rate": 60}));
    while socket.next_of("texts")["values"]["session_name"] != "Hot Lap" {}
    let mut speeds = std::collections::HashSet::new();
    while speeds.len() < 5 {
        let speed = socket.next_frame().values[0];
        speeds.extend((!speed.is_nan()).then(|| speed.to_bits()));
    }
}

#[test]
fn taken_port_is_an_error_with_advice() {
    let site = serve(&DEMO);
    let port = site.host.rsplit_once(':').unwrap().1;
    let second = output(acevo().args(["serve", "--demo", "--port", port]));
    assert_eq!(second.status.code(), Some(1));
    assert!(second.stderr.contains("is taken") && second.stderr.contains("--port"), "{}", second.stderr);
    let wrong = output(acevo().args(["serve", "--token-file", "x"]));
    assert_eq!(wrong.status.code(), Some(2));
    assert!(wrong.stderr.contains("--lan"), "{}", wrong.stderr);
}

#[test]
fn address_is_printed_on_stdout_and_stderr() {
    let running = spawn(acevo().args(["serve", "--demo", "--port", "0"]));
    let address = running.next_line();
    assert!(address.starts_with("http://127.0.0.1:") && address.ends_with('/'), "{address}");
    assert_eq!(running.next_message(), format!("acevo: {address}"));
    // The server accepts connections at this address.
    let started = Instant::now();
    let host = address.trim_start_matches("http://").trim_end_matches('/');
    while TcpStream::connect(host).is_err() {
        assert!(started.elapsed() < Duration::from_secs(30));
        thread::yield_now();
    }
}

#[test]
fn verbose_prints_clients_and_refused_requests() {
    let site = serve(&["--demo", "--verbose"]);
    site.running.message_with("listening on 127.0.0.1:");
    let refused = site.request("/api/laps", &[("Host", "evil.example")]);
    assert_eq!(refused.status, 403);
    let line = site.running.message_with("request refused");
    assert!(line.contains("evil.example") && line.contains("127.0.0.1"), "{line}");
    let mut socket = site.socket();
    site.running.message_with("client connected");
    socket.ask(&json!({"channels": "nonsense"}));
    let line = site.running.message_with("client disconnected");
    assert!(line.contains("invalid subscription") && !line.contains('\x1b'), "{line}");
    site.running.message_with("client left");
}
