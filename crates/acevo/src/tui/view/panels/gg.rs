//! The g-g diagram: lateral and longitudinal acceleration over the last seconds.

use ratatui::Frame;
use ratatui::layout::{Constraint, Flex, Layout, Rect};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::canvas::{Canvas, Circle, Line as Stroke, Points};

use crate::format::text::NONE;
use crate::tui::theme::{BLUE, DARK, GREY, bold};
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{boxed_with, quiet, remark};

/// Ranges of the diagram in g.
const RANGES: [f64; 4] = [1.5, 2.5, 4.0, 6.0];

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let points: Vec<(f64, f64)> =
        data.snapshot.history.iter().filter_map(|sample| sample.g).map(|[x, y]| (x.into(), y.into())).collect();
    let most = points.iter().fold(0.0, |most: f64, (x, y)| most.max(x.abs()).max(y.abs()));
    let reach = RANGES.into_iter().find(|reach| most <= *reach).unwrap_or(RANGES[3]);
    let rings = if reach < 2.0 { vec![0.5, 1.0, 1.5] } else { (1..=reach as u32).map(f64::from).collect() };
    let inner = boxed_with(frame, area, "g-g", Line::from(quiet(format!(" {reach} g "))));
    let Some(last) = points.last().copied() else {
        remark(frame, inner, "Calibrating: drive for about 30 s");
        return;
    };
    // The last point is outdated while physics is not current.
    let newest = data.physics().map(|_| last);
    let [plot, text] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(u16::from(inner.height > 6))]).areas(inner);
    let side = plot.height.saturating_mul(2).min(plot.width);
    let [plot] = Layout::horizontal([Constraint::Length(side)]).flex(Flex::Center).areas(plot);
    let [plot] = Layout::vertical([Constraint::Length(side.div_ceil(2))]).flex(Flex::Center).areas(plot);
    let canvas = Canvas::default().marker(Marker::Braille).x_bounds([-reach, reach]).y_bounds([-reach, reach]).paint(
        |context| {
            for ring in &rings {
                context.draw(&Circle { x: 0.0, y: 0.0, radius: *ring * 0.99, color: DARK });
            }
            context.draw(&Stroke { x1: -reach, y1: 0.0, x2: reach, y2: 0.0, color: DARK });
            context.draw(&Stroke { x1: 0.0, y1: -reach, x2: 0.0, y2: reach, color: DARK });
            let fresh = points.len().saturating_sub(50);
            context.draw(&Points { coords: &points[..fresh], color: GREY });
            context.draw(&Points { coords: &points[fresh..], color: BLUE });
            if let Some((x, y)) = newest {
                context.print(x.clamp(-reach, reach), y.clamp(-reach, reach), Span::styled("●", bold()));
            }
        },
    );
    frame.render_widget(canvas, plot);
    let sign = |value: Option<f64>| value.map_or_else(|| NONE.into(), |value| format!("{value:+.2}"));
    let (x, y) = (newest.map(|(x, _)| x), newest.map(|(_, y)| y));
    let names = if inner.width < 30 { ["x ", "  y "] } else { ["lateral ", "  longit. "] };
    let line = Line::from(vec![quiet(names[0]), Span::raw(sign(x)), quiet(names[1]), Span::raw(sign(y))]);
    frame.render_widget(line.centered(), text);
}
