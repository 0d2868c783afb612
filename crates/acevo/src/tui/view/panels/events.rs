//! Events, the newest first.

use acevo_telemetry::analysis::{SessionEvent, Severity};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format::event_text::EventText;
use crate::tui::app::ScrollExtent;
use crate::tui::theme::{BLUE, ORANGE, colored};
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{boxed, list, quiet, remark};

/// The newest events that fit.
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let inner = boxed(frame, area, "Events");
    rows(frame, inner, data, 0, false);
}

/// Rows of events from an offset on, optionally with time and lap position.
pub(crate) fn rows(
    frame: &mut Frame<'_>,
    area: Rect,
    data: &ViewData<'_>,
    offset: usize,
    with_time: bool,
) -> ScrollExtent {
    let events = &data.snapshot.events;
    if events.is_empty() {
        remark(frame, area, "no events yet");
    }
    list(frame, area, events.len(), offset, |index| match events.get(events.len() - 1 - index) {
        Some(event) => row(event, with_time),
        None => Line::default(),
    })
}

fn row(event: &SessionEvent, with_time: bool) -> Line<'static> {
    let EventText { time, lap, position, text } = EventText::of(event);
    let mut spans = vec![Span::raw(" ")];
    if with_time {
        spans.push(quiet(format!("{time}  {lap}  {position}  ")));
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
