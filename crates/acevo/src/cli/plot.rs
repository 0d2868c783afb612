//! Arguments of `acevo plot`.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use acevo_plot::{PlotKind, Theme};
use acevo_recording::{LapReference, LapSelector};
use acevo_settings::Settings;
use acevo_simulator::{Options, Scenario};
use acevo_telemetry::{Channel, UnitSystem};
use clap::{Args, ValueHint};

use super::source::DriveArgs;
use super::values;

/// A lap of a recording on the command line: `FILE`, or `FILE:LAP`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlottedLap {
    pub(crate) file: PathBuf,
    /// `None` if only the file is named.
    pub(crate) lap: Option<LapSelector>,
}

impl FromStr for PlottedLap {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.parse() {
            Ok(LapReference { recording: Some(file), lap }) => Self { file, lap: Some(lap) },
            // Not the name of a lap: the name of a file may have a colon, too.
            _ => Self { file: text.into(), lap: None },
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct PlotArgs {
    /// Recording with the laps; or one to four laps, the first compared with the others, such as a.acevo:best b.acevo:3
    #[arg(value_name = "FILE[:LAP]", conflicts_with = "demo", num_args = 0..=4, value_hint = ValueHint::AnyPath)]
    files: Vec<PlottedLap>,
    /// Lap of the recording to draw, such as best, 3, 2/3 (session/lap) or 3#2 (second attempt) [default: best]
    #[arg(long, value_name = "LAP", conflicts_with = "demo")]
    lap: Option<LapSelector>,
    /// Lap to compare it with; FILE:LAP for a lap of another recording, such as other.acevo:best
    #[arg(long, value_name = "LAP", conflicts_with = "demo", value_hint = ValueHint::AnyPath)]
    against: Option<LapReference>,
    /// Draw from this track distance on, in metres after the line
    #[arg(long, value_name = "METRES", value_parser = values::metres)]
    pub(crate) from: Option<f64>,
    /// Draw up to this track distance, in metres after the line
    #[arg(long, value_name = "METRES", value_parser = values::metres)]
    pub(crate) to: Option<f64>,
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
        self.files.is_empty() && !self.demo
    }

    /// The laps to draw, the main one first; empty for the demo.
    ///
    /// # Errors
    /// If a lap is named in two ways.
    pub(crate) fn laps(&self) -> Result<Vec<PlottedLap>, String> {
        let best =
            |file: &PlottedLap| PlottedLap { file: file.file.clone(), lap: file.lap.or(Some(LapSelector::best())) };
        match &self.files[..] {
            [file] => {
                if let (Some(_), Some(lap)) = (file.lap, self.lap) {
                    return Err(format!("the lap is named twice: after the file, and with --lap {lap}"));
                }
                let main = PlottedLap { lap: file.lap.or(self.lap), ..file.clone() };
                let against = self.against.as_ref().map(|LapReference { recording, lap }| PlottedLap {
                    file: recording.clone().unwrap_or_else(|| file.file.clone()),
                    lap: Some(*lap),
                });
                Ok([best(&main)].into_iter().chain(against).collect())
            }
            _ if self.lap.is_some() || self.against.is_some() => Err(
                "--lap and --against are for one recording: name each lap after its file, as in a.acevo:best b.acevo:3"
                    .to_owned(),
            ),
            files => Ok(files.iter().map(best).collect()),
        }
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
