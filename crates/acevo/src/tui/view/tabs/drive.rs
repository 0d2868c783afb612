//! The values that matter while driving, in one of four layouts by terminal size.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::tui::view::data::ViewData;
use crate::tui::view::panels::{driving, events, gg, lap, map, race, traces, tyres};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    match (area.width, area.height) {
        (150.., 40..) => wide(frame, area, data),
        (110.., 31..) => medium(frame, area, data),
        (74.., 18..) => small(frame, area, data),
        _ => tiny(frame, area, data),
    }
}

/// Three columns: driving, times and tyres, the track.
fn wide(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let [left, middle, right] =
        Layout::horizontal([Constraint::Fill(5), Constraint::Length(46), Constraint::Fill(5)]).areas(area);
    let [drive, traces, below] =
        Layout::vertical([Constraint::Length(11), Constraint::Fill(3), Constraint::Fill(2)]).areas(left);
    driving::draw(frame, drive, data);
    traces::draw(frame, traces, data);
    // The car panel keeps its full width, because a number that is cut off is wrong. The diagram gets the rest.
    let gg = below.width.saturating_sub(28).min(34);
    let [car, gg] = Layout::horizontal([Constraint::Fill(1), Constraint::Length(gg)]).areas(below);
    race::draw(frame, car, data);
    gg::draw(frame, gg, data);
    let [lap, wheels, events] =
        Layout::vertical([Constraint::Length(14), Constraint::Length(12), Constraint::Fill(1)]).areas(middle);
    lap::draw(frame, lap, data);
    tyres::draw(frame, wheels, data);
    events::draw(frame, events, data);
    let [track, around] = Layout::vertical([Constraint::Fill(2), Constraint::Fill(1)]).areas(right);
    map::draw(frame, track, data);
    race::around(frame, around, data);
}

/// Three rows.
fn medium(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let [upper, middle, lower] =
        Layout::vertical([Constraint::Length(9), Constraint::Fill(5), Constraint::Fill(6)]).areas(area);
    let [drive, lap] = Layout::horizontal([Constraint::Fill(5), Constraint::Fill(4)]).areas(upper);
    driving::draw(frame, drive, data);
    lap::draw(frame, lap, data);
    let [traces, wheels, gg] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(34), Constraint::Length(26)]).areas(middle);
    traces::draw(frame, traces, data);
    tyres::draw(frame, wheels, data);
    gg::draw(frame, gg, data);
    let [track, car, around] =
        Layout::horizontal([Constraint::Fill(5), Constraint::Length(34), Constraint::Fill(3)]).areas(lower);
    map::draw(frame, track, data);
    race::draw(frame, car, data);
    race::around(frame, around, data);
}

/// The layout for 80 by 24.
fn small(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let [upper, strip, lower] =
        Layout::vertical([Constraint::Length(9), Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let [drive, lap] = Layout::horizontal([Constraint::Length(44), Constraint::Fill(1)]).areas(upper);
    driving::draw(frame, drive, data);
    lap::draw(frame, lap, data);
    frame.render_widget(race::strip(data), strip);
    let [traces, wheels, gg] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(30), Constraint::Length(20)]).areas(lower);
    traces::draw(frame, traces, data);
    tyres::draw(frame, wheels, data);
    gg::draw(frame, gg, data);
}

/// The most important lines, without frames.
fn tiny(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let width = usize::from(area.width);
    let mut lines: Vec<Line<'_>> = vec![driving::small(data), driving::engine(data, width)];
    lines.extend(lap::lines(data, width).into_iter().take(3));
    lines.extend(driving::pedals(data, width));
    lines.push(race::strip(data));
    frame.render_widget(Paragraph::new(lines), area);
}
