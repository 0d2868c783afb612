//! Cases from the field that concern the library; `docs/field-cases.md` lists them with their sources.

use std::time::Duration;

use acevo_shared_memory::{Gear, SPageFileGraphicEvo, SPageFilePhysics, View};
use acevo_simulator::{CarModel, Options, Scenario, Simulator};
use acevo_telemetry::analysis::{Analysis, LapKind, SessionEvent, SessionEventKind, Settings};
use acevo_telemetry::{Axes, ChannelValue, Frame, Unit, channel, channels};
use acevo_testkit::drive::{each_frame, options};

/// A simulated drive whose frames are changed before they are analysed.
fn driven(options: Options, mut change: impl FnMut(Duration, &mut Frame) -> Duration) -> Drive {
    let mut analysis = Analysis::new(Settings::default());
    let mut events = Vec::new();
    let simulator = each_frame(options, |at, frame| {
        let mut frame = *frame;
        let at = change(at, &mut frame);
        analysis.feed(at, &frame);
        events.extend(std::iter::from_fn(|| analysis.next_event()));
    });
    analysis.interrupt();
    events.extend(std::iter::from_fn(|| analysis.next_event()));
    Drive { simulator, analysis, events }
}

struct Drive {
    simulator: Simulator,
    analysis: Analysis,
    events: Vec<SessionEvent>,
}

impl Drive {
    /// Number, kind and milliseconds of the complete laps.
    fn laps(&self) -> Vec<(u32, Option<u32>)> {
        let whole = self.analysis.laps().iter().filter(|lap| lap.incomplete.is_none());
        whole.map(|lap| (lap.number, lap.time_ms)).collect()
    }

    /// The same, as they were driven.
    fn truth(&self) -> Vec<(u32, Option<u32>)> {
        (1..).zip(self.simulator.truth().laps.iter().map(|lap| u32::try_from(lap.time_ms).ok())).collect()
    }

    fn count(&self, is_such: impl Fn(&SessionEventKind) -> bool) -> usize {
        self.events.iter().filter(|event| is_such(&event.kind)).count()
    }
}

fn physics(frame: &mut Frame, change: impl FnOnce(&mut SPageFilePhysics)) {
    let mut page = *frame.physics.raw();
    change(&mut page);
    frame.physics = View::from(page);
}

fn graphics(frame: &mut Frame, change: impl FnOnce(&mut SPageFileGraphicEvo)) {
    let mut page = *frame.graphics.raw();
    change(&mut page);
    frame.graphics = View::from(page);
}

/// The first frame of a drive.
fn first_frame() -> Frame {
    let mut simulator = Simulator::new(options(Scenario::HotLaps, 1, 1));
    while simulator.graphics().packetId == 0 {
        simulator.step();
    }
    Frame::new(*simulator.physics(), *simulator.graphics(), *simulator.static_data())
}

#[test]
fn a_session_of_unknown_type_is_no_race() {
    let mut frame = first_frame();
    let mut session = *frame.static_data.raw();
    for code in [-1, 42] {
        session.session = code;
        frame.static_data = View::from(session);
        let kind = channel("session_type").unwrap().value(&frame, &Axes::default());
        assert!(matches!(kind, None | Some(ChannelValue::Enum(_, "Unknown" | "Other"))), "{kind:?}");
    }
}

#[test]
fn an_excursion_of_four_seconds_is_one_event() {
    let drive = driven(options(Scenario::HotLaps, 1, 1), |at, frame| {
        if (20..24).contains(&at.as_secs()) {
            physics(frame, |page| page.numberOfTyresOut = 4);
        }
        at
    });
    assert_eq!(drive.count(|what| matches!(what, SessionEventKind::OffTrack)), 1);
    assert_eq!(drive.count(|what| matches!(what, SessionEventKind::BackOnTrack { .. })), 1);
}

#[test]
fn fuel_per_lap_is_that_of_laps_from_line_to_line() {
    let drive = driven(options(Scenario::Pits, 2, 6), |at, _| at);
    let laps = drive.analysis.laps();
    let others = laps.iter().filter(|lap| lap.incomplete.is_none() && lap.kind != LapKind::Flying);
    assert!(others.count() > 0, "there are out and in laps");
    let flying: Vec<_> =
        laps.iter().filter(|lap| lap.kind == LapKind::Flying).filter_map(|lap| lap.fuel_used_l).collect();
    let per_lap = drive.analysis.fuel().unwrap().per_lap;
    let Some(per_lap) = per_lap.filter(|_| !flying.is_empty()) else { return };
    let reach = flying.iter().fold((f64::MAX, f64::MIN), |(low, high), used| (low.min(*used), high.max(*used)));
    assert!((reach.0 - 1e-9..=reach.1 + 1e-9).contains(&per_lap), "{per_lap} {flying:?}");
}

