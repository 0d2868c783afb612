//! Kinds of values: what they accept, how they are written in a variable, and how they are described.

use std::path::{Path, PathBuf};
use std::time::Duration;

use acevo_telemetry::analysis::Sectors;
use acevo_telemetry::is_unsafe_to_print;

use crate::problem::{did_you_mean, nearest};
use crate::value::Value;

/// Kinds of sessions. A session that the game does not name is always recorded.
pub(crate) const SESSIONS: &[&str] = &["time-attack", "race", "hot-stint", "cruise"];

/// The text of an optional limit that is not set.
pub(crate) const NO_LIMIT: &str = "none";

/// The text of the default sectors.
pub(crate) const THIRDS: &str = "thirds";

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// `true` or `false`.
    Switch,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// An array of some of these texts.
    Choices(&'static [&'static str]),
    /// An integer of this range.
    Integer {
        /// The minimum.
        min: i64,
        /// The maximum.
        max: i64,
    },
    /// A number of this range.
    Number {
        /// The minimum.
        min: f64,
        /// The maximum.
        max: f64,
    },
    /// A text of at most this number of characters, which may be empty.
    Text {
        /// The maximum.
        max: usize,
    },
    /// A folder: an absolute path, or one that begins with `~/`. An empty text is the default.
    Folder,
    /// An age such as `90d`, or `none`.
    Age,
    /// A size in bytes such as `50GB`, or `none`.
    Size,
    /// A rate of bytes such as `20 Mbit/s`, or `none`.
    Rate,
    /// Sector boundaries: ascending lap positions between 0 and 1, or `thirds`.
    Positions,
}

/// Why a value is wrong, with a suggestion.
pub(crate) type Wrong = (String, Option<String>);

/// Units of ages, with their seconds.
const AGES: [(&str, u64); 4] = [("h", 3_600), ("d", 86_400), ("w", 7 * 86_400), ("y", 365 * 86_400)];

/// Range of ages, seconds: an hour to a hundred years.
const AGE_RANGE: std::ops::RangeInclusive<f64> = 3_600.0..=100.0 * 365.0 * 86_400.0;

