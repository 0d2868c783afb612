//! The field against the truth of the simulator: laps, sectors, order and gaps of all cars, with and without the game's log.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use acevo_gamelog::{LogEvent, Parser};
use acevo_shared_memory::CarId;
use acevo_simulator::{CarTruth, LogStyle, Options, Scenario, Simulator, TrackName};
use acevo_telemetry::analysis::{Analysis, Outline, SectorKind, Settings};
use acevo_telemetry::field::{Field, FieldLap, Interval, LapSource, LogClockConfidence, Standing, Standings};

/// How the log reaches the field.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Log {
    None,
    /// After this many seconds.
    Late(f64),
}

fn options(seed: u64) -> Options {
    let mut options = Options::default();
    options.scenario = Scenario::Field;
    options.seed = seed;
    options.log = Some(LogStyle::default());
    options
}

fn id(car: &CarTruth) -> CarId {
    CarId(car.id.0[0], car.id.0[1])
}

/// The outlines of the tracks of a simulation, which a recording or a drive before has shown.
fn outlines(options: Options) -> Vec<Outline> {
    let mut analysis = Analysis::new(Settings::default());
    let mut simulator = Simulator::new(options);
    while !simulator.is_finished() && analysis.outline().laps() < 1 {
        simulator.step();
        analysis.feed(simulator.time(), &simulator.frame());
        while analysis.next_event().is_some() {}
    }
    assert!(analysis.outline().is_known());
    vec![analysis.outline().clone()]
}

/// How much less accurate a measured lap is that begins or ends in the pit lane.
const PIT_LANE_TOLERANCE: i32 = 45;

/// Drives a simulation. `on_frame` is called after each frame of graphics.
fn drive(options: Options, log: Log, on_frame: impl FnMut(&Simulator, &Field)) -> (Simulator, Field) {
    let (mut field, mut analysis) = (Field::new(), Analysis::new(Settings::default()));
    let simulator = drive_on(options, Duration::ZERO, log, (&mut field, &mut analysis), on_frame);
    (simulator, field)
}

/// Drives another simulation, whose clock begins at `start`.
fn drive_on(
    mut options: Options,
    start: Duration,
    log: Log,
    (field, analysis): (&mut Field, &mut Analysis),
    mut on_frame: impl FnMut(&Simulator, &Field),
) -> Simulator {
    field.know_outlines(outlines(options.clone()));
    options.log.iter_mut().for_each(|log| log.start_ms += start.as_millis() as u64);
    let mut simulator = Simulator::new(options);
    let mut parser = Parser::new();
    let mut waiting: VecDeque<(Duration, LogEvent)> = VecDeque::new();
    while !simulator.is_finished() {
        let changed = simulator.step();
        let now = start + simulator.time();
        for line in simulator.take_log() {
            parser.feed(line.text.as_bytes());
            parser.feed(b"\n");
            while let Some(event) = parser.next_event() {
                waiting.push_back((now, event));
            }
        }
        if let Log::Late(late_s) = log {
            let late = Duration::from_secs_f64(late_s);
            while waiting.front().is_some_and(|(at, _)| *at + late <= now) {
                waiting.pop_front().iter().for_each(|(_, event)| field.note_log(event));
            }
        }
        if changed.graphics || changed.physics {
            analysis.feed(now, &simulator.frame());
            while analysis.next_event().is_some() {}
        }
        if changed.graphics {
            field.feed(now, &simulator.frame(), analysis);
            on_frame(&simulator, field);
        }
    }
    if log != Log::None {
        parser.finish();
        while let Some(event) = parser.next_event() {
            waiting.push_back((simulator.time(), event));
        }
        waiting.iter().for_each(|(_, event)| field.note_log(event));
    }
    simulator
}

/// Laps of a car that the game times, without those that it estimates.
fn timed(laps: &[FieldLap]) -> Vec<&FieldLap> {
    laps.iter().filter(|lap| lap.source != LapSource::Estimated && lap.time_ms.is_some()).collect()
}

