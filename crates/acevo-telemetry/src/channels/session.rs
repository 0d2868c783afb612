//! Channels of lap, race and session: times, positions, flags, names, weather.

use std::time::Duration;

use acevo_shared_memory::EnumType;

use super::channel::{Channel, Now};
use super::define::{flag, named, number, on, raw, source, text};
use crate::limits;
use crate::names::shown_name;
use crate::units::Unit::{Celsius, Degree, KilogramPerCubicMetre, Kilometre, Metre, Millisecond, Second, Share};

const NO_TIME: &str = "None if the game has 0, a negative number or 0x7fffffff.";

pub(super) const LAP: &[Channel] = &[
    raw!(number "lap_position", "Position on the lap", graphics.npos)
        .in_unit(Share, -0.05, 1.05, 4)
        .measured(on::V6, "From line to line."),
    number("lap_distance", "Distance on the lap", &[source!(graphics.npos), source!(session.track_length_m)], |now| {
        let length = now.frame.static_data.track_length()?;
        Some(f64::from(now.graphics.npos) * f64::from(length))
    })
    .in_unit(Metre, 0.0, 30_000.0, 1)
    .measured(on::V6, "Part of the lap times the track's length; of the centre line, not of the way driven."),
    number("lap_time", "Lap time", &[source!(graphics.current_lap_time_ms)], |now| {
        seconds(now.frame.graphics.current_lap_time())
    })
    .in_unit(Second, 0.0, 3_600.0, 3)
    .measured(
        on::V6_V8,
        "Of the running lap; none while it is 0. It resets first at the line, up to 20 ms after the lap's time; it runs on in the \
         box after a return by the menu.",
    ),
    number("last_lap_time", "Last lap time", &[source!(graphics.last_laptime_ms)], |now| {
        seconds(now.frame.graphics.last_lap_time())
    })
    .in_unit(Second, 0.0, 3_600.0, 3)
    .measured(on::V6_V8, "Reported to follow the timer's reset by up to 2 s. An old one may stay after a restart."),
    number("best_lap_time", "Best lap time", &[source!(graphics.best_laptime_ms)], |now| {
        seconds(now.frame.graphics.best_lap_time())
    })
    .in_unit(Second, 0.0, 3_600.0, 3)
    .measured(on::V6, "Of valid laps: an invalid one leaves it at 0, which is none."),
    number("predicted_lap_time", "Predicted lap time", &[source!(graphics.predicted_lap_time_ms)], |now| {
        seconds(now.frame.graphics.predicted_lap_time())
    })
    .in_unit(Second, 0.0, 3_600.0, 3)
    .limited_to(0.0, limits::MAX_CHANNEL_TIME_S)
    .measured(on::V6, "While the car stands it is the lap timer and a constant."),
    number("delta", "Delta to the reference lap", &[source!(graphics.delta_time_ms)], |now| {
        Some(now.graphics.delta_time_ms).filter(|ms| *ms != i32::MAX).map(|ms| f64::from(ms) / 1000.0)
    })
    .in_unit(Second, -60.0, 60.0, 3)
    .limited_to(-limits::MAX_CHANNEL_TIME_S, limits::MAX_CHANNEL_TIME_S)
    .reported("Positive is slower; none if the game has 0x7fffffff: no reference."),
    raw!(number "performance_meter", "Performance meter", physics.performanceMeter)
        .in_unit(Second, -60.0, 60.0, 3)
        .limited_to(-limits::MAX_CHANNEL_TIME_S, limits::MAX_CHANNEL_TIME_S)
        .disputed("Time against the reference lap, of a sign that is disputed; the delta has a known one."),
    number("lap", "Lap", &[source!(graphics.total_lap_count)], |now| {
        Some(f64::from(now.graphics.total_lap_count) + 1.0)
    })
    .plain(1.0, 1_000.0, 0)
    .measured(on::V6_V8, "The running lap: laps completed and one. The session's own number is not to be trusted."),
    raw!(number "laps_completed", "Laps completed", graphics.total_lap_count)
        .plain(0.0, 1_000.0, 0)
        .measured(on::V6_V8, "Reported to follow the lap timer's reset by up to 2 s, longer online."),
    raw!(flag "lap_valid", "Lap valid", graphics.is_valid_lap)
        .measured(on::V6_V8, "False after a return to the pits; at the line it may already be about the next lap."),
    raw!(flag "last_lap", "Last lap", graphics.is_last_lap),
    raw!(flag "wrong_way", "Wrong way", graphics.is_wrong_way),
    raw!(number "cut_gained_time", "Time gained by cutting", graphics.race_cut_gained_time_ms).in_unit(
        Millisecond,
        -60_000.0,
        60_000.0,
        0,
    ),
    raw!(number "cut_delta", "Delta from cutting", graphics.race_cut_current_delta)
        .plain(-60.0, 60.0, 3)
        .guessed("Its unit is unknown."),
    raw!(number "distance_driven", "Distance driven in the session", graphics.current_km)
        .in_unit(Kilometre, 0.0, 10_000.0, 2)
        .measured(on::V6, "Begins with 0 after a return to the box."),
    raw!(number "distance_total", "Distance driven with the car", graphics.total_km).in_unit(
        Kilometre,
        0.0,
        1_000_000.0,
        0,
    ),
    raw!(number "driving_time_total", "Time driven with the car", graphics.total_driving_time_s)
        .in_unit(Second, 0.0, 1e8, 0),
];

