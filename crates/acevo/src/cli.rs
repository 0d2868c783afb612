//! Command-line arguments.

mod help;
mod publish;
mod source;
mod values;

pub(crate) use publish::Outlet;
pub(crate) use source::{DemoArgs, Drive, Origin, Place};

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acevo_export::{ExportFormat, ExportPlan, MotecNames, Output, Precision, Separator};
use acevo_shared_memory::PageKind;
use acevo_telemetry::analysis::Topic;
use acevo_telemetry::analysis::{Reference, Sectors, Settings, Thresholds};
use acevo_telemetry::personal::PersonalStore;
use acevo_telemetry::{Channel, UnitSystem};
use clap::error::ErrorKind;
use clap::{ArgGroup, Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::format::lap_table;
use crate::output::is_dash;
use crate::session::feeder::AnalysisOptions;
use acevo_recording::{LapReference, LapSelection, LapSelector, RecordingPosition};

use acevo_plot::{PlotKind, Theme};

/// Live telemetry of Assetto Corsa EVO in the terminal.
///
/// Without a command it watches: it attaches to the game, waits for it when it is not there, and shows a live view.
#[derive(Debug, Parser)]
#[command(
    name = "acevo",
    version,
    propagate_version = true,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = help::ACEVO
)]
pub(crate) struct Acevo {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) watch: Watch,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a live view of the game; this is what happens without a command
    ///
    /// On a terminal it is a screen, else a line per second; with --json an object per packet.
    #[command(after_long_help = help::WATCH, after_help = help::WATCH_EXAMPLES)]
    Watch(WatchCommand),
    /// Print every field with value and unit, once
    #[command(after_help = help::DUMP)]
    Dump(Dump),
    /// List what can be measured, in which unit and how sure it is; with --values how it stands now
    #[command(after_help = help::CHANNELS)]
    Channels(Channels),
    /// Compare two raw dumps, field by field
    #[command(after_help = help::DIFF)]
    Diff(Diff),
    /// Find out why no telemetry comes, and what to do
    #[command(after_help = help::DOCTOR)]
    Doctor(Doctor),
    /// Print what happens in the session: laps, flags, pit stops, damage, tyres, fuel
    #[command(after_long_help = help::EVENTS, after_help = help::EVENTS_EXAMPLES)]
    Events(Events),
    /// Show the laps of the session: times, sectors, fuel, speeds, what counts and what does not
    ///
    /// On a terminal it is a table that goes on, else a line per finished lap; with --json an object per finished lap.
    #[command(after_long_help = help::LAPS, after_help = help::LAPS_EXAMPLES)]
    Laps(Laps),
    /// Record every packet to files, one for each session, that survive whatever happens
    ///
    /// Starts with the game, waits for it and goes on across restarts. The paths of complete files are printed.
    #[command(after_help = help::RECORD)]
    Record(RecordArgs),
    /// Publish a recording as if the game ran, for any reader of the telemetry
    #[command(after_help = help::REPLAY)]
    Replay(Replay),
    /// Show what is in a recording
    #[command(after_help = help::INFO)]
    Info(InfoArgs),
    /// Export recordings to CSV, JSON lines, Parquet, MoTeC or MCAP
    #[command(after_help = help::EXPORT)]
    Export(Export),
    /// Make a whole file of what can be read of a damaged recording; others need no repair
    Repair(Repair),
    /// Keep some laps or minutes of a recording as a recording of their own
    #[command(after_help = help::CUT)]
    Cut(Cut),
    /// Draw laps: curves over the distance, the map, the g-g diagram
    #[command(after_help = help::PLOT)]
    Plot(Plot),
    /// Measure how many packets come, how regularly and how late, and what reading them costs
    #[command(after_help = help::STATS)]
    Stats(Stats),
    /// Serve a live page and overlays to browsers, OBS, phones and scripts
    ///
    /// Only this computer can reach them; with --lan others in its network can, too, with a secret in the address.
    #[command(after_help = help::SERVE)]
    Serve(Serve),
    /// Publish a simulated game for any reader of the telemetry, or write a recording of it
    #[command(after_help = help::SIMULATE)]
    Simulate(Simulate),
}

