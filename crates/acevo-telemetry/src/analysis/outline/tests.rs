use std::f64::consts::TAU;

use proptest::prelude::*;

use super::*;

/// A hilly circle of 500 m radius, clockwise seen from above.
fn circle(lap_position: f64, radius: f64) -> Point {
    let angle = lap_position * TAU;
    [radius * angle.sin(), 10.0 * angle.cos(), -radius * angle.cos()]
}

/// Drives between two lap positions, counted in laps.
fn drive(outline: &mut Outline, from: f64, to: f64, radius: impl Fn(f64) -> f64) {
    let frames = ((to - from) * 3000.0).round() as usize;
    for frame in 0..=frames {
        let lap_position = from + (to - from) * frame as f64 / frames as f64;
        outline.note(lap_position.rem_euclid(1.0), circle(lap_position, radius(lap_position)), Road::Track);
    }
}

fn known() -> Outline {
    let mut outline = Outline::default();
    drive(&mut outline, 0.0, 1.001, |_| 500.0);
    outline
}

fn radius_at(outline: &Outline, lap_position: f64) -> f64 {
    let [x, _, z] = outline.at(lap_position).unwrap().position;
    x.hypot(z)
}

#[test]
fn note_learns_the_outline_from_one_lap_begun_anywhere() {
    for from in [0.0, 0.3, 0.99] {
        let mut outline = Outline::default();
        drive(&mut outline, from, from + 0.9, |_| 500.0);
        assert!(!outline.is_known(), "a tenth is missing");
        drive(&mut outline, from + 0.9, from + 1.001, |_| 500.0);
        assert!(outline.is_known() && outline.laps() == 1);
        for k in 0..100 {
            let lap_position = f64::from(k) / 100.0;
            let waypoint = outline.at(lap_position).unwrap();
            assert!(length(minus(waypoint.position, circle(lap_position, 500.0))) < 0.01);
            let expected = minus(circle(lap_position + 1e-4, 500.0), circle(lap_position, 500.0));
            assert!(length(minus(waypoint.direction, expected.map(|part| part / length(expected)))) < 0.01);
        }
    }
    let bounds = known().bounds().unwrap();
    assert!(bounds.min.iter().zip([-500.0, -10.0, -500.0]).all(|(a, b)| (a - b).abs() < 0.01), "{bounds:?}");
}

#[test]
fn note_leaves_large_gaps_open_until_they_are_driven() {
    let mut outline = Outline::default();
    drive(&mut outline, 0.0, 0.5, |_| 500.0);
    drive(&mut outline, 0.55, 1.001, |_| 500.0);
    assert!(!outline.is_known());
    drive(&mut outline, 1.001, 2.001, |_| 500.0);
    assert!(outline.is_known());
    let mut outline = Outline::default();
    drive(&mut outline, 0.0, 0.5, |_| 500.0);
    drive(&mut outline, 0.535, 1.001, |_| 500.0);
    assert!(outline.is_known());
    assert!((490.0..499.0).contains(&radius_at(&outline, 0.517)), "straight on");
    for _ in 0..20 {
        drive(&mut outline, 0.001, 1.001, |_| 500.0);
    }
    assert!((radius_at(&outline, 0.517) - 500.0).abs() < 1.0, "later laps put it right");
}

#[test]
fn note_averages_laps_except_those_far_off() {
    let mut outline = known();
    drive(&mut outline, 0.001, 1.001, |_| 504.0);
    assert!((radius_at(&outline, 0.5) - 502.0).abs() < 0.01);
    drive(&mut outline, 0.001, 1.001, |lap_position| if (0.4..0.6).contains(&lap_position) { 540.0 } else { 502.0 });
    assert!((radius_at(&outline, 0.5) - 502.0).abs() < 0.01, "a spin");
    for _ in 0..2 {
        drive(
            &mut outline,
            0.001,
            1.001,
            |lap_position| if (0.4..0.6).contains(&lap_position) { 540.0 } else { 502.0 },
        );
    }
    assert!((radius_at(&outline, 0.5) - 540.0).abs() < 0.01, "three laps in a row are no spin");
}

