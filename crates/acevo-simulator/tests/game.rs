//! Behaviour as measured on the real game: pauses, menus, returns to the box, ends of laps and races, unusual values.

mod common;

use acevo_shared_memory::{ACEvoCarLocation, Page, SPageFileGraphicEvo, SPageFilePhysics};
use acevo_simulator::{
    CarModel, GameVersion, LapKind, Options, PauseStyle, PhantomCause, Scenario, Simulator, TrackName, TruthEventKind,
};
use common::{RATE, Shot, frame_at, player_slot, shots, simulator, step_until, with};

const LIVE: i32 = 2;
const PAUSE: i32 = 3;

fn is_zero(page: &SPageFilePhysics) -> bool {
    page.as_bytes()[4..].iter().all(|byte| *byte == 0)
}

/// The values of a step.
struct Step {
    status: i32,
    graphics_packet: i32,
    timer: i32,
    physics: SPageFilePhysics,
    wrote_physics: bool,
}

fn steps(simulator: &mut Simulator, until: impl Fn(&Simulator) -> bool) -> Vec<Step> {
    let mut steps = Vec::new();
    step_until(simulator, 4500, |simulator, changed| {
        let page = simulator.graphics();
        steps.push(Step {
            status: page.status,
            graphics_packet: page.packetId,
            timer: page.current_lap_time_ms,
            physics: *simulator.physics(),
            wrote_physics: changed.physics,
        });
        until(simulator)
    });
    steps
}

#[test]
fn pause_fades_out_jumps_counts_twice_and_fades_in() {
    let mut simulator = simulator(Scenario::Pause);
    let steps = steps(&mut simulator, |simulator| simulator.time().as_secs() == 40);
    let pause = steps.iter().position(|step| step.status == PAUSE).expect("a pause");
    let truth = steps[pause].physics;
    assert!(truth.gear > 1 && truth.airTemp > 20.0 && truth.fuel > 10.0);

    // Row 1: for 1.0 s the counter stops, every float fades linearly, integers keep their values.
    for after in 1..RATE - 1 {
        let page = steps[pause + after].physics;
        let share = 1.0 - after as f32 / RATE as f32;
        assert_eq!(page.packetId, truth.packetId, "{after} steps after the pause began");
        assert_eq!((page.gear, page.rpms, page.isEngineRunning), (truth.gear, truth.rpms, 1));
        for (now, whole) in [
            (page.airTemp, truth.airTemp),
            (page.fuel, truth.fuel),
            (page.heading, truth.heading),
            (page.wheelsPressure[2], truth.wheelsPressure[2]),
            (page.tyreContactPoint[3][2], truth.tyreContactPoint[3][2]),
        ] {
            assert!((now - whole * share).abs() <= 0.001 * whole.abs(), "{now} of {whole} after {after} steps");
        }
        assert!(steps[pause + after].wrote_physics, "the content changes although the counter stands");
    }

    // Row 2: a jump of 671, then all zero, counting at twice the rate.
    let jump = pause + RATE;
    let first = steps[jump].physics;
    assert_eq!(first.packetId, truth.packetId + 671);
    assert!((first.airTemp / truth.airTemp - 0.004).abs() < 1e-4, "{}", first.airTemp);
    assert_eq!((first.gear, first.rpms, first.isEngineRunning), (0, 0, 0));
    let resumed = pause + steps[pause..].iter().position(|step| step.status == LIVE).expect("it continues");
    assert_eq!(resumed - pause, 5 * RATE);
    for (after, step) in steps[jump..resumed].iter().enumerate().skip(1) {
        assert!(is_zero(&step.physics), "{after} steps after the jump");
        assert_eq!(step.physics.packetId, first.packetId + 2 * after as i32);
    }
    // The lap timer stops, the graphics counter continues at the frame rate.
    assert_eq!(steps[pause].timer, steps[resumed - 1].timer);
    let frames = steps[resumed - 1].graphics_packet - steps[pause].graphics_packet;
    assert!((298..=301).contains(&frames), "{frames} frames in five seconds");

    // Row 3: LIVE, the counter stops for 2.0 s while floats fade in and integers are 0; the lap timer runs.
    let standing = steps[resumed - 1].physics.packetId;
    let back = resumed + steps[resumed..].iter().position(|step| step.physics.packetId != standing).expect("it jumps");
    let seconds = (back - resumed) as f64 / RATE as f64;
    assert!((1.98..=2.02).contains(&seconds), "{seconds} s");
    for (after, step) in steps[resumed..back].iter().enumerate() {
        let (page, share) = (step.physics, after as f32 / (2 * RATE) as f32);
        assert_eq!((page.gear, page.rpms, page.isEngineRunning, page.packetId), (0, 0, 0, standing));
        assert!((page.airTemp - truth.airTemp * share).abs() < 0.1, "{} after {after} steps", page.airTemp);
        assert!(step.wrote_physics && step.status == LIVE);
    }
    assert!((1980..=2020).contains(&(steps[back].timer - steps[resumed - 1].timer)));

    // Row 4: a jump of 670, then true values at the usual rate.
    assert_eq!(steps[back].physics.packetId, standing + 670);
    for (after, step) in steps[back..back + RATE].iter().enumerate() {
        let page = step.physics;
        assert_eq!(page.packetId, standing + 670 + after as i32);
        assert!(page.gear > 1 && page.airTemp > 20.0 && page.isEngineRunning == 1);
    }
    assert!(steps[back].physics.fuel < truth.fuel, "the car has driven during the fade");
}