/// `acevo watch`. Without a command there is no FILE: it would be taken for a misspelt command.
#[derive(Debug, Args)]
pub(crate) struct WatchCommand {
    /// Recording to read instead of the game
    #[arg(value_name = "FILE", conflicts_with_all = ["from", "demo"])]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) watch: Watch,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Print JSON, one object per line
    #[arg(long)]
    pub(crate) json: bool,
    /// Print lines, even on a terminal
    #[arg(long, conflicts_with = "json")]
    pub(crate) lines: bool,
    /// Time between two lines or objects: 100ms, 1s, 0.5s; lines come every second otherwise, objects with every packet
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    pub(crate) every: Option<Duration>,
    /// End after this many lines or objects
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// Say nothing on stderr about the connection
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) analysing: AnalysisArgs,
    #[command(flatten)]
    pub(crate) origin: Origin,
}

#[derive(Debug, Args)]
pub(crate) struct Events {
    /// Recording to read instead of the game
    #[arg(value_name = "FILE", conflicts_with_all = ["from", "demo"])]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    file: Option<PathBuf>,
    /// Print JSON, one object per line
    #[arg(long)]
    pub(crate) json: bool,
    /// Only events about these, separated by commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = values::topic())]
    pub(crate) only: Vec<Topic>,
    /// From when on something is worth an event, as low_fuel_laps=2; may be given again. `acevo help events` names all
    #[arg(long, value_name = "NAME=NUMBER", value_parser = values::threshold)]
    pub(crate) threshold: Vec<(String, f64)>,
    /// End after this many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// Say nothing on stderr about the connection
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) analysing: AnalysisArgs,
    #[command(flatten)]
    pub(crate) origin: Origin,
}

#[derive(Debug, Args)]
pub(crate) struct Laps {
    /// Recording to read instead of the game
    #[arg(value_name = "FILE", conflicts_with_all = ["from", "demo"])]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    file: Option<PathBuf>,
    /// Print JSON, one object per finished lap
    #[arg(long)]
    pub(crate) json: bool,
    /// Print lines, even on a terminal
    #[arg(long, conflicts_with = "json")]
    pub(crate) lines: bool,
    /// Show the laps of the running session, or of all sessions [default: current; all for a recording]
    #[arg(long, value_name = "WHICH")]
    pub(crate) session: Option<Sessions>,
    /// End after this many finished laps
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// Say nothing on stderr about the connection
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) analysing: AnalysisArgs,
    #[command(flatten)]
    pub(crate) origin: Origin,
}

/// How laps are analysed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Analysis")]
pub(crate) struct AnalysisArgs {
    /// Where sectors end, the last one excepted, as parts of a lap: 0.31,0.68 [default: thirds]
    #[arg(long, value_name = "PLACES", value_parser = values::sectors)]
    sectors: Option<Sectors>,
    /// Lap to compare the running one with
    #[arg(long, value_name = "LAP", default_value = "best")]
    reference: ReferenceLap,
    /// File for personal bests instead of the one in the user's data directory; with --demo there is no other
    #[arg(long, value_name = "FILE")]
    pub(crate) bests: Option<PathBuf>,
    /// Neither read nor keep personal bests
    #[arg(long, conflicts_with = "bests")]
    no_bests: bool,
}

/// A lap to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReferenceLap {
    /// The best of the session.
    Best,
    /// The last one.
    Last,
    /// The fastest that was ever kept with this car on this track.
    Personal,
}

impl Events {
    /// What is worth an event.
    pub(crate) fn thresholds(&self) -> Thresholds {
        // Each was read before.
        values::thresholds(&self.threshold).unwrap_or_default()
    }
}

