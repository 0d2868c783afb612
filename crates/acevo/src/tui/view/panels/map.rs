//! The map of the track with all cars.

use acevo_telemetry::analysis::Gap;
use acevo_telemetry::to_map;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::canvas::{Canvas, Context, Points};

use crate::tui::theme::{BLUE, DARK, ORANGE, SILVER, VIOLET, bold, colored};
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{boxed_with, quiet, remark};

/// Points of a Braille cell, across and down.
const DOTS: (f64, f64) = (2.0, 4.0);

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let outline = &data.snapshot.outline;
    let place = data.snapshot.lap.as_ref().and_then(|lap| lap.lap_position);
    let aside = place.map_or_else(Line::default, |place| Line::from(quiet(format!(" {:.0} % ", place * 100.0))));
    let inner = boxed_with(frame, area, "Track", aside);
    let path: Vec<_> = data.snapshot.path.iter().map(|[x, z]| to_map((*x).into(), (*z).into())).collect();
    let points = from_above(outline.points());
    let all = if points.is_empty() { &path } else { &points };
    if all.len() < 2 {
        remark(frame, inner, "the map appears as you drive your first lap");
        return;
    }
    let view = View::of([extent(all, 0), extent(all, 1)], inner);
    let canvas = Canvas::default()
        .marker(Marker::Braille)
        .x_bounds(view.x)
        .y_bounds(view.y)
        .paint(|context| paint(context, data, &points, &path));
    frame.render_widget(canvas, inner);
}

/// Map coordinates of points of the world.
fn from_above(points: &[[f64; 3]]) -> Vec<[f64; 2]> {
    points.iter().map(|[x, _, z]| to_map(*x, *z)).collect()
}

/// Smallest and largest coordinate of points along an axis.
fn extent(points: &[[f64; 2]], axis: usize) -> [f64; 2] {
    let values = points.iter().map(|point| point[axis]);
    values.fold([f64::MAX, f64::MIN], |[min, max], value| [min.min(value), max.max(value)])
}

/// The visible part of the map, in metres: to the right, and up.
struct View {
    x: [f64; 2],
    y: [f64; 2],
}

impl View {
    /// The part that holds these extents, with the same scale in both directions.
    fn of([x, y]: [[f64; 2]; 2], area: Rect) -> Self {
        let dots = [f64::from(area.width) * DOTS.0, f64::from(area.height) * DOTS.1];
        // A margin for the symbols of cars at the edge.
        let per_dot = [x, y].into_iter().zip(dots).map(|(reach, dots)| (reach[1] - reach[0]) / (dots - 4.0).max(1.0));
        let per_dot = per_dot.fold(0.5, f64::max);
        let around = |reach: [f64; 2], dots: f64| {
            let (middle, half) = (f64::midpoint(reach[0], reach[1]), (per_dot * dots / 2.0).max(1.0));
            [middle - half, middle + half]
        };
        Self { x: around(x, dots[0]), y: around(y, dots[1]) }
    }
}

fn paint(context: &mut Context<'_>, data: &ViewData<'_>, points: &[[f64; 2]], path: &[[f64; 2]]) {
    let mut dots = |points: &[[f64; 2]], color| {
        let coords: Vec<_> = points.iter().map(|[x, y]| (*x, *y)).collect();
        context.draw(&Points { coords: &coords, color });
    };
    if let Some(pits) = data.snapshot.outline.pit_lane() {
        dots(&from_above(pits.points()), DARK);
    }
    dots(points, SILVER);
    dots(path, SILVER);
    if let Some([x, y]) = points.first() {
        context.print(*x, *y, Span::styled("┃", bold()));
    }
    let Some(player) = data.pages.graphics.player_car() else { return };
    let gaps = &data.snapshot.cars;
    let neighbours = [ahead(gaps), behind(gaps)].map(|gap| gap.map(|gap| gap.id));
    for car in data.pages.graphics.cars().filter(|car| car.id != player.id) {
        let (sign, color) = match Some(car.id) {
            id if id == neighbours[0] => ("▲", ORANGE),
            id if id == neighbours[1] => ("▼", VIOLET),
            _ => ("•", Color::Reset),
        };
        draw_car(context, car.coordinates, Span::styled(sign, colored(color)));
    }
    draw_car(context, player.coordinates, Span::styled("◆", bold().fg(BLUE)));
}

fn draw_car(context: &mut Context<'_>, [x, _, z]: [f32; 3], sign: Span<'static>) {
    if x.is_finite() && z.is_finite() {
        let [x, y] = to_map(x.into(), z.into());
        context.print(x, y, sign);
    }
}

/// The nearest car ahead on the track.
pub(crate) fn ahead(cars: &[Gap]) -> Option<&Gap> {
    cars.iter().rev().find(|car| car.gap_m > 0.0 && !car.is_in_pit_lane)
}

/// The nearest car behind, or beside, on the track.
pub(crate) fn behind(cars: &[Gap]) -> Option<&Gap> {
    cars.iter().find(|car| car.gap_m <= 0.0 && !car.is_in_pit_lane)
}
