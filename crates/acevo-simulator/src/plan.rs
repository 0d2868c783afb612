//! The plan of a scenario: its sessions, how they start, and the events in them.

mod scenarios;

use acevo_shared_memory::{ACEvoFlagType, ACEvoSessionType};

use crate::options::{CarModel, TrackName};
use crate::truth::Damage;

pub(crate) use scenarios::sessions;

/// Position of the player's car at the start of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// In its box, engine off.
    Box,
    /// On the track shortly before the line, at speed.
    Rolling,
    /// On the grid, waiting for the lights.
    Grid,
}

/// How a session follows the previous one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Loaded from the menu; the packet counters start again.
    Menu,
    /// Loaded from the menu; the packet counters continue.
    MenuCountersContinue,
    /// The next phase of the same session: no menu, no new static page; the packet counters continue.
    Phase,
}

/// How long the lap times of the previous session remain on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum OldTimes {
    /// Until the names are complete.
    UntilLoaded,
    /// For this number of seconds of the session.
    Seconds(f64),
    /// Until the first lap of the session.
    UntilFirstLap,
}

/// Delay of the lap count and the lap times after a lap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delays {
    /// Usually some frames, at most 2 s.
    Usual,
    /// All later than 1.5 s.
    Slow,
    /// Up to 8 s.
    Online,
}

/// When `is_valid_lap` changes to the next lap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Validity {
    /// With the timer's reset.
    Prompt,
    /// A frame before the timer.
    Early,
    /// Alternately a frame before the timer and some frames after it.
    EarlyAndLate,
}

/// A moment of a lap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum When {
    /// At this lap position, 0..1.
    Position(f64),
    /// This number of seconds after the lap's start.
    After(f64),
}

/// What the pages show while the driver returns to the box via the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnStatus {
    /// A pause.
    Paused,
    /// Some frames of OFF.
    Off,
}

/// A replay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Replay {
    /// It begins with the frames of this number of seconds before.
    pub(crate) back: f64,
    pub(crate) seconds: f64,
    /// True if the physics page moves, too.
    pub(crate) physics: bool,
}

/// An event on a lap. `from`, `to` and `at` are lap positions, 0..1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum EventKind {
    Pause {
        at: When,
        seconds: f64,
    },
    Restart {
        at: When,
    },
    Garage {
        at: When,
        status: ReturnStatus,
    },
    /// Returns to the box via the menu, to watch another car until it has completed this number of laps.
    Watch {
        at: When,
        laps: u32,
    },
    /// Opens the main menu for this number of seconds. Then the session continues where it was interrupted.
    MainMenu {
        at: When,
        seconds: f64,
    },
    Replay {
        at: When,
        replay: Replay,
    },
    /// The driver leaves the session via the menu.
    Leave {
        at: When,
    },
    Yellow {
        from: f64,
        to: f64,
    },
    /// Another flag, which does not slow the driver down.
    Flag {
        flag: ACEvoFlagType,
        from: f64,
        to: f64,
    },
    /// All four wheels leave the track for this number of metres.
    Cut {
        at: f64,
        length: f64,
    },
    /// The lap is invalid from its start.
    InvalidFromStart,
    /// A pit stop at the end of the lap.
    Pit,
    /// A drive through the pit lane at the end of the lap.
    DriveThrough,
    /// The lap count and the lap times of the previous lap are late.
    SlowResults,
    /// A contact that adds this damage.
    Contact {
        at: When,
        damage: Damage,
    },
    /// The page shows the wrong direction, although the car does not turn.
    WrongWay {
        from: f64,
        to: f64,
    },
    HotTyres {
        from: f64,
        to: f64,
    },
    /// The driver does not shift up.
    OverRev {
        from: f64,
        to: f64,
    },
    /// DRS is available and open.
    Drs {
        from: f64,
        to: f64,
    },
}

/// An event and the laps on which it happens. Laps are counted from 0 by their starts in the session, completed or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    pub(crate) lap: u32,
    /// Number of laps after which it repeats; 0 means once.
    pub(crate) every: u32,
    pub(crate) kind: EventKind,
}

impl Event {
    pub(crate) fn applies(&self, lap: u32) -> bool {
        lap == self.lap || (self.every > 0 && lap > self.lap && (lap - self.lap).is_multiple_of(self.every))
    }
}

/// One session, or a phase of one.
#[derive(Debug, Clone)]
pub(crate) struct SessionPlan {
    pub(crate) kind: ACEvoSessionType,
    /// `session_name` on the static page.
    pub(crate) name: &'static str,
    /// `phase_name` on the graphics page for the whole session. `None`: the game's own phases.
    pub(crate) phase: Option<&'static str>,
    /// A `track_configuration` on the static page that differs from the track's own.
    pub(crate) configuration: Option<&'static str>,
    pub(crate) entry: Entry,
    pub(crate) start: Start,
    /// A car that differs from the one of the options.
    pub(crate) car: Option<CarModel>,
    /// A track that differs from the one of the options.
    pub(crate) track: Option<TrackName>,
    /// The player is alone on the track.
    pub(crate) alone: bool,
    /// Number of cars including the player's, unless the player is alone.
    pub(crate) cars: usize,
    /// The other cars stop, make mistakes, retire and join late.
    pub(crate) field: bool,
    /// Seconds in the menu before the session.
    pub(crate) menu_seconds: f64,
    /// Initial level of the tank or the battery, 0..1. With a level set, the driver makes only the planned stops.
    pub(crate) level: Option<f64>,
    pub(crate) laps: Option<u32>,
    pub(crate) minutes: i32,
    /// True if the session ends with the lap in which the minutes are over.
    pub(crate) timed: bool,
    pub(crate) online: bool,
    /// All laps are driven identically.
    pub(crate) identical: bool,
    /// From the third lap on, the driver makes a mistake on each lap: in the first corner, in the second corner, and so on.
    pub(crate) faults: bool,
    /// Resolution of lap times in milliseconds.
    pub(crate) resolution_ms: i32,
    /// Number of seconds that the timer runs past the line before it is reset.
    pub(crate) overrun: f64,
    pub(crate) old_times: OldTimes,
    pub(crate) delays: Delays,
    pub(crate) validity: Validity,
    pub(crate) events: &'static [Event],
}

impl SessionPlan {
    /// Number of cars in addition to the player's.
    pub(crate) fn rivals(&self) -> usize {
        if self.alone { 0 } else { self.cars - 1 }
    }
}
