//! Checkpoints: Parquet files with the state of a table, so that readers need not read all commits before it.

mod shred;

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::{Field, Row};
use parquet::schema::parser::parse_message_type;
use serde_json::{Map, Value};

use self::shred::Columns;
use super::action::Line;

/// Maximum depth of values in values.
const MAX_DEPTH: usize = 8;

/// Maximum number of rows in memory. A row has the statistics of a file, which are some kilobytes.
const GROUP_ROWS: usize = 5_000;

/// The columns of checkpoints that are written: those that the actions of acevo have.
const SCHEMA: &str = "message checkpoint {
    optional group txn {
        optional binary appId (UTF8);
        required int64 version;
        optional int64 lastUpdated;
    }
    optional group add {
        optional binary path (UTF8);
        optional group partitionValues (MAP) {
            repeated group key_value { required binary key (UTF8); optional binary value (UTF8); }
        }
        required int64 size;
        required int64 modificationTime;
        required boolean dataChange;
        optional binary stats (UTF8);
    }
    optional group remove {
        optional binary path (UTF8);
        optional int64 deletionTimestamp;
        required boolean dataChange;
        optional boolean extendedFileMetadata;
        optional group partitionValues (MAP) {
            repeated group key_value { required binary key (UTF8); optional binary value (UTF8); }
        }
        optional int64 size;
    }
    optional group metaData {
        optional binary id (UTF8);
        optional binary name (UTF8);
        optional binary description (UTF8);
        optional group format {
            optional binary provider (UTF8);
            optional group options (MAP) {
                repeated group key_value { required binary key (UTF8); optional binary value (UTF8); }
            }
        }
        optional binary schemaString (UTF8);
        optional group partitionColumns (LIST) {
            repeated group list { optional binary element (UTF8); }
        }
        optional group configuration (MAP) {
            repeated group key_value { required binary key (UTF8); optional binary value (UTF8); }
        }
        optional int64 createdTime;
    }
    optional group protocol {
        required int32 minReaderVersion;
        required int32 minWriterVersion;
    }
}";

/// Writes a checkpoint with these actions.
///
/// # Errors
/// Those of the file.
pub(crate) fn write<W: Write + Send>(out: W, lines: impl IntoIterator<Item = Line>) -> Result<W, ParquetError> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties = WriterProperties::builder()
        .set_created_by(concat!("acevo ", env!("CARGO_PKG_VERSION")).into())
        .set_compression(Compression::SNAPPY);
    let mut file = SerializedFileWriter::new(out, Arc::clone(&schema), Arc::new(properties.build()))?;
    let mut lines = lines.into_iter().peekable();
    while lines.peek().is_some() {
        let mut columns = Columns::of(&schema)?;
        for line in lines.by_ref().take(GROUP_ROWS) {
            let row = serde_json::to_value(line).map_err(|error| ParquetError::General(error.to_string()))?;
            columns.push(&schema, &row)?;
        }
        columns.write(file.next_row_group()?)?;
    }
    file.into_inner()
}

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
