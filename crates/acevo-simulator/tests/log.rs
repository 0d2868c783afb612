//! The log of the simulated game, compared with the truth.

mod common;

use std::collections::HashMap;
use std::time::Duration;

use acevo_simulator::{CarTruth, LogLine, LogPlace, LogStyle, LogVersion, Options, Scenario, Simulator};
use common::RATE;

fn options(scenario: Scenario, place: LogPlace, version: LogVersion) -> Options {
    let mut options = Options::default();
    let mut style = LogStyle::default();
    (style.place, style.version) = (place, version);
    (options.scenario, options.log) = (scenario, Some(style));
    options
}

/// Runs the simulation to its end, and takes the log every few seconds.
fn log_of(options: Options) -> (Simulator, Vec<LogLine>) {
    let mut simulator = Simulator::new(options);
    let mut lines = Vec::new();
    for step in 0..5000 * RATE {
        simulator.step();
        if step % 700 == 0 {
            lines.extend(simulator.take_log());
        }
        if simulator.is_finished() {
            lines.extend(simulator.take_log());
            return (simulator, lines);
        }
    }
    panic!("the simulation does not end");
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end).map_or(rest, |(inside, _)| inside))
}

fn time_ms(text: &str) -> i32 {
    let (minutes, seconds) = text.split_once(':').unwrap();
    minutes.parse::<i32>().unwrap() * 60_000 + seconds.replace('.', "").parse::<i32>().unwrap()
}

/// Time and sectors of the laps of each car, found with the words of the log.
fn laps_of(lines: &[LogLine]) -> HashMap<String, Vec<(i32, Vec<i32>)>> {
    let (mut laps, mut sectors) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<i32>>::new());
    let mut car = String::new();
    for LogLine { text, .. } in lines {
        if let Some(id) = between(text, "Split completed for car ", ":") {
            id.clone_into(&mut car);
        } else if let Some(ms) = between(text, " splittime ", " ") {
            // Lines of an estimate follow no split of a car.
            sectors.entry(std::mem::take(&mut car)).or_default().push(ms.parse().unwrap());
        } else if let Some(lap) = between(text, "New lap carId ", "\n") {
            let (id, time) = lap.split_once(": ").unwrap();
            let sectors = sectors.remove(id).unwrap_or_default();
            laps.entry(id.to_owned()).or_default().push((time_ms(time), sectors));
        }
    }
    laps
}

/// The laps of a car that the log reports, as [`laps_of`] has them.
fn true_laps(car: &CarTruth) -> Vec<(i32, Vec<i32>)> {
    car.laps.iter().filter(|lap| !lap.is_out_lap).map(|lap| (lap.time_ms, lap.sectors_ms.to_vec())).collect()
}

fn assert_order(lines: &[LogLine]) {
    for pair in lines.windows(2) {
        assert!(pair[0].at <= pair[1].at, "{:?}, then {:?}", pair[0], pair[1]);
    }
}

#[test]
fn hosted_log_has_the_true_laps_of_every_car() {
    for (scenario, version) in [
        (Scenario::Field, LogVersion::V0_5),
        (Scenario::Field, LogVersion::V0_7),
        (Scenario::RaceEnd, LogVersion::V0_5),
    ] {
        let (simulator, lines) = log_of(options(scenario, LogPlace::Hosted, version));
        assert_order(&lines);
        // What the game estimates at the end of a race is no lap.
        let mut laps = laps_of(&lines);
        for car in &simulator.truth().cars {
            let (id, expected) = (car.id.to_string(), true_laps(car));
            let mut found = laps.remove(&id).unwrap_or_default();
            for estimate in &car.estimated {
                let at = found.iter().position(|(time, _)| *time == estimate.time_ms).expect("the estimate is written");
                found.remove(at);
            }
            assert_eq!(found, expected, "{scenario} {}", car.name);
        }
        assert!(laps.is_empty(), "{scenario}: {laps:?}");
        let flag = if version == LogVersion::V0_7 { "true" } else { "1" };
        let words = format!("On Split start {flag} end {flag} id 2 splittime ");
        assert!(lines.iter().any(|line| line.text.contains(&words)), "{words}");
    }
}

