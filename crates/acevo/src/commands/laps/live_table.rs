//! The live table on a terminal.

use std::time::{Duration, Instant};

use acevo_shared_memory::ACEvoStatus;
use acevo_telemetry::ConnectionEvent;
use acevo_telemetry::analysis::{Lap, watches_another_car};

use super::lap_follower::LapFollower;
use crate::commands::follow_loop::UpdateHandler;
use crate::commands::in_place::InPlace;
use crate::format::lap_table::{Sessions, Table};
use crate::format::styled_line::{Line, Look};
use crate::format::text::{clean, name};
use crate::output::Paint;
use crate::session::connection::LiveConnection;
use crate::session::status::ConnectionStatus;

/// Interval of drawing.
const DRAW_EVERY: Duration = Duration::from_millis(100);

pub(super) struct LiveTable {
    follower: LapFollower,
    sessions: Sessions,
    terminal: InPlace,
    paint: Paint,
    next: Instant,
    /// Why personal bests are not saved.
    problem: Option<String>,
}

impl LiveTable {
    pub(super) fn new(follower: LapFollower, sessions: Sessions) -> anyhow::Result<Self> {
        Ok(Self {
            follower,
            sessions,
            terminal: InPlace::new()?,
            paint: Paint::for_stdout(),
            next: Instant::now(),
            problem: None,
        })
    }

    /// Leaves the whole table on the terminal, if it has laps.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.follower.feeder.finish();
        let is_empty = self.follower.laps(self.sessions).is_empty();
        let lines =
            if is_empty { Vec::new() } else { self.lines(usize::MAX, &[Table::summary(self.follower.analysis())]) };
        self.terminal.finish(&lines)
    }

    /// The table with its newest laps, as many as fit above the lines below it.
    fn lines(&self, height: usize, below: &[Line]) -> Vec<String> {
        let width = self.terminal.size().0;
        let laps = self.follower.laps(self.sessions);
        let table = Table::new(&laps, self.sessions, width);
        // A line for the header, one for the cursor.
        let room = height.saturating_sub(below.len() + 2);
        let newest: &[&Lap] = &laps[laps.len().saturating_sub(room)..];
        let rows = newest.iter().map(|lap| table.row(lap));
        let lines = [table.header()].into_iter().chain(rows).chain(below.iter().cloned());
        lines.map(|line| line.painted(self.paint, width)).collect()
    }

    fn draw(&mut self, live: &LiveConnection) -> anyhow::Result<()> {
        let height = self.terminal.size().1;
        let analysis = self.follower.analysis();
        let mut below = vec![Table::summary(analysis), Table::running(analysis), status(live)];
        if let Some(trouble) = &self.problem {
            below.insert(0, Line::default().with(Look::Warning, format!(" {}", clean(trouble))));
        }
        // Hardly any terminal: what matters most stands last.
        below.drain(..below.len().saturating_sub(height.saturating_sub(2)));
        let lines = self.lines(height, &below);
        self.terminal.draw(&lines)
    }
}

impl UpdateHandler for LiveTable {
    fn update(
        &mut self,
        live: &mut LiveConnection,
        event: Option<&ConnectionEvent>,
        now: Instant,
    ) -> anyhow::Result<bool> {
        self.follower.take(live, event);
        self.problem = self.follower.take_problem().or(self.problem.take());
        if now >= self.next {
            self.next = now + DRAW_EVERY;
            if self.terminal.quits()? {
                return Ok(false);
            }
            self.draw(live)?;
        }
        Ok(!self.follower.is_complete())
    }

    fn max_wait(&self, now: Instant) -> Duration {
        self.next.saturating_duration_since(now)
    }
}

/// The state of the connection, or what is driven.
fn status(live: &LiveConnection) -> Line {
    let link = live.status();
    let Some(frame) = live.frame().filter(|_| link == ConnectionStatus::Attached) else {
        let line = Line::default().with(Look::Warning, format!(" {}", link.headline()));
        return line.with(Look::Aside, format!(" · {} · q quits", clean(link.detail())));
    };
    let state = match frame.graphics.status() {
        ACEvoStatus::Live => String::new(),
        ACEvoStatus::Off => "in the menu · ".into(),
        other => format!("{} · ", other.to_string().to_lowercase()),
    };
    let watched = if watches_another_car(frame) { "watching another car · " } else { "" };
    let names = [frame.graphics.session_phase(), frame.static_data.track(), frame.graphics.car_model()];
    let names = names.map(name).into_iter().filter(|name| !name.is_empty()).map(|name| name + " · ");
    Line::default().with(Look::Aside, format!(" {state}{watched}{}q quits", names.collect::<String>()))
}
