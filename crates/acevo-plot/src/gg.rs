//! The g-g diagram: what the tyres gave, sideways and lengthways.

use super::scene::{Anchor, Rect, Scene, sharp};
use super::{Laps, Style};
use acevo_telemetry::traces::LapTraces;

/// No car has more; what is beyond is a crash or garbage.
const MOST_G: f64 = 6.0;

pub(super) fn draw(scene: &mut Scene, area: Rect, laps: &Laps<'_>, style: &Style) {
    let (colors, size) = (&style.colors, style.letters);
    let plot = square(area.inset(size * 3.0, size * 2.2, size * 3.0, size * 3.6));
    let centre = (f64::midpoint(plot.left, plot.right), f64::midpoint(plot.top, plot.bottom));
    let laps: Vec<_> =
        laps.against.map(|lap| (lap, colors.against)).into_iter().chain([(laps.main, colors.main)]).collect();
    let reach = laps.iter().map(|(lap, _)| furthest(lap)).fold(0.0, f64::max);
    // A little beyond the outermost point.
    let most = (reach * 1.08).clamp(1.2, MOST_G);
    let pixels = plot.width() / 2.0 / most;

    scene.rect(plot, colors.panel);
    for line in [
        vec![(plot.left, sharp(centre.1)), (plot.right, sharp(centre.1))],
        vec![(sharp(centre.0), plot.top), (sharp(centre.0), plot.bottom)],
    ] {
        scene.line(line, style.hairline, colors.axis);
    }
    let circles = 1..=most as u32;
    for g in circles.clone() {
        scene.ring(centre, f64::from(g) * pixels, style.hairline, colors.grid.mix(colors.axis, 0.4));
    }
    let mut is_empty = true;
    for (lap, color) in laps {
        let points: Vec<_> = (points(lap).into_iter())
            .filter(|(lateral, longitudinal)| lateral.abs() <= most && longitudinal.abs() <= most)
            .map(|(lateral, longitudinal)| (centre.0 + lateral * pixels, centre.1 - longitudinal * pixels))
            .collect();
        is_empty &= points.is_empty();
        scene.dots(points, (style.curve * 0.8).max(1.0), color);
    }
    // Above the dots, so that they can be read.
    for g in circles {
        let diagonal = f64::from(g) * pixels * std::f64::consts::FRAC_1_SQRT_2;
        let at = (centre.0 + diagonal, centre.1 - diagonal);
        let half = (size * 1.0, size * 0.6);
        let patch = Rect { left: at.0 - half.0, right: at.0 + half.0, top: at.1 - half.1, bottom: at.1 + half.1 };
        scene.rect(patch, colors.panel);
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

/// Accelerations, sideways (right is positive) and lengthways (forwards is positive), in g.
fn points(lap: &LapTraces) -> Vec<(f64, f64)> {
    lap.pairs("g_lateral", "g_longitudinal")
        .into_iter()
        .map(|(_, lateral, longitudinal)| (lateral, longitudinal))
        .collect()
}

/// The greatest part but for the outermost thousandth: a kerb or a wall does not make all else small.
fn furthest(lap: &LapTraces) -> f64 {
    let mut reach: Vec<f64> = points(lap).into_iter().map(|(a, b)| a.abs().max(b.abs())).collect();
    reach.sort_by(f64::total_cmp);
    reach.len().checked_sub(1 + reach.len() / 1000).and_then(|index| reach.get(index)).copied().unwrap_or(0.0)
}

/// The largest square in the middle of an area.
fn square(area: Rect) -> Rect {
    let half = area.width().min(area.height()).max(1.0) / 2.0;
    let (x, y) = (f64::midpoint(area.left, area.right), f64::midpoint(area.top, area.bottom));
    Rect { left: x - half, right: x + half, top: y - half, bottom: y + half }
}