#[test]
fn truth_event_physics_current_matches_the_physics_page() {
    for scenario in [Scenario::Pause, Scenario::Pauses, Scenario::Bounces, Scenario::Garage, Scenario::Menus] {
        let mut simulator = with(scenario, CarModel::Gt3, 2);
        let (mut current, mut processed) = (true, 0);
        let mut packet = 0;
        step_until(&mut simulator, 500, |simulator, changed| {
            for event in &simulator.truth().events[processed..] {
                match event.kind {
                    TruthEventKind::PhysicsCurrent(now) => current = now,
                    TruthEventKind::Phase(_) => (current, packet) = (true, 0),
                    _ => {}
                }
            }
            processed = simulator.truth().events.len();
            let page = simulator.physics();
            if current && changed.physics {
                let plausible = page.airTemp > 23.0 && page.gear > 0 && page.wheelsPressure[0] > 15.0;
                assert!(plausible, "{scenario} at {:?}: {page:?}", simulator.time());
                assert_eq!(simulator.graphics().status, LIVE);
            } else if !current && page.packetId > packet + 1 && packet > 0 {
                assert!(page.gear == 0, "{scenario}: the counter moves only while the page is zero");
            }
            packet = page.packetId;
            simulator.is_finished() || simulator.time().as_secs() == 480
        });
    }
}

#[test]
fn pause_shorter_than_the_fade_has_no_zero_pages() {
    let mut simulator = simulator(Scenario::Pauses);
    let steps = steps(&mut simulator, |simulator| simulator.time().as_secs() == 45);
    let pause = steps.iter().position(|step| step.status == PAUSE).expect("a pause");
    let truth = steps[pause].physics;
    let resumed = pause + steps[pause..].iter().position(|step| step.status == LIVE).expect("it continues");
    assert_eq!(resumed - pause, 100, "0.3 s");
    let back = resumed
        + steps[resumed..]
            .iter()
            .position(|step| step.physics.packetId != truth.packetId)
            .expect("it continues counting");
    assert!((190..=210).contains(&(back - resumed)), "it fades in from its last level: {} steps", back - resumed);
    for step in &steps[pause..back] {
        assert!(step.physics.gear > 0 && step.physics.airTemp > 0.69 * truth.airTemp, "never near zero");
    }
    let jump = steps[back].physics.packetId - truth.packetId;
    assert!((380..=410).contains(&jump), "{jump} packets: two for each step of the pause, one for each step after it");
    assert_eq!(steps[back + 1].physics.packetId, steps[back].physics.packetId + 1);
}

