//! Frames: the values of a subscription at a moment, as bytes.

use acevo_shared_memory::ACEvoStatus;
use acevo_telemetry::Channel;
use axum::body::Bytes;

use super::moment::Moment;
use crate::session::live::Link;
use crate::session::snapshot::Seen;

/// The kind of message that a frame is.
const KIND: u8 = 1;

/// Where the number of a frame stands.
const NUMBER: std::ops::Range<usize> = 4..8;

/// Where its values begin.
const VALUES: usize = 16;

/// Flag: physics does not describe the car now.
const NOT_CURRENT: u8 = 16;

/// Flag: another car than the player's is watched.
const WATCHING: u8 = 32;

/// A frame without its number, which only those have that are due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame(Vec<u8>);

impl Frame {
    pub(super) fn new(subscription: u16, moment: &Moment, channels: &[Option<&Channel>]) -> Self {
        let seen = &moment.seen;
        let mut bytes = Vec::with_capacity(VALUES + 4 * channels.len());
        bytes.extend([KIND, flags(seen)]);
        bytes.extend(subscription.to_le_bytes());
        bytes.extend(0u32.to_le_bytes());
        bytes.extend(moment.at_s.to_le_bytes());
        for channel in channels {
            let value = channel.zip(seen.pages.as_ref()).and_then(|(channel, pages)| channel.number(pages, &seen.axes));
            bytes.extend(value.map_or(f32::NAN, |value| value as f32).to_le_bytes());
        }
        Self(bytes)
    }

    /// True where it tells the same as another one, at whatever time.
    pub(super) fn tells_what(&self, other: &Self) -> bool {
        self.0[..NUMBER.start] == other.0[..NUMBER.start] && self.0[VALUES..] == other.0[VALUES..]
    }

    /// The bytes, with a number.
    pub(super) fn numbered(mut self, number: u32) -> Bytes {
        self.0[NUMBER].copy_from_slice(&number.to_le_bytes());
        self.0.into()
    }
}

fn flags(seen: &Seen) -> u8 {
    // The last pages of a recording stay, but nothing is driven any more.
    if seen.link == Link::Ended {
        return 0;
    }
    let Some(pages) = &seen.pages else { return 0 };
    let status = match pages.graphics.status() {
        ACEvoStatus::Live => 1,
        ACEvoStatus::Pause => 2,
        ACEvoStatus::Replay => 4,
        ACEvoStatus::Off => 8,
        ACEvoStatus::Unknown(_) => 0,
    };
    let physics = if pages.validity.is_current() { 0 } else { NOT_CURRENT };
    let focus = if seen.watches { WATCHING } else { 0 };
    status | physics | focus
}
