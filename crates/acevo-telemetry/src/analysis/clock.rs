//! From pages to moments: what is new, how much driving lies between, and whether it is the same drive at all.

use std::time::Duration;

use acevo_shared_memory::{ACEvoStatus, Frame, SPageFilePhysics};

use super::laps::LATE_RESET_MS;
use super::phase::Phase;
use super::step::Step;
use crate::names::is_name;

/// Physics that is not seen for longer than this is not made up for by the time on the wall.
const LONGEST_FILL: f64 = 16.0;

/// A frame in which the timer does not tell how long ago the frame before was: the wall clock tells, up to so many seconds.
const LONGEST_FRAME: f64 = 0.1;

/// A timer that goes on by more than this between two frames without physics does not measure time, in milliseconds.
const LONGEST_TIMED_MS: f64 = 3_600_000.0;

/// No drive is as long as this many packets: another counter.
const LEAP: i64 = 30_000_000;

/// A page that was read, put in its place in the drive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment<'a> {
    /// When the pages were seen.
    pub(crate) at: Duration,
    /// The newest pages.
    pub(crate) frame: &'a Frame,
    /// Driving since the analysis began, in physics steps; stands still in pauses. Between two steps where a frame came there.
    pub(crate) steps: f64,
    /// The same in seconds, by what is known of the length of a step.
    pub(crate) time: f64,
    /// The physics page is another one than before, and describes the car now.
    pub(crate) physics: bool,
    /// The graphics page is another one than before.
    pub(crate) graphics: bool,
    /// The steps follow from the lap timer, because physics is not current or was not until this frame.
    pub(crate) is_timed: bool,
    /// Another car was watched since the moment before.
    pub(crate) has_watched: bool,
    /// How it goes on from the moment before.
    pub(crate) flow: Flow,
}

impl Moment<'_> {
    /// The physics page, if it describes the car now.
    pub(crate) fn physics_page(&self) -> Option<&SPageFilePhysics> {
        current_physics(self.frame)
    }

    /// The car is driven right now: no menu, no pause.
    pub(crate) fn is_live(&self) -> bool {
        self.frame.graphics.status() == ACEvoStatus::Live
    }

    /// The session is over: laps are neither begun nor finished.
    pub(crate) fn is_over(&self) -> bool {
        Phase::of(self.frame.graphics.session_phase()) == Some(Phase::Over)
    }

    /// The game is in its menu or loads.
    pub(crate) fn is_menu(&self) -> bool {
        self.frame.graphics.status() == ACEvoStatus::Off
    }
}

/// The physics page of a frame, if it describes the car now.
pub(crate) fn current_physics(frame: &Frame) -> Option<&SPageFilePhysics> {
    Some(frame.physics.raw()).filter(|_| frame.validity.is_current())
}

/// How a moment goes on from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// As time goes by.
    Continues,
    /// After a replay: the counters tell nothing, the game's own timer has to.
    Resumes,
    /// Something else than before: nothing of the lap that ran can be carried on.
    Begins(Beginning),
}

/// Why something else begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// The first moment, or the first one after an interruption, of the same session as far as the pages tell.
    First,
    /// A session: another kind, name or track, or counters that went back.
    Session,
    /// A phase of another name, and nothing else yet: perhaps a session, perhaps only the time that has run out.
    Phase,
    /// Another car.
    Car,
}

/// SessionEventKind tells one drive from another; empty names are not known yet.
#[derive(Debug, Clone, Default)]
struct Key {
    session: i32,
    ids: [u8; 2],
    session_name: String,
    phase: String,
    track: String,
    configuration: String,
    car: String,
}

/// Puts pages in their places.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    step: Step,
    steps: f64,
    time: f64,
    physics: Option<(i32, Duration)>,
    graphics: Option<i32>,
    /// The newest frame of driving.
    frame: Option<TimedFrame>,
    /// Physics is not current, or was not at the newest frame: the lap timer tells how much was driven.
    is_timed: bool,
    /// The counter has run without physics being current: what it has counted is no driving.
    is_uncounted: bool,
    /// The newest frame showed another car.
    watches: bool,
    /// Steps that were made up for since the physics page was new.
    filled: f64,
    key: Key,
    is_known: bool,
    begins: Option<Beginning>,
    /// Packets of both pages before an interruption.
    left: (Option<i32>, Option<i32>),
    in_replay: bool,
    /// The physics packet a replay was left with: it may still be the replay's.
    stale: Option<i32>,
}

/// What a frame says about time.
#[derive(Debug, Clone, Copy)]
struct TimedFrame {
    steps: f64,
    timer_ms: f64,
    seen: Duration,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            step: Step::default(),
            steps: 0.0,
            time: 0.0,
            physics: None,
            graphics: None,
            frame: None,
            is_timed: false,
            is_uncounted: false,
            watches: false,
            filled: 0.0,
            key: Key::default(),
            is_known: false,
            begins: Some(Beginning::First),
            left: (None, None),
            in_replay: false,
            stale: None,
        }
    }
}

