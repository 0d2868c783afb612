//! A picture as shapes: what the charts give, and what the painters of SVG and PNG take.

/// A place in pixels from the upper left corner.
pub(crate) type Point = (f64, f64);

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Color(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Color {
    /// Between two colours: 0 is this one, 1 the other.
    pub(crate) fn mix(self, other: Self, part: f64) -> Self {
        let part = if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) };
        let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
        Self(between(self.0, other.0), between(self.1, other.1), between(self.2, other.2))
    }
}

/// A part of the picture.
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

    /// Less so much on each side: left, top, right, bottom.
    pub(crate) const fn inset(&self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { left: self.left + left, top: self.top + top, right: self.right - right, bottom: self.bottom - bottom }
    }
}

/// Which end of a text a place is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Something to paint. All numbers are finite.
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
    /// A text; `at.1` is the middle of its capital letters.
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
    /// What it shows, in words.
    pub(crate) title: String,
    /// From the lowest to the uppermost.
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

/// The nearest middle of a pixel: thin lines are sharp there.
pub(crate) fn sharp(at: f64) -> f64 {
    at.floor() + 0.5
}
