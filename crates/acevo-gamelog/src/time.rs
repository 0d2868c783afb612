//! The time of a line.

use std::fmt;
use std::ops::Sub;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The local time of a line, to the millisecond. The log names no time zone.
///
/// ```
/// use acevo_gamelog::LogTime;
///
/// let start: LogTime = "2026-05-01 20:59:58.750".parse()?;
/// let end: LogTime = "2026-05-01 21:00:00.000".parse()?;
/// assert_eq!(end - start, 1250);
/// assert_eq!(end.to_string(), "2026-05-01 21:00:00.000");
/// # Ok::<(), acevo_gamelog::InvalidTime>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct LogTime(i64);

/// A text is not the time of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time such as 2026-05-01 20:59:58.750")]
#[non_exhaustive]
pub struct InvalidTime;

impl LogTime {
    /// The time this many milliseconds after 1970-01-01 00:00 of the same clock. `None` outside the years -9999 to 9999.
    pub fn from_ms(ms: i64) -> Option<Self> {
        Timestamp::from_millisecond(ms).ok().map(|_| Self(ms))
    }

    /// Milliseconds since 1970-01-01 00:00 of the same clock.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Parses `YYYY-MM-DD hh:mm:ss`, with or without a fraction; digits after the milliseconds are ignored.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let (date, fraction) = text.split_at_checked(19)?;
        let ms = match fraction {
            [] => 0,
            [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
                let digits = digits.iter().chain(b"00").take(3);
                digits.map(|digit| number(&[*digit])).try_fold(0, |sum, digit| Some(sum * 10 + digit?))?
            }
            _ => return None,
        };
        if fraction.iter().skip(1).any(|digit| !digit.is_ascii_digit()) {
            return None;
        }
        let &[a, b, c, d, b'-', e, f, b'-', g, h, b' ', i, j, b':', k, l, b':', m, n] = date else { return None };
        let year = number(&[a, b, c, d])?;
        let [month, day, hour, minute, second] = [[e, f], [g, h], [i, j], [k, l], [m, n]].map(|pair| number(&pair));
        let small = |value: Option<i32>| i8::try_from(value?).ok();
        let time = DateTime::new(
            i16::try_from(year).ok()?,
            small(month)?,
            small(day)?,
            small(hour)?,
            small(minute)?,
            small(second)?,
            ms * 1_000_000,
        );
        let time = Offset::UTC.to_timestamp(time.ok()?).ok()?;
        Some(Self(time.as_millisecond()))
    }
}

/// The number that these digits mean, of which there are few.
fn number(digits: &[u8]) -> Option<i32> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0')))
}

impl FromStr for LogTime {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        Self::parse(text.as_bytes()).ok_or(InvalidTime)
    }
}

impl TryFrom<String> for LogTime {
    type Error = InvalidTime;

    fn try_from(text: String) -> Result<Self, InvalidTime> {
        text.parse()
    }
}

impl From<LogTime> for String {
    fn from(time: LogTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for LogTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Offset::UTC.to_datetime(Timestamp::from_millisecond(self.0).unwrap_or_default());
        let (year, month, day) = (time.year(), time.month(), time.day());
        let (hour, minute, second, ms) = (time.hour(), time.minute(), time.second(), time.millisecond());
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{ms:03}")
    }
}

impl Sub for LogTime {
    type Output = i64;

    /// Milliseconds from `earlier` to this time; negative if it is later.
    fn sub(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_time_parses_and_displays() {
        let time: LogTime = "2026-02-28 23:59:59.999".parse().unwrap();
        assert_eq!(time.ms(), 1_772_323_199_999);
        assert_eq!(LogTime::from_ms(time.ms() + 1).unwrap().to_string(), "2026-03-01 00:00:00.000");
        assert_eq!("2026-02-28 23:59:59".parse::<LogTime>().unwrap() - time, -999);
        assert_eq!("2026-02-28 23:59:59.5".parse::<LogTime>().unwrap().ms() % 1000, 500);
        assert_eq!("2026-02-28 23:59:59.123456".parse::<LogTime>().unwrap().ms() % 1000, 123);
        assert_eq!(LogTime::from_ms(i64::MAX), None);
    }

    #[test]
    fn log_time_refuses_what_is_no_time() {
        for text in [
            "",
            "2026-02-28",
            "2026-02-29 00:00:00.000",
            "2026-02-28 24:00:00.000",
            "2026-02-28 00:00:00.",
            "2026-02-28 00:00:00.12x",
            "2026-02-28T00:00:00.000",
            "2026-02-28 00:00:00.0000000000",
            "2026-02-28 0é:00:00",
        ] {
            assert_eq!(text.parse::<LogTime>(), Err(InvalidTime), "{text}");
        }
    }
}