#[test]
fn project_returns_position_and_side() {
    let outline = known();
    for k in 0..200 {
        let lap_position = f64::from(k) / 200.0;
        for offset in [-8.0, 0.5, 8.0] {
            // The centre of a clockwise lap is on the right.
            let projection = outline.project(circle(lap_position, 500.0 - offset)).unwrap();
            let error = (projection.lap_position - lap_position + 0.5).rem_euclid(1.0) - 0.5;
            assert!(error.abs() < 1e-4, "{projection:?} at {lap_position}");
            assert!((projection.offset_m - offset).abs() < 0.05, "{projection:?} at {lap_position}");
            assert!((projection.distance_m / outline.length_m().unwrap() - projection.lap_position).abs() < 1e-3);
        }
    }
    assert_eq!(outline.project([0.0, 0.0, 0.0]), None, "too far away");
    assert_eq!(outline.project([f64::NAN, 0.0, 500.0]), None);
    assert_eq!(Outline::default().project([0.0; 3]), None);
}

#[test]
fn set_track_resets_for_another_track() {
    let mut outline = known();
    outline.set_track("", "", None);
    outline.set_track("Ring", "", None);
    outline.set_track("Ring", "", Some(3141.6));
    outline.set_track("Ring", "", Some(3141.7));
    outline.set_track("", "", Some(17.0));
    assert!(outline.is_known() && outline.track_length_m() == Some(3141.6));
    for (track, configuration, length) in [("Oval", "", 3141.6), ("Ring", "Short", 3141.6), ("Ring", "", 2000.0)] {
        let mut outline = outline.clone();
        outline.set_track(track, configuration, Some(length));
        assert!(!outline.is_known() && outline.track_length_m() == Some(length));
    }
}

#[test]
fn note_learns_the_pit_lane_as_a_separate_line() {
    let mut outline = known();
    let through = |outline: &mut Outline, from: f64, to: f64| {
        for frame in 0..=400 {
            let lap_position = from + (to - from) * f64::from(frame) / 400.0;
            outline.note(lap_position.rem_euclid(1.0), circle(lap_position, 480.0), Road::PitLane);
        }
    };
    // Out of the box only.
    through(&mut outline, 1.03, 1.05);
    drive(&mut outline, 1.05, 1.5, |_| 500.0);
    let pit_lane = outline.pit_lane().unwrap();
    assert!(pit_lane.entry.is_none() && (pit_lane.exit.unwrap() - 0.05).abs() < 1e-3);
    assert!((pit_lane.length_m() - 0.02 * TAU * 480.0).abs() < 6.0, "{}", pit_lane.length_m());
    drive(&mut outline, 1.5, 1.95, |_| 500.0);
    through(&mut outline, 1.95, 2.05);
    drive(&mut outline, 2.05, 2.1, |_| 500.0);
    let pit_lane = outline.pit_lane().unwrap();
    assert!((pit_lane.entry.unwrap() - 0.95).abs() < 1e-3 && (pit_lane.exit.unwrap() - 0.05).abs() < 1e-3);
    assert!(pit_lane.distance_m(circle(0.0, 482.0)) < 2.5 && pit_lane.distance_m(circle(0.0, 500.0)) > 17.0);
    assert!((radius_at(&outline, 0.0) - 500.0).abs() < 0.01, "the pit lane is no part of the track");
    let json = serde_json::to_value(&outline).unwrap();
    assert_eq!(json["points"].as_array().map(Vec::len), Some(MARKS));
    assert!(json["pit_lane"]["entry"].is_number());
}

proptest! {
    #[test]
    fn note_keeps_the_outline_finite_for_any_values(
        notes in prop::collection::vec((any::<f64>(), prop::array::uniform3(any::<f64>()), any::<bool>()), 0..50),
        steps in prop::collection::vec((-0.003..0.02f64, -10.0..700.0f64, any::<bool>()), 0..400),
        lap_position in any::<f64>(),
    ) {
        let mut outline = known();
        for (lap_position, position, pit) in notes {
            outline.note(lap_position, position, if pit { Road::PitLane } else { Road::Track });
            outline.project(position);
        }
        let mut place_now = 0.0;
        for (step, radius, pit) in steps {
            place_now += step;
            let road = if pit { Road::PitLane } else { Road::Track };
            outline.note(f64::rem_euclid(place_now, 1.0), circle(place_now, radius), road);
        }
        outline.at(lap_position);
        prop_assert!(outline.points().iter().flatten().all(|value| value.is_finite()));
        prop_assert!(outline.length_m().unwrap().is_finite());
    }
}
