#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod board;
mod car;
mod driver;
mod fade;
mod laps;
mod noise;
mod observer;
mod options;
mod pages;
mod plan;
mod profile;
mod realtime;
mod session;
mod setting;
mod simulator;
mod spec;
mod track;
mod traffic;
mod truth;
mod validity;
mod vector;

pub use options::{
    AccGOrder, BoxReturn, CarClass, CarModel, GameVersion, Options, PauseStyle, Scenario, TrackName, UnknownName,
    Variant, World,
};
pub use realtime::{Control, run, run_controlled};
pub use simulator::{Changed, Simulator};
pub use truth::{
    AbortReason, AbortedLap, Damage, LapKind, LapRecord, PhantomCause, PhantomLap, Truth, TruthEvent, TruthEventKind,
};
