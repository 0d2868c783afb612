//! The picture: header, panels or a message, footer. Pure: the same state gives the same picture.

use acevo_shared_memory::{ACEvoStatus, Frame as Pages};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Constraint, Flex, Layout, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Wrap};

use super::panels;
use super::units::{Units, Written as _};
use super::widgets::dim;
use crate::cockpit::Seen;
use crate::live::{Health, Link};
use crate::text::{clean, number};

/// Beyond this width lines are too long to be taken in at a glance.
const WIDEST: u16 = 120;

/// Lowest height with room for the third row of panels.
const HIGH: u16 = 34;

pub(super) fn draw(frame: &mut Frame<'_>, shown: &Seen, units: Units) {
    let [area] = Layout::horizontal([Constraint::Max(WIDEST)]).flex(Flex::Center).areas(frame.area());
    let [header, body, footer] =
        Layout::vertical([Constraint::Length(2), Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    let health = match (&shown.link, &shown.pages) {
        (Link::Attached, Some(pages)) => {
            draw_header(frame, header, pages, units);
            if pages.graphics.status() == ACEvoStatus::Off {
                draw_message(frame, body, "The game is in its menu", &menu(shown), &[]);
            } else {
                draw_panels(frame, body, pages, units);
            }
            health_of(&shown.health)
        }
        (link, _) => {
            frame.render_widget(Line::from(" acevo ".bold().reversed()), header);
            let hints = ["acevo --demo     see it with a simulated car", "acevo doctor     find out why nothing comes"];
            draw_message(frame, body, link.headline(), link.detail(), &hints);
            Line::from(Span::styled(" looking twice a second", dim()))
        }
    };
    let keys = if shown.demo { " demo · u units · q quit " } else { " u units · q quit " };
    let [left, right] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(keys.chars().count() as u16)]).areas(footer);
    frame.render_widget(health, left);
    frame.render_widget(Span::styled(keys, dim()), right);
}

/// Takes all colours away, for those who want none. What was told by a background is told by inverse letters.
pub(super) fn discolor(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.bg != Color::Reset {
            cell.modifier |= Modifier::REVERSED;
        }
        (cell.fg, cell.bg) = (Color::Reset, Color::Reset);
    }
}

fn menu(shown: &Seen) -> String {
    format!("Attached to {}. Enter a session and drive.", clean(&shown.place))
}

fn draw_header(frame: &mut Frame<'_>, area: Rect, pages: &Pages, units: Units) {
    let Pages { physics, graphics, static_data } = pages;
    let color = match graphics.status() {
        ACEvoStatus::Live => Color::Green,
        ACEvoStatus::Pause => Color::Yellow,
        ACEvoStatus::Replay => Color::Cyan,
        _ => Color::Gray,
    };
    let status = graphics.status().to_string().to_uppercase();
    // Both are often the same.
    let (name, phase) = (static_data.session_name(), graphics.session_phase());
    let session = if name == phase { clean(name) } else { joined(&[name, phase], " · ") };
    let track = joined(&[static_data.track(), static_data.track_configuration()], " ");
    let driver = joined(&[graphics.driver_name(), graphics.driver_surname()], " ");
    let car = clean(graphics.car_model());
    let version = clean(static_data.ac_evo_version());
    let (h, m, s) = graphics.time_of_day();
    let time = match (h, m, s) {
        (0..24, 0..60, 0..60) => format!("{h:02}:{m:02}:{s:02}  "),
        _ => String::new(),
    };
    let page = physics.raw();
    let mut weather = format!(
        "{time}air {} road {} {} ",
        units.temperature(page.airTemp),
        units.temperature(page.roadTemp),
        units.temperature_unit()
    );
    if graphics.status() == ACEvoStatus::Off {
        weather.clear();
    }
    let badge = Style::new().fg(Color::Black).bg(color).add_modifier(Modifier::BOLD);
    let [top, below] = Layout::vertical([Constraint::Length(1); 2]).areas(area);
    let left = vec![Span::styled(format!(" {status} "), badge), format!(" {session}  ").bold(), Span::raw(driver)];
    let left = Line::from(left);
    sides(frame, top, left, if version.is_empty() { String::new() } else { format!("game {version} ") });
    let left = Line::from(format!(" {}", joined(&[&track, &car], " · ")));
    sides(frame, below, left, weather);
}

