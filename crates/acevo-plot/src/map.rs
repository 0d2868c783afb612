//! The map: the driven line from above, coloured by a channel.

use acevo_telemetry::corners::Direction;
use acevo_telemetry::traces::{LapTraces, MAX_GAP, interpolate};
use acevo_telemetry::{Channel, to_map};

use super::axis::{Scale, extremes, round_step};
use super::scene::{Anchor, Color, Point, Rect, Scene};
use super::theme::sequential;
use super::traces::DELTA;
use super::{Laps, Style, corners, font, heading};

/// Number of colours of a scale. Consecutive points of the same colour become one line.
const SHADES: f64 = 64.0;

/// The largest deltas, one in this many, are clipped: a single slide does not turn the rest of the lap grey.
const CLIPPED: usize = 50;

/// Fraction of a lap over which the slope of the delta is measured, centred at the lap position.
const WINDOW: f64 = 0.01;

/// Colours of the line.
struct Coloring {
    title: String,
    scale: Scale,
    /// Segments of (lap position, value).
    values: Vec<Vec<(f64, f64)>>,
    is_delta: bool,
}

pub(super) fn draw(scene: &mut Scene, area: Rect, laps: &Laps<'_>, channel: &Channel, style: &Style) {
    let (colors, size) = (&style.colors, style.font_size);
    let path = path(laps.main);
    let Some(view) = View::new(&path, area.inset(size * 2.5, size * 2.5, size * 8.0, size * 4.0)) else {
        let middle = (f64::midpoint(area.left, area.right), f64::midpoint(area.top, area.bottom));
        scene.text(middle, size, Anchor::Middle, colors.muted, "no positions");
        return;
    };
    let width = (area.width().min(area.height()) / 75.0).clamp(2.0, size * 0.8);
    for segment in path.chunk_by(|a, b| (b.0 - a.0).abs() <= MAX_GAP) {
        let points = segment.iter().map(|point| view.at(point.1, point.2)).collect();
        scene.line(points, width + size * 0.35, colors.axis);
    }
    let coloring = Coloring::new(laps, channel, style);
    if let Some(coloring) = &coloring {
        coloring.draw_line(scene, &path, &view, width, style);
        coloring.draw_legend(scene, area, style);
    }
    draw_marks(scene, laps.main, &path, &view, style);
    view.draw_scale_bar(scene, area, style);
}

/// The driven line in map coordinates: lap position, metres to the right, metres up.
fn path(lap: &LapTraces) -> Vec<(f64, f64, f64)> {
    let mapped = |(position, x, z)| {
        let [right, up] = to_map(x, z);
        (position, right, up)
    };
    lap.pairs("position_x", "position_z").into_iter().map(mapped).collect()
}

/// Converts metres of the map to pixels.
struct View {
    middle: (f64, f64),
    centre: Point,
    pixels_per_m: f64,
}

impl View {
    fn new(path: &[(f64, f64, f64)], plot: Rect) -> Option<Self> {
        let x = extremes(path.iter().map(|point| point.1))?;
        let y = extremes(path.iter().map(|point| point.2))?;
        // At least a metre, also for a car that has not moved.
        let (width, height) = ((x.1 - x.0).max(1.0), (y.1 - y.0).max(1.0));
        Some(Self {
            middle: (f64::midpoint(x.0, x.1), f64::midpoint(y.0, y.1)),
            centre: (f64::midpoint(plot.left, plot.right), f64::midpoint(plot.top, plot.bottom)),
            pixels_per_m: (plot.width().max(1.0) / width).min(plot.height().max(1.0) / height),
        })
    }

    fn at(&self, right: f64, up: f64) -> Point {
        let (right, up) = (right - self.middle.0, up - self.middle.1);
        (self.centre.0 + right * self.pixels_per_m, self.centre.1 - up * self.pixels_per_m)
    }

    fn draw_scale_bar(&self, scene: &mut Scene, area: Rect, style: &Style) {
        let (colors, size) = (&style.colors, style.font_size);
        let metres = round_step(size * 6.0 / self.pixels_per_m);
        let (left, y) = (area.left + size, area.bottom - size * 1.2);
        let right = left + metres * self.pixels_per_m;
        let end = size * 0.35;
        let bracket = vec![(left, y - end), (left, y), (right, y), (right, y - end)];
        scene.line(bracket, style.hairline * 1.5, colors.text);
        let text = if metres >= 1000.0 { format!("{} km", metres / 1000.0) } else { format!("{metres} m") };
        scene.text((f64::midpoint(left, right), y - size * 0.9), size * 0.9, Anchor::Middle, colors.text, text);
    }
}

