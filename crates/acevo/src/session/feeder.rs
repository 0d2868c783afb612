//! Passes packets to the analysis.

use std::path::PathBuf;
use std::time::Duration;

use acevo_recording::Recording;
use acevo_telemetry::analysis::{Analysis, Reference, Settings};
use acevo_telemetry::{ConnectionEvent, Frame};

use crate::session::connection::LiveConnection;
use crate::session::personal_bests::{PersonalBestsFile, unix_time};

/// What a session is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SourceKind {
    /// The game.
    #[default]
    Game,
    /// The simulator in this process.
    Demo,
    /// A recording.
    Recording,
}

/// How a session is analysed.
#[derive(Debug, Clone, Default)]
pub(crate) struct AnalysisOptions {
    /// Sectors and thresholds.
    pub(crate) settings: Settings,
    /// The lap that the running lap is compared with.
    pub(crate) reference: Reference,
    /// The file of personal bests; `None` neither loads nor saves any.
    pub(crate) bests_file: Option<PathBuf>,
    /// Personal bests are loaded, but new ones are not saved.
    pub(crate) bests_are_read_only: bool,
    /// What the session is read from.
    pub(crate) source: SourceKind,
}

/// The date of a recording's time zero, since 1970 (UTC); the present if the recording has no date.
pub(crate) fn recording_start(recording: &Recording) -> Duration {
    let date = recording.description().map(|description| Duration::from_micros(description.unix_us));
    date.unwrap_or_else(|| Duration::from_secs(unix_time()))
}

/// Passes packets to an analysis, and saves new personal bests.
#[derive(Debug)]
pub(crate) struct AnalysisFeeder {
    pub(crate) analysis: Analysis,
    bests: PersonalBestsFile,
    /// The end of the recording was passed on.
    has_ended: bool,
}

impl AnalysisFeeder {
    pub(crate) fn new(options: &AnalysisOptions) -> Self {
        let mut bests = PersonalBestsFile::new(options.bests_file.clone());
        if options.bests_are_read_only {
            bests = bests.read_only();
        }
        let mut analysis = Analysis::new(options.settings.clone()).with_personal_bests(bests.load());
        analysis.set_reference(options.reference.clone());
        analysis.set_date(unix_time());
        Self { analysis, bests, has_ended: false }
    }

    /// Passes on what [`LiveConnection::wait`] has returned.
    pub(crate) fn feed(&mut self, connection: &LiveConnection, event: Option<&ConnectionEvent>) {
        match event {
            Some(ConnectionEvent::Packet(_)) => {
                if let Some(frame) = connection.frame() {
                    self.analysis.feed(connection.time(), frame);
                }
            }
            Some(ConnectionEvent::Detached(_)) => self.analysis.interrupt(),
            Some(_) => self.analysis.set_date(unix_time()),
            None if connection.has_ended() && !self.has_ended => {
                self.has_ended = true;
                self.analysis.interrupt();
            }
            None => {}
        }
        self.bests.save(&mut self.analysis);
    }

    /// Passes on a step of a recording that is read without being played. `start` is its [`recording_start`].
    pub(crate) fn feed_step(&mut self, start: Duration, at: Duration, frame: &Frame) {
        self.analysis.set_date((start + at).as_secs());
        self.analysis.feed(at, frame);
        self.bests.save(&mut self.analysis);
    }

    /// Ends a recording that was read with [`Self::feed_step`].
    pub(crate) fn end(&mut self) {
        self.analysis.interrupt();
        self.bests.save(&mut self.analysis);
    }

    /// Why personal bests are not saved. Returned once per problem.
    pub(crate) fn take_problem(&mut self) -> Option<String> {
        self.bests.take_problem()
    }
}
