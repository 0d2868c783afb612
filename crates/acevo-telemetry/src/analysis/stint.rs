//! From one stop in the box to the next: how far, and what the tyres and brakes went through.

use std::collections::VecDeque;

use acevo_shared_memory::Frame;
use serde::Serialize;

use super::laps::LapStats;
use super::{Lap, Summary};

/// Finished stints that are kept, the newest ones.
const KEPT: usize = 100;

/// Less than this was no stint: the car was moved in its box.
const SHORTEST_KM: f64 = 0.1;

/// The way from the box to the box; the first one begins with the session.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct Stint {
    /// The session, from 1.
    pub session: u32,
    /// Its number in the session, from 1.
    pub number: u32,
    /// Laps that ended in it, those that were broken off excepted.
    pub laps: u32,
    /// Their times in seconds, where they have one.
    pub lap_time_s: Summary,
    /// Way, km, summed up from the speed.
    pub distance_km: f64,
    /// Time on the track and in the pit lane, in seconds; neither pauses nor standing in the box count.
    pub time_s: f64,
    /// Fuel burned, litres.
    pub fuel_used_l: f64,
    /// Part of the traction battery's charge that was used, 0..1, less what was recovered.
    pub charge_used: f64,
    /// What was measured on the way, without standing in the box.
    #[serde(flatten)]
    pub figures: LapStats,
}

/// What is added to a stint at a time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Stretch {
    pub(crate) seconds: f64,
    pub(crate) metres: f64,
    pub(crate) fuel_l: f64,
    pub(crate) charge: f64,
}

/// The stints of all sessions.
#[derive(Debug, Clone, Default)]
pub struct Stints {
    current: Box<Stint>,
    finished: VecDeque<Stint>,
}

impl Stints {
    /// The one that is being driven, or waits for the car to leave its box.
    pub fn current(&self) -> &Stint {
        &self.current
    }

    /// Those that have ended, oldest first: at most the last hundred.
    pub fn finished(&self) -> impl DoubleEndedIterator<Item = &Stint> + ExactSizeIterator {
        self.finished.iter()
    }

    /// Another one begins.
    pub(crate) fn begin(&mut self, session: u32, number: u32) {
        let ended = std::mem::replace(&mut *self.current, Stint { session, number, ..Stint::default() });
        if ended.distance_km < SHORTEST_KM {
            return;
        }
        if self.finished.len() >= KEPT {
            self.finished.pop_front();
        }
        self.finished.push_back(ended);
    }

    /// The car has driven on, to this frame.
    pub(crate) fn note(&mut self, stretch: Stretch, speeds: impl Iterator<Item = f64>, frame: &Frame) {
        let stint = &mut *self.current;
        stint.time_s += stretch.seconds;
        stint.distance_km += stretch.metres / 1000.0;
        stint.fuel_used_l += stretch.fuel_l;
        stint.charge_used += stretch.charge;
        speeds.for_each(|speed| stint.figures.note_speed(speed));
        stint.figures.note(frame);
        stint.figures.driving.note(frame, stretch.seconds);
    }

    /// A lap has ended.
    pub(crate) fn end_lap(&mut self, lap: &Lap) {
        let is_mine = |stint: &&mut Stint| (stint.session, stint.number) == (lap.session, lap.stint);
        let stints = std::iter::once(&mut *self.current).chain(self.finished.iter_mut().rev());
        if let Some(time_ms) = lap.time_ms
            && let Some(stint) = stints.into_iter().find(is_mine)
        {
            stint.laps = stint.laps.saturating_add(1);
            stint.lap_time_s.add(f64::from(time_ms) / 1000.0);
        }
    }
}
