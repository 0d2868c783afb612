//! Counting torn pages.

use crate::page::{Pattern, Words};
use crate::taken::Taken;

/// Pages taken so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) reads: u64,
    pub(crate) taken: u64,
    pub(crate) torn: u64,
    /// Torn, and the reader believes that they are not.
    pub(crate) undetected: u64,
    /// Marked by the reader, torn or not.
    pub(crate) marked: u64,
    last: Option<Words>,
}

impl Tally {
    /// Counts a page, unless it is the one that was taken last: a writer that the system stops in the middle of a page leaves
    /// one torn page, however often it is read meanwhile. Returns whether it is a new page that is not torn.
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
