//! Every form of a line, and what the parser makes of it.

use acevo_gamelog::{CarId, Counts, LogEvent, LogEventKind as Kind, Parser, Split, SplitKind, StartingPlace};

const ID: &str = "00000000000000a1-00000000000000b2";
const CAR: CarId = CarId(0xa1, 0xb2);
const UUID: &str = "00000000-0000-00a1-0000-0000000000b2";
const STEAM_ID: &str = "12345678901234567";

fn parse(log: &str) -> (Vec<LogEvent>, Counts) {
    let mut parser = Parser::new();
    parser.feed(log.as_bytes());
    parser.finish();
    let events = std::iter::from_fn(|| parser.next_event()).collect();
    (events, parser.counts())
}

/// Lines with a time, from tags and messages.
fn log(lines: &[(&str, &str)]) -> String {
    lines.iter().map(|(tag, message)| format!("[2026-05-01 20:00:00.000] [{tag}] [info] {message}\r\n")).collect()
}

/// Events of lines with the same time.
fn events(lines: &[(&str, &str)]) -> Vec<Kind> {
    parse(&log(lines)).0.into_iter().map(|event| event.kind).collect()
}

/// The only event of a line, which is understood.
fn event(tag: &str, message: &str) -> Kind {
    let (events, counts) = parse(&log(&[(tag, message)]));
    assert_eq!((events.len(), counts.understood, counts.lines()), (1, 1, 1), "{message}");
    events.into_iter().next().unwrap().kind
}

fn driver(name: &str, is_ai: bool, number: Option<u32>) -> Kind {
    Kind::DriverNamed { car: CAR, name: name.to_owned(), is_ai, number }
}

#[test]
fn parser_reads_the_program() {
    assert_eq!(
        event("others", "Build release 0.7.1, version 260901_1, steam appid 1"),
        Kind::Build { version: "0.7.1".into() }
    );
    let saved =
        r#"SessionResults saved into "C:\\Users\\Me\\Saved Games\\ACE\\Results\\260501-200000_X.sessionresults.json""#;
    let file_name = "260501-200000_X.sessionresults.json".to_owned();
    assert_eq!(event("others", saved), Kind::ResultsSaved { file_name });
    let request = "RestartSession".to_owned();
    assert_eq!(event("gameface", "request made GameModeRequestRestartSession "), Kind::Requested { request });
}

#[test]
fn parser_reads_games_and_sessions() {
    let text = "Game Started! GameModeType_INSTANT_RACE | Example Park GP Race  12 laps @2030/5/1 14:0:0 | ks_example | \
                GameModeSelectionWeatherType_CLEAR | 5 opponents: ks_other a:0.1 | AssistPresetListType_CUSTOM";
    let Kind::GameStarted(game) = event("gameplay", text) else { panic!("another event") };
    assert_eq!(
        (game.mode.as_str(), game.track.as_deref(), game.laps),
        ("INSTANT_RACE", Some("Example Park GP Race"), Some(12))
    );
    assert_eq!((game.date.as_deref(), game.car.as_deref()), (Some("2030/5/1 14:0:0"), Some("ks_example")));
    assert_eq!((game.weather.as_deref(), game.opponents), (Some("CLEAR"), Some(5)));
    let Kind::GameStarted(game) =
        event("gameplay", "Game Started!GameModeType_PRACTICE| Example Park Practice 15 minutes")
    else {
        panic!("another event")
    };
    assert_eq!(
        (game.mode.as_str(), game.track.as_deref(), game.laps),
        ("PRACTICE", Some("Example Park Practice"), None)
    );
    assert_eq!((game.date, game.car, game.weather, game.opponents), (None, None, None, None));

    let mode = || "InstantRaceRemote".to_owned();
    assert_eq!(event("server", "RemoteGameServer InstantRaceRemote reset()"), Kind::SessionReset { mode: mode() });
    assert_eq!(event("gameplay", "InstantRaceRemote Race created"), Kind::ModeCreated { mode: mode() });
    let mode = "PaintShopGameMode".to_owned();
    assert_eq!(event("gameplay", "PaintShopGameMode created"), Kind::ModeCreated { mode });
    assert_eq!(event("gameplay", "EXECUTE SERVER GAME MODE CHANGE"), Kind::ModeChanged);
    assert_eq!(event("gameplay", "TRACK NAME Example"), Kind::TrackNamed { name: "Example".into() });
    let name = "Overtime_Waiting_For_Leader".to_owned();
    assert_eq!(event("gameplay", "setSessionPhase Overtime_Waiting_For_Leader"), Kind::Phase { name });
    assert_eq!(event("gameplay", "END_SESSION All cars pitted"), Kind::AllCarsPitted);
    assert_eq!(
        event("gameplay", &format!("END_SESSION car {ID} has ended sent to pit")),
        Kind::SessionEndedFor { car: CAR }
    );
    let ending = format!("END_SESSION WatingForOthers Ending Lap for {ID} car");
    assert_eq!(event("gameplay", &ending), Kind::LastLapEnded { car: CAR });
    assert_eq!(events(&[("network", "Websocket Core was created"), ("gameplay", "Websocket Remote Core created")]), []);
}

