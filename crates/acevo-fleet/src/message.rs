//! The messages. `docs/schema/mqtt-v1.json` of the repository is their schema.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::id::Uuid;
use crate::session::{DrivenNames, Session};

/// The content of `status`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Status<'a> {
    pub(crate) online: bool,
    pub(crate) state: &'a str,
    pub(crate) source: &'a str,
    pub(crate) boot: Uuid,
    pub(crate) seq: u64,
    pub(crate) version: &'a str,
    pub(crate) game: Option<&'a str>,
    /// When the program started.
    pub(crate) since: u64,
    pub(crate) backlog: Backlog,
    pub(crate) missed: u64,
    pub(crate) clock_ms: u64,
}

/// The last will.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Offline {
    pub(crate) online: bool,
    pub(crate) boot: Uuid,
}

/// What waits for the broker, and what was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Backlog {
    /// Laps, events and sessions that wait.
    pub messages: u64,
    /// Bytes of the spool.
    pub bytes: u64,
    /// Laps, events and sessions that were dropped: the spool was full, or could not be written.
    pub dropped: u64,
    /// Samples that were dropped: the broker was not connected, or was too slow.
    pub dropped_samples: u64,
}

/// The content of `channels`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Channels<'a> {
    /// Identifies this list; samples name it.
    pub(crate) format: u32,
    /// Samples per second.
    pub(crate) rate: f64,
    /// Seconds of samples in a message; 0 if each sample is a message.
    pub(crate) batch_s: f64,
    pub(crate) channels: &'a [ChannelInfo],
}

/// A channel of the samples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChannelInfo {
    /// Identifier; the key in samples.
    pub id: String,
    /// Title in English.
    pub title: String,
    /// Unit; empty without one.
    pub unit: String,
    /// Decimals that samples have.
    pub decimals: usize,
    /// How certain its meaning is, such as `measured`.
    pub quality: String,
}

/// The content of `session`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SessionMessage<'a> {
    #[serde(flatten)]
    pub(crate) session: &'a Session,
    pub(crate) rig: &'a str,
}

/// The fields that laps and events have in addition to those of the caller.
#[derive(Debug, Serialize)]
pub(crate) struct Envelope<'a> {
    /// The session.
    pub(crate) session: Uuid,
    /// Unique for a lap, also if it arrives twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<&'a str>,
    pub(crate) rig: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<u64>,
    #[serde(flatten)]
    pub(crate) names: Option<&'a DrivenNames>,
}

/// The fields of a content with those of its envelope.
pub(crate) fn enveloped(fields: &Map<String, Value>, envelope: &Envelope<'_>) -> String {
    let mut fields = fields.clone();
    if let Ok(Value::Object(own)) = serde_json::to_value(envelope) {
        fields.extend(own);
    }
    Value::Object(fields).to_string()
}

/// A content with the name of the rig.
pub(crate) fn with_rig(content: &impl Serialize, rig: &str) -> String {
    let mut content = serde_json::to_value(content).unwrap_or_default();
    if let Value::Object(fields) = &mut content {
        fields.insert("rig".into(), rig.into());
    }
    content.to_string()
}

/// An object as text.
pub(crate) fn text(content: &impl Serialize) -> String {
    serde_json::to_string(content).unwrap_or_else(|_| "{}".to_owned())
}

/// A stored message as it is sent: with its number, the start of the program that sends it, and whether it is late. `None` if the text is not an
/// object.
pub(crate) fn stamped(stored: &str, seq: u64, boot: Uuid, is_late: bool) -> Option<String> {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(stored) else { return None };
    fields.insert("seq".into(), seq.into());
    fields.insert("boot".into(), boot.to_string().into());
    if is_late {
        fields.insert("late".into(), true.into());
    }
    Some(Value::Object(fields).to_string())
}
