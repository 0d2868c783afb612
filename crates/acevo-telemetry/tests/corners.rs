//! Corners of the simulator's tracks, and mistakes in one of them, compared with the truth.

use std::sync::LazyLock;

use acevo_simulator::{CarModel, FaultRecord, Options, Scenario, Simulator, TrackCorner, TrackName};
use acevo_telemetry::analysis::{Analysis, Outline, Settings};
use acevo_telemetry::corners::{
    Corner, CornerLoss, Corners, Direction, LapCorners, advice, channels, compare, spreads,
};
use acevo_telemetry::traces::{LapSampler, LapTraces};

/// A drive with a mistake in each corner.
struct Drive {
    track: TrackName,
    outline: Outline,
    /// Lap 1 is the first one.
    laps: Vec<LapTraces>,
    faults: Vec<FaultRecord>,
    corners: Corners,
}

impl Drive {
    fn of(track: TrackName, car: CarModel, scenario: Scenario) -> Self {
        let mut options = Options::default();
        (options.track, options.car, options.scenario) = (track, car, scenario);
        options.laps = (scenario == Scenario::HotLaps).then_some(3);
        let mut simulator = Simulator::new(options);
        let (mut sampler, mut analysis) = (LapSampler::new(&channels()), Analysis::new(Settings::default()));
        let mut laps: Vec<LapTraces> = Vec::new();
        while !simulator.is_finished() {
            simulator.step();
            let frame = simulator.frame();
            analysis.feed(simulator.time(), &frame);
            while let Some(event) = analysis.next_event() {
                laps.extend(sampler.on_event(&event.kind));
            }
            sampler.on_frame(&frame, &analysis);
        }
        laps.retain(|lap| lap.counts);
        let outline = analysis.outline().clone();
        let corners = Corners::detect(&outline, &laps).expect("an outline");
        Self { track, outline, laps, faults: simulator.truth().faults.clone(), corners }
    }

    fn lap(&self, number: u32) -> LapCorners {
        LapCorners::new(&self.corners, self.laps.iter().find(|lap| lap.number == number).expect("the lap"))
    }

    fn faulty(track: TrackName) -> &'static Self {
        static DRIVEN: LazyLock<Vec<Drive>> = LazyLock::new(|| {
            TrackName::ALL.iter().map(|track| Drive::of(*track, CarModel::Gt3, Scenario::Faults)).collect()
        });
        DRIVEN.iter().find(|drive| drive.track == track).expect("a drive")
    }
}

/// Checks detected corners against those of the track.
fn assert_match(track: TrackName, car: CarModel, corners: &[Corner]) {
    let truth = track.corners();
    let metres = |position: f64| position * track.length_m();
    let list = |corner: &Corner| {
        let [start, apex, end] = [corner.start, corner.apex, corner.end].map(|at| metres(at).round());
        format!("{} {start} {apex} {end} {}", corner.number, corner.direction.name())
    };
    let found = corners.iter().map(list).collect::<Vec<_>>().join("\n");
    assert_eq!(corners.len(), truth.len(), "{track} {car}:\n{found}");
    for (corner, TrackCorner { number, start_m, apex_m, end_m, is_right, .. }) in corners.iter().zip(truth) {
        let what = format!("{track} {car}, corner {number}:\n{found}");
        assert_eq!((corner.number, corner.direction == Direction::Right), (*number, *is_right), "{what}");
        assert!((metres(corner.apex) - apex_m).abs() <= 50.0, "{what}");
        assert!((metres(corner.start) - start_m).abs() <= 40.0, "{what}");
        assert!((metres(corner.end) - end_m).abs() <= 40.0, "{what}");
    }
}

#[test]
fn corners_match_all_tracks_with_all_cars() {
    for (index, track) in TrackName::ALL.iter().enumerate() {
        for car in [CarModel::ALL[index], CarModel::ALL[index + 3]] {
            assert_match(*track, car, &Drive::of(*track, car, Scenario::HotLaps).corners.corners);
        }
    }
}

#[test]
fn corners_match_the_track_even_if_each_lap_has_a_mistake() {
    for track in TrackName::ALL {
        assert_match(*track, CarModel::Gt3, &Drive::faulty(*track).corners.corners);
    }
}

