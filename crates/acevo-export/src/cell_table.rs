//! Tables with any columns, such as one row per lap.

use std::io::{BufWriter, Write};

use acevo_telemetry::ChannelValue;

use crate::csv::{check_marks, safe_text, writer};
use crate::number::{self, write_exact, write_rounded};
use crate::{CsvOptions, ExportError};

/// The type of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CellKind {
    /// Whole numbers.
    Whole,
    /// Numbers, which CSV rounds to this many decimals.
    Number(u8),
    /// True or false.
    Flag,
    /// Texts.
    Text,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellColumn {
    /// Its name, unique in the table.
    pub name: String,
    /// The type of its values.
    pub kind: CellKind,
}

/// Takes the rows of a table. Each value may be missing.
pub trait CellWriter {
    /// Takes a row: a value for each column. Flags may be numbers.
    ///
    /// # Errors
    /// [`ExportError`] if it cannot be written.
    fn row(&mut self, values: &[Option<ChannelValue<'_>>]) -> Result<(), ExportError>;

    /// Completes the table.
    ///
    /// # Errors
    /// As [`row`](Self::row).
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}

/// Writes CSV as [`CsvExporter`](crate::CsvExporter) does. Of the options, separator, decimal mark and raw text apply.
///
/// ```
/// use acevo_export::{CellColumn, CellCsv, CellKind, CellWriter, CsvOptions, Separator};
/// use acevo_telemetry::ChannelValue;
///
/// let columns = [("car", CellKind::Text), ("air_c", CellKind::Number(1))];
/// let columns = columns.map(|(name, kind)| CellColumn { name: name.into(), kind });
/// let options = CsvOptions::default().with_separator(Separator::Semicolon).with_decimal_comma(true);
/// let mut text = Vec::new();
/// let mut table = CellCsv::new(&mut text, &columns, options, false)?;
/// table.row(&[Some(ChannelValue::Text("A")), Some(ChannelValue::Number(23.46))])?;
/// Box::new(table).finish()?;
/// assert_eq!(text, b"car;air_c\r\nA;23,5\r\n");
/// # Ok::<(), acevo_export::ExportError>(())
/// ```
#[derive(Debug)]
pub struct CellCsv<W: Write> {
    table: csv::Writer<W>,
    columns: Vec<CellColumn>,
    options: CsvOptions,
    cell: Vec<u8>,
}

impl<W: Write> CellCsv<W> {
    /// Writes the header. `has_bom`: before it a byte order mark, by which spreadsheets recognise UTF-8.
    ///
    /// # Errors
    /// [`ExportError`]; [`ExportError::InvalidOption`] if a comma separates both cells and decimals.
    pub fn new(mut out: W, columns: &[CellColumn], options: CsvOptions, has_bom: bool) -> Result<Self, ExportError> {
        check_marks(&options)?;
        if has_bom {
            out.write_all("\u{feff}".as_bytes()).map_err(ExportError::Stream)?;
        }
        let mut table = writer(out, options.separator.text());
        table.write_record(columns.iter().map(|column| &column.name))?;
        Ok(Self { table, columns: columns.to_vec(), options, cell: Vec::new() })
    }
}

impl<W: Write> CellWriter for CellCsv<W> {
    fn row(&mut self, values: &[Option<ChannelValue<'_>>]) -> Result<(), ExportError> {
        for (index, column) in self.columns.iter().enumerate() {
            self.cell.clear();
            match values.get(index).copied().flatten() {
                Some(ChannelValue::Text(text)) if self.options.raw_text => self.cell.extend_from_slice(text.as_bytes()),
                Some(ChannelValue::Text(text)) => self.cell.extend_from_slice(safe_text(text).as_bytes()),
                Some(value) => {
                    let number = value.as_f64().filter(|number| number.is_finite());
                    number.into_iter().for_each(|number| write_number(&mut self.cell, number, column.kind));
                    if self.options.decimal_comma {
                        self.cell.iter_mut().filter(|byte| **byte == b'.').for_each(|byte| *byte = b',');
                    }
                }
                None => {}
            }
            self.table.write_field(&self.cell)?;
        }
        Ok(self.table.write_record(None::<&[u8]>)?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.table.flush().map_err(ExportError::Stream)
    }
}

fn write_number(cell: &mut Vec<u8>, number: f64, kind: CellKind) {
    let decimals = if let CellKind::Number(decimals) = kind { usize::from(decimals) } else { 0 };
    match number::rounded(number, decimals) {
        Some(rounded) => write_rounded(cell, rounded, decimals.min(number::MAX_DECIMALS)),
        None => write_exact(cell, number),
    }
}

/// Writes a JSON array with an object per row. Missing values are null.
#[derive(Debug)]
pub struct CellJson<W: Write> {
    out: BufWriter<W>,
    columns: Vec<CellColumn>,
    is_empty: bool,
}

impl<W: Write> CellJson<W> {
    /// Begins the array.
    pub fn new(out: W, columns: &[CellColumn]) -> Self {
        Self { out: BufWriter::new(out), columns: columns.to_vec(), is_empty: true }
    }

    fn write(&mut self, text: &[u8]) -> Result<(), ExportError> {
        self.out.write_all(text).map_err(ExportError::Stream)
    }
}

impl<W: Write> CellWriter for CellJson<W> {
    fn row(&mut self, values: &[Option<ChannelValue<'_>>]) -> Result<(), ExportError> {
        let json = |(index, column): (usize, &CellColumn)| {
            let value = values.get(index).copied().flatten();
            let number = value.and_then(|value| value.as_f64());
            let value = match (value, column.kind) {
                (Some(ChannelValue::Text(text)), _) => text.into(),
                (_, CellKind::Flag) => number.map(|number| number != 0.0).into(),
                (_, CellKind::Whole) => number.map(|number| number as i64).into(),
                _ => number.into(),
            };
            (column.name.clone(), value)
        };
        let row: serde_json::Map<_, _> = self.columns.iter().enumerate().map(json).collect();
        let row = serde_json::Value::from(row).to_string();
        let before: &[u8] = if std::mem::take(&mut self.is_empty) { b"[\n" } else { b",\n" };
        self.write(before)?;
        self.write(row.as_bytes())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.write(if self.is_empty { b"[]\n" } else { b"\n]\n" })?;
        self.out.flush().map_err(ExportError::Stream)
    }
}
