//! The game's enums, with room for values nobody knows yet.

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
        /// `Display` writes the variant's name, `FromStr` reads it, and [`iter`](strum::IntoEnumIterator::iter) goes over
        /// the known values.
        // `Display` and `IntoStaticStr` are written below: strum's derives panic on the disabled catch-all.
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
    /// What the game is doing (`SPageFileGraphicEvo.status`).
    ///
    /// ```
    /// use acevo_shared_memory::ACEvoStatus;
    ///
    /// assert_eq!(ACEvoStatus::from(2), ACEvoStatus::Live);
    /// assert_eq!(ACEvoStatus::from(99).to_string(), "Unknown(99)");
    /// ```
    pub enum ACEvoStatus {
        /// In the menu, or no game at all.
        Off = 0,
        /// A replay is shown; the pages follow the replayed car.
        Replay = 1,
        /// Driving, or watching a live session.
        Live = 2,
        /// Paused: the values of the physics page fade, and are then zero; see [`PhysicsValidity`](crate::PhysicsValidity). Not a
        /// disconnect.
        Pause = 3,
        ..Unknown
    }
}

protocol_enum! {
    /// Kind of session (`SPageFileStaticEvo.session`).
    ///
    /// Reported: the game gives `TimeAttack` or `HotStint` for everything but quick races; look at the session's and the
    /// phase's name too.
    pub enum ACEvoSessionType {
        /// The game says that it does not know.
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
    /// Flag shown to the player or to everybody (`SPageFileGraphicEvo.flag`, `.global_flag`).
    pub enum ACEvoFlagType {
        /// None.
        NoFlag = 0,
        /// Slow car ahead.
        WhiteFlag = 1,
        /// Track is clear.
        GreenFlag = 2,
        /// Session stopped.
        RedFlag = 3,
        /// A faster car wants to pass.
        BlueFlag = 4,
        /// Danger ahead, no overtaking.
        YellowFlag = 5,
        /// Disqualified.
        BlackFlag = 6,
        /// Warning for unsporting driving.
        BlackWhiteFlag = 7,
        /// Session over.
        CheckeredFlag = 8,
        /// Car is damaged, come to the pits ("meatball").
        OrangeCircleFlag = 9,
        /// Slippery track.
        RedYellowStripesFlag = 10,
        ..Unknown
    }
}

protocol_enum! {
    /// Where the car is (`SPageFileGraphicEvo.car_location`).
    pub enum ACEvoCarLocation {
        /// Not told.
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
    /// What drives the car (`SPageFileGraphicEvo.engine_type`).
    pub enum ACEvoEngineType {
        /// Petrol or any other fuel.
        InternalCombustion = 0,
        /// Battery.
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
