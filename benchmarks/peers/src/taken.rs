//! A page that a reader returned.

use crate::page::Words;

/// A page that a reader has returned.
pub struct Taken {
    /// Its words.
    pub words: Words,
    /// True if the reader reports that the page may be torn.
    pub marked: bool,
}

impl Taken {
    /// A page of a reader without marks.
    pub fn unmarked(words: Words) -> Self {
        Self { words, marked: false }
    }

    pub(crate) fn id(&self) -> u32 {
        self.words[0]
    }
}
