//! Recordings: written, killed, replayed and read.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use acevo_recording::{Description, Mark, Marked, Recording, RecordingItem, RecordingWriter};
use acevo_shared_memory::{PageKind, PhysicsValidity};
use acevo_simulator::{CarModel, Options, Scenario};
#[cfg(unix)]
use acevo_testkit::program::Signal;
use acevo_testkit::program::{acevo, output, spawn};
use acevo_testkit::recordings::{changed, drive};
use serde_json::Value;

/// Records two hot laps. Returns their times.
fn recorded(path: &Path) -> Vec<i32> {
    drive(path, CarModel::Gt3, Scenario::HotLaps, Some(2))
}

#[test]
fn laps_and_events_of_a_recording_match_the_simulator() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("two.acevo");
    let times = recorded(&file);
    let laps = output(acevo().args(["laps", "--json", "--no-bests"]).arg(&file));
    assert!(laps.status.success(), "{laps:?}");
    let listed: Vec<Value> = laps.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let complete = listed.iter().filter(|lap| lap["incomplete"].is_null()).map(|lap| lap["time_ms"].clone());
    assert_eq!(complete.collect::<Vec<_>>(), times);
    let events = output(acevo().args(["events", "--only", "lap", "--no-bests"]).arg(&file));
    assert!(events.status.success() && events.stdout.contains("session best"), "{events:?}");
    let info = output(acevo().args(["info", "--json", "--check"]).arg(&file));
    let info: Value = serde_json::from_str(&info.stdout).unwrap();
    assert_eq!((&info["finished"], &info["damage"]), (&Value::Bool(true), &Value::Array(Vec::new())));
}

/// The laps of a recording as `acevo laps --json` prints them.
fn laps(file: &Path) -> Vec<Value> {
    let laps = output(acevo().args(["laps", "--json", "--no-bests", "--from"]).arg(file));
    assert!(laps.status.success(), "{laps:?}");
    laps.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn laps_of_a_recorded_demo_do_not_depend_on_its_speed() {
    let directory = tempfile::tempdir().unwrap();
    let recorded = |name: &str, speed: &str| {
        let file = directory.path().join(name);
        let mut command = acevo();
        command.args(["record", "--demo", "--seed", "7", "--track", "karsthafen", "--for", "120s", "--quiet"]);
        let made = output(command.args(["--speed", speed, "-o"]).arg(&file));
        assert!(made.status.success(), "{made:?}");
        file
    };
    let files = [recorded("fast.acevo", "25"), recorded("faster.acevo", "1000")];
    let [one, two] = files.each_ref().map(|file| {
        let laps = laps(file).into_iter().filter(|lap| lap["incomplete"].is_null());
        laps.map(|lap| (lap["number"].clone(), lap["time_ms"].clone(), lap["sectors_ms"].clone())).collect::<Vec<_>>()
    });
    assert!(one.len() >= 2, "{one:?}");
    assert_eq!(one, two);
    // The clock of the recordings is the demo's.
    let [one, two] = files.map(|file| {
        let recording = Recording::open(&file).unwrap();
        let marks = recording.marks().iter().filter(|mark| matches!(mark.what, Marked::Lap { counts: true, .. }));
        let times: Vec<_> = marks.map(|mark| mark.at).collect();
        let info = recording.info();
        assert!(info.duration().abs_diff(Duration::from_secs(120)) < Duration::from_secs(1), "{:?}", info.duration());
        times
    });
    assert!(one.len() >= 2 && one.len() == two.len(), "{one:?} {two:?}");
    for (one, two) in one.iter().zip(&two) {
        assert!(one.abs_diff(*two) <= Duration::from_millis(3), "{one:?} {two:?}");
    }
}

#[test]
fn laps_json_has_names_of_track_car_and_driver() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("cars.acevo");
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    changed(&file, options, Duration::from_secs(60), |at, pages| {
        (pages.graphics.driver_name, pages.graphics.driver_surname) = ("Žofie".into(), " ".into());
        pages.graphics.car_model = if at < Duration::from_secs(40) { "First" } else { "Second" }.into();
    });
    let laps = laps(&file);
    let names = |lap: &Value| {
        ["track", "car", "driver", "session_name"].map(|name| lap[name].as_str().unwrap_or_default().to_owned())
    };
    let expected = |car: &str| ["Valdombra", car, "Žofie", "Hot Lap"].map(str::to_owned);
    // The lap that ends because of the other car was driven with the first one.
    assert_eq!((laps[0]["incomplete"].as_str(), names(&laps[0])), (Some("car_changed"), expected("First")), "{laps:?}");
    assert_eq!(names(laps.last().unwrap()), expected("Second"), "{laps:?}");
}

