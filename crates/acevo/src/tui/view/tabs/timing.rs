//! All cars in order, with gaps, laps and sectors.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::format::styled_line::{Line, Look};
use crate::format::timing_table::{LEGEND, TimingTable, summary};
use crate::tui::app::ScrollExtent;
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{boxed, list, remark, styled};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>, offset: usize) -> ScrollExtent {
    let inner = boxed(frame, area, "Timing");
    let [head, rows, foot] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(2)]).areas(inner);
    let standings = &data.snapshot.standings;
    if standings.cars.is_empty() {
        remark(frame, rows, "no other cars");
        return ScrollExtent::default();
    }
    let table = TimingTable::new(standings, usize::from(inner.width.saturating_sub(1)));
    frame.render_widget(styled(&table.header()), head);
    let lines = [summary(standings), Line::default().with(Look::Aside, format!(" {LEGEND}"))];
    let lines: Vec<_> = lines.iter().map(styled).collect();
    frame.render_widget(ratatui::widgets::Paragraph::new(lines), foot);
    let cars = &standings.cars;
    list(frame, rows, cars.len(), offset, |index| {
        cars.get(index).map(|car| styled(&table.row(car))).unwrap_or_default()
    })
}
