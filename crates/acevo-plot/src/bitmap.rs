//! PNG output.

use tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect as PixelRect, Stroke, StrokeDash, Transform,
};

use super::scene::{Anchor, Color, Point, Scene, Shape};
use super::{PlotError, font};

/// Draws a scene and encodes it as PNG.
///
/// # Errors
/// If the picture does not fit into memory, or if the encoder fails.
pub(crate) fn png(scene: &Scene) -> Result<Vec<u8>, PlotError> {
    let (width, height) = scene.size;
    let mut pixels = Pixmap::new(width, height).ok_or(PlotError::Memory)?;
    pixels.fill(color(scene.background));
    for shape in &scene.shapes {
        draw_shape(&mut pixels, shape);
    }
    pixels.encode_png().map_err(|error| PlotError::Encode(Box::new(error)))
}

fn draw_shape(pixels: &mut Pixmap, shape: &Shape) {
    match shape {
        Shape::Rect { rect, color } => {
            let [left, top, right, bottom] = [rect.left, rect.top, rect.right, rect.bottom].map(|side| side as f32);
            if let Some(rect) = PixelRect::from_ltrb(left, top, right, bottom) {
                pixels.fill_rect(rect, &solid(*color), Transform::identity(), None);
            }
        }
        Shape::Line { points, width, color, dash } => {
            let mut path = PathBuilder::new();
            for (index, (x, y)) in points.iter().enumerate() {
                let (x, y) = (*x as f32, *y as f32);
                if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
            }
            stroke(pixels, path.finish(), *width, *color, *dash);
        }
        Shape::Dots { points, radius, color } => {
            let mut path = PathBuilder::new();
            for (x, y) in points {
                path.push_circle(*x as f32, *y as f32, *radius as f32);
            }
            fill(pixels, path.finish(), *color);
        }
        Shape::Ring { centre, radius, width, color } => {
            let path = PathBuilder::from_circle(centre.0 as f32, centre.1 as f32, *radius as f32);
            stroke(pixels, path, *width, *color, None);
        }
        Shape::Text { at, size, anchor, color, text } => {
            let mut path = PathBuilder::new();
            font::outline(text, *size, text_start(text, *at, *size, *anchor), &mut path);
            fill(pixels, path.finish(), *color);
        }
    }
}

/// Start of the baseline of a text.
fn text_start(text: &str, (x, y): Point, size: f64, anchor: Anchor) -> Point {
    let offset = match anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => font::width(text, size) / 2.0,
        Anchor::End => font::width(text, size),
    };
    (x - offset, y + size * font::CAP_HEIGHT / 2.0)
}

fn fill(pixels: &mut Pixmap, path: Option<Path>, color: Color) {
    if let Some(path) = path {
        pixels.fill_path(&path, &solid(color), FillRule::Winding, Transform::identity(), None);
    }
}

fn stroke(pixels: &mut Pixmap, path: Option<Path>, width: f64, color: Color, dash: Option<f64>) {
    let Some(path) = path else { return };
    let dash = dash.and_then(|dash| StrokeDash::new(vec![dash as f32; 2], 0.0));
    // Round caps would close the gaps between dashes.
    let line_cap = if dash.is_some() { LineCap::Butt } else { LineCap::Round };
    let stroke = Stroke { width: width as f32, line_cap, line_join: LineJoin::Round, dash, ..Stroke::default() };
    pixels.stroke_path(&path, &solid(color), &stroke, Transform::identity(), None);
}

fn color(Color(red, green, blue): Color) -> tiny_skia::Color {
    tiny_skia::Color::from_rgba8(red, green, blue, 255)
}

fn solid(Color(red, green, blue): Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, 255);
    paint.anti_alias = true;
    paint
}
