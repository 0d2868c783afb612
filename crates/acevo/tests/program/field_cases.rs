//! Cases that users of other programs reported; `docs/field-cases.md` lists them with their sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use acevo_recording::{Description, Record, RecordingWriter};
use acevo_shared_memory::{Page, PageKind};
use acevo_simulator::{Options, Scenario, Simulator, TrackName};
#[cfg(unix)]
use acevo_testkit::chromium::Chromium;
use acevo_testkit::client::serve;
use acevo_testkit::program::{acevo, output};
use acevo_testkit::recordings::{Pages, changed};
use acevo_testkit::wait::until;
use serde_json::Value;

/// Records the first seconds of a hot lap with changed pages.
fn recorded(path: &Path, seconds: u64, change: impl FnMut(Duration, &mut Pages)) {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    changed(path, options, Duration::from_secs(seconds), change);
}

#[test]
fn played_recording_ends_with_end_of_recording() {
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
            for message in ["Waiting", "detached", "frozen", "doctor"] {
                assert!(!watched.stderr.contains(message), "{name} {mode}: {}", watched.stderr);
            }
        }
        let site = serve(&["--quiet", "--no-bests", "--speed", "20", "--from", &file]);
        until(|| site.json("/api/snapshot")["status"]["connection"] == "ended");
        let status = &site.json("/api/snapshot")["status"];
        assert_eq!((&status["headline"], &status["recording"]), (&"End of recording".into(), &true.into()));
        let mut socket = site.socket();
        socket.ask(&serde_json::json!({"channels": ["speed"], "rate": 10}));
        assert_eq!(socket.next_frame().flags, 0, "overlays are empty");
    }
}

#[test]
fn watch_prints_no_physics_while_it_is_not_current() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pause.acevo");
    recorded(&file, 8, |at, pages| {
        if (4..6).contains(&at.as_secs()) {
            pages.graphics.status = 3;
        }
    });
    let watched = output(acevo().args(["watch", "--json", "--quiet", "--speed", "4", "--from"]).arg(&file));
    assert!(watched.status.success(), "{watched:?}");
    let objects: Vec<Value> = watched.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for object in &objects {
        let physics = object.get("physics").expect("the key is always there");
        let is_current = object["validity"] == "current";
        assert!(if is_current { physics.is_object() } else { physics.is_null() }, "{object}");
    }
    let count = |validity: &str| objects.iter().filter(|object| object["validity"] == validity).count();
    assert!(count("current") > 10 && count("paused") > 10, "{} of {}", count("paused"), objects.len());
}

#[test]
fn recordings_and_personal_bests_are_the_players_while_another_car_is_watched() {
    let directory = tempfile::tempdir().unwrap();
    let (folder, bests) = (directory.path().join("out"), directory.path().join("bests.json"));
    let drive = ["--demo", "--scenario", "spectate", "--track", "karsthafen", "--speed", "1000"];
    let recorded = output(acevo().args(["record", "--quiet", "-o"]).arg(&folder).args(drive));
    assert!(recorded.status.success(), "{recorded:?}");
    let names = files(&folder);
    assert_eq!(names.len(), 1, "another car begins no other recording: {names:?}");
    assert!(names[0].display().to_string().ends_with("_Karsthafen_Velocita-GT3-R_Practice.acevo"), "{names:?}");
    let file = folder.join(&names[0]);

    let mut options = Options::default();
    (options.scenario, options.track) = (Scenario::Spectate, TrackName::Karsthafen);
    let mut simulator = Simulator::new(options);
    while !simulator.is_finished() {
        simulator.step();
    }
    let truth: Vec<_> = simulator.truth().laps.iter().map(|lap| i64::from(lap.time_ms)).collect();
    let laps = stdout(acevo().args(["laps", "--json", "--quiet", "--from"]).arg(&file).arg("--bests").arg(&bests));
    let laps: Vec<Value> = laps.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let complete = laps.iter().filter(|lap| lap["incomplete"].is_null());
    assert_eq!(complete.filter_map(|lap| lap["time_ms"].as_i64()).collect::<Vec<_>>(), truth, "{laps:?}");
    assert!(laps.iter().all(|lap| lap["car"] == "Velocita GT3 R"), "{laps:?}");

    let kept: Value = serde_json::from_slice(&fs::read(&bests).unwrap()).unwrap();
    let entries = kept["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["car"]), (1, &"Velocita GT3 R".into()), "{kept}");
    let valid = simulator.truth().laps.iter().filter(|lap| lap.valid).map(|lap| i64::from(lap.time_ms));
    assert_eq!(entries[0]["best"]["time_ms"].as_i64(), valid.min());
}

#[test]
fn recording_without_telemetry_ends_immediately() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("empty.acevo");
    recorded(&file, 0, |_, _| {});
    let watched = output(acevo().args(["watch", "--lines", "--from"]).arg(&file));
    assert!(watched.status.success() && watched.stdout.is_empty(), "{watched:?}");
    assert_eq!(watched.stderr, "acevo: End of recording\n");
}

