//! Stints: the drives from one stop in the pit box to the next.

use std::collections::VecDeque;

use acevo_shared_memory::Frame;
use serde::{Deserialize, Serialize};

use super::laps::{DriveStep, Lap, LapStats};
use super::summary::Summary;

/// Maximum number of finished stints that are kept; the oldest ones are dropped first.
const MAX_FINISHED: usize = 100;

/// Minimum distance of a stint, km. On a shorter one the car was moved in its box.
const MIN_DISTANCE_KM: f64 = 0.1;

/// The drive from the pit box to the pit box. The first stint begins with the session.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stint {
    /// The session, from 1.
    pub session: u32,
    /// Number of the stint in the session, from 1.
    pub number: u32,
    /// Laps with a time that ended in the stint.
    pub laps: u32,
    /// Lap times, seconds.
    pub lap_time_s: Summary,
    /// Distance, km, integrated from the speed.
    pub distance_km: f64,
    /// Time on the track and in the pit lane, seconds, without pauses and time in the box.
    pub time_s: f64,
    /// Fuel burned, litres.
    pub fuel_used_l: f64,
    /// Charge of the traction battery used, 0..1, less what was recovered.
    pub charge_used: f64,
    /// Statistics of the stint, without time in the box.
    #[serde(flatten)]
    pub stats: LapStats,
}

/// The stints of all sessions.
#[derive(Debug, Clone, Default)]
pub struct Stints {
    current: Box<Stint>,
    finished: VecDeque<Stint>,
}

impl Stints {
    /// A first stint.
    pub(crate) fn new(session: u32, number: u32) -> Self {
        let first = Stint { session, number, ..Stint::default() };
        Self { current: Box::new(first), finished: VecDeque::new() }
    }

    /// The running stint, or the one that begins when the car leaves its box.
    pub fn current(&self) -> &Stint {
        &self.current
    }

    /// Finished stints, oldest first: at most the last hundred.
    pub fn finished(&self) -> impl DoubleEndedIterator<Item = &Stint> + ExactSizeIterator {
        self.finished.iter()
    }

    /// Another stint begins.
    pub(crate) fn begin(&mut self, session: u32, number: u32) {
        let ended = std::mem::replace(&mut *self.current, Stint { session, number, ..Stint::default() });
        if ended.distance_km < MIN_DISTANCE_KM {
            return;
        }
        if self.finished.len() >= MAX_FINISHED {
            self.finished.pop_front();
        }
        self.finished.push_back(ended);
    }

    /// Adds what was driven up to this frame.
    pub(crate) fn note(&mut self, step: DriveStep, speeds: impl Iterator<Item = f64>, frame: &Frame) {
        let stint = &mut *self.current;
        stint.time_s += step.seconds;
        stint.distance_km += step.metres / 1000.0;
        stint.fuel_used_l += step.fuel_l;
        stint.charge_used += step.charge;
        speeds.for_each(|speed| stint.stats.note_speed(speed));
        stint.stats.note(frame);
        stint.stats.driving.note(frame, step.seconds);
    }

    /// A lap has ended.
    pub(crate) fn end_lap(&mut self, lap: &Lap) {
        let is_of_lap = |stint: &&mut Stint| (stint.session, stint.number) == (lap.session, lap.stint);
        let stints = std::iter::once(&mut *self.current).chain(self.finished.iter_mut().rev());
        if let Some(time_ms) = lap.time_ms
            && let Some(stint) = stints.into_iter().find(is_of_lap)
        {
            stint.laps = stint.laps.saturating_add(1);
            stint.lap_time_s.add(f64::from(time_ms) / 1000.0);
        }
    }
}
