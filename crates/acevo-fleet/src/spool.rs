//! A queue on the disk that survives a crash at any byte.
//!
//! It is a folder of segments: files of lines to which entries are appended. An entry leaves the spool when it is acknowledged; the
//! position up to which all entries are acknowledged is in a file of its own. A segment is deleted when nothing in it is needed any more.
//!
//! If the disk is full, or fails, entries wait in memory, and are written as soon as that is possible again.

mod line;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acevo_files::{FileLock, PendingFile, open_append, open_file, read_limited};

pub use self::line::Entry;
use self::line::{format_line, parse_line};

/// Extension of segments.
const EXTENSION: &str = "spool";

/// Names of the other files.
const POSITION: &str = "position";
const LOCK: &str = "lock";

/// Maximum size of an entry, bytes.
pub(crate) const MAX_ENTRY: usize = 100_000;

/// Bytes of entries that wait in memory because they cannot be written.
const MAX_MEMORY: usize = 8 << 20;

/// Numbers from files are less than this, so that counting on cannot fail.
const MAX_NUMBER: u64 = u64::MAX / 4;

/// Segments that fit into the limit. The oldest one is dropped as a whole.
const SEGMENTS: u64 = 16;

/// Limits of a spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpoolLimits {
    /// Size of all segments, bytes; at least 1 MiB. If the disk is full, some more entries wait in memory.
    pub max_bytes: u64,
    /// Age of an entry.
    pub max_age: Duration,
}

impl Default for SpoolLimits {
    /// 64 MiB and 14 days.
    fn default() -> Self {
        Self { max_bytes: 64 << 20, max_age: Duration::from_secs(14 * 86_400) }
    }
}

/// Why a spool cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// Another process has it.
    #[error("another program uses the spool {}", .0.display())]
    InUse(PathBuf),
    /// An entry is too large.
    #[error("an entry has {0} bytes; at most {MAX_ENTRY} are possible")]
    TooLarge(usize),
    /// The bytes on the disk are no longer those that were written.
    #[error("entry {0} of the spool is damaged")]
    Damaged(u64),
    /// A file cannot be read or written.
    #[error("cannot use the spool {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
}

/// An entry that waits.
#[derive(Debug)]
struct Waiting {
    number: u64,
    /// Milliseconds since 1970 at which it was made.
    unix_ms: u64,
    line: Line,
    is_acknowledged: bool,
}

/// Where the line of an entry is. All entries on the disk are before those in memory.
#[derive(Debug)]
enum Line {
    Disk { segment: u64, offset: u64, length: usize },
    Memory(String),
}

impl Waiting {
    const fn segment(&self) -> Option<u64> {
        match self.line {
            Line::Disk { segment, .. } => Some(segment),
            Line::Memory(_) => None,
        }
    }
}

/// A file of lines.
#[derive(Debug)]
struct Segment {
    id: u64,
    bytes: u64,
}

/// A queue on the disk, oldest entry first.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    limits: SpoolLimits,
    /// Oldest first. All files in the folder.
    segments: VecDeque<Segment>,
    /// The file to which lines are appended; the last segment.
    open: Option<File>,
    /// The id of the next segment. No file has it.
    next_id: u64,
    /// Oldest first.
    waiting: VecDeque<Waiting>,
    /// The number of the last entry that was pushed.
    last: u64,
    /// All entries up to this number are acknowledged or dropped.
    position: u64,
    /// The position in its file.
    stored: u64,
    /// Lines were written since the last [`sync`](Self::sync).
    is_dirty: bool,
    /// Bytes of entries in memory.
    memory: usize,
    dropped: u64,
    damaged: u64,
    _lock: FileLock,
}

