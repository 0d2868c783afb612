//! The filter of version 1.
//!
//! Each 32-bit word is its second difference over the pages, with the sign in the lowest bit. The bytes at the same offset of all records
//! are stored together.

fn unzigzag(number: u32) -> u32 {
    (number >> 1) ^ (number & 1).wrapping_neg()
}

/// Predicts a word from the words before it: the first from zero, the second from the first, the
/// others by linear extrapolation.
#[derive(Default)]
struct Trend {
    last: u32,
    slope: u32,
    begun: bool,
}

impl Trend {
    fn decode(&mut self, code: u32) -> u32 {
        let value = unzigzag(code).wrapping_add(self.last).wrapping_add(self.slope);
        self.follow(value);
        value
    }

    fn follow(&mut self, value: u32) {
        // The step from zero to the first value is not a slope.
        self.slope = if self.begun { value.wrapping_sub(self.last) } else { 0 };
        (self.last, self.begun) = (value, true);
    }
}

/// Fills `pages`, each of `size` bytes. `filtered` has the same length.
pub(super) fn decode(filtered: &[u8], size: usize, pages: &mut [u8]) {
    let records = pages.len() / size;
    pages.fill(0);
    let mut codes = vec![0; records];
    for (word, planes) in filtered.chunks_exact(4 * records).enumerate().take(size / 4) {
        let pages = pages.chunks_exact_mut(size).map(|page| &mut page[word * 4..]);
        if is_steady(planes, records) {
            fill_steadily(planes, records, pages);
            continue;
        }
        read_codes(planes, &mut codes);
        let mut trend = Trend::default();
        for (page, code) in pages.zip(&codes) {
            put(page, trend.decode(*code));
        }
    }
    let rest = filtered.get(size / 4 * 4 * records..).unwrap_or_default();
    for (place, plane) in (size / 4 * 4..size).zip(rest.chunks_exact(records)) {
        for (page, byte) in pages.chunks_exact_mut(size).zip(plane) {
            page[place] = *byte;
        }
    }
}

/// True if a word changes by the same amount from each page to the next: all codes after the second one are zero. Most words don't change
/// at all.
fn is_steady(planes: &[u8], records: usize) -> bool {
    // Or-ing blocks of bytes is faster than looking for one that is not zero.
    let is_zero = |bytes: &[u8]| bytes.chunks(128).all(|block| block.iter().fold(0, |all, byte| all | byte) == 0);
    records > 2 && planes.chunks_exact(records).all(|plane| is_zero(&plane[2..]))
}

/// Fills a word that changes by the same amount each time. It is zero before.
fn fill_steadily<'a>(planes: &[u8], records: usize, pages: impl Iterator<Item = &'a mut [u8]>) {
    let code = |record: usize| {
        let byte = |plane: usize| planes.get(plane * records + record).copied().unwrap_or_default();
        u32::from_le_bytes([0, 1, 2, 3].map(byte))
    };
    let (mut value, slope) = (unzigzag(code(0)), unzigzag(code(1)));
    if (value, slope) == (0, 0) {
        return;
    }
    for page in pages {
        put(page, value);
        value = value.wrapping_add(slope);
    }
}

/// Joins the four bytes of the codes.
fn read_codes(planes: &[u8], codes: &mut [u32]) {
    let records = codes.len();
    let (low, high) = planes.split_at(2 * records);
    let ((a, b), (c, d)) = (low.split_at(records), high.split_at(records));
    for (code, ((a, b), (c, d))) in codes.iter_mut().zip(a.iter().zip(b).zip(c.iter().zip(d))) {
        *code = u32::from_le_bytes([*a, *b, *c, *d]);
    }
}

fn put(page: &mut [u8], value: u32) {
    if let Some(word) = page.first_chunk_mut() {
        *word = value.to_le_bytes();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A signed difference with its sign in the lowest bit.
    fn zigzag(difference: u32) -> u32 {
        (difference << 1) ^ (((difference as i32) >> 31) as u32)
    }

    impl Trend {
        fn encode(&mut self, value: u32) -> u32 {
            let code = zigzag(value.wrapping_sub(self.last).wrapping_sub(self.slope));
            self.follow(value);
            code
        }
    }

    /// Appends `pages`, each of `size` bytes, to `out`: the lowest bytes of the first word of all pages, their second lowest bytes, ...
    /// The last one to three bytes of a page whose size is not a multiple of four are transposed unfiltered.
    fn encode(pages: &[u8], size: usize, out: &mut Vec<u8>) {
        let records = pages.len() / size;
        let start = out.len();
        out.resize(start + records * size, 0);
        let mut planes = out[start..].chunks_exact_mut(records);
        for word in 0..size / 4 {
            let [Some(a), Some(b), Some(c), Some(d)] = [planes.next(), planes.next(), planes.next(), planes.next()]
            else {
                return;
            };
            let mut trend = Trend::default();
            let outputs = a.iter_mut().zip(b).zip(c.iter_mut().zip(d));
            for (page, ((a, b), (c, d))) in pages.chunks_exact(size).zip(outputs) {
                let value = page[word * 4..].first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
                [*a, *b, *c, *d] = trend.encode(value).to_le_bytes();
            }
        }
        for (place, plane) in (size / 4 * 4..size).zip(planes) {
            for (page, byte) in pages.chunks_exact(size).zip(plane) {
                *byte = page[place];
            }
        }
    }

    proptest! {
        #[test]
        fn decode_inverts_encode(size in 1_usize..70, records in 1_usize..20, seed in any::<u32>()) {
            let mut state = seed;
            let pages: Vec<u8> = (0..size * records).map(|_| { state = state.wrapping_mul(1_664_525).wrapping_add(1); (state >> 24) as u8 }).collect();
            let (mut filtered, mut back) = (vec![7], vec![0; pages.len()]);
            encode(&pages, size, &mut filtered);
            prop_assert_eq!(filtered.len(), pages.len() + 1);
            decode(&filtered[1..], size, &mut back);
            prop_assert_eq!(back, pages);
        }
    }

    #[test]
    fn decode_inverts_encode_of_words_that_are_constant_or_change_steadily() {
        for records in 1..6_u32 {
            let words =
                |record: u32| [0, 7, 5 * record, u32::MAX - record, 9 * record.min(1), record.saturating_sub(3)];
            let pages: Vec<u8> = (0..records).flat_map(words).flat_map(u32::to_le_bytes).collect();
            // What was there before does not matter.
            let (mut filtered, mut back) = (Vec::new(), vec![0xaa; pages.len()]);
            encode(&pages, 24, &mut filtered);
            decode(&filtered, 24, &mut back);
            assert_eq!(back, pages, "{records}");
        }
    }

    #[test]
    fn steady_change_is_encoded_as_zeros() {
        let pages: Vec<u8> = (0..100_u32).flat_map(|record| (1_000_000 + 77 * record).to_le_bytes()).collect();
        let mut filtered = Vec::new();
        encode(&pages, 4, &mut filtered);
        assert!(filtered.chunks(100).all(|plane| plane[2..].iter().all(|byte| *byte == 0)));
    }
}
