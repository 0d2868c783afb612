//! The picture: header, tabs, what is chosen or a message, footer. Pure: the same state gives the same picture.

use acevo_shared_memory::{ACEvoStatus, Frame as Pages, PhysicsValidity};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Constraint, Flex, Layout, Rect};
use ratatui::style::{Color, Modifier, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use super::theme::{ALARM, BLUE, ORANGE, SILVER, VIOLET, badge, bold, colored, dim};
use super::ui::{Extent, Tab, Ui};
use super::units::{Units, Written as _};
use super::{Now, help, tabs};
use crate::format::text::{self, clean, number, width};
use crate::session::live::{Health, Link};
use crate::session::snapshot::Seen;

/// Beyond this width lines are too long to be taken in at a glance.
const WIDEST: u16 = 220;

/// Draws everything; tells how far the list reaches that is shown, if there is one.
pub(super) fn draw(frame: &mut Frame<'_>, seen: &Seen, ui: &Ui) -> Extent {
    let [area] = Layout::horizontal([Constraint::Max(WIDEST)]).flex(Flex::Center).areas(frame.area());
    // On a very low terminal the picture itself is what matters.
    let low = area.height < 8;
    let [header, bar, body, footer] = Layout::vertical([
        Constraint::Length(if low { 0 } else { 2 }),
        Constraint::Length(u16::from(!low)),
        Constraint::Fill(1),
        Constraint::Length(1),
    ])
    .areas(area);
    draw_tabs(frame, bar, ui);
    let mut extent = Extent::default();
    let health = match (&seen.link, &seen.pages) {
        (link @ (Link::Attached | Link::Ended), Some(pages)) => {
            draw_header(frame, header, pages, seen, ui.units);
            // Fields can be looked at in the menu, too.
            let is_list = matches!(ui.tab, Tab::Fields | Tab::Events | Tab::Health | Tab::Laps);
            match (pages.graphics.status(), link) {
                (ACEvoStatus::Off, Link::Ended) if !is_list => {
                    draw_message(frame, body, link.headline(), link.detail(), &[]);
                }
                (ACEvoStatus::Off, _) if !is_list => {
                    draw_message(frame, body, "The game is in its menu", &menu(seen), &[]);
                }
                _ => extent = tabs::draw(frame, body, &Now { seen, pages, units: ui.units }, ui),
            }
            match link {
                Link::Ended => Line::from(Span::styled(format!(" {}", link.headline()), dim())),
                _ => health_of(&seen.health, area.width),
            }
        }
        (link @ (Link::Silent | Link::Ended), _) => {
            frame.render_widget(Line::from(" acevo ".bold().reversed()), header);
            draw_message(frame, body, link.headline(), link.detail(), &[]);
            Line::default()
        }
        (link, _) => {
            frame.render_widget(Line::from(" acevo ".bold().reversed()), header);
            let hints = ["acevo --demo     see it with a simulated car", "acevo doctor     find out why nothing comes"];
            draw_message(frame, body, link.headline(), link.detail(), &hints);
            Line::from(Span::styled(" looking twice a second", dim()))
        }
    };
    let keys = keys(ui, usize::from(area.width).saturating_sub(health.width() + 1).max(8));
    let [left, right] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(keys.width() as u16)]).areas(footer);
    frame.render_widget(health, left);
    frame.render_widget(keys, right);
    if ui.has_help {
        help::draw(frame, ui.units);
    }
    extent
}

/// The keys that matter now, the most important at the right end, as many as there is room for.
fn keys(ui: &Ui, room: usize) -> Line<'static> {
    let special = match ui.tab {
        Tab::Fields => Some(("/", "search")),
        Tab::Laps | Tab::Car | Tab::Session | Tab::Events => Some(("↑↓", "scroll")),
        Tab::Drive | Tab::Tyres | Tab::Health => None,
    };
    let units = if room >= 70 { ui.units.summary() } else { "units" };
    let keys = [Some(("q", "quit")), Some(("?", "help")), special, Some(("u", units)), Some(("1-8 Tab", "screens"))];
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

fn draw_tabs(frame: &mut Frame<'_>, area: Rect, ui: &Ui) {
    let with_names = area.width >= 74;
    let mut spans = Vec::new();
    for (index, tab) in Tab::ALL.into_iter().enumerate() {
        let is_shown = tab == ui.tab;
        let name = if with_names || is_shown { format!("{} ", tab.name()) } else { String::new() };
        let style = if is_shown { badge(SILVER) } else { dim() };
        spans.push(Span::styled(format!(" {} {name}", index + 1), style));
    }
    frame.render_widget(Line::from(spans), area);
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

fn menu(seen: &Seen) -> String {
    format!("Attached to {}. Enter a session and drive.", clean(&seen.place))
}

fn draw_header(frame: &mut Frame<'_>, area: Rect, pages: &Pages, seen: &Seen, units: Units) {
    let Pages { physics, graphics, static_data, validity, .. } = pages;
    let is_resuming = *validity == PhysicsValidity::Resuming;
    let color = match graphics.status() {
        _ if seen.link == Link::Ended => SILVER,
        _ if is_resuming => ORANGE,
        ACEvoStatus::Live => BLUE,
        ACEvoStatus::Pause => ORANGE,
        ACEvoStatus::Replay => VIOLET,
        _ => SILVER,
    };
    let status = match seen.link {
        Link::Ended => Link::Ended.headline().to_uppercase(),
        _ if is_resuming => validity.to_string().to_uppercase(),
        _ => graphics.status().to_string().to_uppercase(),
    };
    // Both are often the same.
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
        (seen.demo, " DEMO "),
        (seen.recording && seen.link != Link::Ended, " RECORDING "),
        (seen.watches, " WATCHING ANOTHER CAR "),
    ];
    for (is_so, name) in states {
        if is_so {
            left.push(Span::styled(name, bold().reversed()));
        }
    }
    left.extend([format!(" {session}  ").bold(), Span::raw(driver)]);
    sides(frame, top, Line::from(left), if version.is_empty() { String::new() } else { format!("game {version} ") });
    let left = Line::from(format!(" {}", joined(&[&track, &car], " · ")));
    sides(frame, below, left, weather);
}

/// A line whose right end stays visible.
fn sides(frame: &mut Frame<'_>, area: Rect, left: Line<'_>, right: String) {
    let width = width(&right).min(usize::from(u16::MAX)) as u16;
    let areas = Layout::horizontal([Constraint::Fill(1), Constraint::Length(width)]).spacing(1).areas(area);
    let [left_area, right_area] = areas;
    frame.render_widget(left, left_area);
    frame.render_widget(Line::styled(right, dim()).alignment(Alignment::Right), right_area);
}

/// Texts of the game that are not empty, cleaned.
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

fn health_of(health: &Health, width: u16) -> Line<'static> {
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
    if health.suspicious > 0 {
        let warning = format!(" · ! {} odd values: acevo doctor", health.suspicious);
        spans.push(Span::styled(warning, colored(ALARM)));
    }
    Line::from(spans)
}
