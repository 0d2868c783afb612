//! Arguments of `acevo plot`.

use std::path::PathBuf;

use acevo_plot::{PlotKind, Theme};
use acevo_recording::{LapReference, LapSelector};
use acevo_settings::Settings;
use acevo_simulator::{Options, Scenario};
use acevo_telemetry::{Channel, UnitSystem};
use clap::{Args, ValueHint};

use super::source::DriveArgs;
use super::values;

#[derive(Debug, Args)]
pub(crate) struct PlotArgs {
    /// Recording with the laps; needed without --demo
    #[arg(value_name = "FILE", conflicts_with = "demo")]
    pub(crate) file: Option<PathBuf>,
    /// Lap to draw, such as best, 3, 2/3 (session/lap) or 3#2 (second attempt)
    #[arg(long, value_name = "LAP", default_value = "best", conflicts_with = "demo")]
    pub(crate) lap: LapSelector,
    /// Lap to compare it with; FILE:LAP for a lap of another recording, such as other.acevo:best
    #[arg(long, value_name = "LAP", conflicts_with = "demo", value_hint = ValueHint::AnyPath)]
    pub(crate) against: Option<LapReference>,
    /// New picture; the extension .png or .svg selects the format [default: named after the recording, in the current folder]
    #[arg(short, long, value_name = "FILE", value_parser = values::picture())]
    pub(crate) output: Option<PathBuf>,
    /// Kind of picture
    #[arg(long, value_name = "KIND", default_value = "sheet", value_parser = values::plot_kind())]
    #[arg(help = values::described("Kind of picture", PlotKind::ALL.map(|kind| (kind.name(), kind.summary()))), hide_possible_values = true)]
    pub(crate) kind: PlotKind,
    /// Curves from the top, by the names that `acevo channels` lists [default: speed,throttle,brake,steering,gear,delta]
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = values::curve_id(), hide_possible_values = true)]
    pub(crate) channels: Vec<&'static Channel>,
    /// Channel that colours the map; delta shows where time is gained and lost
    #[arg(long, value_name = "ID", default_value = "speed", value_parser = values::curve_id(), hide_possible_values = true)]
    pub(crate) color: &'static Channel,
    /// Width and height in pixels
    #[arg(long, value_name = "SIZE", default_value = "1600x900", value_parser = values::size)]
    pub(crate) size: (u32, u32),
    /// Colours
    #[arg(long, value_name = "THEME", default_value = "dark", value_parser = values::theme())]
    #[arg(help = values::described("Colours", Theme::ALL.map(|theme| (theme.name(), theme.summary()))), hide_possible_values = true)]
    pub(crate) theme: Theme,
    /// Units
    #[arg(long, value_name = "UNITS", value_parser = values::units())]
    #[arg(help = values::described("Units", values::UNITS) + " [default: game]", hide_possible_values = true)]
    units: Option<UnitSystem>,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Draw two laps of the embedded simulator
    #[arg(long, help_heading = "Demo")]
    pub(crate) demo: bool,
    #[command(flatten, next_help_heading = "Demo")]
    drive: DriveArgs,
}

impl PlotArgs {
    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.units = self.units.or(Some(settings.units));
    }

    /// Nothing is named that has laps.
    pub(super) fn lacks_laps(&self) -> bool {
        self.file.is_none() && !self.demo
    }

    /// Units of the picture.
    pub(crate) fn units(&self) -> UnitSystem {
        self.units.unwrap_or_default()
    }

    /// The simulation whose laps are drawn without a recording.
    pub(crate) fn demo_options(&self) -> Options {
        self.drive.options(Scenario::HotLaps)
    }
}
