//! Options that select the source of telemetry.

use std::path::PathBuf;

use acevo_simulator::{CarModel, GameVersion, Options, Scenario, TrackName, Variant};
use clap::Args;
#[cfg(unix)]
use clap::ValueHint;

use super::values;
use crate::session::game_log::LogSource;
use crate::session::publish::PublishTarget;
use crate::session::source::{DemoSpec, LiveSource, PageSource, SourceSpec};

/// The positional recording of commands that can read one instead of the game.
#[derive(Debug, Args)]
pub(super) struct RecordingArg {
    /// Recording to read instead of the game
    #[arg(value_name = "FILE", conflicts_with_all = ["from", "demo"])]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    file: Option<PathBuf>,
}

/// A game, a recording, or the simulator.
#[derive(Debug, Args)]
pub(crate) struct SourceArgs {
    /// The recording to read instead of the game; the commands have a positional argument for it
    #[arg(long, value_name = "FILE", conflicts_with = "demo", hide = true)]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    from: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    demo: DemoArgs,
}

impl SourceArgs {
    /// Reads the positional recording, if there is one.
    pub(super) fn read_from(&mut self, recording: &mut RecordingArg) {
        self.from = recording.file.take().or(self.from.take());
    }

    /// The source.
    pub(super) fn spec(&self) -> SourceSpec {
        match &self.from {
            Some(file) => SourceSpec::Recording { file: file.clone(), speed: self.demo.drive.speed() },
            None => SourceSpec::Live(self.demo.source(&self.place)),
        }
    }

    /// The first simulator option that has no effect. A recording has a speed, too.
    pub(super) fn unused_option(&self) -> Option<&'static str> {
        self.demo.unused_option().filter(|option| self.from.is_none() || *option != "--speed")
    }
}

/// Where the pages of a game are read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Source")]
pub(crate) struct PlaceArgs {
    /// Read the page files in this directory instead of looking for the game
    #[cfg(unix)]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
    /// Read the process with this id: a game under Proton or Wine
    #[cfg(target_os = "linux")]
    #[arg(long, value_name = "PID", conflicts_with = "dir")]
    pid: Option<u32>,
}

impl PlaceArgs {
    /// The option that names a source, if one is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        match self.page_source() {
            PageSource::Game => None,
            #[cfg(unix)]
            PageSource::Directory(_) => Some("--dir"),
            #[cfg(target_os = "linux")]
            PageSource::Process(_) => Some("--pid"),
        }
    }

    /// Where pages are read.
    pub(crate) fn page_source(&self) -> PageSource {
        #[cfg(unix)]
        if let Some(dir) = &self.dir {
            return PageSource::Directory(dir.clone());
        }
        #[cfg(target_os = "linux")]
        if let Some(pid) = self.pid {
            return PageSource::Process(pid);
        }
        PageSource::Game
    }
}

/// The game's log.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Source")]
pub(crate) struct GameLogArg {
    /// The game's log, which names all cars [default: the one that the running game writes]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    game_log: Option<PathBuf>,
}

impl GameLogArg {
    /// A file is named.
    pub(super) fn is_given(&self) -> bool {
        self.game_log.is_some()
    }

    /// Where the log is read that belongs to this source, which may have its own.
    pub(super) fn source(&self, source: &LiveSource) -> LogSource {
        match (&self.game_log, source) {
            (Some(file), _) => LogSource::File(file.clone()),
            (None, LiveSource::Game(PageSource::Game)) => LogSource::Game,
            #[cfg(target_os = "linux")]
            (None, LiveSource::Game(PageSource::Process(_))) => LogSource::Game,
            #[cfg(unix)]
            (None, LiveSource::Game(PageSource::Directory(_))) => LogSource::None,
            (None, LiveSource::Demo(_)) => LogSource::None,
        }
    }

    /// The same for a source that may be a recording.
    pub(super) fn source_of(&self, source: &SourceSpec) -> LogSource {
        match source {
            SourceSpec::Live(live) => self.source(live),
            SourceSpec::Recording { .. } | SourceSpec::Log(_) => LogSource::None,
        }
    }
}

