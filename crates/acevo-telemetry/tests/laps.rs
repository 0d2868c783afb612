//! Laps compared with the truth of the simulator.

use acevo_simulator::{
    AbortReason, AbortedLap, BoxReturn, CarModel, GameVersion, LapRecord, Options, PauseStyle, Scenario, Simulator,
};
use acevo_telemetry::analysis::{Incomplete, Lap, LapKind, Validity};
use acevo_testkit::drive::{analysed, options, seeds};

fn kind(lap: &LapRecord) -> LapKind {
    match lap.kind {
        acevo_simulator::LapKind::Flying if lap.through_pits => LapKind::Pit,
        acevo_simulator::LapKind::Flying => LapKind::Flying,
        acevo_simulator::LapKind::Out => LapKind::Out,
        acevo_simulator::LapKind::In => LapKind::In,
        _ => LapKind::Pit,
    }
}

/// A lap in a few words, for messages.
fn short(lap: &Lap) -> String {
    let Lap { session, number, stint, kind, incomplete, time_ms, measured_ms, validity, sectors_ms, .. } = lap;
    let fuel = lap.fuel_used_l;
    format!(
        "session {session} lap {number} stint {stint} {kind} {incomplete:?} {time_ms:?} measured {measured_ms:?} {validity:?} \
         {sectors_ms:?} {fuel:?} l"
    )
}

/// The page has shown its time. The last lap of a session that takes as long as the one before cannot always be distinguished from it
/// before the session is over; then it may be marked.
fn is_published(lap: &LapRecord, all: &[LapRecord], found: &[Lap]) -> bool {
    let is_twin =
        all.last() == Some(lap) && all.iter().rev().nth(1).is_some_and(|before| before.time_ms == lap.time_ms);
    let is_found = || found.iter().any(|found| found.number == lap.number && found.incomplete.is_none());
    lap.published && (!is_twin || is_found())
}

/// Checks that every lap of the truth is found, in order and to the millisecond. Sectors may differ by `slack` milliseconds.
fn assert_true(laps: &[Lap], simulator: &Simulator, slack: u32, what: &str) {
    let truth = simulator.truth();
    let all = || laps.iter().map(short).collect::<Vec<_>>().join("\n");
    let published: Vec<&LapRecord> = truth.laps.iter().filter(|lap| is_published(lap, &truth.laps, laps)).collect();
    let complete: Vec<&Lap> = laps.iter().filter(|lap| lap.incomplete.is_none()).collect();
    assert_eq!(complete.len(), published.len(), "{what}:\n{}\n{published:?}", all());
    let (mut is_off, mut laps_off) = (false, 0);
    for (lap, truth) in complete.iter().zip(&published) {
        let which = format!("{what}: {}\n{truth:?}", short(lap));
        assert_eq!(lap.time_ms, Some(truth.time_ms as u32), "{which}");
        assert_eq!((lap.number, lap.stint), (truth.number, truth.stint), "{which}");
        assert_eq!(lap.kind, kind(truth), "{which}");
        let validity = if truth.valid { lap.validity == Validity::Valid } else { lap.validity.is_invalid() };
        assert!(validity, "{which}");
        let sum = lap.sectors_ms.iter().try_fold(0, |sum, sector| sector.map(|ms| sum + ms));
        assert_eq!(sum, lap.time_ms, "{which}");
        for (sector, right) in lap.sectors_ms.iter().zip(truth.sectors_ms) {
            // The page has the lap position in 24 bits: about 4 us. Now and then that rounds to the next millisecond.
            assert!(sector.unwrap().abs_diff(right as u32) <= 1 + slack, "{which}");
            is_off |= slack == 0 && *sector != Some(right as u32);
        }
        laps_off += usize::from(std::mem::take(&mut is_off));
        let fuel = lap.fuel_used_l.expect("seen whole");
        // Fuel that an idling engine burns during refuelling is not measured.
        let hidden = if lap.fuel_added_l > Some(0.0) { 0.01 } else { 0.005 };
        // Neither is fuel burned in the box while another car is watched.
        let hidden = if truth.returned_ms.is_some() { 0.06 } else { hidden };
        assert!((fuel - truth.fuel_used_l).abs() < hidden, "{which}");
        assert!(lap.measured_ms.unwrap().abs_diff(truth.time_ms as u32) <= 1 + slack, "{which}");
    }
    assert!(laps_off <= 1 + complete.len() / 20, "{what}: {laps_off} laps with sectors that are off");
    let untold = truth
        .laps
        .iter()
        .filter(|lap| !is_published(lap, &truth.laps, laps))
        .map(|lap| (lap.number, Incomplete::Unconfirmed));
    // Driving after the flag, until the session ends, may count as the beginning of a lap or not.
    let (after_flag, aborted): (Vec<_>, Vec<_>) = truth
        .aborted
        .iter()
        .filter(|lap| lap.elapsed_ms > 1100)
        .map(|lap| (lap.number, why(lap), lap.elapsed_ms))
        .partition(|(_, why, elapsed_ms)| *why == Incomplete::SessionEnded && *elapsed_ms < 9000);
    let aborted = aborted.into_iter().map(|(number, why, _)| (number, why));
    let mut expected: Vec<_> = untold.chain(aborted).collect();
    // At the end of the last session the game ends.
    let last = |why| if why == Incomplete::Interrupted { Incomplete::SessionEnded } else { why };
    let mut broken: Vec<_> = laps.iter().filter_map(|lap| Some((lap.number, last(lap.incomplete?)))).collect();
    for (number, ..) in after_flag {
        // Without the phase name of the real game the timer that is reset after the flag looks like a restart.
        for lap in [(number, Incomplete::SessionEnded), (number, Incomplete::Restarted)] {
            let count = |laps: &[(u32, Incomplete)]| laps.iter().filter(|other| **other == lap).count();
            if count(&broken) > count(&expected) {
                broken.remove(broken.iter().position(|other| *other == lap).unwrap());
                break;
            }
        }
    }
    let order = |one: &(u32, Incomplete)| (one.0, format!("{:?}", one.1));
    expected.sort_by_key(order);
    broken.sort_by_key(order);
    assert_eq!(broken, expected, "{what}: {:?}\n{}", truth.aborted, all());
    // Sessions of the engine are the runs of the truth.
    let runs = |laps: Vec<(u32, u32)>| laps.chunk_by(|a, b| a == b).map(<[_]>::len).collect::<Vec<_>>();
    let right = runs(published.iter().map(|lap| (lap.session, lap.run)).collect());
    let mine = runs(complete.iter().map(|lap| (lap.session, 0)).collect());
    assert_eq!(mine, right, "{what}: sessions\n{}", all());
}

