//! Traces over the distance: one panel per channel, with a common axis.

use std::ops::RangeInclusive;
use std::time::Duration;

use acevo_telemetry::traces::LapTraces;
use acevo_telemetry::{Channel, Unit, UnitSystem, format_sector_time};

use super::axis::Scale;
use super::scene::{Anchor, Color, Point, Rect, Scene, pixel_centre};
use super::{Laps, PlotError, Style, corners, font, heading};

/// The channel of the delta: computed against the reference lap if there is one, otherwise the delta published by the game.
pub(crate) const DELTA: &str = "delta";

/// Minimum height of a panel, in multiples of the font size.
const MIN_HEIGHT: f64 = 2.2;

/// Height of a row of texts above the panels, in multiples of the font size.
const ROW: f64 = 1.35;

/// Ends of sectors that differ by less are the same, as a part of the lap.
const SAME_END: f64 = 0.001;

/// Maximum number of grid lines in a panel.
const MAX_LINES: usize = 7;

/// Draws the traces of these channels.
///
/// # Errors
/// If the panels do not fit into the height of the area.
pub(super) fn draw(
    scene: &mut Scene,
    area: Rect,
    laps: &Laps<'_>,
    channels: &[&'static Channel],
    style: &Style,
) -> Result<(), PlotError> {
    let size = style.font_size;
    // Margins for tick labels at the left, the axis at the bottom, and at the top for a row of corners and one of sectors for each lap.
    let has_corners = !style.corners.is_empty();
    let laps_with_sectors = laps.colored(&style.colors);
    let rows = laps_with_sectors.len() + usize::from(has_corners);
    let top = size * (0.4 + ROW * rows as f64);
    let plots = area.inset(size * 4.2, top, size * 0.4, size * 3.4);
    let row = |index: usize| area.top + size * (0.6 + ROW * index as f64);
    let gap = size * 1.9;
    let weights: Vec<f64> = channels.iter().map(|channel| weight(channel)).collect();
    let height = plots.height() - gap * channels.len() as f64;
    let unit = height / weights.iter().sum::<f64>().max(1.0);
    if !weights.iter().all(|weight| weight * unit >= size * MIN_HEIGHT) {
        return Err(PlotError::TooManyChannels { channels: channels.len() });
    }
    let x = DistanceAxis {
        left: plots.left,
        width: plots.width(),
        length_m: laps.main.length_m,
        range: style.range.clone(),
    };
    for (index, (lap, color)) in laps_with_sectors.iter().enumerate() {
        let color = if laps_with_sectors.len() == 1 { style.colors.muted } else { *color };
        draw_sector_names(scene, row(index), (laps.main, lap), (style, color), &x);
    }
    if has_corners {
        corners::draw_numbers(scene, plots, row(rows - 1), &style.corners, style, &x);
    }
    let mut top = plots.top + gap;
    for (channel, weight) in channels.iter().zip(weights) {
        let panel = Rect { top, bottom: top + weight * unit, ..plots };
        draw_panel(scene, panel, laps, channel, style, &x);
        top = panel.bottom + gap;
    }
    draw_axis(scene, plots, style, &x);
    Ok(())
}

/// Relative height of a channel's panel.
fn weight(channel: &Channel) -> f64 {
    match channel.id() {
        "speed" => 2.2,
        DELTA => 1.3,
        "gear" => 0.8,
        _ => 1.0,
    }
}

/// The horizontal axis: lap positions as pixels.
pub(super) struct DistanceAxis {
    left: f64,
    width: f64,
    length_m: Option<f64>,
    /// The lap positions at both ends.
    range: RangeInclusive<f64>,
}

impl DistanceAxis {
    pub(super) fn at(&self, position: f64) -> f64 {
        self.left + (position - self.range.start()) / (self.range.end() - self.range.start()) * self.width
    }

    pub(super) fn contains(&self, position: f64) -> bool {
        self.range.contains(&position)
    }

    /// Length of a lap in the unit of the axis, and the title of the axis.
    fn length(&self) -> (f64, &'static str) {
        match self.length_m.filter(|length| *length >= 1.0 && *length < 1e6) {
            Some(length) => (length, "Distance (m)"),
            None => (100.0, "Lap position (%)"),
        }
    }
}

fn draw_panel(scene: &mut Scene, panel: Rect, laps: &Laps<'_>, channel: &Channel, style: &Style, x: &DistanceAxis) {
    let (colors, size) = (&style.colors, style.font_size);
    let is_delta = channel.id() == DELTA && laps.against.is_some();
    let colored = laps.colored(colors);
    // The main lap is drawn last, over the others.
    let curves: Vec<_> = match &colored[..] {
        [(main, color), (against, _)] if is_delta => vec![(main.delta_to(against), *color)],
        [(main, _), others @ ..] if is_delta => {
            others.iter().map(|(lap, color)| (lap.delta_to(main), *color)).collect()
        }
        _ => colored.iter().rev().map(|(lap, color)| (lap.segments(channel.id(), style.units), *color)).collect(),
    };
    let values = curves.iter().flat_map(|(segments, _)| segments.iter().flatten().map(|point| point.1));
    let scale = scale_of(channel, values, style.units, is_delta);

    scene.rect(panel, colors.panel);
    corners::draw_bands(scene, panel, &style.corners, style, x);
    let title = match laps.against {
        Some(_) if is_delta && colored.len() > 2 => {
            format!("Delta to {} (s), positive is slower", laps.main.title().to_lowercase())
        }
        Some(against) if is_delta => {
            format!("Delta to {} (s), positive is slower", against.title().to_lowercase())
        }
        _ => heading(channel, style.units),
    };
    let title = font::fit(&title, size, panel.width());
    scene.text((panel.left, panel.top - size * 0.85), size, Anchor::Start, colors.text, title);
    let Some(scale) = scale else {
        let middle = (f64::midpoint(panel.left, panel.right), f64::midpoint(panel.top, panel.bottom));
        scene.text(middle, size, Anchor::Middle, colors.muted, "no values");
        return;
    };
    let y = |value: f64| panel.bottom - scale.fraction(value) * panel.height();
    let max_lines = ((panel.height() / (size * 1.4)) as usize).min(MAX_LINES);
    // Channels without decimals, such as the gear, have no ticks between integers.
    let min_step = if channel.decimals_in(channel.display_unit(style.units)) == 0 { 1.0 } else { 0.0 };
    for (value, text) in scale.ticks(max_lines, min_step) {
        let at = pixel_centre(y(value));
        let is_zero = value == 0.0 && scale.min < 0.0;
        let color = if is_zero { colors.axis } else { colors.grid };
        scene.line(vec![(panel.left, at), (panel.right, at)], style.hairline, color);
        scene.text((panel.left - size * 0.5, at), size * 0.9, Anchor::End, colors.muted, text);
    }
    for end in sector_ends(laps.main).filter(|end| x.contains(*end)) {
        let at = pixel_centre(x.at(end));
        scene.dashed(vec![(at, panel.top), (at, panel.bottom)], style.hairline, colors.axis, size * 0.35);
    }
    for (segments, color) in curves {
        for segment in segments {
            let points: Vec<Point> = segment.into_iter().map(|(position, value)| (x.at(position), y(value))).collect();
            // A single sample between two gaps is a dot.
            if let [point] = points[..] {
                scene.dots(vec![point], style.curve, color);
            } else {
                scene.line(points, style.curve, color);
            }
        }
    }
}

/// The scale of a panel. A share from 0 to 1 has its whole range, a delta includes zero.
fn scale_of(channel: &Channel, values: impl Iterator<Item = f64>, units: UnitSystem, is_delta: bool) -> Option<Scale> {
    let (min, max) = super::axis::extremes(values)?;
    let range = channel.range();
    let is_share = channel.unit() == Unit::Share && range.as_ref().is_some_and(|range| *range.start() == 0.0);
    if is_share && !is_delta {
        let full = Unit::Share.convert(1.0, channel.display_unit(units)).unwrap_or(1.0);
        let margin = full * 0.06;
        return Some(Scale::new(min.min(0.0) - margin, max.max(full) + margin));
    }
    let zero = is_delta.then_some(0.0);
    Scale::fitting([min, max].into_iter().chain(zero))
}

/// Ends of the sectors except the last one, as lap positions.
fn sector_ends(lap: &LapTraces) -> impl Iterator<Item = f64> + '_ {
    lap.sector_ends.iter().copied().filter(|end| (0.0..1.0).contains(end))
}

