//! Lines of text. Cells that have not changed since the previous line are copied from there.
//!
//! Without this, a CSV of an hour took 29.6 s instead of 7.1 s of processor time (see `docs/benchmarks.md`).

use acevo_telemetry::ChannelValue;

use crate::Row;
use crate::exporter::{LEAD, TIME_DECIMALS};
use crate::number::{self, Precision};

/// How a format writes values that are not numbers.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) none: &'static str,
    pub(super) no: &'static str,
    pub(super) yes: &'static str,
    /// Appends a text.
    pub(super) text: fn(&mut Vec<u8>, &str),
    /// End of a line.
    pub(super) end: &'static str,
    /// The decimal mark.
    pub(super) point: char,
}

/// Formats rows as lines.
#[derive(Debug)]
pub(super) struct Lines {
    words: &'static Words,
    precision: Precision,
    cells: Vec<Cell>,
    /// The newest line and the previous one.
    line: Vec<u8>,
    before: Vec<u8>,
}

/// A cell of the line and the value it shows.
#[derive(Debug)]
struct Cell {
    /// Text before the value.
    label: String,
    decimals: usize,
    shown: Shown,
    /// The word that is shown, if any.
    word: String,
    /// End of the cell in the newest line.
    end: usize,
}

/// The value a cell shows. Equal values have the same text.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shown {
    /// There is no line yet.
    Nothing,
    None,
    /// A number in units of its last decimal.
    Rounded(i64),
    /// The bits of a number.
    Exact(u64),
    Flag(bool),
    Word,
}

impl Lines {
    /// Formats [`LEAD`] and columns with these decimals; `labels` are the texts before all of them.
    pub(super) fn new(
        words: &'static Words,
        precision: Precision,
        labels: impl Iterator<Item = String>,
        decimals: impl Iterator<Item = usize>,
    ) -> Self {
        let lead = [TIME_DECIMALS, 0, 0, 0, 0, 0].into_iter();
        let cell = |(label, decimals): (String, usize)| Cell {
            label,
            decimals: decimals.min(number::MAX_DECIMALS),
            shown: Shown::Nothing,
            word: String::new(),
            end: 0,
        };
        let cells = labels.zip(lead.chain(decimals)).map(cell).collect();
        Self { words, precision, cells, line: Vec::new(), before: Vec::new() }
    }

    /// The line of a row.
    pub(super) fn line(&mut self, row: &Row<'_>) -> &[u8] {
        std::mem::swap(&mut self.line, &mut self.before);
        let (line, before) = (&mut self.line, &self.before);
        line.clear();
        let lap = row.lap.map(f64::from);
        let counts = [row.missed, row.skipped].map(|count| Some(count.into()));
        let lead = [Some(row.time_s), Some(row.packet_id.into()), Some(row.session.into()), lap, counts[0], counts[1]];
        // In the previous line: the start of the cell, and the end of what is copied.
        let (mut start, mut copied) = (0, 0);
        for (index, cell) in self.cells.iter_mut().enumerate() {
            let value = match index.checked_sub(LEAD.len()) {
                None => lead[index].map(ChannelValue::Number),
                Some(column) => row.values.get(column).copied().flatten(),
            };
            let end = cell.end;
            if cell.shows(value, self.precision) {
                cell.end = line.len() + (end - copied);
            } else {
                line.extend_from_slice(&before[copied..start]);
                cell.write(line, self.words);
                cell.end = line.len();
                copied = end;
            }
            start = end;
        }
        line.extend_from_slice(&before[copied..start]);
        line.extend_from_slice(self.words.end.as_bytes());
        line
    }
}

impl Cell {
    /// Takes a value. Returns true if the cell shows it already.
    #[inline]
    fn shows(&mut self, value: Option<ChannelValue<'_>>, precision: Precision) -> bool {
        let shown = match value {
            Some(ChannelValue::Number(number)) if number.is_finite() => match precision {
                Precision::Shown => {
                    number::rounded(number, self.decimals).map_or(Shown::Exact(number.to_bits()), Shown::Rounded)
                }
                Precision::Full => Shown::Exact(number.to_bits()),
            },
            Some(ChannelValue::Number(_)) | None => Shown::None,
            Some(ChannelValue::Flag(flag)) => Shown::Flag(flag),
            Some(ChannelValue::Enum(_, word) | ChannelValue::Text(word)) => {
                let is_same = self.shown == Shown::Word && self.word == word;
                if !is_same {
                    self.shown = Shown::Word;
                    self.word.clear();
                    self.word.push_str(word);
                }
                return is_same;
            }
            Some(_) => Shown::None,
        };
        let is_same = self.shown == shown;
        self.shown = shown;
        is_same
    }

    fn write(&self, line: &mut Vec<u8>, words: &Words) {
        line.extend_from_slice(self.label.as_bytes());
        let start = line.len();
        match self.shown {
            Shown::Nothing | Shown::None => line.extend_from_slice(words.none.as_bytes()),
            Shown::Rounded(rounded) => number::write_rounded(line, rounded, self.decimals),
            Shown::Exact(bits) => number::write_exact(line, f64::from_bits(bits)),
            Shown::Flag(flag) => line.extend_from_slice(if flag { words.yes } else { words.no }.as_bytes()),
            Shown::Word => return (words.text)(line, &self.word),
        }
        if words.point == ',' {
            line[start..].iter_mut().filter(|byte| **byte == b'.').for_each(|byte| *byte = b',');
        }
    }
}