impl Coloring {
    fn new(laps: &Laps<'_>, channel: &Channel, style: &Style) -> Option<Self> {
        if let (DELTA, Some(against)) = (channel.id(), laps.against) {
            return Self::delta(laps.main, against);
        }
        let values = laps.main.segments(channel.id(), style.units);
        let (min, max) = extremes(values.iter().flatten().map(|point| point.1))?;
        Some(Self { title: heading(channel, style.units), scale: Scale::new(min, max), values, is_delta: false })
    }

    /// Colours by the slope of the delta: seconds lost per 100 m, or per 1 % of the lap if the track length is unknown.
    fn delta(main: &LapTraces, against: &LapTraces) -> Option<Self> {
        let delta = main.delta_to(against);
        let (per, unit) = match main.length_m.filter(|length| *length >= 1.0) {
            Some(length) => (100.0 / length, "s per 100 m"),
            None => (0.01, "s per 1 %"),
        };
        let slope = |position: f64| {
            let (from, to) = ((position - WINDOW / 2.0).max(0.0), (position + WINDOW / 2.0).min(1.0));
            Some((interpolate(&delta, to)? - interpolate(&delta, from)?) / (to - from) * per)
        };
        let slopes = |segment: &Vec<(f64, f64)>| -> Vec<_> {
            segment.iter().filter_map(|(position, _)| Some((*position, slope(*position)?))).collect()
        };
        let values: Vec<Vec<(f64, f64)>> = delta.iter().map(slopes).collect();
        let mut magnitudes: Vec<f64> = values.iter().flatten().map(|point| point.1.abs()).collect();
        magnitudes.sort_by(f64::total_cmp);
        let limit = magnitudes.get(magnitudes.len().checked_sub(1 + magnitudes.len() / CLIPPED)?)?.max(1e-3);
        Some(Self { title: format!("Time lost ({unit})"), scale: Scale::new(-limit, limit), values, is_delta: true })
    }

    fn color(&self, value: f64, style: &Style) -> Color {
        let fraction = (self.scale.fraction(value).clamp(0.0, 1.0) * SHADES).round() / SHADES;
        if self.is_delta { style.theme.diverging(fraction) } else { sequential(fraction) }
    }

    fn draw_line(&self, scene: &mut Scene, path: &[(f64, f64, f64)], view: &View, width: f64, style: &Style) {
        let mut line: Option<(Vec<Point>, Color)> = None;
        let mut previous: Option<f64> = None;
        for (position, right, up) in path {
            let color = interpolate(&self.values, *position).map(|value| self.color(value, style));
            let is_connected = previous.is_some_and(|previous| position - previous <= MAX_GAP);
            let point = view.at(*right, *up);
            previous = Some(*position);
            match (&mut line, color) {
                (Some((points, current)), Some(color)) if is_connected => {
                    points.push(point);
                    if *current != color {
                        let finished = std::mem::replace(points, vec![point]);
                        scene.line(finished, width, std::mem::replace(current, color));
                    }
                }
                (_, color) => {
                    if let Some((points, color)) = line.take() {
                        scene.line(points, width, color);
                    }
                    line = color.map(|color| (vec![point], color));
                }
            }
        }
        if let Some((points, color)) = line {
            scene.line(points, width, color);
        }
    }

    /// Draws the colour scale, at the right.
    fn draw_legend(&self, scene: &mut Scene, area: Rect, style: &Style) {
        let (colors, size) = (&style.colors, style.font_size);
        let height = (area.height() * 0.6).min(size * 22.0);
        let middle = f64::midpoint(area.top, area.bottom);
        let right = area.right - size * 4.0;
        let bar = Rect { left: right - size * 0.9, right, top: middle - height / 2.0, bottom: middle + height / 2.0 };
        let steps = SHADES as u32;
        for step in 0..steps {
            let (from, to) = (f64::from(step) / SHADES, f64::from(step + 1) / SHADES);
            let value = self.scale.min + (self.scale.max - self.scale.min) * f64::midpoint(from, to);
            // Steps overlap, so that no gap is visible between them.
            let top = (bar.bottom - to * height).floor();
            let bottom = (bar.bottom - from * height + 0.5).min(bar.bottom);
            scene.rect(Rect { top, bottom, ..bar }, self.color(value, style));
        }
        for (value, text) in self.scale.ticks((height / (size * 2.2)) as usize, 0.0) {
            let y = bar.bottom - self.scale.fraction(value) * height;
            scene.line(vec![(bar.right, y), (bar.right + size * 0.3, y)], style.hairline, colors.muted);
            scene.text((bar.right + size * 0.6, y), size * 0.9, Anchor::Start, colors.muted, text);
        }
        scene.text((area.right - size * 0.4, bar.top - size * 1.2), size, Anchor::End, colors.text, self.title.clone());
    }
}

