//! Pedals, and traces of pedals, steering and speed over the last seconds.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use ratatui::widgets::canvas::{Canvas, Line as Stroke};

use super::driving::pedals;
use crate::session::history::{GAP_S, SPAN, Sample};
use crate::tui::theme::{BLUE, DARK, ORANGE, SILVER, VIOLET};
use crate::tui::units::UnitsExt as _;
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{boxed, quiet, remark};

/// Rows from which on the speed trace is shown.
const MIN_ROWS_FOR_SPEED: u16 = 16;

/// Rows from which on the steering trace is shown.
const MIN_ROWS_FOR_STEERING: u16 = 9;

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let inner = boxed(frame, area, "Pedals");
    let lines = pedals(data, usize::from(inner.width));
    let [bars, traces] = Layout::vertical([Constraint::Length(lines.len() as u16), Constraint::Fill(1)]).areas(inner);
    frame.render_widget(Paragraph::new(lines), bars);
    let samples = &data.snapshot.history;
    if samples.len() < 2 {
        remark(frame, traces, "traces of the last ten seconds");
        return;
    }
    let throttle = Curve { of: |sample| sample.throttle, color: BLUE };
    let brake = Curve { of: |sample| sample.brake, color: ORANGE };
    let steering = Curve { of: |sample| sample.steering, color: VIOLET };
    let speed = Curve { of: |sample| sample.speed, color: SILVER };
    if traces.height < MIN_ROWS_FOR_STEERING {
        lane(frame, traces, samples, (0.0, 1.0), None, &[throttle, brake]);
        return;
    }
    let with_speed = traces.height >= MIN_ROWS_FOR_SPEED;
    let third = if with_speed { 3 } else { 0 };
    let [upper, steer, fast, below] =
        Layout::vertical([Constraint::Fill(4), Constraint::Fill(3), Constraint::Fill(third), Constraint::Length(1)])
            .spacing(u16::from(with_speed))
            .areas(traces);
    lane(frame, upper, samples, (0.0, 1.0), None, &[throttle, brake]);
    lane(frame, steer, samples, (-1.0, 1.0), Some("steer"), &[steering]);
    if with_speed {
        let top = samples.iter().fold(100.0, |top: f32, sample| top.max(sample.speed));
        let kmh = (f64::from(top) / 50.0).ceil() * 50.0;
        let label = format!("{:.0} {}", data.units.speed(kmh as f32), data.units.speed_unit());
        lane(frame, fast, samples, (0.0, kmh), Some(&label), &[speed]);
    }
    let [left, right] = Layout::horizontal([Constraint::Fill(1); 2]).areas(below);
    frame.render_widget(quiet(format!("-{} s", SPAN.as_secs())), left);
    frame.render_widget(Line::from(quiet("now")).right_aligned(), right);
}

struct Curve {
    of: fn(&Sample) -> f32,
    color: Color,
}

/// Curves over the last seconds, the newest values at the right.
fn lane(
    frame: &mut Frame<'_>,
    area: Rect,
    samples: &[Sample],
    bounds: (f64, f64),
    label: Option<&str>,
    curves: &[Curve],
) {
    let end = samples.last().map_or(0.0, |sample| sample.at_s);
    let span = SPAN.as_secs_f64();
    // Half a point beyond the bounds, so that values at the bounds are visible.
    let margin = (bounds.1 - bounds.0) / (f64::from(area.height.max(1)) * 8.0);
    let canvas = Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([-span, 0.0])
        .y_bounds([bounds.0 - margin, bounds.1 + margin])
        .paint(|context| {
            let base = if bounds.0 < 0.0 { 0.0 } else { bounds.0 };
            context.draw(&Stroke { x1: -span, y1: base, x2: 0.0, y2: base, color: DARK });
            for curve in curves {
                for pair in samples.windows(2) {
                    let [a, b] = [&pair[0], &pair[1]];
                    if b.at_s - a.at_s > GAP_S {
                        continue;
                    }
                    let at = |sample: &Sample| (f64::from(sample.at_s - end), f64::from((curve.of)(sample)));
                    let ((x1, y1), (x2, y2)) = (at(a), at(b));
                    context.draw(&Stroke { x1: x1.max(-span), y1, x2: x2.max(-span), y2, color: curve.color });
                }
            }
        });
    frame.render_widget(canvas, area);
    if let Some(label) = label {
        frame.render_widget(quiet(label), area);
    }
}
