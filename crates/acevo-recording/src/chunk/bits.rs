//! Bits of bytes, the lowest first.

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
    rest: &'a [u8],
    buffer: u64,
    /// Bits in the buffer.
    left: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, buffer: 0, left: 0 }
    }

    /// Fills the buffer with at least 56 bits, unless the bytes end.
    fn fill(&mut self) {
        if let Some(next) = self.rest.first_chunk() {
            self.buffer |= u64::from_le_bytes(*next) << self.left;
            let taken = (63 - self.left) / 8;
            self.rest = &self.rest[taken as usize..];
            self.left += taken * 8;
            return;
        }
        while let Some((byte, rest)) = self.rest.split_first().filter(|_| self.left <= 56) {
            self.buffer |= u64::from(*byte) << self.left;
            (self.rest, self.left) = (rest, self.left + 8);
        }
    }

    /// A number of at most `most` in unary; `None` if it is greater.
    #[inline]
    pub(super) fn unary(&mut self, most: u32) -> Option<u32> {
        if self.left <= most {
            self.fill();
        }
        let number = self.buffer.trailing_zeros();
        if number > most {
            return None;
        }
        self.skip(number + 1);
        Some(number)
    }

    /// The next bits, 1 to 32.
    #[inline]
    pub(super) fn bits(&mut self, width: u32) -> u32 {
        if self.left < width {
            self.fill();
        }
        let bits = self.buffer as u32 & (u32::MAX >> (32 - width));
        self.skip(width);
        bits
    }

    fn skip(&mut self, bits: u32) {
        self.buffer >>= bits;
        self.left = self.left.saturating_sub(bits);
    }

    /// True if only the zeros that fill a byte are left.
    pub(super) fn is_finished(&self) -> bool {
        self.rest.is_empty() && self.left < 8 && self.buffer == 0
    }
}
