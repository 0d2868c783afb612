//! The state machine that follows laps frame by frame.

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use super::awaiting_time::LastLapTime;
use super::crossing::{Crossing, MAX_FRAME_GAP_MS};
use super::lap::{Incomplete, Invalid, Lap, Validity};
use super::meter::{Consumed, ConsumptionMeter};
use super::numbering::Numbering;
use super::path::Path;
use super::reading::Reading;
use super::running::{CurrentLap, RunningLap, SectorEnd};
use super::state::LapState;
use super::timer_step::{TIMER_TOLERANCE_MS, TimerFacts, TimerStep};
use crate::analysis::clock::{ClockedFrame, Continuity, LATE_RESET_MS};
use crate::analysis::session_key::Beginning;
use crate::analysis::settings::SectorKind;
use crate::car_sample::physics_speed_m_s;

/// A lap that was seen for less than this before it was broken off is dropped, milliseconds: pages of two sessions may be mixed.
const MIN_SEEN_MS: f64 = 1000.0;

/// Time in the menu after which the running lap ends.
const MAX_MENU_TIME: Duration = Duration::from_secs(3);

/// Speed below which a car counts as standing, m/s.
const STANDING_SPEED: f64 = 1.0;

/// Lap position at the end of a lap.
const LAST_LAP_POSITION: f64 = 1.0 - 1e-9;

/// Part of a lap before and after the line in which a lap may end.
const LINE_ZONE: f64 = 0.03;

/// Assumed length of a lap if the game has published none, metres. Only for judging whether a car is near the line.
const DEFAULT_TRACK_LENGTH_M: f64 = 5000.0;

/// Time after the line within which the game's lap count follows, milliseconds: 2 s, online longer (reported).
const MAX_COUNT_DELAY_MS: f64 = 15_000.0;

/// Time within which the name of a phase, the timer and the position change in any order if a session changes, seconds.
const PHASE_CHANGE_S: f64 = 3.0;

/// An event of the lap engine.
#[derive(Debug, Clone, PartialEq)]
// Laps are rare, and handed over once.
#[allow(clippy::large_enum_variant)]
pub(crate) enum LapEvent {
    /// A session has begun, or was restarted.
    SessionBegun(u32),
    /// The car has left its box for another stint.
    StintBegun(u32),
    /// A lap has begun, and its beginning was seen.
    LapBegun,
    /// The car was moved to its box by the menu.
    ReturnedToBox,
    /// A sector has ended, but not the last one of the lap.
    SectorEnded {
        /// The sector.
        end: SectorEnd,
        /// Whether the lap is valid so far.
        is_lap_valid: bool,
    },
    /// The running lap has become invalid.
    Invalidated(Invalid),
    /// The car has crossed the line. The game has not published the lap's time yet.
    LineCrossed,
    /// A lap has ended, and everything about it is known.
    LapEnded(Box<Lap>),
}

/// Time, distance and consumption between two frames.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct DriveStep {
    /// Time, seconds.
    pub(crate) seconds: f64,
    /// Distance, metres.
    pub(crate) metres: f64,
    /// Fuel burned, litres.
    pub(crate) fuel_l: f64,
    /// Charge used, 0..1, less what was recovered.
    pub(crate) charge: f64,
}

