//! Reading a recording, whole or not.

mod group;
mod source;
mod table;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::time::Duration;

use acevo_shared_memory::{
    Frame, Page, PageKind, PhysicsTracker, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View,
};

use super::description::Description;
use super::error::RecordingError;
use super::info::Info;
use super::layout::{FILE_HEADER, FileHeader, LONGEST_DESCRIPTION, MAJOR};
use super::mark::Mark;
use super::record::{Record, micros};
use group::{Group, ORDER};
pub(crate) use source::{Source, blocks};
pub use table::Damage;
pub(crate) use table::{Table, is_sound};

/// Where a file has no header that can be read, so many bytes are searched for a block.
const SEARCHED: u64 = 1 << 20;

/// A recording that is read, from its beginning or any other place, in the order of time.
///
/// It takes any file as it is: one that a killed program has left, cut anywhere or damaged. What can be read is read, and what is
/// missing is told; no checksum is passed by chance in practice, so what is read is what was written. Memory is bounded whatever a
/// file says, and records are lent, not copied.
///
/// ```
/// use std::io::Cursor;
/// use std::time::Duration;
///
/// use acevo_shared_memory::PageKind;
/// use acevo_recording::{Description, Record, Recording, RecordingWriter};
///
/// let mut writer = RecordingWriter::new(Vec::new(), &Description::new("example 1.0"))?;
/// for ms in 0..5000 {
///     writer.record(&Record::new(PageKind::Physics, Duration::from_millis(ms), &[ms as u8; 800]))?;
/// }
/// let (file, _) = writer.finish()?;
///
/// let mut recording = Recording::from_input(Cursor::new(file))?;
/// recording.seek(Duration::from_secs(4))?;
/// let step = recording.next_step()?.unwrap();
/// assert_eq!(step.at, Duration::from_secs(4));
/// assert!(step.physics.is_some() && step.graphics.is_none());
/// # Ok::<(), acevo_recording::RecordingError>(())
/// ```
#[derive(Debug)]
pub struct Recording<R = File> {
    source: Source<R>,
    header: Header,
    table: Table,
    marks: Vec<Mark>,
    group: Group,
    /// Number of the group that comes after the one that is read, of the next mark and of the next damage.
    next_group: usize,
    next_mark: usize,
    next_damage: usize,
    /// Damage that was met and not told yet.
    met: VecDeque<Damage>,
    frame: Frame,
    tracker: PhysicsTracker,
    opening: [Option<Held>; 3],
    /// For a look at another group.
    aside: Group,
}

/// What the front of a file tells.
#[derive(Debug)]
pub(crate) struct Header {
    /// Major and minor, and the description; `None` where they cannot be read.
    pub(crate) version: Option<(u16, u16)>,
    pub(crate) description: Option<Description>,
    pub(crate) id: u32,
    /// Where the first block may be.
    pub(crate) blocks: u64,
}

/// A record, kept.
#[derive(Debug)]
struct Held {
    record: Record<'static>,
    bytes: Vec<u8>,
}

/// What comes next in a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum RecordingItem<'a> {
    /// A page.
    Record(Record<'a>),
    /// Something that happened.
    Mark(&'a Mark),
    /// Something that cannot be read.
    Damage(Damage),
}

/// All that was recorded of one time: what a packet was.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FrameStep<'a> {
    /// When, since the recording's zero.
    pub at: Duration,
    /// The three pages as they were then: the newest of each.
    pub frame: &'a Frame,
    /// What is known of the physics page, where it is new.
    pub physics: Option<SeenAt>,
    /// The same of the graphics page.
    pub graphics: Option<SeenAt>,
    /// The same of the static page.
    pub static_data: Option<SeenAt>,
    /// Something before it cannot be read.
    pub after_damage: bool,
}

/// How a page of a [`FrameStep`] was read; as in its [`Record`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeenAt {
    /// It may have come so much earlier.
    pub uncertainty: Duration,
    /// Its counter had gone back, or leapt.
    pub restarted: bool,
    /// It is older than its time says.
    pub carried: bool,
    /// Packets before it that are not in the recording.
    pub missed: u32,
    /// Steps of the physics counter before it that held no data of the car: the leaps and zero pages of a pause.
    pub skipped: u32,
}

impl Recording<File> {
    /// Opens a file.
    ///
    /// # Errors
    /// [`RecordingError::NotARecording`], [`RecordingError::NewerVersion`], [`RecordingError::Io`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Self::from_input(File::open(path)?)
    }
}