impl AnalysisArgs {
    /// The options of an analysis of this source.
    pub(crate) fn options(&self, origin: &Origin) -> AnalysisOptions {
        AnalysisOptions {
            settings: self.settings(),
            reference: self.reference(),
            bests_file: self.bests_file(origin.demo.demo),
            // The laps of a recording may be another driver's: they are saved only in a file that is named.
            bests_are_read_only: origin.from.is_some() && self.bests.is_none(),
            source: origin.kind(),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        if let Some(sectors) = &self.sectors {
            settings.sectors = sectors.clone();
        }
        settings
    }

    const fn reference(&self) -> Reference {
        match self.reference {
            ReferenceLap::Best => Reference::Best,
            ReferenceLap::Last => Reference::Last,
            ReferenceLap::Personal => Reference::Personal,
        }
    }

    /// Where personal bests are kept, if at all.
    fn bests_file(&self, is_demo: bool) -> Option<PathBuf> {
        let default = || PersonalStore::default_path().filter(|_| !is_demo);
        self.bests.clone().or_else(default).filter(|_| !self.no_bests)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Recording to read instead of the game
    #[arg(value_name = "FILE", conflicts_with_all = ["from", "demo"])]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    file: Option<PathBuf>,
    /// Port to listen on; 0 is any that is free
    #[arg(long, value_name = "PORT", default_value_t = 7333)]
    pub(crate) port: u16,
    /// Let others in the network in, too, who know the secret in the address
    #[arg(long)]
    pub(crate) lan: bool,
    /// File that keeps the secret, so that phones and overlays come back after a restart; made where there is none
    #[arg(long, value_name = "FILE", requires = "lan")]
    pub(crate) token_file: Option<PathBuf>,
    /// Open the page in a browser
    #[arg(long)]
    pub(crate) open: bool,
    /// Say nothing on stderr but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) analysing: AnalysisArgs,
    #[command(flatten)]
    pub(crate) origin: Origin,
}

/// Which sessions a table of laps shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sessions {
    /// The one that is running.
    Current,
    /// All of them.
    All,
}

impl From<Sessions> for lap_table::Sessions {
    fn from(sessions: Sessions) -> Self {
        match sessions {
            Sessions::Current => Self::Current,
            Sessions::All => Self::All,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Dump {
    /// FILE: a recording (.acevo), or a file that --raw has written (.json), to read instead of the game; `-` is the standard input.
    /// FIELD: such as `speedKmh`, `wheelSlip[2]`, `tyre_lf.slip` or `physics.fuel`; a part, such as `electronics`, is all of its
    /// fields; without fields everything is printed
    #[arg(value_name = "FILE] [FIELD")]
    items: Vec<OsString>,
    #[arg(skip)]
    pub(crate) fields: Vec<String>,
    /// Only this page
    #[arg(long, value_name = "PAGE", value_parser = values::page())]
    pub(crate) page: Option<PageKind>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Say of each field what it means
    #[arg(short, long, conflicts_with = "json")]
    pub(crate) describe: bool,
    /// Padding and reserved bytes, too
    #[arg(long)]
    pub(crate) all: bool,
    /// Wait for the game where it is not there
    #[arg(long)]
    pub(crate) wait: bool,
    /// Write the exact bytes of all pages to a new file instead, for a bug report; `-` is the standard output
    #[arg(long, value_name = "FILE", conflicts_with_all = ["items", "page", "json", "describe", "all"])]
    pub(crate) raw: Option<PathBuf>,
    /// The recording or raw dump to read instead of the game
    #[arg(long, value_name = "FILE", conflicts_with_all = ["raw", "wait", "demo"], hide = true)]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    pub(crate) from: Option<PathBuf>,
    /// Position in the recording: a lap, such as 3, best or 2/3 (session/lap), or a time, such as 1:30 or 90s [default: its beginning]
    #[arg(long, value_name = "POSITION")]
    pub(crate) at: Option<RecordingPosition>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) demo: DemoArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Channels {
    /// FILE: a recording (.acevo) or a raw dump (.json) whose values are shown instead of the game's.
    /// ID: a channel, such as `speed`, or the beginning of several, such as `tyre_temp`; without IDs all channels that are worth logging
    #[arg(value_name = "FILE] [ID")]
    items: Vec<OsString>,
    #[arg(skip)]
    pub(crate) ids: Vec<String>,
    /// Dead channels and those that repeat another one, too
    #[arg(long)]
    pub(crate) all: bool,
    /// Say of each channel where it comes from, what is expected, and what to know
    #[arg(short, long, conflicts_with = "json")]
    pub(crate) describe: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Show the values of this moment; a source or --demo means this, too
    #[arg(long)]
    pub(crate) values: bool,
    /// Show these units instead of those of the catalogue
    #[arg(long, value_name = "UNITS", value_parser = values::units())]
    pub(crate) units: Option<UnitSystem>,
    /// Wait for the game where it is not there; means --values
    #[arg(long, conflicts_with = "demo")]
    pub(crate) wait: bool,
    /// The recording or raw dump to read instead of the game
    #[arg(long, value_name = "FILE", conflicts_with_all = ["wait", "demo"], hide = true)]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    pub(crate) from: Option<PathBuf>,
    /// Position in the recording: a lap, such as 3, best or 2/3 (session/lap), or a time, such as 1:30 or 90s [default: its beginning]
    #[arg(long, value_name = "POSITION")]
    pub(crate) at: Option<RecordingPosition>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) demo: DemoArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Raw dump with the values to compare, as `acevo dump --raw A` writes it; `-` is the standard input
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,
    /// Raw dump to compare them with
    #[arg(value_name = "B")]
    pub(crate) b: PathBuf,
    /// Only these fields, named as for `acevo dump`; sizes and unknown bytes are not compared then
    #[arg(value_name = "FIELD")]
    pub(crate) fields: Vec<String>,
    /// Only this page
    #[arg(long, value_name = "PAGE", value_parser = values::page())]
    pub(crate) page: Option<PageKind>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Padding and reserved bytes, and bytes that differ under equal values, too
    #[arg(long)]
    pub(crate) all: bool,
    /// Print nothing; the exit code tells
    #[arg(short, long, conflicts_with = "json")]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing; the exit code tells
    #[arg(short, long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Plot {
    /// Recording to draw laps of
    #[arg(value_name = "FILE", required_unless_present = "demo", conflicts_with = "demo")]
    pub(crate) file: Option<PathBuf>,
    /// Lap to draw, such as best, 3, 2/3 (session/lap) or 3#2 (second attempt)
    #[arg(long, value_name = "LAP", default_value = "best", conflicts_with = "demo")]
    pub(crate) lap: LapSelector,
    /// Lap to compare it with; FILE:LAP for a lap of another recording, such as other.acevo:best
    #[arg(long, value_name = "LAP", conflicts_with = "demo")]
    pub(crate) against: Option<LapReference>,
    /// New picture; the extension .png or .svg selects the format [default: named after the recording, in the current folder]
    #[arg(short, long, value_name = "FILE", value_parser = values::picture())]
    pub(crate) output: Option<PathBuf>,
    /// What to draw
    #[arg(long, value_name = "KIND", default_value = "sheet", value_parser = values::plot_kind())]
    pub(crate) kind: PlotKind,
    /// Curves from the top, by the names that `acevo channels` lists [default: speed,throttle,brake,steering,gear,delta]
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = values::curve)]
    pub(crate) channels: Vec<&'static Channel>,
    /// Channel that the map is coloured by; delta shows where time is won and lost
    #[arg(long, value_name = "ID", default_value = "speed", value_parser = values::curve)]
    pub(crate) color: &'static Channel,
    /// Width and height in pixels
    #[arg(long, value_name = "SIZE", default_value = "1600x900", value_parser = values::size)]
    pub(crate) size: (u32, u32),
    /// Colours
    #[arg(long, value_name = "THEME", default_value = "dark", value_parser = values::theme())]
    pub(crate) theme: Theme,
    /// Units to show
    #[arg(long, value_name = "UNITS", default_value = "game", value_parser = values::units())]
    pub(crate) units: UnitSystem,
    /// Say nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Draw two laps of the embedded simulator, driven at once
    #[arg(long, help_heading = "Demo")]
    pub(crate) demo: bool,
    #[command(flatten, next_help_heading = "Demo")]
    pub(crate) drive: Drive,
}

#[derive(Debug, Args)]
pub(crate) struct Stats {
    /// Measure for this long: 10s, 2m; without it, until Ctrl-C
    #[arg(long = "for", value_name = "TIME", value_parser = values::time)]
    pub(crate) time: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Say nothing on stderr
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) demo: DemoArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// Directory for the files, or a file, whose name has an extension [default: acevo in the user's documents]
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// Keep only so much in memory, 1s to 30m, and save it as a recording when a key or a signal asks for it
    #[arg(long, value_name = "TIME", value_parser = values::span)]
    pub(crate) keep_last: Option<Duration>,
    /// End after this long: 10s, 30m; with --demo, in seconds of the simulation
    #[arg(long = "for", value_name = "TIME", value_parser = values::time)]
    pub(crate) time: Option<Duration>,
    /// Say nothing on stderr but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) demo: DemoArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Recording to replay
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Seconds of the recording per second [default: 1]
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
    /// Begin again at the end
    #[arg(long = "loop")]
    pub(crate) repeat: bool,
    #[command(flatten)]
    pub(crate) outlet: Outlet,
    /// Say nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// Recording to look into
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Read all of it and tell what cannot be read
    #[arg(long)]
    pub(crate) check: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Recordings, and folders with recordings
    #[arg(value_name = "PATH", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// File format. With parquet, a folder becomes a partitioned data set
    #[arg(long, value_name = "FORMAT")]
    to: Format,
    /// New file, or `-` for the standard output (csv and jsonl); for several recordings a folder [default: named after the recording,
    /// in the current folder; for a data set the folder `parquet`]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Only these laps, such as 3, 3-5, 1,4-6, best or 2/1-3 (session/laps)
    #[arg(long, value_name = "LAPS")]
    pub(crate) laps: Option<LapSelection>,
    /// Only these channels, by the IDs that `acevo channels` lists
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = values::any_channel)]
    channels: Vec<&'static Channel>,
    /// Maximum number of rows per second [default: a row per physics packet]
    #[arg(long, value_name = "HZ", value_parser = values::rate)]
    rate: Option<f64>,
    /// Units of tables. MoTeC logs have units of their own
    #[arg(long, value_name = "UNITS", default_value = "game", value_parser = values::units())]
    units: UnitSystem,
    /// CSV: write a second header row with the units; most readers then take every column for text
    #[arg(long)]
    units_row: bool,
    /// CSV: separator of the cells: `,`, `;` or tab [default: `,`; `;` with --decimal ,]
    #[arg(long, value_name = "SIGN", value_parser = values::separator)]
    separator: Option<Separator>,
    /// CSV: decimal mark, `.` or `,`; German spreadsheets need `,`
    #[arg(long, value_name = "SIGN", value_parser = [".", ","], default_value = ".")]
    decimal: String,
    /// CSV and JSON lines: write exact numbers instead of the significant decimals
    #[arg(long)]
    full: bool,
    /// MoTeC: names of the channels
    #[arg(long, value_name = "NAMES", default_value = "acc")]
    names: Naming,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl Export {
    /// The plan of the export.
    pub(crate) fn plan(&self) -> ExportPlan {
        let mut plan = ExportPlan::new(self.to.into());
        plan.output = match &self.output {
            Some(path) if is_dash(path) => Output::Stdout,
            Some(path) => Output::Path(path.clone()),
            None => Output::CurrentFolder,
        };
        plan.laps.clone_from(&self.laps);
        plan.channels.clone_from(&self.channels);
        (plan.rate, plan.units) = (self.rate, self.units);
        plan.precision = if self.full { Precision::Full } else { Precision::default() };
        (plan.units_row, plan.separator, plan.decimal_comma) = (self.units_row, self.separator, self.decimal == ",");
        plan.motec_names = self.names.into();
        plan
    }

    /// True if the export is written to the standard output.
    pub(crate) fn is_stream(&self) -> bool {
        self.output.as_deref().is_some_and(is_dash)
    }

    /// True if only errors are printed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet || self.is_stream()
    }
}

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table of comma-separated values.
    Csv,
    /// One JSON object per row.
    Jsonl,
    /// A table for data tools.
    Parquet,
    /// A log for MoTeC i2: .ld and .ldx.
    Motec,
    /// The pages as ROS 2 messages.
    Mcap,
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Jsonl => Self::Jsonl,
            Format::Parquet => Self::Parquet,
            Format::Motec => Self::Motec,
            Format::Mcap => Self::Mcap,
        }
    }
}