/// Follows laps frame by frame.
#[derive(Debug, Clone, Default)]
pub(crate) struct LapEngine {
    /// Ends of the sectors of the running lap except the last one, as lap positions, and where they come from.
    sector_ends: Vec<f64>,
    sector_kind: SectorKind,
    /// Those of the next lap, if they differ.
    next_sectors: Option<(Vec<f64>, SectorKind)>,
    numbering: Numbering,
    state: LapState,
    last_lap: LastLapTime,
    /// The newest frame of driving.
    before: Option<Reading>,
    /// Physics steps at the newest physics packet.
    physics_steps: Option<f64>,
    /// The meter has not taken the newest physics packet yet.
    is_unmetered: bool,
    /// The next frame is the first one after a replay.
    resumes: bool,
    /// The car was moved to its box, and physics has not been current since: the contents of the tank and the tyres change.
    is_being_refitted: bool,
    /// The next lap is an out lap: the car has left a box that lies before the line.
    next_is_out_lap: bool,
    /// Physics steps at which the car has passed the line in the running lap. The timer restarts some frames later.
    line_passed: Option<f64>,
    /// Time since then, milliseconds, as long as it is short.
    since_line_ms: Option<f64>,
    /// Physics steps at which the session phase got another name, as long as it is unknown whether another session begins with it.
    phase_changed: Option<f64>,
    /// Physics steps at which a lap was broken off and another one begun, as at the beginning of a phase whose name is yet to come.
    broken_off: Option<f64>,
    /// When the menu was opened.
    menu_since: Option<Duration>,
    meter: ConsumptionMeter,
    /// Consumption up to the newest frame.
    consumed: Consumed,
    path: Path,
    drive_step: Option<DriveStep>,
    events: VecDeque<LapEvent>,
}

/// The step from one frame of driving to the next.
#[derive(Debug, Clone, Copy)]
struct FrameStep<'a> {
    frame: &'a ClockedFrame<'a>,
    before: Reading,
    now: Reading,
    /// Length of a physics step, milliseconds.
    step_ms: f64,
    /// Time between the two frames, milliseconds.
    since_ms: f64,
    /// The second frame is the first one after a replay.
    resumes: bool,
    /// The car cannot have driven from its first to its second position.
    has_jumped: bool,
}

impl<'a> FrameStep<'a> {
    fn new(before: Reading, now: Reading, resumes: bool, frame: &'a ClockedFrame<'a>, step_ms: f64) -> Self {
        // During a replay the counter of physics steps means nothing. The timer is as good as any clock if the car is where it was.
        let since_ms = if resumes { now.timer_ms - before.timer_ms } else { (now.steps - before.steps) * step_ms };
        let has_jumped = now.is_beyond_reach(&before, since_ms / 1000.0, frame.sample.track_length_m);
        Self { frame, before, now, step_ms, since_ms, resumes, has_jumped }
    }
}

impl LapEngine {
    pub(crate) fn new(sector_ends: &[f64]) -> Self {
        Self { sector_ends: sector_ends.to_vec(), events: VecDeque::with_capacity(8), ..Self::default() }
    }

    /// Sets the sectors of the track, as the lap positions at which they end. The running lap keeps its own.
    pub(crate) fn set_sectors(&mut self, ends: &[f64], kind: SectorKind) {
        if self.sector_ends == ends && self.sector_kind == kind {
            self.next_sectors = None;
            return;
        }
        if self.next_sectors.as_ref().is_none_or(|(next, next_kind)| next != ends || *next_kind != kind) {
            self.next_sectors = Some((ends.to_vec(), kind));
        }
        if self.state.running().is_none() {
            self.adopt_sectors();
        }
    }

    /// Takes over the sectors that were set during the lap before.
    fn adopt_sectors(&mut self) {
        if let Some((ends, kind)) = self.next_sectors.take() {
            (self.sector_ends, self.sector_kind) = (ends, kind);
        }
    }

    /// Where the sectors of the running lap come from.
    pub(crate) const fn sector_kind(&self) -> SectorKind {
        self.sector_kind
    }

    /// The sectors of the track, as the lap positions at which they end.
    pub(crate) fn sector_ends(&self) -> &[f64] {
        &self.sector_ends
    }

    /// The oldest event that was not taken yet.
    pub(crate) fn next_event(&mut self) -> Option<LapEvent> {
        self.events.pop_front()
    }

    /// The step to the newest frame; `None` if that frame does not continue the one before.
    pub(crate) fn take_drive_step(&mut self) -> Option<DriveStep> {
        self.drive_step.take()
    }

    /// The speeds between the newest frame and the one before, m/s.
    pub(crate) fn speeds(&self) -> impl Iterator<Item = f64> {
        self.path.speeds()
    }

    /// The session, from 1.
    pub(crate) const fn session(&self) -> u32 {
        self.numbering.session()
    }

