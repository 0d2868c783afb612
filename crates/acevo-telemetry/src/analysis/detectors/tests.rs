use acevo_shared_memory::{Frame, Page, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use proptest::prelude::*;

use super::super::event::{Fluid, Part, Service, TyreState, Wheel};
use super::*;
use crate::car_sample::CarSample;

const LIVE: i32 = 2;
const FPS: f64 = 60.0;

fn page() -> (SPageFileGraphicEvo, SPageFilePhysics) {
    (
        SPageFileGraphicEvo { status: LIVE, ..Default::default() },
        SPageFilePhysics { airDensity: 1.2, ..Default::default() },
    )
}

/// Detectors and the clock that feeds them.
#[derive(Default)]
struct Drive {
    detectors: Detectors,
    frames: f64,
    begun: bool,
    limits: Thresholds,
    laps_left: Option<f64>,
}

impl Drive {
    /// Feeds the same pages for some seconds. Returns the events.
    fn hold(
        &mut self,
        seconds: f64,
        (graphics, physics): (SPageFileGraphicEvo, SPageFilePhysics),
    ) -> Vec<SessionEventKind> {
        self.show(seconds, |_| (graphics, physics))
    }

    /// Feeds pages that depend on the number of the frame.
    fn show(
        &mut self,
        seconds: f64,
        mut pages: impl FnMut(u32) -> (SPageFileGraphicEvo, SPageFilePhysics),
    ) -> Vec<SessionEventKind> {
        let mut events = Vec::new();
        for index in 0..(seconds * FPS).round() as u32 {
            let (graphics, physics) = pages(index);
            let continuity = if std::mem::replace(&mut self.begun, true) {
                Continuity::Continues
            } else {
                Continuity::Begins(Beginning::First)
            };
            self.feed(graphics, physics, continuity);
            events.extend(std::iter::from_fn(|| self.detectors.next_event()));
        }
        events
    }

    fn feed(&mut self, graphics: SPageFileGraphicEvo, physics: SPageFilePhysics, continuity: Continuity) {
        let frame = Frame::new(physics, graphics, SPageFileStaticEvo::default());
        self.frames += 1.0;
        let time = self.frames / FPS;
        let at = std::time::Duration::from_secs_f64(time);
        let clocked = ClockedFrame {
            frame: &frame,
            sample: CarSample::of(&frame),
            at,
            steps: time * 333.0,
            time,
            has_physics: true,
            has_graphics: true,
            is_timed: false,
            has_watched: false,
            continuity,
            may_begin_session: true,
        };
        self.detectors.feed(&clocked, &self.limits, self.laps_left);
    }
}

/// A drive with blank live pages whose initial states count.
fn settled() -> Drive {
    let mut drive = Drive::default();
    assert_eq!(drive.hold(5.0, page()), []);
    drive
}

fn graphics(change: impl FnOnce(&mut SPageFileGraphicEvo)) -> (SPageFileGraphicEvo, SPageFilePhysics) {
    let (mut graphics, physics) = page();
    change(&mut graphics);
    (graphics, physics)
}

fn physics(change: impl FnOnce(&mut SPageFilePhysics)) -> (SPageFileGraphicEvo, SPageFilePhysics) {
    let (graphics, mut physics) = page();
    change(&mut physics);
    (graphics, physics)
}

#[test]
fn pits_reports_a_stop_from_entry_to_exit() {
    let mut drive = settled();
    let lane = graphics(|page| page.is_in_pit_lane = true);
    let in_box = graphics(|page| (page.is_in_pit_lane, page.is_in_pit_box) = (true, true));
    let works = graphics(|page| {
        (page.is_in_pit_lane, page.is_in_pit_box) = (true, true);
        let info = &mut page.pit_info;
        (info.damage, info.fuel) = (-1, 1);
        (info.tyres_lf, info.tyres_rf, info.tyres_lr, info.tyres_rr) = (1, 1, 1, 1);
    });
    assert_eq!(drive.hold(10.0, lane), [SessionEventKind::PitLaneEntered]);
    assert_eq!(drive.hold(1.0, in_box), [SessionEventKind::BoxEntered]);
    let begun = drive.hold(8.0, works);
    assert!(matches!(begun.as_slice(), [SessionEventKind::ServiceBegun { items }] if items.len() == 5), "{begun:?}");
    assert_eq!(begun[0].to_string(), "pit crew started: fuel, all tyres");
    let done = drive.hold(1.0, in_box);
    let [SessionEventKind::ServiceDone { items, seconds: Some(seconds) }] = done.as_slice() else { panic!("{done:?}") };
    assert!(!items.contains(&Service::Repair) && (seconds - 8.0).abs() < 0.02, "{done:?}");
    let left = drive.hold(5.0, lane);
    assert!(
        matches!(left.as_slice(), [SessionEventKind::BoxLeft { seconds: Some(s) }] if (s - 10.0).abs() < 0.02),
        "{left:?}"
    );
    let out = drive.hold(1.0, page());
    assert!(
        matches!(out.as_slice(), [SessionEventKind::PitLaneLeft { seconds: Some(s) }] if (s - 25.0).abs() < 0.02),
        "{out:?}"
    );
}

#[test]
fn pits_reports_dropped_services() {
    let mut drive = settled();
    let fuel = |state| graphics(move |page| page.pit_info.fuel = state);
    assert_eq!(drive.hold(2.0, fuel(1)), [SessionEventKind::ServiceBegun { items: vec![Service::Fuel] }]);
    assert_eq!(drive.hold(2.0, fuel(-1)), [SessionEventKind::ServiceDropped { items: vec![Service::Fuel] }]);
    assert_eq!(drive.hold(2.0, fuel(0)), []);
    assert_eq!(drive.hold(2.0, fuel(77)), []);
}

#[test]
fn control_reports_persistent_flags_once_for_player_and_all() {
    let mut drive = settled();
    let flags = |flag, global| graphics(move |page| (page.flag, page.global_flag) = (flag, global));
    let texts = |events: Vec<SessionEventKind>| events.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(drive.show(5.0, |index| flags(if index % 8 < 4 { 5 } else { 0 }, 0)), [], "it flickers");
    assert_eq!(texts(drive.hold(2.0, flags(5, 5))), ["yellow flag"]);
    assert_eq!(texts(drive.hold(2.0, flags(2, 0))), ["green flag"]);
    assert_eq!(texts(drive.hold(2.0, flags(0, 0))), ["green flag cleared"]);
    assert_eq!(texts(drive.hold(2.0, flags(4, 3))), ["blue flag", "red flag for all drivers"]);
    assert_eq!(texts(drive.hold(2.0, flags(0, 0))), ["blue flag cleared", "red flag cleared for all drivers"]);
    assert_eq!(texts(drive.hold(2.0, flags(-9, 0))), ["unknown flag -9"]);
}

#[test]
fn detectors_report_initial_states_that_matter() {
    let found = graphics(|page| {
        page.session_state.phase_name = "Qualifying".into();
        (page.flag, page.is_wrong_way, page.laps_possible_with_fuel) = (5, true, 1.0);
        (page.is_in_pit_lane, page.is_in_pit_box, page.pit_info.fuel) = (true, true, 0);
        (page.car_damage.damage_front, page.oil_temperature_c) = (0.7, 180.0);
        page.electronics.is_pitlimiter_on = true;
        page.tyre_lf.tyre_normalized_temperature_core = 0.5;
    });
    let mut texts: Vec<_> = Drive::default().hold(10.0, found).iter().map(ToString::to_string).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["critical fuel: 0.0 l, 1.0 laps", "phase: Qualifying", "wrong way", "yellow flag"]);
}