/// The bytes of all pages of a recording.
fn pages(path: &Path) -> Vec<(PageKind, Vec<u8>)> {
    let mut recording = Recording::open(path).unwrap();
    let mut pages = Vec::new();
    while let Some(item) = recording.next_item().unwrap() {
        if let RecordingItem::Record(record) = item {
            pages.push((record.page, record.bytes.to_vec()));
        }
    }
    pages
}

#[cfg(unix)]
#[test]
fn recording_of_a_replay_has_the_same_pages() {
    let directory = tempfile::tempdir().unwrap();
    let (file, again) = (directory.path().join("first.acevo"), directory.path().join("again.acevo"));
    let shared = directory.path().join("pages");
    fs::create_dir(&shared).unwrap();
    recorded(&file);
    let recorder = spawn(acevo().args(["record", "--dir"]).arg(&shared).arg("-o").arg(&again));
    let replay = output(acevo().arg("replay").arg(&file).args(["--to", "6s", "--speed", "2", "--dir"]).arg(&shared));
    assert!(replay.status.success(), "{replay:?}");
    // The game has ended: the file is complete, and its path is printed.
    assert_eq!(recorder.next_line(), again.display().to_string());
    let original: HashSet<_> = pages(&file).into_iter().collect();
    let copies = pages(&again);
    assert!(copies.len() > 200, "{}", copies.len());
    let physics = copies.iter().filter(|(page, _)| *page == PageKind::Physics).count();
    assert!(physics > 100, "{physics}");
    // A writer that the system suspends within a page for long can't be detected: on a busy machine that happens once in a while.
    let others: Vec<_> =
        copies.iter().filter(|copy| !original.contains(copy)).map(|(page, bytes)| (page, &bytes[..16])).collect();
    assert!(others.len() <= copies.len() / 500, "pages that were never replayed: {others:?}");
}

#[test]
fn recording_of_a_killed_recorder_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("killed.acevo");
    let mut recorder = spawn(acevo().args(["record", "--demo", "--speed", "5", "-o"]).arg(&file));
    while Recording::open(&file).map_or(0, |recording| recording.info().records.physics) < 1000 {
        std::thread::sleep(Duration::from_millis(20));
    }
    recorder.kill();
    let info = output(acevo().args(["info", "--json"]).arg(&file));
    let info: Value = serde_json::from_str(&info.stdout).unwrap();
    assert_eq!((info["finished"].as_bool(), info["damaged"].as_u64()), (Some(false), Some(0)), "{info}");
    assert!(info["records"]["physics"].as_u64().unwrap() >= 1000);
    let whole = directory.path().join("whole.acevo");
    let repaired = output(acevo().arg("repair").arg(&file).arg(&whole));
    assert!(repaired.status.success(), "{repaired:?}");
    assert_eq!(pages(&whole), pages(&file));
    let copy = directory.path().join("other.acevo");
    let nothing = output(acevo().arg("repair").arg(&whole).arg(&copy));
    assert!(nothing.status.success() && nothing.stderr.contains("nothing to repair"), "{nothing:?}");
    assert_eq!(fs::read(&copy).unwrap(), fs::read(&whole).unwrap(), "a script finds the new file in any case");
}

#[test]
fn record_never_overwrites_and_readers_refuse_garbage() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.acevo");
    fs::write(&file, "precious").unwrap();
    let refused = output(acevo().args(["record", "--demo", "--for", "1s", "-o"]).arg(&file));
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    for command in ["info", "replay"] {
        let refused = output(acevo().arg(command).arg(&file));
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(refused.stderr.contains("mine.acevo"), "{}", refused.stderr);
    }
}

