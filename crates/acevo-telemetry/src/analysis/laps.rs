//! The lap engine.
//!
//! The game's numbers about laps do not change together. At the line the **lap timer** begins anew first; the count, the last lap's
//! time and the place on the track follow in any order, up to 2 s later, online longer (reported). So the timer alone ends a lap,
//! and nothing else does. A lap is believed when the game tells its time: a last lap that has changed since the line and agrees with what the timer
//! and the counter of physics steps say about this lap. Everything else that may set the timer back, as a restart, a
//! return to the pits or another session, gives away itself by a car that is somewhere else, a lap that is too short, or a time that is never told.

mod driving;
mod figures;
mod lap;
mod meter;
mod path;
mod pending;
mod reading;
mod running;
mod session;
mod validity;

use std::collections::VecDeque;
use std::time::Duration;

use acevo_shared_memory::SPageFilePhysics;

pub use driving::Driving;
pub use lap::{Incomplete, Invalid, Lap, LapKind, LapStats, Validity};
pub(super) use reading::place;
pub use running::CurrentLap;

use super::clock::{Beginning, Flow, Moment};
use super::levels::Levels;
use super::stint::Stretch;
use meter::{Meter, Used};
use path::Path;
use pending::{LastLap, Pending};
use reading::{Reading, speed};
use running::{Crossing, Running, Split, TOO_FAR_MS};

/// The timer goes on as the steps do within this, in milliseconds: frames are late, and not always equally, least of all in a simulation
/// that runs faster than time.
const TOLERANCE_MS: f64 = 1000.0;

/// A timer that stood still and is older than this, beside what has passed, was not seen to start. Milliseconds.
const STARTS_MS: f64 = 250.0;

/// No lap is as short, milliseconds (reported rule).
const SHORTEST_MS: f64 = 5000.0;

/// A lap that was seen for less than this before it was broken off is none, in milliseconds: pages of two sessions, mixed.
const NONE_MS: f64 = 1000.0;

/// Who has driven so many metres has driven in this session, with or without a lap.
const SOME_WAY_M: f64 = 100.0;

/// Whoever is in the menu for so long does not go on with the lap.
const MENU: Duration = Duration::from_secs(3);

/// The timer begins anew up to so long after the car has passed the line, in milliseconds. Measured: 20 ms.
pub(super) const LATE_RESET_MS: f64 = 200.0;

/// A slower car stands, in metres per second.
const STANDS: f64 = 1.0;

/// The end of a lap.
const LAST_PLACE: f64 = 1.0 - 1e-9;

/// The line is looked for around place 0: parts of a lap.
const AROUND_LINE: f64 = 0.03;

/// Where the length of a lap is not known, in metres. Only for judging whether a car is near the line.
const SOME_LENGTH: f64 = 5000.0;

/// What the engine has found out.
#[derive(Debug, Clone, PartialEq)]
// Laps are rare, and handed over once.
#[allow(clippy::large_enum_variant)]
pub(crate) enum News {
    /// Another session, or the same one anew.
    Session(u32),
    /// The car has left its box for another stint.
    Stint(u32),
    /// A lap was begun from its beginning.
    Begun,
    /// The car was put into its box by the menu.
    Returned,
    /// A sector has ended, which is not the last: its number from 0, the time since the beginning of the lap, its own, and whether
    /// the lap counts so far.
    Split { sector: usize, split_ms: Option<u32>, sector_ms: Option<u32>, counts: bool },
    /// The running lap has become invalid.
    Invalidated(Invalid),
    /// The line was crossed; the lap's time is not told yet.
    Crossed,
    /// A lap is over and everything about it is known.
    Ended(Box<Lap>),
}