#[test]
fn pause_of_any_length_does_not_change_the_lap() {
    let mut with_pauses = with(Scenario::Pauses, CarModel::Gt3, 5);
    let mut without = with(Scenario::HotLaps, CarModel::Gt3, 5);
    step_until(&mut with_pauses, 1500, |simulator, _| simulator.is_finished());
    step_until(&mut without, 600, |simulator, _| simulator.truth().laps.len() == 6);
    let paused = with_pauses.truth().events.iter().filter(|event| event.kind == TruthEventKind::Paused(true));
    assert_eq!(paused.count(), 11);
    for (paused, driven) in with_pauses.truth().laps.iter().zip(&without.truth().laps) {
        assert_eq!((paused.time_ms, paused.sectors_ms), (driven.time_ms, driven.sectors_ms));
        assert!((paused.fuel_used_l - driven.fuel_used_l).abs() < 1e-9);
    }
}

#[test]
fn pause_style_still_writes_no_pages() {
    let mut options = Options::default();
    (options.scenario, options.pause) = (Scenario::Pause, PauseStyle::Still);
    let mut simulator = Simulator::new(options);
    step_until(&mut simulator, 60, |simulator, _| simulator.graphics().status == PAUSE);
    let (physics, packet) = (*simulator.physics(), simulator.graphics().packetId);
    step_until(&mut simulator, 10, |simulator, changed| {
        if simulator.graphics().status == PAUSE {
            assert_eq!((changed.physics, changed.graphics), (false, false));
            assert_eq!((simulator.physics(), simulator.graphics().packetId), (&physics, packet));
        }
        changed.graphics
    });
    assert_eq!(simulator.physics().packetId, physics.packetId + 1);
}

#[test]
fn main_menu_after_a_session_keeps_half_faded_physics() {
    let mut simulator = simulator(Scenario::Menus);
    let truth = std::cell::Cell::new(SPageFilePhysics::default());
    let steps = steps(&mut simulator, |simulator| {
        if simulator.graphics().status == LIVE && simulator.physics().gear > 1 {
            truth.set(*simulator.physics());
        }
        simulator.graphics().status == 0
    });
    let (truth, menu) = (truth.get(), *simulator.physics());
    // PAUSE, a moment of LIVE in which the page has begun to fade in, OFF.
    let live = steps.iter().rev().skip(1).take_while(|step| step.status == LIVE).count();
    assert!((15..=30).contains(&live), "{live} steps");
    let paused = steps.iter().rev().skip(1 + live).take_while(|step| step.status == PAUSE).count();
    assert!((600..=800).contains(&paused), "{paused} steps");
    assert!((0.025..0.04).contains(&(menu.airTemp / truth.airTemp)), "{} of {}", menu.airTemp, truth.airTemp);
    assert!((0.025..0.04).contains(&(menu.brakeBias / truth.brakeBias)));
    assert_eq!((menu.gear, menu.rpms), (0, 0));
    let page = *simulator.graphics();
    assert_eq!(page.packetId, steps[steps.len() - 2].graphics_packet + 1);
    let expected = SPageFileGraphicEvo { packetId: page.packetId, ..SPageFileGraphicEvo::default() };
    assert!(page.as_bytes() == expected.as_bytes(), "all zero except for the counter");
    assert_eq!(simulator.static_data().track.as_str(), "Valdombra", "the static page keeps its values");

    // The pages do not change while the menu is open. The second menu lasts an hour.
    let mut longest = (0, 0);
    step_until(&mut simulator, 5000, |simulator, changed| {
        if simulator.graphics().status == 0 {
            longest.1 += 1;
            if longest.1 > 1 && !simulator.is_finished() {
                assert_eq!((changed.physics, changed.graphics, changed.static_data), (false, false, false));
            }
        } else {
            longest = (longest.0.max(longest.1), 0);
        }
        simulator.is_finished()
    });
    assert!(longest.0 > 3590 * RATE, "{} s", longest.0 / RATE);
}

