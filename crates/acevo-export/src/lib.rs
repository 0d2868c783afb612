//! Files that other tools open.
//!
//! An [`Exporter`] takes rows of channel values as a drive goes by, whatever they come from, and writes one kind of file.
//!
//! | | for |
//! |---|---|
//! | [`CsvExporter`] | spreadsheets, pandas, everything |
//! | [`JsonlExporter`] | scripts; one object a line |
//! | [`MotecExporter`] | MoTeC i2 |
//! | `ParquetExporter`, feature `parquet` | data frames and databases: pandas, Polars, DuckDB |
//! | `McapExporter`, feature `mcap` | Foxglove, PlotJuggler: the pages as they are |

mod csv;
#[cfg(feature = "parquet")]
mod dataset;
mod date;
mod jsonl;
mod lines;
#[cfg(feature = "mcap")]
mod mcap;
mod motec;
mod names;
mod number;
#[cfg(feature = "parquet")]
mod parquet;
mod pending;
mod sampler;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use acevo_telemetry::analysis::Lap;
use acevo_telemetry::{Channel, ChannelValue, Unit};

pub use self::csv::{CsvExporter, CsvOptions, Separator};
#[cfg(feature = "parquet")]
pub use self::dataset::{Part, partition_path};
#[cfg(feature = "mcap")]
pub use self::mcap::McapExporter;
#[cfg(feature = "parquet")]
pub use self::parquet::ParquetExporter;
pub use jsonl::JsonlExporter;
pub use motec::{MotecExporter, MotecNames, motec_file_name};
pub use number::Precision;
pub use sampler::Sampler;

/// What every row tells besides its values, by the names that tables give it.
const LEAD: [&str; 6] = ["time_s", "packet_id", "session", "lap", "missed", "skipped"];

/// Decimals of [`Row::time_s`]: microseconds.
const TIME_DECIMALS: usize = 6;

/// What is exported, known before the first row.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct About {
    /// Name of the track, and of its layout.
    pub track: String,
    /// Layout of the track; may be empty.
    pub configuration: String,
    /// Metres round the track.
    pub track_length_m: Option<f64>,
    /// Place of the track on the earth, degrees north and east; `None` if the game gives none.
    pub latitude_longitude: Option<(f64, f64)>,
    /// Name of the car.
    pub car: String,
    /// Name of the driver.
    pub driver: String,
    /// Name of the session.
    pub session: String,
    /// Version of the game.
    pub game_version: String,
    /// When it began, in seconds since 1970 (UTC).
    pub unix_s: f64,
}

/// One column: a channel, and the unit its values are given in.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The channel.
    pub channel: &'static Channel,
    /// The unit of the values in the rows.
    pub unit: Unit,
}

impl Column {
    /// Its name in a table: the channel's id. The channel `lap` is called `lap_by_game` there: `lap` is what the analysis found.
    pub fn name(&self) -> Cow<'static, str> {
        let id = self.channel.id();
        if LEAD.contains(&id) { Cow::Owned(format!("{id}_by_game")) } else { Cow::Borrowed(id) }
    }

    /// Decimals worth writing.
    fn decimals(&self) -> usize {
        self.channel.decimals_in(self.unit)
    }
}

/// A moment of the drive.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Seconds since the beginning of what is exported, by the clock of the recording. Never less than in the row before.
    pub time_s: f64,
    /// The counter of the physics page.
    pub packet_id: i32,
    /// The session, from 1.
    pub session: u32,
    /// The lap that is driven, from 1; `None` where none is.
    pub lap: Option<u32>,
    /// Packets that were never seen, between the row before and this one.
    pub missed: u32,
    /// Steps of the physics counter since the row before that the game left out around a pause. They are not missed.
    pub skipped: u32,
    /// The values, one for each column in their order; `None` where there is none.
    pub values: &'a [Option<ChannelValue<'a>>],
}

/// Writes one kind of file. Nothing is complete before [`finish`](Self::finish).
pub trait Exporter {
    /// Takes the next moment.
    ///
    /// # Errors
    /// [`ExportError`].
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError>;

    /// Takes a lap that has ended, `ended_s` seconds after the beginning of what is exported. It may come some seconds of rows later.
    ///
    /// # Errors
    /// [`ExportError`].
    fn lap(&mut self, lap: &Lap, ended_s: f64) -> Result<(), ExportError> {
        let _ = (lap, ended_s);
        Ok(())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// [`ExportError`].
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}

/// Why a file could not be exported.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExportError {
    /// The system says so.
    Io {
        /// The file; empty for a stream.
        path: PathBuf,
        /// What it says.
        source: io::Error,
    },
    /// What is to be exported does not fit into such a file.
    Unfit(String),
    /// The library that writes such files says so.
    Other(Box<dyn Error + Send + Sync>),
}

impl ExportError {
    /// What the system says of a stream.
    fn stream(source: io::Error) -> Self {
        Self::Io { path: PathBuf::new(), source }
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, .. } if path.as_os_str().is_empty() => f.write_str("cannot write the export"),
            Self::Io { path, .. } => write!(f, "cannot write {}", path.display()),
            Self::Unfit(why) => f.write_str(why),
            Self::Other(_) => f.write_str("cannot write the export"),
        }
    }
}

impl Error for ExportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Unfit(_) => None,
            Self::Other(source) => Some(source.as_ref()),
        }
    }
}
