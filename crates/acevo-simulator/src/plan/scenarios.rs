//! The sessions and events of each scenario.

use acevo_shared_memory::{ACEvoFlagType, ACEvoSessionType};

use super::{
    Delays, Entry, Event, EventKind, OldTimes, Replay, ReturnStatus, SessionPlan, Start, Validity,
    When::{After, Position},
};
use crate::options::{CarModel, Options, Scenario, TrackName};
use crate::track::Layout;
use crate::truth::Damage;

/// Length of a session without a time limit, in minutes: a day.
const ENDLESS: i32 = 24 * 60;
/// Length of a race without a number of laps, in minutes.
const RACE_MINUTES: i32 = 20;
/// Time in the menu before a session, in seconds.
const MENU_SECONDS: f64 = 2.0;
/// Time that the timer runs past the line, in seconds, as measured on EVO 0.8.0.1.
const OVERRUN: f64 = 0.020;

const fn once(lap: u32, kind: EventKind) -> Event {
    Event { lap, every: 0, kind }
}

/// Opens the main menu and returns, on the second lap.
const fn bounce(after: f64) -> Event {
    once(1, EventKind::MainMenu { at: After(after), seconds: 0.5 })
}

const PRACTICE: &[Event] = &[
    once(1, EventKind::Pause { at: Position(0.30), seconds: 4.0 }),
    once(2, EventKind::Yellow { from: 0.45, to: 0.62 }),
    once(3, EventKind::Cut { at: 0.285, length: 230.0 }),
    once(4, EventKind::Pit),
];
const RACE: &[Event] = &[Event { lap: 2, every: 5, kind: EventKind::Yellow { from: 0.62, to: 0.80 } }];
const PITS: &[Event] = &[Event { lap: 1, every: 2, kind: EventKind::Pit }];
const PAUSES: &[Event] = &[
    Event { lap: 0, every: 1, kind: EventKind::Pause { at: Position(0.20), seconds: 5.0 } },
    Event { lap: 0, every: 1, kind: EventKind::Pause { at: Position(0.70), seconds: 5.0 } },
];
const RESTARTS: &[Event] = &[
    once(0, EventKind::Restart { at: Position(0.40) }),
    once(2, EventKind::Restart { at: Position(0.55) }),
    once(4, EventKind::SlowResults),
    once(4, EventKind::Restart { at: After(1.5) }),
    once(5, EventKind::Restart { at: After(5.4) }),
    once(7, EventKind::Restart { at: Position(0.995) }),
];
/// Pauses shorter than, as long as, and longer than the fade; during the fade-in; before and after the line; of minutes.
const PAUSES_OF_ANY_LENGTH: &[Event] = &[
    once(0, EventKind::Pause { at: Position(0.20), seconds: 0.3 }),
    once(0, EventKind::Pause { at: Position(0.40), seconds: 0.9 }),
    once(0, EventKind::Pause { at: Position(0.60), seconds: 1.0 }),
    once(0, EventKind::Pause { at: Position(0.80), seconds: 1.4 }),
    once(1, EventKind::Pause { at: After(30.0), seconds: 1.5 }),
    once(1, EventKind::Pause { at: After(30.8), seconds: 2.0 }),
    once(1, EventKind::Pause { at: After(31.2), seconds: 0.5 }),
    once(2, EventKind::Pause { at: Position(0.995), seconds: 3.0 }),
    once(3, EventKind::Pause { at: After(0.5), seconds: 20.0 }),
    once(3, EventKind::Pause { at: Position(0.50), seconds: 61.0 }),
    once(4, EventKind::Pause { at: Position(0.50), seconds: 600.0 }),
];
const TELEPORTS: &[Event] = &[
    once(1, EventKind::Garage { at: Position(0.98), status: ReturnStatus::Paused }),
    once(3, EventKind::Garage { at: After(0.4), status: ReturnStatus::Paused }),
    once(4, EventKind::Garage { at: Position(0.30), status: ReturnStatus::Paused }),
    once(6, EventKind::Pit),
    once(8, EventKind::Garage { at: Position(0.55), status: ReturnStatus::Paused }),
];
const BOXES: &[Event] = &[
    once(1, EventKind::Pit),
    once(3, EventKind::Garage { at: Position(0.50), status: ReturnStatus::Paused }),
    once(5, EventKind::DriveThrough),
];
const BOUNCES: &[Event] = &[
    bounce(10.0),
    bounce(10.5),
    bounce(11.0),
    bounce(11.5),
    bounce(12.0),
    bounce(12.5),
    bounce(13.0),
    bounce(13.5),
    bounce(14.0),
    bounce(14.5),
];
const SPECTATING: &[Event] = &[once(2, EventKind::Watch { at: Position(0.40), laps: 2 })];
const GARAGE: &[Event] = &[
    once(1, EventKind::Garage { at: Position(0.45), status: ReturnStatus::Paused }),
    once(3, EventKind::Garage { at: Position(0.60), status: ReturnStatus::Off }),
    // From an out lap.
    once(4, EventKind::Garage { at: Position(0.30), status: ReturnStatus::Paused }),
];
const REPLAYS: &[Event] = &[
    once(1, EventKind::Replay { at: Position(0.50), replay: Replay { back: 20.0, seconds: 8.0, physics: false } }),
    once(2, EventKind::Replay { at: Position(0.35), replay: Replay { back: 20.0, seconds: 12.0, physics: true } }),
    once(3, EventKind::Replay { at: After(1.5), replay: Replay { back: 20.0, seconds: 19.5, physics: false } }),
    once(4, EventKind::Replay { at: After(1.5), replay: Replay { back: 20.0, seconds: 19.5, physics: true } }),
];
const CUTS: &[Event] = &[
    once(0, EventKind::Cut { at: 0.03, length: 340.0 }),
    once(2, EventKind::InvalidFromStart),
    once(3, LAST_METRES),
    once(5, EventKind::InvalidFromStart),
    once(6, LAST_METRES),
    once(8, EventKind::Cut { at: 0.48, length: 230.0 }),
];
/// The wheels leave the track some 20 m before the line and return far after it. The lap in which they left is invalid.
const LAST_METRES: EventKind = EventKind::Cut { at: 0.9633, length: 460.0 };
const LEFT: &[Event] = &[once(2, EventKind::Leave { at: Position(0.35) })];
const PRACTICE_PHASE: &[Event] = &[once(1, EventKind::Leave { at: Position(0.50) })];
const DRIVE_THROUGHS: &[Event] =
    &[once(1, EventKind::DriveThrough), once(3, EventKind::Pit), once(5, EventKind::DriveThrough)];