#[test]
fn lines_of_a_race_have_the_order_of_the_game() {
    let (simulator, lines) = log_of(options(Scenario::Field, LogPlace::Hosted, LogVersion::V0_5));
    let position = |words: &str| {
        lines.iter().position(|line| line.text.contains(words)).unwrap_or_else(|| panic!("no line with {words}"))
    };
    let order = [
        "Build release 0.5",
        "Documents Path: ",
        "Arguments: 1",
        "Game Started! GameModeType_INSTANT_RACE | Valdombra Gran Premio",
        "76500000000000001 connected on car ks_velocita_gt3_r, with new carId ",
        "onAssociateCarNumberEvent: ",
        "PET0 connected on car ",
        "(•Ana Petrović | PET0)",
        "setSessionPhase Start_Spawn_On_Position",
        "RACE GRID: #7 - [21] Žofie Müldřansová",
        "(StartingPositionType_Grid)",
        "exited to pitlane",
        "Outplap split",
        "setSessionPhase Start_Countdown_Lights_Off",
        "setSessionPhase Session",
        "has started the race!",
        "Unexpected On Split",
        "splitindex 0) lap:0",
        "splitindex 1) lap:0",
        "On Split end with all splits, id 2",
        "New lap carId ",
        "splitindex 0) lap:1",
        "END_SESSION WatingForOthers Ending Lap for ",
        "has ended sent to pit",
        "END_SESSION All cars pitted",
    ];
    for pair in order.windows(2) {
        assert!(position(pair[0]) < position(pair[1]), "{} before {}", pair[0], pair[1]);
    }
    let starts = lines.iter().filter(|line| line.text.ends_with("has started the race!")).count();
    assert_eq!(starts, 18);
    assert_eq!(lines.iter().filter(|line| line.text.ends_with("Unexpected On Split")).count(), 18);
    let race = &lines[position("has started the race!")..position("END_SESSION All cars pitted")];
    let count = |words: &str| race.iter().filter(|line| line.text.contains(words)).count();
    let joins = 2;
    let visits: usize = simulator.truth().cars.iter().map(|car| car.pit_visits.len()).sum();
    assert_eq!(count("entered to pitlane"), visits + joins, "a car that joins is created in the pit lane, too");
    assert_eq!(count("disconnected"), 2);
    assert_eq!(count("Removing car"), 2);
    assert!(count("tyres out changed: ") > 1, "the player cuts");
    assert!(race.iter().any(|line| !line.text.starts_with('[')), "some lines have no header");
}

#[test]
fn times_of_lines_are_those_of_what_happened() {
    let (simulator, lines) = log_of(options(Scenario::Field, LogPlace::Hosted, LogVersion::V0_5));
    let session = lines.iter().find(|line| line.text.contains("Game Started!")).unwrap().at;
    for car in &simulator.truth().cars {
        let words = format!("New lap carId {}", car.id);
        let mut written = lines.iter().filter(|line| line.text.contains(&words));
        for lap in car.laps.iter().filter(|lap| !lap.is_out_lap) {
            let line = written.next().expect("a line for each lap");
            let expected = session + Duration::from_secs_f64(lap.finished_at_s);
            let apart = line.at.abs_diff(expected);
            assert!(apart <= Duration::from_millis(5), "{} {lap:?}: {line:?}", car.name);
        }
    }
    // The clock of the log shows the time since its start.
    for line in lines.iter().filter(|line| line.text.starts_with('[')) {
        let ms = line.at.as_millis();
        let clock = format!("[2026-04-09 18:{:02}:{:02}.{:03}] [", ms / 60_000, ms / 1000 % 60, ms % 1000);
        assert!(line.text.starts_with(&clock), "{line:?}");
    }
}

#[test]
fn player_alone_has_only_the_splits_of_the_player() {
    let mut alone = options(Scenario::Validity, LogPlace::Hosted, LogVersion::V0_7);
    alone.laps = Some(3);
    let (simulator, lines) = log_of(alone);
    let has = |words: &str| lines.iter().any(|line| line.text.contains(words));
    assert!(has("On Split start false end false id 0 splittime "));
    assert!(has("On Split start true end true id 2 splittime "));
    assert!(!has("Split completed") && !has("New lap carId"));
    let splits = lines.iter().filter_map(|line| between(&line.text, "splittime ", " "));
    let expected = simulator.truth().laps.iter().flat_map(|lap| lap.game_sectors_ms);
    assert!(splits.map(|ms| ms.parse::<i32>().unwrap()).eq(expected));
}

