//! Recording into files, one per session.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use acevo_files::{is_at, rename_new};
use acevo_recording::{
    Description, Progress as WriteProgress, RecordingError, RecordingStream, RecordingWriter, ThreadedWriter,
};
use acevo_shared_memory::Packet;
use anyhow::{Context, anyhow, ensure};
use indicatif::HumanBytes;
use tracing::{info, warn};

use super::PROGRAM;
use super::destination::Destination;
use super::directory::{check_directory, create_directory};
use super::file_name::{self, Names};
use super::observation::Observation;
use super::reporter::Reporter;
use crate::format::text::clock;
use crate::output::{check_new, name_of};

/// Time between two attempts to create a file.
const RETRY_INTERVAL: Duration = Duration::from_secs(2);

/// Time between two checks of the file and its writer.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Where files are created.
enum Output {
    /// A directory: each session has a file with a name of its own.
    Directory(PathBuf),
    /// A file: further sessions have numbers after its name.
    File(PathBuf),
}

/// Writes a file per session.
pub(crate) struct Files {
    output: Output,
    /// Packets wait for the disk.
    waits: bool,
    file: Option<SessionFile>,
    /// Files that are being completed, each on a thread of its own, so that the next session does not wait for the disk.
    ended: Vec<JoinHandle<anyhow::Result<PathBuf>>>,
    begun: usize,
    /// A file was removed or could not be completed, or its path could not be printed.
    has_failed: bool,
    /// When creating a file is tried again.
    retry_at: Option<Instant>,
    /// What is reported by the next update.
    warning: Option<String>,
    /// The problem with writing that was reported last.
    problem: Option<String>,
    is_losing: bool,
    /// When the file and its writer were checked last.
    checked: Option<Instant>,
}

/// The file of a session.
struct SessionFile {
    path: PathBuf,
    /// A handle to the file, to notice if the path leads to another one. `None` if the system has none left.
    file: Option<File>,
    /// The file gets its final name once the names of the session are known.
    needs_name: bool,
    stream: RecordingStream<ThreadedWriter>,
}

impl Files {
    /// `waits`: packets wait for the disk, for a source that waits for its reader.
    ///
    /// # Errors
    /// If files cannot be created there.
    pub(crate) fn new(output: Option<&Path>, waits: bool) -> anyhow::Result<Self> {
        file_name::check_output(output)?;
        let output = match output {
            Some(path) if !path.is_dir() && path.extension().is_some() => {
                check_new(path)?;
                let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
                check_directory(directory.unwrap_or(Path::new(".")))?;
                Output::File(path.into())
            }
            _ => {
                let directory = file_name::directory(output)?;
                check_directory(&directory)?;
                Output::Directory(directory)
            }
        };
        Ok(Self {
            output,
            waits,
            file: None,
            ended: Vec::new(),
            begun: 0,
            has_failed: false,
            retry_at: None,
            warning: None,
            problem: None,
            is_losing: false,
            checked: None,
        })
    }

    fn create(&mut self, now: Duration) -> anyhow::Result<SessionFile> {
        self.begun += 1;
        match &self.output {
            Output::Directory(directory) => loop {
                let path = file_name::free(directory, &file_name::timestamp());
                match SessionFile::create(path, true, now, self.waits) {
                    // Another recorder has created the file meanwhile.
                    Err(error) if is_taken(&error) => {}
                    created => return created,
                }
            },
            Output::File(path) => {
                // The given path must not exist; numbered paths may.
                while self.begun > 1 && file_name::numbered(path, self.begun).exists() {
                    self.begun += 1;
                }
                SessionFile::create(file_name::numbered(path, self.begun), false, now, self.waits)
            }
        }
    }

    /// Reports a file that was completed, or the error.
    fn report_ended(&mut self, file: JoinHandle<anyhow::Result<PathBuf>>, reporter: &mut dyn Reporter) {
        let is_good = match file.join().unwrap_or_else(|_| Err(anyhow!("the thread of a recording has panicked"))) {
            Ok(path) => {
                info!("closed {}", name_of(&path));
                reporter.complete(&path)
            }
            Err(error) => {
                reporter.fail(&error);
                false
            }
        };
        self.has_failed |= !is_good;
    }

