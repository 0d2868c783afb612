//! Times as drivers write them.

use std::time::Duration;

/// A lap time as drivers write it: `1:02.345`, and `-:--.---` for none.
///
/// ```
/// use std::time::Duration;
///
/// use acevo_telemetry::lap_time;
///
/// assert_eq!(lap_time(Some(Duration::from_millis(62_345))), "1:02.345");
/// assert_eq!(lap_time(Some(Duration::from_millis(3_723_004))), "1:02:03.004");
/// assert_eq!(lap_time(None), "-:--.---");
/// ```
pub fn lap_time(time: Option<Duration>) -> String {
    let Some(time) = time else { return "-:--.---".into() };
    let ms = time.as_millis();
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    let (seconds, thousandths) = (ms / 1000 % 60, ms % 1000);
    match hours {
        0 => format!("{minutes}:{seconds:02}.{thousandths:03}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}.{thousandths:03}"),
    }
}

/// The time of a sector, of which most are shorter than a minute: `31.234`, `1:02.345`, and `-` for none.
///
/// ```
/// use std::time::Duration;
///
/// use acevo_telemetry::sector_time;
///
/// assert_eq!(sector_time(Some(Duration::from_millis(31_234))), "31.234");
/// assert_eq!(sector_time(Some(Duration::from_millis(62_345))), "1:02.345");
/// assert_eq!(sector_time(None), "-");
/// ```
pub fn sector_time(time: Option<Duration>) -> String {
    match time {
        None => "-".into(),
        Some(time) if time < Duration::from_secs(60) => format!("{}.{:03}", time.as_secs(), time.subsec_millis()),
        time => lap_time(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_drivers_write_them() {
        let times = [62_345, 999, 3_723_004].map(|ms| lap_time(Some(Duration::from_millis(ms))));
        assert_eq!(times, ["1:02.345", "0:00.999", "1:02:03.004"]);
        let times = [59_999, 60_000, 7].map(|ms| sector_time(Some(Duration::from_millis(ms))));
        assert_eq!(times, ["59.999", "1:00.000", "0.007"]);
        assert!(lap_time(Some(Duration::MAX)).ends_with(":15.999"), "{}", lap_time(Some(Duration::MAX)));
    }
}
