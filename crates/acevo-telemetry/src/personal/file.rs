//! The file's text: JSON, one object.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{CarAndTrack, PersonalBest, PersonalBests};

/// The version that this program writes; it reads no newer ones.
const VERSION: u32 = 1;

/// What tells such a file from others.
const FORMAT: &str = "acevo personal bests";

/// What stands first, whatever the version.
#[derive(Debug, Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Body {
    format: String,
    version: u32,
    entries: Vec<Box<RawValue>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    combination: CarAndTrack,
    best: PersonalBest,
}

/// Why a text is no file of personal bests.
#[derive(Debug)]
pub(super) enum Unreadable {
    Newer(u32),
    Other(serde_json::Error),
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Self::Other(error)
    }
}

pub(super) fn read(text: &[u8]) -> Result<PersonalBests, Unreadable> {
    let head: Head = serde_json::from_slice(text)?;
    if head.format != FORMAT {
        return Err(Unreadable::Other(serde::de::Error::custom(format!("the format is not {FORMAT:?}"))));
    }
    if head.version > VERSION {
        return Err(Unreadable::Newer(head.version));
    }
    let body: Body = serde_json::from_slice(text)?;
    let mut bests = PersonalBests::default();
    for raw in body.entries {
        match serde_json::from_str::<Entry>(raw.get()) {
            Ok(entry) if entry.combination.is_possible() && entry.best.is_possible() => {
                bests.offer(entry.combination, entry.best);
            }
            _ => bests.unreadable.push(raw),
        }
    }
    Ok(bests)
}

pub(super) fn write(bests: &PersonalBests) -> Result<Vec<u8>, serde_json::Error> {
    let mut entries = Vec::new();
    for (combination, best) in &bests.entries {
        let entry = Entry { combination: combination.clone(), best: best.clone() };
        entries.push(serde_json::value::to_raw_value(&entry)?);
    }
    entries.extend(bests.unreadable.iter().cloned());
    let mut text = serde_json::to_vec(&Body { format: FORMAT.to_owned(), version: VERSION, entries })?;
    text.push(b'\n');
    Ok(text)
}
