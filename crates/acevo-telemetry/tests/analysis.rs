//! Delta, fuel, stints, axes and outline of simulated drives.

use std::time::Duration;

use acevo_shared_memory::{ACEvoStatus, SPageFileGraphicEvo};
use acevo_simulator::{AccGOrder, CarModel, Scenario};
use acevo_telemetry::analysis::{Analysis, Context, Gaps, Reference, SessionEventKind, Settings};
use acevo_telemetry::personal::{CarAndTrack, PersonalBests, ReferenceLap};
use acevo_telemetry::{AxisEvidence, Frame, to_map};
use acevo_testkit::drive::{analysed, each_frame, each_frame_of, options};

#[test]
fn feed_is_deterministic() {
    let (_, first, events) = analysed(options(Scenario::Weekend, 5, 3));
    let (_, second, again) = analysed(options(Scenario::Weekend, 5, 3));
    assert_eq!(first.laps(), second.laps());
    assert_eq!(events, again);
    assert!(!events.is_empty());
}

#[test]
fn delta_ends_at_the_lap_time() {
    let mut analysis = Analysis::new(Settings::default());
    let (mut checked, mut seen) = (0, None);
    each_frame_of(options(Scenario::HotLaps, 4, 4), |at, frame, truth| {
        analysis.feed(at, frame);
        if analysis.current_lap().is_some_and(|lap| lap.lap_position.is_some_and(|lap_position| lap_position > 0.9995))
        {
            seen = analysis.delta().or(seen);
        }
        while let Some(event) = analysis.next_event() {
            let SessionEventKind::Lap(lap) = event.kind else { continue };
            if let Some(delta) = seen.take() {
                let time = f64::from(lap.time_ms.unwrap()) / 1000.0;
                let best = truth[..truth.len() - 1].iter().map(|lap| lap.time_ms).min().unwrap();
                assert!((delta.reference_s - f64::from(best) / 1000.0).abs() < 1e-4, "{delta:?}");
                assert!((delta.predicted_s - time).abs() < 0.02, "{delta:?} {time}");
                assert!((delta.seconds - (time - delta.reference_s)).abs() < 0.02, "{delta:?} {time}");
                checked += 1;
            }
        }
    });
    assert_eq!(checked, 3, "each lap but the first has a reference");
}

#[test]
fn delta_uses_the_last_lap_or_a_personal_best_as_reference() {
    let run = |bests: PersonalBests, reference: Reference| {
        let mut context = Context::default();
        context.personal_bests = bests;
        context.reference = reference;
        context.date = 1_700_000_000;
        let mut analysis = Analysis::with_context(Settings::default(), context);
        let (mut references, mut events) = (Vec::new(), Vec::new());
        each_frame(options(Scenario::HotLaps, 6, 3), |at, frame| {
            analysis.feed(at, frame);
            references.extend(analysis.delta().map(|delta| (delta.reference_s * 1000.0).round() as u32));
            events.extend(std::iter::from_fn(|| analysis.next_event()));
        });
        references.dedup();
        (analysis, references, events)
    };
    let (first, references, events) = run(PersonalBests::default(), Reference::Last);
    let times: Vec<u32> = first.laps().iter().filter_map(|lap| lap.time_ms).collect();
    assert_eq!(references, times[..references.len()]);
    let bests = |events: &[acevo_telemetry::analysis::SessionEvent]| {
        let best = |what: &SessionEventKind| matches!(what, SessionEventKind::PersonalBest { .. });
        events.iter().filter(|event| best(&event.kind)).count()
    };
    assert!(bests(&events) >= 1);
    let best = first.personal_best().unwrap();
    assert_eq!((best.date, Some(best.time_ms)), (1_700_000_000, times.iter().min().copied()));
    assert_eq!(best.game_version, "0.9.1+release.6");
    // The same drive again: nothing is better, and the personal best is known from the first metre.
    let (second, references, events) = run(first.personal_bests().clone(), Reference::Personal);
    assert_eq!((bests(&events), references), (0, vec![best.time_ms]));
    assert_eq!(second.personal_best(), first.personal_best());
}

