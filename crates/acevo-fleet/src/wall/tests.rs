use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::broker::QualityOfService;

const DAY: Day = Day { from_ms: 1_000_000_000, to_ms: 1_086_400_000 };

/// A time in the middle of the day.
const NOON: u64 = 1_040_000_000;

fn wall() -> Wall {
    Wall::new(DAY, char::is_control)
}

fn message(topic: &str, text: impl ToString) -> Message {
    let text = text.to_string();
    Message { topic: topic.into(), text, quality: QualityOfService::AtMostOnce, is_retained: false }
}

/// A wall that has taken messages of the rig `club/one` at noon.
fn wall_with(messages: &[(&str, Value)]) -> Wall {
    let mut wall = wall();
    for (name, content) in messages {
        wall.take(&message(&format!("acevo/v1/club/one/{name}"), content), NOON);
    }
    wall
}

fn rig(wall: &Wall) -> WallRig {
    wall.state().rigs[0].clone()
}

fn live() -> (&'static str, Value) {
    let backlog = json!({ "messages": 3, "bytes": 900, "dropped": 1, "dropped_samples": 0 });
    let status = json!({ "online": true, "state": "live", "source": "game", "boot": "a", "missed": 2, "clock_ms": NOON, "backlog": backlog });
    ("status", status)
}

fn session(id: &str) -> (&'static str, Value) {
    let session = json!({ "id": id, "state": "open", "track": "Monza", "configuration": null, "car": "GT3", "driver": "Ann",
        "session_name": "Race", "laps": 4, "best_ms": 93_120 });
    ("session", session)
}

fn lap(number: u32, time_ms: u64) -> Value {
    json!({ "key": format!("s/{number}"), "session": "s", "number": number, "time_ms": time_ms, "validity": { "is": "valid" },
        "incomplete": null, "track": "Monza", "configuration": null, "car": "GT3", "driver": "Ann", "ended_at": NOON })
}

fn with(mut content: Value, name: &str, value: impl Into<Value>) -> Value {
    content[name] = value.into();
    content
}

fn bests(wall: &Wall) -> Vec<BestTable> {
    wall.state().bests.unwrap().into_iter().cloned().collect()
}

#[test]
fn rig_has_what_its_messages_say() {
    let sample = json!({ "t": NOON, "s": "s", "f": 1, "speed": 187.7, "lap": 5, "delta": -0.2149, "flag": 5, "lap_time": 12.349 });
    let rig = rig(&wall_with(&[live(), session("s"), ("sample", sample)]));
    assert_eq!((rig.site.as_str(), rig.rig.as_str(), rig.state), ("club", "one", RigActivity::Live));
    assert_eq!(
        (rig.driver.as_deref(), rig.car.as_deref(), rig.track.as_deref()),
        (Some("Ann"), Some("GT3"), Some("Monza"))
    );
    assert_eq!(
        (rig.laps, rig.best_ms, rig.missed, rig.backlog, rig.dropped),
        (Some(4), Some(93_120), Some(2), Some(3), Some(1))
    );
    let live = rig.live.unwrap();
    assert_eq!((live.speed, live.lap, live.delta, live.flag), (Some(188.0), Some(5.0), Some(-0.21), Some(5.0)));
    assert_eq!((live.lap_time, live.in_pit_lane, live.race_position), (Some(12.3), false, None));
}

#[test]
fn batch_of_samples_has_the_last_values() {
    let batch = json!({ "t": NOON, "s": "s", "f": 1, "dt": [0, 100], "speed": [10, 20], "delta": [0.1, null], "in_pit_lane": [0, 1], "flag": [] });
    let live = rig(&wall_with(&[live(), session("s"), ("sample", batch)])).live.unwrap();
    assert_eq!((live.speed, live.delta, live.in_pit_lane, live.flag), (Some(20.0), None, true, None));
}

#[test]
fn rig_is_stale_without_messages_and_offline_by_its_last_will() {
    let mut wall = wall_with(&[live()]);
    wall.check(NOON + 24_000);
    assert_eq!(rig(&wall).state, RigActivity::Live);
    wall.check(NOON + 25_000);
    assert_eq!((rig(&wall).state, rig(&wall).since_ms), (RigActivity::Stale, NOON));
    wall.take(&message("acevo/v1/club/one/status", live().1), NOON + 30_000);
    assert_eq!((rig(&wall).state, rig(&wall).since_ms), (RigActivity::Live, NOON + 30_000));
    // The last will of another start of the program.
    wall.take(&message("acevo/v1/club/one/status", json!({ "online": false, "boot": "earlier" })), NOON + 30_001);
    assert_eq!(rig(&wall).state, RigActivity::Live);
    wall.take(&message("acevo/v1/club/one/status", json!({ "online": false, "boot": "a" })), NOON + 30_002);
    assert_eq!(rig(&wall).state, RigActivity::Offline);
    wall.check(NOON + 90_000);
    assert_eq!(rig(&wall).state, RigActivity::Offline, "which is known");
    // An empty message deletes a retained one.
    wall.take(&message("acevo/v1/club/one/status", ""), NOON + 90_000);
    assert!(wall.state().rigs.is_empty());
}

