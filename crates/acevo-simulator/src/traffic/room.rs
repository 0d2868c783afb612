//! How cars keep apart: who leaves room to whom, and who has to wait behind whom.

use super::Rival;
use crate::profile::Profile;
use crate::track::{HALF_WIDTH, Track};

/// Metres between the middles of two cars side by side.
const ASIDE: f64 = 2.9;
/// Below so many metres across, cars are in the same lane.
const SAME_LANE: f64 = 2.4;
/// Metres between the middles of two cars one behind the other.
const BEHIND: f64 = 6.5;
/// Cars that are nearer than this along the road, or will be within [`FORESIGHT`], leave each other room.
const NEAR: f64 = 13.0;
const FORESIGHT: f64 = 1.6;
/// Seconds ahead that drivers see each other's line.
const SOON: f64 = 0.4;
/// Metres from the middle of a car to the edge of the tarmac, and how far from the centre line a car goes if it has to.
const EDGE: f64 = 0.9;
const KERB: f64 = HALF_WIDTH - 0.3;

/// A car as the others see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Neighbour {
    /// Metres since the line; only the part within the lap counts.
    pub(crate) progress: f64,
    /// m/s.
    pub(crate) speed: f64,
    /// Metres to the right of the centre line.
    pub(crate) lateral: f64,
    /// The same in [`SOON`] seconds, if the car follows the racing line as it does now.
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

    /// How near this car comes to another one across the road, in metres, now or soon.
    fn across(&self, other: &Rival, track: &Track) -> f64 {
        let shift = track.line(other.progress + SOON * other.speed) - track.line(other.progress);
        (self.lateral - other.lateral).abs().min((self.soon - other.lateral - shift).abs())
    }

    /// How many metres this car is ahead of another one on the road.
    fn ahead_of(&self, other: &Rival, track: &Track) -> f64 {
        track.signed(self.progress - other.progress)
    }
}

/// The speed that a car may have, given the speed it wants and the cars around it.
pub(super) fn speed(rival: &Rival, wanted: f64, player: Option<&Neighbour>, cars: &[Neighbour], track: &Track) -> f64 {
    let mut speed = wanted;
    for other in cars.iter().chain(player) {
        let gap = other.ahead_of(rival, track);
        if gap <= 0.0 || gap > NEAR + 3.0 * rival.speed || other.across(rival, track) > SAME_LANE {
            continue;
        }
        // What can still be braked away before the other one's bumper, and the other one's speed at it.
        let room = gap - BEHIND;
        speed = speed.min(if room > 0.0 {
            (other.speed * other.speed + 2.0 * 9.0 * room).sqrt()
        } else {
            other.speed * 0.9
        });
    }
    // The player does not look at anybody: who is in front of the player's bumper makes off.
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

/// Where across the road a car wants to be: on its own line, or beside whoever is there.
pub(super) fn lateral(rival: &Rival, player: Option<&Neighbour>, cars: &[Neighbour], track: &Track) -> f64 {
    let line = track.line(rival.progress) * (rival.speed / (rival.speed + 9.0));
    let limit = HALF_WIDTH - EDGE;
    let mut wanted = (line + rival.offset).clamp(-limit, limit);
    // The player last: whoever else is in the way, the player is not touched.
    for other in cars.iter().chain(player) {
        let gap = other.ahead_of(rival, track);
        let closing = if gap > 0.0 { rival.speed - other.speed } else { other.speed - rival.speed };
        let side = if rival.lateral >= other.lateral { 1.0 } else { -1.0 };
        // The nearer of where the other one is and will be.
        let theirs = if side > 0.0 { other.lateral.max(other.soon) } else { other.lateral.min(other.soon) };
        if gap.abs() > NEAR + (FORESIGHT * closing).max(0.0) || (wanted - theirs) * side >= ASIDE {
            continue;
        }
        wanted = theirs + side * ASIDE;
        // Nobody changes sides beside another car.
        if wanted.abs() > limit && gap.abs() > BEHIND {
            wanted = theirs - side * ASIDE;
        }
    }
    wanted.clamp(-KERB, KERB)
}

/// The speed at which a car drives where it is alone.
pub(super) fn own_pace(rival: &Rival, profile: &Profile, track: &Track) -> f64 {
    profile.speed(track.wrap(rival.progress)) * rival.rate * 0.98
}