#[test]
fn return_to_the_box_changes_the_page_in_the_order_of_the_game() {
    let mut options = Options::default();
    (options.scenario, options.track) = (Scenario::Teleports, TrackName::Northmoor);
    let mut simulator = Simulator::new(options);
    step_until(&mut simulator, 60, |simulator, _| simulator.physics().speedKmh > 50.0);
    let start_fuel = 55.0;
    step_until(&mut simulator, 600, |simulator, _| simulator.graphics().status == PAUSE);
    let before = *simulator.graphics();
    let used = simulator.physics().fuel;
    assert!(used < start_fuel - 1.0 && before.is_valid_lap && before.npos < 0.9968);
    let mut frames = Vec::new();
    step_until(&mut simulator, 60, |simulator, changed| {
        if changed.graphics && simulator.graphics().status == LIVE {
            frames.push(*simulator.graphics());
        }
        frames.len() == 4 * 60
    });
    let [first, second, third, fourth, fifth] = [0, 1, 2, 3, 4].map(|frame| frames[frame]);
    for page in [first, second] {
        assert_eq!(page.car_location, ACEvoCarLocation::Pitlane.value());
        assert_eq!((page.is_in_pit_box, page.gear_int, page.npos), (false, before.gear_int, before.npos));
        assert!(page.is_engine_running && page.is_valid_lap);
    }
    for page in [third, fourth] {
        assert!(page.is_in_pit_box && page.is_in_pit_lane && page.electronics.is_pitlimiter_on);
        assert_eq!((page.gear_int, page.is_engine_running), (1, false));
        assert!((page.npos - 0.9968).abs() < 0.0001, "{}", page.npos);
        assert!(page.is_valid_lap && !page.timing_state.is_invalid);
    }
    assert!(!fifth.is_valid_lap && fifth.timing_state.is_invalid);
    for pair in frames.windows(2) {
        assert_eq!(pair[1].packetId, pair[0].packetId + 1);
        assert!(pair[1].current_lap_time_ms > pair[0].current_lap_time_ms, "the timer continues");
    }
    for page in &frames {
        assert_eq!((page.total_lap_count, page.last_laptime_ms), (before.total_lap_count, before.last_laptime_ms));
    }
    assert!(first.current_lap_time_ms > 5_000 && first.current_lap_time_ms - before.current_lap_time_ms < 20);
    // Fuel as at the start, no consumption, no distance.
    assert!((fifth.fuel_liter_current_quantity - start_fuel).abs() < 0.01, "{}", fifth.fuel_liter_current_quantity);
    assert!(fifth.fuel_liter_used < 0.01 && fifth.current_km < 0.01 && before.current_km > 3.0);
    // The car drops: free fall, then the landing.
    let g: Vec<f32> = frames.iter().map(|page| page.g_forces_y).collect();
    let minimum = g.iter().copied().fold(f32::INFINITY, f32::min);
    let maximum = g.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    assert!((-1.05..-0.95).contains(&minimum) && (2.8..4.0).contains(&maximum), "{minimum} g, {maximum} g");
    // The engine is off for 0.8 s.
    let off = frames.iter().filter(|page| !page.is_engine_running).count();
    assert!((45..=50).contains(&off), "{off} frames");
}

