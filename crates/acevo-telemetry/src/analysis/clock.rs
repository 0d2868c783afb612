//! The drive clock: which pages are new, how much driving lies between two frames, and whether the same drive continues.

use std::time::Duration;

use acevo_shared_memory::{ACEvoStatus, Frame, SPageFilePhysics};

use super::phase::Phase;
use super::session_key::{Beginning, SessionKey};
use super::step::StepLength;
use crate::car_sample::{CarSample, current_physics, watches_another_car};

/// Maximum number of physics steps that are estimated from wall time while no physics packet arrives.
const MAX_ESTIMATED_STEPS: f64 = 16.0;

/// Maximum time between two frames if the timer does not show it, seconds. The wall time counts up to this.
const MAX_WALL_TIME_S: f64 = 0.1;

/// Maximum advance of the lap timer between two frames without physics, milliseconds. A larger one does not measure time.
const MAX_TIMER_ADVANCE_MS: f64 = 3_600_000.0;

/// Advance of the packet counter from which on it is another counter.
const MAX_PACKETS: i64 = 30_000_000;

/// Maximum time from the car passing the line to the restart of the timer, milliseconds. Measured: 20 ms.
pub(super) const LATE_RESET_MS: f64 = 200.0;

/// A frame with its time on the drive clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClockedFrame<'a> {
    /// When the pages were read.
    pub(crate) at: Duration,
    /// The newest pages.
    pub(crate) frame: &'a Frame,
    /// Their values, range-checked.
    pub(crate) sample: CarSample,
    /// Driving since the analysis began, in physics steps; it does not advance in pauses. A frame may lie between two steps.
    pub(crate) steps: f64,
    /// Driving since the analysis began, in seconds, by the known length of a step.
    pub(crate) time: f64,
    /// The physics page is new, and describes the car at this moment.
    pub(crate) has_physics: bool,
    /// The graphics page is new.
    pub(crate) has_graphics: bool,
    /// The steps follow from the lap timer: physics is not current, or was not until this frame.
    pub(crate) is_timed: bool,
    /// Another car was watched since the frame before.
    pub(crate) has_watched: bool,
    /// How the frame continues the one before.
    pub(crate) continuity: Continuity,
    /// Another session may begin: there were not more sessions than a game can load.
    pub(crate) may_begin_session: bool,
}

impl ClockedFrame<'_> {
    /// The physics page, if it describes the car at this moment.
    pub(crate) fn physics_page(&self) -> Option<&SPageFilePhysics> {
        current_physics(self.frame)
    }

    /// The car is being driven: no menu, no pause.
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

/// How a frame continues the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Continuity {
    /// Time passes.
    Continues,
    /// A replay has ended: the counters mean nothing, only the game's timer shows what has passed.
    Resumes,
    /// Something else begins: the running lap does not continue.
    Begins(Beginning),
}

impl Continuity {
    /// True if another session, phase or car begins.
    pub(crate) fn begins_session(self) -> bool {
        matches!(self, Self::Begins(beginning) if beginning != Beginning::First)
    }
}

/// Assigns times to frames.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    step: StepLength,
    steps: f64,
    time: f64,
    /// Packet id of the newest physics page and when it was read.
    physics: Option<(i32, Duration)>,
    /// Packet id of the newest graphics page.
    graphics: Option<i32>,
    /// The newest frame of driving.
    frame: Option<TimedFrame>,
    /// Physics is not current, or was not at the newest frame: the lap timer shows how much was driven.
    is_timed: bool,
    /// The physics counter has advanced while physics was not current: that was no driving.
    is_uncounted: bool,
    /// The newest frame showed another car.
    is_watching: bool,
    /// Steps that were estimated since the newest physics page.
    estimated: f64,
    key: SessionKey,
    /// A frame was seen before.
    is_known: bool,
    /// The next frame continues the one before: there is one, and nothing has interrupted.
    is_continuous: bool,
    /// Packet ids before an interruption.
    before_interruption: PacketIds,
    in_replay: bool,
    /// Packet id of the physics page at the end of a replay: it may still belong to the replay.
    replayed_physics: Option<i32>,
}

/// Packet ids of both pages, as far as they are known.
#[derive(Debug, Clone, Copy, Default)]
struct PacketIds {
    physics: Option<i32>,
    graphics: Option<i32>,
}

/// The times of a frame.
#[derive(Debug, Clone, Copy)]
struct TimedFrame {
    steps: f64,
    timer_ms: f64,
    seen: Duration,
}

/// Which pages of a frame are new.
#[derive(Debug, Clone, Copy)]
struct NewPages {
    physics: bool,
    graphics: bool,
}

