//! Interruptions of a lap: restarts, returns to the box, and replays.

mod common;

use acevo_shared_memory::ACEvoStatus;
use acevo_simulator::{
    AbortReason, AbortedLap, BoxReturn, CarModel, LapKind, Options, Scenario, Simulator, Truth, TruthEventKind,
};
use common::{RATE, Shot, frame_at, shots, step_until, with};

const LIVE: i32 = 2;

/// The laps that were aborted for this reason.
fn aborted(truth: &Truth, reason: AbortReason) -> Vec<AbortedLap> {
    truth.aborted.iter().filter(|lap| lap.reason == reason).copied().collect()
}

/// Asserts that no graphics packet was skipped or repeated.
fn assert_counters_continue(shots: &[Shot]) {
    for pair in shots.windows(2) {
        assert_eq!(pair[1].packet, pair[0].packet + 1, "{pair:?}");
        assert!(pair[1].physics_packet >= pair[0].physics_packet, "{pair:?}");
    }
}

fn is_time(ms: i32) -> bool {
    ms > 0 && ms < i32::MAX
}

#[test]
fn restart_resets_the_session_except_for_counters_and_last_time() {
    for seed in 1..4 {
        let mut simulator = with(Scenario::Restart, CarModel::Gt3, seed);
        let shots = shots(&mut simulator);
        let truth = simulator.truth();
        assert_counters_continue(&shots);
        let restarts = aborted(truth, AbortReason::Restart);
        assert_eq!(restarts.len(), 5);
        for lap in &restarts {
            let frame = frame_at(&shots, lap.step);
            let (before, after) = (shots[frame - 1], shots[frame]);
            assert_eq!((before.status, after.status), (LIVE, LIVE));
            assert_eq!((after.timer, after.count), (0, 0), "{lap:?}");
            assert_eq!((after.last, after.best), (before.last, before.best), "{lap:?}");
            assert!((0.89..0.91).contains(&after.npos) && after.speed > 150.0, "{after:?}");
            assert!((after.fuel - shots[0].fuel).abs() < 0.01 && after.fuel > before.fuel, "{after:?}");
            // The timer starts again at the line.
            let line = shots[frame..].iter().find(|shot| shot.timer > 0).expect("the car continues");
            assert!(line.npos < 0.01 && (5..15).contains(&((line.step - lap.step) as usize / RATE)), "{line:?}");
        }
        assert_eq!((restarts[0].run, restarts[0].number), (0, 1), "on the first lap");
        assert!(!is_time(shots[frame_at(&shots, restarts[0].step)].last));
        assert!(restarts[1].number == 2 && restarts[1].elapsed_ms > 30_000, "on a later lap");
        assert!((5_001..6_000).contains(&restarts[3].elapsed_ms));

        // Shortly before the line: the timer fits the lap time that is still shown.
        let frame = frame_at(&shots, restarts[4].step) - 1;
        let (timer, last) = (shots[frame].timer, shots[frame].last);
        assert!(is_time(last) && (timer - last).abs() < 2000 && shots[frame].npos > 0.99, "{timer} {last}");

        // Shortly after a finish, whose lap time is never shown.
        assert!(restarts[2].elapsed_ms < 3_000);
        let lost = truth.laps.iter().find(|lap| !lap.published).expect("a lap whose time is never published");
        assert!(lost.finished_step + 3 * RATE as u64 > restarts[2].step);
        assert!(shots.iter().all(|shot| shot.last != lost.time_ms));
        let next = frame_at(&shots, truth.laps.iter().find(|lap| lap.run > lost.run).expect("more laps").finished_step);
        let counts = shots[frame_at(&shots, lost.finished_step)..next].iter().map(|shot| shot.count).max();
        assert_eq!(counts, Some(lost.number as i32 - 1), "the lap is not counted either");
    }
}

#[test]
fn restart_does_not_write_the_static_page() {
    let mut simulator = with(Scenario::Restart, CarModel::Road, 1);
    let mut written = 0;
    step_until(&mut simulator, 1500, |simulator, changed| {
        written += usize::from(changed.static_data);
        simulator.is_finished()
    });
    assert_eq!(written, 2, "when the session was loaded, and when its names were complete");
}

