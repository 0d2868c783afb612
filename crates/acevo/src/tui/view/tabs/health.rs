//! Packet rate and data quality.

use acevo_telemetry::CounterConflict;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Color;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use crate::format::text::{clean, number};
use crate::tui::theme::{BLUE, ORANGE, colored};
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{boxed, entry, name_of, panel, quiet, reading};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let [upper, lower, _] =
        Layout::vertical([Constraint::Length(11), Constraint::Length(9), Constraint::Fill(1)]).areas(area);
    let [packets, page] = Layout::horizontal([Constraint::Fill(1); 2]).areas(upper);
    panel(frame, packets, "Packets", self::packets(data));
    panel(frame, page, "Pages", pages(data));
    let inner = boxed(frame, lower, "What it means");
    let [_, inner, _] =
        Layout::horizontal([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)]).areas(inner);
    frame.render_widget(Paragraph::new(advice(data)).wrap(Wrap { trim: false }), inner);
}

fn packets(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let health = &data.snapshot.health;
    let rate = |rate: Option<f64>| rate.map_or_else(|| "-".into(), |rate| format!("{} Hz", number(rate, 1)));
    let count = |name, count: u64| {
        let style = if count > 0 { colored(ORANGE) } else { colored(Color::Reset) };
        entry(name, Span::styled(count.to_string(), style))
    };
    vec![
        entry("physics", rate(health.physics_rate)),
        entry("graphics", rate(health.graphics_rate)),
        count("missed", health.physics_missed),
        entry("skipped", health.physics_skipped.to_string()),
        count("unsettled", health.unsettled),
        count("bad values", health.layout_warnings as u64),
        reading(data, "game fps", "fps"),
        entry("session", data.snapshot.session.to_string()),
        entry("connection", data.snapshot.connection.headline()),
    ]
}

fn pages(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let pages = data.pages;
    let settled =
        |settled: bool| if settled { quiet("  settled") } else { Span::styled("  unsettled", colored(ORANGE)) };
    vec![
        Line::from(vec![
            name_of("physics"),
            Span::raw(format!("packet {}", pages.physics.packet_id())),
            settled(pages.physics.is_settled()),
        ]),
        Line::from(vec![
            name_of("graphics"),
            Span::raw(format!("packet {}", pages.graphics.packet_id())),
            settled(pages.graphics.is_settled()),
        ]),
        Line::from(vec![name_of("static"), Span::raw("page"), settled(pages.static_data.is_settled())]),
        entry("status", pages.graphics.status().to_string()),
        entry("values", pages.validity.to_string()),
        entry("game", clean(pages.static_data.ac_evo_version())),
        entry("layout", clean(pages.static_data.sm_version())),
        entry("axes", data.snapshot.axes.evidence().to_string()),
        entry("source", clean(&data.snapshot.location)),
    ]
}

/// Explains what is not normal.
fn advice(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let health = &data.snapshot.health;
    let mut lines = Vec::new();
    let mut warn = |text: &'static str| {
        lines.push(Line::from(vec![Span::styled("! ", colored(ORANGE)), Span::raw(text)]));
    };
    match health.conflict {
        Some(CounterConflict::TwoWriters) => {
            warn("Two programs write the same pages, so values mix. End one of them: a bridge, simulator or replay.");
        }
        Some(_) => warn("The packet counters jump: several programs write the pages, or they are not the game's."),
        None => {}
    }
    if health.layout_warnings > 0 {
        warn("Some values are implausible: the game may have changed its page layout. `acevo doctor` shows details.");
    }
    if !data.pages.validity.is_current() {
        warn("Physics values are hidden: they do not describe the car now (pause, menu or replay).");
    } else if health.physics_rate == Some(0.0) {
        warn("No physics packets arrive although the game is live: it is loading, or it has frozen.");
    }
    if health.physics_missed > 0 {
        warn("Some packets were missed because this computer was busy. A few don't affect what you see.");
    }
    if health.unsettled > 0 {
        warn("Some reads may mix two packets. They are excluded from analysis.");
    }
    if lines.is_empty() {
        lines.push(Line::from(vec![
            Span::styled("✓ ", colored(BLUE)),
            Span::raw("All packets arrive, and their values are plausible."),
        ]));
    }
    lines.push(Line::default());
    lines.push(Line::from(quiet(
        "Expected: physics at 333 Hz, graphics once per frame of the game. \"axes\": whether the acceleration axes have been identified.",
    )));
    lines
}