#[test]
fn detect_without_laps_finds_the_same_corners() {
    for track in TrackName::ALL {
        let drive = Drive::faulty(*track);
        let corners = Corners::detect(&drive.outline, &[]).expect("an outline");
        assert_match(*track, CarModel::Gt3, &corners.corners);
    }
}

#[test]
fn compare_ranks_the_corner_of_a_mistake_first_with_its_loss() {
    let mut wrong = Vec::new();
    for track in TrackName::ALL {
        let drive = Drive::faulty(*track);
        assert_eq!(drive.faults.len(), track.corners().len());
        let reference = drive.lap(2);
        for FaultRecord { lap, corner, kind, loss_ms, .. } in &drive.faults {
            let comparison = compare(&drive.lap(*lap), &reference);
            let lost_ms = |loss: &CornerLoss| loss.lost_s.expect("a loss") * 1000.0;
            let lost: Vec<_> = comparison.losses.iter().map(|loss| (loss.number, lost_ms(loss).round())).collect();
            let (first, second) = (&comparison.losses[0], &comparison.losses[1]);
            let is_right = first.number == *corner && (lost_ms(first) - f64::from(*loss_ms)).abs() <= 10.0;
            if !is_right || *loss_ms < 25 || lost_ms(second) > 12.0 {
                wrong.push(format!("{track}, {kind} in corner {corner} costs {loss_ms} ms: {lost:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn losses_of_all_corners_and_the_rest_add_up_to_the_difference_of_the_lap_times() {
    let drive = Drive::faulty(TrackName::Valdombra);
    let time_s = |number: u32| {
        let lap = drive.laps.iter().find(|lap| lap.number == number).unwrap();
        f64::from(lap.time_ms.unwrap()) / 1000.0
    };
    for FaultRecord { lap, .. } in &drive.faults {
        let comparison = compare(&drive.lap(*lap), &drive.lap(2));
        let corners: f64 = comparison.losses.iter().map(|loss| loss.lost_s.unwrap()).sum();
        assert!((corners + comparison.rest_s.unwrap() - comparison.total_s.unwrap()).abs() < 1e-9);
        assert!((comparison.total_s.unwrap() - (time_s(*lap) - time_s(2))).abs() < 1e-9);
    }
}

#[test]
fn figures_and_advice_show_the_mistake() {
    use acevo_simulator::FaultKind::{EarlyBraking, LateThrottle, SlowApex};
    for track in TrackName::ALL {
        let drive = Drive::faulty(*track);
        for FaultRecord { lap, corner, kind, loss_ms, .. } in &drive.faults {
            let comparison = compare(&drive.lap(*lap), &drive.lap(2));
            let loss: &CornerLoss = comparison.losses.iter().find(|loss| loss.number == *corner).unwrap();
            let (text, what) = (advice(loss), format!("{track} {kind} {loss:#?}"));
            assert!(text.contains(&format!("lose {:.2} s", loss.lost_s.unwrap())), "{text} {loss_ms}");
            match kind {
                EarlyBraking => {
                    assert!((15.0..35.0).contains(&loss.braking_earlier_m.expect("braking")), "{what}");
                    assert!(text.contains("you brake ") && text.contains(" m earlier"), "{text}");
                }
                SlowApex => {
                    assert!(loss.min_kmh.unwrap().min(loss.exit_kmh.unwrap()) < -2.0, "{what}");
                    assert!(text.contains(" speed is ") && text.contains(" lower"), "{text}");
                }
                LateThrottle => {
                    assert!(loss.exit_kmh.unwrap() < -1.0, "{what}");
                    assert!(text.contains("your exit speed is "), "{text}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn spreads_are_largest_in_the_corner_of_a_mistake() {
    let drive = Drive::faulty(TrackName::Valdombra);
    let fault = drive.faults.iter().max_by_key(|fault| fault.loss_ms).expect("a mistake");
    let spreads = spreads(&[drive.lap(2), drive.lap(fault.lap)]);
    let worst = spreads.iter().max_by(|a, b| a.time_s.unwrap().deviation.total_cmp(&b.time_s.unwrap().deviation));
    let (number, time) = worst.map(|worst| (worst.number, worst.time_s.unwrap())).unwrap();
    assert_eq!((number, time.laps), (fault.corner, 2));
    // Two values deviate from each other by the square root of two times the deviation.
    assert!((time.deviation * 2.0_f64.sqrt() - f64::from(fault.loss_ms) / 1000.0).abs() < 0.01, "{time:?}");
}
