//! Fills the graphics page.

use acevo_shared_memory::{
    ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType, ACEvoStatus, SMEvoDamageState, SMEvoPitInfo, SMEvoTyreState,
    SPageFileGraphicEvo,
};

use super::{equipment, physics, text};
use crate::board::LapBoard;
use crate::car::Wheel;
use crate::identity::{FIRST_RIVAL_NAME, PLAYER_NAME, PLAYER_SURNAME_0_6};
use crate::options::{GameVersion, Options};
use crate::pit_path::PIT_SPEED;
use crate::plan::Start;
use crate::session::Session;
use crate::setting::Setting;
use crate::spec::CarSpec;
use crate::track::PitZone;
use crate::traffic::Watched;
use crate::truth::Damage;

/// The value for "no reference" in `delta_time_ms`, and for "no time" in other fields.
const NOTHING: i32 = i32::MAX;
/// Shown until the car's name is known.
const CAR_PLACEHOLDER: &str = "car_placeholder";
/// `max_turbo_boost` of a car without a turbocharger: an integer in a float, 6.68e-43.
const NO_TURBO: u32 = 477;
/// Brake pressure at full pedal divided by the axle's share of the brakes: 112.0 and 74.7 at a bias of 0.6.
const BRAKE_PRESSURE: f64 = 560.0 / 3.0;
/// Distance in km and time in s that the car was driven before the simulation.
const ODOMETER_KM: f64 = 1284.0;
const ODOMETER_S: f64 = 41_000.0;
/// Time of day at the start of the first session, in seconds after midnight.
const START_OF_DAY: i32 = 14 * 3600;

/// Distance and time of earlier sessions.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Totals {
    km: f64,
    seconds: f64,
}

impl Totals {
    pub(crate) fn add(&mut self, session: &Session) {
        self.km += (session.earlier_m + session.car.odometer) / 1000.0;
        self.seconds += session.time();
    }
}

/// The input of a graphics frame.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) session: &'a Session,
    pub(crate) setting: &'a Setting,
    pub(crate) board: &'a LapBoard,
    pub(crate) totals: &'a Totals,
    pub(crate) options: &'a Options,
    /// The accelerations of the previous frame.
    pub(crate) g: [f64; 3],
    pub(crate) names_complete: bool,
    pub(crate) status: ACEvoStatus,
    /// `is_valid_lap` as shown.
    pub(crate) valid: bool,
}

/// Fills the page with the state of one instant.
pub(crate) fn fill_graphics(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    page.packetId = page.packetId.wrapping_add(1);
    page.status = frame.status.value();
    let [a, b] = frame.session.traffic.player_id().0;
    (page.focused_car_id_a, page.focused_car_id_b) = (a, b);
    (page.player_car_id_a, page.player_car_id_b) = (a, b);
    driving(page, frame);
    engine(page, frame);
    energy(page, frame);
    tyres(page, frame);
    timing(page, frame);
    location(page, frame);
    session_state(page, frame);
    settings(page, frame);
    traffic(page, frame);
    if frame.options.game == GameVersion::V0_6 {
        freeze_values_of_0_6(page);
    }
    if let Some(watched) = watched_car(frame) {
        show_watched(page, &watched, frame.setting.track.length());
    }
}

/// The car that the driver watches, if any.
fn watched_car(frame: &Frame<'_>) -> Option<Watched> {
    let session = frame.session;
    session.traffic.watched(session.watching?.rival, &frame.setting.track, session.time())
}

