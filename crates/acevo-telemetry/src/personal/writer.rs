//! Saving personal bests on a thread of its own.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use super::bests::PersonalBests;
use super::error::PersonalError;
use super::store::PersonalStore;

/// The result of saving: all personal bests in the file, or why they could not be saved.
pub type SaveResult = Result<PersonalBests, PersonalError>;

/// Saves personal bests on a thread of its own, because saving waits for the lock of the file and for the disk.
///
/// [`save`](Self::save) returns at once. The result comes back as a message, which [`next_result`](Self::next_result) returns. Dropping
/// the writer waits until everything is saved.
///
/// ```no_run
/// use acevo_telemetry::personal::{PersonalBests, PersonalStore, PersonalWriter};
///
/// let store = PersonalStore::new("personal-bests.json");
/// let mut writer = PersonalWriter::start(store)?;
/// writer.save(PersonalBests::default())?;
/// for result in writer.finish() {
///     result?;
/// }
/// # Ok::<(), acevo_telemetry::personal::PersonalError>(())
/// ```
#[derive(Debug)]
pub struct PersonalWriter {
    /// `None` once the writer ends.
    jobs: Option<Sender<PersonalBests>>,
    results: Receiver<SaveResult>,
    thread: Option<JoinHandle<()>>,
}

impl PersonalWriter {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`PersonalError::NoWriter`] if the system cannot start a thread.
    pub fn start(store: PersonalStore) -> Result<Self, PersonalError> {
        let (jobs, to_do) = channel();
        let (sender, results) = channel();
        let work = move || run(&store, &to_do, &sender);
        let thread = thread::Builder::new()
            .name("personal-bests".into())
            .spawn(work)
            .map_err(|error| PersonalError::NoWriter { reason: error.to_string() })?;
        Ok(Self { jobs: Some(jobs), results, thread: Some(thread) })
    }

    /// Merges these personal bests into the file, in the background.
    ///
    /// # Errors
    /// [`PersonalError::NoWriter`] if the thread has ended.
    pub fn save(&self, bests: PersonalBests) -> Result<(), PersonalError> {
        let sent = self.jobs.as_ref().map(|jobs| jobs.send(bests));
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err(PersonalError::NoWriter { reason: "it has ended".into() }),
        }
    }

    /// The oldest result that was not taken yet. Does not wait.
    pub fn next_result(&self) -> Option<SaveResult> {
        self.results.try_recv().ok()
    }

    /// Waits until everything is saved, and returns the results that were not taken yet.
    pub fn finish(mut self) -> Vec<SaveResult> {
        self.jobs = None;
        self.results.iter().collect()
    }
}

impl Drop for PersonalWriter {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // Best effort in `Drop`: a panic of the thread was reported by its panic hook.
            let _ = thread.join();
        }
    }
}

fn run(store: &PersonalStore, jobs: &Receiver<PersonalBests>, results: &Sender<SaveResult>) {
    while let Ok(mut bests) = jobs.recv() {
        // Those that have come while the thread was busy are saved together.
        jobs.try_iter().for_each(|more| bests.merge(&more));
        // The receiver may be dropped first: saving continues.
        let _ = results.send(store.merge(&bests));
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::super::bests::{CarAndTrack, PersonalBest};
    use super::*;

    fn bests(time_ms: u32) -> PersonalBests {
        let car_and_track = CarAndTrack { track: "Ring".into(), configuration: String::new(), car: "Coupé".into() };
        let mut bests = PersonalBests::default();
        assert!(bests.offer(car_and_track, PersonalBest { time_ms, ..Default::default() }));
        bests
    }

    fn times(bests: &PersonalBests) -> Vec<u32> {
        bests.iter().map(|(_, best)| best.time_ms).collect()
    }

    #[test]
    fn save_does_not_wait_for_a_lock_that_another_program_holds() {
        let directory = tempfile::tempdir().unwrap();
        let store = PersonalStore::new(directory.path().join("bests.json"));
        let lock = File::create(directory.path().join("bests.json.lock")).unwrap();
        lock.lock().unwrap();
        let writer = PersonalWriter::start(store.clone()).unwrap();
        // Both calls return although the file cannot be written: only this thread can release the lock.
        writer.save(bests(61_000)).unwrap();
        writer.save(bests(60_000)).unwrap();
        assert!(writer.next_result().is_none_or(|result| matches!(result, Err(PersonalError::Busy { .. }))));
        assert!(store.load().unwrap().iter().next().is_none(), "nothing is written while the lock is held");
        drop(lock);
        // A first attempt may have given up before the lock was released.
        writer.save(bests(60_500)).unwrap();
        let results = writer.finish();
        assert!(results.last().is_some_and(Result::is_ok), "{results:?}");
        assert_eq!(times(&store.load().unwrap()).len(), 1);
    }

    #[test]
    fn finish_saves_everything_and_returns_what_is_in_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let store = PersonalStore::new(directory.path().join("bests.json"));
        store.merge(&bests(59_000)).unwrap();
        let writer = PersonalWriter::start(store.clone()).unwrap();
        writer.save(bests(60_000)).unwrap();
        let results = writer.finish();
        assert_eq!(results.iter().flatten().map(times).collect::<Vec<_>>(), [[59_000]]);
        let writer = PersonalWriter::start(store.clone()).unwrap();
        writer.save(bests(58_000)).unwrap();
        drop(writer);
        assert_eq!(times(&store.load().unwrap()), [58_000], "dropping the writer waits, too");
    }
}