#[test]
fn control_keeps_the_phase_across_sessions() {
    let mut drive = settled();
    let phase = |name: &'static str| graphics(move |page| page.session_state.phase_name = name.into());
    let is = |name: &str, before: Option<&str>| SessionEventKind::Phase {
        name: name.into(),
        before: before.map(Into::into),
    };
    assert_eq!(drive.hold(1.0, phase("Practice")), [is("Practice", None)]);
    assert_eq!(drive.hold(1.0, phase("")), []);
    let (graphics, physics) = phase("Race");
    drive.feed(graphics, physics, Continuity::Begins(Beginning::Session));
    assert_eq!(drive.hold(1.0, phase("Race")), [is("Race", Some("Practice"))]);
    drive.feed(graphics, physics, Continuity::Begins(Beginning::Session));
    assert_eq!(drive.hold(1.0, phase("Race")), [], "a restart");
    drive.feed(graphics, physics, Continuity::Begins(Beginning::First));
    assert_eq!(drive.hold(1.0, phase("Race")), [is("Race", None)]);
}

#[test]
fn control_reports_lights_and_then_green_at_once() {
    let mut drive = settled();
    let lights = |on| graphics(move |page| page.session_state.lights_on = on);
    let events = drive.show(5.0, |index| lights(1 + index as i32 / 60));
    assert_eq!(events, [SessionEventKind::StartLights]);
    assert_eq!(drive.hold(1.0 / FPS, lights(0)), [SessionEventKind::Green]);
    assert_eq!(drive.show(3.0, |index| lights((index % 2) as i32 * i32::MAX)), []);
    assert_eq!(drive.hold(1.0, lights(2)), [], "no second start within five seconds");
}

