//! The corners of a lap as JSON.

use acevo_telemetry::corners::{Corner, CornerFigures, Corners, LapCorners, channels, compare};
use anyhow::ensure;
use serde::Serialize;

use super::share::{OneLap, corners_of, traced};
use crate::format::corner_json::LossJson;
use crate::web::json::json;

/// The corners of the track of a lap, its figures in them, and the time lost to another lap. Corners that are not stored are detected from both laps.
pub(super) fn document(lap: &OneLap, against: Option<&OneLap>) -> anyhow::Result<String> {
    #[derive(Serialize)]
    struct Document<'a> {
        corners: &'a [Corner],
        figures: &'a [CornerFigures],
        losses: Option<Vec<LossJson<'a>>>,
        rest_s: Option<f64>,
        total_s: Option<f64>,
    }
    let channels = channels();
    let (traces, outline) = traced(lap, &channels)?;
    let mut laps = vec![traces];
    if let Some(other) = against {
        let (other, _) = traced(other, &channels)?;
        ensure!((&other.track, &other.layout) == (&laps[0].track, &laps[0].layout), "the laps are of different tracks");
        laps.push(other);
    }
    let known = Corners {
        track: outline.track().to_owned(),
        configuration: outline.configuration().to_owned(),
        corners: corners_of(&outline, &laps)?,
    };
    let figures: Vec<_> = laps.iter().map(|lap| LapCorners::new(&known, lap)).collect();
    let comparison = figures.get(1).map(|other| compare(&figures[0], other));
    let comparison = comparison.as_ref();
    Ok(json(&Document {
        corners: &known.corners,
        figures: figures[0].figures(),
        losses: comparison.map(|comparison| comparison.losses.iter().map(LossJson::of).collect()),
        rest_s: comparison.and_then(|comparison| comparison.rest_s),
        total_s: comparison.and_then(|comparison| comparison.total_s),
    }))
}
