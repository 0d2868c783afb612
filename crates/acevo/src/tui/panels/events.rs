//! What has happened, the newest first.

use acevo_telemetry::analysis::{SessionEvent, Severity};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format::event_text::EventText;
use crate::tui::Now;
use crate::tui::theme::{BLUE, ORANGE, colored};
use crate::tui::ui::Extent;
use crate::tui::widgets::{boxed, list, quiet, remark};

/// The newest ones that fit.
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let inner = boxed(frame, area, "Events");
    rows(frame, inner, now, 0, false);
}

/// Rows of events from an offset on, with the time since the program began to watch where there is room.
pub(crate) fn rows(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>, offset: usize, with_time: bool) -> Extent {
    let events = &now.seen.events;
    if events.is_empty() {
        remark(frame, area, "nothing has happened yet");
    }
    list(frame, area, events.len(), offset, |index| match events.get(events.len() - 1 - index) {
        Some(event) => row(event, with_time),
        None => Line::default(),
    })
}

fn row(event: &SessionEvent, with_time: bool) -> Line<'static> {
    let EventText { lap, place, text } = EventText::of(event);
    let mut spans = vec![Span::raw(" ")];
    if with_time {
        let seconds = event.at_s.max(0.0) as u64;
        spans.push(quiet(format!("{:>3}:{:02}  {lap}  ", seconds / 60, seconds % 60)));
        spans.push(quiet(format!("{place}  ")));
    } else {
        spans.push(quiet(format!("{:>3} ", lap.trim_start_matches("lap").trim())));
    }
    let (sign, style) = match event.kind.severity() {
        Severity::Good => ("+ ", colored(BLUE)),
        Severity::Warning => ("! ", colored(ORANGE)),
        _ => ("  ", ratatui::style::Style::new()),
    };
    spans.extend([Span::styled(sign, style), Span::styled(text, style)]);
    Line::from(spans)
}