/// The stdout of a command, which must succeed.
fn stdout(command: &mut Command) -> String {
    let output = output(command);
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// The files in a folder and its subfolders, as relative paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { left.push(path) } else { files.push(path.strip_prefix(folder).unwrap().to_owned()) }
        }
    }
    files
}

#[test]
fn hostile_names_are_escaped_in_every_format() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("names.acevo");
    let (first, surname) = ("=cmd|'/C calc'!A0", "Czerwi\u{fffd}\"ski");
    recorded(&file, 12, |_, pages| {
        (pages.graphics.driver_name, pages.graphics.driver_surname) = (first.into(), surname.into());
        pages.graphics.car_model = "../..\\CON:<x>\"|?*\nz".into();
        pages.session.track = "A/B\\..:\"&<>".into();
        pages.session.track_configuration = "- : ? # @".into();
    });
    let channels = ["--rate", "10", "--channels", "driver_name,driver_surname,car_model,track,track_configuration"];
    let csv = stdout(acevo().args(["export", "--to", "csv", "-o", "-"]).args(channels).arg(&file));
    let row = csv.lines().nth(5).unwrap();
    assert!(row.contains(&format!(",'{first},\"Czerwi\u{fffd}\"\"ski\",")), "{row}");
    let jsonl = stdout(acevo().args(["export", "--to", "jsonl", "-o", "-"]).args(channels).arg(&file));
    let object: Value = serde_json::from_str(jsonl.lines().next().unwrap()).unwrap();
    assert_eq!((&object["driver_name"], &object["driver_surname"]), (&first.into(), &surname.into()));
    assert_eq!(object["car_model"], "../..\\CON:<x>\"|?*\nz");
    for kind in ["motec", "mcap", "parquet"] {
        let folder = directory.path().join(kind);
        fs::create_dir(&folder).unwrap();
        stdout(acevo().args(["export", "--quiet", "--to", kind, "-o"]).arg(&folder).arg(&file));
        assert!(files(&folder).iter().all(|path| path.components().count() == 1), "{kind}: {:?}", files(&folder));
        assert!(!files(&folder).is_empty(), "{kind}");
    }
    // The folders of a data set contain the names.
    let (folder, data) = (directory.path().join("in"), directory.path().join("data"));
    fs::create_dir(&folder).unwrap();
    fs::rename(&file, folder.join("names.acevo")).unwrap();
    stdout(acevo().args(["export", "--quiet", "--to", "parquet", "-o"]).arg(&data).arg(&folder));
    let parts = files(&data);
    assert!(parts.len() == 1 && parts[0].components().count() == 5, "{parts:?}");
    let path = parts[0].display().to_string();
    assert!(path.starts_with("track=A%2FB%5C..%3A%22&%3C%3E - %3A %3F %23 @/car=..%2F..%5CCON"), "{path}");
    let info = stdout(acevo().arg("info").arg(folder.join("names.acevo")));
    assert!(!info.chars().any(|letter| letter.is_control() && letter != '\n'), "{info}");
}

