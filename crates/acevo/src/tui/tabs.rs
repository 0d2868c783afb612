//! The screens, one file each.

mod car;
mod drive;
mod events;
mod fields;
mod health;
mod laps;
mod session;
mod tyres;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::Now;
use super::ui::{Extent, Tab, Ui};

/// Draws what is chosen; tells how far its list reaches, where it has one.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>, ui: &Ui) -> Extent {
    match ui.tab {
        Tab::Drive => drive::draw(frame, area, now),
        Tab::Tyres => tyres::draw(frame, area, now),
        Tab::Car => return car::draw(frame, area, now, ui.offset()),
        Tab::Laps => return laps::draw(frame, area, now, ui.offset()),
        Tab::Session => return session::draw(frame, area, now, ui.offset()),
        Tab::Fields => return fields::draw(frame, area, now, ui),
        Tab::Events => return events::draw(frame, area, now, ui.offset()),
        Tab::Health => health::draw(frame, area, now),
    }
    Extent::default()
}