#[cfg(unix)]
#[test]
fn pipe_is_refused_as_a_recording() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe.acevo");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for command in [&["info"][..], &["replay"], &["laps"], &["export", "--to", "csv"], &["cut", "--laps", "1"]] {
        let refused = output(acevo().args(command).arg(&pipe));
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(refused.stderr.contains("not a regular file"), "{}", refused.stderr);
    }
}

#[test]
fn record_names_a_file_after_its_content() {
    let directory = tempfile::tempdir().unwrap();
    let recorded =
        output(acevo().args(["record", "--demo", "--speed", "5", "--for", "10s", "-o"]).arg(directory.path()));
    assert!(recorded.status.success(), "{recorded:?}");
    let name = Path::new(recorded.stdout.trim()).file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.ends_with("_Valdombra_Velocita-GT3-R_Hot-Lap.acevo"), "{name}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn export_and_plot_read_a_recording() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("two.acevo");
    let times = recorded(&file);
    let table = ["--to", "csv", "-o", "-", "--quiet", "--channels", "speed,gear", "--rate", "20", "--laps", "2"];
    let csv = output(acevo().arg("export").arg(&file).args(table));
    assert!(csv.status.success(), "{csv:?}");
    let lines: Vec<&str> = csv.stdout.lines().collect();
    assert_eq!(lines[0], "time_s,packet_id,session,lap,missed,skipped,speed,gear");
    let expected = f64::from(times[1]) / 1000.0 * 20.0;
    assert!((lines.len() as f64 - expected).abs() < 0.05 * expected, "{} lines of {expected}", lines.len());
    assert!(lines[1..].iter().all(|line| line.split(',').nth(3) == Some("2")));
    for (kind, extension) in [("csv", "csv"), ("jsonl", "jsonl"), ("parquet", "parquet"), ("mcap", "mcap")] {
        let path = directory.path().join("out").with_extension(extension);
        // Whole pages are exported.
        let columns: &[&str] = if kind == "mcap" { &[] } else { &["--channels", "speed"] };
        let done = output(acevo().arg("export").arg(&file).args(["--to", kind, "-o"]).arg(&path).args(columns));
        assert!(done.status.success() && done.stdout.is_empty(), "{done:?}");
        assert!(fs::metadata(&path).unwrap().len() > 100_000, "{kind}");
        let again = output(acevo().arg("export").arg(&file).args(["--to", kind, "-o"]).arg(&path));
        assert_eq!(again.status.code(), Some(1), "nothing is overwritten");
    }
    let log = directory.path().join("log.ld");
    let done = output(acevo().arg("export").arg(&file).args(["--to", "motec", "-o"]).arg(&log));
    assert!(done.status.success(), "{done:?}");
    let laps = fs::read_to_string(log.with_extension("ldx")).unwrap();
    assert!(laps.contains("Fastest Time"), "{laps}");
    let missing = output(acevo().arg("export").arg(&file).args(["--to", "csv", "-o", "-", "--laps", "77"]));
    assert_eq!(missing.status.code(), Some(1), "{missing:?}");
    let picture = directory.path().join("laps.svg");
    let drawn = output(acevo().arg("plot").arg(&file).args(["--lap", "best", "--against", "lap1", "-o"]).arg(&picture));
    assert!(drawn.status.success(), "{drawn:?}");
    assert!(fs::read_to_string(&picture).unwrap().contains("<svg"));
    assert!(fs::read_dir(directory.path()).unwrap().all(|entry| !entry.unwrap().path().ends_with(".part")));
}

