//! The text of the file: a JSON object.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::bests::{CarAndTrack, PersonalBest, PersonalBests};
use crate::limits::MAX_PERSONAL_BESTS;

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
    #[serde(deserialize_with = "limited")]
    entries: Vec<Box<RawValue>>,
}

/// Reads up to [`MAX_PERSONAL_BESTS`] entries. An entry of two bytes takes dozens of them in memory.
fn limited<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Box<RawValue>>, D::Error> {
    struct Entries;

    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<Box<RawValue>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of entries")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = list.next_element()? {
                if entries.len() == MAX_PERSONAL_BESTS {
                    return Err(serde::de::Error::custom(format!("there are more than {MAX_PERSONAL_BESTS} entries")));
                }
                entries.push(entry);
            }
            Ok(entries)
        }
    }

    deserializer.deserialize_seq(Entries)
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
