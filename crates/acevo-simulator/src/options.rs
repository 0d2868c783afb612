//! Options of a simulation: scenario, track, car and variants.

use std::fmt;
use std::str::FromStr;

use crate::log::LogStyle;

/// Gives every value of an enum a name, for use on command lines, and a summary.
macro_rules! named {
    ($type:ident { $($variant:ident => $name:literal, $summary:literal;)+ }) => {
        impl $type {
            /// All values, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// A short description.
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$variant => $summary),+
                }
            }

            /// The name used on command lines.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            /// Parses the name that [`Display`](fmt::Display) writes, ignoring case.
            fn from_str(name: &str) -> Result<Self, UnknownName> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| value.name().eq_ignore_ascii_case(name))
                    .ok_or_else(|| UnknownName { name: name.to_owned(), known: vec![$($name),+] })
            }
        }
    };
}

/// Options of a simulation. Start with [`Options::default`] and change fields.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Seed of the random numbers. Equal options produce equal pages, byte for byte.
    pub seed: u64,
    /// The player's car.
    pub car: CarModel,
    /// The track.
    pub track: TrackName,
    /// The course of events.
    pub scenario: Scenario,
    /// Number of completed laps after which each session ends. `None`: practice, races and the scenarios from
    /// [`Scenario::Restart`] on have their natural length, which includes all their events; the other scenarios never end.
    pub laps: Option<u32>,
    /// Number of cars including the player's, 2 to 60, unless the scenario has the player alone; other values are limited.
    pub cars: u32,
    /// The order of the axes in `accG` and `g_forces_x/y/z`.
    pub acc_g: AccGOrder,
    /// The handedness of the world axes, and with it the signs of everything lateral.
    pub world: World,
    /// The version of the game to simulate.
    pub game: GameVersion,
    /// What the pages show during a pause.
    pub pause: PauseStyle,
    /// What the lap timer does when the driver returns to the box via the menu.
    pub box_return: BoxReturn,
    /// The log to write, for [`Simulator::take_log`](crate::Simulator::take_log). It does not change the pages.
    pub log: Option<LogStyle>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            car: CarModel::Gt3,
            track: TrackName::default(),
            scenario: Scenario::Weekend,
            laps: None,
            cars: 20,
            acc_g: AccGOrder::Measured,
            world: World::RightHanded,
            game: GameVersion::V0_8,
            pause: PauseStyle::Fading,
            box_return: BoxReturn::TimerContinues,
            log: None,
        }
    }
}

impl Options {
    /// True if the simulation ends by itself.
    pub const fn has_end(&self) -> bool {
        match self.scenario {
            Scenario::HotLaps | Scenario::Pits | Scenario::Pause => self.laps.is_some(),
            Scenario::Menu => false,
            _ => true,
        }
    }

    /// Replaces one measured behaviour by an assumed or reported one.
    pub const fn apply(&mut self, variant: Variant) {
        match variant {
            Variant::AccGDocumented => self.acc_g = AccGOrder::Documented,
            Variant::LeftHanded => self.world = World::LeftHanded,
            Variant::StillPause => self.pause = PauseStyle::Still,
            Variant::TimerResets => self.box_return = BoxReturn::TimerResets,
        }
    }
}

/// A disputed behaviour that can replace the measured one.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// [`AccGOrder::Documented`]
    AccGDocumented,
    /// [`World::LeftHanded`]
    LeftHanded,
    /// [`PauseStyle::Still`]
    StillPause,
    /// [`BoxReturn::TimerResets`]
    TimerResets,
}

named!(Variant {
    AccGDocumented => "acc-g-documented", "accG is lateral, longitudinal, vertical";
    LeftHanded => "left-handed", "left-handed world axes, lateral values positive to the right";
    StillPause => "still-pause", "no page is written during a pause";
    TimerResets => "timer-resets", "the lap timer is 0 after a return to the box";
});

