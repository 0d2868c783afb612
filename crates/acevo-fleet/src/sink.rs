//! What facts and samples are passed to.

use std::time::{Duration, Instant};

use crate::session::{Fact, Moment, Session};

/// What takes the facts and samples of a rig: a broker, a database. It belongs to one thread, and never waits but in [`close`](Self::close).
pub trait Sink {
    /// Takes a fact.
    fn publish(&mut self, fact: &Fact);

    /// Takes a sample of the running session.
    fn sample(&mut self, session: Option<&Session>, moment: &Moment);

    /// Does what is due now. Has to be called often.
    fn run(&mut self, now: Instant);

    /// Sends what waits, at most for this time, and ends.
    fn close(self, timeout: Duration);
}
