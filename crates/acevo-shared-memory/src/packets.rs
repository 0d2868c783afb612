//! Waiting for the next packet, and counting what was missed.

mod rhythm;
mod stats;

use std::borrow::Borrow;
use std::hint::spin_loop;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::mapper::ACEvoSharedMemoryMapper;
use crate::page::{Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics};
use crate::source::sleep;
use crate::validity::PhysicsValidity;
use crate::view::View;

use self::rhythm::{Found, Rhythm};
pub use self::stats::{Distribution, PageStats, Stats};

/// When to look for the next packet. The measurements behind the default are in `docs/benchmarks.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Polling {
    /// Learns the rhythm of both pages, sleeps until shortly after the next packet is due, and looks more often only while one
    /// is late, the rate is not known yet, or packets come in bursts. Looks every 2 ms while nothing moves.
    #[default]
    Rhythm,
    /// Looks at a fixed rate. Systems sleep some 60 µs longer than they are asked to.
    Every(Duration),
    /// Looks all the time and never sleeps: the least latency, for a whole core.
    Spin,
}

/// Steps of a counter that are believed to be packets, at once and for each tenth of a second between two looks: a simulation
/// three hundred times as fast as the game.
const LARGEST_LEAP: u128 = 10_000;

/// What a sleep may take longer than it should.
const OVERSLEPT: Duration = Duration::from_millis(1);

/// A period that nobody lives to see the end of, which can still be added to any instant.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Waking up costs more than a look: both pages may wait this long for each other.
const SAME_LOOK: Duration = Duration::from_micros(150);

/// The packets of the game, each once, as they come: a blocking iterator, with [`wait`](Self::wait) where there is a limit to
/// one's patience.
///
/// Only packets that come after this was made are handed out; ask the mapper for the pages as they are. Both pages are
/// looked after: physics, and graphics, which has its own counter and its own misses. Nothing is allocated while waiting.
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
    /// The last look, and when it was meant to be; when to look next.
    looked: Instant,
    next: Instant,
    has_ended: bool,
}

/// News of the game: a packet of physics, of graphics, or both.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Packet {
    /// When it was seen. It was written at most [`uncertainty`](Self::uncertainty) before that.
    pub seen: Instant,
    /// Time from the look before, after which nothing of this was there, to [`seen`](Self::seen).
    pub uncertainty: Duration,
    /// The new packet of physics. There is none if only graphics has changed.
    pub physics: Option<Arrival<SPageFilePhysics>>,
    /// The new packet of graphics.
    pub graphics: Option<Arrival<SPageFileGraphicEvo>>,
    /// Whether the newest physics page, of this packet or an earlier one, describes the car now. During a pause physics packets come,
    /// twice as many as usual, but they are zero.
    pub validity: PhysicsValidity,
}

/// A page that has just come.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Arrival<T> {
    /// The page. [`is_settled`](View::is_settled) tells whether it was seen to stand still.
    pub view: View<'static, T>,
    /// Packets that came and went unseen since the one before, by the page's counter.
    pub missed: u32,
    /// Steps of the counter since the one before that held no data of the car: the game leaps over some 670 at the beginning and at the
    /// end of a pause, and counts zero pages in between.
    pub skipped: u32,
    /// The counter has gone back, or leapt further than any game can count: another session, or another game. Nothing can be
    /// said of what was missed.
    pub restarted: bool,
}

/// The counter of one page.
#[derive(Debug, Clone)]
struct Counter {
    /// `None` where it could not be read yet.
    last: Option<i32>,
    rhythm: Rhythm,
    /// Around a pause the counter stands, leaps and runs at twice the rate. That says nothing about the rhythm of true packets, and nothing
    /// is lost by looking as often as for those.
    is_suspended: bool,
    /// Steps without data that the game had counted at the last packet.
    skipped: u64,
}