/// The order of the axes in `accG`, for which the game's document and measurements differ.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccGOrder {
    /// Lateral, vertical, longitudinal, as measured.
    #[default]
    Measured,
    /// Lateral, longitudinal, vertical, as in the game's document.
    Documented,
}

/// The handedness of the world axes. Y is up in both.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum World {
    /// Measured on EVO 0.5 and 0.6.2: seen from above, X points right and Z down. With the heading `h`, forward is
    /// `(-sin h, cos h)` in (X, Z) and right is `(-f_z, f_x)`. `accG` and `localVelocity` are \[+left, +up, +forward\],
    /// `localAngularVel[1]` is positive in left bends.
    #[default]
    RightHanded,
    /// The opposite assumption: Z points up. Forward is `(sin h, cos h)`, right is `(f_z, -f_x)`, and the lateral parts of
    /// `accG` and `localVelocity` as well as `localAngularVel[1]` are positive to the right.
    LeftHanded,
}

/// The version of the game that is simulated, for values that differ between versions.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GameVersion {
    /// 0.6.2: `session_state.current_lap` equals `total_lap_count`; `tyre_normalized_temperature_*`, coordinates, starting
    /// temperatures and the exhaust temperature are constant; the surname is a single space.
    V0_6,
    /// 0.8 and later: `session_state.current_lap` counts 1, 2, 3 in races, goes past `total_lap` after the end, and is 0
    /// elsewhere.
    #[default]
    V0_8,
}

named!(GameVersion {
    V0_6 => "0.6", "EVO 0.6.2: current_lap equals the lap count, tyre states are always 0";
    V0_8 => "0.8", "EVO 0.8 and later: current_lap counts in races only";
});

/// What the pages show during a pause.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PauseStyle {
    /// Measured on EVO 0.6.2: the physics page fades to zero in one second, then counts at twice the rate with zero pages;
    /// after the pause it fades in for two seconds. Graphics frames continue.
    #[default]
    Fading,
    /// No page is written after the frame with status PAUSE until the pause is over.
    Still,
}

/// What the lap timer does when the driver returns to the box via the menu.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BoxReturn {
    /// Measured on EVO 0.6.2: the timer of the interrupted lap continues, and the tank is filled to the level at the session's
    /// start.
    #[default]
    TimerContinues,
    /// Reported for other versions: the timer is 0 until the car leaves the box, and the tank keeps its level.
    TimerResets,
}

/// The error for a name that is not one of the possible values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown name {name:?}, expected one of: {}", known.join(", "))]
pub struct UnknownName {
    name: String,
    known: Vec<&'static str>,
}

/// The track. All tracks are fictional.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TrackName {
    /// 4.1 km with elevation, driven clockwise. The pit box is after the line.
    #[default]
    Valdombra,
    /// 2.5 km, driven counter-clockwise. The pit box is 13 m before the line, at lap position 0.9949; the static page has
    /// no coordinates (0/0) and no starting temperatures.
    Karsthafen,
    /// 4.6 km of fast bends and long straights, driven clockwise. The pit box is before the line, at lap position 0.9968.
    Northmoor,
}

named!(TrackName {
    Valdombra => "valdombra", "4.1 km, clockwise, pit box after the line";
    Karsthafen => "karsthafen", "2.5 km, counter-clockwise, pit box 13 m before the line, no coordinates";
    Northmoor => "northmoor", "4.6 km, fast, clockwise, pit box before the line";
});

/// The player's car.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CarModel {
    /// A racing car with a naturally aspirated engine, six gears, ABS and traction control.
    #[default]
    Gt3,
    /// A road car with a turbocharged engine and seven gears.
    Road,
    /// An electric car: one gear, a battery instead of a tank.
    Electric,
    /// A racing car of the same class with a turbocharged engine and seven gears.
    Gt3Turbo,
    /// A small road car with a naturally aspirated engine, front-wheel drive and five gears, without traction control.
    Hatch,
    /// A fast electric car with two driven axles.
    ElectricCoupe,
}