/// Replaces all values of the car and its laps by those of the watched car.
fn show_watched(page: &mut SPageFileGraphicEvo, car: &Watched, track_length: f64) {
    [page.focused_car_id_a, page.focused_car_id_b] = car.id;
    page.display_speed_kmh = (car.speed * 3.6).round() as i16;
    page.display_speed_mph = (car.speed * 2.236_936).round() as i16;
    page.display_speed_ms = car.speed.round() as i16;
    page.gear_int = 2 + (car.speed / 14.0) as i16;
    page.rpm = 4200 + ((car.speed % 14.0) * 260.0) as u16;
    page.is_engine_running = true;
    page.is_ignition_on = true;
    (page.gas_percent, page.brake_percent) = (0.8, 0.0);
    page.npos = car.npos as f32;
    page.car_location = ACEvoCarLocation::Track.value();
    (page.is_in_pit_lane, page.is_in_pit_box) = (false, false);
    page.current_lap_time_ms = car.timer_ms;
    page.last_laptime_ms = car.last_ms;
    page.best_laptime_ms = car.best_ms;
    page.total_lap_count = car.completed as i32;
    page.delta_time_ms = NOTHING;
    page.is_valid_lap = true;
    let used = 2.6 * (f64::from(car.completed) + car.npos);
    page.fuel_liter_used = used as f32;
    page.fuel_liter_current_quantity = (75.0 - used) as f32;
    page.current_km = ((f64::from(car.completed) + car.npos) * track_length / 1000.0) as f32;
    page.driver_name = FIRST_RIVAL_NAME[0].into();
    page.driver_surname = FIRST_RIVAL_NAME[1].into();
    let some_time = |ms: i32| (ms > 0).then_some(ms);
    let state = &mut page.timing_state;
    state.current_laptime = text::lap_time(Some(car.timer_ms)).as_str().into();
    state.last_laptime = text::lap_time(some_time(car.last_ms)).as_str().into();
    state.best_laptime = text::lap_time(some_time(car.best_ms)).as_str().into();
    state.is_invalid = false;
}

/// Sets the values that never change on EVO 0.6.2.
fn freeze_values_of_0_6(page: &mut SPageFileGraphicEvo) {
    for tyre in [&mut page.tyre_lf, &mut page.tyre_rf, &mut page.tyre_lr, &mut page.tyre_rr] {
        tyre.tyre_normalized_temperature_left = 0.0;
        tyre.tyre_normalized_temperature_center = 0.0;
        tyre.tyre_normalized_temperature_right = 0.0;
        tyre.tyre_normalized_temperature_core = 0.0;
    }
    page.exhaust_temperature_c = 100.0;
    page.pitspeeding_delta = -1.0;
    page.driver_surname = PLAYER_SURNAME_0_6.into();
}

fn driving(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    let session = frame.session;
    let car = &session.car;
    let speed = car.velocity.length();
    page.tc_active = false;
    page.abs_active = false;
    page.launch_active = session.lights_on() > 0;
    page.display_speed_kmh = (speed * 3.6).round() as i16;
    page.display_speed_mph = (speed * 2.236_936).round() as i16;
    page.display_speed_ms = speed.round() as i16;
    page.pitspeeding_delta = if session.driver.in_pits { ((speed - PIT_SPEED) * 3.6) as f32 } else { -1.0 };
    page.gear_int = car.powertrain.gear as i16;
    page.gas_percent = car.pedals.throttle as f32;
    page.brake_percent = car.pedals.brake as f32;
    // The clutch closes asymptotically; the driver's foot leaves the pedal before that.
    page.clutch_percent = Some(1.0 - car.powertrain.clutch).filter(|pedal| *pedal > 0.001).unwrap_or(0.0) as f32;
    let steering = physics::steering_share(session);
    page.steering_percent = steering as f32;
    // Truncated to whole degrees.
    page.steer_degrees = (steering * car.spec.steering_lock_deg) as i32;
    page.ffb_strength = physics::force_feedback(session).abs();
    page.car_ffb_mupliplier = 0.82;
    [page.g_forces_x, page.g_forces_y, page.g_forces_z] = physics::ordered(frame.g, frame.options);
    let km = frame.totals.km + (session.earlier_m + car.odometer) / 1000.0;
    page.current_km = (car.odometer / 1000.0) as f32;
    page.total_km = (ODOMETER_KM + km) as u32;
    page.total_driving_time_s = (ODOMETER_S + frame.totals.seconds + session.time()) as u32;
}

