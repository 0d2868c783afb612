//! Draws the whole screen: header, tabs, the selected tab or a message, and the footer. Drawing is a pure function: the same
//! snapshot and state give the same picture. [`tabs`] arrange [`panels`], which consist of [`widgets`].

mod big;
pub(super) mod data;
mod help;
pub(super) mod panels;
mod tabs;
mod widgets;

use acevo_shared_memory::{ACEvoStatus, Frame as Pages, PhysicsValidity};
use acevo_telemetry::{CounterConflict, is_unsafe_to_print};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Constraint, Flex, Layout, Rect};
use ratatui::style::{Color, Modifier, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use self::data::ViewData;
use super::app::{App, ScrollExtent, Tab};
use super::theme::{ALARM, BLUE, ORANGE, SILVER, VIOLET, badge, bold, colored, dim};
use super::units::{Units, UnitsExt as _};
use crate::format::text::{self, clean, number, width};
use crate::session::connection::Health;
use crate::session::feeder::SourceKind;
use crate::session::playback::handle::PlaybackState;
use crate::session::snapshot::Snapshot;
use crate::session::status::ConnectionStatus;

/// Maximum columns of the screen; a wider terminal has margins. Longer lines are hard to read at a glance.
const MAX_WIDTH: u16 = 220;

/// Rows below which only the selected tab is drawn, without header and tabs.
const MIN_HEIGHT_WITH_HEADER: u16 = 8;

/// Draws everything. Returns the size of the scrollable list, if the tab has one.
pub(super) fn draw(frame: &mut Frame<'_>, snapshot: &Snapshot, app: &App) -> ScrollExtent {
    let [area] = Layout::horizontal([Constraint::Max(MAX_WIDTH)]).flex(Flex::Center).areas(frame.area());
    let has_header = area.height >= MIN_HEIGHT_WITH_HEADER;
    let [header, bar, body, footer] = Layout::vertical([
        Constraint::Length(if has_header { 2 } else { 0 }),
        Constraint::Length(u16::from(has_header)),
        Constraint::Fill(1),
        Constraint::Length(1),
    ])
    .areas(area);
    draw_tabs(frame, bar, app);
    let mut extent = ScrollExtent::default();
    let status = &snapshot.connection;
    let left = match (status, &snapshot.pages) {
        (ConnectionStatus::Attached | ConnectionStatus::Ended | ConnectionStatus::Broken(_), Some(pages)) => {
            draw_header(frame, header, pages, snapshot, app.units);
            // Lists are available in the menu, too.
            let is_list = matches!(app.tab, Tab::Fields | Tab::Events | Tab::Health | Tab::Laps | Tab::Timing);
            let has_ended = status.is_over();
            if pages.graphics.status() == ACEvoStatus::Off && !is_list {
                if has_ended {
                    draw_message(frame, body, status.headline(), status.detail(), &[]);
                } else {
                    draw_message(frame, body, "The game is in its menu", &menu_text(snapshot), &[]);
                }
            } else {
                extent = tabs::draw(frame, body, &ViewData { snapshot, pages, units: app.units }, app);
            }
            if let Some(playback) = &snapshot.playback {
                playback_line(playback, status)
            } else if has_ended {
                let style = if *status == ConnectionStatus::Ended { dim() } else { colored(ALARM) };
                Line::from(Span::styled(format!(" {}", status.headline()), style))
            } else {
                packet_line(&snapshot.health, area.width)
            }
        }
        (ConnectionStatus::RecordingGap | ConnectionStatus::Ended | ConnectionStatus::Broken(_), None)
        | (ConnectionStatus::RecordingGap, Some(_)) => {
            frame.render_widget(Line::from(" acevo ".bold().reversed()), header);
            draw_message(frame, body, status.headline(), status.detail(), &[]);
            snapshot.playback.as_ref().map(|playback| playback_line(playback, status)).unwrap_or_default()
        }
        _ => {
            frame.render_widget(Line::from(" acevo ".bold().reversed()), header);
            let hints = ["acevo --demo     show a simulated car", "acevo doctor     diagnose missing telemetry"];
            draw_message(frame, body, status.headline(), status.detail(), &hints);
            Line::from(Span::styled(" polling twice a second", dim()))
        }
    };
    let keys = keys(app, snapshot.playback.is_some(), usize::from(area.width).saturating_sub(left.width() + 1).max(8));
    let [left_area, right_area] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(keys.width() as u16)]).areas(footer);
    frame.render_widget(left, left_area);
    frame.render_widget(keys, right_area);
    if app.has_help {
        help::draw(frame, app.units, snapshot.playback.is_some());
    }
    extent
}