    /// The stint of the session, from 1.
    pub(crate) const fn stint(&self) -> u32 {
        self.numbering.stint()
    }

    /// The running lap.
    pub(crate) fn current(&self) -> Option<CurrentLap> {
        self.state.running().map(|lap| lap.view(self.stint()))
    }

    /// Session and number of the running lap.
    pub(crate) fn session_and_number(&self) -> Option<(u32, u32)> {
        self.state.running().map(|lap| (lap.session, lap.number))
    }

    /// Number of the running lap.
    pub(crate) fn number(&self) -> Option<u32> {
        self.state.running().map(|lap| lap.number)
    }

    /// Lap position (0..1) and age (seconds) of the running lap; `None` if its beginning was not seen.
    pub(crate) fn progress(&self) -> Option<(f64, f64)> {
        let lap = self.state.running().filter(|lap| !lap.is_joined)?;
        let lap_position = lap.last.lap_position?;
        // After the line the lap position is that of the next lap: until the timer follows, the car is at the end of this one.
        Some(match self.since_line_ms {
            Some(since_ms) => (LAST_LAP_POSITION, (lap.elapsed_ms - since_ms) / 1000.0),
            None => (lap_position, lap.elapsed_ms / 1000.0),
        })
    }

    /// The next frame does not continue the ones before.
    pub(crate) fn interrupt(&mut self, now_s: f64) {
        self.break_off(Incomplete::Interrupted, now_s);
        self.finish_awaiting();
        self.forget();
        self.numbering.adopt_count();
    }

    /// Takes a frame. A physics step takes `step_s` seconds.
    pub(crate) fn feed(&mut self, frame: &ClockedFrame<'_>, step_s: f64) {
        self.follow_continuity(frame);
        self.take_physics(frame);
        if !frame.has_graphics {
            return;
        }
        let reading = Reading::of(frame);
        self.last_lap.note(&reading);
        if let Some(awaiting) = self.state.awaiting_mut()
            && awaiting.is_decided(&self.last_lap, &reading, step_s)
        {
            self.finish_awaiting();
        }
        self.follow_menu(frame);
        if frame.is_live() {
            self.take_live_frame(frame, reading, step_s * 1000.0);
        }
        self.follow_phase(frame, step_s);
    }

    fn follow_continuity(&mut self, frame: &ClockedFrame<'_>) {
        match frame.continuity {
            Continuity::Continues => {}
            Continuity::Resumes => {
                self.resumes = true;
                self.is_unmetered = false;
                self.meter.interrupt();
            }
            Continuity::Begins(Beginning::Phase) => self.phase_changed = Some(frame.steps),
            Continuity::Begins(beginning) => self.begin(beginning, frame.time),
        }
    }

    fn take_physics(&mut self, frame: &ClockedFrame<'_>) {
        if frame.has_watched {
            self.physics_steps = None;
        }
        let Some(page) = frame.physics_page() else {
            // No packet is missed between this one and the next.
            self.physics_steps = None;
            return;
        };
        if !frame.has_physics {
            return;
        }
        self.is_unmetered = true;
        let before = self.physics_steps.replace(frame.steps);
        let missed = before.map_or(0.0, |before| (frame.steps - before - 1.0).max(0.0));
        self.path.note(frame.steps, physics_speed_m_s(page).unwrap_or(0.0));
        if let Some(lap) = self.state.running_mut() {
            lap.missed += missed.round() as u64;
        }
    }

    /// In a menu or a pause the pages show the state before it. What has really happened is seen in the first frame after it.
    fn follow_menu(&mut self, frame: &ClockedFrame<'_>) {
        // There may be no frames while the menu is open: the first one after it shows how long it was.
        let since =
            if frame.is_menu() { Some(*self.menu_since.get_or_insert(frame.at)) } else { self.menu_since.take() };
        if since.is_none_or(|since| frame.at.saturating_sub(since) <= MAX_MENU_TIME) {
            return;
        }
        self.break_off(Incomplete::SessionEnded, frame.time);
        if !frame.is_menu() {
            // The car was not driven from its last position to the next.
            self.before = None;
        }
    }