/// A point of the driven line, and the directions along it and across it, as pixels of length 1.
struct Place {
    at: Point,
    along: Point,
    across: Point,
}

/// The place at a lap position; `None` without samples nearby.
fn place(path: &[(f64, f64, f64)], view: &View, position: f64) -> Option<Place> {
    let after = path.partition_point(|point| point.0 < position).max(1);
    let (a, b) = (path.get(after - 1)?, path.get(after)?);
    let (from, to) = (view.at(a.1, a.2), view.at(b.1, b.2));
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    let is_known = (b.0 - position).abs() <= MAX_GAP && length > 0.0;
    is_known.then(|| Place { at: to, along: (dx / length, dy / length), across: (-dy / length, dx / length) })
}

/// A name beside the line: `side` is 1 or -1 times [`Place::across`]. Returns its position, its anchor, and the box that it takes.
fn beside(place: &Place, side: f64, size: f64, text: &str) -> (Point, Anchor, Rect) {
    let across = (place.across.0 * side, place.across.1 * side);
    let at = (place.at.0 + across.0 * size * 1.3, place.at.1 + across.1 * size * 1.7);
    let width = font::width(text, size);
    let (anchor, left) = match across.0 {
        along if along > 0.4 => (Anchor::Start, at.0),
        along if along < -0.4 => (Anchor::End, at.0 - width),
        _ => (Anchor::Middle, at.0 - width / 2.0),
    };
    let margin = size * 0.6;
    (
        at,
        anchor,
        Rect { left: left - size * 0.2, right: left + width + size * 0.2, top: at.1 - margin, bottom: at.1 + margin },
    )
}

/// Draws marks across the line at the start line and at the ends of sectors, an arrow in the driving direction, and the numbers of corners.
fn draw_marks(scene: &mut Scene, lap: &LapTraces, path: &[(f64, f64, f64)], view: &View, style: &Style) {
    let (colors, size) = (&style.colors, style.font_size);
    let mut taken: Vec<Rect> = Vec::new();
    let sectors = lap.sector_ends.iter().enumerate().map(|(index, end)| (*end, format!("S{}", index + 2), false));
    for (position, name, is_start) in [(0.0, "Start".to_owned(), true)].into_iter().chain(sectors) {
        let Some(place) = place(path, view, position) else { continue };
        // Names are outside, away from the centre of the track.
        let outwards = (place.at.0 - view.centre.0) * place.across.0 + (place.at.1 - view.centre.1) * place.across.1;
        let side = if outwards < 0.0 { -1.0 } else { 1.0 };
        let out = |distance: f64| {
            (place.at.0 + place.across.0 * side * distance, place.at.1 + place.across.1 * side * distance)
        };
        let (half, width) = if is_start { (size * 0.9, 3.0) } else { (size * 0.7, 2.0) };
        scene.line(vec![out(-half), out(half)], style.hairline * width, colors.text);
        let (at, anchor, rect) = beside(&place, side, size, &name);
        scene.text(at, size, anchor, colors.text, name);
        taken.push(rect);
        if is_start {
            let (x, y) = out(-size * 1.8);
            draw_arrow(scene, (x, y), &place, style);
            let reach = size * 1.2;
            taken.push(Rect { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach });
        }
    }
    for corner in &style.corners {
        let Some(place) = place(path, view, corner.apex) else { continue };
        let text = corners::label(corner);
        // Outside of the bend there is more room; Y is downwards, so the right is at `across`.
        let outside = if corner.direction == Direction::Right { -1.0 } else { 1.0 };
        let places = [outside, -outside].map(|side| beside(&place, side, size, &text));
        let free = |rect: &Rect| !taken.iter().any(|other| overlap(rect, other));
        if let Some((at, anchor, rect)) = places.into_iter().find(|(_, _, rect)| free(rect)) {
            scene.text(at, size, anchor, colors.muted, text);
            taken.push(rect);
        }
    }
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

/// Draws an arrow in the driving direction.
fn draw_arrow(scene: &mut Scene, base: Point, place: &Place, style: &Style) {
    let (color, size) = (style.colors.text, style.font_size);
    let tip = |along: f64, sideways: f64| {
        (
            base.0 + place.along.0 * along + place.across.0 * sideways,
            base.1 + place.along.1 * along + place.across.1 * sideways,
        )
    };
    let (length, width) = (size * 1.1, size * 0.35);
    scene.line(vec![tip(-length, 0.0), tip(length, 0.0)], style.hairline * 1.5, color);
    let head = vec![tip(length - width, width), tip(length, 0.0), tip(length - width, -width)];
    scene.line(head, style.hairline * 1.5, color);
}
