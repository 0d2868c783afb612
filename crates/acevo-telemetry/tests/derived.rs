//! Delta, fuel, outline and gaps on simulated laps, whose truth is known.

use std::time::Duration;

use acevo_shared_memory::{ACEvoStatus, CarId, Frame};
use acevo_simulator::{CarModel, Options, Scenario, Simulator};
use acevo_telemetry::analysis::{Consumption, FuelNow, Gaps, Outline, Race, RaceEnd, Road, Trace, TraceRecorder};

fn simulator(scenario: Scenario, car: CarModel, laps: u32) -> Simulator {
    let mut options = Options::default();
    options.scenario = scenario;
    options.car = car;
    options.laps = Some(laps);
    Simulator::new(options)
}

fn is_live(simulator: &Simulator) -> bool {
    simulator.graphics().status == ACEvoStatus::Live.value()
}

/// Every live graphics frame until the last session ends, or a number of laps is driven.
fn drive(simulator: &mut Simulator, laps: usize, mut each: impl FnMut(Duration, &Frame, &Simulator)) {
    while !simulator.is_finished() && simulator.truth().laps.len() < laps {
        if simulator.step().graphics && is_live(simulator) {
            each(simulator.time(), &simulator.frame(), simulator);
        }
    }
}

fn lap_position(frame: &Frame) -> f64 {
    f64::from(frame.graphics.raw().npos).rem_euclid(1.0)
}

fn elapsed(frame: &Frame) -> f64 {
    f64::from(frame.graphics.raw().current_lap_time_ms) / 1000.0
}

fn position(frame: &Frame) -> [f64; 3] {
    frame.graphics.player_car().unwrap().coordinates.map(f64::from)
}

/// The trace of a lap, with its samples.
type Lap = (Trace, Vec<(f64, f64)>);

#[test]
fn delta_is_right_to_the_millisecond() {
    for (car, every) in [(CarModel::Gt3, 2), (CarModel::Road, 1)] {
        let mut simulator = simulator(Scenario::HotLaps, car, 3);
        let mut recorder = TraceRecorder::default();
        let (mut notes, mut laps) = (Vec::new(), Vec::<Lap>::new());
        let (mut ended, mut before) = (0, 0.0);
        drive(&mut simulator, usize::MAX, |_, frame, simulator| {
            // The timer runs past the lap's time; the lap begins with it.
            let truth = &simulator.truth().laps;
            if std::mem::replace(&mut before, elapsed(frame)) > elapsed(frame) && truth.len() > ended {
                ended = truth.len();
                if let Some(trace) = recorder.finish(f64::from(truth[ended - 1].time_ms) / 1000.0) {
                    laps.push((trace, std::mem::take(&mut notes)));
                }
                recorder.begin();
                notes.clear();
            }
            if truth.len() > ended {
                return;
            }
            notes.push((lap_position(frame), elapsed(frame)));
            if notes.len() % every == 0 {
                recorder.note(lap_position(frame), elapsed(frame));
            }
        });
        assert_eq!(laps.len(), 2, "the first one began before the line");
        for (trace, notes) in &laps {
            // The game's timer has whole milliseconds.
            for (lap_position, elapsed) in notes {
                let delta = trace.delta(*lap_position, *elapsed).unwrap();
                assert!(delta.abs() < 2.5e-3, "{car:?}: {delta} s at {lap_position}");
            }
        }
        let (reference, (other, notes)) = (&laps[0].0, &laps[1]);
        let (lap_position, elapsed) = *notes.last().unwrap();
        let delta = reference.delta(lap_position, elapsed).unwrap();
        assert!((delta - (other.time() - reference.time())).abs() < 5e-3, "{car:?}: {delta} s at the end");
    }
}

#[test]
fn fuel_to_the_flag_is_right_to_two_percent() {
    for car in [CarModel::Gt3, CarModel::Electric] {
        let mut simulator = simulator(Scenario::Race, car, 5);
        let mut consumption = Consumption::default();
        let (mut ended, mut before, mut middle, mut first, mut last) = (0, None, None, None, 0.0);
        drive(&mut simulator, usize::MAX, |_, frame, simulator| {
            let now = FuelNow::of(frame);
            consumption.note(now.amount, f64::from(frame.graphics.raw().current_km) * 1000.0);
            let truth = &simulator.truth().laps;
            if truth.len() > ended {
                ended = truth.len();
                // The first one had a standing start.
                if let Some(before) = before.replace(now.amount)
                    && ended > 1
                {
                    consumption.lap(before - now.amount, f64::from(truth[ended - 1].time_ms) / 1000.0);
                }
            }
            if ended == 0 && lap_position(frame) > 0.8 && first.is_none() && elapsed(frame) > 30.0 {
                first = Some((now.amount, consumption.plan(&now, Race::of(frame).as_ref())));
            }
            if ended == 2 && frame.graphics.raw().total_lap_count == 2 && lap_position(frame) > 0.3 && middle.is_none()
            {
                assert_eq!(Race::of(frame).unwrap().end, RaceEnd::Laps(3));
                middle = Some((now.amount, consumption.plan(&now, Race::of(frame).as_ref())));
            }
            if ended < 5 {
                last = now.amount;
            }
        });
        let ((amount, plan), (early_amount, early)) = (middle.unwrap(), first.unwrap());
        assert!(!plan.is_estimate && (plan.laps_to_finish.unwrap() - 2.7).abs() < 0.01, "{plan:?}");
        let ratio = plan.needed.unwrap() / (amount - last);
        assert!((ratio - 1.0).abs() < 0.02, "{car:?}: {ratio} of what was used");
        let ratio = early.needed.unwrap() / (early_amount - last);
        assert!(early.is_estimate && (ratio - 1.0).abs() < 0.15, "{car:?}: {ratio} by distance");
    }
}