const INCIDENTS: &[Event] = &[
    once(0, EventKind::Contact { at: Position(0.30), damage: contact([12.0, 0.0, 0.0, 0.0, 2.0], [0.0; 4]) }),
    once(0, EventKind::Flag { flag: ACEvoFlagType::BlueFlag, from: 0.50, to: 0.60 }),
    once(0, EventKind::Flag { flag: ACEvoFlagType::WhiteFlag, from: 0.75, to: 0.85 }),
    once(1, EventKind::OverRev { from: 0.16, to: 0.255 }),
    once(
        1,
        EventKind::Contact { at: Position(0.42), damage: contact([0.0, 0.0, 25.0, 0.0, 0.0], [0.2, 0.0, 0.0, 0.0]) },
    ),
    once(1, EventKind::Flag { flag: ACEvoFlagType::BlackWhiteFlag, from: 0.48, to: 0.56 }),
    once(1, EventKind::WrongWay { from: 0.70, to: 0.74 }),
    once(2, EventKind::HotTyres { from: 0.20, to: 0.70 }),
    once(2, EventKind::Drs { from: 0.01, to: 0.11 }),
    once(
        3,
        EventKind::Contact { at: Position(0.20), damage: contact([40.0, 0.0, 15.0, 0.0, 5.0], [0.15, 0.0, 0.3, 0.0]) },
    ),
    once(3, EventKind::Flag { flag: ACEvoFlagType::OrangeCircleFlag, from: 0.25, to: 0.90 }),
    once(3, EventKind::Pit),
];

