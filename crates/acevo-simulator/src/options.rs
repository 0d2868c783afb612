//! What a simulation is to show.

use std::fmt;
use std::str::FromStr;

/// An enum with a name for every value, as command lines show and read it.
macro_rules! named {
    ($type:ident { $($variant:ident => $name:literal, $summary:literal;)+ }) => {
        impl $type {
            /// Every value, in the order of the documentation.
            pub const fn all() -> &'static [Self] {
                &[$(Self::$variant),+]
            }

            /// What it is, in a few words.
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

            /// Reads the name that [`Display`](fmt::Display) writes; upper and lower case are the same.
            fn from_str(name: &str) -> Result<Self, UnknownName> {
                Self::all()
                    .iter()
                    .copied()
                    .find(|value| value.name().eq_ignore_ascii_case(name))
                    .ok_or_else(|| UnknownName { name: name.to_owned(), known: vec![$($name),+] })
            }
        }
    };
}

/// How to simulate. Start from [`Options::default`] and change fields.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The same seed and the same other options give the same pages, byte for byte.
    pub seed: u64,
    /// The player's car.
    pub car: CarModel,
    /// The track.
    pub track: TrackName,
    /// What happens.
    pub scenario: Scenario,
    /// Each session ends after this many completed laps. `None`: practice, races and the scenarios from [`Scenario::Restart`]
    /// on have their natural length, in which everything happens; the last session of the others never ends.
    pub laps: Option<u32>,
    /// The order of the axes in `accG` and `g_forces_x/y/z`.
    pub acc_g: AccGOrder,
    /// The handedness of the world axes, and with it the signs of everything lateral.
    pub world: World,
    /// The version of the game whose counters and values the pages show.
    pub game: GameVersion,
    /// What the pages show during a pause.
    pub pause: PauseStyle,
    /// What the lap timer does when the driver returns to the box by the menu.
    pub box_return: BoxReturn,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            car: CarModel::Gt3,
            track: TrackName::default(),
            scenario: Scenario::Weekend,
            laps: None,
            acc_g: AccGOrder::Measured,
            world: World::RightHanded,
            game: GameVersion::V0_8,
            pause: PauseStyle::Fading,
            box_return: BoxReturn::TimerGoesOn,
        }
    }
}

impl Options {
    /// Whether the simulation comes to an end by itself.
    pub const fn has_end(&self) -> bool {
        match self.scenario {
            Scenario::HotLaps | Scenario::Pits | Scenario::Pause => self.laps.is_some(),
            Scenario::Menu => false,
            _ => true,
        }
    }

    /// Changes one thing from what was measured on the game to what is assumed or reported elsewhere.
    pub const fn apply(&mut self, variant: Variant) {
        match variant {
            Variant::AccGDocumented => self.acc_g = AccGOrder::Documented,
            Variant::LeftHanded => self.world = World::LeftHanded,
            Variant::StillPause => self.pause = PauseStyle::Still,
            Variant::TimerResets => self.box_return = BoxReturn::TimerResets,
        }
    }
}

/// Disputed behaviour that may be chosen instead of what was measured.
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
    AccGDocumented => "acc-g-documented", "accG as lateral, longitudinal, vertical";
    LeftHanded => "left-handed", "left-handed world axes, lateral values positive to the right";
    StillPause => "still-pause", "no page is written during a pause";
    TimerResets => "timer-resets", "the lap timer is 0 after a return to the box";
});

/// The order of the axes in `accG`: the game's document and measurements differ.
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

/// The version of the game that is simulated, as far as measurements of versions differ.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GameVersion {
    /// 0.6.2: `session_state.current_lap` equals `total_lap_count`; `tyre_normalized_temperature_*`, coordinates, starting
    /// temperatures and the exhaust temperature are constant; the surname is one blank.
    V0_6,
    /// 0.8 and later: `session_state.current_lap` counts 1, 2, 3 in races, goes past `total_lap` after the end, and is 0
    /// elsewhere.
    #[default]
    V0_8,
}

