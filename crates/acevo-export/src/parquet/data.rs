//! Values of columns, collected in memory and written by their types.

use acevo_files::PendingFile;
use acevo_shared_memory::{Field, FieldType};
use acevo_telemetry::{ChannelKind, ChannelValue, Unit};
use parquet::basic::Type as Physical;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedRowGroupWriter;

use super::metadata::field_of;
use crate::Column;

/// The values of a column that may be null.
#[derive(Debug, Clone)]
pub(super) struct Series<T> {
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
    pub(super) fn push(&mut self, value: Option<T>) {
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
#[derive(Debug, Clone)]
pub(super) enum Data {
    Float(Series<f32>),
    Double(Series<f64>),
    Whole(Series<i32>),
    Flag(Series<bool>),
    Text(Texts),
}

/// Texts, most of which equal the one before.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    /// Indices into the texts.
    rows: Series<u32>,
    texts: Vec<ByteArray>,
}

impl Texts {
    fn push(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.rows.push(None) };
        if self.texts.last().is_none_or(|last| last.data() != text.as_bytes()) {
            self.texts.push(ByteArray::from(text.as_bytes().to_vec()));
        }
        self.rows.push(u32::try_from(self.texts.len() - 1).ok());
    }

    fn write(&mut self, group: &mut Group<'_>, every: &[i16]) -> Result<(), ParquetError> {
        let values = self.rows.values.iter().filter_map(|index| self.texts.get(*index as usize).cloned());
        let mut series = Series { values: values.collect(), levels: std::mem::take(&mut self.rows.levels) };
        (self.rows, self.texts) = Default::default();
        write::<ByteArrayType>(group, &mut series, every)
    }
}

impl Data {
    pub(super) fn of(column: &Column) -> Self {
        let source = column.channel.sources().first().and_then(|source| field_of(source));
        match (column.channel.kind(), source) {
            (ChannelKind::Flag, _) => Self::Flag(Series::default()),
            (ChannelKind::Enum(_), _) => Self::Whole(Series::default()),
            (ChannelKind::Text, _) => Self::Text(Texts::default()),
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

    /// No values of the same type.
    pub(super) fn empty(&self) -> Self {
        match self {
            Self::Float(_) => Self::Float(Series::default()),
            Self::Double(_) => Self::Double(Series::default()),
            Self::Whole(_) => Self::Whole(Series::default()),
            Self::Flag(_) => Self::Flag(Series::default()),
            Self::Text(_) => Self::Text(Texts::default()),
        }
    }

    pub(super) fn push(&mut self, value: Option<ChannelValue<'_>>) {
        let number = || value.and_then(|value| value.as_f64());
        match self {
            Self::Float(series) => series.push(number().map(|number| number as f32)),
            Self::Double(series) => series.push(number()),
            // Casts of floats saturate.
            Self::Whole(series) => series.push(number().map(|number| number.round() as i32)),
            Self::Flag(series) => series.push(number().map(|number| number != 0.0)),
            Self::Text(texts) => texts.push(match value {
                Some(ChannelValue::Text(text)) => Some(text),
                _ => None,
            }),
        }
    }

    pub(super) fn write(&mut self, group: &mut Group<'_>, every: &[i16]) -> Result<(), ParquetError> {
        match self {
            Self::Float(series) => write::<FloatType>(group, series, every),
            Self::Double(series) => write::<DoubleType>(group, series, every),
            Self::Whole(series) => write::<Int32Type>(group, series, every),
            Self::Flag(series) => write::<BoolType>(group, series, every),
            Self::Text(texts) => texts.write(group, every),
        }
    }

    pub(super) const fn physical(&self) -> Physical {
        match self {
            Self::Float(_) => Physical::FLOAT,
            Self::Double(_) => Physical::DOUBLE,
            Self::Whole(_) => Physical::INT32,
            Self::Flag(_) => Physical::BOOLEAN,
            Self::Text(_) => Physical::BYTE_ARRAY,
        }
    }
}

pub(super) type Group<'a> = SerializedRowGroupWriter<'a, PendingFile>;

/// Writes and clears a column that may have nulls. `every` are the levels of a column without nulls.
pub(super) fn write<T: DataType>(
    group: &mut Group<'_>,
    series: &mut Series<T::T>,
    every: &[i16],
) -> Result<(), ParquetError> {
    let levels = if series.levels.is_empty() { every } else { &series.levels };
    write_values::<T>(group, &series.values, Some(levels))?;
    series.clear();
    Ok(())
}

/// Writes a column. `levels` are `None` if it cannot have nulls.
pub(super) fn write_values<T: DataType>(
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
