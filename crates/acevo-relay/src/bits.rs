//! Bits in a sequence of bytes, from the lowest bit of the first byte on.

/// Appends bits to bytes.
#[derive(Debug)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet.
    rest: u64,
    count: u32,
}

impl BitWriter {
    /// Appends to these bytes.
    pub(crate) const fn after(bytes: Vec<u8>) -> Self {
        Self { bytes, rest: 0, count: 0 }
    }

    /// Appends the lowest `count` bits of a number, at most 32.
    pub(crate) fn put(&mut self, bits: u32, count: u32) {
        let bits = u64::from(bits) & ((1 << count) - 1);
        self.rest |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.rest as u8);
            self.rest >>= 8;
            self.count -= 8;
        }
    }

    /// The bytes; the last one is filled with zeros.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
        self.bytes
    }
}

/// Reads bits. After the last one, every read returns `None`.
#[derive(Debug)]
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    rest: u64,
    count: u32,
}

impl<'a> BitReader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, rest: 0, count: 0 }
    }

    /// Reads at most 32 bits.
    pub(crate) fn take(&mut self, count: u32) -> Option<u32> {
        while self.count < count {
            let (first, bytes) = self.bytes.split_first()?;
            self.bytes = bytes;
            self.rest |= u64::from(*first) << self.count;
            self.count += 8;
        }
        let bits = self.rest & ((1 << count) - 1);
        self.rest >>= count;
        self.count -= count;
        Some(bits as u32)
    }

    /// Counts zeros before the next one, at most `most`. The one is taken too, but after `most` zeros no bit is.
    pub(crate) fn zeros(&mut self, most: u32) -> Option<u32> {
        for zeros in 0..most {
            if self.take(1)? == 1 {
                return Some(zeros);
            }
        }
        Some(most)
    }

    /// True if only the zeros of the last byte are left.
    pub(crate) const fn is_at_end(&self) -> bool {
        self.bytes.is_empty() && self.rest == 0
    }
}
