//! The table of a game or a log that is followed.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use acevo_telemetry::field::{Field, Standings};

use crate::cli::TimingArgs;
use crate::commands::in_place::{self, InPlace};
use crate::format::field_json::FieldJson;
use crate::format::styled_line::{Line, Look};
use crate::format::timing_table::{LEGEND, TimingTable, summary};
use crate::output::{Paint, print_json};
use crate::session::game_log::{LogFeed, LogSource};
use crate::session::live_session::LiveSession;
use crate::session::source::SourceSpec;
use crate::shutdown::Stop;

/// Interval of drawing.
const DRAW_EVERY: Duration = Duration::from_millis(200);

/// Where standings are shown.
pub(super) enum Display {
    Table { terminal: InPlace, paint: Paint },
    Json { every: Duration, left: Option<u64> },
}

impl Display {
    pub(super) fn table(stop: &Stop) -> anyhow::Result<Self> {
        stop.exit_if_stuck(in_place::restore);
        Ok(Self::Table { terminal: InPlace::new()?, paint: Paint::for_stdout() })
    }

    pub(super) fn json(args: &TimingArgs) -> Self {
        Self::Json { every: args.every, left: args.count }
    }

    fn interval(&self) -> Duration {
        match self {
            Self::Table { .. } => DRAW_EVERY,
            Self::Json { every, .. } => *every,
        }
    }

    /// Shows standings. Returns false if no more are wanted.
    fn show(&mut self, standings: &Standings, status: &str) -> anyhow::Result<bool> {
        match self {
            Self::Table { terminal, paint } => {
                if terminal.quits()? {
                    return Ok(false);
                }
                let (width, height) = terminal.size();
                let lines = lines(standings, status, width, height);
                terminal.draw(&lines.iter().map(|line| line.painted(*paint, width)).collect::<Vec<_>>())?;
                Ok(true)
            }
            Self::Json { left, .. } => {
                print_json(&format!("{}\n", serde_json::to_string(&FieldJson::of(standings))?))?;
                if let Some(left) = left {
                    *left = left.saturating_sub(1);
                }
                Ok(*left != Some(0))
            }
        }
    }
}

/// The table with as many cars as fit: those around the player if there are more.
fn lines(standings: &Standings, status: &str, width: usize, height: usize) -> Vec<Line> {
    let table = TimingTable::new(standings, width);
    // Lines for the header, the two below, and the cursor.
    let room = height.saturating_sub(5).max(1);
    let cars = &standings.cars;
    let player = cars.iter().position(|car| car.is_player).unwrap_or(0);
    let first = (player + 1).saturating_sub(room.div_ceil(2)).min(cars.len().saturating_sub(room));
    let mut lines = vec![table.header()];
    lines.extend(cars.iter().skip(first).take(room).map(|car| table.row(car)));
    lines.push(summary(standings));
    lines.push(Line::default().with(Look::Aside, format!(" {LEGEND}   q quits   {status}")));
    lines
}

/// Follows pages, and the log that belongs to them.
pub(super) fn follow_pages(
    source: &SourceSpec,
    args: &TimingArgs,
    display: &mut Display,
    stop: &Stop,
) -> anyhow::Result<()> {
    let (connection, running) = source.follow()?;
    let mut session = LiveSession::new(connection, &args.analysis());
    let mut next = Instant::now();
    while !stop.is_requested() {
        next = (next + display.interval()).max(Instant::now());
        while Instant::now() < next && !stop.is_requested() {
            session.run_until(next.min(Instant::now() + DRAW_EVERY));
        }
        let snapshot = session.snapshot(Instant::now());
        if !display.show(&snapshot.standings, snapshot.connection.headline())? {
            break;
        }
        running.check()?;
    }
    Ok(())
}

/// Follows a log that grows.
pub(super) fn follow_log(path: &Path, display: &mut Display, stop: &Stop) -> anyhow::Result<()> {
    let mut log = LogFeed::of(&LogSource::File(path.into()));
    let mut field = Field::of_log();
    while !stop.is_requested() {
        while let Some(item) = log.next(Duration::ZERO) {
            field.note_log(&item.event);
        }
        if !display.show(&field.standings(), "")? {
            break;
        }
        thread::sleep(display.interval());
    }
    Ok(())
}
