//! Filters pages before compression: most values change slowly, and by nearly the same amount each time.
//!
//! Each 32-bit word is replaced by its second difference over the pages, with the sign in the lowest bit, so that small
//! changes are small numbers. Then the bytes at the same offset of all records are stored together: the upper
//! bytes are nearly all zero. Arithmetic wraps, so the filter is lossless.

/// A signed difference with its sign in the lowest bit.
fn zigzag(difference: u32) -> u32 {
    (difference << 1) ^ (((difference as i32) >> 31) as u32)
}

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
    fn encode(&mut self, value: u32) -> u32 {
        let code = zigzag(value.wrapping_sub(self.last).wrapping_sub(self.slope));
        self.follow(value);
        code
    }

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

/// Appends `pages`, each of `size` bytes, to `out`: the lowest bytes of the first word of all pages, their second lowest bytes, ...
/// The last one to three bytes of a page whose size is not a multiple of four are transposed unfiltered.
pub(crate) fn encode(pages: &[u8], size: usize, out: &mut Vec<u8>) {
    let records = pages.len() / size;
    let start = out.len();
    out.resize(start + records * size, 0);
    let mut planes = out[start..].chunks_exact_mut(records);
    for word in 0..size / 4 {
        let [Some(a), Some(b), Some(c), Some(d)] = [planes.next(), planes.next(), planes.next(), planes.next()] else {
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

/// The inverse of [`encode`]: fills `pages`, which has the same length.
pub(crate) fn decode(filtered: &[u8], size: usize, pages: &mut [u8]) {
    let records = pages.len() / size;
    let mut planes = filtered.chunks_exact(records);
    for word in 0..size / 4 {
        let [Some(a), Some(b), Some(c), Some(d)] = [planes.next(), planes.next(), planes.next(), planes.next()] else {
            return;
        };
        let mut trend = Trend::default();
        let inputs = a.iter().zip(b).zip(c.iter().zip(d));
        for (page, ((a, b), (c, d))) in pages.chunks_exact_mut(size).zip(inputs) {
            if let Some(word) = page[word * 4..].first_chunk_mut() {
                *word = trend.decode(u32::from_le_bytes([*a, *b, *c, *d])).to_le_bytes();
            }
        }
    }
    for (place, plane) in (size / 4 * 4..size).zip(planes) {
        for (page, byte) in pages.chunks_exact_mut(size).zip(plane) {
            page[place] = *byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
    fn steady_change_is_encoded_as_zeros() {
        let pages: Vec<u8> = (0..100_u32).flat_map(|record| (1_000_000 + 77 * record).to_le_bytes()).collect();
        let mut filtered = Vec::new();
        encode(&pages, 4, &mut filtered);
        assert!(filtered.chunks(100).all(|plane| plane[2..].iter().all(|byte| *byte == 0)));
    }
}
