//! Loads personal bests from their file and saves new ones.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use acevo_telemetry::analysis::Analysis;
use acevo_telemetry::personal::{PersonalBests, PersonalError, PersonalStore};

/// The file of personal bests. If it cannot be written, the next better lap tries again.
#[derive(Debug, Default)]
pub(crate) struct PersonalBestsFile {
    store: Option<PersonalStore>,
    is_read_only: bool,
    problem: Option<String>,
}

impl PersonalBestsFile {
    /// Uses this file; `None` loads and saves nothing.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { store: file.map(PersonalStore::new), is_read_only: false, problem: None }
    }

    /// Never writes to the file.
    pub(crate) fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
    }

    /// Reads the file. If it cannot be read, this returns no bests and nothing is saved later, see [`Self::take_problem`].
    pub(crate) fn load(&mut self) -> PersonalBests {
        let loaded = self.store.as_ref().map(PersonalStore::load);
        match loaded {
            None => PersonalBests::default(),
            Some(Ok(bests)) => bests,
            Some(Err(error)) => {
                self.store = None;
                self.problem = Some(not_saved(&error));
                PersonalBests::default()
            }
        }
    }

    /// Saves the personal bests of the analysis if there are new ones.
    pub(crate) fn save(&mut self, analysis: &mut Analysis) {
        if !analysis.has_new_personal_bests() || self.is_read_only {
            return;
        }
        if let Some(store) = &self.store {
            self.problem = store.merge(analysis.personal_bests()).err().map(|error| not_saved(&error));
        }
    }

    /// Why personal bests are not saved. Returned once per problem.
    pub(crate) fn take_problem(&mut self) -> Option<String> {
        self.problem.take()
    }
}

fn not_saved(error: &PersonalError) -> String {
    format!("personal bests are not saved: {error}")
}

/// Seconds since 1970, UTC.
pub(crate) fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
