//! `acevo run` as a driver uses it: with a simulated game and a browser, each killed and started again; with a full disk, a taken port, and
//! settings that change.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use acevo_recording::{LapIndex, Recording};
use acevo_simulator::{Options, Scenario, Simulator};
use acevo_testkit::chromium::Chromium;
use acevo_testkit::client::{Server, Site, serve_by};
use acevo_testkit::disk::Disk;
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Running, acevo, spawn, spawn_silent};
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::{Value, json};

/// Simulated seconds per second.
const SPEED: &str = "8";

/// A simulated game in a process of its own.
struct Game {
    seed: u64,
    running: Running,
}

impl Game {
    fn start(pages: &Path, seed: u64) -> Self {
        let mut command = acevo();
        command.args(["simulate", "--quiet", "--scenario", "hot-laps", "--speed", SPEED, "--seed"]);
        Self { seed, running: spawn_silent(command.arg(seed.to_string()).arg("--dir").arg(pages)) }
    }

    /// The times of its first laps, milliseconds.
    fn true_times(&self) -> Vec<u32> {
        let mut options = Options::default();
        (options.scenario, options.seed) = (Scenario::HotLaps, self.seed);
        let mut simulator = Simulator::new(options);
        while simulator.truth().laps.len() < 12 {
            simulator.step();
        }
        simulator.truth().laps.iter().filter_map(|lap| lap.time_ms.try_into().ok()).collect()
    }
}

fn status(server: &Server) -> Value {
    server.json("/api/status")
}

fn act(server: &Server, action: &Value) {
    let response = server.send("POST", "/api/control", &action.to_string());
    assert_eq!(response.status, 204, "{}", response.body);
}

/// The times of the laps that a running program knows, milliseconds.
fn lap_times(server: &Server) -> Vec<u32> {
    let laps = server.json("/api/laps");
    let times = laps.as_array().unwrap().iter().filter_map(|lap| lap["time_ms"].as_u64());
    times.map(|time| u32::try_from(time).unwrap()).collect()
}

/// Waits until a program knows this many laps with a time and the next lap is well under way. Returns the times.
fn until_laps(server: &Server, count: usize) -> Vec<u32> {
    until(|| lap_times(server).len() >= count);
    until(|| {
        let values = server.json("/api/snapshot?channels=lap_position");
        values["values"]["lap_position"].as_f64().is_some_and(|position| (0.3..0.6).contains(&position))
    });
    lap_times(server)
}

fn recordings(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "acevo")).collect()
}

/// The times of the laps in all recordings of a folder, and how often each occurs.
fn recorded_times(folder: &Path) -> BTreeMap<u32, usize> {
    let mut times = BTreeMap::new();
    for path in recordings(folder) {
        let mut recording = Recording::open(&path).unwrap();
        let laps = LapIndex::read(&mut recording, |_| true).unwrap();
        for time in laps.laps().iter().filter_map(|lap| lap.lap.time_ms) {
            *times.entry(time).or_default() += 1;
        }
    }
    times
}

/// JavaScript that enters the kinds of sessions that are recorded, and saves.
fn save_sessions(kinds: &[&str]) -> String {
    format!(
        "{{ for (const box of document.querySelectorAll('.settings-form [name=\"recording.sessions\"]')) {{
                if (box.checked !== {kinds:?}.includes(box.value)) box.click();
            }}
            document.querySelector('.settings-bar [type=submit]').click(); }}"
    )
}

