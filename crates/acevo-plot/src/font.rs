//! The embedded font. PNG files need one, and the system may not have any.
//!
//! It is DejaVu Sans with Latin, Greek and Cyrillic letters; its licence is in the same folder. PNG files show other letters as boxes.
//! SVG files name the font, and use the fonts of the system on which they are shown.

use std::sync::LazyLock;

use tiny_skia::PathBuilder;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

static FACE: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::parse(include_bytes!("font/DejaVuSans-subset.ttf"), 0).ok());

/// Font families for SVG: this font, then fonts of the same width.
pub(crate) const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

/// Height of capital letters as a fraction of the font size.
pub(crate) const CAP_HEIGHT: f64 = 0.729;

/// Marks the end of a shortened text.
const ELLIPSIS: char = '…';

/// Width of a text in pixels.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let Some(face) = &*FACE else { return 0.0 };
    let units: f64 = text.chars().map(|letter| advance(face, letter)).sum();
    units * scale(face, size)
}

/// The text, shortened with an ellipsis if it is wider than `max_width` pixels.
pub(crate) fn fit(text: &str, size: f64, max_width: f64) -> String {
    if width(text, size) <= max_width {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = width("…", size);
    for letter in text.chars() {
        used += width(letter.encode_utf8(&mut [0; 4]), size);
        if used > max_width {
            break;
        }
        cut.push(letter);
    }
    cut.truncate(cut.trim_end().len());
    cut.push(ELLIPSIS);
    cut
}

/// Adds the outline of a text to a path. `x` and `baseline` are the start of its baseline.
pub(crate) fn outline(text: &str, size: f64, (x, baseline): (f64, f64), path: &mut PathBuilder) {
    let Some(face) = &*FACE else { return };
    let scale = scale(face, size);
    let mut pen = Pen { x, y: baseline, scale, path };
    for letter in text.chars() {
        face.outline_glyph(glyph(face, letter), &mut pen);
        pen.x += advance(face, letter) * scale;
    }
}

fn scale(face: &Face<'_>, size: f64) -> f64 {
    size / f64::from(face.units_per_em())
}

fn glyph(face: &Face<'_>, letter: char) -> GlyphId {
    face.glyph_index(letter).unwrap_or_default()
}

fn advance(face: &Face<'_>, letter: char) -> f64 {
    face.glyph_hor_advance(glyph(face, letter)).unwrap_or_default().into()
}

/// Converts outlines from font units, Y upwards, to pixels, Y downwards.
struct Pen<'a> {
    x: f64,
    y: f64,
    scale: f64,
    path: &'a mut PathBuilder,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        ((self.x + f64::from(x) * self.scale) as f32, (self.y - f64::from(y) * self.scale) as f32)
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn font_has_the_letters_of_track_names_and_units() {
        let face = FACE.as_ref().expect("a font");
        for letter in "Nürburgring Łódź Spa-Francorchamps km/h °C N·m kg/m³ −1…µΩЖ".chars() {
            assert!(face.glyph_index(letter).is_some(), "{letter}");
        }
        let capital = face.glyph_bounding_box(glyph(face, 'H')).expect("a letter");
        assert!((f64::from(capital.y_max) / f64::from(face.units_per_em()) - CAP_HEIGHT).abs() < 0.001);
    }

    #[test]
    fn fit_shortens_texts_to_the_width() {
        assert!(width("mm", 10.0) > 2.0 * width("ii", 10.0));
        assert_eq!(fit("Lap 2", 10.0, 100.0), "Lap 2");
        let cut = fit("a very long name of a track", 10.0, 60.0);
        assert!(cut.ends_with(ELLIPSIS) && width(&cut, 10.0) <= 60.0, "{cut}");
        assert_eq!(fit("abc", 10.0, 0.0), "…");
    }
}