/// Follows laps, frame by frame.
#[derive(Debug, Clone)]
pub(crate) struct Laps {
    /// Ends of the sectors but the last, parts of a lap.
    lines: Vec<f64>,
    session: u32,
    next_number: u32,
    stint: u32,
    has_driven: bool,
    /// Something was driven in this session: a lap, or some way without one.
    is_used: bool,
    /// Metres driven in this session.
    driven_m: f64,
    running: Option<Running>,
    pending: Option<Pending>,
    last_lap: LastLap,
    before: Option<Reading>,
    /// Steps at the newest physics packet.
    physics: Option<f64>,
    /// That packet is not in the meter yet.
    is_unmetered: bool,
    resumes: bool,
    /// The car was put into its box, and physics is not current since: tank and tyres become others.
    is_put: bool,
    /// The lap that begins next is an out lap: the car has left a box that lies before the line.
    is_out_lap: bool,
    /// When the car has passed the line in the running lap, in steps: the timer begins anew some frames later.
    passed_line: Option<f64>,
    /// So many milliseconds ago, if that was a moment ago.
    past_line_ms: Option<f64>,
    /// The session was restarted: the count goes back, now or later.
    count_may_fall: bool,
    /// Steps at which the phase has got another name, as long as it is open whether another lap begins with it.
    phase: Option<f64>,
    /// Steps at which a lap was broken off and another one begun, as with another phase whose name is yet to come.
    broken: Option<f64>,
    /// Since when there is a menu.
    menu: Option<Duration>,
    /// The first lap after an interruption has the game's number.
    is_new_here: bool,
    meter: Meter,
    path: Path,
    /// What was driven to the newest frame.
    stretch: Option<Stretch>,
    used: Used,
    news: VecDeque<News>,
}

impl Laps {
    pub(crate) fn new(lines: &[f64]) -> Self {
        Self {
            lines: lines.to_vec(),
            session: 1,
            next_number: 1,
            stint: 1,
            has_driven: false,
            is_used: false,
            driven_m: 0.0,
            running: None,
            pending: None,
            last_lap: LastLap::default(),
            before: None,
            physics: None,
            is_unmetered: false,
            resumes: false,
            is_put: false,
            is_out_lap: false,
            passed_line: None,
            past_line_ms: None,
            count_may_fall: false,
            phase: None,
            broken: None,
            menu: None,
            is_new_here: true,
            meter: Meter::default(),
            path: Path::default(),
            stretch: None,
            used: Used::default(),
            news: VecDeque::with_capacity(8),
        }
    }

    /// Sectors of the track that is driven from now on.
    pub(crate) fn set_lines(&mut self, lines: &[f64]) {
        if self.lines != lines {
            self.lines.clear();
            self.lines.extend_from_slice(lines);
        }
    }

    pub(crate) fn take_news(&mut self) -> Option<News> {
        self.news.pop_front()
    }

    /// SessionEventKind was driven to the newest frame; nothing where that does not go on from the one before.
    pub(crate) fn take_stretch(&mut self) -> Option<Stretch> {
        self.stretch.take()
    }

    /// The speeds on the way to the newest frame, in metres per second.
    pub(crate) fn speeds(&self) -> impl Iterator<Item = f64> {
        self.path.speeds()
    }

    pub(crate) const fn session(&self) -> u32 {
        self.session
    }

    pub(crate) const fn stint(&self) -> u32 {
        self.stint
    }

    /// The lap that is being driven.
    pub(crate) fn current(&self) -> Option<CurrentLap> {
        self.running.as_ref().map(|running| running.view(self.stint))
    }

