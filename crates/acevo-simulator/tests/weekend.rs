//! The pages of a weekend, from the menu to the race.

mod common;

use std::collections::BTreeSet;

use acevo_shared_memory::{ACEvoCarLocation, ACEvoFlagType, ACEvoSessionType, ACEvoStatus};
use acevo_simulator::{LapKind, LapRecord, Scenario, Simulator};
use common::{RATE, simulator, step_until, with};

const NONE: i32 = i32::MAX;

fn status(simulator: &Simulator) -> i32 {
    simulator.graphics().status
}

#[test]
fn first_menu_writes_only_graphics_frames() {
    let mut simulator = simulator(Scenario::Weekend);
    for _ in 0..RATE {
        let changed = simulator.step();
        assert!(!changed.physics);
        assert_eq!(simulator.physics().packetId, 0);
        assert_eq!(status(&simulator), ACEvoStatus::Off.value());
    }
    assert!(simulator.graphics().packetId >= 59, "frames are drawn");
    step_until(&mut simulator, 2, |simulator, _| status(simulator) == ACEvoStatus::Live.value());
    assert_eq!(simulator.physics().packetId, 1);
}

#[test]
fn names_are_incomplete_for_the_first_seconds() {
    let mut simulator = simulator(Scenario::Weekend);
    step_until(&mut simulator, 3, |_, changed| changed.static_data && changed.physics);
    assert_eq!(simulator.static_data().track.as_str(), "");
    assert_eq!(simulator.graphics().car_model.as_str(), "car_placeholder");
    assert_eq!(simulator.static_data().session_name.as_str(), "Practice");
    let loaded = simulator.time();
    step_until(&mut simulator, 5, |_, changed| changed.static_data);
    assert!((simulator.time() - loaded).as_secs_f64() > 0.9);
    assert_eq!(simulator.static_data().track.as_str(), "Valdombra");
    assert_eq!(simulator.static_data().track_configuration.as_str(), "Gran Premio");
    step_until(&mut simulator, 1, |_, changed| changed.graphics);
    assert_eq!(simulator.graphics().car_model.as_str(), "Velocita GT3 R");
    assert!(!simulator.graphics().driver_name.as_str().is_ascii());
    assert_eq!(simulator.static_data().ac_evo_version.as_str().len(), 15, "without a terminating NUL");
}

#[test]
fn weekend_has_all_planned_events() {
    let mut simulator = simulator(Scenario::Weekend);
    let (mut locations, mut flags) = (BTreeSet::new(), BTreeSet::new());
    let (mut serviced, mut in_box, mut four_out, mut limited, mut refuelled) = (false, 0, false, false, 0.0);
    let mut fuel = 0.0;
    step_until(&mut simulator, 900, |simulator, changed| {
        let (physics, page) = (simulator.physics(), simulator.graphics());
        locations.insert(page.car_location);
        flags.insert(page.flag);
        if changed.graphics && status(simulator) == ACEvoStatus::Live.value() {
            serviced |= page.pit_info.tyres_lf == 1 && page.is_in_pit_box && physics.speedKmh == 0.0;
            in_box += usize::from(page.is_in_pit_box);
            assert!(!(page.is_in_pit_lane && page.is_valid_lap), "no valid laps in the pit lane");
        }
        refuelled += (physics.fuel - fuel).max(0.0);
        fuel = physics.fuel;
        four_out |= physics.numberOfTyresOut == 4;
        limited |= physics.pitLimiterOn == 1;
        if physics.pitLimiterOn == 1 {
            assert!(physics.speedKmh < 82.0, "{} km/h in the pit lane", physics.speedKmh);
        }
        simulator.static_data().session == ACEvoSessionType::Race.value() && page.total_lap_count == 1
    });
    for location in [
        ACEvoCarLocation::Unassigned,
        ACEvoCarLocation::Pitlane,
        ACEvoCarLocation::PitEntry,
        ACEvoCarLocation::PitExit,
        ACEvoCarLocation::Track,
    ] {
        assert!(locations.contains(&location.value()), "{location:?} is missing");
    }
    for flag in
        [ACEvoFlagType::NoFlag, ACEvoFlagType::YellowFlag, ACEvoFlagType::GreenFlag, ACEvoFlagType::CheckeredFlag]
    {
        assert!(flags.contains(&flag.value()), "{flag:?} is missing");
    }
    assert!(serviced && in_box > 600 && four_out && limited);
    // The initial level of the tank counts as an increase, too.
    assert!(refuelled > 55.0 + 5.0, "{refuelled} l in total");

    let practice: Vec<&LapRecord> = simulator.truth().laps.iter().filter(|lap| lap.session == 0).collect();
    let kinds: Vec<LapKind> = practice.iter().map(|lap| lap.kind).collect();
    use LapKind::{Flying, In, Out};
    assert_eq!(kinds, [Out, Flying, Flying, Flying, In, Out, Flying]);
    let valid: Vec<bool> = practice.iter().map(|lap| lap.valid).collect();
    assert_eq!(valid, [false, true, true, false, false, false, true]);
    let race: Vec<&LapRecord> = simulator.truth().laps.iter().filter(|lap| lap.session == 1).collect();
    assert_eq!((race.len(), race[0].number, race[0].kind), (1, 1, Flying));
}

