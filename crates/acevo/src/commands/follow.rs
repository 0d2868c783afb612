//! Following a game: taking what comes, printing it, and saying on stderr what becomes of the connection.

use std::time::{Duration, Instant};

use acevo_telemetry::ConnectionEvent;

use crate::output::say;
use crate::session::live::{Link, Live, tell};
use crate::shutdown::Stop;

/// Ctrl-C is noticed within this time, whatever is waited for.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);

/// Takes what comes and prints it.
pub(super) trait Follower {
    /// Called with each event, and with none when it is time; false when it has enough.
    fn follow(&mut self, live: &mut Live, event: Option<&ConnectionEvent>, now: Instant) -> anyhow::Result<bool>;

    /// How long it may be left alone where nothing happens.
    fn patience(&self, now: Instant) -> Duration {
        let _ = now;
        PATIENCE
    }
}

/// Follows until the follower has enough, a recording ends, or the program is to end.
pub(super) fn follow(live: &mut Live, stop: &Stop, quiet: bool, follower: &mut dyn Follower) -> anyhow::Result<()> {
    let mut told = None;
    while !stop.is_requested() {
        let event = live.wait(follower.patience(Instant::now()).min(PATIENCE));
        if !quiet {
            narrate(live, event.as_ref(), &mut told);
        }
        if !follower.follow(live, event.as_ref(), Instant::now())? {
            return Ok(());
        }
        if live.has_ended() {
            if !quiet {
                say(format_args!("acevo: {}", Link::Ended.headline()));
            }
            return Ok(());
        }
    }
    Ok(())
}

/// Says on stderr what becomes of the connection.
pub(super) fn narrate(live: &Live, event: Option<&ConnectionEvent>, told: &mut Option<Link>) {
    if matches!(event, Some(ConnectionEvent::Packet(_))) {
        return;
    }
    event.iter().for_each(|event| tell(event, &mut say));
    // Why there is nothing to read is known after the next look. That it is attached was told.
    let link = live.link();
    if told.as_ref() != Some(&link) && (event.is_none() || link == Link::Frozen) {
        if !matches!(link, Link::Attached | Link::Unproven | Link::Silent | Link::Ended) {
            say(format_args!("acevo: {}. {}", link.headline(), link.detail()));
        }
        *told = Some(link);
    }
}