#[test]
fn parser_reads_cars_that_connect() {
    let connected = |text: &str| event("gameplay", &format!("{text}, with new carId {ID}"));
    let of = |short: Option<&str>| {
        let (model, short_name) = ("ks_example".to_owned(), short.map(str::to_owned));
        Kind::CarConnected { car: CAR, model, short_name }
    };
    assert_eq!(connected("EXA1 connected on car ks_example"), of(Some("EXA1")));
    assert_eq!(connected(&format!("{STEAM_ID} connected on car ks_example")), of(None));
    assert_eq!(connected(&format!("{STEAM_ID} connected (true) on car ks_example")), of(None));

    let connecting = |text: &str| event("server", &format!("connecting gamecar {ID} ({text})"));
    assert_eq!(connecting("•Ada Example | EXA1"), driver("Ada Example", true, None));
    assert_eq!(connecting(&format!("Bo (the | bold)   | {STEAM_ID}")), driver("Bo (the | bold)", false, None));
    assert_eq!(connecting("Bot 3 | VAI-3"), driver("Bot 3", true, None));
    assert_eq!(connecting("No short name"), driver("No short name", false, None));

    let server = format!("Car [{ID}] #20 for driver Cy [x] Example [{STEAM_ID}]");
    assert_eq!(event("server", &server), driver("Cy [x] Example", false, Some(20)));
    assert_eq!(event("server", &format!("Car [{ID}] for driver Cy")), driver("Cy", false, None));
    let creating = format!("[C:4|G:0] [ServerVehicleSystem][{ID}] Creating Car (Cy  \t{STEAM_ID})");
    assert_eq!(event("server", &creating), driver("Cy", false, None));
}

