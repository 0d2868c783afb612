//! Keeps the last seconds in memory until they are saved.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acevo_files::PendingFile;
use acevo_shared_memory::PageKind;

use super::batch::Batch;
use super::codec::Compression;
use super::description::Description;
use super::encoder::Encoder;
use super::error::RecordingError;
use super::index::Entry;
use super::mark::{Mark, Marked};
use super::record::{Record, micros};
use super::writer::{Progress, RecordingWriter, SeekableOutput};

/// Keeps the newest records, compressed: about 100 KB for each second of a race.
///
/// [`snapshot`](Self::snapshot) returns a snapshot without copying it. The snapshot can be written to a file later, also in another thread.
#[derive(Debug)]
pub struct Ring {
    encoder: Encoder,
    span: u64,
    batch: Batch,
    groups: VecDeque<Arc<Group>>,
    /// The newest page of each kind from before the first group.
    before: [Vec<u8>; 3],
    current: CurrentMarks,
}

/// The last marks of the game and the session from before the first group.
#[derive(Debug, Clone, Default)]
struct CurrentMarks {
    game: Option<Mark>,
    session: Option<Mark>,
}

/// A group of chunks, or a mark.
#[derive(Debug)]
struct Group {
    entry: Entry,
    blocks: Vec<u8>,
    mark: Option<Mark>,
    /// The newest page of each kind in it; empty if it has none.
    newest: [Vec<u8>; 3],
}

/// The content of a [`Ring`] at one time.
#[derive(Debug, Clone)]
pub struct RingSnapshot {
    encoder: Encoder,
    groups: Vec<Arc<Group>>,
    before: [Vec<u8>; 3],
    current: CurrentMarks,
}

impl CurrentMarks {
    /// Takes a mark that is too old to be kept itself.
    fn note(&mut self, mark: &Mark) {
        match mark.what {
            Marked::Attached { .. } => *self = Self { game: Some(mark.clone()), session: None },
            Marked::Detached { .. } => *self = Self::default(),
            Marked::Session { .. } => self.session = Some(mark.clone()),
            _ => {}
        }
    }

    fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.game.iter().chain(&self.session)
    }
}

impl Ring {
    /// Keeps records that are not older than `span`, and up to a second more.
    pub fn new(span: Duration) -> Self {
        Self {
            encoder: Encoder::new(Compression::default()),
            span: micros(span),
            batch: Batch::default(),
            groups: VecDeque::new(),
            before: Default::default(),
            current: CurrentMarks::default(),
        }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// [`RecordingError::PageSize`].
    pub fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError> {
        Batch::check(record)?;
        if !self.batch.has_room_for(record) {
            self.pack();
        }
        self.batch.push(record);
        Ok(())
    }

    /// Adds a mark. Marks of more than 4 KiB are left out. The marks of the current game and session are kept, however old
    /// they are.
    pub fn mark(&mut self, mark: &Mark) {
        let mut blocks = Vec::new();
        if let Some(entry) = self.encoder.mark(mark, &mut blocks) {
            let (mark, newest) = (Some(mark.clone()), Default::default());
            self.groups.push_back(Arc::new(Group { entry, blocks, mark, newest }));
        }
    }

    /// A snapshot of what is kept. It begins with a [`carried`](Record::carried) record of each page that has not changed since, so that frames are
    /// complete from the beginning.
    pub fn snapshot(&mut self) -> RingSnapshot {
        self.pack();
        RingSnapshot {
            encoder: self.encoder.clone(),
            groups: self.groups.iter().cloned().collect(),
            before: self.before.clone(),
            current: self.current.clone(),
        }
    }

    /// True if there is no record to save.
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty() && !self.groups.iter().any(|group| group.mark.is_none())
    }

    /// Time from the first record that is kept to the last.
    pub fn span(&self) -> Duration {
        let first = self.groups.iter().find(|group| group.mark.is_none()).map(|group| group.entry.first);
        let first = first.or((!self.batch.is_empty()).then_some(self.batch.first));
        Duration::from_micros(first.map_or(0, |first| self.batch.last.saturating_sub(first)))
    }

    /// Memory used by the compressed records, in bytes.
    pub fn bytes(&self) -> usize {
        self.groups.iter().map(|group| group.blocks.len()).sum()
    }

    fn pack(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let mut blocks = Vec::new();
        let entry = self.encoder.group(&self.batch, &mut blocks);
        let newest = PageKind::ALL.map(|page| self.batch.column(page).newest().unwrap_or_default().to_vec());
        self.groups.push_back(Arc::new(Group { entry, blocks, mark: None, newest }));
        self.batch.clear();
        let oldest = entry.last.saturating_sub(self.span);
        while self.groups.front().is_some_and(|group| group.entry.last < oldest) {
            let Some(group) = self.groups.pop_front() else { break };
            if let Some(mark) = &group.mark {
                self.current.note(mark);
            }
            for (before, newest) in self.before.iter_mut().zip(&group.newest).filter(|(_, newest)| !newest.is_empty()) {
                before.clone_from(newest);
            }
        }
    }
}

impl RingSnapshot {
    /// Writes the snapshot to a new file, which has its name only when it is complete.
    ///
    /// # Errors
    /// [`RecordingError::Io`], also if the file exists: it is not changed.
    pub fn save(&self, path: impl AsRef<Path>, description: &Description) -> Result<Progress, RecordingError> {
        let pending = PendingFile::create(path.as_ref())?;
        let (_, progress) = self.write(pending.file()?, description)?;
        pending.publish()?;
        Ok(progress)
    }

    /// Writes the snapshot to an empty output.
    ///
    /// # Errors
    /// [`RecordingError::Io`].
    pub fn write<W: SeekableOutput>(
        &self,
        mut output: W,
        description: &Description,
    ) -> Result<(W, Progress), RecordingError> {
        let header = self.encoder.file_header(description);
        output.write_all(&header)?;
        let mut first = Encoder::with_id(self.encoder.id, self.encoder.compression);
        let carried = self.carried();
        let numbers = self.groups.first().and_then(|group| super::layout::BlockHeader::at(&group.blocks, 0));
        if let Some(numbers) = numbers {
            let before = self.current.marks().count() as u32 + carried.chunks();
            first.sequence = numbers.sequence.wrapping_sub(before);
            first.group = numbers.group.wrapping_sub(1);
        }
        let mut writer = RecordingWriter::after_header(output, first, header.len() as u64);
        self.current.marks().try_for_each(|mark| writer.mark(mark))?;
        if !carried.is_empty() {
            let mut blocks = Vec::new();
            let entry = writer.encoder().group(&carried, &mut blocks);
            writer.copy_blocks(entry, &blocks)?;
        }
        for group in &self.groups {
            writer.copy_blocks(group.entry, &group.blocks)?;
        }
        let encoder = writer.encoder();
        (encoder.sequence, encoder.group) = (self.encoder.sequence, self.encoder.group);
        writer.finish()
    }

    /// The pages from before the first record, with its time.
    fn carried(&self) -> Batch {
        let at = self.groups.iter().find(|group| group.entry.counts().total() > 0).map_or(0, |group| group.entry.first);
        let mut batch = Batch::default();
        for (page, bytes) in PageKind::ALL.into_iter().zip(&self.before).filter(|(_, bytes)| !bytes.is_empty()) {
            let mut record = Record::new(page, Duration::from_micros(at), bytes);
            record.carried = true;
            batch.push(&record);
        }
        batch
    }
}
