//! Bits of bytes, the lowest first.

/// The bits that [`BitReader::peek`] always shows.
const VISIBLE: u64 = (1 << 57) - 1;

/// Appends bits to bytes. The memory is reused.
#[derive(Debug, Clone, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    buffer: u64,
    /// Bits in the buffer, at most 31.
    filled: u32,
}

impl BitWriter {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        (self.buffer, self.filled) = (0, 0);
    }

    /// Appends the lowest `width` bits of numbers, at most 31.
    pub(super) fn numbers(&mut self, numbers: &[u32], width: u32) {
        let mask = (1 << width) - 1;
        for number in numbers {
            self.push((number & mask).into(), width);
        }
    }

    /// Appends a number below 32 in unary: as many zeros, then a one.
    pub(super) fn unary(&mut self, number: u32) {
        self.push(1 << number, number + 1);
    }

    pub(super) fn word(&mut self, word: u32) {
        self.push(word.into(), 32);
    }

    /// `bits` has no more than `width` bits, at most 32.
    fn push(&mut self, bits: u64, width: u32) {
        self.buffer |= bits << self.filled;
        self.filled += width;
        if self.filled >= 32 {
            self.bytes.extend_from_slice(&(self.buffer as u32).to_le_bytes());
            self.buffer >>= 32;
            self.filled -= 32;
        }
    }

    /// Fills the last byte with zeros.
    pub(super) fn finish_byte(&mut self) {
        let bytes = self.filled.div_ceil(8) as usize;
        self.bytes.extend_from_slice(&self.buffer.to_le_bytes()[..bytes]);
        (self.buffer, self.filled) = (0, 0);
    }
}

/// Reads bits. After the end all are zero.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits that were read.
    position: usize,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The next bits, at least 57 of them.
    #[inline]
    fn peek(&self) -> u64 {
        let byte = self.position / 8;
        let word = match self.bytes.get(byte..byte.saturating_add(8)).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => self.last_word(byte),
        };
        word >> (self.position % 8)
    }

    #[cold]
    fn last_word(&self, byte: usize) -> u64 {
        let rest = self.bytes.get(byte..).unwrap_or_default();
        let mut word = [0; 8];
        word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        u64::from_le_bytes(word)
    }

    /// Reads a number in unary for each code, shifted by `width` bits, at most 31. After the number `escape`, which must be below 14, the
    /// code follows as a whole. `None` if a number is greater.
    #[inline]
    pub(super) fn unary(&mut self, codes: &mut [u32], width: u32, escape: u32) -> Option<()> {
        // Four numbers are in the bits that can be seen at once.
        let (groups, rest) = codes.as_chunks_mut::<4>();
        for group in groups {
            self.unary_group(group, width, escape)?;
        }
        self.unary_group(rest, width, escape)
    }

    #[inline]
    fn unary_group(&mut self, group: &mut [u32], width: u32, escape: u32) -> Option<()> {
        let mut bits = self.peek();
        for code in group {
            let number = bits.trailing_zeros();
            if number < escape {
                *code = number << width;
                bits >>= number + 1;
                self.position += number as usize + 1;
            } else if number == escape {
                self.position += number as usize + 1;
                *code = self.peek() as u32;
                self.position += 32;
                bits = self.peek();
            } else {
                return None;
            }
        }
        Some(())
    }

    /// Skips the numbers in unary of `count` codes, as [`unary`](Self::unary) reads them.
    pub(super) fn skip_unary(&mut self, mut count: usize, escape: u32) -> Option<()> {
        while count > 0 {
            let bits = self.peek() & VISIBLE;
            // Each number ends with a one. What follows the last one that can be seen is seen the next time.
            let end = (bits != 0).then(|| u64::BITS - bits.leading_zeros())?;
            let long = runs(!bits & (u64::MAX >> (u64::BITS - end)), escape);
            let (ones, step) = match long {
                0 => (bits, end),
                _ => (bits & ((1 << long.trailing_zeros()) - 1), long.trailing_zeros()),
            };
            let numbers = ones.count_ones() as usize;
            if numbers >= count {
                // The end is within these bits.
                let last = (1..count).fold(ones, |ones, _| ones & (ones - 1));
                self.position += last.trailing_zeros() as usize + 1;
                return Some(());
            }
            self.position += step as usize;
            count -= numbers;
            if long != 0 {
                self.unary_group(&mut [0], 0, escape)?;
                count -= 1;
            }
        }
        Some(())
    }

    /// Skips bits.
    pub(super) fn skip(&mut self, bits: usize) {
        self.position = self.position.saturating_add(bits);
    }

    /// Adds the next `width` bits, at most 31, to each code.
    #[inline]
    pub(super) fn low(&mut self, codes: &mut [u32], width: u32) {
        match width {
            0 => {}
            1..=14 => self.low_by::<4>(codes, width),
            15..=28 => self.low_by::<2>(codes, width),
            _ => self.low_by::<1>(codes, width),
        }
    }

    /// `GROUP` times `width` bits must be visible at once.
    #[inline]
    fn low_by<const GROUP: usize>(&mut self, codes: &mut [u32], width: u32) {
        let (groups, rest) = codes.as_chunks_mut::<GROUP>();
        for group in groups {
            self.low_group(group, width);
        }
        self.low_group(rest, width);
    }

    #[inline]
    fn low_group(&mut self, group: &mut [u32], width: u32) {
        let (mut bits, mask) = (self.peek(), (1 << width) - 1);
        self.position += group.len() * width as usize;
        for code in group {
            *code |= bits as u32 & mask;
            bits >>= width;
        }
    }

    /// True if only the zeros that fill a byte are left.
    pub(super) fn is_finished(&self) -> bool {
        self.position.div_ceil(8) == self.bytes.len() && self.peek() == 0
    }
}

/// The lowest bit of each place at which at least `length` ones begin.
fn runs(ones: u64, length: u32) -> u64 {
    let (mut runs, mut known) = (ones, 1);
    while known < length {
        let step = known.min(length - known);
        runs &= runs >> step;
        known += step;
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn runs_finds_the_beginnings_of_long_runs() {
        assert_eq!([1, 2, 3, 4].map(|length| runs(0b1110_1100, length)), [0b1110_1100, 0b0110_0100, 0b0010_0000, 0]);
    }

    proptest! {
        #[test]
        fn skip_unary_does_as_unary(bytes in vec(prop_oneof![any::<u8>(), Just(0), Just(16), Just(255)], 0..200), counts in vec(0..300_usize, 1..9)) {
            let (mut read, mut skipped) = (BitReader::new(&bytes), BitReader::new(&bytes));
            for count in counts {
                let mut codes = vec![0; count];
                let outcome = read.unary(&mut codes, 3, 12);
                prop_assert_eq!(skipped.skip_unary(count, 12), outcome);
                if outcome.is_none() {
                    break;
                }
                prop_assert_eq!(read.position, skipped.position);
            }
        }
    }
}
