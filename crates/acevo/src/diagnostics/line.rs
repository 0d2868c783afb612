//! The lines of the log: `2026-05-01T18:15:00.123Z INFO  serve[4242] client connected peer=127.0.0.1:40000`.

use std::fmt::{Debug, Write as _};

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use crate::output::one_line;
use crate::redact;

/// Maximum length of a line in bytes, without its line break. Longer texts are cut.
pub(super) const MAX_BYTES: usize = 2048;

/// A line with the time (UTC), without its line break. It has no secrets and nothing that controls a terminal.
pub(super) fn log_line(level: Level, command: &str, text: &str) -> String {
    let text = one_line(text);
    let text = redact::secrets(text.trim_end());
    let mut line = format!("{:.3} {level:<5} {command}[{}] {text}", Timestamp::now(), std::process::id());
    if line.len() > MAX_BYTES {
        let end = (0..=MAX_BYTES - '…'.len_utf8()).rev().find(|end| line.is_char_boundary(*end));
        line.truncate(end.unwrap_or_default());
        line.push('…');
    }
    line
}

/// The message of an event, and its fields.
pub(super) fn text_of(event: &Event<'_>) -> String {
    let mut text = Text::default();
    event.record(&mut text);
    text.message + &text.fields
}

#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a `String` cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_line_is_one_clean_line_of_limited_length_with_utc_time() {
        let line = log_line(Level::WARN, "serve", "a\x1b[2J\nb token=0123456789abcdef\n");
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(time.parse::<Timestamp>().is_ok() && time.ends_with('Z') && time.len() == 24, "{time}");
        assert_eq!(rest, format!("WARN  serve[{}] a[2J b token=[removed]", std::process::id()));
        let long = log_line(Level::INFO, "record", &"é".repeat(MAX_BYTES));
        assert!(long.len() <= MAX_BYTES && long.ends_with('…'), "{}", long.len());
    }
}
