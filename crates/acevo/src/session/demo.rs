//! The embedded simulator: a game in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use acevo_gamelog::Parser;
use acevo_recording::{Lockstep, Opener, SetOnDrop};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Frame, LocalPages, PageKind, Publisher};
use acevo_simulator::{Changed, Control, Options, Simulator};

use crate::session::game_log::{LogFeed, LogItem};

/// Events of the log that wait for their reader.
const MAX_LOG_ITEMS: usize = 10_000;

/// Physics steps of half a minute, after which tyres are warm and a lap has begun.
const HALF_A_MINUTE: u32 = 333 * 30;

/// A simulation that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Demo {
    pages: LocalPages,
    lockstep: Lockstep,
    stop: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    /// The game's log, until it is taken.
    log: Option<Receiver<LogItem>>,
}

impl Demo {
    /// Starts the simulation. It runs from the moment at which a reader attaches.
    pub(crate) fn start(mut options: Options, speed: f64) -> Self {
        options.log.get_or_insert_default();
        let mut simulator = Simulator::new(options);
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        // Publishing to pages in this process cannot fail.
        let _ = begin(&mut simulator, &mut publisher);
        let lockstep = Lockstep::default();
        let (stop, over) = (Arc::default(), Arc::default());
        let (log, items) = sync_channel(MAX_LOG_ITEMS);
        let timing = Timing {
            lockstep: lockstep.clone(),
            stop: Arc::clone(&stop),
            waits: waits(speed),
            frame: None,
            log,
            parser: Parser::new(),
        };
        let ended = SetOnDrop(Arc::clone(&over));
        // This thread is never joined: a slow simulation may sleep for seconds.
        thread::spawn(move || {
            let _ended = ended;
            if timing.lockstep.wait_for_attachment() {
                let _ = acevo_simulator::run_controlled(&mut simulator, &mut publisher, speed, timing);
            }
        });
        Self { pages, lockstep, stop, over, log: Some(items) }
    }

    /// Attaches to the simulation.
    pub(crate) fn open(&self) -> Opener {
        self.lockstep.opener(&self.pages)
    }

    /// The game's log. It can be taken once.
    pub(crate) fn take_log(&mut self) -> LogFeed {
        self.log.take().map_or(LogFeed::None, LogFeed::Demo)
    }

    /// Knows the time of each packet.
    pub(crate) fn lockstep(&self) -> Lockstep {
        self.lockstep.clone()
    }

    /// The time that the simulation has reached.
    pub(crate) fn time(&self) -> Duration {
        self.lockstep.now()
    }

    /// True once the last page of the simulation was published.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }
}

/// True if a simulation of this speed waits for its reader: it is faster than real time.
pub(crate) fn waits(speed: f64) -> bool {
    speed > 1.0
}

/// Notes what the simulation publishes, and when.
struct Timing {
    lockstep: Lockstep,
    stop: Arc<AtomicBool>,
    /// It waits for its reader.
    waits: bool,
    /// The counter of the frame that was published last, until it was waited for.
    frame: Option<i32>,
    log: SyncSender<LogItem>,
    parser: Parser,
}

impl Timing {
    /// Passes on what the simulation has written into its log. Without a reader, events are lost.
    fn pass_log(&mut self, simulator: &mut Simulator) {
        for line in simulator.take_log() {
            self.parser.feed(line.text.as_bytes());
            self.parser.feed(b"\n");
            while let Some(event) = self.parser.next_event() {
                let _ = self.log.try_send(LogItem { at: Some(line.at), event });
            }
        }
    }
}

impl Control for Timing {
    fn keep_going(&mut self, _: &Simulator) -> bool {
        if let Some(frame) = self.frame.take().filter(|_| self.waits) {
            self.lockstep.wait_for_reader(frame);
        }
        !self.stop.load(Ordering::Relaxed)
    }

    fn publishing(&mut self, simulator: &mut Simulator, changed: Changed) {
        self.pass_log(simulator);
        let (physics, graphics) = (simulator.physics().packetId, simulator.graphics().packetId);
        self.lockstep.reach(simulator.time());
        if changed.physics {
            self.lockstep.publishing(PageKind::Physics, physics, simulator.time());
        }
        if changed.graphics {
            self.lockstep.publishing(PageKind::Graphics, graphics, simulator.time());
            self.frame = Some(graphics);
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.lockstep.close();
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
