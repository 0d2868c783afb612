//! Reading the log: the file that is written, and older ones.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use acevo_files::{is_at, open_file};

/// Number of older files that are looked for.
const MAX_OLDER: usize = 9;

/// Maximum number of bytes that are read from the end of a file, and at once while it grows.
const MAX_TAIL: u64 = 4 << 20;

/// The path of an older file: `acevo.1.log` for `acevo.log`. Higher numbers are older.
pub(super) fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{number}."));
    name.push(path.extension().map_or_else(OsString::new, OsString::from));
    path.with_file_name(name)
}

/// All files of a log that exist, the newest first.
pub(crate) fn log_files(path: &Path) -> Vec<PathBuf> {
    let paths = [path.to_owned()].into_iter().chain((1..=MAX_OLDER).map(|number| numbered(path, number)));
    paths.filter(|path| path.is_file()).collect()
}

/// The end of a file.
#[derive(Debug)]
pub(crate) struct Tail {
    /// Whole lines.
    pub(crate) text: String,
    file: File,
}

/// Reads the end of a file: whole lines, at most 4 MiB.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn tail(path: &Path) -> io::Result<Tail> {
    let mut file = open_file(path)?;
    let skipped = file.metadata()?.len().saturating_sub(MAX_TAIL);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.by_ref().take(MAX_TAIL).read_to_end(&mut bytes)?;
    let begin = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) if skipped > 0 => end + 1,
        _ => 0,
    };
    // The rest of a line that is being written is read later.
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(begin, |end| end + 1);
    let rest = bytes.len() - end;
    file.seek(SeekFrom::Current(-i64::try_from(rest).unwrap_or_default()))?;
    Ok(Tail { text: String::from_utf8_lossy(&bytes[begin.min(end)..end]).into_owned(), file })
}

/// Reads lines that are appended to a log, also after the file was renamed because it was full.
#[derive(Debug)]
pub(crate) struct Follower {
    path: PathBuf,
    file: File,
    /// The beginning of a line whose end is missing.
    begun: Vec<u8>,
}

impl Follower {
    /// Follows the log at `path` from the end of its tail.
    pub(crate) fn new(path: PathBuf, tail: Tail) -> Self {
        Self { path, file: tail.file, begun: Vec::new() }
    }

    /// The lines that were appended meanwhile.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn lines(&mut self) -> io::Result<String> {
        // Checked first: all lines of a file that was renamed before are read below.
        let is_replaced = !is_at(&self.file, &self.path) || self.is_shorter()?;
        let mut lines = self.read()?;
        if is_replaced {
            match open_file(&self.path) {
                Ok(file) => {
                    self.file = file;
                    self.begun.clear();
                    lines += &self.read()?;
                }
                // The next file does not exist yet.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(lines)
    }

    /// True if the path leads to a file that is shorter than what was read: it is a new one, on systems that do not identify files.
    fn is_shorter(&mut self) -> io::Result<bool> {
        let position = self.file.stream_position()?;
        Ok(fs::metadata(&self.path).is_ok_and(|found| found.len() < position))
    }

    fn read(&mut self) -> io::Result<String> {
        self.file.by_ref().take(MAX_TAIL).read_to_end(&mut self.begun)?;
        let end = self.begun.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines = String::from_utf8_lossy(&self.begun[..end]).into_owned();
        self.begun.drain(..end);
        Ok(lines)
    }
}
