//! Passes packets to the analysis.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use acevo_recording::{AnalyzedStep, Recording};
use acevo_telemetry::ConnectionEvent;
use acevo_telemetry::analysis::{Analysis, Context, FuelPlanning, Reference, Settings};
use serde::{Deserialize, Serialize};

use crate::session::connection::LiveConnection;
use crate::session::game_log::LogSource;
use crate::session::personal_bests::{PersonalBestsFile, unix_time};
use crate::session::playback::recorded;
use crate::session::reference_laps::{self, ReferenceChanges};

/// What a session is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) enum SourceKind {
    /// The game.
    #[default]
    Game,
    /// The simulator in this process.
    Demo,
    /// A recording.
    Recording,
    /// The log of a game or a server, without pages.
    Log,
}

impl SourceKind {
    /// The name in documents for clients: `game`, `demo` or `recording`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Game => "game",
            Self::Demo => "demo",
            Self::Recording => "recording",
            Self::Log => "log",
        }
    }
}

/// How a session is analysed.
#[derive(Debug, Clone, Default)]
pub(crate) struct AnalysisOptions {
    /// Sectors and thresholds.
    pub(crate) settings: Settings,
    /// How stops for fuel are planned.
    pub(crate) fuel: FuelPlanning,
    /// The lap that the running lap is compared with.
    pub(crate) reference: Reference,
    /// The file of personal bests; `None` neither loads nor saves any.
    pub(crate) bests_file: Option<PathBuf>,
    /// Personal bests are loaded, but new ones are not saved.
    pub(crate) bests_are_read_only: bool,
    /// What the session is read from.
    pub(crate) source: SourceKind,
    /// The game's log, if the pages do not come with one.
    pub(crate) log: LogSource,
}

/// Passes packets to an analysis, and saves new personal bests.
#[derive(Debug)]
pub(crate) struct AnalysisFeeder {
    pub(crate) analysis: Analysis,
    bests: PersonalBestsFile,
    /// The end of the recording was passed on.
    references: ReferenceChanges,
    has_ended: bool,
}

impl AnalysisFeeder {
    pub(crate) fn new(options: &AnalysisOptions) -> Self {
        let mut bests = PersonalBestsFile::new(options.bests_file.clone());
        if options.bests_are_read_only {
            bests = bests.read_only();
        }
        let mut context = Context::default();
        context.personal_bests = bests.load();
        context.reference = options.reference.clone();
        if context.reference == Reference::Chosen {
            context.reference_laps = reference_laps::load();
        }
        context.date = unix_time();
        let analysis = Analysis::with_context(options.settings.clone(), context);
        Self { analysis, bests, references: ReferenceChanges::default(), has_ended: false }
    }

    /// Passes on what [`LiveConnection::wait`] has returned.
    pub(crate) fn feed(&mut self, connection: &LiveConnection, event: Option<&ConnectionEvent>) {
        match event {
            Some(ConnectionEvent::Packet(_)) => {
                if let Some(recorded) = connection.recorded() {
                    self.analysis.context_mut().date = recorded.as_secs();
                }
                self.references.take(&mut self.analysis);
                if let Some(frame) = connection.frame() {
                    self.analysis.feed(connection.time(), frame);
                }
            }
            Some(ConnectionEvent::Detached(_)) => self.analysis.interrupt(),
            Some(_) if connection.recorded().is_none() => self.analysis.context_mut().date = unix_time(),
            Some(_) => {}
            None if connection.has_ended() && !self.has_ended => {
                self.has_ended = true;
                self.analysis.finish();
            }
            None => {}
        }
        self.bests.update(&mut self.analysis);
    }

    /// Continues with another analysis, after a seek in a recording.
    pub(crate) fn restore(&mut self, analysis: Analysis) {
        (self.analysis, self.has_ended) = (analysis, false);
    }

    /// Waits until personal bests are saved.
    pub(crate) fn finish(&mut self) {
        self.bests.finish();
    }

    /// Analyses a recording from its beginning to its end, without playing it, and waits until personal bests are saved; see [`acevo_recording::analyze`].
    pub(crate) fn read(
        &mut self,
        recording: &mut Recording,
        mut on_step: impl FnMut(&mut Analysis, AnalyzedStep<'_>) -> anyhow::Result<ControlFlow<()>>,
    ) -> anyhow::Result<bool> {
        let Self { analysis, bests, .. } = self;
        let recorded = recorded(recording).unwrap_or_else(|| Duration::from_secs(unix_time()));
        analysis.context_mut().date = recorded.as_secs();
        let is_complete = acevo_recording::analyze(recording, analysis, |analysis, step| {
            let flow = on_step(analysis, step)?;
            bests.update(analysis);
            analysis.context_mut().date = recorded.saturating_add(step.at).as_secs();
            anyhow::Ok(flow)
        })?;
        bests.update(analysis);
        bests.finish();
        Ok(is_complete)
    }

    /// Why personal bests are not saved. Returned once per problem.
    pub(crate) fn take_problem(&mut self) -> Option<String> {
        self.bests.take_problem()
    }
}
