//! Reading a log while the game writes it.

mod identity;

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use acevo_files::open_file;

use self::identity::{Beginning, FileId};
use crate::event::LogEvent;
use crate::find::{is_game_log, newest_game_log};
use crate::parser::{Counts, Parser};

/// Time between two searches for a newer log.
const SEARCH: Duration = Duration::from_secs(3);

/// Bytes that are read from the file in one piece.
const PIECE: usize = 64 * 1024;

/// Files that the follower has left and does not return to.
const MAX_LEFT: usize = 16;

/// Follows a log: reads what the game adds to it, and begins from the start of another one when the game does.
///
/// A new log begins if
///
/// - another file has the path, or its content was removed or replaced;
/// - the path is that of a log of the game, and its folder has a newer one. The follower looks every three seconds.
///
/// The rest of the former log is read first. A path without a file is no error: the game may create it.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    follows_newer: bool,
    searched: Option<Duration>,
    open: Option<Open>,
    left: Vec<(PathBuf, FileId)>,
    /// True after the first file.
    has_begun: bool,
    parser: Parser,
    buffer: Vec<u8>,
}

/// The file that is read.
#[derive(Debug)]
struct Open {
    file: File,
    id: FileId,
    position: u64,
    beginning: Beginning,
}

/// What [`Follower::poll`] has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Poll {
    /// Bytes that were read.
    pub bytes: usize,
    /// True if more can be read at once.
    pub has_more: bool,
    /// Another log begins: what the events before have shown is about an earlier run of the game. Events of this poll are of the new log.
    pub has_restarted: bool,
    /// The path leads to no file.
    pub is_missing: bool,
}

impl Follower {
    /// Follows the log at this path. If it has the name of a log of the game (`log.txt` or `log-*.txt`), newer ones in its folder are
    /// followed, too. Opens nothing yet.
    pub fn open(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { follows_newer: is_game_log(&path), ..Self::only(path) }
    }

    /// Follows the log at this path, and no other file. Opens nothing yet.
    pub fn only(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            follows_newer: false,
            searched: None,
            open: None,
            left: Vec::new(),
            has_begun: false,
            parser: Parser::new(),
            buffer: Vec::new(),
        }
    }

    /// Path of the log that is followed now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The next event of the log. Take all of them between two polls.
    pub fn next_event(&mut self) -> Option<LogEvent> {
        self.parser.next_event()
    }

    /// Numbers of lines of this log so far.
    pub fn counts(&self) -> Counts {
        self.parser.counts()
    }

    /// Reads at most `max_bytes` that are new, without blocking. `now` is the time of any clock that does not go backwards, such as the time
    /// since the program started. If nothing has changed, this costs one system call.
    ///
    /// # Errors
    /// The path leads to something that is not a file ([`acevo_files::NotAFile`]), or the file cannot be read. The follower can be polled
    /// again.
    pub fn poll(&mut self, now: Duration, max_bytes: usize) -> io::Result<Poll> {
        self.search(now);
        let found = match fs::metadata(&self.path) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if let Some(length) = self.length_to_read(found.as_ref())? {
            return self.read(length, max_bytes);
        }
        self.open = None;
        let Some(found) = found else { return Ok(Poll { is_missing: true, ..Poll::default() }) };
        let file = open_file(&self.path)?;
        let id = FileId::of(&file.metadata()?);
        self.open = Some(Open { file, id, position: 0, beginning: Beginning::default() });
        let has_restarted = std::mem::replace(&mut self.has_begun, true);
        if has_restarted {
            self.parser = Parser::new();
        }
        Ok(Poll { has_restarted, ..self.read(found.len(), max_bytes)? })
    }

    /// Changes to a newer log in the folder, if it is time to look for one.
    fn search(&mut self, now: Duration) {
        if !self.follows_newer || self.searched.is_some_and(|searched| now.saturating_sub(searched) < SEARCH) {
            return;
        }
        self.searched = Some(now);
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Some((newest, path)) = newest_game_log(folder) else { return };
        if path.file_name() == self.path.file_name() {
            return;
        }
        let current = fs::metadata(&self.path).ok();
        let is_read = match (&current, &self.open) {
            (Some(current), Some(open)) => open.position >= current.len(),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let is_newer =
            current.as_ref().and_then(|current| current.modified().ok()).is_none_or(|current| newest > current);
        let Ok(id) = fs::metadata(&path).map(|metadata| FileId::of(&metadata)) else { return };
        // Two games that run at the same time would make it change back and forth.
        if !is_newer || !is_read || self.left.contains(&(path.clone(), id)) {
            return;
        }
        if let Some(open) = &self.open {
            self.left.push((self.path.clone(), open.id));
            let excess = self.left.len().saturating_sub(MAX_LEFT);
            self.left.drain(..excess);
        }
        self.open = None;
        self.path = path;
    }

    /// Length of the open file, if it is to be read on; `None` if the file at the path is to be opened.
    fn length_to_read(&mut self, found: Option<&Metadata>) -> io::Result<Option<u64>> {
        let Some(open) = &mut self.open else { return Ok(None) };
        match found {
            Some(found) if FileId::of(found) == open.id => match found.len() {
                length if length < open.position => Ok(None),
                length if length == open.position => Ok(Some(length)),
                length => Ok(open.beginning.is_in(&mut open.file)?.then_some(length)),
            },
            // Renamed or removed, but not read to its end.
            _ => Ok(Some(open.file.metadata()?.len()).filter(|length| *length > open.position)),
        }
    }

    fn read(&mut self, length: u64, max_bytes: usize) -> io::Result<Poll> {
        let Some(open) = &mut self.open else { return Ok(Poll::default()) };
        let mut poll = Poll::default();
        if length > open.position && max_bytes > 0 {
            open.file.seek(SeekFrom::Start(open.position))?;
            self.buffer.resize(PIECE, 0);
        }
        while length > open.position && poll.bytes < max_bytes {
            let wanted = self.buffer.len().min(max_bytes - poll.bytes);
            let wanted = wanted.min(usize::try_from(length - open.position).unwrap_or(usize::MAX));
            let Some(piece) = self.buffer.get_mut(..wanted) else { break };
            let count = match open.file.read(piece) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let piece = piece.get(..count).unwrap_or_default();
            open.beginning.add(piece);
            open.position += count as u64;
            poll.bytes += count;
            self.parser.feed(piece);
        }
        poll.has_more = open.position < length && poll.bytes > 0;
        if open.position < length && poll.bytes == 0 && max_bytes > 0 {
            // The path leads to another file, although it seems to be the same: Windows gives a file the time of creation of one that had its
            // name just before.
            self.open = None;
        }
        Ok(poll)
    }
}
