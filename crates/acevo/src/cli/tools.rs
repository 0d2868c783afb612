//! Arguments of the commands about acevo itself: log, report, completions, man.

use std::path::PathBuf;

use acevo_settings::{LogLevel, Settings};
use clap::{Args, ValueHint};
use clap_complete::Shell;

use super::source::PlaceArgs;
use super::values;
use crate::diagnostics::LogOptions;
use crate::session::source::PageSource;

/// The log of commands that run in the background.
#[derive(Debug, Clone, Args)]
pub(super) struct LogArg {
    /// Least important messages of the log, which `acevo log` prints; off for no log [default: info]
    #[arg(long = "log", value_name = "LEVEL", value_parser = values::log_level())]
    level: Option<LogLevel>,
    /// The level of the settings, if none was given.
    #[arg(skip)]
    default: LogLevel,
}

impl LogArg {
    /// Takes the level of the settings if none was given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.default = settings.log_level;
    }

    /// The log of this command.
    pub(super) fn options(&self, command: &'static str, is_quiet: bool) -> LogOptions {
        LogOptions { command, level: self.level.unwrap_or(self.default), is_quiet }
    }
}

#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Number of lines from the end
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50)]
    pub(crate) lines: usize,
    /// Continue with new lines until Ctrl-C
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Print only the path of the log, also if it does not exist yet
    #[arg(long, conflicts_with_all = ["lines", "follow"])]
    pub(crate) path: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// New archive [default: acevo-report-DATE_TIME.zip in the current folder]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// Only list what the archive would have
    #[arg(long, conflicts_with = "output")]
    pub(crate) list: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl ReportArgs {
    pub(crate) fn pages(&self) -> PageSource {
        self.place.page_source()
    }
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell that reads the script
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder for the pages; created if it does not exist
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
}
