//! Telemetry of many drives as Delta tables, which DuckDB, Polars, Spark and other engines read.
//!
//! A [`Lake`] is a folder with a table of laps, one of events and one of samples, and with two tables about all cars if recordings have them.
//! Each table is a folder of Parquet files with a log, by the
//! [protocol of Delta](https://github.com/delta-io/delta/blob/master/PROTOCOL.md), reader version 1 and writer version 2.
//!
//! - [`Lake::add`] adds a recording exactly once. Any number of programs may add at the same time, and may be killed at any moment.
//! - [`Lake::add_dataset`] converts a data set of `acevo export`.
//! - [`Lake::check`] finds files that are missing or damaged, and those that a killed program has left.
//! - [`Lake::compact`] merges small files; [`Lake::vacuum`] removes files that no reader needs.
//!
//! `docs/lake.md` of the repository describes the tables. The lake must be in a folder that the operating system shows: a disk or a network
//! share. It is no client of an object store.

#![forbid(unsafe_code)]

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod add;
mod check;
mod compact;
mod data_file;
mod error;
mod identity;
mod lake;
mod local;
mod log;
mod old;
mod partition;
mod schema;
mod stats;
mod table;
mod tables;
mod time;

pub use self::add::AddOptions;
pub use self::check::{CheckReport, Finding, FindingKind, TableReport};
pub use self::compact::{CompactOptions, Compacted, Vacuumed};
pub use self::error::LakeError;
pub use self::identity::{Origin, recording_id};
pub use self::lake::{Added, Lake, Outcome};
pub use self::old::OldDataset;
pub use self::table::TableName;
