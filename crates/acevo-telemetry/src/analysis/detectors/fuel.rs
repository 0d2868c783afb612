//! Fuel and charge that run out.

use acevo_shared_memory::Frame;

use super::Thresholds;
use super::held::{Held, is_below};
use crate::analysis::event::SessionEventKind;
use crate::analysis::levels::{Levels, is_electric};

/// Fuel moves in its tank, and averages change: a level counts after so many seconds.
const HOLD_S: f64 = 1.0;

/// A level is left upwards with this part more than its threshold.
const BAND: f64 = 0.2;

/// No tank lasts longer, in laps.
const MOST_LAPS: f32 = 1000.0;

#[derive(Debug, Clone, Default)]
pub(super) struct Fuel {
    /// 0 enough, 1 low, 2 critical.
    level: Held<u8>,
    /// There was something in the tank: pages that are not filled have none.
    was_there: bool,
}

/// What is left: laps, litres, charge.
type Left = (Option<f64>, Option<f64>, Option<f64>);

impl Fuel {
    /// What was measured is preferred to what the game estimates.
    pub(super) fn note(
        &mut self,
        frame: &Frame,
        laps_left: Option<f64>,
        now: f64,
        limits: &Thresholds,
        out: &mut Vec<SessionEventKind>,
    ) {
        let (estimated, litres, charge) = left(frame);
        let laps = laps_left.filter(|laps| (0.0..MOST_LAPS.into()).contains(laps)).or(estimated);
        self.was_there |= laps.or(litres).or(charge).is_some_and(|left| left > 0.0);
        let (value, low, critical) = match (laps, litres, charge) {
            _ if !self.was_there => return,
            (Some(laps), ..) => (laps, limits.low_fuel_laps, limits.critical_fuel_laps),
            (None, Some(litres), _) => (litres, limits.low_fuel_l, limits.critical_fuel_l),
            (None, None, Some(charge)) => (charge, limits.low_charge, limits.critical_charge),
            (None, None, None) => return,
        };
        let level = *self.level.value().unwrap_or(&0);
        let is_under = |line: f64, at: u8| is_below(level >= at, value, line, line * BAND);
        let now_level = if is_under(critical, 2) { 2 } else { u8::from(is_under(low, 1)) };
        if let Some(change) = self.level.note(now_level, now, HOLD_S)
            && now_level > change.before.unwrap_or(0)
        {
            out.push(SessionEventKind::LowFuel { is_critical: now_level == 2, laps, litres, charge });
        }
    }
}

fn left(frame: &Frame) -> Left {
    let (graphics, levels) = (frame.graphics.raw(), Levels::of(frame));
    if is_electric(frame) {
        return (None, None, levels.charge);
    }
    let laps = [graphics.laps_possible_with_fuel, graphics.fuel_estimated_laps];
    let laps = laps.into_iter().find(|laps| *laps > 0.0 && *laps < MOST_LAPS);
    (laps.map(f64::from), levels.fuel_l, None)
}
