//! Metadata of a file.

use acevo_telemetry::{Channel, ChannelKind};
use parquet::file::metadata::KeyValue;
use serde_json::{Map, Value, json};

use crate::{About, Column};

/// The metadata entries. `name_in_file` maps the name of a column to its name in the file.
pub(super) fn metadata(about: &About, columns: &[Column], name_in_file: fn(&str) -> String) -> Vec<KeyValue> {
    let columns: Map<String, Value> =
        columns.iter().map(|column| (name_in_file(&column.name()), description(column))).collect();
    let about = json!({
        "track": about.names.track,
        "configuration": about.names.configuration,
        "track_length_m": about.names.track_length_m,
        "latitude_longitude": about.names.latitude_longitude,
        "car": about.names.car,
        "driver": about.names.driver,
        "session": about.names.session,
        "game_version": about.names.game_version,
        "unix_s": about.unix_s,
    });
    let entry = |key: &str, value: Value| KeyValue::new(key.to_owned(), value.to_string());
    vec![entry("acevo.about", about), entry("acevo.columns", columns.into())]
}

fn description(column: &Column) -> Value {
    let channel = column.channel;
    let mut description = json!({
        "channel": channel.id(),
        "title": channel.title(),
        "unit": column.unit.symbol(),
        "quality": channel.quality().to_string(),
        "versions": channel.versions(),
        "sources": channel.sources(),
        "note": note(column),
    });
    if let Some(values) = values(channel) {
        description["values"] = values;
    }
    description
}

/// The note of a channel; of a corrected position that of the export.
fn note(column: &Column) -> &'static str {
    if column.is_corrected() {
        "On the lap of the row: negative before a start, null while the game still has the position of the previous lap."
    } else {
        column.channel.note()
    }
}

/// The names of an enum's values.
fn values(channel: &Channel) -> Option<Value> {
    let (ChannelKind::Enum(ty), Some(range)) = (channel.kind(), channel.range()) else { return None };
    let last = *range.end() as i32;
    Some((0..=last).map(|value| (value.to_string(), Value::from(ty.name_of(value)))).collect::<Map<_, _>>().into())
}
