//! The structs within the graphics page. Each has a reserved tail for future fields.

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
        /// Brake pressure, in an unknown unit. Measured (0.6.2): 112.0 front and 74.7 rear at full pedal.
        brake_pressure: f32,
        /// Temperature of the left third of the tread. Reported: left as seen from the car, so it is the outer third of left wheels and the inner third of right wheels.
        tyre_temperature_left: f32 ["°C"],
        /// Temperature of the middle third of the tread.
        tyre_temperature_center: f32 ["°C"],
        /// Temperature of the right third of the tread. Reported: right as seen from the car, so it is the inner third of left wheels and the outer third of right wheels.
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
    /// Work of the crew at a pit stop: -1 not planned, 0 done, 1 in progress. 0 is also the idle value. 64 bytes.
    pub struct SMEvoPitInfo {
        /// Repairs: -1 not planned, 0 done or idle, 1 in progress.
        damage: i8,
        /// Refuelling: -1 not planned, 0 done or idle, 1 in progress.
        fuel: i8,
        /// Left front tyre: -1 not planned, 0 done or idle, 1 in progress.
        tyres_lf: i8,
        /// Right front tyre: -1 not planned, 0 done or idle, 1 in progress.
        tyres_rf: i8,
        /// Left rear tyre: -1 not planned, 0 done or idle, 1 in progress.
        tyres_lr: i8,
        /// Right rear tyre: -1 not planned, 0 done or idle, 1 in progress.
        tyres_rr: i8,
        /// Reserved by the game.
        place_holder: Reserved<58>,
    }
}

layout! {
    /// Settings of the car's electronics. The same struct holds their limits, and which of them can be changed. 128 bytes.
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
        /// Front share of the braking force, 0..1.
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
        /// The pit limiter is switched on. `pitLimiterOn` of the physics page is 1 while it is limiting.
        is_pitlimiter_on: bool,
        /// Performance mode, see `performance_mode_name`.
        active_performance_mode: i8,
        /// Reserved by the game.
        place_holder: Reserved<88>,
    }
}

layout! {
    /// Lights, wipers and displays. The same struct holds their limits. 128 bytes.
    pub struct SMEvoInstrumentation {
        /// Stage of the headlights.
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
        /// The headlights are flashing.
        flashing_lights: bool,
        /// The hazard lights are on.
        warning_lights: bool,
        /// Index of the display that the driver has selected.
        selected_display_index: i8,
        /// Index of the page on each display.
        display_current_page_index: [i8; 16],
        /// The headlights are visible.
        are_headlights_visible: bool,
        /// Reserved by the game.
        place_holder: Reserved<101>,
    }
}

layout! {
    /// State of the session. 256 bytes.
    pub struct SMEvoSessionState {
        /// Name of the phase.
        phase_name: Text<33>,
        /// Time left, as displayed by the game.
        time_left: Text<15>,
        /// Time left; 0, negative and 0x7fffffff mean no time (reported).
        time_left_ms: i32 ["ms"],
        /// Waiting time, as displayed by the game.
        wait_time: Text<15>,
        /// Padding.
        _padding_0: Padding<1>,
        /// Number of laps of the session; 0 if it ends by time.
        total_lap: i32,
        /// Number of the player's running lap. Reported: 0 on game 0.8.0.1; `total_lap_count` + 1 is reliable.
        current_lap: i32,
        /// Number of start lights that are on.
        lights_on: i32,
        /// Mode of the start lights.
        lights_mode: i32,
        /// Length of a lap.
        lap_length_km: f32 ["km"],
        /// Non-zero once the session ends.
        end_session_flag: i32,
        /// Time to the next session, as displayed by the game.
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
        /// The game is waiting for other players.
        show_waiting_for_players: bool,
        /// Reserved by the game.
        place_holder: Reserved<140>,
        /// Padding.
        _padding_1: Padding<3>,
    }
}

layout! {
    /// Lap times as displayed by the game. 256 bytes.
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
        /// Total time of the session.
        total_time: Text<15>,
        /// The running lap is invalid.
        is_invalid: bool,
        /// Reserved by the game.
        place_holder: Reserved<137>,
        /// Padding.
        _padding_2: Padding<1>,
    }
}

layout! {
    /// Driving aids that the player has enabled. 64 bytes.
    pub struct SMEvoAssistsState {
        /// Automatic gear shifting.
        auto_gear: u8,
        /// Throttle blip on downshifts.
        auto_blip: u8,
        /// Automatic clutch.
        auto_clutch: u8,
        /// Automatic clutch at the start.
        auto_clutch_on_start: u8,
        /// Manual engine start.
        manual_ignition_e_start: u8,
        /// Automatic pit limiter.
        auto_pit_limiter: u8,
        /// Assistance at standing starts.
        standing_start_assist: u8,
        /// Padding.
        _padding_0: Padding<1>,
        /// Steering assistance, 0..1.
        auto_steer: f32,
        /// Stability assistance, 0..1.
        arcade_stability_control: f32,
        /// Reserved by the game.
        place_holder: Reserved<48>,
    }
}