#[test]
fn parser_reads_cars_and_their_places() {
    let model = Some("ks_example".to_owned());
    let set =
        format!(r"ACEVO-1 onSetPlayerCurrentCarCommand: Set new car {UUID} content\cars\ks_example\presets\a.preset");
    assert_eq!(event("gameplay", &set), Kind::PlayerCar { car: CAR, model });
    let without_model = format!("onSetPlayerCurrentCarCommand: Set new car {UUID}");
    assert_eq!(event("gameplay", &without_model), Kind::PlayerCar { car: CAR, model: None });
    let remove = format!("ACEVO-1 onSetPlayerCurrentCarCommand: remove car {ID}");
    assert_eq!(event("gameplay", &remove), Kind::PlayerCarRemoved { car: CAR });

    let teleport = format!("Teleporting {ID} pos 3 (StartingPositionType_Grid) [-12.5 3.25 100.0]");
    let (place, position) = (StartingPlace::Grid, [-12.5, 3.25, 100.0]);
    assert_eq!(event("server", &teleport), Kind::Teleported { car: CAR, slot: 3, place, position });
    for (name, place) in [("Pit", StartingPlace::Pit), ("Box", StartingPlace::Box), ("Hotlap", StartingPlace::Other)] {
        let teleport = format!("Teleporting {ID} pos 0 (StartingPositionType_{name}) [0, 0, 0]");
        let expected = Kind::Teleported { car: CAR, slot: 0, place, position: [0.0; 3] };
        assert_eq!(event("server", &teleport), expected);
    }
    for (text, expected) in [
        (format!("Car {ID} has started the race!"), Kind::RaceStarted { car: CAR }),
        (format!("Car {ID} entered to pitlane"), Kind::PitLaneEntered { car: CAR }),
        (format!("Car {ID} exited to pitlane"), Kind::PitLaneLeft { car: CAR }),
        (format!("ACEVO-1: Car {ID} pitted"), Kind::Pitted { car: CAR }),
        (format!("Pit slot number: 4 for car {ID}"), Kind::PitSlot { car: CAR, slot: 4 }),
        (format!("AI LOADED {ID}"), Kind::AiLoaded { car: CAR }),
        (format!("CarTeleportCompleted {ID}"), Kind::TeleportCompleted { car: CAR }),
        (format!("onAssociateCarNumberEvent: {ID} 7"), Kind::CarNumber { car: CAR, number: 7 }),
        (format!("Cut Investigations cleared for car {ID}"), Kind::CutsCleared { car: CAR }),
        (format!("FUEL car {ID} setup with 30.0 L"), Kind::Fuel { car: CAR, litres: 30.0 }),
        (format!("FUEL car {ID} filled with 12.5 L (from setup)"), Kind::Fuel { car: CAR, litres: 12.5 }),
        (format!("Removing car {ID}"), Kind::CarRemoved { car: CAR }),
        (format!("Removing disconnected remote_car {ID}"), Kind::CarRemoved { car: CAR }),
        (format!("Disconnected carId {ID}"), Kind::CarRemoved { car: CAR }),
    ] {
        assert_eq!(event("gameplay", &text), expected);
    }
    let used = format!("Energy source car {ID} for driver {ID} hundredmeters done: 36 fuel consumed: -1.5 L");
    assert_eq!(event("gameplay", &used), Kind::FuelUsed { car: CAR, hundred_metres: 36, litres: -1.5 });
    let limits = format!("Limits: car {ID} tyres out changed: 1 -> 3 with -0.5m inside distance (simpleModel)");
    assert_eq!(event("physics", &limits), Kind::TyresOut { car: CAR, tyres: 3 });
    assert_eq!(events(&[("gameplay", "Car #0 spawned: 1"), ("gameplay", &format!("Car {ID} exiting to pit 0"))]), []);
}

#[test]
fn parser_reads_the_grid() {
    let row = |name: &str, is_ai| Kind::Grid { position: 1, number: 12, name: name.to_owned(), is_ai };
    assert_eq!(event("gameplay", "RACE GRID: #1 - [12] •Ada Example"), row("Ada Example", true));
    assert_eq!(event("gameplay", "#1 - [12] Bo  "), row("Bo", false));
    let (events, counts) =
        parse(&log(&[("gameplay", "RACE GRID: cars:6; spawns:24"), ("network", "ACEVO-1 #1 sendRegistration")]));
    assert_eq!((events.len(), counts.malformed), (0, 0));
}

#[test]
fn parser_reads_laps_and_whether_they_count() {
    assert_eq!(event("gameplay", &format!("New lap carId {ID}: 01:23.456")), Kind::Lap { car: CAR, time_ms: 83_456 });
    assert_eq!(
        event("gameplay", &format!("New lap carId {UUID}: 1:00:00.001")),
        Kind::Lap { car: CAR, time_ms: 3_600_001 }
    );
    let valid = "Relevant onSplit for Combo 6@2: laptime 100500, valid true, flags 2, lap 1 (prev 0)";
    assert_eq!(event("network", valid), Kind::Validity { time_ms: 100_500, is_valid: true, lap: Some(1) });
    let other_order = "Relevant onSplit for Combo 6@2: valid false, laptime 9";
    assert_eq!(event("network", other_order), Kind::Validity { time_ms: 9, is_valid: false, lap: None });
}

