//! Lap counts, lap times and validity that are late, early or missing, or belong to another session.

mod common;

use std::collections::BTreeSet;

use acevo_shared_memory::ACEvoStatus;
use acevo_simulator::{AbortReason, CarModel, LapKind, LapRecord, Scenario, Truth, TruthEventKind};
use common::{CLASSES, Shot, frame_at, reset_frame, shots, step_until, with};

const LIVE: i32 = 2;

/// Number of frames after the timer's reset until the counter, the last lap time and npos follow.
fn delays(shots: &[Shot], lap: &LapRecord) -> Option<[usize; 3]> {
    let reset = reset_frame(shots, lap);
    let rest = &shots[reset..];
    let before = shots[reset - 1];
    Some([
        rest.iter().position(|shot| shot.count != before.count)?,
        rest.iter().position(|shot| shot.last != before.last)?,
        rest.iter().position(|shot| shot.npos < 0.5)?,
    ])
}

#[test]
fn online_results_are_seconds_late_in_any_order() {
    let (mut orders, mut slowest) = (BTreeSet::new(), 0);
    for seed in 1..5 {
        let mut simulator = with(Scenario::Online, CarModel::Gt3, seed);
        step_until(&mut simulator, 30, |simulator, _| !simulator.static_data().track.as_str().is_empty());
        assert!(simulator.time().as_secs() >= 6, "names at {:?}", simulator.time());
        assert!(simulator.static_data().is_online);
        let shots = shots(&mut simulator);
        let laps = &simulator.truth().laps;
        for lap in &laps[..laps.len() - 1] {
            let delays = delays(&shots, lap).expect("all values follow");
            let mut order = [0, 1, 2];
            order.sort_by_key(|&which| delays[which]);
            orders.insert(order);
            slowest = slowest.max(delays.into_iter().max().unwrap_or(0));
            assert!(delays.iter().all(|frames| (1..=480).contains(frames)), "{delays:?}");
        }
        // After the chequered flag no lap is valid, and the last frame of the last lap already shows that.
        let last = laps[laps.len() - 1];
        let line = reset_frame(&shots, &last);
        assert!(last.valid && shots[line - 2].valid && !shots[line - 1].valid && shots[line - 1].timer > 80_000);
    }
    assert!(orders.len() >= 4 && slowest > 400, "{orders:?}, {slowest} frames");
}

#[test]
fn validity_changes_before_or_after_the_timer() {
    let (mut early, mut late) = (BTreeSet::new(), BTreeSet::new());
    let mut simulator = with(Scenario::Validity, CarModel::Gt3, 1);
    let shots = shots(&mut simulator);
    let truth = simulator.truth();
    let laps = &truth.laps;
    for (index, lap) in laps.iter().enumerate() {
        let line = reset_frame(&shots, lap);
        let settled = shots[line + 6].valid;
        assert_eq!(shots[line - 2].valid, lap.valid, "{lap:?}");
        if index % 2 == 0 {
            assert_eq!((shots[line - 1].valid, shots[line].valid), (settled, settled), "{lap:?}");
            early.insert((lap.valid, settled));
        } else {
            assert_eq!((shots[line - 1].valid, shots[line].valid), (lap.valid, lap.valid), "{lap:?}");
            late.insert((lap.valid, settled));
        }
    }
    for change in [(true, false), (false, true)] {
        assert!(early.contains(&change) && late.contains(&change), "{change:?}: {early:?}, {late:?}");
    }
    let invalid: Vec<f64> =
        truth.events.iter().filter(|event| event.kind == TruthEventKind::Invalidated).map(|event| event.npos).collect();
    assert_eq!(invalid.len(), laps.iter().filter(|lap| !lap.valid).count());
    let last_metres = 1.0 - 30.0 / f64::from(simulator.static_data().track_length_m);
    let count = |range: std::ops::Range<f64>| invalid.iter().filter(|&npos| range.contains(npos)).count();
    let counts = [0.0..0.001, 0.04..0.10, 0.4..0.6, last_metres..1.0].map(count);
    assert_eq!(counts, [2, 1, 1, 2], "{invalid:?}");
}

