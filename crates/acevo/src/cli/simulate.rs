//! Arguments of `acevo simulate`.

use std::path::PathBuf;
use std::time::Duration;

use acevo_simulator::{LogPlace, LogStyle, Options, Scenario};
use clap::{ArgGroup, Args, ValueHint};

use super::source::{DriveArgs, PublishArgs};
use super::values;
use crate::session::publish::PublishTarget;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("with_log").args(["log", "output"]).multiple(true))]
pub(crate) struct SimulateArgs {
    #[command(flatten)]
    drive: DriveArgs,
    /// Number of cars with the player's, unless the scenario has the player alone [default: 20]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=60))]
    cars: Option<u32>,
    /// Stop each session after this number of laps
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    laps: Option<u32>,
    /// Stop after this simulated time [default: after the last session; with -o at most 1h if it has no end]
    #[arg(long = "for", value_name = "TIME", value_parser = values::time)]
    pub(crate) time: Option<Duration>,
    /// Write a new recording as fast as possible instead of publishing pages
    #[arg(short, long, value_name = "FILE", conflicts_with = "speed")]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    pub(crate) output: Option<PathBuf>,
    /// Write the log of the simulated game to a new file; with -o it is not in the recording then
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    log: Option<PathBuf>,
    /// Write each line of the log this much later, as the game does [default: at once]
    #[arg(long, value_name = "TIME", value_parser = values::time, requires = "log", conflicts_with = "output")]
    log_delay: Option<Duration>,
    /// Who writes the log
    #[arg(long, value_name = "WHO", value_parser = values::log_place(), requires = "with_log", hide_possible_values = true)]
    #[arg(help = values::described("Who writes the log", values::LOG_PLACES))]
    log_style: Option<LogPlace>,
    #[command(flatten)]
    publish: PublishArgs,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// The file for the log of a simulated game.
#[derive(Debug, Clone)]
pub(crate) struct LogOutput {
    pub(crate) path: PathBuf,
    /// Simulated time between a line and its writing.
    pub(crate) delay: Duration,
}

impl SimulateArgs {
    /// The simulation.
    pub(crate) fn options(&self) -> Options {
        let mut options = self.drive.options(Scenario::Weekend);
        options.laps = self.laps;
        options.cars = self.cars.unwrap_or(options.cars);
        let mut style = LogStyle::default();
        style.place = self.log_style.unwrap_or_default();
        options.log = (self.log.is_some() || self.output.is_some()).then_some(style);
        options
    }

    /// The file for the log, if there is one.
    pub(crate) fn log(&self) -> Option<LogOutput> {
        let delay = self.log_delay.unwrap_or_default();
        self.log.clone().map(|path| LogOutput { path, delay })
    }

    /// Simulated seconds per second.
    pub(crate) fn speed(&self) -> f64 {
        self.drive.speed()
    }

    pub(crate) fn target(&self) -> PublishTarget {
        self.publish.target()
    }
}