fn engine(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    let (spec, engine) = (frame.session.car.spec, &frame.session.car.powertrain);
    page.rpm = engine.rpm.round() as u16;
    page.rpm_percent = (engine.rpm / spec.max_rpm) as f32;
    let has_gears = !spec.is_electric();
    page.is_rpm_limiter_on = engine.on_limiter(spec);
    page.is_change_up_rpm = has_gears && engine.rpm > spec.shift_up_rpm * 0.975;
    page.is_change_down_rpm = has_gears && engine.gear > 2 && engine.rpm < spec.shift_up_rpm * 0.45;
    page.is_ignition_on = engine.running || engine.cranking;
    page.is_engine_running = engine.running;
    page.water_temperature_percent = (engine.water_c / 120.0) as f32;
    page.water_temperature_c = engine.water_c.round() as i32 as i8;
    page.air_temperature_c = frame.session.car.wheels.air_c.round() as i32 as i8;
    page.oil_temperature_c = engine.oil_c as f32;
    if has_gears {
        let turning = (engine.rpm / 6000.0).clamp(0.0, 1.0);
        page.water_pressure_bar = (0.4 + 0.9 * turning) as f32;
        page.fuel_pressure_bar = if engine.running { 5.0 } else { 0.0 };
        page.oil_pressure_bar = (5.6 * turning) as f32;
        page.exhaust_temperature_c = engine.exhaust_c as f32;
    }
    page.turbo_boost = engine.boost_bar as f32;
    if spec.max_boost_bar > 0.0 {
        page.turbo_boost_level = 1.0;
        page.turbo_boost_perc = (engine.boost_bar / spec.max_boost_bar) as f32;
    }
    page.max_turbo_boost = if spec.max_boost_bar > 0.0 { spec.max_boost_bar as f32 } else { f32::from_bits(NO_TURBO) };
    page.current_torque = engine.torque as f32;
    page.current_bhp = (engine.power / 745.7).round() as i32;
    page.gear_rpm_window = ((engine.rpm / spec.shift_up_rpm) as f32).clamp(0.0, 1.0);
    page.max_gears = spec.ratios.len() as u32;
    page.engine_type =
        if spec.is_electric() { ACEvoEngineType::ElectricMotor } else { ACEvoEngineType::InternalCombustion }.value();
    page.performance_mode_name = spec.performance_mode.into();
}

fn energy(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    let session = frame.session;
    let (spec, engine) = (session.car.spec, &session.car.powertrain);
    page.battery_voltage = engine.battery_volts(spec) as f32;
    if spec.is_electric() {
        let charging = engine.power < 0.0 || session.is_serviced();
        page.has_kers = true;
        page.kers_is_charging = engine.power < 0.0;
        page.battery_is_charging = charging;
        page.kers_charge_perc = engine.charge(spec) as f32;
        page.kers_current_perc = (engine.power / 480_000.0).clamp(0.0, 1.0) as f32;
        page.battery_temperature = engine.battery_c as f32;
        return;
    }
    page.battery_temperature = (session.car.wheels.air_c + 11.0) as f32;
    let km = session.car.odometer / 1000.0;
    let lap_km = frame.setting.track.length() / 1000.0;
    page.fuel_liter_current_quantity = engine.fuel_l as f32;
    page.fuel_liter_current_quantity_percent = (engine.fuel_l / spec.tank_l) as f32;
    page.fuel_liter_used = engine.fuel_used_l as f32;
    page.max_fuel = spec.tank_l as f32;
    // The game divides without checks: early in a stint the averages are meaningless, at rest they are infinite.
    let per_km = engine.fuel_used_l / km;
    page.fuel_liter_per_km = per_km as f32;
    page.km_per_fuel_liter = (1.0 / per_km) as f32;
    page.fuel_liter_per_lap = (per_km * lap_km) as f32;
    page.fuel_per_lap = page.fuel_liter_per_lap;
    page.laps_possible_with_fuel = (engine.fuel_l / (per_km * lap_km)) as f32;
    page.fuel_estimated_laps = page.laps_possible_with_fuel;
    let speed = session.car.speed;
    // No fuel is injected while the engine is coasting. The sign of that zero alternates, as in the game.
    let flow = match engine.power < 0.0 {
        true if page.packetId % 2 == 0 => 0.0,
        true => -0.0,
        false => engine.fuel_flow,
    };
    page.instantaneous_fuel_liter_per_km = (flow / speed * 1000.0) as f32;
    page.instantaneous_km_per_fuel_liter = (speed / 1000.0 / flow) as f32;
}

fn tyres(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    let car = &frame.session.car;
    let state = |index: usize| tyre(car.spec, &car.wheels.each[index], car.pedals.brake, index / 2);
    page.tyre_lf = state(0);
    page.tyre_rf = state(1);
    page.tyre_lr = state(2);
    page.tyre_rr = state(3);
    page.use_single_compound = true;
}

