//! Which recordings are delivered, and what is announced about them.

use std::path::Path;
use std::time::Duration;

use acevo_fleet::{DeliveryError, Fingerprint, Receipt};
use acevo_lake::recording_id;
use acevo_recording::Recording;
use serde_json::{Value, json};

use crate::format::text::{counted, error_chain};

/// What is announced about a finished recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Milliseconds since 1970 at its beginning and its end; `None` if the clock is not known.
    from_to: Option<(u64, u64)>,
    /// Its id in a lake, and the numbers of sessions and laps; `None` if the recording does not exist any more.
    contents: Option<(String, usize, usize)>,
}

/// Why a recording is not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfinished {
    /// It has no end: it is being written, or its program was killed.
    NoEnd,
    /// It cannot be opened, or is no recording that this program reads.
    Unreadable(String),
    /// This number of its parts is damaged.
    Damaged(usize),
}

/// What to do with a damaged recording.
const REPAIR: &str = "`acevo repair FILE NEW` recovers what can be read";

/// The error of a delivery with its causes. A recording that is complete here and refused as incomplete is damaged inside of a block, which
/// only the store has found.
pub(crate) fn delivery_text(error: &DeliveryError) -> String {
    let text = error_chain(error);
    match error {
        DeliveryError::Refused { status: 422, .. } => format!("{}: {REPAIR}", text.trim_end_matches('.')),
        _ => text,
    }
}

impl Unfinished {
    /// What is wrong, and what to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::NoEnd => "it is not complete: `acevo repair FILE NEW` makes a complete recording of it".into(),
            Self::Unreadable(why) => why.clone(),
            Self::Damaged(parts) => {
                format!("{} damaged: {REPAIR}", counted(*parts as u64, "part of it is", "parts of it are"))
            }
        }
    }
}

impl Facts {
    /// The facts of a recording that is complete.
    ///
    /// # Errors
    /// If it is not complete.
    pub(crate) fn of(path: &Path) -> Result<Self, Unfinished> {
        let recording = Recording::open(path).map_err(|error| Unfinished::Unreadable(error_chain(&error)))?;
        let info = recording.info();
        if !info.finished {
            return Err(Unfinished::NoEnd);
        }
        if info.damaged > 0 {
            return Err(Unfinished::Damaged(info.damaged));
        }
        let zero = info.description.as_ref().map(|description| description.unix_us).filter(|zero| *zero > 0);
        let ms = |zero: u64, at: Duration| {
            u64::try_from(Duration::from_micros(zero).saturating_add(at).as_millis()).unwrap_or(u64::MAX)
        };
        let from_to = zero.map(|zero| (ms(zero, info.start), ms(zero, info.end)));
        let id = recording_id(zero.unwrap_or_default(), info.bytes);
        Ok(Self { from_to, contents: Some((id, info.sessions, info.laps)) })
    }

    /// The message `file`, without what the publisher adds.
    pub(crate) fn announcement(&self, name: &str, content: Fingerprint, receipt: &Receipt, source: &str) -> Value {
        json!({
            "recording": self.contents.as_ref().map(|contents| &contents.0),
            "name": name,
            "kind": "recording",
            "url": receipt.url,
            "bytes": content.bytes,
            "sha256": content.sha256,
            "from": self.from_to.map(|times| times.0),
            "to": self.from_to.map(|times| times.1),
            "sessions": self.contents.as_ref().map(|contents| contents.1),
            "laps": self.contents.as_ref().map(|contents| contents.2),
            "source": source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_names_repair_for_damage_only() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("notes.acevo");
        std::fs::write(&text, "no recording").unwrap();
        for path in [&text, &folder.path().join("missing.acevo")] {
            let advice = Facts::of(path).unwrap_err().advice();
            assert!(!advice.contains("acevo repair"), "{advice}");
        }
        assert!(Unfinished::Damaged(1).advice().starts_with("1 part of it is damaged: `acevo repair FILE NEW`"));
        assert!(Unfinished::Damaged(2).advice().starts_with("2 parts of it are damaged: `acevo repair FILE NEW`"));
    }

    #[test]
    fn delivery_text_names_repair_if_the_store_has_found_damage() {
        let refused = |status| DeliveryError::Refused {
            address: "http://host/a".into(),
            status,
            reason: "This is no complete recording: 1 part of it is damaged.".into(),
        };
        let text = delivery_text(&refused(422));
        assert!(text.ends_with("1 part of it is damaged: `acevo repair FILE NEW` recovers what can be read"), "{text}");
        assert!(!delivery_text(&refused(413)).contains("repair"));
    }
}