/// Names of MoTeC channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Naming {
    /// As in logs of Assetto Corsa Competizione: SPEED, G_LAT.
    Acc,
    /// As in the circuit template: Ground Speed, G Force Lat.
    Circuit,
}

impl From<Naming> for MotecNames {
    fn from(naming: Naming) -> Self {
        match naming {
            Naming::Acc => Self::Acc,
            Naming::Circuit => Self::Circuit,
        }
    }
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("part").args(["laps", "from", "to"]).required(true).multiple(true))]
pub(crate) struct Cut {
    /// Recording to take from; it is not touched
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// These laps, such as 3, 3-5, 1,4-6, best or 2/1-3 (session/laps)
    #[arg(long, value_name = "LAPS", conflicts_with_all = ["from", "to"])]
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
    /// Say nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Repair {
    /// Recording that is damaged; it is not touched
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The new recording
    #[arg(value_name = "NEW", conflicts_with = "output", hide = true)]
    new: Option<PathBuf>,
    /// New recording [default: named after the recording, in the current folder]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    #[command(flatten)]
    pub(crate) drive: Drive,
    /// Write a recording to this new file, as fast as it can be computed, instead of publishing pages
    #[arg(short, long, value_name = "FILE", conflicts_with = "speed")]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    pub(crate) output: Option<PathBuf>,
    /// End each session after this many laps
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) laps: Option<u32>,
    /// End after this much time of the simulation [default: when its last session is over; with -o at most 1h if it has no end]
    #[arg(long = "for", value_name = "TIME", value_parser = values::time)]
    pub(crate) time: Option<Duration>,
    #[command(flatten)]
    pub(crate) outlet: Outlet,
    /// Say nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Reads the command line. Ends the program if it is wrong, or asks for help.