#[test]
fn race_of_a_session_without_laps_ends_by_time() {
    let mut options = Options::default();
    options.scenario = Scenario::Race;
    let mut simulator = Simulator::new(options);
    while !is_live(&simulator) {
        simulator.step();
    }
    assert!(
        matches!(Race::of(&simulator.frame()).unwrap().end, RaceEnd::Time(left) if (1_100.0..=1_200.0).contains(&left))
    );
}

#[test]
fn outline_learns_track_and_pit_lane_and_gaps_find_the_other_cars() {
    let mut simulator = simulator(Scenario::Weekend, CarModel::Gt3, 6);
    let (mut outline, mut gaps) = (Outline::default(), Gaps::default());
    let (mut seen_in_pits, mut on_track, mut checked, mut leaps) = (0, 0, 0, 0);
    let mut before: Vec<(CarId, f64)> = Vec::new();
    drive(&mut simulator, 7, |_, frame, _| {
        let length = frame.static_data.track_length().map(f64::from);
        outline.set_track(frame.static_data.track(), frame.static_data.track_configuration(), length);
        if let Some(road) = Road::of(frame) {
            outline.note(lap_position(frame), position(frame), road);
        }
        gaps.update(&frame.graphics, &outline);
        if outline.laps() < 2 {
            assert!(outline.is_known() || gaps.cars().is_empty());
            return;
        }
        let (here, lap) = (outline.project(position(frame)).unwrap(), outline.track_length_m().unwrap());
        let error = (here.lap_position - lap_position(frame) + 0.5).rem_euclid(1.0) - 0.5;
        assert!(error.abs() * lap < 12.0, "{} m at {}", error * lap, lap_position(frame));
        assert!(gaps.cars().len() == 19 && gaps.cars().is_sorted_by(|a, b| a.gap_m >= b.gap_m));
        if outline.pit_lane().is_some() {
            seen_in_pits = seen_in_pits.max(gaps.cars().iter().filter(|car| car.is_in_pit_lane).count());
            on_track = on_track.max(gaps.cars().iter().filter(|car| !car.is_in_pit_lane).count());
        }
        for car in gaps.cars() {
            if let Some((_, gap)) = before.iter().find(|(id, _)| *id == car.id) {
                let step = (car.gap_m - gap + lap / 2.0).rem_euclid(lap) - lap / 2.0;
                // Where the track comes near itself, or a car leaves its line, the nearest place moves faster than the car.
                checked += 1;
                leaps += usize::from(step.abs() > 6.0);
                assert!(step.abs() < 40.0 || has_begun(frame), "a leap of {step} m");
            }
        }
        before.clear();
        before.extend(gaps.cars().iter().map(|car| (car.id, car.gap_m)));
        assert!(gaps.ahead().is_none_or(|car| car.gap_m > 0.0) && gaps.behind().is_none_or(|car| car.gap_m <= 0.0));
    });
    let (own, game) = (outline.length_m().unwrap(), outline.track_length_m().unwrap());
    assert!((own / game - 1.0).abs() < 0.02, "{own} m driven, {game} m by the game");
    let pit_lane = outline.pit_lane().unwrap();
    let (entry, exit) = (pit_lane.entry.unwrap() * game - game, pit_lane.exit.unwrap() * game);
    assert!((entry + 370.0).abs() < 5.0 && (exit - 370.0).abs() < 5.0, "from {entry} to {exit} m");
    // Every fifth of the others has parked in practice.
    assert!((3..=6).contains(&seen_in_pits) && on_track == 19, "{seen_in_pits} in the pits, {on_track} on the track");
    assert!(checked > 100_000 && leaps * 1000 < checked, "{leaps} leaps of {checked} steps");
}

/// A new session moves all cars.
fn has_begun(frame: &Frame) -> bool {
    frame.graphics.packet_id() < 10
}

#[test]
fn notes_allocate_nothing_between_laps() {
    let mut simulator = simulator(Scenario::Weekend, CarModel::Gt3, 2);
    let mut frames = Vec::new();
    drive(&mut simulator, 3, |at, frame, _| frames.push((at, *frame)));
    let (mut outline, mut gaps, mut recorder) = (Outline::default(), Gaps::default(), TraceRecorder::default());
    let mut consumption = Consumption::default();
    let mut trace = None;
    for (_, frame) in &frames {
        outline.set_track("Ring", "", None);
        outline.note(lap_position(frame), position(frame), Road::of(frame).unwrap_or(Road::Track));
        gaps.update(&frame.graphics, &outline);
    }
    recorder.begin();
    for second in 1..200 {
        recorder.note(f64::from(second) / 200.0, f64::from(second) * 0.45);
    }
    trace.get_or_insert_with(|| recorder.finish(90.0).unwrap());
    assert!(outline.is_known());
    let counted = allocation_counter::measure(|| {
        recorder.begin();
        for (_, frame) in &frames {
            let lap_position = lap_position(frame);
            recorder.note(lap_position, elapsed(frame));
            std::hint::black_box(trace.as_ref().unwrap().delta(lap_position, elapsed(frame)));
            outline.set_track("Ring", "", None);
            outline.note(lap_position, position(frame), Road::Track);
            gaps.update(&frame.graphics, &outline);
            consumption.note(1.0, 2.0);
            std::hint::black_box(consumption.plan(&FuelNow::of(frame), Race::of(frame).as_ref()));
        }
    });
    assert_eq!(counted.count_total, 0);
}
