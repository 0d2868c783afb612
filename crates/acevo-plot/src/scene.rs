//! A picture as a list of shapes. Charts create it; the PNG and SVG outputs draw it.

/// Position in pixels from the upper left corner.
pub(crate) type Point = (f64, f64);

/// A colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Color(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Color {
    /// Interpolates between two colours: 0 is this one, 1 the other one.
    pub(crate) fn mix(self, other: Self, fraction: f64) -> Self {
        let fraction = if fraction.is_nan() { 0.0 } else { fraction.clamp(0.0, 1.0) };
        let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * fraction).round() as u8;
        Self(between(self.0, other.0), between(self.1, other.1), between(self.2, other.2))
    }
}

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    pub(crate) const fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) const fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The rectangle without margins of these widths.
    pub(crate) const fn inset(&self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { left: self.left + left, top: self.top + top, right: self.right - right, bottom: self.bottom - bottom }
    }
}

/// The end of a text that its position refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A shape to draw. All numbers are finite.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Rect {
        rect: Rect,
        color: Color,
    },
    /// A line through points, with round joins; `dash` is the length of its dashes.
    Line {
        points: Vec<Point>,
        width: f64,
        color: Color,
        dash: Option<f64>,
    },
    /// Dots of one colour.
    Dots {
        points: Vec<Point>,
        radius: f64,
        color: Color,
    },
    Ring {
        centre: Point,
        radius: f64,
        width: f64,
        color: Color,
    },
    /// A text; `at.1` is the vertical centre of its capital letters.
    Text {
        at: Point,
        size: f64,
        anchor: Anchor,
        color: Color,
        text: String,
    },
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scene {
    /// Width and height in pixels.
    pub(crate) size: (u32, u32),
    pub(crate) background: Color,
    /// Title of the picture.
    pub(crate) title: String,
    /// In drawing order: later shapes cover earlier ones.
    pub(crate) shapes: Vec<Shape>,
}

impl Scene {
    pub(crate) fn rect(&mut self, rect: Rect, color: Color) {
        self.shapes.push(Shape::Rect { rect, color });
    }

    pub(crate) fn line(&mut self, points: Vec<Point>, width: f64, color: Color) {
        self.shapes.push(Shape::Line { points, width, color, dash: None });
    }

    pub(crate) fn dashed(&mut self, points: Vec<Point>, width: f64, color: Color, dash: f64) {
        self.shapes.push(Shape::Line { points, width, color, dash: Some(dash) });
    }

    pub(crate) fn dots(&mut self, points: Vec<Point>, radius: f64, color: Color) {
        self.shapes.push(Shape::Dots { points, radius, color });
    }

    pub(crate) fn ring(&mut self, centre: Point, radius: f64, width: f64, color: Color) {
        self.shapes.push(Shape::Ring { centre, radius, width, color });
    }

    pub(crate) fn text(&mut self, at: Point, size: f64, anchor: Anchor, color: Color, text: impl Into<String>) {
        self.shapes.push(Shape::Text { at, size, anchor, color, text: text.into() });
    }
}

/// The centre of the pixel at a coordinate. Thin lines are sharp there.
pub(crate) fn pixel_centre(at: f64) -> f64 {
    at.floor() + 0.5
}