pub(crate) fn read() -> Acevo {
    let mut args = Acevo::parse();
    args.resolve().unwrap_or_else(|error| error.exit());
    args
}

impl Acevo {
    /// Assigns positional arguments, and checks what clap cannot check.
    fn resolve(&mut self) -> Result<(), clap::Error> {
        match &mut self.command {
            Some(Command::Watch(args)) => args.watch.origin.read_from(args.file.take()),
            Some(Command::Events(args)) => args.origin.read_from(args.file.take()),
            Some(Command::Laps(args)) => args.origin.read_from(args.file.take()),
            Some(Command::Serve(args)) => args.origin.read_from(args.file.take()),
            Some(Command::Dump(args)) => {
                let is_game = [(args.wait, "--wait"), (args.demo.demo, "--demo"), (args.raw.is_some(), "--raw")];
                args.fields = take_file(&mut args.items, &mut args.from, &args.place, &is_game)?;
                check_at(args.at.is_some(), args.from.as_deref())?;
            }
            Some(Command::Channels(args)) => {
                let is_game = [(args.wait, "--wait"), (args.demo.demo, "--demo")];
                args.ids = take_file(&mut args.items, &mut args.from, &args.place, &is_game)?;
                check_at(args.at.is_some(), args.from.as_deref())?;
            }
            Some(Command::Repair(args)) => args.output = args.new.take().or(args.output.take()),
            _ => {}
        }
        self.check_simulator_options()
    }

