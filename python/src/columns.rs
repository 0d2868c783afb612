//! Columns of telemetry: from names to channels, and from rows to Arrow arrays.

use std::collections::HashMap;
use std::sync::Arc;

use acevo_export::{Column, ColumnValues, RecordedRows, Series, Texts};
use acevo_telemetry::{Channel, ChannelKind, UnitSystem, channel, channels, default_channels};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float32Array, Float64Array, Int32Array, StringArray,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow_buffer::NullBuffer;
use arrow_schema::Field;
use pyo3::prelude::*;

use crate::errors::exception;
use crate::table::Table;

/// Names of the values that every row has, besides those of channels.
pub(crate) const LEAD: [&str; 6] = ["time_s", "packet_id", "session", "lap", "missed", "skipped"];

/// What a caller asks for: values of rows, and columns with channels, in the units of a system.
pub(crate) struct Wanted {
    pub(crate) lead: Vec<&'static str>,
    pub(crate) columns: Vec<Column>,
    pub(crate) units: UnitSystem,
}

impl Wanted {
    /// The columns with these names; the default channels without names.
    pub(crate) fn new(names: Option<Vec<String>>, units: &str) -> PyResult<Self> {
        let units = unit_system(units)?;
        let column = |channel: &'static Channel| Column::new(channel, channel.display_unit(units));
        let Some(names) = names else {
            return Ok(Self { lead: Vec::new(), columns: default_channels().map(column).collect(), units });
        };
        let mut wanted = Self { lead: Vec::new(), columns: Vec::new(), units };
        for name in names {
            if let Some(lead) = LEAD.into_iter().find(|lead| *lead == name) {
                if !wanted.lead.contains(&lead) {
                    wanted.lead.push(lead);
                }
                continue;
            }
            let by_game = name.strip_suffix("_by_game");
            let found = channel(by_game.unwrap_or(&name)).map(column);
            let found =
                found.map(|column| if by_game.is_some() && column.is_corrected() { column.raw() } else { column });
            let found = found.filter(|column| column.name() == name).ok_or_else(|| unknown(&name))?;
            if !wanted.columns.iter().any(|column| column.name() == name) {
                wanted.columns.push(found);
            }
        }
        Ok(wanted)
    }

    /// True if the laps have to be found for these values.
    pub(crate) fn needs_laps(&self) -> bool {
        self.lead.iter().any(|lead| ["session", "lap"].contains(lead)) || self.columns.iter().any(Column::is_corrected)
    }

    /// The axes of the acceleration have to be known.
    pub(crate) fn needs_axes(&self) -> bool {
        self.columns.iter().any(|column| column.channel.uses_axes())
    }
}

