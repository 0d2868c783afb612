//! The corners of a lap as JSON. The help text of `corners` describes it.

use std::path::Path;

use acevo_telemetry::corners::{Corner, CornerFigures, CornerSpread};
use acevo_telemetry::traces::LapTraces;
use serde::Serialize;

use super::Report;
use crate::format::corner_json::LossJson;
use crate::output::name_of;

#[derive(Serialize)]
struct Document<'a> {
    file: String,
    track: &'a str,
    layout: &'a str,
    corners: &'a [Corner],
    lap: Lap<'a>,
    figures: &'a [CornerFigures],
    against: Option<Lap<'a>>,
    losses: Option<Vec<LossJson<'a>>>,
    rest_s: Option<f64>,
    total_s: Option<f64>,
    consistency: Option<Consistency<'a>>,
}

#[derive(Serialize)]
struct Lap<'a> {
    number: u32,
    time_ms: Option<u32>,
    car: &'a str,
    length_m: Option<f64>,
}

#[derive(Serialize)]
struct Consistency<'a> {
    stint: u32,
    laps: usize,
    corners: &'a [CornerSpread],
}

impl<'a> Lap<'a> {
    fn of(lap: &'a LapTraces) -> Self {
        Self { number: lap.number, time_ms: lap.time_ms, car: &lap.car, length_m: lap.length_m }
    }
}

pub(super) fn of(report: &Report<'_>, file: &Path) -> anyhow::Result<String> {
    let comparison = report.against.as_ref().map(|(_, comparison)| comparison);
    let document = Document {
        file: name_of(file),
        track: &report.corners.track,
        layout: &report.corners.configuration,
        corners: &report.corners.corners,
        lap: Lap::of(report.lap),
        figures: report.figures.figures(),
        against: report.against.as_ref().map(|(lap, _)| Lap::of(lap)),
        losses: comparison.map(|comparison| comparison.losses.iter().map(LossJson::of).collect()),
        rest_s: comparison.and_then(|comparison| comparison.rest_s),
        total_s: comparison.and_then(|comparison| comparison.total_s),
        consistency: report.consistency.as_ref().map(|stint| Consistency {
            stint: stint.stint,
            laps: stint.laps,
            corners: &stint.corners,
        }),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
