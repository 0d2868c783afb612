//! Tyres and brakes.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::tui::view::data::ViewData;
use crate::tui::view::panels::tyres;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let [wheels, compounds] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    tyres::draw_large(frame, wheels, data);
    frame.render_widget(tyres::compounds(data), compounds);
}