#[test]
fn return_to_a_box_before_the_line_makes_a_phantom_lap_and_an_out_lap() {
    let mut simulator = with(Scenario::Boxes, CarModel::Gt3, 3);
    let shots = shots(&mut simulator);
    let truth = simulator.truth();
    assert_eq!(truth.phantoms.len(), 2, "two of the three boxes are before the line");
    for phantom in &truth.phantoms {
        assert_eq!((phantom.cause, phantom.number), (PhantomCause::FromTheBox, Some(4)));
        let left = truth.aborted.iter().find(|lap| lap.session == phantom.session).expect("the aborted lap");
        assert!(left.number == 4 && left.elapsed_ms < phantom.time_ms);
        let next = truth.laps.iter().find(|lap| lap.finished_step > phantom.step).expect("the out lap");
        assert_eq!((next.session, next.number, next.kind), (phantom.session, 5, LapKind::Out));
        // The phantom lap is counted and shown.
        let line = frame_at(&shots, phantom.step);
        assert!(shots[line..line + 150].iter().any(|shot| shot.last == phantom.time_ms && shot.count == 4));
    }
    // After the first start from the box, the line resets the timer and counts no lap.
    let first = &truth.laps[0];
    assert!(first.kind == LapKind::Out && first.number == 1 && first.session == 0, "{first:?}");
    let line = shots.windows(2).find(|pair| pair[0].npos > 0.99 && pair[1].npos < 0.01 && pair[1].step < 20 * 333);
    let [before, after] = line.expect("it crosses the line") else { unreachable!("windows of two") };
    assert!(before.timer > 1000 && after.timer < 100 && after.count == 0, "{before:?} {after:?}");
    // In the third session the box is after the line: an ordinary out lap that includes the time of the aborted lap.
    let out = truth.laps.iter().find(|lap| lap.returned_ms.is_some()).expect("the out lap of the third session");
    assert!((out.session, out.number, out.kind) == (2, 4, LapKind::Out), "{out:?}");
}

#[test]
fn short_visits_to_the_main_menu_do_not_end_a_lap() {
    let mut simulator = with(Scenario::Bounces, CarModel::Gt3, 4);
    let mut reference = with(Scenario::HotLaps, CarModel::Gt3, 4);
    let shots = shots(&mut simulator);
    step_until(&mut reference, 400, |simulator, _| simulator.truth().laps.len() == 3);
    let times = |simulator: &Simulator| simulator.truth().laps.iter().map(|lap| lap.time_ms).collect::<Vec<_>>();
    assert_eq!(times(&simulator), times(&reference));
    let offs = shots.windows(2).filter(|pair| pair[0].status == LIVE && pair[1].status == 0).count();
    assert_eq!(offs, 11, "ten visits and the end");
    assert_eq!(simulator.truth().aborted.len(), 1);
}

#[test]
fn race_has_the_phases_of_the_game() {
    let mut simulator = with(Scenario::RaceEnd, CarModel::Gt3, 1);
    let mut phases: Vec<String> = Vec::new();
    let mut lap_numbers = Vec::new();
    let mut before: Option<(i32, i32, i32)> = None;
    let mut phantom = None;
    step_until(&mut simulator, 400, |simulator, changed| {
        let page = simulator.graphics();
        if changed.graphics && page.status == LIVE {
            let phase = page.session_state.phase_name.as_str();
            if phases.last().is_none_or(|last| last != phase) {
                phases.push(phase.to_owned());
            }
            let number = (page.session_state.current_lap, page.session_state.total_lap);
            if lap_numbers.last() != Some(&number) {
                lap_numbers.push(number);
            }
            let now = (page.current_lap_time_ms, page.last_laptime_ms, page.total_lap_count);
            if phase == "Ended"
                && let Some((timer, _, count)) = before
                && now.0 < timer
            {
                phantom = Some((timer, now.1, count, now.2));
            }
            before = Some(now);
        }
        simulator.is_finished() || (changed.graphics && page.status == 0 && before.is_some())
    });
    assert_eq!(
        phases,
        [
            "Start_Spawn_On_Position",
            "Start_Countdown_Lights_On",
            "Start_Countdown_Lights_Off",
            "Session",
            "Overtime_Waiting_For_Others",
            "Ended",
            "Teardown"
        ]
    );
    assert_eq!(lap_numbers, [(1, 3), (2, 3), (3, 3), (4, 3)], "lap 4 of 3 after the end");
    let (timer, last, count, count_after) = phantom.expect("the timer is reset in the phase Ended");
    assert!(timer > 5_000 && (last - timer).abs() < 50 && count == count_after, "{timer} {last}");
    let truth = &simulator.truth().phantoms[0];
    assert_eq!((truth.cause, truth.number, truth.time_ms), (PhantomCause::AfterTheEnd, None, last));
    assert_eq!(simulator.truth().laps.len(), 3);
}