/// Draws the names and times of the sectors of a lap in a row. The ends of the sectors are those of the main lap; a lap with other sectors
/// has no row.
fn draw_sector_names(
    scene: &mut Scene,
    y: f64,
    (main, lap): (&LapTraces, &LapTraces),
    (style, color): (&Style, Color),
    x: &DistanceAxis,
) {
    let size = style.font_size;
    let has_same_ends = main.sector_ends.len() == lap.sector_ends.len()
        && main.sector_ends.iter().zip(&lap.sector_ends).all(|(a, b)| (a - b).abs() < SAME_END);
    if !has_same_ends {
        return;
    }
    let mut start = 0.0;
    for (index, end) in sector_ends(main).chain([1.0]).enumerate() {
        let time = lap.sectors_ms.get(index).copied().flatten().map(|ms| Duration::from_millis(ms.into()));
        let time = time.map(|time| format!("  {}", format_sector_time(Some(time)))).unwrap_or_default();
        let text = format!("S{}{time}", index + 1);
        // The part of the sector that is drawn.
        let (from, to) = (f64::max(start, *x.range.start()), f64::min(end, *x.range.end()));
        if font::width(&text, size) < x.at(to) - x.at(from) {
            scene.text((x.at(f64::midpoint(from, to)), y), size, Anchor::Middle, color, text);
        }
        start = end;
    }
}

fn draw_axis(scene: &mut Scene, plots: Rect, style: &Style, x: &DistanceAxis) {
    let (colors, size) = (&style.colors, style.font_size);
    let (length, title) = x.length();
    let bottom = plots.bottom;
    scene.line(vec![(plots.left, bottom), (plots.right, bottom)], style.hairline, colors.axis);
    let ends = Scale::new(x.range.start() * length, x.range.end() * length);
    for (value, text) in ends.ticks((plots.width() / (size * 6.0)) as usize, 0.0) {
        let at = pixel_centre(x.at(value / length));
        scene.line(vec![(at, bottom), (at, bottom + size * 0.4)], style.hairline, colors.axis);
        scene.text((at, bottom + size * 1.1), size * 0.9, Anchor::Middle, colors.muted, text);
    }
    let middle = f64::midpoint(plots.left, plots.right);
    scene.text((middle, bottom + size * 2.6), size, Anchor::Middle, colors.text, title);
}
