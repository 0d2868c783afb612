//! The time lost in a corner as JSON, for `acevo corners --json` and the web server.

use acevo_telemetry::corners::{CornerLoss, advice};
use serde::Serialize;

/// The time lost in a corner, with a sentence for the driver.
#[derive(Debug, Serialize)]
pub(crate) struct LossJson<'a> {
    #[serde(flatten)]
    loss: &'a CornerLoss,
    advice: String,
}

impl<'a> LossJson<'a> {
    pub(crate) fn of(loss: &'a CornerLoss) -> Self {
        Self { advice: advice(loss), loss }
    }
}
