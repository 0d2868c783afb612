//! Crash-safe recordings of Assetto Corsa EVO telemetry: write, read, play back, cut, index by lap.
//!
//! # Tutorial
//!
//! A recording has every page of the game's shared memory byte for byte, with its time. [`Recording`] reads it, as complete frames:
//!
//! ```no_run
//! use acevo_recording::Recording;
//!
//! let mut recording = Recording::open("monza.acevo")?;
//! while let Some(step) = recording.next_step()? {
//!     println!("{:?}: {} km/h", step.at, step.frame.physics.raw().speedKmh);
//! }
//! # Ok::<(), acevo_recording::RecordingError>(())
//! ```
//!
//! [`Recording::select`] reads some fields only, which is faster, and [`Recording::with_read_ahead`] decodes the next seconds in a second thread.
//!
//! [`LapIndex`] finds the laps, and [`LapSelector`] selects one of them: `best`, `3`, `2/3` (lap 3 of session 2), `3#2` (the second
//! attempt at lap 3). A text that selects several laps is an error, which lists them:
//!
//! ```no_run
//! use acevo_recording::{LapIndex, Recording};
//!
//! let mut recording = Recording::open("monza.acevo")?;
//! let laps = LapIndex::read(&mut recording, |_| true)?;
//! let best = laps.find("best".parse()?)?;
//! println!("lap {} from {:?} to {:?}", best.lap.id(), best.from, best.to);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`lap_traces`] returns channel values over the distance of a lap, [`cut_laps`] copies laps into a new recording, and [`Playback`]
//! plays a recording back, so that programs read it like the game:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use acevo_recording::{Playback, Player, Recording};
//! use acevo_telemetry::Connection;
//!
//! let playback = Playback::start(Player::new(Recording::open("monza.acevo")?).with_speed(10.0))?;
//! let mut connection = Connection::from_opener(playback.opener());
//! while !playback.is_over() {
//!     connection.wait(Duration::from_millis(100));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`analyze_field`] reads all cars of a recording: names, laps, results. [`merge_log`] adds the game's log to a recording that was made
//! without it.
//!
//! [`RecordingWriter`] writes a recording, [`ThreadedWriter`] does so without waiting for the disk, and [`Ring`] keeps the last seconds
//! in memory until they are saved.
//!
//! # Crate features
//!
//! - `zstd` (off): compression with Zstandard. Needs a C compiler.
//!
#![doc = include_str!("../FORMAT.md")]

mod analyze;
mod batch;
mod chunk;
mod codec;
mod contents;
mod cut;
mod description;
mod encoder;
mod error;
mod field;
mod field_set;
mod index;
mod info;
mod joined_marks;
mod lap_samples;
mod lap_selector;
mod lap_traces;
mod laps;
mod layout;
mod lockstep;
mod log_marks;
mod log_names;
mod mark;
mod merge;
mod player;
mod raw_dump;
mod reader;
mod record;
mod repair;
mod ring;
mod stream;
mod summary;
mod threaded;
mod varint;
mod writer;

pub use acevo_shared_memory;
pub use acevo_telemetry;

pub use analyze::{AnalyzedStep, analyze};
pub use codec::Compression;
pub use contents::{Contents, OtherCar, SessionContents};
pub use cut::{LEAD, TAIL, cut, cut_laps, lap_part, lap_parts};
pub use description::{Description, PageSizes};
pub use error::RecordingError;
pub use field::{FIELD_PASSES, FieldReader, TrackOutlines, analyze_field};
pub use field_set::FieldSet;
pub use info::Info;
pub use lap_samples::{LapSamples, LapSpan, MAX_SAMPLE_GAP_S, lap_samples};
pub use lap_selector::{LapReference, LapSelection, LapSelector, ParseLapError, RecordingPosition};
pub use lap_traces::{TracedLaps, lap_traces};
pub use laps::{LapCandidate, LapError, LapIndex, LapIndexer, PositionFinder, RecordedLap};
pub use lockstep::{Lockstep, Opener};
pub use log_marks::{LogMark, LogMarks};
pub use log_names::LogNames;
pub use mark::{Mark, Marked};
pub use merge::{MergeError, Merged, merge_log};
pub use player::{Playback, Player, PlayerCommand, PlayerControl, PlayerError, SetOnDrop};
pub use raw_dump::{RawDump, RawDumpError};
pub use reader::{Damage, FrameStep, Recording, RecordingItem, SeenAt};
pub use record::{PageCounts, Record};
pub use repair::{Repaired, repair};
pub use ring::{Ring, RingSnapshot};
pub use stream::{RecordSink, RecordingStream};
pub use summary::{RecordedNames, RecordingSummary, SessionNames, session_name};
pub use threaded::ThreadedWriter;
pub use writer::{Progress, RecordingWriter, SeekableOutput};

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
