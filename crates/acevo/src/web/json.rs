//! JSON of documents and messages.

use acevo_telemetry::escape_json;
use serde::Serialize;

/// A document as text, without characters that control a terminal. Serializing the types of the server cannot fail.
pub(super) fn json(document: &impl Serialize) -> String {
    escape_json(serde_json::to_string(document).unwrap_or_default()).into_owned()
}

/// A number rounded to this many decimals, or `None` if it is not finite.
pub(super) fn rounded(value: f64, decimals: i32) -> Option<f64> {
    let scale = 10f64.powi(decimals);
    // Adding zero turns -0 into 0.
    value.is_finite().then(|| (value * scale).round() / scale + 0.0)
}
