//! Reads recordings, also damaged ones.

mod ahead;
mod group;
mod overview;
mod source;
mod table;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek};
use std::panic::UnwindSafe;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use acevo_files::open_file;
use acevo_shared_memory::{Frame, PageKind, PhysicsTracker, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};

use super::description::Description;
use super::error::RecordingError;
use super::field_set::FieldSet;
use super::info::Info;
use super::layout::{FILE_HEADER, FileHeader, LONGEST_DESCRIPTION, MAJOR};
use super::mark::Mark;
use super::record::{Record, micros};
use ahead::Ahead;
use group::{Group, LoadBuffer, ORDER};
pub(crate) use source::{Source, blocks};
pub use table::Damage;
pub(crate) use table::{Table, is_sound};

/// If a file has no readable header, this many bytes are searched for a block.
const SEARCHED: u64 = 1 << 20;

/// Reads a recording, from its beginning or any other time.
///
/// It accepts any file: one that a killed program has left, and one that was cut or damaged. What can be read is read, and damage is
/// reported. Checksums protect all data, so everything that is read was written so. Memory is limited for any
/// file. Records are borrowed, not copied.
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
    /// Shared with the thread that reads ahead.
    source: Arc<Mutex<Source<R>>>,
    /// Length of the input in bytes.
    length: u64,
    header: Header,
    table: Table,
    marks: Marks,
    fields: FieldSet,
    group: Group,
    /// Index of the group after the current one, of the next mark and of the next damage.
    next_group: usize,
    next_mark: NextMark,
    next_damage: usize,
    /// Damage that was found and not returned yet.
    met: VecDeque<Damage>,
    frame: Frame,
    tracker: PhysicsTracker,
    opening: [Option<Held>; 3],
    /// Buffer for reading another group.
    aside: Group,
    buffer: LoadBuffer,
    ahead: Option<Ahead>,
}

/// The marks of a recording in the order of time. They are parsed when they are needed: reading a lap of a long recording needs none.
type Marks = LazyLock<Vec<Mark>, Box<dyn FnOnce() -> Vec<Mark> + Send + Sync + UnwindSafe>>;

/// The next mark.
#[derive(Debug, Clone, Copy)]
enum NextMark {
    Index(usize),
    /// The first one that is not before this time.
    From(Duration),
}

/// The header and the description at the beginning of a file.
#[derive(Debug)]
pub(crate) struct Header {
    /// Major and minor version, and the description; `None` if they cannot be read.
    pub(crate) version: Option<(u16, u16)>,
    pub(crate) description: Option<Description>,
    pub(crate) id: u32,
    /// Offset of the first block.
    pub(crate) blocks: u64,
}

/// An owned record.
#[derive(Debug)]
struct Held {
    record: Record<'static>,
    bytes: Vec<u8>,
}

/// The next item of a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum RecordingItem<'a> {
    /// A page.
    Record(Record<'a>),
    /// An event.
    Mark(&'a Mark),
    /// A part that cannot be read.
    Damage(Damage),
}

/// Everything that was recorded at one time: one packet.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FrameStep<'a> {
    /// Time since the recording's zero.
    pub at: Duration,
    /// The newest of each page at that time.
    pub frame: &'a Frame,
    /// How the physics page was read, if it is new.
    pub physics: Option<SeenAt>,
    /// How the graphics page was read, if it is new.
    pub graphics: Option<SeenAt>,
    /// How the static page was read, if it is new.
    pub static_data: Option<SeenAt>,
    /// Something before this step cannot be read.
    pub after_damage: bool,
}

/// How a page of a [`FrameStep`] was read, as in its [`Record`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeenAt {
    /// The page may have been published this much earlier.
    pub uncertainty: Duration,
    /// Its counter went back, or jumped.
    pub restarted: bool,
    /// The page is older than its time.
    pub carried: bool,
    /// Number of packets before it that are not in the recording.
    pub missed: u32,
    /// Number of steps of the physics counter before it that the game left out around a pause, or that were zero pages.
    pub skipped: u32,
}

impl Recording<File> {
    /// Opens a regular file. Never blocks.
    ///
    /// # Errors
    /// [`RecordingError::Io`] with a [reason](RecordingError::not_a_file) for folders, pipes and devices; [`RecordingError::NotARecording`], [`RecordingError::NewerVersion`], [`RecordingError::Io`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Self::from_input(open_file(path)?)
    }
}