#[test]
fn session_on_an_unknown_track_is_exported() {
    let directory = tempfile::tempdir().unwrap();
    let (folder, data) = (directory.path().join("in"), directory.path().join("data"));
    fs::create_dir(&folder).unwrap();
    let file = folder.join("unknown.acevo");
    recorded(&file, 12, |_, pages| {
        (pages.session.track, pages.session.track_configuration) = ("track_placeholder".into(), "".into());
        pages.graphics.car_model = "car_placeholder".into();
        (pages.graphics.driver_name, pages.graphics.driver_surname) = ("".into(), " ".into());
    });
    stdout(acevo().args(["export", "--quiet", "--to", "parquet", "-o"]).arg(&data).arg(&folder));
    let nothing = "__HIVE_DEFAULT_PARTITION__";
    let path = files(&data)[0].display().to_string();
    assert!(path.starts_with(&format!("track={nothing}/car={nothing}/driver={nothing}/session=")), "{path}");
    stdout(acevo().args(["export", "--quiet", "--to", "motec", "-o"]).arg(directory.path()).arg(&file));
    let logs = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let logs: Vec<_> = logs.filter(|name| name.to_string_lossy().starts_with("unknown-unknown-1-")).collect();
    assert_eq!(logs.len(), 2, "{logs:?}");
    let watched = output(acevo().args(["watch", "--lines", "--speed", "20", "--from"]).arg(&file));
    for text in [watched.stdout, watched.stderr, stdout(acevo().arg("info").arg(&file)), path] {
        assert!(!text.contains("placeholder"), "{text}");
    }
}

#[test]
fn lap_numbers_agree_in_all_commands() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("three.acevo");
    let mut options = Options::default();
    (options.scenario, options.laps) = (Scenario::HotLaps, Some(3));
    let times = changed(&file, options, Duration::MAX, |_, _| {});
    let laps = stdout(acevo().args(["laps", "--json", "--no-bests"]).arg(&file));
    let laps: Vec<Value> = laps.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let whole: Vec<_> = laps.iter().filter(|lap| lap["incomplete"].is_null()).collect();
    let numbers: Vec<_> = whole.iter().map(|lap| lap["number"].as_u64().unwrap()).collect();
    assert_eq!((&numbers[..], times.len()), (&[1, 2, 3][..], 3));
    for lap in &whole {
        let seconds: f64 = lap["driving"]["gear_s"].as_object().unwrap().values().filter_map(Value::as_f64).sum();
        assert!((seconds * 1000.0 - lap["time_ms"].as_f64().unwrap()).abs() < 100.0, "{lap}");
        let share = |name: &str| lap["driving"][name].as_f64().unwrap();
        assert!((0.1..0.95).contains(&share("full_throttle")) && (0.0..0.5).contains(&share("coasting")), "{lap}");
    }
    // Rows of the table: the number changes at the line.
    let csv = stdout(acevo().args(["export", "--to", "csv", "-o", "-", "--channels", "lap,speed"]).arg(&file));
    let mut counts = [0_u64; 4];
    for row in csv.lines().skip(1) {
        let lap = row.split(',').nth(3).unwrap();
        if let Some(count) = lap.parse().ok().and_then(|lap: usize| counts.get_mut(lap)) {
            *count += 1;
        }
    }
    for (number, time) in (1..).zip(&times) {
        let expected = f64::from(*time) / 1000.0 * 333.0;
        assert!((counts[number] as f64 - expected).abs() < 10.0, "lap {number}: {counts:?} {time}");
    }
    for number in &numbers {
        let picture = directory.path().join(format!("{number}.svg"));
        stdout(acevo().args(["plot", "--quiet", "--lap", &number.to_string(), "-o"]).arg(&picture).arg(&file));
        assert!(fs::read_to_string(&picture).unwrap().contains(&format!("Lap {number}")));
    }
    stdout(acevo().args(["export", "--quiet", "--to", "motec", "-o"]).arg(directory.path()).arg(&file));
    let ldx = files(directory.path()).into_iter().find(|path| path.extension().is_some_and(|it| it == "ldx")).unwrap();
    let ldx = fs::read_to_string(directory.path().join(ldx)).unwrap();
    // The part before the line, three laps, one that the end of the session interrupts, and the part after it.
    assert!(ldx.contains("\"Total Laps\" Value=\"6\""), "{ldx}");
    let beacons: Vec<_> = ldx.split(" Time=\"").skip(1).map(|rest| rest[..23].parse::<f64>().unwrap() / 1e3).collect();
    for (pair, time) in beacons.windows(2).zip(&times) {
        assert!((pair[1] - pair[0] - f64::from(*time)).abs() <= 1.0, "{pair:?} {time}");
    }
}

