//! Fuel and charge: low and critical levels.

use acevo_shared_memory::Frame;

use super::debounce::{Debounced, is_below};
use super::thresholds::Thresholds;
use crate::analysis::event::SessionEventKind;
use crate::car_sample::CarSample;
use crate::limits;

/// Time after which a level counts, seconds: fuel moves in its tank, and averages change.
const HOLD_S: f64 = 1.0;

/// Part of its threshold by which a level must rise above it to end.
const BAND: f64 = 0.2;

#[derive(Debug, Clone, Default)]
pub(super) struct Fuel {
    level: Debounced<Level>,
    /// The tank was not empty before. Pages that the game has not filled yet show an empty one.
    was_filled: bool,
}

/// How much is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Level {
    #[default]
    Enough,
    Low,
    Critical,
}

/// Fuel or charge that is left, as far as it is known.
#[derive(Debug, Clone, Copy)]
struct Left {
    laps: Option<f64>,
    litres: Option<f64>,
    charge: Option<f64>,
}

impl Fuel {
    /// Takes a frame. Laps that were measured are preferred to the game's estimate.
    pub(super) fn note(
        &mut self,
        frame: &Frame,
        sample: &CarSample,
        laps_left: Option<f64>,
        now: f64,
        thresholds: &Thresholds,
        out: &mut Vec<SessionEventKind>,
    ) {
        let Left { laps: estimated, litres, charge } = left(frame, sample);
        let laps = laps_left.filter(|laps| (0.0..limits::MAX_FUEL_LAPS).contains(laps)).or(estimated);
        self.was_filled |= laps.or(litres).or(charge).is_some_and(|left| left > 0.0);
        let (value, low, critical) = match (laps, litres, charge) {
            _ if !self.was_filled => return,
            (Some(laps), ..) => (laps, thresholds.low_fuel_laps, thresholds.critical_fuel_laps),
            (None, Some(litres), _) => (litres, thresholds.low_fuel_l, thresholds.critical_fuel_l),
            (None, None, Some(charge)) => (charge, thresholds.low_charge, thresholds.critical_charge),
            (None, None, None) => return,
        };
        let before = self.level.value().copied().unwrap_or_default();
        let is_under = |threshold: f64, level: Level| is_below(before >= level, value, threshold, threshold * BAND);
        let level = if is_under(critical, Level::Critical) {
            Level::Critical
        } else if is_under(low, Level::Low) {
            Level::Low
        } else {
            Level::Enough
        };
        if let Some(change) = self.level.note(level, now, HOLD_S)
            && level > change.before.unwrap_or_default()
        {
            out.push(SessionEventKind::LowFuel { is_critical: level == Level::Critical, laps, litres, charge });
        }
    }
}

fn left(frame: &Frame, sample: &CarSample) -> Left {
    if sample.is_electric {
        return Left { laps: None, litres: None, charge: sample.charge };
    }
    let graphics = frame.graphics.raw();
    let laps = [graphics.laps_possible_with_fuel, graphics.fuel_estimated_laps];
    let laps = laps.map(f64::from).into_iter().find(|laps| *laps > 0.0 && *laps < limits::MAX_FUEL_LAPS);
    Left { laps, litres: sample.fuel_l, charge: None }
}