named!(CarModel {
    Gt3 => "gt3", "a racing car";
    Road => "road", "a road car with a turbocharger";
    Electric => "electric", "an electric car with one gear";
    Gt3Turbo => "gt3-turbo", "a racing car with a turbocharger";
    Hatch => "hatch", "a small road car with front-wheel drive";
    ElectricCoupe => "electric-coupe", "a fast electric car";
});

impl CarModel {
    /// The class of the car.
    pub const fn class(self) -> CarClass {
        match self {
            Self::Gt3 | Self::Gt3Turbo => CarClass::Gt3,
            Self::Road | Self::Hatch => CarClass::Road,
            Self::Electric | Self::ElectricCoupe => CarClass::Electric,
        }
    }
}

/// A class of cars.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CarClass {
    /// Racing cars on slicks.
    Gt3,
    /// Road cars with a combustion engine.
    Road,
    /// Electric cars.
    Electric,
}

/// The course of events in a simulation.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scenario {
    /// Menu, practice (out lap, flying laps with a pause, a yellow flag, an invalid lap, a pit stop), session change,
    /// race. Practice lasts seven laps unless [`Options::laps`] says otherwise.
    #[default]
    Weekend,
    /// Flying laps without end, from a rolling start.
    HotLaps,
    /// A race of 20 minutes, or of [`Options::laps`] laps, with a standing start among twenty cars.
    Race,
    /// A start from the box, and a pit stop on every second lap.
    Pits,
    /// Flying laps with a pause of five seconds twice a lap, alone on the track.
    Pause,
    /// Only the game's menu.
    Menu,
    /// Flying laps with restarts: on the first lap, on a later one, 1.5 s after a finish whose lap time then never arrives,
    /// after 5.4 s (so the timer is reset from above 5 s), and shortly before the line (when the timer fits the old last lap
    /// time). Each restart resets the timer and `total_lap_count` to 0, the car to its rolling start, and the tank to its
    /// initial level. `packetId`, the static page and `last_laptime_ms` do not change.
    Restart,
    /// Practice with returns to the box via the menu from flying laps: once through PAUSE, once through some frames of OFF.
    /// `total_lap_count` does not change, so its number repeats; an out lap follows. [`Options::box_return`] selects what the
    /// timer does.
    Garage,
    /// Flying laps interrupted by replays, with status REPLAY. The frames are those of about 20 s before. Physics is
    /// frozen during one replay and moves during the next. Then LIVE continues at the point of the interruption. One replay begins 1.5 s after a
    /// finish and shows the finish again, one begins after the chequered flag.
    Replay,
    /// Flying laps where the lap counter, the last lap time and `npos` follow the timer by up to 8 s in any order, names are
    /// complete late, and the last frame of each lap already shows the validity of the next lap.
    Online,
    /// Laps that become invalid early, in the middle, in the last metres, or at their start. The last frame of every second lap
    /// already shows the validity of the next lap; the first frames of the other laps still show the validity of the lap before.
    Validity,
    /// Three sessions with two cars on the same track. The last and the best lap of one car remain on the page for 20 s of the
    /// second session, and for the whole first lap of the third one, where `packetId` continues, too. The first session is left
    /// in the middle of a lap.
    CarChange,
    /// Like [`Scenario::CarChange`] with one car, and another `track_configuration` each time.
    TrackChange,
    /// One session whose `phase_name` changes from practice to qualifying to the race, without a menu and without a change of
    /// the static page. Timer, laps and position start again, `packetId` continues. Practice ends in the middle of a lap.
    Phases,
    /// Flying laps, some of them through the pit lane: twice without a stop, once with one.
    DriveThrough,
    /// Identical flying laps, timed to the hundredth of a second, so `last_laptime_ms` usually does not change at the line. The
    /// timer does not run past the lap's time.
    Twins,
    /// A race of four minutes, regardless of [`Options::laps`]: `is_timed_race` is set, `total_lap` is 0 and `time_left_ms` counts
    /// down. It ends with the lap that is running when the time is up.
    Sprint,
    /// Flying laps with little fuel: contacts that cause damage, a moment in the wrong direction, flags of several colours, hot
    /// tyres, the rev limiter, DRS, and a stop with repairs.
    Incidents,
    /// Flying laps with pauses between 0.3 s and ten minutes: shorter than the fade of the physics page, during its fade-in,
    /// immediately before and after the line.
    Pauses,
    /// Practice with returns to the box via the menu: immediately before the line, immediately after it, from an out lap, and from
    /// a flying lap; with a stop in between.
    Teleports,
    /// Three practice sessions on three tracks: the pit box is at lap position 0.9968, 13 m before the line, and after the line.
    /// Each has a stop, a return to the box via the menu, and a drive through the pit lane.
    Boxes,
    /// Three sessions, two of them left via the menu in the middle of a lap. The main menu is open for 20 s, then for an hour.
    Menus,
    /// Flying laps; on the second one, the driver opens the main menu ten times for half a second, at intervals of half a second.
    Bounces,
    /// Two races of three laps with all phases up to the end, where the timer is reset without a lap.
    RaceEnd,
    /// Practice; on the third lap the driver returns to the box and watches another car for two laps.
    Spectate,
    /// Identical flying laps, and from the third one on a mistake of the driver on each lap, in one corner: the first, the second, and so on.
    /// [`Truth::faults`](crate::Truth::faults) has the time that each of them has cost.
    Faults,
    /// A race of five laps, or of [`Options::laps`], among [`Options::cars`] cars of three classes. Most of the others stop in their
    /// boxes and make mistakes; one stops beside the track and one in its box, and they leave the session; two join after the
    /// start, from their boxes. The leader laps the slowest cars.
    Field,
}

