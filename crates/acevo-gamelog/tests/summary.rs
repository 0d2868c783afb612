//! What a log contains.

use acevo_gamelog::{Boundary, LogEventKind, LogSummary, SessionBoundaries};

const A: &str = "00000000000000a1-00000000000000b2";
const B: &str = "00000000000000c3-00000000000000d4";

/// A line of the game, at a second of one minute.
fn line(s: u32, message: &str) -> String {
    format!("[2026-05-01 20:00:{s:02}.000] [gameplay] [info] {message}\n")
}

fn lap(s: u32, car: &str, first_ms: u32, time: &str) -> String {
    let split = |index: u32, ms: u32| {
        let end = u8::from(index == 2);
        line(s, &format!("Split completed for car {car}: (1 ms, splitindex {index}) lap:0"))
            + &line(s, &format!("On Split start 0 end {end} id {index} splittime {ms}"))
    };
    [split(0, first_ms), split(1, 20_000), split(2, 30_000), line(s, &format!("New lap carId {car}: {time}"))].concat()
}

/// A game with two cars, of which the second is the player's; then a restart; then the menu.
fn game() -> String {
    [
        "[2026-05-01 20:00:00.000] [others] [info] Build release 0.5.4, version 1\n".to_owned(),
        line(1, "PaintShopGameMode created"),
        line(1, &format!(r"onSetPlayerCurrentCarCommand: Set new car {B} content\cars\ks_b\x")),
        line(2, "Game Started! GameModeType_INSTANT_RACE | Example 3 laps @1 | ks_b"),
        line(2, "RemoteGameServer InstantRaceRemote reset()"),
        line(2, "InstantRaceRemote Race created"),
        line(3, "EXECUTE SERVER GAME MODE CHANGE"),
        line(3, &format!("EXA1 connected on car ks_a, with new carId {A}")),
        line(3, &format!("connecting gamecar {A} (•Ada | EXA1)")),
        line(3, &format!("onAssociateCarNumberEvent: {A} 2")),
        line(3, &format!("connecting gamecar {B} (Bo | 12345678901234567)")),
        line(4, "setSessionPhase Waiting_For_Players"),
        line(4, "setSessionPhase Session"),
        lap(5, A, 40_000, "01:30.000"),
        lap(6, B, 45_000, "01:35.000"),
        lap(7, A, 39_000, "01:29.000"),
        line(8, &format!("END_SESSION car {B} has ended sent to pit")),
        lap(8, B, 10_000, "01:00.000"),
        line(9, "RemoteGameServer InstantRaceRemote reset()"),
        line(9, "setSessionPhase Waiting_For_Players"),
        line(10, "PaintShopGameMode created"),
        line(10, "EXECUTE SERVER GAME MODE CHANGE"),
    ]
    .concat()
}

#[test]
fn summary_has_sessions_with_cars_and_laps() {
    let summary = LogSummary::read(game().as_bytes()).unwrap();
    assert_eq!(summary.version.as_deref(), Some("0.5.4"));
    assert_eq!(summary.last.unwrap() - summary.first.unwrap(), 10_000);
    assert!(!summary.is_truncated && summary.counts.malformed == 0);
    let [race, again] = &summary.sessions[..] else { panic!("{} sessions", summary.sessions.len()) };
    assert_eq!(
        (race.mode.as_deref(), race.track.as_deref(), race.is_restart),
        (Some("INSTANT_RACE"), Some("Example"), false)
    );
    assert_eq!(
        race.phases.iter().map(|phase| phase.name.as_str()).collect::<Vec<_>>(),
        ["Waiting_For_Players", "Session"]
    );
    let [ada, bo] = &race.cars[..] else { panic!("{} cars", race.cars.len()) };
    assert_eq!((ada.name.as_deref(), ada.is_ai, ada.is_player, ada.number), (Some("Ada"), true, false, Some(2)));
    assert_eq!((ada.model.as_deref(), ada.splits, ada.best_ms()), (Some("ks_a"), 6, Some(89_000)));
    assert!(ada.laps.iter().all(|lap| lap.sectors_ms.iter().sum::<u32>() == lap.time_ms && !lap.is_simulated));
    assert_eq!((bo.name.as_deref(), bo.is_ai, bo.is_player), (Some("Bo"), false, true));
    // The second lap was simulated after the end.
    assert_eq!((bo.laps.len(), bo.laps[1].is_simulated, bo.best_ms()), (2, true, Some(95_000)));

    assert_eq!((again.mode.as_deref(), again.is_restart, again.cars.len()), (Some("INSTANT_RACE"), true, 2));
    assert!(again.cars.iter().all(|car| car.laps.is_empty() && car.name.is_some()));
}

#[test]
fn summary_gives_splits_without_a_car_to_the_player() {
    let on_split = |index: u32| line(5, &format!("On Split start false end {} id {index} splittime 30000", index == 2));
    let log = [
        line(1, &format!("onSetPlayerCurrentCarCommand: Set new car {B}")),
        on_split(0),
        on_split(1),
        on_split(2),
        line(5, &format!("New lap carId {B}: 01:30.000")),
    ];
    let summary = LogSummary::read(log.concat().as_bytes()).unwrap();
    let car = &summary.sessions[0].cars[0];
    assert_eq!((car.is_player, car.splits, &*car.laps[0].sectors_ms), (true, 3, &[30_000; 3][..]));
}

#[test]
fn summary_of_anything_is_a_summary() {
    for bytes in [&b""[..], b"\0\0\0", b"no log\n", &[0xff; 100]] {
        assert_eq!(LogSummary::read(bytes).unwrap().sessions, []);
    }
}

#[test]
fn summary_is_bounded() {
    let mut log = Vec::new();
    for index in 0..100_100_u32 {
        log.extend(line(1, &format!("AI LOADED {index:016x}-00000000000000b2")).into_bytes());
    }
    log.extend(line(2, &format!("connecting gamecar {A} (Ada | A)")).into_bytes());
    let summary = LogSummary::read(log.as_slice()).unwrap();
    assert!(summary.is_truncated && summary.sessions.len() <= 1);
}

#[test]
fn session_boundaries_follow_phases_if_nothing_else_is_written() {
    let phase = |name: &str| LogEventKind::Phase { name: name.to_owned() };
    let mut sessions = SessionBoundaries::new();
    let mut feed = |name| sessions.feed(&phase(name));
    assert_eq!([feed("Waiting_For_Players"), feed("Session"), feed("Waiting_For_PitBox")], [None; 3]);
    assert_eq!(feed("Waiting_For_Players"), Some(Boundary::Restart));
    assert_eq!(feed("Waiting_For_Players"), None);
}
