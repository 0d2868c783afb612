//! State, control and settings of `acevo run` over HTTP, as the page uses them. Each test has a user with folders of its own.

use std::fs;
use std::path::PathBuf;

use acevo_recording::{Marked, Recording};
use acevo_testkit::client::{Site, serve_by};
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::{Value, json};

const RUN: [&str; 5] = ["run", "--demo", "--quiet", "--port", "0"];

/// Starts the background program with a simulated game.
fn run(user: &User) -> Site {
    serve_by(&mut user.command(&RUN))
}

fn act(site: &Site, action: &Value) -> (u16, String) {
    let response = site.send("POST", "/api/control", &action.to_string());
    (response.status, response.body)
}

fn put(site: &Site, changes: &Value) -> (u16, Value) {
    let response = site.send("PUT", "/api/settings", &json!({ "changes": changes }).to_string());
    let body = serde_json::from_str(&response.body).unwrap_or_else(|_| response.body.into());
    (response.status, body)
}

fn key<'a>(settings: &'a Value, name: &str) -> &'a Value {
    settings["keys"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap()
}

fn path_of(value: &Value) -> Option<PathBuf> {
    value.as_str().map(PathBuf::from)
}

#[test]
fn status_has_the_state_of_all_tasks() {
    let user = User::new();
    let site = run(&user);
    let status = || site.json("/api/status");
    until(|| status()["recording"]["file"].is_string() && status()["car"] != "" && status()["track"] == "Valdombra");
    let state = status();
    assert_eq!((&state["may_control"], &state["refusal"]), (&true.into(), &Value::Null));
    assert_eq!((&state["recording"]["on"], &state["version"]), (&true.into(), &env!("CARGO_PKG_VERSION").into()));
    assert_eq!((&state["pid"], &state["problems"]), (&site.running.id().into(), &json!([])));
    assert_eq!(state["source"], "demo");
    assert!(state["uptime_s"].as_f64().unwrap() > 0.0 && state["connection"].is_string(), "{state}");
    until(|| status()["recording"]["bytes"].as_u64() > Some(0) && status()["recording"]["time_s"].as_f64() > Some(1.0));
}

