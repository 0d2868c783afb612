//! The columns of the tables, and their rows.

pub(crate) mod cars;
pub(crate) mod events;
pub(crate) mod laps;
pub(crate) mod samples;

use acevo_telemetry::ChannelValue;
use serde::Serialize;

fn number(number: impl Into<f64>) -> Option<ChannelValue<'static>> {
    Some(ChannelValue::Number(number.into()))
}

fn flag(flag: bool) -> Option<ChannelValue<'static>> {
    Some(ChannelValue::Flag(flag))
}

fn text(text: &Option<String>) -> Option<ChannelValue<'_>> {
    text.as_deref().map(ChannelValue::Text)
}

/// The JSON name of a value of an enum.
fn word(value: &impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Some(name),
        _ => None,
    }
}
