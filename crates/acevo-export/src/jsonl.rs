//! JSON lines.

use std::io::{BufWriter, Write};

use acevo_telemetry::escape_json;

use crate::exporter::LEAD;
use crate::lines::{Lines, Words};
use crate::{Column, ExportError, Exporter, Precision, Row};

const WORDS: Words = Words { none: "null", no: "false", yes: "true", text: write_text, end: "}\n", point: '.' };

/// Writes one JSON object per row and line, with the keys of the header of [`CsvExporter`](crate::CsvExporter).
///
/// Every object has every key, in the same order. Flags are `true` and `false`, enums are written by name, and missing values are `null`.
///
/// ```
/// use acevo_export::{Column, Exporter, JsonlExporter, Precision, Row};
/// use acevo_telemetry::{ChannelValue, channel};
///
/// let gear = channel("gear").unwrap();
/// let mut text = Vec::new();
/// let columns = [Column::new(gear, gear.unit())];
/// let mut exporter = JsonlExporter::new(&mut text, &columns, Precision::default());
/// let values = [Some(ChannelValue::Number(3.0))];
/// exporter.row(&Row { time_s: 0.003, packet_id: 7, session: 1, lap: None, missed: 0, skipped: 0, values: &values })?;
/// Box::new(exporter).finish()?;
/// assert_eq!(text, b"{\"time_s\":0.003,\"packet_id\":7,\"session\":1,\"lap\":null,\"missed\":0,\"skipped\":0,\"gear\":3}\n");
/// # Ok::<(), acevo_export::ExportError>(())
/// ```
#[derive(Debug)]
pub struct JsonlExporter<W: Write> {
    out: BufWriter<W>,
    lines: Lines,
}

impl<W: Write> JsonlExporter<W> {
    /// Creates an exporter to a stream. Output is buffered.
    pub fn new(out: W, columns: &[Column], precision: Precision) -> Self {
        let names = LEAD.into_iter().map(Into::into).chain(columns.iter().map(Column::name));
        // IDs need no escapes.
        let keys = names.enumerate().map(|(index, name)| format!("{}\"{name}\":", if index == 0 { '{' } else { ',' }));
        let lines = Lines::new(&WORDS, precision, keys, columns.iter().map(Column::decimals));
        Self { out: BufWriter::with_capacity(1 << 16, out), lines }
    }

    /// Flushes the lines and returns the stream.
    ///
    /// # Errors
    /// [`ExportError::Stream`].
    pub fn into_inner(self) -> Result<W, ExportError> {
        self.out.into_inner().map_err(|error| ExportError::Stream(error.into_error()))
    }
}

impl<W: Write> Exporter for JsonlExporter<W> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        self.out.write_all(self.lines.line(row)).map_err(ExportError::Stream)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.out.flush().map_err(ExportError::Stream)
    }
}

/// Appends a text in quotes. Characters that a terminal would obey are escaped.
fn write_text(line: &mut Vec<u8>, text: &str) {
    // Serializing a text cannot fail.
    let json = serde_json::to_string(text).unwrap_or_default();
    line.extend_from_slice(escape_json(json).as_bytes());
}
