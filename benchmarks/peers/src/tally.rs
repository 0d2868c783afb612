//! Counts torn pages.

use crate::page::{Pattern, Words};
use crate::taken::Taken;

/// Pages taken so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) reads: u64,
    pub(crate) taken: u64,
    pub(crate) torn: u64,
    /// Torn, but not marked by the reader.
    pub(crate) undetected: u64,
    /// Marked by the reader, torn or not.
    pub(crate) marked: u64,
    last: Option<Words>,
}

impl Tally {
    /// Counts a page if it differs from the previous one: a writer that the system suspends in the middle of a page leaves one torn
    /// page, no matter how often it is read. Returns true for a new page that is not torn.
    pub(crate) fn add(&mut self, taken: &Taken, pattern: &Pattern) -> bool {
        self.reads += 1;
        if self.last.replace(taken.words) == Some(taken.words) {
            return false;
        }
        let torn = pattern.is_torn(&taken.words);
        self.taken += 1;
        self.torn += u64::from(torn);
        self.undetected += u64::from(torn && !taken.marked);
        self.marked += u64::from(taken.marked);
        !torn
    }
}
