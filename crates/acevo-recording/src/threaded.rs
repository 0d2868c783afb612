//! Records without waiting for the disk: a thread compresses and writes.

use std::mem;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::error::RecordingError;
use super::mark::Mark;
use super::record::{PageCounts, Record, micros};
use super::writer::{Gap, Progress, RecordingWriter, SeekableOutput};

/// Number of batches, a second each, in use or free: a write may take this long without losing records.
const BATCHES: usize = 10;

/// Maximum number of marks in the queue.
const MARKS: usize = 64;

/// Interval at which the file is synced to the disk.
const SYNC_EVERY: Duration = Duration::from_secs(5);

/// Passes records to a thread that compresses and writes them, a second at a time.
///
/// [`record`](Self::record) never waits: if the disk has not kept up for about ten seconds, records are lost; they are counted, and
/// marked as lost when the disk keeps up again. Buffers are reused. The file is [synced](RecordingWriter::sync) every five
/// seconds, so that it survives a power cut.
#[derive(Debug)]
pub struct ThreadedWriter {
    batch: Box<Batch>,
    /// Batches that were written and can be reused.
    free: Receiver<Box<Batch>>,
    /// A free batch that was taken, but not needed.
    spare: Option<Box<Batch>>,
    /// `None` after it is finished.
    work: Option<SyncSender<Work>>,
    thread: Option<JoinHandle<Result<Progress, RecordingError>>>,
    /// Progress of the thread.
    progress: Arc<Mutex<Progress>>,
    /// Number of records that were taken, and of those that were lost before they reached the thread.
    records: PageCounts,
    lost: PageCounts,
    /// Records that were lost since the last batch was passed on.
    owed: PageCounts,
    gap: Option<Gap>,
    /// Waits for the thread instead of losing records.
    is_patient: bool,
}

#[derive(Debug)]
enum Work {
    Records(Box<Batch>),
    Mark(Box<Mark>),
}

