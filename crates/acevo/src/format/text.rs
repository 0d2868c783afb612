//! Human-readable text of values. Any bytes in a page give a short text without control characters.

use std::time::Duration;

use acevo_shared_memory::Frame;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

pub(crate) use acevo_telemetry::{
    clean_text as clean, display_name as name, format_lap_time as lap_time, format_number as number,
    format_sector_time as sector_time,
};

/// Stands for a missing value.
pub(crate) const NONE: &str = "-";

/// Track and configuration as they are shown; empty if neither is known.
pub(crate) fn track(frame: &Frame) -> String {
    let names = [frame.static_data.track(), frame.static_data.track_configuration()].map(name);
    names.join(" ").trim().to_owned()
}

/// Name of the driver as it is shown; empty if it is not known.
pub(crate) fn driver(frame: &Frame) -> String {
    clean(&acevo_telemetry::driver_name(frame))
}

/// Columns that a text takes on a terminal: two for a wide character, none for a combining accent.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Shortens a text to this number of columns; a shortened text ends with `…`.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.into();
    }
    let Some(room) = columns.checked_sub(1) else { return String::new() };
    let mut used = 0;
    let fits = |letter: &char| {
        used += letter.width().unwrap_or_default();
        used <= room
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// Pads a text with blanks at its end to this number of columns; longer texts are unchanged.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(blanks))
}

/// Pads a text with blanks at its beginning to this number of columns; longer texts are unchanged.
pub(crate) fn right_aligned(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{}{text}", " ".repeat(blanks))
}

/// A number rounded to this many decimals, or `None` if it is not finite.
pub(crate) fn rounded(value: f64, decimals: i32) -> Option<f64> {
    let scale = 10f64.powi(decimals);
    // Adding zero turns -0 into 0.
    value.is_finite().then(|| (value * scale).round() / scale + 0.0)
}

/// A time in milliseconds.
pub(crate) fn milliseconds(ms: Option<u32>) -> Option<Duration> {
    ms.map(|ms| Duration::from_millis(ms.into()))
}

/// A duration as `12:05`, or `1:12:05`.
pub(crate) fn clock(time: Option<Duration>) -> String {
    let Some(time) = time else { return NONE.into() };
    let seconds = time.as_secs();
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// A difference in seconds with its sign: `+0.123`.
pub(crate) fn difference(seconds: Option<f32>) -> String {
    match seconds {
        Some(seconds) if seconds.is_finite() && seconds.abs() < 3600.0 => format!("{seconds:+.3}"),
        _ => NONE.into(),
    }
}

/// The time of an event since its session began, as `3:05`. Every list of events shows this clock.
pub(crate) fn session_clock(session_s: f64) -> String {
    clock(Duration::try_from_secs_f64(session_s).ok())
}

/// An error and its causes as one line: `a: b: c`.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// A number of things: `1 lap`, `2 laps`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_counts_columns_as_terminals_do() {
        let widths = [("Novák", 5), ("漢字", 4), ("🏎 GP", 4), ("e\u{301}", 1), ("", 0)];
        for (text, columns) in widths {
            assert_eq!(width(text), columns, "{text:?}");
            assert_eq!(width(&padded(text, 8)), 8, "{text:?}");
            assert_eq!(width(&right_aligned(text, 8)), 8, "{text:?}");
            for room in 0..8 {
                assert!(width(&cut(text, room)) <= room, "{text:?}");
            }
        }
        assert_eq!([cut("abc", 3), cut("äbcd", 3), cut("abc", 1), cut("abc", 0)], ["abc", "äb…", "…", ""]);
        assert_eq!([cut("漢字漢字", 5), cut("漢字漢字", 4), padded("漢", 4)], ["漢字…", "漢…", "漢  "]);
    }

    #[test]
    fn error_chain_has_all_causes() {
        let inner = std::io::Error::other("disk full");
        let middle = std::io::Error::other(anyhow::Error::new(inner).context("cannot write"));
        assert_eq!(error_chain(&middle), "cannot write: disk full");
    }

    #[test]
    fn counted_has_the_singular_of_one() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "lap", "laps")), ["0 laps", "1 lap", "2 laps"]);
    }

    #[test]
    fn clock_and_difference_format_times() {
        assert_eq!([59, 754, 3725].map(|s| clock(Some(Duration::from_secs(s)))), ["0:59", "12:34", "1:02:05"]);
        assert_eq!([0.0, 65.9, 3725.0, -1.0, f64::NAN].map(session_clock), ["0:00", "1:05", "1:02:05", "-", "-"]);
        assert_eq!(
            [Some(0.1234), Some(-1.5), Some(f32::NAN), Some(1e9), None].map(difference),
            ["+0.123", "-1.500", "-", "-", "-"]
        );
    }
}
