//! Compresses each page against the pages before it.
//!
//! Encoder and decoder keep the same state for each word of 32 bits of a page: its last numbers, how well each prediction was lately, and how
//! many bits its differences needed. Nothing about this is transferred, and nothing waits for later pages.

use acevo_shared_memory::PageKind;

use crate::bits::{BitReader, BitWriter};

/// Bytes that a page has at most, as in a recording.
pub const MAX_PAGE_BYTES: usize = u16::MAX as usize;

/// Zeros of a code that announce a number that is written with all its bits.
const ESCAPE: u32 = 16;

/// Words that rarely change and share a bit, which is set if one of them has changed.
const SHARED: usize = 16;

/// Weight of the past in averages: each new value has the weight 1 / 2^this.
const DECAY: u32 = 4;

/// The same for the averages that choose a prediction.
const COST_DECAY: u32 = 5;

/// A code counts as at most this much more than half of the sum of recent codes, so that one jump does not make the next codes long.
const MAX_MORE: u64 = 64;

/// Average bits of a difference, times 2^[`DECAY`], below which a word rarely changes.
const QUIET: u32 = 16;

/// State of a word.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    /// The last three numbers, the newest first.
    past: [u32; 3],
    /// Recent bits of the difference from each of the three predictions.
    costs: [u32; 3],
    /// Recent bits of the differences that were coded.
    bits: u32,
    /// Recent codes: 2^[`DECAY`] times their average.
    sum: u64,
}

impl Word {
    fn predictions(&self) -> [u32; 3] {
        let [a, b, c] = self.past;
        let step = a.wrapping_sub(b);
        let before = b.wrapping_sub(c);
        [a, a.wrapping_add(step), a.wrapping_add(step).wrapping_add(step.wrapping_sub(before))]
    }

    fn prediction(&self) -> u32 {
        let [zero, one, two] = self.costs;
        let order = if zero <= one && zero <= two { 0 } else { 1 + usize::from(two < one) };
        self.predictions()[order]
    }

    const fn is_quiet(&self) -> bool {
        self.bits < QUIET
    }

    /// Bits of a code that are written as they are.
    const fn width(&self) -> u32 {
        let mean = self.sum >> DECAY;
        let width = (u64::BITS - mean.leading_zeros()).saturating_sub(1);
        if width > 31 { 31 } else { width }
    }

    fn learn(&mut self, number: u32, code: u32) {
        let predictions = self.predictions();
        for (cost, prediction) in self.costs.iter_mut().zip(predictions) {
            let length = bits_of(zigzag(number.wrapping_sub(prediction)));
            *cost = *cost - (*cost >> COST_DECAY) + length;
        }
        self.bits = self.bits - (self.bits >> DECAY) + bits_of(code);
        self.sum = self.sum - (self.sum >> DECAY) + u64::from(code).min(self.sum / 2 + MAX_MORE);
        self.past = [number, self.past[0], self.past[1]];
    }
}

const fn bits_of(code: u32) -> u32 {
    u32::BITS - code.leading_zeros()
}

const fn zigzag(difference: u32) -> u32 {
    (difference << 1) ^ ((difference as i32 >> 31) as u32)
}

const fn unzigzag(code: u32) -> u32 {
    (code >> 1) ^ (code & 1).wrapping_neg()
}

fn put_code(out: &mut BitWriter, code: u32, width: u32) {
    let zeros = code >> width;
    if zeros < ESCAPE {
        out.put(1 << zeros, zeros + 1);
        out.put(code, width);
    } else {
        out.put(0, ESCAPE);
        out.put(code, 32);
    }
}

fn take_code(from: &mut BitReader<'_>, width: u32) -> Option<u32> {
    let zeros = from.zeros(ESCAPE)?;
    if zeros == ESCAPE {
        return from.take(32);
    }
    // No encoder writes a code that does not fit.
    let high = zeros.checked_shl(width).filter(|high| high >> width == zeros)?;
    Some(high | from.take(width)?)
}

/// State of one page.
#[derive(Debug, Clone, Default)]
struct PageState {
    words: Vec<Word>,
    /// Bytes of the page.
    size: usize,
    /// Indices of the words that rarely change; memory that is reused.
    quiet: Vec<usize>,
}

/// Encodes or decodes pages. Both sides must process the same pages in the same order.
#[derive(Debug, Default)]
pub(crate) struct PageCodec {
    pages: [PageState; 3],
    /// The last times of each page, as words of their own.
    times: [Word; 3],
    bytes: Vec<u8>,
}

