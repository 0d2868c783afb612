//! Counts the frames of a WebSocket.
//!
//! A message may consist of any number of frames, empty ones included, and pings may come between them. A limit on messages therefore
//! limits nothing; a limit on frames does.

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

/// Frames that a client may send per second. A message is one frame if the client does not fragment it.
pub const MAX_FRAMES: usize = 30;

/// The span of the limit.
const SECOND: Duration = Duration::from_secs(1);

/// The longest header of a frame: two bytes, the length, the mask.
const MAX_HEADER: usize = 2 + 8 + 4;

/// Counts frames in a stream of bytes by their headers. It accepts any bytes: what is not a valid frame is counted as the frame whose
/// header it resembles.
#[derive(Debug, Clone, Default)]
pub struct FrameCounter {
    header: [u8; MAX_HEADER],
    /// Bytes of the current header so far.
    known: usize,
    /// Bytes left of the current payload.
    payload: u64,
}

impl FrameCounter {
    /// Takes the next bytes of the stream, and returns the number of headers that end in them.
    pub fn count(&mut self, mut bytes: &[u8]) -> usize {
        let mut frames = 0;
        loop {
            let skipped = usize::try_from(self.payload).unwrap_or(usize::MAX).min(bytes.len());
            self.payload -= skipped as u64;
            let Some((byte, rest)) = bytes[skipped..].split_first() else { return frames };
            bytes = rest;
            self.header[self.known] = *byte;
            self.known += 1;
            if let Some(payload) = payload_length(&self.header[..self.known]) {
                (self.known, self.payload) = (0, payload);
                frames += 1;
            }
        }
    }
}

/// The length of the payload, or `None` if the header is not complete.
fn payload_length(header: &[u8]) -> Option<u64> {
    let [_, second, rest @ ..] = header else { return None };
    let mask = if second & 0x80 != 0 { 4 } else { 0 };
    let (bytes, length) = match second & 0x7f {
        126 => (2, rest.first_chunk().map(|length| u16::from_be_bytes(*length).into())),
        127 => (8, rest.first_chunk().map(|length| u64::from_be_bytes(*length))),
        short => (0, Some(short.into())),
    };
    length.filter(|_| rest.len() == bytes + mask)
}

/// Limits the frames of a client to [`MAX_FRAMES`] per second.
#[derive(Debug, Clone)]
pub struct FrameLimit {
    counter: FrameCounter,
    /// The beginning of the current second.
    start: Instant,
    /// Frames in the current second.
    frames: usize,
}

impl FrameLimit {
    /// A limit for a client that has just connected.
    pub fn new(now: Instant) -> Self {
        Self { counter: FrameCounter::default(), start: now, frames: 0 }
    }

    /// Takes bytes that were received at this instant.
    ///
    /// # Errors
    /// If the client has sent too many frames within a second.
    pub fn take(&mut self, bytes: &[u8], now: Instant) -> Result<(), TooManyFrames> {
        if now.saturating_duration_since(self.start) >= SECOND {
            (self.start, self.frames) = (now, 0);
        }
        self.frames = self.frames.saturating_add(self.counter.count(bytes));
        if self.frames > MAX_FRAMES { Err(TooManyFrames) } else { Ok(()) }
    }
}

/// A client has sent more than [`MAX_FRAMES`] frames within a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyFrames;

impl fmt::Display for TooManyFrames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many frames")
    }
}

impl Error for TooManyFrames {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A frame as clients send it.
    fn frame(length: usize, is_masked: bool) -> Vec<u8> {
        let mask = if is_masked { 0x80 } else { 0 };
        let mut bytes = vec![0x80];
        match u16::try_from(length) {
            Ok(short) if short < 126 => bytes.push(mask | short as u8),
            Ok(medium) => {
                bytes.push(mask | 126);
                bytes.extend(medium.to_be_bytes());
            }
            Err(_) => {
                bytes.push(mask | 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        bytes.resize(bytes.len() + if is_masked { 4 } else { 0 } + length, 0xff);
        bytes
    }

    fn counted(bytes: &[u8], piece: usize) -> usize {
        let mut counter = FrameCounter::default();
        bytes.chunks(piece).map(|piece| counter.count(piece)).sum()
    }

    #[test]
    fn take_refuses_empty_fragments_beyond_the_limit() {
        let start = Instant::now();
        let empty = [0x00, 0x80, 0, 0, 0, 0];
        let mut limit = FrameLimit::new(start);
        assert_eq!(limit.take(&empty.repeat(MAX_FRAMES), start), Ok(()));
        assert_eq!(limit.clone().take(&empty, start + SECOND / 2), Err(TooManyFrames));
        assert_eq!(limit.take(&empty.repeat(MAX_FRAMES), start + SECOND), Ok(()));
        assert_eq!(limit.take(&empty[..5], start + SECOND), Ok(()), "an incomplete header");
        assert_eq!(limit.take(&empty[5..], start + SECOND), Err(TooManyFrames));
    }

    #[test]
    fn count_skips_payloads_of_any_length() {
        let mut counter = FrameCounter::default();
        assert_eq!(counter.count(&[0x82, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 1);
        assert_eq!(counter.count(&[0; 100_000]), 0);
        assert_eq!(counter.payload, u64::MAX - 100_000);
    }

    proptest! {
        #[test]
        fn count_does_not_depend_on_how_bytes_are_split(
            frames in prop::collection::vec((prop_oneof![0usize..4, 120usize..130, 65_530usize..65_540], any::<bool>()), 0..8),
            piece in 1usize..5000,
        ) {
            let bytes = frames.iter().flat_map(|(length, is_masked)| frame(*length, *is_masked)).collect::<Vec<_>>();
            prop_assert_eq!(counted(&bytes, piece), frames.len());
        }

        #[test]
        fn count_of_any_bytes_does_not_depend_on_how_they_are_split(
            bytes in prop::collection::vec(any::<u8>(), 0..2000),
            piece in 1usize..50,
        ) {
            let frames = counted(&bytes, piece);
            prop_assert_eq!(counted(&bytes, usize::MAX), frames);
            prop_assert!(frames <= bytes.len() / 2);
        }
    }
}