impl Clock {
    /// The next frame does not continue the ones before, though it may belong to the same session.
    pub(crate) fn interrupt(&mut self) {
        self.is_continuous = false;
        self.before_interruption = PacketIds {
            physics: self.physics.map(|(id, _)| id).or(self.before_interruption.physics),
            graphics: self.graphics.or(self.before_interruption.graphics),
        };
        self.physics = None;
        self.graphics = None;
        self.estimated = 0.0;
        self.in_replay = false;
        self.replayed_physics = None;
        self.frame = None;
        self.is_timed = false;
        self.is_uncounted = false;
    }

    /// The length of a physics step.
    pub(crate) fn step(&self) -> &StepLength {
        &self.step
    }

    /// Takes pages that were read `at` this time. `None` if they show nothing new about the drive: the same packets as before, torn
    /// pages, a replay, or another car. Unless another session `may_begin`, pages of another session are left out, too.
    pub(crate) fn next<'a>(&mut self, at: Duration, frame: &'a Frame, may_begin: bool) -> Option<ClockedFrame<'a>> {
        if may_begin {
            return self.follow(at, frame, true);
        }
        let mut next = self.clone();
        let clocked = next.follow(at, frame, false);
        let begins = clocked.is_some_and(|clocked| clocked.continuity.begins_session());
        if begins {
            return None;
        }
        *self = next;
        clocked
    }

    fn follow<'a>(&mut self, at: Duration, frame: &'a Frame, may_begin_session: bool) -> Option<ClockedFrame<'a>> {
        let graphics_id = frame.graphics.packet_id();
        let mut new = self.new_pages(frame)?;
        if frame.graphics.status() == ACEvoStatus::Replay {
            self.in_replay = true;
            return None;
        }
        if !frame.validity.is_current() {
            self.is_timed = true;
            self.is_uncounted = true;
        }
        if watches_another_car(frame) {
            // The frames are another car's; the player's drive continues as physics shows.
            if new.physics {
                self.count_physics(at, frame.physics.packet_id());
            }
            self.graphics = Some(graphics_id);
            self.is_watching = true;
            return None;
        }
        let has_watched = std::mem::take(&mut self.is_watching);
        let resumes = std::mem::take(&mut self.in_replay);
        if resumes {
            self.leave_replay(frame);
        }
        new.physics &= self.replayed_physics.is_none_or(|id| id != frame.physics.packet_id());
        if new.physics {
            self.replayed_physics = None;
        }
        let is_timed = new.graphics && frame.graphics.status() == ACEvoStatus::Live && self.is_timed;
        let went_back = self.advance(at, frame, new);
        let continuity = self.continuity(frame, went_back, resumes);
        self.learn_step(frame, new, continuity, is_timed);
        Some(ClockedFrame {
            at,
            frame,
            sample: CarSample::of(frame),
            steps: self.steps,
            time: self.time,
            has_physics: new.physics,
            has_graphics: new.graphics,
            is_timed,
            has_watched,
            continuity,
            may_begin_session,
        })
    }

    /// The pages that are new; `None` if neither is.
    fn new_pages(&self, frame: &Frame) -> Option<NewPages> {
        let (physics, graphics) = (&frame.physics, &frame.graphics);
        // The status of a torn page is as good as any, but its counter may belong to other values.
        let is_usable = frame.validity.is_current() && physics.is_settled();
        let new = NewPages {
            physics: is_usable && self.physics.is_none_or(|(id, _)| id != physics.packet_id()),
            graphics: graphics.is_settled() && self.graphics != Some(graphics.packet_id()),
        };
        Some(new).filter(|new| new.physics || new.graphics)
    }

    fn leave_replay(&mut self, frame: &Frame) {
        self.physics = None;
        self.estimated = 0.0;
        self.graphics = Some(frame.graphics.packet_id());
        self.replayed_physics = Some(frame.physics.packet_id());
    }

    /// Advances the clock to a frame. True if a packet counter has gone back.
    fn advance(&mut self, at: Duration, frame: &Frame, new: NewPages) -> bool {
        let (physics_id, graphics_id) = (frame.physics.packet_id(), frame.graphics.packet_id());
        let is_current = frame.validity.is_current();
        let mut went_back = false;
        if new.physics {
            went_back |= self.count_physics(at, physics_id);
        } else if is_current {
            self.estimate(at, frame);
        }
        if new.graphics {
            went_back |= has_gone_back(self.graphics, graphics_id);
            self.graphics = Some(graphics_id);
            if frame.graphics.status() == ACEvoStatus::Live {
                self.follow_timer(at, frame, is_current);
            }
        }
        if !self.is_continuous {
            let before = std::mem::take(&mut self.before_interruption);
            went_back |= new.physics && has_gone_back(before.physics, physics_id);
            went_back |= new.graphics && has_gone_back(before.graphics, graphics_id);
        }
        went_back
    }

    fn continuity(&mut self, frame: &Frame, went_back: bool, resumes: bool) -> Continuity {
        let first = (!std::mem::replace(&mut self.is_continuous, true)).then_some(Beginning::First);
        // Before the very first frame there is nothing that could have changed.
        let change = if went_back { Some(Beginning::Session) } else { self.key.change(frame) };
        match change.filter(|_| self.is_known).or(first) {
            Some(beginning) => {
                // After an interruption, names that were known may not be published yet.
                if !std::mem::replace(&mut self.is_known, true) || beginning != Beginning::First {
                    self.key = SessionKey::of(frame);
                }
                Continuity::Begins(beginning)
            }
            None if resumes => Continuity::Resumes,
            None => Continuity::Continues,
        }
    }

    fn learn_step(&mut self, frame: &Frame, new: NewPages, continuity: Continuity, is_timed: bool) {
        if is_timed || continuity != Continuity::Continues {
            self.step.interrupt();
        } else if new.graphics {
            self.step.note(self.steps, frame.graphics.raw().current_lap_time_ms);
        }
    }

    /// Takes a frame of driving. While physics is not current, and for the first frame after that, the lap timer shows how much was
    /// driven.
    fn follow_timer(&mut self, at: Duration, frame: &Frame, is_current: bool) {
        let timer = frame.graphics.raw().current_lap_time_ms;
        let timer_ms = if timer == i32::MAX { 0.0 } else { f64::from(timer.max(0)) };
        if let Some(before) = self.frame.filter(|_| self.is_timed) {
            let wall_ms = at.saturating_sub(before.seen).as_secs_f64().min(MAX_WALL_TIME_S) * 1000.0;
            let advance_ms = timer_ms - before.timer_ms;
            let since_ms = match advance_ms {
                // The timer has restarted with the time since the line, which the car passed some frames earlier.
                ..0.0 if timer_ms - wall_ms <= LATE_RESET_MS => wall_ms,
                ..0.0 => timer_ms.min(MAX_TIMER_ADVANCE_MS),
                _ if timer_ms <= 0.0 || advance_ms > MAX_TIMER_ADVANCE_MS => wall_ms,
                _ => advance_ms,
            };
            let ahead = before.steps + since_ms / 1000.0 / self.step.seconds() - self.steps;
            // If physics has counted on while another car was watched, it is right, and the timer that stood still is not.
            if ahead >= -MAX_WALL_TIME_S / self.step.seconds() {
                self.go(ahead);
            }
        }
        self.is_timed &= !is_current;
        self.frame = Some(TimedFrame { steps: self.steps, timer_ms, seen: at });
    }

    /// Takes a physics packet. True if the counter has gone back. Packets that arrived while physics was not current do not count as driving.
    fn count_physics(&mut self, at: Duration, id: i32) -> bool {
        let before = self.physics.replace((id, at));
        let estimated = std::mem::take(&mut self.estimated);
        let is_uncounted = std::mem::take(&mut self.is_uncounted);
        let Some((before, _)) = before else { return false };
        let steps = i64::from(id.wrapping_sub(before));
        if !(0..MAX_PACKETS).contains(&steps) {
            return true;
        }
        if !is_uncounted {
            self.go(steps as f64 - estimated);
        }
        false
    }

    /// Takes a frame without a new physics page: estimates the steps since the last one.
    fn estimate(&mut self, at: Duration, frame: &Frame) {
        let Some((_, seen)) = self.physics else { return };
        if frame.graphics.status() != ACEvoStatus::Live {
            return;
        }
        let since = at.saturating_sub(seen).as_secs_f64() / self.step.seconds();
        let estimated = since.min(MAX_ESTIMATED_STEPS).max(self.estimated);
        self.go(estimated - self.estimated);
        self.estimated = estimated;
    }

    /// Advances the clock. It never goes back: steps that were estimated too generously are waited for.
    fn go(&mut self, steps: f64) {
        if steps >= 0.0 {
            self.steps += steps;
            self.time += steps * self.step.seconds();
        } else {
            self.estimated = -steps;
        }
    }
}

fn has_gone_back(before: Option<i32>, now: i32) -> bool {
    before.is_some_and(|before| now.wrapping_sub(before) < 0)
}
