//! Tables: columns that other programs take without copying.

use std::sync::Arc;

use acevo_export::{ColumnValues, RecordedRows, Series, Texts};
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float32Array, Float64Array, Int32Array, Int64Array, RecordBatch,
    RecordBatchIterator, StringArray, TimestampMicrosecondArray, UInt32Array,
};
use arrow_buffer::Buffer as ArrowBuffer;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use pyo3::exceptions::{PyAttributeError, PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PySlice, PyTuple};

use crate::columns::array;
use crate::errors::exception;

/// A table: columns of the same length.
///
/// It has the Arrow PyCapsule interface: `pandas.DataFrame.from_arrow`, `polars.DataFrame`, `pyarrow.table` and DuckDB take it without copying.
/// `table["speed"]` is a column, which `numpy.asarray` takes without copying.
#[pyclass(frozen, module = "acevo_telemetry", name = "Table")]
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) schema: SchemaRef,
    pub(crate) columns: Vec<ArrayRef>,
    rows: usize,
}

impl Table {
    pub(crate) fn new(columns: Vec<(Field, ArrayRef)>) -> Self {
        let rows = columns.first().map_or(0, |(_, array)| array.len());
        let (fields, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        Self { schema: Arc::new(Schema::new(fields)), columns, rows }
    }

    fn index(&self, name: &str) -> PyResult<usize> {
        self.schema.index_of(name).map_err(|_| {
            PyKeyError::new_err(format!("{name}: there is no such column; columns: {}", self.column_names().join(", ")))
        })
    }

    pub(crate) fn part(&self, start: usize, length: usize) -> Self {
        let columns = self.columns.iter().map(|column| column.slice(start, length)).collect();
        Self { schema: self.schema.clone(), columns, rows: length }
    }

    fn column(&self, index: usize) -> Column {
        Column { field: self.schema.field(index).clone(), values: self.columns[index].clone() }
    }

    fn batch(&self) -> PyResult<RecordBatch> {
        let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(self.rows));
        RecordBatch::try_new_with_options(self.schema.clone(), self.columns.clone(), &options)
            .map_err(|error| exception("AcevoError", error))
    }
}

#[pymethods]
impl Table {
    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// Units of the columns; an empty text without unit.
    #[getter]
    fn units<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let units = PyDict::new(py);
        for field in self.schema.fields() {
            units.set_item(field.name(), field.metadata().get("unit").map_or("", String::as_str))?;
        }
        Ok(units)
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    fn __contains__(&self, name: &str) -> bool {
        self.schema.index_of(name).is_ok()
    }

