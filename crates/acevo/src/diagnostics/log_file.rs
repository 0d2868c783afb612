//! The log file: lines are written by a thread of its own, into files of limited size.
//!
//! A writer of lines never waits: if the queue is full, the line is dropped and counted. Several processes may write to the same log. Lines
//! are appended as a whole, and only one process at a time renames a file that is full. If the disk is full or the folder cannot be written,
//! lines are lost and counted, and writing is tried again with each line.
//!
//! `tracing-appender` and other rolling writers have neither a limit for the size of all files that processes share, nor do they refuse links
//! and pipes; hence this small one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use acevo_files::{FileLock, is_at, open_append};
use tracing::Level;

use super::line::log_line;
use super::rotated::numbered;
use crate::output::name_of;

/// Lines that wait for the disk.
const QUEUE: usize = 1024;

/// Time between two attempts to send to a full queue, at the end of the program.
const RETRY: Duration = Duration::from_millis(10);

/// Sizes of the files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Maximum size of each file in bytes.
    pub(super) max_bytes: u64,
    /// Number of files: the one that is written, and older ones.
    pub(super) files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 1_000_000, files: 3 }
    }
}

/// A log file, and the thread that writes it.
#[derive(Debug)]
pub(super) struct LogFile {
    queue: SyncSender<Message>,
    dropped: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Message {
    Line(String),
    /// Answered after everything before it was written.
    Flush(Sender<()>),
}

impl LogFile {
    /// Starts the thread, which creates the file and its folder. Reports the first of several problems of the same kind in a row to `warn`.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(super) fn start(
        path: PathBuf,
        limits: Limits,
        command: &'static str,
        warn: impl Fn(&str) + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, messages) = sync_channel(QUEUE);
        let dropped = Arc::new(AtomicU64::default());
        let writer = Writer {
            path,
            limits,
            command,
            dropped: Arc::clone(&dropped),
            file: None,
            lost: 0,
            problem: None,
            is_within_line: false,
        };
        thread::Builder::new().name("log".into()).spawn(move || write_all(writer, &messages, warn))?;
        Ok(Self { queue, dropped })
    }

    /// Writes a line, or drops it if the disk is too slow. Never waits.
    pub(super) fn write(&self, line: String) {
        if self.queue.try_send(Message::Line(line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until all lines are written, at most for this time. Returns whether they are.
    pub(super) fn flush(&self, max: Duration) -> bool {
        let deadline = Instant::now() + max;
        let (done, is_done) = channel();
        let mut message = Message::Flush(done);
        loop {
            match self.queue.try_send(message) {
                Ok(()) => break,
                Err(TrySendError::Full(unsent)) if Instant::now() < deadline => message = unsent,
                Err(_) => return false,
            }
            thread::sleep(RETRY);
        }
        is_done.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok()
    }
}

/// Writes lines until all senders are gone.
fn write_all(mut writer: Writer, messages: &Receiver<Message>, warn: impl Fn(&str)) {
    for message in messages {
        match message {
            Message::Line(line) => {
                if let Some(problem) = writer.write(&line) {
                    warn(&problem);
                }
            }
            Message::Flush(done) => {
                // The program no longer waits if this fails.
                let _ = done.send(());
            }
        }
    }
}

/// The file that is written.
struct Writer {
    path: PathBuf,
    limits: Limits,
    command: &'static str,
    /// Lines that found no room in the queue.
    dropped: Arc<AtomicU64>,
    file: Option<File>,
    /// Lines that could not be written, and were not reported in the log yet.
    lost: u64,
    /// Why lines are lost.
    problem: Option<String>,
    /// A part of a line was written before the disk was full.
    is_within_line: bool,
}

impl Writer {
    /// Writes a line. Returns a problem that was not returned before.
    fn write(&mut self, line: &str) -> Option<String> {
        self.lost += self.dropped.swap(0, Ordering::Relaxed);
        let written = self.report_lost().and_then(|()| self.append(line));
        let Err(error) = written else {
            self.problem = None;
            return None;
        };
        self.lost += 1;
        // Opened again: the file system may have another one mounted.
        self.file = None;
        let problem = error.to_string();
        if self.problem.as_ref() == Some(&problem) {
            return None;
        }
        let text = format!("nothing is logged until this succeeds: cannot write {}: {problem}", name_of(&self.path));
        self.problem = Some(problem);
        Some(text)
    }

    /// Writes how many lines are lost.
    fn report_lost(&mut self) -> io::Result<()> {
        if self.lost == 0 {
            return Ok(());
        }
        let why = self.problem.as_deref().unwrap_or("the disk was too slow");
        let line = log_line(Level::WARN, self.command, &format!("{} lines of the log are lost: {why}", self.lost));
        self.append(&line)?;
        self.lost = 0;
        Ok(())
    }

    fn append(&mut self, line: &str) -> io::Result<()> {
        let bytes = format!("{}{line}\n", if self.is_within_line { "\n" } else { "" });
        // Another process may have renamed the file because it was full, or the user may have removed it.
        let is_current = self.file.as_ref().is_some_and(|file| is_at(file, &self.path));
        let mut file = match self.file.take() {
            Some(file) if is_current => file,
            _ => self.open()?,
        };
        if self.is_full(file.metadata()?.len(), bytes.len()) {
            drop(file);
            self.rotate(bytes.len())?;
            file = self.open()?;
        }
        let length = file.metadata()?.len();
        let written = file.write_all(bytes.as_bytes());
        self.is_within_line = match &written {
            Ok(()) => false,
            Err(_) => self.is_within_line || file.metadata().is_ok_and(|after| after.len() > length),
        };
        self.file = Some(file);
        written
    }

    fn open(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        open_append(&self.path)
    }

    fn is_full(&self, length: u64, more: usize) -> bool {
        length > 0 && length + more as u64 > self.limits.max_bytes
    }

    /// Renames the files, unless another process has just done it. The oldest one is removed.
    fn rotate(&self, more: usize) -> io::Result<()> {
        let lock = self.path.with_extension("log.lock");
        let Some(lock) = FileLock::try_acquire(&lock)? else {
            // Another process renames them now, and this line goes to either file.
            return Ok(());
        };
        let is_full = fs::symlink_metadata(&self.path).is_ok_and(|found| self.is_full(found.len(), more));
        let renamed = if is_full { self.rename() } else { Ok(()) };
        lock.remove();
        renamed
    }

    fn rename(&self) -> io::Result<()> {
        if self.limits.files < 2 {
            return fs::remove_file(&self.path);
        }
        for number in (1..self.limits.files - 1).rev() {
            ignore_missing(fs::rename(numbered(&self.path, number), numbered(&self.path, number + 1)))?;
        }
        rename(&self.path, &numbered(&self.path, 1))
    }
}

/// Renames a file, and replaces the file that has the name.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    ignore_missing(fs::rename(from, to))
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests;