impl<R: Read + Seek> Recording<R> {
    /// Opens what is not a file.
    ///
    /// # Errors
    /// As [`open`](Recording::open).
    pub fn from_input(input: R) -> Result<Self, RecordingError> {
        let mut source = Source::new(input)?;
        let header = Header::read(&mut source)?;
        let table = match Table::from_index(&mut source, header.id)? {
            Some(table) => table,
            None => Table::scan(&mut source, header.blocks, header.id)?,
        };
        let marks = table.read_marks(&mut source, header.id)?;
        Ok(Self {
            source,
            header,
            table,
            marks,
            group: Group::default(),
            next_group: 0,
            next_mark: 0,
            next_damage: 0,
            met: VecDeque::new(),
            frame: blank(),
            tracker: PhysicsTracker::default(),
            opening: [const { None }; 3],
            aside: Group::default(),
        })
    }

    /// What it tells about itself; `None` where that is damaged.
    pub fn description(&self) -> Option<&Description> {
        self.header.description.as_ref()
    }

    /// Counts, times and sizes, without reading a page.
    pub fn info(&self) -> Info {
        Info::new(&self.header, &self.table, &self.marks, self.source.length)
    }

    /// Everything that happened, in the order of time.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The next record, mark or damage. `None` at the end; what comes then can still be [sought](Self::seek).
    ///
    /// Records of the same time come in the order static, graphics, physics.
    ///
    /// # Errors
    /// [`RecordingError::Io`], [`RecordingError::UnknownCodec`]; the next call goes on behind it.
    pub fn next_item(&mut self) -> Result<Option<RecordingItem<'_>>, RecordingError> {
        let time = self.fill()?;
        if let Some(damage) = self.met.pop_front() {
            return Ok(Some(RecordingItem::Damage(damage)));
        }
        let mark = self.marks.get(self.next_mark);
        if let Some(mark) = mark.filter(|mark| time.is_none_or(|time| micros(mark.at) <= time)) {
            self.next_mark += 1;
            return Ok(Some(RecordingItem::Mark(mark)));
        }
        let next = self.group.take();
        Ok(next.map(|(page, index)| RecordingItem::Record(self.group.record(page, index))))
    }

    /// All that was recorded of the next time, as complete frames. `None` at the end. Marks are left out.
    ///
    /// The frame holds what was read as steps; after records were taken one by one, [`seek`](Self::seek) first.
    ///
    /// # Errors
    /// As [`next_item`](Self::next_item).
    pub fn next_step(&mut self) -> Result<Option<FrameStep<'_>>, RecordingError> {
        let time = self.fill()?;
        let after_damage = !self.met.is_empty();
        self.met.clear();
        let Some(time) = time else { return Ok(None) };
        let Self { group, frame, tracker, .. } = self;
        let mut take = |page| group.take_at(page, time).map(|record| show(frame, tracker, &record));
        // The graphics page says what the physics page of the same time is worth.
        let [static_data, graphics, physics] = ORDER.map(&mut take);
        let at = Duration::from_micros(time);
        Ok(Some(FrameStep { at, frame: &self.frame, physics, graphics, static_data, after_damage }))
    }

    /// The three pages as they were before the next step.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Goes to the first record that is not before `at`. The [`frame`](Self::frame) is the one before it.
    ///
    /// # Errors
    /// As [`next_item`](Self::next_item).
    pub fn seek(&mut self, at: Duration) -> Result<(), RecordingError> {
        let time = micros(at);
        self.group.clear();
        self.met.clear();
        let number = self.table.groups.partition_point(|entry| entry.last < time);
        self.next_mark = self.marks.partition_point(|mark| mark.at < at);
        self.next_damage = self.table.damage.partition_point(|(before, _)| *before < number);
        self.next_group = number;
        self.meet_damage(at);
        if number < self.table.groups.len() {
            self.load()?;
            self.group.seek(time);
        }
        (self.frame, self.tracker) = (blank(), PhysicsTracker::default());
        for page in ORDER {
            self.opening[page as usize] = self.newest_before(number, page)?;
            if let Some(held) = &self.opening[page as usize] {
                show(&mut self.frame, &mut self.tracker, &held.record());
            }
        }
        Ok(())
    }

    /// The newest record of a page from before the place that was [sought](Self::seek) last: what a recording that begins there
    /// begins with.
    pub fn opening(&self, page: PageKind) -> Option<Record<'_>> {
        self.opening[page as usize].as_ref().map(Held::record)
    }

    /// Reads everything, and returns all damage. Then the recording is at its beginning.
    ///
    /// # Errors
    /// As [`next_item`](Self::next_item).
    pub fn check(&mut self) -> Result<Vec<Damage>, RecordingError> {
        self.rewind();
        let mut damage = Vec::new();
        while self.fill()?.is_some() {
            damage.extend(self.met.drain(..));
            self.group.skip();
        }
        damage.extend(self.met.drain(..));
        self.rewind();
        Ok(damage)
    }

    fn rewind(&mut self) {
        self.group.clear();
        self.met.clear();
        (self.next_group, self.next_mark, self.next_damage) = (0, 0, 0);
        (self.frame, self.tracker) = (blank(), PhysicsTracker::default());
        self.opening = [const { None }; 3];
    }

    /// Sees to it that there is a next record, and returns its time in microseconds.
    fn fill(&mut self) -> Result<Option<u64>, RecordingError> {
        loop {
            if let Some(time) = self.group.time() {
                return Ok(Some(time));
            }
            self.meet_damage(Duration::ZERO);
            if self.next_group >= self.table.groups.len() {
                return Ok(None);
            }
            self.load()?;
        }
    }

    /// Takes the damage before the next group, as far as it has not ended before `from`.
    fn meet_damage(&mut self, from: Duration) {
        let rest = self.table.damage.get(self.next_damage..).unwrap_or_default();
        let here = rest.iter().take_while(|(before, _)| *before <= self.next_group);
        self.next_damage += here.clone().count();
        self.met.extend(here.map(|(_, damage)| *damage).filter(|damage| damage.to >= from));
    }

    /// Unpacks the next group.
    fn load(&mut self) -> Result<(), RecordingError> {
        let Some(entry) = self.table.groups.get(self.next_group) else { return Ok(()) };
        self.next_group += 1;
        let lost = self.group.load(&mut self.source, entry, self.header.id)?;
        if lost.total() > 0 {
            self.met.push_back(Damage::new(entry.first, entry.last, Some(lost)));
        }
        Ok(())
    }

    /// The newest record of a page before the next one of the group that is read, which has this number.
    fn newest_before(&mut self, number: usize, page: PageKind) -> Result<Option<Held>, RecordingError> {
        if number < self.table.groups.len()
            && let Some(record) = self.group.before(page)
        {
            return Ok(Some(Held::new(record)));
        }
        for entry in self.table.groups[..number].iter().rev().filter(|entry| entry.records[page as usize] > 0) {
            self.aside.load(&mut self.source, entry, self.header.id)?;
            self.aside.skip();
            if let Some(record) = self.aside.before(page) {
                return Ok(Some(Held::new(record)));
            }
        }
        Ok(None)
    }
}