/// Units of sizes, with their bytes.
const SIZES: [(&str, u64); 6] = [
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// Units of rates, with their bits per second.
const RATES: [(&str, u64); 6] = [
    ("kbit/s", 1_000),
    ("Mbit/s", 1_000_000),
    ("Gbit/s", 1_000_000_000),
    ("kB/s", 8_000),
    ("MB/s", 8_000_000),
    ("GB/s", 8_000_000_000),
];

/// Range of rates, bits per second.
const RATE_RANGE: std::ops::RangeInclusive<f64> = 8_000.0..=1e12;

/// Range of sizes, bytes: a megabyte to a thousand terabytes.
const SIZE_RANGE: std::ops::RangeInclusive<f64> = 1e6..=1e15;

impl Kind {
    /// What is accepted, such as `1 to 65535`.
    pub fn range(self) -> String {
        match self {
            Self::Switch => "true, false".into(),
            Self::Choice(names) => names.join(", "),
            Self::Choices(names) => format!("an array of {}", names.join(", ")),
            Self::Integer { min, max } => format!("{min} to {max}"),
            Self::Number { min, max } => format!("{min} to {max}"),
            Self::Text { max } => format!("a text of up to {max} characters"),
            Self::Folder => "an absolute path, or one that begins with ~/".into(),
            Self::Age => "1h to 100y, such as 36h, 90d, 12w or 2y; none".into(),
            Self::Size => "1MB to 1000TB, such as 500MB, 50GB or 1.5TB; none".into(),
            Self::Rate => "8kbit/s to 1000Gbit/s, such as 20Mbit/s or 2.5MB/s; none".into(),
            Self::Positions => "thirds, or ascending lap positions between 0 and 1, such as [0.31, 0.68]".into(),
        }
    }

    /// The value that a text means: that of an environment variable, or of a field of a form. It still has to be checked.
    pub fn parse(self, text: &str) -> Value {
        let text = text.trim();
        let number = || text.parse().map(Value::Number).ok();
        let list = |item: fn(&str) -> Value| Value::List(text.split(',').map(|part| item(part.trim())).collect());
        let parsed = match self {
            Self::Switch => text.parse().map(Value::Switch).ok(),
            Self::Integer { .. } => text.parse().map(Value::Integer).ok(),
            Self::Number { .. } => number(),
            Self::Choices(_) => Some(if text.is_empty() { Value::List(vec![]) } else { list(|part| part.into()) }),
            Self::Positions if text != THIRDS => {
                Some(list(|part| part.parse().map_or_else(|_| part.into(), Value::Number)))
            }
            _ => None,
        };
        parsed.unwrap_or_else(|| text.into())
    }

    /// Checks a value.
    pub(crate) fn check(self, value: &Value) -> Result<(), Wrong> {
        let expected = || (format!("expected {}, found {}", self.range(), shown(value)), None);
        let is_good = match (self, value) {
            (Self::Switch, Value::Switch(_)) => true,
            (Self::Choice(names), Value::Text(text)) => return choice(names, text),
            (Self::Choices(names), Value::List(values)) => {
                return values.iter().try_for_each(|value| match value {
                    Value::Text(text) => choice(names, text),
                    _ => Err(expected()),
                });
            }
            (Self::Integer { min, max }, Value::Integer(integer)) => (min..=max).contains(integer),
            (Self::Number { min, max }, value) => value.as_number().is_some_and(|number| (min..=max).contains(&number)),
            (Self::Text { max }, Value::Text(text)) => {
                text.chars().count() <= max && !text.contains(is_unsafe_to_print)
            }
            (Self::Folder, Value::Text(text)) => is_folder(text),
            (Self::Age, Value::Text(text)) => age(text).is_some(),
            (Self::Size, Value::Text(text)) => size(text).is_some(),
            (Self::Rate, Value::Text(text)) => rate(text).is_some(),
            (Self::Positions, Value::Text(text)) => text == THIRDS,
            (Self::Positions, Value::List(_)) => {
                positions(value).is_some_and(|positions| Sectors::default().set_others(&positions).is_ok())
            }
            _ => false,
        };
        if is_good {
            return Ok(());
        }
        let (message, _) = expected();
        Err((message, self.advice(value)))
    }

    /// Advice for a common mistake.
    fn advice(self, value: &Value) -> Option<String> {
        match (self, value) {
            (Self::Age | Self::Size | Self::Rate, Value::Integer(_) | Value::Number(_)) => {
                Some("write the number with its unit, in quotation marks".into())
            }
            (Self::Switch, Value::Text(text)) if text == "true" || text == "false" => {
                Some(format!("write {text} without quotation marks"))
            }
            (Self::Integer { .. } | Self::Number { .. }, Value::Text(text)) if text.parse::<f64>().is_ok() => {
                Some(format!("write {text} without quotation marks"))
            }
            (Self::Choices(_) | Self::Positions, Value::Text(_) | Value::Number(_)) => {
                Some("write an array in [ ]".into())
            }
            _ => None,
        }
    }
}

/// A value in a message, of limited length.
fn shown(value: &Value) -> String {
    let text: String = value.to_string().chars().filter(|letter| !is_unsafe_to_print(*letter)).take(61).collect();
    if text.chars().count() > 60 { value.type_name().into() } else { text }
}

fn choice(names: &[&str], text: &str) -> Result<(), Wrong> {
    if names.contains(&text) {
        return Ok(());
    }
    let message = format!("expected {}, found {}", names.join(", "), shown(&text.into()));
    Err((message, nearest(text, names.iter().copied()).map(did_you_mean)))
}

/// The part after `~/`, if the path begins with that.
fn in_home(text: &str) -> Option<&str> {
    text.strip_prefix("~/").or_else(|| text.strip_prefix("~\\").filter(|_| cfg!(windows)))
}

fn is_folder(text: &str) -> bool {
    text.len() <= 4096
        && !text.contains(|letter: char| letter.is_control())
        && (text.is_empty() || in_home(text).is_some() || Path::new(text).is_absolute())
}

/// The folder of a text; `None` for an empty text, or if the path begins with `~/` and there is no home folder.
pub(crate) fn folder(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    match in_home(text) {
        Some(rest) => home.map(|home| home.join(rest)),
        None => Some(PathBuf::from(text)).filter(|path| !path.as_os_str().is_empty()),
    }
}

/// An age: `Some(None)` for `none`.
pub(crate) fn age(text: &str) -> Option<Option<Duration>> {
    if text == NO_LIMIT {
        return Some(None);
    }
    quantity(text, &AGES)
        .filter(|seconds| AGE_RANGE.contains(seconds))
        .map(|seconds| Some(Duration::from_secs_f64(seconds)))
}

/// A size in bytes: `Some(None)` for `none`.
pub fn size(text: &str) -> Option<Option<u64>> {
    if text == NO_LIMIT {
        return Some(None);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    quantity(text, &SIZES).filter(|bytes| SIZE_RANGE.contains(bytes)).map(|bytes| Some(bytes as u64))
}

/// A rate in bytes per second: `Some(None)` for `none`.
pub fn rate(text: &str) -> Option<Option<u64>> {
    if text == NO_LIMIT {
        return Some(None);
    }
    // The small letter is the only difference between bits and bytes.
    let (number, unit) = text.split_at(text.find(|letter: char| letter.is_ascii_alphabetic())?);
    let (_, factor) = RATES.iter().find(|(name, _)| *name == unit)?;
    let bits = quantity_of(number, *factor).filter(|bits| RATE_RANGE.contains(bits))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    let bytes = (bits / 8.0) as u64;
    Some(Some(bytes))
}

/// The text of a rate in bytes per second.
pub(crate) fn rate_text(rate: Option<u64>) -> String {
    #[expect(clippy::cast_precision_loss, reason = "rates are below 2^53 bits per second")]
    let text = |rate: u64| text_of(8 * rate, &RATES[..3]).unwrap_or_else(|| format!("{}kB/s", rate as f64 / 1e3));
    rate.map_or_else(|| NO_LIMIT.into(), text)
}

/// A number with a unit, such as `1.5TB` or `90 d`.
fn quantity(text: &str, units: &[(&str, u64)]) -> Option<f64> {
    let (number, unit) = text.split_at(text.find(|letter: char| letter.is_ascii_alphabetic())?);
    let (_, factor) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    quantity_of(number, *factor)
}

fn quantity_of(number: &str, factor: u64) -> Option<f64> {
    let number: f64 = number.trim_end().parse().ok()?;
    #[expect(clippy::cast_precision_loss, reason = "factors are powers of ten and two, or small")]
    let factor = factor as f64;
    Some(number * factor)
}

/// The text of an age.
pub(crate) fn age_text(age: Option<Duration>) -> String {
    let text = |age: Duration| {
        text_of(age.as_secs(), &AGES[..3]).unwrap_or_else(|| format!("{}h", age.as_secs_f64() / 3600.0))
    };
    age.map_or_else(|| NO_LIMIT.into(), text)
}

/// The text of a size.
pub(crate) fn size_text(size: Option<u64>) -> String {
    #[expect(clippy::cast_precision_loss, reason = "sizes are below 2^53 bytes")]
    let text = |size: u64| text_of(size, &SIZES).unwrap_or_else(|| format!("{}MB", size as f64 / 1e6));
    size.map_or_else(|| NO_LIMIT.into(), text)
}

/// The amount in the largest unit of which it is a multiple.
fn text_of(amount: u64, units: &[(&str, u64)]) -> Option<String> {
    let fitting = units.iter().filter(|(_, factor)| amount > 0 && amount.is_multiple_of(*factor));
    fitting.max_by_key(|(_, factor)| *factor).map(|(unit, factor)| format!("{}{unit}", amount / factor))
}

/// The numbers of a list.
pub(crate) fn positions(value: &Value) -> Option<Vec<f64>> {
    match value {
        Value::List(values) => values.iter().map(Value::as_number).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_sizes_have_units_and_ranges() {
        let hours = |text| age(text).flatten().map(|age| age.as_secs() / 3600);
        assert_eq!(
            [hours("36h"), hours("90d"), hours("2w"), hours("1 y")],
            [Some(36), Some(2160), Some(336), Some(8760)]
        );
        assert_eq!(
            [size("500MB"), size("1.5TB"), size("2gib")].map(Option::flatten),
            [Some(500_000_000), Some(1_500_000_000_000), Some(2 << 30)]
        );
        assert_eq!((age("none"), size("none")), (Some(None), Some(None)));
        for wrong in
            ["", "90", "d", "0d", "-1d", "1e9y", "NaNd", "infd", "1m", "3 months", "9999TB", "0.1MB", "5kB", "ä"]
        {
            assert!(age(wrong).is_none() && size(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn texts_of_ages_and_sizes_are_read_again() {
        for text in ["1h", "36h", "90d", "12w", "1.5h", "none"] {
            assert_eq!(age(&age_text(age(text).unwrap())), age(text), "{text}");
        }
        for text in ["1MB", "50GB", "1.5TB", "3MiB", "none", "1.000001MB"] {
            assert_eq!(size(&size_text(size(text).unwrap())), size(text), "{text}");
        }
        assert_eq!((age_text(age("90d").unwrap()), size_text(size("1.5TB").unwrap())), ("90d".into(), "1500GB".into()));
    }

    #[test]
    fn rates_are_in_bits_or_bytes_and_are_read_again() {
        let bytes = |text| rate(text).flatten();
        assert_eq!([bytes("20Mbit/s"), bytes("20 Mbit/s"), bytes("2.5MB/s")], [Some(2_500_000); 3]);
        assert_eq!((bytes("8kbit/s"), rate("none")), (Some(1_000), Some(None)));
        for wrong in ["", "20", "20Mbit", "20mbit/s", "1kbit/s", "-1MB/s", "NaNMB/s", "1e9GB/s", "Mbit/s", "fast"] {
            assert!(rate(wrong).is_none(), "{wrong}");
        }
        for text in ["20Mbit/s", "8kbit/s", "1Gbit/s", "2500kbit/s", "1.001kB/s", "none"] {
            let parsed = rate(text).unwrap();
            assert_eq!(rate(&rate_text(parsed)), Some(parsed), "{text}");
        }
        assert_eq!(rate_text(rate("20Mbit/s").unwrap()), "20Mbit/s");
    }

    #[test]
    fn folder_expands_the_home_folder_and_refuses_relative_paths() {
        let home = Path::new("/home/me");
        assert_eq!(folder("~/races", Some(home)), Some(home.join("races")));
        assert_eq!(folder("~/races", None), None);
        assert_eq!(folder("", Some(home)), None);
        for wrong in ["races", "./races", "~races", "~", "a\0b", "/a\nb"] {
            assert!(!is_folder(wrong), "{wrong:?}");
        }
        assert!(is_folder("~/races") && is_folder(""));
        #[cfg(unix)]
        assert!(is_folder("/races") && folder("/races", None) == Some("/races".into()));
    }

    #[test]
    fn parse_reads_the_text_of_variables() {
        assert_eq!(Kind::Switch.parse(" true "), true.into());
        assert_eq!(Kind::Integer { min: 0, max: 9 }.parse("7"), Value::Integer(7));
        assert_eq!(Kind::Positions.parse("0.3, 0.7"), Value::List(vec![0.3.into(), 0.7.into()]));
        assert_eq!(Kind::Positions.parse("thirds"), "thirds".into());
        assert_eq!(Kind::Choices(&["a"]).parse("a,b"), Value::List(vec!["a".into(), "b".into()]));
        assert!(Kind::Switch.check(&Kind::Switch.parse("yes")).is_err());
        assert!(Kind::Number { min: 0.0, max: 1.0 }.check(&Value::Number(f64::NAN)).is_err());
    }
}