#[test]
fn driving_reports_the_rev_limiter_at_intervals() {
    let mut drive = settled();
    let flickers =
        |index: u32| graphics(move |page| (page.is_rpm_limiter_on, page.rpm) = (index.is_multiple_of(3), 9000));
    assert_eq!(drive.show(29.0, flickers), vec![SessionEventKind::RevLimiter { rpm: 9000 }; 3]);
    let stays = graphics(|page| page.is_rpm_limiter_on = true);
    let mut drive = settled();
    assert_eq!(drive.hold(60.0, stays).len(), 1);
}

#[test]
fn driving_reports_wrong_way_and_off_track_once_they_persist() {
    let mut drive = settled();
    let wrong = graphics(|page| page.is_wrong_way = true);
    assert_eq!(drive.show(5.0, |index| if index % 20 < 19 { wrong } else { page() }), []);
    assert_eq!(drive.hold(2.0, wrong), [SessionEventKind::WrongWay]);
    let back = drive.hold(2.0, page());
    assert!(
        matches!(back.as_slice(), [SessionEventKind::RightWay { seconds: Some(s) }] if (s - 2.0).abs() < 0.02),
        "{back:?}"
    );

    let off = |tyres| physics(move |page| page.numberOfTyresOut = tyres);
    assert_eq!(drive.hold(3.0, off(3)), []);
    let hops = drive.show(3.0, |index| off(if index % 20 == 19 { 3 } else { 4 }));
    assert_eq!(hops, [SessionEventKind::OffTrack], "a wheel that touches the kerb is not the end of it");
    assert!(matches!(drive.hold(3.0, off(0)).as_slice(), [SessionEventKind::BackOnTrack { seconds: Some(_) }]));
}

