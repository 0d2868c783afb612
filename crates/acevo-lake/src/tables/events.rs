//! The table of events: a row for each.

use acevo_export::{ColumnType, ColumnValues};
use acevo_telemetry::ChannelValue;
use acevo_telemetry::analysis::SessionEvent;
use serde_json::Value;

use super::{number, text, word};
use crate::identity::{self, Identity};
use crate::schema::LakeColumn;

/// Keys of the JSON of an event that are columns of their own.
const OWN: [&str; 6] = ["at_s", "session_s", "session", "lap", "place", "event"];

/// The columns.
pub(crate) fn columns() -> Vec<LakeColumn> {
    use ColumnType::{Double, Text, Whole};

    let mut columns = identity::columns("When it happened, UTC");
    let own = [
        ("event", Text, "Kind of the event"),
        ("topic", Text, "Topic of the event"),
        ("lap", Whole, "Number of the lap, from 1; null if no lap was running"),
        ("lap_position", Double, "Lap position of the car, 0 to 1"),
        ("severity", Text, "good, info or warning"),
        ("at_s", Double, "Seconds since the recording's zero"),
        ("session_s", Double, "Seconds since the session began"),
        ("text", Text, "The event as a line of text"),
        ("detail", Text, "What else `acevo events --json` prints about the event, as JSON"),
    ];
    columns.extend(own.map(|(name, kind, comment)| LakeColumn::new(name, kind, comment)));
    columns
}

/// Adds a row.
pub(crate) fn push(values: &mut [ColumnValues], identity: &Identity, event: &SessionEvent, time_us: Option<i64>) {
    let mut detail = match serde_json::to_value(event) {
        Ok(Value::Object(detail)) => detail,
        _ => serde_json::Map::new(),
    };
    let kind = detail.get("event").and_then(Value::as_str).unwrap_or_default().to_owned();
    detail.retain(|key, _| !OWN.contains(&key.as_str()));
    let detail = (!detail.is_empty()).then(|| Value::Object(detail).to_string());
    let (topic, severity, line) = (word(&event.kind.topic()), word(&event.kind.severity()), event.kind.to_string());
    let own = [
        Some(ChannelValue::Text(&kind)),
        text(&topic),
        event.lap.and_then(number),
        event.lap_position.and_then(number),
        text(&severity),
        number(event.at_s),
        number(event.session_s),
        Some(ChannelValue::Text(&line)),
        text(&detail),
    ];
    let values = identity.push(values, time_us);
    values.iter_mut().zip(own).for_each(|(column, value)| column.push(value));
}
