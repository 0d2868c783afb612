//! Exports of Assetto Corsa EVO telemetry: CSV, JSON lines, Parquet, MoTeC and MCAP.
//!
//! # Exporting a recording
//!
//! Describe the export in an [`ExportPlan`] and [`run`] it:
//!
//! ```no_run
//! use acevo_export::{ExportFormat, ExportPlan, Recordings, run};
//! use acevo_telemetry::channel;
//!
//! let mut plan = ExportPlan::new(ExportFormat::Csv);
//! plan.channels = ["speed", "throttle", "lap_distance"].into_iter().filter_map(channel).collect();
//! plan.rate = Some(50.0);
//! let report = run(&plan, Recordings::file("evening.acevo"), &mut ())?;
//! println!("wrote {:?}", report.into_files()?);
//! # Ok::<(), acevo_export::ExportError>(())
//! ```
//!
//! The third argument receives the [`Progress`] and can cancel the export. [`Recordings::find`] takes several recordings and folders; with
//! the format Parquet a folder becomes a partitioned data set that grows with each run.
//!
//! # Rows
//!
//! A row is written for each physics packet, or at the rate of the plan. It has
//!
//! - `time_s`: seconds since the start of the recording, by its clock; if laps are selected, since the start of the first of them; in a
//!   data set, since the first row of the session,
//! - `packet_id`: the counter of the physics page,
//! - `session` and `lap`: numbers from 1, found by the analysis; no `lap` if no lap is running,
//! - `missed`: packets since the previous row that the recorder missed,
//! - `skipped`: steps of the counter since the previous row that the game skipped around a pause,
//!
//! and a value for each [`Column`]. `lap_position` and `lap_distance` belong to the lap of the row: they begin at the line with 0, are
//! negative before a start, and missing while the game still publishes the position of the previous lap. The uncorrected values are in
//! `lap_position_by_game` and `lap_distance_by_game`.
//!
//! # Data sets
//!
//! A data set has one file per session, in folders that readers take for columns:
#![cfg_attr(feature = "parquet", doc = "see [`partition_path`].")]
#![cfg_attr(not(feature = "parquet"), doc = "`track=…/car=…/driver=…/session=…/NAME.parquet`.")]
//! Each run adds what is new. If a session has other cars, two tables with the same folders and file names are in folders beside the data
//! set: `DATA-cars` and `DATA-field_laps`. All values can be null. They do not depend on the laps, the columns and the rate of the plan.
//!
//! | column of `cars` | type | content |
//! |---|---|---|
//! | `session_number` | int32 | number of the session in the recording, from 1 |
//! | `car_id` | text | two numbers of 16 hexadecimal digits; the same in both tables |
//! | `name`, `short_name` | text | the driver |
//! | `number` | int32 | number of the car |
//! | `model` | text | model of the car, as the game's key |
//! | `is_ai`, `is_player` | boolean | the computer drives; the player's car |
//!
//! | column of `field_laps` | type | content |
//! |---|---|---|
//! | `session_number`, `car_id` | int32, text | as in `cars` |
//! | `lap` | int32 | number of the lap in the session, from 1 |
//! | `time_ms` | int32 | lap time, ms |
//! | `sector_1_ms`, `sector_2_ms`, `sector_3_ms` | int32 | sectors, ms: those of the game if its log is in the recording |
//! | `source` | text | `log` and `pages`: times of the game; `measured`: accurate to a frame; `estimated`: by the game, of a lap that was not driven to its end |
//! | `is_valid` | boolean | null if it is not known |
//! | `through_pits` | boolean | a part of the lap was driven in the pit lane |
//! | `ended_s` | double | seconds of driving since the beginning of the recording |
//!
//! # Exporting live data
//!
//! Every format is also an [`Exporter`] that takes rows from any source. A [`Sampler`] computes the values of the columns from frames.
//!
//! | exporter | for |
//! |---|---|
//! | [`CsvExporter`] | spreadsheets, pandas and most other tools |
//! | [`JsonlExporter`] | scripts; one object per line |
//! | [`MotecExporter`] | MoTeC i2 |
#![cfg_attr(feature = "parquet", doc = "| [`ParquetExporter`] | data frames and databases: pandas, Polars, DuckDB |")]
#![cfg_attr(feature = "mcap", doc = "| [`McapExporter`] | Foxglove, PlotJuggler: the unchanged pages |")]
//!
//! # Tables with other rows
//!
//! A [`CellWriter`] writes tables with any columns, such as one row per lap: [`CellCsv`], [`CellJson`]
#![cfg_attr(feature = "parquet", doc = "and [`CellParquet`].")]
#![cfg_attr(not(feature = "parquet"), doc = "and, with the feature `parquet`, `CellParquet`.")]
//!
//! # Crate features
//!
//! Both are off by default. CSV, JSON lines and MoTeC are always available.
//!
//! - `parquet`: Parquet files and partitioned data sets
//! - `mcap`: MCAP files
//!
//! An export analyses every frame: use a release build for long recordings.

#![forbid(unsafe_code)]

/// Compiles the examples of the README.
#[cfg(all(doctest, feature = "parquet"))]
#[doc = include_str!("../README.md")]
mod readme {}

mod about;
mod cell_table;
mod column;
mod csv;
mod date;
mod error;
mod exporter;
mod files;
mod jsonl;
mod lines;
#[cfg(feature = "mcap")]
mod mcap;
mod motec;
mod names;
mod number;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod partition;
mod plan;
mod progress;
mod recorded_rows;
mod recordings;
mod report;
mod resample;
pub mod results;
mod run;
mod sampler;
mod typed;
mod worker;

pub use self::about::About;
pub use self::cell_table::{CellColumn, CellCsv, CellJson, CellKind, CellWriter};
pub use self::column::Column;
pub use self::csv::{CsvExporter, CsvOptions, Separator};
pub use self::error::ExportError;
pub use self::exporter::{Exporter, Row};
pub use self::jsonl::JsonlExporter;
#[cfg(feature = "mcap")]
pub use self::mcap::McapExporter;
pub use self::motec::{MotecExporter, MotecNames, motec_file_name};
pub use self::number::Precision;
#[cfg(feature = "parquet")]
pub use self::parquet::{
    CellParquet, ColumnFile, ColumnFileReader, ColumnStatistics, FileStatistics, Limit, ParquetExporter, Table,
};
#[cfg(feature = "parquet")]
pub use self::partition::{Part, partition_path};
pub use self::plan::{ExportFormat, ExportPlan, Output};
pub use self::progress::Progress;
pub use self::recorded_rows::{RecordedRows, read_rows};
pub use self::recordings::{Recordings, find_files};
pub use self::report::{Note, Outcome, RecordingReport, Report};
#[cfg(feature = "parquet")]
pub use self::run::{SessionVisitor, visit_sessions};
pub use self::run::{read_analyzed_rows, run, write_csv};
pub use self::sampler::{Sampler, Values};
pub use self::typed::{ColumnType, ColumnValues, Series, Texts};