#[test]
fn fuel_reports_low_once_and_critical_once() {
    let mut drive = settled();
    let laps = |laps: f32| graphics(move |page| page.laps_possible_with_fuel = laps);
    assert_eq!(drive.hold(2.0, laps(9.0)), []);
    let events =
        drive.show(60.0, |index| laps(3.1 - index as f32 * 0.0001 + if index % 120 < 60 { 0.1 } else { -0.1 }));
    assert!(matches!(events.as_slice(), [SessionEventKind::LowFuel { is_critical: false, .. }]), "{events:?}");
    let events = drive.show(60.0, |index| laps(1.6 - index as f32 * 0.0004));
    assert!(matches!(events.as_slice(), [SessionEventKind::LowFuel { is_critical: true, .. }]), "{events:?}");
    assert_eq!(drive.hold(5.0, laps(30.0)), [], "refuelled");
    assert_eq!(drive.hold(5.0, laps(2.0)).len(), 1);

    // A measured value is preferred to the game's estimate.
    drive.laps_left = Some(20.0);
    assert_eq!(drive.hold(5.0, laps(1.0)), []);
    drive.laps_left = Some(1.2);
    assert_eq!(drive.hold(5.0, laps(30.0))[0].to_string(), "critical fuel: 0.0 l, 1.2 laps");

    // Litres if the laps are unknown; charge for an electric car.
    let mut drive = settled();
    let litres = |litres| physics(move |page| page.fuel = litres);
    assert_eq!(drive.hold(3.0, litres(60.0)), []);
    assert_eq!(drive.hold(3.0, litres(7.0))[0].to_string(), "low fuel: 7.0 l");
    assert_eq!(drive.hold(3.0, litres(0.0))[0].to_string(), "critical fuel: 0.0 l");
    let mut drive = Drive::default();
    let charge = |charge| graphics(move |page| (page.engine_type, page.kers_charge_perc) = (1, charge));
    assert_eq!(drive.hold(3.0, charge(0.8)), []);
    assert_eq!(drive.hold(3.0, charge(0.1))[0].to_string(), "low charge: 10 %");
}

#[test]
fn damage_reports_a_crash_and_its_repairs_once_each() {
    let mut drive = settled();
    let damaged = |front: f32, fl: f32| {
        graphics(move |page| (page.car_damage.damage_front, page.car_damage.damage_suspension_lf) = (front, fl))
    };
    let crash = drive.show(4.0, |index| damaged((index as f32 * 0.01).min(0.4), (index as f32 * 0.005).min(0.2)));
    let [SessionEventKind::Damage { parts }] = crash.as_slice() else { panic!("{crash:?}") };
    assert_eq!(parts.iter().map(|step| step.part).collect::<Vec<_>>(), [Part::Front, Part::SuspensionFrontLeft]);
    assert_eq!(crash[0].to_string(), "damage: front 0.00 to 0.40, suspension front left 0.00 to 0.20");
    let shakes = drive.show(20.0, |index| damaged(0.4 + (index % 7) as f32 * 0.01, 0.2));
    assert_eq!(shakes, []);
    let repairs = drive.show(6.0, |index| damaged((0.4 - index as f32 * 0.002).max(0.0), 0.2));
    assert!(matches!(repairs.as_slice(), [SessionEventKind::Repaired { parts }] if parts.len() == 1), "{repairs:?}");

    // Only the physics page shows it, on a scale that does not end at 1.
    let mut drive = settled();
    let right = |damage| physics(move |page| page.carDamage[3] = damage);
    assert_eq!(drive.hold(3.0, right(237.0))[0].to_string(), "damage: right side 0.00 to 237.00");
    assert_eq!(drive.hold(3.0, right(238.0)), []);
}

