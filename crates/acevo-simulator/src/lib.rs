#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod board;
mod car;
mod driver;
mod fade;
mod fault;
mod happening;
mod identity;
mod laps;
mod log;
mod noise;
mod observer;
mod options;
mod pages;
mod pit_path;
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

pub use fault::FaultKind;
pub use log::{LogLine, LogPlace, LogStyle, LogVersion};
pub use options::{
    AccGOrder, BoxReturn, CarClass, CarModel, GameVersion, Options, PauseStyle, Scenario, TrackName, UnknownName,
    Variant, World,
};
pub use realtime::{Control, run, run_controlled};
pub use simulator::{Changed, Simulator};
pub use track::TrackCorner;
pub use truth::{
    AbortReason, AbortedLap, CarId, CarState, CarTruth, Damage, FaultRecord, FieldLap, LapKind, LapRecord,
    PhantomCause, PhantomLap, PitStay, Stay, Truth, TruthEvent, TruthEventKind,
};