/// A lap as seen by a reader of the graphics page.
#[derive(Debug)]
struct Seen {
    /// Number of frames after the timer's reset until the counter, the last lap time and npos followed.
    counter: usize,
    last: usize,
    npos: usize,
    /// The last timer value of the lap.
    timer: i32,
    number: i32,
    last_ms: i32,
}

/// Reads `laps` laps from the graphics frames.
fn read_laps(simulator: &mut Simulator, laps: usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut frame = 0;
    let (mut timer, mut counter, mut last, mut npos) = (0, 0, 0, 0.0f32);
    let mut reset: Option<(usize, i32)> = None;
    let mut follow: [Option<usize>; 3] = [None; 3];
    step_until(simulator, 130 * (laps + 1), |simulator, changed| {
        if !changed.graphics {
            return false;
        }
        frame += 1;
        let page = simulator.graphics();
        let now = page.current_lap_time_ms;
        if timer >= 5000 && now <= 1000 {
            reset = Some((frame, timer));
            follow = [None; 3];
        }
        let changes = [page.total_lap_count != counter, page.last_laptime_ms != last, page.npos < npos - 0.5];
        for (follow, changes) in follow.iter_mut().zip(changes) {
            if changes {
                *follow = Some(frame);
            }
        }
        (timer, counter, last, npos) = (now, page.total_lap_count, page.last_laptime_ms, page.npos);
        if let (Some((at, timer)), [Some(a), Some(b), Some(c)]) = (reset, follow) {
            seen.push(Seen { counter: a - at, last: b - at, npos: c - at, timer, number: counter, last_ms: last });
            reset = None;
            follow = [None; 3];
        }
        seen.len() == laps
    });
    seen
}

#[test]
fn lap_timer_resets_before_the_other_values_follow() {
    let mut delays = BTreeSet::new();
    for seed in 0..6 {
        let mut simulator = with(Scenario::HotLaps, acevo_simulator::CarModel::Gt3, seed);
        let seen = read_laps(&mut simulator, 2);
        for (seen, truth) in seen.iter().zip(&simulator.truth().laps) {
            assert!(seen.counter >= 1 && seen.last >= 1 && seen.npos >= 1, "{seen:?}");
            assert!(seen.counter <= 120 && seen.last <= 120 && seen.npos <= 120, "{seen:?}");
            assert_eq!((seen.number, seen.last_ms), (truth.number as i32, truth.time_ms));
            // The timer runs up to 20 ms past the lap's time.
            assert!((0..=20).contains(&(seen.timer - truth.time_ms)), "{seen:?}, true time {}", truth.time_ms);
            delays.insert((seen.counter, seen.last));
        }
    }
    assert!(delays.len() > 4, "the delays differ: {delays:?}");
}

