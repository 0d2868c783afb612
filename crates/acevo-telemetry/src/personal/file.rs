//! The text of the file: a JSON object.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::bests::{CarAndTrack, PersonalBest, PersonalBests};

/// Version of the format that this program writes. It does not read newer ones.
const VERSION: u32 = 1;

/// Name of the format, which identifies the file.
const FORMAT: &str = "acevo personal bests";

/// The keys that every version of the format has.
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
    car_and_track: CarAndTrack,
    best: PersonalBest,
}

/// Why a text could not be read.
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
            Ok(entry) if entry.car_and_track.is_possible() && entry.best.is_possible() => {
                bests.offer(entry.car_and_track, entry.best);
            }
            _ => bests.add_unreadable(raw),
        }
    }
    Ok(bests)
}

pub(super) fn write(bests: &PersonalBests) -> Result<Vec<u8>, serde_json::Error> {
    let mut entries = Vec::new();
    for (car_and_track, best) in bests.iter() {
        let entry = Entry { car_and_track: car_and_track.clone(), best: best.clone() };
        entries.push(serde_json::value::to_raw_value(&entry)?);
    }
    entries.extend(bests.unreadable_entries().iter().cloned());
    let mut text = serde_json::to_vec(&Body { format: FORMAT.to_owned(), version: VERSION, entries })?;
    text.push(b'\n');
    Ok(text)
}
