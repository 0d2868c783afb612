//! Channels of engine, fuel, turbocharger, energy recovery, temperatures and pressures.

use acevo_shared_memory::EnumType;

use super::channel::Channel;
use super::define::{flag, named, on, raw, source};
use crate::limits;
use crate::units::Unit::{
    Bar, Celsius, Horsepower, Kilojoule, KilometrePerLitre, Litre, LitrePerKilometre, NewtonMetre, Volt,
};

const QUOTIENT: &str = "The game divides by what was driven: without a way it writes NaN, infinities and impossible numbers, which are no \
                        values.";
const EARLY: &str = "Means little before the first lap of a stint is over.";
const OVERFLOWS: &str = "One byte in the game: overflows above 127 °C.";

pub(super) const ENGINE: &[Channel] = &[
    named("engine_type", "Kind of engine", &[source!(graphics.engine_type)], EnumType::ACEvoEngineType, 1.0, |now| {
        now.graphics.engine_type
    }),
    flag(
        "engine_running",
        "Engine running",
        &[source!(physics.isEngineRunning), source!(graphics.is_engine_running)],
        |now| now.frame.physics.is_engine_running() || now.graphics.is_engine_running,
    )
    .measured(on::V6, ""),
    flag("ignition", "Ignition", &[source!(physics.ignitionOn), source!(graphics.is_ignition_on)], |now| {
        now.frame.physics.ignition_on() || now.graphics.is_ignition_on
    })
    .measured(on::V6_V9, ""),
    raw!(flag "starter", "Starter", physics.starterEngineOn),
    raw!(number "torque", "Torque of the engine", graphics.current_torque).in_unit(NewtonMetre, -500.0, 2_000.0, 0),
    raw!(number "power", "Power of the engine", graphics.current_bhp).in_unit(Horsepower, -1_000.0, 2_000.0, 0),
    raw!(number "turbo_boost", "Turbo boost", physics.turboBoost).in_unit(Bar, -1.0, 4.0, 2),
    raw!(number "turbo_boost_displayed", "Turbo boost as displayed", graphics.turbo_boost)
        .in_unit(Bar, -1.0, 4.0, 2)
        .repeating("turbo_boost"),
    raw!(number "turbo_boost_relative", "Turbo boost relative to its maximum", graphics.turbo_boost_perc).share(),
    raw!(number "turbo_boost_max", "Highest turbo boost", graphics.max_turbo_boost)
        .in_unit(Bar, 0.0, 4.0, 2)
        .noted("0.6.2 has an integer in this float for a car without a turbocharger: no value."),
    raw!(number "water_temp", "Water temperature", physics.waterTemp)
        .in_unit(Celsius, 0.0, 150.0, 1)
        .measured(on::V6, ""),
    raw!(number "water_temp_displayed", "Water temperature as displayed", graphics.water_temperature_c)
        .in_unit(Celsius, -128.0, 127.0, 0)
        .measured(on::V6, OVERFLOWS)
        .repeating("water_temp"),
    raw!(number "water_temp_relative", "Water temperature relative to its maximum", graphics.water_temperature_percent)
        .share()
        .measured(on::V6, "1 is 120 °C."),
    raw!(number "oil_temp", "Oil temperature", graphics.oil_temperature_c).in_unit(Celsius, 0.0, 200.0, 1),
    raw!(number "exhaust_temp", "Exhaust temperature", graphics.exhaust_temperature_c)
        .in_unit(Celsius, 0.0, 1_200.0, 0)
        .noted("Always 100 on 0.6.2."),
    raw!(number "water_pressure", "Water pressure", graphics.water_pressure_bar).in_unit(Bar, 0.0, 5.0, 2),
    raw!(number "oil_pressure", "Oil pressure", graphics.oil_pressure_bar).in_unit(Bar, 0.0, 12.0, 2),
    raw!(number "fuel_pressure", "Fuel pressure", graphics.fuel_pressure_bar).in_unit(Bar, 0.0, 12.0, 2),
];

