//! Mistakes of the driver: one in one corner.

use std::fmt;

use crate::noise::smoothstep;
use crate::profile::Profile;
use crate::track::{Track, TrackCorner};

/// Metres by which a driver brakes too early.
const EARLY_M: f64 = 25.0;

/// Share of the speed that a driver loses who is too slow at the apex.
const TOO_SLOW: f64 = 0.05;

/// Metres before and after the apex in which a driver is too slow.
const SLOW_M: [f64; 2] = [90.0, 50.0];

/// Metres by which a driver opens the throttle too late.
const LATE_M: f64 = 25.0;

/// Metres after the end of a corner to which a late throttle has an effect.
const EXIT_M: f64 = 60.0;

/// The least share of the speed that is lost before a corner, or gained after it, if the driver brakes or accelerates there.
const MIN_CHANGE: f64 = 0.06;

/// A mistake of the driver in a corner.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Brakes 25 m too early, and reaches the speed of the apex that much earlier.
    EarlyBraking,
    /// Is 5 % too slow at the apex.
    SlowApex,
    /// Opens the throttle 25 m too late.
    LateThrottle,
}

impl FaultKind {
    const ALL: [Self; 3] = [Self::EarlyBraking, Self::SlowApex, Self::LateThrottle];
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EarlyBraking => "early braking",
            Self::SlowApex => "slow apex",
            Self::LateThrottle => "late throttle",
        })
    }
}

/// A mistake of the driver in a corner of a lap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) corner: TrackCorner,
    /// Track distance of the end of the corner before, metres.
    from_m: f64,
}

impl Fault {
    /// The mistake in the corner with this index, if the track has it. Kinds alternate; a corner that is driven without braking or without
    /// accelerating has a slow apex instead.
    pub(crate) fn of(index: usize, track: &Track, profile: &Profile) -> Option<Self> {
        let corners = track.layout.corners;
        let corner = *corners.get(index)?;
        let from_m = index.checked_sub(1).map_or(0.0, |before| corners[before].end_m);
        let apex = profile.speed(corner.apex_m);
        let kind = match FaultKind::ALL[index % 3] {
            FaultKind::EarlyBraking if profile.speed(from_m.max(corner.apex_m - 100.0)) < apex * (1.0 + MIN_CHANGE) => {
                FaultKind::SlowApex
            }
            FaultKind::LateThrottle if profile.speed(corner.end_m + EXIT_M) < apex * (1.0 + MIN_CHANGE) => {
                FaultKind::SlowApex
            }
            kind => kind,
        };
        Some(Self { kind, corner, from_m })
    }

    /// The target speed in m/s at track distance `s`.
    pub(crate) fn speed(&self, profile: &Profile, s: f64) -> f64 {
        let possible = profile.speed(s);
        let TrackCorner { apex_m, end_m, .. } = self.corner;
        match self.kind {
            FaultKind::EarlyBraking if (self.from_m..apex_m).contains(&s) => {
                possible.min(profile.speed((s + EARLY_M).min(apex_m)))
            }
            FaultKind::SlowApex => {
                let [before, after] = SLOW_M;
                let before = before.min(apex_m - self.from_m);
                let share = smoothstep((s - apex_m + before) / before) * smoothstep((apex_m + after - s) / after);
                possible * (1.0 - TOO_SLOW * share)
            }
            FaultKind::LateThrottle if (apex_m..end_m + EXIT_M).contains(&s) => {
                possible.min(profile.speed((s - LATE_M).max(apex_m)))
            }
            _ => possible,
        }
    }
}
