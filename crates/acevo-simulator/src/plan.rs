//! What each scenario consists of: sessions, how they start and what happens in them.

use acevo_shared_memory::ACEvoSessionType;

use crate::options::{Options, Scenario};

/// Where the player's car is when a session begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// In its box, engine off.
    Box,
    /// On the track shortly before the line, at speed.
    Rolling,
    /// On the grid, waiting for the lights.
    Grid,
}

/// Something that happens on a lap. Places are parts of the lap, 0..1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum What {
    Pause {
        at: f64,
        seconds: u32,
    },
    Yellow {
        from: f64,
        to: f64,
    },
    /// All four wheels leave the track.
    Cut {
        at: f64,
    },
    /// Into the box at the end of the lap.
    Pit,
}

/// An event and the laps it happens on, counted by the laps completed before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    pub(crate) lap: u32,
    /// Again after so many laps; 0 = once.
    pub(crate) every: u32,
    pub(crate) what: What,
}

impl Event {
    pub(crate) fn applies(&self, lap: u32) -> bool {
        lap == self.lap || (self.every > 0 && lap > self.lap && (lap - self.lap).is_multiple_of(self.every))
    }
}

/// One session.
#[derive(Debug, Clone)]
pub(crate) struct SessionPlan {
    pub(crate) kind: ACEvoSessionType,
    /// `session_name` on the static page.
    pub(crate) name: &'static str,
    /// `phase_name` on the graphics page.
    pub(crate) phase: &'static str,
    pub(crate) start: Start,
    pub(crate) laps: Option<u32>,
    pub(crate) minutes: i32,
    pub(crate) events: &'static [Event],
}

const fn once(lap: u32, what: What) -> Event {
    Event { lap, every: 0, what }
}

const PRACTICE: &[Event] = &[
    once(1, What::Pause { at: 0.30, seconds: 4 }),
    once(2, What::Yellow { from: 0.45, to: 0.62 }),
    once(3, What::Cut { at: 0.285 }),
    once(4, What::Pit),
];
const RACE: &[Event] = &[Event { lap: 2, every: 5, what: What::Yellow { from: 0.62, to: 0.80 } }];
const PITS: &[Event] = &[Event { lap: 1, every: 2, what: What::Pit }];
const PAUSES: &[Event] = &[
    Event { lap: 0, every: 1, what: What::Pause { at: 0.20, seconds: 5 } },
    Event { lap: 0, every: 1, what: What::Pause { at: 0.70, seconds: 5 } },
];

/// The sessions of a scenario. None at all: the game stays in its menu.
pub(crate) fn sessions(options: &Options) -> Vec<SessionPlan> {
    let practice = SessionPlan {
        kind: ACEvoSessionType::HotStint,
        name: "Practice",
        phase: "Practice",
        start: Start::Box,
        laps: options.laps.or(Some(7)),
        minutes: 30,
        events: PRACTICE,
    };
    let race = SessionPlan {
        kind: ACEvoSessionType::Race,
        name: "Race",
        phase: "Race",
        start: Start::Grid,
        laps: options.laps,
        minutes: 24 * 60,
        events: RACE,
    };
    let hot_laps = SessionPlan {
        kind: ACEvoSessionType::TimeAttack,
        name: "Hot Lap",
        phase: "Hot Lap",
        start: Start::Rolling,
        laps: options.laps,
        minutes: 24 * 60,
        events: &[],
    };
    match options.scenario {
        Scenario::Weekend => vec![practice, race],
        Scenario::HotLaps => vec![hot_laps],
        Scenario::Race => vec![race],
        Scenario::Pits => {
            vec![SessionPlan { laps: options.laps, minutes: 24 * 60, events: PITS, ..practice }]
        }
        Scenario::Pause => vec![SessionPlan { events: PAUSES, ..hot_laps }],
        Scenario::Menu => Vec::new(),
    }
}