/// Compares the laps of all cars with the truth. Returns how many there are.
fn compare_laps(simulator: &Simulator, field: &Field, tolerance_ms: i32, has_log: bool) -> usize {
    let mut compared = 0;
    // Without a log the laps of the player are those of the analysis, which has tests of its own.
    for car in simulator.truth().cars.iter().filter(|car| has_log || !car.is_player) {
        let expected: Vec<_> = car.laps.iter().filter(|lap| !lap.is_out_lap).collect();
        let found = timed(field.laps(id(car)));
        let times = || {
            (
                expected.iter().map(|lap| lap.time_ms).collect::<Vec<_>>(),
                found.iter().map(|lap| (lap.number, lap.time_ms, lap.source)).collect::<Vec<_>>(),
            )
        };
        assert_eq!(found.len(), expected.len(), "{}: {:?}", car.name, times());
        let mut began_in_pits = false;
        for (found, expected) in found.iter().zip(&expected) {
            let time = found.time_ms.unwrap() as i32;
            // In the pit lane the line is metres beside the one that the outline knows.
            let is_at_pits = std::mem::replace(&mut began_in_pits, expected.through_pits) || expected.through_pits;
            let tolerance_ms = if is_at_pits { tolerance_ms * PIT_LANE_TOLERANCE } else { tolerance_ms };
            assert!(
                (time - expected.time_ms).abs() <= tolerance_ms,
                "{} lap {}: {:?}",
                car.name,
                expected.number,
                times()
            );
            assert_eq!(found.number, expected.number, "{}: {:?}", car.name, times());
            if has_log {
                assert_eq!(found.through_pits, expected.through_pits, "{} lap {}", car.name, expected.number);
            }
            compared += 1;
            if has_log && !car.is_player {
                let sectors: Vec<_> = found.sectors_ms.iter().map(|ms| ms.unwrap() as i32).collect();
                assert_eq!(sectors, expected.sectors_ms, "{} lap {}", car.name, expected.number);
            }
        }
    }
    compared
}

#[test]
fn laps_with_the_log_have_the_times_of_the_game() {
    let (simulator, field) = drive(options(1), Log::Late(0.0), |_, _| {});
    assert!(compare_laps(&simulator, &field, 0, true) > 60);
    assert_eq!(field.log_offset().confidence, LogClockConfidence::Matched);
    assert!(field.log_offset().spread_ms <= 200);
    let standings = field.standings();
    for car in &simulator.truth().cars {
        let Some(found) = standings.cars.iter().find(|found| found.car == id(car)) else { continue };
        assert_eq!((found.label.as_str(), found.identity.number), (car.name.as_str(), Some(car.number)));
        assert_eq!(found.identity.model.as_deref(), Some(car.model));
        assert_eq!(found.identity.is_ai, Some(car.is_ai));
    }
}

#[test]
fn laps_with_a_late_log_have_the_times_of_the_game_in_the_end() {
    let (simulator, field) = drive(options(2), Log::Late(30.0), |_, _| {});
    assert!(compare_laps(&simulator, &field, 0, true) > 60);
}

#[test]
fn laps_without_the_log_are_accurate_to_a_frame_with_a_pit_lane_at_the_line() {
    let mut options = options(1);
    options.track = TrackName::Karsthafen;
    let (simulator, field) = drive(options, Log::None, |_, _| {});
    assert!(compare_laps(&simulator, &field, 33, false) > 60);
}

#[test]
fn laps_without_the_log_are_accurate_to_a_frame() {
    let (simulator, field) = drive(options(1), Log::None, |_, _| {});
    // A frame at each end of the lap.
    assert!(compare_laps(&simulator, &field, 33, false) > 60);
    let errors = simulator.truth().cars.iter().flat_map(|car| {
        let found = timed(field.laps(id(car)));
        let expected = car.laps.iter().filter(|lap| !lap.is_out_lap);
        let errors =
            found.into_iter().zip(expected).map(|(found, lap)| (found.time_ms.unwrap() as i32 - lap.time_ms).abs());
        errors.collect::<Vec<_>>()
    });
    let (near, all) = errors.fold((0, 0), |(near, all), error| (near + usize::from(error <= 17), all + 1));
    assert!(near * 10 > all * 9, "{near} of {all}");
    assert_eq!(field.log_offset().confidence, LogClockConfidence::Unknown);
}

/// When each car passed each point.
#[derive(Default)]
struct TruePasses(BTreeMap<CarId, Vec<(f64, f64)>>);

impl TruePasses {
    fn note(&mut self, simulator: &Simulator) {
        let at_s = simulator.time().as_secs_f64();
        for car in simulator.field() {
            let passes = self.0.entry(CarId(car.id.0[0], car.id.0[1])).or_default();
            if passes.last().is_none_or(|(progress, _)| car.progress_laps > *progress) {
                passes.push((car.progress_laps, at_s));
            } else if let Some(last) = passes.last_mut() {
                last.1 = at_s;
            }
        }
    }

    /// Interpolated between two frames.
    fn time_at(&self, car: CarId, progress: f64) -> Option<f64> {
        let passes = self.0.get(&car)?;
        let index = passes.partition_point(|(at, _)| *at <= progress);
        let ((p0, t0), (p1, t1)) = (passes.get(index.checked_sub(1)?)?, passes.get(index)?);
        Some(t0 + (progress - p0) / (p1 - p0) * (t1 - t0))
    }
}

