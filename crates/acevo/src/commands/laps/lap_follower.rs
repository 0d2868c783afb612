//! Follows the laps of a session.

use acevo_telemetry::ConnectionEvent;
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind};

use crate::format::lap_table::Sessions;
use crate::session::connection::LiveConnection;
use crate::session::feeder::{AnalysisFeeder, AnalysisOptions};

/// Analyses a session and returns the laps that have ended.
#[derive(Debug)]
pub(super) struct LapFollower {
    pub(super) feeder: AnalysisFeeder,
    left: Option<u64>,
}

impl LapFollower {
    /// Follows `count` laps, or all.
    pub(super) fn new(options: &AnalysisOptions, count: Option<u64>) -> Self {
        Self { feeder: AnalysisFeeder::new(options), left: count }
    }

    pub(super) fn analysis(&self) -> &Analysis {
        &self.feeder.analysis
    }

    /// Takes an event, and returns the laps that have ended with it.
    pub(super) fn take(&mut self, live: &LiveConnection, event: Option<&ConnectionEvent>) -> Vec<Lap> {
        self.feeder.feed(live, event);
        self.take_ended()
    }

    /// The laps that have ended since the last call, up to the requested number.
    pub(super) fn take_ended(&mut self) -> Vec<Lap> {
        let mut ended: Vec<_> = std::iter::from_fn(|| self.feeder.analysis.next_event())
            .filter_map(|event| match event.kind {
                SessionEventKind::Lap(lap) => Some(lap),
                _ => None,
            })
            .collect();
        if let Some(left) = &mut self.left {
            ended.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= ended.len() as u64;
        }
        ended
    }

    /// Why personal bests are not saved. Returned once per problem.
    pub(super) fn take_problem(&mut self) -> Option<String> {
        self.feeder.take_problem()
    }

    /// True once the requested number of laps has ended.
    pub(super) fn is_complete(&self) -> bool {
        self.left == Some(0)
    }

    /// The laps to show.
    pub(super) fn laps(&self, sessions: Sessions) -> Vec<&Lap> {
        let session = self.analysis().session();
        let is_shown = |lap: &&Lap| sessions == Sessions::All || lap.session == session;
        self.analysis().laps().iter().filter(is_shown).collect()
    }
}
