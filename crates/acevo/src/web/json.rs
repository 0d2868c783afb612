//! JSON of documents and messages.

use acevo_telemetry::escape_json;
use serde::Serialize;

/// A document as text, without characters that control a terminal. Serializing the types of the server cannot fail.
pub(super) fn json(document: &impl Serialize) -> String {
    escape_json(serde_json::to_string(document).unwrap_or_default()).into_owned()
}