named!(Scenario {
    Weekend => "weekend", "menu, practice with a pause, a flag, an invalid lap and a pit stop, then a race";
    HotLaps => "hot-laps", "flying laps from a rolling start";
    Race => "race", "a race with a standing start among twenty cars";
    Pits => "pits", "a pit stop on every second lap";
    Pause => "pause", "flying laps, paused twice a lap";
    Menu => "menu", "only the game's menu";
    Restart => "restart", "flying laps with restarts in the middle of laps";
    Garage => "garage", "returns to the box via the menu from flying laps";
    Replay => "replay", "flying laps, interrupted by replays";
    Online => "online", "lap count and lap times up to 8 s late, in any order";
    Validity => "validity", "invalid laps whose validity changes too early or too late";
    CarChange => "car-change", "three sessions with two cars; old lap times remain";
    TrackChange => "track-change", "three sessions on three layouts; old lap times remain";
    Phases => "phases", "practice, qualifying and race in one session";
    DriveThrough => "drive-through", "laps through the pit lane without a stop";
    Twins => "twins", "consecutive laps with exactly the same time";
    Sprint => "sprint", "a race of four minutes";
    Incidents => "incidents", "damage, flags, wrong direction, hot tyres, little fuel, repairs";
    Pauses => "pauses", "pauses from 0.3 s to ten minutes, also at the line";
    Teleports => "teleports", "returns to the box via the menu from all parts of a lap";
    Boxes => "boxes", "three tracks with the pit box before and after the line";
    Menus => "menus", "sessions left via the menu, which stays open for up to an hour";
    Bounces => "bounces", "main menu opened and closed ten times within a lap";
    RaceEnd => "race-end", "two races of three laps up to the last phase";
    Spectate => "spectate", "another car is watched for two laps";
    Faults => "faults", "identical laps, and from the third one on a mistake in another corner on each";
    Field => "field", "a race of twenty cars with stops, mistakes, retirements and late joins";
});
