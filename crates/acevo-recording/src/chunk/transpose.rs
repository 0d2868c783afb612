//! Pages as columns of 32-bit words.

use std::ops::Range;

use super::columns::Unpacked;

/// Words of a line of the processor's cache.
const TILE: usize = 16;

/// Bytes of such a line.
const LINE: usize = 4 * TILE;

/// Words of a page of `size` bytes; the last one may be incomplete.
pub(super) fn words(size: usize) -> usize {
    size.div_ceil(4)
}

/// Fills a column for each word of the pages. Missing bytes of the last word are zero.
pub(super) fn to_columns(pages: &[u8], size: usize, columns: &mut [u32]) {
    let records = pages.len() / size;
    for (tile, columns) in columns.chunks_mut(TILE * records).enumerate() {
        for (record, page) in pages.chunks_exact(size).enumerate() {
            let (words, rest) = page[tile * TILE * 4..size.min((tile + 1) * TILE * 4)].as_chunks();
            let mut cells = columns[record..].iter_mut().step_by(records);
            for (word, cell) in words.iter().zip(cells.by_ref()) {
                *cell = u32::from_le_bytes(*word);
            }
            if let Some(cell) = cells.next().filter(|_| !rest.is_empty()) {
                *cell = rest.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
            }
        }
    }
}

/// Pages that columns are written to. The memory is reused.
#[derive(Debug, Default)]
pub(super) struct Pages {
    bytes: Vec<u8>,
    size: usize,
    /// Lines that are zero in all pages. Most are if few columns are read, and stay so.
    is_zero: Vec<bool>,
}

impl Pages {
    /// The bytes of the pages, one page after the other.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Makes room for pages of `size` bytes, and returns it. Its content has no meaning.
    pub(super) fn room(&mut self, size: usize, records: usize) -> &mut [u8] {
        self.is_zero.clear();
        self.bytes.resize(records * size, 0);
        &mut self.bytes
    }

    /// Fills pages of `size` bytes with a column for each word, the inverse of [`to_columns`].
    pub(super) fn fill<'a>(&mut self, mut columns: impl Iterator<Item = Unpacked<'a>>, size: usize, records: usize) {
        let lines = size.div_ceil(LINE);
        if self.size != size || self.is_zero.len() != lines {
            self.bytes.clear();
            self.size = size;
            self.is_zero.clear();
            self.is_zero.resize(lines, true);
        }
        self.bytes.resize(records * size, 0);
        for (from, was_zero) in (0..size).step_by(LINE).zip(&mut self.is_zero) {
            let to = size.min(from + LINE);
            let mut tile = [Unpacked::Constant(0); TILE];
            tile.iter_mut().zip(columns.by_ref().take(words(to - from))).for_each(|(place, column)| *place = column);
            let is_zero = tile.iter().all(|column| *column == Unpacked::Constant(0));
            if is_zero && *was_zero {
                continue;
            }
            *was_zero = is_zero;
            fill_lines(tile, size, from..to, &mut self.bytes);
        }
    }
}

/// Fills the same bytes of all pages.
fn fill_lines(tile: [Unpacked<'_>; TILE], size: usize, place: Range<usize>, pages: &mut [u8]) {
    // Most words are constant.
    let line = tile.map(|column| column.number(0).to_le_bytes());
    let line: &[u8; LINE] = line.as_flattened().try_into().unwrap_or(&[0; LINE]);
    for page in pages.chunks_exact_mut(size) {
        match page[place.start..].first_chunk_mut() {
            Some(room) => *room = *line,
            None => page[place.clone()].copy_from_slice(&line[..place.len()]),
        }
    }
    for (at, column) in place.step_by(4).zip(tile) {
        let Unpacked::Numbers(numbers) = column else { continue };
        for (page, number) in pages.chunks_exact_mut(size).zip(numbers) {
            match page[at..].first_chunk_mut() {
                Some(word) => *word = number.to_le_bytes(),
                None => page[at..].copy_from_slice(&number.to_le_bytes()[..size - at]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fill_inverts_to_columns(size in 1_usize..200, records in 1_usize..20, seed in any::<u8>()) {
            let bytes: Vec<u8> = (0..size * records).map(|at| seed.wrapping_mul(31).wrapping_add((at * 7) as u8)).collect();
            let mut columns = vec![0; words(size) * records];
            to_columns(&bytes, size, &mut columns);
            let mut pages = Pages::default();
            pages.room(3, 90).fill(0xaa);
            pages.fill(columns.chunks(records).map(Unpacked::Numbers), size, records);
            prop_assert_eq!(pages.bytes(), bytes);
        }

        #[test]
        fn fill_does_not_depend_on_what_was_there_before(
            tables in prop::collection::vec((prop_oneof![Just(130), 1_usize..200], 1_usize..9, prop::collection::vec(0..3_u8, 50)), 1..6),
        ) {
            let mut pages = Pages::default();
            for (number, (size, records, kinds)) in tables.into_iter().enumerate() {
                let numbers = vec![number as u32 + 1; records];
                let column = |kind: &u8| match kind {
                    0 => Unpacked::Constant(0),
                    1 => Unpacked::Constant(0x0101_0101),
                    _ => Unpacked::Numbers(&numbers),
                };
                // Long parts without a column that is not zero.
                let columns = kinds.iter().enumerate().map(|(at, kind)| if at / 16 == number % 4 { column(kind) } else { column(&0) });
                pages.fill(columns.clone().take(words(size)), size, records);
                let mut fresh = Pages::default();
                fresh.fill(columns.take(words(size)), size, records);
                prop_assert_eq!(pages.bytes(), fresh.bytes());
            }
        }
    }
}
