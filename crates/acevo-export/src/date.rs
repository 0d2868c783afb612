//! Dates of files.

/// A date and a time of day, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
}

/// The last second of the year 9999.
const LAST: f64 = 253_402_300_799.0;

impl Date {
    /// The date so many seconds after the beginning of 1970. Times before it, and what is no time, are its beginning.
    pub(super) fn of(unix_s: f64) -> Self {
        let unix_s = unix_s.clamp(0.0, LAST) as i64;
        let (days, seconds) = (unix_s / 86_400, unix_s % 86_400);
        // Eras of 400 years that begin with the first of March, so that the day that may be there is the last one.
        let days = days + 719_468;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let (day, month, year) = (day - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1, era * 400 + year);
        let year = if month <= 2 { year + 1 } else { year };
        Self { year, month, day, hour: seconds / 3600, minute: seconds / 60 % 60, second: seconds % 60 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let of = |unix_s| {
            let date = Date::of(unix_s);
            (date.year, date.month, date.day, date.hour, date.minute, date.second)
        };
        assert_eq!(of(951_782_400.0), (2000, 2, 29, 0, 0, 0));
        assert_eq!(of(1_775_030_461.9), (2026, 4, 1, 8, 1, 1));
        assert_eq!(of(4_107_542_399.0), (2100, 2, 28, 23, 59, 59));
        assert_eq!(of(4_107_542_400.0), (2100, 3, 1, 0, 0, 0));
        assert_eq!([f64::NAN, -1e300, -1.0].map(of), [(1970, 1, 1, 0, 0, 0); 3]);
        assert_eq!(of(f64::INFINITY), (9999, 12, 31, 23, 59, 59));
    }
}
