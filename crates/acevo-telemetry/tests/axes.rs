//! The resolver finds the axes of `accG` in every drive, and is never wrong.

use std::hint::black_box;
use std::sync::LazyLock;

use acevo_shared_memory::SPageFilePhysics;
use acevo_simulator::{AccGOrder, CarModel, Options, Scenario, Simulator};
use acevo_telemetry::{Axes, AxesResolver, AxisEvidence};

const RATE: f64 = 333.0;

/// Changes each page to that of a game with other axes.
type Change<'a> = &'a dyn Fn(&mut SPageFilePhysics);

fn options(scenario: Scenario, car: CarModel, seed: u64, order: AccGOrder) -> Options {
    let mut options = Options::default();
    (options.scenario, options.car, options.seed, options.acc_g) = (scenario, car, seed, order);
    options
}

/// Numbers that look random.
struct Noise(u64);

impl Noise {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 32
    }

    /// -1..1.
    fn next(&mut self) -> f32 {
        self.bits() as f32 / (1_u64 << 31) as f32 - 1.0
    }
}

/// Every physics page of a drive of this length, seconds.
fn drive(options: Options, seconds: usize) -> Vec<SPageFilePhysics> {
    let mut simulator = Simulator::new(options);
    let page = |_| {
        simulator.step();
        *simulator.physics()
    };
    (0..seconds * RATE as usize).map(page).collect()
}

/// Feeds a resolver with a drive whose pages are changed. Returns its axes at the end of each second.
fn watch(drive: &[SPageFilePhysics], change: Change<'_>) -> Vec<Axes> {
    let mut resolver = AxesResolver::new();
    let mut steps = Vec::new();
    for (step, page) in drive.iter().enumerate() {
        let mut page = *page;
        change(&mut page);
        resolver.feed(step as f64 / RATE, &page);
        if (step + 1) % RATE as usize == 0 {
            steps.push(resolver.axes());
        }
    }
    steps
}

/// Checks that no other axes are ever decided.
#[track_caller]
fn assert_never_wrong(steps: &[Axes], expected: &str) {
    for (second, axes) in steps.iter().enumerate() {
        let text = axes.to_string();
        let (shown, _) = text.rsplit_once(", ").unwrap_or_default();
        let agrees = shown.split(", ").all(|part| expected.contains(part));
        assert!(agrees, "after {second} s: {text}, not {expected}");
    }
}

/// Checks that these axes, and no others, are decided.
#[track_caller]
fn assert_decides(steps: &[Axes], expected: &str) -> Axes {
    assert_never_wrong(steps, expected);
    let last = steps.last().unwrap();
    assert!(last.to_string().starts_with(expected), "{last}, not {expected}");
    *last
}

const NONE: Change<'static> = &|_| {};

/// The sign with which the simulator writes lateral acceleration and yaw rate: '-' as the real game, where both are positive to
/// the left. Steering to the right shows it.
static TO_THE_RIGHT: LazyLock<char> = LazyLock::new(|| {
    let pages = drive(options(Scenario::HotLaps, CarModel::Gt3, 1, AccGOrder::Measured), 60);
    let [lateral, yaw] = [|page: &SPageFilePhysics| page.accG[0], |page: &SPageFilePhysics| page.localAngularVel[1]]
        .map(|of| pages.iter().map(|page| page.steerAngle * of(page)).sum::<f32>() > 0.0);
    assert_eq!(lateral, yaw, "a right bend has one sign");
    if lateral { '+' } else { '-' }
});
static MEASURED: LazyLock<String> =
    LazyLock::new(|| format!("measured: lateral {}x, longitudinal +z, vertical +y, without gravity", *TO_THE_RIGHT));
static DOCUMENTED: LazyLock<String> =
    LazyLock::new(|| format!("documented: lateral {}x, longitudinal +y, vertical +z, without gravity", *TO_THE_RIGHT));

