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

/// Maximum of how much earlier the next poll is planned after one that found its packet at once.
const MAX_ADVANCE: Duration = Duration::from_micros(80);

/// A number of polls that found their packet at once which is beyond any patience: the plan is a guess, and the packets are searched fast.
const SEARCH_FAST: u32 = u32::MAX / 2;

/// Packets in a row that came after the wait for them. Then their page is irregular, and waiting for them is useless.
const IRREGULAR: u32 = 3;

/// One of this number of packets of an irregular page is waited for, to find out whether the page has become regular.
const RETRY_EVERY: u32 = 8;

/// Time between two polls while a packet of an irregular page is overdue.
const COARSE_INTERVAL: Duration = Duration::from_micros(150);

/// Maximum time between two polls without a break.
const SPUN: Duration = Duration::from_micros(10);

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
    /// How long after its packet the next poll is planned, once it is known when packets come.
    pub(super) lag: Duration,
    /// For how long a poll that is too early is repeated without a break.
    pub(super) spin: Duration,
    /// The next poll is moved by the error of this one, divided by this. Sleeps and packets vary.
    pub(super) gain: u32,
    /// How much earlier the next poll is planned after one that found its packet at once.
    pub(super) advance: Duration,
    /// Number of such polls in a row after which `advance` doubles with each of them.
    pub(super) patience: u32,
}

impl Precision {
    /// Polls shortly after the packet: while the game writes, an interrupt on its core could leave half a page for some microseconds.
    pub(super) const DEFAULT: Self = Self {
        lead: Duration::ZERO,
        lag: Duration::from_micros(30),
        spin: Duration::from_micros(50),
        gain: 1,
        advance: Duration::from_micros(1),
        patience: 16,
    };

    /// Polls before the packet, and waits for it.
    pub(super) const LOW_LATENCY: Self = Self {
        lead: Duration::from_micros(60),
        lag: Duration::ZERO,
        spin: Duration::from_micros(500),
        gain: 4,
        advance: Duration::from_micros(5),
        patience: 1,
    };
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
    /// Number of polls in a row that found their packet at once.
    at_once: u32,
    /// Number of packets in a row that came after the wait for them.
    late: u32,
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
                let late = locked.on_packet(sighting, self.precision);
                if self.distrust > 0 {
                    // The plan is not followed, and says nothing about the page.
                    (locked.at_once, locked.late) = (SEARCH_FAST, 0);
                }
                late
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

    /// True if a packet that is found at this time has just been written: the poll before did not find it.
    pub(super) fn is_fresh(&self, at: Instant) -> bool {
        matches!(&self.state, State::Locked(locked) if locked.has_spun(at, self.precision))
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
            State::Locked(locked) if locked.late >= IRREGULAR => now + COARSE_INTERVAL,
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
            at_once: SEARCH_FAST,
            late: 0,
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
        let is_useless = self.late >= IRREGULAR && !self.late.is_multiple_of(RETRY_EVERY);
        if is_useless { Duration::ZERO } else { precision.spin.min(self.period / 8) }
    }

    /// True if the poll at this time follows others without a break.
    fn has_spun(&self, at: Instant, precision: Precision) -> bool {
        self.early.is_some_and(|early| at.saturating_duration_since(early) <= self.spin(precision) + SPUN)
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
        match self.early.take() {
            None => {
                self.at_once = self.at_once.saturating_add(1);
                let doubled = self.at_once.saturating_sub(precision.patience).min(8);
                self.due = self.due.min(at) - (precision.advance * (1 << doubled)).min(MAX_ADVANCE);
            }
            // It came after `previous`, after the polls without a break. A single late packet does not change the plan.
            Some(early) if at.saturating_duration_since(early) > self.spin(precision) + SPUN => {
                if self.late > 0 {
                    self.due += previous.saturating_duration_since(early);
                }
                (self.at_once, self.late) = (0, self.late.saturating_add(1));
            }
            Some(early) => {
                let (target, waited) = (precision.lead, at.saturating_duration_since(early) + precision.lag);
                let later = waited.saturating_sub(target) / precision.gain;
                let earlier = target.saturating_sub(waited) / precision.gain;
                self.due = self.due + later - earlier;
                (self.at_once, self.late) = (0, 0);
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
