//! The parts the graphics page is made of. Each keeps a reserved tail for fields to come.

use super::layout::layout;
use super::text::{Padding, Reserved, Text};

layout! {
    /// One wheel: tyre and brake. 256 bytes.
    pub struct SMEvoTyreState {
        /// Slip, 0 = rolling.
        slip: f32,
        /// The wheel is locked.
        lock: bool,
        /// Padding.
        _padding_0: Padding<3>,
        /// Pressure of the tyre. The spelling is the game's.
        tyre_pression: f32 ["psi"],
        /// Temperature of the tyre.
        tyre_temperature_c: f32 ["°C"],
        /// Temperature of the brake.
        brake_temperature_c: f32 ["°C"],
        /// Pressure on the brake, in an unknown unit. Measured (0.6.2): 112.0 in front and 74.7 in the rear at full pedal.
        brake_pressure: f32,
        /// Temperature of the left third. Reported: left as seen from the car, so it is the outer one on left wheels, the inner one on right wheels.
        tyre_temperature_left: f32 ["°C"],
        /// Temperature of the middle third.
        tyre_temperature_center: f32 ["°C"],
        /// Temperature of the right third. Reported: right as seen from the car, so it is the inner one on left wheels, the outer one on right wheels.
        tyre_temperature_right: f32 ["°C"],
        /// Compound of the front tyres.
        tyre_compound_front: Text<33>,
        /// Compound of the rear tyres.
        tyre_compound_rear: Text<33>,
        /// Padding.
        _padding_1: Padding<2>,
        /// Pressure relative to the ideal one: 1 = ideal. Reported: clips at 2.
        tyre_normalized_pressure: f32,
        /// Left temperature relative to the ideal one: 1 = ideal, may exceed 1 (reported).
        tyre_normalized_temperature_left: f32,
        /// Middle temperature relative to the ideal one: 1 = ideal, may exceed 1 (reported).
        tyre_normalized_temperature_center: f32,
        /// Right temperature relative to the ideal one: 1 = ideal, may exceed 1 (reported).
        tyre_normalized_temperature_right: f32,
        /// Temperature of the brake relative to the ideal one: 1 = ideal, may exceed 1 (reported).
        brake_normalized_temperature: f32,
        /// Core temperature relative to the ideal one: 1 = ideal, may exceed 1 (reported).
        tyre_normalized_temperature_core: f32,
        /// Reserved by the game.
        place_holder: Reserved<128>,
    }
}

layout! {
    /// Damage of the car. 128 bytes.
    pub struct SMEvoDamageState {
        /// Damage at the front.
        damage_front: f32,
        /// Damage at the rear.
        damage_rear: f32,
        /// Damage on the left side.
        damage_left: f32,
        /// Damage on the right side.
        damage_right: f32,
        /// Damage in the centre.
        damage_center: f32,
        /// Damage of the suspension, left front.
        damage_suspension_lf: f32,
        /// Damage of the suspension, right front.
        damage_suspension_rf: f32,
        /// Damage of the suspension, left rear.
        damage_suspension_lr: f32,
        /// Damage of the suspension, right rear.
        damage_suspension_rr: f32,
        /// Reserved by the game.
        place_holder: Reserved<92>,
    }
}

layout! {
    /// What the crew does at a pit stop: -1 will not be done, 0 done, 1 in progress. 0 is also the resting value. 64 bytes.
    pub struct SMEvoPitInfo {
        /// Repairs: -1 no, 0 done or at rest, 1 in progress.
        damage: i8,
        /// Refuelling: -1 no, 0 done or at rest, 1 in progress.
        fuel: i8,
        /// Left front tyre: -1 no, 0 done or at rest, 1 in progress.
        tyres_lf: i8,
        /// Right front tyre: -1 no, 0 done or at rest, 1 in progress.
        tyres_rf: i8,
        /// Left rear tyre: -1 no, 0 done or at rest, 1 in progress.
        tyres_lr: i8,
        /// Right rear tyre: -1 no, 0 done or at rest, 1 in progress.
        tyres_rr: i8,
        /// Reserved by the game.
        place_holder: Reserved<58>,
    }
}

layout! {
    /// Settings of the car's electronics; also used for their limits and for which of them may be changed. 128 bytes.
    pub struct SMEvoElectronics {
        /// Setting of the traction control.
        tc_level: i8,
        /// Setting of the traction control's power cut.
        tc_cut_level: i8,
        /// Setting of the anti-lock brakes.
        abs_level: i8,
        /// Setting of the stability control.
        esc_level: i8,
        /// Setting of the electronic brake balance.
        ebb_level: i8,
        /// Padding.
        _padding_0: Padding<3>,
        /// Share of the front in the braking force, 0..1.
        brake_bias: f32,
        /// Number of the engine map.
        engine_map_level: i8,
        /// Padding.
        _padding_1: Padding<3>,
        /// Boost of the turbocharger.
        turbo_level: f32,
        /// Deployment map of the energy recovery.
        ers_deployment_map: i8,
        /// Padding.
        _padding_2: Padding<3>,
        /// Recharge map of the energy recovery.
        ers_recharge_map: f32,
        /// Heat recovery charges the battery.
        is_ers_heat_charging_on: bool,
        /// Overtake mode is on.
        is_ers_overtake_mode_on: bool,
        /// The drag reduction system is open.
        is_drs_open: bool,
        /// Setting of the differential under power.
        diff_power_level: i8,
        /// Setting of the differential off power.
        diff_coast_level: i8,
        /// Setting of the bump damping, front.
        front_bump_damper_level: i8,
        /// Setting of the rebound damping, front.
        front_rebound_damper_level: i8,
        /// Setting of the bump damping, rear.
        rear_bump_damper_level: i8,
        /// Setting of the rebound damping, rear.
        rear_rebound_damper_level: i8,
        /// The ignition is on.
        is_ignition_on: bool,
        /// The pit limiter is switched on; `pitLimiterOn` of the physics page tells whether it is limiting.
        is_pitlimiter_on: bool,
        /// Performance mode, see `performance_mode_name`.
        active_performance_mode: i8,
        /// Reserved by the game.
        place_holder: Reserved<88>,
    }
}

