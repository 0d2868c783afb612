//! Splits JSON objects into columns of Parquet, with the levels that say how deep a value is and where a list begins.

use std::io::Write;

use parquet::basic::{ConvertedType, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedRowGroupWriter;
use parquet::schema::types::Type;
use serde_json::Value;

/// The rows of a group as columns: one for each leaf of the schema, in its order.
#[derive(Debug)]
pub(super) struct Columns(Vec<Column>);

#[derive(Debug)]
struct Column {
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Flags(Vec<bool>),
    Numbers(Vec<i32>),
    LongNumbers(Vec<i64>),
    Texts(Vec<ByteArray>),
}

/// Where a value is in its row.
#[derive(Debug, Clone, Copy, Default)]
struct Levels {
    /// How many of the optional and repeated groups around it exist.
    definition: i16,
    /// The list that it continues; 0 begins a row.
    repetition: i16,
    /// How many lists are around it.
    lists: i16,
}

impl Columns {
    /// The columns of a schema, without rows.
    ///
    /// # Errors
    /// If a column has a type that is not supported.
    pub(super) fn of(schema: &Type) -> Result<Self, ParquetError> {
        let mut columns = Vec::new();
        add_columns(schema, &mut columns)?;
        Ok(Self(columns))
    }

    /// Adds a row: an object with the fields of the schema.
    ///
    /// # Errors
    /// If a value is missing or has another type. Then the columns must not be written any more.
    pub(super) fn push(&mut self, schema: &Type, row: &Value) -> Result<(), ParquetError> {
        push_fields(
            schema,
            schema.get_fields().iter().map(|field| row.get(field.name())),
            Levels::default(),
            &mut self.0,
        )
    }

    /// Writes all columns.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn write<W: Write + Send>(self, mut group: SerializedRowGroupWriter<'_, W>) -> Result<(), ParquetError> {
        for column in &self.0 {
            match &column.values {
                Values::Flags(values) => column.write::<BoolType, W>(&mut group, values)?,
                Values::Numbers(values) => column.write::<Int32Type, W>(&mut group, values)?,
                Values::LongNumbers(values) => column.write::<Int64Type, W>(&mut group, values)?,
                Values::Texts(values) => column.write::<ByteArrayType, W>(&mut group, values)?,
            }
        }
        group.close().map(drop)
    }
}

impl Column {
    fn write<T: DataType, W: Write + Send>(
        &self,
        group: &mut SerializedRowGroupWriter<'_, W>,
        values: &[T::T],
    ) -> Result<(), ParquetError> {
        let missing = || ParquetError::General("there are more columns than the schema has".into());
        let mut column = group.next_column()?.ok_or_else(missing)?;
        column.typed::<T>().write_batch(values, Some(&self.definitions), Some(&self.repetitions))?;
        column.close()
    }

    /// Nothing is at this place.
    fn push_null(&mut self, at: Levels) {
        self.definitions.push(at.definition);
        self.repetitions.push(at.repetition);
    }

    /// Returns false if the value has another type.
    fn push(&mut self, value: &Value, at: Levels) -> bool {
        let is_pushed = match &mut self.values {
            Values::Flags(values) => value.as_bool().map(|flag| values.push(flag)),
            Values::Numbers(values) => {
                value.as_i64().and_then(|long| long.try_into().ok()).map(|short| values.push(short))
            }
            Values::LongNumbers(values) => value.as_i64().map(|long| values.push(long)),
            Values::Texts(values) => value.as_str().map(|text| values.push(text.as_bytes().to_vec().into())),
        };
        self.push_null(at);
        is_pushed.is_some()
    }
}

fn add_columns(kind: &Type, columns: &mut Vec<Column>) -> Result<(), ParquetError> {
    if kind.is_group() {
        return kind.get_fields().iter().try_for_each(|field| add_columns(field, columns));
    }
    let values = match kind.get_physical_type() {
        Physical::BOOLEAN => Values::Flags(Vec::new()),
        Physical::INT32 => Values::Numbers(Vec::new()),
        Physical::INT64 => Values::LongNumbers(Vec::new()),
        Physical::BYTE_ARRAY => Values::Texts(Vec::new()),
        other => return Err(ParquetError::NYI(format!("the type {other} of {}", kind.name()))),
    };
    columns.push(Column { definitions: Vec::new(), repetitions: Vec::new(), values });
    Ok(())
}

/// The number of columns below a type.
fn leaves(kind: &Type) -> usize {
    if kind.is_group() { kind.get_fields().iter().map(|field| leaves(field)).sum() } else { 1 }
}

/// Adds the values of the fields of a group to the columns below it.
fn push_fields<'a>(
    group: &Type,
    values: impl Iterator<Item = Option<&'a Value>>,
    at: Levels,
    mut columns: &mut [Column],
) -> Result<(), ParquetError> {
    for (field, value) in group.get_fields().iter().zip(values) {
        let (of_field, rest) = columns.split_at_mut(leaves(field));
        push_value(field, value.filter(|value| !value.is_null()), at, of_field)?;
        columns = rest;
    }
    Ok(())
}

fn push_value(kind: &Type, value: Option<&Value>, at: Levels, columns: &mut [Column]) -> Result<(), ParquetError> {
    let wrong = |what: &str| ParquetError::General(format!("{} {what}", kind.name()));
    let Some(value) = value else {
        columns.iter_mut().for_each(|column| column.push_null(at));
        return if kind.is_optional() { Ok(()) } else { Err(wrong("is missing")) };
    };
    let at = Levels { definition: at.definition + i16::from(kind.is_optional()), ..at };
    if kind.is_primitive() {
        let is_pushed = columns.first_mut().is_some_and(|column| column.push(value, at));
        return if is_pushed { Ok(()) } else { Err(wrong("has another type")) };
    }
    match (kind.get_basic_info().converted_type(), value) {
        (ConvertedType::MAP, Value::Object(map)) => {
            let keys: Vec<_> = map.keys().map(|key| Value::from(key.as_str())).collect();
            let entries = keys.iter().zip(map.values()).map(|(key, value)| [Some(key), Some(value)]);
            push_entries(kind, entries, at, columns)
        }
        (ConvertedType::LIST, Value::Array(list)) => {
            push_entries(kind, list.iter().map(|element| [Some(element)]), at, columns)
        }
        (ConvertedType::NONE, Value::Object(object)) => {
            push_fields(kind, kind.get_fields().iter().map(|field| object.get(field.name())), at, columns)
        }
        _ => Err(wrong("has another type")),
    }
}

/// Adds the entries of a map or a list, which is a group with one repeated group.
fn push_entries<'a, const FIELDS: usize>(
    kind: &Type,
    entries: impl Iterator<Item = [Option<&'a Value>; FIELDS]>,
    at: Levels,
    columns: &mut [Column],
) -> Result<(), ParquetError> {
    let Some(repeated) = kind.get_fields().first() else { return Ok(()) };
    let lists = at.lists + 1;
    let mut is_empty = true;
    for entry in entries {
        let repetition = if is_empty { at.repetition } else { lists };
        let inside = Levels { definition: at.definition + 1, repetition, lists };
        push_fields(repeated, entry.into_iter(), inside, columns)?;
        is_empty = false;
    }
    if is_empty {
        columns.iter_mut().for_each(|column| column.push_null(at));
    }
    Ok(())
}