#[test]
fn resolver_finds_both_orders_with_every_car_and_seed() {
    for (order, expected) in [(AccGOrder::Measured, &*MEASURED), (AccGOrder::Documented, &*DOCUMENTED)] {
        for car in CarModel::ALL {
            for seed in 1..4 {
                let axes =
                    assert_decides(&watch(&drive(options(Scenario::HotLaps, *car, seed, order), 60), NONE), expected);
                assert!(axes.confidence() > 0.9, "{car} {seed}: {axes}");
                assert_eq!(axes.yaw_axis().unwrap().to_string(), format!("{}y", *TO_THE_RIGHT));
            }
        }
    }
}

#[test]
fn resolver_decides_within_half_a_minute() {
    for car in CarModel::ALL {
        let steps = watch(&drive(options(Scenario::HotLaps, *car, 1, AccGOrder::Measured), 30), NONE);
        assert_eq!(steps.last().unwrap().evidence(), AxisEvidence::Measured, "{car}");
        assert!(steps[..10].iter().all(|axes| axes.evidence() == AxisEvidence::Undecided), "ten seconds are too few");
    }
}

#[test]
fn resolver_finds_every_order_and_sign_with_and_without_gravity() {
    let pages = drive(options(Scenario::HotLaps, CarModel::Road, 1, AccGOrder::Measured), 60);
    // The components of lateral, vertical and longitudinal, and which are negated.
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        for (negated, gravity) in [(0, 0.0), (1, 1.0), (2, 0.0), (4, 1.0), (6, 1.0), (7, 0.0), (3, -0.0)] {
            let sign = |bit: usize| if negated >> bit & 1 == 1 { -1.0 } else { 1.0 };
            let change = |page: &mut SPageFilePhysics| {
                let [lateral, vertical, longitudinal] = page.accG;
                page.accG[order[0]] = lateral * sign(0);
                page.accG[order[1]] = (vertical + gravity) * sign(1);
                page.accG[order[2]] = longitudinal * sign(2);
                page.localAngularVel = page.localAngularVel.map(|rate| rate * sign(0));
            };
            let steps = watch(&pages, &change);
            // The lateral sign is that of the simulator, or the opposite one.
            let is_negated = |bit: usize| (negated >> bit & 1 == 1) != (bit == 0 && *TO_THE_RIGHT == '-');
            let axis = |part: usize, bit: usize| {
                format!("{}{}", if is_negated(bit) { '-' } else { '+' }, ["x", "y", "z"][order[part]])
            };
            let (lateral, vertical, longitudinal) = (axis(0, 0), axis(1, 1), axis(2, 2));
            let with = if gravity > 0.5 { "with" } else { "without" };
            let decision = match order {
                [0, 1, 2] => "measured",
                [0, 2, 1] => "documented",
                _ => "other",
            };
            let expected = format!(
                "{decision}: lateral {lateral}, longitudinal {longitudinal}, vertical {vertical}, {with} gravity"
            );
            let axes = assert_decides(&steps, &expected);
            assert_eq!(axes.yaw_axis().unwrap().is_negated(), is_negated(0));
        }
    }
}

#[test]
fn resolver_handles_a_mirrored_world() {
    let mirror = |page: &mut SPageFilePhysics| {
        page.velocity[0] = -page.velocity[0];
        page.tyreContactPoint.iter_mut().for_each(|point| point[0] = -point[0]);
    };
    let pages = drive(options(Scenario::HotLaps, CarModel::Gt3, 2, AccGOrder::Documented), 60);
    assert_decides(&watch(&pages, &mirror), &DOCUMENTED);
    // By the wheel alone, and by the contact points alone.
    let without_points = |page: &mut SPageFilePhysics| {
        mirror(page);
        page.tyreContactPoint = Default::default();
    };
    assert_decides(&watch(&pages, &without_points), &DOCUMENTED);
    let without_wheel = |page: &mut SPageFilePhysics| {
        mirror(page);
        page.steerAngle = 0.0;
    };
    assert_decides(&watch(&pages, &without_wheel), &DOCUMENTED);
}

#[test]
fn resolver_does_not_decide_if_steering_and_wheels_contradict() {
    let pages = drive(options(Scenario::HotLaps, CarModel::Gt3, 2, AccGOrder::Measured), 60);
    let contradict = |page: &mut SPageFilePhysics| page.steerAngle = -page.steerAngle;
    let steps = watch(&pages, &contradict);
    assert!(steps.iter().all(|axes| *axes == Axes::default()), "{}", steps.last().unwrap());
}

