//! Packs columns of 32-bit numbers, most of which change slowly.
//!
//! A column is zero, or constant, or changes by the same amount each time, or as another column does. Any other column is coded in
//! blocks of 64 numbers: each number is predicted from those before it, and the difference is stored with a Rice code. Its lowest bits
//! are stored as they are, and the number above them in unary. `FORMAT.md` describes the bytes.

use std::collections::HashMap;

use super::bits::{BitReader, BitWriter};

/// Numbers of a block.
const BLOCK: usize = 64;

/// The bits of a block's head that have the width of its lowest bits. The order is in the bits above.
const WIDTH: u8 = 31;

/// The upper part of a code from which on the whole code is stored.
pub(super) const ESCAPE: u32 = 12;

/// Bits of an escaped code beyond its lowest bits: the unary number and the code.
const ESCAPE_BITS: u32 = ESCAPE + 1 + 32;

/// Predictions: from no number, from the number before, from the last two, from the last three.
const ORDERS: usize = 4;

/// First numbers below this are probably small counts, which may need no prediction.
const SMALL: u32 = 1 << 16;

/// Kinds of columns.
mod kind {
    pub(super) const ZERO: u8 = 0;
    pub(super) const CONSTANT: u8 = 1;
    pub(super) const STEADY: u8 = 2;
    pub(super) const SHIFTED: u8 = 3;
    pub(super) const CODED: u8 = 4;
}

/// A signed difference with its sign in the lowest bit.
fn zigzag(difference: u32) -> u32 {
    (difference << 1) ^ (((difference as i32) >> 31) as u32)
}

fn unzigzag(number: u32) -> u32 {
    (number >> 1) ^ (number & 1).wrapping_neg()
}

/// Packs columns. The memory is reused.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packer {
    kinds: Vec<u8>,
    numbers: Vec<u8>,
    heads: Vec<u8>,
    low: BitWriter,
    unary: BitWriter,
    /// Coded columns by some of their differences.
    coded: HashMap<[u32; 3], u32>,
}

impl Packer {
    /// Appends columns of `records` numbers each to `out`.
    pub(crate) fn pack(&mut self, columns: &[u32], records: usize, out: &mut Vec<u8>) {
        self.clear();
        for (index, column) in columns.chunks_exact(records).enumerate() {
            self.column(columns, index, column);
        }
        self.low.finish_byte();
        self.unary.finish_byte();
        out.extend_from_slice(&self.kinds);
        out.extend_from_slice(&self.numbers);
        out.extend_from_slice(&self.heads);
        out.extend_from_slice(self.low.bytes());
        out.extend_from_slice(self.unary.bytes());
    }

    fn clear(&mut self) {
        self.kinds.clear();
        self.numbers.clear();
        self.heads.clear();
        self.low.clear();
        self.unary.clear();
        self.coded.clear();
    }

