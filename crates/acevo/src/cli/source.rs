//! Where telemetry comes from: the game, a recording, or the simulator.

use std::path::PathBuf;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Finding};
use acevo_simulator::{CarModel, GameVersion, Options, Scenario, TrackName, Variant};
use clap::Args;

use super::values;
use crate::session::Opener;
use crate::session::connection::LiveConnection;
use crate::session::demo::Demo;
use crate::session::feeder::SourceKind;
use crate::session::playback;

/// What to follow.
#[derive(Debug, Args)]
pub(crate) struct Origin {
    /// The recording to read instead of the game; the commands have a positional argument for it
    #[arg(long, value_name = "FILE", conflicts_with = "demo", hide = true)]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) demo: DemoArgs,
}

/// What the program runs itself, until this is dropped: a recording, the simulator, or nothing.
#[derive(Debug)]
pub(crate) struct Running {
    _playback: Option<acevo_recording::Playback>,
    _demo: Option<Demo>,
}

impl Origin {
    /// Reads this recording, if there is one.
    pub(super) fn read_from(&mut self, file: Option<PathBuf>) {
        self.from = file.or(self.from.take());
    }

    /// What the session is read from.
    pub(crate) fn kind(&self) -> SourceKind {
        match (self.demo.demo, &self.from) {
            (true, _) => SourceKind::Demo,
            (false, Some(_)) => SourceKind::Recording,
            (false, None) => SourceKind::Game,
        }
    }

    /// Starts what is to be followed, where it is not the game, and follows it.
    pub(crate) fn follow(&self) -> anyhow::Result<(LiveConnection, Running)> {
        if let Some(file) = &self.from {
            let (playback, connection) = playback::start(file, self.demo.drive.speed())?;
            return Ok((connection, Running { _playback: Some(playback), _demo: None }));
        }
        let demo = self.demo.start();
        let connection = match &demo {
            Some(demo) => LiveConnection::new(demo.open()).with_lockstep(demo.lockstep()),
            None => LiveConnection::new(self.place.opener()),
        };
        Ok((connection, Running { _playback: None, _demo: demo }))
    }
}

/// Where to read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Source")]
pub(crate) struct Place {
    /// Read the page files in this directory instead of looking for the game
    #[cfg(unix)]
    #[arg(long, value_name = "PATH")]
    pub(crate) dir: Option<PathBuf>,
    /// Read this process, whatever its name: a game under Proton or Wine
    #[cfg(target_os = "linux")]
    #[arg(long, value_name = "PID", conflicts_with = "dir")]
    pub(crate) pid: Option<u32>,
}

/// The embedded simulator.
#[derive(Debug, Args)]
#[command(next_help_heading = "Demo")]
pub(crate) struct DemoArgs {
    /// Drive the embedded simulator instead of reading the game
    #[arg(long)]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    pub(crate) demo: bool,
    #[command(flatten)]
    pub(crate) drive: Drive,
}

/// What the simulator does.
#[derive(Debug, Clone, Args)]
pub(crate) struct Drive {
    /// The same seed gives the same drive [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Car to drive [default: gt3]
    #[arg(long, value_name = "CAR", value_parser = values::car())]
    car: Option<CarModel>,
    /// Track to drive on [default: valdombra]
    #[arg(long, value_name = "TRACK", value_parser = values::track())]
    track: Option<TrackName>,
    /// Version of the game whose counters and values the pages show [default: 0.8]
    #[arg(long, value_name = "VERSION", value_parser = values::game())]
    game: Option<GameVersion>,
    /// Disputed behaviour instead of what was measured on the game; may be given several times
    #[arg(long = "variant", value_name = "NAME", value_parser = values::variant())]
    variants: Vec<Variant>,
    /// What happens [default: weekend for simulate, hot-laps for --demo]
    #[arg(long, value_name = "SCENARIO", value_parser = values::scenario())]
    scenario: Option<Scenario>,
    /// Seconds of the simulation per second [default: 1]
    #[arg(long, value_name = "FACTOR", value_parser = values::speed)]
    speed: Option<f64>,
}

impl Place {
    /// The option that names a source, if one is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        #[cfg(unix)]
        if self.dir.is_some() {
            return Some("--dir");
        }
        #[cfg(target_os = "linux")]
        if self.pid.is_some() {
            return Some("--pid");
        }
        None
    }

    /// Attaches once.
    pub(crate) fn open(&self) -> Result<ACEvoSharedMemoryMapper, Error> {
        #[cfg(unix)]
        if let Some(dir) = &self.dir {
            return ACEvoSharedMemoryMapper::open_source(acevo_shared_memory::PageDirectory::open(dir)?);
        }
        #[cfg(target_os = "linux")]
        if let Some(pid) = self.pid {
            return ACEvoSharedMemoryMapper::open_source(acevo_shared_memory::source::WineProcess::attach_to(pid)?);
        }
        ACEvoSharedMemoryMapper::open()
    }

    /// What is found there; `None` where there is nothing to look around in.
    pub(crate) fn survey(&self) -> Option<Vec<Finding>> {
        #[cfg(unix)]
        if let Some(dir) = &self.dir {
            return Some(acevo_shared_memory::PageDirectory::survey(dir));
        }
        self.is_default().then(acevo_shared_memory::survey)
    }

    /// True if no source is named: the game is looked for.
    pub(crate) fn is_default(&self) -> bool {
        self.given().is_none()
    }

    /// How to attach again and again.
    pub(crate) fn opener(&self) -> Opener {
        let place = self.clone();
        Box::new(move || place.open())
    }
}

impl DemoArgs {
    /// Starts the simulator where it is asked for.
    pub(crate) fn start(&self) -> Option<Demo> {
        self.options().map(|options| Demo::start(options, self.drive.speed()))
    }

    /// True if the simulation waits for its reader: it is faster than real time.
    pub(crate) fn waits(&self) -> bool {
        self.demo && crate::session::demo::waits(self.drive.speed())
    }

    /// The simulation that is asked for.
    pub(crate) fn options(&self) -> Option<Options> {
        self.demo.then(|| self.drive.options(Scenario::HotLaps))
    }
}

impl Drive {
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

    pub(super) fn first_given(&self) -> Option<&'static str> {
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