    /// A column by its name, or the rows of a slice.
    fn __getitem__<'py>(&self, py: Python<'py>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(slice) = key.cast::<PySlice>() {
            let found = slice.indices(self.rows as isize)?;
            if found.step != 1 {
                return Err(exception("ArgumentError", "a slice of a table has no step; resample() makes fewer rows"));
            }
            let part = self.part(found.start as usize, found.slicelength);
            return Ok(Bound::new(py, part)?.into_any());
        }
        let name: String = key.extract()?;
        Ok(Bound::new(py, self.column(self.index(&name)?))?.into_any())
    }

    /// The columns with these names, in this order.
    fn select(&self, names: Vec<String>) -> PyResult<Self> {
        let indices = names.iter().map(|name| self.index(name)).collect::<PyResult<Vec<_>>>()?;
        let columns = indices.iter().map(|index| (self.schema.field(*index).clone(), self.columns[*index].clone()));
        let mut table = Self::new(columns.collect());
        table.rows = self.rows;
        Ok(table)
    }

    /// Rows at a `rate` per second, or each `step` metres, without shifting a phase.
    ///
    /// Floats are means of what lies around a row, other values the newest ones. Columns that describe packets are left out, and so are rows
    /// in pauses.
    #[pyo3(signature = (*, rate=None, step=None))]
    fn resample(&self, rate: Option<f64>, step: Option<f64>) -> PyResult<Self> {
        let is_usable = |number: &f64| *number > 0.0 && number.is_finite();
        let (axis, number) = match (rate.filter(is_usable), step.filter(is_usable)) {
            (Some(rate), None) if step.is_none() => ("time_s", rate),
            (None, Some(step)) if rate.is_none() => ("distance_m", step),
            _ => {
                return Err(exception(
                    "ArgumentError",
                    "expected rate (rows per second) or step (metres), more than 0",
                ));
            }
        };
        let axis_index = self.schema.index_of(axis).map_err(|_| {
            exception("ArgumentError", format!("the table has no column {axis}; tables of laps have it"))
        })?;
        let time_index = self.index("time_s")?;
        let doubles = |index: usize| -> Vec<f64> {
            let array = self.columns[index].as_any().downcast_ref::<Float64Array>();
            array.map_or(Vec::new(), |array| array.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
        };
        let is_kept = |index: &usize| {
            let name = self.schema.field(*index).name().as_str();
            ![axis_index, time_index].contains(index) && !PACKET_COLUMNS.contains(&name)
        };
        let kept: Vec<_> = (0..self.columns.len()).filter(is_kept).collect();
        let values: Vec<_> = kept.iter().filter_map(|index| column_values(&self.columns[*index])).collect();
        if values.len() != kept.len() {
            return Err(exception("ArgumentError", "the table has dates, which cannot be resampled"));
        }
        let rows = RecordedRows::new(doubles(time_index), values);
        let (rows, distance) = if axis == "time_s" {
            (rows.resampled(number), None)
        } else {
            let (rows, distance) = rows.resampled_by_distance(&doubles(axis_index), number);
            (rows, Some(distance))
        };
        let mut resampled = rows.columns.into_iter().map(array);
        let (mut time, mut distance) = (Some(rows.time_s), distance);
        let mut columns = Vec::new();
        for index in 0..self.columns.len() {
            let own = if index == time_index {
                time.take()
            } else if index == axis_index {
                distance.take()
            } else {
                None
            };
            let made: Option<ArrayRef> = match own {
                Some(own) => Some(Arc::new(Float64Array::from(own))),
                None if kept.contains(&index) => resampled.next(),
                None => None,
            };
            if let Some(made) = made {
                let field =
                    self.schema.field(index).clone().with_data_type(made.data_type().clone()).with_nullable(true);
                columns.push((field, made));
            }
        }
        Ok(Self::new(columns))
    }

    /// A pandas data frame. Missing numbers are NaN.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        helper(slf, "to_pandas")
    }

    /// A Polars data frame.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        helper(slf, "to_polars")
    }

    /// A pyarrow table.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        helper(slf, "to_arrow")
    }

    fn __repr__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        helper(slf, "text")
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        helper(slf, "html")
    }

    /// All values as a dictionary of lists; missing values are `None`.
    fn to_pydict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for index in 0..self.columns.len() {
            let column = self.column(index);
            dict.set_item(column.field.name(), column.to_pylist(py)?)?;
        }
        Ok(dict)
    }

    /// The Arrow PyCapsule interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A producer may ignore the wish.
        drop(requested_schema);
        let batches = RecordBatchIterator::new([Ok(self.batch()?)], self.schema.clone());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), c"arrow_array_stream")
    }

    /// The Arrow PyCapsule interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.schema.as_ref()).map_err(|error| exception("AcevoError", error))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }
}

/// Columns that describe packets, which resampled rows are not.
const PACKET_COLUMNS: [&str; 3] = ["packet_id", "missed", "skipped"];

/// Calls a function of the package with a table.
fn helper<'py>(table: &Bound<'py, Table>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    table.py().import("acevo_telemetry._tables")?.call_method1(name, (table,))
}

/// The values of an array; `None` for dates.
fn column_values(array: &ArrayRef) -> Option<ColumnValues> {
    fn series<T, U>(values: impl Iterator<Item = Option<T>>, of: impl Fn(T) -> U) -> Series<U> {
        let mut series = Series::default();
        values.for_each(|value| series.push(value.map(&of)));
        series
    }
    let any = array.as_any();
    if let Some(array) = any.downcast_ref::<Float32Array>() {
        return Some(ColumnValues::Float(series(array.iter(), |value| value)));
    }
    if let Some(array) = any.downcast_ref::<Float64Array>() {
        return Some(ColumnValues::Double(series(array.iter(), |value| value)));
    }
    if let Some(array) = any.downcast_ref::<Int32Array>() {
        return Some(ColumnValues::Whole(series(array.iter(), |value| value)));
    }
    if let Some(array) = any.downcast_ref::<UInt32Array>() {
        return Some(ColumnValues::Whole(series(array.iter(), |value| i32::try_from(value).unwrap_or(i32::MAX))));
    }
    if let Some(array) = any.downcast_ref::<BooleanArray>() {
        return Some(ColumnValues::Flag(series(array.iter(), |value| value)));
    }
    if let Some(array) = any.downcast_ref::<DictionaryArray<Int32Type>>() {
        let words = array.values().as_any().downcast_ref::<StringArray>()?;
        let texts = words.iter().map(|word| word.unwrap_or_default().to_owned()).collect();
        let rows = series(array.keys().iter(), |key| u32::try_from(key).unwrap_or_default());
        return Some(ColumnValues::Text(Texts { rows, texts }));
    }
    None
}

