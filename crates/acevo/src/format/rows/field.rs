//! Raw fields with their values as table rows.

use acevo_shared_memory::{Field, Value};

use crate::format::fields::Selected;
use crate::format::text::clean;

/// A raw field, or a part of an array field.
#[derive(Debug)]
pub(crate) struct FieldRow {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) unit: &'static str,
    pub(crate) description: &'static str,
}

impl FieldRow {
    fn new(name: String, value: &Value<'_>, field: &'static Field) -> Self {
        Self { name, value: show(value), unit: field.unit_of(value), description: field.description }
    }
}

impl Selected {
    /// One row. An array of arrays gives a row per inner array; all-zero arrays at its end share one row.
    pub(crate) fn rows(&self, page: &[u8]) -> Vec<FieldRow> {
        let name = format!("{}.{}", self.page, self.name());
        let value = self.value(page);
        let Value::List(list) = value else { return vec![FieldRow::new(name, &value, self.field)] };
        if !matches!(list.get(0), Some(Value::List(_))) {
            return vec![FieldRow::new(name, &value, self.field)];
        }
        let used = list.iter().collect::<Vec<_>>().iter().rposition(|row| !is_zero(row)).map_or(0, |last| last + 1);
        let mut rows: Vec<_> = (0..used)
            .filter_map(|index| Some(FieldRow::new(format!("{name}[{index}]"), &list.get(index)?, self.field)))
            .collect();
        if used < list.len() {
            let name = format!("{name}[{used}..{}]", list.len());
            rows.push(FieldRow { name, value: "all 0".into(), unit: "", description: self.field.description });
        }
        rows
    }
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::List(list) => list.iter().all(|value| is_zero(&value)),
        value => value.as_f64() == Some(0.0),
    }
}

fn show(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => format!("{:?}", clean(text)),
        value => value.to_string(),
    }
}