#[test]
fn identical_laps_do_not_change_the_last_time() {
    for (seed, car) in CLASSES.into_iter().enumerate() {
        let mut simulator = with(Scenario::Twins, car, seed as u64 + 1);
        let shots = shots(&mut simulator);
        let mut twins = 0;
        for pair in simulator.truth().laps.windows(2) {
            if pair[0].time_ms != pair[1].time_ms {
                continue;
            }
            twins += 1;
            let line = frame_at(&shots, pair[1].finished_step);
            let counted = shots[line..].iter().position(|shot| shot.count == pair[1].number as i32);
            assert!(counted.is_some_and(|frames| frames < 120), "the lap is counted");
            assert!(shots[line - 60..line + 180].iter().all(|shot| shot.last == pair[0].time_ms));
        }
        assert!(twins >= 1, "{car}: {:?}", simulator.truth().laps);
    }
}

/// Three sessions as seen by a reader.
struct Sessions {
    /// All frames outside of the menu.
    shots: Vec<Shot>,
    /// Index of the first frame of each session.
    starts: Vec<usize>,
    /// Car and layout.
    names: Vec<(String, String)>,
    truth: Truth,
}

fn three_sessions(scenario: Scenario) -> Sessions {
    let mut simulator = with(scenario, CarModel::Gt3, 4);
    let (mut shots, mut starts, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut session = None;
    step_until(&mut simulator, 1500, |simulator, changed| {
        let page = simulator.graphics();
        if changed.graphics && page.status != ACEvoStatus::Off.value() {
            let id = simulator.static_data().session_id;
            if session != Some(id) {
                session = Some(id);
                starts.push(shots.len());
            }
            shots.push(Shot::of(simulator));
            if page.car_model.as_str() != "car_placeholder" {
                names.push((
                    page.car_model.as_str().to_owned(),
                    simulator.static_data().track_configuration.as_str().to_owned(),
                ));
            }
        }
        simulator.is_finished()
    });
    names.dedup();
    assert_eq!((starts.len(), names.len()), (3, 3));
    Sessions { shots, starts, names, truth: simulator.truth().clone() }
}

#[test]
fn old_times_remain_after_a_change_of_car_or_layout() {
    for scenario in [Scenario::CarChange, Scenario::TrackChange] {
        let Sessions { shots, starts, names, truth } = three_sessions(scenario);
        if scenario == Scenario::CarChange {
            assert!(names[0].0 != names[1].0 && names[0].0 == names[2].0, "{names:?}");
            assert!(names.iter().all(|name| name.1 == names[0].1));
        } else {
            assert!(names.iter().all(|name| name.0 == names[0].0), "{names:?}");
            assert_eq!(names.iter().map(|name| &name.1).collect::<BTreeSet<_>>().len(), 3, "{names:?}");
        }
        assert_eq!(
            (truth.aborted[0].reason, truth.aborted[0].number),
            (AbortReason::SessionEnd, 3),
            "left in the middle of a lap"
        );
        assert!(truth.aborted[0].elapsed_ms > 10_000);
        let lap = |session, number| {
            truth.laps.iter().find(|lap| (lap.session, lap.number) == (session, number)).expect("it was driven")
        };

        let second = &shots[starts[1]..starts[2]];
        assert_eq!((second[0].physics_packet, second[0].count, second[0].timer), (1, 0, 0));
        let old = lap(0, 2).time_ms;
        let removed = second.iter().position(|shot| shot.last != old).expect("the old time is removed");
        assert!((19 * 60..=21 * 60).contains(&removed), "{removed} frames");
        assert!([0, i32::MAX].contains(&second[removed].last));

        let third = &shots[starts[2]..];
        assert_eq!((third[0].count, third[0].timer), (0, 0));
        let before = shots[starts[2] - 1];
        // The last frame before the menu is up to six steps older than the end.
        assert!((1..=7).contains(&(third[0].physics_packet - before.physics_packet)), "{before:?}");
        assert!(third[0].packet > before.packet);
        let first = lap(2, 1);
        let line = frame_at(third, first.finished_step);
        assert!(third[..line].iter().all(|shot| shot.last == lap(1, 2).time_ms), "all of the first lap");
        assert!(third[line..].iter().any(|shot| shot.last == first.time_ms));
    }
}

#[test]
fn phases_restart_laps_without_a_menu() {
    let mut simulator = with(Scenario::Phases, CarModel::Gt3, 2);
    let (mut phases, mut shots, mut written) = (Vec::new(), Vec::new(), 0);
    step_until(&mut simulator, 1500, |simulator, changed| {
        written += usize::from(changed.static_data);
        let page = simulator.graphics();
        if changed.graphics {
            if page.status == LIVE
                && phases.last().is_none_or(|(_, name)| name != page.session_state.phase_name.as_str())
            {
                phases.push((shots.len(), page.session_state.phase_name.as_str().to_owned()));
            }
            shots.push(Shot::of(simulator));
        }
        simulator.is_finished()
    });
    assert_eq!(written, 3, "the versions, the session, its names");
    let names: Vec<&str> = phases.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["Practice", "Qualifying", "Race"]);
    let live = &shots[phases[0].0..shots.len() - 1];
    assert!(live.iter().all(|shot| shot.status == LIVE), "no menu in between");
    assert!(live.windows(2).all(|pair| pair[1].packet == pair[0].packet + 1));
    for &(at, _) in &phases[1..] {
        let (before, after) = (shots[at - 1], shots[at]);
        assert!(before.timer > 3_000 && before.count > 0, "{before:?}");
        assert_eq!((after.timer, after.count, after.speed), (0, 0, 0.0));
        assert_eq!(after.last, before.last, "the old time remains for a moment");
        assert_ne!(shots[at + 4 * 60].last, before.last);
        assert!(after.physics_packet > before.physics_packet);
    }
    let truth = simulator.truth();
    let ends: Vec<AbortReason> = truth.aborted.iter().map(|lap| lap.reason).collect();
    assert_eq!(ends, [AbortReason::PhaseEnd, AbortReason::PhaseEnd, AbortReason::SessionEnd]);
    assert!(truth.aborted[0].elapsed_ms > 20_000, "practice ends in the middle of a lap");
    assert!(truth.laps.iter().all(|lap| lap.session == 0));
    let runs: Vec<(u32, u32)> = truth.laps.iter().map(|lap| (lap.run, lap.number)).collect();
    assert_eq!(runs, [(0, 1), (1, 1), (1, 2), (2, 1), (2, 2)]);
    assert_eq!(truth.laps[3].kind, LapKind::Flying, "from the grid");
}

