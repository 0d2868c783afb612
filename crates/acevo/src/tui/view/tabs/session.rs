//! The session and the other cars.

use acevo_telemetry::Unit;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use crate::format::text::{NONE, clock, number};
use crate::tui::app::ScrollExtent;
use crate::tui::view::data::ViewData;
use crate::tui::view::panels::{map, race};
use crate::tui::view::widgets::{boxed_with, entry, panel, quiet, readings};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>, offset: usize) -> ScrollExtent {
    let [left, right] = Layout::horizontal([Constraint::Fill(2), Constraint::Fill(3)]).areas(area);
    let lines = lines(data);
    let rows = if area.height >= 34 { lines.len() as u16 + 2 } else { area.height };
    let [about, below] = Layout::vertical([Constraint::Length(rows), Constraint::Fill(1)]).areas(left);
    panel(frame, about, "Session", lines);
    let [track, beside] =
        if rows == area.height { Layout::vertical([Constraint::Fill(1); 2]).areas(right) } else { [right, below] };
    map::draw(frame, track, data);
    let active = data.pages.graphics.raw().active_cars;
    let inner =
        boxed_with(frame, beside, "Cars", Line::from(quiet(format!(" {active} on the track, by track distance "))));
    race::others(frame, inner, data, offset)
}

/// The most important lines first.
fn lines(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let left = clock(data.pages.graphics.time_left());
    let mut lines = vec![race::flags(data), entry("time left", left), entry("length", length(data))];
    lines.extend(readings(
        data,
        &[
            ("session", "session_name"),
            ("phase", "session_phase"),
            ("kind", "session_type"),
            ("laps", "session_laps"),
            ("race pos.", "race_position"),
            ("cars", "cars"),
            ("gap ahead", "gap_ahead"),
            ("gap behind", "gap_behind"),
            ("track", "track"),
            ("layout", "track_configuration"),
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

/// Length of the track: metres, or miles in imperial units.
fn length(data: &ViewData<'_>) -> String {
    let Some(metres) = data.pages.static_data.track_length().map(f64::from) else { return NONE.into() };
    match data.units.display(Unit::Kilometre) {
        Unit::Kilometre => format!("{} m", number(metres, 0)),
        unit => format!("{} {unit}", number(Unit::Metre.convert(metres, unit).unwrap_or(f64::NAN), 2)),
    }
}
