//! Arguments of the commands about acevo itself: autostart, log, report, completions, man.

use std::path::PathBuf;

use acevo_settings::{LogLevel, Settings};
use clap::{Args, ValueEnum, ValueHint};
use clap_complete::Shell;

use super::source::PlaceArgs;
use super::values;
use crate::diagnostics::LogOptions;
use crate::session::source::PageSource;

#[derive(Debug, Args)]
pub(crate) struct AutostartArgs {
    /// Turn it on or off, or show what is started
    #[arg(value_name = "ACTION")]
    pub(crate) action: AutostartAction,
    /// With on: don't start it now, but at the next login
    #[arg(long)]
    pub(crate) no_start: bool,
    /// With status: print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AutostartAction {
    /// Start `acevo run` at each login, and now
    On,
    /// Remove what `on` has made
    Off,
    /// Show whether it is on; the exit code is 0 if it is, else 1
    Status,
}

impl AutostartArgs {
    /// Fails if an option belongs to another action.
    pub(super) fn check(&self) -> Result<(), String> {
        let options =
            [(self.no_start, "--no-start", AutostartAction::On), (self.json, "--json", AutostartAction::Status)];
        match options.into_iter().find(|(is_given, _, action)| *is_given && *action != self.action) {
            Some((_, option, action)) => {
                Err(format!("{option} is an option of `acevo autostart {}`", format!("{action:?}").to_lowercase()))
            }
            None => Ok(()),
        }
    }
}

/// The log of commands that run in the background.
#[derive(Debug, Clone, Args)]
pub(super) struct LogArg {
    /// Level of the log: off, error, warn, info, debug, trace [default: info]
    #[arg(long = "log", value_name = "LEVEL", value_parser = values::log_level(), hide_possible_values = true)]
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
