//! Differences as text and as JSON.

use std::fmt::Write as _;

use acevo_shared_memory::Value;
use serde::Serialize;

use super::compare::{Beyond, Difference, Differences};
use crate::format::text::{padded, width};

/// Maximum width of the value columns. Longer values do not shift other lines.
const WIDEST_VALUE: usize = 24;

/// A line per difference.
pub(super) fn as_text(differences: &Differences) -> String {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for difference in &differences.fields {
        let [a, b] = difference.values();
        let b = if difference.alike { "other bytes, same value".into() } else { show(&b) };
        rows.push([difference.name.clone(), show(&a), b, difference.field.unit_of(&a).into()]);
    }
    for (page, [a, b]) in &differences.sizes {
        rows.push([format!("{page} page"), a.to_string(), b.to_string(), "bytes".into()]);
    }
    let widest = |column: usize, limit: usize| {
        rows.iter().map(|row| width(&row[column])).filter(|width| *width <= limit).max().unwrap_or_default()
    };
    let [names, a_values, b_values] = [widest(0, usize::MAX), widest(1, WIDEST_VALUE), widest(2, WIDEST_VALUE)];
    let mut text = String::new();
    for [name, a, b, unit] in &rows {
        let line = format!("{}  {} -> {}  {unit}", padded(name, names), padded(a, a_values), padded(b, b_values));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    for (page, Beyond { count, first }) in &differences.beyond {
        let (bytes, differ) = if *count == 1 { ("byte", "differs") } else { ("bytes", "differ") };
        let page = format!("{page} page");
        let _ = writeln!(
            text,
            "{page:<names$}  {count} {bytes} beyond the known layout {differ}, the first at offset {first}"
        );
    }
    text
}

/// A value without control characters. NaN is shown with its bits.
fn show(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Float(number) if number.is_nan() => format!("NaN ({:#010x})", number.to_bits()),
        value => value.to_string(),
    }
}

/// A field as JSON; with `bytes` if equal values have different bytes.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    a: Value<'a>,
    b: Value<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    a_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    b_name: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<Sides<String>>,
}

/// The values in A and B.
#[derive(Debug, Serialize)]
struct Sides<T> {
    a: T,
    b: T,
}

impl<'a> Entry<'a> {
    fn new(difference: &'a Difference) -> Self {
        let [a, b] = difference.values();
        let name = |value| if let Value::Enum(_, name) = value { Some(name) } else { None };
        // JSON has no NaN and no infinities.
        let is_null = |value| matches!(value, Value::Float(number) if !number.is_finite());
        let bytes = (difference.alike || is_null(a) && is_null(b)).then(|| {
            let [a, b] = difference.bytes.each_ref().map(hex::encode);
            Sides { a, b }
        });
        Self { a, b, a_name: name(a), b_name: name(b), unit: difference.field.unit_of(&a), bytes }
    }
}

/// Three objects, empty if there is no difference.
pub(super) fn as_json(differences: &Differences) -> anyhow::Result<String> {
    let fields = differences.fields.iter().map(|one| line(&one.name, &Entry::new(one))).collect::<Result<_, _>>()?;
    let sizes = differences.sizes.iter().map(|(page, [a, b])| line(&page.to_string(), &Sides { a, b }));
    let beyond = differences.beyond.iter().map(|(page, beyond)| line(&page.to_string(), beyond));
    let parts = [
        ("fields", fields),
        ("sizes", sizes.collect::<Result<_, _>>()?),
        ("beyond", beyond.collect::<Result<_, _>>()?),
    ];
    Ok(format!("{{\n{}\n}}\n", parts.map(|(name, lines)| object(name, lines)).join(",\n")))
}

fn object(name: &str, lines: Vec<String>) -> String {
    if lines.is_empty() { format!("  {name:?}: {{}}") } else { format!("  {name:?}: {{\n{}\n  }}", lines.join(",\n")) }
}

fn line(name: &str, value: &impl Serialize) -> anyhow::Result<String> {
    Ok(format!("    {}: {}", serde_json::to_string(name)?, serde_json::to_string(value)?))
}