impl ACEvoSharedMemoryMapper {
    /// The packets that come from now on. The mapper can be used beside it.
    pub fn packets(&self) -> Packets<&Self> {
        Packets::new(self)
    }

    /// As [`packets`](Self::packets), for keeps: the mapper is inside.
    pub fn into_packets(self) -> Packets<Self> {
        Packets::new(self)
    }
}

impl<M: Borrow<ACEvoSharedMemoryMapper>> Packets<M> {
    fn new(mapper: M) -> Self {
        let counter = |page| {
            // Where the game is gone the first look says so.
            Counter {
                last: mapper.borrow().packet_id(page).ok(),
                rhythm: Rhythm::new(),
                is_suspended: false,
                skipped: mapper.borrow().tracker().skipped(),
            }
        };
        let (physics, graphics) = (counter(PageKind::Physics), counter(PageKind::Graphics));
        // Its status says from the first packet on whether physics is current. If the game has gone, the first poll says so.
        drop(mapper.borrow().capture::<SPageFileGraphicEvo>());
        let now = Instant::now();
        Self {
            mapper,
            polling: Polling::default(),
            physics,
            graphics,
            stats: Stats::default(),
            looked: now,
            next: now,
            has_ended: false,
        }
    }

    /// Waits in another way than the default one.
    #[must_use]
    pub fn with_polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Waits for the next packet, at most for `timeout`. `None` where none has come in that time.
    ///
    /// # Errors
    /// [`Error::Gone`] where the game has ended, or what the system says; at once, and so is the next call.
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
            if self.polling == Polling::Spin {
                spin_loop();
            }
        }
    }

    /// Looks once, now, without waiting. For a loop of one's own, such as a game's; [`next_look`](Self::next_look) tells when
    /// it is worth while.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn poll(&mut self) -> Result<Option<Packet>, Error> {
        let mapper = self.mapper.borrow();
        let (before, planned) = (self.looked, self.next);
        self.physics.suspend(mapper.physics_validity());
        let id = mapper.packet_id(PageKind::Physics)?;
        let seen = Instant::now();
        let found = |at| Found { at, before, planned, steps: 1 };
        let physics = self.physics.take(id, mapper, found(seen), &mut self.stats.physics)?;
        // What was done for physics takes time.
        let at = if physics.is_some() { Instant::now() } else { seen };
        let graphics = match mapper
            .packet_id(PageKind::Graphics)
            .and_then(|id| self.graphics.take(id, mapper, found(at), &mut self.stats.graphics))
        {
            // What has come is handed out first; the next look tells.
            Err(_) if physics.is_some() => None,
            graphics => graphics?,
        };
        if physics.is_none() && graphics.is_some() && mapper.tracker().stands() {
            // The page may change without its counter.
            drop(mapper.capture::<SPageFilePhysics>()?);
        }
        self.stats.looks += 1;
        self.looked = seen;
        // From the end of this look on: where looks are slow there is to be some sleep between them.
        self.next = self.after(Instant::now());
        Ok((physics.is_some() || graphics.is_some()).then(|| Packet {
            seen,
            uncertainty: seen.saturating_duration_since(before),
            physics,
            graphics,
            validity: mapper.physics_validity(),
        }))
    }

    /// When to look next.
    fn after(&self, now: Instant) -> Instant {
        match self.polling {
            Polling::Spin => now,
            Polling::Every(period) => now + period.min(FOR_EVER),
            Polling::Rhythm => {
                let physics = self.physics.next_look(now);
                // Physics comes often enough to find a frame that comes after a rest.
                if self.physics.rhythm.is_moving() && !self.graphics.rhythm.is_moving() {
                    return physics;
                }
                let graphics = self.graphics.next_look(now);
                let (first, second) = (physics.min(graphics), physics.max(graphics));
                // One look serves both where they are due nearly at once.
                if second - first < SAME_LOOK { second } else { first }
            }
        }
    }

    /// When the next look is worth while: what [`wait`](Self::wait) sleeps for.
    pub fn next_look(&self) -> Instant {
        self.next
    }

    /// Counts, rates and latencies since this was made. Cheap.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The mapper, back from [`into_packets`](ACEvoSharedMemoryMapper::into_packets).
    pub fn into_mapper(self) -> M {
        self.mapper
    }

    /// Where the packets come from.
    pub fn mapper(&self) -> &ACEvoSharedMemoryMapper {
        self.mapper.borrow()
    }
}

