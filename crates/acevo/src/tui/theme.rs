//! The colours of the screen.
//!
//! Blue against orange and light against dark can be distinguished with any colour vision, and every colour has a text, symbol or
//! position with the same meaning. Colours are indices of the 256-colour palette, which most terminals have. Plain text has the
//! foreground colour of the terminal.

use ratatui::style::{Color, Modifier, Style};

/// The player: throttle, the car on the map, gains.
pub(super) const BLUE: Color = Color::Indexed(74);
/// The counterpart of blue: brake, losses, warm.
pub(super) const ORANGE: Color = Color::Indexed(214);
/// Alarms.
pub(super) const ALARM: Color = Color::Indexed(202);
/// A third colour: clutch, steering, best times.
pub(super) const VIOLET: Color = Color::Indexed(176);
/// The outline of the track, and neutral badges.
pub(super) const SILVER: Color = Color::Indexed(249);
pub(super) const GREY: Color = Color::Indexed(245);
pub(super) const DARK: Color = Color::Indexed(239);

/// The style of names and secondary text.
pub(super) const fn dim() -> Style {
    Style::new().fg(GREY)
}

/// The style of frames and empty parts of bars.
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

/// A temperature or pressure compared with its ideal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// The game does not report it.
    Unknown,
    FarBelow,
    Below,
    Within,
    Above,
    FarAbove,
}

impl Window {
    /// The range of a value relative to the ideal value, which is 1.
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

    /// A symbol of one column.
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
    fn windows_have_distinct_marks() {
        let normalized = [f32::NAN, f32::INFINITY, -1.0, 0.0, 0.5, 0.8, 1.0, 1.2, 2.0];
        let marks: String = normalized.map(|value| Window::of(value).mark()).concat();
        assert_eq!(marks, "    ⇊↓ ↑⇈");
        assert_eq!(Window::of(f32::NAN), Window::Unknown);
    }
}