/// The keys of this tab, the most important at the right end, as many as fit.
fn keys(app: &App, is_recording: bool, room: usize) -> Line<'static> {
    let special = match app.tab {
        Tab::Fields => Some(("/", "search")),
        Tab::Laps | Tab::Car | Tab::Session | Tab::Timing | Tab::Events => Some(("↑↓", "scroll")),
        Tab::Drive | Tab::Tyres | Tab::Health => None,
    };
    let units = if room >= 70 { app.units.summary() } else { "units" };
    let pause = is_recording.then_some(("Space", "pause"));
    let keys =
        [Some(("q", "quit")), Some(("?", "help")), pause, special, Some(("u", units)), Some(("1-9 Tab", "tabs"))];
    let mut spans = Vec::new();
    let mut used = 0;
    for (key, what) in keys.into_iter().flatten() {
        let both = [Span::styled(format!(" {key}"), bold()), Span::styled(format!(" {what} "), dim())];
        used += both.iter().map(Span::width).sum::<usize>();
        if used > room {
            break;
        }
        spans.splice(0..0, both);
    }
    Line::from(spans)
}

fn draw_tabs(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let with_names = area.width >= 76;
    let mut spans = Vec::new();
    for (index, tab) in Tab::ALL.into_iter().enumerate() {
        let is_shown = tab == app.tab;
        let name = match () {
            () if is_shown => format!("{} ", tab.name()),
            () if with_names => tab.name().to_owned(),
            () => String::new(),
        };
        let style = if is_shown { badge(SILVER) } else { dim() };
        spans.push(Span::styled(format!(" {} {name}", index + 1), style));
    }
    frame.render_widget(Line::from(spans), area);
}

/// Removes all characters that control a terminal: the last step of drawing, because names of the game and of files can contain any.
pub(super) fn remove_unsafe(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.symbol().contains(is_unsafe_to_print) {
            let clean: String = cell.symbol().chars().filter(|letter| !is_unsafe_to_print(*letter)).collect();
            cell.set_symbol(if clean.is_empty() { " " } else { &clean });
        }
    }
}

/// Removes all colours, for terminals without them. Cells with a background are reversed.
pub(super) fn remove_colors(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.bg != Color::Reset {
            cell.modifier |= Modifier::REVERSED;
        }
        (cell.fg, cell.bg) = (Color::Reset, Color::Reset);
    }
}

fn menu_text(snapshot: &Snapshot) -> String {
    format!("Attached to {}. Enter a session and drive.", clean(&snapshot.location))
}

fn draw_header(frame: &mut Frame<'_>, area: Rect, pages: &Pages, snapshot: &Snapshot, units: Units) {
    let Pages { physics, graphics, static_data, validity, .. } = pages;
    let is_resuming = *validity == PhysicsValidity::Resuming;
    let color = match graphics.status() {
        _ if snapshot.connection.is_over() => SILVER,
        _ if is_resuming => ORANGE,
        ACEvoStatus::Live => BLUE,
        ACEvoStatus::Pause => ORANGE,
        ACEvoStatus::Replay => VIOLET,
        _ => SILVER,
    };
    let status = match snapshot.connection {
        ConnectionStatus::Ended | ConnectionStatus::Broken(_) => ConnectionStatus::Ended.headline().to_uppercase(),
        _ if is_resuming => validity.to_string().to_uppercase(),
        _ => graphics.status().to_string().to_uppercase(),
    };
    // The two are often equal.
    let (name, phase) = (static_data.session_name(), graphics.session_phase());
    let session = if name == phase { clean(name) } else { joined(&[name, phase], " · ") };
    let (track, driver, car) = (text::track(pages), text::driver(pages), text::name(graphics.car_model()));
    let version = clean(static_data.ac_evo_version());
    let time = match graphics.time_of_day() {
        (h @ 0..24, m @ 0..60, s @ 0..60) => format!("{h:02}:{m:02}:{s:02}  "),
        _ => String::new(),
    };
    let page = physics.raw();
    let mut weather = format!(
        "{time}air {} road {} {} ",
        units.temperature(page.airTemp),
        units.temperature(page.roadTemp),
        units.temperature_unit()
    );
    if !validity.is_current() {
        weather = time;
    }
    let [top, below] = Layout::vertical([Constraint::Length(1); 2]).areas(area);
    let mut left = vec![Span::styled(format!(" {status} "), badge(color))];
    let states = [
        (snapshot.source == SourceKind::Demo, " DEMO "),
        (snapshot.source == SourceKind::Recording && !snapshot.connection.is_over(), " RECORDING "),
        (snapshot.watches_another_car, " WATCHING ANOTHER CAR "),
    ];
    for (is_shown, name) in states {
        if is_shown {
            left.push(Span::styled(name, bold().reversed()));
        }
    }
    left.extend([format!(" {session}  ").bold(), Span::raw(driver)]);
    sides(frame, top, Line::from(left), if version.is_empty() { String::new() } else { format!("game {version} ") });
    let left = Line::from(format!(" {}", joined(&[&track, &car], " · ")));
    sides(frame, below, left, weather);
}

