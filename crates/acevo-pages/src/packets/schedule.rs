//! Schedules the polls of a page, so that most packets are found by the first poll, shortly after they were written.
//!
//! Packets come at a steady rate, but their phase is unknown and is found by trying. If a poll finds its packet at once, it may
//! be later than necessary, so the next poll is planned a little earlier. A poll that is too early is repeated without a break for
//! a short time. That shows exactly when the packet comes, and the next poll is planned shortly before its packet.

use std::time::{Duration, Instant};

/// Time between two polls while a packet is overdue.
const FINE_INTERVAL: Duration = Duration::from_micros(60);

/// Time between two polls while the rate is unknown or not trusted.
const SEARCH_INTERVAL: Duration = Duration::from_micros(250);

/// Time between two polls while the counter is stopped: short enough not to miss a packet at the highest rate.
const IDLE_INTERVAL: Duration = Duration::from_millis(2);

/// Number of packets after which the rate is known well enough to start with.
const WARM_UP_PACKETS: u32 = 8;

/// Number of packets over which the rate is measured after that.
const BLOCK_PACKETS: u32 = 64;

/// How much earlier the next poll is planned after one that found its packet at once: minimum and maximum. The step doubles with
/// each such poll in a row.
const ADVANCE: (Duration, Duration) = (Duration::from_micros(5), Duration::from_micros(80));

/// Maximum time between two polls without a break.
const SPUN: Duration = Duration::from_micros(10);

/// The next poll is moved by the difference between the wait for a packet and the planned one, divided by this. Sleeps and packets vary.
const GAIN: u32 = 4;

/// Maximum sleep while packets arrive, for any estimated rate.
const MAX_SLEEP: Duration = Duration::from_millis(50);

/// Number of periods without a packet after which the counter counts as stopped.
const STOPPED_PERIODS: u32 = 4;

/// Time without a packet after which the counter counts as stopped, while the rate is unknown.
const STOPPED_TIME: Duration = Duration::from_millis(100);

/// Number of packets for which the rate is distrusted after a punctual poll has missed some: initially and at most.
const DISTRUST_PACKETS: (u32, u32) = (BLOCK_PACKETS, 8192);

/// How exactly a packet is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Precision {
    /// How long before its packet a poll is planned.
    pub(super) lead: Duration,
    /// For how long a poll that is too early is repeated without a break.
    pub(super) spin: Duration,
}

impl Precision {
    pub(super) const DEFAULT: Self = Self { lead: Duration::from_micros(10), spin: Duration::from_micros(50) };
    pub(super) const LOW_LATENCY: Self = Self { lead: Duration::from_micros(60), spin: Duration::from_micros(500) };
}

/// The poll schedule of one page.
#[derive(Debug, Clone)]
pub(super) struct PollSchedule {
    precision: Precision,
    state: State,
    /// Length of the next distrust, in packets.
    penalty: u32,
    /// Number of packets for which the rate is still distrusted.
    distrust: u32,
}

#[derive(Debug, Clone)]
enum State {
    /// The counter has not moved yet, or not for a while.
    Standing,
    /// Packets come, but too few to know their rate.
    Searching { since: Instant, last: Instant, packets: u32 },
    /// The rate is known.
    Locked(Locked),
}

#[derive(Debug, Clone)]
struct Locked {
    period: Duration,
    /// Planned time of the first poll for the next packet.
    due: Instant,
    /// Time of the first poll that was due and found no packet.
    early: Option<Instant>,
    /// How much earlier the next poll is planned if this one finds its packet at once.
    advance: Duration,
    /// The last packet came long after its first poll.
    was_late: bool,
    last: Instant,
    /// Start of the block over which the rate is measured.
    block: Instant,
    in_block: u32,
    /// When the last packet would have been seen if it were as punctual as the earliest ones.
    envelope: Instant,
    /// How much later than the envelope the most punctual packet of this block was.
    least_late: Duration,
    /// True if the rate is that of a whole block, which makes the envelope meaningful.
    is_measured: bool,
}

/// A poll that has found a new packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting {
    pub(super) at: Instant,
    /// Time of the previous poll, which has not found the packet.
    pub(super) previous: Instant,
    /// When this poll was planned.
    pub(super) planned: Instant,
    /// Number of counter steps: 1 if no packet was missed.
    pub(super) steps: u32,
}

impl PollSchedule {
    pub(super) fn new(precision: Precision) -> Self {
        Self { precision, state: State::Standing, penalty: DISTRUST_PACKETS.0, distrust: 0 }
    }

