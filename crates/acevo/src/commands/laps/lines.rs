//! A line or a JSON object per finished lap.

use std::time::Instant;

use acevo_telemetry::ConnectionEvent;

use super::driven_names::DrivenNames;
use super::lap_follower::LapFollower;
use crate::commands::follow_loop::UpdateHandler;
use crate::format::lap_table::{Sessions, Table};
use crate::format::styled_line::Line;
use crate::output::{self, Paint, say};
use crate::session::connection::LiveConnection;

/// Columns of lines that do not go to a terminal: enough for all.
pub(super) const WIDE: usize = 160;

/// A line or an object per lap that has ended.
#[derive(Debug)]
pub(super) struct Lines {
    follower: LapFollower,
    json: bool,
    sessions: Sessions,
    /// The header that was printed last.
    header: Option<Line>,
    driven: DrivenNames,
}

impl Lines {
    pub(super) fn new(follower: LapFollower, json: bool, sessions: Sessions) -> Self {
        Self { follower, json, sessions, header: None, driven: DrivenNames::default() }
    }

    /// Waits until personal bests are saved.
    pub(super) fn finish(&mut self) {
        self.follower.feeder.finish();
        self.warn();
    }

    /// Prints why personal bests are not saved, once per problem.
    fn warn(&mut self) {
        self.follower.take_problem().iter().for_each(|problem| say(format_args!("acevo: warning: {problem}")));
    }

    fn print_ended(&mut self) -> anyhow::Result<()> {
        let ended = self.follower.take_ended();
        self.warn();
        for lap in &ended {
            if self.json {
                output::print_json(&self.driven.json(lap)?)?;
                continue;
            }
            let table = Table::new(&self.follower.laps(Sessions::All), self.sessions, WIDE);
            let paint = Paint::for_stdout();
            let header = Some(table.header()).filter(|header| self.header.as_ref() != Some(header));
            for line in header.iter().chain([&table.row(lap)]) {
                output::print_text(&(line.painted(paint, WIDE) + "\n"))?;
            }
            self.header = header.or(self.header.take());
        }
        Ok(())
    }
}

impl UpdateHandler for Lines {
    fn update(
        &mut self,
        live: &mut LiveConnection,
        event: Option<&ConnectionEvent>,
        _: Instant,
    ) -> anyhow::Result<bool> {
        self.follower.feeder.feed(live, event);
        self.print_ended()?;
        if let (Some(frame), true) = (live.frame(), self.json) {
            self.driven.follow(self.follower.analysis().session(), frame);
        }
        Ok(!self.follower.is_complete())
    }
}