/// A line with text on both sides. The text on the right is always visible.
fn sides(frame: &mut Frame<'_>, area: Rect, left: Line<'_>, right: String) {
    let width = width(&right).min(usize::from(u16::MAX)) as u16;
    let areas = Layout::horizontal([Constraint::Fill(1), Constraint::Length(width)]).spacing(1).areas(area);
    let [left_area, right_area] = areas;
    frame.render_widget(left, left_area);
    frame.render_widget(Line::styled(right, dim()).alignment(Alignment::Right), right_area);
}

/// Joins the non-empty texts of the game, cleaned.
fn joined(texts: &[&str], between: &str) -> String {
    texts.iter().map(|text| clean(text)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
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

fn conflict_in_short(conflict: CounterConflict) -> &'static str {
    match conflict {
        CounterConflict::TwoWriters => "two programs write the pages",
        _ => "several programs write the pages",
    }
}

/// Position, speed and lap of a recording, for the footer.
fn playback_line(playback: &PlaybackState, status: &ConnectionStatus) -> Line<'static> {
    let (mark, style) = match status {
        ConnectionStatus::Broken(_) => ("!", colored(ALARM)),
        _ if playback.has_ended => ("■", dim()),
        _ if playback.is_paused => ("‖", colored(ORANGE)),
        _ => ("▶", colored(BLUE)),
    };
    let clock = |time| text::clock(Some(time));
    let mut spans =
        vec![Span::styled(format!(" {mark} {} / {}", clock(playback.position), clock(playback.length)), style)];
    if playback.speed != 1.0 {
        spans.push(Span::styled(format!(" · {}×", playback.speed), dim()));
    }
    if status.is_over() {
        spans.push(Span::styled(format!(" · {}", status.headline()), style));
    } else if let Some(lap) = playback.lap() {
        spans.push(Span::styled(format!(" · lap {}", lap.lap.id()), dim()));
    }
    Line::from(spans)
}

/// Packet rates and counts, for the footer.
fn packet_line(health: &Health, width: u16) -> Line<'static> {
    let rate = |rate: Option<f64>| rate.map_or_else(|| "-".into(), |rate| number(rate, 0));
    let still = health.physics_rate == Some(0.0);
    let (mark, style) = if still { ("‖", colored(ORANGE)) } else { ("●", colored(BLUE)) };
    let names = if width < 100 { ["", ""] } else { [" physics", " graphics"] };
    let mut spans = vec![
        Span::styled(format!(" {mark} {} Hz{}", rate(health.physics_rate), names[0]), style),
        Span::styled(
            format!(" · {} Hz{} · {} missed", rate(health.graphics_rate), names[1], health.physics_missed),
            dim(),
        ),
    ];
    if health.unsettled > 0 {
        spans.push(Span::styled(format!(" · {} unsettled", health.unsettled), dim()));
    }
    if let Some(conflict) = health.conflict {
        spans.push(Span::styled(format!(" · ! {}", conflict_in_short(conflict)), colored(ALARM)));
    } else if health.layout_warnings > 0 {
        let warning = format!(" · ! {} implausible values: acevo doctor", health.layout_warnings);
        spans.push(Span::styled(warning, colored(ALARM)));
    }
    Line::from(spans)
}
