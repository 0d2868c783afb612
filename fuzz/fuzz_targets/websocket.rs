//! Any bytes can come from a WebSocket: frames are counted in the same way in pieces of any size, and a subscription keeps the limits.
#![no_main]

use acevo_protocol::{FrameCounter, MAX_CHANNELS, MAX_LENGTH, RATES, Subscription};
use libfuzzer_sys::fuzz_target;

/// Bytes of the shortest frame.
const SHORTEST: usize = 2;

fuzz_target!(|bytes: &[u8]| {
    let Some((piece, bytes)) = bytes.split_first() else { return };
    let at_once = FrameCounter::default().count(bytes);
    assert!(at_once <= bytes.len() / SHORTEST, "each frame has a header");
    let mut counter = FrameCounter::default();
    let in_pieces: usize = bytes.chunks(usize::from(*piece).max(1)).map(|piece| counter.count(piece)).sum();
    assert_eq!(in_pieces, at_once);

    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(subscription) = Subscription::read(text)
    {
        assert!(text.len() <= MAX_LENGTH && subscription.channels.len() <= MAX_CHANNELS);
        assert!((RATES.0..=RATES.1).contains(&subscription.rate), "{subscription:?}");
    }
});
