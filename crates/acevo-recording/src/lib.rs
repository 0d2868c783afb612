//! Recordings: files of every page as it was, with its time, that survive whatever happens.
//!
//! [`RecordingWriter`] writes one, [`ThreadedWriter`] does so without ever waiting for a disk, and [`Ring`] keeps the last seconds
//! until somebody wants them. [`Recording`] reads, also what a killed program has left; [`repair`] makes a whole file of that,
//! and [`cut`] a smaller one of its parts.
#![doc = include_str!("../FORMAT.md")]

mod analyze;
mod batch;
mod chunk;
mod codec;
mod cut;
mod description;
mod encoder;
mod error;
mod filter;
mod index;
mod info;
mod lap_selector;
mod lap_traces;
mod laps;
mod layout;
mod lockstep;
mod mark;
mod player;
mod raw_dump;
mod reader;
mod record;
mod repair;
mod ring;
mod summary;
mod threaded;
mod varint;
mod writer;

pub use acevo_shared_memory;
pub use acevo_telemetry;

pub use analyze::{AnalyzedStep, analyze};
pub use codec::Compression;
pub use cut::{LEAD, TAIL, cut, cut_laps, lap_parts};
pub use description::{Description, PageSizes};
pub use error::RecordingError;
pub use info::Info;
pub use lap_selector::{LapReference, LapSelection, LapSelector, ParseLapError, RecordingPosition};
pub use lap_traces::lap_traces;
pub use laps::{LapCandidate, LapError, LapIndex, PositionFinder, RecordedLap};
pub use lockstep::{Lockstep, Opener};
pub use mark::{Mark, Marked};
pub use player::{Playback, Player, PlayerCommand, PlayerControl, PlayerError, SetOnDrop};
pub use raw_dump::{RawDump, RawDumpError};
pub use reader::{Damage, FrameStep, Recording, RecordingItem, SeenAt};
pub use record::{PageCounts, Record};
pub use repair::{Repaired, repair};
pub use ring::{Ring, RingSnapshot};
pub use summary::{RecordedNames, RecordingSummary, SessionNames, session_name};
pub use threaded::ThreadedWriter;
pub use writer::{Progress, RecordingWriter, SeekableOutput};
