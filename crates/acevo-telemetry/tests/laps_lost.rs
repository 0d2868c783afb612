//! Lost packets, repeated packets and interruptions: a lap is right, or marked incomplete.

use std::time::Duration;

use acevo_shared_memory::PhysicsTracker;
use acevo_simulator::{LapRecord, Options, Scenario};
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind, Settings, Validity};
use acevo_testkit::drive::{cases, each_frame_of, options};
use proptest::prelude::*;

/// Faults between the game and the analysis.
#[derive(Debug, Clone)]
struct Trouble {
    /// Frames that are lost, in parts of 256, whole or by page.
    lost: u8,
    physics_lost: u8,
    graphics_lost: u8,
    doubled: u8,
    /// Part of the drive after which nothing comes for some seconds, and whether the game is attached again after that.
    gaps: Vec<(f64, f64, bool)>,
    seed: u64,
}

impl Trouble {
    fn is_lost(&mut self, part: u8) -> bool {
        // A simple generator is enough.
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.seed >> 33) as u8) < part
    }
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let rate = || prop_oneof![2 => Just(0u8), 2 => 0u8..40, 1 => 40u8..240];
    let length = prop_oneof![0.02f64..0.5, 0.5..6.0, 6.0..130.0];
    let gaps = prop::collection::vec((0.0f64..1.0, length, any::<bool>()), 0..5);
    (rate(), rate(), rate(), rate(), gaps, any::<u64>()).prop_map(
        |(lost, physics_lost, graphics_lost, doubled, gaps, seed)| Trouble {
            lost,
            physics_lost,
            graphics_lost,
            doubled,
            gaps,
            seed,
        },
    )
}

/// Checks a reported lap against the laps that were driven by then. Measured times may differ by `slack` milliseconds.
fn check(lap: &Lap, truth: &[LapRecord], slack: u32) -> Result<(), TestCaseError> {
    let Some(time_ms) = lap.time_ms else {
        prop_assert!(lap.incomplete.is_some(), "no time, and complete: {:?}", lap.number);
        return Ok(());
    };
    let Some(driven) = truth.last() else {
        return Err(TestCaseError::fail("a lap before any was driven"));
    };
    let reported = (lap.number, lap.kind, lap.incomplete, time_ms, lap.validity, &lap.sectors_ms);
    prop_assert_eq!(time_ms, driven.time_ms as u32, "{:?} {:?}", reported, driven);
    match lap.validity {
        Validity::Valid => prop_assert!(driven.valid, "{:?} {:?}", reported, driven),
        Validity::Invalid { .. } => prop_assert!(!driven.valid, "{:?} {:?}", reported, driven),
        _ => {}
    }
    if let Some(measured) = lap.measured_ms {
        prop_assert!(measured.abs_diff(time_ms) <= slack, "measured {} {:?}", measured, driven);
    }
    for (sector, right) in lap.sectors_ms.iter().zip(driven.sectors_ms) {
        if let Some(sector) = sector {
            // Frames without their physics are timed by the wall clock.
            prop_assert!(sector.abs_diff(right as u32) <= slack, "{:?} {:?}", reported, driven);
        }
    }
    if let Some(fuel) = lap.fuel_used_l.filter(|_| lap.fuel_added_l == Some(0.0) && driven.valid) {
        prop_assert!((fuel - driven.fuel_used_l).abs() < 0.1, "{} l, {:?}", fuel, driven);
    }
    Ok(())
}

fn drive(options: Options, seconds: f64, mut trouble: Trouble) -> Result<usize, TestCaseError> {
    // Twins are rounded to 10 ms.
    let slack = if options.scenario == Scenario::Twins { 13 } else { 3 };
    let mut analysis = Analysis::new(Settings::default());
    let mut result = Ok(());
    let mut complete = 0;
    let mut seen: Option<Frame> = None;
    let mut tracker = PhysicsTracker::default();
    let gaps = trouble.gaps.clone();
    let mut interrupted = vec![false; gaps.len()];
    each_frame_of(options, |at: Duration, frame: &Frame, truth: &[LapRecord]| {
        let now = at.as_secs_f64();
        for ((start, length, interrupts), done) in gaps.iter().zip(&mut interrupted) {
            let (start, end) = (start * seconds, start * seconds + length);
            if now >= end && *interrupts && !std::mem::replace(done, true) {
                analysis.interrupt();
            }
            if (start..end).contains(&now) {
                return;
            }
        }
        if trouble.is_lost(trouble.lost) {
            return;
        }
        // A page that was lost stays as it was read last.
        let mut read = *frame;
        if let Some(before) = seen {
            if trouble.is_lost(trouble.physics_lost) {
                read.physics = before.physics;
            }
            if trouble.is_lost(trouble.graphics_lost) {
                read.graphics = before.graphics;
            }
        }
        // A reader judges by the pages that it has read.
        tracker.graphics(read.graphics.raw());
        tracker.physics(read.physics.raw());
        read.validity = tracker.validity();
        seen = Some(read);
        analysis.feed(at, &read);
        if trouble.is_lost(trouble.doubled) {
            analysis.feed(at, &read);
        }
        while let Some(event) = analysis.next_event() {
            if let SessionEventKind::Lap(lap) = event.kind
                && result.is_ok()
            {
                complete += usize::from(lap.incomplete.is_none());
                result = check(&lap, truth, slack);
            }
        }
    });
    result.map(|()| complete)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(6), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hot_laps_with_lost_packets_are_right_or_incomplete(seed in 1u64..50, trouble in trouble()) {
        drive(options(Scenario::HotLaps, seed, 4), 360.0, trouble)?;
    }

    #[test]
    fn laps_of_a_weekend_with_lost_packets_are_right_or_incomplete(seed in 1u64..50, trouble in trouble()) {
        drive(options(Scenario::Weekend, seed, 6), 1100.0, trouble)?;
    }

    #[test]
    fn laps_of_every_scenario_with_lost_packets_are_right_or_incomplete(scenario in trap(), seed in 1u64..50, trouble in trouble()) {
        let mut options = options(scenario, seed, 0);
        options.laps = None;
        drive(options, 600.0, trouble)?;
    }
}

/// Every scenario with a trap: all but the common ones.
fn trap() -> impl Strategy<Value = Scenario> {
    use Scenario::{HotLaps, Menu, Pause, Pits, Race, Weekend};
    let is_trap = |scenario: &Scenario| !matches!(scenario, Weekend | HotLaps | Race | Pits | Pause | Menu);
    prop::sample::select(Scenario::ALL.iter().copied().filter(is_trap).collect::<Vec<_>>())
}

/// After a replay the last physics packet is still that of the replay, with its fuel level.
#[test]
fn fuel_used_ignores_packets_of_a_replay() {
    for seed in 0..4 {
        let trouble = Trouble { lost: 0, physics_lost: 200, graphics_lost: 0, doubled: 0, gaps: Vec::new(), seed };
        let mut options = options(Scenario::Replay, 2, 0);
        options.laps = None;
        drive(options, 600.0, trouble).unwrap();
    }
}

#[test]
fn few_lost_packets_lose_no_lap() {
    let trouble = Trouble { lost: 100, physics_lost: 30, graphics_lost: 100, doubled: 30, gaps: Vec::new(), seed: 1 };
    assert_eq!(drive(options(Scenario::HotLaps, 3, 4), 360.0, trouble).unwrap(), 4);
}
