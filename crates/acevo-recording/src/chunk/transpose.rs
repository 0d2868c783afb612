//! Pages as columns of 32-bit words.

use super::columns::Unpacked;

/// Words of a line of the processor's cache.
const TILE: usize = 16;

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

/// Fills pages with a column for each word, the inverse of [`to_columns`].
pub(super) fn to_pages<'a>(mut columns: impl Iterator<Item = Unpacked<'a>>, size: usize, pages: &mut [u8]) {
    for from in (0..size).step_by(TILE * 4) {
        let to = size.min(from + TILE * 4);
        let mut tile = [Unpacked::Constant(0); TILE];
        tile.iter_mut().zip(columns.by_ref().take(words(to - from))).for_each(|(place, column)| *place = column);
        // Most words are constant.
        let line = tile.map(|column| column.number(0).to_le_bytes());
        let line = &line.as_flattened()[..to - from];
        pages.chunks_exact_mut(size).for_each(|page| page[from..to].copy_from_slice(line));
        for (at, column) in (from..).step_by(4).zip(tile) {
            let Unpacked::Numbers(numbers) = column else { continue };
            for (page, number) in pages.chunks_exact_mut(size).zip(numbers) {
                match page[at..].first_chunk_mut() {
                    Some(word) => *word = number.to_le_bytes(),
                    None => page[at..].copy_from_slice(&number.to_le_bytes()[..size - at]),
                }
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
        fn to_pages_inverts_to_columns(size in 1_usize..200, records in 1_usize..20, seed in any::<u8>()) {
            let pages: Vec<u8> = (0..size * records).map(|at| seed.wrapping_mul(31).wrapping_add((at * 7) as u8)).collect();
            let mut columns = vec![0; words(size) * records];
            to_columns(&pages, size, &mut columns);
            let mut back = vec![0xaa; pages.len()];
            to_pages(columns.chunks(records).map(Unpacked::Numbers), size, &mut back);
            prop_assert_eq!(back, pages);
        }
    }
}