#[test]
fn resolver_keeps_the_measured_axes_if_the_drive_shows_them() {
    let pages = made_up(&|time| 0.006 * (time * 0.5).sin(), &|time| 45.0 + 20.0 * (time * 0.4).sin(), 0.0, 0.0);
    let missing = |page: &mut SPageFilePhysics| {
        page.steerAngle = 0.0;
        page.tyreContactPoint = [[f32::NAN; 3]; 4];
    };
    for change in [NONE, &missing] {
        let steps = watch(&pages, change);
        for axes in [steps[0], *steps.last().unwrap()] {
            let [lateral, longitudinal] = axes.horizontal().unwrap();
            let (vertical, yaw) = (axes.vertical_axis().unwrap(), axes.yaw_axis().unwrap());
            assert_eq!(format!("{lateral} {longitudinal} {vertical} {yaw}"), "-x +z +y -y", "{axes}");
        }
        assert_eq!(steps[0].evidence(), AxisEvidence::Undecided);
        assert_eq!(steps.last().unwrap().evidence(), AxisEvidence::Measured);
    }
}

#[test]
fn resolver_replaces_the_measured_axes_as_far_as_the_drive_shows_others() {
    let pages = made_up(&|time| 0.006 * (time * 0.5).sin(), &|time| 45.0 + 20.0 * (time * 0.4).sin(), 0.0, 0.0);
    let other = |page: &mut SPageFilePhysics| {
        page.accG = [-page.accG[0], page.accG[2], page.accG[1]];
        page.localAngularVel = [0.0; 3];
    };
    let steps = watch(&pages, &other);
    let last = steps.last().unwrap();
    assert!(last.to_string().starts_with("documented: lateral +x, longitudinal +y"), "{last}");
    assert_eq!((last.vertical_axis(), last.yaw_axis()), (None, None), "neither hills nor rotation were seen");
}

#[test]
fn resolver_tolerates_noise_lost_and_repeated_packets_and_a_late_clock() {
    for (order, expected) in [(AccGOrder::Measured, &*MEASURED), (AccGOrder::Documented, &*DOCUMENTED)] {
        for seed in 1..4 {
            let mut simulator = Simulator::new(options(Scenario::HotLaps, CarModel::Gt3, seed, order));
            let (mut resolver, mut noise) = (AxesResolver::new(), Noise(seed));
            let mut steps = Vec::new();
            for step in 0..90 * RATE as usize {
                simulator.step();
                let mut page = *simulator.physics();
                for value in page.accG.iter_mut().chain(&mut page.localAngularVel) {
                    *value += 0.5 * noise.next();
                }
                page.speedKmh += 0.05 * noise.next();
                match noise.bits() % 100 {
                    0 => page.accG[noise.bits() as usize % 3] = 7.0 * noise.next(),
                    1 => page.accG = [f32::NAN, f32::INFINITY, 1e30],
                    2 => page.velocity[0] = 1e9,
                    3 => page = SPageFilePhysics::default(),
                    // A burst of losses, too.
                    4..20 => continue,
                    _ if step % 1000 < 30 => continue,
                    _ => {}
                }
                // A reader that polls every millisecond is late by up to a millisecond.
                let late = f64::from(noise.next()) * 0.0005;
                resolver.feed(step as f64 / RATE + late, &page);
                if noise.bits().is_multiple_of(4) {
                    resolver.feed(step as f64 / RATE + 0.001, &page);
                }
                if step % RATE as usize == 0 {
                    steps.push(resolver.axes());
                }
            }
            assert_never_wrong(&steps, expected);
            // In noise that strong, hills do not show: the sign of the vertical axis may stay open.
            let last = steps.last().unwrap();
            assert!(last.evidence() != AxisEvidence::Undecided && last.confidence() > 0.85, "{last}");
        }
    }
}

