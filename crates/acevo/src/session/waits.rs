//! Counts the waits of a connection: diagnostics show whether a loop keeps the processor busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tracing::info;

/// Numbers of waits. Clones share their state.
#[derive(Debug, Clone)]
pub(crate) struct WaitCounter(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    start: Instant,
    /// Waits that have returned an event.
    events: AtomicU64,
    /// Waits that have returned without one.
    idle: AtomicU64,
}

impl Default for WaitCounter {
    fn default() -> Self {
        Self(Arc::new(Counts { start: Instant::now(), events: AtomicU64::new(0), idle: AtomicU64::new(0) }))
    }
}

impl WaitCounter {
    /// Counts a wait.
    pub(super) fn count(&self, has_event: bool) {
        let counter = if has_event { &self.0.events } else { &self.0.idle };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Number of waits that have returned no event.
    #[cfg(test)]
    pub(crate) fn idle(&self) -> u64 {
        self.0.idle.load(Ordering::Relaxed)
    }

    /// Prints the numbers as diagnostics.
    pub(crate) fn log(&self) {
        let Counts { start, events, idle } = &*self.0;
        info!(
            seconds = start.elapsed().as_secs_f64(),
            events = events.load(Ordering::Relaxed),
            idle = idle.load(Ordering::Relaxed),
            "waits for the source"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::thread;
    use std::time::Duration;

    use acevo_shared_memory::{
        ACEvoSharedMemoryMapper, ACEvoStatus, Error, LocalPages, Publisher, SPageFileGraphicEvo, SPageFilePhysics,
    };

    use crate::session::connection::LiveConnection;
    use crate::session::feeder::AnalysisOptions;
    use crate::session::live_session::LiveSession;
    use crate::session::snapshot::{SnapshotCell, SnapshotSource as _};

    /// Connections without a game, and with pages that do not change.
    fn idle_connections() -> Vec<LiveConnection> {
        let absent = || Err(Error::GameNotRunning { looked_for: "a test".into() });
        let mut connections = vec![LiveConnection::new(Box::new(absent))];
        connections.extend([ACEvoStatus::Live, ACEvoStatus::Off, ACEvoStatus::Pause, ACEvoStatus::Replay].map(
            |status| {
                let pages = LocalPages::new();
                let mut publisher = Publisher::local(&pages);
                publisher.publish_physics(&SPageFilePhysics { packetId: 5, ..Default::default() }).unwrap();
                let graphics = SPageFileGraphicEvo { packetId: 5, status: status.value(), ..Default::default() };
                publisher.publish_graphics(&graphics).unwrap();
                LiveConnection::new(Box::new(move || ACEvoSharedMemoryMapper::open_source(pages.clone())))
            },
        ));
        connections
    }

    #[test]
    fn wait_of_no_time_does_not_keep_the_processor_busy() {
        for mut connection in idle_connections() {
            let waits = connection.waits();
            let mut calls = 0;
            while waits.0.start.elapsed() < Duration::from_millis(300) {
                calls += u64::from(connection.wait(Duration::ZERO).is_none());
            }
            assert_eq!(waits.idle(), calls);
            // One of 5 ms after each that has returned nothing; a few events end one early.
            let most = waits.0.start.elapsed().as_millis() as u64 / 5 + 20;
            assert!(calls <= most, "{calls} calls, {most} expected at most, {:?}", connection.status());
        }
    }

    #[test]
    fn session_of_the_screen_waits_once_per_frame() {
        const FRAME: Duration = Duration::from_millis(20);
        for connection in idle_connections() {
            let waits = connection.waits();
            let mut session = LiveSession::new(connection, &AnalysisOptions::default());
            let cell = SnapshotCell::new(session.snapshot(waits.0.start));
            let done = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| session.publish_to(&cell, FRAME, &done));
                while waits.0.start.elapsed() < FRAME * 20 {
                    thread::sleep(FRAME);
                }
                done.store(true, std::sync::atomic::Ordering::Relaxed);
            });
            let most = waits.0.start.elapsed().as_millis() as u64 / 20 * 2 + 20;
            assert!(waits.idle() <= most, "{} of {most}", waits.idle());
        }
    }
}
