//! The folders of data files.

use std::fmt;

use acevo_fleet::slug;
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::log::action::PartitionValues;

/// The name of a missing value, as in Hive.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The values by which a file is put into a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub(crate) struct Partition {
    /// Track and layout: `[a-z0-9_-]`.
    pub(crate) track: Option<String>,
    /// `2026-11-30`, UTC.
    pub(crate) date: Option<String>,
}

impl Partition {
    /// The partition of a session on a track, which may be empty. `unix_us` is when it began, microseconds since 1970; `None` if that is not
    /// known.
    pub(crate) fn new(track: &str, layout: &str, unix_us: Option<i64>) -> Self {
        let name = format!("{track} {layout}");
        let date = unix_us.and_then(|us| Timestamp::from_microsecond(us).ok());
        Self {
            track: (!name.trim().is_empty()).then(|| slug(name.trim())),
            date: date.map(|at| Offset::UTC.to_datetime(at).date().to_string()),
        }
    }

    /// The folder below that of the table: `track=monza-gp/date=2026-11-30`.
    pub(crate) fn folder(&self) -> String {
        let [track, date] = [&self.track, &self.date].map(|value| value.as_deref().unwrap_or(NULL));
        format!("track={track}/date={date}")
    }

    /// The partition of a file in the log. `None` if its values could not be the names of folders.
    pub(crate) fn of(values: &PartitionValues) -> Option<Self> {
        let value = |name: &str| values.get(name).cloned().flatten();
        let partition = Self { track: value("track"), date: value("date") };
        let is_safe = |value: &Option<String>| {
            value.as_ref().is_none_or(|value| {
                !value.is_empty()
                    && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            })
        };
        (is_safe(&partition.track) && is_safe(&partition.date)).then_some(partition)
    }
}

impl From<&Partition> for PartitionValues {
    fn from(partition: &Partition) -> Self {
        let Partition { track, date } = partition.clone();
        [("track".to_owned(), track), ("date".to_owned(), date)].into()
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.folder())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn partition_has_a_track_and_a_day() {
        let partition = Partition::new("Nürburgring", "GP", Some(1_775_030_461_500_000));
        assert_eq!(partition.folder(), "track=nuerburgring-gp/date=2026-04-01");
        assert_eq!(Partition::of(&PartitionValues::from(&partition)), Some(partition));
        let unknown = Partition::new("", "", None);
        assert_eq!(unknown.folder(), format!("track={NULL}/date={NULL}"));
        assert_eq!(Partition::of(&PartitionValues::from(&unknown)), Some(unknown));
        let escape = PartitionValues::from([("track".to_owned(), Some("../..".to_owned()))]);
        assert_eq!(Partition::of(&escape), None);
    }

    proptest! {
        #[test]
        fn partition_of_any_names_is_two_folders_of_plain_characters(track in ".{0,80}", layout in ".{0,80}", us in any::<i64>()) {
            let folder = Partition::new(&track, &layout, Some(us)).folder();
            prop_assert_eq!(folder.matches('/').count(), 1);
            prop_assert!(folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=/_-".contains(&byte)), "{}", folder);
        }
    }
}