#[test]
fn heat_reports_tyres_together() {
    let mut drive = settled();
    let tyres = |[fl, fr, rl, rr]: [f32; 4]| {
        graphics(move |page| {
            page.tyre_lf.tyre_normalized_temperature_core = fl;
            page.tyre_rf.tyre_normalized_temperature_core = fr;
            page.tyre_lr.tyre_normalized_temperature_core = rl;
            page.tyre_rr.tyre_normalized_temperature_core = rr;
        })
    };
    assert_eq!(drive.hold(4.0, tyres([0.7; 4])), [], "as it was found");
    // One after the other, within a second.
    let warm = drive.show(10.0, |index| tyres([0, 20, 40, 60].map(|delay| if index > delay { 1.0 } else { 0.8 })));
    assert_eq!(warm, [SessionEventKind::Tyres { state: TyreState::Ideal, wheels: Wheel::ALL.to_vec() }]);
    assert_eq!(warm[0].to_string(), "all tyres are in their window");
    let swings =
        drive.show(30.0, |index| tyres([1.0, 1.15 + (f64::from(index) / 120.0).sin() as f32 * 0.02, 1.0, 1.0]));
    assert_eq!(swings.len(), 1, "{swings:?}");
    assert_eq!(swings[0].to_string(), "tyre too hot: front right");
    assert_eq!(drive.show(30.0, |index| tyres([if index % 120 < 60 { 0.5 } else { 1.0 }, 1.2, 1.0, 1.0])), []);

    // °C if the game writes nothing else.
    let mut drive = settled();
    let cores = |celsius| physics(move |page| page.tyreCoreTemperature = [celsius; 4]);
    assert_eq!(drive.hold(4.0, cores(80.0)), []);
    assert_eq!(drive.hold(4.0, cores(120.0))[0].to_string(), "all tyres are too hot");
    assert_eq!(drive.hold(4.0, cores(f32::NAN)), []);
}

#[test]
fn heat_reports_hot_and_cooled_fluids() {
    let mut drive = settled();
    let water = |celsius| physics(move |page| page.waterTemp = celsius);
    assert_eq!(drive.hold(3.0, water(90.0)), []);
    let hot = drive.show(20.0, |index| water(110.0 + (f64::from(index) / 60.0).sin() as f32 * 4.0));
    assert!(matches!(hot.as_slice(), [SessionEventKind::Overheating { fluid: Fluid::Water, .. }]), "{hot:?}");
    assert_eq!(drive.hold(5.0, water(95.0))[0].to_string(), "water has cooled: 95 °C");
}

#[test]
fn detectors_ignore_menus_pauses_and_replays() {
    let mut drive = settled();
    for status in [0, 1, 3, 77] {
        let away = graphics(|page| {
            page.status = status;
            (page.flag, page.is_in_pit_lane, page.is_wrong_way) = (5, true, true);
            page.session_state.phase_name = "Menu".into();
        });
        assert_eq!(drive.hold(5.0, away), [], "{status}");
    }
    // In another session the first state is no event.
    let lane = graphics(|page| page.is_in_pit_lane = true);
    drive.feed(lane.0, lane.1, Continuity::Begins(Beginning::Session));
    assert_eq!(drive.hold(5.0, lane), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Pages of random bytes, some of which stay for a while: no panic, and few events.
    #[test]
    fn limiter_bounds_events_of_garbage(seed: u64, stay in 1u32..40, seconds in 20.0..60.0f64) {
        let mut drive = Drive::default();
        let mut random = seed | 1;
        let mut byte = move || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random as u8
        };
        let (mut now, mut events, mut lines) = (page(), 0, 0);
        let mut fill = |bytes: &mut [u8]| bytes.iter_mut().for_each(|slot| *slot = byte());
        let mut graphics_bytes = vec![0; size_of::<SPageFileGraphicEvo>()];
        let mut physics_bytes = vec![0; size_of::<SPageFilePhysics>()];
        for event in drive.show(seconds, |index| {
            if index % stay == 0 {
                fill(&mut graphics_bytes);
                fill(&mut physics_bytes);
                now.0 = SPageFileGraphicEvo::from_bytes(&graphics_bytes);
                now.1 = SPageFilePhysics::from_bytes(&physics_bytes);
                now.0.status = LIVE;
            }
            now
        }) {
            events += 1;
            lines += event.to_string().lines().count();
        }
        prop_assert!(events <= 31 + (seconds * 2.0) as usize, "{} in {} s", events, seconds);
        prop_assert_eq!(lines, events);
    }
}