    fn take_live_frame(&mut self, frame: &ClockedFrame<'_>, reading: Reading, step_ms: f64) {
        self.path.note(reading.steps, reading.speed);
        // The physics of a replay comes before the frame that shows the replay, so only physics that a live frame came with counts.
        self.is_being_refitted &= frame.is_timed;
        if self.is_being_refitted {
            self.meter.interrupt();
        }
        if mem::take(&mut self.is_unmetered) || frame.is_timed {
            self.meter.note(frame.steps, &frame.sample);
        }
        let count_before = self.before.and_then(|before| before.count);
        if let Some(stint) = self.numbering.follow_stint(self.before.as_ref(), &reading) {
            self.events.push_back(LapEvent::StintBegun(stint));
        }
        self.take_frame(frame, reading, step_ms);
        if let (Some(before), Some(now)) = (count_before, reading.count)
            && (now >= before || frame.may_begin_session)
        {
            self.follow_count(before, now);
        }
        self.path.end();
    }

    fn take_frame(&mut self, frame: &ClockedFrame<'_>, now: Reading, step_ms: f64) {
        let resumes = mem::take(&mut self.resumes);
        let consumed_before = mem::replace(&mut self.consumed, self.meter.total());
        let Some(before) = self.before.replace(now) else {
            if now.timer_ms > 0.0 && !frame.is_over() {
                self.join(now, step_ms);
            }
            return;
        };
        let step = FrameStep::new(before, now, resumes, frame, step_ms);
        if resumes && !(0.0..=TIMER_TOLERANCE_MS).contains(&step.since_ms) {
            return self.start_over(Incomplete::Replay, &step);
        }
        self.note_line(&step);
        self.note_drive_step(&step, &consumed_before);
        if self.note_return_to_box(&step) {
            self.return_to_box(&step);
        } else if frame.is_over() {
            self.finish_session(&step);
        } else {
            let line = self.crossing(&step);
            let timer_step = self.timer_facts(&step, &line).classify();
            self.take_timer_step(timer_step, &step, &line);
        }
    }

    fn take_timer_step(&mut self, timer_step: TimerStep, step: &FrameStep<'_>, line: &Crossing) {
        match timer_step {
            TimerStep::DoesNotRun => drop(self.state.take_running()),
            TimerStep::Starts => self.start(line, step.now, if step.has_jumped { step.now.steps } else { line.steps }),
            TimerStep::RunsAlready => self.join(step.now, step.step_ms),
            TimerStep::Continues => self.continue_lap(step),
            TimerStep::ContinuesElsewhere => self.continue_elsewhere(step),
            TimerStep::RestartsAtLine => self.cross_line(step, line),
            TimerStep::RestartsAtFirstLine => {
                self.state.take_running();
                self.start(line, step.now, line.steps);
            }
            TimerStep::RestartsElsewhere => self.restart_elsewhere(step, line),
            TimerStep::Jumps => self.start_over(Incomplete::Lost, step),
        }
    }

    fn timer_facts(&self, step: &FrameStep<'_>, line: &Crossing) -> TimerFacts {
        let FrameStep { before, now, step_ms, .. } = step;
        let lap_m = step.frame.sample.track_length_m.unwrap_or(DEFAULT_TRACK_LENGTH_M);
        let reach_m = LINE_ZONE * lap_m + now.timer_ms / 1000.0 * now.speed.max(before.speed) * 1.5;
        TimerFacts {
            before_ms: before.timer_ms,
            now_ms: now.timer_ms,
            since_ms: step.since_ms,
            lap_age_ms: self.state.running().map(|lap| (now.steps - lap.start) * step_ms),
            lap_time_ms: before.timer_ms + line.after_ms,
            has_jumped: step.has_jumped,
            has_passed_line: self.recent_line(now, *step_ms).is_some(),
            is_near_line: now.distance_to_line(lap_m).is_none_or(|metres| metres <= reach_m),
        }
    }