#[test]
fn run_records_every_lap_once_while_game_browser_and_program_are_killed() {
    let Some(disk) = Disk::new(256 << 20) else {
        return left_out("the test of a full disk while acevo runs, because mounting is not permitted");
    };
    let mut browser = Chromium::start();
    let pages = tempfile::tempdir().unwrap();
    let user = User::with(&format!("[recording]\nfolder = '{}'\n", disk.path().display()));
    let start = |port: &str| {
        let mut command = user.command(&["run", "--quiet", "--port", port, "--dir"]);
        serve_by(command.arg(pages.path()))
    };
    let mut site: Site = start("0");
    let (_, port) = site.host.rsplit_once(':').unwrap();
    let port = port.to_owned();
    let connected = "document.querySelector('#chip').textContent === 'Live'";
    if let Some(browser) = &mut browser {
        browser.open(&format!("http://{}/#control", site.host));
    }
    // The game starts after the program, and crashes in a lap.
    let mut games = vec![Game::start(pages.path(), 1)];
    let mut expected = until_laps(&site, 1);
    if let Some(browser) = &mut browser {
        browser.wait_for(connected);
    }
    games[0].running.kill();
    until(|| status(&site)["recording"]["completed"] == 1);
    games.push(Game::start(pages.path(), 2));
    let known = expected.len();
    let times = until_laps(&site, known + 1);
    expected.extend(&times[known..]);

    // The program is killed in a lap, and starts again beside the same game.
    site.running.kill();
    site = start(&port);
    if let Some(browser) = &mut browser {
        browser.wait_for(connected);
    }
    let times = until_laps(&site, 1);

    // The disk is full in a lap. Nothing is lost: packets wait in memory.
    disk.fill(0);
    until(|| status(&site)["problems"].to_string().contains("No space left"));
    assert_eq!(user.run(&["status"]).status.code(), Some(1));
    disk.make_room();
    until(|| status(&site)["problems"] == json!([]));
    let times = until_laps(&site, times.len() + 1);

    // The page excludes this kind of session, and includes it again.
    if let Some(page) = &mut browser {
        page.wait_for("document.querySelectorAll('.settings-form [name=\"recording.sessions\"]').length > 1");
        page.evaluate(&save_sessions(&["race"]));
        until(|| status(&site)["recording"]["excluded"] == true && status(&site)["recording"]["file"].is_null());
        page.evaluate(&save_sessions(&["race", "time-attack"]));
        until(|| status(&site)["recording"]["file"].is_string());
    }
    // The browser is killed, and another one opens the page.
    if browser.take().is_some() {
        let mut another = Chromium::start().unwrap();
        another.open(&format!("http://{}/", site.host));
        another.wait_for(connected);
    }
    expected.extend(until_laps(&site, times.len() + 1));
    act(&site, &json!({"action": "quit"}));
    let (exit, said) = site.running.wait();
    assert!(exit.success(), "{said}");

    let recorded = recorded_times(disk.path());
    let once = expected.iter().map(|time| (*time, 1)).collect();
    assert_eq!(recorded, once, "every lap is in one recording");
    let true_times: Vec<_> = games.iter().flat_map(Game::true_times).collect();
    assert!(expected.iter().all(|time| true_times.contains(time)), "{expected:?} of {true_times:?}");
    assert!(expected.len() >= 5, "{expected:?}");
}

#[test]
fn second_start_reports_the_running_program() {
    let user = User::new();
    let not_running = user.run(&["status"]);
    assert_eq!((not_running.status.code(), not_running.stdout.as_str()), (Some(3), ""));
    let site = serve_by(&mut user.command(&["run", "--demo", "--quiet", "--port", "0"]));
    until(|| user.run(&["status"]).status.code() == Some(0));
    let second = user.run(&["run", "--demo"]);
    assert_eq!(second.status.code(), Some(1));
    let process = format!("already running (process {}): http://{}/", site.running.id(), site.host);
    assert!(second.stderr.contains(&process), "{}", second.stderr);
    let text = user.run(&["status"]).stdout;
    assert!(text.contains(&site.host) && text.contains("recording"), "{text}");
    // Both name the simulated car, which can be mistaken for the game.
    let doctor = user.run(&["doctor"]).stdout;
    for text in [&text, &doctor] {
        assert!(text.contains("simulated (--demo): "), "{text}");
    }
    assert!(doctor.contains("`acevo quit`"), "{doctor}");
    // Another user has a program of its own.
    assert_eq!(User::new().run(&["status"]).status.code(), Some(3));
}

#[test]
fn taken_port_is_reported_and_tried_again_while_recording_continues() {
    let user = User::with("[recording]\nfolder = \"~/races\"\n");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let running = spawn(&mut user.command(&["run", "--demo", "--port", &port]));
    assert!(running.message_with("error").contains("tried again"));
    assert!(running.next_message().contains(&format!("port {port} is taken")));
    let folder = user.folder.path().join("races/demo");
    until(|| folder.exists() && recordings(&folder).len() == 1);
    until(|| {
        let status = user.run(&["status"]);
        status.status.code() == Some(1) && status.stderr.contains("is taken")
    });
    let quit = user.run(&["quit"]);
    assert_eq!(quit.status.code(), Some(1));
    let process = format!("process {}", running.id());
    assert!(quit.stderr.contains("is taken") && quit.stderr.contains(&process), "{}", quit.stderr);
    drop(other);
    assert_eq!(running.next_line(), format!("http://127.0.0.1:{port}/"));
    until(|| user.run(&["status"]).status.success());
}