#[test]
fn cut_keeps_the_time_of_a_lap() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("two.acevo");
    let times = recorded(&file);
    let done = output(acevo().current_dir(directory.path()).args(["cut", "two.acevo", "--laps", "2"]));
    assert!(done.status.success() && done.stdout.is_empty(), "{done:?}");
    let cut = directory.path().join("two_laps-2.acevo");
    let laps = output(acevo().args(["laps", "--json", "--no-bests"]).arg(&cut));
    let printed: Vec<Value> = laps.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let complete: Vec<_> = printed.iter().filter(|lap| lap["incomplete"].is_null()).collect();
    assert_eq!(complete.len(), 1, "{laps:?}");
    assert_eq!((&complete[0]["number"], &complete[0]["time_ms"]), (&Value::from(2), &Value::from(times[1])));
    let (whole, part): (HashSet<_>, _) = (pages(&file).into_iter().collect(), pages(&cut));
    assert!(part.len() < whole.len() * 3 / 4 && part.iter().all(|page| whole.contains(page)));
    let again = output(acevo().current_dir(directory.path()).args(["cut", "two.acevo", "--laps", "2"]));
    assert!(again.status.code() == Some(1) && again.stderr.contains("not overwritten"), "{again:?}");
    let missing = output(acevo().current_dir(directory.path()).args(["cut", "two.acevo", "--laps", "7"]));
    assert!(
        missing.status.code() == Some(1) && missing.stderr.contains("lap 7 is not in the recording"),
        "{missing:?}"
    );
    let minute = directory.path().join("minute.acevo");
    let done = output(acevo().arg("cut").arg(&file).args(["--from", "30s", "--to", "1:30", "-o"]).arg(&minute));
    assert!(done.status.success(), "{done:?}");
    let info = Recording::open(&minute).unwrap().info();
    assert!((Duration::from_secs(59)..=Duration::from_secs(60)).contains(&info.duration()), "{info:?}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3);
}

#[test]
fn dump_reads_a_recording_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("two.acevo");
    recorded(&file);
    let value = |command: &str, what: &str, at: &str| -> Value {
        let dumped = output(acevo().arg(command).arg(&file).args([what, "--json", "--at", at]));
        assert!(dumped.status.success(), "{dumped:?}");
        serde_json::from_str(&dumped.stdout).unwrap()
    };
    let mut recording = Recording::open(&file).unwrap();
    let at = recording.info().start + Duration::from_secs(61);
    recording.seek(at + Duration::from_micros(1)).unwrap();
    let frame = *recording.frame();
    let packet = value("dump", "physics.packetId", "1:01");
    assert_eq!(packet["physics"]["packetId"]["value"], frame.physics.packet_id());
    let timer = value("dump", "current_lap_time_ms", "2");
    let timer = timer["graphics"]["current_lap_time_ms"]["value"].as_i64().unwrap();
    assert!((0..50).contains(&timer) || timer > 60_000, "lap 2 begins here: {timer}");
    let speed = value("channels", "speed", "61s");
    let speed = speed["speed"]["value"].as_f64().unwrap();
    assert!((speed - f64::from(frame.physics.raw().speedKmh)).abs() < 0.1, "{speed}");
    let beyond = output(acevo().args(["dump", "--at", "59:00"]).arg(&file));
    assert!(beyond.status.code() == Some(1) && beyond.stderr.contains("after the end"), "{beyond:?}");
}

/// If the current file is deleted, recording continues in a new file, in a folder that is created again.
#[cfg(unix)]
#[test]
fn record_starts_a_new_file_if_the_current_one_is_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let inside = directory.path().join("a/b");
    let recorder = spawn(acevo().args(["record", "--demo", "-o"]).arg(&inside));
    while fs::read_dir(&inside).map_or(0, Iterator::count) == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    fs::remove_dir_all(directory.path().join("a")).unwrap();
    let message = recorder.message_with("removed");
    assert!(message.contains("a/b") && message.contains("new file"), "{message}");
    recorder.signal(Signal::INT);
    let file = recorder.next_line();
    assert!(Recording::open(&file).unwrap().info().finished);
}

#[cfg(unix)]
#[test]
fn record_reports_an_unwritable_path() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "precious").unwrap();
    let mut places = vec![(file.clone(), file.clone()), (file.join("under"), file.join("under"))];
    places.push((file.join("under.acevo"), file.clone()));
    if cfg!(target_os = "linux") {
        places.push(("/proc/acevo".into(), "/proc/acevo".into()));
        places.push(("/proc/acevo.acevo".into(), "/proc".into()));
    }
    // The error comes before the game starts.
    let pages = directory.path().join("pages");
    for (place, named) in places {
        let refused = output(acevo().args(["record", "--dir"]).arg(&pages).arg("-o").arg(&place));
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(refused.stderr.contains(&named.display().to_string()), "{}", refused.stderr);
    }
    assert_eq!(fs::read(&file).unwrap(), b"precious");
}

