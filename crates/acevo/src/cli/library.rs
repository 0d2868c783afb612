//! Arguments of the commands about the session library: sessions, bests, and laps of many recordings.

use std::path::{Path, PathBuf};

use acevo_export::{CsvOptions, Separator};
use acevo_library::SessionFilter;
use acevo_settings::Settings;
use acevo_telemetry::{SessionKind, analysis};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum, ValueHint};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::recordings::folder_of;
use super::values;

/// Kind of a session that is not known.
const UNKNOWN: &str = "unknown";

#[derive(Debug, Args)]
pub(crate) struct SessionsArgs {
    /// Folders and recordings [default: the folder of your recordings]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    names: NameArgs,
    /// Only sessions with this driver; a part of the name is enough
    #[arg(long, value_name = "NAME")]
    driver: Option<String>,
    /// Only sessions since this date (2026-05-01, 2026-05-01T20:30) or within this time (12h, 7d, 4w)
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Timestamp>,
    /// Only sessions of this kind
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Option<String>,
    /// Only sessions with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Settings for options that are not given.
    #[arg(skip)]
    defaults: Settings,
}

#[derive(Debug, Args)]
pub(crate) struct BestsArgs {
    /// Folders and recordings [default: the folder of your recordings]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    names: NameArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Settings for options that are not given.
    #[arg(skip)]
    defaults: Settings,
}

#[derive(Debug, Args)]
struct NameArgs {
    /// Only sessions on this track; a part of its name or its layout is enough
    #[arg(long, value_name = "NAME")]
    track: Option<String>,
    /// Only sessions with this car; a part of its name is enough
    #[arg(long, value_name = "NAME")]
    car: Option<String>,
}

/// What a command about the library needs.
#[derive(Debug, Clone)]
pub(crate) struct LibraryPlan {
    /// Folders and recordings.
    pub(crate) paths: Vec<PathBuf>,
    /// The sessions.
    pub(crate) filter: SessionFilter,
    /// How laps are analysed.
    pub(crate) settings: analysis::Settings,
}

impl LibraryPlan {
    fn new(paths: &[PathBuf], settings: &Settings) -> Self {
        let paths = if paths.is_empty() { folder_of(settings).into_iter().collect() } else { paths.to_vec() };
        let mut filter = SessionFilter::default();
        (filter.places, filter.is_partial) = (paths.clone(), true);
        Self { paths, filter, settings: analysis_of(settings) }
    }

    fn with_names(mut self, names: &NameArgs) -> Self {
        self.filter.track.clone_from(&names.track);
        self.filter.car.clone_from(&names.car);
        self
    }
}

/// How laps of the library are analysed.
pub(super) fn analysis_of(settings: &Settings) -> analysis::Settings {
    let mut analysis = analysis::Settings::default();
    analysis.sectors = settings.sectors.sectors();
    analysis
}

impl SessionsArgs {
    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.defaults = settings.clone();
    }

    pub(crate) fn plan(&self) -> LibraryPlan {
        let mut plan = LibraryPlan::new(&self.paths, &self.defaults).with_names(&self.names);
        let filter = &mut plan.filter;
        (filter.driver, filter.kind, filter.tag) = (self.driver.clone(), self.kind.clone(), self.tag.clone());
        filter.since = self.since.map(|since| format!("{since:.3}"));
        plan
    }
}

impl BestsArgs {
    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.defaults = settings.clone();
    }

    pub(crate) fn plan(&self) -> LibraryPlan {
        LibraryPlan::new(&self.paths, &self.defaults).with_names(&self.names)
    }
}

/// The format of a table of laps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LapFormat {
    /// A table for spreadsheets.
    Csv,
    /// A table for data frames.
    Parquet,
    /// An array of objects.
    Json,
}

