//! The analysis: takes frames, keeps laps, and reports events.

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::time::Duration;

use acevo_shared_memory::Frame;

use super::bests::{Bests, NewBest};
use super::clock::{Clock, ClockedFrame, Continuity};
use super::context::Context;
use super::delta::{Delta, DeltaTracker};
use super::detectors::Detectors;
use super::event::{SessionEvent, SessionEventKind};
use super::fuel::{Consumption, FuelNow, FuelPlan, Race, RaceEnd};
use super::laps::{CurrentLap, Lap, LapEngine, LapEvent, LapId, LapKind};
use super::outline::Outline;
use super::session_key::Beginning;
use super::settings::{BadSectors, SectorKind, Sectors, Settings};
use super::stint::Stints;
use super::stop_plan::{FuelPlanning, NoStopPlan, StopPlan};
use super::timeline::Timeline;
use crate::axes::{Axes, AxesResolver};
use crate::car_sample::CarSample;
use crate::limiter::Limiter;
use crate::personal::{CarAndTrack, PersonalBest, PersonalBests};

/// Maximum number of laps that are kept; the oldest ones are dropped first. No session has as many.
const MAX_LAPS: usize = 5000;

/// Maximum number of events that are kept until they are taken; the oldest ones are dropped first.
const MAX_EVENTS: usize = 1000;

/// Sessions at once, and per second for long. No game loads sessions as fast; garbage does.
const MAX_SESSIONS: (f64, f64) = (20.0, 0.1);

/// What a change of session, phase or car costs, in sessions, if no numbered session begins with it. Loading a session causes some.
const COST_OF_CHANGE: f64 = 0.1;

/// Events about laps at once, and per second of driving for long. No drive comes near the limit; garbage does.
const MAX_LAP_EVENTS: (f64, f64) = (100.0, 2.0);

/// Maximum driving between two frames that counts for that limit, seconds. Frames of a simulation that is hundreds of times as fast as the
/// game are closer together.
const MAX_FRAME_STEP_S: f64 = 3.0;

/// Follows a drive frame by frame.
///
/// If the pages change between sessions all the time, as when two programs write them, the analysis stays with one session: at most 20
/// sessions begin at once, and 6 in a minute for long.
///
/// ```
/// use acevo_simulator::{Options, Scenario, Simulator};
/// use acevo_telemetry::analysis::{Analysis, Settings};
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
    context: Context,
    clock: Clock,
    engine: LapEngine,
    detectors: Detectors,
    laps: VecDeque<Lap>,
    /// Number of laps that have ended, by session and number.
    attempts: BTreeMap<(u32, u32), u32>,
    bests: Bests,
    drive: Drive,
    delta: DeltaTracker,
    consumption: Consumption,
    fuel: Option<FuelPlan>,
    /// The rest of the race at the time of `fuel`.
    race: Option<Race>,
    /// The size of the tank, litres.
    tank_l: Option<f64>,
    /// The car has an electric motor only: fuel amounts are charge.
    is_electric: bool,
    stints: Stints,
    outline: Outline,
    axes: AxesResolver,
    has_new_bests: bool,
    events: VecDeque<SessionEvent>,
    /// When the running session began.
    session_start: Option<Duration>,
    /// When the newest frame was read.
    at: Duration,
    lap_position: Option<f64>,
    /// Time driven so far, seconds.
    driven_s: f64,
    /// Distance driven so far, metres.
    driven_m: f64,
    timeline: Timeline,
    sessions: Limiter,
    lap_events: Limiter,
    /// The clock of that limit, seconds.
    lap_events_s: f64,
}

/// The car and the track, as far as their names are known.
#[derive(Debug, Clone, Default)]
struct Drive {
    /// The last names that were known.
    car_and_track: CarAndTrack,
    /// The names of the newest frame are known.
    is_known: bool,
    game_version: String,
}

impl Analysis {
    /// An analysis without personal bests.
    pub fn new(settings: Settings) -> Self {
        Self::with_context(settings, Context::default())
    }

