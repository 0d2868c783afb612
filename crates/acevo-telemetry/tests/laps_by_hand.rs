//! Cases of the real game that no scenario of the simulator covers: a car on a circle, with pages written by the test.

use std::f64::consts::TAU;
use std::time::Duration;

use acevo_shared_memory::{ACEvoCarLocation, ACEvoStatus, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::{
    Analysis, Incomplete, Invalid, Lap, LapKind, SessionEvent, SessionEventKind, Settings, Validity,
};

/// Length of the circle, metres.
const ROUND_M: f64 = 4000.0;

/// A car at 50 m/s: a lap takes 80 s. Every sixth of the physics steps has a frame.
struct Game {
    physics: SPageFilePhysics,
    graphics: SPageFileGraphicEvo,
    session: SPageFileStaticEvo,
    steps: i32,
    /// Laps since the origin, and the timer of the lap in steps; `None` if it does not run.
    way: f64,
    timer: Option<i32>,
    /// Metres per second.
    speed: f64,
    /// Litres per second.
    burns: f32,
    /// How much longer pauses were than the steps that were counted in them.
    paused: Duration,
    analysis: Analysis,
    events: Vec<SessionEvent>,
}

impl Game {
    fn new() -> Self {
        let mut graphics = SPageFileGraphicEvo {
            status: ACEvoStatus::Live.value(),
            car_location: ACEvoCarLocation::Track.value(),
            is_valid_lap: true,
            player_car_id_a: 7,
            fuel_liter_current_quantity: 50.0,
            ..Default::default()
        };
        graphics.car_ids[0] = [7, 0];
        graphics.car_model = "Car".into();
        graphics.session_state.phase_name = "Practice".into();
        let mut session = SPageFileStaticEvo { track_length_m: ROUND_M as f32, ..Default::default() };
        session.track = "Ring".into();
        Self {
            physics: SPageFilePhysics { fuel: 50.0, ..Default::default() },
            graphics,
            session,
            steps: 0,
            way: 0.0,
            timer: None,
            speed: 50.0,
            burns: 0.03,
            paused: Duration::ZERO,
            analysis: Analysis::new(Settings::default()),
            events: Vec::new(),
        }
    }

    fn show(&mut self) {
        let angle = self.way * TAU;
        let radius = ROUND_M / TAU;
        self.graphics.packetId += 1;
        self.graphics.npos = if self.way < 0.0 { self.way } else { self.way.fract() } as f32;
        self.graphics.car_coordinates[0] = [(radius * angle.sin()) as f32, 1.0, (radius * angle.cos()) as f32];
        self.graphics.current_lap_time_ms = self.timer.map_or(0, |steps| steps * 1000 / 333);
        self.feed();
    }

    fn feed(&mut self) {
        let frame = Frame::new(self.physics, self.graphics, self.session);
        self.analysis.feed(self.now(), &frame);
        self.events.extend(std::iter::from_fn(|| self.analysis.next_event()));
    }

    /// The clock that frames are fed with.
    fn now(&self) -> Duration {
        Duration::from_secs_f64(f64::from(self.steps) / 333.0) + self.paused
    }

    /// A pause of a minute: frames continue, the timer and the physics counter do not.
    fn pause(&mut self) {
        self.graphics.status = ACEvoStatus::Pause.value();
        for _ in 0..60 {
            self.paused += Duration::from_secs(1);
            self.show();
        }
        self.graphics.status = ACEvoStatus::Live.value();
    }

    /// Drives for a number of steps, with a frame after every sixth.
    fn drive(&mut self, steps: i32) {
        for _ in 0..steps {
            self.steps += 1;
            self.way += self.speed / 333.0 / ROUND_M;
            self.timer = self.timer.map(|timer| timer + 1);
            self.physics.packetId += 1;
            self.physics.speedKmh = (self.speed * 3.6) as f32;
            if self.speed > 0.0 {
                self.physics.fuel -= self.burns / 333.0;
            }
            self.graphics.fuel_liter_current_quantity = self.physics.fuel;
            if self.steps % 6 == 0 {
                self.show();
            } else {
                self.feed();
            }
        }
    }

    fn seconds(&mut self, seconds: f64) {
        self.drive((seconds * 333.0).round() as i32);
    }

    /// Moves the car to this lap position and keeps the timer.
    fn drive_to(&mut self, way: f64) {
        while self.way < way {
            self.drive(1);
        }
    }

    /// Begins half a second before the line, with a timer that does not run.
    fn flying_start(&mut self) {
        self.way = -25.0 / ROUND_M;
        self.drive_to(0.0);
        self.timer = Some(0);
    }

    /// Drives to the next line: the timer restarts; the count and the time follow in the next frame.
    fn finish(&mut self) -> i32 {
        self.drive_to(self.way.floor() + 1.0);
        let time = self.timer.replace(0).unwrap() * 1000 / 333;
        self.drive(30);
        self.graphics.total_lap_count += 1;
        self.graphics.last_laptime_ms = time;
        self.drive(30);
        // No two laps take the same time.
        self.speed *= 0.99;
        time
    }

    /// The same, with a validity that lags the line.
    fn finish_with_late_validity(&mut self, late: f64) {
        let time = self.timer.replace(0).unwrap() * 1000 / 333;
        self.drive(30);
        self.graphics.total_lap_count += 1;
        self.graphics.last_laptime_ms = time;
        self.seconds(late - 0.1);
        self.graphics.is_valid_lap = true;
        self.finish();
    }

    fn laps(&self) -> Vec<(u32, u32, Option<Incomplete>, Option<u32>)> {
        self.analysis.laps().iter().map(|lap| (lap.session, lap.number, lap.incomplete, lap.time_ms)).collect()
    }

    fn sessions(&self) -> usize {
        self.events.iter().filter(|event| event.kind == SessionEventKind::Session).count()
    }
}

fn last(game: &Game) -> &Lap {
    game.analysis.laps().back().expect("a lap")
}

#[test]
fn laps_of_the_circle_are_found() {
    let mut game = Game::new();
    game.flying_start();
    let times = [game.finish(), game.finish()].map(|ms| Some(ms as u32));
    assert_eq!(game.laps(), [(1, 1, None, times[0]), (1, 2, None, times[1])]);
    assert_eq!((last(&game).validity, game.sessions()), (Validity::Valid, 0));
    assert!((last(&game).fuel_used_l.unwrap() - 2.42).abs() < 0.1);
    assert!(last(&game).sectors_ms.iter().all(Option::is_some));
}

#[test]
fn ended_at_is_the_time_at_the_line_even_if_a_pause_precedes_the_confirmation() {
    // Steps after the line at which a pause of a minute begins; -7 is before the line.
    for pause in [None, Some(-7), Some(6), Some(24)] {
        let mut game = Game::new();
        game.flying_start();
        game.finish();
        if pause == Some(-7) {
            game.drive_to(game.way.floor() + 1.0 - 7.0 * game.speed / 333.0 / ROUND_M);
            game.pause();
        }
        game.drive_to(game.way.floor() + 1.0);
        let line = game.now();
        let time = game.timer.replace(0).unwrap() * 1000 / 333;
        match pause {
            Some(steps @ 1..) => {
                game.drive(steps);
                game.pause();
                game.drive(30 - steps);
            }
            _ => game.drive(30),
        }
        game.graphics.total_lap_count += 1;
        game.graphics.last_laptime_ms = time;
        game.drive(30);
        assert_eq!((game.analysis.laps().len(), last(&game).time_ms), (2, Some(time as u32)), "{pause:?}");
        let ended = game.analysis.ended_at(last(&game));
        assert!(ended.abs_diff(line) <= Duration::from_millis(6), "{pause:?}: {ended:?}, {line:?}");
    }
}

#[test]
fn session_with_one_joined_lap_counts_as_a_session() {
    let mut game = Game::new();
    (game.timer, game.way) = (Some(333 * 20), 0.25);
    game.seconds(30.0);
    game.graphics.session_state.phase_name = "Qualifying".into();
    (game.timer, game.way) = (None, -0.1);
    game.flying_start();
    game.finish();
    assert_eq!(game.laps()[0].0, 1);
    assert_eq!((game.laps()[1].0, game.sessions()), (2, 1));
}

#[test]
fn session_without_laps_counts_if_driven() {
    let mut game = Game::new();
    game.seconds(60.0);
    game.session.session = 3;
    game.graphics.car_model = "Another".into();
    game.seconds(30.0);
    assert_eq!(game.analysis.session(), 2);
    let km = game.analysis.stints().current().distance_km;
    assert!((km - 1.5).abs() < 0.1, "{km} km");
}

#[test]
fn events_have_their_session_and_lap() {
    let mut game = Game::new();
    game.flying_start();
    game.finish();
    game.seconds(20.0);
    game.graphics.session_state.phase_name = "Race".into();
    (game.timer, game.way) = (None, 0.5);
    game.seconds(5.0);
    for event in &game.events {
        assert!(event.lap_position.is_none_or(|lap_position| (0.0..1.0).contains(&lap_position)), "{event:?}");
        if let SessionEventKind::Lap(lap) = &event.kind {
            assert_eq!((event.session, event.lap), (lap.session, Some(lap.number)));
        }
        if let SessionEventKind::SessionBest { .. } | SessionEventKind::PersonalBest { .. } = event.kind {
            assert_eq!(event.lap, Some(1), "{event:?}");
        }
    }
}

#[test]
fn lap_position_after_the_line_belongs_to_the_lap() {
    let mut game = Game::new();
    // On the grid, where the game counts below 0.
    (game.way, game.timer) = (-0.02, Some(0));
    game.seconds(1.0);
    game.graphics.session_state.phase_name = "Race".into();
    game.seconds(0.3);
    let places: Vec<_> = game.events.iter().filter_map(|event| event.lap_position).collect();
    assert!(!places.is_empty() && places.iter().all(|lap_position| (0.9..1.0).contains(lap_position)), "{places:?}");
}

#[test]
fn fuel_used_ignores_fuel_removed_in_the_box() {
    let mut game = Game::new();
    game.flying_start();
    game.drive_to(0.5);
    let per_lap = game.analysis.fuel().unwrap().per_lap.unwrap();
    assert!((per_lap - 2.4).abs() < 0.05, "{per_lap}");
    // Returned to the box by the menu, and set up with less.
    (game.timer, game.way, game.speed) = (None, 1.1, 0.0);
    (game.graphics.is_in_pit_box, game.graphics.is_in_pit_lane) = (true, true);
    game.physics.fuel -= 20.0;
    game.seconds(5.0);
    game.physics.fuel -= 10.0;
    game.seconds(5.0);
    game.speed = 50.0;
    game.drive(60);
    (game.graphics.is_in_pit_box, game.graphics.is_in_pit_lane) = (false, false);
    game.seconds(30.0);
    let per_lap = game.analysis.fuel().unwrap().per_lap.unwrap();
    assert!((per_lap - 2.4).abs() < 0.05, "{per_lap}");
    for stint in game.analysis.stints().finished().chain([game.analysis.stints().current()]) {
        assert!(stint.fuel_used_l < 2.0, "{stint:?}");
    }
}

#[test]
fn fuel_used_ignores_a_restart_with_another_level() {
    for tank in [20.0, 90.0] {
        let mut game = Game::new();
        game.physics.kersCharge = 0.9;
        game.flying_start();
        game.drive_to(0.5);
        // Back to the grid, and the first frame is already on its way.
        (game.timer, game.way) = (Some(3), 0.999);
        game.physics.kersCharge = 0.2;
        game.physics.fuel = tank;
        game.finish();
        let time = game.finish();
        let laps: Vec<_> = game
            .analysis
            .laps()
            .iter()
            .map(|lap| (lap.incomplete, lap.fuel_used_l, lap.fuel_added_l, lap.charge_used))
            .collect();
        let lap = last(&game);
        assert_eq!(lap.time_ms, Some(time as u32), "{laps:?}");
        for lap in game.analysis.laps() {
            assert!(
                lap.fuel_used_l.unwrap() < 2.5
                    && lap.fuel_added_l.unwrap() < 0.1
                    && lap.charge_used.unwrap().abs() < 0.01,
                "{laps:?}"
            );
        }
        let stint = game.analysis.stints().current();
        assert!(stint.fuel_used_l < 2.4 * 2.5 && stint.charge_used.abs() < 0.01, "{stint:?}");
    }
}

#[test]
fn interrupt_then_another_game_is_another_session() {
    for keep_names in [false, true] {
        let mut game = Game::new();
        game.flying_start();
        let first = game.finish();
        game.seconds(10.0);
        game.analysis.interrupt();
        let mut next = Game::new();
        if !keep_names {
            next.session.track = "Another".into();
        }
        (next.analysis, next.events) = (game.analysis, game.events);
        next.steps = game.steps;
        next.speed = 40.0;
        next.flying_start();
        let second = next.finish();
        assert!(first < second);
        assert_eq!(next.analysis.session(), 2, "{keep_names}");
        assert_eq!(next.analysis.bests().time_ms, Some(second as u32));
        assert_eq!(next.sessions(), 1);
    }
}

#[test]
fn interrupt_then_the_same_game_is_the_same_session() {
    let mut game = Game::new();
    game.flying_start();
    let first = game.finish();
    game.seconds(10.0);
    game.analysis.interrupt();
    game.seconds(10.0);
    assert_eq!((game.analysis.session(), game.analysis.bests().time_ms), (1, Some(first as u32)));
    game.finish();
    game.finish();
    assert_eq!(last(&game).number, 3);
}

#[test]
fn validity_may_lag_the_line_by_two_seconds() {
    for late in [0.3, 0.7, 1.9] {
        let mut game = Game::new();
        game.flying_start();
        game.drive_to(0.5);
        game.graphics.is_valid_lap = false;
        game.drive_to(1.0);
        game.speed = 49.0;
        game.finish_with_late_validity(late);
        let (first, second) = (&game.analysis.laps()[0], &game.analysis.laps()[1]);
        assert!(first.validity.is_invalid(), "{late}");
        assert_eq!(second.validity, Validity::Valid, "{late}");
    }
}

#[test]
fn validity_of_a_lap_that_never_counts_is_invalid() {
    let mut game = Game::new();
    game.graphics.is_valid_lap = false;
    game.flying_start();
    game.finish();
    assert!(matches!(last(&game).validity, Validity::Invalid { reason: Invalid::FromTheStart, .. }));
}

#[test]
fn phase_that_only_changes_its_name_keeps_the_lap() {
    let mut game = Game::new();
    game.flying_start();
    game.drive_to(0.5);
    game.graphics.session_state.phase_name = "Overtime".into();
    let time = game.finish();
    assert_eq!(last(&game).time_ms, Some(time as u32), "{:?}", game.laps());
    assert_eq!(last(&game).incomplete, None, "{:?}", game.laps());
}

#[test]
fn phase_whose_name_lags_its_timer_begins_with_a_lap() {
    for late in [0, 6, 60, 300] {
        let mut game = Game::new();
        game.flying_start();
        game.finish();
        game.drive_to(1.9);
        // On the grid, the timer runs.
        (game.timer, game.way) = (Some(0), -0.01);
        game.drive(late);
        game.graphics.session_state.phase_name = "Race".into();
        game.graphics.total_lap_count = 0;
        game.drive_to(0.5);
        let time = game.finish();
        let lap = game.laps()[2];
        assert_eq!((lap, game.laps().len()), ((2, 1, None, Some(time as u32)), 3), "{late}: {:?}", game.laps());
        assert_eq!(game.sessions(), 1, "{late}");
    }
}

#[test]
fn fuel_used_of_a_hybrid_that_burns_nothing_is_zero() {
    let mut game = Game::new();
    game.burns = 0.0;
    game.physics.kersCharge = 0.9;
    game.flying_start();
    for _ in 0..2 {
        game.drive_to(game.way + 0.5);
        game.physics.kersCharge -= 0.2;
        game.finish();
    }
    assert_eq!(game.analysis.fuel().unwrap().per_lap, None);
}

#[test]
fn timer_restart_at_the_first_line_after_the_grid_is_no_restart_of_the_session() {
    for behind_m in [60.0, 150.0] {
        let mut game = Game::new();
        game.way = -behind_m / ROUND_M;
        game.speed = 0.0;
        game.seconds(1.0);
        game.timer = Some(0);
        game.speed = 50.0;
        game.drive_to(0.0);
        game.timer = Some(0);
        let time = game.finish();
        assert_eq!(
            (last(&game).session, last(&game).number, last(&game).time_ms),
            (1, 1, Some(time as u32)),
            "{:?}",
            game.laps()
        );
        assert_eq!(game.sessions(), 0);
    }
}

#[test]
fn gap_with_a_faster_car_is_no_jump() {
    let mut game = Game::new();
    game.flying_start();
    game.drive_to(0.3);
    game.speed = 10.0;
    game.seconds(1.0);
    // Four seconds without frames, at 50 m/s in the middle.
    game.steps += 4 * 333;
    game.physics.packetId += 4 * 333;
    game.timer = game.timer.map(|timer| timer + 4 * 333);
    game.way += 4.0 * 35.0 / ROUND_M;
    game.seconds(1.0);
    game.speed = 50.0;
    let time = game.finish();
    assert_eq!((last(&game).time_ms, last(&game).incomplete), (Some(time as u32), None), "{:?}", game.laps());
}

#[test]
fn lap_number_from_a_late_count_is_corrected() {
    let mut game = Game::new();
    // Found just after the line, with a count that is late.
    (game.timer, game.way, game.graphics.total_lap_count) = (Some(100), 0.01, 3);
    game.seconds(1.0);
    game.graphics.total_lap_count = 4;
    game.finish();
    game.finish();
    let numbers: Vec<u32> = game.laps().iter().map(|lap| lap.1).collect();
    assert_eq!(numbers, [5, 6]);
}

#[test]
fn physics_counter_that_runs_in_a_pause_loses_no_lap() {
    let mut game = Game::new();
    game.flying_start();
    for pause in [0.4, 1.0] {
        game.drive_to(pause);
        game.graphics.status = ACEvoStatus::Pause.value();
        let timer = game.timer;
        for _ in 0..20 * 333 {
            game.steps += 1;
            game.physics.packetId += 1;
            if game.steps % 6 == 0 {
                game.show();
            } else {
                game.feed();
            }
        }
        game.timer = timer;
        game.graphics.status = ACEvoStatus::Live.value();
    }
    let time = game.finish();
    let lap = last(&game);
    assert_eq!((lap.time_ms, lap.incomplete), (Some(time as u32), None), "{:?}", game.laps());
    assert!(lap.sectors_ms.iter().all(Option::is_some), "{lap:?}");
}

#[test]
fn timer_that_starts_at_the_end_of_the_pit_lane_times_an_out_lap() {
    let mut game = Game::new();
    game.way = 0.05;
    game.seconds(1.0);
    game.timer = Some(0);
    game.seconds(2.0);
    game.finish();
    assert_eq!(last(&game).kind, LapKind::Out);
    game.finish();
    assert_eq!(last(&game).kind, LapKind::Flying);
}
