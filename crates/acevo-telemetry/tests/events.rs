//! Events of sessions: the simulator drives, and the events must be those of its plan.
#![allow(missing_docs)]

use std::time::Duration;

use acevo_shared_memory::{ACEvoFlagType, Page, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use acevo_simulator::{Damage, Options, Scenario, TruthEventKind};
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::{Analysis, Part, SessionEvent, SessionEventKind, Settings, Severity, Topic};
use acevo_testkit::drive::{analysed, options};
use serde_json::Value;

fn texts(events: &[SessionEvent], topics: &[Topic]) -> Vec<String> {
    let about = events.iter().filter(|event| topics.contains(&event.kind.topic()));
    about.map(|event| event.kind.to_string()).collect()
}

/// Texts without their numbers, which the drive decides.
fn words(events: &[SessionEvent], topics: &[Topic]) -> Vec<String> {
    let text = |text: String| text.split(" after ").next().unwrap_or_default().to_owned();
    texts(events, topics).into_iter().map(text).collect()
}

#[test]
fn events_of_a_weekend_are_in_order() {
    let (_, _, events) = analysed(options(Scenario::Weekend, 1, 6));
    let weekend = [
        "phase: Session",
        "left the pit lane",
        "yellow flag",
        "green flag",
        "green flag cleared",
        "off the track with four wheels",
        "back on the track",
        "entered the pit lane",
        "in the box",
        "pit crew started: fuel, all tyres",
        "pit crew finished: fuel, all tyres",
        "left the box",
        "left the pit lane",
        "chequered flag",
        "new session",
        "phase: Start Spawn On Position",
        "start lights",
        "the start lights are out",
    ];
    let topics = [Topic::Session, Topic::Pit, Topic::Flag, Topic::Track, Topic::Start];
    let reported = words(&events, &topics);
    let mut left = reported.iter();
    for wanted in weekend {
        assert!(left.any(|text| text == wanted), "{wanted:?} is missing or out of order: {reported:#?}");
    }
    let count = |text: &str| reported.iter().filter(|reported| *reported == text).count();
    assert_eq!([count("off the track with four wheels"), count("start lights"), count("new session")], [1, 1, 1]);
    assert!(events.len() < 150, "{}", events.len());
    let second = events.iter().position(|event| event.kind == SessionEventKind::Session).unwrap();
    assert_eq!(events[second].session_s, 0.0, "the clock restarts with the session");
    for event in &events {
        let start = if event.session == 1 { 0.0 } else { events[second].at_s };
        assert!((event.at_s - start - event.session_s).abs() < 3.0, "{event:?}");
    }
}

/// An occurrence of the simulator as the words of the event that must report it.
fn expected(what: TruthEventKind, before: &mut Damage) -> Option<&'static str> {
    Some(match what {
        TruthEventKind::Flag(ACEvoFlagType::NoFlag) => "cleared",
        TruthEventKind::Flag(ACEvoFlagType::BlueFlag) => "blue flag",
        TruthEventKind::Flag(ACEvoFlagType::WhiteFlag) => "white flag",
        TruthEventKind::Flag(ACEvoFlagType::BlackWhiteFlag) => "black and white flag",
        TruthEventKind::Flag(ACEvoFlagType::OrangeCircleFlag) => "black flag with orange circle",
        TruthEventKind::Flag(ACEvoFlagType::CheckeredFlag) => "chequered flag",
        TruthEventKind::PitLane(true) => "entered the pit lane",
        TruthEventKind::PitLane(false) => "left the pit lane",
        TruthEventKind::PitBox(true) => "in the box",
        TruthEventKind::PitBox(false) => "left the box",
        TruthEventKind::PitLimiter(true) => "pit limiter on",
        TruthEventKind::PitLimiter(false) => "pit limiter off",
        TruthEventKind::Service(true) => "pit crew started",
        TruthEventKind::Service(false) => "pit crew finished",
        TruthEventKind::WrongWay(true) => "wrong way",
        TruthEventKind::WrongWay(false) => "facing the right way again",
        TruthEventKind::RevLimiter(true) => "rev limiter",
        TruthEventKind::Damage(damage) => {
            let is_repair = damage.body.iter().sum::<f32>() < before.body.iter().sum();
            *before = damage;
            if is_repair { "repaired" } else { "damage" }
        }
        _ => return None,
    })
}

#[test]
fn each_incident_is_one_event() {
    for scenario in [Scenario::Incidents, Scenario::DriveThrough] {
        let mut options = Options::default();
        options.scenario = scenario;
        let (simulator, _, events) = analysed(options);
        let topics = [Topic::Pit, Topic::Flag, Topic::Track, Topic::Damage, Topic::Engine];
        let mut reported: Vec<_> = events.iter().filter(|event| topics.contains(&event.kind.topic())).collect();
        let mut damage = Damage::default();
        for occurrence in &simulator.truth().events {
            let Some(words) = expected(occurrence.kind, &mut damage) else { continue };
            let at_s = occurrence.step as f64 / 333.0;
            let is_it = |event: &&SessionEvent| {
                event.kind.to_string().contains(words) && (at_s - 0.01..at_s + 1.2).contains(&event.at_s)
            };
            let index = reported.iter().position(is_it);
            let index = index.unwrap_or_else(|| panic!("{scenario}: {occurrence:?} was not reported: {reported:#?}"));
            reported.remove(index);
        }
        assert!(reported.is_empty(), "{scenario}: reported, but did not happen: {reported:#?}");
    }
}

