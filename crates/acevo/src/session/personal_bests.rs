//! Personal bests of a session: loaded at the start, saved in the background.

use std::mem;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use acevo_telemetry::analysis::Analysis;
use acevo_telemetry::personal::{PersonalBests, PersonalError, PersonalStore, PersonalWriter, SaveResult};
use tracing::{info, warn};

/// Loads and saves personal bests. Saving never blocks: it runs on a thread of its own. What cannot be saved is tried again with the next
/// better lap, and at the end.
#[derive(Debug, Default)]
pub(crate) struct PersonalBestsFile {
    store: Option<PersonalStore>,
    is_read_only: bool,
    /// Started with the first personal best.
    writer: Option<PersonalWriter>,
    /// The newest personal bests that were given to the writer.
    newest: PersonalBests,
    problem: Option<String>,
}

impl PersonalBestsFile {
    /// Personal bests in this file; `None` for none at all.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { store: file.map(PersonalStore::new), ..Self::default() }
    }

    /// Never writes to the file.
    pub(crate) fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
    }

    /// Reads the file. If it cannot be read, the error is reported, nothing is saved, and laps are shown all the same.
    pub(crate) fn load(&mut self) -> PersonalBests {
        match self.store.as_ref().map(PersonalStore::load) {
            None => PersonalBests::default(),
            Some(Ok(bests)) => bests,
            Some(Err(error)) => {
                self.store = None;
                self.problem = Some(not_saved(&error));
                PersonalBests::default()
            }
        }
    }

    /// Saves new personal bests in the background, and gives the analysis those that other programs have saved.
    pub(crate) fn update(&mut self, analysis: &mut Analysis) {
        if let Some(bests) = analysis.take_new_personal_bests()
            && !self.is_read_only
            && let Some(store) = &self.store
        {
            self.newest.clone_from(&bests);
            if let Err(error) = save(&mut self.writer, store, bests) {
                self.problem = Some(not_saved(&error));
            }
        }
        while let Some(result) = self.writer.as_ref().and_then(PersonalWriter::next_result) {
            if let Some(saved) = self.take_result(result) {
                analysis.context_mut().personal_bests.merge(&saved);
            }
        }
    }

    /// Waits until everything is saved.
    pub(crate) fn finish(&mut self) {
        let Some(writer) = self.writer.take() else { return };
        // Saves again what could not be saved before; otherwise this changes nothing.
        let sent = writer.save(mem::take(&mut self.newest));
        self.problem = sent.err().as_ref().map(not_saved);
        for result in writer.finish() {
            self.take_result(result);
        }
    }

    /// Why personal bests are not saved. Returned once per problem.
    pub(crate) fn take_problem(&mut self) -> Option<String> {
        self.problem.take()
    }

    fn take_result(&mut self, result: SaveResult) -> Option<PersonalBests> {
        match &result {
            Ok(_) => info!("personal bests saved"),
            Err(error) => warn!("personal bests not saved: {error}"),
        }
        self.problem = result.as_ref().err().map(not_saved);
        result.ok()
    }
}

fn save(writer: &mut Option<PersonalWriter>, store: &PersonalStore, bests: PersonalBests) -> Result<(), PersonalError> {
    let writer = match writer {
        Some(writer) => writer,
        None => writer.insert(PersonalWriter::start(store.clone())?),
    };
    writer.save(bests)
}

fn not_saved(error: &PersonalError) -> String {
    format!("personal bests are not saved: {error}")
}

/// The date, seconds since 1970 (UTC).
pub(crate) fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use acevo_simulator::{Options, Scenario, Simulator};
    use acevo_telemetry::analysis::{Context, Settings};

    use super::*;

    #[test]
    fn update_returns_while_another_program_holds_the_lock_and_finish_saves() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("bests.json");
        let lock = File::create(directory.path().join("bests.json.lock")).unwrap();
        lock.lock().unwrap();
        let mut bests = PersonalBestsFile::new(Some(path.clone()));
        let mut context = Context::default();
        context.personal_bests = bests.load();
        let mut analysis = Analysis::with_context(Settings::default(), context);
        let mut options = Options::default();
        options.scenario = Scenario::HotLaps;
        options.laps = Some(2);
        let mut simulator = Simulator::new(options);
        // Only this thread can release the lock: if an update waited for it, nothing would be saved.
        while !simulator.is_finished() {
            simulator.step();
            analysis.feed(simulator.time(), &simulator.frame());
            bests.update(&mut analysis);
        }
        analysis.interrupt();
        bests.update(&mut analysis);
        assert!(analysis.personal_best().is_some() && !path.exists());
        lock.unlock().unwrap();
        bests.finish();
        let saved = PersonalStore::new(&path).load().unwrap();
        assert_eq!(bests.take_problem(), None);
        assert_eq!(saved.iter().count(), 1);
    }
}