named!(GameVersion {
    V0_6 => "0.6", "EVO 0.6.2: current_lap equals the lap count, tyre states are dead";
    V0_8 => "0.8", "EVO 0.8 and later: current_lap counts in races only";
});

/// What the pages show during a pause.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PauseStyle {
    /// Measured on EVO 0.6.2: the physics page fades to zero in one second, then counts at twice the rate with zero pages;
    /// after the pause it fades in again for two seconds. Graphics frames go on.
    #[default]
    Fading,
    /// Nothing is written from the frame with status PAUSE until the pause is over.
    Still,
}

/// What the lap timer does when the driver returns to the box by the menu.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BoxReturn {
    /// Measured on EVO 0.6.2: the timer of the interrupted lap runs on, and the tank is filled to the level of the
    /// session's start.
    #[default]
    TimerGoesOn,
    /// Reported of other versions: the timer is 0 until the car leaves the box, and the tank stays as it was.
    TimerResets,
}

/// A name that is not one of the possible values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    name: String,
    known: Vec<&'static str>,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown name {:?}, expected one of: {}", self.name, self.known.join(", "))
    }
}

impl std::error::Error for UnknownName {}

/// The track. All are inventions.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TrackName {
    /// 4.1 km with elevation, driven clockwise. The pit box lies behind the line.
    #[default]
    Valdombra,
    /// 2.5 km, driven counter-clockwise. The pit box lies 13 m before the line, at lap position 0.9949; the static page has
    /// no coordinates (0/0) and no starting temperatures.
    Karsthafen,
    /// 4.6 km of fast bends and long straights, driven clockwise. The pit box lies before the line at lap position 0.9968.
    Northmoor,
}

named!(TrackName {
    Valdombra => "valdombra", "clockwise, pit box behind the line";
    Karsthafen => "karsthafen", "short and counter-clockwise, pit box 13 m before the line, no coordinates";
    Northmoor => "northmoor", "long and fast, pit box before the line";
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
    Electric => "electric", "a battery and one gear";
    Gt3Turbo => "gt3-turbo", "a racing car with a turbocharger";
    Hatch => "hatch", "a small road car with front-wheel drive";
    ElectricCoupe => "electric-coupe", "a fast electric car";
});