#[test]
fn csv_does_not_depend_on_the_locale() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("drive.acevo");
    recorded(&file, 10, |_, _| {});
    let table = |locale: &str, options: &[&str]| {
        let mut command = acevo();
        command.env("LC_ALL", locale).env("LANG", locale);
        stdout(
            command
                .args(["export", "--to", "csv", "-o", "-", "--rate", "5", "--channels", "speed,rpm"])
                .args(options)
                .arg(&file),
        )
    };
    let usual = table("C", &[]);
    assert_eq!(table("de_DE.UTF-8", &[]), usual);
    let german = table("C", &["--decimal", ","]);
    assert_eq!(german, usual.replace(',', ";").replace('.', ","));
    assert_eq!(table("C", &["--separator", "tab"]), usual.replace(',', "\t"));
    let refused = output(acevo().args(["export", "--to", "csv", "--separator", ",", "--decimal", ","]).arg(&file));
    assert!(!refused.status.success() && refused.stderr.contains("--separator: a comma"), "{refused:?}");
}

#[test]
fn plot_draws_a_lap_of_two_hours() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("long.acevo");
    let mut writer = RecordingWriter::create(&file, &Description::new("test")).unwrap();
    let mut options = Options::default();
    (options.scenario, options.laps) = (Scenario::HotLaps, Some(1));
    let mut simulator = Simulator::new(options);
    // Until shortly before the end of the lap, each second counts as a hundred.
    let (times, last_ms) = (100, 80_000);
    let mut began_ms = None;
    while !simulator.is_finished() {
        let changed = simulator.step();
        let (mut physics, mut graphics) = (*simulator.physics(), *simulator.graphics());
        let (now_ms, timer_ms) = (simulator.time().as_millis() as i32, graphics.current_lap_time_ms);
        if timer_ms > 0 {
            began_ms.get_or_insert(now_ms - timer_ms);
        }
        let longer = |from_ms: i32, to_ms: i32| (to_ms.min(last_ms) - from_ms.min(last_ms)) * (times - 1);
        let at = simulator.time() + Duration::from_millis(longer(0, now_ms).unsigned_abs().into());
        let lap_ms = began_ms.map_or(0, |began| longer(began, now_ms));
        physics.packetId += longer(0, now_ms) / 3;
        // The timer restarts at the line before the lap's time is published.
        let is_over = now_ms > last_ms && timer_ms < 5000;
        if graphics.last_laptime_ms > 0 {
            graphics.last_laptime_ms += lap_ms;
        } else if timer_ms > 0 && !is_over {
            graphics.current_lap_time_ms += lap_ms;
        }
        graphics.best_laptime_ms = graphics.last_laptime_ms;
        let pages = [
            (changed.static_data, PageKind::Static, simulator.static_data().as_bytes()),
            (changed.graphics, PageKind::Graphics, graphics.as_bytes()),
            (changed.physics, PageKind::Physics, physics.as_bytes()),
        ];
        for (_, page, bytes) in pages.into_iter().filter(|(changed, ..)| *changed) {
            writer.record(&Record::new(page, at, bytes)).unwrap();
        }
    }
    writer.finish().unwrap();
    let laps = stdout(acevo().args(["laps", "--json", "--no-bests"]).arg(&file));
    let lap: Value = serde_json::from_str(laps.lines().next().unwrap()).unwrap();
    assert!(lap["time_ms"].as_u64().is_some_and(|ms| ms > 7_200_000), "{lap}");
    let picture = directory.path().join("long.svg");
    stdout(acevo().args(["plot", "--quiet", "--lap", "1", "-o"]).arg(&picture).arg(&file));
    assert!(fs::metadata(&picture).unwrap().len() < 4_000_000);
}

