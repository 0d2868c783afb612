//! Comma-separated values.

use std::io::Write;

use super::number::write_number;
use super::{Column, ExportError, Exporter, LEAD, Precision, Row, TIME_DECIMALS};
use crate::{ChannelValue, Unit};

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CsvOptions {
    /// A second header row with the units. Off: most readers, pandas among them, would take every column for text.
    pub units: bool,
    /// How exactly numbers are written.
    pub precision: Precision,
}

impl CsvOptions {
    /// With a second header row of units, or without.
    #[must_use]
    pub const fn with_units(mut self, units: bool) -> Self {
        self.units = units;
        self
    }

    /// With numbers as exact as this.
    #[must_use]
    pub const fn with_precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }
}

/// A table of comma-separated values as of RFC 4180, in UTF-8, with lines that end in CR LF.
///
/// The header has `time_s,packet_id,session,lap,missed` and the names of the columns ([`Column::name`]). Flags are 0 and 1,
/// enums have their names, what there is none of is empty.
///
/// ```
/// use acevo_telemetry::export::{Column, CsvExporter, CsvOptions, Exporter, Row};
/// use acevo_telemetry::{ChannelValue, Unit, channel};
///
/// let columns = [Column { channel: channel("speed").unwrap(), unit: Unit::MilePerHour }];
/// let mut text = Vec::new();
/// let mut exporter = CsvExporter::new(&mut text, &columns, CsvOptions::default())?;
/// let values = [Some(ChannelValue::Number(112.504))];
/// exporter.row(&Row { time_s: 0.003, packet_id: 7, session: 1, lap: None, missed: 0, values: &values })?;
/// Box::new(exporter).finish()?;
/// assert_eq!(text, b"time_s,packet_id,session,lap,missed,speed\r\n0.003,7,1,,0,112.5\r\n");
/// # Ok::<(), acevo_telemetry::export::ExportError>(())
/// ```
#[derive(Debug)]
pub struct CsvExporter<W: Write> {
    table: csv::Writer<W>,
    decimals: Vec<usize>,
    precision: Precision,
    /// The field that is being written.
    text: Vec<u8>,
}

impl<W: Write> CsvExporter<W> {
    /// Writes the header. What is written is buffered here.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn new(out: W, columns: &[Column], options: CsvOptions) -> Result<Self, ExportError> {
        let mut table =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).buffer_capacity(1 << 16).from_writer(out);
        let names = columns.iter().map(Column::name);
        table.write_record(LEAD.into_iter().map(Into::into).chain(names).map(|name| name.into_owned()))?;
        if options.units {
            let lead = LEAD.map(|name| if name == "time_s" { Unit::Second } else { Unit::None });
            let units = lead.into_iter().chain(columns.iter().map(|column| column.unit));
            table.write_record(units.map(Unit::symbol))?;
        }
        let decimals = columns.iter().map(Column::decimals).collect();
        Ok(Self { table, decimals, precision: options.precision, text: Vec::new() })
    }

    fn number(&mut self, number: f64, decimals: usize) -> Result<(), ExportError> {
        self.text.clear();
        if number.is_finite() {
            write_number(&mut self.text, number, decimals, self.precision);
        }
        Ok(self.table.write_field(&self.text)?)
    }
}

impl<W: Write> Exporter for CsvExporter<W> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        self.number(row.time_s, TIME_DECIMALS)?;
        self.number(row.packet_id.into(), 0)?;
        self.number(row.session.into(), 0)?;
        self.number(row.lap.map_or(f64::NAN, f64::from), 0)?;
        self.number(row.missed.into(), 0)?;
        for index in 0..self.decimals.len() {
            match row.values.get(index).copied().flatten() {
                None => self.table.write_field("")?,
                Some(ChannelValue::Number(number)) => self.number(number, self.decimals[index])?,
                Some(ChannelValue::Flag(flag)) => self.table.write_field(if flag { "1" } else { "0" })?,
                Some(ChannelValue::Enum(_, name)) => self.table.write_field(name)?,
                Some(ChannelValue::Text(text)) => self.table.write_field(text)?,
            }
        }
        Ok(self.table.write_record(None::<&[u8]>)?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.table.flush().map_err(ExportError::stream)
    }
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(source) => Self::stream(source),
            kind => Self::Unfit(format!("cannot write the table: {kind:?}")),
        }
    }
}