#[test]
fn resolver_needs_ten_packets_per_second() {
    for (order, expected) in [(AccGOrder::Measured, &*MEASURED), (AccGOrder::Documented, &*DOCUMENTED)] {
        let pages = drive(options(Scenario::HotLaps, CarModel::Gt3, 1, order), 90);
        for every in [3, 7, 17, 33] {
            let mut resolver = AxesResolver::new();
            let mut steps = Vec::new();
            for (step, page) in pages.iter().enumerate().step_by(every) {
                resolver.feed(step as f64 / RATE, page);
                steps.push(resolver.axes());
            }
            assert_decides(&steps, expected);
        }
    }
}

#[test]
fn resolver_ignores_standing_pauses_and_menus() {
    let steps = watch(&drive(options(Scenario::Menu, CarModel::Gt3, 1, AccGOrder::Measured), 20), NONE);
    assert!(steps.iter().all(|axes| *axes == Axes::default()));
    // The car never leaves its box.
    let mut simulator = Simulator::new(options(Scenario::Pits, CarModel::Gt3, 1, AccGOrder::Measured));
    let (mut resolver, mut noise) = (AxesResolver::new(), Noise(3));
    while simulator.physics().speedKmh < 1.0 {
        simulator.step();
    }
    let mut page = *simulator.physics();
    (page.speedKmh, page.velocity) = (0.0, [0.0; 3]);
    for step in 0..600 * RATE as usize {
        page.packetId = page.packetId.wrapping_add(1);
        page.accG = [0.02 * noise.next(), 0.02 * noise.next(), 0.02 * noise.next()];
        resolver.feed(step as f64 / RATE, &page);
    }
    assert_eq!(resolver.axes(), Axes::default());
    for (scenario, expected) in [
        (Scenario::Pause, &*MEASURED),
        (Scenario::Pits, &*MEASURED),
        (Scenario::Weekend, &*MEASURED),
        (Scenario::Race, &*MEASURED),
    ] {
        assert_decides(&watch(&drive(options(scenario, CarModel::Gt3, 1, AccGOrder::Measured), 180), NONE), expected);
    }
}

/// A point that drives in the world and with the axes of the real game: curvature in 1/m (positive to the right) and speed in
/// m/s over time, on a road that leans into every bend by `bank` rad.
fn made_up(
    curvature: &dyn Fn(f64) -> f64,
    speed: &dyn Fn(f64) -> f64,
    bank: f64,
    gravity: f64,
) -> Vec<SPageFilePhysics> {
    let mut heading: f64 = 0.3;
    let page = |step: usize| {
        let (time, tick) = (step as f64 / RATE, 0.5 / RATE);
        let (v, bend) = (speed(time), curvature(time));
        heading += v * bend / RATE;
        let (sine, cosine) = heading.sin_cos();
        let lateral = v * v * bend / 9.806_65;
        let longitudinal = (speed(time + tick) - speed(time - tick)) * RATE / 9.806_65;
        // To the right the car's right side is the lower one.
        let (lean_sine, lean_cosine) = (bank * bend.signum()).sin_cos();
        let across = lateral * lean_cosine - gravity * lean_sine;
        let up = lateral * lean_sine + gravity * lean_cosine;
        let (forward, right) = ([-sine, 0.0, cosine], [-cosine as f32, 0.0, -sine as f32]);
        SPageFilePhysics {
            packetId: step as i32 + 1,
            gear: 4,
            speedKmh: (v * 3.6) as f32,
            velocity: forward.map(|part| (v * part) as f32),
            accG: [-across as f32, up as f32, longitudinal as f32],
            localAngularVel: [0.0, (-v * bend) as f32, 0.0],
            steerAngle: (bend * 10.0) as f32,
            tyreContactPoint: [[0.0; 3], right.map(|part| 1.6 * part), [0.0; 3], right.map(|part| 1.6 * part)],
            ..Default::default()
        }
    };
    (0..120 * RATE as usize).map(page).collect()
}

