//! When the next packet of a page is due.
//!
//! Packets come at a steady rate, but not when we look. So the phase is found by trying: a look that finds its packet at once may
//! have come late, and the next one is planned a little earlier; a look that comes too early is repeated after a moment, and the
//! next one is planned later. That settles where most packets are found at the first look, shortly after they were written.

use std::time::{Duration, Instant};

/// Between two looks while a packet is due any moment.
const FINE: Duration = Duration::from_micros(150);

/// Between two looks while the rate is not known, or not kept.
const SEARCHING: Duration = Duration::from_micros(250);

/// Between two looks at a page that stands still: a packet that comes at the highest rate is not missed.
const IDLE: Duration = Duration::from_millis(2);

/// Packets after which the rate is known well enough to begin with.
const WARM_UP: u32 = 8;

/// Packets over which the rate is measured from then on.
const BLOCK: u32 = 64;

/// How much earlier the next look is planned after one that found its packet at once: more with each in a row.
const EARLIER: (Duration, Duration) = (Duration::from_micros(5), Duration::from_micros(20));

/// How much later after one that came too early.
const LATER: Duration = Duration::from_micros(80);

/// Never sleeps for longer while packets come, whatever the rate is believed to be.
const LONGEST: Duration = Duration::from_millis(50);

/// A page that has not moved for this many of its periods stands still.
const STILL_AFTER: u32 = 4;

/// The same while the rate is not known.
const REST: Duration = Duration::from_millis(100);

/// Packets for which the rate is not trusted after some were missed by a look that came in time: at first, and at most.
const WARY: (u32, u32) = (BLOCK, 8192);

/// The rhythm of a page's packets.
#[derive(Debug, Clone)]
pub(super) struct Rhythm {
    state: State,
    /// How long the next distrust lasts, in packets, and how many of them are left.
    penalty: u32,
    wary: u32,
}

#[derive(Debug, Clone)]
enum State {
    /// Nothing has moved yet, or not for a while.
    Still,
    /// Packets come, but not enough have come to tell more.
    Searching {
        since: Instant,
        last: Instant,
        packets: u32,
    },
    Locked(Locked),
}

#[derive(Debug, Clone)]
struct Locked {
    period: Duration,
    /// When to look for the next packet first.
    due: Instant,
    earlier: Duration,
    last: Instant,
    /// Start of the block over which the rate is measured.
    block: Instant,
    in_block: u32,
    /// Where the most punctual packets lie, as the time at which the last one should have been seen; and how much later than
    /// that the most punctual of this block was.
    envelope: Instant,
    least: Duration,
    /// The rate is that of a whole block: the envelope means something.
    is_measured: bool,
}

/// A look that has found a new packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) at: Instant,
    /// The look before, which has not found it.
    pub(super) before: Instant,
    /// When this look was meant to be.
    pub(super) planned: Instant,
    /// Steps of the counter: 1 where nothing was missed.
    pub(super) steps: u32,
}

impl Rhythm {
    pub(super) fn new() -> Self {
        Self { state: State::Still, penalty: WARY.0, wary: 0 }
    }

    /// Forgets everything: another game, or another session.
    pub(super) fn reset(&mut self) {
        *self = Self::new();
    }

    /// True where packets come.
    pub(super) fn is_moving(&self) -> bool {
        !matches!(self.state, State::Still)
    }

    /// Takes note of a packet. Gives how much later than the most punctual ones it was seen, where that can be told.
    pub(super) fn found(&mut self, found: Found) -> Option<Duration> {
        let Found { at, steps, .. } = found;
        match &mut self.state {
            State::Still => {
                self.state = State::Searching { since: at, last: at, packets: 0 };
                None
            }
            State::Searching { since, last, packets } => {
                if at.saturating_duration_since(*last) > REST {
                    // Nobody has looked for a while: that is no time between packets.
                    (*since, *last, *packets) = (at, at, 0);
                    return None;
                }
                *packets = packets.saturating_add(steps);
                *last = at;
                if *packets >= WARM_UP {
                    let period = at.saturating_duration_since(*since) / *packets;
                    self.state = State::Locked(Locked::new(at, period));
                }
                None
            }
            State::Locked(locked) => {
                if steps > 1 && found.at.saturating_duration_since(found.planned) < locked.period / 2 {
                    // Packets come faster or in bursts; who looked in time is not to be blamed for a busy machine.
                    self.wary = self.penalty;
                    self.penalty = (self.penalty * 2).min(WARY.1);
                } else {
                    self.wary = self.wary.saturating_sub(1);
                }
                locked.found(found)
            }
        }
    }

