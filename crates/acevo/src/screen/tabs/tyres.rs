//! Tyres and brakes.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::screen::Now;
use crate::screen::panels::tyres;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    // All lines of a wheel need this many rows; more are only emptiness.
    let [wheels, compounds, _] =
        Layout::vertical([Constraint::Max(38), Constraint::Length(1), Constraint::Fill(0)]).areas(area);
    tyres::draw_large(frame, wheels, now);
    frame.render_widget(tyres::compounds(now), compounds);
}
