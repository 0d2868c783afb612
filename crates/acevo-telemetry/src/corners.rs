//! Corners of a track, what a driver did in each of them, and the time that was lost there.
//!
//! [`Corners`] are the corners of a track and layout, numbered from the start line. [`Corners::detect`] finds them in the learned
//! [`Outline`](crate::analysis::Outline), with the braking and the lateral acceleration of some laps as evidence. They are stored in a file that users may edit
//! ([`Corners::load`], [`Corners::save`]); numbers never change once they are stored.
//!
//! [`LapCorners`] has the figures of each corner of a lap, [`compare()`] the time lost to another lap, and [`spreads`] the consistency of
//! several laps.
//!
//! # Time lost
//!
//! A corner owns the track from its braking zone to the braking zone of the next corner: what is lost at the exit is lost on the straight
//! that follows. The last corner owns the track up to the line. The *rest* is the track from the line to the first corner. So the losses of
//! all corners and the rest add up to the difference of the two lap times.
//!
//! In a comparison, a braking zone begins where the first of the laps lifts or brakes. If one of the laps arrives there slower, the corner
//! before owns the track until both are equally fast again: a slow exit costs time in the next braking zone, too. Times at a lap position are interpolated between
//! the samples of the game's timer, to about a millisecond.
//!
//! ```
//! use acevo_telemetry::analysis::Outline;
//! use acevo_telemetry::corners::{Corners, LapCorners, advice, channels, compare};
//! use acevo_telemetry::traces::{LapSampler, LapTraces};
//!
//! let sampler = LapSampler::new(&channels());
//! # let (outline, laps) = (Outline::default(), Vec::<LapTraces>::new());
//! // … feed the sampler with a drive, and take the outline of its analysis.
//! if let (Some(corners), [lap, reference, ..]) = (Corners::detect(&outline, &laps), &laps[..]) {
//!     let comparison = compare(&LapCorners::new(&corners, lap), &LapCorners::new(&corners, reference));
//!     for loss in &comparison.losses {
//!         println!("{}", advice(loss));
//!     }
//! }
//! ```

mod advice;
mod bends;
mod comparison;
mod curvature;
mod detect;
mod driven;
mod error;
mod figures;
mod file;
mod spread;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::channels::{Channel, channel};

pub use advice::advice;
pub use comparison::{Comparison, CornerLoss, compare};
pub use error::{CornerProblem, CornersError};
pub use figures::{CornerFigures, LapCorners};
pub use spread::{CornerSpread, Spread, spreads};

/// The channels that corners need in [`LapTraces`](crate::traces::LapTraces), in addition to those that are always sampled.
pub fn channels() -> Vec<&'static Channel> {
    ["throttle", "brake", "gear"].into_iter().filter_map(channel).collect()
}

/// The direction of a corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the left.
    Left,
    /// To the right.
    Right,
}

impl Direction {
    /// `left` or `right`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// A corner. A corner on the start line ends at a lower lap position than it starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corner {
    /// Number, from 1, as the track counts its corners. It never changes once it is stored.
    pub number: u32,
    /// Name; may be empty.
    #[serde(default)]
    pub name: String,
    /// Lap position at which the car turns in, 0..1.
    pub start: f64,
    /// Lap position of the tightest point, 0..1.
    pub apex: f64,
    /// Lap position at which the car is straight again, 0..1.
    pub end: f64,
    /// Direction.
    pub direction: Direction,
}

impl Corner {
    /// The name, or `Turn 3`.
    pub fn title(&self) -> String {
        if self.name.is_empty() { format!("Turn {}", self.number) } else { self.name.clone() }
    }

    /// Start, apex and end on the side of the start line on which the apex is: ascending lap positions.
    pub(crate) fn span(&self) -> (f64, f64, f64) {
        let start = if self.start > self.apex { 0.0 } else { self.start };
        let end = if self.end < self.apex { 1.0 } else { self.end };
        (start, self.apex, end)
    }
}

/// The corners of a track and layout, in the order of their apexes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Corners {
    /// Name of the track, as the game publishes it.
    pub track: String,
    /// Layout of the track; may be empty.
    #[serde(default)]
    pub configuration: String,
    /// The corners.
    pub corners: Vec<Corner>,
}

impl Corners {
    /// True for the corners of this track and layout.
    pub fn is_of_track(&self, track: &str, configuration: &str) -> bool {
        self.track == track && self.configuration == configuration
    }

    /// The corner with this number.
    pub fn get(&self, number: u32) -> Option<&Corner> {
        self.corners.iter().find(|corner| corner.number == number)
    }
}