#[test]
fn return_to_the_box_aborts_the_lap_and_repeats_its_number() {
    for seed in 1..4 {
        let mut simulator = with(Scenario::Garage, CarModel::Gt3, seed);
        let shots = shots(&mut simulator);
        let truth = simulator.truth();
        let returns = aborted(truth, AbortReason::Garage);
        assert_eq!(returns.len(), 3);
        let mut statuses = Vec::new();
        for lap in &returns {
            // The status before the car is in its box.
            let live = frame_at(&shots, lap.step);
            let paused = shots[..live].iter().rev().take_while(|shot| shot.status != LIVE).count();
            let (before, after) = (shots[live - paused - 1], shots[live + 6]);
            statuses.push(if paused > 0 { shots[live - 1].status } else { shots[live + 1].status });
            if paused > 0 {
                assert!((120..140).contains(&paused), "{paused} frames in a pause of 2.2 s");
            }
            assert!(before.timer > 5_000 && before.speed > 30.0, "{before:?}");
            assert!(after.in_box && !after.valid, "{after:?}");
            // The timer continues, and the lap is not counted.
            assert!((0..250).contains(&(after.timer - before.timer)), "{before:?} {after:?}");
            assert_eq!((after.count, after.last), (before.count, before.last), "{lap:?}");
        }
        assert_eq!(statuses, [3, 0, 3], "PAUSE and OFF alternate");
        for lap in &returns[..2] {
            let next = truth.laps.iter().find(|next| next.finished_step > lap.step && next.number == lap.number);
            let next = next.expect("the number repeats");
            assert!(next.kind == LapKind::Out && next.stint > lap.stint && !next.valid, "{next:?}");
        }
        assert!(returns[2].began_in_pits, "the last one is from an out lap");
        // The counter increases by one, and only for completed laps.
        let live = &shots[..shots.len() - 1];
        let counts: Vec<i32> =
            live.windows(2).map(|pair| pair[1].count - pair[0].count).filter(|&by| by != 0).collect();
        assert_eq!(counts, vec![1; truth.laps.len()]);
    }
}

#[test]
fn return_to_the_box_resets_the_timer_as_an_option() {
    let mut options = Options::default();
    (options.scenario, options.box_return) = (Scenario::Garage, BoxReturn::TimerResets);
    let mut simulator = Simulator::new(options);
    let shots = shots(&mut simulator);
    for lap in aborted(simulator.truth(), AbortReason::Garage) {
        let left = frame_at(&shots, lap.step);
        let back = left + shots[left..].iter().skip(1).position(|shot| shot.status == LIVE).expect("LIVE again") + 1;
        let (before, after) = (shots[left - 1], shots[back + 1]);
        assert!(before.timer > 5_000 && after.in_box && !after.valid, "{before:?} {after:?}");
        assert_eq!((after.timer, after.count, after.last), (0, before.count, before.last), "{lap:?}");
        let settled = shots[back + 150];
        assert!((0.0..0.01).contains(&(before.fuel - settled.fuel)), "{} l, {} l", before.fuel, settled.fuel);
    }
    assert!(simulator.truth().laps.iter().all(|lap| lap.returned_ms.is_none()));
}

/// The steps in which the replays begin and end.
fn replays(simulator: &Simulator) -> Vec<(u64, u64)> {
    let steps = |on| {
        let all = &simulator.truth().events;
        all.iter().filter(move |event| event.kind == TruthEventKind::Replay(on)).map(|event| event.step)
    };
    steps(true).zip(steps(false)).collect()
}

#[test]
fn replay_shows_earlier_frames_and_changes_nothing() {
    for seed in 1..3 {
        let mut simulator = with(Scenario::Replay, CarModel::Gt3, seed);
        let shots = shots(&mut simulator);
        let truth = simulator.truth();
        assert_counters_continue(&shots);
        let replays = replays(&simulator);
        assert_eq!(replays.len(), 4);
        let mut moving = Vec::new();
        for (index, &(from, to)) in replays.iter().enumerate() {
            // The frame of the step in which it began was still live.
            let (first, after) = (frame_at(&shots, from + 1), frame_at(&shots, to));
            let before = shots[first - 1];
            let shown = &shots[first..after];
            assert!(shown.len() > 400 && shown.iter().all(|shot| shot.status == ACEvoStatus::Replay.value()));
            for shot in [shown[0], shown[shown.len() / 2]] {
                let original = shots[..first]
                    .iter()
                    .rfind(|live| live.position == shot.position && live.status == LIVE)
                    .expect("the frame has been shown before");
                assert_eq!((original.timer, original.count, original.last), (shot.timer, shot.count, shot.last));
                assert_eq!((original.npos, original.valid), (shot.npos, shot.valid));
                let back = (shot.step - original.step) as f64 / RATE as f64;
                assert!((19.9..20.1).contains(&back), "{back} s");
            }
            let packets = shots[after - 1].physics_packet - before.physics_packet;
            // The last live frame is up to six steps older than the replay.
            assert!(packets <= 6 || (packets as u64).abs_diff(to - from) <= 6, "{packets}");
            moving.push(packets > 6);
            // The session continues where it was interrupted.
            let on = shots[after];
            assert_eq!(on.status, LIVE);
            assert_eq!((on.count, on.last, on.best), (before.count, before.last, before.best));
            assert!((0..=20).contains(&(on.timer - before.timer)), "{} {}", before.timer, on.timer);
            assert!((before.fuel - on.fuel).abs() < 0.01);
            let moved: f32 = (0..3).map(|axis| (on.position[axis] - before.position[axis]).powi(2)).sum();
            assert!(moved.sqrt() < 2.0, "{} m", moved.sqrt());
            // The two replays after a finish show the finish again.
            let resets = shown.windows(2).filter(|pair| pair[0].timer > 5000 && pair[1].timer < 1000).count();
            assert_eq!(resets, usize::from(index >= 2), "replay {index}");
        }
        assert_eq!(moving, [false, true, false, true], "physics moves in every second replay");
        assert_eq!(truth.laps.len(), 4);
        assert!(truth.laps.iter().all(|lap| lap.published));
        assert!(replays[3].0 > truth.laps[3].finished_step, "the last replay is after the chequered flag");
    }
}
