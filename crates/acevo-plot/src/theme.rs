//! Colours: two themes, with palettes that are distinguishable with any colour vision.

use super::scene::Color;

/// Colour theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Light lines on a dark background.
    #[default]
    Dark,
    /// Dark lines on white, for print.
    Light,
}

/// Colours of a theme.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Colors {
    pub(crate) background: Color,
    /// Background of the charts.
    pub(crate) panel: Color,
    pub(crate) grid: Color,
    /// Axes, zero lines, ends of sectors.
    pub(crate) axis: Color,
    pub(crate) text: Color,
    /// Secondary texts.
    pub(crate) muted: Color,
    /// The main lap.
    pub(crate) main: Color,
    /// The reference lap.
    pub(crate) against: Color,
    /// Further laps.
    pub(crate) more: [Color; 2],
}

impl Theme {
    /// All themes.
    pub const ALL: [Self; 2] = [Self::Dark, Self::Light];

    /// Name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// One line of description.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Dark => "Light lines on a dark background",
            Self::Light => "Dark lines on white, for print",
        }
    }

    /// The colours of the theme. Blue and orange are from the palette by Okabe and Ito, and so are the hues of
    /// further laps, green and purple.
    pub(crate) const fn colors(self) -> Colors {
        match self {
            Self::Dark => Colors {
                background: Color(0x12, 0x15, 0x1b),
                panel: Color(0x1a, 0x1e, 0x26),
                grid: Color(0x2b, 0x31, 0x3c),
                axis: Color(0x5d, 0x67, 0x78),
                text: Color(0xed, 0xf0, 0xf4),
                muted: Color(0xa3, 0xad, 0xbb),
                main: Color(0x56, 0xb4, 0xe9),
                against: Color(0xe6, 0x9f, 0x00),
                more: [Color(0x2f, 0xc9, 0x9a), Color(0xe0, 0x8f, 0xc0)],
            },
            Self::Light => Colors {
                background: Color(0xff, 0xff, 0xff),
                panel: Color(0xf7, 0xf8, 0xfa),
                grid: Color(0xe2, 0xe5, 0xea),
                axis: Color(0x8a, 0x93, 0xa1),
                text: Color(0x16, 0x1a, 0x21),
                muted: Color(0x59, 0x62, 0x70),
                main: Color(0x00, 0x72, 0xb2),
                against: Color(0xd5, 0x5e, 0x00),
                more: [Color(0x00, 0x8a, 0x66), Color(0xb0, 0x4f, 0x8c)],
            },
        }
    }

    /// Colour scale of differences: faster (0, blue), equal (0.5, grey), slower (1, orange).
    pub(crate) fn diverging(self, fraction: f64) -> Color {
        let Colors { main, against, .. } = self.colors();
        let equal = match self {
            Self::Dark => Color(0x4a, 0x50, 0x5c),
            Self::Light => Color(0xd4, 0xd8, 0xde),
        };
        if fraction < 0.5 { main.mix(equal, fraction * 2.0) } else { equal.mix(against, fraction * 2.0 - 1.0) }
    }
}

/// Colour scale of values, from low (0) to high (1): viridis, whose lightness increases evenly.
pub(crate) fn sequential(fraction: f64) -> Color {
    const VIRIDIS: [Color; 9] = [
        Color(0x44, 0x01, 0x54),
        Color(0x47, 0x2d, 0x7b),
        Color(0x3b, 0x52, 0x8b),
        Color(0x2c, 0x72, 0x8e),
        Color(0x21, 0x91, 0x8c),
        Color(0x28, 0xae, 0x80),
        Color(0x5e, 0xc9, 0x62),
        Color(0xad, 0xdc, 0x30),
        Color(0xfd, 0xe7, 0x25),
    ];
    let x = if fraction.is_nan() { 0.0 } else { fraction.clamp(0.0, 1.0) } * (VIRIDIS.len() - 1) as f64;
    let index = (x as usize).min(VIRIDIS.len() - 2);
    VIRIDIS[index].mix(VIRIDIS[index + 1], x - index as f64)
}