/// The error for a name that is not one of a channel, with the most similar ones.
pub(crate) fn unknown(name: &str) -> PyErr {
    let common = |id: &str| id.chars().zip(name.chars()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    let mut similar: Vec<_> =
        channels().iter().map(acevo_telemetry::Channel::id).filter(|id| common(id) >= 3).collect();
    similar.sort_by_key(|id| (std::cmp::Reverse(common(id)), id.len()));
    similar.truncate(5);
    let hint = if similar.is_empty() { String::new() } else { format!("; similar: {}", similar.join(", ")) };
    exception("ChannelNotFoundError", format!("there is no channel {name:?}{hint}; acevo.channels() lists all"))
}

/// A unit system by its name.
pub(crate) fn unit_system(name: &str) -> PyResult<UnitSystem> {
    name.parse().map_err(|error| exception("ArgumentError", format!("units: {error}")))
}

/// The field of a column, with what is known about its channel.
pub(crate) fn field(column: &Column, values: &ArrayRef) -> Field {
    let channel = column.channel;
    let entries = [
        ("unit", column.unit.symbol().to_owned()),
        ("title", channel.title().to_owned()),
        ("channel", channel.id().to_owned()),
        ("quality", channel.quality().to_string()),
        ("versions", channel.versions().join(", ")),
        ("sources", channel.sources().join(", ")),
        ("note", channel.note().to_owned()),
        ("values", value_names(channel)),
    ];
    let entries = entries.into_iter().filter(|(_, text)| !text.is_empty());
    let metadata: HashMap<_, _> = entries.map(|(key, text)| (key.to_owned(), text)).collect();
    Field::new(column.name(), values.data_type().clone(), true).with_metadata(metadata)
}

/// The names of an enum's values, as JSON.
fn value_names(channel: &Channel) -> String {
    let (ChannelKind::Enum(ty), Some(range)) = (channel.kind(), channel.range()) else { return String::new() };
    let names: serde_json::Map<_, _> =
        (0..=*range.end() as i32).map(|value| (value.to_string(), ty.name_of(value).into())).collect();
    serde_json::Value::Object(names).to_string()
}

/// A field that is no channel.
pub(crate) fn plain_field(name: &str, unit: &str, title: &str, values: &ArrayRef) -> Field {
    let entries = [("unit", unit), ("title", title)].into_iter().filter(|(_, text)| !text.is_empty());
    let metadata: HashMap<_, _> = entries.map(|(key, text)| (key.to_owned(), text.to_owned())).collect();
    Field::new(name, values.data_type().clone(), values.null_count() > 0).with_metadata(metadata)
}

/// The values of a column as an Arrow array. Missing floats are NaN below their null.
pub(crate) fn array(values: ColumnValues) -> ArrayRef {
    match values {
        ColumnValues::Float(series) => {
            let (values, nulls) = dense(series, f32::NAN);
            Arc::new(Float32Array::new(values.into(), nulls))
        }
        ColumnValues::Double(series) => {
            let (values, nulls) = dense(series, f64::NAN);
            Arc::new(Float64Array::new(values.into(), nulls))
        }
        ColumnValues::Whole(series) => whole(series),
        ColumnValues::Flag(series) => {
            let (values, nulls) = dense(series, false);
            Arc::new(BooleanArray::new(values.into(), nulls))
        }
        ColumnValues::Text(texts) => text(texts),
        ColumnValues::Time(series) => {
            let (values, nulls) = dense(series, 0);
            Arc::new(TimestampMicrosecondArray::new(values.into(), nulls).with_timezone("UTC"))
        }
    }
}

pub(crate) fn whole(series: Series<i32>) -> ArrayRef {
    let (values, nulls) = dense(series, 0);
    Arc::new(Int32Array::new(values.into(), nulls))
}

/// Texts as a dictionary, each of them once.
fn text(texts: Texts) -> ArrayRef {
    let mut known: HashMap<&str, i32> = HashMap::new();
    let mut words = Vec::new();
    let keys: Vec<i32> = texts
        .texts
        .iter()
        .map(|text| {
            *known.entry(text).or_insert_with(|| {
                words.push(text.as_str());
                words.len() as i32 - 1
            })
        })
        .collect();
    let (rows, nulls) = dense(texts.rows, 0);
    let rows: Vec<i32> = rows.into_iter().map(|row| keys.get(row as usize).copied().unwrap_or(0)).collect();
    // A dictionary without words has no word to refer to.
    if words.is_empty() {
        words.push("");
    }
    let words: ArrayRef = Arc::new(StringArray::from(words));
    Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::new(rows.into(), nulls), words))
}

/// A value for each row, and which of them are missing.
fn dense<T: Copy>(series: Series<T>, missing: T) -> (Vec<T>, Option<NullBuffer>) {
    let Series { values, levels } = series;
    if levels.is_empty() {
        return (values, None);
    }
    let mut present = values.into_iter();
    let dense = levels.iter().map(|level| if *level == 1 { present.next().unwrap_or(missing) } else { missing });
    (dense.collect(), Some(levels.iter().map(|level| *level == 1).collect::<Vec<_>>().into()))
}

/// A table of the wanted values of rows. `time_s` is always its first column.
pub(crate) fn table(rows: RecordedRows, wanted: &Wanted) -> Table {
    let count = rows.len();
    let time: ArrayRef = Arc::new(Float64Array::from(rows.time_s));
    let mut columns = vec![(plain_field("time_s", "s", "Time since the start of the recording", &time), time)];
    let mut lead = HashMap::from([
        ("packet_id", ("Counter of the physics page", Arc::new(Int32Array::from(rows.packet_id)) as ArrayRef)),
        ("session", ("Session", Arc::new(UInt32Array::from(rows.session)))),
        ("lap", ("Lap", whole(rows.lap))),
        ("missed", ("Packets missed since the previous row", Arc::new(UInt32Array::from(rows.missed)))),
        (
            "skipped",
            ("Counter steps skipped by the game since the previous row", Arc::new(UInt32Array::from(rows.skipped))),
        ),
    ]);
    for name in &wanted.lead {
        // Resampled rows are no packets.
        if let Some((title, values)) = lead.remove(name).filter(|(_, values)| values.len() == count) {
            columns.push((plain_field(name, "", title, &values), values));
        }
    }
    for (column, values) in wanted.columns.iter().zip(rows.columns) {
        let values = array(values);
        columns.push((field(column, &values), values));
    }
    Table::new(columns)
}
