//! Statistics of a lap or a stint. Implausible values are ignored, so that a torn page does not spoil a mean.

use std::ops::RangeInclusive;

use acevo_shared_memory::{Frame, Wheels};

use super::lap::LapStats;
use crate::analysis::summary::Summary;
use crate::car_sample::current_physics;
use crate::limits::stats;

impl LapStats {
    /// Takes the speed of a physics packet, m/s.
    pub(in crate::analysis) fn note_speed(&mut self, speed: f64) {
        self.speed_kmh.add(speed * 3.6);
    }

    /// Takes the quantities of a frame that change slowly.
    pub(in crate::analysis) fn note(&mut self, frame: &Frame) {
        // Around a pause the graphics page may still show the state before it, such as the tyres before a return to the box.
        let Some(physics) = current_physics(frame) else { return };
        let graphics = frame.graphics.raw();
        let tyres = frame.graphics.tyres();
        let surfaces = tyres.map(|tyre| {
            (tyre.tyre_temperature_left + tyre.tyre_temperature_center + tyre.tyre_temperature_right) / 3.0
        });
        wheels(&mut self.tyre_surface_c, surfaces, stats::TYRE_SURFACE_C);
        add(&mut self.oil_c, graphics.oil_temperature_c, stats::OIL_C);
        wheels(&mut self.tyre_core_c, physics.tyreCoreTemperature.into(), stats::TYRE_CORE_C);
        wheels(&mut self.tyre_pressure_psi, physics.wheelsPressure.into(), stats::TYRE_PRESSURE_PSI);
        wheels(&mut self.brake_c, physics.brakeTemp.into(), stats::BRAKE_C);
        add(&mut self.water_c, physics.waterTemp, stats::WATER_C);
        add(&mut self.air_c, physics.airTemp, stats::AIR_C);
        add(&mut self.road_c, physics.roadTemp, stats::ROAD_C);
    }
}

fn wheels(summaries: &mut Wheels<Summary>, values: Wheels<f32>, limits: RangeInclusive<f32>) {
    let Wheels { fl, fr, rl, rr } = summaries;
    for (summary, value) in [fl, fr, rl, rr].into_iter().zip(values) {
        add(summary, value, limits.clone());
    }
}

fn add(summary: &mut Summary, value: f32, limits: RangeInclusive<f32>) {
    if limits.contains(&value) {
        summary.add(value.into());
    }
}
