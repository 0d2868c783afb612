//! Tests of detection with lines that are constructed, and of the file.

use std::f64::consts::{PI, TAU};

use proptest::prelude::*;

use super::{Corner, Corners, CornersError, Direction, advice, compare};
use crate::analysis::{Outline, Road};
use crate::channel;
use crate::traces::{LapTraces, Trace};

/// A part of a line: metres, and the angle by which it turns, radians to the right.
type Part = (f64, f64);

/// Half of a closed line. The other half is the same, so that the line closes if this half turns by 180°.
fn outline(half: &[Part], noise_m: f64) -> Outline {
    let (mut at, mut heading) = ([0.0_f64, 0.0], 0.0_f64);
    let mut points = Vec::new();
    for (length, turn) in half.iter().chain(half) {
        let steps = (length / 0.5).round();
        for _ in 0..steps as usize {
            heading += turn / steps;
            // North is negative Z.
            at = [at[0] + heading.sin() * length / steps, at[1] - heading.cos() * length / steps];
            points.push(at);
        }
    }
    assert!(at[0].hypot(at[1]) < 1.0, "the line is closed: {at:?}");
    let mut outline = Outline::default();
    outline.set_track("Ring", "", Some(points.len() as f64 * 0.5));
    let count = points.len();
    for index in 0..=count + 10 {
        let [x, z] = points[index % count];
        let wave = |width: f64| noise_m * (index as f64 / width * TAU).sin();
        outline.note((index % count) as f64 / count as f64, [x + wave(240.0), 0.0, z + wave(170.0)], Road::Track);
    }
    assert!(outline.is_known());
    outline
}

fn degrees(turn: f64) -> f64 {
    turn.to_radians()
}

/// The directions of the detected corners of the first half: `RLR`.
fn detected(half: &[Part], noise_m: f64) -> String {
    let corners = Corners::detect(&outline(half, noise_m), &[]).expect("a track");
    corners.check().expect("corners that can be stored");
    let all: String =
        corners.corners.iter().map(|corner| if corner.direction == Direction::Left { 'L' } else { 'R' }).collect();
    let (first, second) = all.split_at(all.len() / 2);
    assert_eq!(first, second);
    first.to_owned()
}

#[test]
fn detect_finds_hairpins_chicanes_and_double_apexes() {
    let hairpin = [(400.0, 0.0), (90.0, PI), (300.0, 0.0)];
    assert_eq!(detected(&hairpin, 0.0), "R");
    let chicane = [
        (300.0, 0.0),
        (40.0, degrees(45.0)),
        (15.0, 0.0),
        (40.0, degrees(-45.0)),
        (300.0, 0.0),
        (90.0, PI),
        (300.0, 0.0),
    ];
    assert_eq!(detected(&chicane, 0.0), "RLR");
    let flick = [(300.0, 0.0), (14.0, degrees(25.0)), (14.0, degrees(-25.0)), (300.0, 0.0), (90.0, PI), (300.0, 0.0)];
    assert_eq!(detected(&flick, 0.0).len(), 2);
    let double_apex = [(300.0, 0.0), (60.0, degrees(80.0)), (60.0, degrees(20.0)), (60.0, degrees(80.0)), (300.0, 0.0)];
    assert_eq!(detected(&double_apex, 0.0), "R");
    let two = [(300.0, 0.0), (60.0, degrees(90.0)), (80.0, 0.0), (60.0, degrees(90.0)), (300.0, 0.0)];
    assert_eq!(detected(&two, 0.0), "RR");
}

#[test]
fn detect_ignores_kinks_and_noise() {
    let kink = [(300.0, 0.0), (60.0, degrees(8.0)), (200.0, 0.0), (90.0, degrees(172.0)), (300.0, 0.0)];
    assert_eq!(detected(&kink, 0.0), "R");
    let sweep = [(300.0, 0.0), (600.0, degrees(60.0)), (200.0, 0.0), (90.0, degrees(120.0)), (300.0, 0.0)];
    assert_eq!(detected(&sweep, 0.0), "R", "a radius of 570 m");
    assert_eq!(detected(&sweep, 0.25), "R");
    // A circle has no corner: it has no straight.
    assert_eq!(detected(&[(300.0, PI)], 0.0), "");
}

