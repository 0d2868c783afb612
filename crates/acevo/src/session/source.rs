//! What a session is read from: the game, the simulator in this process, or a recording.

use std::path::{Path, PathBuf};

use acevo_recording::Opener;
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Finding};
use acevo_simulator::Options;

use crate::session::connection::LiveConnection;
use crate::session::demo::{self, Demo};
use crate::session::feeder::SourceKind;
use crate::session::playback::handle::PlaybackHandle;
use crate::session::playback::{self, RunningPlayback};

/// Where the pages of a game are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum PageSource {
    /// The game, wherever it runs on this computer.
    #[default]
    Game,
    /// Page files in a directory.
    #[cfg(unix)]
    Directory(PathBuf),
    /// A process under Proton or Wine, by its id.
    #[cfg(target_os = "linux")]
    Process(u32),
}

impl PageSource {
    /// Attaches once.
    ///
    /// # Errors
    /// If there are no pages, or they cannot be read.
    pub(crate) fn open(&self) -> Result<ACEvoSharedMemoryMapper, Error> {
        match self {
            Self::Game => ACEvoSharedMemoryMapper::open(),
            #[cfg(unix)]
            Self::Directory(directory) => {
                ACEvoSharedMemoryMapper::open_source(acevo_shared_memory::PageDirectory::open(directory)?)
            }
            #[cfg(target_os = "linux")]
            Self::Process(pid) => {
                ACEvoSharedMemoryMapper::open_source(acevo_shared_memory::source::WineProcess::attach_to(*pid)?)
            }
        }
    }

    /// Attaches as often as needed.
    pub(crate) fn opener(&self) -> Opener {
        let source = self.clone();
        Box::new(move || source.open())
    }

    /// What was looked for, and found; `None` for a process, in which there is nothing to look for.
    pub(crate) fn survey(&self) -> Option<Vec<Finding>> {
        match self {
            Self::Game => Some(acevo_shared_memory::survey()),
            #[cfg(unix)]
            Self::Directory(directory) => Some(acevo_shared_memory::PageDirectory::survey(directory)),
            #[cfg(target_os = "linux")]
            Self::Process(_) => None,
        }
    }

    /// True if the game is looked for.
    pub(crate) fn is_game(&self) -> bool {
        *self == Self::Game
    }
}

/// A simulation in this process.
#[derive(Debug, Clone)]
pub(crate) struct DemoSpec {
    pub(crate) options: Options,
    /// Seconds of the simulation per second.
    pub(crate) speed: f64,
}

impl DemoSpec {
    /// Starts the simulation.
    pub(crate) fn start(&self) -> Demo {
        Demo::start(self.options.clone(), self.speed)
    }

    /// True if the simulation waits for its reader: it is faster than real time.
    pub(crate) fn waits(&self) -> bool {
        demo::waits(self.speed)
    }
}

/// The game or a simulation.
#[derive(Debug, Clone)]
pub(crate) enum LiveSource {
    Game(PageSource),
    Demo(DemoSpec),
}

impl LiveSource {
    /// Starts the simulation, if this is one, and returns how to attach to the pages.
    pub(crate) fn start(&self) -> (Opener, Option<Demo>) {
        match self {
            Self::Game(pages) => (pages.opener(), None),
            Self::Demo(demo) => {
                let demo = demo.start();
                (demo.open(), Some(demo))
            }
        }
    }

    /// Starts the simulation, if this is one, and connects.
    pub(crate) fn connect(&self) -> (LiveConnection, Option<Demo>) {
        let (opener, demo) = self.start();
        let connection = LiveConnection::new(opener);
        match demo {
            Some(mut demo) => (connection.with_lockstep(demo.lockstep()).with_log(demo.take_log()), Some(demo)),
            None => (connection, None),
        }
    }

    /// True if packets wait for their reader.
    pub(crate) fn waits(&self) -> bool {
        matches!(self, Self::Demo(demo) if demo.waits())
    }
}

/// What a session is read from.
#[derive(Debug, Clone)]
pub(crate) enum SourceSpec {
    Live(LiveSource),
    /// A recording, and the seconds of it that are played per second.
    Recording {
        file: PathBuf,
        speed: f64,
    },
    /// The log of a game or a server, without pages.
    Log(PathBuf),
}

/// What is played in this process, until it is dropped: a recording, a simulation, or nothing.
#[derive(Debug)]
pub(crate) struct Running {
    playback: Option<RunningPlayback>,
    _demo: Option<Demo>,
}

impl Running {
    /// # Errors
    /// Why a recording could not be played any further, if that has happened.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        self.playback.as_ref().map_or(Ok(()), RunningPlayback::check)
    }

    /// Controls the recording, if it is played with control.
    pub(crate) fn playback(&self) -> Option<&PlaybackHandle> {
        self.playback.as_ref().and_then(RunningPlayback::handle)
    }
}

impl SourceSpec {
    /// The kind of source.
    pub(crate) const fn kind(&self) -> SourceKind {
        match self {
            Self::Live(LiveSource::Game(_)) => SourceKind::Game,
            Self::Live(LiveSource::Demo(_)) => SourceKind::Demo,
            Self::Recording { .. } => SourceKind::Recording,
            Self::Log(_) => SourceKind::Log,
        }
    }

    /// The recording, if this is one.
    pub(crate) fn recording(&self) -> Option<&Path> {
        match self {
            Self::Live(_) | Self::Log(_) => None,
            Self::Recording { file, .. } => Some(file),
        }
    }

    /// Starts the recording or the simulation, if this is one, and connects.
    ///
    /// # Errors
    /// If the recording cannot be read.
    pub(crate) fn follow(&self) -> anyhow::Result<(LiveConnection, Running)> {
        self.start(false)
    }

    /// The same; a recording can be paused and sought, and stays at its end.
    ///
    /// # Errors
    /// If the recording cannot be read.
    pub(crate) fn follow_with_control(&self) -> anyhow::Result<(LiveConnection, Running)> {
        self.start(true)
    }

    fn start(&self, is_controlled: bool) -> anyhow::Result<(LiveConnection, Running)> {
        match self {
            Self::Live(live) => {
                let (connection, demo) = live.connect();
                Ok((connection, Running { playback: None, _demo: demo }))
            }
            Self::Log(path) => Ok((LiveConnection::of_log(path), Running { playback: None, _demo: None })),
            Self::Recording { file, speed } => {
                let (playback, connection) = playback::start(file, *speed, is_controlled)?;
                Ok((connection, Running { playback: Some(playback), _demo: None }))
            }
        }
    }
}