fn why(lap: &AbortedLap) -> Incomplete {
    match lap.reason {
        AbortReason::Restart => Incomplete::Restarted,
        AbortReason::Garage => Incomplete::Returned,
        _ => Incomplete::SessionEnded,
    }
}

fn check(options: Options, slack: u32) {
    let what = format!("{}, {}, seed {}", options.scenario, options.car, options.seed);
    let (simulator, analysis, _) = analysed(options);
    assert_true(analysis.laps().clone().make_contiguous(), &simulator, slack, &what);
}

fn scenario(scenario: Scenario, laps: Option<u32>) -> impl Iterator<Item = Options> {
    seeds(1).map(move |seed| {
        let mut options = options(scenario, seed, 0);
        options.laps = laps;
        options
    })
}

#[test]
fn laps_are_true_in_hot_laps() {
    scenario(Scenario::HotLaps, Some(4)).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_in_a_weekend() {
    scenario(Scenario::Weekend, Some(7)).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_pit_stops() {
    scenario(Scenario::Pits, Some(4)).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_pauses() {
    scenario(Scenario::Pause, Some(3)).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_in_a_race() {
    scenario(Scenario::Race, Some(2)).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_restarts() {
    scenario(Scenario::Restart, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_returns_to_the_box() {
    scenario(Scenario::Garage, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_replays() {
    scenario(Scenario::Replay, None).for_each(|options| check(options, 1));
}

#[test]
fn laps_are_true_with_late_numbers() {
    scenario(Scenario::Online, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_early_or_late_validity() {
    scenario(Scenario::Validity, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_after_a_change_of_car() {
    scenario(Scenario::CarChange, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_after_a_change_of_layout() {
    scenario(Scenario::TrackChange, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_across_phases() {
    scenario(Scenario::Phases, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_drive_throughs() {
    scenario(Scenario::DriveThrough, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_equal_lap_times() {
    // The simulator rounds these times to 10 ms; the sectors that are measured are not.
    scenario(Scenario::Twins, None).for_each(|options| check(options, 6));
}

#[test]
fn laps_are_true_in_a_timed_race() {
    scenario(Scenario::Sprint, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_incidents() {
    scenario(Scenario::Incidents, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_every_car() {
    for car in [CarModel::Road, CarModel::Electric] {
        for mut options in scenario(Scenario::Weekend, Some(3)) {
            options.car = car;
            check(options, 0);
        }
    }
}

#[test]
fn laps_are_true_with_pauses_of_any_length_anywhere() {
    scenario(Scenario::Pauses, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_pauses_without_pages() {
    for mut options in scenario(Scenario::Pause, Some(3)) {
        options.pause = PauseStyle::Still;
        check(options, 0);
    }
}

#[test]
fn laps_are_true_with_returns_to_the_box_from_anywhere() {
    scenario(Scenario::Teleports, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_returns_that_reset_the_timer() {
    for scenario_name in [Scenario::Garage, Scenario::Teleports] {
        for mut options in scenario(scenario_name, None) {
            options.box_return = BoxReturn::TimerResets;
            check(options, 0);
        }
    }
}

#[test]
fn laps_are_true_with_boxes_before_and_after_the_line() {
    scenario(Scenario::Boxes, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_still_menus() {
    scenario(Scenario::Menus, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_short_menus() {
    scenario(Scenario::Bounces, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_at_the_end_of_races() {
    scenario(Scenario::RaceEnd, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_while_another_car_is_watched() {
    scenario(Scenario::Spectate, None).for_each(|options| check(options, 0));
}

#[test]
fn laps_are_true_with_counters_of_another_version() {
    for name in [Scenario::Weekend, Scenario::Garage, Scenario::RaceEnd] {
        for mut options in scenario(name, None) {
            options.game = GameVersion::V0_6;
            check(options, 0);
        }
    }
}
