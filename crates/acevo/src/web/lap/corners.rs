//! The corners of a lap as JSON.

use acevo_telemetry::corners::{Corner, CornerFigures, Corners, LapCorners, channels, compare};
use anyhow::ensure;
use serde::Serialize;

use super::share::{OneLap, corners_of, traced};
use crate::format::corner_json::LossJson;
use crate::web::json::json;

/// The corners of the track of a lap, its figures in them, and the time lost to another lap. Corners that are not stored are detected by the lap.
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
    let known = Corners {
        track: outline.track().to_owned(),
        configuration: outline.configuration().to_owned(),
        corners: corners_of(&outline, &traces)?,
    };
    let figures = LapCorners::new(&known, &traces);
    let comparison = match against {
        None => None,
        Some(other) => {
            let (other, _) = traced(other, &channels)?;
            ensure!(
                (&other.track, &other.layout) == (&traces.track, &traces.layout),
                "the laps are of different tracks"
            );
            Some(compare(&figures, &LapCorners::new(&known, &other)))
        }
    };
    let comparison = comparison.as_ref();
    Ok(json(&Document {
        corners: &known.corners,
        figures: figures.figures(),
        losses: comparison.map(|comparison| comparison.losses.iter().map(LossJson::of).collect()),
        rest_s: comparison.and_then(|comparison| comparison.rest_s),
        total_s: comparison.and_then(|comparison| comparison.total_s),
    }))
}
