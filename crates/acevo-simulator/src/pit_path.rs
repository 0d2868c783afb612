//! The path of a car through the pits, and its speed on it.

use crate::track::{PitZone, Track};

/// The pit speed limit in m/s (80 km/h).
pub(crate) const PIT_SPEED: f64 = 80.0 / 3.6;

/// The state of a pit visit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PitPath {
    /// Position of the box: track distance in metres, negative before the line.
    pub(crate) at: f64,
    /// True if the car will enter the pit lane at the end of this lap.
    pub(crate) bound: bool,
    /// True while the car is in the pit lane.
    pub(crate) in_pits: bool,
    /// True if the path leads into the box and out again.
    pub(crate) into_box: bool,
    /// True if a stop in the box is still ahead.
    pub(crate) stop_ahead: bool,
}

impl PitPath {
    /// Maximum speed at track distance `s`, in m/s; infinite on the track.
    pub(crate) fn max_speed(&self, track: &Track, s: f64) -> f64 {
        let mut speed = f64::INFINITY;
        let signed = track.signed(s);
        if (self.in_pits || self.bound) && signed < 0.0 {
            let distance = track.to_pit_limit(s).max(0.0);
            speed = speed.min((PIT_SPEED * PIT_SPEED + 2.0 * 7.5 * distance).sqrt());
        }
        if self.in_pits && matches!(track.pit_zone(s), PitZone::Limit) {
            speed = speed.min(PIT_SPEED);
        }
        if self.in_pits && self.into_box && signed > self.at - 45.0 && signed < self.at + 40.0 {
            speed = speed.min(11.0);
        }
        if self.in_pits && self.stop_ahead {
            // Stops in the box; the last centimetres at walking pace.
            let distance = self.at - signed;
            speed = if distance > 0.02 { speed.min((2.0 * 3.2 * distance).sqrt().max(0.15)) } else { 0.0 };
        }
        speed
    }

    /// Offset to the right of the centre line, in metres, of a car that would otherwise be at `offset`.
    pub(crate) fn offset(&self, track: &Track, s: f64, offset: f64) -> f64 {
        if !self.in_pits {
            return offset;
        }
        let box_at = self.into_box.then_some(self.at);
        offset + (track.pit_lane_offset(s, box_at) - offset) * track.pit_lane_share(s)
    }
}
