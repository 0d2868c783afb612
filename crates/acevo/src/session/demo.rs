//! The embedded simulator: a game that runs in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use acevo_recording::Lockstep;
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Frame, LocalPages, PageKind, Publisher};
use acevo_simulator::{Options, Simulator};

use crate::session::Opener;

/// Physics steps of half a minute: tyres are warm, a lap has begun.
const HALF_A_MINUTE: u32 = 333 * 30;

/// A simulation that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Demo {
    pages: LocalPages,
    lockstep: Lockstep,
    stop: Arc<AtomicBool>,
}

impl Demo {
    pub(crate) fn start(options: Options, speed: f64) -> Self {
        let mut simulator = Simulator::new(options);
        let pages = LocalPages::new();
        let stop = Arc::new(AtomicBool::new(false));
        let mut publisher = Publisher::local(&pages);
        // In-process pages cannot fail.
        let _ = begin(&mut simulator, &mut publisher);
        let stopped = Arc::clone(&stop);
        let lockstep = Lockstep::default();
        let mut timing = Timing { lockstep: lockstep.clone(), waits: speed > 1.0, counters: [0; 2] };
        // Nobody waits for this thread: a slow simulation may sleep for seconds.
        thread::spawn(move || {
            if !timing.lockstep.wait_for_attachment() {
                return;
            }
            let keep_going = |simulator: &Simulator| {
                timing.published(simulator);
                !stopped.load(Ordering::Relaxed)
            };
            let _ = acevo_simulator::run(&mut simulator, &mut publisher, speed, keep_going);
        });
        Self { pages, lockstep, stop }
    }

    /// How to attach to it.
    pub(crate) fn open(&self) -> Opener {
        self.lockstep.opener(&self.pages)
    }

    /// Knows the time of each packet.
    pub(crate) fn lockstep(&self) -> Lockstep {
        self.lockstep.clone()
    }
}

/// Notes what the simulation has published.
struct Timing {
    lockstep: Lockstep,
    /// Faster than real time the simulation waits for its reader.
    waits: bool,
    /// Of physics and graphics, as published last.
    counters: [i32; 2],
}

impl Timing {
    /// The pages of the last step are published.
    fn published(&mut self, simulator: &Simulator) {
        let now = [simulator.physics().packetId, simulator.graphics().packetId];
        let before = std::mem::replace(&mut self.counters, now);
        for (page, index) in [(PageKind::Physics, 0), (PageKind::Graphics, 1)] {
            if now[index] != before[index] {
                self.lockstep.publishing(page, now[index], simulator.time());
            }
        }
        if self.waits && now[1] != before[1] {
            self.lockstep.wait_for_reader(now[1]);
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.lockstep.close();
    }
}

/// Brings a simulation to its first frame and publishes it: nobody has to see a page that nothing was written to.
pub(crate) fn begin(simulator: &mut Simulator, publisher: &mut Publisher) -> Result<(), Error> {
    while simulator.graphics().packetId == 0 && !simulator.is_finished() {
        simulator.step();
    }
    publisher.publish_static(simulator.static_data())?;
    publisher.publish_physics(simulator.physics())?;
    publisher.publish_graphics(simulator.graphics())
}

/// Pages in this process that stay as they were captured.
pub(crate) fn still(frame: &Frame) -> Result<ACEvoSharedMemoryMapper, Error> {
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    publisher.publish_physics(frame.physics.raw())?;
    publisher.publish_graphics(frame.graphics.raw())?;
    publisher.publish_static(frame.static_data.raw())?;
    ACEvoSharedMemoryMapper::open_source(pages)
}

/// The pages after half a minute, without waiting for it.
pub(crate) fn frame(options: Options) -> Frame {
    watched_frame(options, |_| {})
}

/// The same, with somebody who watches every step.
pub(crate) fn watched_frame(options: Options, mut watch: impl FnMut(&Simulator)) -> Frame {
    let mut simulator = Simulator::new(options);
    for _ in 0..HALF_A_MINUTE {
        simulator.step();
        watch(&simulator);
    }
    simulator.frame()
}

/// Everything that happens in a simulation, without waiting for it: until it ends, or an hour and a half are over.
pub(crate) fn drive(options: Options, mut take: impl FnMut(Duration, &Frame)) {
    drive_while(options, |at, frame| {
        take(at, frame);
        true
    });
}

/// The same, as long as the one who takes it wants more.
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