    /// Notes whether the car has passed the line, by its lap position.
    fn note_line(&mut self, step: &FrameStep<'_>) {
        let FrameStep { before, now, step_ms, .. } = step;
        if !step.has_jumped
            && step.since_ms <= MAX_FRAME_GAP_MS
            && let Some(part) = self.path.passed(before, now, 0.0)
        {
            self.line_passed = Some(before.steps + part * (now.steps - before.steps));
        }
        self.since_line_ms = self.recent_line(now, *step_ms).map(|at| (now.steps - at) * step_ms);
    }

    /// Physics steps at which the car has passed the line, if the timer may still restart for it.
    fn recent_line(&self, now: &Reading, step_ms: f64) -> Option<f64> {
        self.line_passed.filter(|at| (now.steps - at) * step_ms <= LATE_RESET_MS)
    }

    fn crossing(&self, step: &FrameStep<'_>) -> Crossing {
        let FrameStep { before, now, step_ms, .. } = step;
        let lap_m = step.frame.sample.track_length_m;
        Crossing::between(before, now, self.recent_line(now, *step_ms), lap_m, *step_ms, step.frame.time)
    }

    fn note_drive_step(&mut self, step: &FrameStep<'_>, consumed_before: &Consumed) {
        if step.has_jumped {
            return;
        }
        let drive_step = DriveStep {
            seconds: step.since_ms / 1000.0,
            metres: self.path.length() * step.step_ms / 1000.0,
            fuel_l: self.consumed.fuel_l - consumed_before.fuel_l,
            charge: self.consumed.charge - consumed_before.charge,
        };
        self.numbering.add_distance(drive_step.metres);
        self.drive_step = Some(drive_step);
    }

    /// Notes a return to the box by the menu. True if it has ended the running lap even though no jump was seen.
    fn note_return_to_box(&mut self, step: &FrameStep<'_>) -> bool {
        let FrameStep { before, now, frame, .. } = step;
        let enters_box = now.in_box && !before.in_box;
        // A car that is near its box is moved into it without a visible jump: in a pause, and from a standstill.
        let has_returned = enters_box && (frame.has_watched || (frame.is_timed && before.speed < STANDING_SPEED));
        if has_returned || (step.has_jumped && now.in_pits) {
            self.events.push_back(LapEvent::ReturnedToBox);
            self.is_being_refitted = true;
        }
        has_returned
    }

    /// The running lap continues.
    fn continue_lap(&mut self, step: &FrameStep<'_>) {
        let FrameStep { frame, now, step_ms, .. } = *step;
        let Some(lap) = self.state.running_mut() else { return };
        if frame.is_timed {
            lap.follow_timer(&now, step_ms);
        }
        let seconds = (now.steps - lap.last.steps) * step_ms / 1000.0;
        let sector_end = lap.advance(now, &self.path, &self.sector_ends, step_ms);
        lap.stats.driving.note(frame.frame, seconds);
        if !frame.is_timed {
            self.path.speeds().for_each(|speed| lap.stats.note_speed(speed));
        }
        lap.stats.note(frame.frame);
        if let Some(end) = sector_end {
            let is_lap_valid = lap.validity.so_far().is_valid();
            self.events.push_back(LapEvent::SectorEnded { end, is_lap_valid });
        }
        if lap.validity.note(&now, now.timer_ms)
            && let Validity::Invalid { reason, .. } = lap.validity.so_far()
        {
            self.events.push_back(LapEvent::Invalidated(reason));
        }
    }

    /// The timer continues, but the car is somewhere else.
    fn continue_elsewhere(&mut self, step: &FrameStep<'_>) {
        let why = if step.resumes {
            Incomplete::Replay
        } else if self.phase_changed.is_some() {
            Incomplete::SessionEnded
        } else {
            restart_reason(&step.now)
        };
        self.broken_off = Some(step.now.steps);
        if why == Incomplete::Returned {
            self.return_to_box(step);
        } else {
            self.start_over(why, step);
        }
    }

