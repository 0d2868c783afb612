//! Tyres and brakes.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::tui::Now;
use crate::tui::panels::tyres;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let [wheels, compounds] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    tyres::draw_large(frame, wheels, now);
    frame.render_widget(tyres::compounds(now), compounds);
}
