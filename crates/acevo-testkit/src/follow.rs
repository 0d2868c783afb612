//! Waiting for events and states of a [`Connection`].

use std::time::{Duration, Instant};

use acevo_telemetry::{Connection, ConnectionEvent, ConnectionState};

use crate::wait::PATIENCE;

/// Time within which a connection must detach from pages that no longer change: 3 s, and half a second for a busy machine on which
/// this process polls late.
pub const DETACH_LIMIT: Duration = Duration::from_millis(3500);

/// Waits until `is_done` accepts an event. `expected` names it in the message of a failure.
///
/// # Panics
/// If no such event arrives within [`PATIENCE`].
#[track_caller]
pub fn until_event(connection: &mut Connection, expected: &str, mut is_done: impl FnMut(&ConnectionEvent) -> bool) {
    let start = Instant::now();
    let mut events = Vec::new();
    loop {
        assert!(start.elapsed() < PATIENCE, "never {expected}: {connection:?} {events:?}");
        match connection.wait(Duration::from_millis(100)) {
            Some(event) if is_done(&event) => return,
            Some(ConnectionEvent::Packet(_)) | None => {}
            Some(event) => events.push(event),
        }
    }
}

/// Waits until the connection changes to this state.
#[track_caller]
pub fn until_state(connection: &mut Connection, state: ConnectionState) {
    let is_state =
        |event: &ConnectionEvent| matches!(event, ConnectionEvent::StateChanged { now, .. } if *now == state);
    until_event(connection, &state.to_string(), is_state);
}

/// Waits for packets of physics.
#[track_caller]
pub fn until_packets(connection: &mut Connection, mut count: u32) {
    until_event(connection, "packets", |event| {
        count -= u32::from(matches!(event, ConnectionEvent::Packet(packet) if packet.physics.is_some()));
        count == 0
    });
}

/// Waits until the connection is live and has received packets.
#[track_caller]
pub fn until_live(connection: &mut Connection) {
    until_state(connection, ConnectionState::Live);
    assert!(connection.mapper().is_some());
    until_packets(connection, 20);
}

/// Waits until the connection detaches. `ended` is the time at which the game ended or stopped.
///
/// # Panics
/// If that takes longer than [`DETACH_LIMIT`].
#[track_caller]
pub fn until_detached(connection: &mut Connection, ended: Instant) {
    until_event(connection, "detached", |event| matches!(event, ConnectionEvent::Detached(_)));
    let took = ended.elapsed();
    assert!(connection.mapper().is_none() && connection.frame().is_none());
    assert!(took < DETACH_LIMIT, "{took:?}");
    eprintln!("detached after {took:?}");
}