#[test]
fn invalid_lap_has_a_last_time_and_no_best_time() {
    let mut simulator = with(Scenario::Validity, CarModel::Gt3, 1);
    step_until(&mut simulator, 200, |simulator, _| simulator.truth().laps.first().is_some_and(|lap| lap.published));
    step_until(&mut simulator, 1, |_, changed| changed.graphics);
    let (page, lap) = (simulator.graphics(), simulator.truth().laps[0]);
    assert!(!lap.valid);
    assert_eq!((page.last_laptime_ms, page.best_laptime_ms), (lap.time_ms, 0));
    assert_eq!(page.timing_state.best_laptime.as_str(), "");
    let (minutes, rest) = (lap.time_ms / 60_000, f64::from(lap.time_ms % 60_000) / 1000.0);
    assert_eq!(page.timing_state.last_laptime.as_str(), format!("{minutes:02}:{rest:06.3}"));
}

#[test]
fn watched_car_fills_the_graphics_page() {
    let mut simulator = with(Scenario::Spectate, CarModel::Gt3, 1);
    let mut watched: Vec<(Shot, [u64; 2], String)> = Vec::new();
    step_until(&mut simulator, 900, |simulator, changed| {
        let page = simulator.graphics();
        if changed.graphics && page.status == LIVE && { page.focused_car_id_a } != { page.player_car_id_a } {
            let shot = Shot { position: page.car_coordinates[player_slot(page)], ..Shot::of(simulator) };
            let id = [page.focused_car_id_a, page.focused_car_id_b];
            watched.push((shot, id, page.driver_surname.as_str().to_owned()));
        }
        simulator.is_finished()
    });
    let resets = watched.windows(2).filter(|pair| pair[1].0.timer < pair[0].0.timer).count();
    assert_eq!(resets, 2, "two laps of the other car end");
    let (first, last) = (&watched[10], &watched[watched.len() - 1]);
    assert_eq!(last.0.count - first.0.count, 2);
    assert!(first.1 == last.1 && first.2 == last.2 && first.2 != "Müldřansová");
    let moved: f32 = (0..3).map(|axis| (first.0.position[axis] - last.0.position[axis]).abs()).sum();
    assert!(moved < 0.001, "the player's car stands in its box");
    let moved =
        watched.iter().map(|(shot, ..)| shot.npos).fold((1.0f32, 0.0f32), |(a, b), npos| (a.min(npos), b.max(npos)));
    assert!(moved.0 < 0.05 && moved.1 > 0.95, "the page follows the other car: {moved:?}");
    // The lap times are not the player's.
    let own: Vec<i32> = simulator.truth().laps.iter().map(|lap| lap.time_ms).collect();
    assert!(watched.iter().filter(|(shot, ..)| shot.last > 0).any(|(shot, ..)| !own.contains(&shot.last)));
}