    fn column(&mut self, columns: &[u32], index: usize, column: &[u32]) {
        let [first, rest @ ..] = column else { return };
        if rest.iter().all(|number| number == first) {
            return if *first == 0 { self.kinds.push(kind::ZERO) } else { self.plain(kind::CONSTANT, &[*first]) };
        }
        let step = rest[0].wrapping_sub(*first);
        if column.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step) {
            return self.plain(kind::STEADY, &[*first, step]);
        }
        let key = [1, 2, 3].map(|quarter| column[rest.len() * quarter / 3].wrapping_sub(*first));
        let similar = self.coded.entry(key).or_insert(index as u32);
        let other = &columns[*similar as usize * column.len()..][..column.len()];
        if *similar as usize != index && is_shifted(column, other) {
            let similar = *similar;
            return self.plain(kind::SHIFTED, &[similar, *first]);
        }
        self.plain(kind::CODED, &[*first]);
        let mut before = [*first; 3];
        for block in rest.chunks(BLOCK) {
            self.block(before, block);
            before = last_three(before, block);
        }
    }

    fn plain(&mut self, kind: u8, numbers: &[u32]) {
        self.kinds.push(kind);
        numbers.iter().for_each(|number| self.numbers.extend_from_slice(&number.to_le_bytes()));
    }

    /// Appends a block. `before` has the three numbers before it, the newest first.
    fn block(&mut self, before: [u32; 3], block: &[u32]) {
        let mut codes = [[0; BLOCK]; ORDERS];
        let [by_nothing, by_last, by_two, by_three] = &mut codes;
        let [mut one, mut two, mut three] = before;
        for (index, number) in block.iter().enumerate() {
            let first = number.wrapping_sub(one);
            let second = first.wrapping_sub(one.wrapping_sub(two));
            let third = second.wrapping_sub(one.wrapping_sub(two).wrapping_sub(two.wrapping_sub(three)));
            by_nothing[index] = *number;
            (by_last[index], by_two[index], by_three[index]) = (zigzag(first), zigzag(second), zigzag(third));
            (three, two, one) = (two, one, *number);
        }
        let orders = if before[0] < SMALL { 0..ORDERS } else { 1..ORDERS };
        let guessed = orders.flat_map(|order| {
            let codes = &codes[order][..block.len()];
            let width = guess_width(codes);
            [width, width + 1].map(|width| (cost(codes, width), order, width))
        });
        let Some((least, order, guess)) = guessed.min() else { return };
        let codes = &codes[order][..block.len()];
        let width = best_width(codes, guess, least);
        self.heads.push((order as u8) << 5 | width as u8);
        self.low.numbers(codes, width);
        for code in codes {
            let upper = code >> width;
            self.unary.unary(upper.min(ESCAPE));
            if upper >= ESCAPE {
                self.unary.word(*code);
            }
        }
    }
}

/// True if the columns differ by the same amount everywhere.
fn is_shifted(column: &[u32], other: &[u32]) -> bool {
    let shift = column[0].wrapping_sub(other[0]);
    column.iter().zip(other).all(|(number, other)| number.wrapping_sub(*other) == shift)
}

/// The last three numbers after a block, the newest first.
fn last_three(before: [u32; 3], block: &[u32]) -> [u32; 3] {
    let mut numbers = block.iter().rev().copied().chain(before);
    [0; 3].map(|_: u32| numbers.next().unwrap_or_default())
}

/// Bits of codes whose lowest `width` bits are stored as they are.
fn cost(codes: &[u32], width: u32) -> u32 {
    let upper = |code: &u32| {
        let upper = code >> width;
        if upper < ESCAPE { upper + 1 } else { ESCAPE_BITS }
    };
    codes.iter().map(upper).sum::<u32>() + width * codes.len() as u32
}

/// The best width, or nearly so, or one less: from the mean number of bits, on which a few large codes
/// have little influence. At most 30.
fn guess_width(codes: &[u32]) -> u32 {
    // The exponent of a float is the number of bits; converting is faster than counting.
    let bits = |code: &u32| (((code >> 1) as i32 as f32).to_bits() >> 23).saturating_sub(126);
    let sum: u32 = codes.iter().map(bits).sum();
    let length = (codes.len() as u32).max(1);
    ((sum + length / 2) / length).min(30)
}

/// The best width, searched from a guess and its cost.
fn best_width(codes: &[u32], guess: u32, mut least: u32) -> u32 {
    let mut best = guess;
    while best < 31 {
        let cost = cost(codes, best + 1);
        if cost >= least {
            break;
        }
        (best, least) = (best + 1, cost);
    }
    while best > 0 && best <= guess {
        let cost = cost(codes, best - 1);
        if cost >= least {
            break;
        }
        (best, least) = (best - 1, cost);
    }
    best
}

/// Columns that were unpacked. The memory is reused.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    records: usize,
    /// One column after the other. A constant one has its first number only; the others there have no meaning.
    numbers: Vec<u32>,
    states: Vec<State>,
}