/// The same records after a mark of another session.
fn with_wrong_mark(from: &Path, to: &Path) {
    let mut recording = Recording::open(from).unwrap();
    let mut writer = RecordingWriter::create(to, &Description::new("test")).unwrap();
    let [name, track, configuration, car] = ["Race", "Elsewhere", "", "A cart"].map(str::to_owned);
    writer
        .mark(&Mark::new(Duration::from_secs(5), Marked::Session { session: 1, name, track, configuration, car }))
        .unwrap();
    while let Some(item) = recording.next_item().unwrap() {
        if let RecordingItem::Record(record) = item {
            writer.record(&record).unwrap();
        }
    }
    writer.finish().unwrap();
}

#[test]
fn info_and_laps_take_names_from_the_pages() {
    let directory = tempfile::tempdir().unwrap();
    let (unmarked, wrong) = (directory.path().join("unmarked.acevo"), directory.path().join("wrong.acevo"));
    let times = recorded(&unmarked);
    with_wrong_mark(&unmarked, &wrong);
    for file in [&unmarked, &wrong] {
        let info = output(acevo().arg("info").arg(file)).stdout;
        for known in
            ["version    0.9.1", "track      Valdombra", "car        Velocita GT3 R", "driver     Žofie", "\nlap"]
        {
            assert!(info.contains(known), "{known} is not in\n{info}");
        }
        assert!(!info.contains("Elsewhere") && !info.contains("cart"), "{info}");
        let info: Value = serde_json::from_str(&output(acevo().args(["info", "--json"]).arg(file)).stdout).unwrap();
        assert_eq!(info["names"]["track"], "Valdombra");
        let found = info["found"].as_array().unwrap().iter().filter_map(|mark| mark["time_ms"].as_i64());
        assert_eq!(found.collect::<Vec<_>>(), times.iter().map(|time| i64::from(*time)).collect::<Vec<_>>());
        let laps = output(acevo().args(["laps", "--no-bests"]).arg(file)).stdout;
        assert!(laps.starts_with("Valdombra Gran Premio · Velocita GT3 R · Žofie"), "{laps}");
    }
}

#[test]
fn pause_in_a_recording_is_marked_and_counts_no_missed_packets() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pause.acevo");
    let made =
        output(acevo().args(["simulate", "--scenario", "pause", "--laps", "1", "--for", "40s", "-o"]).arg(&file));
    assert!(made.status.success(), "{made:?}");
    let mut recording = Recording::open(&file).unwrap();
    let mut first = [None; 2];
    while let Some(step) = recording.next_step().unwrap() {
        let which =
            [PhysicsValidity::Paused, PhysicsValidity::Resuming].iter().position(|is| *is == step.frame.validity);
        if let Some(which) = which.filter(|_| step.at > Duration::from_secs(5)) {
            first[which].get_or_insert(step.at - recording.info().start);
        }
    }
    for (at, word) in first.into_iter().zip(["paused", "resuming"]) {
        let at = format!("{:.3}s", at.unwrap().as_secs_f64() + 0.5);
        let run = |args: &[&str]| output(acevo().args(args).args(["--at", &at, "--from"]).arg(&file)).stdout;
        let dump = run(&["dump", "physics.speedKmh", "graphics.current_lap_time_ms"]);
        let lines: Vec<_> = dump.lines().collect();
        assert!(lines[0].ends_with(&format!("(not current: {word})")) && !lines[1].contains("not current"), "{dump}");
        let dump: Value = serde_json::from_str(&run(&["dump", "--json", "speedKmh"])).unwrap();
        assert_eq!(dump["validity"], word);
        let channels = run(&["channels", "speed", "lap_time"]);
        assert!(channels.contains(&format!("- ({word})")) && channels.contains("lap_time"), "{channels}");
        let channels: Value = serde_json::from_str(&run(&["channels", "--json", "speed"])).unwrap();
        assert_eq!((&channels["speed"]["value"], &channels["speed"]["not_current"]), (&Value::Null, &word.into()));
    }
    let info: Value =
        serde_json::from_str(&output(acevo().args(["info", "--json", "--check"]).arg(&file)).stdout).unwrap();
    assert_eq!(info["missed"][0]["packets"], 0, "{info}");
    assert!(info["skipped"].as_u64().unwrap() > 1300, "{info}");
}