#[test]
fn delta_is_to_the_chosen_lap_of_the_car_and_track_and_else_to_the_best_lap() {
    let drive = || options(Scenario::HotLaps, 6, 2);
    let mut car_and_track = CarAndTrack::default();
    each_frame(drive(), |_, frame| {
        let (session, car) = (&frame.static_data, frame.graphics.car_model());
        let [track, configuration, car] = [session.track(), session.track_configuration(), car].map(str::to_owned);
        // The menu has no car.
        if !car.is_empty() {
            car_and_track = CarAndTrack { track, configuration, car };
        }
    });
    let run = |car_and_track: &CarAndTrack| {
        let times: Vec<f64> = (0..=1000).map(|part| f64::from(part) * 0.09).collect();
        let mut lap = serde_json::to_value(car_and_track).unwrap();
        lap["time_ms"] = 90_000.into();
        lap["trace"] = times.into();
        let mut context = Context::default();
        context.reference_laps.insert(serde_json::from_value::<ReferenceLap>(lap).unwrap());
        let mut analysis = Analysis::with_context(Settings::default(), context);
        let mut references = Vec::new();
        each_frame(drive(), |at, frame| {
            analysis.feed(at, frame);
            references.extend(analysis.delta().map(|delta| (delta.reference_s * 1000.0).round() as u32));
        });
        references.dedup();
        (references, analysis.laps()[0].time_ms)
    };
    assert_eq!(run(&car_and_track).0, [90_000]);
    let (references, first_ms) = run(&CarAndTrack { track: "Elsewhere".to_owned(), ..car_and_track });
    assert_eq!(references.first().copied(), first_ms);
}

#[test]
fn stints_run_from_box_to_box() {
    let (simulator, analysis, events) = analysed(options(Scenario::Pits, 3, 6));
    let truth = simulator.truth();
    let begun = events.iter().filter(|event| matches!(event.kind, SessionEventKind::Stint { .. })).count();
    let stints: Vec<_> = analysis.stints().finished().chain([analysis.stints().current()]).collect();
    assert_eq!(stints.len(), begun + 1);
    for stint in stints {
        let laps: Vec<_> = truth.laps.iter().filter(|lap| lap.stint == stint.number).collect();
        assert_eq!(stint.laps as usize, laps.len(), "{stint:?}");
        let mean = laps.iter().map(|lap| f64::from(lap.time_ms) / 1000.0).sum::<f64>() / laps.len() as f64;
        if !laps.is_empty() {
            assert!((stint.lap_time_s.mean().unwrap() - mean).abs() < 1e-6);
        }
        let km = f64::from(simulator.static_data().track_length_m) / 1000.0 * stint.laps as f64;
        assert!((stint.distance_km - km).abs() < 0.3, "{} km of {km}", stint.distance_km);
        let core = stint.stats.tyre_core_c.fl;
        assert!(core.min() < core.mean() && core.mean() < core.max() && core.max() < Some(150.0), "{core:?}");
    }
}

#[test]
fn fuel_is_planned_after_the_first_lap() {
    for car in [CarModel::Gt3, CarModel::Electric] {
        let mut options = options(Scenario::Sprint, 2, 0);
        (options.laps, options.car) = (None, car);
        let mut analysis = Analysis::new(Settings::default());
        let mut plans = Vec::new();
        let level = |frame: &Frame| match car {
            CarModel::Electric => f64::from(frame.graphics.raw().kers_charge_perc),
            _ => f64::from(frame.graphics.raw().fuel_liter_current_quantity),
        };
        let mut flag = None;
        each_frame_of(options, |at, frame, truth| {
            analysis.feed(at, frame);
            if truth.len() == 1
                && plans.is_empty()
                && frame.graphics.raw().npos > 0.2
                && frame.graphics.raw().npos < 0.3
            {
                plans.push((*analysis.fuel().unwrap(), level(frame)));
            }
            if frame.graphics.flag() == acevo_shared_memory::ACEvoFlagType::CheckeredFlag && flag.is_none() {
                flag = Some(level(frame));
            }
        });
        let (plan, then) = plans[0];
        assert!(plan.per_lap.is_some() && !plan.is_estimate, "{plan:?}");
        // The plan has a margin of one lap.
        let used = then - flag.expect("it has ended");
        let needed = plan.needed.unwrap();
        let per_lap = plan.per_lap.unwrap();
        assert!(
            (needed - per_lap - used).abs() < 0.25 * per_lap,
            "{car}: {needed} planned, {used} used, {per_lap} a lap"
        );
    }
}

