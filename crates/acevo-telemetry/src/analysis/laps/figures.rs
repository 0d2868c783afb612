//! What is measured on the way. A value that no car can have is left out, so that one torn page spoils no mean.

use acevo_shared_memory::{Frame, Wheels};

use super::lap::LapStats;
use crate::analysis::Summary;
use crate::analysis::clock::current_physics;

impl LapStats {
    /// Metres per second of a physics packet.
    pub(in crate::analysis) fn note_speed(&mut self, speed: f64) {
        self.speed_kmh.add(speed * 3.6);
    }

    /// What changes slowly, once per frame.
    pub(in crate::analysis) fn note(&mut self, frame: &Frame) {
        // Around a pause the graphics page may still show what was before it, as the tyres before a return to the box.
        let Some(physics) = current_physics(frame) else { return };
        let graphics = frame.graphics.raw();
        let tyres = frame.graphics.tyres();
        let surfaces = tyres.map(|tyre| {
            (tyre.tyre_temperature_left + tyre.tyre_temperature_center + tyre.tyre_temperature_right) / 3.0
        });
        wheels(&mut self.tyre_surface_c, surfaces, -60.0, 600.0);
        add(&mut self.oil_c, graphics.oil_temperature_c, -60.0, 400.0);
        wheels(&mut self.tyre_core_c, physics.tyreCoreTemperature.into(), -60.0, 400.0);
        wheels(&mut self.tyre_pressure_psi, physics.wheelsPressure.into(), 0.0, 200.0);
        wheels(&mut self.brake_c, physics.brakeTemp.into(), -60.0, 2000.0);
        add(&mut self.water_c, physics.waterTemp, -60.0, 300.0);
        add(&mut self.air_c, physics.airTemp, -60.0, 80.0);
        add(&mut self.road_c, physics.roadTemp, -60.0, 120.0);
    }
}

fn wheels(summaries: &mut Wheels<Summary>, values: Wheels<f32>, least: f32, greatest: f32) {
    let Wheels { fl, fr, rl, rr } = summaries;
    for (summary, value) in [fl, fr, rl, rr].into_iter().zip(values) {
        add(summary, value, least, greatest);
    }
}

fn add(summary: &mut Summary, value: f32, least: f32, greatest: f32) {
    if (least..=greatest).contains(&value) {
        summary.add(value.into());
    }
}