impl ThreadedWriter {
    /// Continues a recording that has begun.
    ///
    /// # Errors
    /// [`RecordingError::Io`] if the thread cannot be started.
    pub fn new<W: SeekableOutput + Send + 'static>(writer: RecordingWriter<W>) -> Result<Self, RecordingError> {
        let progress = Arc::new(Mutex::new(writer.progress().clone()));
        let records = progress.lock().unwrap_or_else(PoisonError::into_inner).records;
        let (work, to_do) = sync_channel(BATCHES + MARKS);
        let (done, free) = sync_channel(BATCHES);
        // One more is being filled here.
        for _ in 1..BATCHES {
            let _ = done.try_send(Box::default());
        }
        let shared = Arc::clone(&progress);
        let thread =
            thread::Builder::new().name("recording".into()).spawn(move || write_all(writer, &to_do, &done, &shared))?;
        Ok(Self {
            batch: Box::default(),
            free,
            spare: None,
            work: Some(work),
            thread: Some(thread),
            progress,
            records,
            lost: PageCounts::default(),
            owed: PageCounts::default(),
            gap: None,
            is_patient: false,
        })
    }

    /// Makes [`record`](Self::record) wait for the thread instead of losing records: for a source that waits for its reader, such as a
    /// simulation that is faster than real time.
    #[must_use]
    pub fn patient(mut self) -> Self {
        self.is_patient = true;
        self
    }

    /// Adds a record. Never waits for the disk, unless this is [`patient`](Self::patient).
    ///
    /// # Errors
    /// [`RecordingError::PageSize`]. See [`progress`](Self::progress) for errors of the disk.
    pub fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError> {
        Batch::check(record)?;
        if !self.batch.has_room_for(record) && !self.hand_over() {
            let at = micros(record.at).max(self.batch.last);
            let mut lost = PageCounts::default();
            lost.add(record.page, 1);
            Gap::extend(&mut self.gap, at, at, &lost);
            // Keep the number of missed packets of the lost record.
            self.owed.add(record.page, 1 + u64::from(record.missed));
            self.lost.add_all(&lost);
            return Ok(());
        }
        self.batch.push(record);
        self.records.add(record.page, 1);
        Ok(())
    }

    /// Adds a mark. A mark of more than 4 KiB is left out, and so is a mark if dozens before it are still waiting for the
    /// disk.
    pub fn mark(&mut self, mark: Mark) {
        let _ = self.try_send(Work::Mark(Box::new(mark)));
    }

    /// Passes collected records on, without waiting until they are written. Call it if no record has arrived for a second, as in the
    /// menu; otherwise `record` does it.
    pub fn flush(&mut self) {
        if !self.batch.is_empty() {
            self.hand_over();
        }
    }

    /// The progress of the recording.
    pub fn progress(&self) -> Progress {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        progress.records = self.records;
        progress.lost.add_all(&self.lost);
        if progress.trouble.is_none() && self.thread.as_ref().is_some_and(JoinHandle::is_finished) {
            progress.trouble = Some("the recording has broken off".into());
        }
        progress
    }

    /// Waits until everything is written, with the index.
    ///
    /// # Errors
    /// [`RecordingError::Io`]. Data that was written before is valid.
    pub fn finish(mut self) -> Result<Progress, RecordingError> {
        let mut progress = self.complete()?;
        progress.records = self.records;
        progress.lost.add_all(&self.lost);
        Ok(progress)
    }

    /// Passes the batch on, if there is an empty one to continue with, and room in the queue, which marks may fill.
    fn hand_over(&mut self) -> bool {
        let free = || if self.is_patient { self.free.recv().ok() } else { self.free.try_recv().ok() };
        let Some(mut empty) = self.spare.take().or_else(free) else { return false };
        empty.last = self.batch.last;
        if let Some(mark) = self.gap.as_ref().map(Gap::mark)
            && self.try_send(Work::Mark(Box::new(mark))).is_ok()
        {
            self.gap = None;
        }
        let full = mem::replace(&mut self.batch, empty);
        let counts = full.counts();
        match self.try_send(Work::Records(full)) {
            Ok(()) => {}
            Err(TrySendError::Full(Work::Records(full))) => {
                self.spare = Some(mem::replace(&mut self.batch, full));
                return false;
            }
            // The thread has ended: nothing more can be written.
            Err(_) => self.lost.add_all(&counts),
        }
        self.add_lost_counts();
        true
    }

    /// Adds the numbers of lost records to the first records after the loss.
    fn add_lost_counts(&mut self) {
        self.batch.debt.add_all(&mem::take(&mut self.owed));
    }

    fn try_send(&self, work: Work) -> Result<(), TrySendError<Work>> {
        match &self.work {
            Some(sender) if self.is_patient => sender.send(work).map_err(|error| TrySendError::Disconnected(error.0)),
            Some(sender) => sender.try_send(work),
            None => Err(TrySendError::Disconnected(work)),
        }
    }

    fn complete(&mut self) -> Result<Progress, RecordingError> {
        if let Some(work) = self.work.take() {
            // At the end, waiting is allowed.
            let batch = mem::take(&mut self.batch);
            let _ = work.send(Work::Records(batch));
            if let Some(gap) = self.gap.take() {
                let _ = work.send(Work::Mark(Box::new(gap.mark())));
            }
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(finished)) => finished,
            _ => Err(std::io::Error::other("the recording has broken off").into()),
        }
    }
}

impl Drop for ThreadedWriter {
    /// Tries to finish; there is no way to report an error.
    fn drop(&mut self) {
        if self.thread.is_some() {
            let _ = self.complete();
        }
    }
}

/// Runs in the thread, until the queue is closed.
fn write_all<W: SeekableOutput>(
    mut writer: RecordingWriter<W>,
    to_do: &Receiver<Work>,
    done: &SyncSender<Box<Batch>>,
    progress: &Mutex<Progress>,
) -> Result<Progress, RecordingError> {
    // Time of the first write that is not synced yet: data since then does not survive a power cut.
    let mut dirty_since = None;
    loop {
        let left = dirty_since.map_or(SYNC_EVERY, |since: Instant| SYNC_EVERY.saturating_sub(since.elapsed()));
        // Errors are in the progress; failed writes are tried again.
        let _ = match to_do.recv_timeout(left) {
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if dirty_since.is_none() => continue,
            Err(RecvTimeoutError::Timeout) => {
                dirty_since = None;
                writer.sync()
            }
            Ok(work) => {
                dirty_since.get_or_insert_with(Instant::now);
                do_work(&mut writer, work, done)
            }
        };
        progress.lock().unwrap_or_else(PoisonError::into_inner).clone_from(writer.progress());
    }
    writer.finish().map(|(_, progress)| progress)
}

fn do_work<W: SeekableOutput>(
    writer: &mut RecordingWriter<W>,
    work: Work,
    done: &SyncSender<Box<Batch>>,
) -> Result<(), RecordingError> {
    match work {
        Work::Records(mut batch) => {
            writer.count(&batch.counts());
            let written = writer.take_batch(&mut batch);
            let _ = done.try_send(batch);
            written
        }
        Work::Mark(mark) => writer.mark(&mark),
    }
}
