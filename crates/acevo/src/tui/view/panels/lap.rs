//! The running lap: times, delta, position and gaps.

use std::time::Duration;

use acevo_telemetry::analysis::Validity;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::format::text::{NONE, clock, difference, lap_time, number, sector_time};
use crate::tui::theme::{BLUE, ORANGE, VIOLET, bold, colored};
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{balance, boxed, entry, name_of, quiet};

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let inner = boxed(frame, area, "Lap");
    frame.render_widget(Paragraph::new(lines(data, usize::from(inner.width))), inner);
}

/// The most important first.
pub(crate) fn lines(data: &ViewData<'_>, width: usize) -> Vec<Line<'static>> {
    let (graphics, snapshot) = (&data.pages.graphics, data.snapshot);
    let page = graphics.raw();
    let best = snapshot.bests.time_ms.map(milliseconds).or_else(|| graphics.best_lap_time());
    let mut lines = vec![
        Line::from(vec![name_of("lap"), Span::styled(lap_number(data), bold()), Span::raw(race_position(data))]),
        time(data),
        delta(data, width),
        entry("predicted", lap_time(predicted(data))),
        entry("last", lap_time(graphics.last_lap_time())),
        Line::from(vec![name_of("best"), Span::styled(lap_time(best), colored(VIOLET))]),
        Line::from(vec![
            name_of("race gaps"),
            Span::raw(gap(page.gap_ahead)),
            quiet(" ahead  "),
            Span::raw(gap(page.gap_behind)),
            quiet(" behind"),
        ]),
        sectors(data, width),
        entry("ideal lap", lap_time(snapshot.bests.ideal_ms().map(milliseconds))),
        entry("personal", lap_time(snapshot.personal_ms.map(milliseconds))),
    ];
    if let Some(delta) = &snapshot.delta {
        lines.push(entry("against", lap_time(Duration::try_from_secs_f64(delta.reference_s).ok())));
    }
    lines.push(entry("time left", clock(graphics.time_left())));
    lines
}

fn lap_number(data: &ViewData<'_>) -> String {
    let page = data.pages.graphics.raw();
    let number = data.snapshot.lap.as_ref().map_or(i64::from(page.total_lap_count) + 1, |lap| lap.number.into());
    match page.session_state.total_lap {
        // Reported: after the last lap the game counts one more.
        total @ 1..10_000 => format!("{} / {total}", number.min(total.into())),
        _ => number.to_string(),
    }
}

/// Position in the race or session.
fn race_position(data: &ViewData<'_>) -> String {
    let page = data.pages.graphics.raw();
    match (page.current_pos, page.total_drivers) {
        (pos @ 1..1000, drivers @ 1..1000) => format!("   P{pos} of {drivers}"),
        _ => String::new(),
    }
}

fn time(data: &ViewData<'_>) -> Line<'static> {
    let graphics = &data.pages.graphics;
    let state = match data.snapshot.lap.as_ref().map(|lap| lap.validity) {
        Some(Validity::Valid) => Span::styled("  ✓ valid", colored(BLUE)),
        Some(Validity::Invalid { reason, .. }) => Span::styled(format!("  ✗ {reason}"), colored(ORANGE)),
        Some(_) => Span::raw(""),
        None if data.snapshot.watches_another_car => quiet("  of the watched car"),
        // No lap has begun: the flag of the game has no meaning.
        None => Span::raw(""),
    };
    Line::from(vec![name_of("time"), Span::styled(lap_time(graphics.current_lap_time()), bold()), state])
}

/// The delta of the analysis, or that of the game, which is coarser.
fn delta(data: &ViewData<'_>, width: usize) -> Line<'static> {
    let delta = data.snapshot.delta.as_ref().map(|delta| delta.seconds as f32).or_else(|| data.pages.graphics.delta());
    let style = match delta {
        Some(delta) if delta < 0.0 => bold().fg(BLUE),
        Some(delta) if delta > 0.0 => bold().fg(ORANGE),
        _ => bold(),
    };
    let mut spans = vec![name_of("delta"), Span::styled(format!("{:<8} ", difference(delta)), style)];
    let used: usize = spans.iter().map(Span::width).sum();
    // The full bar is one second.
    spans.extend(balance(width.saturating_sub(used + 1).min(25), delta.unwrap_or_default().into()));
    Line::from(spans)
}

fn predicted(data: &ViewData<'_>) -> Option<Duration> {
    let ours = data.snapshot.delta.as_ref().and_then(|delta| Duration::try_from_secs_f64(delta.predicted_s).ok());
    ours.or_else(|| data.pages.graphics.predicted_lap_time())
}

/// The sectors of the running lap. If they do not fit, the first ones are left out.
fn sectors(data: &ViewData<'_>, width: usize) -> Line<'static> {
    let mut before = Some(0);
    let mut sectors = Vec::new();
    for (index, split) in data.snapshot.lap.iter().flat_map(|lap| &lap.splits_ms).enumerate() {
        let sector = split.zip(before).and_then(|(split, before)| split.checked_sub(before));
        let best = data.snapshot.bests.sectors_ms.get(index).copied().flatten();
        let style = match sector.zip(best) {
            Some((sector, best)) if sector <= best => colored(VIOLET),
            _ => bold(),
        };
        sectors.push(Span::styled(sector_time(sector.map(milliseconds)), style));
        before = *split;
    }
    if sectors.is_empty() {
        return Line::from(vec![name_of("sectors"), Span::raw(NONE)]);
    }
    let name = name_of("sectors");
    let mut room = width.saturating_sub(name.width());
    let mut fits = |sector: &Span<'_>| {
        let needed = sector.width() + 2;
        let fits = needed <= room;
        room = room.saturating_sub(needed);
        fits
    };
    let count = sectors.iter().rev().map_while(|sector| fits(sector).then_some(())).count();
    let mut spans = vec![name];
    if count < sectors.len() {
        spans.push(quiet("…"));
    }
    for sector in sectors.split_off(sectors.len() - count) {
        spans.extend([sector, Span::raw("  ")]);
    }
    Line::from(spans)
}

fn milliseconds(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}

/// A gap in seconds, with unit.
pub(crate) fn gap(seconds: f32) -> String {
    match number(seconds, 1).as_str() {
        "0.0" => NONE.into(),
        NONE => NONE.into(),
        text => format!("{text} s"),
    }
}