impl PageState {
    fn resize(&mut self, size: usize) {
        if self.size != size {
            self.size = size;
            self.words.clear();
            self.words.resize(size.div_ceil(4), Word::default());
        }
    }

    fn collect_quiet(&mut self) -> Vec<usize> {
        let mut quiet = std::mem::take(&mut self.quiet);
        quiet.clear();
        quiet.extend((0..self.words.len()).filter(|index| self.words[*index].is_quiet()));
        quiet
    }
}

fn word_at(page: &[u8], index: usize) -> u32 {
    let bytes = page.get(index * 4..).unwrap_or_default();
    match bytes.first_chunk() {
        Some(word) => u32::from_le_bytes(*word),
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)),
    }
}

impl PageCodec {
    /// Bytes of the page that came last.
    pub(crate) fn size(&self, page: PageKind) -> usize {
        self.pages[page as usize].size
    }

    /// Encodes a page, which has at most [`MAX_PAGE_BYTES`].
    pub(crate) fn encode(&mut self, page: PageKind, bytes: &[u8], out: &mut BitWriter) {
        let state = &mut self.pages[page as usize];
        state.resize(bytes.len());
        let quiet = state.collect_quiet();
        for (index, word) in state.words.iter_mut().enumerate() {
            if !word.is_quiet() {
                let number = word_at(bytes, index);
                let code = zigzag(number.wrapping_sub(word.prediction()));
                put_code(out, code, word.width());
                word.learn(number, code);
            }
        }
        for shared in quiet.chunks(SHARED) {
            let codes: [u32; SHARED] = std::array::from_fn(|at| match shared.get(at) {
                Some(index) => zigzag(word_at(bytes, *index).wrapping_sub(state.words[*index].prediction())),
                None => 0,
            });
            let has_changed = codes.iter().any(|code| *code != 0);
            out.put(u32::from(has_changed), 1);
            for (index, code) in shared.iter().zip(codes) {
                if has_changed {
                    out.put(u32::from(code != 0), 1);
                    if code != 0 {
                        put_quiet(out, code);
                    }
                }
                state.words[*index].learn(word_at(bytes, *index), code);
            }
        }
        state.quiet = quiet;
    }

    /// Decodes a page of this size, which is at most [`MAX_PAGE_BYTES`]. `None` if the bits are no page.
    pub(crate) fn decode(&mut self, page: PageKind, size: usize, from: &mut BitReader<'_>) -> Option<&[u8]> {
        let state = &mut self.pages[page as usize];
        state.resize(size);
        let quiet = state.collect_quiet();
        for word in &mut state.words {
            if !word.is_quiet() {
                let code = take_code(from, word.width())?;
                let number = word.prediction().wrapping_add(unzigzag(code));
                word.learn(number, code);
            }
        }
        for shared in quiet.chunks(SHARED) {
            let has_changed = from.take(1)? == 1;
            for index in shared {
                let word = &mut state.words[*index];
                let code = if has_changed && from.take(1)? == 1 { take_quiet(from)? } else { 0 };
                let number = word.prediction().wrapping_add(unzigzag(code));
                word.learn(number, code);
            }
        }
        state.quiet = quiet;
        self.bytes.clear();
        self.bytes.extend(state.words.iter().flat_map(|word| word.past[0].to_le_bytes()));
        self.bytes.truncate(size);
        Some(&self.bytes)
    }

    /// Encodes the lowest bits of a time.
    pub(crate) fn encode_time(&mut self, page: PageKind, time: u32, out: &mut BitWriter) {
        let word = &mut self.times[page as usize];
        let code = zigzag(time.wrapping_sub(word.prediction()));
        put_code(out, code, word.width());
        word.learn(time, code);
    }

    pub(crate) fn decode_time(&mut self, page: PageKind, from: &mut BitReader<'_>) -> Option<u32> {
        let word = &mut self.times[page as usize];
        let code = take_code(from, word.width())?;
        let time = word.prediction().wrapping_add(unzigzag(code));
        word.learn(time, code);
        Some(time)
    }
}

/// A difference of a word that rarely changes: its length, and its bits after the first one.
fn put_quiet(out: &mut BitWriter, code: u32) {
    let length = bits_of(code);
    out.put(length - 1, 5);
    out.put(code, length - 1);
}

fn take_quiet(from: &mut BitReader<'_>) -> Option<u32> {
    let length = from.take(5)?;
    Some(1 << length | from.take(length)?)
}
