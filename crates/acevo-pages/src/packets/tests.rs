//! Tests of the packet counter around a pause, with a virtual clock.

use super::*;
use crate::ACEvoStatus;
use crate::publish::Publisher;
use crate::source::LocalPages;

/// Time between two physics steps.
const PERIOD: Duration = Duration::from_micros(3003);
/// Time between two frames.
const FRAME: Duration = Duration::from_micros(11_500);
const SECOND: Duration = Duration::from_secs(1);

/// A game and the physics counter of its reader, with a virtual clock.
struct Game {
    publisher: Publisher,
    mapper: ACEvoSharedMemoryMapper,
    counter: Counter,
    courtesy: Courtesy,
    stats: PageStats,
    physics: SPageFilePhysics,
    graphics: SPageFileGraphicEvo,
    now: Instant,
    previous: Instant,
    planned: Instant,
    next_step: Instant,
    next_frame: Instant,
}

impl Game {
    fn new() -> Self {
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        let mapper = ACEvoSharedMemoryMapper::open_source(pages).unwrap();
        let physics = physics_page(1000);
        publisher.publish_physics(&physics).unwrap();
        let counter = Counter {
            last: Some(1000),
            schedule: PollSchedule::new(Precision::DEFAULT),
            is_suspended: false,
            skipped: 0,
        };
        let now = Instant::now();
        Self {
            publisher,
            mapper,
            counter,
            courtesy: Courtesy::of(Polling::default(), now),
            stats: PageStats::default(),
            physics,
            graphics: SPageFileGraphicEvo::default(),
            now,
            previous: now,
            planned: now,
            next_step: now,
            next_frame: now,
        }
    }

    /// Publishes and polls for this time. The counter increases by `steps` in each period, and the page has this share of its values.
    /// Returns the number of sleeps.
    fn run(&mut self, time: Duration, status: ACEvoStatus, steps: i32, share: f32) -> u32 {
        let end = self.now + time;
        let mut sleeps = 0;
        while self.now < end {
            let does_sleep = self.planned > self.now;
            self.now = self.planned + Duration::from_micros(if does_sleep { 60 } else { 1 });
            sleeps += u32::from(does_sleep);
            while self.next_step <= self.now {
                self.next_step += PERIOD;
                let id = self.physics.packetId + steps;
                self.physics = faded(&physics_page(id), share);
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
        }
        sleeps
    }

    /// Polls physics, as [`Packets::poll`] does.
    fn poll(&mut self) {
        self.counter.suspend(self.mapper.physics_validity());
        let id = self.mapper.packet_id(PageKind::Physics).unwrap();
        let sighting = Sighting { at: self.now, previous: self.previous, planned: self.planned, steps: 1 };
        self.counter.take::<SPageFilePhysics>(id, &self.mapper, sighting, &mut self.courtesy, &mut self.stats).unwrap();
        (self.previous, self.planned) = (self.now, self.counter.next_poll(self.now));
    }
}

fn physics_page(id: i32) -> SPageFilePhysics {
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
fn pause_changes_neither_the_schedule_nor_the_number_of_sleeps() {
    let mut game = Game::new();
    game.run(2 * SECOND, ACEvoStatus::Live, 1, 1.0);
    let driving = game.run(SECOND, ACEvoStatus::Live, 1, 1.0);
    let period = game.counter.schedule.period();
    assert!(period.abs_diff(PERIOD) < Duration::from_micros(30), "{period:?}");
    // The counter stops, jumps, and counts zero pages at twice the rate.
    let mut paused = vec![game.run(SECOND, ACEvoStatus::Pause, 0, 0.5)];
    game.physics.packetId += 670;
    paused.extend([(); 5].map(|()| game.run(SECOND, ACEvoStatus::Pause, 2, 0.0)));
    // Live again: the counter stops for two seconds, then jumps.
    paused.extend([0.3, 0.6].map(|share| game.run(SECOND, ACEvoStatus::Live, 0, share)));
    assert_eq!(game.counter.schedule.period(), period);
    game.physics.packetId += 669;
    let again = game.run(SECOND, ACEvoStatus::Live, 1, 1.0);
    assert!(game.counter.schedule.period().abs_diff(period) < Duration::from_micros(30), "{:?}", game.counter.schedule);
    // Until the status shows the pause, the reader waits for a packet.
    paused[0] -= 100;
    assert!(paused.iter().all(|sleeps| *sleeps <= driving), "{driving} sleeps in a second, {paused:?} in the pause");
    assert!(again.abs_diff(driving) * 5 <= driving, "{driving} sleeps in a second, {again} after the pause");
    assert_eq!(game.stats.missed, 0);
}