#[test]
fn detect_takes_braking_for_a_fast_bend_as_evidence() {
    let half = [(300.0, 0.0), (300.0, degrees(50.0)), (200.0, 0.0), (90.0, degrees(130.0)), (300.0, 0.0)];
    let outline = outline(&half, 0.0);
    let length_m = 2.0 * 1190.0;
    let lap = |slows: bool| {
        let positions: Vec<f64> = (0..=2000).map(|at| f64::from(at) / 2000.0).collect();
        let is_in = |position: f64| (250.0..=550.0).contains(&(position * length_m % 1190.0)) && slows;
        let trace = |id: &str, value: &dyn Fn(f64) -> f64| Trace {
            channel: channel(id).unwrap(),
            values: positions.iter().map(|position| value(*position)).collect(),
        };
        let traces = vec![
            trace("speed", &|at| if is_in(at) { 180.0 } else { 220.0 }),
            trace("throttle", &|at| if is_in(at) { 0.3 } else { 1.0 }),
            trace("brake", &|at| if is_in(at) { 0.5 } else { 0.0 }),
            trace("g_lateral", &|_| 1.0),
        ];
        LapTraces { length_m: Some(length_m), positions: positions.clone(), traces, ..LapTraces::default() }
    };
    let count = |laps: &[LapTraces]| Corners::detect(&outline, laps).unwrap().corners.len();
    assert_eq!((count(&[lap(true)]), count(&[lap(false)])), (4, 2));
    assert_eq!(count(&[lap(false), lap(true), lap(false)]), 2, "one lap of three");
}

fn corner(number: u32, start: f64, apex: f64, end: f64) -> Corner {
    Corner { number, name: String::new(), start, apex, end, direction: Direction::Right }
}

fn of_ring(corners: Vec<Corner>) -> Corners {
    Corners { track: "Ring".to_owned(), configuration: String::new(), corners }
}

#[test]
fn load_returns_what_save_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("corners").join("Ring.json");
    assert!(Corners::load(&path).unwrap().is_none());
    let mut corners = of_ring(vec![corner(1, 0.99, 0.0, 0.02), corner(2, 0.1, 0.15, 0.2), corner(7, 0.2, 0.21, 0.22)]);
    corners.corners[1].name = "Hairpin".to_owned();
    corners.save(&path).unwrap();
    assert_eq!(Corners::load(&path).unwrap(), Some(corners));
}

#[test]
fn check_names_the_corner_and_the_problem() {
    let problem = |corners: Vec<Corner>| of_ring(corners).check().expect_err("a problem").to_string();
    assert!(problem(vec![corner(1, 0.1, 0.15, f64::NAN)]).starts_with("corner 1: its end is NaN"));
    assert!(problem(vec![corner(4, 0.1, 0.3, 0.2)]).starts_with("corner 4: its apex at 0.3 is not between"));
    assert!(problem(vec![corner(0, 0.1, 0.15, 0.2)]).starts_with("corner 0: numbers begin at 1"));
    let overlap = vec![corner(1, 0.1, 0.15, 0.2), corner(2, 0.19, 0.25, 0.3)];
    assert!(problem(overlap).starts_with("corner 2: it overlaps corner 1"));
    let over_the_line = vec![corner(1, 0.01, 0.02, 0.03), corner(2, 0.95, 0.97, 0.015)];
    assert!(problem(over_the_line).starts_with("corner 1: it overlaps corner 2"));
    assert!(matches!(Corners::default().check(), Err(CornersError::Track)));
}

proptest! {
    #[test]
    fn load_never_panics_and_compare_takes_what_it_returns(positions in prop::collection::vec(0.0..=1.0_f64, 0..12)) {
        let corners: Vec<_> =
            positions.chunks_exact(3).zip(1..).map(|(at, number)| corner(number, at[0], at[1], at[2])).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("corners.json");
        std::fs::write(&path, serde_json::to_vec(&of_ring(corners)).unwrap()).unwrap();
        if let Ok(Some(corners)) = Corners::load(&path) {
            let lap = super::LapCorners::new(&corners, &LapTraces::default());
            let comparison = compare(&lap, &lap);
            prop_assert_eq!(comparison.losses.len(), corners.corners.len());
            prop_assert!(comparison.losses.iter().all(|loss| !advice(loss).is_empty()));
        }
    }
}
