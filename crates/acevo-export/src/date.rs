//! Dates of files.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The date and time (UTC) of a number of seconds since 1970, without fractions. Earlier times and NaN give the start of 1970, times
/// after the year 9999 its end.
pub(crate) fn utc(unix_s: f64) -> DateTime {
    let seconds = (unix_s.max(0.0) as i64).min(Timestamp::MAX.as_second());
    Offset::UTC.to_datetime(Timestamp::from_second(seconds).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn utc_follows_the_calendar_and_clamps() {
        assert_eq!(utc(951_782_400.0), date(2000, 2, 29).at(0, 0, 0, 0));
        assert_eq!(utc(1_775_030_461.9), date(2026, 4, 1).at(8, 1, 1, 0));
        assert_eq!(utc(4_107_542_399.0), date(2100, 2, 28).at(23, 59, 59, 0));
        assert_eq!(utc(4_107_542_400.0), date(2100, 3, 1).at(0, 0, 0, 0));
        assert_eq!([f64::NAN, -1e300, -1.0].map(utc), [date(1970, 1, 1).at(0, 0, 0, 0); 3]);
        assert_eq!(utc(f64::INFINITY).year(), 9999);
    }
}
