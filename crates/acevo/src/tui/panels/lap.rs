//! The running lap, and what it compares with.

use std::time::Duration;

use acevo_telemetry::analysis::Validity;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::format::text::{NONE, clock, difference, lap_time, number, sector_time};
use crate::tui::Now;
use crate::tui::theme::{BLUE, ORANGE, VIOLET, bold, colored};
use crate::tui::widgets::{balance, boxed, entry, name_of, quiet};

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let inner = boxed(frame, area, "Lap");
    frame.render_widget(Paragraph::new(lines(now, usize::from(inner.width))), inner);
}

/// The most important first.
pub(crate) fn lines(now: &Now<'_>, width: usize) -> Vec<Line<'static>> {
    let (graphics, seen) = (&now.pages.graphics, now.seen);
    let page = graphics.raw();
    let best = seen.bests.time_ms.map(milliseconds).or_else(|| graphics.best_lap_time());
    let mut lines = vec![
        Line::from(vec![name_of("lap"), Span::styled(lap_number(now), bold()), Span::raw(place(now))]),
        time(now),
        delta(now, width),
        entry("predicted", lap_time(predicted(now))),
        entry("last", lap_time(graphics.last_lap_time())),
        Line::from(vec![name_of("best"), Span::styled(lap_time(best), colored(VIOLET))]),
        Line::from(vec![
            name_of("gaps"),
            Span::raw(gap(page.gap_ahead)),
            quiet(" ahead  "),
            Span::raw(gap(page.gap_behind)),
            quiet(" behind"),
        ]),
        sectors(now),
        entry("possible", lap_time(seen.bests.theoretical_ms().map(milliseconds))),
        entry("personal", lap_time(seen.personal_ms.map(milliseconds))),
    ];
    if let Some(delta) = &seen.delta {
        lines.push(entry("against", lap_time(Duration::try_from_secs_f64(delta.reference_s).ok())));
    }
    lines.push(entry("time left", clock(graphics.time_left())));
    lines
}

fn lap_number(now: &Now<'_>) -> String {
    let page = now.pages.graphics.raw();
    let number = now.seen.lap.as_ref().map_or(i64::from(page.total_lap_count) + 1, |lap| lap.number.into());
    match page.session_state.total_lap {
        // Reported: after the last lap the game counts one more.
        total @ 1..10_000 => format!("{} / {total}", number.min(total.into())),
        _ => number.to_string(),
    }
}

/// Position in the session.
fn place(now: &Now<'_>) -> String {
    let page = now.pages.graphics.raw();
    match (page.current_pos, page.total_drivers) {
        (pos @ 1..1000, drivers @ 1..1000) => format!("   P{pos} of {drivers}"),
        _ => String::new(),
    }
}

fn time(now: &Now<'_>) -> Line<'static> {
    let graphics = &now.pages.graphics;
    let state = match now.seen.lap.as_ref().map(|lap| lap.validity) {
        Some(Validity::Valid) => Span::styled("  ✓ valid", colored(BLUE)),
        Some(Validity::Invalid { reason, .. }) => Span::styled(format!("  ✗ {reason}"), colored(ORANGE)),
        Some(_) => Span::raw(""),
        None if now.seen.watches => quiet("  of the watched car"),
        None if graphics.raw().is_valid_lap => Span::styled("  ✓ valid", colored(BLUE)),
        None => Span::styled("  ✗ invalid", colored(ORANGE)),
    };
    Line::from(vec![name_of("time"), Span::styled(lap_time(graphics.current_lap_time()), bold()), state])
}

/// Ours where there is one: it is finer than the game's.
fn delta(now: &Now<'_>, width: usize) -> Line<'static> {
    let delta = now.seen.delta.as_ref().map(|delta| delta.seconds as f32).or_else(|| now.pages.graphics.delta());
    let style = match delta {
        Some(delta) if delta < 0.0 => bold().fg(BLUE),
        Some(delta) if delta > 0.0 => bold().fg(ORANGE),
        _ => bold(),
    };
    let mut spans = vec![name_of("delta"), Span::styled(format!("{:<8} ", difference(delta)), style)];
    let used: usize = spans.iter().map(Span::width).sum();
    // A second is a lot.
    spans.extend(balance(width.saturating_sub(used + 1).min(25), delta.unwrap_or_default().into()));
    Line::from(spans)
}

fn predicted(now: &Now<'_>) -> Option<Duration> {
    let ours = now.seen.delta.as_ref().and_then(|delta| Duration::try_from_secs_f64(delta.predicted_s).ok());
    ours.or_else(|| now.pages.graphics.predicted_lap_time())
}

fn sectors(now: &Now<'_>) -> Line<'static> {
    let mut spans = vec![name_of("sectors")];
    let (mut before, mut any) = (Some(0), false);
    for (index, split) in now.seen.lap.iter().flat_map(|lap| &lap.splits_ms).enumerate() {
        let sector = split.zip(before).and_then(|(split, before)| split.checked_sub(before));
        let best = now.seen.bests.sectors_ms.get(index).copied().flatten();
        let style = match sector.zip(best) {
            Some((sector, best)) if sector <= best => colored(VIOLET),
            _ => bold(),
        };
        let space = if any { "  " } else { "" };
        spans.push(Span::styled(format!("{space}{}", sector_time(sector.map(milliseconds))), style));
        (before, any) = (*split, true);
    }
    if !any {
        spans.push(Span::raw(NONE));
    }
    Line::from(spans)
}

fn milliseconds(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}

/// Seconds to a neighbour.
pub(crate) fn gap(seconds: f32) -> String {
    match number(seconds, 1).as_str() {
        "0.0" => NONE.into(),
        text => text.into(),
    }
}
