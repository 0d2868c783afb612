//! Personal bests on their way between the analysis and their file.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use acevo_telemetry::analysis::Analysis;
use acevo_telemetry::personal::{PersonalBests, PersonalError, PersonalStore};

/// Keeps what becomes better. What cannot be written is tried again with the next better lap.
#[derive(Debug, Default)]
pub(crate) struct Bests {
    store: Option<PersonalStore>,
    is_read_only: bool,
    trouble: Option<String>,
}

impl Bests {
    /// In the file, or nowhere.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { store: file.map(PersonalStore::new), is_read_only: false, trouble: None }
    }

    /// The same, without writing to the file.
    pub(crate) fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
    }

    /// What is in the file. A file that cannot be read is no reason not to show laps: it is said, and nothing is kept.
    pub(crate) fn load(&mut self) -> PersonalBests {
        let loaded = self.store.as_ref().map(PersonalStore::load);
        match loaded {
            None => PersonalBests::default(),
            Some(Ok(bests)) => bests,
            Some(Err(error)) => {
                self.store = None;
                self.trouble = Some(told(&error));
                PersonalBests::default()
            }
        }
    }

    /// Writes what has become better.
    pub(crate) fn keep(&mut self, analysis: &mut Analysis) {
        if !analysis.has_new_personal_bests() || self.is_read_only {
            return;
        }
        if let Some(store) = &self.store {
            self.trouble = store.merge(analysis.personal_bests()).err().map(|error| told(&error));
        }
    }

    /// Why they are not kept, once.
    pub(crate) fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }
}

fn told(error: &PersonalError) -> String {
    format!("personal bests are not kept: {error}")
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
