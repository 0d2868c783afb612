//! The options of an export.

use std::path::PathBuf;

use acevo_recording::LapSelection;
use acevo_telemetry::{Channel, UnitSystem, default_channels};

use crate::{Column, CsvOptions, ExportError, MotecNames, Precision, Separator};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExportFormat {
    /// A table with separated values ([`CsvExporter`](crate::CsvExporter)).
    Csv,
    /// One JSON object per row ([`JsonlExporter`](crate::JsonlExporter)).
    Jsonl,
    /// A log for MoTeC i2: an `.ld` and an `.ldx` file ([`MotecExporter`](crate::MotecExporter)).
    Motec,
    /// Apache Parquet ([`ParquetExporter`](crate::ParquetExporter)).
    #[cfg(feature = "parquet")]
    Parquet,
    /// The pages as ROS 2 messages ([`McapExporter`](crate::McapExporter)).
    #[cfg(feature = "mcap")]
    Mcap,
}

impl ExportFormat {
    /// The extension of the files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Motec => "ld",
            #[cfg(feature = "parquet")]
            Self::Parquet => "parquet",
            #[cfg(feature = "mcap")]
            Self::Mcap => "mcap",
        }
    }

    /// True for formats made of text, which can be written to a stream.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl)
    }

    /// True if folders of recordings become one data set.
    pub(crate) fn has_datasets(self) -> bool {
        self.extension() == "parquet"
    }

    /// True if the pages are exported instead of rows.
    pub(crate) fn has_pages(self) -> bool {
        self.extension() == "mcap"
    }
}

/// Where an export is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Output {
    /// In the current folder, named after the recording; a data set in the folder `parquet`.
    #[default]
    CurrentFolder,
    /// A new file if one recording is exported, else a folder. An existing folder always takes files named after the recordings.
    Path(PathBuf),
    /// The standard output: one recording, in a text format.
    Stdout,
}

/// Describes an export: format, rows, columns and output.
///
/// ```
/// use acevo_export::{ExportFormat, ExportPlan};
/// use acevo_telemetry::channel;
///
/// let mut plan = ExportPlan::new(ExportFormat::Csv);
/// plan.channels = vec![channel("speed").unwrap(), channel("throttle").unwrap()];
/// plan.rate = Some(50.0);
/// plan.laps = Some("3-5".parse().unwrap());
/// assert!(plan.check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ExportPlan {
    /// The kind of file.
    pub format: ExportFormat,
    /// Where the files are written. Nothing is overwritten.
    pub output: Output,
    /// The channels to export; if empty, the default channels of the format.
    pub channels: Vec<&'static Channel>,
    /// The units of tables. MoTeC logs have units of their own.
    pub units: UnitSystem,
    /// The maximum number of rows per second; `None` for a row per physics packet.
    pub rate: Option<f64>,
    /// The laps to export; `None` for everything.
    pub laps: Option<LapSelection>,
    /// CSV and JSON lines: the precision of numbers.
    pub precision: Precision,
    /// CSV: a second header row with the units.
    pub units_row: bool,
    /// CSV: the separator of the cells; `None` for a comma, or a semicolon if the decimal mark is a comma.
    pub separator: Option<Separator>,
    /// CSV: the decimal mark is a comma instead of a point.
    pub decimal_comma: bool,
    /// CSV: texts are written exactly as the game publishes them, see [`CsvOptions::raw_text`].
    pub raw_text: bool,
    /// MoTeC: the names of the channels.
    pub motec_names: MotecNames,
}

impl ExportPlan {
    /// Exports everything into the current folder, with the defaults of the format and the units of the game.
    pub fn new(format: ExportFormat) -> Self {
        Self {
            format,
            output: Output::default(),
            channels: Vec::new(),
            units: UnitSystem::Game,
            rate: None,
            laps: None,
            precision: Precision::default(),
            units_row: false,
            separator: None,
            decimal_comma: false,
            raw_text: false,
            motec_names: MotecNames::default(),
        }
    }

    /// Checks that no option is without effect or contradicts another one. [`run`](crate::run) checks this too.
    ///
    /// # Errors
    /// [`ExportError::InvalidOption`] with the name of the field.
    pub fn check(&self) -> Result<(), ExportError> {
        let (is_csv, has_pages) = (self.format == ExportFormat::Csv, self.format.has_pages());
        let rules = [
            (
                has_pages && self.laps.is_some(),
                "laps",
                "MCAP files contain all pages of a recording; `acevo cut --laps` makes a recording of some laps",
            ),
            (has_pages && !self.channels.is_empty(), "channels", "MCAP files contain pages instead of channels"),
            (has_pages && self.rate.is_some(), "rate", "MCAP files contain every page"),
            (!self.rate.is_none_or(|rate| rate > 0.0 && rate.is_finite()), "rate", "it must be greater than 0"),
            (!is_csv && self.units_row, "units_row", "only CSV has it"),
            (!is_csv && self.decimal_comma, "decimal_comma", "only CSV has it"),
            (
                !is_csv && self.raw_text,
                "raw_text",
                "only CSV has it: other formats always contain the texts of the game",
            ),
            (!is_csv && self.separator.is_some(), "separator", "only CSV has it"),
            (
                self.decimal_comma && self.separator == Some(Separator::Comma),
                "separator",
                "a comma cannot separate both cells and decimals: choose ;",
            ),
            (
                !self.format.is_text() && self.precision == Precision::Full,
                "precision",
                "only CSV and JSON lines have it: the other formats always contain exact numbers",
            ),
            (
                self.output == Output::Stdout && !self.format.is_text(),
                "output",
                "only csv and jsonl can be written to the standard output",
            ),
        ];
        match rules.into_iter().find(|(is_broken, ..)| *is_broken) {
            Some((_, option, reason)) => Err(ExportError::InvalidOption { option, reason }),
            None => Ok(()),
        }
    }

    /// The columns of the rows. The corrected position on the lap is followed by the values of the game, except in MoTeC logs.
    pub fn columns(&self) -> Vec<Column> {
        let is_motec = self.format == ExportFormat::Motec;
        let channels: Vec<&'static Channel> = match &self.channels[..] {
            [] if is_motec => self.motec_names.channels().collect(),
            [] => default_channels().collect(),
            chosen => chosen.to_vec(),
        };
        let mut columns: Vec<Column> = Vec::new();
        for channel in channels {
            if columns.iter().any(|column| column.channel.id() == channel.id()) {
                continue;
            }
            let column = Column::new(channel, if is_motec { channel.unit() } else { channel.display_unit(self.units) });
            columns.push(column);
            if column.is_corrected() && !is_motec {
                columns.push(column.raw());
            }
        }
        columns
    }

    pub(crate) fn csv_options(&self) -> CsvOptions {
        let default = if self.decimal_comma { Separator::Semicolon } else { Separator::Comma };
        CsvOptions::default()
            .with_units(self.units_row)
            .with_precision(self.precision)
            .with_separator(self.separator.unwrap_or(default))
            .with_decimal_comma(self.decimal_comma)
            .with_raw_text(self.raw_text)
    }

    /// Describes the rows and columns. All files of a data set have the same description.
    #[cfg(feature = "parquet")]
    pub(crate) fn selection(&self, columns: &[Column]) -> String {
        let laps = self.laps.as_ref().map_or("all".into(), ToString::to_string);
        let rate = self.rate.map_or("all".into(), |rate| rate.to_string());
        let columns: Vec<_> =
            columns.iter().map(|column| format!("{} {}", column.name(), column.unit.symbol())).collect();
        format!("laps: {laps}; rows per second: {rate}; columns: {}", columns.join(", "))
    }
}
