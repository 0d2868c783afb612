//! What the lap engine reads from a frame, made safe.

use acevo_shared_memory::{ACEvoCarLocation, Car, SPageFileGraphicEvo, SPageFilePhysics};

use crate::analysis::clock::Moment;

/// Nobody drives further or faster: beyond this it is another place than the car has driven to. Metres per second.
const FASTEST: f64 = 140.0;
/// No car gains speed faster, in metres per second squared.
const HARDEST: f64 = 20.0;
/// Metres that two frames may be apart where no time has passed: a frame may be a little older than its counter.
const SLACK: f64 = 25.0;

/// One frame of the running game.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading {
    /// Physics steps of driving so far.
    pub(super) steps: f64,
    /// The lap timer; 0 where it does not run.
    pub(super) timer_ms: f64,
    /// Part of the lap, 0..1.
    pub(super) place: Option<f64>,
    pub(super) position: Option<[f32; 3]>,
    /// Metres per second.
    pub(super) speed: f64,
    pub(super) in_pits: bool,
    pub(super) in_box: bool,
    pub(super) is_valid: bool,
    pub(super) four_out: bool,
    pub(super) wrong_way: bool,
    pub(super) last_ms: Option<u32>,
    pub(super) count: Option<u32>,
}

impl Reading {
    pub(super) fn of(moment: &Moment<'_>) -> Self {
        let (graphics, physics) = (&moment.frame.graphics, moment.physics_page());
        let page = graphics.raw();
        let location = graphics.car_location();
        let in_lane =
            matches!(location, ACEvoCarLocation::Pitlane | ACEvoCarLocation::PitEntry | ACEvoCarLocation::PitExit);
        Self {
            steps: moment.steps,
            timer_ms: f64::from(milliseconds(page.current_lap_time_ms).unwrap_or(0)),
            place: place(page),
            position: graphics.player_car().map(|Car { coordinates, .. }| coordinates).filter(is_somewhere),
            speed: physics.map_or_else(|| shown_speed(page), speed),
            in_pits: page.is_in_pit_lane || page.is_in_pit_box || in_lane,
            in_box: page.is_in_pit_box,
            is_valid: page.is_valid_lap,
            four_out: physics.is_some_and(|physics| physics.numberOfTyresOut >= 4),
            wrong_way: page.is_wrong_way,
            last_ms: milliseconds(page.last_laptime_ms),
            count: u32::try_from(page.total_lap_count).ok().filter(|count| *count < 100_000),
        }
    }

    /// True if a car cannot have driven here from there in so many seconds. Without positions the lap position tells, if the length of the
    /// lap is known.
    pub(super) fn is_beyond_reach(&self, before: &Self, seconds: f64, lap_m: Option<f64>) -> bool {
        let by_position = self
            .position
            .zip(before.position)
            .map(|(here, there)| here.iter().zip(there).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt());
        let by_place = || {
            let (here, there, lap_m) = (self.place?, before.place?, lap_m?);
            Some(way(there, here).abs() * lap_m)
        };
        let Some(distance) = by_position.or_else(by_place) else { return false };
        let fastest = self.speed.max(before.speed) * 1.5 + 5.0 + seconds * HARDEST;
        distance > SLACK + seconds * fastest.min(FASTEST)
    }

    /// Metres from the line, whichever side, on a lap of this length.
    pub(super) fn distance_to_line(&self, lap_m: f64) -> Option<f64> {
        self.place.map(|place| place.min(1.0 - place) * lap_m)
    }
}

/// Metres per second; 0 for what no car drives.
pub(super) fn speed(physics: &SPageFilePhysics) -> f64 {
    let speed = f64::from(physics.speedKmh) / 3.6;
    if (0.0..FASTEST).contains(&speed) { speed } else { 0.0 }
}

/// The same from the instrument, which has whole km/h.
fn shown_speed(page: &SPageFileGraphicEvo) -> f64 {
    let speed = f64::from(page.display_speed_kmh) / 3.6;
    if (0.0..FASTEST).contains(&speed) { speed } else { 0.0 }
}

/// A time of the game; none is 0, negative or the largest number.
fn milliseconds(value: i32) -> Option<u32> {
    u32::try_from(value).ok().filter(|_| value != 0 && value != i32::MAX)
}

/// The game counts a little beyond 1 where the line is crossed before the lap is over, and a little below 0 on the grid.
pub(in crate::analysis) fn place(page: &SPageFileGraphicEvo) -> Option<f64> {
    let place = f64::from(page.npos);
    (-0.5..1.5).contains(&place).then(|| place.rem_euclid(1.0)).filter(|place| *place < 1.0)
}

fn is_somewhere(position: &[f32; 3]) -> bool {
    position.iter().all(|part| part.abs() < 1e6) && position.iter().any(|part| *part != 0.0)
}

/// Metres from one place to another the shorter way round, in parts of a lap: positive = forward.
pub(super) fn way(from: f64, to: f64) -> f64 {
    let way = (to - from).rem_euclid(1.0);
    if way > 0.5 { way - 1.0 } else { way }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_the_shorter_ones() {
        assert!((way(0.9, 0.1) - 0.2).abs() < 1e-12 && (way(0.1, 0.9) + 0.2).abs() < 1e-12);
        assert_eq!(way(0.5, 0.5), 0.0);
    }
}
