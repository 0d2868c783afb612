//! The marks of a recording one after the other, as they are in the block of all marks.

use super::layout::{BLOCK_HEADER, LONGEST_MARK, MOST_MARK_BYTES};
use super::mark::Mark;

/// Bytes before each mark: its length.
const LENGTH: usize = 4;

/// Marks as JSON, each after its length. They are parsed only if they are needed: a day of a race has 80,000.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct JoinedMarks {
    bytes: Vec<u8>,
    count: usize,
}

impl JoinedMarks {
    /// Appends a mark; false if there is no room for it.
    pub(crate) fn push(&mut self, json: &[u8]) -> bool {
        let has_room = self.size() + BLOCK_HEADER + json.len() <= MOST_MARK_BYTES;
        if has_room {
            self.bytes.extend_from_slice(&(json.len() as u32).to_le_bytes());
            self.bytes.extend_from_slice(json);
            self.count += 1;
        }
        has_room
    }

    /// Bytes of the marks as blocks of their own.
    fn size(&self) -> usize {
        self.bytes.len() + self.count * (BLOCK_HEADER - LENGTH)
    }

    /// The marks in these bytes; `None` if there are too many, or if a length is wrong.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let (mut count, mut rest) = (0, &bytes[..]);
        while !rest.is_empty() {
            rest = split(rest)?.1;
            count += 1;
        }
        Some(Self { bytes, count }).filter(|marks| marks.size() <= MOST_MARK_BYTES)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The marks in the order of time, without those that are no JSON of a mark.
    pub(crate) fn parse(&self) -> Vec<Mark> {
        let (mut marks, mut rest) = (Vec::with_capacity(self.count), &self.bytes[..]);
        while let Some((json, after)) = split(rest) {
            marks.extend(serde_json::from_slice::<Mark>(json).ok());
            rest = after;
        }
        marks.sort_by_key(|mark| mark.at);
        marks
    }
}

/// The first mark, and what follows it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH>()?;
    let length = u32::from_le_bytes(*length) as usize;
    (length <= LONGEST_MARK).then(|| rest.split_at_checked(length)).flatten()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::mark::Marked;

    fn note(at: u64) -> Mark {
        Mark::new(Duration::from_micros(at), Marked::Note { text: at.to_string() })
    }

    #[test]
    fn parse_returns_marks_in_the_order_of_time_and_leaves_out_what_is_none() {
        let mut marks = JoinedMarks::default();
        for json in [serde_json::to_vec(&note(9)).unwrap(), b"garbage".to_vec(), serde_json::to_vec(&note(3)).unwrap()]
        {
            assert!(marks.push(&json));
        }
        assert_eq!(JoinedMarks::from_bytes(marks.as_bytes().to_vec()).as_ref(), Some(&marks));
        assert_eq!((marks.count(), marks.parse()), (3, vec![note(3), note(9)]));
        let mut cut = marks.as_bytes().to_vec();
        cut.pop();
        assert_eq!(JoinedMarks::from_bytes(cut), None);
    }

    #[test]
    fn push_and_from_bytes_have_the_same_limit() {
        let mut marks = JoinedMarks::default();
        while marks.push(&[b' '; LONGEST_MARK]) {}
        let mut bytes = marks.as_bytes().to_vec();
        assert_eq!(JoinedMarks::from_bytes(bytes.clone()), Some(marks));
        bytes.extend_from_slice(&(LONGEST_MARK as u32).to_le_bytes());
        bytes.extend_from_slice(&[b' '; LONGEST_MARK]);
        assert_eq!(JoinedMarks::from_bytes(bytes), None);
    }

    proptest! {
        #[test]
        fn from_bytes_of_any_bytes_returns(bytes in prop::collection::vec(prop_oneof![Just(0), Just(1), any::<u8>()], 0..200)) {
            if let Some(marks) = JoinedMarks::from_bytes(bytes) {
                prop_assert!(marks.parse().len() <= marks.count());
            }
        }
    }
}
