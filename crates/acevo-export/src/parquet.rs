//! Columns for data frames and databases: Apache Parquet.

mod metadata;

use std::path::Path;
use std::sync::Arc;

use acevo_files::PendingFile;
use acevo_shared_memory::{Field, FieldType};
use acevo_telemetry::{ChannelKind, ChannelValue, Unit};
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type};

use self::metadata::{field_of, metadata};
use crate::exporter::LEAD;
use crate::partition::{PART_KEY, name_beside_folders};
use crate::{About, Column, ExportError, Exporter, Part, Row, files};

/// Length of a row group in seconds: what is kept in memory, and what a reader can skip.
const GROUP_S: f64 = 60.0;

/// Maximum number of rows in a group: three minutes of physics steps.
const GROUP_ROWS: usize = 60_000;

/// Writes an Apache Parquet file.
///
/// It has the columns `time_s`, `packet_id`, `session`, `lap`, `missed` and `skipped`, and one for each channel under its
/// [name](Column::name), with the type of the game: 32-bit floats, integers, flags, texts. Values computed from integers are 64-bit
/// floats, and enums are the numbers of the game. Missing values are null.
///
/// Floats are split into streams of bytes, which halves their size, and compressed with LZ4, which is pure Rust and supported by all
/// readers. The metadata of the file has JSON under two keys: `acevo.about` has the track, the car, the session and the version of the
/// game; `acevo.columns` has the unit, title, quality, measured game versions, sources and note of each column, and the names of the
/// values of an enum. Parquet has no metadata per field. Arrow stores such metadata in its own serialised schema, which is not written.
///
/// One minute of rows is kept in memory. The file is renamed to its final name when it is complete.
#[derive(Debug)]
pub struct ParquetExporter {
    file: SerializedFileWriter<PendingFile>,
    lead: Lead,
    columns: Vec<Data>,
    /// Time of the first row in memory.
    since_s: f64,
}

/// The values that every row has.
#[derive(Debug, Default)]
struct Lead {
    time_s: Vec<f64>,
    packet_id: Vec<i32>,
    session: Vec<i32>,
    lap: Series<i32>,
    missed: Vec<i32>,
    skipped: Vec<i32>,
}

/// The values of a column that may be null.
#[derive(Debug)]
struct Series<T> {
    values: Vec<T>,
    /// The definition level of each row: 1 if it has a value, else 0. Empty as long as every row has one.
    levels: Vec<i16>,
}

impl<T> Default for Series<T> {
    fn default() -> Self {
        Self { values: Vec::new(), levels: Vec::new() }
    }
}

impl<T> Series<T> {
    fn push(&mut self, value: Option<T>) {
        if value.is_none() && self.levels.is_empty() {
            self.levels.resize(self.values.len(), 1);
        }
        if value.is_none() || !self.levels.is_empty() {
            self.levels.push(value.is_some().into());
        }
        self.values.extend(value);
    }

    fn clear(&mut self) {
        self.values.clear();
        self.levels.clear();
    }
}

/// A column by its type.
#[derive(Debug)]
enum Data {
    Float(Series<f32>),
    Double(Series<f64>),
    Whole(Series<i32>),
    Flag(Series<bool>),
    Text(Series<ByteArray>),
}

impl Data {
    fn of(column: &Column) -> Self {
        let source = column.channel.sources().first().and_then(|source| field_of(source));
        match (column.channel.kind(), source) {
            (ChannelKind::Flag, _) => Self::Flag(Series::default()),
            (ChannelKind::Enum(_), _) => Self::Whole(Series::default()),
            (ChannelKind::Text, _) => Self::Text(Series::default()),
            (_, Some(Field { ty: FieldType::F32, .. })) => Self::Float(Series::default()),
            // An integer of the game, in its own unit.
            (_, Some(field))
                if matches!(
                    field.ty,
                    FieldType::I8 | FieldType::U8 | FieldType::I16 | FieldType::U16 | FieldType::I32
                ) && column.channel.decimals() == 0
                    && column.unit == column.channel.unit()
                    && (column.unit == Unit::None || field.unit == column.unit.symbol()) =>
            {
                Self::Whole(Series::default())
            }
            _ => Self::Double(Series::default()),
        }
    }

