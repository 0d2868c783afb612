//! What the pages mean over time: laps that are right, and what happens in a session.
//!
//! [`Analysis`] is fed frames from any source, and does no input or output of its own: the same frames give the same laps. The pages
//! have traps (a lap counter that lags, a validity that belongs to the next lap, old times that stay); it knows them, and what
//! it tells is right or is not there.

mod bests;
mod clock;
mod delta;
mod detectors;
mod driven;
mod event;
mod fuel;
mod gaps;
mod laps;
mod levels;
mod outline;
mod phase;
mod settings;
mod step;
mod stint;
mod summary;
mod timeline;
mod trace;

use std::collections::VecDeque;
use std::time::Duration;

use acevo_shared_memory::Frame;

pub use bests::Bests;
pub use clock::watches_another_car;
pub use delta::Delta;
pub use detectors::Thresholds;
pub use event::{DamageStep, Fluid, Part, Service, SessionEvent, SessionEventKind, Severity, Topic, TyreState, Wheel};
pub use fuel::{Consumption, FuelNow, FuelPlan, Race, RaceEnd};
pub use gaps::{Gap, Gaps};
pub use laps::{CurrentLap, Driving, Incomplete, Invalid, Lap, LapKind, LapStats, Validity};
pub use outline::{Bounds, Outline, PitLane, Projection, Road, Waypoint};
pub use settings::{BadSectors, Sectors, Settings};
pub use stint::{Stint, Stints};
pub use summary::Summary;
pub use trace::{NotATrace, Reference, Trace, TraceRecorder};

use crate::names::is_name;
use crate::personal::{CarAndTrack, PersonalBest, PersonalBests};
use crate::{Axes, AxesResolver};
use clock::{Beginning, Clock, Flow, Moment};
use delta::Pace;
use detectors::Watch;
use laps::{Laps, News, place};
use levels::is_electric;
use timeline::Timeline;

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
///     analysis.feed(simulator.time(), &simulator.frame());
/// }
/// let lap = &analysis.laps()[0];
/// assert_eq!(lap.time_ms, Some(simulator.truth().laps[0].time_ms as u32));
/// ```
#[derive(Debug, Clone)]
pub struct Analysis {
    settings: Settings,
    clock: Clock,
    engine: Laps,
    watch: Watch,
    laps: Vec<Lap>,
    bests: Bests,
    drive: Drive,
    pace: Pace,
    consumption: Consumption,
    fuel: Option<FuelPlan>,
    /// What is left is charge, and so is what laps use.
    is_electric: bool,
    stints: Stints,
    outline: Outline,
    axes: AxesResolver,
    personal: PersonalBests,
    has_news: bool,
    date: u64,
    events: VecDeque<SessionEvent>,
    /// When the running session began.
    session_start: Option<Duration>,
    /// The newest moment, and where the car was.
    at: Duration,
    place: Option<f64>,
    /// Driving so far, in seconds, and metres.
    driven_s: f64,
    driven_m: f64,
    timeline: Timeline,
}

/// What is driven where, by the names that are known.
#[derive(Debug, Clone, Default)]
struct Drive {
    /// As it was known last.
    combination: CarAndTrack,
    /// It still is: no placeholder stands in a name's place.
    is_known: bool,
    game_version: String,
}

impl Analysis {
    /// Nothing is known yet.
    pub fn new(settings: Settings) -> Self {
        let mut stints = Stints::default();
        stints.begin(1, 1);
        Self {
            engine: Laps::new(settings.sectors.lines("", "")),
            settings,
            clock: Clock::default(),
            watch: Watch::default(),
            laps: Vec::new(),
            bests: Bests::default(),
            drive: Drive::default(),
            pace: Pace::default(),
            consumption: Consumption::default(),
            fuel: None,
            is_electric: false,
            stints,
            outline: Outline::default(),
            axes: AxesResolver::new(),
            personal: PersonalBests::default(),
            has_news: false,
            date: 0,
            events: VecDeque::new(),
            session_start: None,
            at: Duration::ZERO,
            place: None,
            driven_s: 0.0,
            driven_m: 0.0,
            timeline: Timeline::default(),
        }
    }