    /// A look has found nothing new.
    pub(super) fn nothing(&mut self, now: Instant) {
        let still = match &self.state {
            State::Still => false,
            State::Searching { last, .. } => now.saturating_duration_since(*last) > REST,
            State::Locked(locked) => locked.has_rested(now, 0),
        };
        if still {
            self.state = State::Still;
        }
    }

    /// Time between two packets, or between two looks at a page that stands still if the rate is not known.
    pub(super) fn period(&self) -> Duration {
        match &self.state {
            State::Locked(locked) => locked.period.clamp(IDLE, LONGEST),
            State::Still | State::Searching { .. } => IDLE,
        }
    }

    /// When to look next, after a look at `now` that was the last one.
    pub(super) fn next_look(&self, now: Instant) -> Instant {
        match &self.state {
            State::Still => now + IDLE,
            State::Searching { .. } => now + SEARCHING,
            State::Locked(_) if self.wary > 0 => now + SEARCHING,
            State::Locked(locked) if now < locked.due => locked.due.min(now + LONGEST),
            State::Locked(_) => now + FINE,
        }
    }
}

impl Locked {
    fn new(at: Instant, period: Duration) -> Self {
        Self {
            period,
            due: at + period,
            earlier: EARLIER.0,
            last: at,
            block: at,
            in_block: 0,
            envelope: at,
            least: Duration::MAX,
            is_measured: false,
        }
    }

    /// True where these packets have taken so long that there was a rest in between.
    fn has_rested(&self, now: Instant, steps: u32) -> bool {
        let periods = steps.saturating_add(STILL_AFTER);
        now.saturating_duration_since(self.last) > self.period.saturating_mul(periods) + IDLE * STILL_AFTER
    }

