//! How far the other cars are, along the track.

use acevo_shared_memory::{CarId, GraphicsView};
use serde::Serialize;

use super::Outline;

/// So near to the pit lane a car is in it, in its box included; metres.
const PIT_LANE_REACH_M: f64 = 10.0;

/// So near to the outline a car is on the track; metres.
const TRACK_REACH_M: f64 = 6.0;

/// Another car.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// Its id.
    pub id: CarId,
    /// Metres on the road, the shorter way round: positive where it is ahead, negative behind.
    pub gap_m: f64,
    /// Where it is on the lap, 0..1.
    pub place: f64,
    /// Metres beside the outline, positive to the right; see [`Projection`](super::Projection).
    pub offset_m: f64,
    /// It is in the pit lane, as far as that is known.
    pub is_in_pit_lane: bool,
}

/// The other cars, as far as they are near the track; those of a frame at a time.
///
/// Its room is used again: after the first frame nothing is allocated.
///
/// ```no_run
/// use acevo_telemetry::analysis::{Gaps, Outline};
/// # let (frame, outline): (acevo_telemetry::Frame, Outline) = unimplemented!();
/// let mut gaps = Gaps::default();
/// gaps.update(&frame.graphics, &outline);
/// if let Some(car) = gaps.ahead() {
///     println!("{} is {:.0} m ahead", car.id, car.gap_m);
/// }
/// ```
#[derive(Debug, Clone, Default, Serialize)]
pub struct Gaps {
    cars: Vec<Gap>,
}

impl Gaps {
    /// Looks where the cars are. There are none where the outline is not known yet, or the player is not near it. Metres are
    /// those of the game's length of the track, or of the outline where it has not told one.
    pub fn update(&mut self, graphics: &GraphicsView<'_>, outline: &Outline) {
        self.cars.clear();
        let project = |coordinates: [f32; 3]| outline.project(coordinates.map(f64::from));
        let Some(player) = graphics.player_car() else { return };
        let (Some(here), Some(lap)) =
            (project(player.coordinates), outline.track_length_m().or_else(|| outline.length_m()))
        else {
            return;
        };
        for car in graphics.cars().filter(|car| car.id != player.id) {
            let Some(there) = project(car.coordinates) else { continue };
            let away = |pit_lane: &super::PitLane| pit_lane.distance_m(car.coordinates.map(f64::from));
            let in_pits = |away_m: f64| away_m <= PIT_LANE_REACH_M && away_m < there.away_m;
            let off_track = there.away_m > TRACK_REACH_M;
            self.cars.push(Gap {
                id: car.id,
                gap_m: ((there.place - here.place + 0.5).rem_euclid(1.0) - 0.5) * lap,
                place: there.place,
                offset_m: there.offset_m,
                is_in_pit_lane: off_track && outline.pit_lane().map(away).is_some_and(in_pits),
            });
        }
        self.cars.sort_unstable_by(|a, b| b.gap_m.total_cmp(&a.gap_m));
    }

    /// All of them, the one furthest ahead first.
    pub fn cars(&self) -> &[Gap] {
        &self.cars
    }

    /// The nearest car ahead on the track.
    pub fn ahead(&self) -> Option<&Gap> {
        self.cars.iter().rev().find(|car| car.gap_m > 0.0 && !car.is_in_pit_lane)
    }

    /// The nearest car behind, or beside, on the track.
    pub fn behind(&self) -> Option<&Gap> {
        self.cars.iter().find(|car| car.gap_m <= 0.0 && !car.is_in_pit_lane)
    }
}