impl Spool {
    /// Opens the spool in a folder, which is created if it does not exist. Damaged lines are left out and counted.
    ///
    /// # Errors
    /// If the folder cannot be created or read, or another process uses it.
    pub fn open(folder: impl Into<PathBuf>, limits: SpoolLimits) -> Result<Self, SpoolError> {
        let folder = folder.into();
        let of = |path: &Path| {
            let path = path.to_owned();
            move |source| SpoolError::Io { path, source }
        };
        fs::create_dir_all(&folder).map_err(of(&folder))?;
        let lock = FileLock::try_acquire(folder.join(LOCK)).map_err(of(&folder))?;
        let lock = lock.ok_or_else(|| SpoolError::InUse(folder.clone()))?;
        let limits = SpoolLimits { max_bytes: limits.max_bytes.max(1 << 20), ..limits };
        let position = read_position(&folder.join(POSITION));
        let mut spool = Self {
            folder,
            limits,
            segments: VecDeque::new(),
            open: None,
            next_id: 1,
            waiting: VecDeque::new(),
            last: position,
            position,
            stored: position,
            is_dirty: false,
            memory: 0,
            dropped: 0,
            damaged: 0,
            _lock: lock,
        };
        let mut ids = spool.segment_ids().map_err(of(&spool.folder))?;
        ids.sort_unstable();
        spool.next_id = ids.last().map_or(1, |last| last + 1);
        for id in ids {
            spool.load(id)?;
        }
        spool.expire(SystemTime::now());
        Ok(spool)
    }

    fn segment_ids(&self) -> io::Result<Vec<u64>> {
        let id = |path: &Path| path.file_stem()?.to_str()?.parse().ok();
        let is_segment = |path: &Path| path.extension().is_some_and(|extension| extension == EXTENSION);
        let paths = fs::read_dir(&self.folder)?.filter_map(|entry| Some(entry.ok()?.path()));
        let ids = paths.filter(|path| is_segment(path)).filter_map(|path| id(&path));
        Ok(ids.filter(|id| *id < MAX_NUMBER).collect())
    }

    fn path(&self, id: u64) -> PathBuf {
        self.folder.join(format!("{id:010}.{EXTENSION}"))
    }