/// A column of a table.
#[pyclass(frozen, module = "acevo_telemetry", name = "Column")]
#[derive(Debug, Clone)]
pub(crate) struct Column {
    field: Field,
    values: ArrayRef,
}

#[pymethods]
impl Column {
    /// Name of the column.
    #[getter]
    fn name(&self) -> &str {
        self.field.name()
    }

    /// Unit of its values; an empty text without unit.
    #[getter]
    fn unit(&self) -> &str {
        self.field.metadata().get("unit").map_or("", String::as_str)
    }

    /// What is known about it: unit, title, quality, versions of the game, sources, note.
    #[getter]
    fn metadata(&self) -> std::collections::HashMap<String, String> {
        self.field.metadata().iter().map(|(key, text)| (key.clone(), text.clone())).collect()
    }

    /// Number of missing values.
    #[getter]
    fn null_count(&self) -> usize {
        self.values.logical_null_count()
    }

    /// Type of its values: `float32`, `float64`, `int32`, `int64`, `uint32`, `bool`, `text` or `time`.
    #[getter]
    fn dtype(&self) -> &'static str {
        match self.values.data_type() {
            DataType::Float32 => "float32",
            DataType::Float64 => "float64",
            DataType::Int32 => "int32",
            DataType::Int64 => "int64",
            DataType::UInt32 => "uint32",
            DataType::Boolean => "bool",
            DataType::Timestamp(..) => "time",
            _ => "text",
        }
    }

    fn __len__(&self) -> usize {
        self.values.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let length = self.values.len();
        if let Ok(slice) = key.cast::<PySlice>() {
            let found = slice.indices(length as isize)?;
            if found.step == 1 {
                let values = self.values.slice(found.start as usize, found.slicelength);
                return Ok(Bound::new(py, Self { field: self.field.clone(), values })?.into_any());
            }
            return self.to_pylist(py)?.as_any().get_item(key);
        }
        let index: isize = key.extract()?;
        let index = if index < 0 { index + length as isize } else { index };
        let index = usize::try_from(index).ok().filter(|index| *index < length);
        let index = index.ok_or_else(|| PyIndexError::new_err(format!("the column has {length} rows")))?;
        Self { field: self.field.clone(), values: self.values.slice(index, 1) }.to_pylist(py)?.get_item(0)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let shown = Self { field: self.field.clone(), values: self.values.slice(0, self.values.len().min(5)) };
        let values = shown.to_pylist(py)?.repr()?.to_string();
        let more = if self.values.len() > 5 { ", …" } else { "" };
        let unit = if self.unit().is_empty() { String::new() } else { format!(" ({})", self.unit()) };
        let values = values.trim_end_matches(']');
        Ok(format!("<Column {}{unit}: {} rows; {values}{more}]>", self.field.name(), self.values.len()))
    }

    /// All values; missing ones are `None`.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let any = self.values.as_any();
        macro_rules! list {
            ($($ty:ty),*) => {$(
                if let Some(array) = any.downcast_ref::<$ty>() {
                    return PyList::new(py, array.iter().collect::<Vec<_>>());
                }
            )*};
        }
        list!(
            Float32Array,
            Float64Array,
            Int32Array,
            Int64Array,
            UInt32Array,
            BooleanArray,
            StringArray,
            TimestampMicrosecondArray
        );
        let Some(dictionary) = any.downcast_ref::<DictionaryArray<Int32Type>>() else {
            return Err(exception("AcevoError", format!("column {} has an unknown type", self.field.name())));
        };
        let words = dictionary.values().as_any().downcast_ref::<StringArray>();
        let word = |key: Option<i32>| words.zip(key).map(|(words, key)| words.value(key as usize));
        PyList::new(py, dictionary.keys().iter().map(word).collect::<Vec<_>>())
    }

    /// Memory that NumPy takes without copying: numbers without missing values, and floats, whose missing values are NaN.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (kind, size) = match self.values.data_type() {
            DataType::Float32 => ("<f4", 4),
            DataType::Float64 => ("<f8", 8),
            DataType::Int32 if self.values.null_count() == 0 => ("<i4", 4),
            DataType::Int64 if self.values.null_count() == 0 => ("<i8", 8),
            DataType::UInt32 if self.values.null_count() == 0 => ("<u4", 4),
            _ => return Err(PyAttributeError::new_err("NumPy has to convert this column")),
        };
        let data = self.values.to_data();
        let bytes = data.buffers()[0].slice_with_length(data.offset() * size, data.len() * size);
        interface(py, &bytes, kind, data.len())
    }

    /// The values as a NumPy array. Integers and flags with missing values become floats with NaN, texts become objects.
    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        slf: &Bound<'py, Self>,
        dtype: Option<Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, column) = (slf.py(), slf.get());
        if copy == Some(false) {
            return Err(pyo3::exceptions::PyValueError::new_err("NumPy cannot take this column without copying"));
        }
        let numpy = py.import("numpy")?;
        let kind = match column.values.data_type() {
            DataType::Boolean if column.values.null_count() == 0 => "bool",
            DataType::Boolean | DataType::Int32 | DataType::Int64 | DataType::UInt32 => "float64",
            DataType::Timestamp(..) => "datetime64[us]",
            _ => "object",
        };
        let options = PyDict::new(py);
        options.set_item("dtype", kind)?;
        let mut array = numpy.call_method("array", (column.to_pylist(py)?,), Some(&options))?;
        if let Some(dtype) = dtype {
            array = array.call_method1("astype", (dtype,))?;
        }
        Ok(array)
    }
}

