//! How the telemetry arrives, and how far it is to be believed.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Color;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use crate::format::text::{clean, number};
use crate::tui::Now;
use crate::tui::theme::{BLUE, ORANGE, colored};
use crate::tui::widgets::{boxed, entry, name_of, panel, quiet, reading};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let [upper, lower, _] =
        Layout::vertical([Constraint::Length(11), Constraint::Length(9), Constraint::Fill(1)]).areas(area);
    let [packets, page] = Layout::horizontal([Constraint::Fill(1); 2]).areas(upper);
    panel(frame, packets, "Packets", self::packets(now));
    panel(frame, page, "Pages", pages(now));
    let inner = boxed(frame, lower, "What it means");
    let [_, inner, _] =
        Layout::horizontal([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)]).areas(inner);
    frame.render_widget(Paragraph::new(advice(now)).wrap(Wrap { trim: false }), inner);
}

fn packets(now: &Now<'_>) -> Vec<Line<'static>> {
    let health = &now.seen.health;
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
        count("odd values", health.suspicious as u64),
        reading(now, "game fps", "fps"),
        entry("session", now.seen.session.to_string()),
        entry("link", now.seen.link.headline()),
    ]
}

fn pages(now: &Now<'_>) -> Vec<Line<'static>> {
    let pages = now.pages;
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
        entry("axes", now.seen.axes.decision().to_string()),
        entry("from", clean(&now.seen.place)),
    ]
}

/// What to know about what is not as it should be.
fn advice(now: &Now<'_>) -> Vec<Line<'static>> {
    let health = &now.seen.health;
    let mut lines = Vec::new();
    let mut warn = |text: &'static str| {
        lines.push(Line::from(vec![Span::styled("! ", colored(ORANGE)), Span::raw(text)]));
    };
    if health.suspicious > 0 {
        warn("Some values cannot be: the game may have another layout of its pages. `acevo doctor` tells which.");
    }
    if !now.pages.validity.is_current() {
        warn("Physics does not describe the car now (pause, menu or replay): its values are left out.");
    } else if health.physics_rate == Some(0.0) {
        warn("Physics stands still though the game is live: it loads, or it hangs.");
    }
    if health.physics_missed > 0 {
        warn("Packets came and went unseen: this computer was busy. What is drawn here does not suffer from a few.");
    }
    if health.unsettled > 0 {
        warn("Some pages may mix two packets. A few do no harm; nothing of them is analysed.");
    }
    if lines.is_empty() {
        lines.push(Line::from(vec![
            Span::styled("✓ ", colored(BLUE)),
            Span::raw("All packets arrive, and all of them look as they should."),
        ]));
    }
    lines.push(Line::default());
    lines.push(Line::from(quiet(
        "Physics is expected at 333 Hz, graphics once per frame of the game; \"axes\" is the order of accelerations that the drive shows.",
    )));
    lines
}
