//! Writes recordings that are valid after every flush.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use super::batch::Batch;
use super::codec::Compression;
use super::description::Description;
use super::encoder::Encoder;
use super::error::RecordingError;
use super::index::Entry;
use super::joined_marks::JoinedMarks;
use super::layout::{BLOCK_HEADER, kind};
use super::mark::{Mark, Marked};
use super::record::{PageCounts, Record};

/// Maximum number of bytes that are kept while they cannot be written: about a minute of driving. Later records are lost, and counted.
const MAX_PENDING: usize = 8 << 20;

/// Output of a recording. Partial writes, because the disk was full, can be cut off again.
pub trait SeekableOutput: Write {
    /// Cuts the file to its first `length` bytes. The next write continues there.
    ///
    /// # Errors
    /// Errors of the operating system.
    fn cut_back(&mut self, length: u64) -> io::Result<()>;

    /// Syncs written data to the disk, so that it survives a power cut.
    ///
    /// # Errors
    /// Errors of the operating system.
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Length of the file in bytes, if it can be changed by others. It is compared with what was written.
    fn length(&self) -> Option<u64> {
        None
    }

    /// True if the file was removed, so that what is written cannot be read by name.
    fn is_removed(&self) -> bool {
        false
    }
}

impl SeekableOutput for File {
    fn cut_back(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length)).map(drop)
    }

    fn sync(&mut self) -> io::Result<()> {
        // Only the bytes and the length of the file are needed for reading.
        self.sync_data()
    }

    fn length(&self) -> Option<u64> {
        self.metadata().ok().map(|metadata| metadata.len())
    }

    #[cfg(unix)]
    fn is_removed(&self) -> bool {
        use std::os::unix::fs::MetadataExt;

        self.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
    }
}

impl SeekableOutput for Vec<u8> {
    fn cut_back(&mut self, length: u64) -> io::Result<()> {
        self.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(())
    }
}

/// Progress of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes in the file.
    pub bytes: u64,
    /// Number of records that were taken, including those that are not written yet.
    pub records: PageCounts,
    /// Number of records that were lost, because the disk was full or too slow.
    pub lost: PageCounts,
    /// Why the last write failed; `None` if it succeeded.
    pub trouble: Option<String>,
    /// The file was removed, so written data cannot be read later. Checked by every [`RecordingWriter::sync`] on
    /// Unix; on Windows `trouble` has the error.
    pub removed: bool,
    /// Another program has shortened the file since it was written: what it has cut off is lost. Checked by every write.
    pub truncated: bool,
}

/// Writes a recording. Records are collected for a second, compressed, and written as one group of chunks.
///
/// The file is valid after every [`flush`](Self::flush), and survives a power cut after every [`sync`](Self::sync). If the disk is full,
/// data that is written stays valid. Other data is kept for about a minute, and written with one of the next groups. Further records
/// are lost, counted and [marked](Marked::Lost). [`finish`](Self::finish) adds the index; dropping the writer tries to.
///
/// ```
/// use std::time::Duration;
///
/// use acevo_shared_memory::PageKind;
/// use acevo_recording::{Description, Record, RecordingWriter};
///
/// let mut writer = RecordingWriter::new(Vec::new(), &Description::new("example 1.0"))?;
/// writer.record(&Record::new(PageKind::Physics, Duration::from_millis(3), &[7; 800]))?;
/// let (file, progress) = writer.finish()?;
/// assert_eq!((progress.records.physics, progress.bytes), (1, file.len() as u64));
/// # Ok::<(), acevo_recording::RecordingError>(())
/// ```
#[derive(Debug)]
pub struct RecordingWriter<W: SeekableOutput> {
    /// `None` after it is finished.
    output: Option<W>,
    encoder: Encoder,
    batch: Batch,
    entries: Vec<Entry>,
    /// A copy of all marks; `None` if there are too many.
    marks: Option<JoinedMarks>,
    /// Complete blocks that are not written yet; their position is after the first `good` bytes.
    pending: Vec<u8>,
    good: u64,
    /// There may be a partial write after the good bytes.
    untidy: bool,
    /// Records that were lost since the last one that was kept, and their times.
    owed: PageCounts,
    gap: Option<Gap>,
    progress: Progress,
}

/// Consecutive lost records. Times are in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    from: u64,
    to: u64,
    records: PageCounts,
}

impl Gap {
    /// Extends the loss to `to`.
    pub(crate) fn extend(gap: &mut Option<Self>, from: u64, to: u64, lost: &PageCounts) {
        let gap = gap.get_or_insert(Self { from, to, records: PageCounts::default() });
        gap.to = gap.to.max(to);
        gap.records.add_all(lost);
    }