#[test]
fn gaps_and_order_are_those_of_the_truth_at_any_moment() {
    for log in [Log::None, Log::Late(5.0)] {
        let (mut passes, mut errors, mut frames) = (TruePasses::default(), Vec::new(), 0);
        drive(options(3), log, |simulator, field| {
            passes.note(simulator);
            frames += 1;
            if frames % 60 != 0 {
                return;
            }
            compare_standings(simulator, &field.standings(), &passes, &mut errors);
        });
        // In slow corners the point next to a car depends on the line that the outline was learned from.
        let exact = errors.iter().filter(|error| **error <= 0.020).count();
        let worst = errors.iter().copied().fold(0.0, f64::max);
        assert!(errors.len() > 2000 && exact * 100 >= errors.len() * 99, "{log:?}: {exact} of {}", errors.len());
        assert!(worst <= 0.1, "{log:?}: {worst}");
    }
}

#[test]
fn late_joins_are_behind_the_others_though_the_outline_is_not_known_yet() {
    let (mut field, mut analysis) = (Field::new(), Analysis::new(Settings::default()));
    let mut simulator = Simulator::new(options(3));
    while simulator.time() < Duration::from_secs(200) {
        simulator.step();
        analysis.feed(simulator.time(), &simulator.frame());
        while analysis.next_event().is_some() {}
        field.feed(simulator.time(), &simulator.frame(), &analysis);
    }
    let leaders: Vec<_> = field.standings().cars.iter().take(3).map(|car| car.car).collect();
    let mut expected = simulator.field();
    expected.retain(|car| car.is_active);
    expected.sort_unstable_by_key(|car| car.position);
    let expected: Vec<_> = expected.iter().take(3).map(|car| CarId(car.id.0[0], car.id.0[1])).collect();
    assert_eq!((leaders, expected.len()), (expected.clone(), 3));
}

/// Positions at which two orders differ, with the true progress.
fn pairs(found: &[CarId], expected: &[CarId], progress: &BTreeMap<CarId, f64>) -> Vec<(usize, f64, f64)> {
    let both = found.iter().zip(expected).enumerate().filter(|(_, (found, expected))| found != expected);
    both.map(|(index, (found, expected))| (index + 1, progress[found], progress[expected])).collect()
}

/// Compares order and gaps. Adds the error of each gap, seconds.
fn compare_standings(simulator: &Simulator, standings: &Standings, passes: &TruePasses, errors: &mut Vec<f64>) {
    let truth: Vec<_> = simulator.field().into_iter().filter(|car| car.is_active).collect();
    let is_racing = truth.iter().any(|car| car.progress_laps > 0.05) && standings.cars.len() > 1;
    if !is_racing {
        return;
    }
    // A car that has just left is still active for a second.
    let is_there = |car: &&Standing| truth.iter().any(|there| CarId(there.id.0[0], there.id.0[1]) == car.car);
    let active: Vec<_> = standings.cars.iter().filter(|car| car.is_active).filter(is_there).collect();
    let order: Vec<_> = active.iter().map(|car| car.car).collect();
    let mut expected: Vec<_> =
        truth.iter().map(|car| (car.position, CarId(car.id.0[0], car.id.0[1]), car.progress_laps)).collect();
    expected.sort_unstable_by_key(|(position, ..)| *position);
    let expected_order: Vec<_> = expected.iter().map(|(_, id, _)| *id).collect();
    let at = simulator.time();
    // Cars on different lines are side by side within a metre or two, and a car in the pit lane is beside the track.
    let in_pits = |id: &CarId| truth.iter().any(|car| CarId(car.id.0[0], car.id.0[1]) == *id && car.is_in_pit_lane);
    let progress: BTreeMap<_, _> = expected.iter().map(|(_, id, progress)| (*id, *progress)).collect();
    for (found, expected) in order.iter().zip(&expected_order) {
        let apart = progress[found] - progress[expected];
        let side_by_side = if in_pits(found) || in_pits(expected) { 0.003 } else { 0.0004 };
        assert!(
            found == expected || apart.abs() < side_by_side,
            "{at:?}: {found} {expected} {:?}",
            pairs(&order, &expected_order, &progress)
        );
    }
    for pair in active.windows(2) {
        let (ahead, car) = (pair[0], pair[1]);
        // A car that is leaving may be between them.
        let are_next = car.position == ahead.position + 1;
        if !are_next || ahead.has_finished || car.has_finished || progress[&ahead.car] - progress[&car.car] >= 1.0 {
            continue;
        }
        if in_pits(&ahead.car) || in_pits(&car.car) {
            continue;
        }
        let Some(passed_s) = passes.time_at(ahead.car, progress[&car.car]) else { continue };
        let expected_s = at.as_secs_f64() - passed_s;
        let Some(Interval::Seconds(seconds)) = car.to_next else {
            assert!(expected_s > 100.0 || progress[&car.car] < 0.01, "{at:?} {car:?}: {expected_s}");
            continue;
        };
        errors.push((seconds - expected_s).abs());
    }
}