impl CarModel {
    /// The class it drives in.
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

/// What happens in a simulation.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scenario {
    /// Menu, practice (out lap, flying laps with a pause, a yellow flag, an invalid lap, a pit stop), session change,
    /// race. Practice lasts seven laps unless [`Options::laps`] says otherwise.
    #[default]
    Weekend,
    /// On the track at once, already rolling, one flying lap after the other.
    HotLaps,
    /// A race of 20 minutes, or of [`Options::laps`] laps: a standing start among twenty cars.
    Race,
    /// From the box, and back to it on every second lap.
    Pits,
    /// Hot laps with a pause of five seconds twice a lap, alone on the track.
    Pause,
    /// The game's menu, and nothing else.
    Menu,
    /// Hot laps that are restarted: on the first lap, on a later one, 1.5 s after a finish whose numbers then never
    /// arrive, after 5.4 s (a timer that was above 5 s and is back at 0), and shortly before the line (such a timer, and
    /// an old last lap time that fits it). Each time the timer and `total_lap_count` are back at 0, the car at its rolling
    /// start, the tank as it was; `packetId`, static page and `last_laptime_ms` know nothing of it.
    Restart,
    /// Practice, returned to the box by the menu from flying laps: once through PAUSE, once through some frames of OFF.
    /// `total_lap_count` stays and is used again, an out lap follows. What the timer does is [`Options::box_return`].
    Garage,
    /// Hot laps interrupted by replays: status REPLAY, and the frames are those of some 20 s before, moving on; physics
    /// stands still in one and moves along in the next. Then LIVE goes on where it was left. One replay comes 1.5 s after a
    /// finish and shows it again, one after the chequered flag.
    Replay,
    /// Hot laps where counter, last lap time and `npos` follow the timer by up to 8 s, in any order, names are complete
    /// late, and the last frame of each lap already shows the next one's validity.
    Online,
    /// Laps that are cut early, in the middle, in the last metres, or do not count from their start. The last frame of every
    /// second lap already shows the next one's validity; after the other laps the first frames still show the old one's.
    Validity,
    /// Three sessions with two cars on the same track. The last and the best lap of one car stay on the page for 20 s of
    /// the second session, for the whole first lap of the third one; there `packetId` goes on counting, too. The first
    /// session is left in the middle of a lap.
    CarChange,
    /// Like [`Scenario::CarChange`] with one car, and another `track_configuration` each time.
    TrackChange,
    /// One session whose `phase_name` goes from practice over qualifying to the race, without a menu and without a change
    /// of the static page. Timer, laps and position begin anew, `packetId` goes on. Practice ends in the middle of a lap.
    Phases,
    /// Hot laps through the pit lane without a stop, and once with one.
    DriveThrough,
    /// Hot laps of a driver who drives each like the one before, timed to the hundredth of a second: mostly
    /// `last_laptime_ms` does not change at the line. The timer does not run past the lap's time.
    Twins,
    /// A race of four minutes, whatever [`Options::laps`] says: `is_timed_race`, `total_lap` 0, `time_left_ms` counts down. It ends with the lap that is
    /// being driven when the time is up.
    Sprint,
    /// Hot laps on little fuel with contacts that leave damage, a moment of wrong way, flags of several colours, hot
    /// tyres, the rev limiter, DRS, and a stop with repairs.
    Incidents,
    /// Hot laps with pauses between 0.3 s and ten minutes: shorter than the fade of the physics page, again while it fades
    /// in, right before and after the line.
    Pauses,
    /// Practice, returned to the box by the menu right before the line, right after it, from an out lap, and on a flying
    /// lap; with a stop in between.
    Teleports,
    /// Three practices on three tracks: the pit box lies at lap position 0.9968, 13 m before the line, and behind the line.
    /// In each a stop, a return to the box by the menu, and a drive through the pit lane.
    Boxes,
    /// Three sessions, two of them left by the menu in the middle of a lap. The main menu stands for 20 s, then for an hour.
    Menus,
    /// Hot laps; in the second one ten times to the main menu for half a second, with half a second of driving in between.
    Bounces,
    /// Two races of three laps, each through all phases to the end; there the timer is reset without a lap.
    RaceEnd,
    /// Practice; in the third lap back to the box, from where the driver watches another car for two laps.
    Spectate,
}

named!(Scenario {
    Weekend => "weekend", "menu, practice with a pause, a flag, an invalid lap and a pit stop, then a race";
    HotLaps => "hot-laps", "on the track at once, one flying lap after the other";
    Race => "race", "a standing start among twenty cars";
    Pits => "pits", "back to the box on every second lap";
    Pause => "pause", "hot laps, paused twice a lap";
    Menu => "menu", "the game's menu, and nothing else";
    Restart => "restart", "hot laps, restarted in the middle of laps";
    Garage => "garage", "back to the box by the menu from flying laps";
    Replay => "replay", "hot laps, interrupted by replays";
    Online => "online", "lap numbers up to 8 s late, in any order";
    Validity => "validity", "cut laps; their validity is shown too early or too late";
    CarChange => "car-change", "three sessions with two cars; old lap times stay";
    TrackChange => "track-change", "three sessions on two layouts; old lap times stay";
    Phases => "phases", "practice, qualifying and race in one session";
    DriveThrough => "drive-through", "through the pit lane without a stop";
    Twins => "twins", "one lap takes exactly as long as the next";
    Sprint => "sprint", "a race of four minutes";
    Incidents => "incidents", "damage, flags, wrong way, hot tyres, little fuel, repairs";
    Pauses => "pauses", "pauses from 0.3 s to ten minutes, also at the line";
    Teleports => "teleports", "back to the box by the menu from everywhere on a lap";
    Boxes => "boxes", "three tracks: the pit box before the line and behind it";
    Menus => "menus", "sessions left by the menu, which stands for an hour";
    Bounces => "bounces", "ten times to the main menu and back within a lap";
    RaceEnd => "race-end", "two races of three laps to the last phase";
    Spectate => "spectate", "another car is watched for two laps";
});
