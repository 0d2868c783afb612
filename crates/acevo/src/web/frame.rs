//! Frames: the values of a subscription in binary form.

use acevo_protocol::ValueFrame;
use acevo_shared_memory::ACEvoStatus;
use acevo_telemetry::Channel;

use super::state::State;
use crate::session::snapshot::Snapshot;

/// Flag: physics values do not describe the car at this moment.
const NOT_CURRENT: u8 = 16;

/// Flag: the camera follows another car than the player's.
const WATCHING: u8 = 32;

/// The frame of a subscription to channels.
pub(super) fn frame(subscription: u16, state: &State, channels: &[Option<&Channel>]) -> ValueFrame {
    let snapshot = &state.snapshot;
    let value = |channel: &Option<&Channel>| {
        channel.zip(snapshot.pages.as_ref()).and_then(|(channel, pages)| channel.number(pages, &snapshot.axes))
    };
    ValueFrame::new(subscription, flags(snapshot), state.at_s, channels.iter().map(value))
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