    /// Starts over, for another game or another session.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.precision);
    }

    /// True while packets come.
    pub(super) fn is_moving(&self) -> bool {
        !matches!(self.state, State::Standing)
    }

    /// A poll has found a packet. Returns how much later than the most punctual packets it was seen, if that is known.
    pub(super) fn on_packet(&mut self, sighting: Sighting) -> Option<Duration> {
        let Sighting { at, steps, .. } = sighting;
        match &mut self.state {
            State::Standing => {
                self.state = State::Searching { since: at, last: at, packets: 0 };
                None
            }
            State::Searching { since, last, packets } => {
                if at.saturating_duration_since(*last) > STOPPED_TIME {
                    // There was no poll for a while, so this is not the time between two packets.
                    (*since, *last, *packets) = (at, at, 0);
                    return None;
                }
                *packets = packets.saturating_add(steps);
                *last = at;
                if *packets >= WARM_UP_PACKETS {
                    let period = at.saturating_duration_since(*since) / *packets;
                    self.state = State::Locked(Locked::new(at, period));
                }
                None
            }
            State::Locked(locked) => {
                if steps > 1 && at.saturating_duration_since(sighting.planned) < locked.period / 2 {
                    // The poll was punctual, so packets come faster than estimated, or in bursts.
                    self.distrust = self.penalty;
                    self.penalty = (self.penalty * 2).min(DISTRUST_PACKETS.1);
                } else {
                    self.distrust = self.distrust.saturating_sub(1);
                }
                locked.on_packet(sighting, self.precision)
            }
        }
    }

    /// A poll has found no packet.
    pub(super) fn on_no_packet(&mut self, now: Instant) {
        let stands = match &mut self.state {
            State::Standing => false,
            State::Searching { last, .. } => now.saturating_duration_since(*last) > STOPPED_TIME,
            State::Locked(locked) => {
                if now >= locked.due {
                    locked.early.get_or_insert(now);
                }
                locked.has_rested(now, 0)
            }
        };
        if stands {
            self.state = State::Standing;
        }
    }

    /// Time between two packets; [`IDLE_INTERVAL`] if the rate is unknown.
    pub(super) fn period(&self) -> Duration {
        match &self.state {
            State::Locked(locked) => locked.period.clamp(IDLE_INTERVAL, MAX_SLEEP),
            State::Standing | State::Searching { .. } => IDLE_INTERVAL,
        }
    }

    /// The time of the next poll, given that the last one was at `now`. The same time means that there is no sleep.
    pub(super) fn next_poll(&self, now: Instant) -> Instant {
        match &self.state {
            State::Standing => now + IDLE_INTERVAL,
            State::Searching { .. } => now + SEARCH_INTERVAL,
            State::Locked(_) if self.distrust > 0 => now + SEARCH_INTERVAL,
            State::Locked(locked) if now < locked.due => locked.due.min(now + MAX_SLEEP),
            State::Locked(locked) if locked.early.is_some_and(|early| now < early + locked.spin(self.precision)) => now,
            State::Locked(_) => now + FINE_INTERVAL,
        }
    }
}

impl Locked {
    fn new(at: Instant, period: Duration) -> Self {
        Self {
            period,
            due: at + period,
            early: None,
            advance: ADVANCE.0,
            was_late: false,
            last: at,
            block: at,
            in_block: 0,
            envelope: at,
            least_late: Duration::MAX,
            is_measured: false,
        }
    }

    /// For how long a poll that is too early is repeated without a break: of fast packets, for a part of their period.
    fn spin(&self, precision: Precision) -> Duration {
        precision.spin.min(self.period / 8)
    }

    /// True if the last `steps` packets have taken so long that there must have been a rest in between.
    fn has_rested(&self, now: Instant, steps: u32) -> bool {
        let periods = steps.saturating_add(STOPPED_PERIODS);
        now.saturating_duration_since(self.last) > self.period.saturating_mul(periods) + IDLE_INTERVAL * STOPPED_PERIODS
    }

    fn on_packet(&mut self, sighting: Sighting, precision: Precision) -> Option<Duration> {
        let Sighting { at, previous, steps, .. } = sighting;
        if steps >= BLOCK_PACKETS || self.has_rested(at, steps) {
            // Over such a long time the rate is not exact enough; and during a rest without polls there is no rate.
            *self = Self::new(at, self.period);
            return None;
        }
        let advance = std::mem::replace(&mut self.advance, ADVANCE.0);
        let was_late = std::mem::take(&mut self.was_late);
        match self.early.take() {
            None => {
                self.due = self.due.min(at) - advance;
                self.advance = (advance * 2).min(ADVANCE.1);
            }
            // It came after `previous`, after the polls without a break. A single late packet does not change the plan.
            Some(early) if at.saturating_duration_since(early) > self.spin(precision) + SPUN => {
                if was_late {
                    self.due += previous.saturating_duration_since(early);
                }
                self.was_late = true;
            }
            Some(early) => {
                let waited = at.saturating_duration_since(early);
                if waited > precision.lead {
                    self.due += (waited - precision.lead) / GAIN;
                } else {
                    self.due -= (precision.lead - waited) / GAIN;
                }
            }
        }
        self.due = (self.due + self.period * steps).clamp(at, at + self.period);
        self.last = at;

        self.envelope += self.period * steps;
        let late = at.saturating_duration_since(self.envelope);
        if late.is_zero() {
            self.envelope = at;
        }
        self.least_late = self.least_late.min(late);
        // It cannot have been there at the poll before.
        let estimate = self.is_measured.then_some(late.min(at.saturating_duration_since(previous)));
        self.in_block = self.in_block.saturating_add(steps);
        if self.in_block >= BLOCK_PACKETS {
            self.period = at.saturating_duration_since(self.block) / self.in_block;
            // Until now the rate was an estimate, and so was the envelope.
            self.envelope = if self.is_measured { self.envelope + self.least_late } else { at };
            (self.block, self.in_block, self.least_late) = (at, 0, Duration::MAX);
            self.is_measured = true;
        }
        estimate
    }
}

#[cfg(test)]
mod tests;