/// What is known about a column.
#[derive(Debug, Clone, Copy, PartialEq)]
struct State {
    is_constant: bool,
    /// Its numbers are needed.
    is_selected: bool,
    /// Its numbers are needed, or a column that is needed refers to it.
    is_unpacked: bool,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unpacked<'a> {
    Constant(u32),
    Numbers(&'a [u32]),
}

impl Unpacked<'_> {
    /// The number of a record.
    #[inline]
    pub(super) fn number(&self, record: usize) -> u32 {
        match self {
            Self::Constant(number) => *number,
            Self::Numbers(numbers) => numbers[record],
        }
    }
}

impl Columns {
    /// Unpacks `count` columns of `records` numbers each; those that are not selected are zero afterwards. `None` if the bytes are not what
    /// [`Packer::pack`] writes; then the columns have no meaning. All columns are checked, selected or not.
    pub(crate) fn unpack(
        &mut self,
        bytes: &[u8],
        count: usize,
        records: usize,
        is_selected: impl Fn(usize) -> bool,
    ) -> Option<()> {
        let (kinds, rest) = bytes.split_at_checked(count)?;
        let mut numbers = Numbers::of(kinds, rest)?;
        let coded = kinds.iter().filter(|kind| **kind == kind::CODED).count();
        let (heads, rest) = numbers.rest.split_at_checked(coded * records.checked_sub(1)?.div_ceil(BLOCK))?;
        let mut blocks = Blocks::new(heads, rest, records - 1)?;
        self.records = records;
        self.numbers.resize(count * records, 0);
        self.select(kinds, &numbers, is_selected)?;
        for (index, (kind, state)) in kinds.iter().zip(&self.states).enumerate() {
            if !state.is_unpacked {
                numbers.skip(*kind);
                blocks.skip(*kind);
                continue;
            }
            let (before, here) = self.numbers.split_at_mut_checked(index * records)?;
            let column = here.get_mut(..records)?;
            match *kind {
                kind::ZERO => column[0] = 0,
                kind::CONSTANT => column[0] = numbers.next()?,
                kind::STEADY => {
                    let (mut number, step) = (numbers.next()?, numbers.next()?);
                    for value in column {
                        *value = number;
                        number = number.wrapping_add(step);
                    }
                }
                kind::SHIFTED => {
                    let (other, first) = (numbers.next()? as usize, numbers.next()?);
                    let other = before.chunks_exact(records).nth(other)?;
                    let shift = first.wrapping_sub(*other.first()?);
                    column.iter_mut().zip(other).for_each(|(value, other)| *value = other.wrapping_add(shift));
                }
                kind::CODED => {
                    let (first, rest) = column.split_first_mut()?;
                    *first = numbers.next()?;
                    blocks.column(*first, rest)?;
                }
                _ => return None,
            }
        }
        blocks.is_finished()?.then_some(())
    }

    /// Finds the columns that must be unpacked. `None` if a column is of an unknown kind, or refers to one that is constant or not before it.
    fn select(&mut self, kinds: &[u8], numbers: &Numbers<'_>, is_selected: impl Fn(usize) -> bool) -> Option<()> {
        let state = |(index, kind): (usize, &u8)| {
            let (is_constant, is_selected) = (matches!(*kind, kind::ZERO | kind::CONSTANT), is_selected(index));
            State { is_constant, is_selected, is_unpacked: is_selected }
        };
        self.states.clear();
        self.states.extend(kinds.iter().enumerate().map(state));
        // A column may refer to one that refers to another.
        let mut numbers = numbers.clone();
        for (index, kind) in kinds.iter().enumerate().rev() {
            let first = numbers.last_of(*kind)?;
            if *kind > kind::CODED {
                return None;
            }
            if *kind == kind::SHIFTED {
                let (before, here) = self.states.split_at_mut_checked(index)?;
                let other = before.get_mut(first as usize).filter(|other| !other.is_constant)?;
                other.is_unpacked |= here.first()?.is_unpacked;
            }
        }
        Some(())
    }