    /// Reports problems with writing, each once.
    fn report(&mut self, written: &WriteProgress, reporter: &mut dyn Reporter) {
        if self.problem.is_some() != written.trouble.is_some() {
            reporter.say(&match &written.trouble {
                Some(problem) => {
                    format!(
                        "warning: {problem}; written packets are safe, new ones are kept in memory, and writing is tried again"
                    )
                }
                None if self.is_losing => format!("writing again; {} packets are lost", written.lost.total()),
                None => "writing again; no packets are lost".into(),
            });
            self.is_losing = false;
        }
        if written.trouble.is_some() && written.lost.total() > 0 && !self.is_losing {
            warn!(
                packets = written.lost.total(),
                "packets are dropped: the memory for packets that wait for the disk is full"
            );
            reporter.say("warning: the memory for new packets is full; from now on packets are lost");
            self.is_losing = true;
        }
        self.problem.clone_from(&written.trouble);
    }
}

/// What was written to a file.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) path: PathBuf,
    pub(crate) time: Duration,
    /// Complete laps.
    pub(crate) laps: usize,
    pub(crate) bytes: u64,
    /// Why nothing can be written now.
    pub(crate) problem: Option<String>,
}

impl Files {
    /// What was written to the current file, if there is one.
    pub(crate) fn written(&self) -> Option<Written> {
        let SessionFile { path, stream, .. } = self.file.as_ref()?;
        let progress = stream.sink.progress();
        let (path, problem) = (path.clone(), progress.trouble);
        Some(Written { path, time: stream.last, laps: stream.laps, bytes: progress.bytes, problem })
    }
}

impl Destination for Files {
    type Sink = ThreadedWriter;

    fn stream(&mut self) -> Option<&mut RecordingStream<ThreadedWriter>> {
        self.file.as_mut().map(|file| &mut file.stream)
    }

    /// Returns an error if the first file cannot be created. Later files are tried again, because the problem may be temporary.
    fn begin(&mut self, now: &Observation, packet: Option<&Packet>) -> anyhow::Result<()> {
        self.end();
        match self.create(now.now) {
            Ok(file) => {
                self.retry_at = None;
                let file = self.file.insert(file);
                now.begin(&mut file.stream, Duration::ZERO, packet)
            }
            Err(error) if self.begun <= 1 => Err(error),
            Err(error) => {
                self.begun -= 1;
                if self.retry_at.replace(Instant::now() + RETRY_INTERVAL).is_none() {
                    self.warning = Some(format!("warning: {error:#}; nothing is recorded until this succeeds"));
                }
                Ok(())
            }
        }
    }

    fn on_names(&mut self, names: &Names) {
        if let Some(file) = &mut self.file
            && std::mem::take(&mut file.needs_name)
        {
            file.rename(names);
        }
    }

    fn end(&mut self) {
        if let Some(file) = self.file.take() {
            info!(laps = file.stream.laps, "closing {}", name_of(&file.path));
            self.ended.push(thread::spawn(move || file.finish()));
            // Problems are reported per file.
            (self.problem, self.is_losing) = (None, false);
        }
    }

    fn detach(&mut self) {
        // The next game begins another file.
        self.end();
        self.retry_at = None;
    }

    fn idle(&mut self) {
        if let Some(stream) = self.stream() {
            stream.sink.flush();
        }
    }

