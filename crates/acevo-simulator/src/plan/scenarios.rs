//! The scenarios.

use acevo_shared_memory::{ACEvoFlagType, ACEvoSessionType};

use super::{
    Away, Delays, Entry, Event, OldTimes, Replay, SessionPlan, Start, Validity, What,
    When::{After, Place},
};
use crate::options::{CarModel, Options, Scenario};
use crate::track::LAYOUT;
use crate::truth::Damage;

/// A day: longer than anybody drives.
const ENDLESS: i32 = 24 * 60;

const fn once(lap: u32, what: What) -> Event {
    Event { lap, every: 0, what }
}

const PRACTICE: &[Event] = &[
    once(1, What::Pause { at: Place(0.30), seconds: 4 }),
    once(2, What::Yellow { from: 0.45, to: 0.62 }),
    once(3, What::Cut { at: 0.285, length: 230.0 }),
    once(4, What::Pit),
];
const RACE: &[Event] = &[Event { lap: 2, every: 5, what: What::Yellow { from: 0.62, to: 0.80 } }];
const PITS: &[Event] = &[Event { lap: 1, every: 2, what: What::Pit }];
const PAUSES: &[Event] = &[
    Event { lap: 0, every: 1, what: What::Pause { at: Place(0.20), seconds: 5 } },
    Event { lap: 0, every: 1, what: What::Pause { at: Place(0.70), seconds: 5 } },
];
const RESTARTS: &[Event] = &[
    once(0, What::Restart { at: Place(0.40) }),
    once(2, What::Restart { at: Place(0.55) }),
    once(4, What::SlowNumbers),
    once(4, What::Restart { at: After(1.5) }),
    once(5, What::Restart { at: After(5.4) }),
    once(7, What::Restart { at: Place(0.995) }),
];
const GARAGE: &[Event] = &[
    once(1, What::Garage { at: Place(0.45), away: Away::Paused }),
    once(3, What::Garage { at: Place(0.60), away: Away::Off }),
    // From an out lap, too.
    once(4, What::Garage { at: Place(0.30), away: Away::Paused }),
];
const REPLAYS: &[Event] = &[
    once(1, What::Replay { at: Place(0.50), replay: Replay { back: 20.0, seconds: 8.0, physics: false } }),
    once(2, What::Replay { at: Place(0.35), replay: Replay { back: 20.0, seconds: 12.0, physics: true } }),
    once(3, What::Replay { at: After(1.5), replay: Replay { back: 20.0, seconds: 19.5, physics: false } }),
    once(4, What::Replay { at: After(1.5), replay: Replay { back: 20.0, seconds: 19.5, physics: true } }),
];
const CUTS: &[Event] = &[
    once(0, What::Cut { at: 0.03, length: 340.0 }),
    once(2, What::Spoiled),
    once(3, LAST_METRES),
    once(5, What::Spoiled),
    once(6, LAST_METRES),
    once(8, What::Cut { at: 0.48, length: 230.0 }),
];
/// The wheels leave the track some 20 m before the line and are back far behind it; what counts is where they left.
const LAST_METRES: What = What::Cut { at: 0.9633, length: 460.0 };
const LEFT: &[Event] = &[once(2, What::Leave { at: Place(0.35) })];
const PRACTICE_PHASE: &[Event] = &[once(1, What::Leave { at: Place(0.50) })];
const DRIVE_THROUGHS: &[Event] = &[once(1, What::DriveThrough), once(3, What::Pit), once(5, What::DriveThrough)];
const INCIDENTS: &[Event] = &[
    once(0, What::Contact { at: Place(0.30), damage: contact([12.0, 0.0, 0.0, 0.0, 2.0], [0.0; 4]) }),
    once(0, What::Flag { flag: ACEvoFlagType::BlueFlag, from: 0.50, to: 0.60 }),
    once(0, What::Flag { flag: ACEvoFlagType::WhiteFlag, from: 0.75, to: 0.85 }),
    once(1, What::OverRev { from: 0.16, to: 0.255 }),
    once(1, What::Contact { at: Place(0.42), damage: contact([0.0, 0.0, 25.0, 0.0, 0.0], [0.2, 0.0, 0.0, 0.0]) }),
    once(1, What::Flag { flag: ACEvoFlagType::BlackWhiteFlag, from: 0.48, to: 0.56 }),
    once(1, What::WrongWay { from: 0.70, to: 0.74 }),
    once(2, What::HotTyres { from: 0.20, to: 0.70 }),
    once(2, What::Drs { from: 0.01, to: 0.11 }),
    once(3, What::Contact { at: Place(0.20), damage: contact([40.0, 0.0, 15.0, 0.0, 5.0], [0.15, 0.0, 0.3, 0.0]) }),
    once(3, What::Flag { flag: ACEvoFlagType::OrangeCircleFlag, from: 0.25, to: 0.90 }),
    once(3, What::Pit),
];