impl Counter {
    fn suspend(&mut self, validity: PhysicsValidity) {
        self.is_suspended = matches!(validity, PhysicsValidity::Paused | PhysicsValidity::Resuming);
    }

    fn next_look(&self, now: Instant) -> Instant {
        if self.is_suspended { now + self.rhythm.period() } else { self.rhythm.next_look(now) }
    }

    /// Captures the page where its counter, `id`, is new.
    fn take<T: Page>(
        &mut self,
        id: i32,
        mapper: &ACEvoSharedMemoryMapper,
        found: Found,
        stats: &mut PageStats,
    ) -> Result<Option<Arrival<T>>, Error> {
        if self.last == Some(id) {
            if !self.is_suspended {
                self.rhythm.nothing(found.at);
            }
            return Ok(None);
        }
        let view = View::<T>::detached(&*mapper.capture()?);
        // By now it may be the next one.
        let id = view.raw().as_bytes().first_chunk().copied().map_or(id, i32::from_le_bytes);
        let steps = id.wrapping_sub(self.last.unwrap_or(id.wrapping_sub(1)));
        if steps == 0 {
            return Ok(None);
        }
        self.last = Some(id);
        let possible = LARGEST_LEAP + found.at.saturating_duration_since(found.before).as_millis() / 100 * LARGEST_LEAP;
        let restarted = u128::try_from(steps).map_or(true, |steps| steps > possible);
        if restarted {
            self.rhythm.reset();
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
            && let Some(late) = self.rhythm.found(Found { steps, ..found })
        {
            stats.latency.note(late + found.at.elapsed());
        }
        let arrival = Arrival { view, missed: steps - 1, skipped, restarted };
        stats.note(found.at, &arrival, !self.is_suspended);
        Ok(Some(arrival))
    }
}

impl<M: Borrow<ACEvoSharedMemoryMapper>> Iterator for Packets<M> {
    type Item = Result<Packet, Error>;

    /// Waits for the next packet, as long as it takes. After an error there are no more.
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
mod tests {
    use super::*;
    use crate::ACEvoStatus;
    use crate::publish::Publisher;
    use crate::source::LocalPages;

    /// Between two physics steps.
    const PERIOD: Duration = Duration::from_micros(3003);
    /// Between two frames.
    const FRAME: Duration = Duration::from_micros(11_500);
    const SECOND: Duration = Duration::from_secs(1);

    /// A game and the physics counter of its reader, on a clock that is set by hand.
    struct Game {
        publisher: Publisher,
        mapper: ACEvoSharedMemoryMapper,
        counter: Counter,
        stats: PageStats,
        physics: SPageFilePhysics,
        graphics: SPageFileGraphicEvo,
        now: Instant,
        before: Instant,
        planned: Instant,
        next_step: Instant,
        next_frame: Instant,
    }

    impl Game {
        fn new() -> Self {
            let pages = LocalPages::new();
            let mut publisher = Publisher::local(&pages);
            let mapper = ACEvoSharedMemoryMapper::open_source(pages).unwrap();
            let physics = driven(1000);
            publisher.publish_physics(&physics).unwrap();
            let counter = Counter { last: Some(1000), rhythm: Rhythm::new(), is_suspended: false, skipped: 0 };
            let now = Instant::now();
            Self {
                publisher,
                mapper,
                counter,
                stats: PageStats::default(),
                physics,
                graphics: SPageFileGraphicEvo::default(),
                now,
                before: now,
                planned: now,
                next_step: now,
                next_frame: now,
            }
        }

