//! Colours of text, and the last step before text is printed: nothing in it controls the terminal but these colours.

use std::io::{self, IsTerminal};

use acevo_telemetry::is_unsafe_to_print;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

/// Looks of text.
const STYLES: [Style; 6] = [
    AnsiColor::Green.on_default(),
    AnsiColor::Yellow.on_default(),
    AnsiColor::Red.on_default(),
    AnsiColor::Magenta.on_default(),
    Style::new().bold(),
    Style::new().dimmed(),
];

/// Stands for the beginning of a styled text; the style is added to it. These code points are not characters, and text from outside that
/// has passed [`clean_text`](acevo_telemetry::clean_text) does not contain them.
const BEGIN: u32 = 0xfdd0;

/// Stands for the end of a styled text.
const END: char = '\u{fddf}';

/// Colours of plain text output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    has_colors: bool,
}

impl Paint {
    /// Colours if stdout is a terminal that has them and the environment does not forbid them.
    #[expect(clippy::disallowed_methods, reason = "nothing is written")]
    pub(crate) fn for_stdout() -> Self {
        Self { has_colors: AutoStream::choice(&io::stdout()) != ColorChoice::Never }
    }

    /// No colours.
    pub(crate) const fn none() -> Self {
        Self { has_colors: false }
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.styled(0, text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.styled(1, text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.styled(2, text)
    }

    pub(crate) fn magenta(self, text: &str) -> String {
        self.styled(3, text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.styled(4, text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.styled(5, text)
    }

    /// Encloses a text in signs that [`printable`] replaces by the escape sequences of a style.
    fn styled(self, style: u32, text: &str) -> String {
        match char::from_u32(BEGIN + style) {
            Some(begin) if self.has_colors => format!("{begin}{}{END}", without_unsafe(text)),
            _ => text.to_owned(),
        }
    }
}

/// True if a terminal reads stdout.
#[expect(clippy::disallowed_methods, reason = "nothing is written")]
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// True if a terminal reads stderr.
#[expect(clippy::disallowed_methods, reason = "nothing is written")]
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Text with lines as it is printed: without anything that controls a terminal, except line breaks and the colours of [`Paint`].
pub(super) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    let mut open = None;
    for letter in text.chars() {
        let style = u32::from(letter).checked_sub(BEGIN).and_then(|style| STYLES.get(style as usize));
        match (style, open) {
            (Some(style), None) => {
                printable.push_str(&format!("{style}"));
                open = Some(style);
            }
            (_, Some(style)) if letter == END => {
                printable.push_str(&format!("{style:#}"));
                open = None;
            }
            _ if letter == '\n' || !is_unsafe_to_print(letter) => printable.push(letter),
            _ => {}
        }
    }
    if let Some(style) = open {
        printable.push_str(&format!("{style:#}"));
    }
    printable
}

/// A message as one line: line breaks become blanks, and nothing in it controls a terminal.
pub(super) fn printable_line(text: &str) -> String {
    without_unsafe(&text.replace(['\n', '\r', '\t'], " "))
}

fn without_unsafe(text: &str) -> String {
    text.chars().filter(|letter| !is_unsafe_to_print(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\x1b]0;owned\x07\x1b[2J\u{9b}31m\u{202e}\u{61c}\u{e0041}\u{fddf}\r\tb";

    #[test]
    fn printable_has_only_the_escape_sequences_of_paint() {
        assert_eq!(printable(&format!("{HOSTILE}\n")), "a]0;owned[2J31mb\n");
        assert_eq!(printable_line("a\r\nb\tc\x1b"), "a  b c");
        let paint = Paint { has_colors: true };
        let all = [Paint::green, Paint::yellow, Paint::red, Paint::magenta, Paint::bold, Paint::dim];
        for (number, style) in all.into_iter().enumerate() {
            let text = printable(&format!("{} x\n", style(paint, HOSTILE)));
            let style = STYLES[number];
            assert_eq!(text, format!("{style}a]0;owned[2J31mb{style:#} x\n"));
        }
        assert_eq!(printable(&Paint::none().red("x")), "x");
    }

    #[test]
    fn printable_ends_every_style() {
        for text in ["\u{fdd0}a", "\u{fdd0}\u{fdd1}a\u{fddf}", "a\u{fddf}\u{fdd2}", "\u{fdd9}a"] {
            let text = printable(text);
            assert_eq!(text.matches("\x1b[0m").count() * 2, text.matches('\x1b').count(), "{text:?}");
        }
    }
}
