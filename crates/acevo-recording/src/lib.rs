//! Recordings: files of every page as it was, with its time, that survive whatever happens.
//!
//! [`RecordingWriter`] writes one, [`ThreadedWriter`] does so without ever waiting for a disk, and [`Ring`] keeps the last seconds
//! until somebody wants them. [`Recording`] reads, also what a killed program has left; [`repair`] makes a whole file of that,
//! and [`cut`] a smaller one of its parts.
#![doc = include_str!("../FORMAT.md")]

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
mod layout;
mod mark;
mod reader;
mod record;
mod repair;
mod ring;
mod threaded;
mod varint;
mod writer;

pub use codec::Compression;
pub use cut::cut;
pub use description::{Description, PageSizes};
pub use error::RecordingError;
pub use info::Info;
pub use mark::{Mark, Marked};
pub use reader::{Damage, FrameStep, Recording, RecordingItem, SeenAt};
pub use record::{PageCounts, Record};
pub use repair::{Repaired, repair};
pub use ring::{Ring, RingSnapshot};
pub use threaded::ThreadedWriter;
pub use writer::{Progress, RecordingWriter, SeekableOutput};
