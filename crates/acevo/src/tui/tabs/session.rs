//! The session and the other cars.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use crate::format::text::clock;
use crate::tui::Now;
use crate::tui::panels::{map, race};
use crate::tui::ui::Extent;
use crate::tui::widgets::{boxed_with, entry, panel, quiet, readings};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>, offset: usize) -> Extent {
    let [left, right] = Layout::horizontal([Constraint::Fill(2), Constraint::Fill(3)]).areas(area);
    let lines = lines(now);
    let rows = if area.height >= 34 { lines.len() as u16 + 2 } else { area.height };
    let [about, below] = Layout::vertical([Constraint::Length(rows), Constraint::Fill(1)]).areas(left);
    panel(frame, about, "Session", lines);
    let [track, beside] =
        if rows == area.height { Layout::vertical([Constraint::Fill(1); 2]).areas(right) } else { [right, below] };
    map::draw(frame, track, now);
    let active = now.pages.graphics.raw().active_cars;
    let inner = boxed_with(frame, beside, "Cars", Line::from(quiet(format!(" {active} on the track "))));
    race::others(frame, inner, now, offset)
}

/// The most important first.
fn lines(now: &Now<'_>) -> Vec<Line<'static>> {
    let left = clock(now.pages.graphics.time_left());
    let mut lines = vec![race::flags(now), entry("time left", left)];
    lines.extend(readings(
        now,
        &[
            ("session", "session_name"),
            ("phase", "session_phase"),
            ("kind", "session_type"),
            ("laps", "session_laps"),
            ("position", "race_position"),
            ("cars", "cars"),
            ("gap ahead", "gap_ahead"),
            ("gap behind", "gap_behind"),
            ("track", "track"),
            ("layout", "track_configuration"),
            ("length", "track_length"),
            ("country", "nation"),
            ("air", "air_temp"),
            ("road", "road_temp"),
            ("at start", "start_road_temp"),
            ("online", "online"),
            ("ping", "ping"),
            ("game fps", "fps"),
            ("lights", "start_lights"),
            ("cut gained", "cut_gained_time"),
            ("location", "location"),
            ("last lap", "last_lap"),
        ],
    ));
    lines
}