    /// The columns, in their order.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = Unpacked<'_>> {
        let columns = self.numbers.chunks_exact(self.records.max(1)).zip(&self.states);
        columns.map(|(numbers, state)| match state {
            State { is_selected: false, .. } => Unpacked::Constant(0),
            State { is_constant: true, .. } => Unpacked::Constant(numbers[0]),
            _ => Unpacked::Numbers(numbers),
        })
    }
}

/// The numbers of columns that have some.
#[derive(Clone)]
struct Numbers<'a> {
    numbers: std::slice::ChunksExact<'a, u8>,
    rest: &'a [u8],
}

impl<'a> Numbers<'a> {
    fn of(kinds: &[u8], bytes: &'a [u8]) -> Option<Self> {
        let count = kinds.iter().copied().map(Self::count).sum::<usize>();
        let (numbers, rest) = bytes.split_at_checked(4 * count)?;
        Some(Self { numbers: numbers.chunks_exact(4), rest })
    }

    /// Numbers of a column.
    fn count(kind: u8) -> usize {
        match kind {
            kind::CONSTANT | kind::CODED => 1,
            kind::STEADY | kind::SHIFTED => 2,
            _ => 0,
        }
    }

    fn next(&mut self) -> Option<u32> {
        self.numbers.next()?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Skips the numbers of a column.
    fn skip(&mut self, kind: u8) {
        if let Some(others) = Self::count(kind).checked_sub(1) {
            self.numbers.nth(others);
        }
    }

    /// Takes the numbers of the last column, which is of this kind, and returns the first of them; 0 for a column without numbers.
    fn last_of(&mut self, kind: u8) -> Option<u32> {
        let Some(others) = Self::count(kind).checked_sub(1) else { return Some(0) };
        self.numbers.nth_back(others)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }
}

/// The blocks of coded columns.
struct Blocks<'a> {
    heads: std::slice::Iter<'a, u8>,
    low: BitReader<'a>,
    unary: BitReader<'a>,
    /// Predicted numbers of a column.
    length: usize,
    /// Columns that are skipped before the next one.
    skipped: usize,
}

impl<'a> Blocks<'a> {
    /// `length` is the number of predicted numbers of a column.
    fn new(heads: &'a [u8], rest: &'a [u8], length: usize) -> Option<Self> {
        let low_bytes = low_bits(heads, length).div_ceil(8);
        let (low, unary) = rest.split_at_checked(low_bytes)?;
        let (low, unary) = (BitReader::new(low), BitReader::new(unary));
        Some(Self { heads: heads.iter(), low, unary, length, skipped: 0 })
    }

    fn column(&mut self, first: u32, column: &mut [u32]) -> Option<()> {
        self.pass_skipped()?;
        let mut before = [first; 3];
        for block in column.chunks_mut(BLOCK) {
            let head = *self.heads.next()?;
            let width = u32::from(head & WIDTH);
            self.unary.unary(block, width, ESCAPE)?;
            self.low.low(block, width);
            integrate(head >> 5, before, block)?;
            before = last_three(before, block);
        }
        Some(())
    }

    /// Skips a column of this kind.
    fn skip(&mut self, kind: u8) {
        self.skipped += usize::from(kind == kind::CODED);
    }

    /// Passes the columns that are skipped all at once: their codes follow one another. They are checked as if they were unpacked.
    fn pass_skipped(&mut self) -> Option<()> {
        let columns = std::mem::take(&mut self.skipped);
        let (heads, rest) = self.heads.as_slice().split_at_checked(columns * self.length.div_ceil(BLOCK))?;
        self.heads = rest.iter();
        self.low.skip(low_bits(heads, self.length));
        self.unary.skip_unary(columns * self.length, ESCAPE)?;
        heads.iter().all(|head| usize::from(head >> 5) < ORDERS).then_some(())
    }