impl Header {
    pub(crate) fn read<R: Read + Seek>(source: &mut Source<R>) -> Result<Self, RecordingError> {
        let mut bytes = [0; FILE_HEADER];
        source.read_at(0, &mut bytes)?;
        let header = FileHeader::from_bytes(&bytes);
        let Some(header) = header.filter(|header| header.description as usize <= LONGEST_DESCRIPTION) else {
            // Each block tells whose it is.
            let (blocks, first) = source.find_block(0, SEARCHED, None)?.ok_or(RecordingError::NotARecording)?;
            return Ok(Self { version: None, description: None, id: first.id, blocks });
        };
        if header.major > MAJOR {
            return Err(RecordingError::NewerVersion { found: header.major, known: MAJOR });
        }
        let mut json = Vec::new();
        source.read_vec(FILE_HEADER as u64, header.description.into(), &mut json)?;
        let sound = crc32fast::hash(&json) == header.crc;
        Ok(Self {
            version: Some((header.major, header.minor)),
            description: sound.then(|| serde_json::from_slice(&json).ok()).flatten(),
            id: header.id,
            blocks: FILE_HEADER as u64 + u64::from(header.description),
        })
    }
}

impl Held {
    fn new(record: Record<'_>) -> Self {
        Self { bytes: record.bytes.to_vec(), record: Record { bytes: &[], ..record } }
    }

    fn record(&self) -> Record<'_> {
        Record { bytes: &self.bytes, ..self.record }
    }
}

/// A frame of nothing.
fn blank() -> Frame {
    Frame::new(SPageFilePhysics::default(), SPageFileGraphicEvo::default(), SPageFileStaticEvo::default())
}

/// Puts a page into the frame.
fn show(frame: &mut Frame, tracker: &mut PhysicsTracker, record: &Record<'_>) -> SeenAt {
    let mut skipped = 0;
    match record.page {
        PageKind::Physics => {
            frame.physics = view(record);
            // Recordings do not say which of the packets that are not in them were never written.
            skipped = tracker.physics(frame.physics.raw());
        }
        PageKind::Graphics => {
            frame.graphics = view(record);
            tracker.graphics(frame.graphics.raw());
        }
        PageKind::Static => frame.static_data = view(record),
    }
    frame.validity = tracker.validity();
    let Record { uncertainty, restarted, carried, missed, .. } = *record;
    SeenAt { uncertainty, restarted, carried, missed: missed.saturating_sub(skipped), skipped }
}

fn view<T: Page>(record: &Record<'_>) -> View<'static, T> {
    View::from(T::from_bytes(record.bytes)).with_settled(record.settled)
}
