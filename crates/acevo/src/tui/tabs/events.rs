//! What has happened.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::Now;
use crate::tui::panels::events;
use crate::tui::ui::Extent;
use crate::tui::widgets::{boxed_with, quiet};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>, offset: usize) -> Extent {
    let inner = boxed_with(frame, area, "Events", quiet(" newest first ").into());
    events::rows(frame, inner, now, offset, true)
}