    /// Number of the running lap.
    pub(crate) fn number(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.number)
    }

    /// Where the running lap is and how old: place 0..1, seconds. Nothing for a lap whose beginning was not seen.
    pub(crate) fn progress(&self) -> Option<(f64, f64)> {
        let running = self.running.as_ref().filter(|running| !running.is_joined)?;
        let place = running.last.place?;
        // Past the line the place is the next lap's already: until the timer follows, the car is at the end of this one.
        Some(match self.past_line_ms {
            Some(past_ms) => (LAST_PLACE, (running.elapsed_ms - past_ms) / 1000.0),
            None => (place, running.elapsed_ms / 1000.0),
        })
    }

    /// What comes next has nothing to do with what was before.
    pub(crate) fn interrupt(&mut self, now_s: f64) {
        self.break_off(Incomplete::Interrupted, now_s);
        self.settle_pending();
        self.forget();
        self.is_new_here = true;
    }

    /// Takes what is new.
    pub(crate) fn feed(&mut self, moment: &Moment<'_>, step_s: f64) {
        match moment.flow {
            Flow::Continues => {}
            Flow::Resumes => {
                (self.resumes, self.is_unmetered) = (true, false);
                self.meter.interrupt();
            }
            Flow::Begins(Beginning::Phase) => self.phase = Some(moment.steps),
            Flow::Begins(beginning) => self.begin(beginning, moment),
        }
        if moment.has_watched {
            self.physics = None;
        }
        match moment.physics_page() {
            Some(page) if moment.physics => self.take_physics(moment, page),
            Some(_) => {}
            // The next one follows nothing that could have been missed.
            None => self.physics = None,
        }
        if !moment.graphics {
            return;
        }
        let reading = Reading::of(moment);
        self.last_lap.note(&reading);
        if let Some(pending) = &mut self.pending
            && pending.is_decided(&self.last_lap, &reading, step_s)
        {
            self.settle_pending();
        }
        // In a menu or a pause the pages show what was; what has really happened is seen afterwards.
        // Frames may stop in the menu: the first one after it tells how long it was.
        let since = if moment.is_menu() { Some(*self.menu.get_or_insert(moment.at)) } else { self.menu.take() };
        let was_long = since.is_some_and(|since| moment.at.saturating_sub(since) > MENU);
        if was_long {
            self.break_off(Incomplete::SessionEnded, moment.time);
        }
        if was_long && !moment.is_menu() {
            // What comes next was not driven to from where the car was.
            self.before = None;
        }
        if moment.is_live() {
            self.path.note(reading.steps, reading.speed);
            // Physics of a replay comes before the frame that says so: what counts is what a live frame was seen with.
            self.is_put &= moment.is_timed;
            if self.is_put {
                self.meter.interrupt();
            }
            if std::mem::take(&mut self.is_unmetered) || moment.is_timed {
                self.meter.note(moment.steps, Levels::of(moment.frame));
            }
            let count = self.before.and_then(|before| before.count);
            self.follow_stint(&reading);
            self.take_frame(moment, reading, step_s * 1000.0);
            self.follow_count(count, reading.count);
            self.path.end();
        }
        self.follow_phase(moment, step_s);
    }

    fn take_physics(&mut self, moment: &Moment<'_>, page: &SPageFilePhysics) {
        self.is_unmetered = true;
        let missed = self.physics.replace(moment.steps).map_or(0.0, |before| (moment.steps - before - 1.0).max(0.0));
        self.path.note(moment.steps, speed(page));
        if let Some(running) = &mut self.running {
            running.missed += missed.round() as u64;
        }
    }

    fn take_frame(&mut self, moment: &Moment<'_>, now: Reading, step_ms: f64) {
        let resumes = std::mem::take(&mut self.resumes);
        let used_before = std::mem::replace(&mut self.used, self.meter.total());
        let Some(before) = self.before.replace(now) else {
            if now.timer_ms > 0.0 && !moment.is_over() {
                self.join(now, step_ms);
            }
            return;
        };
        let now_s = moment.time;
        let since_ms = if resumes {
            // No counter has run meanwhile that would mean anything. The timer is as good as any, if the car is where it was.
            now.timer_ms - before.timer_ms
        } else {
            (now.steps - before.steps) * step_ms
        };
        if resumes && !(0.0..=TOLERANCE_MS).contains(&since_ms) {
            return self.start_over(Incomplete::Replay, now, now_s, step_ms);
        }
        let has_jumped = now.is_beyond_reach(&before, since_ms / 1000.0, lap_length(moment));
        let passed = self.path.passed(&before, &now, 0.0).filter(|_| !has_jumped && since_ms <= TOO_FAR_MS);
        if let Some(part) = passed {
            self.passed_line = Some(before.steps + part * (now.steps - before.steps));
        }
        self.past_line_ms = self.passed(&now, step_ms).map(|at| (now.steps - at) * step_ms);
        if !has_jumped {
            let stretch = self.stretch(&used_before, since_ms, step_ms);
            self.driven_m += stretch.metres;
            self.is_used |= self.driven_m > SOME_WAY_M;
            self.stretch = Some(stretch);
        }
        let is_boxed = now.in_box && !before.in_box;
        // From somewhere near its box a car is put into it without a jump that could be seen: in a pause, and from a standstill.
        let came_back = is_boxed && (moment.has_watched || (moment.is_timed && before.speed < STANDS));
        if came_back || (has_jumped && now.in_pits) {
            self.news.push_back(News::Returned);
            self.is_put = true;
        }
        if came_back {
            return self.return_to_box(now, now_s, step_ms);
        }
        if moment.is_over() {
            return self.finish(&before, now, has_jumped, step_ms, moment);
        }
        let Some(running) = &mut self.running else {
            if now.timer_ms <= 0.0 {
            } else if before.timer_ms <= 0.0 && now.timer_ms <= since_ms + STARTS_MS {
                let line = self.crossing(&before, &now, moment, step_ms);
                self.start(&line, now, if has_jumped { now.steps } else { line.steps });
            } else {
                self.join(now, step_ms);
            }
            return;
        };
        let expected = before.timer_ms + since_ms;
        if (now.timer_ms - expected).abs() <= TOLERANCE_MS {
            if has_jumped {
                let why = match (resumes, self.phase) {
                    (true, _) => Incomplete::Replay,
                    (_, Some(_)) => Incomplete::SessionEnded,
                    _ => where_to(&now),
                };
                self.broken = Some(now.steps);
                if why == Incomplete::Returned {
                    return self.return_to_box(now, now_s, step_ms);
                }
                return self.start_over(why, now, now_s, step_ms);
            }
            if now.timer_ms <= 0.0 && (now.steps - running.start) * step_ms > TOLERANCE_MS {
                // It does not run at all: the next lap begins later.
                self.running = None;
                return;
            }
            self.go_on(moment, now, step_ms);
        } else if now.timer_ms < expected && now.timer_ms <= since_ms + TOLERANCE_MS {
            self.follow_reset(&before, now, has_jumped, step_ms, moment);
        } else {
            self.start_over(Incomplete::Lost, now, now_s, step_ms);
        }
    }

    /// When the car has passed the line, in steps, if that was a moment ago.
    fn passed(&self, now: &Reading, step_ms: f64) -> Option<f64> {
        self.passed_line.filter(|at| (now.steps - at) * step_ms <= LATE_RESET_MS)
    }

    fn crossing(&self, before: &Reading, now: &Reading, moment: &Moment<'_>, step_ms: f64) -> Crossing {
        Crossing::between(before, now, self.passed(now, step_ms), lap_length(moment), step_ms, moment.time)
    }

    fn stretch(&self, before: &Used, since_ms: f64, step_ms: f64) -> Stretch {
        let used = self.used;
        Stretch {
            seconds: since_ms / 1000.0,
            metres: self.path.way() * step_ms / 1000.0,
            fuel_l: used.fuel_l - before.fuel_l,
            charge: used.charge - before.charge,
        }
    }

    fn go_on(&mut self, moment: &Moment<'_>, now: Reading, step_ms: f64) {
        let Some(running) = &mut self.running else { return };
        if moment.is_timed {
            running.follow_timer(&now, step_ms);
        }
        let seconds = (now.steps - running.last.steps) * step_ms / 1000.0;
        let split = running.go_on(now, &self.path, &self.lines, step_ms);
        running.figures.driving.note(moment.frame, seconds);
        if !moment.is_timed {
            self.path.speeds().for_each(|speed| running.figures.note_speed(speed));
        }
        running.figures.note(moment.frame);
        if let Some(Split { sector, split_ms, sector_ms }) = split {
            let counts = running.latch.so_far().is_valid();
            self.news.push_back(News::Split { sector, split_ms, sector_ms, counts });
        }
        if running.latch.note(&now, now.timer_ms)
            && let Validity::Invalid { reason, .. } = running.latch.so_far()
        {
            self.news.push_back(News::Invalidated(reason));
        }
    }

    /// The timer was reset: at the line, or for another reason.
    fn follow_reset(&mut self, before: &Reading, now: Reading, has_jumped: bool, step_ms: f64, moment: &Moment<'_>) {
        let line = self.crossing(before, &now, moment, step_ms);
        let lap_m = lap_length(moment).unwrap_or(SOME_LENGTH);
        let reach = AROUND_LINE * lap_m + now.timer_ms / 1000.0 * now.speed.max(before.speed) * 1.5;
        let is_at_line = now.distance_to_line(lap_m).is_none_or(|metres| metres <= reach);
        let mut used_from = line.steps;
        let is_too_short = before.timer_ms + line.after_ms < SHORTEST_MS;
        if is_too_short && !has_jumped && self.passed(&now, step_ms).is_some() {
            // It has run since the lights, and begins anew at the line that the grid lies behind.
            self.running = None;
        } else if is_too_short || has_jumped || !is_at_line {
            let why = if self.phase.take().is_some() { Incomplete::SessionEnded } else { where_to(&now) };
            self.break_off(why, moment.time);
            self.broken = Some(now.steps);
            // What the tank has gained or lost on the way here was neither burned nor filled in.
            (self.stretch, used_from) = (None, now.steps);
            if why != Incomplete::Returned {
                self.settle_pending();
                self.last_lap.forget();
                self.next_session(1);
                self.count_may_fall = true;
            }
        } else {
            self.count_may_fall = false;
            self.settle_pending();
            let running = self.running.take();
            if running.as_ref().is_some_and(Running::is_way_to_line) {
                // From a box before the line it is some metres to the line, which the game counts as a lap.
                self.next_number = self.next_number.saturating_add(1);
                self.is_out_lap = true;
            } else if let Some(running) = running {
                self.is_used = true;
                self.news.push_back(News::Crossed);
                let used = self.meter.at(line.steps);
                self.pending = Some(running.cross(line, self.lines.len(), self.stint, used, &now));
                self.next_number = self.next_number.saturating_add(1);
            }
        }
        self.start(&line, now, used_from);
    }

    /// A lap begins, seen from its first moment on. What it uses counts from the step `used_from`.
    fn start(&mut self, line: &Crossing, now: Reading, used_from: f64) {
        (self.passed_line, self.past_line_ms) = (None, None);
        if std::mem::take(&mut self.is_new_here) {
            self.next_number = now.count.unwrap_or(0).saturating_add(1);
        }
        let used = self.meter.at(used_from);
        let mut running = Running::new(self.session, self.next_number, line.steps, now, used);
        running.began_in_pits |= std::mem::take(&mut self.is_out_lap);
        running.is_exact = line.is_exact;
        running.latch.note(&now, now.timer_ms);
        self.news.push_back(News::Begun);
        self.running = Some(running);
    }

    /// A lap is found that runs already.
    fn join(&mut self, now: Reading, step_ms: f64) {
        let count = now.count.unwrap_or(0).saturating_add(1);
        self.next_number = if std::mem::take(&mut self.is_new_here) { count } else { self.next_number.max(count) };
        let start = now.steps - now.timer_ms / step_ms;
        let mut running = Running::new(self.session, self.next_number, start, now, self.meter.at(now.steps));
        running.is_joined = true;
        running.latch.note(&now, now.timer_ms);
        self.running = Some(running);
    }

    /// The driver has returned to the box by the menu. The game does not reset the timer; the out lap that follows has the time since the
    /// beginning of the lap that was broken off.
    fn return_to_box(&mut self, now: Reading, now_s: f64, step_ms: f64) {
        self.break_off(Incomplete::Returned, now_s);
        if now.timer_ms > 0.0 {
            let start = now.steps - now.timer_ms / step_ms;
            let used = self.meter.at(now.steps);
            self.running = Some(Running::new(self.session, self.next_number, start, now, used));
        }
    }

    /// A frame of a session that is over: the lap that has just passed the line is finished, and no other.
    fn finish(&mut self, before: &Reading, now: Reading, has_jumped: bool, step_ms: f64, moment: &Moment<'_>) {
        if self.running.is_some() && self.passed(&now, step_ms).is_some() {
            if now.timer_ms >= before.timer_ms {
                return self.go_on(moment, now, step_ms);
            }
            self.follow_reset(before, now, has_jumped, step_ms, moment);
        }
        self.break_off(Incomplete::SessionEnded, moment.time);
    }

    /// The running lap is lost; what runs now is another one, and its beginning was not seen.
    fn start_over(&mut self, why: Incomplete, now: Reading, now_s: f64, step_ms: f64) {
        self.break_off(why, now_s);
        self.meter.interrupt();
        if now.timer_ms > 0.0 {
            self.join(now, step_ms);
        }
    }

    /// The running lap ends without having crossed the line.
    fn break_off(&mut self, why: Incomplete, now_s: f64) {
        let Some(running) = self.running.take() else { return };
        self.meter.interrupt();
        if running.seen_ms() < NONE_MS {
            return;
        }
        self.is_used = true;
        let used = self.meter.at(running.last.steps);
        let lap = running.into_lap(self.stint, now_s, Some(why), used);
        self.news.push_back(News::Ended(Box::new(lap)));
    }

    /// Nothing more is waited for.
    fn settle_pending(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.news.push_back(News::Ended(Box::new(pending.into_lap())));
        }
    }
}

/// Metres round the track.
fn lap_length(moment: &Moment<'_>) -> Option<f64> {
    Some(f64::from(moment.frame.static_data.raw().track_length_m)).filter(|metres| (100.0..100_000.0).contains(metres))
}

/// Where a car has come to that is somewhere else at once.
const fn where_to(now: &Reading) -> Incomplete {
    if now.in_pits { Incomplete::Returned } else { Incomplete::Restarted }
}