impl<R: Read + Seek> Recording<R> {
    /// Opens any other input.
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
        let joined = table.read_marks(&mut source, header.id)?;
        Ok(Self {
            length: source.length,
            source: Arc::new(Mutex::new(source)),
            header,
            table,
            marks: LazyLock::new(Box::new(move || joined.parse())),
            fields: FieldSet::all(),
            group: Group::default(),
            next_group: 0,
            next_mark: NextMark::Index(0),
            next_damage: 0,
            met: VecDeque::new(),
            frame: blank(),
            tracker: PhysicsTracker::default(),
            opening: [const { None }; 3],
            aside: Group::default(),
            buffer: LoadBuffer::default(),
            ahead: None,
        })
    }

    /// The description; `None` if it is damaged.
    pub fn description(&self) -> Option<&Description> {
        self.header.description.as_ref()
    }

    /// Counts, times and sizes, without reading a page.
    pub fn info(&self) -> Info {
        overview::info(&self.header, &self.table, &self.marks, self.length)
    }

    /// All marks, in the order of time. They are parsed at the first use of this, [`info`](Self::info) or
    /// [`next_item`](Self::next_item): those of a day of a race in 70 ms.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Selects the fields that are read, which is faster than reading all of them, and returns the selection before. The recording is at its
    /// beginning afterwards.
    ///
    /// Pages in records and frames have the selected fields. Their other bytes are zero, or what the game has published. The channels from
    /// which [the selection was made](FieldSet::of_channels) have the same values as without it, and so has
    /// [the validity](Frame::validity) of every frame.
    ///
    /// ```no_run
    /// use acevo_recording::{FieldSet, Recording};
    /// use acevo_telemetry::{Axes, channel};
    ///
    /// let speed = channel("speed").unwrap();
    /// let mut recording = Recording::open("monza.acevo")?;
    /// recording.select(FieldSet::of_channels([speed]));
    /// while let Some(step) = recording.next_step()? {
    ///     println!("{:?}: {:?} km/h", step.at, speed.number(step.frame, &Axes::default()));
    /// }
    /// # Ok::<(), acevo_recording::RecordingError>(())
    /// ```
    pub fn select(&mut self, fields: FieldSet) -> FieldSet {
        self.rewind();
        if let Some(ahead) = &mut self.ahead {
            ahead.select(&fields);
        }
        std::mem::replace(&mut self.fields, fields)
    }

    /// The next record, mark or damage. `None` at the end; [`seek`](Self::seek) goes back.
    ///
    /// Records of the same time are returned in the order static, graphics, physics.
    ///
    /// # Errors
    /// [`RecordingError::Io`], [`RecordingError::UnknownCodec`]; the next call continues after the error.
    pub fn next_item(&mut self) -> Result<Option<RecordingItem<'_>>, RecordingError> {
        let time = self.fill()?;
        if let Some(damage) = self.met.pop_front() {
            return Ok(Some(RecordingItem::Damage(damage)));
        }
        let next_mark = match self.next_mark {
            NextMark::Index(index) => index,
            NextMark::From(at) => self.marks.partition_point(|mark| mark.at < at),
        };
        self.next_mark = NextMark::Index(next_mark);
        let mark = self.marks.get(next_mark);
        if let Some(mark) = mark.filter(|mark| time.is_none_or(|time| micros(mark.at) <= time)) {
            self.next_mark = NextMark::Index(next_mark + 1);
            return Ok(Some(RecordingItem::Mark(mark)));
        }
        let next = self.group.take();
        Ok(next.map(|(page, index)| RecordingItem::Record(self.group.record(page, index))))
    }

    /// Everything that was recorded at the next time, with complete frames. `None` at the end. Marks are skipped.
    ///
    /// The frame is built from steps; call [`seek`](Self::seek) after reading single records.
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
        // The graphics page has the status, on which the validity of the physics page depends.
        let [static_data, graphics, physics] = ORDER.map(&mut take);
        let at = Duration::from_micros(time);
        Ok(Some(FrameStep { at, frame: &self.frame, physics, graphics, static_data, after_damage }))
    }

    /// The three pages as they were before the next step.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Moves to the first record that is not before `at`. The [`frame`](Self::frame) is the one before it.
    ///
    /// # Errors
    /// As [`next_item`](Self::next_item).
    pub fn seek(&mut self, at: Duration) -> Result<(), RecordingError> {
        let time = micros(at);
        self.leave_group();
        let number = self.table.groups.partition_point(|entry| entry.last < time);
        self.next_mark = NextMark::From(at);
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

    /// The newest record of a page from before the time of the last [`seek`](Self::seek): a recording that begins there begins
    /// with it.
    pub fn opening(&self, page: PageKind) -> Option<Record<'_>> {
        self.opening[page as usize].as_ref().map(Held::record)
    }

    /// Reads everything and returns all damage. The recording is at its beginning afterwards.
    ///
    /// # Errors
    /// As [`next_item`](Self::next_item).
    pub fn check(&mut self) -> Result<Vec<Damage>, RecordingError> {
        // All columns are checked, also those that are not selected.
        let fields = self.select(FieldSet::default());
        let damage = self.check_groups();
        self.select(fields);
        damage
    }

    fn check_groups(&mut self) -> Result<Vec<Damage>, RecordingError> {
        let mut damage = Vec::new();
        while self.fill()?.is_some() {
            damage.extend(self.met.drain(..));
            self.group.skip();
        }
        damage.extend(self.met.drain(..));
        Ok(damage)
    }

    fn rewind(&mut self) {
        self.leave_group();
        (self.next_group, self.next_mark, self.next_damage) = (0, NextMark::Index(0), 0);
        (self.frame, self.tracker) = (blank(), PhysicsTracker::default());
        self.opening = [const { None }; 3];
    }

    /// Leaves the current group, to continue elsewhere.
    fn leave_group(&mut self) {
        self.group.clear();
        self.met.clear();
        if let Some(ahead) = &mut self.ahead {
            ahead.seek();
        }
    }

    /// Makes sure that there is a next record, and returns its time in microseconds.
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

    /// Takes the damage before the next group that has not ended before `from`.
    fn meet_damage(&mut self, from: Duration) {
        let rest = self.table.damage.get(self.next_damage..).unwrap_or_default();
        let here = rest.iter().take_while(|(before, _)| *before <= self.next_group);
        self.next_damage += here.clone().count();
        self.met.extend(here.map(|(_, damage)| *damage).filter(|damage| damage.to >= from));
    }

    /// Loads the next group.
    fn load(&mut self) -> Result<(), RecordingError> {
        let Some(entry) = self.table.groups.get(self.next_group) else { return Ok(()) };
        let ready = self.ahead.as_mut().and_then(|ahead| ahead.take(self.next_group, &mut self.group));
        self.next_group += 1;
        let lost = ready
            .unwrap_or_else(|| self.group.load(&self.source, entry, self.header.id, &self.fields, &mut self.buffer));
        if let Some(ahead) = &mut self.ahead {
            ahead.ask(&self.table.groups, self.next_group);
        }
        let lost = lost?;
        if lost.total() > 0 {
            self.met.push_back(Damage::new(entry.first, entry.last, Some(lost)));
        }
        Ok(())
    }

    /// The newest record of a page before the next record; `number` is the index of the current group.
    fn newest_before(&mut self, number: usize, page: PageKind) -> Result<Option<Held>, RecordingError> {
        if number < self.table.groups.len()
            && let Some(record) = self.group.before(page)
        {
            return Ok(Some(Held::new(record)));
        }
        for entry in self.table.groups[..number].iter().rev().filter(|entry| entry.records[page as usize] > 0) {
            self.aside.load(&self.source, entry, self.header.id, &self.fields, &mut self.buffer)?;
            self.aside.skip();
            if let Some(record) = self.aside.before(page) {
                return Ok(Some(Held::new(record)));
            }
        }
        Ok(None)
    }
}

