//! All fields that follow from the car's motion are consistent.

mod common;

use acevo_shared_memory::SPageFilePhysics;
use acevo_simulator::{AccGOrder, CarModel, Options, Scenario, Simulator, TrackName, World};
use common::{RATE, player_slot, simulator, step_until, with};

/// The centre of the four contact points.
fn centre(page: &SPageFilePhysics) -> [f64; 3] {
    std::array::from_fn(|axis| page.tyreContactPoint.iter().map(|point| f64::from(point[axis])).sum::<f64>() / 4.0)
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f64>().sqrt()
}

fn length(v: [f32; 3]) -> f64 {
    v.iter().map(|&part| f64::from(part).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn velocity_integrates_to_the_position() {
    let mut simulator = simulator(Scenario::HotLaps);
    simulator.step();
    let mut position = centre(simulator.physics());
    let mut worst: f64 = 0.0;
    for _ in 0..100 * RATE {
        simulator.step();
        let page = simulator.physics();
        for (axis, coordinate) in position.iter_mut().enumerate() {
            *coordinate += f64::from(page.velocity[axis]) / RATE as f64;
        }
        worst = worst.max(distance(position, centre(page)));
    }
    // Over a lap of four kilometres there is only the rounding of f32, whose resolution is 0.06 mm at best.
    assert!(worst < 0.005, "off by {worst} m");
}

#[test]
fn speed_is_the_length_of_the_velocity_in_world_and_car_axes() {
    let mut simulator = simulator(Scenario::HotLaps);
    for _ in 0..60 * RATE {
        simulator.step();
        let page = simulator.physics();
        let speed = f64::from(page.speedKmh) / 3.6;
        assert!((length(page.velocity) - speed).abs() < 1e-3);
        assert!((length(page.localVelocity) - speed).abs() < 1e-3);
        assert!(page.localVelocity[2] >= 0.0, "it drives forward");
    }
}

#[test]
fn heading_agrees_with_the_direction_of_travel() {
    let mut simulator = simulator(Scenario::HotLaps);
    for _ in 0..90 * RATE {
        simulator.step();
        let page = simulator.physics();
        if page.speedKmh < 20.0 {
            continue;
        }
        // With the heading h, forward is (-sin h, cos h) in (X, Z).
        let travel = (-page.velocity[0]).atan2(page.velocity[2]);
        let difference =
            (page.heading - travel + std::f32::consts::PI).rem_euclid(std::f32::consts::TAU) - std::f32::consts::PI;
        // A car that slides to the left points to the right of its direction of travel, and the heading increases to the right.
        let sideslip = page.localVelocity[0].atan2(page.localVelocity[2]);
        assert!(difference.abs() < 0.15, "{difference} rad at {} km/h", page.speedKmh);
        assert!((difference - sideslip).abs() < 0.01, "heading {difference}, sideslip {sideslip}");
    }
}

#[test]
fn all_lateral_fields_have_the_sign_of_the_bend() {
    for world in [World::RightHanded, World::LeftHanded] {
        check_bends(world);
    }
}

/// Compares the signs of all lateral fields in bends.
fn check_bends(world: World) {
    let mut options = Options::default();
    (options.scenario, options.world) = (Scenario::HotLaps, world);
    let mut simulator = Simulator::new(options);
    // Sign of values to the right; they are negative in the measured world.
    let lateral = if world == World::RightHanded { -1.0 } else { 1.0 };
    let mut bends = 0;
    // The headings of the last 60 ms.
    let mut headings = std::collections::VecDeque::from([0.0; 20]);
    for step in 0..100 * RATE {
        simulator.step();
        let page = simulator.physics();
        let since = page.heading - headings.pop_front().unwrap_or_default();
        headings.push_back(page.heading);
        let turned = (since + std::f32::consts::PI).rem_euclid(std::f32::consts::TAU) - std::f32::consts::PI;
        // Only well inside a bend.
        let side = page.accG[0].signum() * lateral;
        if step > RATE && page.accG[0].abs() > 1.2 && page.accG[2].abs() < 0.3 {
            bends += 1;
            assert_eq!(page.steerAngle.signum(), side);
            assert_eq!(page.localAngularVel[1].signum(), side * lateral);
            assert_eq!(turned.signum(), side, "the heading increases in right-hand bends");
            assert_eq!(page.roll.signum(), -side, "the outer side is down: the right one in a left bend");
            assert_eq!(page.fy[0].signum(), side);
            assert_eq!(page.slipAngle[0].signum(), side);
            let (left, right) = (page.wheelLoad[0] + page.wheelLoad[2], page.wheelLoad[1] + page.wheelLoad[3]);
            assert_eq!((left - right).signum(), side, "the outer side carries more");
            let outer_is_faster = page.wheelAngularSpeed[0] - page.wheelAngularSpeed[1];
            assert_eq!(outer_is_faster.signum(), side);
        }
    }
    assert!(bends > 3 * RATE, "only {bends} steps in bends");
}

#[test]
fn lateral_acceleration_is_speed_times_yaw_rate() {
    let mut simulator = simulator(Scenario::HotLaps);
    for step in 0..100 * RATE {
        simulator.step();
        let page = simulator.physics();
        if step > RATE {
            let expected = page.speedKmh / 3.6 * page.localAngularVel[1] / 9.806_65;
            assert!((page.accG[0] - expected).abs() < 0.25, "{} g but {expected} g", page.accG[0]);
        }
    }
}

#[test]
fn speed_changes_by_the_longitudinal_acceleration() {
    let mut simulator = simulator(Scenario::HotLaps);
    simulator.step();
    let mut speed = f64::from(simulator.physics().speedKmh) / 3.6;
    for second in 0..100 {
        let mut gained = 0.0;
        for _ in 0..RATE {
            simulator.step();
            gained += f64::from(simulator.physics().accG[2]) * 9.806_65 / RATE as f64;
        }
        let now = f64::from(simulator.physics().speedKmh) / 3.6;
        // The tolerance covers the lag of the acceleration filter and the lateral forces in bends.
        assert!(((now - speed) - gained).abs() < 1.2, "second {second}: {} m/s but {gained} m/s", now - speed);
        speed = now;
    }
}

#[test]
fn option_acc_g_selects_the_order_of_the_axes() {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    let mut measured = Simulator::new(options.clone());
    options.acc_g = AccGOrder::Documented;
    let mut documented = Simulator::new(options);
    for _ in 0..20 * RATE {
        measured.step();
        documented.step();
    }
    let [x, y, z] = measured.physics().accG;
    assert_eq!(documented.physics().accG, [x, z, y]);
    assert!(z.abs() > 2.0 * y.abs(), "the two axes differ here: {y} and {z}");
}

#[test]
fn npos_is_the_driven_share_of_the_lap() {
    let mut simulator = simulator(Scenario::HotLaps);
    step_until(&mut simulator, 30, |simulator, _| simulator.graphics().current_lap_time_ms > 3000);
    let track_length = f64::from(simulator.static_data().track_length_m);
    assert!((3000.0..6000.0).contains(&track_length));
    let start_km = f64::from(simulator.graphics().current_km);
    let start = f64::from(simulator.graphics().npos);
    let mut before = start;
    step_until(&mut simulator, 120, |simulator, changed| {
        let page = simulator.graphics();
        if changed.graphics {
            let npos = f64::from(page.npos);
            let driven = (f64::from(page.current_km) - start_km) * 1000.0;
            assert!(npos > before, "{npos} after {before}");
            // The racing line is not exactly as long as the centre line.
            assert!((driven / track_length - (npos - start)).abs() < 0.02, "npos {npos}, {driven} m");
            before = npos;
        }
        before > 0.98
    });
}

#[test]
fn coordinates_of_the_player_match_the_physics_page() {
    let mut simulator = simulator(Scenario::HotLaps);
    for _ in 0..30 * RATE {
        if simulator.step().graphics {
            let page = simulator.graphics();
            let here = page.car_coordinates[player_slot(page)].map(f64::from);
            assert!(distance(here, centre(simulator.physics())) < 0.001);
        }
    }
}

#[test]
fn contact_points_have_the_dimensions_of_the_car() {
    let mut simulator = simulator(Scenario::HotLaps);
    for _ in 0..30 * RATE {
        simulator.step();
        let page = simulator.physics();
        let [fl, fr, rl, rr] = page.tyreContactPoint.map(|point| point.map(f64::from));
        for (a, b, expected) in [(fl, fr, 1.68), (rl, rr, 1.68), (fl, rl, 2.65), (fr, rr, 2.65)] {
            assert!((distance(a, b) - expected).abs() < 0.002, "{} m", distance(a, b));
        }
        for vector in page.tyreContactNormal.iter().chain(&page.tyreContactHeading) {
            assert!((length(*vector) - 1.0).abs() < 1e-4);
        }
        assert!(page.tyreContactNormal[0][1] > 0.99, "the road is nearly level");
    }
}

#[test]
fn wheel_and_engine_speeds_match_the_road_speed() {
    let mut simulator = simulator(Scenario::HotLaps);
    let mut ratios: std::collections::BTreeMap<i32, (f32, f32)> = std::collections::BTreeMap::new();
    for step in 0..100 * RATE {
        simulator.step();
        let page = simulator.physics();
        for speed in page.wheelAngularSpeed {
            let rolling = speed * 0.345 * 3.6;
            assert!((rolling / page.speedKmh - 1.0).abs() < 0.12, "{rolling} km/h at {} km/h", page.speedKmh);
        }
        // In gear, with a closed clutch.
        if step > RATE && page.clutch > 0.999 {
            let ratio = page.rpms as f32 / page.speedKmh;
            let (low, high) = ratios.entry(page.gear).or_insert((ratio, ratio));
            (*low, *high) = (low.min(ratio), high.max(ratio));
        }
    }
    assert!(ratios.len() >= 4, "gears used: {:?}", ratios.keys());
    for (gear, (low, high)) in ratios {
        assert!(high / low < 1.1, "gear {gear}: {low}..{high} rpm per km/h");
    }
}

#[test]
fn wheel_loads_match_weight_and_downforce() {
    for (car, mass) in [
        (CarModel::Gt3, 1370.0),
        (CarModel::Road, 1560.0),
        (CarModel::Electric, 2010.0),
        (CarModel::Gt3Turbo, 1395.0),
        (CarModel::Hatch, 1080.0),
        (CarModel::ElectricCoupe, 1830.0),
    ] {
        let mut simulator = with(Scenario::HotLaps, car, 1);
        let (mut sum, mut minimum) = (0.0, f32::INFINITY);
        for _ in 0..60 * RATE {
            simulator.step();
            let total: f32 = simulator.physics().wheelLoad.iter().sum();
            sum += f64::from(total);
            minimum = minimum.min(total);
        }
        let mean = sum / (60 * RATE) as f64 / 9.806_65;
        assert!((mass * 0.98..mass * 1.6).contains(&mean), "{car}: {mean} kg");
        assert!(f64::from(minimum) > mass * 7.0, "{car}: {minimum} N");
    }
}

/// Twice the area that a lap encloses, drawn with X to the right and Z down, and the length of the lap in metres. The area is
/// positive if the lap runs clockwise as seen from above.
fn area_and_length(track: TrackName, world: World) -> (f64, f64) {
    let mut options = Options::default();
    (options.scenario, options.track, options.world) = (Scenario::HotLaps, track, world);
    let mut simulator = Simulator::new(options);
    step_until(&mut simulator, 60, |simulator, _| simulator.graphics().current_lap_time_ms > 0);
    let mut before = centre(simulator.physics());
    let (mut area, mut length) = (0.0, 0.0);
    step_until(&mut simulator, 200, |simulator, _| {
        let here = centre(simulator.physics());
        area += before[0] * here[2] - here[0] * before[2];
        length += distance(before, here);
        before = here;
        simulator.truth().laps.len() == 1
    });
    (area, length)
}

#[test]
fn tracks_run_in_the_documented_direction() {
    let mut lengths = Vec::new();
    for (track, clockwise) in
        [(TrackName::Valdombra, true), (TrackName::Karsthafen, false), (TrackName::Northmoor, true)]
    {
        let (area, length) = area_and_length(track, World::RightHanded);
        assert_eq!(area > 0.0, clockwise, "{track}: {area}");
        let (mirrored, _) = area_and_length(track, World::LeftHanded);
        assert_eq!(mirrored > 0.0, !clockwise, "{track}");
        lengths.push(length);
    }
    lengths.sort_by(f64::total_cmp);
    assert!(lengths.windows(2).all(|pair| pair[1] > pair[0] * 1.1), "{lengths:?}");
}

#[test]
fn contact_points_match_the_heading() {
    for track in TrackName::ALL {
        let mut options = Options::default();
        (options.scenario, options.track) = (Scenario::HotLaps, *track);
        let mut simulator = Simulator::new(options);
        for _ in 0..60 * RATE {
            simulator.step();
            let page = simulator.physics();
            let (sin, cos) = page.heading.sin_cos();
            let (forward, right) = ([-sin, cos], [-cos, -sin]);
            let [fl, fr, rl, _] = page.tyreContactPoint;
            let along = |a: [f32; 3], b: [f32; 3], axis: [f32; 2]| (b[0] - a[0]) * axis[0] + (b[2] - a[2]) * axis[1];
            assert!((along(fl, fr, right) - 1.68).abs() < 0.03, "{track}: front left to front right is to the right");
            assert!((along(rl, fl, forward) - 2.65).abs() < 0.04, "{track}: rear left to front left is forward");
        }
    }
}

#[test]
fn g_forces_of_graphics_follow_physics_by_one_frame() {
    let mut simulator = simulator(Scenario::HotLaps);
    let mut before = None;
    for _ in 0..40 * RATE {
        if simulator.step().graphics {
            let page = simulator.graphics();
            if let Some(before) = before {
                assert_eq!([page.g_forces_x, page.g_forces_y, page.g_forces_z], before);
            }
            before = Some(simulator.physics().accG);
        }
    }
}