#[test]
fn actions_switch_recording_and_mark_and_save_and_quit() {
    let user = User::new();
    let mut site = run(&user);
    let recording = |site: &Site| site.json("/api/status")["recording"].clone();
    until(|| recording(&site)["time_s"].as_f64() > Some(1.0));
    let first = path_of(&recording(&site)["file"]).unwrap();
    let note = "the fence at T3 \u{1f9f1}";
    assert_eq!(act(&site, &json!({"action": "mark", "text": note})), (204, String::new()));
    assert_eq!(act(&site, &json!({"action": "mark"})).0, 204);
    assert_eq!(act(&site, &json!({"action": "save_last"})).0, 204);
    until(|| recording(&site)["last_file"].is_string());
    let saved = path_of(&recording(&site)["last_file"]).unwrap();
    assert!(saved.exists() && saved != first, "{saved:?}");

    assert_eq!(act(&site, &json!({"action": "record", "on": false})).0, 204);
    until(|| recording(&site)["on"] == false && recording(&site)["completed"] == 2);
    let completed = path_of(&recording(&site)["last_file"]).unwrap();
    let marks = Recording::open(&completed).unwrap().marks().to_vec();
    let notes: Vec<_> = marks
        .iter()
        .filter_map(|mark| if let Marked::Note { text } = &mark.what { Some(text) } else { None })
        .collect();
    assert_eq!(notes, [note, ""]);

    assert_eq!(act(&site, &json!({"action": "record", "on": true})).0, 204);
    until(|| recording(&site)["time_s"].as_f64() > Some(0.0));
    let second = path_of(&recording(&site)["file"]).unwrap();
    assert_ne!(second, completed);
    assert_eq!(act(&site, &json!({"action": "quit"})).0, 204);
    let (exit, stderr) = site.running.wait();
    assert!(exit.success(), "{stderr}");
    let files = fs::read_dir(second.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let recordings = files.inspect(|path| drop(Recording::open(path).unwrap())).count();
    assert_eq!(recordings, 3);
}

#[test]
fn requests_of_other_pages_are_refused() {
    let user = User::with("rig = \"mine\"\n");
    let site = run(&user);
    let host = site.host.clone();
    let (origin, json) = (format!("http://{host}"), ("Content-Type", "application/json"));
    let (quit, change) = ("{\"action\":\"quit\"}", "{\"changes\":{\"rig\":\"theirs\"}}");
    for (method, path, body) in [("POST", "/api/control", quit), ("PUT", "/api/settings", change)] {
        let status = |headers: &[(&str, &str)]| {
            site.send_with(method, path, &[&[("Host", &*host)], headers].concat(), body).status
        };
        assert_eq!(status(&[json, ("Origin", "http://evil.example")]), 403);
        assert_eq!(status(&[json, ("Origin", "null")]), 403);
        assert_eq!(status(&[json, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors")]), 403);
        assert_eq!(status(&[("Content-Type", "text/plain"), ("Origin", &origin)]), 415);
        assert_eq!(status(&[("Content-Type", "application/json;charset=utf-8")]), 415);
        assert_eq!(status(&[]), 415);
        assert_eq!(site.send_with(method, path, &[("Host", "evil.example"), json], body).status, 403);
        // Browsers ask before they send JSON to another site.
        let ask = [("Host", &*host), ("Origin", "http://evil.example"), ("Access-Control-Request-Method", method)];
        let asked = site.send_with("OPTIONS", path, &ask, "");
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (403, None));
    }
    assert_eq!(site.get("/api/control").status, 405);
    assert_eq!(fs::read_to_string(user.file()).unwrap(), "rig = \"mine\"\n");
    assert_eq!(site.json("/api/status")["running"], true);
    // The page itself.
    let own = [("Host", &*host), ("Origin", &*origin), json, ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(site.send_with("PUT", "/api/settings", &own, change).status, 200);
}

#[test]
fn requests_with_wrong_content_are_refused() {
    let user = User::new();
    let site = run(&user);
    let garbage =
        ["", "{", "[]", "null", "{}", "\u{0}", "{\"action\":1}", "{\"changes\":[]}", "{\"changes\":{},\"x\":1}"];
    for body in garbage {
        for (method, path) in [("POST", "/api/control"), ("PUT", "/api/settings")] {
            assert_eq!(site.send(method, path, body).status, 400, "{method} {body:?}");
        }
    }
    for action in [json!({"action": "explode"}), json!({"action": "record"}), json!({"action": "quit", "now": true})] {
        assert_eq!(act(&site, &action).0, 400, "{action}");
    }
    let (status, text) = act(&site, &json!({"action": "mark", "text": "x".repeat(401)}));
    assert_eq!((status, text.as_str()), (400, "A note has at most 400 bytes.\n"));
    assert_eq!(site.send("POST", "/api/control", &" ".repeat(5000)).status, 413);
    assert_eq!(site.send("PUT", "/api/settings", &" ".repeat(70_000)).status, 413);
    let deep = format!("{{\"changes\":{{\"units\":{}1{}}}}}", "[".repeat(1000), "]".repeat(1000));
    assert_eq!(site.send("PUT", "/api/settings", &deep).status, 400);
    assert!(!user.file().exists(), "nothing was written");
}

#[test]
fn settings_are_changed_in_the_file_and_keep_its_comments() {
    let text = "# my settings\nunits = \"metric\" # everywhere\n\n[server]\n# the usual one\nport = 7333\n";
    let user = User::with(text);
    let site = serve_by(user.command(&RUN).env("ACEVO_RIG", "left"));
    let before = site.json("/api/settings");
    assert_eq!((&before["path"], &before["may_change"]), (&user.file().to_str().into(), &true.into()));
    assert_eq!((&before["problems"], &before["exists"]), (&json!([]), &true.into()));
    let units = key(&before, "units");
    assert_eq!(
        (&units["value"], &units["origin"], &units["applies"]),
        (&"metric".into(), &"file".into(), &"at_once".into())
    );
    let rig = key(&before, "rig");
    assert_eq!(
        (&rig["value"], &rig["origin"], &rig["variable"]),
        (&"left".into(), &"environment".into(), &"ACEVO_RIG".into())
    );

    let changes = json!({
        "units": "imperial", "recording.max_age": "90d", "server.port": 8080,
        "sectors.Monza": [0.31, 0.68], "recording.sessions": ["race"],
    });
    let (status, after) = put(&site, &changes);
    assert_eq!(status, 200, "{after}");
    assert_eq!(after, site.json("/api/settings"));
    assert_eq!(
        (&key(&after, "units")["value"], &key(&after, "recording.max_age")["value"]),
        (&"imperial".into(), &"90d".into())
    );
    // The port needs a restart, the units do not.
    assert_eq!((&key(&after, "server.port")["waits"], &key(&after, "units")["waits"]), (&true.into(), &false.into()));
    assert_eq!(after["tracks"], json!([{"name": "Monza", "value": [0.31, 0.68], "waits": true}]));
    let written = fs::read_to_string(user.file()).unwrap();
    for part in [
        "# my settings\n",
        "units = \"imperial\" # everywhere\n",
        "# the usual one\nport = 8080\n",
        "sessions = [\"race\"]",
    ] {
        assert!(written.contains(part), "{part}: {written}");
    }
    assert!(user.run(&["settings", "--check"]).status.success());

    let (status, removed) = put(
        &site,
        &json!({"units": null, "recording.max_age": null, "recording.sessions": null, "sectors.Monza": null}),
    );
    assert_eq!((status, &key(&removed, "units")["origin"], &removed["tracks"]), (200, &"default".into(), &json!([])));
    let written = fs::read_to_string(user.file()).unwrap();
    assert!(written.starts_with("# my settings\n\n[server]\n# the usual one\nport = 8080\n"), "{written}");

    // The variable replaces the file, so that a change would have no effect.
    let (status, answer) = put(&site, &json!({"rig": "right"}));
    let problem = &answer["problems"][0];
    assert_eq!((status, &problem["key"]), (422, &"rig".into()), "{answer}");
    assert!(problem["message"].as_str().unwrap().contains("ACEVO_RIG"), "{answer}");
}

#[test]
fn wrong_changes_are_refused_field_by_field_and_change_nothing() {
    let user = User::new();
    let site = run(&user);
    let wrong = json!({
        "units": "metric", "server.port": 70_000, "server.prot": 1, "recording.max_age": 90, "log.level": "lod",
        "recording.folder": "races", "sectors.Ring": [0.7, 0.3], "server.lan": {"a": 1}, "thresholds.tyres_s": "1e999",
        "": 1, "units.x": 1, "\u{1b}[31m": 2,
    });
    let (status, answer) = put(&site, &wrong);
    assert_eq!(status, 422, "{answer}");
    let problems = answer["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 11, "{answer}");
    let find = |name: &str| problems.iter().find(|problem| problem["key"] == name).unwrap();
    assert_eq!(find("server.port")["message"], "expected 0 to 65535, found 70000");
    assert_eq!(find("server.prot")["suggestion"], "did you mean server.port?");
    assert!(find("recording.max_age")["suggestion"].as_str().unwrap().contains("unit"));
    assert!(find("sectors.Ring")["message"].as_str().unwrap().contains("ascending lap positions"));
    assert!(!user.file().exists(), "nothing was written");
    // The folder of the file is created with the first change.
    assert_eq!(put(&site, &json!({"units": "metric"})).0, 200);
    assert_eq!(fs::read_to_string(user.file()).unwrap(), "units = \"metric\"\n");
}

#[test]
fn file_with_errors_is_not_changed() {
    let user = User::new();
    let site = run(&user);
    fs::create_dir_all(user.file().parent().unwrap()).unwrap();
    for broken in ["units = \"metric\"\n[server]\nprot = 1\n", "units = \n\n", "\u{feff}x = 1\n"] {
        fs::write(user.file(), broken).unwrap();
        let (status, answer) = put(&site, &json!({"rig": "a"}));
        assert_eq!(status, 409, "{answer}");
        let line = &answer["problems"][0]["line"];
        assert!(line.is_u64(), "{answer}");
        assert_eq!(
            (&site.json("/api/settings")["problems"][0]["line"], fs::read_to_string(user.file()).unwrap()),
            (line, broken.to_owned())
        );
    }
    fs::write(user.file(), b"# \xff\n").unwrap();
    let (status, answer) = put(&site, &json!({"rig": "a"}));
    assert!(status == 500 && answer["problems"][0]["message"].as_str().unwrap().contains("UTF-8"), "{answer}");
    assert!(site.json("/api/settings")["problems"][0]["message"].as_str().unwrap().contains("UTF-8"));
    fs::write(user.file(), "# good\n").unwrap();
    assert_eq!(put(&site, &json!({"rig": "a"})).0, 200);
    assert!(fs::read_to_string(user.file()).unwrap().contains("# good\n"));
}

#[test]
fn serve_shows_its_state_but_is_not_controlled() {
    let user = User::new();
    let site = serve_by(&mut user.command(&["serve", "--demo", "--quiet", "--port", "0"]));
    let status = site.json("/api/status");
    assert_eq!((&status["recording"], &status["may_control"]), (&Value::Null, &false.into()));
    assert!(status["refusal"].as_str().unwrap().contains("acevo run"), "{status}");
    assert_eq!(act(&site, &json!({"action": "quit"})).0, 404);
    assert_eq!(put(&site, &json!({"units": "metric"})).0, 404);
    let settings = site.json("/api/settings");
    assert_eq!((&settings["may_change"], &key(&settings, "units")["value"]), (&false.into(), &"game".into()));
    assert!(!user.file().exists());
}

#[test]
fn addresses_need_no_token_on_this_computer() {
    let user = User::new();
    let site = run(&user);
    let addresses = site.json("/api/addresses");
    let here = format!("http://{}", site.host);
    assert_eq!(addresses, json!({"here": here, "network": [], "token": null, "is_same_computer": true}));
    let other = User::new();
    let lan = serve_by(&mut other.command(&[&RUN[..], &["--lan"]].concat()));
    let addresses = lan.json("/api/addresses");
    assert_eq!(format!("token={}", addresses["token"].as_str().unwrap()), lan.query);
    let port = lan.host.rsplit_once(':').unwrap().1;
    for address in addresses["network"].as_array().unwrap() {
        let address = address.as_str().unwrap();
        assert!(address.starts_with("http://") && address.ends_with(&format!(":{port}")), "{address}");
    }
}

#[test]
fn other_devices_may_change_something_only_if_the_settings_allow_it() {
    for (text, allowed) in [("", false), ("[server]\nlan_control = true\n", true)] {
        let user = User::with(text);
        let local = serve_by(&mut user.command(&[&RUN[..], &["--lan"]].concat()));
        // A client counts as one of another computer if it has another address than it connects to.
        let remote = local.from_elsewhere();
        let token = remote.query.split_once('=').unwrap().1;
        let bearer = format!("Bearer {token}");
        let headers = [("Host", &*remote.host), ("Authorization", &*bearer), ("Content-Type", "application/json")];
        let mark = remote.send_with("POST", "/api/control", &headers, "{\"action\":\"save_last\"}");
        let change = remote.send_with("PUT", "/api/settings", &headers, "{\"changes\":{\"units\":\"metric\"}}");
        assert_eq!((mark.status, change.status), if allowed { (204, 200) } else { (403, 403) }, "{mark:?} {change:?}");
        for elsewhere in [
            "\"mqtt.broker\":\"mqtt://elsewhere\"",
            "\"influx.url\":\"http://elsewhere/write\"",
            "\"upload.url\":\"http://elsewhere\"",
        ] {
            let changes = format!("{{\"changes\":{{{elsewhere}}}}}");
            let refused = remote.send_with("PUT", "/api/settings", &headers, &changes);
            assert_eq!(refused.status, 403, "where data is sent is decided on this computer: {refused:?}");
        }
        let status: Value = serde_json::from_str(&remote.request("/api/status", &headers).body).unwrap();
        let settings: Value = serde_json::from_str(&remote.request("/api/settings", &headers).body).unwrap();
        assert_eq!((&status["may_control"], &settings["may_change"]), (&allowed.into(), &allowed.into()));
        assert_eq!(status["refusal"].is_null(), allowed);
        let addresses: Value = serde_json::from_str(&remote.request("/api/addresses", &headers).body).unwrap();
        assert_eq!((&addresses["is_same_computer"], &addresses["token"]), (&false.into(), &token.into()));
        assert_eq!(remote.send_with("POST", "/api/control", &headers[..1], "{}").status, 401, "without the token");
    }
}
