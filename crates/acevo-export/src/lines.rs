//! Lines of text, most of whose cells are what they were in the line before: those are copied from there.

use super::number::{self, Precision};
use super::{LEAD, Row, TIME_DECIMALS};
use acevo_telemetry::ChannelValue;

/// How a format writes what is no number.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) none: &'static str,
    pub(super) no: &'static str,
    pub(super) yes: &'static str,
    /// Appends a text.
    pub(super) text: fn(&mut Vec<u8>, &str),
    /// What ends a line.
    pub(super) end: &'static str,
    /// What stands before the decimals.
    pub(super) point: char,
}

/// Makes a line of each row.
#[derive(Debug)]
pub(super) struct Lines {
    words: &'static Words,
    precision: Precision,
    cells: Vec<Cell>,
    /// The newest line, and the one before.
    line: Vec<u8>,
    before: Vec<u8>,
}

/// A place in the line, and what it shows.
#[derive(Debug)]
struct Cell {
    /// What stands in front of the value.
    label: String,
    decimals: usize,
    shown: Shown,
    /// What is shown where that is a word.
    word: String,
    /// Where the cell ends in the newest line.
    end: usize,
}

/// What tells one cell from another; what is equal is written in the same way.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shown {
    /// There was no line yet.
    Nothing,
    None,
    /// A number as a whole number of the last decimal.
    Rounded(i64),
    /// The bits of a number.
    Exact(u64),
    Flag(bool),
    Word,
}

impl Lines {
    /// Lines of [`LEAD`] and of columns with these decimals; `labels` are what stands in front of all of them.
    pub(super) fn new(
        words: &'static Words,
        precision: Precision,
        labels: impl Iterator<Item = String>,
        decimals: impl Iterator<Item = usize>,
    ) -> Self {
        let lead = [TIME_DECIMALS, 0, 0, 0, 0, 0].into_iter();
        let cell = |(label, decimals): (String, usize)| Cell {
            label,
            decimals: decimals.min(number::MOST_DECIMALS),
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
        // In the line before: where the cell starts, and from where on nothing is copied yet.
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
    /// True where it shows this value already; otherwise it will.
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