#[test]
fn a_clock_that_is_set_back_at_the_line_loses_nothing() {
    let mut laps_seen = None;
    let mut is_back = false;
    let drive = driven(options(Scenario::HotLaps, 1, 3), |at, frame| {
        let count = frame.graphics.raw().total_lap_count;
        is_back |= laps_seen.replace(count).is_some_and(|before| before != count);
        if is_back { at.saturating_sub(Duration::from_secs(2)) } else { at }
    });
    assert_eq!(drive.laps(), drive.truth());
    assert!(drive.analysis.laps().iter().all(|lap| lap.missed == 0));
}

#[test]
fn a_second_of_numbers_that_are_none_spoils_no_lap() {
    let drive = driven(options(Scenario::HotLaps, 1, 2), |at, frame| {
        if (30..31).contains(&at.as_secs()) {
            physics(frame, |page| (page.speedKmh, page.fuel, page.gas) = (f32::NAN, f32::INFINITY, f32::NAN));
        }
        at
    });
    assert_eq!(drive.laps(), drive.truth());
    for lap in drive.analysis.laps().iter().filter(|lap| lap.incomplete.is_none()) {
        let json = serde_json::to_value(lap).unwrap();
        assert!(json["speed_kmh"]["mean"].as_f64().is_some_and(|mean| (50.0..300.0).contains(&mean)), "{json}");
        assert!(lap.fuel_used_l.is_some_and(|used| (0.5..10.0).contains(&used)), "{json}");
    }
}

#[test]
fn shares_are_rounded_to_the_nearest() {
    let mut frame = first_frame();
    physics(&mut frame, |page| page.brakeBias = 0.689_999_9);
    let bias = channel("brake_bias").unwrap();
    let percent = bias.unit().convert(bias.number(&frame, &Axes::default()).unwrap(), Unit::Percent).unwrap();
    let decimals = bias.decimals_in(Unit::Percent);
    assert!(["69", "69.0", "69.00"].contains(&format!("{percent:.decimals$}").as_str()), "{percent} {decimals}");
}

#[test]
fn the_limit_of_the_engine_is_that_of_the_car_that_is_driven() {
    let mut frame = first_frame();
    for limit in [9400, 7200] {
        physics(&mut frame, |page| page.currentMaxRpm = limit);
        assert_eq!(channel("rpm_limit").unwrap().number(&frame, &Axes::default()), Some(f64::from(limit)));
    }
}

#[test]
fn laps_of_unknown_tracks_and_cars_are_no_personal_bests() {
    for (track, car) in [("", "Velocita"), ("Valdombra", ""), ("track_placeholder", "car_placeholder"), (" ", " ")] {
        let drive = driven(options(Scenario::HotLaps, 1, 2), |at, frame| {
            let mut session = *frame.static_data.raw();
            session.track = track.into();
            frame.static_data = View::from(session);
            graphics(frame, |page| page.car_model = car.into());
            at
        });
        assert_eq!(drive.laps(), drive.truth(), "{track:?} {car:?}");
        assert_eq!(drive.analysis.personal_bests().iter().count(), 0, "{track:?} {car:?}");
    }
}

#[test]
fn laps_that_do_not_count_are_no_best() {
    let drive = driven(options(Scenario::HotLaps, 1, 2), |at, frame| {
        graphics(frame, |page| {
            (page.is_valid_lap, page.best_laptime_ms) = (false, 0);
            page.timing_state.is_invalid = true;
        });
        at
    });
    assert_eq!(drive.laps(), drive.truth());
    assert_eq!((drive.analysis.bests().time_ms, drive.analysis.personal_bests().iter().count()), (None, 0));
}

#[test]
fn a_setting_that_the_car_does_not_have_is_no_value() {
    let mut frame = first_frame();
    for (set, highest, expected) in
        [(5, 12, Some(5.0)), (0, 12, Some(0.0)), (0, 0, None), (-1, 0, None), (-1, 12, None)]
    {
        graphics(&mut frame, |page| {
            (page.electronics.tc_level, page.electronics_max_limit.tc_level) = (set, highest);
        });
        assert_eq!(channel("tc_level").unwrap().number(&frame, &Axes::default()), expected, "{set} of {highest}");
    }
}

#[test]
fn a_way_through_the_pit_lane_is_no_stop() {
    let mut options = options(Scenario::DriveThrough, 1, 4);
    options.laps = None;
    let drive = driven(options, |at, frame| {
        graphics(frame, |page| page.is_in_pit_box = false);
        at
    });
    assert!(drive.count(|what| matches!(what, SessionEventKind::PitLaneEntered)) > 0);
    assert!(drive.count(|what| matches!(what, SessionEventKind::PitLaneLeft { .. })) > 0);
    assert_eq!(
        drive.count(|what| matches!(
            what,
            SessionEventKind::BoxEntered | SessionEventKind::BoxLeft { .. } | SessionEventKind::Stint { .. }
        )),
        0
    );
    assert_eq!(drive.analysis.stints().finished().len(), 0);
}

