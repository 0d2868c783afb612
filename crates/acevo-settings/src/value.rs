//! Values of settings, independent of where they come from.

use std::fmt;

use toml_edit::Item;

/// A value as a file, a variable or a form has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// `true` or `false`.
    Switch(bool),
    /// An array.
    List(Vec<Value>),
    /// Anything that no setting has, such as `a date` or `a table`.
    Other(&'static str),
}

/// Nesting below which arrays are not read. No setting has nested arrays.
const MAX_DEPTH: usize = 2;

impl Value {
    /// The name of its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "an integer",
            Self::Number(_) => "a number",
            Self::Switch(_) => "true or false",
            Self::List(_) => "an array",
            Self::Other(name) => name,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "settings are small")]
            Self::Integer(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A value of JSON. `null` and objects are [`Other`](Self::Other).
    pub fn from_json(value: &serde_json::Value) -> Self {
        Self::from_json_within(value, MAX_DEPTH)
    }

    fn from_json_within(value: &serde_json::Value, depth: usize) -> Self {
        use serde_json::Value as Json;

        match value {
            Json::String(text) => Self::Text(text.clone()),
            Json::Bool(switch) => Self::Switch(*switch),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => Self::Integer(integer),
                (None, Some(number)) => Self::Number(number),
                (None, None) => Self::Other("a number out of range"),
            },
            Json::Array(values) if depth > 0 => {
                Self::List(values.iter().map(|value| Self::from_json_within(value, depth - 1)).collect())
            }
            Json::Array(_) => Self::Other("a nested array"),
            Json::Object(_) => Self::Other("a table"),
            Json::Null => Self::Other("null"),
        }
    }

    /// As JSON. What no setting has is `null`.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Integer(integer) => (*integer).into(),
            Self::Number(number) => (*number).into(),
            Self::Switch(switch) => (*switch).into(),
            Self::List(values) => values.iter().map(Self::to_json).collect(),
            Self::Other(_) => serde_json::Value::Null,
        }
    }

    pub(crate) fn from_item(item: &Item) -> Self {
        match item {
            Item::Value(value) => Self::from_toml(value, MAX_DEPTH),
            Item::None => Self::Other("nothing"),
            Item::Table(_) => Self::Other("a table"),
            Item::ArrayOfTables(_) => Self::Other("an array of tables"),
        }
    }

    fn from_toml(value: &toml_edit::Value, depth: usize) -> Self {
        use toml_edit::Value as Toml;

        match value {
            Toml::String(text) => Self::Text(text.value().clone()),
            Toml::Integer(integer) => Self::Integer(*integer.value()),
            Toml::Float(number) => Self::Number(*number.value()),
            Toml::Boolean(switch) => Self::Switch(*switch.value()),
            Toml::Array(values) if depth > 0 => {
                Self::List(values.iter().map(|value| Self::from_toml(value, depth - 1)).collect())
            }
            Toml::Array(_) => Self::Other("a nested array"),
            Toml::InlineTable(_) => Self::Other("a table"),
            Toml::Datetime(_) => Self::Other("a date"),
        }
    }

    /// As TOML; `None` for what no setting has.
    pub(crate) fn to_toml(&self) -> Option<toml_edit::Value> {
        Some(match self {
            Self::Text(text) => text.as_str().into(),
            Self::Integer(integer) => (*integer).into(),
            Self::Number(number) => (*number).into(),
            Self::Switch(switch) => (*switch).into(),
            Self::List(values) => {
                let values: Option<Vec<_>> = values.iter().map(Self::to_toml).collect();
                toml_edit::Value::Array(values?.into_iter().collect())
            }
            Self::Other(_) => return None,
        })
    }
}

/// As in the file.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_toml() {
            Some(value) => f.write_str(value.to_string().trim()),
            None => f.write_str(self.type_name()),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Value {
    fn from(switch: bool) -> Self {
        Self::Switch(switch)
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<f64> for Value {
    /// A whole number stays a number.
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use crate::settings::Settings;

    #[test]
    fn from_json_takes_the_values_of_a_form_and_refuses_others() {
        let mut settings = Settings::default();
        let mut set = |name: &str, json: &str| {
            let value = Value::from_json(&serde_json::from_str(json).unwrap());
            settings
                .set(Key::find(name).unwrap(), &value)
                .map(|()| settings.get(Key::find(name).unwrap()).to_json().to_string())
        };
        for (name, json) in [
            ("server.port", "8080"),
            ("server.lan", "true"),
            ("units", "\"metric\""),
            ("sectors.default", "[0.25,0.5]"),
            ("recording.sessions", "[\"race\"]"),
            ("thresholds.low_fuel_laps", "2.5"),
        ] {
            assert_eq!(set(name, json).as_deref(), Ok(json), "{name}");
            for wrong in ["null", "{}", "[[0.5]]", "1e999", "-1e300", "18446744073709551615", "[null]"] {
                let Ok(_) = serde_json::from_str::<serde_json::Value>(wrong) else { continue };
                assert!(set(name, wrong).is_err(), "{name} {wrong}");
            }
        }
    }
}
