//! Waiting for packets, and counting missed ones.

mod courtesy;
mod histogram;
mod packet;
mod schedule;
mod stats;

use std::borrow::Borrow;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::mapper::ACEvoSharedMemoryMapper;
use crate::page::{Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics};
use crate::source::sleep;
use crate::validity::PhysicsValidity;
use crate::view::View;

use self::courtesy::Courtesy;
pub use self::histogram::Histogram;
pub use self::packet::{Arrival, Packet};
use self::schedule::{PollSchedule, Precision, Sighting};
pub use self::stats::{PageStats, Stats};

/// When to poll for the next packet. The measurements behind the default are in `docs/benchmarks.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Polling {
    /// Learns the packet rate of both pages, and sleeps until some 30 µs after the next packet is due. A poll that is too early waits for the
    /// packet without sleeping for up to 50 µs. Polls more often only while a packet is late, while the rate is unknown, or if packets come in
    /// bursts. Polls every 2 ms while no counter moves.
    #[default]
    Adaptive,
    /// As `Adaptive`, but wakes up before the packet and waits for it for up to 500 µs, so that hardly any packet waits for a sleep to end. This
    /// is for force feedback and other haptics, at two to three times the processor time. Reading while the game writes has a price: if an
    /// interrupt stops the game in the middle of a page for more than five microseconds, the page is torn and not marked. That
    /// happened to 4 of 20,000 packets on a virtual machine.
    LowLatency,
    /// Polls at a fixed interval. Operating systems sleep some 60 µs longer than requested.
    Every(Duration),
    /// Polls continuously and never sleeps: the lowest latency, at the cost of a whole core.
    Spin,
}

/// Plausibility limit for the steps of a counter between two polls; the same number is added for each tenth of a second between
/// them. It allows a simulation that is three hundred times as fast as the game. A larger jump is a restart.
const MAX_STEPS: u128 = 10_000;

/// A sleep that takes this much longer than requested is counted in [`Stats::overslept`].
const OVERSLEPT: Duration = Duration::from_millis(1);

/// A period long enough never to elapse, yet safe to add to an `Instant`.
const NEVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A blocking iterator over the game's packets, each once, as they arrive. [`wait`](Self::wait) is the same with a timeout.
///
/// Only packets that arrive after it was created are returned; the mapper returns the current pages. Both pages are polled:
/// physics, and graphics, which has its own counter and its own missed packets. Waiting does not allocate.
///
/// ```no_run
/// use acevo_shared_memory::ACEvoSharedMemoryMapper;
///
/// let mapper = ACEvoSharedMemoryMapper::open()?;
/// for packet in mapper.packets() {
///     let packet = packet?; // an error is the end of the game
///     if let Some(physics) = &packet.physics {
///         println!("{:5.1} km/h, {} missed", physics.view.raw().speedKmh, physics.missed);
///     }
///     if let Some(graphics) = &packet.graphics {
///         println!("lap {}", graphics.view.raw().total_lap_count + 1);
///     }
/// }
/// # Ok::<(), acevo_shared_memory::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Packets<M> {
    mapper: M,
    polling: Polling,
    physics: Counter,
    graphics: Counter,
    stats: Stats,
    /// Time of the last poll.
    polled: Instant,
    /// Time of the next poll.
    next: Instant,
    courtesy: Courtesy,
    has_ended: bool,
}

/// The state of one page's counter.
#[derive(Debug, Clone)]
struct Counter {
    /// The last value; `None` if it could not be read yet.
    last: Option<i32>,
    schedule: PollSchedule,
    /// True around a pause, when the counter stops, jumps and runs at twice the rate. Those packets do not change the schedule,
    /// because their rate is not that of true packets.
    is_suspended: bool,
    /// Total number of steps without data at the last packet.
    skipped: u64,
}

impl ACEvoSharedMemoryMapper {
    /// The packets that arrive from now on. The mapper can still be used.
    ///
    #[cfg_attr(feature = "publish", doc = "```")]
    #[cfg_attr(not(feature = "publish"), doc = "```ignore")]
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, Publisher, SPageFilePhysics};
    ///
    /// let pages = LocalPages::new();
    /// let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone())?;
    /// let mut publisher = Publisher::local(&pages);
    /// let mut packets = mapper.packets();
    /// for id in [1, 2, 5] {
    ///     publisher.publish_physics(&SPageFilePhysics { packetId: id, ..Default::default() })?;
    ///     let packet = packets.next().expect("the source never ends")?;
    ///     println!("packet {id}: {} missed", packet.physics.map_or(0, |physics| physics.missed));
    /// }
    /// assert_eq!((packets.stats().physics.distinct, packets.stats().physics.missed), (3, 2));
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    pub fn packets(&self) -> Packets<&Self> {
        Packets::new(self)
    }

    /// As [`packets`](Self::packets), but takes ownership of the mapper. [`Packets::into_mapper`] returns it.
    pub fn into_packets(self) -> Packets<Self> {
        Packets::new(self)
    }
}

