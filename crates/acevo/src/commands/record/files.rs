//! Everything, in files: one for each session.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use acevo_recording::{Description, Progress as Written, RecordingError, RecordingWriter, ThreadedWriter};
use anyhow::{Context, anyhow};
use indicatif::HumanBytes;

use super::name::{self, Names};
use super::tape::Tape;
use super::{Destination, check_directory, make_directory, print_path};
use crate::cli::RecordArgs;
use crate::commands::progress::Progress;
use crate::format::text::clock;
use crate::output::{check_new, complain, say};
use crate::session::connection::LiveConnection;

/// Between two attempts to begin a file.
const TRY_EVERY: Duration = Duration::from_secs(2);

/// Where files go.
enum Place {
    /// A file for each session, by names of their own.
    Directory(PathBuf),
    /// One file; further sessions have numbers behind its name.
    File(PathBuf),
}

pub(super) struct Files {
    place: Place,
    quiet: bool,
    /// What is recorded waits for the disk.
    is_patient: bool,
    file: Option<SessionFile>,
    /// Files that are being completed, each by a thread of its own: the next session does not wait for the disk.
    ended: Vec<JoinHandle<anyhow::Result<PathBuf>>>,
    begun: usize,
    /// A file could not be completed, or its name not be printed.
    has_failed: bool,
    /// A file could not be begun, and that is tried again.
    try_at: Option<Instant>,
    trouble: Option<String>,
    is_losing: bool,
}

struct SessionFile {
    path: PathBuf,
    /// Its name is to tell what is in it, once that is known.
    is_nameless: bool,
    tape: Tape<ThreadedWriter>,
}

impl Files {
    pub(super) fn new(args: &RecordArgs) -> anyhow::Result<Self> {
        let output = args.output.as_deref();
        let place = match output {
            Some(path) if !path.is_dir() && path.extension().is_some() => {
                check_new(path)?;
                let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
                check_directory(directory.unwrap_or(Path::new(".")))?;
                Place::File(path.into())
            }
            _ => {
                let directory = name::directory(output)?;
                check_directory(&directory)?;
                Place::Directory(directory)
            }
        };
        Ok(Self {
            place,
            quiet: args.quiet,
            is_patient: args.demo.waits(),
            file: None,
            ended: Vec::new(),
            begun: 0,
            has_failed: false,
            try_at: None,
            trouble: None,
            is_losing: false,
        })
    }

    fn create(&mut self, now: Duration) -> anyhow::Result<SessionFile> {
        self.begun += 1;
        match &self.place {
            Place::Directory(directory) => loop {
                let path = name::free(directory, &name::of_moment());
                match SessionFile::create(path, true, now, self.is_patient) {
                    // Another recorder was quicker.
                    Err(error) if is_taken(&error) => {}
                    created => return created,
                }
            },
            Place::File(path) => {
                // What was asked for by its name must not be there; the numbers are ours.
                while self.begun > 1 && name::numbered(path, self.begun).exists() {
                    self.begun += 1;
                }
                SessionFile::create(name::numbered(path, self.begun), false, now, self.is_patient)
            }
        }
    }

    /// Prints the name of a file when it is complete. One that cannot be completed is told, and does not end the others.
    fn print_ended(&mut self, file: JoinHandle<anyhow::Result<PathBuf>>) {
        let is_good = match file.join().unwrap_or_else(|_| Err(anyhow!("a recording has broken off"))) {
            Ok(path) => print_path(&path),
            Err(error) => {
                complain(&error);
                false
            }
        };
        self.has_failed |= !is_good;
    }

    /// Says what has become of writing, each thing once.
    fn tell(&mut self, written: &Written, progress: &Progress) {
        let say = |text: String| {
            if !self.quiet {
                progress.suspend(|| say(format_args!("acevo: {text}")));
            }
        };
        if self.trouble.is_some() != written.trouble.is_some() {
            say(match &written.trouble {
                Some(why) => {
                    format!(
                        "warning: {why}; what is written stays, what comes is kept for a while, and it is tried again"
                    )
                }
                None if self.is_losing => format!("writing goes on; {} packets are lost", written.lost.total()),
                None => "writing goes on; nothing is lost".into(),
            });
            self.is_losing = false;
        }
        if written.trouble.is_some() && written.lost.total() > 0 && !self.is_losing {
            say("warning: there is no more room to keep what comes; from now on packets are lost".into());
            self.is_losing = true;
        }
        self.trouble.clone_from(&written.trouble);
    }
}

impl Destination for Files {
    type Sink = ThreadedWriter;

    fn tape(&mut self) -> Option<&mut Tape<ThreadedWriter>> {
        self.file.as_mut().map(|file| &mut file.tape)
    }

