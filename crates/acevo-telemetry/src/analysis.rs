//! What the pages mean over time: laps that are right, and what happens in a session.
//!
//! [`Analysis`] is fed frames from any source, and does no input or output of its own: the same frames give the same laps. The pages
//! have traps (a lap counter that lags, a validity that belongs to the next lap, old times that stay); it knows them, and what
//! it tells is right or is not there.

mod bests;
mod driven;
mod event;
mod fuel;
mod gaps;
mod laps;
mod moment;
mod outline;
mod settings;
mod step;
mod stint;
mod summary;
mod trace;

use std::collections::VecDeque;
use std::time::Duration;

use acevo_shared_memory::Frame;

pub use bests::Bests;
pub use event::{SessionEvent, What};
pub use fuel::{Consumption, FuelNow, FuelPlan, Race, RaceEnd};
pub use gaps::{Gap, Gaps};
pub use laps::{CurrentLap, Figures, Incomplete, Invalid, Lap, LapKind, Validity};
pub use outline::{Bounds, Outline, PitLane, Projection, Road, Waypoint};
pub use settings::{BadSectors, Sectors, Settings};
pub use stint::{Stint, StintSample, Stints, WheelSample, WheelSummary};
pub use summary::Summary;
pub use trace::{NotATrace, Reference, Trace, TraceRecorder};

use laps::{Laps, News};
use moment::{Clock, Moment};

/// Laps that are kept. More than any session has.
const MOST_LAPS: usize = 5000;

/// Events that are kept until they are asked for.
const MOST_EVENTS: usize = 1000;

/// Follows a drive, frame by frame.
///
/// ```
/// use acevo_simulator::{Options, Scenario, Simulator};
/// use acevo_telemetry::analysis::{Analysis, Settings};
/// use acevo_telemetry::Frame;
/// # use acevo_telemetry::acevo_shared_memory::View;
///
/// let mut options = Options::default();
/// (options.scenario, options.laps) = (Scenario::HotLaps, Some(1));
/// let mut simulator = Simulator::new(options);
/// let mut analysis = Analysis::new(Settings::default());
/// while !simulator.is_finished() {
///     simulator.step();
///     let frame = Frame {
///         physics: View::from(*simulator.physics()),
///         graphics: View::from(*simulator.graphics()),
///         static_data: View::from(*simulator.static_data()),
///     };
///     analysis.feed(simulator.time(), &frame);
/// }
/// let lap = &analysis.laps()[0];
/// assert_eq!(lap.time_ms, Some(simulator.truth().laps[0].time_ms as u32));
/// ```
#[derive(Debug, Clone)]
pub struct Analysis {
    settings: Settings,
    clock: Clock,
    engine: Laps,
    laps: Vec<Lap>,
    bests: Bests,
    events: VecDeque<SessionEvent>,
    /// Driving so far, in seconds.
    driven_s: f64,
}

impl Analysis {
    /// Nothing is known yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            engine: Laps::new(settings.sectors.lines("", "")),
            settings,
            clock: Clock::default(),
            laps: Vec::new(),
            bests: Bests::default(),
            events: VecDeque::new(),
            driven_s: 0.0,
        }
    }

    /// Takes the newest pages, which were seen `at` this time on any clock that never goes back.
    ///
    /// Feed every packet of either page; the same one again does no harm, and neither do some that are missed. Of pages that were not
    /// settled nothing is believed.
    pub fn feed(&mut self, at: Duration, frame: &Frame) {
        let Some(moment) = self.clock.next(at, frame) else { return };
        self.driven_s = moment.time;
        if moment.graphics {
            self.follow_track(frame);
        }
        self.engine.feed(&moment, self.clock.step().seconds());
        while let Some(news) = self.engine.take_news() {
            self.take(news, at, &moment);
        }
    }

    /// The game has gone, or another one comes: whatever is fed next does not go on from what was before.
    pub fn interrupt(&mut self) {
        self.clock.interrupt();
        self.engine.interrupt(self.driven_s);
        while let Some(news) = self.engine.take_news() {
            if let News::Ended(lap) = news {
                self.keep(lap);
            }
        }
    }

    /// What has happened since it was asked last, oldest first. Those that nobody asks for are forgotten, oldest first, when there
    /// are many.
    pub fn next_event(&mut self) -> Option<SessionEvent> {
        self.events.pop_front()
    }

    /// All laps, those that were broken off included, in the order they ended.
    pub fn laps(&self) -> &[Lap] {
        &self.laps
    }

    /// The lap that is being driven.
    pub fn current_lap(&self) -> Option<CurrentLap> {
        self.engine.current()
    }

    /// The best of the running session.
    pub fn bests(&self) -> &Bests {
        &self.bests
    }

    /// The running session, from 1.
    pub fn session(&self) -> u32 {
        self.engine.session()
    }

    /// The running stint, from 1.
    pub fn stint(&self) -> u32 {
        self.engine.stint()
    }

    fn follow_track(&mut self, frame: &Frame) {
        let session = &frame.static_data;
        self.engine.set_lines(self.settings.sectors.lines(session.track(), session.track_configuration()));
    }

    fn take(&mut self, news: News, at: Duration, moment: &Moment<'_>) {
        match news {
            News::Session(_) => {
                self.bests = Bests::default();
                self.tell(at, moment, What::Session);
            }
            News::Stint(stint) => self.tell(at, moment, What::Stint { stint }),
            News::Begun(_) => self.tell(at, moment, What::LapBegun),
            News::Split { sector, split_ms, sector_ms, .. } => {
                let best = self.bests.sectors_ms.get(sector).copied().flatten();
                let is_best = sector_ms.is_some_and(|ms| best.is_some_and(|best| ms < best));
                self.tell(at, moment, What::Sector { sector: sector + 1, sector_ms, split_ms, is_best });
            }
            News::Invalidated { reason, .. } => self.tell(at, moment, What::Invalidated { reason }),
            News::Crossed(_) => {}
            News::Ended(lap) => self.end_lap(lap, at, moment),
        }
    }

    fn end_lap(&mut self, lap: Lap, at: Duration, moment: &Moment<'_>) {
        let bettered = if lap.session == self.session() { self.bests.take(&lap) } else { Default::default() };
        let time_ms = lap.time_ms;
        self.keep(lap.clone());
        self.tell(at, moment, What::Lap(lap));
        if let (Some(before_ms), Some(time_ms)) = (bettered.lap, time_ms) {
            self.tell(at, moment, What::SessionBest { time_ms, before_ms });
        }
    }

    fn keep(&mut self, lap: Lap) {
        if self.laps.len() >= MOST_LAPS {
            self.laps.remove(0);
        }
        self.laps.push(lap);
    }

    fn tell(&mut self, at: Duration, moment: &Moment<'_>, what: What) {
        if self.events.len() >= MOST_EVENTS {
            self.events.pop_front();
        }
        let lap = match &what {
            What::Lap(lap) => Some(lap.number),
            _ => self.engine.number(),
        };
        let place = Some(f64::from(moment.frame.graphics.raw().npos)).filter(|place| (-0.5..1.5).contains(place));
        let session = self.session();
        self.events.push_back(SessionEvent { at_s: at.as_secs_f64(), session, lap, place, what });
    }
}