#[test]
fn laps_of_another_car_and_ways_from_the_box_to_the_line_are_no_bests() {
    for scenario in [Scenario::Spectate, Scenario::Boxes, Scenario::Bounces] {
        let mut options = Options::default();
        options.scenario = scenario;
        let drive = driven(options, |at, _| at);
        let driven = drive.simulator.truth().laps.iter().filter(|lap| lap.valid).map(|lap| lap.time_ms);
        let times: Vec<_> = driven.filter_map(|ms| u32::try_from(ms).ok()).collect();
        let bests: Vec<_> = drive.analysis.personal_bests().iter().map(|(_, best)| best.time_ms).collect();
        assert!(bests.iter().all(|best| times.contains(best)), "{scenario:?}: {bests:?} of {times:?}");
        let shortest = times.iter().min().copied();
        assert_eq!(bests.iter().min().copied(), shortest, "{scenario:?}");
        let complete = drive.analysis.laps().iter().filter(|lap| lap.incomplete.is_none());
        assert!(
            complete.into_iter().all(|lap| lap.time_ms >= Some(20_000)),
            "{scenario:?}: a way of some metres is no lap"
        );
    }
}

#[test]
fn a_session_may_last_for_days_and_its_counter_may_overflow() {
    let days = Duration::from_secs(3 * 86_400);
    let drive = driven(options(Scenario::HotLaps, 1, 3), |at, frame| {
        // The counter passes 2^31 in the second lap.
        physics(frame, |page| page.packetId = page.packetId.wrapping_add(i32::MAX - 40_000));
        graphics(frame, |page| page.packetId = page.packetId.wrapping_add(i32::MAX - 8_000));
        at + days
    });
    assert_eq!(drive.laps(), drive.truth());
    assert!(drive.analysis.laps().iter().all(|lap| lap.session == 1 && lap.missed == 0));
    assert_eq!(drive.count(|what| matches!(what, SessionEventKind::Session)), 0, "no other session");
}

#[test]
fn an_electric_car_has_charge_and_no_fuel() {
    let mut options = options(Scenario::HotLaps, 1, 3);
    options.car = CarModel::Electric;
    let drive = driven(options, |at, _| at);
    assert_eq!(drive.laps(), drive.truth());
    for lap in drive.analysis.laps().iter().filter(|lap| lap.incomplete.is_none()) {
        assert!(lap.charge_used.is_some_and(|used| used > 0.0), "{lap:?}");
        assert!(lap.fuel_used_l.is_none_or(|used| used == 0.0), "{lap:?}");
    }
    let plan = drive.analysis.fuel().unwrap();
    assert!(plan.per_lap.is_some_and(|per_lap| (0.0..1.0).contains(&per_lap)), "{plan:?}");
}

#[test]
fn gears_above_nine_are_gears() {
    let mut frame = first_frame();
    for (raw, name) in [(0, "R"), (1, "N"), (10, "9"), (11, "10"), (13, "12")] {
        physics(&mut frame, |page| page.gear = raw);
        assert_eq!(frame.physics.gear().to_string(), name);
        assert_eq!(channel("gear").unwrap().number(&frame, &Axes::default()), Some(f64::from(raw - 1)));
    }
    let drive = driven(options(Scenario::HotLaps, 1, 1), |at, frame| {
        physics(frame, |page| page.gear += 8);
        at
    });
    let lap = drive.analysis.laps().iter().find(|lap| lap.incomplete.is_none()).unwrap();
    let sum: f64 = lap.stats.driving.gears().map(|(_, seconds)| seconds).sum();
    assert!((sum - f64::from(lap.time_ms.unwrap()) / 1000.0).abs() < 0.2, "{sum}");
    assert!(lap.stats.driving.gears().any(|(gear, _)| matches!(gear, Gear::Forward(10..))), "{lap:?}");
    assert!(lap.stats.driving.full_throttle().is_some_and(|share| (0.2..0.95).contains(&share)));
    assert!(lap.stats.driving.coasting().is_some_and(|share| (0.0..0.5).contains(&share)));
}

#[test]
fn every_number_of_a_log_has_the_decimals_that_its_unit_needs() {
    // Fuel changes by millilitres within a lap.
    for (id, unit, least) in [
        ("fuel", Unit::Litre, 2),
        ("tyre_pressure_fl", Unit::Psi, 1),
        ("g_lateral", Unit::StandardGravity, 2),
        ("speed", Unit::MetrePerSecond, 1),
        ("slip_ratio_fl", Unit::None, 3),
        ("lap_position", Unit::None, 4),
    ] {
        let channel = channel(id).unwrap();
        assert!(channel.decimals_in(unit) >= least, "{id}: {}", channel.decimals_in(unit));
    }
    assert!(channels().iter().all(|channel| channel.decimals() < 10));
}
