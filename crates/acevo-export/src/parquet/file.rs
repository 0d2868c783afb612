//! Creates files, with their schema and encodings.

use std::path::Path;
use std::sync::Arc;

use acevo_files::PendingFile;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};

use crate::partition::PART_KEY;
use crate::{ExportError, Part, files};

/// The type of UTC times: all 64-bit integers are such times.
fn microseconds() -> LogicalType {
    LogicalType::timestamp(true, TimeUnit::MICROS)
}

/// Creates a file under a temporary name. Columns have a name, a type, and can be null if they are optional.
pub(super) fn create_file(
    path: &Path,
    columns: impl IntoIterator<Item = (String, Physical, Repetition)>,
    metadata: Vec<KeyValue>,
) -> Result<SerializedFileWriter<PendingFile>, ExportError> {
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("acevo ", env!("CARGO_PKG_VERSION")).into())
        .set_compression(Compression::LZ4_RAW)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(metadata));
    let mut fields = Vec::new();
    for (name, physical, repetition) in columns {
        let path = ColumnPath::from(name.as_str());
        properties = match physical {
            Physical::FLOAT | Physical::DOUBLE => properties.set_column_encoding(path, Encoding::BYTE_STREAM_SPLIT),
            Physical::INT32 | Physical::INT64 => properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            // A text column has few different values.
            Physical::BYTE_ARRAY => properties.set_column_dictionary_enabled(path, true),
            _ => properties,
        };
        let logical = match physical {
            Physical::BYTE_ARRAY => Some(LogicalType::String),
            Physical::INT64 => Some(microseconds()),
            _ => None,
        };
        let field = Type::primitive_type_builder(&name, physical).with_repetition(repetition);
        let field = field.with_logical_type(logical);
        fields.push(Arc::new(field.build()?));
    }
    let schema = Type::group_type_builder("acevo").with_fields(fields).build()?;
    let file = files::create(path)?;
    Ok(SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.build()))?)
}

/// The metadata that identifies a file of a data set.
pub(super) fn part_entry(part: &Part) -> Result<KeyValue, ExportError> {
    let part = serde_json::to_string(part).map_err(|error| ExportError::Format(error.into()))?;
    Ok(KeyValue::new(PART_KEY.to_owned(), part))
}
