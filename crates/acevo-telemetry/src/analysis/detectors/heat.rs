//! Temperatures: tyres out of their window, hot coolant and oil.

use acevo_shared_memory::{Frame, SMEvoTyreState, Wheels};

use super::debounce::{Debounced, is_above, is_below};
use super::thresholds::Thresholds;
use crate::analysis::event::{Fluid, SessionEventKind, TyreState, Wheel};
use crate::car_sample::current_physics;
use crate::limits::{FLUID_TEMPERATURES_C, TYRE_CORE_TEMPERATURES_C, TYRE_TEMPERATURE_RATIOS};

/// Part of its ideal temperature by which a tyre must be inside its window to be back in it.
const TYRE_BAND: f64 = 0.03;

/// The same if only temperatures in °C are known.
const TYRE_BAND_C: f64 = 3.0;

/// Difference to their threshold below which coolant and oil have cooled, °C.
const ENGINE_BAND_C: f64 = 5.0;

/// Time after which a hot or a cool fluid counts, seconds.
const ENGINE_S: f64 = 2.0;

#[derive(Debug, Clone, Default)]
pub(super) struct Heat {
    tyres: [Debounced<TyreState>; 4],
    water: Debounced<bool>,
    oil: Debounced<bool>,
}

impl Heat {
    pub(super) fn note(&mut self, frame: &Frame, now: f64, limits: &Thresholds, out: &mut Vec<SessionEventKind>) {
        self.note_tyres(frame, now, limits, out);
        let water_c = current_physics(frame).map_or(f64::NAN, |physics| physics.waterTemp.into());
        let oil_c = f64::from(frame.graphics.raw().oil_temperature_c);
        out.extend(too_hot(&mut self.water, Fluid::Water, water_c, limits.hot_water_c, now));
        out.extend(too_hot(&mut self.oil, Fluid::Oil, oil_c, limits.hot_oil_c, now));
    }

    /// Takes the tyres. Those that change to the same state at the same time, or are about to, are one event.
    fn note_tyres(&mut self, frame: &Frame, now: f64, limits: &Thresholds, out: &mut Vec<SessionEventKind>) {
        let cores = current_physics(frame).map_or([f32::NAN; 4], |physics| physics.tyreCoreTemperature);
        let Wheels { fl, fr, rl, rr } = frame.graphics.tyres();
        let tyres = [fl, fr, rl, rr];
        let states: [_; 4] =
            std::array::from_fn(|index| state(self.tyres[index].value(), tyres[index], cores[index], limits));
        for state in TyreState::ALL {
            let mut changed = |hold: f64| -> Vec<Wheel> {
                let tyres = self.tyres.iter_mut().zip(&states).zip(Wheel::ALL);
                let tyres = tyres.filter(|((_, now_state), _)| **now_state == Some(state));
                tyres.filter_map(|((debounced, _), wheel)| debounced.change(state, now, hold).map(|_| wheel)).collect()
            };
            let mut wheels = changed(limits.tyres_s);
            if !wheels.is_empty() {
                wheels.extend(changed(limits.tyres_s / 2.0));
                wheels.sort_unstable();
                out.push(SessionEventKind::Tyres { state, wheels });
            }
        }
    }
}

/// The state of a tyre, with hysteresis; `None` if the pages show no temperature.
fn state(before: Option<&TyreState>, tyre: &SMEvoTyreState, core_c: f32, limits: &Thresholds) -> Option<TyreState> {
    let surfaces = [
        tyre.tyre_normalized_temperature_left,
        tyre.tyre_normalized_temperature_center,
        tyre.tyre_normalized_temperature_right,
    ];
    let relative = [tyre.tyre_normalized_temperature_core, surfaces.iter().sum::<f32>() / 3.0];
    let (low, high) = TYRE_TEMPERATURE_RATIOS;
    let relative = relative.into_iter().find(|value| *value > low && *value < high).map(f64::from);
    let (value, cold, hot, band) = match relative {
        Some(value) => (value, limits.cold_tyres, limits.hot_tyres, TYRE_BAND),
        None if TYRE_CORE_TEMPERATURES_C.contains(&core_c) && core_c != 0.0 => {
            (f64::from(core_c), limits.cold_tyres_c, limits.hot_tyres_c, TYRE_BAND_C)
        }
        None => return None,
    };
    Some(if is_above(before == Some(&TyreState::Hot), value, hot, band) {
        TyreState::Hot
    } else if is_below(before == Some(&TyreState::Cold), value, cold, band) {
        TyreState::Cold
    } else {
        TyreState::Ideal
    })
}

fn too_hot(
    debounced: &mut Debounced<bool>,
    fluid: Fluid,
    celsius: f64,
    threshold: f64,
    now: f64,
) -> Option<SessionEventKind> {
    if !FLUID_TEMPERATURES_C.contains(&celsius) {
        return None;
    }
    let is_hot = is_above(debounced.value() == Some(&true), celsius, threshold, ENGINE_BAND_C);
    debounced.change(is_hot, now, ENGINE_S).map(|change| match is_hot {
        true => SessionEventKind::Overheating { fluid, celsius },
        false => SessionEventKind::Cooled { fluid, celsius, seconds: change.seconds },
    })
}
