//! What a scenario consists of: sessions, how they start and what happens in them.

mod scenarios;

use acevo_shared_memory::{ACEvoFlagType, ACEvoSessionType};

use crate::options::{CarModel, TrackName};
use crate::truth::Damage;

pub(crate) use scenarios::sessions;

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

/// How a session follows the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Loaded from the menu; the counters of the pages begin anew.
    Menu,
    /// Loaded from the menu; the counters go on.
    MenuCountersGoOn,
    /// The next phase of the same session: no menu, no new static page, counters go on.
    Phase,
}

/// How long the lap times of the session before stay on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum OldTimes {
    /// Until the names are complete.
    UntilLoaded,
    /// So many seconds of the session.
    Seconds(f64),
    /// Until the first lap of the session.
    UntilFirstLap,
}

/// How late the numbers of a finished lap come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delays {
    /// Mostly some frames, at most 2 s.
    Usual,
    /// All later than 1.5 s.
    Slow,
    /// Anything up to 8 s.
    Online,
}

/// When `is_valid_lap` changes to the next lap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Validity {
    /// With the timer's reset.
    Prompt,
    /// A frame before the timer.
    Early,
    /// A frame before the timer, or some frames after it, in turns.
    EarlyAndLate,
}

/// A moment of a lap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum When {
    /// At this part of the lap, 0..1.
    Place(f64),
    /// So many seconds after the lap's start.
    After(f64),
}

/// What the pages show while the driver is in the menu on the way back to the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Away {
    /// A pause.
    Paused,
    /// Some frames of OFF.
    Off,
}

/// A replay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Replay {
    /// It begins with the pictures of so many seconds before.
    pub(crate) back: f64,
    pub(crate) seconds: f64,
    /// The physics page moves along.
    pub(crate) physics: bool,
}

/// Something that happens on a lap. Places are parts of the lap, 0..1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum What {
    Pause {
        at: When,
        seconds: f64,
    },
    Restart {
        at: When,
    },
    Garage {
        at: When,
        away: Away,
    },
    /// Back to the box by the menu, to watch another car from there until it has completed so many laps.
    Watch {
        at: When,
        laps: u32,
    },
    /// The main menu for so many seconds; then the session goes on where it was left.
    MainMenu {
        at: When,
        seconds: f64,
    },
    Replay {
        at: When,
        replay: Replay,
    },
    /// The driver leaves the session by the menu.
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
    /// All four wheels leave the track, on an excursion of so many metres.
    Cut {
        at: f64,
        length: f64,
    },
    /// The lap does not count from its start.
    Spoiled,
    /// Into the box at the end of the lap.
    Pit,
    /// Through the pit lane at the end of the lap.
    DriveThrough,
    /// The numbers of the lap before come late.
    SlowNumbers,
    /// Something is hit: this damage is added.
    Contact {
        at: When,
        damage: Damage,
    },
    /// The page says wrong way; the car is spared the spin.
    WrongWay {
        from: f64,
        to: f64,
    },
    HotTyres {
        from: f64,
        to: f64,
    },
    /// No shifting up.
    OverRev {
        from: f64,
        to: f64,
    },
    /// DRS may be opened, and is.
    Drs {
        from: f64,
        to: f64,
    },
}

/// An event and the laps it happens on, counted by the laps begun before in the session, completed or not.
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

/// One session, or a phase of one.
#[derive(Debug, Clone)]
pub(crate) struct SessionPlan {
    pub(crate) kind: ACEvoSessionType,
    /// `session_name` on the static page.
    pub(crate) name: &'static str,
    /// `phase_name` on the graphics page for the whole session. `None`: the game's own phases.
    pub(crate) phase: Option<&'static str>,
    /// Another `track_configuration` on the static page than the track's own.
    pub(crate) configuration: Option<&'static str>,
    pub(crate) entry: Entry,
    pub(crate) start: Start,
    /// Another car than the one of the options.
    pub(crate) car: Option<CarModel>,
    /// Another track than the one of the options.
    pub(crate) track: Option<TrackName>,
    /// Nobody else is on the track.
    pub(crate) alone: bool,
    /// Seconds in the menu before the session.
    pub(crate) menu_seconds: f64,
    /// How full the tank or the battery is, 0..1; the driver knows, and stops only as planned.
    pub(crate) level: Option<f64>,
    pub(crate) laps: Option<u32>,
    pub(crate) minutes: i32,
    /// Ends with the lap in which the minutes are over.
    pub(crate) timed: bool,
    pub(crate) online: bool,
    /// The driver drives each lap like the one before.
    pub(crate) alike: bool,
    /// Times are taken to so many milliseconds.
    pub(crate) resolution_ms: i32,
    /// Seconds for which the timer runs past the line before it is reset.
    pub(crate) overrun: f64,
    pub(crate) old_times: OldTimes,
    pub(crate) delays: Delays,
    pub(crate) validity: Validity,
    pub(crate) events: &'static [Event],
}