/// The scenario returns to the pits, so that lap numbers have several attempts.
#[test]
fn commands_select_laps_by_session_number_and_attempt() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("garage.acevo");
    let mut options = Options::default();
    options.scenario = Scenario::Garage;
    changed(&file, options, Duration::from_secs(200), |_, _| {});
    let run = |args: &[&str]| output(acevo().current_dir(directory.path()).args(args));
    let laps = run(&["laps", "garage.acevo", "--json", "--no-bests"]);
    let laps: Vec<Value> = laps.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let again = laps.iter().find(|lap| lap["attempt"] == 2).expect("a second attempt");
    let (session, number) = (&again["session"], &again["number"]);
    let ambiguous = format!("{session}/{number}");
    for args in [
        &["plot", "garage.acevo", "--lap", &ambiguous][..],
        &["cut", "garage.acevo", "--laps", &ambiguous],
        &["export", "garage.acevo", "--to", "csv", "--laps", &ambiguous],
        &["dump", "garage.acevo", "--at", &ambiguous],
    ] {
        let refused = run(args);
        assert_eq!(refused.status.code(), Some(1), "{args:?}: {refused:?}");
        for candidate in [format!("{ambiguous}#1 "), format!("{ambiguous}#2 ")] {
            assert!(refused.stderr.contains(&candidate), "{args:?}: {}", refused.stderr);
        }
    }
    let second = format!("{ambiguous}#2");
    let timer = run(&["dump", "garage.acevo", "--at", &second, "graphics.current_lap_time_ms", "--json"]);
    assert!(timer.status.success(), "{timer:?}");
    let done = run(&["cut", "garage.acevo", "--laps", &second]);
    assert!(done.status.success(), "{done:?}");
    let name = format!("garage_laps-{}.acevo", second.replace(['/', '#'], "-"));
    assert!(directory.path().join(&name).exists(), "{name}: {}", done.stderr);
    let table = run(&["laps", "garage.acevo", "--no-bests"]).stdout;
    assert!(table.contains(&format!("{number}#2")), "{table}");
    for time in ["1:30", "90s"] {
        let refused = run(&["plot", "garage.acevo", "--lap", time]);
        assert!(refused.status.code() == Some(2) && refused.stderr.contains("this is a time"), "{refused:?}");
    }
}

#[test]
fn laps_of_a_recording_marks_one_best_lap_and_prints_the_footer() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("five.acevo");
    drive(&file, CarModel::Gt3, Scenario::HotLaps, Some(4));
    let table = output(acevo().args(["laps", "--no-bests"]).arg(&file)).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].contains("Valdombra") && lines[0].contains("Velocita"), "{table}");
    assert!(lines[1].contains("time") && lines[1].contains("to best"), "{table}");
    let rows = &lines[2..lines.len() - 1];
    assert_eq!(rows.iter().filter(|row| row.contains("best")).count(), 1, "{table}");
    assert!(rows.iter().filter(|row| row.contains('+')).count() >= 2, "{table}");
    assert!(lines.last().unwrap().contains("best") && lines.last().unwrap().contains("ideal"), "{table}");
}