    pub(crate) fn mark(&self) -> Mark {
        let [at, to] = [self.from, self.to].map(Duration::from_micros);
        Mark::new(at, Marked::Lost { to, records: Some(self.records) })
    }
}

impl RecordingWriter<File> {
    /// Starts a recording in a new file.
    ///
    /// # Errors
    /// [`RecordingError::Io`], also if the file exists: it is not changed.
    pub fn create(path: impl AsRef<Path>, description: &Description) -> Result<Self, RecordingError> {
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        Self::new(file, description).inspect_err(|_| {
            // The file is empty, and the error is returned.
            let _ = fs::remove_file(&path);
        })
    }
}

impl<W: SeekableOutput> RecordingWriter<W> {
    /// Starts a recording in an empty output.
    ///
    /// # Errors
    /// [`RecordingError::Io`] if the header cannot be written.
    pub fn new(mut output: W, description: &Description) -> Result<Self, RecordingError> {
        let encoder = Encoder::new(Compression::default());
        let header = encoder.file_header(description);
        output.write_all(&header)?;
        output.flush()?;
        Ok(Self::after_header(output, encoder, header.len() as u64))
    }

    /// Continues after a header of this many bytes.
    pub(crate) fn after_header(output: W, encoder: Encoder, good: u64) -> Self {
        Self {
            output: Some(output),
            encoder,
            batch: Batch::default(),
            entries: Vec::new(),
            marks: Some(JoinedMarks::default()),
            pending: Vec::new(),
            good,
            untidy: false,
            owed: PageCounts::default(),
            gap: None,
            progress: Progress { bytes: good, ..Progress::default() },
        }
    }

    /// Sets the compression from now on.
    #[must_use]
    pub fn with_compression(mut self, compression: Compression) -> Self {
        self.encoder.compression = compression;
        self
    }

    /// Adds a record. About once a second this writes.
    ///
    /// # Errors
    /// [`RecordingError::PageSize`]. [`RecordingError::Io`] if a group could not be written; the record is
    /// kept, and recording can continue: writing is tried again about every second.
    pub fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError> {
        Batch::check(record)?;
        let flushed = if self.batch.has_room_for(record) { Ok(()) } else { self.flush() };
        self.batch.push(record);
        self.progress.records.add(record.page, 1);
        flushed
    }

    /// Adds a mark. A mark of more than 4 KiB is left out.
    ///
    /// # Errors
    /// [`RecordingError::Io`]; the mark is kept, as records are.
    pub fn mark(&mut self, mark: &Mark) -> Result<(), RecordingError> {
        if self.pending.len() <= MAX_PENDING {
            self.encode_mark(mark);
        }
        self.write_pending()
    }

    /// Writes everything that was collected. Call it if no record has arrived for a second, as in the menu; otherwise `record` does it.
    ///
    /// # Errors
    /// [`RecordingError::Io`]; data that could not be written is kept.
    pub fn flush(&mut self) -> Result<(), RecordingError> {
        let mut batch = std::mem::take(&mut self.batch);
        let written = self.take_batch(&mut batch);
        self.batch = batch;
        written
    }

    /// Waits until written data is synced to the disk, and survives a power cut. A slow disk may take long.
    ///
    /// # Errors
    /// [`RecordingError::Io`].
    pub fn sync(&mut self) -> Result<(), RecordingError> {
        let Some(output) = &mut self.output else { return Ok(()) };
        self.progress.removed = output.is_removed();
        let synced = output.sync();
        if let Err(error) = &synced {
            self.progress.trouble = Some(error.to_string());
        }
        synced.map_err(RecordingError::Io)
    }

    /// The output; `None` after it is finished.
    pub fn get_ref(&self) -> Option<&W> {
        self.output.as_ref()
    }

    /// The progress of the recording.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Counts records that another thread has collected.
    pub(crate) fn count(&mut self, records: &PageCounts) {
        self.progress.records.add_all(records);
    }

    /// Writes the records of a batch, and empties it.
    pub(crate) fn take_batch(&mut self, batch: &mut Batch) -> Result<(), RecordingError> {
        // Pending blocks are written first.
        let mut written = self.write_pending();
        if !batch.is_empty() {
            if self.pending.len() > MAX_PENDING {
                self.lose(batch);
            } else {
                if let Some(gap) = self.gap.take() {
                    self.encode_mark(&gap.mark());
                }
                batch.owe(&mut self.owed);
                let entry = self.encoder.group(batch, &mut self.pending);
                self.enter(entry);
                written = self.write_pending();
            }
            batch.clear();
        }
        written
    }