    /// An analysis with personal bests, a reference lap and a date.
    pub fn with_context(settings: Settings, context: Context) -> Self {
        Self {
            engine: LapEngine::new(settings.sectors.lines("", "")),
            settings,
            context,
            clock: Clock::default(),
            detectors: Detectors::default(),
            laps: VecDeque::new(),
            attempts: BTreeMap::new(),
            bests: Bests::default(),
            drive: Drive::default(),
            delta: DeltaTracker::default(),
            consumption: Consumption::default(),
            fuel: None,
            race: None,
            tank_l: None,
            is_electric: false,
            stints: Stints::new(1, 1),
            outline: Outline::default(),
            axes: AxesResolver::new(),
            has_new_bests: false,
            events: VecDeque::new(),
            session_start: None,
            at: Duration::ZERO,
            lap_position: None,
            driven_s: 0.0,
            driven_m: 0.0,
            timeline: Timeline::default(),
            sessions: Limiter::new(MAX_SESSIONS.0, MAX_SESSIONS.1),
            lap_events: Limiter::new(MAX_LAP_EVENTS.0, MAX_LAP_EVENTS.1),
            lap_events_s: 0.0,
        }
    }

    /// Personal bests, reference lap and date.
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// Personal bests, reference lap and date, to be changed while driving.
    pub const fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }

    /// Takes the newest pages, which were read `at` this time on any clock that never goes back.
    ///
    /// Feed every packet of either page. Feeding the same packet twice has no effect, and a few missed packets do no harm. Torn pages
    /// are ignored.
    pub fn feed(&mut self, at: Duration, frame: &Frame) {
        // Physics pages alone have no status, so they make no drive, but they show the axes.
        if frame.graphics.packet_id() == 0 && frame.physics.is_settled() {
            self.axes.feed(at.as_secs_f64(), frame.physics.raw());
        }
        let may_begin_session = self.sessions.has_left(at.as_secs_f64());
        let Some(clocked) = self.clock.next(at, frame, may_begin_session) else { return };
        if clocked.continuity.begins_session() {
            self.sessions.take(COST_OF_CHANGE);
        }
        let passed = [clocked.time - self.driven_s, at.saturating_sub(self.at).as_secs_f64()];
        self.lap_events_s += passed.into_iter().find(|passed| *passed <= MAX_FRAME_STEP_S).unwrap_or_default();
        self.at = at;
        self.driven_s = clocked.time;
        self.timeline.note(clocked.time, at);
        self.session_start.get_or_insert(at);
        self.lap_position = clocked.sample.lap_position;
        // The axes belong to the game: they stay if the session or the car changes.
        if clocked.continuity == Continuity::Begins(Beginning::First) {
            self.axes = AxesResolver::new();
        }
        // In the main menu the page has no names.
        if clocked.has_graphics && !clocked.is_menu() {
            self.follow_names(frame);
        }
        self.engine.feed(&clocked, self.clock.step().seconds());
        self.take_lap_events();
        if clocked.has_physics && clocked.is_live() {
            self.axes.feed(clocked.time, frame.physics.raw());
        }
        if clocked.has_graphics && clocked.is_live() {
            self.follow_drive(&clocked);
        }
        if self.settings.only_laps {
            return;
        }
        let measured = self.fuel.filter(|plan| !plan.is_estimate).and_then(|plan| plan.laps_left);
        self.detectors.feed(&clocked, &self.settings.thresholds, measured);
        while let Some(kind) = self.detectors.next_event() {
            self.notify(kind);
        }
    }

    /// Ends the running lap: the game has ended, or another one begins. The next frame does not continue the ones before. It belongs to
    /// the same session unless names or counters show another one.
    pub fn interrupt(&mut self) {
        self.clock.interrupt();
        self.engine.interrupt(self.driven_s);
        self.take_lap_events();
    }

    /// Ends the analysis: no frame follows. A lap that has crossed the line and waits for its time ends with this, and so does the running
    /// lap, as interrupted. Call it once after the last frame, then take the remaining events.
    pub fn finish(&mut self) {
        self.interrupt();
    }

    /// The oldest event that was not taken yet. If very many events wait, the oldest ones are dropped.
    pub fn next_event(&mut self) -> Option<SessionEvent> {
        self.events.pop_front()
    }

    /// All laps in the order in which they ended, including those that were broken off: at most the last 5000.
    pub const fn laps(&self) -> &VecDeque<Lap> {
        &self.laps
    }

    /// The running lap.
    pub fn current_lap(&self) -> Option<CurrentLap> {
        self.engine.current()
    }

    /// Number of the running lap. Cheaper than [`current_lap`](Self::current_lap).
    pub fn current_lap_number(&self) -> Option<u32> {
        self.engine.number()
    }

    /// Identifies the running lap; the finished [`Lap`] has the same ID.
    pub fn current_lap_id(&self) -> Option<LapId> {
        let (session, number) = self.engine.session_and_number()?;
        Some(LapId { session, number, attempt: self.next_attempt(session, number) })
    }

    /// The attempt that the next lap with this session and number is.
    fn next_attempt(&self, session: u32, number: u32) -> u32 {
        self.attempts.get(&(session, number)).map_or(1, |attempts| attempts.saturating_add(1))
    }

    /// The best lap and sectors of the running session.
    pub fn bests(&self) -> &Bests {
        &self.bests
    }

    /// The running session, from 1.
    pub fn session(&self) -> u32 {
        self.engine.session()
    }

    /// Time driven so far, seconds, on the clock of [`Lap::ended_s`].
    pub fn driven_s(&self) -> f64 {
        self.driven_s
    }

    /// When a lap ended, on the clock of [`feed`](Self::feed). The game publishes the time of a lap some time after the line, so this is
    /// earlier than the frame in which the lap was confirmed, even if a pause lies between the two. Accurate for laps whose event was
    /// just returned by [`next_event`](Self::next_event); times of laps that ended more than half a minute of driving ago ignore pauses.
    pub fn ended_at(&self, lap: &Lap) -> Duration {
        self.timeline.time_of(lap.ended_s)
    }

    /// The ends of all sectors of the running lap but the last, as lap positions 0..1.
    pub fn sector_ends(&self) -> &[f64] {
        self.engine.sector_ends()
    }

    /// Where the sectors of the running lap come from.
    pub const fn sector_kind(&self) -> SectorKind {
        self.engine.sector_kind()
    }

    /// The sectors of all tracks.
    pub const fn sectors(&self) -> &Sectors {
        &self.settings.sectors
    }

    /// Sets the game's own sectors of a track, as [`Sectors::learn`](super::Sectors::learn) does. They are used from the next lap on.
    ///
    /// # Errors
    /// [`BadSectors`] for lap positions that are not in ascending order, or not between 0 and 1.
    pub fn learn_sectors(&mut self, track: &str, configuration: &str, ends: &[f64]) -> Result<(), BadSectors> {
        self.settings.sectors.learn(track, configuration, ends)
    }

    /// Uses these sectors on a track from the next lap on, or again those that the user has not set: the game's own ones, or thirds.
    ///
    /// # Errors
    /// [`BadSectors`] for lap positions that are not in ascending order, or not between 0 and 1.
    pub fn set_sectors(&mut self, track: &str, configuration: &str, ends: Option<&[f64]>) -> Result<(), BadSectors> {
        match ends {
            Some(ends) => self.settings.sectors.set(track, configuration, ends),
            None => {
                self.settings.sectors.unset(track, configuration);
                Ok(())
            }
        }
    }

    /// The running stint, from 1.
    pub fn stint(&self) -> u32 {
        self.engine.stint()
    }

    /// How the running lap compares with the [`Reference`](crate::analysis::Reference); `None` if there is no such lap, or if the
    /// beginning of the running lap was not seen.
    pub fn delta(&self) -> Option<Delta> {
        let (lap_position, elapsed_s) = self.engine.progress()?;
        let personal = self.personal_best().and_then(|best| best.trace.as_ref());
        let chosen = self.context.reference_laps.get(&self.drive.car_and_track).filter(|_| self.drive.is_known);
        self.delta.delta(&self.context.reference, personal, chosen, lap_position, elapsed_s)
    }

    /// How long the fuel lasts, or the charge (0..1) of an electric car, and what is needed to the flag. `None` before anything is
    /// driven.
    pub fn fuel(&self) -> Option<&FuelPlan> {
        self.fuel.as_ref()
    }

    /// Plans the stops for fuel to the finish, or what an electric car has to save.
    ///
    /// # Errors
    /// [`NoStopPlan`] if something is unknown, such as the end of the race, or impossible.
    pub fn stop_plan(&self, planning: &FuelPlanning) -> Result<StopPlan, NoStopPlan> {
        let fuel = self.fuel.as_ref().ok_or(NoStopPlan::UnknownConsumption)?;
        StopPlan::of_race(fuel, self.race.as_ref(), self.lap_position, self.tank_l, self.is_electric, planning)
    }

    /// The rest of the race; `None` if its end is unknown.
    pub const fn race(&self) -> Option<&Race> {
        self.race.as_ref()
    }

    /// The stints so far.
    pub fn stints(&self) -> &Stints {
        &self.stints
    }

    /// The track as far as it is known. [`Gaps`](crate::analysis::Gaps) measures the distances of other cars along it.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// The axes of the acceleration: those measured on the real game, unless the drive has shown others.
    pub fn axes(&self) -> Axes {
        self.axes.axes()
    }

    /// All personal bests, including those of this drive.
    pub fn personal_bests(&self) -> &PersonalBests {
        &self.context.personal_bests
    }

    /// A copy of all personal bests if a lap, a sector or a trace has become better since the last call; `None` otherwise.
    /// [`PersonalStore`](crate::personal::PersonalStore) saves them to a file.
    pub fn take_new_personal_bests(&mut self) -> Option<PersonalBests> {
        mem::take(&mut self.has_new_bests).then(|| self.context.personal_bests.clone())
    }

    /// The personal best with the current car and track.
    pub fn personal_best(&self) -> Option<&PersonalBest> {
        self.context.personal_bests.get(&self.drive.car_and_track).filter(|_| self.drive.is_known)
    }

    /// Notes the names of car and track once they are known. Consumption and traces of another car or track are dropped.
    fn follow_names(&mut self, frame: &Frame) {
        let (session, car) = (&frame.static_data, frame.graphics.car_model());
        let (track, configuration) = (session.track(), session.track_configuration());
        let sectors = &self.settings.sectors;
        self.engine.set_sectors(sectors.lines(track, configuration), sectors.kind(track, configuration));
        self.drive.is_known = CarSample::has_names(frame);
        if !self.drive.is_known {
            return;
        }
        self.outline.set_track(track, configuration, session.track_length().map(f64::from));
        let known = &mut self.drive.car_and_track;
        if (known.track.as_str(), known.configuration.as_str(), known.car.as_str()) == (track, configuration, car) {
            return;
        }
        let is_first = known.track.is_empty();
        *known = CarAndTrack { track: track.into(), configuration: configuration.into(), car: car.into() };
        self.drive.game_version = session.ac_evo_version().into();
        if !is_first {
            self.consumption = Consumption::default();
            self.delta.forget();
        }
    }

    /// The rest of the race. The game's lap count follows the line late; the number of the running lap does not.
    fn race_of(&self, frame: &Frame) -> Option<Race> {
        let mut race = Race::of(frame)?;
        if let (RaceEnd::Laps(_), Some(number)) = (race.end, self.engine.number()) {
            let all = frame.graphics.raw().session_state.total_lap.max(0).unsigned_abs();
            race.end = RaceEnd::Laps(all.saturating_sub(number.saturating_sub(1)));
        }
        Some(race)
    }

    fn follow_drive(&mut self, clocked: &ClockedFrame<'_>) {
        let (frame, sample) = (clocked.frame, &clocked.sample);
        if let Some((lap_position, elapsed_s)) = self.engine.progress() {
            self.delta.note(lap_position, elapsed_s);
        }
        let now = FuelNow::of_sample(sample, frame);
        self.is_electric = sample.is_electric;
        if let Some(step) = self.engine.take_drive_step()
            && !sample.is_in_pit_box
        {
            self.driven_m += step.metres;
            self.stints.note(step, self.engine.speeds(), frame);
        }
        // Called without a new distance, too, so that changes in the box, or while the car is moved, are ignored.
        self.consumption.note(now.amount, self.driven_m);
        self.race = self.race_of(frame);
        self.tank_l = sample.tank_l;
        self.fuel = Some(self.consumption.plan(&now, self.race.as_ref()));
        if let (Some(car), Some(road)) = (frame.graphics.player_car(), sample.road) {
            self.outline.note(now.lap_position, car.coordinates.map(f64::from), road);
        }
    }

    fn take_lap_events(&mut self) {
        while let Some(event) = self.engine.next_event() {
            self.take_lap_event(event);
        }
    }

    fn take_lap_event(&mut self, event: LapEvent) {
        match event {
            LapEvent::SessionBegun(session) => {
                self.sessions.take(1.0);
                self.bests = Bests::default();
                self.delta.forget();
                self.stints.begin(session, self.engine.stint());
                self.session_start = Some(self.at);
                self.notify(SessionEventKind::Session);
            }
            LapEvent::StintBegun(stint) => {
                self.stints.begin(self.engine.session(), stint);
                self.notify_limited(SessionEventKind::Stint { stint });
            }
            LapEvent::LapBegun => {
                self.delta.begin_lap();
                self.notify_limited(SessionEventKind::LapBegun);
            }
            LapEvent::SectorEnded { end, is_lap_valid } => {
                let best = self.bests.sectors_ms.get(end.sector).copied().flatten();
                let is_best = is_lap_valid && end.sector_ms.is_some_and(|ms| best.is_some_and(|best| ms < best));
                let (sector_ms, split_ms) = (end.sector_ms, end.split_ms);
                self.notify_limited(SessionEventKind::Sector { sector: end.sector + 1, sector_ms, split_ms, is_best });
            }
            LapEvent::Invalidated(reason) => self.notify_limited(SessionEventKind::Invalidated { reason }),
            LapEvent::ReturnedToBox => {
                self.detectors.reset_car();
                self.notify_limited(SessionEventKind::ReturnedToBox);
            }
            LapEvent::LineCrossed => self.delta.cross_line(),
            LapEvent::LapEnded(lap) => self.end_lap(*lap),
        }
    }

    fn end_lap(&mut self, mut lap: Lap) {
        lap.attempt = self.next_attempt(lap.session, lap.number);
        self.attempts.insert((lap.session, lap.number), lap.attempt);
        let (session, number) = (lap.session, Some(lap.number));
        let session_best = if session == self.session() { self.bests.take(&lap) } else { None };
        let personal_best = self.note_lap(&lap, session_best.is_some());
        if self.laps.len() >= MAX_LAPS {
            self.laps.pop_front();
        }
        self.laps.push_back(lap.clone());
        self.notify_about_lap(session, number, SessionEventKind::Lap(lap));
        if let Some(best) = session_best {
            let kind = SessionEventKind::SessionBest { time_ms: best.time_ms, before_ms: best.before_ms };
            self.notify_about_lap(session, number, kind);
        }
        if let Some(best) = personal_best {
            let kind = SessionEventKind::PersonalBest { time_ms: best.time_ms, before_ms: best.before_ms };
            self.notify_about_lap(session, number, kind);
        }
    }

    /// Adds a lap to traces, stints, consumption and personal bests. Returns the personal best if the lap is one.
    fn note_lap(&mut self, lap: &Lap, is_session_best: bool) -> Option<NewBest> {
        let time_s = lap.time_ms.map(|ms| f64::from(ms) / 1000.0);
        let is_complete = lap.incomplete.is_none();
        let trace = self.delta.end_lap(time_s.filter(|_| is_complete), is_session_best).cloned();
        self.stints.end_lap(lap);
        if let (Some(time_s), true, LapKind::Flying) = (time_s, is_complete, lap.kind) {
            let used = if self.is_electric { lap.charge_used } else { lap.fuel_used_l };
            used.iter().for_each(|used| self.consumption.lap(*used, time_s));
        }
        let time_ms = lap.time_ms.filter(|_| lap.counts() && self.drive.is_known)?;
        let before_ms = self.personal_best().map(|best| best.time_ms);
        let sectors_ms = lap.sectors_ms.iter().copied().collect::<Option<Vec<_>>>().unwrap_or_default();
        let best = PersonalBest {
            time_ms,
            best_sectors_ms: sectors_ms.clone(),
            sector_kind: lap.sector_kind,
            sectors_ms,
            date: self.context.date,
            game_version: self.drive.game_version.clone(),
            trace,
        };
        let is_better = before_ms.is_none_or(|before| time_ms < before);
        let is_new = self.context.personal_bests.offer(self.drive.car_and_track.clone(), best);
        self.has_new_bests |= is_new;
        (is_new && is_better).then_some(NewBest { time_ms, before_ms })
    }

    /// Adds an event of the lap engine about the running lap.
    fn notify_limited(&mut self, kind: SessionEventKind) {
        self.notify_about_lap(self.session(), self.engine.number(), kind);
    }

    /// Adds an event of the lap engine, unless there are more than any drive can cause.
    fn notify_about_lap(&mut self, session: u32, lap: Option<u32>, kind: SessionEventKind) {
        if self.lap_events.allows(self.lap_events_s) {
            self.notify_about(session, lap, kind);
        }
    }

    /// Adds an event about the running lap.
    fn notify(&mut self, kind: SessionEventKind) {
        self.notify_about(self.session(), self.engine.number(), kind);
    }

    /// Adds an event about a lap, which may have ended together with its session.
    fn notify_about(&mut self, session: u32, lap: Option<u32>, kind: SessionEventKind) {
        if self.events.len() >= MAX_EVENTS {
            self.events.pop_front();
        }
        let session_start = *self.session_start.get_or_insert(self.at);
        self.events.push_back(SessionEvent {
            at_s: self.at.as_secs_f64(),
            session_s: self.at.saturating_sub(session_start).as_secs_f64(),
            session,
            lap,
            lap_position: self.lap_position,
            kind,
        });
    }
}