fn tyre(spec: &CarSpec, wheel: &Wheel, brake: f64, axle: usize) -> SMEvoTyreState {
    let share = physics::brake_share(spec, axle);
    let pressure = wheel.pressure_psi(spec);
    let normalized = |celsius: f64| (celsius / spec.ideal_tyre_c) as f32;
    let [left, center, right] = wheel.faces_c;
    SMEvoTyreState {
        slip: wheel.slip as f32,
        lock: false,
        tyre_pression: pressure as f32,
        tyre_temperature_c: ((left + center + right) / 3.0) as f32,
        brake_temperature_c: wheel.brake_c as f32,
        brake_pressure: (brake * share * BRAKE_PRESSURE) as f32,
        tyre_temperature_left: left as f32,
        tyre_temperature_center: center as f32,
        tyre_temperature_right: right as f32,
        tyre_compound_front: spec.compound[0].into(),
        tyre_compound_rear: spec.compound[1].into(),
        tyre_normalized_pressure: (pressure / spec.ideal_psi).min(2.0) as f32,
        tyre_normalized_temperature_left: normalized(left),
        tyre_normalized_temperature_center: normalized(center),
        tyre_normalized_temperature_right: normalized(right),
        brake_normalized_temperature: (wheel.brake_c / spec.ideal_brake_c) as f32,
        tyre_normalized_temperature_core: normalized(wheel.core_c),
        ..SMEvoTyreState::default()
    }
}

fn timing(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    let (session, board) = (frame.session, frame.board);
    let (track, profile) = (&frame.setting.track, &frame.setting.profile);
    let clock = &session.clock;
    let elapsed = clock.shown_ms(session.time());
    let delta = clock.delta_ms();
    let best = (board.best_ms > 0 && board.best_ms < NOTHING).then_some(board.best_ms);
    let last = (board.last_ms > 0 && board.last_ms < NOTHING).then_some(board.last_ms);
    page.current_lap_time_ms = elapsed;
    page.last_laptime_ms = board.last_ms;
    page.best_laptime_ms = board.best_ms;
    page.total_lap_count = board.total_lap_count;
    page.delta_time_ms = delta.unwrap_or(NOTHING);
    page.predicted_lap_time_ms = match (clock.best_ms, delta) {
        (Some(best), Some(delta)) => best + delta,
        // Without a reference lap the game adds the remaining time of an ideal lap.
        _ => elapsed + ((profile.lap_time() - profile.time(session.s(track))) * 1000.0) as i32,
    };
    page.is_valid_lap = frame.valid;
    page.is_last_lap = session.is_last_lap();
    let last_delta = last.zip(best).map(|(last, best)| last - best);
    let state = &mut page.timing_state;
    state.current_laptime = text::lap_time(Some(elapsed)).as_str().into();
    state.delta_current = text::delta(delta).as_str().into();
    state.delta_current_p = delta.unwrap_or(0).signum();
    state.last_laptime = text::lap_time(last).as_str().into();
    state.delta_last = text::delta(last_delta).as_str().into();
    state.delta_last_p = last_delta.unwrap_or(0).signum();
    state.best_laptime = text::lap_time(best).as_str().into();
    state.ideal_laptime = text::lap_time(clock.ideal_ms()).as_str().into();
    state.total_time = text::clock(session.time() as i32).as_str().into();
    state.is_invalid = !frame.valid;
}

fn location(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    let (session, track) = (frame.session, &frame.setting.track);
    let npos = session.s(track) / track.length();
    // The lap position continues beyond 1 until the game has processed the new lap.
    page.npos = if frame.board.npos_lags && npos < 0.5 { npos + 1.0 } else { npos } as f32;
    let zone = session.pit_zone(track);
    page.car_location = match zone {
        _ if frame.status == ACEvoStatus::Off => ACEvoCarLocation::Unassigned,
        PitZone::Outside => ACEvoCarLocation::Track,
        PitZone::Entry => ACEvoCarLocation::PitEntry,
        PitZone::Limit => ACEvoCarLocation::Pitlane,
        PitZone::Exit => ACEvoCarLocation::PitExit,
    }
    .value();
    page.is_in_pit_lane = zone != PitZone::Outside;
    page.is_in_pit_box = session.in_box(track);
    let work = i8::from(session.is_serviced());
    page.pit_info = SMEvoPitInfo {
        // Without damage there is no repair.
        damage: if session.incidents.damage.is_some() { work } else { -work },
        fuel: work,
        tyres_lf: work,
        tyres_rf: work,
        tyres_lr: work,
        tyres_rr: work,
        ..SMEvoPitInfo::default()
    };
    page.is_wrong_way = session.incidents.wrong_way;
    page.is_drs_available = session.incidents.drs;
    let Damage { body: [front, rear, left, right, center], suspension: [lf, rf, lr, rr] } = session.incidents.damage;
    page.car_damage = SMEvoDamageState {
        damage_front: front,
        damage_rear: rear,
        damage_left: left,
        damage_right: right,
        damage_center: center,
        damage_suspension_lf: lf,
        damage_suspension_rf: rf,
        damage_suspension_lr: lr,
        damage_suspension_rr: rr,
        ..SMEvoDamageState::default()
    };
    page.flag = session.flag().value();
    page.global_flag = match session.flag() {
        ACEvoFlagType::YellowFlag => ACEvoFlagType::YellowFlag,
        ACEvoFlagType::CheckeredFlag => ACEvoFlagType::CheckeredFlag,
        _ => ACEvoFlagType::NoFlag,
    }
    .value();
}

