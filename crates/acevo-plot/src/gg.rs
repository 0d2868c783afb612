//! The g-g diagram: lateral against longitudinal acceleration.

use super::scene::{Anchor, Rect, Scene, pixel_centre};
use super::{Laps, Style};
use acevo_telemetry::traces::LapTraces;

/// Plausibility limit of accelerations, in g. Larger values are crashes or invalid.
const MAX_G: f64 = 6.0;

pub(super) fn draw(scene: &mut Scene, area: Rect, laps: &Laps<'_>, style: &Style) {
    let (colors, size) = (&style.colors, style.font_size);
    let plot = square(area.inset(size * 3.0, size * 2.2, size * 3.0, size * 3.6));
    let centre = (f64::midpoint(plot.left, plot.right), f64::midpoint(plot.top, plot.bottom));
    // The main lap is drawn last, over the others.
    let laps: Vec<_> = laps.colored(colors).into_iter().rev().collect();
    let extent = laps.iter().map(|(lap, _)| extent(lap)).fold(0.0, f64::max);
    // A margin around the outermost point.
    let limit = (extent * 1.08).clamp(1.2, MAX_G);
    let pixels = plot.width() / 2.0 / limit;

    scene.rect(plot, colors.panel);
    for line in [
        vec![(plot.left, pixel_centre(centre.1)), (plot.right, pixel_centre(centre.1))],
        vec![(pixel_centre(centre.0), plot.top), (pixel_centre(centre.0), plot.bottom)],
    ] {
        scene.line(line, style.hairline, colors.axis);
    }
    let circles = 1..=limit as u32;
    for g in circles.clone() {
        scene.ring(centre, f64::from(g) * pixels, style.hairline, colors.grid.mix(colors.axis, 0.4));
    }
    let mut is_empty = true;
    for (lap, color) in laps {
        let points: Vec<_> = (points(lap).into_iter())
            .filter(|(lateral, longitudinal)| lateral.abs() <= limit && longitudinal.abs() <= limit)
            .map(|(lateral, longitudinal)| (centre.0 + lateral * pixels, centre.1 - longitudinal * pixels))
            .collect();
        is_empty &= points.is_empty();
        scene.dots(points, (style.curve * 0.8).max(1.0), color);
    }
    // Labels are drawn over the dots, to be readable.
    for g in circles {
        let diagonal = f64::from(g) * pixels * std::f64::consts::FRAC_1_SQRT_2;
        let at = (centre.0 + diagonal, centre.1 - diagonal);
        let half = (size * 1.0, size * 0.6);
        let label = Rect { left: at.0 - half.0, right: at.0 + half.0, top: at.1 - half.1, bottom: at.1 + half.1 };
        scene.rect(label, colors.panel);
        scene.text(at, size * 0.9, Anchor::Middle, colors.muted, format!("{g} g"));
    }
    if is_empty {
        scene.text(centre, size, Anchor::Middle, colors.muted, "no accelerations");
    }
    scene.text((centre.0, plot.top - size), size, Anchor::Middle, colors.text, "accelerating");
    scene.text((centre.0, plot.bottom + size), size, Anchor::Middle, colors.text, "braking");
    scene.text((plot.left, plot.bottom + size), size, Anchor::Start, colors.text, "to the left");
    scene.text((plot.right, plot.bottom + size), size, Anchor::End, colors.text, "to the right");
}

/// Lateral (right is positive) and longitudinal (forwards is positive) accelerations in g.
fn points(lap: &LapTraces) -> Vec<(f64, f64)> {
    lap.pairs("g_lateral", "g_longitudinal")
        .into_iter()
        .map(|(_, lateral, longitudinal)| (lateral, longitudinal))
        .collect()
}

/// The largest acceleration except for the outermost thousandth: a single hit on a kerb or a wall does not shrink the diagram.
fn extent(lap: &LapTraces) -> f64 {
    let mut magnitudes: Vec<f64> = points(lap).into_iter().map(|(a, b)| a.abs().max(b.abs())).collect();
    magnitudes.sort_by(f64::total_cmp);
    magnitudes
        .len()
        .checked_sub(1 + magnitudes.len() / 1000)
        .and_then(|index| magnitudes.get(index))
        .copied()
        .unwrap_or(0.0)
}

/// The largest square in the middle of an area.
fn square(area: Rect) -> Rect {
    let half = area.width().min(area.height()).max(1.0) / 2.0;
    let (x, y) = (f64::midpoint(area.left, area.right), f64::midpoint(area.top, area.bottom));
    Rect { left: x - half, right: x + half, top: y - half, bottom: y + half }
}
