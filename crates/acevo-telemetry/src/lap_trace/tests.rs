use proptest::prelude::*;

use super::*;

/// Time at a lap position of a lap of 90 s with a hairpin at a tenth of the speed of the straights.
fn lap(lap_position: f64) -> f64 {
    // The integral of 1 / speed, scaled.
    let slow = |x: f64| x + 0.12 * ((x - 0.6) / 0.02).atan();
    90.0 * (slow(lap_position) - slow(0.0)) / (slow(1.0) - slow(0.0))
}

/// Lap position after some seconds, by bisection.
fn position_after(seconds: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if lap(middle) < seconds { low = middle } else { high = middle }
    }
    low
}

fn recorded(rate: f64) -> Option<Trace> {
    let mut recorder = TraceRecorder::default();
    recorder.begin();
    for frame in 1..(90.0 * rate) as usize {
        let elapsed = frame as f64 / rate;
        recorder.note(position_after(elapsed), elapsed);
    }
    recorder.finish(90.0)
}

#[test]
fn time_at_is_right_to_the_millisecond() {
    for rate in [30.0, 60.0, 240.0] {
        let trace = recorded(rate).unwrap();
        assert_eq!(trace.time(), 90.0);
        for k in 0..=9973 {
            let lap_position = f64::from(k) / 9973.0;
            let error = trace.time_at(lap_position) - lap(lap_position);
            assert!(error.abs() < 1e-3, "{rate} Hz: {error} s at {lap_position}");
            assert!(trace.delta(lap_position, lap(lap_position) + 0.5).is_none_or(|delta| (delta - 0.5).abs() < 1e-3));
        }
    }
}

/// A lap at even speed at 60 Hz, with each sample changed or left out.
fn even(mut change: impl FnMut(usize, f64) -> Option<f64>) -> Option<Trace> {
    let mut recorder = TraceRecorder::default();
    recorder.begin();
    for frame in 1..6000 {
        if let Some(lap_position) = change(frame, frame as f64 / 6000.0) {
            recorder.note(lap_position, frame as f64 / 60.0);
        }
    }
    recorder.finish(100.0)
}

#[test]
fn note_bridges_short_gaps_only() {
    assert!(even(|_, lap_position| Some(lap_position)).is_some());
    let without =
        |hole: std::ops::Range<usize>| even(|frame, lap_position| (!hole.contains(&frame)).then_some(lap_position));
    let bridged = without(3000..3050).unwrap();
    assert!((bridged.time_at(0.504) - 50.4).abs() < 1e-3);
    for hole in [3000..3070, 0..70, 5930..6000, 0..6000] {
        assert_eq!(without(hole.clone()), None, "{hole:?}");
    }
}

#[test]
fn note_tolerates_small_reversals_only() {
    // Backwards by 0.8 % and forwards again, at the speed of the lap.
    let spin = |depth: f64| {
        even(move |frame, lap_position| {
            let back = 2.0 * (lap_position - 0.5).clamp(0.0, depth);
            Some(if frame < 5500 { lap_position - back } else { lap_position })
        })
    };
    assert!(spin(0.004).is_some());
    assert_eq!(spin(0.02), None);
    assert_eq!(
        even(|frame, lap_position| Some(if frame > 3000 { lap_position - 0.3 } else { lap_position })),
        None,
        "a leap"
    );
}

#[test]
fn note_continues_after_a_standstill() {
    let mut recorder = TraceRecorder::default();
    recorder.begin();
    let mut elapsed = 0.0;
    for frame in 1..6000 {
        elapsed = f64::from(frame) / 60.0 + if frame > 3000 { 10.0 } else { 0.0 };
        if frame == 3001 {
            for wait in 1..600 {
                recorder.note(0.5, 50.0 + f64::from(wait) / 60.0);
            }
        }
        recorder.note(f64::from(frame) / 6000.0, elapsed);
    }
    let trace = recorder.finish(elapsed + 1.0 / 60.0).unwrap();
    assert!((trace.time_at(0.499) - 49.9).abs() < 2e-3);
    assert!((trace.time_at(0.502) - 60.2).abs() < 2e-3);
    assert!((trace.time_at(0.5) - 50.0).abs() < 2e-3, "the first passage counts");
}

#[test]
fn delta_tolerates_a_position_that_lags_the_timer_at_the_line() {
    // The position shows the old lap for half a second, and the next one before the timer does.
    let late = even(|_, lap_position| Some((lap_position - 0.003).rem_euclid(1.0))).unwrap();
    assert!(late.time_at(0.5) > 50.0 && late.time() == 100.0);
    let early = even(|_, lap_position| Some((lap_position + 0.003).rem_euclid(1.0))).unwrap();
    assert!(early.time_at(0.5) < 50.0 && early.time() == 100.0);
    let delta = early.delta(0.999, 0.1).unwrap();
    // 0.4 s before the line by the reference, 0.1 s after it by the timer.
    assert!((delta - 0.5).abs() < 1e-3, "{delta}");
}

