//! The driver: line, target speed and pedals.

use crate::car::{Car, Pedals};
use crate::fault::Fault;
use crate::noise::{self, Stream, smoothstep};
use crate::pit_path::PitPath;
use crate::profile::Profile;
use crate::track::{PitZone, Track};

/// Offset from the centre line during an excursion, in metres: all wheels are off the track.
const CUT_OFFSET: f64 = -9.2;
/// How far ahead the driver considers the target speed, in seconds.
const LOOK_AHEAD: f64 = 0.10;

/// The driver's intentions.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Intent {
    /// Leave the track.
    pub(crate) cut: Option<Cut>,
    /// Enter the pit lane at the next opportunity.
    pub(crate) pit: Option<PitVisit>,
    /// Drive slowly under a yellow flag.
    pub(crate) careful: bool,
    /// Make a mistake.
    pub(crate) fault: Option<Fault>,
}

/// An excursion off the track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cut {
    /// Start of the excursion: track distance in metres.
    from: f64,
    /// Length along the centre line in metres.
    length: f64,
    begun: bool,
}

impl Cut {
    pub(crate) fn new(from: f64, length: f64) -> Self {
        Self { from, length, begun: false }
    }

    /// Progress of the excursion at track distance `s`: 0..1 while the car is on it. It may cross the line.
    fn driven(&self, track: &Track, s: f64) -> f64 {
        let metres = if self.begun { track.wrap(s - self.from) } else { s - self.from };
        metres / self.length
    }

    /// True if it has begun and is not over.
    pub(crate) fn is_under_way(&self) -> bool {
        self.begun
    }
}

/// The purpose of a pit visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PitVisit {
    /// A stop in the box.
    Stop,
    /// A drive-through at the speed limit.
    Through,
}

/// The driver of the player's car.
#[derive(Debug, Clone)]
pub(crate) struct Driver {
    seed: u64,
    /// All laps are driven identically.
    identical: bool,
    pub(crate) intent: Intent,
    /// True while the car is in the pit lane.
    pub(crate) in_pits: bool,
    /// True if a stop in the box is still ahead.
    pub(crate) stop_ahead: bool,
    /// True while waiting in the box or on the grid.
    pub(crate) holding: bool,
    /// True if the path through the pits leads into the box and out again.
    box_side: bool,
    /// Offset of the grid slot from the centre line, which fades out after the start.
    grid: Option<f64>,
}

/// The progress of the car.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    /// Track distance in metres.
    pub(crate) s: f64,
    /// Distance since the session began in metres, not wrapped.
    pub(crate) travelled: f64,
}

impl Driver {
    pub(crate) fn new(seed: u64, identical: bool) -> Self {
        Self {
            seed,
            identical,
            intent: Intent::default(),
            in_pits: false,
            stop_ahead: false,
            holding: false,
            box_side: false,
            grid: None,
        }
    }

    /// Starts in the box.
    pub(crate) fn start_in_box(&mut self) {
        self.in_pits = true;
        self.box_side = true;
        self.stop_ahead = false;
        self.holding = true;
    }

    /// Starts on the grid, `offset` metres to the right of the centre line.
    pub(crate) fn start_on_grid(&mut self, offset: f64) {
        self.holding = true;
        self.grid = Some(offset);
    }

    /// Updates the state of excursions and pit visits for track distance `s`.
    pub(crate) fn follow(&mut self, track: &Track, s: f64) {
        if let Some(cut) = &mut self.intent.cut {
            let driven = cut.driven(track, s);
            if cut.begun && driven >= 1.0 {
                self.intent.cut = None;
            } else {
                cut.begun |= (0.0..1.0).contains(&driven);
            }
        }
        let zone = track.pit_zone(s);
        if self.in_pits {
            self.in_pits = zone != PitZone::Outside;
            if !self.in_pits {
                self.box_side = false;
            }
        } else if zone == PitZone::Entry
            && let Some(visit) = self.intent.pit.take()
        {
            self.in_pits = true;
            self.stop_ahead = visit == PitVisit::Stop;
            self.box_side = self.stop_ahead;
        }
    }

    /// Random variation in -1..1, with a new value every `metres`.
    fn noise(&self, track: &Track, stream: Stream, at: Progress, metres: f64) -> f64 {
        if self.identical {
            let cells = (track.length() / metres).ceil();
            noise::periodic(self.seed, stream, at.s / track.length() * cells, cells)
        } else {
            noise::smooth(self.seed, stream, at.travelled / metres)
        }
    }

    /// The car's offset to the right of the centre line, in metres.
    pub(crate) fn offset(&self, track: &Track, at: Progress) -> f64 {
        let wander = 0.35 * self.noise(track, Stream::Line, at, 210.0);
        let mut offset = track.line(at.s) + wander;
        if let Some(cut) = self.intent.cut {
            let x = cut.driven(track, at.s);
            let share = smoothstep(x * 2.4) * smoothstep((1.0 - x) * 2.4);
            offset += (CUT_OFFSET - offset) * share;
        }
        if let Some(slot) = self.grid {
            offset += (slot - offset) * (1.0 - smoothstep(at.travelled / 260.0));
        }
        self.pit_path(track).offset(track, at.s, offset)
    }

    /// The target speed in m/s.
    fn target(&self, track: &Track, profile: &Profile, at: Progress) -> f64 {
        let short_term = self.noise(track, Stream::Pace, at, 330.0);
        let long_term = self.noise(track, Stream::Mood, at, 3_700.0);
        let corner_pace = 0.966 + 0.016 * short_term + 0.014 * long_term;
        let speed = |s: f64| self.intent.fault.map_or_else(|| profile.speed(s), |fault| fault.speed(profile, s));
        let possible = speed(track.wrap(at.s));
        let before = speed(track.wrap(at.s - 8.0));
        // The variation affects the bends. When accelerating, the driver always uses full power.
        let gain = (possible * possible - before * before) / 16.0;
        let pace = corner_pace + (1.02 - corner_pace) * (gain / 0.8).clamp(0.0, 1.0);
        let care = if self.intent.careful { 0.9 } else { 1.0 };
        (possible * pace * care).min(self.pit_path(track).max_speed(track, at.s))
    }

    fn pit_path(&self, track: &Track) -> PitPath {
        PitPath {
            at: track.pit_box(),
            bound: self.intent.pit.is_some(),
            in_pits: self.in_pits,
            into_box: self.box_side,
            stop_ahead: self.stop_ahead,
        }
    }

    /// The pedals that bring the car to the target speed.
    pub(crate) fn pedals(&self, track: &Track, profile: &Profile, at: Progress, car: &Car, slope: f64) -> Pedals {
        if self.holding {
            return Pedals { throttle: 0.0, brake: 0.35 };
        }
        let target = self.target(track, profile, at);
        let ahead = car.speed * LOOK_AHEAD;
        let next = self.target(track, profile, Progress { s: at.s + ahead, travelled: at.travelled + ahead });
        let wanted = (next - target) / LOOK_AHEAD + 3.2 * (target - car.speed);
        let force = car.spec.mass * (wanted + 9.8 * slope) + car.spec.resistance(car.speed);
        if force >= 0.0 {
            let possible = car.full_throttle_force().max(1.0);
            // Close to full throttle, drivers use full throttle.
            Pedals { throttle: (1.08 * force / possible).min(1.0), brake: 0.0 }
        } else {
            let brake = -force - car.engine_brake_force();
            Pedals { throttle: 0.0, brake: (brake / car.spec.max_brake_force).clamp(0.0, 1.0) }
        }
    }
}
