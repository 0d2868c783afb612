//! Reads checkpoints: Parquet files with the state of a table, which other programs write.

use std::fs::File;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Map, Value};

use super::action::Line;

/// Maximum depth of values in values.
const MAX_DEPTH: usize = 8;

/// Calls `take` with each action of a checkpoint.
///
/// # Errors
/// If it is no checkpoint, or `take` fails.
pub(crate) fn read(file: File, mut take: impl FnMut(Line)) -> Result<(), ParquetError> {
    let file = SerializedFileReader::new(file)?;
    for row in file.get_row_iter(None)? {
        let line = serde_json::from_value(object(&row?, MAX_DEPTH));
        take(line.map_err(|error| ParquetError::General(error.to_string()))?);
    }
    Ok(())
}

/// A row as a JSON object. The keys are those of commits.
fn object(row: &Row, depth: usize) -> Value {
    let fields = row.get_column_iter().map(|(name, field)| (name.clone(), value(field, depth)));
    fields.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>().into()
}

fn value(field: &Field, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    match field {
        Field::Bool(flag) => (*flag).into(),
        Field::Byte(number) => (*number).into(),
        Field::Short(number) => (*number).into(),
        Field::Int(number) => (*number).into(),
        Field::Long(number) => (*number).into(),
        Field::UByte(number) => (*number).into(),
        Field::UShort(number) => (*number).into(),
        Field::UInt(number) => (*number).into(),
        Field::ULong(number) => (*number).into(),
        Field::Str(text) => text.as_str().into(),
        // Older programs do not mark texts.
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into(),
        Field::Group(row) => object(row, depth),
        Field::ListInternal(list) => list.elements().iter().map(|element| value(element, depth)).collect(),
        Field::MapInternal(map) => {
            let entries = map.entries().iter().filter_map(|(key, entry)| match key {
                Field::Str(key) => Some((key.clone(), value(entry, depth))),
                _ => None,
            });
            entries.collect::<Map<_, _>>().into()
        }
        // Statistics as values, which acevo does not read.
        _ => Value::Null,
    }
}
