//! Writes columns by the types of their values.

use acevo_files::PendingFile;
use parquet::basic::Type as Physical;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedRowGroupWriter;

use crate::typed::{ColumnType, ColumnValues, Series, Texts};

pub(super) type Group<'a> = SerializedRowGroupWriter<'a, PendingFile>;

/// How Parquet stores a type.
pub(super) const fn physical(of: ColumnType) -> Physical {
    match of {
        ColumnType::Float => Physical::FLOAT,
        ColumnType::Double => Physical::DOUBLE,
        ColumnType::Whole => Physical::INT32,
        ColumnType::Flag => Physical::BOOLEAN,
        ColumnType::Text => Physical::BYTE_ARRAY,
        ColumnType::Time => Physical::INT64,
    }
}

/// Writes and empties a column. `every` are the levels of a column without missing values.
pub(super) fn write_column(
    group: &mut Group<'_>,
    column: &mut ColumnValues,
    every: &[i16],
) -> Result<(), ParquetError> {
    match column {
        ColumnValues::Float(series) => write::<FloatType>(group, series, every),
        ColumnValues::Double(series) => write::<DoubleType>(group, series, every),
        ColumnValues::Whole(series) => write::<Int32Type>(group, series, every),
        ColumnValues::Flag(series) => write::<BoolType>(group, series, every),
        ColumnValues::Text(texts) => write_texts(group, texts, every),
        ColumnValues::Time(series) => write::<Int64Type>(group, series, every),
    }
}

fn write_texts(group: &mut Group<'_>, texts: &mut Texts, every: &[i16]) -> Result<(), ParquetError> {
    let Texts { rows, texts } = std::mem::take(texts);
    let texts: Vec<_> = texts.into_iter().map(|text| ByteArray::from(text.into_bytes())).collect();
    let values = rows.values.iter().filter_map(|index| texts.get(*index as usize).cloned());
    write::<ByteArrayType>(group, &mut Series { values: values.collect(), levels: rows.levels }, every)
}

/// Writes and empties a series. `every` are the levels of a column without missing values.
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
