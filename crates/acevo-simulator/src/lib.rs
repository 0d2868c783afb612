//! A stand-in for the game: a car is driven round a closed circuit, and the three pages of shared memory say so.
//!
//! [`Simulator`] is the game without a clock: step it as fast as you like and read the pages. [`run`] publishes a
//! simulation in real time, so that a reader cannot tell it from the game.
//!
//! It is not a driving game. The car follows a given line at the speed that its tyres, engine and brakes allow, and
//! everything on the pages follows from that one motion: integrating `velocity` gives the position, `speedKmh` is its
//! length, loads follow from the accelerations, temperatures from forces and slip, fuel from power.
//!
//! By default pauses, menus, returns to the box, signs, phases and odd values are those that were measured on the real
//! game; `docs/simulator.md` describes them. Where measurements and reports disagree, [`Options`] has a choice. Many a
//! [`Scenario`] is made for one thing that is hard to read: a timer that is reset without a lap, a lap time that never
//! arrives, the frames of a replay. [`Simulator::truth`] says what really happened: the laps that were completed and those
//! that were not, what only looks like a lap, and everything besides.
//!
//! Units are SI unless the pages say otherwise; world axes are right-handed with Y up.

#![forbid(unsafe_code)]

mod board;
mod car;
mod driver;
mod fade;
mod laps;
mod noise;
mod options;
mod pages;
mod plan;
mod profile;
mod realtime;
mod session;
mod simulator;
mod spec;
mod track;
mod traffic;
mod truth;
mod validity;
mod vector;
mod watch;

pub use options::{
    AccGOrder, BoxReturn, CarClass, CarModel, GameVersion, Options, PauseStyle, Scenario, TrackName, UnknownName,
    Variant, World,
};
pub use realtime::{Control, run, run_controlled};
pub use simulator::{Changed, Simulator};
pub use truth::{
    AbortReason, AbortedLap, Damage, Happening, LapKind, LapRecord, Occurrence, Phantom, PhantomLap, Truth,
};
