//! Recording into memory: the last seconds are saved on request.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use acevo_recording::{Description, RecordingStream, Ring};
use acevo_shared_memory::Packet;
use anyhow::bail;
use indicatif::HumanBytes;
use tracing::info;

use super::PROGRAM;
use super::destination::Destination;
use super::directory::check_directory;
use super::file_name::{self, Names};
use super::observation::Observation;
use super::reporter::Reporter;
use super::saver::{MAX_WAITING, SaveJob, SaveResult, Saver};
use crate::format::text::clock;
use crate::output::name_of;

/// Time without a request after which a burst of requests is over. Each burst causes one warning at most.
const BURST_PAUSE: Duration = Duration::from_secs(5);

/// Keeps the last seconds in memory, and saves them on request.
pub(crate) struct RingMode {
    pub(crate) directory: PathBuf,
    span: Duration,
    stream: RecordingStream<Ring>,
    saver: Saver,
    /// Names of the session, once they are known.
    names: Option<Names>,
    saved: usize,
    /// Parts that are not saved yet.
    unsaved: usize,
    /// When a part was requested last.
    requested: Option<Instant>,
    /// A request of the running burst was refused.
    was_refused: bool,
    has_failed: bool,
    had_game: bool,
}

impl RingMode {
    /// # Errors
    /// If the output is not a directory in which files can be created.
    pub(crate) fn new(output: Option<&Path>, span: Duration) -> anyhow::Result<Self> {
        file_name::check_output(output)?;
        if let Some(file) = output.filter(|path| !path.is_dir() && path.extension().is_some()) {
            bail!(
                "with --keep-last, -o must be a directory, because every saved part is a file of its own; {} looks like a file",
                name_of(file)
            );
        }
        let directory = file_name::directory(output)?;
        check_directory(&directory)?;
        Ok(Self {
            directory,
            span,
            stream: RecordingStream::new(Ring::new(span), Duration::ZERO),
            saver: Saver::start()?,
            names: None,
            saved: 0,
            unsaved: 0,
            requested: None,
            was_refused: false,
            has_failed: false,
            had_game: false,
        })
    }

    fn request(&mut self, now: Duration, reporter: &mut dyn Reporter) {
        let before = self.requested.replace(Instant::now());
        if before.is_none_or(|before| before.elapsed() > BURST_PAUSE) {
            self.was_refused = false;
        }
        let refusal = if self.stream.sink.is_empty() {
            Some("nothing to save yet: there was no game")
        } else if self.unsaved > MAX_WAITING {
            Some("warning: not saved: too many earlier parts are still waiting to be saved")
        } else {
            None
        };
        if let Some(refusal) = refusal {
            if !std::mem::replace(&mut self.was_refused, true) {
                reporter.say(refusal);
            }
            return;
        }
        // The date is computed back from now, because the system clock may have been set, or the computer may have slept, since the start.
        let mut description = Description::new(PROGRAM);
        let zero = self.stream.at(now);
        description.unix_us = description.unix_us.saturating_sub(u64::try_from(zero.as_micros()).unwrap_or(u64::MAX));
        let mut stem = file_name::timestamp();
        if let Some(names) = &self.names {
            stem = file_name::named(&stem, names);
        }
        stem.push_str(&format!("_last-{}s", self.span.as_secs_f64().ceil()));
        info!("saving the last {}", clock(Some(self.stream.sink.span().min(self.span))));
        let job =
            SaveJob { snapshot: self.stream.sink.snapshot(), description, directory: self.directory.clone(), stem };
        // The thread takes jobs until this is closed, and there is room for those that are not saved yet.
        self.unsaved += usize::from(self.saver.save(job));
    }

    fn report(&mut self, result: SaveResult, reporter: &mut dyn Reporter) {
        match result {
            SaveResult::Saved(path) => {
                self.saved += 1;
                self.unsaved = self.unsaved.saturating_sub(1);
                info!("saved {}", name_of(&path));
                self.has_failed |= !reporter.complete(&path);
            }
            SaveResult::Retrying(error) => {
                reporter.say(&format!("warning: {error:#}; kept in memory and tried again"));
            }
            SaveResult::Failed(error) => {
                self.unsaved = self.unsaved.saturating_sub(1);
                self.has_failed = true;
                reporter.fail(&error);
            }
        }
    }
}

impl Destination for RingMode {
    type Sink = Ring;

    fn stream(&mut self) -> Option<&mut RecordingStream<Ring>> {
        Some(&mut self.stream)
    }

    fn begin(&mut self, now: &Observation, packet: Option<&Packet>) -> anyhow::Result<()> {
        self.had_game = true;
        self.names = None;
        let at = self.stream.at(now.now);
        now.begin(&mut self.stream, at, packet)
    }

    fn on_names(&mut self, names: &Names) {
        self.names = Some(names.clone());
    }

    fn save(&mut self, now: &Observation, reporter: &mut dyn Reporter) {
        self.request(now.now, reporter);
    }

    fn update(&mut self, _: &Observation, reporter: &mut dyn Reporter) -> anyhow::Result<()> {
        while let Some(result) = self.saver.next_result() {
            self.report(result, reporter);
        }
        reporter.show(&mut || {
            let ring = &self.stream.sink;
            let (span, memory) = (clock(Some(ring.span().min(self.span))), HumanBytes(ring.bytes() as u64));
            format!("{span} kept, {memory} of memory · {} saved", self.saved)
        });
        Ok(())
    }

    fn close(mut self, reporter: &mut dyn Reporter) -> anyhow::Result<bool> {
        for result in self.saver.end() {
            self.report(result, reporter);
        }
        reporter.say(match (self.saved, self.had_game) {
            (0, false) => "ended; there was no game",
            (0, true) => "ended; nothing was saved",
            _ => "ended; packets after the last save were not saved",
        });
        Ok(self.had_game && !self.has_failed)
    }
}