    /// Where the first file cannot be begun, that is an error; later it is trouble that may pass.
    fn begin(&mut self, live: &LiveConnection) -> anyhow::Result<()> {
        self.end();
        match self.create(live.now()) {
            Ok(file) => {
                self.try_at = None;
                let file = self.file.insert(file);
                file.tape.open_with(live, Duration::ZERO)
            }
            Err(error) if self.begun <= 1 => Err(error),
            Err(error) => {
                self.begun -= 1;
                if self.try_at.replace(Instant::now() + TRY_EVERY).is_none() && !self.quiet {
                    say(format_args!("acevo: warning: {error:#}; nothing is recorded until that works"));
                }
                Ok(())
            }
        }
    }

    fn named(&mut self, names: &Names) {
        if let Some(file) = &mut self.file
            && std::mem::take(&mut file.is_nameless)
        {
            file.rename(names);
        }
    }

    fn end(&mut self) {
        if let Some(file) = self.file.take() {
            self.ended.push(thread::spawn(move || file.finish()));
            // What was said of it is not about the next one.
            (self.trouble, self.is_losing) = (None, false);
        }
    }

    fn detach(&mut self) {
        // The next game begins another file.
        self.end();
        self.try_at = None;
    }

    fn idle(&mut self) {
        if let Some(tape) = self.tape() {
            tape.sink.flush();
        }
    }

    fn attend(&mut self, live: &LiveConnection, progress: &mut Progress) -> anyhow::Result<()> {
        while self.ended.first().is_some_and(JoinHandle::is_finished) {
            let file = self.ended.remove(0);
            progress.suspend(|| self.print_ended(file));
        }
        if self.try_at.is_some_and(|at| at <= Instant::now()) {
            self.begin(live)?;
        }
        if !progress.is_due() {
            return Ok(());
        }
        let Some(file) = &self.file else {
            progress.show("waiting for the game".into());
            return Ok(());
        };
        let written = file.tape.sink.progress();
        progress.show(file.line(&written));
        if written.removed {
            let path = file.path.display().to_string();
            if !self.quiet {
                progress.suspend(|| say(format_args!("acevo: warning: {path} was removed; it goes on in a new file")));
            }
            let lost = self.file.take();
            thread::spawn(move || drop(lost));
            return self.begin(live);
        }
        self.tell(&written, progress);
        Ok(())
    }

    fn close(mut self) -> anyhow::Result<bool> {
        self.end();
        if self.begun == 0 && !self.quiet {
            say(format_args!("acevo: nothing was recorded: there was no game"));
        }
        std::mem::take(&mut self.ended).into_iter().for_each(|file| self.print_ended(file));
        Ok(self.begun > 0 && !self.has_failed)
    }
}

impl SessionFile {
    fn create(path: PathBuf, is_nameless: bool, now: Duration, is_patient: bool) -> anyhow::Result<Self> {
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            make_directory(directory)?;
        }
        let description = Description::new(super::PROGRAM);
        let writer = RecordingWriter::create(&path, &description).and_then(ThreadedWriter::new);
        let writer = writer.with_context(|| format!("cannot record to {}", path.display()))?;
        let writer = if is_patient { writer.patient() } else { writer };
        Ok(Self { path, is_nameless, tape: Tape::new(writer, now) })
    }

    /// A file that cannot be renamed while it is written keeps its name.
    fn rename(&mut self, names: &Names) {
        let (Some(directory), Some(stem)) = (self.path.parent(), self.path.file_stem()) else { return };
        let path = name::free(directory, &format!("{}_{}", stem.to_string_lossy(), name::as_file_name(names)));
        if fs::rename(&self.path, &path).is_ok() {
            self.path = path;
        }
    }

    /// How it is getting on, for people.
    fn line(&self, written: &Written) -> String {
        let hours = self.tape.last.as_secs_f64() / 3600.0;
        let rate = if hours > 0.002 {
            format!(", {:.0} MB an hour", written.bytes as f64 / 1e6 / hours)
        } else {
            String::new()
        };
        let lost = match written.lost.total() {
            0 => String::new(),
            lost => format!(" · {lost} LOST"),
        };
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let (time, bytes) = (clock(Some(self.tape.last)), HumanBytes(written.bytes));
        let laps = if self.tape.laps == 1 { "1 lap".into() } else { format!("{} laps", self.tape.laps) };
        format!("{time} · {laps} · {bytes}{rate}{lost} · {name}")
    }

    /// Completes the file.
    fn finish(self) -> anyhow::Result<PathBuf> {
        let path = self.path;
        let finished = self.tape.sink.finish();
        finished.with_context(|| format!("cannot complete {}; what is in it can be read", path.display()))?;
        Ok(path)
    }
}

/// True where the file is there already.
fn is_taken(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<RecordingError>();
    matches!(error, Some(RecordingError::Io(error)) if error.kind() == ErrorKind::AlreadyExists)
}
