//! Speed, engine speed, gear, pedals, wheel; aids at work.

use super::Channel;
use super::define::{flag, number, raw, source};
use crate::units::Unit::{Degree, KilometrePerHour, RevolutionPerMinute, Share};

pub(super) const CONTROLS: &[Channel] = &[
    raw!(number "speed", "Speed", physics.speedKmh).in_unit(KilometrePerHour, 0.0, 450.0, 1),
    raw!(number "speed_displayed", "Speed as displayed", graphics.display_speed_kmh)
        .in_unit(KilometrePerHour, 0.0, 450.0, 0)
        .repeating("speed"),
    raw!(number "rpm", "Engine speed", physics.rpms).in_unit(RevolutionPerMinute, 0.0, 20_000.0, 0),
    raw!(number "rpm_displayed", "Engine speed as displayed", graphics.rpm)
        .in_unit(RevolutionPerMinute, 0.0, 20_000.0, 0)
        .repeating("rpm"),
    raw!(number "rpm_limit", "Engine speed at the limiter", physics.currentMaxRpm).in_unit(
        RevolutionPerMinute,
        0.0,
        20_000.0,
        0,
    ),
    raw!(number "rpm_relative", "Engine speed relative to the limiter", graphics.rpm_percent).share(),
    raw!(number "rpm_window", "Engine speed in the gear's window", graphics.gear_rpm_window)
        .plain(0.0, 1.0, 3)
        .guessed("Supposed to go from 0 to 1 between the shift points of the gear."),
    raw!(flag "rev_limiter", "Rev limiter", graphics.is_rpm_limiter_on),
    raw!(flag "shift_up", "Shift up", graphics.is_change_up_rpm),
    raw!(flag "shift_down", "Shift down", graphics.is_change_down_rpm),
    number("gear", "Gear", &["physics.gear"], |now| Some(f64::from(now.physics.gear) - 1.0))
        .plain(-1.0, 11.0, 0)
        .noted("-1 is reverse, 0 neutral, 1 the first gear: one less than the game's number."),
    raw!(number "max_gear", "Forward gears", graphics.max_gears).plain(0.0, 12.0, 0),
    raw!(flag "auto_shifter", "Automatic gearbox", physics.autoShifterOn),
    raw!(number "throttle", "Throttle", physics.gas).share(),
    raw!(number "brake", "Brake", physics.brake).share(),
    raw!(number "clutch", "Clutch pedal", graphics.clutch_percent)
        .share()
        .reported("1 is pressed. The physics page has the opposite polarity; this is the graphics page's value."),
    number("clutch_physics", "Clutch pedal by the physics page", &["physics.clutch"], |now| {
        Some(1.0 - f64::from(now.physics.clutch))
    })
    .share()
    .reported("1 is pressed: the physics page's value with its polarity turned over.")
    .repeating("clutch"),
    raw!(number "handbrake", "Hand brake", graphics.handbrake_percent).share(),
    raw!(number "steering", "Steering", physics.steerAngle)
        .in_unit(Share, -1.0, 1.0, 3)
        .noted("Positive to the right."),
    raw!(number "steering_wheel", "Steering wheel angle", graphics.steer_degrees)
        .in_unit(Degree, -1080.0, 1080.0, 0)
        .reported("The wheel's angle now; positive to the right."),
    raw!(number "force_feedback", "Force feedback", physics.finalFF)
        .plain(-1.0, 1.0, 3)
        .disputed("N·m by the document, -1..1 as measured; as the game gives it."),
    raw!(number "force_feedback_strength", "Force feedback as displayed", graphics.ffb_strength).plain(0.0, 1.0, 3),
    raw!(number "force_feedback_gain", "Force feedback gain of the car", graphics.car_ffb_mupliplier)
        .plain(0.0, 2.0, 2),
    raw!(number "kerb_vibration", "Vibration from kerbs", physics.kerbVibration).plain(0.0, 1.0, 3),
    raw!(number "slip_vibration", "Vibration from slip", physics.slipVibrations).plain(0.0, 1.0, 3),
    raw!(number "road_vibration", "Vibration from the road", physics.roadVibrations).plain(0.0, 1.0, 3),
    raw!(number "abs_vibration", "Vibration from the anti-lock brakes", physics.absVibrations).plain(0.0, 1.0, 3),
    raw!(flag "ai_controlled", "Driven by the computer", physics.isAIControlled),
];

pub(super) const AIDS: &[Channel] = &[
    flag(
        "tc_active",
        "Traction control at work",
        &[source!(physics.tc), source!(physics.tcinAction), source!(graphics.tc_active)],
        |now| now.frame.physics.traction_control() || now.graphics.tc_active,
    )
    .reported("Any of the game's three signals: two of them stay off on many builds."),
    raw!(number "tc_intervention", "Traction control intervention", physics.tc)
        .share()
        .reported("The signal that works on every build."),
    flag(
        "abs_active",
        "Anti-lock brakes at work",
        &[source!(physics.abs), source!(physics.absInAction), source!(graphics.abs_active)],
        |now| now.frame.physics.anti_lock_brakes() || now.graphics.abs_active,
    )
    .reported("Any of the game's three signals: two of them stay off on many builds."),
    raw!(number "abs_intervention", "Anti-lock brakes intervention", physics.abs)
        .share()
        .reported("The signal that works on every build."),
    raw!(flag "esc_active", "Stability control at work", graphics.esc_active),
    raw!(flag "launch_active", "Launch control at work", graphics.launch_active),
    raw!(flag "pit_limiter", "Pit limiter switched on", graphics.electronics.is_pitlimiter_on),
    raw!(flag "pit_limiter_active", "Pit limiter limiting", physics.pitLimiterOn)
        .reported("On only while it limits; whether it is switched on is another channel."),
    raw!(number "pit_speeding", "Speed above the pit limit", graphics.pitspeeding_delta).in_unit(
        KilometrePerHour,
        -100.0,
        200.0,
        1,
    ),
];
