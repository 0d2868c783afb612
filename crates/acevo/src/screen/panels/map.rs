//! The track from above with everybody on it. That X points to the right of Z is a guess: if it is wrong, this is a mirror image.

use acevo_telemetry::analysis::{Gap, Outline};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::canvas::{Canvas, Context, Points};

use crate::screen::Now;
use crate::screen::theme::{BLUE, DARK, ORANGE, SILVER, VIOLET, bold, colored};
use crate::screen::widgets::{boxed_with, quiet, remark};

/// Points of Braille cells, which are twice as many downwards.
const DOTS: (f64, f64) = (2.0, 4.0);

pub(in crate::screen) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let outline = &now.seen.outline;
    let place = now.seen.lap.as_ref().and_then(|lap| lap.place);
    let aside = place.map_or_else(Line::default, |place| Line::from(quiet(format!(" {:.0} % ", place * 100.0))));
    let inner = boxed_with(frame, area, "Track", aside);
    let way = &now.seen.way;
    let (x, y) = match outline.bounds() {
        Some(bounds) => ([bounds.min[0], bounds.max[0]], [bounds.min[2], bounds.max[2]]),
        None if way.len() < 2 => {
            remark(frame, inner, "the track shows as it is driven");
            return;
        }
        None => (reach(way, 0), reach(way, 1)),
    };
    let view = View::of([x, y], inner);
    let canvas = Canvas::default()
        .marker(Marker::Braille)
        .x_bounds(view.x)
        .y_bounds(view.y)
        .paint(|context| paint(context, now, outline));
    frame.render_widget(canvas, inner);
}

/// From where to where a way goes along an axis.
fn reach(way: &[[f32; 2]], axis: usize) -> [f64; 2] {
    let values = way.iter().map(|point| f64::from(point[axis]));
    values.fold([f64::MAX, f64::MIN], |[min, max], value| [min.min(value), max.max(value)])
}

/// What part of the world is seen, in metres.
struct View {
    x: [f64; 2],
    y: [f64; 2],
}

impl View {
    /// Everything within, as large as it fits, as wide as high.
    fn of([x, y]: [[f64; 2]; 2], area: Rect) -> Self {
        let dots = [f64::from(area.width) * DOTS.0, f64::from(area.height) * DOTS.1];
        // A margin for the signs of cars at the edge.
        let per_dot = [x, y].into_iter().zip(dots).map(|(reach, dots)| (reach[1] - reach[0]) / (dots - 4.0).max(1.0));
        let per_dot = per_dot.fold(0.5, f64::max);
        let around = |reach: [f64; 2], dots: f64| {
            let (middle, half) = (f64::midpoint(reach[0], reach[1]), (per_dot * dots / 2.0).max(1.0));
            [middle - half, middle + half]
        };
        Self { x: around(x, dots[0]), y: around(y, dots[1]) }
    }
}

fn paint(context: &mut Context<'_>, now: &Now<'_>, outline: &Outline) {
    let seen_from_above = |points: &[[f64; 3]]| points.iter().map(|point| (point[0], point[2])).collect::<Vec<_>>();
    if let Some(pits) = outline.pit_lane() {
        context.draw(&Points { coords: &seen_from_above(pits.points()), color: DARK });
    }
    context.draw(&Points { coords: &seen_from_above(outline.points()), color: SILVER });
    let way = now.seen.way.iter().map(|[x, z]| (f64::from(*x), f64::from(*z))).collect::<Vec<_>>();
    context.draw(&Points { coords: &way, color: SILVER });
    if let Some(line) = outline.at(0.0) {
        context.print(line.position[0], line.position[2], Span::styled("┃", bold()));
    }
    let Some(player) = now.pages.graphics.player_car() else { return };
    let gaps = &now.seen.cars;
    let neighbours = [ahead(gaps), behind(gaps)].map(|gap| gap.map(|gap| gap.id));
    for car in now.pages.graphics.cars().filter(|car| car.id != player.id) {
        let (sign, color) = match Some(car.id) {
            id if id == neighbours[0] => ("▲", ORANGE),
            id if id == neighbours[1] => ("▼", VIOLET),
            _ => ("•", Color::Reset),
        };
        put(context, car.coordinates, Span::styled(sign, colored(color)));
    }
    put(context, player.coordinates, Span::styled("◆", bold().fg(BLUE)));
}

fn put(context: &mut Context<'_>, [x, _, z]: [f32; 3], sign: Span<'static>) {
    if x.is_finite() && z.is_finite() {
        context.print(x.into(), z.into(), sign);
    }
}

/// The nearest car ahead on the track.
pub(in crate::screen) fn ahead(cars: &[Gap]) -> Option<&Gap> {
    cars.iter().rev().find(|car| car.gap_m > 0.0 && !car.is_in_pit_lane)
}

/// The nearest car behind, or beside, on the track.
pub(in crate::screen) fn behind(cars: &[Gap]) -> Option<&Gap> {
    cars.iter().find(|car| car.gap_m <= 0.0 && !car.is_in_pit_lane)
}