impl<R: Read + Seek + Send + 'static> Recording<R> {
    /// Reads and decodes the next groups, up to four seconds of the recording, in a thread of its own while the caller works on the
    /// current one. Everything is read as without it, damage and errors too.
    ///
    /// The thread begins once two groups were read in order, so that seeking stays as fast, and ends when the recording is dropped. It
    /// uses some 10 MB. If it cannot be started, the recording is read without it.
    ///
    /// ```no_run
    /// use acevo_recording::{LapIndex, Recording};
    ///
    /// let mut recording = Recording::open("monza.acevo")?.with_read_ahead();
    /// println!("{} laps", LapIndex::read(&mut recording, |_| true)?.laps().len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_read_ahead(mut self) -> Self {
        self.ahead = Ahead::start(Arc::clone(&self.source), self.header.id, &self.fields).ok();
        self
    }
}

impl Header {
    pub(crate) fn read<R: Read + Seek>(source: &mut Source<R>) -> Result<Self, RecordingError> {
        let mut bytes = [0; FILE_HEADER];
        source.read_at(0, &mut bytes)?;
        let header = FileHeader::from_bytes(&bytes);
        let Some(header) = header.filter(|header| header.description as usize <= LONGEST_DESCRIPTION) else {
            // Each block has the ID of its recording.
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

/// A frame of zeros.
fn blank() -> Frame {
    Frame::new(SPageFilePhysics::default(), SPageFileGraphicEvo::default(), SPageFileStaticEvo::default())
}

/// Puts a page into the frame.
fn show(frame: &mut Frame, tracker: &mut PhysicsTracker, record: &Record<'_>) -> SeenAt {
    let mut skipped = 0;
    match record.page {
        PageKind::Physics => {
            frame.physics.assign(record.bytes, record.settled);
            // Recordings do not distinguish missed packets from counter steps that the game left out.
            skipped = tracker.physics(frame.physics.raw());
        }
        PageKind::Graphics => {
            frame.graphics.assign(record.bytes, record.settled);
            tracker.graphics(frame.graphics.raw());
        }
        PageKind::Static => frame.static_data.assign(record.bytes, record.settled),
    }
    frame.validity = tracker.validity();
    let Record { uncertainty, restarted, carried, missed, .. } = *record;
    SeenAt { uncertainty, restarted, carried, missed: missed.saturating_sub(skipped), skipped }
}