#[test]
fn unusual_values_match_the_game() {
    let mut simulator = simulator(Scenario::Garage);
    let (mut frames, mut nan, mut infinite, mut negative) = (0, 0, 0, 0);
    let mut no_average = 0;
    let mut full_pedal = false;
    step_until(&mut simulator, 300, |simulator, changed| {
        let (physics, page) = (simulator.physics(), simulator.graphics());
        if changed.graphics && page.status == LIVE {
            frames += 1;
            let now = page.instantaneous_km_per_fuel_liter;
            nan += usize::from(now.is_nan());
            infinite += usize::from(now == f32::INFINITY);
            negative += usize::from(now == f32::NEG_INFINITY);
            no_average += usize::from(!page.fuel_liter_per_km.is_finite());
            assert_eq!((page.current_pos, page.active_cars, page.total_drivers), (0, 1, 1), "alone");
            assert!(page.max_turbo_boost > 0.0 && page.max_turbo_boost < 1e-40, "{}", page.max_turbo_boost);
            let degrees = page.steering_percent * 270.0;
            assert!((page.steer_degrees as f32 - degrees.trunc()).abs() <= 1.0, "{degrees}");
            let sum = page.session_state.time_left_ms + page.current_lap_time_ms;
            if page.current_lap_time_ms > 100 && simulator.truth().laps.is_empty() {
                assert!((sum - (30 * 60_000 - 5_000)).abs() <= 20, "{sum}");
            }
        }
        if physics.brake == 1.0 && page.brake_percent == 1.0 && physics.gear > 1 {
            full_pedal = true;
            let bias = physics.brakeBias;
            assert!((physics.brakeTorque[0] - bias * 8.0 / 9.0).abs() < 1e-4, "{:?}", physics.brakeTorque);
            assert!((page.tyre_lf.brake_pressure - bias * 560.0 / 3.0).abs() < 0.01);
            let ratio = physics.brakeTorque[0] / physics.brakeTorque[2];
            assert!((ratio - page.tyre_lf.brake_pressure / page.tyre_lr.brake_pressure).abs() < 0.01);
        }
        if physics.gear > 0 && physics.airTemp > 23.0 {
            assert!((20.0..120.0).contains(&physics.rideHeight[0]) && physics.rideHeight[0] == physics.rideHeight[1]);
            assert!(physics.suspensionTravel.iter().all(|metres| metres.abs() < 0.06));
            assert!(
                physics.suspensionTravel.iter().any(|metres| metres.abs() > 0.00005),
                "{:?}",
                physics.suspensionTravel
            );
            assert!(physics.padLife.iter().chain(&physics.discLife).all(|metres| (0.02..0.04).contains(metres)));
        }
        simulator.truth().laps.len() == 2
    });
    assert!(full_pedal && nan > 0 && infinite > 60 && negative > 60 && no_average > 60);
    assert!(nan + infinite + negative < frames / 2, "{nan} {infinite} {negative} of {frames}");
}

#[test]
fn game_version_selects_the_values_that_differ() {
    let mut options = Options::default();
    (options.scenario, options.game) = (Scenario::Garage, GameVersion::V0_6);
    let mut old = Simulator::new(options);
    step_until(&mut old, 300, |simulator, _| {
        simulator.truth().laps.len() == 1 && simulator.graphics().total_lap_count == 1
    });
    let page = old.graphics();
    assert_eq!(page.session_state.current_lap, 1, "it equals the lap count");
    assert_eq!((page.driver_surname.as_str(), page.pitspeeding_delta, page.exhaust_temperature_c), (" ", -1.0, 100.0));
    assert_eq!(page.tyre_lf.tyre_normalized_temperature_core, 0.0);
    let static_data = old.static_data();
    assert_eq!(
        (static_data.latitude, static_data.longitude, static_data.starting_ambient_temperature_c),
        (0.0, 0.0, 0.0)
    );
    assert_eq!(static_data.ac_evo_version.as_str(), "0.6.2");

    let mut new = simulator(Scenario::HotLaps);
    step_until(&mut new, 200, |simulator, _| simulator.graphics().total_lap_count == 1);
    assert_eq!(new.graphics().session_state.current_lap, 0, "it counts in races only");
    assert!(new.graphics().tyre_lf.tyre_normalized_temperature_core > 0.5);
}

#[test]
fn static_page_has_the_coordinates_of_the_track() {
    for (track, known) in [(TrackName::Valdombra, true), (TrackName::Karsthafen, false), (TrackName::Northmoor, true)] {
        let mut options = Options::default();
        (options.scenario, options.track) = (Scenario::HotLaps, track);
        let mut simulator = Simulator::new(options);
        step_until(&mut simulator, 5, |simulator, _| !simulator.static_data().track.as_str().is_empty());
        let page = simulator.static_data();
        assert_eq!(page.track.as_str().to_lowercase(), track.name());
        assert_eq!(page.latitude != 0.0 && page.longitude != 0.0, known, "{track}");
        assert_eq!(page.starting_ambient_temperature_c != 0.0, known, "{track}");
    }
}
