//! All colours, in one place.
//!
//! Blue against orange and light against dark, so that anybody can tell them apart; what a colour says is also said by a text, a
//! sign or a place. They are indices of the usual 256 colours, which more terminals know than any others; plain text has the
//! terminal's own colour, on whatever ground.

use ratatui::style::{Color, Modifier, Style};

/// The driver's own: throttle, the car on the map, what is good news.
pub(super) const BLUE: Color = Color::Indexed(74);
/// The counterpart: brake, slower, warm.
pub(super) const ORANGE: Color = Color::Indexed(214);
/// What wants to be seen at once.
pub(super) const ALARM: Color = Color::Indexed(202);
/// A third one: clutch, steering, best times.
pub(super) const VIOLET: Color = Color::Indexed(176);
/// The outline of the track, and what else is there but says nothing.
pub(super) const SILVER: Color = Color::Indexed(249);
pub(super) const GREY: Color = Color::Indexed(245);
pub(super) const DARK: Color = Color::Indexed(239);

/// How a name or anything else in the background looks.
pub(super) const fn dim() -> Style {
    Style::new().fg(GREY)
}

/// How frames and empty parts of bars look.
pub(super) const fn faint() -> Style {
    Style::new().fg(DARK)
}

pub(super) const fn bold() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

pub(super) const fn colored(color: Color) -> Style {
    Style::new().fg(color)
}

/// A badge: dark letters on a colour.
pub(super) const fn badge(color: Color) -> Style {
    Style::new().fg(Color::Indexed(16)).bg(color).add_modifier(Modifier::BOLD)
}

/// How warm, or how full, something is compared with what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// The game does not tell.
    Unknown,
    FarBelow,
    Below,
    Within,
    Above,
    FarAbove,
}

impl Window {
    /// Of a value relative to its ideal one, which is 1.
    pub(super) fn of(normalized: f32) -> Self {
        match normalized {
            0.001..0.75 => Self::FarBelow,
            0.75..0.9 => Self::Below,
            0.9..1.1 => Self::Within,
            1.1..1.25 => Self::Above,
            1.25..=1e6 => Self::FarAbove,
            _ => Self::Unknown,
        }
    }

    pub(super) const fn color(self) -> Color {
        match self {
            Self::Unknown => Color::Reset,
            Self::FarBelow => Color::Indexed(33),
            Self::Below => Color::Indexed(110),
            Self::Within => Color::Indexed(252),
            Self::Above => ORANGE,
            Self::FarAbove => ALARM,
        }
    }

    /// The same without colours, one column wide.
    pub(super) const fn mark(self) -> &'static str {
        match self {
            Self::FarBelow => "⇊",
            Self::Below => "↓",
            Self::Above => "↑",
            Self::FarAbove => "⇈",
            Self::Unknown | Self::Within => " ",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_told_apart_without_colours() {
        let normalized = [f32::NAN, f32::INFINITY, -1.0, 0.0, 0.5, 0.8, 1.0, 1.2, 2.0];
        let marks: String = normalized.map(|value| Window::of(value).mark()).concat();
        assert_eq!(marks, "    ⇊↓ ↑⇈");
        assert_eq!(Window::of(f32::NAN), Window::Unknown);
    }
}