#[test]
fn online_log_has_all_names_but_only_the_laps_of_the_player() {
    let (simulator, lines) = log_of(options(Scenario::Field, LogPlace::Online, LogVersion::V0_7));
    assert_order(&lines);
    let laps = laps_of(&lines);
    let player = simulator.truth().cars.iter().find(|car| car.is_player).unwrap();
    assert_eq!(laps.keys().collect::<Vec<_>>(), [&player.id.to_string()]);
    for car in &simulator.truth().cars {
        assert!(!car.is_ai);
        let words = format!("connecting gamecar {} ({} | {})", car.id, car.name, car.short_name);
        assert!(lines.iter().any(|line| line.text.contains(&words)), "{words}");
        let words = format!("onAssociateCarNumberEvent: {} {}", car.id, car.number);
        assert!(lines.iter().any(|line| line.text.ends_with(&words)), "{words}");
    }
    let verdicts = lines.iter().filter_map(|line| between(&line.text, "Relevant onSplit for Combo 6@2: ", " (prev"));
    let expected = player.laps.iter().map(|lap| {
        let flags = if lap.valid { 2 } else { 1 };
        format!("laptime {}, valid {}, flags {flags}, lap {}", lap.time_ms, lap.valid, lap.number)
    });
    assert!(verdicts.eq(expected));
    assert!(player.laps.iter().any(|lap| lap.valid) && player.laps.iter().any(|lap| !lap.valid));
}

#[test]
fn server_log_has_the_laps_and_the_drivers_of_all_cars() {
    let (simulator, lines) = log_of(options(Scenario::Field, LogPlace::Server, LogVersion::V0_7));
    assert_order(&lines);
    let laps = laps_of(&lines);
    let mut players = 0;
    for car in &simulator.truth().cars {
        let times = laps.get(&car.id.to_string()).into_iter().flatten().map(|(time, _)| *time);
        let expected = car.laps.iter().chain(&car.estimated).filter(|lap| !lap.is_out_lap).map(|lap| lap.time_ms);
        assert!(times.eq(expected), "{}", car.name);
        let words = format!("] #{} for driver {} [{}]", car.number, car.name, car.short_name);
        assert!(lines.iter().any(|line| line.text.ends_with(&words)), "{words}");
        players +=
            usize::from(lines.iter().any(|line| line.text.ends_with(&format!("{} disconnected", car.short_name))));
    }
    assert_eq!(players, 20);
    assert!(lines.last().unwrap().text.ends_with("Server updated: 0 players"));
    assert_eq!(LogPlace::Server.file_name(), "Assetto Corsa EVO Server.txt");
}

#[test]
fn log_changes_neither_the_pages_nor_the_truth() {
    let mut silent = options(Scenario::Field, LogPlace::Hosted, LogVersion::V0_5);
    silent.laps = Some(1);
    let with_log = Simulator::new(silent.clone());
    silent.log = None;
    let mut simulators = [Simulator::new(silent), with_log];
    for _ in 0..120 * RATE {
        let [a, b] = &mut simulators;
        assert_eq!(a.step(), b.step());
        assert_eq!((a.physics().packetId, a.graphics().npos), (b.physics().packetId, b.graphics().npos));
        assert!(a.take_log().is_empty());
    }
    assert_eq!(
        simulators[0].frame().graphics.raw().car_coordinates,
        simulators[1].frame().graphics.raw().car_coordinates
    );
    assert_eq!(simulators[0].truth(), simulators[1].truth());
}

#[test]
fn equal_options_give_equal_logs_however_often_they_are_taken() {
    let mut options = options(Scenario::Weekend, LogPlace::Hosted, LogVersion::V0_5);
    options.laps = Some(2);
    let (_, lines) = log_of(options.clone());
    let mut simulator = Simulator::new(options);
    let mut again = Vec::new();
    while !simulator.is_finished() {
        simulator.step();
        again.extend(simulator.take_log());
    }
    again.extend(simulator.take_log());
    assert_eq!(lines, again);
    assert!(lines.iter().any(|line| line.text.contains("GameModeType_PRACTICE")));
    assert!(lines.iter().any(|line| line.text.contains("Couldn't create lap from opensplits")));
}