#[test]
fn timed_race_ends_with_the_lap_in_which_its_time_is_up() {
    let mut simulator = with(Scenario::Sprint, CarModel::Road, 6);
    let mut left = i32::MAX;
    let (mut last_lap, mut chequered) = (None, None);
    step_until(&mut simulator, 600, |simulator, changed| {
        let page = simulator.graphics();
        if changed.graphics && page.status == LIVE {
            assert!(simulator.static_data().is_timed_race);
            assert_eq!(page.session_state.total_lap, 0);
            assert!(page.session_state.time_left_ms <= left);
            left = page.session_state.time_left_ms;
            if page.is_last_lap {
                last_lap.get_or_insert((left, page.current_lap_time_ms));
            }
            if page.session_state.end_session_flag != 0 {
                chequered.get_or_insert((left, page.current_lap_time_ms));
            }
        }
        simulator.is_finished()
    });
    assert!(
        matches!(last_lap, Some((0, timer)) if timer > 1000),
        "{last_lap:?}: the time is up in the middle of a lap"
    );
    assert!(
        matches!(chequered, Some((0, timer)) if timer > 100_000),
        "{chequered:?}: the flag comes before the timer's reset"
    );
    let laps = &simulator.truth().laps;
    let (end, before) = (laps[laps.len() - 1].finished_at_s, laps[laps.len() - 2].finished_at_s);
    assert!(end >= 240.0 && before < 240.0, "{before} s, {end} s");
}