pub(super) const ENERGY: &[Channel] = &[
    raw!(number "fuel", "Fuel", physics.fuel)
        .in_unit(Litre, 0.0, 200.0, 2)
        .limited_to(0.0, limits::MAX_FUEL_L)
        .measured(on::V6, ""),
    raw!(number "fuel_displayed", "Fuel as displayed", graphics.fuel_liter_current_quantity)
        .in_unit(Litre, 0.0, 200.0, 2)
        .limited_to(0.0, limits::MAX_FUEL_L)
        .measured(on::V6, "")
        .repeating("fuel"),
    raw!(number "fuel_level", "Fuel relative to the tank", graphics.fuel_liter_current_quantity_percent)
        .share()
        .measured(on::V6, ""),
    raw!(number "fuel_capacity", "Size of the tank", graphics.max_fuel)
        .in_unit(Litre, 0.0, 200.0, 1)
        .measured(on::V6, ""),
    raw!(number "fuel_used", "Fuel used in the session", graphics.fuel_liter_used)
        .in_unit(Litre, 0.0, 1_000.0, 2)
        .measured(on::V6, "Begins with 0 after a return to the box."),
    raw!(number "fuel_per_lap", "Fuel per lap", graphics.fuel_liter_per_lap)
        .in_unit(Litre, 0.0, 50.0, 3)
        .measured(on::V6, EARLY),
    raw!(number "fuel_per_lap_estimated", "Fuel per lap, estimated", graphics.fuel_per_lap)
        .in_unit(Litre, 0.0, 50.0, 3)
        .measured(on::V6, EARLY)
        .repeating("fuel_per_lap"),
    raw!(number "fuel_laps", "Laps the fuel lasts for", graphics.laps_possible_with_fuel)
        .plain(0.0, 200.0, 1)
        .measured(on::V6, EARLY),
    raw!(number "fuel_laps_estimated", "Laps the fuel lasts for, estimated", graphics.fuel_estimated_laps)
        .plain(0.0, 200.0, 1)
        .measured(on::V6, EARLY)
        .repeating("fuel_laps"),
    raw!(number "fuel_per_distance", "Fuel per distance", graphics.fuel_liter_per_km)
        .in_unit(LitrePerKilometre, 0.0, 5.0, 3)
        .limited_to(0.0, limits::MAX_L_PER_KM)
        .measured(on::V6, QUOTIENT),
    raw!(number "distance_per_fuel", "Distance per fuel", graphics.km_per_fuel_liter)
        .in_unit(KilometrePerLitre, 0.0, 50.0, 2)
        .limited_to(0.0, limits::MAX_KM_PER_L)
        .measured(on::V6, QUOTIENT),
    raw!(number "fuel_per_distance_now", "Fuel per distance, now", graphics.instantaneous_fuel_liter_per_km)
        .in_unit(LitrePerKilometre, 0.0, 5.0, 3)
        .limited_to(0.0, limits::MAX_L_PER_KM)
        .measured(on::V6, QUOTIENT),
    raw!(number "distance_per_fuel_now", "Distance per fuel, now", graphics.instantaneous_km_per_fuel_liter)
        .in_unit(KilometrePerLitre, 0.0, 10_000.0, 2)
        .limited_to(0.0, 10_000.0)
        .measured(on::V6, QUOTIENT),
    raw!(flag "has_kers", "Has energy recovery", graphics.has_kers),
    raw!(number "kers_charge", "Energy recovery charge", physics.kersCharge)
        .share()
        .limited_to(0.0, limits::MAX_CHARGE),
    raw!(number "kers_charge_displayed", "Energy recovery charge as displayed", graphics.kers_charge_perc)
        .share()
        .limited_to(0.0, limits::MAX_CHARGE)
        .repeating("kers_charge"),
    raw!(number "kers_input", "Energy recovery power asked for", physics.kersInput).share(),
    raw!(number "kers_power", "Energy recovery power", graphics.kers_current_perc).share(),
    raw!(number "kers_energy_used", "Energy used in the lap", physics.kersCurrentKJ)
        .in_unit(Kilojoule, 0.0, 400_000.0, 0),
    raw!(flag "kers_charging", "Energy recovery charging", graphics.kers_is_charging),
    raw!(flag "kers_used_up", "Energy of the lap used up", graphics.is_max_kj_per_lap_reached),
    raw!(flag "kers_charged_up", "Energy of the lap charged", graphics.is_max_charge_kj_per_lap_reached),
    raw!(number "ers_recovery", "ERS recovery setting", physics.ersRecoveryLevel).plain(0.0, 20.0, 0),
    raw!(number "ers_power", "ERS power setting", physics.ersPowerLevel).plain(0.0, 20.0, 0),
    raw!(flag "ers_heat_charging", "ERS heat charges the battery", physics.ersHeatCharging),
    raw!(flag "ers_charging", "ERS charging", physics.ersIsCharging),
    raw!(flag "ers_overtake", "ERS overtake mode", graphics.electronics.is_ers_overtake_mode_on),
    raw!(number "ers_deployment_map", "ERS deployment map", graphics.electronics.ers_deployment_map)
        .plain(0.0, 20.0, 0),
    raw!(number "ers_recharge_map", "ERS recharge map", graphics.electronics.ers_recharge_map).plain(0.0, 20.0, 1),
    raw!(number "battery_temp", "Battery temperature", graphics.battery_temperature).in_unit(Celsius, -20.0, 120.0, 1),
    raw!(number "battery_voltage", "Battery voltage", graphics.battery_voltage)
        .in_unit(Volt, 0.0, 1_000.0, 1)
        .measured(on::V6, ""),
    raw!(flag "battery_charging", "Battery charging", graphics.battery_is_charging),
    flag(
        "drs_available",
        "DRS available",
        &[source!(physics.drsAvailable), source!(graphics.is_drs_available)],
        |now| now.frame.physics.drs_available() || now.graphics.is_drs_available,
    ),
    flag("drs_open", "DRS open", &[source!(physics.drsEnabled), source!(graphics.electronics.is_drs_open)], |now| {
        now.frame.physics.drs_enabled() || now.graphics.electronics.is_drs_open
    }),
    raw!(number "drs", "DRS opening", physics.drs).share(),
    raw!(number "p2p_activations", "Push-to-pass activations left", physics.P2PActivations).plain(0.0, 1_000.0, 0),
    raw!(flag "p2p_active", "Push-to-pass", physics.P2PStatus),
];
