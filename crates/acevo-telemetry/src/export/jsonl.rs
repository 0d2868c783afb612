//! JSON, an object a line.

use std::io::{BufWriter, Write};

use super::number::write_number;
use super::{Column, ExportError, Exporter, LEAD, Precision, Row, TIME_DECIMALS};
use crate::ChannelValue;

/// One JSON object a line for each row, with the keys that [`CsvExporter`](super::CsvExporter) has as its header.
///
/// Every object has every key, in the same order. Flags are `true` and `false`, enums have their names, what there is none of is `null`.
///
/// ```
/// use acevo_telemetry::export::{Column, Exporter, JsonlExporter, Precision, Row};
/// use acevo_telemetry::{ChannelValue, channel};
///
/// let gear = channel("gear").unwrap();
/// let mut text = Vec::new();
/// let columns = [Column { channel: gear, unit: gear.unit() }];
/// let mut exporter = JsonlExporter::new(&mut text, &columns, Precision::default());
/// let values = [Some(ChannelValue::Number(3.0))];
/// exporter.row(&Row { time_s: 0.003, packet_id: 7, session: 1, lap: None, missed: 0, values: &values })?;
/// Box::new(exporter).finish()?;
/// assert_eq!(text, b"{\"time_s\":0.003,\"packet_id\":7,\"session\":1,\"lap\":null,\"missed\":0,\"gear\":3}\n");
/// # Ok::<(), acevo_telemetry::export::ExportError>(())
/// ```
#[derive(Debug)]
pub struct JsonlExporter<W: Write> {
    out: BufWriter<W>,
    /// `,"name":` and the decimals of each column.
    columns: Vec<(String, usize)>,
    precision: Precision,
    line: Vec<u8>,
}

impl<W: Write> JsonlExporter<W> {
    /// Writes nothing yet. What is written is buffered here.
    pub fn new(out: W, columns: &[Column], precision: Precision) -> Self {
        // Ids need no escapes.
        let columns = columns.iter().map(|column| (format!(",\"{}\":", column.name()), column.decimals())).collect();
        Self { out: BufWriter::with_capacity(1 << 16, out), columns, precision, line: Vec::new() }
    }

    fn number(&mut self, number: f64, decimals: usize) {
        if number.is_finite() {
            write_number(&mut self.line, number, decimals, self.precision);
        } else {
            self.line.extend(b"null");
        }
    }
}

impl<W: Write> Exporter for JsonlExporter<W> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        let lap = row.lap.map_or(f64::NAN, f64::from);
        let lead = [row.time_s, row.packet_id.into(), row.session.into(), lap, row.missed.into()];
        self.line.clear();
        for (index, (name, number)) in LEAD.into_iter().zip(lead).enumerate() {
            self.line.push(if index == 0 { b'{' } else { b',' });
            self.line.push(b'"');
            self.line.extend(name.as_bytes());
            self.line.extend(b"\":");
            self.number(number, if index == 0 { TIME_DECIMALS } else { 0 });
        }
        for index in 0..self.columns.len() {
            let (key, decimals) = &self.columns[index];
            self.line.extend(key.as_bytes());
            match row.values.get(index).copied().flatten() {
                None => self.line.extend(b"null"),
                Some(ChannelValue::Number(number)) => self.number(number, *decimals),
                Some(ChannelValue::Flag(flag)) => self.line.extend(if flag { "true" } else { "false" }.as_bytes()),
                Some(ChannelValue::Enum(_, text) | ChannelValue::Text(text)) => {
                    serde_json::to_writer(&mut self.line, text).map_err(|error| ExportError::stream(error.into()))?;
                }
            }
        }
        self.line.extend(b"}\n");
        self.out.write_all(&self.line).map_err(ExportError::stream)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.out.flush().map_err(ExportError::stream)
    }
}
