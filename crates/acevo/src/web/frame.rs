//! Frames: the values of a subscription in binary form.

use acevo_shared_memory::ACEvoStatus;
use acevo_telemetry::Channel;
use axum::body::Bytes;

use super::state::State;
use crate::session::snapshot::Snapshot;

/// The first byte of a frame.
const KIND: u8 = 1;

/// Bytes of the frame's number.
const NUMBER: std::ops::Range<usize> = 4..8;

/// The offset of the first value.
const VALUES: usize = 16;

/// Flag: physics values do not describe the car at this moment.
const NOT_CURRENT: u8 = 16;

/// Flag: the camera follows another car than the player's.
const WATCHING: u8 = 32;

/// A frame. It gets its number when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame(Vec<u8>);

impl Frame {
    pub(super) fn new(subscription: u16, state: &State, channels: &[Option<&Channel>]) -> Self {
        let snapshot = &state.snapshot;
        let mut bytes = Vec::with_capacity(VALUES + 4 * channels.len());
        bytes.extend([KIND, flags(snapshot)]);
        bytes.extend(subscription.to_le_bytes());
        bytes.extend(0u32.to_le_bytes());
        bytes.extend(state.at_s.to_le_bytes());
        for channel in channels {
            let value =
                channel.zip(snapshot.pages.as_ref()).and_then(|(channel, pages)| channel.number(pages, &snapshot.axes));
            bytes.extend(value.map_or(f32::NAN, |value| value as f32).to_le_bytes());
        }
        Self(bytes)
    }

    /// True if flags and values are the same. The time may differ.
    pub(super) fn has_values_of(&self, other: &Self) -> bool {
        self.0[..NUMBER.start] == other.0[..NUMBER.start] && self.0[VALUES..] == other.0[VALUES..]
    }

    /// The bytes of the frame with this number.
    pub(super) fn numbered(mut self, number: u32) -> Bytes {
        self.0[NUMBER].copy_from_slice(&number.to_le_bytes());
        self.0.into()
    }
}

fn flags(snapshot: &Snapshot) -> u8 {
    // After the end of a recording its last pages stay, but the car no longer drives.
    if snapshot.connection.is_over() {
        return 0;
    }
    let Some(pages) = &snapshot.pages else { return 0 };
    let status = match pages.graphics.status() {
        ACEvoStatus::Live => 1,
        ACEvoStatus::Pause => 2,
        ACEvoStatus::Replay => 4,
        ACEvoStatus::Off => 8,
        ACEvoStatus::Unknown(_) => 0,
    };
    let physics = if pages.validity.is_current() { 0 } else { NOT_CURRENT };
    let focus = if snapshot.watches_another_car { WATCHING } else { 0 };
    status | physics | focus
}