pub(super) const RACE: &[Channel] = &[
    number("race_position", "Position", &[source!(graphics.current_pos)], |now| {
        Some(now.graphics.current_pos).filter(|pos| *pos > 0).map(f64::from)
    })
    .plain(1.0, 60.0, 0)
    .measured(on::V6, "From 1; none if the game has 0, as alone in practice."),
    raw!(number "cars", "Cars in the session", graphics.total_drivers).plain(0.0, 60.0, 0).measured(on::V6, ""),
    raw!(number "cars_on_track", "Cars on the track", graphics.active_cars).plain(0.0, 60.0, 0).measured(on::V6, ""),
    raw!(number "gap_ahead", "Gap to the car ahead", graphics.gap_ahead).in_unit(Second, 0.0, 3_600.0, 2),
    raw!(number "gap_behind", "Gap to the car behind", graphics.gap_behind).in_unit(Second, 0.0, 3_600.0, 2),
    named("flag", "Flag", &[source!(graphics.flag)], EnumType::ACEvoFlagType, 10.0, |now| now.graphics.flag),
    named("flag_global", "Flag for all", &[source!(graphics.global_flag)], EnumType::ACEvoFlagType, 10.0, |now| {
        now.graphics.global_flag
    }),
    named("location", "Location", &[source!(graphics.car_location)], EnumType::ACEvoCarLocation, 4.0, |now| {
        now.graphics.car_location
    })
    .measured(on::V6, ""),
    raw!(flag "in_pit_lane", "In the pit lane", graphics.is_in_pit_lane).measured(on::V6, ""),
    raw!(flag "in_pit_box", "In the pit box", graphics.is_in_pit_box).measured(on::V6, ""),
    raw!(number "pit_repairs", "Pit stop: repairs", graphics.pit_info.damage).plain(-1.0, 1.0, 0).noted(PIT),
    raw!(number "pit_fuel", "Pit stop: fuel", graphics.pit_info.fuel).plain(-1.0, 1.0, 0).noted(PIT),
    raw!(number "pit_tyre_fl", "Pit stop: tyre FL", graphics.pit_info.tyres_lf).plain(-1.0, 1.0, 0).noted(PIT),
    raw!(number "pit_tyre_fr", "Pit stop: tyre FR", graphics.pit_info.tyres_rf).plain(-1.0, 1.0, 0).noted(PIT),
    raw!(number "pit_tyre_rl", "Pit stop: tyre RL", graphics.pit_info.tyres_lr).plain(-1.0, 1.0, 0).noted(PIT),
    raw!(number "pit_tyre_rr", "Pit stop: tyre RR", graphics.pit_info.tyres_rr).plain(-1.0, 1.0, 0).noted(PIT),
    raw!(number "start_lights", "Start lights", graphics.session_state.lights_on).plain(0.0, 10.0, 0),
    raw!(number "control_lock_time", "Time for which the controls stay locked", graphics.control_lock_time)
        .in_unit(Second, 0.0, 600.0, 1),
];

const PIT: &str = "-1 will not be done, 0 done or at rest, 1 in progress.";