    fn check_simulator_options(&self) -> Result<(), clap::Error> {
        let (demo, has_speed) = match &self.command {
            None => (&self.watch.origin.demo, self.watch.origin.from.is_some()),
            Some(Command::Watch(args)) => (&args.watch.origin.demo, args.watch.origin.from.is_some()),
            Some(Command::Serve(args)) => (&args.origin.demo, args.origin.from.is_some()),
            Some(Command::Dump(args)) => (&args.demo, false),
            Some(Command::Channels(args)) => (&args.demo, false),
            Some(Command::Stats(args)) => (&args.demo, false),
            Some(Command::Record(args)) => (&args.demo, false),
            Some(Command::Events(args)) => (&args.origin.demo, false),
            Some(Command::Laps(args)) => (&args.origin.demo, false),
            Some(_) => return Ok(()),
        };
        match demo.drive.first_given().filter(|option| !(demo.demo || has_speed && *option == "--speed")) {
            Some(option) => {
                let message = format!("{option} is about the simulator: add --demo");
                Err(Self::command().error(ErrorKind::MissingRequiredArgument, message))
            }
            None => Ok(()),
        }
    }
}

/// Takes the file from the front of positional arguments, if they begin with one, and returns the rest. `is_game` has options that a file
/// cannot be used with.
fn take_file(
    items: &mut Vec<OsString>,
    from: &mut Option<PathBuf>,
    place: &Place,
    is_game: &[(bool, &str)],
) -> Result<Vec<String>, clap::Error> {
    if from.is_none() && items.first().is_some_and(|first| is_file(Path::new(first))) {
        let file = PathBuf::from(items.remove(0));
        let conflict = is_game.iter().find_map(|(is_given, option)| is_given.then_some(*option));
        if let Some(option) = conflict.or_else(|| place.given()) {
            let message = format!("'{}' cannot be used with '{option}'", file.display());
            return Err(Acevo::command().error(ErrorKind::ArgumentConflict, message));
        }
        *from = Some(file);
    }
    Ok(items.iter().map(|item| item.to_string_lossy().into_owned()).collect())
}