    /// Knows these personal bests from the start; laps that are better are added to them.
    #[must_use]
    pub fn with_personal_bests(mut self, bests: PersonalBests) -> Self {
        self.personal = bests;
        self
    }

    /// The date of laps that end from now on, in seconds since 1970 (UTC): what is fed has no date. It is only noted in personal bests.
    pub fn set_date(&mut self, unix_s: u64) {
        self.date = unix_s;
    }

    /// Which lap the running one is compared with.
    pub fn set_reference(&mut self, reference: Reference) {
        self.pace.reference = reference;
    }

    /// Takes the newest pages, which were seen `at` this time on any clock that never goes back.
    ///
    /// Feed every packet of either page; the same one again does no harm, and neither do some that are missed. Of pages that were not
    /// settled nothing is believed.
    pub fn feed(&mut self, at: Duration, frame: &Frame) {
        // Physics pages alone have no status, so they make no drive; the axes show all the same.
        if frame.graphics.packet_id() == 0 && frame.physics.is_settled() {
            self.axes.feed(at.as_secs_f64(), frame.physics.raw());
        }
        let Some(moment) = self.clock.next(at, frame) else { return };
        (self.at, self.driven_s) = (at, moment.time);
        self.session_start.get_or_insert(at);
        self.timeline.note(moment.time, at);
        self.place = place(frame.graphics.raw());
        // The axes are the game's: they stay when its session or the car becomes another one.
        if moment.flow == Flow::Begins(Beginning::First) {
            self.axes = AxesResolver::new();
        }
        // In the main menu the page has no names.
        if moment.graphics && !moment.is_menu() {
            self.follow_names(frame);
        }
        self.engine.feed(&moment, self.clock.step().seconds());
        while let Some(news) = self.engine.take_news() {
            self.take(news);
        }
        if moment.physics && moment.is_live() {
            self.axes.feed(moment.time, frame.physics.raw());
        }
        if moment.is_live() {
            self.follow_drive(&moment);
        }
        let measured = self.fuel.filter(|plan| !plan.is_estimate).and_then(|plan| plan.laps_left);
        self.watch.feed(&moment, &self.settings.thresholds, measured);
        while let Some(what) = self.watch.take() {
            self.tell(what);
        }
    }

