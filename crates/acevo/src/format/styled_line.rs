//! Lines of a table whose parts have styles, for terminals with and without a screen.

use crate::format::text::{cut, padded, right_aligned, width};
use crate::output::Paint;

/// The style of a part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    Title,
    Aside,
    Best,
    Good,
    Warning,
}

/// A line whose parts have styles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Line(Vec<(Look, String)>);

impl Line {
    pub(crate) fn with(mut self, look: Look, text: impl Into<String>) -> Self {
        self.0.push((look, text.into()));
        self
    }

    /// The parts in order.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (Look, &str)> {
        self.0.iter().map(|(look, text)| (*look, text.as_str()))
    }

    /// The line with colours, not wider than this number of columns.
    pub(crate) fn painted(&self, paint: Paint, columns: usize) -> String {
        let mut left = columns;
        let mut line = String::new();
        for (look, text) in &self.0 {
            let text = cut(text, left);
            left = left.saturating_sub(width(&text));
            line += &match look {
                Look::Plain => text,
                Look::Title => paint.bold(&text),
                Look::Aside => paint.dim(&text),
                Look::Best => paint.magenta(&text),
                Look::Good => paint.green(&text),
                Look::Warning => paint.yellow(&text),
            };
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// Right-aligned text after a blank.
pub(crate) fn cell(text: &str, width: usize) -> String {
    format!(" {}", right_aligned(&cut(text, width), width))
}

/// Left-aligned text after a blank.
pub(crate) fn left_cell(text: &str, width: usize) -> String {
    format!(" {}", padded(&cut(text, width), width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn painted_cuts_long_lines_with_an_ellipsis() {
        let line = Line::default().with(Look::Best, "1234").with(Look::Plain, "5678");
        assert_eq!(line.painted(Paint::none(), 6), "12345…");
    }
}
