//! Statistics of data files, as JSON in the log: by them readers skip files.

use acevo_export::{ColumnStatistics, ColumnType, FileStatistics, Limit};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Number of columns that have statistics: what readers and writers of Delta use by default. Those that queries ask for are first.
const INDEXED: usize = 32;

/// The statistics of a file with these columns.
pub(crate) fn to_text<'a>(
    statistics: &FileStatistics,
    columns: impl IntoIterator<Item = (&'a str, ColumnType)>,
) -> String {
    let (mut min, mut max, mut nulls) = (Map::new(), Map::new(), Map::new());
    for ((name, kind), ColumnStatistics { nulls: missing, limits, .. }) in
        columns.into_iter().zip(&statistics.columns).take(INDEXED)
    {
        nulls.insert(name.to_owned(), (*missing).into());
        if let Some((low, high)) = limits {
            min.extend(value(low, kind).map(|value| (name.to_owned(), value)));
            max.extend(value(high, kind).map(|value| (name.to_owned(), value)));
        }
    }
    json!({ "numRecords": statistics.rows, "minValues": min, "maxValues": max, "nullCount": nulls }).to_string()
}

fn value(limit: &Limit, kind: ColumnType) -> Option<Value> {
    match (limit, kind) {
        (Limit::Whole(us), ColumnType::Time) => Some(time(*us)?.into()),
        (Limit::Whole(number), _) => Some((*number).into()),
        (Limit::Number(number), _) => serde_json::Number::from_f64(*number).map(Value::Number),
        (Limit::Text(text), _) => Some(text.as_str().into()),
        _ => None,
    }
}

/// A time in microseconds since 1970 as text, such as `2026-11-30T12:00:00.123456Z`.
fn time(us: i64) -> Option<String> {
    Some(Timestamp::from_microsecond(us).ok()?.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string())
}

/// The number of rows in the statistics of a file, which any program may have written.
pub(crate) fn rows(text: &str) -> Option<u64> {
    serde_json::from_str::<Value>(text).ok()?.get("numRecords")?.as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_has_all_microseconds() {
        assert_eq!(time(1_764_504_000_123_456).as_deref(), Some("2025-11-30T12:00:00.123456Z"));
        assert_eq!(time(i64::MAX), None);
    }

    #[test]
    fn rows_of_any_text_are_none() {
        assert_eq!(rows(r#"{"numRecords":5}"#), Some(5));
        for text in ["", "{", "[]", r#"{"numRecords":-1}"#, r#"{"numRecords":"5"}"#] {
            assert_eq!(rows(text), None);
        }
    }
}