impl Clock {
    /// What comes next does not go on from what was before. It may be of the same session all the same.
    pub(crate) fn interrupt(&mut self) {
        self.begins = Some(Beginning::First);
        self.left = (self.physics.map(|(id, _)| id).or(self.left.0), self.graphics.or(self.left.1));
        (self.physics, self.graphics, self.filled) = (None, None, 0.0);
        (self.in_replay, self.stale) = (false, None);
        (self.frame, self.is_timed, self.is_uncounted) = (None, false, false);
    }

    /// The length of a physics step.
    pub(crate) fn step(&self) -> &Step {
        &self.step
    }

    /// Takes pages that were seen `at` this time. `None` where they say nothing new about the drive: the same packets again,
    /// pages that may mix two packets, a replay.
    pub(crate) fn next<'a>(&mut self, at: Duration, frame: &'a Frame) -> Option<Moment<'a>> {
        let (physics_id, graphics_id) = (frame.physics.packet_id(), frame.graphics.packet_id());
        let is_current = frame.validity.is_current();
        // The status of a page that may mix two packets is as good as any, but its counter may belong to other values.
        let mut physics =
            is_current && frame.physics.is_settled() && self.physics.is_none_or(|(id, _)| id != physics_id);
        let graphics = frame.graphics.is_settled() && self.graphics != Some(graphics_id);
        if !physics && !graphics {
            return None;
        }
        if frame.graphics.status() == ACEvoStatus::Replay {
            self.in_replay = true;
            return None;
        }
        if !is_current {
            (self.is_timed, self.is_uncounted) = (true, true);
        }
        if watches_another_car(frame) {
            // The frames are another car's; the player's drive goes on as physics says.
            if physics {
                self.advance(at, physics_id);
            }
            self.graphics = Some(graphics_id);
            self.watches = true;
            return None;
        }
        let has_watched = std::mem::take(&mut self.watches);
        let mut flow = Flow::Continues;
        if std::mem::take(&mut self.in_replay) {
            flow = Flow::Resumes;
            (self.physics, self.filled) = (None, 0.0);
            self.graphics = Some(graphics_id);
            self.stale = Some(physics_id);
        }
        physics &= self.stale.is_none_or(|stale| stale != physics_id);
        if physics {
            self.stale = None;
        }
        let mut went_back = false;
        if physics {
            went_back |= self.advance(at, physics_id);
        } else if is_current {
            self.fill(at, frame);
        }
        let mut is_timed = false;
        if graphics {
            went_back |= has_gone_back(self.graphics, graphics_id);
            self.graphics = Some(graphics_id);
            if frame.graphics.status() == ACEvoStatus::Live {
                is_timed = self.is_timed;
                self.take_frame(at, frame, is_current);
            }
        }
        let first = self.begins.take();
        if first.is_some() {
            let (physics_left, graphics_left) = std::mem::take(&mut self.left);
            went_back |= (physics && has_gone_back(physics_left, physics_id))
                || (graphics && has_gone_back(graphics_left, graphics_id));
        }
        // Nothing was there before the very first moment that could have become something else.
        let change = if went_back { Some(Beginning::Session) } else { self.key.change(frame) };
        if let Some(beginning) = change.filter(|_| self.is_known).or(first) {
            // After an interruption names that were known may not be told yet.
            if !std::mem::replace(&mut self.is_known, true) || beginning != Beginning::First {
                self.key = Key::of(frame);
            }
            flow = Flow::Begins(beginning);
            self.step.interrupt();
        }
        if is_timed {
            self.step.interrupt();
        } else if graphics && flow == Flow::Continues {
            self.step.note(self.steps, frame.graphics.raw().current_lap_time_ms);
        } else if flow == Flow::Resumes {
            self.step.interrupt();
        }
        Some(Moment { at, frame, steps: self.steps, time: self.time, physics, graphics, is_timed, has_watched, flow })
    }

    /// A frame of driving. While physics is not current, and for the first frame after that, the lap timer says how much was driven.
    fn take_frame(&mut self, at: Duration, frame: &Frame, is_current: bool) {
        let timer = frame.graphics.raw().current_lap_time_ms;
        let timer_ms = if timer == i32::MAX { 0.0 } else { f64::from(timer.max(0)) };
        if let Some(before) = self.frame.filter(|_| self.is_timed) {
            let wall_ms = at.saturating_sub(before.seen).as_secs_f64().min(LONGEST_FRAME) * 1000.0;
            let ran_ms = timer_ms - before.timer_ms;
            let since_ms = match ran_ms {
                // It has begun anew, with the time since the line, which was passed some frames earlier.
                ..0.0 if timer_ms - wall_ms <= LATE_RESET_MS => wall_ms,
                ..0.0 => timer_ms.min(LONGEST_TIMED_MS),
                _ if timer_ms <= 0.0 || ran_ms > LONGEST_TIMED_MS => wall_ms,
                _ => ran_ms,
            };
            let ahead = before.steps + since_ms / 1000.0 / self.step.seconds() - self.steps;
            // Physics that has counted on while another car was watched is right; a timer that stood meanwhile is not.
            if ahead >= -LONGEST_FRAME / self.step.seconds() {
                self.go(ahead);
            }
        }
        self.is_timed &= !is_current;
        self.frame = Some(TimedFrame { steps: self.steps, timer_ms, seen: at });
    }

    /// The physics counter goes on; true if it has gone back instead. SessionEventKind it has counted while physics was not current is no driving.
    fn advance(&mut self, at: Duration, id: i32) -> bool {
        let before = self.physics.replace((id, at));
        let filled = std::mem::take(&mut self.filled);
        let is_uncounted = std::mem::take(&mut self.is_uncounted);
        let Some((before, _)) = before else { return false };
        let steps = i64::from(id.wrapping_sub(before));
        if !(0..LEAP).contains(&steps) {
            return true;
        }
        if !is_uncounted {
            self.go(steps as f64 - filled);
        }
        false
    }

    /// A frame that came without its physics: what was missed lies at most a moment back.
    fn fill(&mut self, at: Duration, frame: &Frame) {
        let Some((_, seen)) = self.physics else { return };
        if frame.graphics.status() != ACEvoStatus::Live {
            return;
        }
        let since = at.saturating_sub(seen).as_secs_f64() / self.step.seconds();
        let fill = since.min(LONGEST_FILL).max(self.filled);
        self.go(fill - self.filled);
        self.filled = fill;
    }

    /// Never backwards: physics that was made up for too generously is waited for.
    fn go(&mut self, steps: f64) {
        if steps >= 0.0 {
            self.steps += steps;
            self.time += steps * self.step.seconds();
        } else {
            self.filled = -steps;
        }
    }
}