#[test]
fn personal_bests_of_a_recording_are_saved_only_in_a_named_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("two.acevo");
    recorded(&file);
    let data = directory.path().join("data");
    let bests = directory.path().join("bests.json");
    for command in [&["laps"][..], &["events"], &["watch", "--lines", "--speed", "100"]] {
        let run = output(acevo().args(command).arg(&file).env("XDG_DATA_HOME", &data).env("APPDATA", &data));
        assert!(run.status.success(), "{run:?}");
        assert!(!data.exists(), "{command:?} wrote personal bests");
    }
    let run = output(acevo().args(["laps", "--bests"]).arg(&bests).arg(&file));
    assert!(run.status.success(), "{run:?}");
    let saved: Value = serde_json::from_slice(&fs::read(&bests).unwrap()).unwrap();
    let recorded_s = Recording::open(&file).unwrap().description().unwrap().unix_us / 1_000_000;
    let text = saved.to_string();
    let date = text.split("\"date\":").nth(1).expect("a date").split([',', '}']).next().unwrap();
    let date: u64 = date.parse().unwrap();
    assert!((recorded_s..recorded_s + 300).contains(&date), "{date} {recorded_s}");
}

#[test]
fn plot_compares_laps_of_two_recordings() {
    let directory = tempfile::tempdir().unwrap();
    let [a, b] = ["a", "b"].map(|name| directory.path().join(name).with_extension("acevo"));
    recorded(&a);
    drive(&b, CarModel::Road, Scenario::HotLaps, Some(1));
    let run = |args: &[&str]| output(acevo().current_dir(directory.path()).args(args));
    let drawn = run(&["plot", "a.acevo", "--against", "b.acevo:1", "--kind", "traces"]);
    assert!(drawn.status.success(), "{drawn:?}");
    assert!(directory.path().join("a_traces_lap-best.png").exists(), "{}", drawn.stderr);
    let again = run(&["plot", "a.acevo", "--against", "b.acevo:1", "--kind", "traces"]);
    assert!(again.status.code() == Some(1) && again.stderr.contains("not overwritten"), "{again:?}");
    let curves = run(&["plot", "a.acevo", "--against", "b.acevo:1", "-o", "both.svg"]);
    assert!(curves.status.success(), "{curves:?}");
    let curves = fs::read_to_string(directory.path().join("both.svg")).unwrap();
    assert!(curves.contains(" of a against Lap 1 of b</title>"), "{}", &curves[..300]);
    let missing = run(&["plot", "a.acevo", "--against", "b.acevo:9", "-o", "x.png"]);
    assert!(missing.status.code() == Some(1) && missing.stderr.contains("b.acevo"), "{missing:?}");
}

/// The second file of a run has the game's version, too: it is in the pages.
#[test]
fn info_has_the_version_of_the_game_without_a_mark() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("two.acevo");
    recorded(&file);
    let info = output(acevo().arg("info").arg(&file)).stdout;
    assert!(info.lines().any(|line| line.starts_with("version ")), "{info}");
}

#[test]
fn record_verbose_prints_files_sessions_and_laps() {
    let directory = tempfile::tempdir().unwrap();
    let record = output(
        acevo()
            .args(["record", "--demo", "--verbose", "--scenario", "restart", "--speed", "100", "--for", "300s", "-o"])
            .arg(directory.path()),
    );
    assert!(record.status.success(), "{}", record.stderr);
    for part in ["opened ", "session 2 begins", "renamed ", "lap ended", "closing ", "closed "] {
        assert!(record.stderr.contains(part), "{part} is not in {}", record.stderr);
    }
    let quiet = output(acevo().args(["record", "--demo", "--for", "1s", "-o"]).arg(directory.path()));
    assert!(!quiet.stderr.contains("opened "), "{}", quiet.stderr);
}

#[test]
fn session_of_a_recording_begins_with_each_packet_once() {
    let directory = tempfile::tempdir().unwrap();
    let record = output(
        acevo()
            .args(["record", "--demo", "--quiet", "--scenario", "restart", "--speed", "100", "--for", "300s", "-o"])
            .arg(directory.path()),
    );
    let files: Vec<_> = record.stdout.lines().map(Path::new).collect();
    assert!(files.len() > 1, "{}", record.stdout);
    for file in files {
        let mut recording = Recording::open(file).unwrap();
        let mut last = [const { None }; 3];
        while let Some(item) = recording.next_item().unwrap() {
            let RecordingItem::Record(record) = item else { continue };
            let same = last[record.page as usize].replace((record.carried, record.bytes.to_vec()));
            assert!(same.is_none_or(|(carried, bytes)| !carried || bytes != record.bytes), "{}", record.page);
        }
    }
}