    fn is_finished(&mut self) -> Option<bool> {
        self.pass_skipped()?;
        Some(self.low.is_finished() && self.unary.is_finished())
    }
}

/// Low bits of the blocks of columns with `length` predicted numbers each.
fn low_bits(heads: &[u8], length: usize) -> usize {
    let widths = |heads: &[u8]| heads.iter().map(|head| usize::from(head & WIDTH)).sum::<usize>();
    let blocks = length.div_ceil(BLOCK).max(1);
    // The last block of each column has the rest.
    let missing = blocks * BLOCK - length;
    let last: usize = heads.iter().skip(blocks - 1).step_by(blocks).map(|head| usize::from(head & WIDTH)).sum();
    widths(heads) * BLOCK - last * missing
}

/// Replaces codes by the numbers, which follow `before`.
fn integrate(order: u8, [one, two, three]: [u32; 3], block: &mut [u32]) -> Option<()> {
    let mut number = one;
    let mut slope = one.wrapping_sub(two);
    let mut bend = slope.wrapping_sub(two.wrapping_sub(three));
    match order {
        0 => {}
        1 => {
            for code in block {
                number = number.wrapping_add(unzigzag(*code));
                *code = number;
            }
        }
        2 => {
            for code in block {
                slope = slope.wrapping_add(unzigzag(*code));
                number = number.wrapping_add(slope);
                *code = number;
            }
        }
        3 => {
            for code in block {
                bend = bend.wrapping_add(unzigzag(*code));
                slope = slope.wrapping_add(bend);
                number = number.wrapping_add(slope);
                *code = number;
            }
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn packed(columns: &[u32], records: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        Packer::default().pack(columns, records, &mut bytes);
        bytes
    }

    fn used() -> Columns {
        let state = State { is_constant: true, is_selected: false, is_unpacked: true };
        Columns { records: 3, numbers: vec![7; 5], states: vec![state; 2] }
    }

    fn unpacked(bytes: &[u8], count: usize, records: usize) -> Option<Vec<u32>> {
        // What was there before does not matter.
        let mut columns = used();
        columns.unpack(bytes, count, records, |_| true)?;
        Some(columns.iter().flat_map(|column| (0..records).map(move |record| column.number(record))).collect())
    }

    fn unpacked_some(bytes: &[u8], count: usize, records: usize, selected: &[bool]) -> Option<Vec<u32>> {
        let mut columns = used();
        columns.unpack(bytes, count, records, |column| selected[column])?;
        Some(columns.iter().flat_map(|column| (0..records).map(move |record| column.number(record))).collect())
    }

    /// Bytes that are refused are refused with any selection.
    #[track_caller]
    fn assert_same_as_all(bytes: &[u8], count: usize, records: usize, selected: &[bool]) {
        let mut expected = unpacked(bytes, count, records);
        for (column, selected) in expected.iter_mut().flat_map(|all| all.chunks_mut(records)).zip(selected) {
            if !selected {
                column.fill(0);
            }
        }
        assert_eq!(unpacked_some(bytes, count, records, selected), expected);
    }

    /// Numbers of any size, small ones, and sums of small ones.
    fn column(records: usize) -> impl Strategy<Value = Vec<u32>> {
        let sums = |numbers: Vec<u32>| {
            numbers.into_iter().scan(0x3f80_0000_u32, |sum, number| {
                *sum = sum.wrapping_add(number);
                Some(*sum)
            })
        };
        prop_oneof![
            vec(any::<u32>(), records),
            vec(0..300_u32, records),
            vec(prop_oneof![30 => 0..9_u32, 1 => any::<u32>()], records),
            vec(0..300_u32, records).prop_map(move |numbers| sums(numbers).collect()),
            any::<u32>().prop_map(move |number| vec![number; records]),
        ]
    }

    fn table() -> impl Strategy<Value = (usize, Vec<Vec<u32>>)> {
        (1..200_usize).prop_flat_map(|records| (Just(records), vec(column(records), 1..5)))
    }

    proptest! {
        #[test]
        fn unpack_inverts_pack((records, columns) in table(), shift in any::<u32>()) {
            // Copies, equal and shifted, follow.
            let copies: Vec<_> = columns[0].iter().map(|number| number.wrapping_add(shift)).collect();
            let all: Vec<u32> = columns.iter().chain([&copies, &columns[0]]).flatten().copied().collect();
            let bytes = packed(&all, records);
            prop_assert_eq!(unpacked(&bytes, columns.len() + 2, records), Some(all));
        }

        #[test]
        fn unpack_of_any_bytes_returns(bytes in vec(any::<u8>(), 0..400), kinds in vec(0..6_u8, 1..8), records in 0..200_usize) {
            let bytes: Vec<u8> = kinds.iter().copied().chain(bytes).collect();
            unpacked(&bytes, kinds.len(), records);
        }

        #[test]
        fn unpack_of_selected_columns_returns_the_same_numbers((records, columns) in table(), shift in any::<u32>(), selected in vec(any::<bool>(), 7)) {
            let copies: Vec<_> = columns[0].iter().map(|number| number.wrapping_add(shift)).collect();
            let all: Vec<u32> = columns.iter().chain([&copies, &columns[0]]).flatten().copied().collect();
            let expected = all.chunks(records).zip(&selected).flat_map(|(column, selected)| {
                column.iter().map(|number| if *selected { *number } else { 0 })
            });
            let some = unpacked_some(&packed(&all, records), columns.len() + 2, records, &selected);
            prop_assert_eq!(some, Some(expected.collect()));
        }

        #[test]
        fn unpack_of_selected_columns_of_any_bytes_does_as_unpack_of_all(
            bytes in vec(any::<u8>(), 0..400), kinds in vec(0..6_u8, 1..8), records in 0..200_usize, selected in vec(any::<bool>(), 8),
        ) {
            let bytes: Vec<u8> = kinds.iter().copied().chain(bytes).collect();
            assert_same_as_all(&bytes, kinds.len(), records, &selected);
        }

        #[test]
        fn unpack_of_selected_columns_of_changed_bytes_does_as_unpack_of_all(
            (records, columns) in table(), changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..3), selected in vec(any::<bool>(), 6),
        ) {
            let columns: Vec<_> = columns.iter().chain([&columns[0]]).flatten().copied().collect();
            let mut bytes = packed(&columns, records);
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            assert_same_as_all(&bytes, columns.len() / records, records, &selected);
        }

        #[test]
        fn unpack_refuses_bytes_that_are_cut((records, columns) in table(), part in 0.0..1.0) {
            let bytes = packed(&columns.concat(), records);
            let cut = (bytes.len() as f64 * part) as usize;
            prop_assert_eq!(unpacked(&bytes[..cut], columns.len(), records), None);
        }
    }

    #[test]
    fn steady_and_similar_columns_take_a_few_bytes() {
        let column: Vec<u32> = (0..333_u32).map(|record| record * record * record % 7919).collect();
        let steady: Vec<u32> = (0..333).map(|record| 1_000_000 + 77 * record).collect();
        let later: Vec<u32> = column.iter().map(|number| number + 5).collect();
        let alone = packed(&column, 333).len();
        assert_eq!(packed(&[&column[..], &later, &steady].concat(), 333).len(), alone + 9 + 9);
    }

    #[test]
    fn best_width_is_the_cheapest_of_all() {
        let mut state = 1_u32;
        for bits in 0..32 {
            let codes: Vec<u32> = (0..64)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state >> (31 - bits).max(state & 3)
                })
                .collect();
            let guess = guess_width(&codes);
            let best = best_width(&codes, guess, cost(&codes, guess));
            let least = (0..32).map(|width| cost(&codes, width)).min();
            assert_eq!(Some(cost(&codes, best)), least, "{bits} bits");
        }
    }
}
