//! Arguments of `acevo export`.

use std::path::PathBuf;

use acevo_export::{ExportFormat, ExportPlan, MotecNames, Output, Precision, Separator};
use acevo_recording::LapSelection;
use acevo_settings::Settings;
use acevo_telemetry::{Channel, UnitSystem};
use clap::Args;

use super::values;
use crate::output::is_dash;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Recordings, and folders with recordings
    #[arg(value_name = "PATH", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// File format: csv, jsonl (a JSON object per row), parquet (a folder becomes a partitioned data set), motec (.ld and .ldx
    /// for MoTeC i2) or mcap (ROS 2 messages)
    #[arg(long, value_name = "FORMAT", value_parser = values::export_format(), hide_possible_values = true)]
    to: ExportFormat,
    /// New file, or `-` for the standard output (csv and jsonl); for several recordings a folder [default: named after the recording,
    /// in the current folder; for a data set the folder `parquet`]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Only these laps, such as 3, 3-5, 1,4-6, best or 2/1-3 (session/laps)
    #[arg(long, value_name = "LAPS")]
    laps: Option<LapSelection>,
    /// Only these channels, by the IDs that `acevo channels` lists
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = values::channel_id(), hide_possible_values = true)]
    channels: Vec<&'static Channel>,
    /// Maximum number of rows per second [default: a row per physics packet]
    #[arg(long, value_name = "HZ", value_parser = values::rate)]
    rate: Option<f64>,
    /// Units of tables
    #[arg(long, value_name = "UNITS", value_parser = values::units())]
    #[arg(help = values::described("Units of tables; MoTeC logs have units of their own", values::UNITS) + " [default: game]", hide_possible_values = true)]
    units: Option<UnitSystem>,
    /// CSV: write a second header row with the units; most readers then read every column as text
    #[arg(long)]
    units_row: bool,
    /// CSV: separator of the cells: `,`, `;` or tab [default: `,`; `;` with --decimal ,]
    #[arg(long, value_name = "SIGN", value_parser = values::separator)]
    separator: Option<Separator>,
    /// CSV: decimal mark, `.` or `,`; German spreadsheets need `,`
    #[arg(long, value_name = "SIGN", value_parser = [".", ","], default_value = ".")]
    decimal: String,
    /// CSV: texts exactly as the game publishes them; by default a text that a spreadsheet would run as a formula is prefixed with '
    #[arg(long)]
    raw_text: bool,
    /// CSV and JSON lines: full floating-point precision instead of the significant decimals
    #[arg(long)]
    full: bool,
    /// MoTeC: channel names as in logs of Assetto Corsa Competizione (acc) or in the circuit template (circuit)
    #[arg(long, value_name = "NAMES", default_value = "acc", value_parser = values::motec_names(), hide_possible_values = true)]
    names: MotecNames,
    /// Print only errors
    #[arg(short, long)]
    quiet: bool,
}

impl ExportArgs {
    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.units = self.units.or(Some(settings.units));
    }

    /// The plan of the export.
    pub(crate) fn plan(&self) -> ExportPlan {
        let mut plan = ExportPlan::new(self.to);
        plan.output = match &self.output {
            Some(path) if is_dash(path) => Output::Stdout,
            Some(path) => Output::Path(path.clone()),
            None => Output::CurrentFolder,
        };
        plan.laps.clone_from(&self.laps);
        plan.channels.clone_from(&self.channels);
        (plan.rate, plan.units) = (self.rate, self.units.unwrap_or_default());
        plan.precision = if self.full { Precision::Full } else { Precision::default() };
        (plan.units_row, plan.separator, plan.decimal_comma) = (self.units_row, self.separator, self.decimal == ",");
        (plan.raw_text, plan.motec_names) = (self.raw_text, self.names);
        plan
    }

    /// True if only errors are printed.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet
    }
}
