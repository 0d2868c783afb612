//! What there is to see: a thread follows the telemetry and analyses the drive, screens show what it has seen last.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use acevo_shared_memory::{ACEvoStatus, Frame as Pages};
use acevo_telemetry::analysis::{
    Analysis, Bests, CurrentLap, Delta, FuelPlan, Gap, Gaps, Lap, Outline, SessionEvent, Stint, Thresholds,
    watches_another_car,
};
use acevo_telemetry::{Axes, ConnectionEvent};

use crate::cli::{Analysing, Origin};
use crate::session::awake::Awake;
use crate::session::feeder::Feeder;
use crate::session::live::{Health, Link, Live};

pub(crate) use super::history::{GAP_S, History, SPAN, Sample};

/// Events that are kept to be shown.
const EVENTS: usize = 500;

/// The outline and the gaps to other cars change slowly enough for this.
const SLOWLY: Duration = Duration::from_millis(200);

/// Everything of one instant. What is long is shared, not copied.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) link: Link,
    /// The newest pages; `None` while there is nothing to believe.
    pub(crate) pages: Option<Pages>,
    pub(crate) health: Health,
    /// Where the telemetry comes from, for people.
    pub(crate) place: String,
    pub(crate) demo: bool,
    /// It is a recording.
    pub(crate) recording: bool,
    pub(crate) axes: Axes,
    /// Another car than the player's is watched: lap, delta, fuel plan and bests are empty, for they are the player's.
    pub(crate) watches: bool,
    /// The running session, from 1.
    pub(crate) session: u32,
    pub(crate) lap: Option<CurrentLap>,
    pub(crate) delta: Option<Delta>,
    pub(crate) fuel: Option<FuelPlan>,
    pub(crate) bests: Bests,
    /// Milliseconds of the personal best with this car on this track.
    pub(crate) personal_ms: Option<u32>,
    pub(crate) stint: Arc<Stint>,
    /// All laps since the program began, in the order in which they ended.
    pub(crate) laps: Arc<[Lap]>,
    /// What has happened, oldest first.
    pub(crate) events: Arc<VecDeque<SessionEvent>>,
    pub(crate) outline: Arc<Outline>,
    /// The others along the track, the one furthest ahead first.
    pub(crate) cars: Arc<[Gap]>,
    /// The last ten seconds, oldest first.
    pub(crate) history: Arc<[Sample]>,
    /// Where the car has been, X and Z in metres, until there is an outline.
    pub(crate) way: Arc<Vec<[f32; 2]>>,
}

/// Takes part in everything, not only in what is seen in the end.
pub(crate) trait Witness {
    /// Something has happened.
    fn told(&mut self, event: &SessionEvent);
    /// These are the newest pages, after they were analysed and all events with them were told.
    fn met(&mut self, pages: &Pages, analysis: &Analysis);
}

/// Nobody does.
impl Witness for () {
    fn told(&mut self, _: &SessionEvent) {}
    fn met(&mut self, _: &Pages, _: &Analysis) {}
}

/// Follows telemetry, and knows what there is to see.
pub(crate) struct Cockpit {
    live: Live,
    feeder: Feeder,
    demo: bool,
    recording: bool,
    gaps: Gaps,
    /// What has happened since it was looked at last.
    news: Vec<SessionEvent>,
    looked: Option<Instant>,
    stint: Arc<Stint>,
    laps: Arc<[Lap]>,
    events: Arc<VecDeque<SessionEvent>>,
    outline: Arc<Outline>,
    cars: Arc<[Gap]>,
    history: History,
    /// The car that is shown.
    focused: (u64, u64),
    begin: Instant,
    awake: Awake,
}

impl Cockpit {
    /// Nothing is seen yet.
    pub(crate) fn new(live: Live, origin: &Origin, analysing: &Analysing) -> Self {
        let demo = origin.demo.demo;
        Self {
            live,
            feeder: Feeder::new(analysing, Thresholds::default(), origin),
            demo,
            recording: origin.from.is_some(),
            gaps: Gaps::default(),
            news: Vec::new(),
            looked: None,
            stint: Arc::default(),
            laps: Arc::default(),
            events: Arc::default(),
            outline: Arc::default(),
            cars: Arc::default(),
            history: History::default(),
            focused: (0, 0),
            begin: Instant::now(),
            awake: Awake::default(),
        }
    }

    /// Takes what comes, until then.
    pub(crate) fn follow(&mut self, until: Instant) {
        self.follow_with(until, &mut ());
    }