    fn found(&mut self, found: Found) -> Option<Duration> {
        let Found { at, before, steps, .. } = found;
        if steps >= BLOCK || self.has_rested(at, steps) {
            // Over so long a time the rate is not exact enough; and where it has rested while nobody looked there is no rate.
            *self = Self::new(at, self.period);
            return None;
        }
        // Nothing to learn from a packet before its time, or from one that was found by a late look.
        if before >= self.due {
            // It was not there at `before`: that much later, and a little more.
            self.due = before + LATER;
            self.earlier = EARLIER.0;
        } else {
            self.due = self.due.min(at) - self.earlier;
            self.earlier = (self.earlier * 2).min(EARLIER.1);
        }
        self.due = (self.due + self.period * steps).min(at + self.period);
        self.last = at;

        self.envelope += self.period * steps;
        let late = at.saturating_duration_since(self.envelope);
        if late.is_zero() {
            self.envelope = at;
        }
        self.least = self.least.min(late);
        let estimate = self.is_measured.then_some(late);
        self.in_block = self.in_block.saturating_add(steps);
        if self.in_block >= BLOCK {
            self.period = at.saturating_duration_since(self.block) / self.in_block;
            // Until now the rate was a guess, and the envelope with it.
            self.envelope = if self.is_measured { self.envelope + self.least } else { at };
            (self.block, self.in_block, self.least) = (at, 0, Duration::MAX);
            self.is_measured = true;
        }
        estimate
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What came of reading packets that were written at some times, by a virtual clock.
    #[derive(Debug)]
    struct Outcome {
        seen: usize,
        missed: usize,
        looks: usize,
        /// How late each packet was seen, sorted.
        late: Vec<Duration>,
        estimates: Vec<Duration>,
    }

    impl Outcome {
        fn late(&self, share: f64) -> u128 {
            self.late[((self.late.len() - 1) as f64 * share) as usize].as_micros()
        }

        fn looks_per_packet(&self) -> f64 {
            self.looks as f64 / self.seen as f64
        }
    }

    /// Numbers from 0 to 1 that look random and are the same each time.
    fn noise(seed: &mut u64) -> f64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) as f64 / (1_u64 << 31) as f64
    }

    /// Reads them as the rhythm says; each sleep takes 40 to 90 µs longer than asked for.
    fn read(written: &[Duration]) -> Outcome {
        let start = Instant::now();
        let (mut rhythm, mut now, mut seed) = (Rhythm::new(), start, 1);
        let mut outcome = Outcome { seen: 0, missed: 0, looks: 0, late: vec![], estimates: vec![] };
        let mut last = 0;
        while last < written.len() {
            let (before, planned) = (now, rhythm.next_look(now));
            let oversleep = Duration::from_nanos(40_000 + (noise(&mut seed) * 50_000.0) as u64);
            now = planned.max(now) + oversleep;
            outcome.looks += 1;
            let id = written.partition_point(|time| start + *time <= now);
            if id == last {
                rhythm.nothing(now);
                continue;
            }
            let estimate = rhythm.found(Found { at: now, before, planned, steps: (id - last) as u32 });
            outcome.estimates.extend(estimate);
            outcome.late.push(now - start - written[id - 1]);
            outcome.seen += 1;
            outcome.missed += id - last - 1;
            last = id;
        }
        outcome.late.sort();
        outcome.estimates.sort();
        outcome
    }

    fn micros(micros: f64) -> Duration {
        Duration::from_nanos((micros * 1000.0) as u64)
    }

    /// Packets at a rate, each late by up to `jitter` µs.
    fn steady(packets: usize, period: f64, jitter: f64) -> Vec<Duration> {
        let mut seed = 7;
        (0..packets).map(|id| micros(5000.0 + id as f64 * period + noise(&mut seed) * jitter)).collect()
    }

    #[test]
    fn steady_packets_are_all_seen_soon_with_few_looks() {
        // Physics exact and with jitter, faster and slower, frames of 60 Hz.
        for (period, jitter) in [(3003.0, 0.0), (3003.0, 100.0), (3003.0, 400.0), (1500.0, 50.0), (16_667.0, 200.0)] {
            let outcome = read(&steady(20_000, period, jitter));
            assert_eq!((outcome.seen, outcome.missed), (20_000, 0));
            assert!(outcome.late(0.5) < 200, "{period} ± {jitter}: {} µs", outcome.late(0.5));
            assert!(outcome.looks_per_packet() < 1.15, "{period} ± {jitter}: {}", outcome.looks_per_packet());
        }
    }

    #[test]
    fn frames_that_come_irregularly_are_not_missed() {
        let outcome = read(&steady(20_000, 4167.0, 900.0));
        assert!(outcome.missed == 0 && outcome.late(0.5) < 400, "{} µs", outcome.late(0.5));
    }

    #[test]
    fn bursts_are_looked_at_closely_once_they_are_known() {
        // Five steps of physics in each frame of 15 ms, 400 µs apart.
        let at = |id: u32| 5000.0 + f64::from(id / 5) * 15_000.0 + f64::from(id % 5) * 400.0;
        let outcome = read(&(0..20_000).map(|id| micros(at(id))).collect::<Vec<_>>());
        assert!(outcome.missed < 50 && outcome.late(0.5) < 200, "{} missed", outcome.missed);
    }

    #[test]
    fn nothing_is_missed_after_a_pause() {
        let pause = |id: usize| Duration::from_millis(3500) * (id / 1000) as u32;
        let written: Vec<_> =
            steady(20_000, 3003.0, 50.0).into_iter().enumerate().map(|(id, time)| time + pause(id)).collect();
        let outcome = read(&written);
        assert!(outcome.missed == 0 && outcome.late(0.5) < 170, "{} missed", outcome.missed);
        // While nothing moves there are 500 looks per second.
        assert!(outcome.looks < 20_000 * 14 / 10 + 19 * 3500 / 2, "{} looks", outcome.looks);
    }

    #[test]
    fn another_rate_is_learned() {
        let mut written = steady(5000, 3003.0, 50.0);
        for period in [1501.0, 6006.0] {
            let before = written[written.len() - 1];
            written.extend(steady(5000, period, 50.0).into_iter().map(|time| time + before));
        }
        let outcome = read(&written);
        assert!(outcome.missed < 10 && outcome.late(0.5) < 170, "{} missed", outcome.missed);
    }

    #[test]
    fn the_estimate_follows_how_late_packets_are_seen() {
        let outcome = read(&steady(20_000, 3003.0, 100.0));
        for share in [0.5, 0.99] {
            let estimate = outcome.estimates[(outcome.estimates.len() as f64 * share) as usize].as_micros();
            assert!(estimate.abs_diff(outcome.late(share)) < 150, "{estimate} and {} µs", outcome.late(share));
        }
    }

    /// Something that happens to a reader.
    #[derive(Debug, Clone)]
    enum Step {
        /// Packets of this period for this long, at which it looks as the rhythm says.
        Seen(Duration, Duration),
        /// The same, but nobody looks: the machine sleeps, or the program does something else.
        Unseen(Duration, Duration),
        /// The counter makes a jump.
        Jump(u32),
        /// The counter goes back.
        Restart,
    }

    /// From a microsecond to hours, each magnitude as likely.
    fn durations() -> impl Strategy<Value = Duration> {
        (0.0..10.6_f64).prop_map(|power| micros(10_f64.powf(power)))
    }

    fn steps() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (durations(), durations()).prop_map(|(period, time)| Step::Seen(period, time)),
            2 => (durations(), durations()).prop_map(|(period, time)| Step::Unseen(period, time)),
            1 => (1_u32..).prop_map(Step::Jump),
            1 => (1_u32..10).prop_map(Step::Jump),
            1 => Just(Step::Restart),
        ]
    }

    /// A reader in a world of its own, which has its own time.
    struct Reader {
        rhythm: Rhythm,
        now: Instant,
        before: Instant,
        planned: Instant,
        next_packet: Instant,
        unseen: u64,
        missed: u64,
        oversleep: Duration,
    }

    impl Reader {
        fn new(oversleep: Duration) -> Self {
            let now = Instant::now();
            Self {
                rhythm: Rhythm::new(),
                now,
                before: now,
                planned: now,
                next_packet: now,
                unseen: 0,
                missed: 0,
                oversleep,
            }
        }

        /// Writes what is due, and looks.
        fn look(&mut self, period: Duration) -> Result<(), TestCaseError> {
            let now = self.now;
            if self.next_packet <= now {
                let count = (now - self.next_packet).as_nanos() / period.as_nanos() + 1;
                self.unseen += count as u64;
                self.next_packet += Duration::from_nanos((period.as_nanos() * count) as u64);
            }
            match u32::try_from(self.unseen).unwrap_or(u32::MAX) {
                0 => self.rhythm.nothing(now),
                steps => {
                    let _ = self.rhythm.found(Found { at: now, before: self.before, planned: self.planned, steps });
                    self.missed += u64::from(steps) - 1;
                }
            }
            (self.unseen, self.before, self.planned) = (0, now, self.rhythm.next_look(now));
            prop_assert!(self.planned > now, "never sleeps: {:?}", self.rhythm);
            prop_assert!(self.planned - now <= LONGEST, "sleeps too long: {:?}", self.rhythm);
            Ok(())
        }

        fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
            match *step {
                Step::Seen(period, time) => {
                    let end = self.now + time;
                    self.next_packet = self.now;
                    for _ in 0..2000 {
                        self.now = self.now.max(self.planned) + self.oversleep;
                        self.look(period)?;
                        if self.now >= end {
                            break;
                        }
                    }
                }
                Step::Unseen(period, time) => {
                    self.next_packet = self.now;
                    self.now += time;
                    self.look(period)?;
                }
                Step::Jump(by) => self.unseen += u64::from(by),
                Step::Restart => self.rhythm.reset(),
            }
            Ok(())
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]
        #[test]
        #[cfg_attr(miri, ignore = "too slow, and there is nothing unsafe")]
        fn whatever_has_happened_steady_packets_are_all_seen_soon_after(
            steps in prop::collection::vec(steps(), 1..20), oversleep in 0_u64..90_000,
        ) {
            let mut reader = Reader::new(Duration::from_nanos(oversleep));
            for step in &steps {
                reader.take(step)?;
            }
            let period = Duration::from_micros(3003);
            reader.take(&Step::Seen(period, period * 200))?;
            reader.missed = 0;
            reader.take(&Step::Seen(period, period * 200))?;
            prop_assert_eq!(reader.missed, 0, "{:?}", reader.rhythm);
        }
    }

    #[test]
    fn a_reader_that_was_stopped_in_a_pause_goes_on_as_before() {
        let period = micros(3003.0);
        for packets in 1..=130 {
            let mut reader = Reader::new(micros(60.0));
            for step in [Step::Seen(period, period * packets), Step::Unseen(Duration::MAX, Duration::from_secs(3600))] {
                reader.take(&step).unwrap();
            }
            reader.missed = 0;
            reader.take(&Step::Seen(period, period * 200)).unwrap();
            // The second one may come before anybody knows that there was a first.
            assert!(reader.missed <= 1, "{} after {packets} packets", reader.missed);
        }
    }
}