#[test]
fn repaired_lists_every_part() {
    let mut options = Options::default();
    options.scenario = Scenario::Incidents;
    let (_, _, events) = analysed(options);
    let parts = |event: &SessionEvent| match &event.kind {
        SessionEventKind::Repaired { parts } => Some(parts.iter().map(|step| step.part).collect::<Vec<_>>()),
        _ => None,
    };
    let repaired: Vec<_> = events.iter().filter_map(parts).collect();
    let all = [Part::Front, Part::Left, Part::Centre, Part::SuspensionFrontLeft, Part::SuspensionRearLeft];
    assert_eq!(repaired, [all]);
    assert!(texts(&events, &[Topic::Fuel]).iter().any(|text| text.starts_with("low fuel:")));
    assert!(texts(&events, &[Topic::Tyres]).iter().any(|text| text.contains("too hot")));
}

#[test]
fn service_done_has_the_time_of_the_service() {
    let (_, _, events) = analysed(options(Scenario::Pits, 3, 3));
    let seconds = events.iter().filter_map(|event| match &event.kind {
        SessionEventKind::ServiceDone { seconds, .. } => *seconds,
        _ => None,
    });
    let done: Vec<f64> = seconds.collect();
    assert_eq!(done.len(), 1);
    assert!(done[0] >= 7.9, "four tyres take 8 s: {done:?}");
}

#[test]
fn event_json_has_no_duplicate_keys() {
    let (_, _, events) = analysed(options(Scenario::HotLaps, 2, 2));
    assert!(events.iter().any(|event| matches!(event.kind, SessionEventKind::Lap(_))));
    for event in &events {
        let text = serde_json::to_string(event).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        let names = |text: &str| text.matches("\":").count();
        assert_eq!(names(&json.to_string()), names(&text), "of a name that comes twice one is read: {text}");
        assert!(
            json["event"].is_string()
                && json["at_s"].is_number()
                && json["session_s"].is_number()
                && json["session"] == 1,
            "{text}"
        );
        if let SessionEventKind::Lap(lap) = &event.kind {
            assert_eq!(json["result"]["time_ms"], serde_json::json!(lap.time_ms));
            assert_eq!(json["lap"], lap.number);
        }
    }
    let warnings: Vec<_> = events.iter().filter(|event| event.kind.severity() == Severity::Warning).collect();
    assert!(warnings.iter().all(|event| matches!(event.kind, SessionEventKind::Invalidated { .. })), "{warnings:?}");
}

#[test]
fn limiter_bounds_events_for_random_pages() {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut byte = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as u8
    };
    let mut bytes = vec![0; size_of::<SPageFileGraphicEvo>()];
    let mut analysis = Analysis::new(Settings::default());
    let (frames, mut reported) = (6000u32, 0);
    for index in 0..frames {
        bytes.iter_mut().for_each(|slot| *slot = byte());
        let mut graphics = SPageFileGraphicEvo::from_bytes(&bytes);
        graphics.status = 2;
        let mut physics = SPageFilePhysics::from_bytes(&bytes[500..]);
        if index % 4 < 2 {
            (graphics.packetId, physics.packetId) = (index as i32, index as i32 * 5);
        }
        let static_data = SPageFileStaticEvo::from_bytes(if index % 50 == 0 { &bytes[900..] } else { &[] });
        let frame = Frame::new(physics, graphics, static_data);
        analysis.feed(Duration::from_secs(u64::from(index)) / 60, &frame);
        // Laps and sectors come from the lap engine.
        let is_watched = |event: &SessionEvent| !matches!(event.kind.topic(), Topic::Lap);
        reported += std::iter::from_fn(|| analysis.next_event()).filter(is_watched).count();
    }
    assert!(reported < frames as usize, "{reported}");
}

#[test]
fn return_to_the_box_is_one_event_and_no_pit_stop() {
    for name in [Scenario::Garage, Scenario::Teleports, Scenario::Boxes] {
        let mut options = options(name, 1, 0);
        options.laps = None;
        let (simulator, _, events) = analysed(options);
        let returns =
            simulator.truth().events.iter().filter(|occurrence| occurrence.kind == TruthEventKind::ReturnedToGarage);
        let reported = events.iter().filter(|event| event.kind == SessionEventKind::ReturnedToBox);
        assert_eq!(reported.count(), returns.count(), "{name}");
        for event in events.iter().filter(|event| event.kind == SessionEventKind::ReturnedToBox) {
            let near = events.iter().filter(|other| (other.at_s - event.at_s).abs() < 3.0);
            let other: Vec<_> = near
                .map(|other| &other.kind)
                .filter(|what| {
                    !matches!(
                        what,
                        SessionEventKind::ReturnedToBox
                            | SessionEventKind::Lap(_)
                            | SessionEventKind::LapBegun
                            | SessionEventKind::Invalidated { .. }
                    )
                })
                .collect();
            assert!(other.is_empty(), "{name}: {other:?}");
        }
    }
}
