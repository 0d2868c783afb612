//! Tables of comma-separated values.

use std::io::{BufWriter, Write};

use acevo_telemetry::{Unit, clean_text};

use crate::exporter::LEAD;
use crate::lines::{Lines, Words};
use crate::{Column, ExportError, Exporter, Precision, Row};

const WORDS: Words = Words { none: "", no: "0", yes: "1", text: write_field, end: "\r\n", point: '.' };

/// The same with unchanged texts.
const RAW_WORDS: Words = Words { text: write_raw_field, ..WORDS };

/// The same with a decimal comma.
const COMMA_WORDS: Words = Words { point: ',', ..WORDS };

/// The same with a decimal comma and unchanged texts.
const RAW_COMMA_WORDS: Words = Words { point: ',', ..RAW_WORDS };

/// Characters at the beginning of a formula: those of spreadsheets, and the wide ones that Japanese and Chinese versions read like them.
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The separator of the cells of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Separator {
    /// `,`
    #[default]
    Comma,
    /// `;`, expected by spreadsheets if the decimal mark is a comma.
    Semicolon,
    /// A tab.
    Tab,
}

impl Separator {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Comma => ",",
            Self::Semicolon => ";",
            Self::Tab => "\t",
        }
    }
}

/// Options of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CsvOptions {
    /// A second header row with the units. Off by default: with it most readers, including pandas, read every column as text.
    pub units: bool,
    /// The precision of numbers.
    pub precision: Precision,
    /// The separator of the cells.
    pub separator: Separator,
    /// The decimal mark is a comma instead of a point. Not possible with [`Separator::Comma`].
    pub decimal_comma: bool,
    /// Texts are written exactly as the game publishes them. A spreadsheet may run them as formulas, and a terminal may obey their
    /// control characters.
    pub raw_text: bool,
}

impl CsvOptions {
    /// Sets whether there is a second header row with the units.
    #[must_use]
    pub const fn with_units(mut self, units: bool) -> Self {
        self.units = units;
        self
    }

    /// Sets the separator of the cells.
    #[must_use]
    pub const fn with_separator(mut self, separator: Separator) -> Self {
        self.separator = separator;
        self
    }

    /// Sets whether the decimal mark is a comma.
    #[must_use]
    pub const fn with_decimal_comma(mut self, decimal_comma: bool) -> Self {
        self.decimal_comma = decimal_comma;
        self
    }

    /// Sets whether texts are written exactly as the game publishes them.
    #[must_use]
    pub const fn with_raw_text(mut self, raw_text: bool) -> Self {
        self.raw_text = raw_text;
        self
    }

    /// Sets the precision of numbers.
    #[must_use]
    pub const fn with_precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }
}

/// Writes a table of comma-separated values per RFC 4180, in UTF-8, with lines that end in CR LF.
///
/// The header has `time_s,packet_id,session,lap,missed,skipped` and the names of the columns ([`Column::name`]). Flags are 0 and 1,
/// enums are written by name, and missing values are empty.
///
/// Texts come from the game, and players and authors of mods choose names. Control characters, direction marks and invisible characters
/// are left out ([`clean_text`]), and a text that begins with `=`, `+`, `-` or `@`, also in their wide form, is prefixed with `'`, because a
/// spreadsheet would run it as a formula. Other readers get the prefix, too. [`CsvOptions::raw_text`] turns both off. Numbers are never
/// changed: a negative number has no prefix.
///
/// ```
/// use acevo_export::{Column, CsvExporter, CsvOptions, Exporter, Row};
/// use acevo_telemetry::{ChannelValue, Unit, channel};
///
/// let columns = [Column::new(channel("speed").unwrap(), Unit::MilePerHour)];
/// let mut text = Vec::new();
/// let mut exporter = CsvExporter::new(&mut text, &columns, CsvOptions::default())?;
/// let values = [Some(ChannelValue::Number(112.504))];
/// exporter.row(&Row { time_s: 0.003, packet_id: 7, session: 1, lap: None, missed: 0, skipped: 0, values: &values })?;
/// Box::new(exporter).finish()?;
/// assert_eq!(text, b"time_s,packet_id,session,lap,missed,skipped,speed\r\n0.003,7,1,,0,0,112.5\r\n");
/// # Ok::<(), acevo_export::ExportError>(())
/// ```
#[derive(Debug)]
pub struct CsvExporter<W: Write> {
    out: BufWriter<W>,
    lines: Lines,
}

