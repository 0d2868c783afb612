//! All events.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::app::ScrollExtent;
use crate::tui::view::data::ViewData;
use crate::tui::view::panels::events;
use crate::tui::view::widgets::{boxed_with, quiet};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>, offset: usize) -> ScrollExtent {
    let inner = boxed_with(frame, area, "Events", quiet(" newest first ").into());
    events::rows(frame, inner, data, offset, true)
}
