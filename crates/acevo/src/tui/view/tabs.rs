//! The tabs, one file each.

mod car;
mod drive;
mod events;
mod fields;
mod health;
mod laps;
mod session;
mod timing;
mod tyres;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::data::ViewData;
use crate::tui::app::{App, ScrollExtent, Tab};

/// Draws the selected tab. Returns the size of its scrollable list; the default if it has none.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>, app: &App) -> ScrollExtent {
    match app.tab {
        Tab::Drive => drive::draw(frame, area, data),
        Tab::Tyres => tyres::draw(frame, area, data),
        Tab::Car => return car::draw(frame, area, data, app.offset()),
        Tab::Laps => return laps::draw(frame, area, data, app.offset()),
        Tab::Session => return session::draw(frame, area, data, app.offset()),
        Tab::Timing => return timing::draw(frame, area, data, app.offset()),
        Tab::Fields => return fields::draw(frame, area, data, app),
        Tab::Events => return events::draw(frame, area, data, app.offset()),
        Tab::Health => health::draw(frame, area, data),
    }
    ScrollExtent::default()
}
