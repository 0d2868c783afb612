//! Distances to the other cars along the track.

use acevo_shared_memory::{CarId, GraphicsView};
use serde::{Deserialize, Serialize};

use super::outline::Outline;

/// The distance to another car.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Gap {
    /// Id of the car.
    pub id: CarId,
    /// Shortest distance along the track, metres: positive if the car is ahead, negative if it is behind. The median of the last three
    /// updates, because positions of other cars jump by some metres for single frames, especially online.
    pub gap_m: f64,
    /// Its lap position, 0..1. The JSON key is `place`.
    #[serde(rename = "place")]
    pub lap_position: f64,
    /// Horizontal distance from the outline, metres, positive to the right.
    pub offset_m: f64,
    /// The car is in the pit lane, as far as the pit lane is known.
    pub is_in_pit_lane: bool,
}

/// Distances to the other cars near the track, for one frame at a time.
///
/// Memory is reused: nothing is allocated after the first frame. A car takes about half a microsecond, so update when something is
/// displayed rather than at every frame.
///
/// ```
/// use acevo_telemetry::Frame;
/// use acevo_telemetry::analysis::{Analysis, Gaps};
///
/// fn show(gaps: &mut Gaps, frame: &Frame, analysis: &Analysis) {
///     gaps.update(&frame.graphics, analysis.outline());
///     if let Some(car) = gaps.ahead() {
///         println!("{} is {:.0} m ahead", car.id, car.gap_m);
///     }
/// }
/// ```
#[derive(Debug, Clone, Default, Serialize)]
pub struct Gaps {
    cars: Vec<Gap>,
    /// Gaps of each car in the last two updates, the newest first.
    #[serde(skip)]
    before: Vec<(CarId, [f64; 2])>,
}

impl Gaps {
    /// Updates the distances. The list is empty while the outline is unknown, or if the player is not near it. Distances are scaled to
    /// the length of the track as published by the game, if it is known.
    pub fn update(&mut self, graphics: &GraphicsView<'_>, outline: &Outline) {
        self.cars.clear();
        let before = &mut self.before;
        let project = |coordinates: [f32; 3]| outline.project(coordinates.map(f64::from));
        let Some(player) = graphics.player_car() else { return before.clear() };
        let (Some(here), Some(lap)) =
            (project(player.coordinates), outline.track_length_m().or_else(|| outline.length_m()))
        else {
            return before.clear();
        };
        for car in graphics.cars().filter(|car| car.id != player.id) {
            let Some(there) = project(car.coordinates) else { continue };
            let gap_m = ((there.lap_position - here.lap_position + 0.5).rem_euclid(1.0) - 0.5) * lap;
            self.cars.push(Gap {
                id: car.id,
                gap_m: steady(before, car.id, gap_m, lap),
                lap_position: there.lap_position,
                offset_m: there.offset_m,
                is_in_pit_lane: outline.is_in_pit_lane(car.coordinates.map(f64::from), &there),
            });
        }
        before.retain(|(id, _)| self.cars.iter().any(|car| car.id == *id));
        self.cars.sort_unstable_by(|a, b| b.gap_m.total_cmp(&a.gap_m));
    }

    /// All cars, the one furthest ahead first.
    pub fn cars(&self) -> &[Gap] {
        &self.cars
    }

    /// The nearest car ahead on the track.
    pub fn ahead(&self) -> Option<&Gap> {
        self.cars.iter().rev().find(|car| car.gap_m > 0.0 && !car.is_in_pit_lane)
    }

    /// The nearest car behind or level on the track.
    pub fn behind(&self) -> Option<&Gap> {
        self.cars.iter().find(|car| car.gap_m <= 0.0 && !car.is_in_pit_lane)
    }
}

