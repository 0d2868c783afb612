//! The file of one session.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use acevo_shared_memory::PageKind;
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::Lap;
use acevo_telemetry::recording::{Description, Mark, Marked, Progress, Record, RecordingWriter, ThreadedWriter};
use anyhow::Context;

use super::name;

/// How it is getting on, for people.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) path: PathBuf,
    pub(super) time: Duration,
    pub(super) laps: usize,
    pub(super) progress: Progress,
}

pub(super) struct SessionFile {
    path: PathBuf,
    /// Its name is to tell what is in it, once that is known.
    is_nameless: bool,
    writer: ThreadedWriter,
    zero: Instant,
    last: Duration,
    laps: usize,
    /// The session's page as it was written last.
    session: Vec<u8>,
    /// The session that was marked, and by which names.
    marked: Option<Marked>,
}

impl SessionFile {
    /// A new file of this name.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            fs::create_dir_all(directory)
                .with_context(|| format!("cannot make the directory {}", directory.display()))?;
        }
        let description = Description::new(concat!("acevo ", env!("CARGO_PKG_VERSION")));
        let zero = Instant::now();
        let writer = RecordingWriter::create(path, &description).and_then(ThreadedWriter::new);
        let writer = writer.with_context(|| format!("cannot record to {}", path.display()))?;
        Ok(Self {
            path: path.into(),
            is_nameless: false,
            writer,
            zero,
            last: Duration::ZERO,
            laps: 0,
            session: Vec::new(),
            marked: None,
        })
    }

    /// A new file in this directory, by a name of its own: that of the moment, until it is known what is in it.
    pub(super) fn create_in(directory: &Path) -> anyhow::Result<Self> {
        let path = name::free(directory, &name::of_moment());
        Ok(Self { is_nameless: true, ..Self::create(&path)? })
    }

    /// Since the recording's zero.
    pub(super) fn at(&self, time: Instant) -> Duration {
        time.saturating_duration_since(self.zero)
    }

    /// The pages as they were when the file was begun.
    pub(super) fn open_with(&mut self, frame: &Frame) -> anyhow::Result<()> {
        for page in [PageKind::Static, PageKind::Graphics, PageKind::Physics] {
            let mut record = Record::new(page, Duration::ZERO, frame.bytes(page));
            record.carried = true;
            self.record(&record)?;
        }
        self.session = frame.bytes(PageKind::Static).to_vec();
        Ok(())
    }

    pub(super) fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        self.last = self.last.max(record.at);
        Ok(self.writer.record(record)?)
    }

    /// Writes the session's page where it has changed, and marks the session once its names are known.
    pub(super) fn follow_session(&mut self, frame: &Frame, seen: Instant, session: u32) -> anyhow::Result<()> {
        let bytes = frame.bytes(PageKind::Static);
        if self.session != bytes {
            self.session = bytes.to_vec();
            let at = self.at(seen);
            self.record(&Record::new(PageKind::Static, at, bytes))?;
        }
        let Some(names) = name::Names::of(frame).filter(|_| self.marked.is_none() || self.is_nameless) else {
            return Ok(());
        };
        let marked = Marked::Session {
            session,
            name: names.session.clone(),
            track: names.track.clone(),
            configuration: names.configuration.clone(),
            car: names.car.clone(),
        };
        if self.marked.as_ref() != Some(&marked) {
            self.mark(seen, marked.clone());
            self.marked = Some(marked);
        }
        if std::mem::take(&mut self.is_nameless) {
            self.rename(&names);
        }
        Ok(())
    }

    /// A file that cannot be renamed while it is written keeps its name.
    fn rename(&mut self, names: &name::Names) {
        let (Some(directory), Some(stem)) = (self.path.parent(), self.path.file_stem()) else { return };
        let path = name::free(directory, &format!("{}_{}", stem.to_string_lossy(), names.as_file_name()));
        if fs::rename(&self.path, &path).is_ok() {
            self.path = path;
        }
    }

    pub(super) fn mark(&mut self, at: Instant, what: Marked) {
        let at = self.at(at);
        self.writer.mark(Mark::new(at, what));
    }

    pub(super) fn mark_lap(&mut self, at: Instant, lap: &Lap) {
        self.laps += usize::from(lap.incomplete.is_none());
        let at = self.at(at);
        self.writer.mark(Mark::lap(at, lap));
    }

    pub(super) fn flush(&mut self) {
        self.writer.flush();
    }

    pub(super) fn state(&self) -> State {
        State { path: self.path.clone(), time: self.last, laps: self.laps, progress: self.writer.progress() }
    }

    /// Completes the file.
    pub(super) fn finish(self) -> anyhow::Result<PathBuf> {
        let path = self.path;
        self.writer
            .finish()
            .with_context(|| format!("cannot complete {}; what is in it can be read", path.display()))?;
        Ok(path)
    }
}
