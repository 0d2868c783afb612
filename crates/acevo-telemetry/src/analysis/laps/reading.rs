//! The values of a frame that the lap engine uses.

use crate::analysis::clock::ClockedFrame;
use crate::car_sample::CarSample;
use crate::limits;

/// Distance between two frames without any time between them, metres: a frame may be a little older than its counter.
const POSITION_SLACK_M: f64 = 25.0;

/// One frame of driving.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading {
    /// Physics steps of driving so far.
    pub(super) steps: f64,
    /// Lap timer, milliseconds; 0 if it does not run.
    pub(super) timer_ms: f64,
    /// Lap position, 0..1.
    pub(super) lap_position: Option<f64>,
    /// Position in the world, metres.
    pub(super) world_position: Option<[f32; 3]>,
    /// Speed, m/s; 0 if unknown.
    pub(super) speed: f64,
    pub(super) in_pits: bool,
    pub(super) in_box: bool,
    pub(super) is_valid: bool,
    /// All four tyres are off the track.
    pub(super) is_off_track: bool,
    pub(super) wrong_way: bool,
    /// Last lap time, milliseconds.
    pub(super) last_lap_ms: Option<u32>,
    /// Laps that the game has counted.
    pub(super) count: Option<u32>,
}

impl Reading {
    pub(super) fn of(frame: &ClockedFrame<'_>) -> Self {
        let sample = &frame.sample;
        Self {
            steps: frame.steps,
            timer_ms: sample.lap_timer_ms.into(),
            lap_position: sample.lap_position,
            world_position: CarSample::world_position(frame.frame),
            speed: sample.speed_m_s.unwrap_or(0.0),
            in_pits: sample.is_in_pits,
            in_box: sample.is_in_pit_box,
            is_valid: sample.is_lap_valid,
            is_off_track: sample.tyres_off_track >= 4,
            wrong_way: sample.is_wrong_way,
            last_lap_ms: sample.last_lap_ms,
            count: sample.laps_completed,
        }
    }

    /// True if a car cannot have driven here from the frame before within this time. Without world positions the lap positions decide,
    /// if the length of the lap is known.
    pub(super) fn is_beyond_reach(&self, before: &Self, seconds: f64, lap_m: Option<f64>) -> bool {
        let by_world = self
            .world_position
            .zip(before.world_position)
            .map(|(here, there)| here.iter().zip(there).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt());
        let by_lap_position = || {
            let (here, there, lap_m) = (self.lap_position?, before.lap_position?, lap_m?);
            Some(signed_lap_distance(there, here).abs() * lap_m)
        };
        let Some(distance) = by_world.or_else(by_lap_position) else { return false };
        let fastest = self.speed.max(before.speed) * 1.5 + 5.0 + seconds * limits::MAX_ACCELERATION_M_S2;
        distance > POSITION_SLACK_M + seconds * fastest.min(limits::MAX_SPEED_M_S)
    }

    /// Distance to the line, before or after it, on a lap of this length, metres.
    pub(super) fn distance_to_line(&self, lap_m: f64) -> Option<f64> {
        self.lap_position.map(|position| position.min(1.0 - position) * lap_m)
    }
}

/// Signed shortest distance between two lap positions, as a fraction of a lap: positive is forward.
pub(super) fn signed_lap_distance(from: f64, to: f64) -> f64 {
    let forward = (to - from).rem_euclid(1.0);
    if forward > 0.5 { forward - 1.0 } else { forward }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_lap_distance_is_the_shorter_one() {
        assert!((signed_lap_distance(0.9, 0.1) - 0.2).abs() < 1e-12);
        assert!((signed_lap_distance(0.1, 0.9) + 0.2).abs() < 1e-12);
        assert_eq!(signed_lap_distance(0.5, 0.5), 0.0);
    }

    #[test]
    fn is_beyond_reach_uses_lap_positions_without_world_positions() {
        let at = |lap_position| Reading { lap_position: Some(lap_position), speed: 50.0, ..Reading::default() };
        assert!(!at(0.51).is_beyond_reach(&at(0.5), 1.0, Some(5000.0)));
        assert!(at(0.6).is_beyond_reach(&at(0.5), 1.0, Some(5000.0)));
        assert!(!at(0.6).is_beyond_reach(&at(0.5), 1.0, None), "nothing is known");
    }
}