    /// Reads a segment. One without entries that wait is deleted.
    fn load(&mut self, id: u64) -> Result<(), SpoolError> {
        let path = self.path(id);
        let bytes = match read_limited(&path, 2 * self.limits.max_bytes) {
            Ok(bytes) => bytes,
            // Too large, or not a file: not one of ours.
            Err(_) => {
                self.damaged += 1;
                return Ok(());
            }
        };
        let (before, mut offset) = (self.waiting.len(), 0);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            match parse_line(line) {
                Some(entry) if entry.number <= self.position => {}
                Some(entry) if entry.number > self.last => {
                    self.last = entry.number;
                    self.waiting.push_back(Waiting {
                        number: entry.number,
                        unix_ms: entry.unix_ms,
                        line: Line::Disk { segment: id, offset, length: line.len() },
                        is_acknowledged: false,
                    });
                }
                _ => self.damaged += 1,
            }
            offset += line.len() as u64;
        }
        if self.waiting.len() == before {
            fs::remove_file(&path).map_err(|source| SpoolError::Io { path, source })
        } else {
            self.segments.push_back(Segment { id, bytes: offset });
            Ok(())
        }
    }

    /// Appends an entry, and returns its number. If the spool is full, the oldest entries are dropped and counted. One that cannot be written
    /// waits in memory; [`sync`](Self::sync), which has to be called from time to time, writes it, and returns the error until then.
    ///
    /// # Errors
    /// If the entry is too large. Then it is not in the spool.
    pub fn push(&mut self, topic: &str, text: &str) -> Result<u64, SpoolError> {
        let now = SystemTime::now();
        self.expire(now);
        let number = self.last + 1;
        let unix_ms = now.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as u64);
        let line = format_line(&Entry { number, unix_ms, topic: topic.to_owned(), text: text.to_owned() });
        if line.len() > MAX_ENTRY {
            return Err(SpoolError::TooLarge(line.len()));
        }
        // The order on the disk must stay.
        let written = if self.memory == 0 { self.write(&line).ok() } else { None };
        let line = written.unwrap_or_else(|| {
            self.memory += line.len();
            Line::Memory(line)
        });
        self.last = number;
        self.waiting.push_back(Waiting { number, unix_ms, line, is_acknowledged: false });
        self.limit_memory();
        Ok(number)
    }

    /// Drops the oldest entries in memory until the others fit.
    fn limit_memory(&mut self) {
        while self.memory > MAX_MEMORY {
            let oldest = self.waiting.partition_point(|entry| entry.segment().is_some());
            let Some(entry) = self.waiting.remove(oldest) else { return };
            self.dropped += u64::from(!entry.is_acknowledged);
            self.forget(&entry);
        }
    }

    /// Counts an entry that is no longer in memory.
    fn forget(&mut self, entry: &Waiting) {
        if let Line::Memory(line) = &entry.line {
            self.memory -= line.len();
        }
    }

    /// Writes the entries that are in memory, oldest first.
    fn write_memory(&mut self) -> Result<(), SpoolError> {
        loop {
            let first = self.waiting.partition_point(|entry| entry.segment().is_some());
            let Some(Line::Memory(line)) = self.waiting.get(first).map(|entry| &entry.line) else { return Ok(()) };
            let (line, after) = (line.clone(), self.waiting.len() - first);
            let written = self.write(&line)?;
            // The oldest ones may have made room: only the place from the end is the same.
            let at = self.waiting.len() - after;
            self.waiting[at].line = written;
            self.memory -= line.len();
        }
    }

    /// Writes a line, after the oldest ones have made room.
    fn write(&mut self, line: &str) -> Result<Line, SpoolError> {
        self.make_room(line.len() as u64);
        let (segment, offset) = self.append(line.as_bytes())?;
        self.is_dirty = true;
        Ok(Line::Disk { segment, offset, length: line.len() })
    }

    /// Writes a line, and returns where it is.
    fn append(&mut self, line: &[u8]) -> Result<(u64, u64), SpoolError> {
        if self.segments.back().is_none_or(|last| last.bytes >= self.limits.max_bytes / SEGMENTS) {
            self.close();
        }
        let id = match (&self.open, self.segments.back()) {
            (Some(_), Some(last)) => last.id,
            _ => {
                let id = self.next_id;
                let path = self.path(id);
                let opened = open_append(&path).and_then(|file| file.set_len(0).map(|()| file));
                self.open = Some(opened.map_err(|source| self.error(source))?);
                self.segments.push_back(Segment { id, bytes: 0 });
                self.next_id += 1;
                id
            }
        };
        let written = self.open.as_mut().map_or(Ok(()), |file| file.write_all(line));
        let Some(last) = self.segments.back_mut() else { return Ok((id, 0)) };
        let offset = last.bytes;
        if let Err(source) = written {
            // A part of the line may be there: nothing is appended to it.
            let is_repaired = self.open.take().is_some_and(|file| file.set_len(offset).is_ok());
            if !is_repaired {
                last.bytes += line.len() as u64;
            }
            return Err(self.error(source));
        }
        last.bytes += line.len() as u64;
        Ok((id, offset))
    }

    /// An error of writing. It names the folder, so that a full disk is one problem and not one for each file.
    fn error(&self, source: io::Error) -> SpoolError {
        SpoolError::Io { path: self.folder.clone(), source }
    }

    /// Begins another segment with the next line.
    fn close(&mut self) {
        if let Some(file) = self.open.take() {
            // What cannot be synchronised is lost with a power cut only.
            let _ = file.sync_data();
        }
    }

    /// Drops the oldest segments until these bytes fit.
    fn make_room(&mut self, bytes: u64) {
        while self.bytes() + bytes > self.limits.max_bytes {
            let Some(oldest) = self.segments.front().map(|segment| segment.id) else { return };
            if self.segments.len() == 1 {
                self.close();
            }
            self.drop_while(|entry| entry.segment() == Some(oldest));
            self.delete_segments(|segment| segment.id == oldest);
        }
    }

    /// Drops entries that are too old. [`push`](Self::push) does so, too.
    pub fn expire(&mut self, now: SystemTime) {
        let oldest = now.checked_sub(self.limits.max_age).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let oldest = oldest.map_or(0, |time| time.as_millis() as u64);
        self.drop_while(|entry| entry.unix_ms < oldest);
    }

    fn drop_while(&mut self, is_dropped: impl Fn(&Waiting) -> bool) {
        while let Some(entry) = self.waiting.front().filter(|entry| is_dropped(entry)) {
            self.dropped += u64::from(!entry.is_acknowledged);
            self.take_first();
        }
        self.advance();
    }

    /// The number of the oldest entry after this one that is not acknowledged. Begin with 0.
    pub fn next_after(&self, number: u64) -> Option<u64> {
        let from = self.waiting.partition_point(|entry| entry.number <= number);
        self.waiting.range(from..).find(|entry| !entry.is_acknowledged).map(|entry| entry.number)
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// If it is not in the spool, is damaged, or cannot be read.
    pub fn read(&self, number: u64) -> Result<Entry, SpoolError> {
        let at = self.waiting.binary_search_by_key(&number, |entry| entry.number);
        let waiting = at.map_err(|_| SpoolError::Damaged(number))?;
        let line = match &self.waiting[waiting].line {
            Line::Memory(line) => line.as_bytes().to_vec(),
            Line::Disk { segment, offset, length } => {
                let path = self.path(*segment);
                let read = || {
                    let mut file = open_file(&path)?;
                    file.seek(SeekFrom::Start(*offset))?;
                    let mut line = vec![0; *length];
                    file.read_exact(&mut line)?;
                    io::Result::Ok(line)
                };
                read().map_err(|source| SpoolError::Io { path: path.clone(), source })?
            }
        };
        parse_line(&line).filter(|entry| entry.number == number).ok_or(SpoolError::Damaged(number))
    }

    /// Removes an entry. It comes back after a crash before the next [`sync`](Self::sync), or if an older one is not acknowledged yet.
    pub fn acknowledge(&mut self, number: u64) {
        if let Ok(at) = self.waiting.binary_search_by_key(&number, |entry| entry.number) {
            self.waiting[at].is_acknowledged = true;
            self.advance();
        }
    }

    /// Removes an entry that cannot be read or sent, and counts it as dropped.
    pub fn discard(&mut self, number: u64) {
        if let Ok(at) = self.waiting.binary_search_by_key(&number, |entry| entry.number) {
            self.dropped += u64::from(!self.waiting[at].is_acknowledged);
            self.acknowledge(number);
        }
    }

    /// Moves the position over entries that are acknowledged.
    fn advance(&mut self) {
        while self.waiting.front().is_some_and(|entry| entry.is_acknowledged) {
            self.take_first();
        }
    }

    /// Moves the position over the oldest entry.
    fn take_first(&mut self) {
        if let Some(entry) = self.waiting.pop_front() {
            self.position = entry.number;
            self.forget(&entry);
        }
    }

    /// Makes everything survive a power cut: entries and acknowledgements. Segments that are no longer needed are deleted.
    ///
    /// # Errors
    /// If files cannot be written.
    pub fn sync(&mut self) -> Result<(), SpoolError> {
        self.write_memory()?;
        if let (true, Some(file)) = (self.is_dirty, &self.open) {
            file.sync_data().map_err(|source| self.error(source))?;
        }
        self.is_dirty = false;
        if self.position != self.stored {
            let path = self.folder.join(POSITION);
            let write = || {
                let pending = PendingFile::create_private(&path)?;
                writeln!(pending.file()?, "{}", self.position)?;
                pending.replace()
            };
            write().map_err(|source| self.error(source))?;
            self.stored = self.position;
        }
        if self.waiting.is_empty() && self.segments.back().is_some_and(|last| last.bytes > 0) {
            self.close();
        }
        let needed = self.waiting.front().and_then(Waiting::segment).unwrap_or(u64::MAX);
        let open = self.open.as_ref().and_then(|_| self.segments.back()).map_or(u64::MAX, |last| last.id);
        self.delete_segments(|segment| segment.id < needed && segment.id != open);
        Ok(())
    }

    fn delete_segments(&mut self, is_deleted: impl Fn(&Segment) -> bool) {
        while let Some(segment) = self.segments.front().filter(|segment| is_deleted(segment)) {
            // One that cannot be deleted is deleted when the spool is opened again.
            let _ = fs::remove_file(self.path(segment.id));
            self.segments.pop_front();
        }
    }

    /// Entries that are not acknowledged.
    pub fn len(&self) -> usize {
        self.waiting.iter().filter(|entry| !entry.is_acknowledged).count()
    }

    /// True if no entry waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Bytes on the disk.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    /// The number of the last entry that was pushed.
    pub const fn last(&self) -> u64 {
        self.last
    }

    /// Entries that were dropped because they were too many or too old, since the spool was opened.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Lines that were damaged when the spool was opened.
    pub const fn damaged(&self) -> u64 {
        self.damaged
    }
}

/// The stored position; 0 without one.
fn read_position(path: &Path) -> u64 {
    let bytes = read_limited(path, 64).unwrap_or_default();
    // Without its end it is not complete.
    let text = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_suffix('\n'));
    text.and_then(|text| text.parse().ok()).filter(|position| *position < MAX_NUMBER).unwrap_or(0)
}