impl<M: Borrow<ACEvoSharedMemoryMapper>> Packets<M> {
    fn new(mapper: M) -> Self {
        let counter = |page| {
            // If the game is gone, the first poll returns the error.
            Counter {
                last: mapper.borrow().packet_id(page).ok(),
                schedule: PollSchedule::new(Precision::DEFAULT),
                is_suspended: false,
                skipped: mapper.borrow().tracker().skipped(),
            }
        };
        let (physics, graphics) = (counter(PageKind::Physics), counter(PageKind::Graphics));
        // The status decides from the first packet on whether physics is current. If the game is gone, the first poll returns
        // the error.
        drop(mapper.borrow().capture::<SPageFileGraphicEvo>());
        let now = Instant::now();
        Self {
            mapper,
            polling: Polling::default(),
            physics,
            graphics,
            stats: Stats::default(),
            polled: now,
            next: now,
            courtesy: Courtesy::of(Polling::default(), now),
            has_ended: false,
        }
    }

    /// Sets when to poll.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, Polling};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open()?;
    /// let packets = mapper.packets().with_polling(Polling::Every(Duration::from_millis(16)));
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    #[must_use]
    pub fn with_polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self.courtesy = Courtesy::of(polling, self.polled);
        let precision = if polling == Polling::LowLatency { Precision::LOW_LATENCY } else { Precision::DEFAULT };
        for counter in [&mut self.physics, &mut self.graphics] {
            counter.schedule = PollSchedule::new(precision);
        }
        self
    }

    /// Waits for the next packet, at most for `timeout`. `None` if no packet has arrived in that time.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::new())?;
    /// assert!(mapper.packets().wait(Duration::from_millis(5))?.is_none());
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Gone`] if the game has ended, or the system's error. Both are returned at once, and again by the next call.
    pub fn wait(&mut self, timeout: Duration) -> Result<Option<Packet>, Error> {
        let mut now = Instant::now();
        let deadline = now.checked_add(timeout);
        loop {
            let until = deadline.map_or(self.next, |deadline| deadline.min(self.next));
            if let Some(early) = until.checked_duration_since(now).filter(|early| !early.is_zero()) {
                sleep(early);
                self.stats.overslept += u64::from(until.elapsed() > OVERSLEPT);
            }
            if let Some(packet) = self.poll()? {
                return Ok(Some(packet));
            }
            now = Instant::now();
            if deadline.is_some_and(|deadline| now >= deadline) {
                return Ok(None);
            }
            if self.next <= now {
                self.courtesy.give_way(now);
            }
        }
    }

    /// Polls once, without waiting. This is for loops that wait by themselves; [`next_poll`](Self::next_poll) returns when the next
    /// poll is useful.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::new())?;
    /// let mut packets = mapper.packets();
    /// assert!(packets.poll()?.is_none());
    /// println!("poll again at {:?}", packets.next_poll());
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn poll(&mut self) -> Result<Option<Packet>, Error> {
        let mapper = self.mapper.borrow();
        let (previous, planned) = (self.polled, self.next);
        self.physics.suspend(mapper.physics_validity());
        let id = mapper.packet_id(PageKind::Physics)?;
        let seen = Instant::now();
        let sighting = |at| Sighting { at, previous, planned, steps: 1 };
        let physics = self.physics.take(id, mapper, sighting(seen), &mut self.courtesy, &mut self.stats.physics)?;
        // Capturing physics has taken time.
        let at = if physics.is_some() { Instant::now() } else { seen };
        let graphics = match mapper
            .packet_id(PageKind::Graphics)
            .and_then(|id| self.graphics.take(id, mapper, sighting(at), &mut self.courtesy, &mut self.stats.graphics))
        {
            // The new physics page is returned first. The next poll returns the error.
            Err(_) if physics.is_some() => None,
            graphics => graphics?,
        };
        if physics.is_none() && graphics.is_some() && mapper.tracker().is_stopped() {
            // The physics page may change although its counter does not.
            drop(mapper.capture::<SPageFilePhysics>()?);
        }
        self.stats.polls += 1;
        self.polled = seen;
        // Counted from the end of this poll, so that there is some sleep between slow polls.
        self.next = self.poll_after(Instant::now());
        Ok((physics.is_some() || graphics.is_some()).then(|| Packet {
            seen,
            uncertainty: seen.saturating_duration_since(previous),
            physics,
            graphics,
            validity: mapper.physics_validity(),
        }))
    }

    /// Computes the time of the next poll.
    fn poll_after(&self, now: Instant) -> Instant {
        match self.polling {
            Polling::Spin => now,
            Polling::Every(period) => now + period.min(NEVER),
            Polling::Adaptive | Polling::LowLatency => {
                let physics = self.physics.next_poll(now);
                // While physics moves, it is polled often enough to find the first graphics page after a rest.
                if self.physics.schedule.is_moving() && !self.graphics.schedule.is_moving() {
                    return physics;
                }
                physics.min(self.graphics.next_poll(now))
            }
        }
    }

    /// When the next poll is useful. [`wait`](Self::wait) sleeps until then.
    pub fn next_poll(&self) -> Instant {
        self.next
    }

    /// Counts, rates and latencies since this iterator was created.
    ///
    /// ```no_run
    /// # let mapper = acevo_shared_memory::ACEvoSharedMemoryMapper::open()?;
    /// let mut packets = mapper.packets();
    /// for packet in packets.by_ref().take(1000) {
    ///     packet?;
    /// }
    /// let physics = &packets.stats().physics;
    /// println!("{} packets, {} missed, median latency {:?}", physics.distinct, physics.missed, physics.latency.percentile(0.5));
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Returns the mapper that was passed to [`into_packets`](ACEvoSharedMemoryMapper::into_packets).
    pub fn into_mapper(self) -> M {
        self.mapper
    }

    /// The mapper that the packets are read from.
    pub fn mapper(&self) -> &ACEvoSharedMemoryMapper {
        self.mapper.borrow()
    }
}