const fn contact(body: [f32; 5], suspension: [f32; 4]) -> Damage {
    Damage { body, suspension }
}

const FIELD: &[Event] = &[
    once(1, EventKind::Yellow { from: 0.42, to: 0.58 }),
    once(2, EventKind::Pit),
    once(3, EventKind::Cut { at: 0.285, length: 230.0 }),
];

/// The sessions of a scenario. If the list is empty, the game stays in its menu.
pub(crate) fn sessions(options: &Options) -> Vec<SessionPlan> {
    let hot_laps = SessionPlan {
        kind: ACEvoSessionType::TimeAttack,
        name: "Hot Lap",
        phase: None,
        configuration: None,
        entry: Entry::Menu,
        start: Start::Rolling,
        car: None,
        track: None,
        alone: false,
        cars: options.cars.clamp(2, 60) as usize,
        field: false,
        menu_seconds: MENU_SECONDS,
        level: None,
        laps: options.laps,
        minutes: ENDLESS,
        timed: false,
        online: false,
        identical: false,
        faults: false,
        resolution_ms: 1,
        overrun: OVERRUN,
        old_times: OldTimes::UntilLoaded,
        delays: Delays::Usual,
        validity: Validity::Prompt,
        events: &[],
    };
    let practice = SessionPlan {
        kind: ACEvoSessionType::HotStint,
        name: "Practice",
        start: Start::Box,
        laps: options.laps.or(Some(7)),
        minutes: 30,
        events: PRACTICE,
        ..hot_laps.clone()
    };
    let race = SessionPlan {
        kind: ACEvoSessionType::Race,
        name: "Race",
        start: Start::Grid,
        minutes: RACE_MINUTES,
        timed: options.laps.is_none(),
        events: RACE,
        ..hot_laps.clone()
    };
    let hot = |laps, events| SessionPlan { laps: options.laps.or(Some(laps)), events, ..hot_laps.clone() };
    let alone = |plan: SessionPlan| SessionPlan { alone: true, ..plan };
    match options.scenario {
        Scenario::Weekend => vec![practice, race],
        Scenario::HotLaps => vec![hot_laps],
        Scenario::Race => vec![race],
        Scenario::Pits => vec![SessionPlan { laps: options.laps, minutes: ENDLESS, events: PITS, ..practice }],
        Scenario::Pause => vec![SessionPlan { events: PAUSES, alone: true, ..hot_laps }],
        Scenario::Menu => Vec::new(),
        Scenario::Restart => vec![alone(hot(2, RESTARTS))],
        Scenario::Garage => vec![alone(SessionPlan { laps: options.laps.or(Some(4)), events: GARAGE, ..practice })],
        Scenario::Replay => vec![hot(4, REPLAYS)],
        Scenario::Online => {
            vec![SessionPlan { online: true, delays: Delays::Online, validity: Validity::Early, ..hot(5, &[]) }]
        }
        Scenario::Validity => vec![alone(SessionPlan { validity: Validity::EarlyAndLate, ..hot(10, CUTS) })],
        Scenario::CarChange => {
            let car = Some(if options.car == CarModel::Road { CarModel::Gt3 } else { CarModel::Road });
            let [first, second, third] = changes(hot(3, &[]));
            vec![first, SessionPlan { car, ..second }, third]
        }
        Scenario::TrackChange => {
            let [first, second, third] = changes(hot(3, &[]));
            vec![
                first,
                SessionPlan { configuration: Some("Nazionale"), ..second },
                SessionPlan { configuration: Some("Sprint"), ..third },
            ]
        }
        Scenario::Phases => {
            let two = SessionPlan { name: "Race Weekend", laps: options.laps.or(Some(2)), minutes: 20, ..hot_laps };
            let next = SessionPlan { entry: Entry::Phase, old_times: OldTimes::Seconds(3.0), ..two.clone() };
            vec![
                SessionPlan { phase: Some("Practice"), start: Start::Box, events: PRACTICE_PHASE, ..two },
                SessionPlan { phase: Some("Qualifying"), start: Start::Box, ..next.clone() },
                SessionPlan { phase: Some("Race"), start: Start::Grid, ..next },
            ]
        }
        Scenario::DriveThrough => vec![hot(7, DRIVE_THROUGHS)],
        Scenario::Twins => vec![alone(SessionPlan { identical: true, resolution_ms: 10, overrun: 0.0, ..hot(5, &[]) })],
        Scenario::Sprint => vec![SessionPlan { minutes: 4, timed: true, laps: None, ..race }],
        Scenario::Incidents => {
            // Just enough for the four laps until the stop.
            let level = match options.car {
                CarModel::Gt3 | CarModel::Gt3Turbo => 0.10,
                CarModel::Road => 0.16,
                CarModel::Hatch => 0.13,
                CarModel::Electric | CarModel::ElectricCoupe => 0.33,
            };
            vec![SessionPlan { level: Some(level), ..hot(6, INCIDENTS) }]
        }
        Scenario::Pauses => vec![alone(hot(6, PAUSES_OF_ANY_LENGTH))],
        Scenario::Teleports => {
            vec![alone(SessionPlan { laps: options.laps.or(Some(6)), events: TELEPORTS, ..practice })]
        }
        Scenario::Boxes => {
            let on = |track| {
                let plan = SessionPlan { laps: options.laps.or(Some(5)), events: BOXES, ..practice.clone() };
                alone(SessionPlan { track: Some(track), ..plan })
            };
            vec![on(TrackName::Northmoor), on(TrackName::Karsthafen), on(TrackName::Valdombra)]
        }
        Scenario::Menus => {
            let first = alone(SessionPlan { events: LEFT, ..hot(3, &[]) });
            let short = SessionPlan { menu_seconds: 20.0, ..first.clone() };
            vec![first.clone(), short, SessionPlan { menu_seconds: 3600.0, laps: options.laps.or(Some(1)), ..first }]
        }
        Scenario::Bounces => vec![alone(hot(3, BOUNCES))],
        Scenario::RaceEnd => {
            let race = SessionPlan { laps: options.laps.or(Some(3)), timed: false, events: &[], ..race };
            vec![race.clone(), race]
        }
        Scenario::Spectate => {
            vec![SessionPlan { laps: options.laps.or(Some(4)), events: SPECTATING, ..practice }]
        }
        Scenario::Faults => {
            let corners = Layout::of(options.track).corners.len() as u32;
            vec![alone(SessionPlan { identical: true, faults: true, level: Some(1.0), ..hot(2 + corners, &[]) })]
        }
        Scenario::Field => {
            let laps = options.laps.or(Some(5));
            vec![SessionPlan { laps, minutes: ENDLESS, timed: false, field: true, events: FIELD, ..race }]
        }
    }
}

/// Three consecutive sessions. The first is left in the middle of a lap, and its times remain in the second for 20 s. In the third,
/// the old times remain for a whole lap, and the packet counters continue.
fn changes(first: SessionPlan) -> [SessionPlan; 3] {
    let next = SessionPlan { laps: first.laps.map(|laps| laps.min(2)), ..first.clone() };
    let second = SessionPlan { old_times: OldTimes::Seconds(20.0), ..next.clone() };
    let third = SessionPlan { entry: Entry::MenuCountersContinue, old_times: OldTimes::UntilFirstLap, ..next };
    [SessionPlan { events: LEFT, ..first }, second, third]
}
