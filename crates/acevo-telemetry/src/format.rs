//! Numbers and lap times as text.

use std::time::Duration;

/// Magnitude from which on numbers are printed with an exponent. No value of the game is that large.
const MAX_PLAIN: f64 = 1e6;

/// Formats a number with a fixed number of decimals; `-` if it is not finite. Never `-0.0`.
///
/// ```
/// use acevo_telemetry::format_number;
///
/// assert_eq!([1.25, -0.04, f64::NAN, 3e38].map(|value| format_number(value, 1)), ["1.2", "0.0", "-", "3e38"]);
/// ```
pub fn format_number(value: impl Into<f64>, decimals: usize) -> String {
    let value = value.into();
    if !value.is_finite() {
        "-".into()
    } else if value.abs() >= MAX_PLAIN {
        format!("{value:.0e}")
    } else {
        let text = format!("{value:.decimals$}");
        match text.strip_prefix('-') {
            Some(positive) if positive.bytes().all(|byte| matches!(byte, b'0' | b'.')) => positive.into(),
            _ => text,
        }
    }
}

/// Formats a lap time: `1:02.345`, or `1:02:03.004` from one hour on; `-:--.---` if there is no time.
///
/// ```
/// use std::time::Duration;
///
/// use acevo_telemetry::format_lap_time;
///
/// assert_eq!(format_lap_time(Some(Duration::from_millis(62_345))), "1:02.345");
/// assert_eq!(format_lap_time(Some(Duration::from_millis(3_723_004))), "1:02:03.004");
/// assert_eq!(format_lap_time(None), "-:--.---");
/// ```
pub fn format_lap_time(time: Option<Duration>) -> String {
    let Some(time) = time else { return "-:--.---".into() };
    let ms = time.as_millis();
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    let (seconds, thousandths) = (ms / 1000 % 60, ms % 1000);
    match hours {
        0 => format!("{minutes}:{seconds:02}.{thousandths:03}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}.{thousandths:03}"),
    }
}

/// Formats a sector time: `31.234`, or `1:02.345` from one minute on; `-` if there is no time.
///
/// ```
/// use std::time::Duration;
///
/// use acevo_telemetry::format_sector_time;
///
/// assert_eq!(format_sector_time(Some(Duration::from_millis(31_234))), "31.234");
/// assert_eq!(format_sector_time(Some(Duration::from_millis(62_345))), "1:02.345");
/// assert_eq!(format_sector_time(None), "-");
/// ```
pub fn format_sector_time(time: Option<Duration>) -> String {
    match time {
        None => "-".into(),
        Some(time) if time < Duration::from_secs(60) => format!("{}.{:03}", time.as_secs(), time.subsec_millis()),
        time => format_lap_time(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_number_is_short_for_every_value() {
        let texts = [1.25, -0.04, 0.0, f64::NAN, f64::INFINITY, 3e38, -3e38].map(|value| format_number(value, 1));
        assert_eq!(texts, ["1.2", "0.0", "0.0", "-", "-", "3e38", "-3e38"]);
    }

    #[test]
    fn format_lap_time_and_sector_time() {
        let times = [62_345, 999, 3_723_004].map(|ms| format_lap_time(Some(Duration::from_millis(ms))));
        assert_eq!(times, ["1:02.345", "0:00.999", "1:02:03.004"]);
        let times = [59_999, 60_000, 7].map(|ms| format_sector_time(Some(Duration::from_millis(ms))));
        assert_eq!(times, ["59.999", "1:00.000", "0.007"]);
        assert!(format_lap_time(Some(Duration::MAX)).ends_with(":15.999"), "{}", format_lap_time(Some(Duration::MAX)));
    }
}