/// The median of a gap and the two before it. It restarts for a new car, and for one whose shortest distance changes its sign on the
/// far side of the track.
fn steady(before: &mut Vec<(CarId, [f64; 2])>, id: CarId, gap_m: f64, lap_m: f64) -> f64 {
    let Some((_, known)) = before.iter_mut().find(|(other, _)| *other == id) else {
        before.push((id, [gap_m; 2]));
        return gap_m;
    };
    let [newer, older] = *known;
    if (gap_m - newer).abs() > lap_m / 2.0 {
        *known = [gap_m; 2];
        return gap_m;
    }
    *known = [gap_m, newer];
    gap_m.min(newer).max(gap_m.max(newer).min(older))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use acevo_shared_memory::{SPageFileGraphicEvo, View};
    use proptest::prelude::*;

    use super::*;
    use crate::car_sample::Road;

    /// A lap that always turns to the right.
    fn circle(lap_position: f64, radius: f64) -> [f64; 3] {
        let angle = lap_position * TAU;
        [radius * angle.sin(), 0.0, -radius * angle.cos()]
    }

    /// A circle of 1000 m that the game calls 1000 m long, with a pit lane 20 m inside of it from 0.9 to 0.1.
    fn outline() -> Outline {
        let radius = 1000.0 / TAU;
        let mut outline = Outline::default();
        outline.set_track("Ring", "", Some(1000.0));
        for frame in 0..=4200 {
            let lap_position = f64::from(frame) / 2000.0;
            let (on, radius) =
                if (0.9..1.1).contains(&lap_position) { (Road::PitLane, radius - 20.0) } else { (Road::Track, radius) };
            outline.note(lap_position.fract(), circle(lap_position, radius), on);
        }
        assert!(outline.is_known() && outline.pit_lane().is_some());
        outline
    }

    /// The player is in slot 1.
    fn page(cars: &[[f64; 3]]) -> SPageFileGraphicEvo {
        let mut page = SPageFileGraphicEvo { player_car_id_a: 2, player_car_id_b: 0, ..Default::default() };
        for (slot, position) in cars.iter().enumerate() {
            page.car_ids[slot] = [slot as u64 + 1, 0];
            page.car_coordinates[slot] = position.map(|metres| metres as f32);
        }
        page
    }

    #[test]
    fn update_takes_the_shortest_distance() {
        let radius = 1000.0 / TAU;
        let at = |lap_position, aside| circle(lap_position, radius - aside);
        let cars =
            [at(0.05, 0.0), at(0.98, 1.0), at(0.9, -3.0), at(0.04, 19.0), at(0.45, 0.0), at(0.5, 0.0), at(0.3, 21.0)];
        let mut gaps = Gaps::default();
        gaps.update(&View::from(page(&cars)), &outline());
        let seen: Vec<(u64, f64, bool)> =
            gaps.cars().iter().map(|car| (car.id.0, car.gap_m.round(), car.is_in_pit_lane)).collect();
        let expected = [
            (5, 470.0, false),
            (7, 320.0, false),
            (1, 70.0, false),
            (4, 60.0, true),
            (3, -80.0, false),
            (6, -480.0, false),
        ];
        assert_eq!(seen, expected);
        assert_eq!((gaps.ahead().unwrap().id.0, gaps.behind().unwrap().id.0), (1, 3));
        assert!((gaps.behind().unwrap().offset_m + 3.0).abs() < 0.1);
    }

    #[test]
    fn update_ignores_a_position_that_jumps_for_one_frame() {
        let (outline, radius) = (outline(), 1000.0 / TAU);
        let mut gaps = Gaps::default();
        let mut shown = |lap_position: f64| {
            let cars = [circle(lap_position, radius), circle(0.3, radius)];
            gaps.update(&View::from(page(&cars)), &outline);
            (gaps.cars()[0].gap_m * 10.0).round() / 10.0
        };
        let noisy = [0.35, 0.35, 0.362, 0.35, 0.338, 0.35, 0.35].map(&mut shown);
        assert!(noisy.iter().all(|gap| (gap - 50.0).abs() < 0.3), "{noisy:?}");
        // A car that keeps moving is followed with a delay of one update.
        let moving = [0.36, 0.37, 0.38].map(&mut shown);
        assert!(
            moving.iter().zip([50.0, 60.0, 70.0]).all(|(gap, expected)| (gap - expected).abs() < 0.3),
            "{moving:?}"
        );
        // A car that is more than half a lap ahead is behind.
        let round = [0.78, 0.79, 0.81].map(&mut shown);
        assert!((round[2] + 490.0).abs() < 0.3, "{round:?}");
    }

    #[test]
    fn update_gives_no_gaps_without_an_outline_or_a_player() {
        let mut gaps = Gaps::default();
        let mut page = page(&[[0.0, 0.0, -159.0], [0.0, 0.0, -159.0]]);
        gaps.update(&View::from(page), &outline());
        assert_eq!((gaps.cars().len(), gaps.behind().map(|car| car.gap_m)), (1, Some(0.0)));
        gaps.update(&View::from(page), &Outline::default());
        assert!(gaps.cars().is_empty());
        page.player_car_id_a = 9;
        gaps.update(&View::from(page), &outline());
        assert!(gaps.cars().is_empty() && gaps.ahead().is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn update_keeps_gaps_within_half_a_lap_for_any_positions(cars in prop::collection::vec(prop::array::uniform3(any::<f64>()), 60)) {
            let mut page = page(&cars);
            page.car_coordinates[1] = [0.0, 0.0, -159.0];
            let mut gaps = Gaps::default();
            gaps.update(&View::from(page), &outline());
            prop_assert!(gaps.cars().iter().all(|car| car.gap_m.abs() <= 500.0));
        }
    }
}