    /// The same, with a witness.
    pub(crate) fn follow_with(&mut self, until: Instant, witness: &mut impl Witness) {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let event = self.live.wait(left);
            self.feeder.feed(&self.live, event.as_ref());
            while let Some(event) = self.feeder.analysis.next_event() {
                witness.told(&event);
                self.news.push(event);
            }
            if let (Some(ConnectionEvent::Packet(_)), Some(pages)) = (&event, self.live.frame()) {
                witness.met(pages, &self.feeder.analysis);
            }
            self.remember(event.as_ref());
            if event.is_none() && left.is_zero() {
                return;
            }
            if Instant::now() >= until {
                return;
            }
        }
    }

    /// The connection itself.
    pub(crate) const fn live(&self) -> &Live {
        &self.live
    }

    fn remember(&mut self, event: Option<&ConnectionEvent>) {
        match (event, self.live.frame()) {
            (Some(ConnectionEvent::Attached { .. }), _) => self.history.clear(),
            (Some(ConnectionEvent::Packet(packet)), Some(pages)) if packet.physics.is_some() => {
                let focused = pages.graphics.focused_car_id();
                if std::mem::replace(&mut self.focused, focused) != focused {
                    self.history.clear();
                }
                self.history.note(
                    packet.seen.saturating_duration_since(self.begin),
                    pages,
                    &self.feeder.analysis.axes(),
                );
            }
            _ => {}
        }
    }

    /// What there is to see now.
    pub(crate) fn see(&mut self, now: Instant) -> Seen {
        let pages = self.live.frame().copied();
        self.awake.keep(self.live.is_driven() && !self.demo);
        self.take_news(pages.as_ref(), now);
        let analysis = &self.feeder.analysis;
        let watches = pages.as_ref().is_some_and(watches_another_car);
        // In the menu there is no tank.
        let is_in_session = pages.as_ref().is_some_and(|pages| pages.graphics.status() != ACEvoStatus::Off);
        Seen {
            link: self.live.link(),
            pages,
            health: self.live.health(now),
            place: self.live.place().unwrap_or_default(),
            demo: self.demo,
            recording: self.recording,
            axes: analysis.axes(),
            watches,
            session: analysis.session(),
            lap: analysis.current_lap().filter(|_| !watches),
            delta: analysis.delta().filter(|_| !watches),
            fuel: analysis.fuel().copied().filter(|_| is_in_session && !watches),
            bests: if watches { Bests::default() } else { analysis.bests().clone() },
            personal_ms: analysis.personal_best().map(|best| best.time_ms).filter(|_| !watches),
            stint: Arc::clone(&self.stint),
            laps: Arc::clone(&self.laps),
            events: Arc::clone(&self.events),
            outline: Arc::clone(&self.outline),
            cars: Arc::clone(&self.cars),
            history: self.history.samples().collect(),
            way: self.history.way(),
        }
    }

    fn take_news(&mut self, pages: Option<&Pages>, now: Instant) {
        if !self.news.is_empty() {
            let events = Arc::make_mut(&mut self.events);
            events.extend(self.news.drain(..));
            events.drain(..events.len().saturating_sub(EVENTS));
        }
        let analysis = &self.feeder.analysis;
        if analysis.laps().last() != self.laps.last() {
            self.laps = analysis.laps().into();
        }
        if self.looked.is_some_and(|looked| now.saturating_duration_since(looked) < SLOWLY) {
            return;
        }
        self.looked = Some(now);
        let state = |outline: &Outline| (outline.laps(), outline.points().len(), outline.pit_lane().is_some());
        if state(analysis.outline()) != state(&self.outline) {
            self.outline = Arc::new(analysis.outline().clone());
        }
        self.stint = Arc::new(analysis.stints().current().clone());
        if let Some(pages) = pages {
            self.history.note_way(pages, &self.outline);
            self.gaps.update(&pages.graphics, &self.outline);
        }
        if pages.is_none() || self.gaps.cars() != &*self.cars {
            self.cars = pages.map_or_else(Arc::default, |_| self.gaps.cars().into());
        }
    }
}

/// What was seen last, for who wants to look at it from another thread.
#[derive(Debug, Clone)]
pub(crate) struct Window(Arc<Mutex<Seen>>);

impl Window {
    /// Follows in this thread, and shows something new each `every`, until it is `done`.
    pub(crate) fn run(&self, mut cockpit: Cockpit, every: Duration, done: &AtomicBool) {
        let mut next = Instant::now();
        while !done.load(Ordering::Relaxed) {
            next = (next + every).max(Instant::now());
            cockpit.follow(next);
            self.put(cockpit.see(Instant::now()));
        }
    }

    pub(crate) fn new(seen: Seen) -> Self {
        Self(Arc::new(Mutex::new(seen)))
    }

    fn put(&self, seen: Seen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }

    /// What was seen last.
    pub(crate) fn look(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