#[test]
fn parser_reports_a_set_up_if_it_was_loaded_and_opened() {
    let opened = |name: &str| {
        format!(r#"Opening non-packed file "C:\\Users\\Me\\ACE\\Car Setups\\ks_example\\{name}.carsetup""#)
    };
    let (wet, dry) = (opened("wet"), opened("dry"));
    let lines = [
        ("fastStorage", wet.as_str()),
        ("ui", "Load preset dry"),
        ("fastStorage", &wet),
        ("fastStorage", &dry),
        ("fastStorage", &dry),
    ];
    assert_eq!(events(&lines), [Kind::SetupLoaded { name: "dry".into() }]);
}

fn completed(index: u8) -> String {
    format!("Split completed for car {ID}: (40000 ms, splitindex {index}) lap:2")
}

fn split(index: u8, sector_ms: Option<u32>, kind: SplitKind) -> Kind {
    Kind::Split(Split { car: Some(CAR), index, lap: Some(2), line_ms: Some(40_000), sector_ms, kind })
}

#[test]
fn parser_joins_the_lines_of_a_split() {
    let completed = completed(0);
    let split_of =
        |message: &str| events(&[("gameplay", &completed), ("gameplay", "laps: 1 >= 3 = 0"), ("gameplay", message)]);
    let timed = [split(0, Some(45_000), SplitKind::Timed)];
    assert_eq!(split_of("On Split start 0 end 0 id 0 splittime 45000"), timed);
    assert_eq!(split_of("On Split start false end false id 0 splittime 45000"), timed);
    assert_eq!(split_of("Unexpected On Split"), [split(0, None, SplitKind::Unexpected)]);
    assert_eq!(split_of("Outplap split"), [split(0, None, SplitKind::OutLap)]);
    assert_eq!(split_of("Zone Exit 1 2 1"), [split(0, None, SplitKind::Unmarked)]);
}

#[test]
fn parser_keeps_the_order_of_events_while_a_split_waits() {
    let limits = format!("Limits: car {ID} tyres out changed: 1 -> 3 with 0m inside distance");
    let lines = [
        ("gameplay", &*completed(0)),
        ("physics", &limits),
        ("gameplay", "On Split start 0 end 0 id 0 splittime 45000"),
    ];
    let expected = [split(0, Some(45_000), SplitKind::Timed), Kind::TyresOut { car: CAR, tyres: 3 }];
    assert_eq!(events(&lines), expected);

    let mut parser = Parser::new();
    parser.feed(log(&lines[..2]).as_bytes());
    assert_eq!(parser.next_event(), None, "the split may be completed");
    parser.feed(log(&lines[2..]).as_bytes());
    assert_eq!(parser.next_event().map(|event| event.kind), Some(expected[0].clone()));
    assert_eq!(parser.next_event().map(|event| event.kind), Some(expected[1].clone()));
}

#[test]
fn parser_releases_a_split_at_a_later_line_of_any_kind() {
    let (late, on_split) = ("20:00:00.009", "On Split start 0 end 0 id 0 splittime 45000");
    let mut parser = Parser::new();
    parser.feed(log(&[("gameplay", &completed(0))]).as_bytes());
    parser.feed(format!("[2026-05-01 {late}] [audio] [info] still no engine\n").as_bytes());
    assert_eq!(parser.next_event().map(|event| event.kind), Some(split(0, None, SplitKind::Unmarked)));

    // Lines of one split may be a millisecond apart.
    let mut parser = Parser::new();
    parser.feed(log(&[("gameplay", &completed(0))]).as_bytes());
    parser.feed(format!("[2026-05-01 20:00:00.001] [gameplay] [info] {on_split}\n").as_bytes());
    assert_eq!(parser.next_event().map(|event| event.kind), Some(split(0, Some(45_000), SplitKind::Timed)));
}

#[test]
fn parser_does_not_join_splits_of_different_sectors() {
    let lines = [("gameplay", &*completed(0)), ("gameplay", "On Split start 0 end 0 id 1 splittime 45000")];
    let alone =
        Split { car: None, index: 1, lap: None, line_ms: None, sector_ms: Some(45_000), kind: SplitKind::Timed };
    assert_eq!(events(&lines), [split(0, None, SplitKind::Unmarked), Kind::Split(alone)]);
    let two = [("gameplay", &*completed(0)), ("gameplay", &completed(1)), ("gameplay", "Unexpected On Split")];
    assert_eq!(events(&two), [split(0, None, SplitKind::Unmarked), split(1, None, SplitKind::Unexpected)]);
    assert_eq!(events(&[("gameplay", "Outplap split"), ("gameplay", "Unexpected On Split")]), []);
}

#[test]
fn parser_gives_the_last_split_of_a_lap_its_car() {
    let lap = format!("New lap carId {ID}: 01:23.456");
    let lines = [
        ("gameplay", "On Split start 1 end 0 id 0 splittime 30000"),
        ("gameplay", "On Split start 1 end 1 id 2 splittime 45000"),
        ("gameplay", "On Split end with all splits, id 2"),
        ("gameplay", &lap),
    ];
    let alone = |car, index, ms| {
        Kind::Split(Split { car, index, lap: None, line_ms: None, sector_ms: Some(ms), kind: SplitKind::Timed })
    };
    let expected = [alone(None, 0, 30_000), alone(Some(CAR), 2, 45_000), Kind::Lap { car: CAR, time_ms: 83_456 }];
    assert_eq!(events(&lines), expected);
}

#[test]
fn parser_counts_each_line_once() {
    let long = "x".repeat(5000);
    let text = format!(
        "\u{feff}{}PRODUCT NAME: wheel\n\n{long}\n[2026-05-01 20:00:00.000] [gameplay] [info] AI LOADED 12\n\
         [2026-05-01 20:00:0x.000] [gameplay] [info] AI LOADED {ID}\n[2026-05-01 20:00:00.000] [ui] [info] AI LOADED {ID}",
        log(&[("others", "Build release 1, version"), ("gameplay", "Zone Exit 1 2 1"), ("gameplay", "On Split end")]),
    );
    let (events, counts) = parse(&text);
    assert_eq!(events.len(), 1);
    assert_eq!((counts.understood, counts.skipped, counts.continuations), (2, 2, 2));
    assert_eq!((counts.malformed, counts.too_long, counts.lines()), (2, 1, 9));
    assert_eq!(counts.bytes, text.len() as u64);
}

#[test]
fn parser_reports_no_event_for_what_cannot_be_read() {
    for message in [
        "New lap carId 12: 01:23.456",
        &format!("New lap carId {ID}: 1:xx.255"),
        &format!("Split completed for car {ID}: (-1 ms, splitindex 0) lap:0"),
        &format!("Split completed for car {ID}: (99999999999 ms, splitindex 0) lap:0"),
        &format!("Split completed for car {ID}: (1 ms, splitindex 256) lap:0"),
        "On Split start 0 end 2 id 0 splittime 1",
        &format!("Energy source car {ID} for driver x hundredmeters done: 36 fuel consumed: nan L"),
        &format!("Teleporting {ID} pos 1 (StartingPositionType_Pit) [1 2]"),
        &format!("connecting gamecar {ID} no name"),
        "setSessionPhase \u{7}",
        "Relevant onSplit for Combo 6@2: laptime 1, valid maybe",
    ] {
        let (events, counts) = parse(&log(&[("gameplay", message)]));
        assert_eq!((events, counts.malformed), (Vec::new(), 1), "{message}");
    }
}

#[test]
fn parser_accepts_times_that_go_backwards() {
    let text = format!(
        "[2026-05-01 20:00:01.000] [gameplay] [info] AI LOADED {ID}\n[2026-05-01 20:00:00] [gameplay] [info] AI LOADED {ID}\n"
    );
    let times: Vec<i64> = parse(&text).0.iter().map(|event| event.time.ms() % 10_000).collect();
    assert_eq!(times, [1000, 0]);
}

#[cfg(feature = "serde")]
#[test]
fn events_survive_being_written_as_json() {
    let lines =
        [("gameplay", &*completed(0)), ("gameplay", "Unexpected On Split"), ("gameplay", "Game Started! X | Y")];
    let (events, _) = parse(&log(&lines));
    let json = serde_json::to_string(&events).unwrap();
    assert!(json.contains(r#""time":"2026-05-01 20:00:00.000","event":"split""#), "{json}");
    assert_eq!(serde_json::from_str::<Vec<LogEvent>>(&json).unwrap(), events);
}
