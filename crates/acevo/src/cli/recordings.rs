//! Arguments of the commands that write and read recordings: record, replay, info, cut, repair, merge.

use std::path::PathBuf;
use std::time::Duration;

use acevo_recording::{LapSelection, RecordingPosition};
use acevo_settings::Settings;
use clap::{ArgGroup, Args, ValueHint};

use super::source::{DemoArgs, GameLogArg, PlaceArgs, PublishArgs};
use super::tools::LogArg;
use super::values;
use crate::diagnostics::LogOptions;
use crate::recording::file_name;
use crate::session::game_log::LogSource;
use crate::session::publish::PublishTarget;
use crate::session::source::LiveSource;

/// The folder of recordings by the settings; `None` without a home folder.
pub(super) fn folder_of(settings: &Settings) -> Option<PathBuf> {
    let folder = settings.recording.folder(std::env::home_dir().as_deref());
    file_name::directory(folder.as_deref()).ok()
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// Directory for the files, or a file name with an extension [default: acevo in your documents]
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// The folder of the settings, if no output is given.
    #[arg(skip)]
    pub(crate) folder: Option<PathBuf>,
    /// Keep only the last part in memory, 1s to 30m, and save it on a key press or a signal
    #[arg(long, value_name = "TIME", value_parser = values::span)]
    pub(crate) keep_last: Option<Duration>,
    /// Stop after this time, such as 10s or 30m; with --demo it is simulated time
    #[arg(long = "for", value_name = "TIME", value_parser = values::time)]
    pub(crate) time: Option<Duration>,
    /// Print only errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print diagnostics: files that are opened and closed, sessions, laps, dropped packets
    #[arg(short, long)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    log: LogArg,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    game_log: GameLogArg,
    #[command(flatten)]
    pub(super) demo: DemoArgs,
}

impl RecordArgs {
    pub(crate) fn log(&self) -> LogOptions {
        self.log.options("record", self.quiet)
    }

    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.log.apply(settings);
        if self.output.is_none() {
            self.folder = settings.recording.folder(std::env::home_dir().as_deref());
        }
    }

    pub(crate) fn source(&self) -> LiveSource {
        self.demo.source(&self.place)
    }

    /// Where the game's log is read.
    pub(crate) fn game_log(&self) -> LogSource {
        self.game_log.source(&self.source())
    }
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Recording to replay
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Recorded seconds per second [default: 1]
    #[arg(long, value_name = "FACTOR", value_parser = values::speed)]
    pub(crate) speed: Option<f64>,
    /// Begin with this lap, or at this time, such as 3, best, 2/3 (session/lap), 1:30 or 90s
    #[arg(long, value_name = "POSITION")]
    pub(crate) from: Option<RecordingPosition>,
    /// End with this lap, or at this time
    #[arg(long, value_name = "POSITION")]
    pub(crate) to: Option<RecordingPosition>,
    /// Pause at this time, or at the beginning of this lap; may be given several times
    #[arg(long, value_name = "POSITION")]
    pub(crate) pause_at: Vec<RecordingPosition>,
    /// Start again at the end
    #[arg(long = "loop")]
    pub(crate) repeat: bool,
    #[command(flatten)]
    publish: PublishArgs,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl ReplayArgs {
    pub(crate) fn target(&self) -> PublishTarget {
        self.publish.target()
    }
}

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// Recording to describe
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Read the whole recording and report what cannot be read
    #[arg(long)]
    pub(crate) check: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("part").args(["laps", "from", "to"]).required(true).multiple(true))]
pub(crate) struct CutArgs {
    /// Recording to copy from; it is not changed
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// These laps, such as 3, 3-5, 1,4-6, best or 2/1-3 (session/laps)
    #[arg(long, visible_alias = "lap", value_name = "LAPS", conflicts_with_all = ["from", "to"])]
    pub(crate) laps: Option<LapSelection>,
    /// From the beginning of this lap, or from this time, such as 3, best, 2/3 (session/lap), 1:30 or 90s
    #[arg(long, value_name = "POSITION")]
    pub(crate) from: Option<RecordingPosition>,
    /// To the end of this lap, or to this time
    #[arg(long, value_name = "POSITION")]
    pub(crate) to: Option<RecordingPosition>,
    /// New recording [default: named after the recording and the part, in the current folder]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RepairArgs {
    /// Damaged recording; it is not changed
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The new recording
    #[arg(value_name = "NEW", conflicts_with = "output", hide = true)]
    pub(super) new: Option<PathBuf>,
    /// New recording [default: named after the recording, in the current folder]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Recording without the game's log; it is not changed
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The game's log, of the same start of the game
    #[arg(long, value_name = "LOG", value_hint = ValueHint::FilePath)]
    pub(crate) log: PathBuf,
    /// New recording [default: named after the recording, in the current folder]
    #[arg(short, long, value_name = "NEW")]
    pub(crate) output: Option<PathBuf>,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}
