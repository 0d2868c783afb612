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
    /// Metres on the road, the shorter way round: positive if it is ahead, negative behind. The median of the last three updates:
    /// positions of other cars jump by some metres for a single frame, online most of all.
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
/// Its room is used again: after the first frame nothing is allocated. A car takes about half a microsecond, so look when
/// something is to be shown rather than at every frame.
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
    /// Looks where the cars are. There are none where the outline is not known yet, or the player is not near it. Metres are
    /// those of the game's length of the track, or of the outline where it has not told one.
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
            let away = |pit_lane: &super::PitLane| pit_lane.distance_m(car.coordinates.map(f64::from));
            let in_pits = |away_m: f64| away_m <= PIT_LANE_REACH_M && away_m < there.away_m;
            let off_track = there.away_m > TRACK_REACH_M;
            let gap_m = ((there.place - here.place + 0.5).rem_euclid(1.0) - 0.5) * lap;
            self.cars.push(Gap {
                id: car.id,
                gap_m: steady(before, car.id, gap_m, lap),
                place: there.place,
                offset_m: there.offset_m,
                is_in_pit_lane: off_track && outline.pit_lane().map(away).is_some_and(in_pits),
            });
        }
        before.retain(|(id, _)| self.cars.iter().any(|car| car.id == *id));
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

/// The median of a gap and the two before it. A car that is new, or has passed the place opposite to the player, begins anew.
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

    use super::super::Road;
    use super::*;

    /// A lap that always turns to the right.
    fn circle(place: f64, radius: f64) -> [f64; 3] {
        let angle = place * TAU;
        [radius * angle.sin(), 0.0, -radius * angle.cos()]
    }

    /// A circle of 1000 m that the game calls 1000 m long, with a pit lane 20 m inside of it from 0.9 to 0.1.
    fn outline() -> Outline {
        let radius = 1000.0 / TAU;
        let mut outline = Outline::default();
        outline.set_track("Ring", "", Some(1000.0));
        for frame in 0..=4200 {
            let place = f64::from(frame) / 2000.0;
            let (on, radius) =
                if (0.9..1.1).contains(&place) { (Road::PitLane, radius - 20.0) } else { (Road::Track, radius) };
            outline.note(place.fract(), circle(place, radius), on);
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
    fn the_shorter_way_round_counts() {
        let radius = 1000.0 / TAU;
        let at = |place, aside| circle(place, radius - aside);
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
    fn a_position_that_jumps_for_one_frame_moves_no_gap() {
        let (outline, radius) = (outline(), 1000.0 / TAU);
        let mut gaps = Gaps::default();
        let mut shown = |place: f64| {
            let cars = [circle(place, radius), circle(0.3, radius)];
            gaps.update(&View::from(page(&cars)), &outline);
            (gaps.cars()[0].gap_m * 10.0).round() / 10.0
        };
        let noisy = [0.35, 0.35, 0.362, 0.35, 0.338, 0.35, 0.35].map(&mut shown);
        assert!(noisy.iter().all(|gap| (gap - 50.0).abs() < 0.3), "{noisy:?}");
        // One that goes on moves with one update of delay.
        let moving = [0.36, 0.37, 0.38].map(&mut shown);
        assert!(
            moving.iter().zip([50.0, 60.0, 70.0]).all(|(gap, expected)| (gap - expected).abs() < 0.3),
            "{moving:?}"
        );
        // Once it is more than half a lap ahead it is behind.
        let round = [0.78, 0.79, 0.81].map(&mut shown);
        assert!((round[2] + 490.0).abs() < 0.3, "{round:?}");
    }

    #[test]
    fn without_an_outline_or_a_player_there_are_no_gaps() {
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
        fn wherever_the_cars_are(cars in prop::collection::vec(prop::array::uniform3(any::<f64>()), 60)) {
            let mut page = page(&cars);
            page.car_coordinates[1] = [0.0, 0.0, -159.0];
            let mut gaps = Gaps::default();
            gaps.update(&View::from(page), &outline());
            prop_assert!(gaps.cars().iter().all(|car| car.gap_m.abs() <= 500.0));
        }
    }
}
