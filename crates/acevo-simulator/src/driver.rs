//! The driver: where on the road, how fast, and which pedals.

use crate::car::{Car, Pedals};
use crate::noise::{self, Stream, smoothstep};
use crate::profile::Profile;
use crate::track::{PitZone, Track};

/// The pit speed limit in m/s (80 km/h).
pub(crate) const PIT_SPEED: f64 = 80.0 / 3.6;
/// How far outside the centre line the car runs when it cuts, in metres: all wheels are off.
const CUT_OFFSET: f64 = -9.2;
/// Seconds ahead the driver looks at the target speed.
const LOOK_AHEAD: f64 = 0.10;

/// What the driver means to do.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Intent {
    /// Run wide.
    pub(crate) cut: Option<Cut>,
    /// Take the pit lane the next time it comes.
    pub(crate) pit: Option<PitVisit>,
    /// Slower under a yellow flag.
    pub(crate) careful: bool,
}

/// An excursion beside the track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cut {
    /// Metres after the line.
    from: f64,
    /// Metres on the centre line.
    length: f64,
    begun: bool,
}

impl Cut {
    pub(crate) fn new(from: f64, length: f64) -> Self {
        Self { from, length, begun: false }
    }

    /// How much of it is driven at `s` (already within the lap), 0..1 while the car is on it. Once begun it may cross the
    /// line.
    fn driven(&self, track: &Track, s: f64) -> f64 {
        let metres = if self.begun { track.wrap(s - self.from) } else { s - self.from };
        metres / self.length
    }

    /// Begun and not over, wherever the line is.
    pub(crate) fn is_under_way(&self) -> bool {
        self.begun
    }
}

/// What the driver wants in the pit lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PitVisit {
    /// To stop in the box.
    Stop,
    /// To drive through at the limit.
    Through,
}

/// The driver of the player's car.
#[derive(Debug, Clone)]
pub(crate) struct Driver {
    seed: u64,
    /// Each lap is driven like the one before.
    alike: bool,
    pub(crate) intent: Intent,
    /// On the way through the pit lane.
    pub(crate) in_pits: bool,
    /// Still to stop in the box on this way through.
    pub(crate) stop_ahead: bool,
    /// Waiting for the start, in the box or on the grid.
    pub(crate) holding: bool,
    /// The way through the pits passes by the box, there and back.
    box_side: bool,
    /// The grid slot's distance from the centre line, left behind while accelerating.
    grid: Option<f64>,
}

/// Where the car is going this instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    /// Metres after the line, within the lap.
    pub(crate) s: f64,
    /// Metres since the session began, never wrapped.
    pub(crate) travelled: f64,
}

impl Driver {
    pub(crate) fn new(seed: u64, alike: bool) -> Self {
        Self {
            seed,
            alike,
            intent: Intent::default(),
            in_pits: false,
            stop_ahead: false,
            holding: false,
            box_side: false,
            grid: None,
        }
    }

    /// The driver sits in the box.
    pub(crate) fn start_in_box(&mut self) {
        self.in_pits = true;
        self.box_side = true;
        self.stop_ahead = false;
        self.holding = true;
    }

    /// The driver stands on the grid, `offset` metres to the right of the centre line.
    pub(crate) fn start_on_grid(&mut self, offset: f64) {
        self.holding = true;
        self.grid = Some(offset);
    }

    /// Notices where the pit lane begins and ends, and an excursion.
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

    /// What is never quite the same: -1..1, with a new value every `metres`.
    fn noise(&self, track: &Track, stream: Stream, at: Progress, metres: f64) -> f64 {
        if self.alike {
            let cells = (track.length() / metres).ceil();
            noise::periodic(self.seed, stream, at.s / track.length() * cells, cells)
        } else {
            noise::smooth(self.seed, stream, at.travelled / metres)
        }
    }

    /// The distance to the right of the centre line in metres.
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
        if self.in_pits {
            let share = track.pit_lane_share(at.s);
            offset += (track.pit_lane_offset(at.s, self.box_side) - offset) * share;
        }
        offset
    }

    /// The speed the driver wants at a place, in m/s.
    fn target(&self, track: &Track, profile: &Profile, at: Progress) -> f64 {
        let moment = self.noise(track, Stream::Pace, at, 330.0);
        let mood = self.noise(track, Stream::Mood, at, 3_700.0);
        let nerve = 0.966 + 0.016 * moment + 0.014 * mood;
        let possible = profile.speed(track.wrap(at.s));
        let before = profile.speed(track.wrap(at.s - 8.0));
        // Nerve decides how fast the bends are; where the road opens everybody uses all the power there is.
        let gain = (possible * possible - before * before) / 16.0;
        let pace = nerve + (1.02 - nerve) * (gain / 0.8).clamp(0.0, 1.0);
        let care = if self.intent.careful { 0.9 } else { 1.0 };
        let mut speed = possible * pace * care;
        let pit_bound = self.in_pits || self.intent.pit.is_some();
        let signed = track.signed(at.s);
        let pit_box = track.pit_box();
        if pit_bound && signed < 0.0 {
            let distance = track.to_pit_limit(at.s).max(0.0);
            speed = speed.min((PIT_SPEED * PIT_SPEED + 2.0 * 7.5 * distance).sqrt());
        }
        if self.in_pits && matches!(track.pit_zone(at.s), PitZone::Limit) {
            speed = speed.min(PIT_SPEED);
        }
        if self.in_pits && self.box_side && signed > pit_box - 45.0 && signed < pit_box + 40.0 {
            speed = speed.min(11.0);
        }
        if self.in_pits && self.stop_ahead {
            // Comes to rest in the box; the last centimetres at walking pace.
            let distance = pit_box - signed;
            speed = if distance > 0.02 { speed.min((2.0 * 3.2 * distance).sqrt().max(0.15)) } else { 0.0 };
        }
        speed
    }

    /// Which pedals bring the car to the wanted speed.
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
            // Nobody holds the pedal at 93 %: close to full is full.
            Pedals { throttle: (1.08 * force / possible).min(1.0), brake: 0.0 }
        } else {
            let brake = -force - car.engine_brake_force();
            Pedals { throttle: 0.0, brake: (brake / car.spec.max_brake_force).clamp(0.0, 1.0) }
        }
    }
}