#[test]
fn laps_that_arrive_twice_are_ignored_and_late_ones_change_no_live_values() {
    let mut wall =
        wall_with(&[live(), session("s"), ("lap", lap(1, 92_000)), ("lap", lap(2, 91_000)), ("lap", lap(1, 92_000))]);
    let last = rig(&wall).last.unwrap();
    assert_eq!((last.number, last.time_ms, rig(&wall).best_ms), (Some(2), Some(91_000), Some(91_000)));
    let late = with(with(with(lap(3, 80_000), "late", true), "driver", "Bob"), "session", "earlier");
    wall.take(&message("acevo/v1/club/one/lap", &late), NOON);
    wall.take(
        &message("acevo/v1/club/one/session", with(with(session("earlier").1, "late", true), "driver", "Bob")),
        NOON,
    );
    assert_eq!(
        (rig(&wall).driver.as_deref(), rig(&wall).best_ms, rig(&wall).last),
        (Some("Ann"), Some(91_000), Some(last))
    );
    let drivers: Vec<_> = bests(&wall)[0].laps.iter().map(|lap| (lap.driver.clone().unwrap(), lap.time_ms)).collect();
    assert_eq!(drivers, [("Bob".to_owned(), 80_000), ("Ann".to_owned(), 91_000)]);
}

#[test]
fn best_laps_are_valid_complete_and_of_this_day() {
    let invalid = with(lap(1, 70_000), "validity", json!({ "is": "invalid", "reason": "track_limits" }));
    let unknown = with(lap(2, 70_000), "validity", json!({ "is": "unknown" }));
    let incomplete = with(lap(3, 70_000), "incomplete", "start");
    let yesterday = with(lap(4, 70_000), "ended_at", DAY.from_ms - 1);
    let no_car = with(lap(5, 70_000), "car", Value::Null);
    let wall =
        wall_with(&[("lap", invalid), ("lap", unknown), ("lap", incomplete), ("lap", yesterday), ("lap", no_car)]);
    assert!(bests(&wall).is_empty());
    assert!(!rig(&wall).last.unwrap().is_valid || rig(&wall).last.unwrap().number == Some(5));
    // A rig whose clock is a day late.
    let clock = with(live().1, "clock_ms", NOON - 86_400_000);
    let behind = with(lap(6, 70_000), "ended_at", NOON - 86_400_000);
    let mut wall = wall_with(&[("status", clock), ("lap", behind)]);
    assert_eq!((bests(&wall)[0].laps[0].at_ms, rig(&wall).clock_behind_s), (NOON, Some(86_400)));
    wall.begin_day(Day { from_ms: DAY.to_ms, to_ms: DAY.to_ms + 86_400_000 });
    assert!(bests(&wall).is_empty());
}

#[test]
fn configurations_and_cars_have_tables_of_their_own_and_the_first_of_equal_laps_is_the_best() {
    let short = with(lap(2, 50_000), "configuration", "Short");
    let other = with(lap(3, 95_000), "car", "GT4");
    let equal = with(with(lap(4, 90_000), "driver", "Bob"), "ended_at", NOON + 1);
    let slower = lap(5, 90_001);
    let wall = wall_with(&[("lap", lap(1, 90_000)), ("lap", short), ("lap", other), ("lap", equal), ("lap", slower)]);
    let tables = bests(&wall);
    assert_eq!(tables.len(), 3);
    let both = tables.iter().find(|table| table.laps.len() == 2).unwrap();
    assert_eq!((both.car.as_str(), both.laps[0].driver.as_deref()), ("GT3", Some("Ann")));
}

#[test]
fn changes_has_only_what_has_changed() {
    let mut wall = wall_with(&[live(), session("s")]);
    let first = wall.changes();
    assert_eq!((first.rigs.len(), first.bests.is_some(), first.is_full), (1, false, false));
    assert_eq!(wall.changes().rigs.len(), 0);
    wall.take(&message("acevo/v1/club/one/status", with(live().1, "seq", 8)), NOON + 1);
    assert_eq!(wall.changes().rigs.len(), 0, "nothing that is shown has changed");
    wall.take(&message("acevo/v1/club/one/lap", lap(5, 90_000)), NOON + 1);
    wall.take(&message("acevo/v1/club/two/status", live().1), NOON + 1);
    let changes = wall.changes();
    assert_eq!((changes.rigs.len(), changes.bests.is_some()), (2, true));
    wall.take(&message("acevo/v1/club/two/status", ""), NOON + 2);
    assert!(wall.changes().is_full, "a rig has disappeared");
    assert!(!wall.changes().is_full);
}

#[test]
fn restored_laps_are_checked() {
    let mut first = wall_with(&[("lap", lap(1, 90_000))]);
    let mut tables = bests(&first);
    let mut hostile = tables[0].clone();
    hostile.track = "\u{7}".into();
    let mut wrong = tables[0].clone();
    wrong.laps[0].rig = "../x".into();
    tables.extend([hostile, wrong]);
    let mut second = wall();
    second.restore(tables);
    assert_eq!(bests(&second), bests(&first));
    assert!(second.changes().bests.is_some() && first.changes().bests.is_some());
    second.begin_day(Day { from_ms: NOON + 1, to_ms: NOON + 2 });
    assert!(bests(&second).is_empty());
}