#[test]
fn feed_learns_axes_outline_and_gaps() {
    for order in [AccGOrder::Measured, AccGOrder::Documented] {
        let mut options = options(Scenario::Race, 2, 2);
        options.acc_g = order;
        let mut analysis = Analysis::new(Settings::default());
        let mut last = None;
        let simulator = each_frame(options, |at, frame| {
            analysis.feed(at, frame);
            if frame.graphics.status() == ACEvoStatus::Live {
                last = Some(*frame);
            }
        });
        let right = if order == AccGOrder::Measured { AxisEvidence::Measured } else { AxisEvidence::Documented };
        assert_eq!(analysis.axes().evidence(), right);
        assert!(analysis.axes().confidence() > 0.9);
        let length = f64::from(simulator.static_data().track_length_m);
        assert!((analysis.outline().length_m().unwrap() / length - 1.0).abs() < 0.02);
        let mut gaps = Gaps::default();
        gaps.update(&last.unwrap().graphics, analysis.outline());
        assert_eq!(gaps.cars().len(), 19);
        assert!(gaps.ahead().is_some() || gaps.behind().is_some());
    }
}

#[test]
fn outline_runs_clockwise_on_the_map_if_the_steering_was_more_to_the_right() {
    let mut analysis = Analysis::new(Settings::default());
    let mut turned = 0.0;
    each_frame(options(Scenario::HotLaps, 1, 2), |at, frame| {
        analysis.feed(at, frame);
        let physics = frame.physics.raw();
        turned += f64::from(physics.steerAngle) * f64::from(physics.speedKmh);
    });
    let way: Vec<_> = analysis.outline().points().iter().map(|[x, _, z]| to_map(*x, *z)).collect();
    let next = way.iter().cycle().skip(1);
    let area: f64 = way.iter().zip(next).map(|([x, y], [next_x, next_y])| next_x * y - x * next_y).sum();
    assert!(way.len() > 1000 && (area > 0.0) == (turned > 0.0), "{area} {turned}");
}

#[test]
fn axes_are_found_from_physics_pages_alone() {
    let mut options = options(Scenario::HotLaps, 1, 2);
    options.acc_g = AccGOrder::Documented;
    let mut analysis = Analysis::new(Settings::default());
    each_frame(options, |at, whole| {
        let nothing = SPageFileGraphicEvo::default();
        analysis.feed(at, &Frame::new(*whole.physics.raw(), nothing, *whole.static_data.raw()));
    });
    assert_eq!(analysis.axes().evidence(), AxisEvidence::Documented);
}

#[test]
fn axes_survive_sessions_and_replays() {
    for scenario in [Scenario::Weekend, Scenario::Replay] {
        let mut analysis = Analysis::new(Settings::default());
        let mut decided = false;
        each_frame(options(scenario, 1, 3), |at, frame| {
            analysis.feed(at, frame);
            let is_decided = analysis.axes().evidence() != AxisEvidence::Undecided;
            assert!(is_decided || !decided, "{scenario}: forgotten after {at:?}");
            decided |= is_decided;
        });
        assert!(decided, "{scenario}");
    }
}

#[test]
fn feed_allocates_nothing_while_a_lap_is_driven() {
    let mut analysis = Analysis::new(Settings::default());
    let mut frames: Vec<(Duration, Frame)> = Vec::new();
    each_frame_of(options(Scenario::HotLaps, 1, 3), |at, frame, truth| {
        // Ten seconds of the third lap, without its sector's end.
        let lap_position = frame.graphics.raw().npos;
        if truth.len() == 2 && lap_position > 0.1 && lap_position < 0.25 {
            frames.push((at, *frame));
        } else if frames.is_empty() {
            analysis.feed(at, frame);
            while analysis.next_event().is_some() {}
        }
    });
    assert!(frames.len() > 2000 && analysis.delta().is_some());
    let counted = allocation_counter::measure(|| {
        for (at, frame) in &frames {
            analysis.feed(*at, frame);
            assert!(analysis.next_event().is_none());
            std::hint::black_box((analysis.delta(), analysis.fuel(), analysis.axes()));
        }
    });
    assert_eq!(counted.count_total, 0);
}