fn session_state(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    let session = frame.session;
    let seconds = session.time() as i32;
    let of_day = START_OF_DAY + session.index as i32 * 3600 + seconds;
    page.time_of_day_hours = of_day / 3600 % 24;
    page.time_of_day_minutes = of_day / 60 % 60;
    page.time_of_day_seconds = of_day % 60;
    let left_ms = session.left_ms();
    let to_start = session.to_start();
    let state = &mut page.session_state;
    state.phase_name = session.phase_name().into();
    state.time_left_ms = left_ms;
    state.time_left = text::clock(left_ms / 1000).as_str().into();
    state.wait_time = text::clock(to_start.ceil() as i32).as_str().into();
    state.total_lap = session.plan.laps.unwrap_or(0) as i32;
    state.current_lap = match frame.options.game {
        GameVersion::V0_6 => frame.board.total_lap_count,
        GameVersion::V0_8 if session.plan.start == Start::Grid => frame.board.total_lap_count + 1,
        GameVersion::V0_8 => 0,
    };
    state.lights_on = session.lights_on();
    state.lights_mode = i32::from(session.plan.start == Start::Grid && to_start > 0.0);
    state.lap_length_km = (frame.setting.track.length() / 1000.0) as f32;
    state.end_session_flag = i32::from(session.is_chequered());
    state.ui_enable_drive = true;
    state.ui_enable_setup = session.in_box(&frame.setting.track);
}

fn settings(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    let session = frame.session;
    let spec = session.car.spec;
    let ignition = page.is_ignition_on;
    let limiter = session.pit_zone(&frame.setting.track) == PitZone::Limit;
    page.electronics = equipment::electronics(spec, ignition, limiter);
    [page.electronics_min_limit, page.electronics_max_limit] = equipment::electronics_limits(spec);
    page.electronics_is_modifiable = equipment::modifiable_electronics(spec);
    page.instrumentation = equipment::instrumentation(ignition, session.car.pedals.brake > 0.95);
    page.instrumentation_max_limit = equipment::maximum_instrumentation();
    page.assists_state = equipment::assists();
    page.diff_coast_raw_value = 0.35;
    page.diff_power_raw_value = 0.45;
    page.driver_name = PLAYER_NAME[0].into();
    page.driver_surname = PLAYER_NAME[1].into();
    page.car_model = if frame.names_complete { spec.name } else { CAR_PLACEHOLDER }.into();
    page.player_fps = 60;
    page.player_fps_avg = 60;
    // Sometimes far more than 100 %.
    page.player_cpu_usage = if page.packetId % 90 == 0 { 584 } else { 31 };
    page.player_cpu_usage_avg = 30;
    page.player_qos = 100;
    page.player_qos_avg = 100;
}

fn traffic(page: &mut SPageFileGraphicEvo, frame: &Frame<'_>) {
    let (session, setting) = (frame.session, frame.setting);
    let traffic = &session.traffic;
    let (track, profile) = (&setting.track, &setting.profile);
    page.car_ids = traffic.ids();
    page.car_coordinates = traffic.coordinates(track, session.car.position, frame.options.world);
    let standing = if session.plan.start == Start::Grid {
        traffic.race_standing(track, profile, session.progress)
    } else {
        traffic.practice_standing(track, profile, session.s(track), session.clock.best_ms)
    };
    page.current_pos = standing.position;
    if session.plan.field {
        page.current_pos = session.position(track).unwrap_or(0);
    }
    page.gap_ahead = standing.gap_ahead as f32;
    page.gap_behind = standing.gap_behind as f32;
    let cars = traffic.cars();
    page.active_cars = cars as u8;
    page.total_drivers = cars as u32;
}
