//! Channels of settings of the car, damage, lights and assists.

use super::channel::Channel;
use super::define::{number, on, raw, source, text};
use crate::limits;
use crate::units::Unit::{Kilogram, Millisecond, Share};

const DAMAGE: &str = "Its scale is unknown; 0 is whole.";
const BODY: &str = "Not limited to 0..1: 237 has been seen.";

/// A setting that the car may lack. Its highest value is 0 then.
macro_rules! level {
    ($id:literal, $title:literal, $field:ident) => {
        number(
            $id,
            $title,
            &[source!(graphics.electronics.$field), source!(graphics.electronics_max_limit.$field)],
            |now| setting(now.graphics.electronics.$field, now.graphics.electronics_max_limit.$field),
        )
        .plain(0.0, 20.0, 0)
        .noted("None if the car does not have it.")
    };
}

/// A setting; `None` if the car lacks it.
fn setting(set: i8, highest: i8) -> Option<f64> {
    (set > 0 || (set == 0 && highest > 0)).then(|| set.into())
}

pub(super) const CAR: &[Channel] = &[
    level!("tc_level", "Traction control setting", tc_level),
    level!("tc_cut_level", "Traction control cut setting", tc_cut_level),
    level!("abs_level", "Anti-lock brakes setting", abs_level),
    level!("esc_level", "Stability control setting", esc_level),
    level!("ebb_level", "Electronic brake balance setting", ebb_level),
    raw!(number "brake_bias_setting", "Brake bias setting", graphics.electronics.brake_bias)
        .share()
        .measured(on::V6, "Share of the front.")
        .repeating("brake_bias"),
    level!("engine_map", "Engine map", engine_map_level),
    raw!(number "engine_brake", "Engine brake setting", physics.engineBrake).plain(0.0, 20.0, 0),
    raw!(number "turbo_level", "Turbo setting", graphics.electronics.turbo_level).plain(0.0, 10.0, 2),
    raw!(number "turbo_boost_level", "Turbo boost chosen", graphics.turbo_boost_level)
        .plain(0.0, 10.0, 2)
        .repeating("turbo_level"),
    raw!(number "diff_power_level", "Differential setting, power", graphics.electronics.diff_power_level)
        .plain(0.0, 20.0, 0),
    raw!(number "diff_coast_level", "Differential setting, coast", graphics.electronics.diff_coast_level)
        .plain(0.0, 20.0, 0),
    raw!(number "diff_power", "Differential, power", graphics.diff_power_raw_value)
        .in_unit(Share, 0.0, 1.0, 3)
        .guessed("Raw, supposed to be a share."),
    raw!(number "diff_coast", "Differential, coast", graphics.diff_coast_raw_value)
        .in_unit(Share, 0.0, 1.0, 3)
        .guessed("Raw, supposed to be a share."),
    raw!(number "bump_front", "Bump damping front", graphics.electronics.front_bump_damper_level).plain(0.0, 40.0, 0),
    raw!(number "rebound_front", "Rebound damping front", graphics.electronics.front_rebound_damper_level)
        .plain(0.0, 40.0, 0),
    raw!(number "bump_rear", "Bump damping rear", graphics.electronics.rear_bump_damper_level).plain(0.0, 40.0, 0),
    raw!(number "rebound_rear", "Rebound damping rear", graphics.electronics.rear_rebound_damper_level)
        .plain(0.0, 40.0, 0),
    raw!(number "performance_mode", "Performance mode", graphics.electronics.active_performance_mode)
        .plain(0.0, 20.0, 0),
    text(
        "performance_mode_name",
        "Name of the performance mode",
        &[source!(graphics.performance_mode_name)],
        |frame| frame.graphics.performance_mode_name(),
    ),
    text("tyre_compound_front", "Tyre compound front", &[source!(graphics.tyre_lf.tyre_compound_front)], |frame| {
        frame.graphics.tyre_compounds().front
    })
    .measured(on::V6, ""),
    text("tyre_compound_rear", "Tyre compound rear", &[source!(graphics.tyre_lf.tyre_compound_rear)], |frame| {
        frame.graphics.tyre_compounds().rear
    })
    .measured(on::V6, ""),
    raw!(number "brake_compound_front", "Brake compound front", physics.frontBrakeCompound).plain(0.0, 20.0, 0),
    raw!(number "brake_compound_rear", "Brake compound rear", physics.rearBrakeCompound).plain(0.0, 20.0, 0),
    raw!(number "ballast", "Ballast", physics.ballast).in_unit(Kilogram, 0.0, 200.0, 0),
    raw!(number "damage_front", "Damage front", graphics.car_damage.damage_front)
        .plain(0.0, 1.0, 3)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .guessed(DAMAGE),
    raw!(number "damage_rear", "Damage rear", graphics.car_damage.damage_rear)
        .plain(0.0, 1.0, 3)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .guessed(DAMAGE),
    raw!(number "damage_left", "Damage left", graphics.car_damage.damage_left)
        .plain(0.0, 1.0, 3)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .guessed(DAMAGE),
    raw!(number "damage_right", "Damage right", graphics.car_damage.damage_right)
        .plain(0.0, 1.0, 3)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .guessed(DAMAGE),
    raw!(number "damage_center", "Damage centre", graphics.car_damage.damage_center)
        .plain(0.0, 1.0, 3)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .guessed(DAMAGE),
    raw!(number "suspension_damage_fl", "Suspension damage FL", graphics.car_damage.damage_suspension_lf)
        .plain(0.0, 1.0, 3)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .guessed(DAMAGE),
    raw!(number "suspension_damage_fr", "Suspension damage FR", graphics.car_damage.damage_suspension_rf)
        .plain(0.0, 1.0, 3)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .guessed(DAMAGE),
    raw!(number "suspension_damage_rl", "Suspension damage RL", graphics.car_damage.damage_suspension_lr)
        .plain(0.0, 1.0, 3)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .guessed(DAMAGE),
    raw!(number "suspension_damage_rr", "Suspension damage RR", graphics.car_damage.damage_suspension_rr)
        .plain(0.0, 1.0, 3)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .guessed(DAMAGE),
    raw!(number "body_damage_front", "Damage front by the physics page", physics.carDamage[0])
        .plain(0.0, 500.0, 1)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .reported(BODY)
        .repeating("damage_front"),
    raw!(number "body_damage_rear", "Damage rear by the physics page", physics.carDamage[1])
        .plain(0.0, 500.0, 1)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .reported(BODY)
        .repeating("damage_rear"),
    raw!(number "body_damage_left", "Damage left by the physics page", physics.carDamage[2])
        .plain(0.0, 500.0, 1)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .reported(BODY)
        .repeating("damage_left"),
    raw!(number "body_damage_right", "Damage right by the physics page", physics.carDamage[3])
        .plain(0.0, 500.0, 1)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .reported(BODY)
        .repeating("damage_right"),
    raw!(number "body_damage_center", "Damage centre by the physics page", physics.carDamage[4])
        .plain(0.0, 500.0, 1)
        .limited_to(-limits::MAX_CHANNEL_DAMAGE, limits::MAX_CHANNEL_DAMAGE)
        .reported(BODY)
        .repeating("damage_center"),
    raw!(number "headlights", "Head lights", graphics.instrumentation.main_light_stage).plain(0.0, 10.0, 0),
    raw!(flag "headlights_flashing", "Head lights flashing", graphics.instrumentation.flashing_lights),
    raw!(flag "rain_light", "Rain light", graphics.instrumentation.rain_lights),
    raw!(flag "hazard_lights", "Hazard lights", graphics.instrumentation.warning_lights),
    raw!(flag "indicator_left", "Indicator left", graphics.instrumentation.direction_light_left),
    raw!(flag "indicator_right", "Indicator right", graphics.instrumentation.direction_light_right),
    raw!(number "wipers", "Wipers", graphics.instrumentation.wiper_level).plain(0.0, 10.0, 0),
];

