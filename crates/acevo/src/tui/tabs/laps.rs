//! All laps, the newest first.

use std::time::Duration;

use acevo_telemetry::analysis::Lap;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::cli::Sessions;
use crate::format::lap_table::{self, Look, Table};
use crate::format::text::{lap_time, number};
use crate::tui::Now;
use crate::tui::panels::lap;
use crate::tui::theme::{ORANGE, VIOLET, bold, colored, dim};
use crate::tui::ui::Extent;
use crate::tui::widgets::{boxed, list, quiet, remark};

/// Rows of the running lap.
const RUNNING: u16 = 5;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>, offset: usize) -> Extent {
    let running = if area.height > 12 { RUNNING } else { 0 };
    let [upper, lower] = Layout::vertical([Constraint::Length(running), Constraint::Fill(1)]).areas(area);
    let inner = boxed(frame, upper, "Lap");
    let [left, right] = Layout::horizontal([Constraint::Fill(1); 2]).areas(inner);
    let mut lines = lap::lines(now, usize::from(left.width));
    let more = lines.split_off(3.min(lines.len()));
    frame.render_widget(ratatui::widgets::Paragraph::new(lines), left);
    frame.render_widget(ratatui::widgets::Paragraph::new(more), right);

    let inner = boxed(frame, lower, "Laps");
    let [head, rows, sum] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)]).areas(inner);
    let laps: Vec<&Lap> = now.seen.laps.iter().collect();
    let table = Table::new(&laps, Sessions::All, usize::from(inner.width.saturating_sub(1)));
    frame.render_widget(styled(&table.header()), head);
    frame.render_widget(summary(now), sum);
    if laps.is_empty() {
        remark(frame, rows, "no lap has ended yet");
    }
    list(frame, rows, laps.len(), offset, |index| styled(&table.row(laps[laps.len() - 1 - index])))
}

/// A line of the table in the screen's colours.
fn styled(line: &lap_table::Line) -> Line<'static> {
    let spans = line.parts().map(|(look, text)| {
        let style = match look {
            Look::Plain => Style::new(),
            Look::Title => bold(),
            Look::Aside => dim(),
            Look::Best => colored(VIOLET),
            Look::Warning => colored(ORANGE),
        };
        Span::styled(text.to_owned(), style)
    });
    Line::from(spans.collect::<Vec<_>>())
}

/// The best of the session, and of the stint.
fn summary(now: &Now<'_>) -> Line<'static> {
    let (bests, stint) = (&now.seen.bests, &now.seen.stint);
    let time = |ms: Option<u32>| lap_time(ms.map(|ms| Duration::from_millis(ms.into())));
    Line::from(vec![
        quiet(" best "),
        Span::styled(time(bests.time_ms), colored(VIOLET)),
        quiet("  possible "),
        Span::raw(time(bests.theoretical_ms())),
        quiet("  personal "),
        Span::raw(time(now.seen.personal_ms)),
        quiet(format!("  stint {} ", stint.number)),
        Span::raw(format!("{} laps, {} km", stint.laps, number(stint.distance_km, 1))),
    ])
}
