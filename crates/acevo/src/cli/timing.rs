//! Arguments of the commands about all cars: timing, log-check.

use std::path::PathBuf;
use std::time::Duration;

use acevo_settings::Settings;
use clap::{Args, ValueHint};

use super::follow::AnalysisArgs;
use super::source::{GameLogArg, RecordingArg, SourceArgs};
use super::values;
use crate::session::feeder::AnalysisOptions;
use crate::session::source::SourceSpec;

#[derive(Debug, Args)]
pub(crate) struct TimingArgs {
    #[command(flatten)]
    pub(super) recording: RecordingArg,
    /// Read only this log of the game or of a dedicated server, without a game
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["file", "from", "demo"])]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    log: Option<PathBuf>,
    /// Print JSON: all sessions of a recording or a log, or else the running one, an object per line
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the results of a recording or a log into a new file: .html (a page to print), .csv or .json
    #[arg(short, long, value_name = "FILE", conflicts_with = "json")]
    pub(crate) output: Option<PathBuf>,
    /// Interval of --json while a game is followed, such as 500ms
    #[arg(long, value_name = "TIME", value_parser = values::time, default_value = "1s")]
    pub(crate) every: Duration,
    /// Stop after N lines of --json
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    #[command(flatten)]
    analysis: AnalysisArgs,
    #[command(flatten)]
    game_log: GameLogArg,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// What `acevo timing` reads.
#[derive(Debug)]
pub(crate) enum TimingSource {
    /// A log alone.
    Log(PathBuf),
    /// Pages, and the log that belongs to them.
    Pages(SourceSpec),
}

impl TimingArgs {
    pub(super) const fn analysis_args(&self) -> &AnalysisArgs {
        &self.analysis
    }

    pub(crate) fn source(&self) -> TimingSource {
        match &self.log {
            Some(log) => TimingSource::Log(log.clone()),
            None => TimingSource::Pages(self.source.spec()),
        }
    }

    pub(crate) fn analysis(&self) -> AnalysisOptions {
        let source = self.source.spec();
        let log = self.game_log.source_of(&source);
        AnalysisOptions { log, ..self.analysis.options(source.kind()) }
    }

    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.analysis.apply(settings);
    }
}

#[derive(Debug, Args)]
pub(crate) struct LogCheckArgs {
    /// Log of the game or of a dedicated server [default: the newest one of the game on this computer]
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
