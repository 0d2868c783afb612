//! Serializes bytes as lines of hexadecimal digits, without the zeros at the end.

use std::fmt;

use acevo_shared_memory::MAX_SECTION_BYTES;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::ser::Serializer;

/// Bytes in a line.
const LINE: usize = 64;

pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    serializer.collect_seq(bytes[..used].chunks(LINE).map(hex::encode))
}

/// Accepts lines of any length, up to the size of the largest section.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    deserializer.deserialize_seq(Lines)
}

struct Lines;

impl<'de> Visitor<'de> for Lines {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lines of hexadecimal digits")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut lines: A) -> Result<Vec<u8>, A::Error> {
        let mut bytes = Vec::new();
        while let Some(line) = lines.next_element::<String>()? {
            let line = hex::decode(line).map_err(|error| A::Error::custom(format!("bytes: {error}")))?;
            if bytes.len() + line.len() > MAX_SECTION_BYTES {
                return Err(A::Error::custom(format!("more than {MAX_SECTION_BYTES} bytes")));
            }
            bytes.extend(line);
        }
        Ok(bytes)
    }
}
