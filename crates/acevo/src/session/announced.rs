//! Changes that a user makes in the page, for sessions that run in the same process.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Maximum number of changes that are kept. Each running session takes them within a frame.
const MAX_CHANGES: usize = 1000;

/// Changes of one kind, in their order. They are in a file, too, which sessions read when they begin.
#[derive(Debug)]
pub(crate) struct Announced<T>(Mutex<Vec<T>>);

impl<T> Announced<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Announces a change. The last of very many are ignored: they count from the next start on.
    pub(crate) fn push(&self, change: T) {
        let mut changes = self.changes();
        if changes.len() < MAX_CHANGES {
            changes.push(change);
        }
    }

    fn changes(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session that takes changes.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Number of changes that were taken.
    count: usize,
}

impl Taken {
    /// Takes changes from now on: earlier ones are in the file already.
    pub(crate) fn from_now<T>(announced: &Announced<T>) -> Self {
        Self { count: announced.changes().len() }
    }

    /// Takes what is new.
    pub(crate) fn take<T>(&mut self, announced: &Announced<T>, mut on_change: impl FnMut(&T)) {
        let changes = announced.changes();
        changes.iter().skip(self.count).for_each(&mut on_change);
        self.count = changes.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn take_returns_each_change_once_and_none_from_before() {
        let announced = Announced::new();
        announced.push(1);
        let mut taken = Taken::from_now(&announced);
        announced.push(2);
        announced.push(3);
        let mut seen = Vec::new();
        taken.take(&announced, |change| seen.push(*change));
        taken.take(&announced, |change| seen.push(*change));
        assert_eq!(seen, [2, 3]);
        (0..2 * MAX_CHANGES).for_each(|change| announced.push(change));
        assert_eq!(announced.changes().len(), MAX_CHANGES);
    }
}