#[test]
fn lap_and_sector_times_match_the_truth() {
    let mut options = acevo_simulator::Options::default();
    options.scenario = Scenario::HotLaps;
    options.laps = Some(3);
    let mut simulator = Simulator::new(options);
    let mut last_frame = *simulator.graphics();
    step_until(&mut simulator, 400, |simulator, _| {
        if status(simulator) == ACEvoStatus::Live.value() {
            last_frame = *simulator.graphics();
        }
        simulator.is_finished()
    });
    let laps = &simulator.truth().laps;
    assert_eq!(laps.len(), 3);
    for (index, lap) in laps.iter().enumerate() {
        assert_eq!((lap.number as usize, lap.valid, lap.kind), (index + 1, true, LapKind::Flying));
        assert_eq!(lap.sectors_ms.iter().sum::<i32>(), lap.time_ms);
        assert!(lap.sectors_ms.iter().all(|&ms| ms > 15_000));
    }
    for pair in laps.windows(2) {
        let between = (pair[1].finished_at_s - pair[0].finished_at_s) * 1000.0;
        assert!((between - f64::from(pair[1].time_ms)).abs() <= 0.5);
        assert_ne!(pair[0].time_ms, pair[1].time_ms, "laps differ");
    }
    assert_eq!(status(&simulator), ACEvoStatus::Off.value());
    let page = &last_frame;
    let best = laps.iter().map(|lap| lap.time_ms).min();
    assert_eq!(Some(page.best_laptime_ms), best);
    let time = format!("{:02}:{:06.3}", laps[2].time_ms / 60_000, f64::from(laps[2].time_ms % 60_000) / 1000.0);
    assert_eq!(page.timing_state.last_laptime.as_str(), time);
}

#[test]
fn missing_times_are_zero_and_the_maximum_online() {
    for (scenario, none) in [(Scenario::HotLaps, 0), (Scenario::Online, NONE)] {
        let mut simulator = with(scenario, acevo_simulator::CarModel::Gt3, 1);
        for _ in 0..25 * RATE {
            simulator.step();
        }
        let page = simulator.graphics();
        assert_eq!(page.delta_time_ms, NONE, "no lap to compare with");
        assert_eq!((page.last_laptime_ms, page.best_laptime_ms), (none, none));
        assert_eq!(page.timing_state.best_laptime.as_str(), "");
        let timer = page.current_lap_time_ms;
        assert!((60_000..100_000).contains(&(page.predicted_lap_time_ms - timer)), "the timer plus the rest of a lap");
    }
}

#[test]
fn delta_compares_with_the_best_lap() {
    let mut simulator = simulator(Scenario::HotLaps);
    step_until(&mut simulator, 220, |simulator, _| {
        let page = simulator.graphics();
        page.total_lap_count == 1 && page.npos > 0.97 && page.npos < 0.99
    });
    let page = simulator.graphics();
    let (delta, predicted) = (page.delta_time_ms, page.predicted_lap_time_ms);
    assert_eq!(predicted, page.best_laptime_ms + delta);
    step_until(&mut simulator, 10, |simulator, _| simulator.truth().laps.len() == 2);
    let laps = &simulator.truth().laps;
    let difference = laps[1].time_ms - laps[0].time_ms;
    assert!((delta - difference).abs() < 60, "{delta} ms shortly before the line, {difference} ms at it");
}

#[test]
fn new_session_restarts_the_counters() {
    let mut options = acevo_simulator::Options::default();
    options.laps = Some(1);
    let mut simulator = Simulator::new(options);
    let mut before = (0, 0);
    step_until(&mut simulator, 150, |simulator, changed| {
        let race = simulator.static_data().session == ACEvoSessionType::Race.value();
        if !race && status(simulator) == ACEvoStatus::Live.value() {
            before = (simulator.physics().packetId, simulator.graphics().last_laptime_ms);
        }
        race && changed.graphics
    });
    assert!(before.0 > 90 * RATE as i32 && simulator.physics().packetId == 1);
    assert_eq!(simulator.graphics().total_lap_count, 0);
    assert_eq!(simulator.graphics().last_laptime_ms, before.1, "the old time remains for a moment");
    assert_eq!(simulator.truth().laps[0].time_ms, before.1);
    step_until(&mut simulator, 5, |simulator, _| simulator.graphics().last_laptime_ms != before.1);
    assert!([0, NONE].contains(&simulator.graphics().last_laptime_ms));
    step_until(&mut simulator, 200, |simulator, _| simulator.is_finished());
    assert_eq!(simulator.truth().laps.len(), 2);
    let (time, changed) = (simulator.time(), simulator.step());
    assert_eq!((changed.physics, changed.graphics, changed.static_data), (false, false, false));
    assert!(simulator.time() > time);
}