#[test]
fn note_tolerates_a_position_that_lags_the_timer_by_two_seconds() {
    let stuck =
        |frames: usize, at: f64| even(move |frame, lap_position| Some(if frame < frames { at } else { lap_position }));
    for at in [0.9997, 1.0] {
        for frames in [30, 115] {
            let trace = stuck(frames, at).unwrap();
            for k in 0..1000 {
                let lap_position = f64::from(k) / 1000.0;
                assert!(
                    (trace.time_at(lap_position) - lap_position * 100.0).abs() < 1e-3,
                    "{} s at {lap_position}",
                    trace.time_at(lap_position)
                );
            }
        }
        assert_eq!(stuck(160, at), None, "too long");
    }
    assert_eq!(stuck(100, 0.9), None, "that is no end of a lap");
}

#[test]
fn finish_needs_the_time_of_the_lap() {
    for time in [f64::NAN, f64::INFINITY, -1.0, 0.0, 90.0, 110.0, 1e300] {
        let mut recorder = TraceRecorder::default();
        recorder.begin();
        for frame in 1..6000 {
            recorder.note(f64::from(frame) / 6000.0, f64::from(frame) / 60.0);
        }
        assert_eq!(recorder.finish(time), None, "{time}");
        assert_eq!(recorder.finish(100.0), None, "a lap ends once");
    }
}

#[test]
fn reference_selects_the_lap() {
    let (best, last, stored) = (recorded(30.0).unwrap(), recorded(60.0).unwrap(), recorded(240.0).unwrap());
    assert_eq!(Reference::default().trace(Some(&best), Some(&last), None, None), Some(&best));
    assert_eq!(Reference::Best.trace(None, Some(&last), None, Some(&stored)), None);
    assert_eq!(Reference::Last.trace(Some(&best), Some(&last), None, None), Some(&last));
    assert_eq!(Reference::Personal.trace(Some(&best), Some(&last), Some(&stored), None), Some(&stored));
    assert_eq!(Reference::Chosen.trace(Some(&best), Some(&last), None, Some(&stored)), Some(&stored));
    assert_eq!(Reference::Stored(stored.clone()).trace(None, None, None, None), Some(&stored));
}

#[test]
fn trace_json_round_trip_rejects_other_arrays() {
    let trace = recorded(60.0).unwrap();
    let json = serde_json::to_string(&trace).unwrap();
    assert!(json.len() < 9000, "{}", json.len());
    assert_eq!(serde_json::from_str::<Trace>(&json).unwrap(), trace);
    let bent = |change: fn(&mut Vec<f32>)| {
        let mut times = trace.0.to_vec();
        change(&mut times);
        Trace::try_from(times)
    };
    assert!(bent(|_| ()).is_ok());
    assert!(bent(|times| times[500] = 0.0).is_err());
    assert!(bent(|times| times[500] = f32::NAN).is_err());
    assert!(bent(|times| times[0] = -1.0).is_err());
    assert!(bent(|times| times[1000] = f32::INFINITY).is_err());
    assert!(bent(|times| times.truncate(1000)).is_err());
    assert!(bent(Vec::clear).is_err());
    assert!(bent(|times| times.fill(0.0)).is_err());
}

proptest! {
    #[test]
    fn note_accepts_any_values(
        notes in prop::collection::vec((any::<f64>(), any::<f64>()), 0..100),
        small in prop::collection::vec((-0.02..0.02f64, -0.1..1.1f64), 0..400),
        time in any::<f64>(),
        at in any::<f64>(),
    ) {
        let mut recorder = TraceRecorder::default();
        recorder.begin();
        let (mut lap_position, mut elapsed) = (0.0, 0.0);
        for (step, wait) in small {
            (lap_position, elapsed) = (lap_position + step, elapsed + wait);
            recorder.note(lap_position, elapsed);
        }
        for trace in [recorder.clone().finish(time), recorder.clone().finish(elapsed)].into_iter().flatten() {
            let value = trace.time_at(at);
            prop_assert!(value >= 0.0 && value <= trace.time() + 1e-9);
            prop_assert!(trace.delta(at, time).is_none_or(|delta| !delta.is_nan()));
        }
        for (lap_position, elapsed) in notes {
            recorder.note(lap_position, elapsed);
        }
        recorder.finish(time);
    }

    #[test]
    fn time_at_is_monotone(steps in prop::collection::vec(0.0..2.0f32, PARTS), places in prop::collection::vec(0.0..1.0f64, 50)) {
        let mut times = vec![0.0];
        times.extend(steps.iter().scan(0.0, |sum, step| { *sum += step; Some(*sum) }));
        let trace = Trace::try_from(times).unwrap();
        for lap_position in places {
            prop_assert!(trace.time_at(lap_position) <= trace.time_at(lap_position + 1e-5) + 1e-9);
        }
    }
}
