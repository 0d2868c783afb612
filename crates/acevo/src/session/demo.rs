//! The embedded simulator: a game in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Frame, LocalPages, PageKind, Publisher};
use acevo_simulator::{Options, Simulator};

use crate::session::Opener;
use crate::session::pace::Pace;

/// Physics steps of half a minute, after which tyres are warm and a lap has begun.
const HALF_A_MINUTE: u32 = 333 * 30;

/// A simulation that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Demo {
    pages: LocalPages,
    pace: Pace,
    stop: Arc<AtomicBool>,
}

impl Demo {
    pub(crate) fn start(options: Options, speed: f64) -> Self {
        let mut simulator = Simulator::new(options);
        let pages = LocalPages::new();
        let stop = Arc::new(AtomicBool::new(false));
        let mut publisher = Publisher::local(&pages);
        // Publishing to pages in this process cannot fail.
        let _ = begin(&mut simulator, &mut publisher);
        let stopped = Arc::clone(&stop);
        let pace = Pace::default();
        let mut timing = Timing { pace: pace.clone(), waits: speed > 1.0, counters: [0; 2] };
        // The thread is detached, because a slow simulation may sleep for seconds.
        thread::spawn(move || {
            let keep_going = |simulator: &Simulator| {
                timing.published(simulator);
                !stopped.load(Ordering::Relaxed)
            };
            let _ = acevo_simulator::run(&mut simulator, &mut publisher, speed, keep_going);
        });
        Self { pages, pace, stop }
    }

    /// Attaches to the simulation.
    pub(crate) fn open(&self) -> Opener {
        self.pace.open(&self.pages)
    }

    /// The clock of the simulation.
    pub(crate) fn pace(&self) -> Pace {
        self.pace.clone()
    }
}

/// Passes the published packets on to the pace.
struct Timing {
    pace: Pace,
    /// The simulation waits for its reader, because it runs faster than real time.
    waits: bool,
    /// The latest counters of physics and graphics.
    counters: [i32; 2],
}

impl Timing {
    /// Called after the pages of a step were published.
    fn published(&mut self, simulator: &Simulator) {
        let now = [simulator.physics().packetId, simulator.graphics().packetId];
        let before = std::mem::replace(&mut self.counters, now);
        for (page, index) in [(PageKind::Physics, 0), (PageKind::Graphics, 1)] {
            if now[index] != before[index] {
                self.pace.publishing(page, now[index], simulator.time());
            }
        }
        if self.waits && now[1] != before[1] {
            self.pace.wait_for_reader(now[1]);
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Runs a simulation to its first frame and publishes that, so that readers never see blank pages.
pub(crate) fn begin(simulator: &mut Simulator, publisher: &mut Publisher) -> Result<(), Error> {
    while simulator.graphics().packetId == 0 && !simulator.is_finished() {
        simulator.step();
    }
    publisher.publish_static(simulator.static_data())?;
    publisher.publish_physics(simulator.physics())?;
    publisher.publish_graphics(simulator.graphics())
}

/// Publishes a frame to pages in this process that never change.
pub(crate) fn still(frame: &Frame) -> Result<ACEvoSharedMemoryMapper, Error> {
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    publisher.publish_physics(frame.physics.raw())?;
    publisher.publish_graphics(frame.graphics.raw())?;
    publisher.publish_static(frame.static_data.raw())?;
    ACEvoSharedMemoryMapper::open_source(pages)
}

/// The frame after half a minute, computed at once.
pub(crate) fn frame(options: Options) -> Frame {
    watched_frame(options, |_| {})
}

/// The frame after half a minute, computed at once. `on_step` is called after each step.
pub(crate) fn watched_frame(options: Options, mut on_step: impl FnMut(&Simulator)) -> Frame {
    let mut simulator = Simulator::new(options);
    for _ in 0..HALF_A_MINUTE {
        simulator.step();
        on_step(&simulator);
    }
    simulator.frame()
}

/// Runs a simulation at once, until it ends or for at most one and a half hours, and passes each frame on.
pub(crate) fn drive(options: Options, mut take: impl FnMut(Duration, &Frame)) {
    drive_while(options, |at, frame| {
        take(at, frame);
        true
    });
}

/// Like [`drive`], but also ends when `take` returns false.
pub(crate) fn drive_while(options: Options, mut take: impl FnMut(Duration, &Frame) -> bool) {
    let mut simulator = Simulator::new(options);
    for _ in 0..HALF_A_MINUTE * 180 {
        if simulator.is_finished() {
            return;
        }
        simulator.step();
        if !take(simulator.time(), &simulator.frame()) {
            return;
        }
    }
}
