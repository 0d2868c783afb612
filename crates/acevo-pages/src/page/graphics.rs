//! The graphics page, `Local\acevo_pmf_graphics`: the content of the game's own screen, written every frame.

use super::layout::layout;
use super::parts::{
    SMEvoAssistsState, SMEvoDamageState, SMEvoElectronics, SMEvoInstrumentation, SMEvoPitInfo, SMEvoSessionState,
    SMEvoTimingState, SMEvoTyreState,
};
use super::text::{Padding, Text};

layout! {
    /// The graphics page: 4900 bytes, written at every rendered frame.
    ///
    /// The struct is packed to four bytes, as in the game, so its `u64` fields cannot be borrowed; copy them. Before game 0.6 the
    /// page ended before `car_ids`, which is zero in that case. For the marks *measured*, *reported* and *disputed* see
    /// [the module](crate::page).
    #[repr(packed(4))]
    pub struct SPageFileGraphicEvo {
        /// Packet counter: counts the frames.
        packetId: i32,
        /// Status of the game.
        status: i32 as ACEvoStatus,
        /// First half of the id of the watched car.
        focused_car_id_a: u64,
        /// Second half of the id of the watched car.
        focused_car_id_b: u64,
        /// First half of the id of the player's car.
        player_car_id_a: u64,
        /// Second half of the id of the player's car.
        player_car_id_b: u64,
        /// Engine speed.
        rpm: u16 ["rpm"],
        /// The rev limiter is active.
        is_rpm_limiter_on: bool,
        /// The shift light is on: shift up.
        is_change_up_rpm: bool,
        /// Shift down now.
        is_change_down_rpm: bool,
        /// Traction control is active. Reported: false in many versions; prefer `tc` of the physics page.
        tc_active: bool,
        /// Anti-lock brakes are active. Reported: false in many versions; prefer `abs` of the physics page.
        abs_active: bool,
        /// Stability control is active.
        esc_active: bool,
        /// Launch control is active.
        launch_active: bool,
        /// The ignition is on.
        is_ignition_on: bool,
        /// The engine is running.
        is_engine_running: bool,
        /// The energy recovery system is charging.
        kers_is_charging: bool,
        /// The car drives against the direction of the track.
        is_wrong_way: bool,
        /// The drag reduction system may be opened.
        is_drs_available: bool,
        /// The battery is charging.
        battery_is_charging: bool,
        /// The energy limit per lap for deployment is reached.
        is_max_kj_per_lap_reached: bool,
        /// The energy limit per lap for charging is reached.
        is_max_charge_kj_per_lap_reached: bool,
        /// Padding.
        _padding_0: Padding<1>,
        /// Speed as displayed.
        display_speed_kmh: i16 ["km/h"],
        /// Speed as displayed.
        display_speed_mph: i16 ["mph"],
        /// Speed as displayed.
        display_speed_ms: i16 ["m/s"],
        /// Speed above (positive) or below the pit lane's limit.
        pitspeeding_delta: f32 ["km/h"],
        /// Gear: 0 reverse, 1 neutral, 2 first.
        gear_int: i16,
        /// Padding.
        _padding_1: Padding<2>,
        /// Engine speed relative to the limiter, 0..1.
        rpm_percent: f32,
        /// Throttle pedal, 0..1.
        gas_percent: f32,
        /// Brake pedal, 0..1.
        brake_percent: f32,
        /// Hand brake, 0..1.
        handbrake_percent: f32,
        /// Clutch pedal. Measured (0.6.2): 1 is pressed; `clutch` of the physics page has the opposite polarity.
        clutch_percent: f32,
        /// Steering, -1..1, positive to the right.
        steering_percent: f32,
        /// Strength of the force feedback.
        ffb_strength: f32,
        /// Multiplier of the force feedback for this car. The spelling is the game's.
        car_ffb_mupliplier: f32,
        /// Coolant temperature relative to its maximum, 0..1.
        water_temperature_percent: f32,
        /// Pressure of the coolant.
        water_pressure_bar: f32 ["bar"],
        /// Pressure of the fuel.
        fuel_pressure_bar: f32 ["bar"],
        /// Temperature of the coolant. One byte, which overflows above 127; prefer `waterTemp` of the physics page.
        water_temperature_c: i8 ["°C"],
        /// Temperature of the air. One byte; prefer `airTemp` of the physics page.
        air_temperature_c: i8 ["°C"],
        /// Padding.
        _padding_2: Padding<2>,
        /// Temperature of the oil.
        oil_temperature_c: f32 ["°C"],
        /// Pressure of the oil.
        oil_pressure_bar: f32 ["bar"],
        /// Temperature of the exhaust.
        exhaust_temperature_c: f32 ["°C"],
        /// Acceleration, lateral, as `accG[0]` of the physics page.
        g_forces_x: f32 ["g"],
        /// Acceleration. Measured (0.6.2): vertical, without gravity; longitudinal by the document.
        g_forces_y: f32 ["g"],
        /// Acceleration. Vertical by the document; longitudinal, as `accG[2]` of the physics page, if the measured order holds here, too.
        g_forces_z: f32 ["g"],
        /// Boost of the turbocharger.
        turbo_boost: f32 ["bar"],
        /// Boost that the driver has selected.
        turbo_boost_level: f32,
        /// Boost relative to its maximum, 0..1.
        turbo_boost_perc: f32,
        /// Current angle of the steering wheel. Measured (0.6.2): whole degrees, positive to the right.
        steer_degrees: i32 ["°"],
        /// Distance driven in this session.
        current_km: f32 ["km"],
        /// Distance driven with this car.
        total_km: u32 ["km"],
        /// Time driven with this car.
        total_driving_time_s: u32 ["s"],
        /// Time of day in the game: hours, 0..23.
        time_of_day_hours: i32 ["h"],
        /// Time of day in the game: minutes, 0..59.
        time_of_day_minutes: i32 ["min"],
        /// Time of day in the game: seconds, 0..59.
        time_of_day_seconds: i32 ["s"],
        /// Difference to the reference lap, positive = slower; 0x7fffffff = no reference (reported).
        delta_time_ms: i32 ["ms"],
        /// Time of the running lap. Reported: at the line this field resets first.
        current_lap_time_ms: i32 ["ms"],
        /// Predicted time of the running lap; 0, negative and 0x7fffffff mean no time (reported).
        predicted_lap_time_ms: i32 ["ms"],
        /// Fuel in the tank.
        fuel_liter_current_quantity: f32 ["l"],
        /// Fuel in the tank relative to its size, 0..1.
        fuel_liter_current_quantity_percent: f32,
        /// Fuel used per distance. Measured (0.6.2): infinite or far too large at the start of a stint.
        fuel_liter_per_km: f32 ["l/km"],
        /// Distance driven per fuel.
        km_per_fuel_liter: f32 ["km/l"],
        /// Torque of the engine.
        current_torque: f32 ["N·m"],
        /// Power of the engine.
        current_bhp: i32 ["bhp"],
        /// Left front wheel.
        tyre_lf: SMEvoTyreState,
        /// Right front wheel.
        tyre_rf: SMEvoTyreState,
        /// Left rear wheel.
        tyre_lr: SMEvoTyreState,
        /// Right rear wheel.
        tyre_rr: SMEvoTyreState,
        /// Lap position, 0..1 from line to line.
        npos: f32,
        /// Charge of the energy recovery battery, 0..1.
        kers_charge_perc: f32,
        /// Power of the energy recovery, 0..1.
        kers_current_perc: f32,
        /// Time for which the controls stay locked.
        control_lock_time: f32 ["s"],
        /// Damage of the car.
        car_damage: SMEvoDamageState,
        /// Location of the car.
        car_location: i32 as ACEvoCarLocation,
        /// Work of the crew at a pit stop.
        pit_info: SMEvoPitInfo,
        /// Fuel used in this session.
        fuel_liter_used: f32 ["l"],
        /// Fuel used per lap.
        fuel_liter_per_lap: f32 ["l"],
        /// Number of laps possible with the remaining fuel.
        laps_possible_with_fuel: f32,
        /// Temperature of the battery.
        battery_temperature: f32 ["°C"],
        /// Voltage of the battery.
        battery_voltage: f32 ["V"],
        /// Current fuel use per distance. Measured (0.6.2): often NaN or infinite.
        instantaneous_fuel_liter_per_km: f32 ["l/km"],
        /// Current distance per fuel. Measured (0.6.2): often NaN or infinite.
        instantaneous_km_per_fuel_liter: f32 ["km/l"],
        /// Engine speed relative to the shift points of this gear.
        gear_rpm_window: f32,
        /// Lights, wipers and displays.
        instrumentation: SMEvoInstrumentation,
        /// Minimum settings of the instrumentation.
        instrumentation_min_limit: SMEvoInstrumentation,
        /// Maximum settings of the instrumentation.
        instrumentation_max_limit: SMEvoInstrumentation,
        /// Settings of the electronics.
        electronics: SMEvoElectronics,
        /// Minimum settings of the electronics.
        electronics_min_limit: SMEvoElectronics,
        /// Maximum settings of the electronics.
        electronics_max_limit: SMEvoElectronics,
        /// Non-zero for each setting of the electronics that the driver can change.
        electronics_is_modifiable: SMEvoElectronics,
        /// Number of completed laps. Reported: changes up to 2 s after the lap timer is reset, later online; a number may repeat after a return to the pits.
        total_lap_count: i32,
        /// Position in the session, from 1. Measured (0.6.2): 0 if alone in practice.
        current_pos: u32,
        /// Number of cars in the session, 0..60.
        total_drivers: u32,
        /// Time of the last lap; 0, negative and 0x7fffffff mean no time (reported). An old time may remain after a restart or a change of car.
        last_laptime_ms: i32 ["ms"],
        /// Best lap time; 0, negative and 0x7fffffff mean no time (reported).
        best_laptime_ms: i32 ["ms"],
        /// Flag shown to the player.
        flag: i32 as ACEvoFlagType,
        /// Flag shown to all drivers.
        global_flag: i32 as ACEvoFlagType,
        /// Number of forward gears of the car, 0..12.
        max_gears: u32,
        /// Type of the engine.
        engine_type: i32 as ACEvoEngineType,
        /// The car has an energy recovery system.
        has_kers: bool,
        /// The running lap is the last one.
        is_last_lap: bool,
        /// Name of the performance mode.
        performance_mode_name: Text<33>,
        /// Padding.
        _padding_3: Padding<1>,
        /// Differential off power, raw value.
        diff_coast_raw_value: f32,
        /// Differential under power, raw value.
        diff_power_raw_value: f32,
        /// Time gained by cutting the track.
        race_cut_gained_time_ms: i32 ["ms"],
        /// Remaining distance in which to give back an advantage.
        distance_to_deadline: i32 ["m"],
        /// Current difference from cutting the track.
        race_cut_current_delta: f32,
        /// State of the session.
        session_state: SMEvoSessionState,
        /// Lap times as displayed by the game.
        timing_state: SMEvoTimingState,
        /// Round-trip time to the server.
        player_ping: i32 ["ms"],
        /// Latency of the connection.
        player_latency: i32 ["ms"],
        /// Processor load.
        player_cpu_usage: i32 ["%"],
        /// Processor load, averaged.
        player_cpu_usage_avg: i32 ["%"],
        /// Quality of the connection.
        player_qos: i32,
        /// Quality of the connection, averaged.
        player_qos_avg: i32,
        /// Frames per second.
        player_fps: i32 ["1/s"],
        /// Frames per second, averaged.
        player_fps_avg: i32 ["1/s"],
        /// First name of the driver.
        driver_name: Text<33>,
        /// Surname of the driver.
        driver_surname: Text<33>,
        /// Name of the car; usually as displayed, sometimes a slug. Reported: empty or a placeholder for some seconds after loading.
        car_model: Text<33>,
        /// The car is in its pit box.
        is_in_pit_box: bool,
        /// The car is in the pit lane.
        is_in_pit_lane: bool,
        /// The running lap is valid. Reported: false in the pit lane and on an out lap; the frame at the line may already have the state of the next lap.
        is_valid_lap: bool,
        /// Padding.
        _padding_4: Padding<2>,
        /// Positions of all cars, world axes, Y up; slot i belongs to `car_ids[i]`.
        car_coordinates: [[f32; 3]; 60] ["m"],
        /// Gap to the car ahead.
        gap_ahead: f32 ["s"],
        /// Gap to the car behind.
        gap_behind: f32 ["s"],
        /// Number of cars on the track.
        active_cars: u8,
        /// Padding.
        _padding_5: Padding<3>,
        /// The game's estimate of the fuel used per lap.
        fuel_per_lap: f32 ["l"],
        /// The game's estimate of the number of laps possible with the remaining fuel.
        fuel_estimated_laps: f32,
        /// Driving aids.
        assists_state: SMEvoAssistsState,
        /// Capacity of the tank.
        max_fuel: f32 ["l"],
        /// Maximum boost of the turbocharger. Measured (0.6.2): for a car without one, an integer that reads as the float 6.68e-43.
        max_turbo_boost: f32 ["bar"],
        /// Front and rear tyres have the same compound.
        use_single_compound: bool,
        /// Padding.
        _padding_6: Padding<3>,
        /// Ids of all cars, both halves; 0, 0 is a free slot.
        car_ids: [[u64; 2]; 60],
    }
}
