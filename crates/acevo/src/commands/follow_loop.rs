//! The loop of commands that follow a game: polls it, hands over what has arrived, and prints connection messages to stderr.

use std::time::{Duration, Instant};

use acevo_telemetry::ConnectionEvent;
use anyhow::bail;

use crate::output::say;
use crate::session::connection::LiveConnection;
use crate::session::status::{ConnectionStatus, print_event};
use crate::shutdown::Stop;

/// Longest wait for an event, so that Ctrl-C is noticed.
pub(super) const MAX_WAIT: Duration = Duration::from_millis(50);

/// Handles what has arrived, for example by printing it.
pub(super) trait UpdateHandler {
    /// Called with each event, and with `None` after [`Self::max_wait`]. Returns false to end the loop.
    fn update(
        &mut self,
        connection: &mut LiveConnection,
        event: Option<&ConnectionEvent>,
        now: Instant,
    ) -> anyhow::Result<bool>;

    /// Time after which [`Self::update`] is called if nothing happens.
    fn max_wait(&self, now: Instant) -> Duration {
        let _ = now;
        MAX_WAIT
    }
}

/// Runs until the handler ends the loop, a recording ends, or the program should end.
///
/// # Errors
/// Those of the handler, and why a recording was not played to its end.
pub(super) fn follow(
    connection: &mut LiveConnection,
    stop: &Stop,
    quiet: bool,
    handler: &mut dyn UpdateHandler,
) -> anyhow::Result<()> {
    let mut messages = ConnectionMessages::default();
    while !stop.is_requested() {
        let event = connection.wait(handler.max_wait(Instant::now()).min(MAX_WAIT));
        if !quiet {
            messages.print(connection, event.as_ref());
        }
        if !handler.update(connection, event.as_ref(), Instant::now())? {
            return Ok(());
        }
        if connection.has_ended() {
            if let Some(failure) = connection.failure() {
                bail!("the recording cannot be played to its end: {failure}");
            }
            if !quiet {
                say(format_args!("acevo: {}", ConnectionStatus::Ended.headline()));
            }
            return Ok(());
        }
    }
    Ok(())
}

/// Prints connection events, and each state of the connection once, to stderr.
#[derive(Debug, Default)]
pub(super) struct ConnectionMessages {
    printed: Option<ConnectionStatus>,
}

impl ConnectionMessages {
    pub(super) fn print(&mut self, connection: &LiveConnection, event: Option<&ConnectionEvent>) {
        if matches!(event, Some(ConnectionEvent::Packet(_))) {
            return;
        }
        event.iter().for_each(|event| print_event(event, &mut say));
        // The reason of a detached connection is known after the next attempt to attach.
        let status = connection.status();
        if self.printed.as_ref() != Some(&status) && (event.is_none() || status == ConnectionStatus::Frozen) {
            if let ConnectionStatus::Absent(_) | ConnectionStatus::Unusable(_) | ConnectionStatus::Frozen = status {
                say(format_args!("acevo: {}", status.message()));
            }
            self.printed = Some(status);
        }
    }
}