pub(super) const SESSION: &[Channel] = &[
    named("status", "Status", &[source!(graphics.status)], EnumType::ACEvoStatus, 3.0, |now| now.graphics.status)
        .measured(on::V6, ""),
    named("session_type", "Kind of session", &[source!(session.session)], EnumType::ACEvoSessionType, 3.0, |now| {
        now.session.session
    })
    .measured(on::V6, "TimeAttack or HotStint for everything but quick races: look at the names, too."),
    text("session_name", "Session", &[source!(session.session_name)], |frame| frame.static_data.session_name())
        .measured(on::V6, ""),
    text("session_phase", "Phase of the session", &[source!(graphics.session_state.phase_name)], |frame| {
        frame.graphics.session_phase()
    })
    .measured(on::V6, ""),
    number("session_time_left", "Time left", &[source!(graphics.session_state.time_left_ms)], |now| {
        seconds(now.frame.graphics.time_left())
    })
    .in_unit(Second, 0.0, 86_400.0, 0)
    .measured(on::V6, NO_TIME),
    number("session_laps", "Laps of the session", &[source!(graphics.session_state.total_lap)], |now| {
        Some(now.graphics.session_state.total_lap).filter(|laps| *laps > 0).map(f64::from)
    })
    .plain(1.0, 1_000.0, 0)
    .noted("None if it ends by time."),
    raw!(flag "session_timed", "Session ends by time", session.is_timed_race).guessed("Possibly inverted by the game."),
    raw!(flag "session_ending", "Session ends", graphics.session_state.end_session_flag),
    raw!(flag "online", "Online", session.is_online),
    number(
        "time_of_day",
        "Time of day",
        &[
            source!(graphics.time_of_day_hours),
            source!(graphics.time_of_day_minutes),
            source!(graphics.time_of_day_seconds),
        ],
        |now| time_of_day(now.frame.graphics.time_of_day()),
    )
    .in_unit(Second, 0.0, 86_400.0, 0)
    .measured(on::V6, "Seconds since midnight in the game."),
    text("track", "Track", &[source!(session.track)], |frame| shown_name(frame.static_data.track()))
        .measured(on::V6, LATE),
    text("track_configuration", "Layout of the track", &[source!(session.track_configuration)], |frame| {
        shown_name(frame.static_data.track_configuration())
    })
    .measured(on::V6, LATE),
    number("track_length", "Length of the track", &[source!(session.track_length_m)], |now| {
        now.frame.static_data.track_length().map(f64::from)
    })
    .in_unit(Metre, 0.0, 30_000.0, 0)
    .measured(on::V6, ""),
    text("nation", "Country of the track", &[source!(session.nation)], |frame| frame.static_data.nation())
        .measured(on::V6, ""),
    number("latitude", "Latitude of the track", &[source!(session.latitude), source!(session.longitude)], |now| {
        now.frame.static_data.latitude_longitude().map(|place| place.0.into())
    })
    .in_unit(Degree, -90.0, 90.0, 4)
    .noted(NO_PLACE),
    number("longitude", "Longitude of the track", &[source!(session.longitude), source!(session.latitude)], |now| {
        now.frame.static_data.latitude_longitude().map(|place| place.1.into())
    })
    .in_unit(Degree, -180.0, 180.0, 4)
    .noted(NO_PLACE),
    text("car_model", "Car", &[source!(graphics.car_model)], |frame| shown_name(frame.graphics.car_model()))
        .measured(on::V6, LATE),
    text("driver_name", "First name of the driver", &[source!(graphics.driver_name)], |frame| {
        shown_name(frame.graphics.driver_name())
    }),
    text("driver_surname", "Surname of the driver", &[source!(graphics.driver_surname)], |frame| {
        shown_name(frame.graphics.driver_surname())
    }),
    text("game_version", "Version of the game", &[source!(session.ac_evo_version)], |frame| {
        frame.static_data.ac_evo_version()
    })
    .measured(on::V6, ""),
    raw!(number "air_temp", "Air temperature", physics.airTemp).in_unit(Celsius, -30.0, 60.0, 1).measured(on::V6, ""),
    raw!(number "air_temp_displayed", "Air temperature as displayed", graphics.air_temperature_c)
        .in_unit(Celsius, -30.0, 60.0, 0)
        .measured(on::V6, "")
        .repeating("air_temp"),
    raw!(number "road_temp", "Road temperature", physics.roadTemp)
        .in_unit(Celsius, -30.0, 90.0, 1)
        .measured(on::V6, ""),
    raw!(number "air_density", "Air density", physics.airDensity)
        .in_unit(KilogramPerCubicMetre, 0.8, 1.6, 3)
        .limited_to(0.0, 3.0)
        .measured(on::V6, ""),
    number(
        "start_air_temp",
        "Air temperature at the start",
        &[source!(session.starting_ambient_temperature_c), source!(session.starting_ground_temperature_c)],
        |now| start_temperatures(now).map(|(air, _)| air),
    )
    .in_unit(Celsius, -30.0, 60.0, 1)
    .noted(NO_START),
    number(
        "start_road_temp",
        "Road temperature at the start",
        &[source!(session.starting_ground_temperature_c), source!(session.starting_ambient_temperature_c)],
        |now| start_temperatures(now).map(|(_, road)| road),
    )
    .in_unit(Celsius, -30.0, 90.0, 1)
    .noted(NO_START),
    named(
        "start_grip",
        "Grip at the start",
        &[source!(session.starting_grip)],
        EnumType::ACEvoStartingGrip,
        2.0,
        |now| now.session.starting_grip,
    ),
    flag("static_weather", "Weather does not change", &[source!(session.is_static_weather)], |now| {
        now.session.is_static_weather
    }),
];

const NO_PLACE: &str = "None if latitude and longitude are both 0, as on 0.6.2.";
const NO_START: &str = "None if both starting temperatures are 0, as on 0.6.2.";
const LATE: &str = "May be empty for seconds after loading.";

fn seconds(time: Option<Duration>) -> Option<f64> {
    time.map(|time| time.as_secs_f64())
}

/// Temperatures of air and road at the start, °C; `None` if the game has not written them.
fn start_temperatures(now: &Now<'_>) -> Option<(f64, f64)> {
    let page = now.session;
    let temperatures = (page.starting_ambient_temperature_c.into(), page.starting_ground_temperature_c.into());
    Some(temperatures).filter(|temperatures| *temperatures != (0.0, 0.0))
}

fn time_of_day((hours, minutes, seconds): (i32, i32, i32)) -> Option<f64> {
    let is_time = (0..=24).contains(&hours) && (0..60).contains(&minutes) && (0..60).contains(&seconds);
    is_time.then(|| f64::from(hours * 3600 + minutes * 60 + seconds))
}
