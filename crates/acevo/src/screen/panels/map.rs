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
    let Some(bounds) = outline.bounds().filter(|_| inner.width > 2 && inner.height > 1) else {
        remark(frame, inner, "the track is learned on the first lap");
        return;
    };
    let middle = [0, 2].map(|axis| f64::midpoint(bounds.min[axis], bounds.max[axis]));
    let (wide, high) = (f64::from(inner.width) * DOTS.0, f64::from(inner.height) * DOTS.1);
    // A margin for the signs of cars at the edge.
    let per_dot = ((bounds.max[0] - bounds.min[0]) / (wide - 4.0)).max((bounds.max[2] - bounds.min[2]) / (high - 4.0));
    let half = [wide, high].map(|dots| (per_dot * dots / 2.0).max(1.0));
    let canvas = Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([middle[0] - half[0], middle[0] + half[0]])
        .y_bounds([middle[1] - half[1], middle[1] + half[1]])
        .paint(|context| paint(context, now, outline));
    frame.render_widget(canvas, inner);
}

fn paint(context: &mut Context<'_>, now: &Now<'_>, outline: &Outline) {
    let seen_from_above = |points: &[[f64; 3]]| points.iter().map(|point| (point[0], point[2])).collect::<Vec<_>>();
    if let Some(pits) = outline.pit_lane() {
        context.draw(&Points { coords: &seen_from_above(pits.points()), color: DARK });
    }
    context.draw(&Points { coords: &seen_from_above(outline.points()), color: SILVER });
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
