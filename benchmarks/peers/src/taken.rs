//! A page that a reader returned.

use crate::page::Words;

/// A page as a reader hands it out.
pub struct Taken {
    /// Its words.
    pub words: Words,
    /// True where the reader says that the page may be torn.
    pub marked: bool,
}

impl Taken {
    /// A page of a reader that marks nothing.
    pub fn sure(words: Words) -> Self {
        Self { words, marked: false }
    }

    pub(crate) fn id(&self) -> u32 {
        self.words[0]
    }
}