    /// The car has crossed the line: the running lap waits for its time, and the next one begins.
    fn cross_line(&mut self, step: &FrameStep<'_>, line: &Crossing) {
        self.numbering.expect_no_lower_count();
        self.finish_awaiting();
        if let Some(lap) = self.state.take_running() {
            if lap.is_way_to_line() {
                // A box before the line: the game counts the way to the line as a lap.
                self.next_is_out_lap = true;
            } else {
                self.numbering.mark_used();
                self.events.push_back(LapEvent::LineCrossed);
                let consumed = self.meter.at(line.steps);
                let stint = self.stint();
                let mut ended = lap.cross(line, self.sector_ends.len(), stint, consumed, &step.now);
                ended.lap.sector_kind = self.sector_kind;
                self.state.await_time(ended);
            }
            self.numbering.count_lap();
        }
        self.start(line, step.now, line.steps);
    }

    /// The timer has restarted, but not because a lap has ended.
    fn restart_elsewhere(&mut self, step: &FrameStep<'_>, line: &Crossing) {
        let has_phase_changed = self.phase_changed.take().is_some();
        let why = if has_phase_changed { Incomplete::SessionEnded } else { restart_reason(&step.now) };
        self.break_off(why, step.frame.time);
        self.broken_off = Some(step.now.steps);
        // The change of the fuel level since the frame before was neither burned nor refuelled.
        self.drive_step = None;
        if why != Incomplete::Returned && step.frame.may_begin_session {
            self.finish_awaiting();
            self.last_lap.forget();
            self.next_session(1);
            self.numbering.expect_lower_count();
        }
        self.start(line, step.now, step.now.steps);
    }

    /// A lap begins, and its beginning was seen. Its consumption counts from the physics step `consumed_from`.
    fn start(&mut self, line: &Crossing, now: Reading, consumed_from: f64) {
        self.line_passed = None;
        self.since_line_ms = None;
        self.adopt_sectors();
        let number = self.numbering.start_lap(now.count);
        let consumed = self.meter.at(consumed_from);
        let mut lap = RunningLap::new(self.session(), number, line.steps, now, consumed);
        lap.began_in_pits |= mem::take(&mut self.next_is_out_lap);
        lap.is_start_exact = line.is_exact;
        lap.validity.note(&now, now.timer_ms);
        self.events.push_back(LapEvent::LapBegun);
        self.state.begin(lap);
    }

    /// A lap is found that runs already.
    fn join(&mut self, now: Reading, step_ms: f64) {
        let number = self.numbering.join_lap(now.count);
        let start = now.steps - now.timer_ms / step_ms;
        let mut lap = RunningLap::new(self.session(), number, start, now, self.meter.at(now.steps));
        lap.is_joined = true;
        lap.validity.note(&now, now.timer_ms);
        self.state.begin(lap);
    }

    /// The driver has returned to the box by the menu. The game does not reset the timer: the out lap that follows includes the time
    /// since the beginning of the lap that was broken off.
    fn return_to_box(&mut self, step: &FrameStep<'_>) {
        self.break_off(Incomplete::Returned, step.frame.time);
        let now = step.now;
        if now.timer_ms > 0.0 {
            let start = now.steps - now.timer_ms / step.step_ms;
            let consumed = self.meter.at(now.steps);
            self.state.begin(RunningLap::new(self.session(), self.numbering.next_lap, start, now, consumed));
        }
    }

    /// A frame of a session that is over: a lap that has just passed the line is finished, and no other.
    fn finish_session(&mut self, step: &FrameStep<'_>) {
        if self.state.running().is_some() && self.recent_line(&step.now, step.step_ms).is_some() {
            if step.now.timer_ms >= step.before.timer_ms {
                return self.continue_lap(step);
            }
            let line = self.crossing(step);
            let timer_step = self.timer_facts(step, &line).classify_restart();
            self.take_timer_step(timer_step, step, &line);
        }
        self.break_off(Incomplete::SessionEnded, step.frame.time);
    }

    /// The running lap is lost. Another one runs, and its beginning was not seen.
    fn start_over(&mut self, why: Incomplete, step: &FrameStep<'_>) {
        self.break_off(why, step.frame.time);
        self.meter.interrupt();
        if step.now.timer_ms > 0.0 {
            self.join(step.now, step.step_ms);
        }
    }