impl<W: Write> CsvExporter<W> {
    /// Writes the header. Output is buffered.
    ///
    /// # Errors
    /// [`ExportError`]; [`ExportError::InvalidOption`] if a comma separates both cells and decimals.
    pub fn new(out: W, columns: &[Column], options: CsvOptions) -> Result<Self, ExportError> {
        check_marks(&options)?;
        let separator = options.separator.text();
        let mut header = Vec::new();
        let mut table = writer(&mut header, separator);
        let names = columns.iter().map(Column::name);
        table.write_record(LEAD.into_iter().map(Into::into).chain(names).map(|name| name.into_owned()))?;
        if options.units {
            let lead = LEAD.map(|name| if name == "time_s" { Unit::Second } else { Unit::None });
            let units = lead.into_iter().chain(columns.iter().map(|column| column.unit));
            table.write_record(units.map(Unit::symbol))?;
        }
        table.flush().map_err(ExportError::Stream)?;
        drop(table);
        let mut out = BufWriter::with_capacity(1 << 16, out);
        out.write_all(&header).map_err(ExportError::Stream)?;
        let labels = (0..LEAD.len() + columns.len()).map(|index| if index == 0 { "" } else { separator }.to_owned());
        let words = match (options.decimal_comma, options.raw_text) {
            (false, false) => &WORDS,
            (false, true) => &RAW_WORDS,
            (true, false) => &COMMA_WORDS,
            (true, true) => &RAW_COMMA_WORDS,
        };
        let lines = Lines::new(words, options.precision, labels, columns.iter().map(Column::decimals));
        Ok(Self { out, lines })
    }

    /// Flushes the table and returns the stream.
    ///
    /// # Errors
    /// [`ExportError::Stream`].
    pub fn into_inner(self) -> Result<W, ExportError> {
        self.out.into_inner().map_err(|error| ExportError::Stream(error.into_error()))
    }
}

impl<W: Write> Exporter for CsvExporter<W> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        self.out.write_all(self.lines.line(row)).map_err(ExportError::Stream)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.out.flush().map_err(ExportError::Stream)
    }
}

/// Fails if a comma separates both cells and decimals.
pub(crate) fn check_marks(options: &CsvOptions) -> Result<(), ExportError> {
    if options.decimal_comma && options.separator == Separator::Comma {
        let reason = "a comma cannot separate both cells and decimals";
        return Err(ExportError::InvalidOption { option: "separator", reason });
    }
    Ok(())
}

pub(crate) fn writer<W: Write>(out: W, separator: &str) -> csv::Writer<W> {
    let separator = separator.bytes().next().unwrap_or(b',');
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).delimiter(separator).from_writer(out)
}

/// A text from the game as a cell: clean, and not a formula.
pub(crate) fn safe_text(text: &str) -> String {
    let text = clean_text(text);
    if text.starts_with(FORMULA_STARTS) { format!("'{text}") } else { text }
}

/// Appends a text that neither a spreadsheet nor a terminal runs.
fn write_field(line: &mut Vec<u8>, text: &str) {
    write_quoted(line, &safe_text(text));
}

/// Appends a text unchanged.
fn write_raw_field(line: &mut Vec<u8>, text: &str) {
    write_quoted(line, text);
}

/// Appends a text, quoted if it contains any separator, a quote or a line break.
fn write_quoted(line: &mut Vec<u8>, text: &str) {
    let needs_quotes = text.contains([',', ';', '\t', '"', '\r', '\n']);
    let (quote, text) = if needs_quotes { ("\"", text.replace('"', "\"\"")) } else { ("", text.to_owned()) };
    line.extend([quote, &text, quote].into_iter().flat_map(str::bytes));
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(source) => Self::Stream(source),
            kind => Self::Unfit(format!("cannot write the table: {kind:?}")),
        }
    }
}
