//! The cockpit: what is looked at while driving. Three shapes, by the room there is.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::tui::Now;
use crate::tui::panels::{driving, events, gg, lap, map, race, traces, tyres};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    match (area.width, area.height) {
        (150.., 40..) => wide(frame, area, now),
        (110.., 31..) => medium(frame, area, now),
        (74.., 18..) => small(frame, area, now),
        _ => tiny(frame, area, now),
    }
}

/// Three columns: driving, times and tyres, the track.
fn wide(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let [left, middle, right] =
        Layout::horizontal([Constraint::Fill(5), Constraint::Length(46), Constraint::Fill(5)]).areas(area);
    let [drive, traces, below] =
        Layout::vertical([Constraint::Length(11), Constraint::Fill(3), Constraint::Fill(2)]).areas(left);
    driving::draw(frame, drive, now);
    traces::draw(frame, traces, now);
    // A number that is cut is a wrong number: the car has its lines whole, and the diagram what is left.
    let gg = below.width.saturating_sub(28).min(34);
    let [car, gg] = Layout::horizontal([Constraint::Fill(1), Constraint::Length(gg)]).areas(below);
    race::draw(frame, car, now);
    gg::draw(frame, gg, now);
    let [lap, wheels, news] =
        Layout::vertical([Constraint::Length(14), Constraint::Length(12), Constraint::Fill(1)]).areas(middle);
    lap::draw(frame, lap, now);
    tyres::draw(frame, wheels, now);
    events::draw(frame, news, now);
    let [track, around] = Layout::vertical([Constraint::Fill(2), Constraint::Fill(1)]).areas(right);
    map::draw(frame, track, now);
    race::around(frame, around, now);
}

/// Three rows.
fn medium(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let [upper, middle, lower] =
        Layout::vertical([Constraint::Length(9), Constraint::Fill(5), Constraint::Fill(6)]).areas(area);
    let [drive, lap] = Layout::horizontal([Constraint::Fill(5), Constraint::Fill(4)]).areas(upper);
    driving::draw(frame, drive, now);
    lap::draw(frame, lap, now);
    let [traces, wheels, gg] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(34), Constraint::Length(26)]).areas(middle);
    traces::draw(frame, traces, now);
    tyres::draw(frame, wheels, now);
    gg::draw(frame, gg, now);
    let [track, car, around] =
        Layout::horizontal([Constraint::Fill(5), Constraint::Length(34), Constraint::Fill(3)]).areas(lower);
    map::draw(frame, track, now);
    race::draw(frame, car, now);
    race::around(frame, around, now);
}

/// What fits on 80 by 24.
fn small(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let [upper, strip, lower] =
        Layout::vertical([Constraint::Length(9), Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let [drive, lap] = Layout::horizontal([Constraint::Length(44), Constraint::Fill(1)]).areas(upper);
    driving::draw(frame, drive, now);
    lap::draw(frame, lap, now);
    frame.render_widget(race::strip(now), strip);
    let [traces, wheels, gg] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(30), Constraint::Length(20)]).areas(lower);
    traces::draw(frame, traces, now);
    tyres::draw(frame, wheels, now);
    gg::draw(frame, gg, now);
}

/// The most important lines, however few fit.
fn tiny(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let width = usize::from(area.width);
    let mut lines: Vec<Line<'_>> = vec![driving::small(now), driving::engine(now, width)];
    lines.extend(lap::lines(now, width).into_iter().take(3));
    lines.extend(driving::pedals(now, width));
    lines.push(race::strip(now));
    frame.render_widget(Paragraph::new(lines), area);
}
