//! The keys, over everything else.

use ratatui::Frame;
use ratatui::layout::{Constraint, Flex, Layout};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::theme::{BLUE, bold, colored};
use super::units::Units;
use super::widgets::{boxed_with, quiet};

const KEYS: [(&str, &str); 9] = [
    ("1-8", "the screens, by their numbers"),
    ("Tab  Shift-Tab  ← →", "the next screen, the one before"),
    ("↑ ↓  PgUp PgDn  Home End", "scroll a list"),
    ("/", "search the fields; Enter keeps, Esc forgets it"),
    ("r", "raw fields of the pages, or channels"),
    ("u", "other units"),
    ("?", "this help"),
    ("q  Esc  Ctrl-C", "quit"),
    ("", ""),
];

const SIGNS: [(&str, &str); 5] = [
    ("↓ ⇊  ↑ ⇈", "below or above its window; doubled: far"),
    ("◆  ▲  ▼  •", "you, the next car ahead, behind, the others"),
    ("✓ · ? ✗", "measured, documented, not sure, dead"),
    ("- blue   + orange", "faster, slower than the lap to compare with"),
    ("?", "behind a value: its meaning is not sure"),
];

/// Columns of keys.
const WIDE: usize = 26;

pub(super) fn draw(frame: &mut Frame<'_>, units: Units) {
    let line = |(key, what): &(&'static str, &'static str)| {
        Line::from(vec![Span::styled(format!(" {key:<WIDE$}"), bold().fg(BLUE)), Span::raw(*what)])
    };
    let mut lines: Vec<_> = KEYS.iter().map(line).collect();
    lines.extend(SIGNS.iter().map(line));
    lines.extend([
        Line::default(),
        Line::from(vec![quiet(" Units now: "), Span::styled(units.summary(), colored(BLUE))]),
    ]);
    let width = lines.iter().map(Line::width).max().unwrap_or_default() as u16 + 4;
    let height = lines.len() as u16 + 2;
    let [area] = Layout::horizontal([Constraint::Max(width)]).flex(Flex::Center).areas(frame.area());
    let [area] = Layout::vertical([Constraint::Max(height)]).flex(Flex::Center).areas(area);
    frame.render_widget(Clear, area);
    let inner = boxed_with(frame, area, "Help", quiet(" ? closes ").into());
    frame.render_widget(Paragraph::new(lines), inner);
}