    /// The game has gone, or another one comes: whatever is fed next does not go on from what was before. It is of the
    /// same session all the same, where neither names nor counters say anything else.
    pub fn interrupt(&mut self) {
        self.clock.interrupt();
        self.engine.interrupt(self.driven_s);
        while let Some(news) = self.engine.take_news() {
            self.take(news);
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

    /// Number of the lap that is being driven, without all the rest of [`current_lap`](Self::current_lap).
    pub fn current_lap_number(&self) -> Option<u32> {
        self.engine.number()
    }

    /// The best of the running session.
    pub fn bests(&self) -> &Bests {
        &self.bests
    }

    /// The running session, from 1.
    pub fn session(&self) -> u32 {
        self.engine.session()
    }

    /// Driving so far in seconds, as [`Lap::ended_s`] counts it.
    pub fn driven_s(&self) -> f64 {
        self.driven_s
    }

    /// When a lap ended, on the clock of [`feed`](Self::feed). The game shows the time of a lap some time after the line, so this is
    /// earlier than the frame in which the lap was confirmed, even if a pause lies between the two. Accurate for laps whose event was
    /// just returned by [`next_event`](Self::next_event); times of laps that ended more than half a minute of driving ago ignore pauses.
    pub fn ended_at(&self, lap: &Lap) -> Duration {
        self.timeline.time_of(lap.ended_s)
    }

    /// The running stint, from 1.
    pub fn stint(&self) -> u32 {
        self.engine.stint()
    }

    /// How the running lap compares with the [`Reference`]; `None` where there is none, or the beginning of the lap was not seen.
    pub fn delta(&self) -> Option<Delta> {
        let (place, elapsed_s) = self.engine.progress()?;
        let personal = self.personal_best().and_then(|best| best.trace.as_ref());
        self.pace.delta(personal, place, elapsed_s)
    }

    /// How long the fuel lasts, or the charge of an electric car (0..1), and what is needed to the flag. `None` before anything is driven.
    pub fn fuel(&self) -> Option<&FuelPlan> {
        self.fuel.as_ref()
    }

    /// The stints so far.
    pub fn stints(&self) -> &Stints {
        &self.stints
    }

    /// The track as far as it is known; [`Gaps`] tells how far the others are along it.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// The axes of the acceleration: those measured on the real game, unless the drive has shown others.
    pub fn axes(&self) -> Axes {
        self.axes.axes()
    }

    /// All personal bests, with what was driven since. [`PersonalStore`](crate::personal::PersonalStore) keeps them in a file.
    pub fn personal_bests(&self) -> &PersonalBests {
        &self.personal
    }

    /// Whether personal bests have become better since this was asked last: a lap, a sector, or the trace to compare with.
    pub fn has_new_personal_bests(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    /// The personal best with the car and on the track that are driven.
    pub fn personal_best(&self) -> Option<&PersonalBest> {
        self.personal.get(&self.drive.combination).filter(|_| self.drive.is_known)
    }

    /// Notes names once they are known. With another car or on another track nothing that was used tells what a lap will take.
    fn follow_names(&mut self, frame: &Frame) {
        let (session, car) = (&frame.static_data, frame.graphics.car_model());
        let (track, configuration) = (session.track(), session.track_configuration());
        self.engine.set_lines(self.settings.sectors.lines(track, configuration));
        self.drive.is_known = is_name(track) && is_name(car);
        if !self.drive.is_known {
            return;
        }
        self.outline.set_track(track, configuration, session.track_length().map(f64::from));
        let known = &mut self.drive.combination;
        if (known.track.as_str(), known.configuration.as_str(), known.car.as_str()) == (track, configuration, car) {
            return;
        }
        let is_first = known.track.is_empty();
        *known = CarAndTrack { track: track.into(), configuration: configuration.into(), car: car.into() };
        self.drive.game_version = session.ac_evo_version().into();
        if !is_first {
            self.consumption = Consumption::default();
            self.pace.forget();
        }
    }

    /// SessionEventKind is left of the race. The game's count follows the line late; the number of the running lap does not.
    fn race(&self, frame: &Frame) -> Option<Race> {
        let mut race = Race::of(frame)?;
        if let (RaceEnd::Laps(_), Some(number)) = (race.end, self.engine.number()) {
            let all = frame.graphics.raw().session_state.total_lap.max(0).unsigned_abs();
            race.end = RaceEnd::Laps(all.saturating_sub(number.saturating_sub(1)));
        }
        Some(race)
    }

    fn follow_drive(&mut self, moment: &Moment<'_>) {
        let frame = moment.frame;
        if !moment.graphics {
            return;
        }
        if let Some((place, elapsed_s)) = self.engine.progress() {
            self.pace.note(place, elapsed_s);
        }
        let now = FuelNow::of(frame);
        self.is_electric = is_electric(frame);
        if let Some(stretch) = self.engine.take_stretch()
            && !frame.graphics.raw().is_in_pit_box
        {
            self.driven_m += stretch.metres;
            self.stints.note(stretch, self.engine.speeds(), frame);
        }
        // Noted without a way, too: what changes in the box, or while the car is put elsewhere, is no use.
        self.consumption.note(now.amount, self.driven_m);
        self.fuel = Some(self.consumption.plan(&now, self.race(frame).as_ref()));
        if let (Some(car), Some(road)) = (frame.graphics.player_car(), Road::of(frame)) {
            self.outline.note(now.place, car.coordinates.map(f64::from), road);
        }
    }

    fn take(&mut self, news: News) {
        match news {
            News::Session(session) => {
                self.bests = Bests::default();
                self.pace.forget();
                self.stints.begin(session, self.engine.stint());
                self.session_start = Some(self.at);
                self.tell(SessionEventKind::Session);
            }
            News::Stint(stint) => {
                self.stints.begin(self.engine.session(), stint);
                self.tell(SessionEventKind::Stint { stint });
            }
            News::Begun => {
                self.pace.begin_lap();
                self.tell(SessionEventKind::LapBegun);
            }
            News::Split { sector, split_ms, sector_ms, counts } => {
                let best = self.bests.sectors_ms.get(sector).copied().flatten();
                let is_best = counts && sector_ms.is_some_and(|ms| best.is_some_and(|best| ms < best));
                self.tell(SessionEventKind::Sector { sector: sector + 1, sector_ms, split_ms, is_best });
            }
            News::Invalidated(reason) => self.tell(SessionEventKind::Invalidated { reason }),
            News::Returned => {
                self.watch.put_elsewhere();
                self.tell(SessionEventKind::ReturnedToBox);
            }
            News::Crossed => self.pace.cross(),
            News::Ended(lap) => self.end_lap(*lap),
        }
    }

    fn end_lap(&mut self, lap: Lap) {
        let best_before = if lap.session == self.session() { self.bests.take(&lap) } else { None };
        let (session, number, time_ms) = (lap.session, Some(lap.number), lap.time_ms);
        let personal = self.note_lap(&lap, best_before.is_some());
        self.keep(lap.clone());
        self.tell_of(session, number, SessionEventKind::Lap(lap));
        let Some(time_ms) = time_ms else { return };
        if let Some(before_ms) = best_before {
            self.tell_of(session, number, SessionEventKind::SessionBest { time_ms, before_ms });
        }
        if let Some(before_ms) = personal {
            self.tell_of(session, number, SessionEventKind::PersonalBest { time_ms, before_ms });
        }
    }

    /// What follows from a lap. Gives the personal best before, if there was one, where it is a better one.
    fn note_lap(&mut self, lap: &Lap, is_best: bool) -> Option<Option<u32>> {
        let time_s = lap.time_ms.map(|ms| f64::from(ms) / 1000.0);
        let is_whole = lap.incomplete.is_none();
        let trace = self.pace.end_lap(time_s.filter(|_| is_whole), is_best).cloned();
        self.stints.end_lap(lap);
        if let (Some(time_s), true, LapKind::Flying) = (time_s, is_whole, lap.kind) {
            let used = if self.is_electric { lap.charge_used } else { lap.fuel_used_l };
            used.iter().for_each(|used| self.consumption.lap(*used, time_s));
        }
        let time_ms = lap.time_ms.filter(|_| lap.counts() && self.drive.is_known)?;
        let before = self.personal_best().map(|best| best.time_ms);
        let sectors_ms = lap.sectors_ms.iter().copied().collect::<Option<Vec<_>>>().unwrap_or_default();
        let best = PersonalBest {
            time_ms,
            best_sectors_ms: sectors_ms.clone(),
            sectors_ms,
            date: self.date,
            game_version: self.drive.game_version.clone(),
            trace,
        };
        let is_better = before.is_none_or(|before| time_ms < before);
        let is_news = self.personal.offer(self.drive.combination.clone(), best);
        self.has_news |= is_news;
        (is_news && is_better).then_some(before)
    }

    fn keep(&mut self, lap: Lap) {
        if self.laps.len() >= MOST_LAPS {
            self.laps.remove(0);
        }
        self.laps.push(lap);
    }

    /// Something about the running lap.
    fn tell(&mut self, what: SessionEventKind) {
        self.tell_of(self.session(), self.engine.number(), what);
    }

    /// Something about a lap, which may be over, and its session with it.
    fn tell_of(&mut self, session: u32, lap: Option<u32>, what: SessionEventKind) {
        if self.events.len() >= MOST_EVENTS {
            self.events.pop_front();
        }
        let start = *self.session_start.get_or_insert(self.at);
        let session_s = self.at.saturating_sub(start).as_secs_f64();
        let (at_s, place) = (self.at.as_secs_f64(), self.place);
        self.events.push_back(SessionEvent { at_s, session_s, session, lap, place, kind: what });
    }
}