    fn push(&mut self, value: Option<ChannelValue<'_>>) {
        let number = || value.and_then(|value| value.as_f64());
        match self {
            Self::Float(series) => series.push(number().map(|number| number as f32)),
            Self::Double(series) => series.push(number()),
            // Casts of floats saturate.
            Self::Whole(series) => series.push(number().map(|number| number.round() as i32)),
            Self::Flag(series) => series.push(number().map(|number| number != 0.0)),
            Self::Text(series) => {
                let text = match value {
                    Some(ChannelValue::Text(text)) => Some(text),
                    _ => None,
                };
                // A copy of the previous text, which is usually the same, is cheap.
                let before =
                    series.values.last().filter(|before| text.is_some_and(|text| before.data() == text.as_bytes()));
                let value = before.cloned().or_else(|| text.map(|text| ByteArray::from(text.as_bytes().to_vec())));
                series.push(value);
            }
        }
    }

    fn write(&mut self, group: &mut Group<'_>, every: &[i16]) -> Result<(), ParquetError> {
        match self {
            Self::Float(series) => write::<FloatType>(group, series, every),
            Self::Double(series) => write::<DoubleType>(group, series, every),
            Self::Whole(series) => write::<Int32Type>(group, series, every),
            Self::Flag(series) => write::<BoolType>(group, series, every),
            Self::Text(series) => write::<ByteArrayType>(group, series, every),
        }
    }

    fn physical(&self) -> Physical {
        match self {
            Self::Float(_) => Physical::FLOAT,
            Self::Double(_) => Physical::DOUBLE,
            Self::Whole(_) => Physical::INT32,
            Self::Flag(_) => Physical::BOOLEAN,
            Self::Text(_) => Physical::BYTE_ARRAY,
        }
    }
}

type Group<'a> = SerializedRowGroupWriter<'a, PendingFile>;

/// Writes and clears a column that may have nulls. `every` are the levels of a column without nulls.
fn write<T: DataType>(group: &mut Group<'_>, series: &mut Series<T::T>, every: &[i16]) -> Result<(), ParquetError> {
    let levels = if series.levels.is_empty() { every } else { &series.levels };
    write_values::<T>(group, &series.values, Some(levels))?;
    series.clear();
    Ok(())
}

fn write_values<T: DataType>(
    group: &mut Group<'_>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("there are more columns than the schema has".into()));
    };
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}

impl ParquetExporter {
    /// Creates the file under a temporary name.
    ///
    /// # Errors
    /// [`ExportError`] if the file cannot be created.
    pub fn create(path: &Path, about: &About, columns: &[Column]) -> Result<Self, ExportError> {
        Self::create_named(path, columns, metadata(about, columns, str::to_owned), str::to_owned)
    }

    /// Creates a file of a data set; its path in the data set is that of [`partition_path`](crate::partition_path). Columns with the
    /// names of folders are renamed to `session_number` and `track_by_game`.
    ///
    /// # Errors
    /// [`ExportError`] if the file cannot be created.
    pub fn create_part(path: &Path, about: &About, columns: &[Column], part: &Part) -> Result<Self, ExportError> {
        let mut metadata = metadata(about, columns, name_beside_folders);
        let part = serde_json::to_string(part).map_err(|error| ExportError::Format(error.into()))?;
        metadata.push(KeyValue::new(PART_KEY.to_owned(), part));
        Self::create_named(path, columns, metadata, name_beside_folders)
    }

