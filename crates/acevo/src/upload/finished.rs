//! Which recordings are delivered, and what is announced about them.

use std::path::Path;
use std::time::Duration;

use acevo_fleet::{Fingerprint, Receipt};
use acevo_lake::recording_id;
use acevo_recording::Recording;
use serde_json::{Value, json};

use crate::format::text::error_chain;

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
    /// It cannot be read, or parts of it are damaged.
    Damaged(String),
}

impl Unfinished {
    /// What is wrong, and what to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::NoEnd => "it is not complete: `acevo repair FILE NEW` makes a complete recording of it".into(),
            Self::Damaged(why) => format!("{why}: `acevo repair FILE NEW` recovers what can be read"),
        }
    }
}

impl Facts {
    /// The facts of a recording that is complete.
    ///
    /// # Errors
    /// If it is not complete.
    pub(crate) fn of(path: &Path) -> Result<Self, Unfinished> {
        let recording = Recording::open(path).map_err(|error| Unfinished::Damaged(error_chain(&error)))?;
        let info = recording.info();
        if !info.finished {
            return Err(Unfinished::NoEnd);
        }
        if info.damaged > 0 {
            return Err(Unfinished::Damaged(format!("{} parts of it are damaged", info.damaged)));
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