#[test]
fn ride_height_is_in_millimetres() {
    let dump = stdout(acevo().args(["dump", "--demo", "rideHeight"]));
    assert!(dump.contains(" mm"), "{dump}");
}

#[test]
fn snapshot_has_no_fuel_in_the_menu() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("menu.acevo");
    recorded(&file, 12, |at, pages| {
        if at > Duration::from_secs(8) {
            pages.graphics.status = 0;
        }
    });
    let site = serve(&["--quiet", "--no-bests", "--speed", "4", "--from", file.to_str().unwrap()]);
    until(|| site.json("/api/snapshot")["fuel"]["amount"].is_number());
    until(|| site.json("/api/snapshot")["status"]["status"] == "menu");
    assert!(site.json("/api/snapshot")["fuel"]["amount"].is_null());
}

/// JavaScript that removes the interfaces that browsers offer only to encrypted pages.
#[cfg(unix)]
const INSECURE: &str = "for (const name of ['wakeLock', 'clipboard', 'serviceWorker'])
    Object.defineProperty(Navigator.prototype, name, { get: () => undefined });
    Crypto.prototype.randomUUID = undefined;";

#[cfg(unix)]
#[test]
fn page_works_without_secure_context_apis() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet"]);
    browser.call("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({"source": INSECURE}));
    browser.open(&format!("http://{}/#overlays", site.host));
    browser.wait_for("navigator.clipboard === undefined && document.querySelector('.card-foot button')");
    browser.evaluate("document.querySelector('.card-foot button').click()");
    browser.wait_for("document.querySelector('.card-foot button').textContent === 'Copied'");
    browser.evaluate("document.getElementById('tab-dash').click()");
    browser.wait_for("Number.parseInt(document.querySelector('.view-dash .speed-number').textContent) > 0");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[cfg(unix)]
#[test]
fn overlay_colours_parse_with_and_without_hash() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet"]);
    for color in ["ff0000", "%23ff0000", "red"] {
        browser.open(&format!("http://{}/overlay/gear?accent={color}", site.host));
        browser.wait_for("document.querySelector('#overlay:not([hidden])')");
        let accent =
            browser.evaluate("getComputedStyle(document.getElementById('overlay')).getPropertyValue('--accent')");
        assert!(["#ff0000", "red"].contains(&accent.as_str().unwrap().trim()), "{color}: {accent}");
    }
}

#[cfg(unix)]
#[test]
fn page_shows_names_verbatim_and_the_end_of_a_recording() {
    let Some(mut browser) = Chromium::start() else { return };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("names.acevo");
    recorded(&file, 8, |_, pages| {
        (pages.graphics.driver_name, pages.graphics.driver_surname) = ("<b>漢字</b>".into(), " ".into());
        (pages.graphics.car_model, pages.physics.gear) = ("car_placeholder".into(), 13);
    });
    let site = serve(&["--quiet", "--no-bests", "--from", file.to_str().unwrap()]);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&format!("http://{}/", site.host));
    browser.wait_for("document.querySelector('.gear-number')?.textContent === '12'");
    browser.evaluate("document.getElementById('tab-session').click()");
    browser.wait_for("document.body.textContent.includes('<b>漢字</b>')");
    browser.wait_for("document.getElementById('chip').textContent === 'End of recording'");
    browser.evaluate("document.getElementById('tab-dash').click()");
    browser.wait_for("document.getElementById('notice').textContent.startsWith('End of recording')");
    let text = browser.evaluate("document.body.textContent");
    assert!(!text.as_str().unwrap().contains("placeholder") && !text.as_str().unwrap().contains("hangs"), "{text}");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}