/// A table of the laps of many recordings.
#[derive(Debug, Args)]
#[command(next_help_heading = "Table of all laps of a folder")]
pub(crate) struct LapTableArgs {
    /// Write one row per lap of all recordings in a folder, or of one recording: csv, parquet or json
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["json", "lines", "count", "session", "all_cars"], hide_possible_values = true)]
    to: Option<LapFormat>,
    /// New file, or `-` for the standard output (csv and json) [default: laps.csv, laps.parquet or laps.json in the current folder]
    #[arg(short, long, value_name = "FILE", requires = "to")]
    output: Option<PathBuf>,
    /// CSV: separator of the cells: `,`, `;` or tab [default: `,`; `;` with --decimal comma]
    #[arg(long, value_name = "SIGN", value_parser = values::separator, requires = "to")]
    separator: Option<Separator>,
    /// CSV: decimal mark, point or comma
    #[arg(long, value_name = "MARK", value_parser = ["point", "comma", ".", ","], default_value = "point", hide_possible_values = true)]
    decimal: String,
    /// CSV: begin with a byte order mark, by which spreadsheets recognise UTF-8
    #[arg(long, requires = "to")]
    bom: bool,
}

/// A table of laps that is to be written.
#[derive(Debug, Clone)]
pub(crate) struct LapTablePlan {
    pub(crate) format: LapFormat,
    /// `-` for the standard output.
    pub(crate) output: PathBuf,
    pub(crate) csv: CsvOptions,
    pub(crate) has_bom: bool,
    pub(crate) library: LibraryPlan,
}

impl LapTableArgs {
    /// True if a table is asked for.
    pub(super) const fn is_given(&self) -> bool {
        self.to.is_some()
    }

    /// The table of the laps in a folder or a recording, if one is asked for.
    pub(super) fn plan(&self, path: &Path, settings: &Settings) -> Option<LapTablePlan> {
        let format = self.to?;
        let default = match format {
            LapFormat::Csv => "laps.csv",
            LapFormat::Parquet => "laps.parquet",
            LapFormat::Json => "laps.json",
        };
        let decimal_comma = matches!(self.decimal.as_str(), "comma" | ",");
        let separator = self.separator.unwrap_or(if decimal_comma { Separator::Semicolon } else { Separator::Comma });
        Some(LapTablePlan {
            format,
            output: self.output.clone().unwrap_or_else(|| default.into()),
            csv: CsvOptions::default().with_separator(separator).with_decimal_comma(decimal_comma),
            has_bom: self.bom,
            library: LibraryPlan::new(&[path.to_owned()], settings),
        })
    }
}

/// Kinds of sessions.
fn kinds() -> PossibleValuesParser {
    let names = SessionKind::ALL.into_iter().map(SessionKind::name).chain([UNKNOWN]);
    names.map(PossibleValue::new).collect::<Vec<_>>().into()
}

/// A date in local time, or a time before now: `2026-05-01`, `2026-05-01T20:30`, `12h`, `7d`, `4w`.
fn since(text: &str) -> Result<Timestamp, String> {
    let wrong = || format!("{text:?} is no date and no time: expected 2026-05-01, 2026-05-01T20:30, 12h, 7d or 4w");
    let (number, unit) = text.split_at(text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len()));
    let hours = match unit {
        "h" => Some(1),
        "d" => Some(24),
        "w" => Some(24 * 7),
        _ => None,
    };
    if let (Some(hours), Ok(number)) = (hours, number.parse::<u32>()) {
        let before = i64::from(number).checked_mul(hours).and_then(SignedDuration::try_from_hours);
        return Timestamp::now().checked_sub(before.ok_or_else(wrong)?).map_err(|_| wrong());
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp);
    }
    let local: DateTime = text.parse().map_err(|_| wrong())?;
    TimeZone::system().to_timestamp(local).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_takes_dates_and_times_before_now() {
        let exact: Timestamp = "2026-05-01T20:30:00Z".parse().unwrap();
        assert_eq!(since("2026-05-01T20:30:00Z"), Ok(exact));
        for date in ["2026-05-01", "2026-05-01T20:30"] {
            assert!(since(date).unwrap().duration_since(exact).abs() < SignedDuration::from_hours(48), "{date}");
        }
        let (day, week) = (since("1d").unwrap(), since("1w").unwrap());
        let difference = day.duration_since(week) - SignedDuration::from_hours(6 * 24);
        assert!(difference.abs() < SignedDuration::from_mins(5), "{difference}");
        for wrong in ["", "d", "-1d", "1", "1y", "2026-13-01", "yesterday", "99999999999d", "4294967295w"] {
            assert!(since(wrong).is_err(), "{wrong}");
        }
    }
}