    fn update(&mut self, now: &Observation, reporter: &mut dyn Reporter) -> anyhow::Result<()> {
        while self.ended.first().is_some_and(JoinHandle::is_finished) {
            let file = self.ended.remove(0);
            self.report_ended(file, reporter);
        }
        if self.retry_at.is_some_and(|at| at <= Instant::now()) {
            self.begin(now, None)?;
        }
        if let Some(warning) = self.warning.take() {
            reporter.say(&warning);
        }
        let time = Instant::now();
        if self.checked.is_some_and(|checked| time - checked < CHECK_INTERVAL) {
            return Ok(());
        }
        self.checked = Some(time);
        let Some(file) = &self.file else {
            reporter.show(&mut || "waiting for the game".into());
            return Ok(());
        };
        let written = file.stream.sink.progress();
        reporter.show(&mut || file.line(&written));
        if written.removed {
            reporter.say(&format!("warning: {} was removed; recording continues in a new file", name_of(&file.path)));
            self.has_failed = true;
            let lost = self.file.take();
            thread::spawn(move || drop(lost));
            return self.begin(now, None);
        }
        self.report(&written, reporter);
        Ok(())
    }

    fn close(mut self, reporter: &mut dyn Reporter) -> anyhow::Result<bool> {
        self.end();
        if self.begun == 0 {
            reporter.say("nothing was recorded: there was no game");
        }
        std::mem::take(&mut self.ended).into_iter().for_each(|file| self.report_ended(file, reporter));
        Ok(self.begun > 0 && !self.has_failed)
    }
}

impl SessionFile {
    fn create(path: PathBuf, needs_name: bool, now: Duration, waits: bool) -> anyhow::Result<Self> {
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            create_directory(directory)?;
        }
        let description = Description::new(PROGRAM);
        let cannot = || format!("cannot record to {}", name_of(&path));
        let writer = RecordingWriter::create(&path, &description).with_context(cannot)?;
        let file = writer.get_ref().and_then(|file| file.try_clone().ok());
        let writer = ThreadedWriter::new(writer).with_context(cannot)?;
        let writer = if waits { writer.patient() } else { writer };
        info!("opened {}", name_of(&path));
        Ok(Self { path, file, needs_name, stream: RecordingStream::new(writer, now) })
    }

    /// Renames the file after the session. If that fails, for example because the file is open, it keeps its name.
    fn rename(&mut self, names: &Names) {
        let (Some(directory), Some(stem)) = (self.path.parent(), self.path.file_stem()) else { return };
        let named = file_name::named(&stem.to_string_lossy(), names);
        if *named == *stem {
            return;
        }
        loop {
            let path = file_name::free(directory, &named);
            match rename_new(&self.path, &path) {
                Ok(()) => {
                    info!("renamed {} to {}", name_of(&self.path), name_of(&path));
                    self.path = path;
                }
                // Another recorder has taken the name meanwhile.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => info!("{} keeps its name, because it cannot be renamed: {error}", name_of(&self.path)),
            }
            return;
        }
    }

    /// The status line.
    fn line(&self, written: &WriteProgress) -> String {
        let hours = self.stream.last.as_secs_f64() / 3600.0;
        let rate =
            if hours > 0.002 { format!(", {:.0} MB/h", written.bytes as f64 / 1e6 / hours) } else { String::new() };
        let lost = match written.lost.total() {
            0 => String::new(),
            lost => format!(" · {lost} LOST"),
        };
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let (time, bytes) = (clock(Some(self.stream.last)), HumanBytes(written.bytes));
        let laps = if self.stream.laps == 1 { "1 lap".into() } else { format!("{} laps", self.stream.laps) };
        format!("{time} · {laps} · {bytes}{rate}{lost} · {name}")
    }

    /// Completes the file.
    fn finish(self) -> anyhow::Result<PathBuf> {
        let (path, name) = (self.path.clone(), name_of(&self.path));
        let finished = self.stream.sink.finish();
        let written = finished.with_context(|| format!("cannot complete {name}; its content can be read"))?;
        ensure!(
            self.file.is_none_or(|file| is_at(&file, &path)),
            "{name} was renamed, replaced or removed while it was recorded: the recording has another name, or is lost"
        );
        ensure!(
            !written.truncated,
            "another program has shortened {name} while it was recorded: what it has cut off is lost; `acevo repair` makes a \
             complete recording of the rest"
        );
        Ok(path)
    }
}

/// True if the file exists.
fn is_taken(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<RecordingError>();
    matches!(error, Some(RecordingError::Io(error)) if error.kind() == ErrorKind::AlreadyExists)
}