#[test]
fn quit_ends_the_running_program_and_completes_its_recording() {
    let user = User::with("[recording]\nfolder = \"~/races\"\n");
    let not_running = user.run(&["quit"]);
    assert_eq!((not_running.status.code(), not_running.stdout.as_str()), (Some(3), ""));
    assert!(not_running.stderr.contains("is not running"), "{}", not_running.stderr);
    // Also with other devices, whose requests need a token.
    let mut site = serve_by(&mut user.command(&["run", "--demo", "--quiet", "--lan", "--port", "0"]));
    until(|| status(&site)["recording"]["time_s"].as_f64() > Some(0.0));
    let quit = user.run(&["quit"]);
    assert_eq!((quit.status.code(), quit.stdout.as_str()), (Some(0), ""), "{}", quit.stderr);
    let process = format!("acevo: ended acevo run (process {})", site.running.id());
    assert_eq!(quit.stderr.trim_end(), process);
    let (exit, stderr) = site.running.wait();
    assert!(exit.success(), "{stderr}");
    // Simulated drives are not mixed with real ones.
    let folder = user.folder.path().join("races");
    assert!(recordings(&folder).is_empty());
    let files = recordings(&folder.join("demo"));
    let info = user.run(&["info", "--json", "--check", files[0].to_str().unwrap()]);
    let info: Value = serde_json::from_str(&info.stdout).unwrap();
    assert_eq!((files.len(), &info["finished"], &info["damage"]), (1, &true.into(), &json!([])));
    assert_eq!(user.run(&["quit"]).status.code(), Some(3));
}

#[test]
fn folder_that_cannot_be_created_is_reported_and_tried_again() {
    let user = User::with("[recording]\nfolder = \"~/races/all\"\n");
    let file = user.folder.path().join("races");
    fs::write(&file, "").unwrap();
    let site = serve_by(&mut user.command(&["run", "--demo", "--quiet", "--port", "0"]));
    until(|| status(&site)["problems"].to_string().contains("races/all"));
    fs::remove_file(&file).unwrap();
    until(|| status(&site)["problems"] == json!([]) && status(&site)["recording"]["file"].is_string());
    assert_eq!(recordings(&file.join("all/demo")).len(), 1);
}

#[test]
fn wrong_settings_are_reported_and_the_old_ones_stay_in_effect() {
    let user = User::with("[recording]\nenabled = false\n");
    let site = serve_by(&mut user.command(&["run", "--demo", "--quiet", "--port", "0"]));
    assert_eq!(status(&site)["recording"]["on"], false);
    fs::write(user.file(), "[recording]\nenabled = maybe\n").unwrap();
    until(|| status(&site)["problems"].to_string().contains("line 2"));
    assert_eq!(status(&site)["recording"]["on"], false);
    fs::write(user.file(), "[recording]\nenabled = true\n[server]\nport = 8080\n").unwrap();
    until(|| status(&site)["recording"]["file"].is_string());
    assert_eq!((&status(&site)["problems"], &status(&site)["restart_for"]), (&json!([]), &json!(["server.port"])));
}

/// The screen gets the laps that were driven before it was started.
#[test]
fn mirror_has_the_laps_and_only_what_the_screen_does_not_have() {
    let user = User::new();
    let args = ["run", "--demo", "--scenario", "hot-laps", "--speed", "12", "--quiet", "--port", "0"];
    let site = serve_by(&mut user.command(&args));
    until(|| !lap_times(&site).is_empty());
    let none = json!({"versions": {"laps": 0, "events": 0, "outline": 0, "path": 0}, "last_sample_s": null});
    let all = site.send("POST", "/api/mirror", &none.to_string());
    let all: Value = serde_json::from_str(&all.body).unwrap();
    assert!(!all["laps"].as_array().unwrap().is_empty() && all["outline"].is_object());
    let known = json!({"versions": all["versions"], "last_sample_s": null});
    let rest = site.send("POST", "/api/mirror", &known.to_string());
    let rest: Value = serde_json::from_str(&rest.body).unwrap();
    assert!(rest["outline"].is_null() && rest["snapshot"]["pages"].is_object());
    // Other devices have the page.
    assert_eq!(site.send("POST", "/api/mirror", "[]").status, 400);
}
