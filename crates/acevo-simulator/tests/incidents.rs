//! Incidents and drive-throughs.

mod common;

use std::collections::BTreeSet;

use acevo_shared_memory::ACEvoFlagType;
use acevo_simulator::{CarModel, LapKind, Scenario, TruthEventKind};
use common::{CLASSES, step_until, with};

#[test]
fn incidents_show_on_the_pages() {
    for (seed, car) in CLASSES.into_iter().enumerate() {
        let mut simulator = with(Scenario::Incidents, car, seed as u64 + 1);
        let mut flags = BTreeSet::new();
        let mut damages = vec![0.0];
        let (mut wrong_way, mut limiter, mut open, mut repaired) = (0, 0, 0, 0);
        let (mut min_level, mut hottest, mut core) = (f32::INFINITY, 0.0f32, 0.0f32);
        step_until(&mut simulator, 1500, |simulator, changed| {
            let (physics, page) = (simulator.physics(), simulator.graphics());
            if changed.graphics {
                flags.insert(page.flag);
                let sum: f32 = physics.carDamage.iter().sum();
                if damages.last() != Some(&sum) {
                    damages.push(sum);
                }
                wrong_way += usize::from(page.is_wrong_way);
                limiter += usize::from(page.is_rpm_limiter_on);
                open += usize::from(page.is_drs_available && physics.drsEnabled == 1 && physics.drs == 1.0);
                repaired += usize::from(page.pit_info.damage == 1);
                let level = if car == CarModel::Electric {
                    physics.kersCharge
                } else {
                    page.fuel_liter_current_quantity_percent
                };
                min_level = min_level.min(level);
                let tyre = page.tyre_rf;
                hottest = hottest.max(tyre.tyre_normalized_temperature_center);
                core = core.max(tyre.tyre_normalized_temperature_core);
            }
            simulator.is_finished()
        });
        for flag in [
            ACEvoFlagType::BlueFlag,
            ACEvoFlagType::WhiteFlag,
            ACEvoFlagType::BlackWhiteFlag,
            ACEvoFlagType::OrangeCircleFlag,
        ] {
            assert!(flags.contains(&flag.value()), "{flag:?} is missing");
        }
        assert_eq!(damages, [0.0, 14.0, 39.0, 99.0, 0.0], "it increases in steps, remains, and is repaired");
        assert!((120..1200).contains(&wrong_way), "{wrong_way} frames in the wrong direction");
        assert!(open > 120 && repaired > 600, "{open} {repaired}");
        assert!(limiter > 20 || car == CarModel::Electric, "{limiter} frames on the limiter");
        assert!((0.0..0.08).contains(&min_level), "{car}: {min_level} of the tank");
        assert!(hottest > 1.2 && core > 1.1, "{car}: {hottest}, {core}");
    }
}

#[test]
fn drive_through_passes_the_box_at_the_speed_limit() {
    let mut simulator = with(Scenario::DriveThrough, CarModel::Gt3, 3);
    let mut at_the_line = Vec::new();
    step_until(&mut simulator, 1500, |simulator, _| {
        let physics = simulator.physics();
        let page = simulator.graphics();
        if page.is_in_pit_lane && page.electronics.is_pitlimiter_on {
            assert!(physics.speedKmh < 82.0, "{} km/h", physics.speedKmh);
        }
        if simulator.truth().laps.last().is_some_and(|lap| lap.finished_step == simulator.steps()) {
            at_the_line.push((page.is_in_pit_lane, physics.speedKmh > 70.0));
        }
        simulator.is_finished()
    });
    use LapKind::{Flying, In, Out};
    let truth = simulator.truth();
    let laps: Vec<(LapKind, u32)> = truth.laps.iter().map(|lap| (lap.kind, lap.stint)).collect();
    assert_eq!(laps, [(Flying, 1), (In, 1), (Out, 1), (In, 1), (Out, 2), (In, 2), (Out, 2)]);
    assert_eq!((at_the_line[0], at_the_line[1], at_the_line[5]), ((false, true), (true, true), (true, true)));
    let visits: Vec<TruthEventKind> = truth
        .events
        .iter()
        .map(|event| event.kind)
        .filter(|kind| matches!(kind, TruthEventKind::PitLane(_) | TruthEventKind::Service(_)))
        .collect();
    use TruthEventKind::{PitLane, Service};
    assert_eq!(
        visits,
        [
            PitLane(true),
            PitLane(false),
            PitLane(true),
            Service(true),
            Service(false),
            PitLane(false),
            PitLane(true),
            PitLane(false)
        ]
    );
}