#[test]
fn resolver_is_never_wrong_on_ovals_skid_pads_and_drag_strips() {
    let speed = |time: f64| 45.0 + 20.0 * (time * 0.4).sin();
    let always_right = |time: f64| 0.004 + 0.003 * (time * 0.25).sin();
    let oval = |time: f64| if (time * 0.3).sin() > 0.0 { 0.006 } else { 0.0 };
    let circuit = |time: f64| 0.006 * (time * 0.5).sin();
    let straight = |_: f64| 0.0;
    let tracks: [(&dyn Fn(f64) -> f64, bool); 4] =
        [(&always_right, false), (&oval, false), (&circuit, true), (&straight, false)];
    for (curvature, must_decide) in tracks {
        for degrees in [0.0_f64, 8.0, 20.0, 33.0] {
            for gravity in [0.0, 1.0] {
                let pages = made_up(curvature, &speed, degrees.to_radians(), gravity);
                let steps = watch(&pages, NONE);
                for axes in &steps {
                    let Some([lateral, longitudinal]) = axes.horizontal() else { panic!("{axes} has no level axes") };
                    let shown = format!("{lateral} {longitudinal}");
                    assert_eq!(shown, "-x +z", "{degrees} degrees, gravity {gravity}: {axes}");
                    assert!(
                        axes.vertical_axis().is_none_or(|up| up.to_string() == "+y"),
                        "{degrees} {gravity}: {axes}"
                    );
                }
                let decided = steps.last().unwrap().evidence() != AxisEvidence::Undecided;
                assert!(decided || !must_decide || degrees > 10.0, "{degrees} degrees, gravity {gravity}");
            }
        }
    }
}

#[test]
fn resolver_does_not_decide_on_unrelated_accelerations() {
    let pages = drive(options(Scenario::HotLaps, CarModel::Gt3, 1, AccGOrder::Measured), 60);
    let noise = std::cell::RefCell::new(Noise(9));
    let random = |page: &mut SPageFilePhysics| page.accG = [(); 3].map(|()| 3.0 * noise.borrow_mut().next());
    let zero = |page: &mut SPageFilePhysics| page.accG = [0.0; 3];
    let alike = |page: &mut SPageFilePhysics| page.accG = [page.accG[0]; 3];
    let one_only = |page: &mut SPageFilePhysics| page.accG = [page.accG[0], 0.0, 0.0];
    let metres = |page: &mut SPageFilePhysics| page.accG = page.accG.map(|g| g * 9.8);
    for change in [&random as Change<'_>, &zero, &alike, &one_only, &metres] {
        let steps = watch(&pages, change);
        assert!(steps.iter().all(|axes| axes.evidence() == AxisEvidence::Undecided), "{}", steps.last().unwrap());
    }
}

#[test]
fn resolver_recovers_from_any_bytes_and_clocks() {
    let (mut resolver, mut noise) = (AxesResolver::new(), Noise(1));
    let mut bytes = [0; 800];
    for _ in 0..20_000 {
        bytes.fill_with(|| noise.bits() as u8);
        let seconds = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300, f64::from_bits(noise.bits() << 32)];
        resolver.feed(
            seconds[noise.bits() as usize % 6],
            &<SPageFilePhysics as acevo_shared_memory::Page>::from_bytes(&bytes),
        );
    }
    assert_eq!(resolver.axes().evidence(), AxisEvidence::Undecided);
    let mut simulator = Simulator::new(options(Scenario::HotLaps, CarModel::Gt3, 1, AccGOrder::Measured));
    for step in 0..60 * RATE as usize {
        simulator.step();
        resolver.feed(step as f64 / RATE, simulator.physics());
    }
    assert!(resolver.axes().to_string().starts_with(&*MEASURED), "{}", resolver.axes());
}

#[test]
fn feed_allocates_nothing() {
    let mut simulator = Simulator::new(options(Scenario::HotLaps, CarModel::Gt3, 1, AccGOrder::Measured));
    let mut resolver = AxesResolver::new();
    let mut allocated = 0;
    for step in 0..60 * RATE as usize {
        simulator.step();
        let count = || resolver.feed(step as f64 / RATE, black_box(simulator.physics()));
        allocated += allocation_counter::measure(count).count_total;
    }
    assert_eq!((allocated, resolver.axes().evidence()), (0, AxisEvidence::Measured));
}