    fn lose(&mut self, batch: &Batch) {
        let lost = batch.counts();
        Gap::extend(&mut self.gap, batch.first, batch.last, &lost);
        self.owed.add_all(&lost);
        self.owed.add_all(&batch.missed());
        self.progress.lost.add_all(&lost);
    }

    fn encode_mark(&mut self, mark: &Mark) {
        if let Some(entry) = self.encoder.mark(mark, &mut self.pending) {
            self.enter(entry);
        }
    }

    /// Adds blocks that were appended to the pending ones; the offset of the entry is relative to these.
    fn enter(&mut self, entry: Entry) {
        if entry.kind == kind::MARK {
            let from = entry.offset as usize;
            let json = self.pending.get(from + BLOCK_HEADER..from + entry.length as usize).unwrap_or_default();
            if !self.marks.as_mut().is_some_and(|marks| marks.push(json)) {
                self.marks = None;
            }
        }
        self.entries.push(Entry { offset: entry.offset + self.good, ..entry });
    }

    fn write_pending(&mut self) -> Result<(), RecordingError> {
        let written = self.try_write_pending();
        self.progress.bytes = self.good;
        self.progress.trouble = written.as_ref().err().map(ToString::to_string);
        written.map_err(RecordingError::Io)
    }

    fn try_write_pending(&mut self) -> io::Result<()> {
        let Some(output) = &mut self.output else { return Ok(()) };
        // The next write makes the file long enough again, with a hole.
        self.progress.truncated |= output.length().is_some_and(|length| length < self.good);
        if self.untidy {
            output.cut_back(self.good)?;
            self.untidy = false;
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        if let Err(error) = output.write_all(&self.pending).and_then(|()| output.flush()) {
            // The file ends in the middle of a chunk; if it cannot be cut, readers leave the chunk out.
            self.untidy = output.cut_back(self.good).is_err();
            return Err(error);
        }
        self.good += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Writes the rest and the index, and returns the output.
    ///
    /// # Errors
    /// [`RecordingError::Io`]. Data that was written before is valid.
    pub fn finish(mut self) -> Result<(W, Progress), RecordingError> {
        self.complete()?;
        let output = self.output.take().ok_or_else(|| io::Error::other("it is finished already"))?;
        Ok((output, std::mem::take(&mut self.progress)))
    }

    fn complete(&mut self) -> Result<(), RecordingError> {
        self.flush()?;
        if let Some(gap) = self.gap.take() {
            self.encode_mark(&gap.mark());
        }
        if let Some(marks) = self.marks.take().filter(|marks| marks.count() > 0) {
            let at = self.entries.last().map_or(0, |entry| entry.last);
            self.encoder.joined_marks(&marks, at, &mut self.pending);
        }
        let offset = self.good + self.pending.len() as u64;
        self.encoder.index(&self.entries, offset, &mut self.pending);
        self.write_pending()?;
        self.sync()
    }

    /// Adds complete blocks, described by `entry`.
    pub(crate) fn copy_blocks(&mut self, entry: Entry, blocks: &[u8]) -> Result<(), RecordingError> {
        self.progress.records.add_all(&entry.counts());
        let offset = self.pending.len() as u64;
        self.pending.extend_from_slice(blocks);
        self.enter(Entry { offset, ..entry });
        self.write_pending()
    }

    /// The ID, and the numbers of the next block and of its group.
    pub(crate) fn numbers(&mut self) -> (u32, u32, u32) {
        let sequence = self.encoder.sequence;
        self.encoder.sequence = sequence.wrapping_add(1);
        (self.encoder.id, sequence, self.encoder.group)
    }

    /// The next block belongs to another group.
    pub(crate) fn end_group(&mut self) {
        self.encoder.group = self.encoder.group.wrapping_add(1);
    }

    /// The encoder of the blocks.
    pub(crate) fn encoder(&mut self) -> &mut Encoder {
        &mut self.encoder
    }
}

impl<W: SeekableOutput> Drop for RecordingWriter<W> {
    /// Tries to finish; there is no way to report an error.
    fn drop(&mut self) {
        if self.output.is_some() {
            let _ = self.complete();
        }
    }
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::PageKind;

    use super::*;

    #[test]
    fn gap_counts_all_lost_records() {
        let mut gap = None;
        let mut lost = PageCounts::default();
        lost.add(PageKind::Physics, 3);
        Gap::extend(&mut gap, 5, 9, &lost);
        Gap::extend(&mut gap, 10, 12, &lost);
        let mark = gap.unwrap().mark();
        lost.add(PageKind::Physics, 3);
        let to = Duration::from_micros(12);
        assert_eq!(mark, Mark::new(Duration::from_micros(5), Marked::Lost { to, records: Some(lost) }));
    }
}
