//! Writing a recording as it comes, valid after every flush.

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
use super::mark::{Mark, Marked};
use super::record::{PageCounts, Record};

/// Bytes that are kept while they cannot be written: a minute or so of driving. What comes after that is lost, and counted.
const MOST_PENDING: usize = 8 << 20;

/// Where a recording is written to. What was written in part, because the disk was full, can be cut off again.
pub trait SeekableOutput: Write {
    /// Cuts the file back to its first `length` bytes, behind which the next write goes on.
    ///
    /// # Errors
    /// What the system says.
    fn cut_back(&mut self, length: u64) -> io::Result<()>;

    /// Makes what was written outlast a power cut.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// True where what is written has no name any more by which it could be read.
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
        // All that reading it takes: the bytes and how many there are.
        self.sync_data()
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

/// How a recording is getting on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes in the file.
    pub bytes: u64,
    /// Records that were taken, those that are not written yet included.
    pub records: PageCounts,
    /// Records that were lost, because the disk was full or too slow.
    pub lost: PageCounts,
    /// Why the last attempt to write has failed; `None` while all is well.
    pub trouble: Option<String>,
    /// The file was removed: nobody will ever read what is written to it. Looked for with every [`RecordingWriter::sync`]; known on
    /// Unix, while Windows tells by `trouble`.
    pub removed: bool,
}

/// Writes a recording. Records are collected for a second, packed, and written as one group of chunks.
///
/// The file is valid after every [`flush`](Self::flush), and outlasts a power cut after every [`sync`](Self::sync). Where the system refuses to write, because the disk is full, what is written
/// stays valid, what is not is kept for about a minute and tried again with each group, and what is lost beyond that is counted and
/// [marked](Marked::Lost). [`finish`](Self::finish) adds the index; dropping the writer tries to.
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
    /// `None` once it is finished.
    output: Option<W>,
    encoder: Encoder,
    batch: Batch,
    entries: Vec<Entry>,
    /// Whole blocks that are not written yet; they belong behind the first `good` bytes.
    pending: Vec<u8>,
    good: u64,
    /// There may be something behind the good bytes.
    untidy: bool,
    /// Records that were lost since the last one that was kept, and their times.
    owed: PageCounts,
    gap: Option<Gap>,
    progress: Progress,
}

/// What was lost in one go. Times are microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    from: u64,
    to: u64,
    records: PageCounts,
}

impl Gap {
    /// Goes on until `to`.
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
    /// Begins a recording in a new file.
    ///
    /// # Errors
    /// [`RecordingError::Io`], also where there is a file of that name: it is not touched.
    pub fn create(path: impl AsRef<Path>, description: &Description) -> Result<Self, RecordingError> {
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        Self::new(file, description).inspect_err(|_| {
            // There is nothing in it, and what matters is told.
            let _ = fs::remove_file(&path);
        })
    }
}

impl<W: SeekableOutput> RecordingWriter<W> {
    /// Begins a recording in an empty output.
    ///
    /// # Errors
    /// [`RecordingError::Io`] where the header cannot be written.
    pub fn new(mut output: W, description: &Description) -> Result<Self, RecordingError> {
        let encoder = Encoder::new(Compression::default());
        let header = encoder.file_header(description);
        output.write_all(&header)?;
        output.flush()?;
        Ok(Self::after_header(output, encoder, header.len() as u64))
    }

    /// Goes on behind a header of so many bytes.
    pub(crate) fn after_header(output: W, encoder: Encoder, good: u64) -> Self {
        Self {
            output: Some(output),
            encoder,
            batch: Batch::default(),
            entries: Vec::new(),
            pending: Vec::new(),
            good,
            untidy: false,
            owed: PageCounts::default(),
            gap: None,
            progress: Progress { bytes: good, ..Progress::default() },
        }
    }

    /// Packs in another way from now on.
    #[must_use]
    pub fn with_compression(mut self, compression: Compression) -> Self {
        self.encoder.compression = compression;
        self
    }

