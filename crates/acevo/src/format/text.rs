//! Values as text for people. Whatever a page holds, the result is short and has no control characters.

use std::time::Duration;

use acevo_shared_memory::Frame;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

pub(crate) use acevo_telemetry::{
    clean_text as clean, display_name as name, format_lap_time as lap_time, format_number as number,
    format_sector_time as sector_time,
};

/// What stands where there is no value.
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

/// Columns that a text takes on a terminal: two for a wide character, none for an accent that stands alone.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// A text of at most so many columns; what is longer ends with `…`.
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

/// A text with blanks behind it until it takes so many columns; longer ones stay.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(blanks))
}

/// A text with blanks before it until it takes so many columns; longer ones stay.
pub(crate) fn right_aligned(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{}{text}", " ".repeat(blanks))
}

/// Time left in a session: `12:05`, or `1:12:05`.
pub(crate) fn clock(time: Option<Duration>) -> String {
    let Some(time) = time else { return NONE.into() };
    let seconds = time.as_secs();
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// A difference in seconds, with its sign: `+0.123`.
pub(crate) fn difference(seconds: Option<f32>) -> String {
    match seconds {
        Some(seconds) if seconds.is_finite() && seconds.abs() < 3600.0 => format!("{seconds:+.3}"),
        _ => NONE.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_terminals_do() {
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
    fn times_read_as_people_write_them() {
        assert_eq!([59, 754, 3725].map(|s| clock(Some(Duration::from_secs(s)))), ["0:59", "12:34", "1:02:05"]);
        assert_eq!(
            [Some(0.1234), Some(-1.5), Some(f32::NAN), Some(1e9), None].map(difference),
            ["+0.123", "-1.500", "-", "-", "-"]
        );
    }
}
