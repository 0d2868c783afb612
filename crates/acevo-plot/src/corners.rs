//! Corners in pictures: their numbers above the traces and on the map.

use acevo_telemetry::corners::Corner;

use super::scene::{Anchor, Rect, Scene, pixel_centre};
use super::traces::DistanceAxis;
use super::{Style, font};

/// A corner as parts of the lap: one, or two if it is on the start line. Positions outside 0..1 are left out.
fn parts(corner: &Corner) -> Vec<(f64, f64)> {
    let parts = if corner.start <= corner.end {
        vec![(corner.start, corner.end)]
    } else {
        vec![(corner.start, 1.0), (0.0, corner.end)]
    };
    parts.into_iter().filter(|(from, to)| (0.0..=1.0).contains(from) && (*from..=1.0).contains(to)).collect()
}

/// Draws the parts of a panel that are corners.
pub(super) fn draw_bands(scene: &mut Scene, panel: Rect, corners: &[Corner], style: &Style, x: &DistanceAxis) {
    let color = style.colors.panel.mix(style.colors.grid, 0.55);
    for (from, to) in corners.iter().flat_map(parts) {
        let (left, right) = (x.at(from).max(panel.left), x.at(to).min(panel.right));
        if left < right {
            scene.rect(Rect { left: left.round(), right: right.round().max(left.round() + 1.0), ..panel }, color);
        }
    }
}

/// Draws the numbers of the corners above the traces, each at the apex. Numbers that do not fit beside the one before are left out.
pub(super) fn draw_numbers(
    scene: &mut Scene,
    plots: Rect,
    y: f64,
    corners: &[Corner],
    style: &Style,
    x: &DistanceAxis,
) {
    let size = style.font_size * 0.9;
    let mut free = f64::NEG_INFINITY;
    for corner in corners.iter().filter(|corner| x.contains(corner.apex)) {
        let text = font::fit(&label(corner), size, plots.width() * 0.2);
        let half = font::width(&text, size) / 2.0;
        let at = x.at(corner.apex).clamp(plots.left + half, plots.right - half);
        if at - half < free {
            continue;
        }
        free = at + half + size * 0.3;
        scene.text((pixel_centre(at), y), size, Anchor::Middle, style.colors.text, text);
    }
}

/// The number of a corner, as it is drawn: `T3`.
pub(super) fn label(corner: &Corner) -> String {
    format!("T{}", corner.number)
}
