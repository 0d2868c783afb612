//! The help window: keys and symbols.

use ratatui::Frame;
use ratatui::layout::{Constraint, Flex, Layout};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::widgets::{boxed_with, quiet};
use crate::tui::theme::{BLUE, bold, colored};
use crate::tui::units::Units;

const KEYS: [(&str, &str); 9] = [
    ("1-9", "select a tab"),
    ("Tab  Shift-Tab  ← →", "next or previous tab"),
    ("↑ ↓  PgUp PgDn  Home End", "scroll a list"),
    ("/", "search fields; Enter: keep, Esc: clear"),
    ("r", "raw fields or channels"),
    ("u", "next units"),
    ("?", "this help"),
    ("q  Esc  Ctrl-C", "quit"),
    ("", ""),
];

/// Keys for a recording.
const PLAYBACK: [(&str, &str); 4] = [
    ("Space", "pause or play the recording"),
    (",  .", "10 seconds back or forwards"),
    ("[  ]", "previous or next lap"),
    ("-  +", "slower or faster"),
];

const SYMBOLS: [(&str, &str); 5] = [
    ("↓ ⇊  ↑ ⇈", "below or above its ideal range; doubled: far"),
    ("◆  ▲  ▼  •", "you, next car ahead, behind, other cars"),
    ("✓ · ? ✗", "measured, documented, uncertain, unused"),
    ("- blue   + orange", "faster, slower than the reference lap"),
    ("?", "after a value: its meaning is uncertain"),
];

/// Columns of keys and symbols.
const KEY_WIDTH: usize = 26;

pub(super) fn draw(frame: &mut Frame<'_>, units: Units, is_recording: bool) {
    let line = |(key, what): &(&'static str, &'static str)| {
        Line::from(vec![Span::styled(format!(" {key:<KEY_WIDTH$}"), bold().fg(BLUE)), Span::raw(*what)])
    };
    let (last, keys) = KEYS.split_last().unwrap_or((&("", ""), &[]));
    let playback = PLAYBACK.iter().filter(|_| is_recording);
    let mut lines: Vec<_> = keys.iter().chain(playback).chain([last]).map(line).collect();
    lines.extend(SYMBOLS.iter().map(line));
    lines.extend([
        Line::default(),
        Line::from(vec![quiet(" Units now: "), Span::styled(units.summary(), colored(BLUE))]),
    ]);
    let width = lines.iter().map(Line::width).max().unwrap_or_default() as u16 + 4;
    let height = lines.len() as u16 + 2;
    let [area] = Layout::horizontal([Constraint::Max(width)]).flex(Flex::Center).areas(frame.area());
    let [area] = Layout::vertical([Constraint::Max(height)]).flex(Flex::Center).areas(area);
    frame.render_widget(Clear, area);
    let inner = boxed_with(frame, area, "Help", quiet(" ?: close ").into());
    frame.render_widget(Paragraph::new(lines), inner);
}