/// True if the graphics page shows another car than the player's, as while the driver watches another car from the box: its laps,
/// times, fuel and names are not the player's. Pages without ids show the player's car.
pub fn watches_another_car(frame: &Frame) -> bool {
    let (focused, player) = (frame.graphics.focused_car_id(), frame.graphics.player_car_id());
    focused != player && focused != (0, 0) && player != (0, 0)
}

fn has_gone_back(before: Option<i32>, now: i32) -> bool {
    before.is_some_and(|before| now.wrapping_sub(before) < 0)
}

impl Key {
    fn of(frame: &Frame) -> Self {
        let (session, graphics) = (frame.static_data.raw(), &frame.graphics);
        let known = |name: &str| if is_name(name) { name.to_owned() } else { String::new() };
        Self {
            session: session.session,
            ids: [session.event_id, session.session_id],
            session_name: session.session_name.as_str().to_owned(),
            phase: graphics.session_phase().to_owned(),
            track: known(session.track.as_str()),
            configuration: known(session.track_configuration.as_str()),
            car: known(graphics.car_model()),
        }
    }

    /// Tells whether this is another drive, and learns names that were not known.
    fn change(&mut self, frame: &Frame) -> Option<Beginning> {
        let (session, graphics) = (frame.static_data.raw(), &frame.graphics);
        let numbers = (session.session, [session.event_id, session.session_id]);
        if frame.static_data.is_settled() {
            if (self.session, self.ids) != numbers {
                return Some(Beginning::Session);
            }
            let names = [
                (&mut self.session_name, session.session_name.as_str()),
                (&mut self.track, session.track.as_str()),
                (&mut self.configuration, session.track_configuration.as_str()),
            ];
            if names.into_iter().any(|(known, now)| is_name(now) && is_other(known, now)) {
                return Some(Beginning::Session);
            }
        }
        if !frame.graphics.is_settled() {
            return None;
        }
        let phase = graphics.session_phase();
        if Phase::goes_on(&self.phase, phase) {
            if self.phase != phase {
                phase.clone_into(&mut self.phase);
            }
        } else if is_other(&mut self.phase, phase) {
            return Some(Beginning::Phase);
        }
        let car = graphics.car_model();
        (is_name(car) && is_other(&mut self.car, car)).then_some(Beginning::Car)
    }
}

/// True where a known name has become another one. One that was not known is learned.
fn is_other(known: &mut String, now: &str) -> bool {
    if now.is_empty() || known == now {
        return false;
    }
    if known.is_empty() {
        known.push_str(now);
        return false;
    }
    true
}