        /// Publishes and polls for a while: the counter moves by `steps` in each period, and the page shows this share of its values.
        /// Returns how often the reader has polled.
        fn run(&mut self, time: Duration, status: ACEvoStatus, steps: i32, share: f32) -> u32 {
            let end = self.now + time;
            let mut polls = 0;
            while self.now < end {
                self.now = self.planned + Duration::from_micros(60);
                while self.next_step <= self.now {
                    self.next_step += PERIOD;
                    let id = self.physics.packetId + steps;
                    self.physics = faded(&driven(id), share);
                    self.publisher.publish_physics(&self.physics).unwrap();
                }
                while self.next_frame <= self.now {
                    self.next_frame += FRAME;
                    self.graphics.packetId += 1;
                    self.graphics.status = status.value();
                    self.publisher.publish_graphics(&self.graphics).unwrap();
                    self.mapper.graphics();
                }
                self.poll();
                polls += 1;
            }
            polls
        }

        /// What [`Packets::poll`] does for physics.
        fn poll(&mut self) {
            self.counter.suspend(self.mapper.physics_validity());
            let id = self.mapper.packet_id(PageKind::Physics).unwrap();
            let found = Found { at: self.now, before: self.before, planned: self.planned, steps: 1 };
            self.counter.take::<SPageFilePhysics>(id, &self.mapper, found, &mut self.stats).unwrap();
            (self.before, self.planned) = (self.now, self.counter.next_look(self.now));
        }
    }

    fn driven(id: i32) -> SPageFilePhysics {
        SPageFilePhysics {
            packetId: id,
            rpms: 7000,
            airTemp: 26.0,
            roadTemp: 30.0,
            airDensity: 1.2,
            brakeBias: 0.6,
            ..Default::default()
        }
    }

    fn faded(page: &SPageFilePhysics, share: f32) -> SPageFilePhysics {
        SPageFilePhysics {
            packetId: page.packetId,
            rpms: if share == 1.0 { page.rpms } else { 0 },
            airTemp: page.airTemp * share,
            roadTemp: page.roadTemp * share,
            airDensity: page.airDensity * share,
            brakeBias: page.brakeBias * share,
            ..Default::default()
        }
    }

    #[test]
    fn a_pause_changes_neither_the_rhythm_nor_the_number_of_polls() {
        let mut game = Game::new();
        game.run(2 * SECOND, ACEvoStatus::Live, 1, 1.0);
        let driving = game.run(SECOND, ACEvoStatus::Live, 1, 1.0);
        let period = game.counter.rhythm.period();
        assert!(period.abs_diff(PERIOD) < Duration::from_micros(30), "{period:?}");
        // The counter stands, leaps, and counts zero pages at twice the rate.
        let mut paused = vec![game.run(SECOND, ACEvoStatus::Pause, 0, 0.5)];
        game.physics.packetId += 670;
        paused.extend([(); 5].map(|()| game.run(SECOND, ACEvoStatus::Pause, 2, 0.0)));
        // Live again with a counter that stands for two seconds, and leaps.
        paused.extend([0.3, 0.6].map(|share| game.run(SECOND, ACEvoStatus::Live, 0, share)));
        assert_eq!(game.counter.rhythm.period(), period);
        game.physics.packetId += 669;
        let again = game.run(SECOND, ACEvoStatus::Live, 1, 1.0);
        assert!(game.counter.rhythm.period().abs_diff(period) < Duration::from_micros(30), "{:?}", game.counter.rhythm);
        assert!(paused.iter().all(|polls| *polls <= driving), "{driving} polls in a second, {paused:?} in the pause");
        assert!(again.abs_diff(driving) * 20 <= driving, "{driving} polls in a second, {again} after the pause");
        assert_eq!(game.stats.missed, 0);
    }
}
