//! Bars, lamps and lines of a name and a value.

use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

/// Eighths of a filled cell.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// How a name or anything else in the background looks.
pub(super) fn dim() -> Style {
    Style::new().fg(Color::DarkGray)
}

/// A bar, filled from the left by `fraction`.
pub(super) fn bar(width: usize, fraction: f64, style: Style) -> Vec<Span<'static>> {
    let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
    let eighths = (fraction * width as f64 * 8.0).round() as usize;
    let filled = "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
    let rest = width - eighths.div_ceil(8);
    vec![Span::styled(filled, style), Span::styled("─".repeat(rest), dim())]
}

/// A mark on a line from -1 to 1.
pub(super) fn position(width: usize, value: f64, style: Style) -> Vec<Span<'static>> {
    let value = if value.is_finite() { value.clamp(-1.0, 1.0) } else { 0.0 };
    let last = width.saturating_sub(1);
    let at = ((value + 1.0) / 2.0 * last as f64).round() as usize;
    let middle = last / 2;
    let line = |from: usize, to: usize| -> String {
        (from..to).map(|cell| if cell == middle { '┼' } else { '─' }).collect()
    };
    vec![
        Span::styled(line(0, at), dim()),
        Span::styled("█".repeat(width.min(1)), style),
        Span::styled(line(at + 1, width), dim()),
    ]
}

/// A lamp: its name, lit or dark. Readable without colours, too.
pub(super) fn lamp(name: &'static str, lit: bool, color: Color) -> Span<'static> {
    if lit {
        Span::styled(format!(" {name} "), Style::new().fg(Color::Black).bg(color).bold())
    } else {
        Span::styled(format!(" {} ", name.to_lowercase()), dim())
    }
}

/// A name and its value.
pub(super) fn entry(name: &'static str, value: impl Into<Span<'static>>) -> Line<'static> {
    Line::from(vec![name_of(name), value.into()])
}

/// A name before values.
pub(super) fn name_of(name: &'static str) -> Span<'static> {
    Span::styled(format!(" {name:<11}"), dim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spans: &[Span<'_>]) -> String {
        spans.iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn bars_have_their_width_whatever_the_value() {
        for value in [0.0, 0.31, 0.999, 1.0, -5.0, 7.0, f64::NAN, f64::INFINITY, f64::MIN] {
            for width in [0, 1, 2, 17] {
                assert_eq!(text(&bar(width, value, Style::new())).chars().count(), width, "{value} {width}");
                assert_eq!(text(&position(width, value, Style::new())).chars().count(), width, "{value} {width}");
            }
        }
        assert_eq!(text(&bar(4, 0.5, Style::new())), "██──");
        assert_eq!(text(&position(5, 0.0, Style::new())), "──█──");
        assert_eq!(text(&position(5, -1.0, Style::new())), "█─┼──");
    }
}
