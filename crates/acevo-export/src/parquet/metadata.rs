//! What a file tells about itself.

use acevo_shared_memory::{Field, PageKind};
use parquet::file::metadata::KeyValue;
use serde_json::{Map, Value, json};

use crate::{About, Column};
use acevo_telemetry::{Channel, ChannelKind};

/// The field behind a [source](Channel::sources).
pub(super) fn field_of(source: &str) -> Option<&'static Field> {
    let (page, path) = source.split_once('.')?;
    let page = match page {
        "physics" => PageKind::Physics,
        "graphics" => PageKind::Graphics,
        _ => PageKind::Static,
    };
    let path = path.split('[').next()?;
    page.fields().iter().find(|field| field.path == path)
}

/// `name_in_file` gives a column's name in the file from the one it has elsewhere.
pub(super) fn metadata(about: &About, columns: &[Column], name_in_file: fn(&str) -> String) -> Vec<KeyValue> {
    let columns: Map<String, Value> =
        columns.iter().map(|column| (name_in_file(&column.name()), described(column))).collect();
    let about = json!({
        "track": about.track,
        "configuration": about.configuration,
        "track_length_m": about.track_length_m,
        "latitude_longitude": about.latitude_longitude,
        "car": about.car,
        "driver": about.driver,
        "session": about.session,
        "game_version": about.game_version,
        "unix_s": about.unix_s,
    });
    let entry = |key: &str, value: Value| KeyValue::new(key.to_owned(), value.to_string());
    vec![entry("acevo.about", about), entry("acevo.columns", columns.into())]
}

fn described(column: &Column) -> Value {
    let channel = column.channel;
    let mut described = json!({
        "channel": channel.id(),
        "title": channel.title(),
        "unit": column.unit.symbol(),
        "quality": channel.quality().to_string(),
        "versions": channel.versions(),
        "sources": channel.sources(),
        "note": channel.note(),
    });
    if let Some(values) = values(channel) {
        described["values"] = values;
    }
    described
}

/// The names of an enum's values.
fn values(channel: &Channel) -> Option<Value> {
    let (ChannelKind::Enum(ty), Some(range)) = (channel.kind(), channel.range()) else { return None };
    let last = *range.end() as i32;
    Some((0..=last).map(|value| (value.to_string(), Value::from(ty.name_of(value)))).collect::<Map<_, _>>().into())
}
