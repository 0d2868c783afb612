//! A stand-in for the game: a car is driven round a closed circuit, and the three pages of shared memory say so.
//!
//! [`Simulator`] is the game without a clock: step it as fast as you like and read the pages. [`run`] publishes a
//! simulation in real time, so that a reader cannot tell it from the game.
//!
//! It is not a driving game. The car follows a given line at the speed that its tyres, engine and brakes allow, and
//! everything on the pages follows from that one motion: integrating `velocity` gives the position, `speedKmh` is its
//! length, loads follow from the accelerations, temperatures from forces and slip, fuel from power. The session behaves
//! as the game's does, oddities included: the lap timer is back at zero frames before the lap is counted, names are
//! incomplete for the first seconds, missing lap times are 0 or `0x7fffffff`.
//!
//! Many a [`Scenario`] is made for one such oddity: a timer that is reset without a lap, a lap time that never arrives, the
//! frames of a replay. Where readers of the game have reported how the pages behave, these behave so; where nobody has, they
//! do what is hardest to read. [`Simulator::truth`] tells what really happened: the laps that were completed and those that
//! were not, and everything besides.
//!
//! Units are SI where the pages do not say otherwise; world axes have Y up.

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
pub use realtime::run;
pub use simulator::{Changed, Simulator};
pub use truth::{
    AbortReason, AbortedLap, Damage, Happening, LapKind, LapRecord, Occurrence, Phantom, PhantomLap, Truth,
};
