//! The game's enums. Each has a catch-all variant for unknown values.

use std::fmt;

macro_rules! protocol_enum {
    (
        $(#[doc = $enum_doc:expr])+
        pub enum $name:ident {
            $( $(#[doc = $doc:expr])+ $variant:ident = $value:literal, )+
            ..$other:ident
        }
    ) => {
        $(#[doc = $enum_doc])+
        ///
        /// `Display` writes the variant's name, `FromStr` parses it, and [`iter`](strum::IntoEnumIterator::iter) iterates over
        /// the known values.
        // `Display` and `IntoStaticStr` are implemented below: strum's derives panic for the disabled catch-all.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::EnumIter)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum $name {
            $( $(#[doc = $doc])+ $variant, )+
            /// A value this library does not know.
            #[strum(disabled)]
            $other(i32),
        }

        impl $name {
            /// The number the game uses.
            pub const fn value(self) -> i32 {
                match self {
                    $( Self::$variant => $value, )+
                    Self::$other(value) => value,
                }
            }

            const fn name(self) -> &'static str {
                match self {
                    $( Self::$variant => stringify!($variant), )+
                    Self::$other(_) => stringify!($other),
                }
            }
        }

        impl From<i32> for $name {
            fn from(value: i32) -> Self {
                match value {
                    $( $value => Self::$variant, )+
                    value => Self::$other(value),
                }
            }
        }

        impl From<$name> for i32 {
            fn from(value: $name) -> Self {
                value.value()
            }
        }

        impl From<$name> for &'static str {
            fn from(value: $name) -> Self {
                value.name()
            }
        }

        impl From<&$name> for &'static str {
            fn from(value: &$name) -> Self {
                value.name()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::$other(value) => f.pad(&format!("{}({value})", self.name())),
                    known => f.pad(known.name()),
                }
            }
        }
    };
}

protocol_enum! {
    /// State of the game (`SPageFileGraphicEvo.status`).
    ///
    /// ```
    /// use acevo_shared_memory::ACEvoStatus;
    ///
    /// assert_eq!(ACEvoStatus::from(2), ACEvoStatus::Live);
    /// assert_eq!(ACEvoStatus::from(99).to_string(), "Unknown(99)");
    /// ```
    pub enum ACEvoStatus {
        /// In the menu, or the game is not running.
        Off = 0,
        /// A replay is shown; the pages follow the replayed car.
        Replay = 1,
        /// Driving, or watching a live session.
        Live = 2,
        /// Paused: the values of the physics page fade to zero; see [`PhysicsValidity`](crate::PhysicsValidity). Not a disconnect.
        Pause = 3,
        ..Unknown
    }
}

protocol_enum! {
    /// Kind of session (`SPageFileStaticEvo.session`).
    ///
    /// Reported: the game publishes `TimeAttack` or `HotStint` for everything except quick races. The names of the session and
    /// the phase are more specific.
    pub enum ACEvoSessionType {
        /// The game does not know it.
        Unknown = -1,
        /// Laps against the clock.
        TimeAttack = 0,
        /// A race.
        Race = 1,
        /// A limited number of fast laps.
        HotStint = 2,
        /// Free driving.
        Cruise = 3,
        ..Other
    }
}

protocol_enum! {
    /// Flag shown to the player or to all drivers (`SPageFileGraphicEvo.flag`, `.global_flag`).
    pub enum ACEvoFlagType {
        /// No flag.
        NoFlag = 0,
        /// Slow car ahead.
        WhiteFlag = 1,
        /// Track is clear.
        GreenFlag = 2,
        /// Session stopped.
        RedFlag = 3,
        /// A faster car wants to pass.
        BlueFlag = 4,
        /// Danger ahead; overtaking is forbidden.
        YellowFlag = 5,
        /// Disqualified.
        BlackFlag = 6,
        /// Warning for unsporting driving.
        BlackWhiteFlag = 7,
        /// Session over.
        CheckeredFlag = 8,
        /// Car is damaged and must come to the pits ("meatball").
        OrangeCircleFlag = 9,
        /// Slippery track.
        RedYellowStripesFlag = 10,
        ..Unknown
    }
}

protocol_enum! {
    /// Location of the car (`SPageFileGraphicEvo.car_location`).
    pub enum ACEvoCarLocation {
        /// Not known.
        Unassigned = 0,
        /// In the pit lane.
        Pitlane = 1,
        /// On the way into the pit lane.
        PitEntry = 2,
        /// On the way out of the pit lane.
        PitExit = 3,
        /// On the track.
        Track = 4,
        ..Unknown
    }
}

protocol_enum! {
    /// Type of the engine (`SPageFileGraphicEvo.engine_type`).
    pub enum ACEvoEngineType {
        /// Petrol or any other fuel.
        InternalCombustion = 0,
        /// Electric motor with a battery.
        ElectricMotor = 1,
        ..Unknown
    }
}

protocol_enum! {
    /// Grip of the track when the session starts (`SPageFileStaticEvo.starting_grip`).
    pub enum ACEvoStartingGrip {
        /// Little rubber.
        Green = 0,
        /// Some rubber.
        Fast = 1,
        /// All the rubber it can have.
        Optimum = 2,
        ..Unknown
    }
}