impl Counter {
    /// Suspends the schedule around a pause.
    fn suspend(&mut self, validity: PhysicsValidity) {
        self.is_suspended = matches!(validity, PhysicsValidity::Paused | PhysicsValidity::Resuming);
    }

    fn next_poll(&self, now: Instant) -> Instant {
        if self.is_suspended { now + self.schedule.period() } else { self.schedule.next_poll(now) }
    }

    /// Captures the page if its counter, `id`, has changed.
    fn take<T: Page>(
        &mut self,
        id: i32,
        mapper: &ACEvoSharedMemoryMapper,
        sighting: Sighting,
        courtesy: &mut Courtesy,
        stats: &mut PageStats,
    ) -> Result<Option<Arrival<T>>, Error> {
        if self.last == Some(id) {
            if !self.is_suspended {
                self.schedule.on_no_packet(sighting.at);
            }
            return Ok(None);
        }
        // The game may still write the page, or be interrupted in the middle of it.
        if self.schedule.is_fresh(sighting.at) {
            courtesy.let_finish();
        }
        let view = View::<T>::detached(&*mapper.capture()?);
        // The captured page may already be the next packet.
        let id = view.raw().as_bytes().first_chunk().copied().map_or(id, i32::from_le_bytes);
        let steps = id.wrapping_sub(self.last.unwrap_or(id.wrapping_sub(1)));
        if steps == 0 {
            return Ok(None);
        }
        self.last = Some(id);
        let elapsed = sighting.at.saturating_duration_since(sighting.previous);
        let max_steps = MAX_STEPS + elapsed.as_millis() / 100 * MAX_STEPS;
        let restarted = u128::try_from(steps).map_or(true, |steps| steps > max_steps);
        if restarted {
            self.schedule.reset();
        }
        let steps = if restarted { 1 } else { steps.unsigned_abs() };
        let skipped = if T::KIND == PageKind::Physics {
            let total = mapper.tracker().skipped();
            let since = total - std::mem::replace(&mut self.skipped, total);
            u32::try_from(since).unwrap_or(u32::MAX).min(steps - 1)
        } else {
            0
        };
        let steps = steps - skipped;
        if self.is_suspended && T::KIND == PageKind::Physics {
            self.is_suspended = !mapper.physics_validity().is_current();
        }
        if !self.is_suspended
            && let Some(late) = self.schedule.on_packet(Sighting { steps, ..sighting })
        {
            stats.latency.record(late + sighting.at.elapsed());
        }
        let arrival = Arrival { view, missed: steps - 1, skipped, restarted };
        stats.record(sighting.at, &arrival, !self.is_suspended);
        Ok(Some(arrival))
    }
}

impl<M: Borrow<ACEvoSharedMemoryMapper>> Iterator for Packets<M> {
    type Item = Result<Packet, Error>;

    /// Waits for the next packet without a timeout. Returns `None` after an error.
    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let next = self.wait(Duration::MAX).transpose();
        self.has_ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl<M: Borrow<ACEvoSharedMemoryMapper>> std::iter::FusedIterator for Packets<M> {}

#[cfg(all(test, feature = "publish"))]
mod tests;
