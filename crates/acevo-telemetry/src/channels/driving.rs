//! Channels of driving: speed, engine speed, gear, pedals, steering, driver aids.

use super::channel::Channel;
use super::define::{flag, number, on, raw, source};
use crate::units::Unit::{Degree, KilometrePerHour, RevolutionPerMinute, Share};

pub(super) const CONTROLS: &[Channel] = &[
    raw!(number "speed", "Speed", physics.speedKmh)
        .in_unit(KilometrePerHour, 0.0, 450.0, 1)
        .limited_to(-10.0, 1_000.0)
        .measured(on::V5_V6, ""),
    raw!(number "speed_displayed", "Speed as displayed", graphics.display_speed_kmh)
        .in_unit(KilometrePerHour, 0.0, 450.0, 0)
        .measured(on::V6, "")
        .repeating("speed"),
    raw!(number "rpm", "Engine speed", physics.rpms)
        .in_unit(RevolutionPerMinute, 0.0, 20_000.0, 0)
        .limited_to(-20_000.0, 40_000.0)
        .measured(on::V6, "Of the crankshaft; negative if a spin turns the engine backwards."),
    raw!(number "rpm_displayed", "Engine speed as displayed", graphics.rpm)
        .in_unit(RevolutionPerMinute, 0.0, 20_000.0, 0)
        .measured(on::V6, "")
        .repeating("rpm"),
    raw!(number "rpm_limit", "Engine speed at the limiter", physics.currentMaxRpm)
        .in_unit(RevolutionPerMinute, 0.0, 20_000.0, 0)
        .measured(on::V6, ""),
    raw!(number "rpm_relative", "Engine speed relative to the limiter", graphics.rpm_percent)
        .share()
        .measured(on::V6, "Engine speed divided by the limiter's."),
    raw!(number "rpm_window", "Engine speed in the gear's window", graphics.gear_rpm_window)
        .plain(0.0, 1.0, 3)
        .guessed("Supposed to go from 0 to 1 between the shift points of the gear."),
    raw!(flag "rev_limiter", "Rev limiter", graphics.is_rpm_limiter_on).measured(on::V9, ""),
    raw!(flag "shift_up", "Shift up", graphics.is_change_up_rpm),
    raw!(flag "shift_down", "Shift down", graphics.is_change_down_rpm).measured(on::V9, ""),
    number("gear", "Gear", &["physics.gear"], |now| Some(f64::from(now.physics.gear) - 1.0))
        .plain(-1.0, 11.0, 0)
        .limited_to(-1.0, 12.0)
        .measured(on::V6, "-1 is reverse, 0 neutral, 1 the first gear: one less than the game's number."),
    raw!(number "max_gear", "Forward gears", graphics.max_gears).plain(0.0, 12.0, 0).measured(on::V6, ""),
    raw!(flag "auto_shifter", "Automatic gearbox", physics.autoShifterOn),
    raw!(number "throttle", "Throttle", physics.gas).share(),
    raw!(number "brake", "Brake", physics.brake).share().measured(on::V6, "1 is a fully pressed pedal."),
    raw!(number "clutch", "Clutch pedal", graphics.clutch_percent).share().measured(
        on::V6,
        "1 is pressed. The physics page has the opposite polarity; this is the graphics page's value.",
    ),
    number("clutch_physics", "Clutch pedal by the physics page", &["physics.clutch"], |now| {
        Some(1.0 - f64::from(now.physics.clutch))
    })
    .share()
    .measured(on::V6, "1 is pressed. In the game's field 1 is engaged: its polarity is reversed here.")
    .repeating("clutch"),
    raw!(number "handbrake", "Hand brake", graphics.handbrake_percent).share(),
    raw!(number "steering", "Steering", physics.steerAngle)
        .in_unit(Share, -1.0, 1.0, 3)
        .measured(on::V5_V6, "Positive to the right."),
    raw!(number "steering_wheel", "Steering wheel angle", graphics.steer_degrees)
        .in_unit(Degree, -1080.0, 1080.0, 0)
        .measured(on::V6, "Whole degrees of the wheel, positive to the right; 450 or less to each side, by the car."),
    raw!(number "force_feedback", "Force feedback", physics.finalFF)
        .plain(-1.0, 1.0, 3)
        .disputed("N·m by the document; small signed numbers as others measured. As the game gives it."),
    raw!(number "force_feedback_strength", "Force feedback as displayed", graphics.ffb_strength)
        .plain(-1.0, 1.0, 3)
        .measured(on::V6, "The value of the physics page, one frame old; signed."),
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
    .measured(
        on::V9,
        "Any of the game's three signals. The one of the graphics page was seen on; `absInAction` is 0 on 0.6.2.",
    ),
    raw!(number "abs_intervention", "Anti-lock brakes intervention", physics.abs)
        .share()
        .reported("The signal that works on every build."),
    raw!(flag "esc_active", "Stability control at work", graphics.esc_active),
    raw!(flag "launch_active", "Launch control at work", graphics.launch_active),
    raw!(flag "pit_limiter", "Pit limiter switched on", graphics.electronics.is_pitlimiter_on).measured(on::V6, ""),
    raw!(flag "pit_limiter_active", "Pit limiter limiting", physics.pitLimiterOn)
        .reported("On only while it limits; whether it is switched on is another channel."),
    raw!(number "pit_speeding", "Speed above the pit limit", graphics.pitspeeding_delta)
        .in_unit(KilometrePerHour, -100.0, 200.0, 1)
        .noted("Always -1 on 0.6.2."),
];