layout! {
    /// Lights, wipers and displays; also used for their limits. 128 bytes.
    pub struct SMEvoInstrumentation {
        /// Stage of the head lights.
        main_light_stage: i8,
        /// Stage of the special lights.
        special_light_stage: i8,
        /// Stage of the cockpit lights.
        cockpit_light_stage: i8,
        /// Stage of the wipers.
        wiper_level: i8,
        /// The rain light is on.
        rain_lights: bool,
        /// The left indicator is on.
        direction_light_left: bool,
        /// The right indicator is on.
        direction_light_right: bool,
        /// The head lights flash.
        flashing_lights: bool,
        /// The hazard lights are on.
        warning_lights: bool,
        /// Display that the driver has selected.
        selected_display_index: i8,
        /// Page that each display shows.
        display_current_page_index: [i8; 16],
        /// The head lights can be seen.
        are_headlights_visible: bool,
        /// Reserved by the game.
        place_holder: Reserved<101>,
    }
}

layout! {
    /// The session as it goes on. 256 bytes.
    pub struct SMEvoSessionState {
        /// Name of the phase.
        phase_name: Text<33>,
        /// Time left, as the game shows it.
        time_left: Text<15>,
        /// Time left; none = 0, negative or 0x7fffffff (reported).
        time_left_ms: i32 ["ms"],
        /// Time to wait, as the game shows it.
        wait_time: Text<15>,
        /// Padding.
        _padding_0: Padding<1>,
        /// Laps of the session; 0 where it ends by time.
        total_lap: i32,
        /// Lap the player is in. Reported: 0 on game 0.8.0.1; `total_lap_count` + 1 works.
        current_lap: i32,
        /// Start lights that are on.
        lights_on: i32,
        /// Mode of the start lights.
        lights_mode: i32,
        /// Length of a lap.
        lap_length_km: f32 ["km"],
        /// Not 0 once the session ends.
        end_session_flag: i32,
        /// Time to the next session, as the game shows it.
        time_to_next_session: Text<15>,
        /// The connection to the server is lost.
        disconnected_from_server: bool,
        /// The season may be restarted.
        restart_season_enabled: bool,
        /// The menu offers to drive.
        ui_enable_drive: bool,
        /// The menu offers the setup.
        ui_enable_setup: bool,
        /// The button for the next session blinks.
        is_ready_to_next_blinking: bool,
        /// The game waits for other players.
        show_waiting_for_players: bool,
        /// Reserved by the game.
        place_holder: Reserved<140>,
        /// Padding.
        _padding_1: Padding<3>,
    }
}

layout! {
    /// Lap times as the game shows them. 256 bytes.
    pub struct SMEvoTimingState {
        /// Time of the running lap.
        current_laptime: Text<15>,
        /// Difference of the running lap.
        delta_current: Text<15>,
        /// Padding.
        _padding_0: Padding<2>,
        /// Sign or quality of `delta_current`, for its colour.
        delta_current_p: i32,
        /// Time of the last lap.
        last_laptime: Text<15>,
        /// Difference of the last lap.
        delta_last: Text<15>,
        /// Padding.
        _padding_1: Padding<2>,
        /// Sign or quality of `delta_last`, for its colour.
        delta_last_p: i32,
        /// Best lap time.
        best_laptime: Text<15>,
        /// Sum of the best sectors.
        ideal_laptime: Text<15>,
        /// Time driven in the session.
        total_time: Text<15>,
        /// The running lap does not count.
        is_invalid: bool,
        /// Reserved by the game.
        place_holder: Reserved<137>,
        /// Padding.
        _padding_2: Padding<1>,
    }
}

layout! {
    /// Driving aids the player has chosen. 64 bytes.
    pub struct SMEvoAssistsState {
        /// Automatic gears.
        auto_gear: u8,
        /// Throttle blip on downshifts.
        auto_blip: u8,
        /// Automatic clutch.
        auto_clutch: u8,
        /// Automatic clutch at the start.
        auto_clutch_on_start: u8,
        /// Engine started by hand.
        manual_ignition_e_start: u8,
        /// Automatic pit limiter.
        auto_pit_limiter: u8,
        /// Help at standing starts.
        standing_start_assist: u8,
        /// Padding.
        _padding_0: Padding<1>,
        /// Steering help, 0..1.
        auto_steer: f32,
        /// Stability help, 0..1.
        arcade_stability_control: f32,
        /// Reserved by the game.
        place_holder: Reserved<48>,
    }
}
