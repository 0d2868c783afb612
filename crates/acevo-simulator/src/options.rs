//! What a simulation is to show.

use std::fmt;
use std::str::FromStr;

/// How to simulate. Start from [`Options::default`] and change fields.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The same seed and the same other options give the same pages, byte for byte.
    pub seed: u64,
    /// The player's car.
    pub car: CarModel,
    /// What happens.
    pub scenario: Scenario,
    /// Each session ends after this many completed laps. `None`: practice has its natural length, the last session
    /// never ends.
    pub laps: Option<u32>,
    /// The order of the axes in `accG` and `g_forces_x/y/z`.
    pub acc_g: AccGOrder,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, car: CarModel::Gt3, scenario: Scenario::Weekend, laps: None, acc_g: AccGOrder::Measured }
    }
}

/// The order of the axes in `accG`: what the game's document says and what readers measured differ.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccGOrder {
    /// Lateral, vertical, longitudinal: what readers measured.
    #[default]
    Measured,
    /// Lateral, longitudinal, vertical: what the document says.
    Documented,
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
}

named!(CarModel {
    Gt3 => "gt3", "a racing car";
    Road => "road", "a road car with a turbocharger";
    Electric => "electric", "a battery and one gear";
});

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
    /// A standing start among twenty cars.
    Race,
    /// From the box, and back to it on every second lap.
    Pits,
    /// Hot laps with a pause of five seconds twice a lap.
    Pause,
    /// The game's menu, and nothing else.
    Menu,
}

named!(Scenario {
    Weekend => "weekend", "menu, practice with a pause, a flag, an invalid lap and a pit stop, then a race";
    HotLaps => "hot-laps", "on the track at once, one flying lap after the other";
    Race => "race", "a standing start among twenty cars";
    Pits => "pits", "back to the box on every second lap";
    Pause => "pause", "hot laps, paused twice a lap";
    Menu => "menu", "the game's menu, and nothing else";
});