const fn contact(body: [f32; 5], suspension: [f32; 4]) -> Damage {
    Damage { body, suspension }
}

/// The sessions of a scenario. None at all: the game stays in its menu.
pub(crate) fn sessions(options: &Options) -> Vec<SessionPlan> {
    let hot_laps = SessionPlan {
        kind: ACEvoSessionType::TimeAttack,
        name: "Hot Lap",
        phase: "Hot Lap",
        layout: LAYOUT,
        entry: Entry::Menu,
        start: Start::Rolling,
        car: None,
        level: None,
        laps: options.laps,
        minutes: ENDLESS,
        timed: false,
        online: false,
        alike: false,
        resolution_ms: 1,
        old_times: OldTimes::UntilLoaded,
        delays: Delays::Usual,
        validity: Validity::Prompt,
        events: &[],
    };
    let practice = SessionPlan {
        kind: ACEvoSessionType::HotStint,
        name: "Practice",
        phase: "Practice",
        start: Start::Box,
        laps: options.laps.or(Some(7)),
        minutes: 30,
        events: PRACTICE,
        ..hot_laps.clone()
    };
    let race = SessionPlan {
        kind: ACEvoSessionType::Race,
        name: "Race",
        phase: "Race",
        start: Start::Grid,
        events: RACE,
        ..hot_laps.clone()
    };
    let hot = |laps, events| SessionPlan { laps: options.laps.or(Some(laps)), events, ..hot_laps.clone() };
    match options.scenario {
        Scenario::Weekend => vec![practice, race],
        Scenario::HotLaps => vec![hot_laps],
        Scenario::Race => vec![race],
        Scenario::Pits => vec![SessionPlan { laps: options.laps, minutes: ENDLESS, events: PITS, ..practice }],
        Scenario::Pause => vec![SessionPlan { events: PAUSES, ..hot_laps }],
        Scenario::Menu => Vec::new(),
        Scenario::Restart => vec![hot(2, RESTARTS)],
        Scenario::Garage => vec![SessionPlan { laps: options.laps.or(Some(4)), events: GARAGE, ..practice }],
        Scenario::Replay => vec![hot(4, REPLAYS)],
        Scenario::Online => {
            vec![SessionPlan { online: true, delays: Delays::Online, validity: Validity::Early, ..hot(5, &[]) }]
        }
        Scenario::Validity => vec![SessionPlan { validity: Validity::EarlyAndLate, ..hot(10, CUTS) }],
        Scenario::CarChange => {
            let car = Some(if options.car == CarModel::Road { CarModel::Gt3 } else { CarModel::Road });
            let [first, second, third] = changes(hot(3, &[]));
            vec![first, SessionPlan { car, ..second }, third]
        }
        Scenario::TrackChange => {
            let [first, second, third] = changes(hot(3, &[]));
            vec![first, SessionPlan { layout: "Nazionale", ..second }, SessionPlan { layout: "Sprint", ..third }]
        }
        Scenario::Phases => {
            let two = SessionPlan { name: "Race Weekend", laps: options.laps.or(Some(2)), minutes: 20, ..hot_laps };
            let next = SessionPlan { entry: Entry::Phase, old_times: OldTimes::Seconds(3.0), ..two.clone() };
            vec![
                SessionPlan { phase: "Practice", start: Start::Box, events: PRACTICE_PHASE, ..two },
                SessionPlan { phase: "Qualifying", start: Start::Box, ..next.clone() },
                SessionPlan { phase: "Race", start: Start::Grid, ..next },
            ]
        }
        Scenario::DriveThrough => vec![hot(7, DRIVE_THROUGHS)],
        Scenario::Twins => vec![SessionPlan { alike: true, resolution_ms: 10, ..hot(5, &[]) }],
        Scenario::Sprint => vec![SessionPlan { minutes: 4, timed: true, ..race }],
        Scenario::Incidents => {
            // Just enough for the four laps to the stop.
            let level = match options.car {
                CarModel::Gt3 => 0.10,
                CarModel::Road => 0.16,
                CarModel::Electric => 0.33,
            };
            vec![SessionPlan { level: Some(level), ..hot(6, INCIDENTS) }]
        }
    }
}

/// Three sessions after each other: the first is left in mid-lap, and its times are still there in the second for 20 s.
/// In the third the old ones stay for a whole lap, and the counters of the pages go on.
fn changes(first: SessionPlan) -> [SessionPlan; 3] {
    let next = SessionPlan { laps: first.laps.map(|laps| laps.min(2)), ..first.clone() };
    let second = SessionPlan { old_times: OldTimes::Seconds(20.0), ..next.clone() };
    let third = SessionPlan { entry: Entry::MenuCountersGoOn, old_times: OldTimes::UntilFirstLap, ..next };
    [SessionPlan { events: LEFT, ..first }, second, third]
}
