//! Switches and settings of the car: electronics, lights, driving aids, and their limits.

use acevo_shared_memory::{SMEvoAssistsState, SMEvoElectronics, SMEvoInstrumentation};

use crate::spec::CarSpec;

/// The settings of the electronics.
pub(super) fn electronics(spec: &CarSpec, ignition: bool, pit_limiter: bool) -> SMEvoElectronics {
    let electric = spec.is_electric();
    SMEvoElectronics {
        tc_level: if spec.has_tc { spec.max_tc / 2 } else { 0 },
        tc_cut_level: if electric { 0 } else { 2 },
        abs_level: 3,
        esc_level: i8::from(electric),
        ebb_level: 3,
        brake_bias: spec.brake_front as f32,
        engine_map_level: i8::from(!electric),
        turbo_level: if spec.max_boost_bar > 0.0 { 1.0 } else { 0.0 },
        ers_deployment_map: if electric { 2 } else { 0 },
        ers_recharge_map: if electric { 2.0 } else { 0.0 },
        diff_power_level: 4,
        diff_coast_level: 3,
        front_bump_damper_level: 6,
        front_rebound_damper_level: 7,
        rear_bump_damper_level: 5,
        rear_rebound_damper_level: 6,
        is_ignition_on: ignition,
        is_pitlimiter_on: pit_limiter,
        active_performance_mode: 1,
        ..SMEvoElectronics::default()
    }
}

/// The minimum and maximum settings of the electronics.
pub(super) fn electronics_limits(spec: &CarSpec) -> [SMEvoElectronics; 2] {
    let minimum = SMEvoElectronics { brake_bias: spec.brake_front as f32 - 0.06, ..SMEvoElectronics::default() };
    let electric = spec.is_electric();
    let maximum = SMEvoElectronics {
        tc_level: if spec.has_tc { spec.max_tc } else { 0 },
        tc_cut_level: if electric { 0 } else { 4 },
        abs_level: spec.max_tc,
        esc_level: 2 * i8::from(electric),
        ebb_level: 6,
        brake_bias: spec.brake_front as f32 + 0.10,
        engine_map_level: if electric { 0 } else { 4 },
        turbo_level: if spec.max_boost_bar > 0.0 { 1.0 } else { 0.0 },
        ers_deployment_map: if electric { 4 } else { 0 },
        ers_recharge_map: if electric { 4.0 } else { 0.0 },
        diff_power_level: 10,
        diff_coast_level: 10,
        front_bump_damper_level: 12,
        front_rebound_damper_level: 12,
        rear_bump_damper_level: 12,
        rear_rebound_damper_level: 12,
        is_ignition_on: true,
        is_pitlimiter_on: true,
        active_performance_mode: 3,
        ..SMEvoElectronics::default()
    };
    [minimum, maximum]
}

/// 1 for each setting that the driver can change while driving.
pub(super) fn modifiable_electronics(spec: &CarSpec) -> SMEvoElectronics {
    let electric = spec.is_electric();
    SMEvoElectronics {
        tc_level: i8::from(spec.has_tc),
        tc_cut_level: i8::from(!electric),
        abs_level: 1,
        esc_level: i8::from(electric),
        ebb_level: 1,
        brake_bias: 1.0,
        engine_map_level: i8::from(!electric),
        ers_deployment_map: i8::from(electric),
        ers_recharge_map: if electric { 1.0 } else { 0.0 },
        is_ignition_on: true,
        is_pitlimiter_on: true,
        active_performance_mode: 1,
        ..SMEvoElectronics::default()
    }
}

/// Lights and displays.
pub(super) fn instrumentation(ignition: bool, braking_hard: bool) -> SMEvoInstrumentation {
    SMEvoInstrumentation {
        main_light_stage: i8::from(ignition),
        cockpit_light_stage: 1,
        flashing_lights: braking_hard,
        selected_display_index: 0,
        are_headlights_visible: ignition,
        display_current_page_index: [-1; 16],
        ..SMEvoInstrumentation::default()
    }
}

/// The maximum settings of lights and displays. The minimum is 0.
pub(super) fn maximum_instrumentation() -> SMEvoInstrumentation {
    let mut maximum = SMEvoInstrumentation {
        main_light_stage: 2,
        special_light_stage: 1,
        cockpit_light_stage: 3,
        wiper_level: 3,
        rain_lights: true,
        direction_light_left: true,
        direction_light_right: true,
        flashing_lights: true,
        warning_lights: true,
        selected_display_index: 2,
        are_headlights_visible: true,
        ..SMEvoInstrumentation::default()
    };
    maximum.display_current_page_index[..3].fill(4);
    maximum
}

/// The driving aids.
pub(super) fn assists() -> SMEvoAssistsState {
    SMEvoAssistsState {
        auto_gear: 1,
        auto_blip: 1,
        auto_clutch: 1,
        auto_clutch_on_start: 1,
        auto_pit_limiter: 1,
        ..SMEvoAssistsState::default()
    }
}