pub(super) const ASSISTS: &[Channel] = &[
    raw!(flag "assist_gear", "Assist: automatic gears", graphics.assists_state.auto_gear),
    raw!(flag "assist_blip", "Assist: throttle blip", graphics.assists_state.auto_blip),
    raw!(flag "assist_clutch", "Assist: clutch", graphics.assists_state.auto_clutch),
    raw!(flag "assist_clutch_start", "Assist: clutch at the start", graphics.assists_state.auto_clutch_on_start),
    raw!(flag "manual_ignition", "Engine started by hand", graphics.assists_state.manual_ignition_e_start),
    raw!(flag "assist_pit_limiter", "Assist: pit limiter", graphics.assists_state.auto_pit_limiter),
    raw!(flag "assist_start", "Assist: standing starts", graphics.assists_state.standing_start_assist),
    raw!(number "assist_steering", "Assist: steering", graphics.assists_state.auto_steer).share(),
    raw!(number "assist_stability", "Assist: stability", graphics.assists_state.arcade_stability_control).share(),
    raw!(number "fps", "Frames per second", graphics.player_fps).plain(0.0, 500.0, 0).measured(on::V6, ""),
    raw!(number "ping", "Round trip to the server", graphics.player_ping).in_unit(Millisecond, 0.0, 5_000.0, 0),
];