/// Bytes that NumPy takes without copying.
#[pyclass(frozen, module = "acevo_telemetry")]
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) bytes: ArrowBuffer,
    /// Bytes of an item.
    pub(crate) size: usize,
}

#[pymethods]
impl Memory {
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        interface(py, &self.bytes, &format!("|V{}", self.size), self.bytes.len() / self.size.max(1))
    }
}

/// NumPy's array interface of immutable memory, which the object that returns it keeps.
fn interface<'py>(py: Python<'py>, bytes: &ArrowBuffer, kind: &str, length: usize) -> PyResult<Bound<'py, PyDict>> {
    let interface = PyDict::new(py);
    interface.set_item("version", 3)?;
    interface.set_item("typestr", kind)?;
    interface.set_item("shape", PyTuple::new(py, [length])?)?;
    // The second value: the memory cannot be written to.
    interface.set_item("data", (bytes.as_ptr() as usize, true))?;
    Ok(interface)
}

/// A table of columns: name, type, unit, title and values, of which `None` is missing.
#[pyfunction]
pub(crate) fn make_table(columns: Vec<(String, String, String, String, Bound<'_, PyList>)>) -> PyResult<Table> {
    let mut made = Vec::with_capacity(columns.len());
    for (name, kind, unit, title, values) in columns {
        let array: ArrayRef = match kind.as_str() {
            "float64" => Arc::new(Float64Array::from(values.extract::<Vec<Option<f64>>>()?)),
            "int32" => Arc::new(Int32Array::from(values.extract::<Vec<Option<i32>>>()?)),
            "int64" => Arc::new(Int64Array::from(values.extract::<Vec<Option<i64>>>()?)),
            "bool" => Arc::new(BooleanArray::from(values.extract::<Vec<Option<bool>>>()?)),
            "time" => {
                Arc::new(TimestampMicrosecondArray::from(values.extract::<Vec<Option<i64>>>()?).with_timezone("UTC"))
            }
            _ => Arc::new(StringArray::from(values.extract::<Vec<Option<String>>>()?)),
        };
        made.push((crate::columns::plain_field(&name, &unit, &title, &array), array));
    }
    Ok(Table::new(made))
}