/// A line whose right end stays visible.
fn sides(frame: &mut Frame<'_>, area: Rect, left: Line<'_>, right: String) {
    let width = right.chars().count().min(usize::from(u16::MAX)) as u16;
    let areas = Layout::horizontal([Constraint::Fill(1), Constraint::Length(width)]).spacing(1).areas(area);
    let [left_area, right_area] = areas;
    frame.render_widget(left, left_area);
    frame.render_widget(Line::styled(right, dim()).alignment(Alignment::Right), right_area);
}

/// Texts of the game that are not empty, cleaned.
fn joined(texts: &[&str], between: &str) -> String {
    texts.iter().map(|text| clean(text)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
}

fn draw_panels(frame: &mut Frame<'_>, area: Rect, pages: &Pages, units: Units) {
    let more = if area.height >= HIGH - 3 { 9 } else { 0 };
    let [upper, lower, third, _] = Layout::vertical([
        Constraint::Length(10),
        Constraint::Length(11),
        Constraint::Length(more),
        Constraint::Fill(1),
    ])
    .areas(area);
    let [lap, driving] = Layout::horizontal([Constraint::Length(32), Constraint::Fill(1)]).areas(upper);
    let [tyres, car] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(lower);
    panel(frame, lap, "Lap", panels::lap(pages));
    let inner = panels::inner_width(driving);
    panel(frame, driving, "Driving", panels::driving(pages, units, inner));
    let wheels = framed(frame, tyres, "Tyres");
    panels::tyres(frame, wheels, pages, units);
    panel(frame, car, "Car", panels::car(pages, units));
    if more > 0 {
        let thirds = Layout::horizontal([Constraint::Fill(1); 3]).areas::<3>(third);
        panel(frame, thirds[0], "Session", panels::session(pages, units));
        panel(frame, thirds[1], "Electronics", panels::electronics(pages));
        panel(frame, thirds[2], "Damage", panels::damage(pages));
    }
}

fn framed(frame: &mut Frame<'_>, area: Rect, title: &'static str) -> Rect {
    let block = Block::bordered().title(format!(" {title} ").bold()).border_style(dim());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

fn panel(frame: &mut Frame<'_>, area: Rect, title: &'static str, lines: Vec<Line<'static>>) {
    let inner = framed(frame, area, title);
    frame.render_widget(Paragraph::new(lines), inner);
}

fn draw_message(frame: &mut Frame<'_>, area: Rect, headline: &str, detail: &str, hints: &[&str]) {
    let [middle] = Layout::horizontal([Constraint::Max(70)]).flex(Flex::Center).areas(area);
    let [middle] = Layout::vertical([Constraint::Max(10)]).flex(Flex::Center).areas(middle);
    let mut lines = vec![Line::from(headline.to_owned().bold()), Line::default(), Line::from(clean(detail))];
    if !hints.is_empty() {
        lines.push(Line::default());
        lines.extend(hints.iter().map(|hint| Line::from(Span::styled((*hint).to_owned(), dim()))));
    }
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: true }), middle);
}

fn health_of(health: &Health) -> Line<'static> {
    let rate = |rate: Option<f64>| rate.map_or_else(|| "-".into(), |rate| number(rate, 0));
    let still = health.physics_rate == Some(0.0);
    let style = if still { Style::new().fg(Color::Yellow) } else { Style::new().fg(Color::Green) };
    let mut spans = vec![
        Span::styled(format!(" {} Hz physics", rate(health.physics_rate)), style),
        Span::raw(format!(" · {} Hz graphics · {} missed", rate(health.graphics_rate), health.physics_missed)),
    ];
    if health.unsettled > 0 {
        spans.push(Span::raw(format!(" · {} unsettled", health.unsettled)));
    }
    if health.suspicious > 0 {
        let warning = format!(" · {} odd values: acevo doctor", health.suspicious);
        spans.push(Span::styled(warning, Style::new().fg(Color::Yellow)));
    }
    Line::from(spans)
}
