//! Tests of the poll schedule with a virtual clock.

use proptest::prelude::*;

use super::*;

/// The result of reading packets that were written at given times, with a virtual clock.
#[derive(Debug)]
struct Outcome {
    seen: usize,
    missed: usize,
    wakes: usize,
    /// Time spent polling without a break.
    spun: Duration,
    /// Delay of each packet, sorted.
    late: Vec<Duration>,
    estimates: Vec<Duration>,
}

impl Outcome {
    fn late(&self, share: f64) -> u128 {
        self.late[((self.late.len() - 1) as f64 * share) as usize].as_micros()
    }

    fn wakes_per_packet(&self) -> f64 {
        self.wakes as f64 / self.seen as f64
    }

    fn spun_per_packet(&self) -> u128 {
        self.spun.as_micros() / self.seen as u128
    }
}

/// Pseudo-random numbers from 0 to 1.
fn noise(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as f64 / (1_u64 << 31) as f64
}

/// Time that a poll takes.
const POLL: Duration = Duration::from_nanos(500);

/// Polls as the schedule says. Each sleep takes 40 to 90 µs longer than requested.
fn read(written: &[Duration]) -> Outcome {
    read_with(Precision::DEFAULT, written)
}

fn read_with(precision: Precision, written: &[Duration]) -> Outcome {
    let start = Instant::now();
    let (mut schedule, mut now, mut seed) = (PollSchedule::new(precision), start, 1);
    let mut outcome = Outcome { seen: 0, missed: 0, wakes: 0, spun: Duration::ZERO, late: vec![], estimates: vec![] };
    let mut last = 0;
    while last < written.len() {
        let (previous, planned) = (now, schedule.next_poll(now));
        if planned <= now {
            now += POLL;
            outcome.spun += POLL;
        } else {
            let oversleep = Duration::from_nanos(40_000 + (noise(&mut seed) * 50_000.0) as u64);
            now = planned + oversleep;
            outcome.wakes += 1;
        }
        let id = written.partition_point(|time| start + *time <= now);
        if id == last {
            schedule.on_no_packet(now);
            continue;
        }
        let estimate = schedule.on_packet(Sighting { at: now, previous, planned, steps: (id - last) as u32 });
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

/// Packets at a steady rate, each late by up to `jitter` µs.
fn steady(packets: usize, period: f64, jitter: f64) -> Vec<Duration> {
    let mut seed = 7;
    (0..packets).map(|id| micros(5000.0 + id as f64 * period + noise(&mut seed) * jitter)).collect()
}

#[test]
fn schedule_finds_steady_packets_early_with_few_polls() {
    // Physics without and with jitter, faster physics, and frames at 60 Hz.
    for (period, jitter) in [(3003.0, 0.0), (3003.0, 100.0), (3003.0, 400.0), (1500.0, 50.0), (16_667.0, 200.0)] {
        let outcome = read(&steady(20_000, period, jitter));
        assert_eq!((outcome.seen, outcome.missed), (20_000, 0));
        assert!(outcome.late(0.5) < 60 + jitter as u128 / 2, "{period} ± {jitter}: {} µs", outcome.late(0.5));
        assert!(outcome.wakes_per_packet() < 1.5, "{period} ± {jitter}: {}", outcome.wakes_per_packet());
        assert!(outcome.spun_per_packet() < 40, "{period} ± {jitter}: {} µs", outcome.spun_per_packet());
    }
}

#[test]
fn schedule_of_low_latency_sees_nearly_all_packets_at_once() {
    for jitter in [0.0, 100.0] {
        let outcome = read_with(Precision::LOW_LATENCY, &steady(20_000, 3003.0, jitter));
        assert_eq!((outcome.seen, outcome.missed), (20_000, 0));
        assert!(outcome.late(0.9) < 5, "± {jitter}: {} µs", outcome.late(0.9));
        assert!(outcome.spun_per_packet() < 150, "± {jitter}: {} µs", outcome.spun_per_packet());
    }
}

#[test]
fn schedule_misses_no_irregular_frames() {
    let outcome = read(&steady(20_000, 4167.0, 900.0));
    assert!(outcome.missed == 0 && outcome.late(0.5) < 400, "{} µs", outcome.late(0.5));
}

#[test]
fn schedule_polls_more_often_once_it_knows_of_bursts() {
    // Five steps of physics in each frame of 15 ms, 400 µs apart.
    let at = |id: u32| 5000.0 + f64::from(id / 5) * 15_000.0 + f64::from(id % 5) * 400.0;
    let outcome = read(&(0..20_000).map(|id| micros(at(id))).collect::<Vec<_>>());
    assert!(outcome.missed < 50 && outcome.late(0.5) < 200, "{} missed", outcome.missed);
}

#[test]
fn schedule_misses_nothing_after_a_pause() {
    let pause = |id: usize| Duration::from_millis(3500) * (id / 1000) as u32;
    let written: Vec<_> =
        steady(20_000, 3003.0, 50.0).into_iter().enumerate().map(|(id, time)| time + pause(id)).collect();
    let outcome = read(&written);
    assert!(outcome.missed == 0 && outcome.late(0.5) < 170, "{} missed", outcome.missed);
    // While the counter is stopped, there are 500 polls per second.
    assert!(outcome.wakes < 20_000 * 14 / 10 + 19 * 3500 / 2, "{} sleeps", outcome.wakes);
}

#[test]
fn schedule_adapts_to_another_rate() {
    let mut written = steady(5000, 3003.0, 50.0);
    for period in [1501.0, 6006.0] {
        let before = written[written.len() - 1];
        written.extend(steady(5000, period, 50.0).into_iter().map(|time| time + before));
    }
    let outcome = read(&written);
    assert!(outcome.missed < 10 && outcome.late(0.5) < 170, "{} missed", outcome.missed);
}

#[test]
fn on_packet_estimates_the_delay() {
    let outcome = read(&steady(20_000, 3003.0, 100.0));
    for share in [0.5, 0.99] {
        let estimate = outcome.estimates[(outcome.estimates.len() as f64 * share) as usize].as_micros();
        assert!(estimate.abs_diff(outcome.late(share)) < 150, "{estimate} and {} µs", outcome.late(share));
    }
}

/// An event in the life of a reader.
#[derive(Debug, Clone)]
enum Step {
    /// Packets with this period for this long, polled as the schedule says.
    Seen(Duration, Duration),
    /// The same without polls: the machine sleeps, or the program is busy.
    Unseen(Duration, Duration),
    /// The counter jumps.
    Jump(u32),
    /// The counter goes back.
    Restart,
}

/// From a microsecond to hours, uniform in the logarithm.
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

/// A reader with a virtual clock.
struct Reader {
    schedule: PollSchedule,
    now: Instant,
    previous: Instant,
    planned: Instant,
    next_packet: Instant,
    unseen: u64,
    missed: u64,
    oversleep: Duration,
    /// Time of polls without a break.
    spun: Duration,
}

impl Reader {
    fn new(oversleep: Duration) -> Self {
        let now = Instant::now();
        Self {
            schedule: PollSchedule::new(Precision::DEFAULT),
            now,
            previous: now,
            planned: now,
            next_packet: now,
            unseen: 0,
            missed: 0,
            oversleep,
            spun: Duration::ZERO,
        }
    }

    /// Writes what is due, and polls.
    fn poll(&mut self, period: Duration) -> Result<(), TestCaseError> {
        let now = self.now;
        if self.next_packet <= now {
            let count = (now - self.next_packet).as_nanos() / period.as_nanos() + 1;
            self.unseen += count as u64;
            self.next_packet += Duration::from_nanos((period.as_nanos() * count) as u64);
        }
        match u32::try_from(self.unseen).unwrap_or(u32::MAX) {
            0 => self.schedule.on_no_packet(now),
            steps => {
                let (previous, planned) = (self.previous, self.planned);
                let _ = self.schedule.on_packet(Sighting { at: now, previous, planned, steps });
                self.missed += u64::from(steps) - 1;
            }
        }
        (self.unseen, self.previous, self.planned) = (0, now, self.schedule.next_poll(now));
        prop_assert!(self.planned >= now, "plans for the past: {:?}", self.schedule);
        self.spun = if self.planned > now { Duration::ZERO } else { self.spun + POLL * 10 };
        prop_assert!(self.spun <= Precision::DEFAULT.spin + POLL * 20, "never sleeps: {:?}", self.schedule);
        prop_assert!(self.planned - now <= MAX_SLEEP, "sleeps too long: {:?}", self.schedule);
        Ok(())
    }

    /// Goes on with the packets for this long.
    fn go_on(&mut self, period: Duration, time: Duration) -> Result<(), TestCaseError> {
        let end = self.now + time;
        for _ in 0..4000 {
            self.now = if self.planned > self.now { self.planned + self.oversleep } else { self.now + POLL * 10 };
            self.poll(period)?;
            if self.now >= end {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Seen(period, time) => {
                self.next_packet = self.now;
                self.go_on(period, time)?;
            }
            Step::Unseen(period, time) => {
                self.next_packet = self.now;
                self.now += time;
                self.poll(period)?;
            }
            Step::Jump(by) => self.unseen += u64::from(by),
            Step::Restart => self.schedule.reset(),
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]
    #[test]
    #[cfg_attr(miri, ignore = "too slow, and there is nothing unsafe")]
    fn schedule_recovers_from_any_history(
        steps in prop::collection::vec(steps(), 1..20), oversleep in 0_u64..90_000,
    ) {
        let mut reader = Reader::new(Duration::from_nanos(oversleep));
        for step in &steps {
            reader.take(step)?;
        }
        let period = Duration::from_micros(3003);
        reader.take(&Step::Seen(period, period * 200))?;
        reader.missed = 0;
        reader.go_on(period, period * 200)?;
        prop_assert_eq!(reader.missed, 0, "{:?}", reader.schedule);
    }
}

#[test]
fn schedule_recovers_from_a_stall_during_a_pause() {
    let period = micros(3003.0);
    for packets in 1..=130 {
        let mut reader = Reader::new(micros(60.0));
        for step in [Step::Seen(period, period * packets), Step::Unseen(Duration::MAX, Duration::from_secs(3600))] {
            reader.take(&step).unwrap();
        }
        reader.missed = 0;
        reader.take(&Step::Seen(period, period * 200)).unwrap();
        // The second packet may come before the first one has been found.
        assert!(reader.missed <= 1, "{} after {packets} packets", reader.missed);
    }
}
