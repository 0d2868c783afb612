//! Topics, severities and parts of events.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Defines an enum with a human-readable name for every value.
macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($(#[doc = $doc:literal])+ $variant:ident => $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $type {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl $type {
            /// Every value.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// Human-readable name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

named! {
    /// Topic of an event, for filtering.
    #[non_exhaustive]
    Topic {
        /// Sessions, phases and stints.
        Session => "session",
        /// Laps, sectors and best times.
        Lap => "lap",
        /// Pit lane, box, services, pit limiter.
        Pit => "pit",
        /// Flags.
        Flag => "flag",
        /// The start of a race.
        Start => "start",
        /// Off the track, the wrong way.
        Track => "track",
        /// Fuel or charge.
        Fuel => "fuel",
        /// Damage and repairs.
        Damage => "damage",
        /// Temperatures of the tyres.
        Tyres => "tyres",
        /// Temperatures of the engine, the rev limiter.
        Engine => "engine",
    }
}

named! {
    /// Severity of an event, for colouring and filtering.
    #[non_exhaustive]
    Severity {
        /// Neither good nor bad.
        Info => "info",
        /// Good for the driver.
        Good => "good",
        /// Needs the driver's attention.
        Warning => "warning",
    }
}

named! {
    /// One of the four wheels.
    Wheel {
        /// Front left.
        FrontLeft => "front left",
        /// Front right.
        FrontRight => "front right",
        /// Rear left.
        RearLeft => "rear left",
        /// Rear right.
        RearRight => "rear right",
    }
}

named! {
    /// Temperature state of a tyre.
    TyreState {
        /// Below its temperature window.
        Cold => "cold",
        /// In its temperature window.
        Ideal => "in their window",
        /// Above its temperature window.
        Hot => "too hot",
    }
}

named! {
    /// A service of the crew at a pit stop.
    #[non_exhaustive]
    Service {
        /// Repairs.
        Repair => "repairs",
        /// Refuelling.
        Fuel => "fuel",
        /// The front left tyre.
        TyreFrontLeft => "tyre front left",
        /// The front right tyre.
        TyreFrontRight => "tyre front right",
        /// The rear left tyre.
        TyreRearLeft => "tyre rear left",
        /// The rear right tyre.
        TyreRearRight => "tyre rear right",
    }
}

named! {
    /// A part of the car that can be damaged.
    #[non_exhaustive]
    Part {
        /// The front of the body.
        Front => "front",
        /// The rear of the body.
        Rear => "rear",
        /// The left side of the body.
        Left => "left side",
        /// The right side of the body.
        Right => "right side",
        /// The middle of the body.
        Centre => "centre",
        /// The suspension of the front left wheel.
        SuspensionFrontLeft => "suspension front left",
        /// The suspension of the front right wheel.
        SuspensionFrontRight => "suspension front right",
        /// The suspension of the rear left wheel.
        SuspensionRearLeft => "suspension rear left",
        /// The suspension of the rear right wheel.
        SuspensionRearRight => "suspension rear right",
    }
}

named! {
    /// A fluid of the engine.
    #[non_exhaustive]
    Fluid {
        /// Coolant.
        Water => "water",
        /// Oil.
        Oil => "oil",
    }
}

/// Damage or repair of a part of the car.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DamageStep {
    /// The part.
    pub part: Part,
    /// Damage that was reported before; 0 for none. The game's own scale, which does not end at 1 (237 was reported).
    pub before: f32,
    /// Damage now, on the same scale.
    pub now: f32,
}