    /// The running lap ends without having crossed the line.
    fn break_off(&mut self, why: Incomplete, now_s: f64) {
        let Some(lap) = self.state.take_running() else { return };
        self.meter.interrupt();
        if lap.seen_ms() < MIN_SEEN_MS {
            return;
        }
        self.numbering.mark_used();
        let consumed = self.meter.at(lap.last.steps);
        let mut lap = lap.into_lap(self.stint(), now_s, Some(why), consumed);
        lap.sector_kind = self.sector_kind;
        self.events.push_back(LapEvent::LapEnded(Box::new(lap)));
    }

    /// The lap that waits for its time ends as it is.
    fn finish_awaiting(&mut self) {
        if let Some(awaiting) = self.state.take_awaiting() {
            self.events.push_back(LapEvent::LapEnded(Box::new(awaiting.into_lap())));
        }
    }

    /// Another session begins, or another car in the same one.
    fn begin(&mut self, beginning: Beginning, now_s: f64) {
        let why = match beginning {
            Beginning::First => Incomplete::Interrupted,
            Beginning::Session | Beginning::Phase => Incomplete::SessionEnded,
            Beginning::Car => Incomplete::CarChanged,
        };
        self.break_off(why, now_s);
        self.finish_awaiting();
        self.forget();
        if beginning == Beginning::First {
            self.numbering.adopt_count();
        } else {
            self.next_session(1);
        }
    }

    fn next_session(&mut self, next_lap: u32) {
        let session = self.numbering.next_session(next_lap);
        self.events.extend(session.map(LapEvent::SessionBegun));
    }

    fn forget(&mut self) {
        self.last_lap.forget();
        self.meter.interrupt();
        self.before = None;
        self.physics_steps = None;
        self.resumes = false;
        self.phase_changed = None;
        self.broken_off = None;
        self.numbering.expect_no_lower_count();
    }

    /// Decides whether a phase of another name is another session: it is if a lap is broken off shortly before or after, or if no lap
    /// runs. A phase may also just change its name.
    fn follow_phase(&mut self, frame: &ClockedFrame<'_>, step_s: f64) {
        let Some(since) = self.phase_changed.filter(|_| frame.may_begin_session) else { return };
        let is_recent = |steps: f64| (frame.steps - steps) * step_s <= PHASE_CHANGE_S;
        if self.state.running().is_none() {
            self.begin(Beginning::Phase, frame.time);
        } else if self.broken_off.is_some_and(is_recent) {
            self.phase_changed = None;
            self.last_lap.forget();
            self.finish_awaiting();
            self.next_session(1);
            self.numbering.expect_lower_count();
            self.renumber_running();
        } else if !is_recent(since) {
            self.phase_changed = None;
        }
    }

    /// Follows the game's lap count.
    fn follow_count(&mut self, before: u32, now: u32) {
        if now < before {
            // The session was restarted. Its first lap may have begun before.
            let session = self.numbering.take_lower_count(now);
            self.events.extend(session.map(LapEvent::SessionBegun));
            if self.state.running().is_some_and(|lap| !lap.is_joined) {
                self.renumber_running();
            }
        } else if now > before
            && let Some(lap) = self.state.running_mut()
            && lap.is_joined
            && lap.elapsed_ms < MAX_COUNT_DELAY_MS
        {
            // A lap that was found just after the line may have got its number from a count that was late.
            lap.number = lap.number.max(now.saturating_add(1));
            self.numbering.next_lap = lap.number;
        }
    }

    /// The running lap is the next lap of the session.
    fn renumber_running(&mut self) {
        let (session, number) = (self.session(), self.numbering.next_lap);
        if let Some(lap) = self.state.running_mut() {
            lap.session = session;
            lap.number = number;
        }
    }
}

/// Why a lap ends if the car is suddenly somewhere else.
const fn restart_reason(now: &Reading) -> Incomplete {
    if now.in_pits { Incomplete::Returned } else { Incomplete::Restarted }
}