#[test]
fn numbers_of_rigs_tables_and_drivers_are_bounded() {
    let mut wall = wall();
    for rig in 0..MAX_RIGS + 20 {
        let topic = format!("acevo/v1/club/rig-{rig}/status");
        // The first ten are offline.
        wall.take(&message(&topic, json!({ "online": rig >= 10, "boot": "a", "state": "live" })), NOON + rig as u64);
    }
    let state = wall.state();
    assert_eq!((state.rigs.len(), state.ignored), (MAX_RIGS, 10));
    assert!(state.rigs.iter().all(|rig| rig.state == RigActivity::Live), "those that are offline have made room");
    for number in 0..bests::MAX_TABLES as u32 + 5 {
        wall.take(
            &message("acevo/v1/club/rig-99/lap", with(lap(number, 90_000), "track", format!("Track {number}"))),
            NOON,
        );
    }
    for number in 0..bests::MAX_DRIVERS as u32 + 5 {
        let driver = with(lap(1_000 + number, 80_000 + u64::from(number)), "driver", format!("Driver {number}"));
        wall.take(&message("acevo/v1/club/rig-99/lap", driver), NOON);
    }
    let tables = bests(&wall);
    assert_eq!(tables.len(), bests::MAX_TABLES);
    let largest = tables.iter().map(|table| table.laps.len()).max();
    assert_eq!(largest, Some(bests::MAX_DRIVERS));
}

#[test]
fn hostile_messages_are_ignored_or_cleaned() {
    let mut wall = wall();
    let huge = json!({ "online": true, "state": "x".repeat(MAX_MESSAGE) }).to_string();
    let deep = "[".repeat(100_000);
    let wrong = ["garbage", "[]", "null", "7", "{\"online\":", "\u{0}", &huge, &deep];
    for kind in ["status", "session", "lap", "sample"] {
        for text in wrong {
            wall.take(&message(&format!("acevo/v1/club/one/{kind}"), text), NOON);
        }
    }
    wall.take(&message("acevo/v1/club/one/lap", ""), NOON);
    for topic in ["acevo/v1/club/one/event", "other", "acevo/v1/<script>/one/status", "acevo/v1/club/one/status/x"] {
        wall.take(&message(topic, live().1), NOON);
    }
    assert_eq!((wall.state().rigs.len(), wall.state().ignored), (0, 4 * wrong.len() as u64 + 5));
    let names = json!({ "id": ["x"], "state": 7, "driver": format!(" A\u{1b}[2J\r\nB{}", "x".repeat(99)), "car": { "x": 1 }, "track": "\u{7}",
        "laps": -1, "best_ms": 1e300 });
    let far = json!({ "speed": 1e300, "lap": "5", "delta": { "a": [1] }, "lap_position": 7, "flag": -3, "lap_time": [1, "2"], "race_position": true });
    let wall = wall_with(&[live(), ("session", names), ("sample", far)]);
    let rig = rig(&wall);
    let driver = rig.driver.unwrap();
    assert!(driver.starts_with("A[2JBx") && driver.chars().count() == 64, "{driver}");
    assert_eq!((rig.car, rig.track, rig.laps, rig.best_ms), (None, None, None, None));
    assert_eq!(rig.live, Some(LiveValues::default()));
}

/// JSON that is almost a message.
fn content() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0u64..200_000).prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop_oneof![Just("live"), Just("menu"), Just("valid"), Just("Monza"), Just("s")].prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("is|messages|dropped", inner, 0..3).prop_map(|map| map.into_iter().collect()),
        ]
    });
    let name = "online|state|boot|clock_ms|id|track|car|driver|key|session|number|time_ms|validity|ended_at|late|speed|lap|delta|flag|backlog";
    prop::collection::hash_map(name, value, 0..12).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn wall_takes_any_messages(messages in prop::collection::vec(("status|session|lap|sample", 0u8..4, content(), any::<u64>()), 0..40)) {
        let mut wall = wall();
        for (kind, number, content, time) in messages {
            wall.take(&message(&format!("acevo/v1/club/rig-{number}/{kind}"), content), time);
            wall.check(time);
            let _ = wall.changes();
        }
        let text = serde_json::to_string(&wall.state()).unwrap();
        prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
        prop_assert!(wall.state().rigs.len() <= 4);
        for table in bests(&wall) {
            prop_assert!(table.laps.is_sorted_by_key(|lap| (lap.time_ms, lap.at_ms)));
            prop_assert!(table.laps.iter().all(|lap| DAY.from_ms <= lap.at_ms && lap.at_ms < DAY.to_ms));
        }
    }

    #[test]
    fn wall_takes_any_text(kind in "status|session|lap|sample", text: String) {
        wall().take(&message(&format!("acevo/v1/club/one/{kind}"), text), NOON);
    }
}
