//! Laps against what the simulator knows.

#[path = "drive/mod.rs"]
mod drive;

use acevo_simulator::{LapRecord, Scenario};
use acevo_telemetry::analysis::{Lap, LapKind, Validity};
use drive::{analysed, options};

fn kind(lap: &LapRecord) -> LapKind {
    match lap.kind {
        acevo_simulator::LapKind::Flying => LapKind::Flying,
        acevo_simulator::LapKind::Out => LapKind::Out,
        acevo_simulator::LapKind::In => LapKind::In,
        _ => LapKind::Pit,
    }
}

/// Every lap of the truth, in order and to the millisecond.
fn assert_true(laps: &[Lap], truth: &[LapRecord], what: &str) {
    let complete: Vec<&Lap> = laps.iter().filter(|lap| lap.incomplete.is_none()).collect();
    let summary = || laps.iter().map(|lap| (lap.number, lap.time_ms, lap.incomplete)).collect::<Vec<_>>();
    assert_eq!(complete.len(), truth.len(), "{what}: {:?}", summary());
    for (lap, truth) in complete.iter().zip(truth) {
        let which = format!("{what}, lap {} of session {}: {lap:?}\n{truth:?}", truth.number, truth.session);
        assert_eq!(lap.time_ms, Some(truth.time_ms as u32), "{which}");
        assert_eq!(lap.number, truth.number, "{which}");
        assert_eq!(lap.kind, kind(truth), "{which}");
        let validity = if truth.valid { lap.validity == Validity::Valid } else { lap.validity.is_invalid() };
        assert!(validity, "{which}");
        let sectors: Vec<_> = truth.sectors_ms.iter().map(|ms| Some(*ms as u32)).collect();
        assert_eq!(lap.sectors_ms, sectors, "{which}");
        let fuel = lap.fuel_used_l.expect("seen whole");
        // What an idling engine burns while the tank is filled does not show.
        let hidden = if lap.fuel_added_l > Some(0.0) { 0.01 } else { 0.005 };
        assert!((fuel - truth.fuel_used_l).abs() < hidden, "{which}");
        if let Some(measured) = lap.measured_ms {
            assert!(measured.abs_diff(truth.time_ms as u32) <= 1, "{which}");
        }
        assert_eq!(lap.missed, 0, "{which}");
    }
}

#[test]
fn laps_are_those_of_the_truth() {
    for (scenario, laps) in
        [(Scenario::HotLaps, 4), (Scenario::Weekend, 7), (Scenario::Pits, 4), (Scenario::Pause, 3), (Scenario::Race, 2)]
    {
        for seed in 1..4 {
            let (simulator, analysis, _) = analysed(options(scenario, seed, laps));
            assert_true(analysis.laps(), &simulator.truth().laps, &format!("{scenario}, seed {seed}"));
        }
    }
}
