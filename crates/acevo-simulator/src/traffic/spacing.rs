//! Spacing between cars: lateral distance, following, and passing.

use super::Rival;
use crate::profile::Profile;
use crate::track::{HALF_WIDTH, Track};

/// Lateral distance between the centres of two cars side by side, in metres.
const ASIDE: f64 = 2.9;
/// Lateral distance in metres below which two cars are in the same lane.
const SAME_LANE: f64 = 2.4;
/// Distance between the centres of two cars that follow each other, in metres.
const BEHIND: f64 = 6.5;
/// Longitudinal distance in metres below which cars leave each other room, also if they will reach it within [`FORESIGHT`].
const NEAR: f64 = 13.0;
/// In seconds.
const FORESIGHT: f64 = 1.6;
/// How far ahead drivers consider each other's line, in seconds.
const SOON: f64 = 0.4;
/// Distance from the centre of a car to the edge of the track in metres.
const EDGE: f64 = 0.9;
/// Maximum offset from the centre line if a car has to avoid another one, in metres.
const KERB: f64 = HALF_WIDTH - 0.3;

/// A car as seen by other cars.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Neighbour {
    /// Distance since the line in metres, not wrapped.
    pub(crate) progress: f64,
    /// m/s.
    pub(crate) speed: f64,
    /// Offset to the right of the centre line, in metres.
    pub(crate) lateral: f64,
    /// Predicted offset in [`SOON`] seconds, if the car follows the racing line as it does now.
    soon: f64,
}

impl Neighbour {
    pub(crate) fn new(progress: f64, speed: f64, lateral: f64, track: &Track) -> Self {
        let shift = track.line(progress + SOON * speed) - track.line(progress);
        Self { progress, speed, lateral, soon: lateral + shift }
    }

    pub(super) fn of(rival: &Rival, track: &Track) -> Self {
        Self::new(rival.progress, rival.speed, rival.lateral, track)
    }

    /// The smaller of the current and the predicted lateral distance to another car, in metres.
    fn across(&self, other: &Rival, track: &Track) -> f64 {
        let shift = track.line(other.progress + SOON * other.speed) - track.line(other.progress);
        (self.lateral - other.lateral).abs().min((self.soon - other.lateral - shift).abs())
    }

    /// True if this car is after another one by less than this distance, in metres.
    pub(super) fn follows(&self, other: &Rival, distance: f64, track: &Track) -> bool {
        (-BEHIND..distance).contains(&-self.ahead_of(other, track))
    }

    /// Distance of this car ahead of another one, in metres.
    fn ahead_of(&self, other: &Rival, track: &Track) -> f64 {
        track.signed(self.progress - other.progress)
    }
}

/// The speed of a car, given its wanted speed and the cars around it.
pub(super) fn speed(rival: &Rival, wanted: f64, player: Option<&Neighbour>, cars: &[Neighbour], track: &Track) -> f64 {
    let mut speed = wanted;
    for other in cars.iter().chain(player) {
        let gap = other.ahead_of(rival, track);
        if gap <= 0.0 || gap > NEAR + 3.0 * rival.speed || other.across(rival, track) > SAME_LANE {
            continue;
        }
        // The speed from which the car can slow down to the other car's speed within the gap.
        let room = gap - BEHIND;
        speed = speed.min(if room > 0.0 {
            (other.speed * other.speed + 2.0 * 9.0 * room).sqrt()
        } else {
            other.speed * 0.9
        });
    }
    // The player ignores other cars, so a car directly ahead of the player speeds up.
    if let Some(player) = player
        && (player.lateral - rival.lateral).abs() < SAME_LANE
    {
        let gap = -player.ahead_of(rival, track);
        if (0.0..BEHIND).contains(&gap) {
            speed = speed.max(player.speed + 2.0 * (BEHIND - gap));
        }
    }
    speed
}

/// The wanted lateral offset of a car: on its own line, or beside another car.
pub(super) fn lateral(rival: &Rival, player: Option<&Neighbour>, cars: &[Neighbour], track: &Track) -> f64 {
    let line = track.line(rival.progress) * (rival.speed / (rival.speed + 9.0));
    let limit = HALF_WIDTH - EDGE;
    let mut wanted = (line + rival.offset).clamp(-limit, limit);
    // The player comes last and so has priority: the player is never touched.
    for other in cars.iter().chain(player) {
        let gap = other.ahead_of(rival, track);
        let closing = if gap > 0.0 { rival.speed - other.speed } else { other.speed - rival.speed };
        let side = if rival.lateral >= other.lateral { 1.0 } else { -1.0 };
        // The nearer of the other car's current and predicted offset.
        let theirs = if side > 0.0 { other.lateral.max(other.soon) } else { other.lateral.min(other.soon) };
        if gap.abs() > NEAR + (FORESIGHT * closing).max(0.0) || (wanted - theirs) * side >= ASIDE {
            continue;
        }
        wanted = theirs + side * ASIDE;
        // A car does not change sides while it is beside another one.
        if wanted.abs() > limit && gap.abs() > BEHIND {
            wanted = theirs - side * ASIDE;
        }
    }
    wanted.clamp(-KERB, KERB)
}

/// The speed of a car without traffic.
pub(super) fn own_pace(rival: &Rival, profile: &Profile, track: &Track) -> f64 {
    profile.speed(track.wrap(rival.progress)) * rival.rate * 0.98
}