    fn create_named(
        path: &Path,
        columns: &[Column],
        metadata: Vec<KeyValue>,
        name_in_file: fn(&str) -> String,
    ) -> Result<Self, ExportError> {
        let data: Vec<Data> = columns.iter().map(Data::of).collect();
        let types = LEAD.map(|name| match name {
            "time_s" => (name, Physical::DOUBLE, Repetition::REQUIRED),
            "lap" => (name, Physical::INT32, Repetition::OPTIONAL),
            _ => (name, Physical::INT32, Repetition::REQUIRED),
        });
        let names: Vec<_> = columns.iter().map(Column::name).collect();
        let optional = |(name, data): (_, &Data)| (name, data.physical(), Repetition::OPTIONAL);
        let types = types.into_iter().chain(names.iter().map(AsRef::as_ref).zip(&data).map(optional));

        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("acevo ", env!("CARGO_PKG_VERSION")).into())
            .set_compression(Compression::LZ4_RAW)
            .set_dictionary_enabled(false)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_key_value_metadata(Some(metadata));
        let mut fields = Vec::new();
        for (name, physical, repetition) in types {
            let name = name_in_file(name);
            let path = ColumnPath::from(name.as_str());
            properties = match physical {
                Physical::FLOAT | Physical::DOUBLE => properties.set_column_encoding(path, Encoding::BYTE_STREAM_SPLIT),
                Physical::INT32 => properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
                // A text column has few different values.
                Physical::BYTE_ARRAY => properties.set_column_dictionary_enabled(path, true),
                _ => properties,
            };
            let text = (physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
            let field =
                Type::primitive_type_builder(&name, physical).with_repetition(repetition).with_logical_type(text);
            fields.push(Arc::new(field.build()?));
        }
        let schema = Type::group_type_builder("acevo").with_fields(fields).build()?;
        let file = files::create(path)?;
        let file = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.build()))?;
        Ok(Self { file, lead: Lead::default(), columns: data, since_s: 0.0 })
    }

    /// Writes the rows in memory.
    fn write_group(&mut self) -> Result<(), ExportError> {
        let every = vec![1; self.lead.time_s.len()];
        let mut group = self.file.next_row_group()?;
        write_values::<DoubleType>(&mut group, &self.lead.time_s, None)?;
        write_values::<Int32Type>(&mut group, &self.lead.packet_id, None)?;
        write_values::<Int32Type>(&mut group, &self.lead.session, None)?;
        write::<Int32Type>(&mut group, &mut self.lead.lap, &every)?;
        write_values::<Int32Type>(&mut group, &self.lead.missed, None)?;
        write_values::<Int32Type>(&mut group, &self.lead.skipped, None)?;
        for column in &mut self.columns {
            column.write(&mut group, &every)?;
        }
        group.close()?;
        let Lead { time_s, packet_id, session, missed, skipped, .. } = &mut self.lead;
        time_s.clear();
        for numbers in [packet_id, session, missed, skipped] {
            numbers.clear();
        }
        Ok(())
    }
}

impl Exporter for ParquetExporter {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        let is_full = row.time_s - self.since_s >= GROUP_S || self.lead.time_s.len() >= GROUP_ROWS;
        if self.lead.time_s.is_empty() {
            self.since_s = row.time_s;
        } else if is_full {
            self.write_group()?;
            self.since_s = row.time_s;
        }
        let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        self.lead.time_s.push(row.time_s);
        self.lead.packet_id.push(row.packet_id);
        self.lead.session.push(whole(row.session));
        self.lead.lap.push(row.lap.map(whole));
        self.lead.missed.push(whole(row.missed));
        self.lead.skipped.push(whole(row.skipped));
        for (index, column) in self.columns.iter_mut().enumerate() {
            column.push(row.values.get(index).copied().flatten());
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        if !self.lead.time_s.is_empty() {
            self.write_group()?;
        }
        files::publish(self.file.into_inner()?)
    }
}

impl From<ParquetError> for ExportError {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(error) => match error.downcast::<std::io::Error>() {
                Ok(source) => Self::Stream(*source),
                Err(error) => Self::Format(error),
            },
            error => Self::Format(error.into()),
        }
    }
}