/// The embedded simulator.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Demo")]
pub(crate) struct DemoArgs {
    /// Use the embedded simulator instead of the game
    #[arg(long)]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    pub(super) demo: bool,
    #[command(flatten)]
    drive: DriveArgs,
}

impl DemoArgs {
    /// The simulation, if there is one.
    pub(crate) fn spec(&self) -> Option<DemoSpec> {
        let drive = &self.drive;
        self.demo.then(|| DemoSpec { options: drive.options(Scenario::HotLaps), speed: drive.speed() })
    }

    /// The simulation, or the game.
    pub(super) fn source(&self, place: &PlaceArgs) -> LiveSource {
        self.spec().map_or_else(|| LiveSource::Game(place.page_source()), LiveSource::Demo)
    }

    /// The first simulator option that has no effect without a simulation.
    pub(super) fn unused_option(&self) -> Option<&'static str> {
        self.drive.first_given().filter(|_| !self.demo)
    }
}

/// Options of the simulator. `acevo help simulate` describes all; the help of other commands has only some of them, see [`HIDDEN`].
#[derive(Debug, Clone, Args)]
pub(crate) struct DriveArgs {
    /// Scenario to drive; `acevo help simulate` lists all, and more options [default: weekend; hot-laps with --demo]
    #[arg(long, value_name = "SCENARIO", value_parser = values::scenario(), hide_possible_values = true)]
    scenario: Option<Scenario>,
    /// Car to drive [default: gt3]
    #[arg(long, value_name = "CAR", value_parser = values::car(), hide_possible_values = true)]
    car: Option<CarModel>,
    /// Track to drive on [default: valdombra]
    #[arg(long, value_name = "TRACK", value_parser = values::track(), hide_possible_values = true)]
    track: Option<TrackName>,
    /// Game version whose counters and values are simulated [default: 0.8]
    #[arg(long, value_name = "VERSION", value_parser = values::game(), hide_possible_values = true)]
    game: Option<GameVersion>,
    /// Disputed behaviour instead of the measured one; may be given several times
    #[arg(long = "variant", value_name = "NAME", value_parser = values::variant(), hide_possible_values = true)]
    variants: Vec<Variant>,
    /// Seed of the random numbers: equal seeds drive equally [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Simulated or recorded seconds per second [default: 1]
    #[arg(long, value_name = "FACTOR", value_parser = values::speed)]
    speed: Option<f64>,
}

/// Simulator options that only the help of `acevo simulate` has.
pub(super) const HIDDEN: [&str; 5] = ["seed", "car", "track", "game", "variants"];

impl DriveArgs {
    /// The simulation.
    pub(crate) fn options(&self, scenario: Scenario) -> Options {
        let mut options = Options::default();
        options.seed = self.seed.unwrap_or(options.seed);
        options.car = self.car.unwrap_or(options.car);
        options.track = self.track.unwrap_or(options.track);
        options.game = self.game.unwrap_or(options.game);
        options.scenario = self.scenario.unwrap_or(scenario);
        self.variants.iter().for_each(|variant| options.apply(*variant));
        options
    }

    pub(crate) fn speed(&self) -> f64 {
        self.speed.unwrap_or(1.0)
    }

    fn first_given(&self) -> Option<&'static str> {
        let given = [
            (self.seed.is_some(), "--seed"),
            (self.car.is_some(), "--car"),
            (self.track.is_some(), "--track"),
            (self.game.is_some(), "--game"),
            (!self.variants.is_empty(), "--variant"),
            (self.scenario.is_some(), "--scenario"),
            (self.speed.is_some(), "--speed"),
        ];
        given.into_iter().find_map(|(given, option)| given.then_some(option))
    }
}

/// Where pages are published.
#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// Publish as files in this directory instead of where the game does
    #[cfg(unix)]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

impl PublishArgs {
    pub(crate) fn target(&self) -> PublishTarget {
        #[cfg(unix)]
        if let Some(dir) = &self.dir {
            return PublishTarget::Directory(dir.clone());
        }
        PublishTarget::Game
    }
}