    /// Takes a record; about once a second this writes.
    ///
    /// # Errors
    /// [`RecordingError::PageSize`] for what is no page. [`RecordingError::Io`] where a group could not be written; the record is
    /// taken all the same, and going on is right: writing is tried again about each second.
    pub fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError> {
        Batch::check(record)?;
        let flushed = if self.batch.has_room_for(record) { Ok(()) } else { self.flush() };
        self.batch.push(record);
        self.progress.records.add(record.page, 1);
        flushed
    }

    /// Writes down something that has happened. A mark of more than 4 KiB is left out.
    ///
    /// # Errors
    /// [`RecordingError::Io`]; the mark is kept, as records are.
    pub fn mark(&mut self, mark: &Mark) -> Result<(), RecordingError> {
        if self.pending.len() <= MOST_PENDING {
            self.encode_mark(mark);
        }
        self.write_pending()
    }

    /// Writes everything that was taken. To be called if nothing has come for a second, as in the menu; else records do it.
    ///
    /// # Errors
    /// [`RecordingError::Io`]; what could not be written is kept.
    pub fn flush(&mut self) -> Result<(), RecordingError> {
        let mut batch = std::mem::take(&mut self.batch);
        let written = self.take_batch(&mut batch);
        self.batch = batch;
        written
    }

    /// Waits until what is written would outlast a power cut, which may take a disk long.
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

    /// How it is getting on.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Counts records that somebody else has collected.
    pub(crate) fn count(&mut self, records: &PageCounts) {
        self.progress.records.add_all(records);
    }

    /// Writes the records of a batch, and empties it.
    pub(crate) fn take_batch(&mut self, batch: &mut Batch) -> Result<(), RecordingError> {
        // Where there is room again, what has waited goes first.
        let mut written = self.write_pending();
        if !batch.is_empty() {
            if self.pending.len() > MOST_PENDING {
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

    fn enter(&mut self, entry: Entry) {
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
        if self.untidy {
            output.cut_back(self.good)?;
            self.untidy = false;
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        if let Err(error) = output.write_all(&self.pending).and_then(|()| output.flush()) {
            // What is in the file now ends in the middle of a chunk; where that cannot be mended, readers leave it out.
            self.untidy = output.cut_back(self.good).is_err();
            return Err(error);
        }
        self.good += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Writes what is left and the index, and gives back the output.
    ///
    /// # Errors
    /// [`RecordingError::Io`]. What was written before is valid.
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
        let offset = self.good + self.pending.len() as u64;
        self.encoder.index(&self.entries, offset, &mut self.pending);
        self.write_pending()?;
        self.sync()
    }

    /// Adds whole blocks as they are, of which `entry` tells.
    pub(crate) fn copy_blocks(&mut self, entry: Entry, blocks: &[u8]) -> Result<(), RecordingError> {
        self.progress.records.add_all(&entry.counts());
        let offset = self.pending.len() as u64;
        self.pending.extend_from_slice(blocks);
        self.enter(Entry { offset, ..entry });
        self.write_pending()
    }

    /// The id, and the numbers of the next block and of its group.
    pub(crate) fn numbers(&mut self) -> (u32, u32, u32) {
        let sequence = self.encoder.sequence;
        self.encoder.sequence = sequence.wrapping_add(1);
        (self.encoder.id, sequence, self.encoder.group)
    }

    /// The next block belongs to another group.
    pub(crate) fn end_group(&mut self) {
        self.encoder.group = self.encoder.group.wrapping_add(1);
    }

    /// What makes its blocks.
    pub(crate) fn encoder(&mut self) -> &mut Encoder {
        &mut self.encoder
    }
}

impl<W: SeekableOutput> Drop for RecordingWriter<W> {
    /// Tries to finish; nobody can be told where that fails.
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
    fn a_gap_tells_all_of_what_was_lost() {
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
