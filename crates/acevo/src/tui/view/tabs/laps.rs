//! The running lap and all laps, the newest first.

use std::time::Duration;

use acevo_telemetry::Unit;
use acevo_telemetry::analysis::Lap;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use crate::format::lap_table::{self, Sessions, Table};
use crate::format::text::{lap_time, number};
use crate::tui::app::ScrollExtent;
use crate::tui::theme::{VIOLET, colored};
use crate::tui::view::data::ViewData;
use crate::tui::view::panels::lap;
use crate::tui::view::widgets::{boxed, boxed_with, list, quiet, remark, styled};

/// Rows of the panel of the running lap.
const RUNNING_LAP_ROWS: u16 = 5;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>, offset: usize) -> ScrollExtent {
    let running = if area.height > 12 { RUNNING_LAP_ROWS } else { 0 };
    let [upper, lower] = Layout::vertical([Constraint::Length(running), Constraint::Fill(1)]).areas(area);
    let inner = boxed(frame, upper, "Lap");
    let [left, right] = Layout::horizontal([Constraint::Fill(1); 2]).areas(inner);
    let mut lines = lap::lines(data, usize::from(left.width));
    let more = lines.split_off(3.min(lines.len()));
    frame.render_widget(ratatui::widgets::Paragraph::new(lines), left);
    frame.render_widget(ratatui::widgets::Paragraph::new(more), right);

    let kind = quiet(format!(" {} ", lap_table::sector_kind(data.snapshot.sector_kind)));
    let inner = boxed_with(frame, lower, "Laps", Line::from(kind));
    let [head, rows, sum] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)]).areas(inner);
    let laps: Vec<&Lap> = data.snapshot.laps.iter().collect();
    let table = Table::new(&laps, Sessions::All, usize::from(inner.width.saturating_sub(1)));
    frame.render_widget(styled(&table.header()), head);
    frame.render_widget(summary(data), sum);
    if laps.is_empty() {
        remark(frame, rows, "no finished laps yet");
    }
    list(frame, rows, laps.len(), offset, |index| styled(&table.row(laps[laps.len() - 1 - index])))
}

/// Best laps, and the running stint.
fn summary(data: &ViewData<'_>) -> Line<'static> {
    let (bests, stint) = (&data.snapshot.bests, &data.snapshot.stint);
    let (distance, unit) = data.units.show(stint.distance_km, Unit::Kilometre);
    let time = |ms: Option<u32>| lap_time(ms.map(|ms| Duration::from_millis(ms.into())));
    Line::from(vec![
        quiet(" best "),
        Span::styled(time(bests.time_ms), colored(VIOLET)),
        quiet("  ideal "),
        Span::raw(time(bests.ideal_ms())),
        quiet("  personal "),
        Span::raw(time(data.snapshot.personal_ms)),
        quiet(format!("  stint {} ", stint.number)),
        Span::raw(format!("{} laps, {} {unit}", stint.laps, number(distance, 1))),
    ])
}