#[test]
fn log_of_another_session_changes_no_lap() {
    let mut other = Parser::new();
    let mut simulator = Simulator::new(options(9));
    let mut events = Vec::new();
    while !simulator.is_finished() {
        simulator.step();
        for line in simulator.take_log() {
            other.feed(line.text.as_bytes());
            other.feed(b"\n");
        }
        events.extend(std::iter::from_fn(|| other.next_event()));
    }
    let (simulator, mut field) = drive(options(4), Log::None, |_, _| {});
    let before: Vec<_> = simulator.truth().cars.iter().map(|car| field.laps(id(car)).to_vec()).collect();
    events.iter().for_each(|event| field.note_log(event));
    let after: Vec<_> = simulator.truth().cars.iter().map(|car| field.laps(id(car)).to_vec()).collect();
    assert_eq!(before, after);
}

#[test]
fn log_alone_has_all_laps_and_gaps_at_the_ends_of_sectors() {
    let mut simulator = Simulator::new(options(5));
    let (mut parser, mut field) = (Parser::new(), Field::of_log());
    while !simulator.is_finished() {
        simulator.step();
        for line in simulator.take_log() {
            parser.feed(line.text.as_bytes());
            parser.feed(b"\n");
        }
        while let Some(event) = parser.next_event() {
            field.note_log(&event);
        }
    }
    assert!(compare_laps(&simulator, &field, 0, true) > 60);
    let results = field.results();
    assert_eq!(results.len(), 1);
    let winner = &results[0].cars[0];
    assert!(winner.to_leader.is_none() && winner.laps >= 5, "{winner:?}");
    assert!(results[0].cars[1].to_leader.is_some());
}

#[test]
fn sector_ends_are_learned_from_split_times() {
    let (_, field) = drive(options(6), Log::Late(1.0), |_, _| {});
    let ends = field.sector_ends().expect("all sectors are known");
    // Where the player was at the ends of its sectors.
    let expected = [0.31, 0.68];
    assert_eq!(ends.len(), expected.len());
    assert!(ends.iter().zip(expected).all(|(end, expected)| (end - expected).abs() < 0.0008), "{ends:?} {expected:?}");
}

#[test]
fn player_laps_use_the_sectors_of_the_game_from_the_lap_after_they_are_known() {
    let options = options(7);
    let (_, taught) = drive(options.clone(), Log::Late(1.0), |_, _| {});
    let ends = taught.sector_ends().unwrap();
    let mut analysis = Analysis::new(Settings::default());
    let mut simulator = Simulator::new(options);
    while !simulator.is_finished() {
        simulator.step();
        let frame = simulator.frame();
        analysis.feed(simulator.time(), &frame);
        while analysis.next_event().is_some() {}
        if analysis.laps().len() == 2 && analysis.sector_kind() == SectorKind::Thirds {
            let session = &frame.static_data;
            analysis.learn_sectors(session.track(), session.track_configuration(), &ends).unwrap();
        }
    }
    let kinds: Vec<_> =
        analysis.laps().iter().filter(|lap| lap.incomplete.is_none()).map(|lap| lap.sector_kind).collect();
    let (thirds, game) = (SectorKind::Thirds, SectorKind::Game);
    assert_eq!(kinds, [thirds, thirds, thirds, game, game]);
    assert_eq!(analysis.bests().sector_kind, game, "best sectors of thirds are dropped");
    for (lap, truth) in analysis.laps().iter().zip(&simulator.truth().laps) {
        let expected = if lap.sector_kind == game { truth.game_sectors_ms } else { truth.sectors_ms };
        let sectors = lap.sectors_ms.iter().map(|ms| ms.unwrap() as i32);
        // The ends are known within three metres.
        assert!(sectors.zip(expected).all(|(found, expected)| (found - expected).abs() <= 80), "{lap:?} {truth:?}");
    }
}

#[test]
fn two_games_in_a_row_have_their_own_laps() {
    let (mut field, mut analysis) = (Field::new(), Analysis::new(Settings::default()));
    let into = (&mut field, &mut analysis);
    let first = drive_on(options(1), Duration::ZERO, Log::Late(0.5), into, |_, _| {});
    assert!(compare_laps(&first, &field, 0, true) > 60);
    // The game ends, and is started again ten minutes later.
    analysis.interrupt();
    let start = first.time() + Duration::from_secs(600);
    let second = drive_on(options(2), start, Log::Late(0.5), (&mut field, &mut analysis), |_, _| {});
    assert!(compare_laps(&second, &field, 0, true) > 60);
    assert_eq!(field.results().len(), 2);
    let cars = &field.standings().cars;
    let is_of_second = |car: CarId| second.truth().cars.iter().any(|truth| id(truth) == car);
    assert!(cars.iter().all(|car| is_of_second(car.car)), "{cars:?}");
}