/// True for a recording, a raw dump or `-`; false for the name of a field or a channel.
fn is_file(path: &Path) -> bool {
    let has_extension = |extension: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension));
    let has_folder = path.parent().is_some_and(|folder| !folder.as_os_str().is_empty());
    path.as_os_str() == "-" || has_folder || ["acevo", "json"].into_iter().any(has_extension)
}

fn check_at(is_given: bool, from: Option<&Path>) -> Result<(), clap::Error> {
    if is_given && from.is_none() {
        let message = "--at is a position in a recording: name the recording first";
        return Err(Acevo::command().error(ErrorKind::MissingRequiredArgument, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Acevo::command().debug_assert();
    }

    fn parsed(args: &[&str]) -> Result<Command, clap::Error> {
        let mut acevo = Acevo::try_parse_from([&["acevo"], args].concat())?;
        acevo.resolve()?;
        Ok(acevo.command.expect("a command"))
    }

    #[test]
    fn recordings_are_positional_in_every_command() {
        for args in [&["watch", "a.acevo"][..], &["watch", "--from", "a.acevo"]] {
            let Ok(Command::Watch(args)) = parsed(args) else { panic!("{args:?}") };
            assert_eq!(args.watch.origin.from.as_deref(), Some(Path::new("a.acevo")));
        }
        for args in [&["dump", "a.acevo", "gear", "--at", "3"][..], &["dump", "gear", "--from", "a.acevo"]] {
            let Ok(Command::Dump(args)) = parsed(args) else { panic!("{args:?}") };
            assert_eq!(
                (args.from.as_deref(), &args.fields[..]),
                (Some(Path::new("a.acevo")), &["gear".to_owned()][..])
            );
        }
        for file in ["-", "bug.json", "A.ACEVO", "./bug"] {
            let Ok(Command::Channels(args)) = parsed(&["channels", file, "speed"]) else { panic!("{file}") };
            assert_eq!((args.from.as_deref(), &args.ids[..]), (Some(Path::new(file)), &["speed".to_owned()][..]));
        }
        let Ok(Command::Dump(args)) = parsed(&["dump", "physics.fuel", "a.acevo"]) else { panic!() };
        assert!(args.from.is_none() && args.fields.len() == 2);
        for wrong in [
            &["dump", "a.acevo", "--wait"][..],
            &["channels", "a.acevo", "--demo"],
            &["laps", "a.acevo", "--demo"],
            &["dump", "gear", "--at", "3"],
            &["plot", "a.acevo", "--lap", "1:30"],
            &["plot", "a.acevo", "--against", "b.acevo:90s"],
        ] {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn no_command_is_watch_with_its_options() {
        let args = Acevo::parse_from(["acevo", "--demo", "--json", "--every", "250ms"]);
        assert!(args.command.is_none() && args.watch.json && args.watch.origin.demo.demo);
        assert_eq!(args.watch.every, Some(Duration::from_millis(250)));
    }

    #[test]
    fn the_help_names_every_threshold_and_what_it_is_else() {
        let Ok(serde_json::Value::Object(all)) = serde_json::to_value(Thresholds::default()) else { panic!() };
        for (name, value) in all {
            assert!(help::EVENTS.contains(&format!("{name} {}", value.as_f64().unwrap())), "{name} {value}");
        }
    }
}
