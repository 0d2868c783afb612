//! Arguments of the commands that read pages once or measure them: dump, channels, diff, doctor, stats.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use acevo_recording::RecordingPosition;
use acevo_shared_memory::PageKind;
use acevo_telemetry::UnitSystem;
use clap::{Args, ValueHint};

use super::source::{DemoArgs, PlaceArgs};
use super::values;
use crate::session::source::{DemoSpec, LiveSource, PageSource};

/// Where dump and channels read the pages once.
#[derive(Debug, Args)]
pub(crate) struct OnceArgs {
    /// The recording or raw dump to read instead of the game
    #[arg(long, value_name = "FILE", conflicts_with_all = ["wait", "demo"], hide = true)]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    pub(crate) from: Option<PathBuf>,
    /// Position in the recording: a lap, such as 3, best or 2/3 (session/lap), or a time, such as 1:30 or 90s [default: its beginning]
    #[arg(long, value_name = "POSITION")]
    pub(crate) at: Option<RecordingPosition>,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    #[command(flatten)]
    pub(super) demo: DemoArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DumpArgs {
    /// FILE: a recording (.acevo) or a raw dump (.json) to read instead of the game; `-` is the standard input.
    /// FIELD: such as `speedKmh`, `wheelSlip[2]`, `tyre_lf.slip` or `physics.fuel`; a struct such as `electronics` selects all of its
    /// fields [default: all fields]
    #[arg(value_name = "FILE] [FIELD", value_hint = ValueHint::AnyPath)]
    pub(super) items: Vec<OsString>,
    #[arg(skip)]
    pub(crate) fields: Vec<String>,
    /// Only this page
    #[arg(long, value_name = "PAGE", value_parser = values::page())]
    pub(crate) page: Option<PageKind>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Add the meaning of each field
    #[arg(short, long, conflicts_with = "json")]
    pub(crate) describe: bool,
    /// Include padding and reserved bytes
    #[arg(long)]
    pub(crate) all: bool,
    /// Wait for the game if it is not running
    #[arg(long)]
    pub(crate) wait: bool,
    /// Write the exact bytes of all pages to a new file, for a bug report; `-` is the standard output
    #[arg(long, value_name = "FILE", conflicts_with_all = ["items", "page", "json", "describe", "all", "from"])]
    pub(crate) raw: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) once: OnceArgs,
}

impl DumpArgs {
    pub(crate) fn pages(&self) -> PageSource {
        self.once.place.page_source()
    }

    pub(crate) fn demo(&self) -> Option<DemoSpec> {
        self.once.demo.spec()
    }
}

#[derive(Debug, Args)]
pub(crate) struct ChannelsArgs {
    /// FILE: a recording (.acevo) or a raw dump (.json) whose values are shown; `-` is the standard input.
    /// ID: a channel, such as `speed`, or the beginning of several, such as `tyre_temp` [default: all channels that are worth logging]
    #[arg(value_name = "FILE] [ID", value_hint = ValueHint::AnyPath)]
    pub(super) items: Vec<OsString>,
    #[arg(skip)]
    pub(crate) ids: Vec<String>,
    /// Include unused and duplicate channels
    #[arg(long)]
    pub(crate) all: bool,
    /// Add the source, the expected range and notes of each channel
    #[arg(short, long, conflicts_with = "json")]
    pub(crate) describe: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Show current values; implied by a source or --demo
    #[arg(long)]
    pub(crate) values: bool,
    /// Show these units instead of the channels' own
    #[arg(long, value_name = "UNITS", value_parser = values::units())]
    #[arg(help = values::described("Show these units instead of the channels' own", values::UNITS), hide_possible_values = true)]
    pub(crate) units: Option<UnitSystem>,
    /// Wait for the game if it is not running; implies --values
    #[arg(long, conflicts_with = "demo")]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) once: OnceArgs,
}

impl ChannelsArgs {
    /// The game or the simulation whose values are shown; `None` if no values are shown.
    pub(crate) fn values_source(&self) -> Option<LiveSource> {
        let source = self.once.demo.source(&self.once.place);
        let is_given = !matches!(&source, LiveSource::Game(pages) if pages.is_game());
        (self.values || self.wait || is_given).then_some(source)
    }
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Raw dump with the values to compare, written by `acevo dump --raw A`; `-` is the standard input
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,
    /// Raw dump to compare them with
    #[arg(value_name = "B")]
    pub(crate) b: PathBuf,
    /// Only these fields, named as in `acevo dump`; sizes and unknown bytes are not compared
    #[arg(value_name = "FIELD")]
    pub(crate) fields: Vec<String>,
    /// Only this page
    #[arg(long, value_name = "PAGE", value_parser = values::page())]
    pub(crate) page: Option<PageKind>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Include padding, reserved bytes, and bytes that differ although the values are equal
    #[arg(long)]
    pub(crate) all: bool,
    /// Print nothing; only set the exit code
    #[arg(short, long, conflicts_with = "json")]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing; only set the exit code
    #[arg(short, long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl DoctorArgs {
    pub(crate) fn pages(&self) -> PageSource {
        self.place.page_source()
    }
}

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// Duration of the measurement, such as 10s or 2m [default: until Ctrl-C]
    #[arg(long = "for", value_name = "TIME", value_parser = values::time)]
    pub(crate) time: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing on stderr
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    pub(super) demo: DemoArgs,
}

impl StatsArgs {
    pub(crate) fn source(&self) -> LiveSource {
        self.demo.source(&self.place)
    }
}
