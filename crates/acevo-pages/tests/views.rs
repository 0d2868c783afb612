//! Every accessor of the three views, for expected and unexpected values.

use std::time::Duration;

use acevo_shared_memory::{
    ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType, ACEvoSessionType, ACEvoStartingGrip, ACEvoStatus, CarId, Error,
    Gear, GraphicsView, PhysicsView, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, StaticView, View,
    Wheels,
};

fn physics(change: impl FnOnce(&mut SPageFilePhysics)) -> PhysicsView<'static> {
    let mut page = SPageFilePhysics::default();
    change(&mut page);
    View::from(page)
}

fn graphics(change: impl FnOnce(&mut SPageFileGraphicEvo)) -> GraphicsView<'static> {
    let mut page = SPageFileGraphicEvo::default();
    change(&mut page);
    View::from(page)
}

#[test]
fn each_switch_accessor_reads_its_own_field() {
    type Switch = (fn(&PhysicsView<'static>) -> bool, fn(&mut SPageFilePhysics) -> &mut i32);
    let switches: [Switch; 11] = [
        (PhysicsView::auto_shifter_on, |page| &mut page.autoShifterOn),
        (PhysicsView::tc_in_action, |page| &mut page.tcinAction),
        (PhysicsView::abs_in_action, |page| &mut page.absInAction),
        (PhysicsView::drs_available, |page| &mut page.drsAvailable),
        (PhysicsView::drs_enabled, |page| &mut page.drsEnabled),
        (PhysicsView::pit_limiter_on, |page| &mut page.pitLimiterOn),
        (PhysicsView::ers_is_charging, |page| &mut page.ersIsCharging),
        (PhysicsView::ignition_on, |page| &mut page.ignitionOn),
        (PhysicsView::starter_engine_on, |page| &mut page.starterEngineOn),
        (PhysicsView::is_engine_running, |page| &mut page.isEngineRunning),
        (PhysicsView::is_ai_controlled, |page| &mut page.isAIControlled),
    ];
    for (on, (_, field)) in switches.iter().enumerate() {
        for value in [1, 2, -1, i32::MIN] {
            let view = physics(|page| *field(page) = value);
            let states: Vec<_> = switches.iter().map(|(switch, _)| switch(&view)).collect();
            assert_eq!(states.iter().position(|state| *state), Some(on));
            assert_eq!(states.iter().filter(|state| **state).count(), 1);
        }
    }
}

#[test]
fn wheel_accessors_keep_the_order_of_the_wheels() {
    type PerWheel = (fn(&PhysicsView<'static>) -> Wheels<f32>, fn(&mut SPageFilePhysics) -> &mut [f32; 4]);
    let per_wheel: [PerWheel; 11] = [
        (PhysicsView::wheel_slip, |page| &mut page.wheelSlip),
        (PhysicsView::wheel_load, |page| &mut page.wheelLoad),
        (PhysicsView::wheel_pressure, |page| &mut page.wheelsPressure),
        (PhysicsView::wheel_angular_speed, |page| &mut page.wheelAngularSpeed),
        (PhysicsView::tyre_core_temperature, |page| &mut page.tyreCoreTemperature),
        (PhysicsView::brake_temperature, |page| &mut page.brakeTemp),
        (PhysicsView::camber, |page| &mut page.camberRAD),
        (PhysicsView::suspension_travel, |page| &mut page.suspensionTravel),
        (PhysicsView::slip_ratio, |page| &mut page.slipRatio),
        (PhysicsView::slip_angle, |page| &mut page.slipAngle),
        (PhysicsView::brake_torque, |page| &mut page.brakeTorque),
    ];
    for (accessor, field) in per_wheel {
        let wheels = accessor(&physics(|page| *field(page) = [1.0, 2.0, 3.0, 4.0]));
        assert_eq!(wheels, Wheels { fl: 1.0, fr: 2.0, rl: 3.0, rr: 4.0 });
        assert_eq!(wheels.map(|value| value as i32).into_iter().sum::<i32>(), 10);
    }
    let contact = physics(|page| page.tyreContactPoint[2] = [7.0, 8.0, 9.0]).tyre_contact_point();
    assert_eq!(contact.rl, [7.0, 8.0, 9.0]);
}

#[test]
fn traction_control_and_anti_lock_brakes_use_both_signals() {
    assert!(physics(|page| page.tc = 0.2).traction_control());
    assert!(physics(|page| page.tcinAction = 1).traction_control());
    assert!(physics(|page| page.abs = 0.2).anti_lock_brakes());
    assert!(physics(|page| page.absInAction = 1).anti_lock_brakes());
    let resting = physics(|page| (page.tc, page.abs) = (f32::NAN, -0.0));
    assert!(!resting.traction_control() && !resting.anti_lock_brakes());
}

#[test]
fn gear_reads_both_pages() {
    assert_eq!(physics(|page| page.gear = 0).gear(), Gear::Reverse);
    assert_eq!(physics(|page| page.gear = i32::MIN).gear(), Gear::Unknown(i32::MIN));
    assert_eq!(graphics(|page| page.gear_int = 1).gear(), Gear::Neutral);
    assert_eq!(graphics(|page| page.gear_int = 7).gear(), Gear::Forward(6));
    assert_eq!(graphics(|page| page.gear_int = -4).gear(), Gear::Unknown(-4));
}

#[test]
fn lap_times_are_none_for_every_value_that_means_no_time() {
    type Time = (fn(&GraphicsView<'static>) -> Option<Duration>, fn(&mut SPageFileGraphicEvo) -> &mut i32);
    let times: [Time; 5] = [
        (GraphicsView::current_lap_time, |page| &mut page.current_lap_time_ms),
        (GraphicsView::last_lap_time, |page| &mut page.last_laptime_ms),
        (GraphicsView::best_lap_time, |page| &mut page.best_laptime_ms),
        (GraphicsView::predicted_lap_time, |page| &mut page.predicted_lap_time_ms),
        (GraphicsView::time_left, |page| &mut page.session_state.time_left_ms),
    ];
    for (accessor, field) in times {
        for none in [0, -1, -90_000, i32::MIN, i32::MAX] {
            assert_eq!(accessor(&graphics(|page| *field(page) = none)), None, "{none}");
        }
        for some in [1, 92_345, i32::MAX - 1] {
            let expected = Duration::from_millis(some as u64);
            assert_eq!(accessor(&graphics(|page| *field(page) = some)), Some(expected));
        }
    }
}

#[test]
fn delta_is_none_only_without_a_reference() {
    let delta = |ms| graphics(|page| page.delta_time_ms = ms).delta();
    assert_eq!([delta(-250), delta(0), delta(1_500), delta(i32::MAX)], [Some(-0.25), Some(0.0), Some(1.5), None]);
}

#[test]
fn graphics_accessors_read_the_state_of_the_game() {
    let view = graphics(|page| {
        page.packetId = 12;
        page.status = 3;
        page.car_location = 2;
        (page.flag, page.global_flag) = (5, 42);
        page.engine_type = 1;
        (page.time_of_day_hours, page.time_of_day_minutes, page.time_of_day_seconds) = (14, 5, 59);
        (page.g_forces_x, page.g_forces_y, page.g_forces_z) = (1.0, -2.0, 0.5);
        page.session_state.phase_name = "Sprint".into();
    });
    assert_eq!((view.packet_id(), view.status(), view.session_phase()), (12, ACEvoStatus::Pause, "Sprint"));
    assert_eq!((view.flag(), view.global_flag()), (ACEvoFlagType::YellowFlag, ACEvoFlagType::Unknown(42)));
    assert_eq!((view.car_location(), view.engine_type()), (ACEvoCarLocation::PitEntry, ACEvoEngineType::ElectricMotor));
    assert_eq!((view.time_of_day(), view.g_forces()), ((14, 5, 59), (1.0, -2.0, 0.5)));
}

#[test]
fn graphics_accessors_read_names_and_tyres() {
    let view = graphics(|page| {
        page.driver_name = "Jürgen".into();
        page.driver_surname = "Žák".into();
        page.car_model = "Velocita GT3 R".into();
        page.performance_mode_name = "Sport".into();
        page.tyre_lf.tyre_compound_front = "Soft".into();
        page.tyre_lf.tyre_compound_rear = "Medium".into();
        page.tyre_rr.tyre_pression = 27.5;
    });
    assert_eq!([view.driver_name(), view.driver_surname()], ["Jürgen", "Žák"]);
    assert_eq!([view.car_model(), view.performance_mode_name()], ["Velocita GT3 R", "Sport"]);
    assert_eq!((view.tyre_compounds().front, view.tyre_compounds().rear), ("Soft", "Medium"));
    assert_eq!(view.tyres().map(|tyre| tyre.tyre_pression).into_array(), [0.0, 0.0, 0.0, 27.5]);
}

#[test]
fn cars_returns_the_slots_with_an_id() {
    let view = graphics(|page| {
        page.car_ids[0] = [1, 2];
        page.car_coordinates[0] = [1.0, 0.0, 0.0];
        page.car_coordinates[1] = [9.0, 9.0, 9.0];
        page.car_ids[59] = [0, 7];
        page.car_coordinates[59] = [2.0, 0.0, 0.0];
        (page.player_car_id_a, page.player_car_id_b) = (0, 7);
        (page.focused_car_id_a, page.focused_car_id_b) = (1, 2);
    });
    let cars: Vec<_> = view.cars().map(|car| (car.id, car.coordinates[0])).collect();
    assert_eq!(cars, [(CarId(1, 2), 1.0), (CarId(0, 7), 2.0)]);
    assert_eq!((view.player_car_id(), view.focused_car_id()), ((0, 7), (1, 2)));
    assert_eq!(view.player_car().unwrap().coordinates, [2.0, 0.0, 0.0]);
    assert_eq!(graphics(|_| ()).player_car(), None, "0, 0 is no car");
}

#[test]
fn static_accessors_read_the_session() {
    let page = SPageFileStaticEvo {
        sm_version: "1.2".into(),
        ac_evo_version: "0.9.1+release.6".into(),
        session_name: "Practice".into(),
        track: "Valdombra".into(),
        track_configuration: "Gran Premio".into(),
        nation: "Italia".into(),
        session: 2,
        starting_grip: 9,
        track_length_m: 4500.0,
        ..Default::default()
    };
    let view: StaticView<'_> = View::from(page);
    assert_eq!([view.sm_version(), view.ac_evo_version(), view.session_name()], ["1.2", "0.9.1+release.6", "Practice"]);
    assert_eq!([view.track(), view.track_configuration(), view.nation()], ["Valdombra", "Gran Premio", "Italia"]);
    assert_eq!((view.session(), view.starting_grip()), (ACEvoSessionType::HotStint, ACEvoStartingGrip::Unknown(9)));
    assert_eq!(view.track_length(), Some(4500.0));
    for none in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(View::from(SPageFileStaticEvo { track_length_m: none, ..page }).track_length(), None);
    }
}

#[test]
fn view_owns_its_page() {
    let view = physics(|page| (page.packetId, page.gas) = (4, 0.5));
    assert_eq!(view.raw(), view.inner());
    assert_eq!(view.snapshot(), view);
    assert_eq!(view.into_inner().gas, 0.5);
    assert!(view.is_settled() && format!("{view:?}").contains("gas: 0.5"));
    let mut snapshot = view.snapshot();
    assert!(matches!(snapshot.refresh(), Err(Error::Snapshot)));
    assert_eq!(snapshot, view, "a failed refresh changes nothing");
}
