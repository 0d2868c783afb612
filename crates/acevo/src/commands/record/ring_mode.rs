//! Recording into memory: the last seconds are saved on request.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use acevo_recording::{Description, Ring};
use acevo_shared_memory::Packet;
use anyhow::bail;
use indicatif::HumanBytes;
use tracing::info;

use super::destination::Destination;
use super::directory::{check_directory, print_path};
use super::file_name::{self, Names};
use super::recording_stream::{PROGRAM, RecordingStream};
use super::saver::{MAX_WAITING, SaveJob, SaveResult, Saver};
use crate::commands::progress::Progress;
use crate::format::text::clock;
use crate::keyboard::{Key, Keys};
use crate::output::{complain, name_of, say};
use crate::session::connection::LiveConnection;

/// Requests that are handled before the next packet.
const MAX_REQUESTS: usize = 4;

/// Time without a request after which a burst of requests is over. Each burst causes one warning at most.
const BURST_PAUSE: Duration = Duration::from_secs(5);

/// Keeps the last seconds in memory, and saves them on a key, a line or a signal.
pub(super) struct RingMode {
    directory: PathBuf,
    span: Duration,
    quiet: bool,
    keys: Keys,
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
    pub(super) fn new(output: Option<&Path>, span: Duration, quiet: bool) -> anyhow::Result<Self> {
        file_name::check_output(output)?;
        if let Some(file) = output.filter(|path| !path.is_dir() && path.extension().is_some()) {
            bail!(
                "with --keep-last, -o must be a directory, because every saved part is a file of its own; {} looks like a file",
                name_of(file)
            );
        }
        let directory = file_name::directory(output)?;
        check_directory(&directory)?;
        let keys = Keys::listen(true)?;
        if !quiet {
            let (time, place) = (clock(Some(span)), name_of(&directory));
            let way = if keys.is_terminal { "s, Enter or Space" } else { "a line on the standard input" };
            let signal = if cfg!(unix) { format!(" or `kill -USR1 {}`", std::process::id()) } else { String::new() };
            say(format_args!("acevo: keeping the last {time} in memory; it is saved to {place} on request"));
            say(format_args!("acevo: {way}{signal} saves it; Ctrl-C quits without saving"));
        }
        Ok(Self {
            directory,
            span,
            quiet,
            keys,
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

    fn save(&mut self, now: Duration) {
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
                self.say(refusal);
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

    fn say(&self, text: &str) {
        if !self.quiet {
            say(format_args!("acevo: {text}"));
        }
    }

    fn report(&mut self, result: SaveResult) {
        match result {
            SaveResult::Saved(path) => {
                self.saved += 1;
                self.unsaved = self.unsaved.saturating_sub(1);
                info!("saved {}", name_of(&path));
                self.has_failed |= !print_path(&path);
            }
            SaveResult::Retrying(error) => self.say(&format!("warning: {error:#}; kept in memory and tried again")),
            SaveResult::Failed(error) => {
                self.unsaved = self.unsaved.saturating_sub(1);
                self.has_failed = true;
                complain(&error);
            }
        }
    }
}

impl Destination for RingMode {
    type Sink = Ring;

    fn stream(&mut self) -> Option<&mut RecordingStream<Ring>> {
        Some(&mut self.stream)
    }

    fn begin(&mut self, live: &LiveConnection, packet: Option<&Packet>) -> anyhow::Result<()> {
        self.had_game = true;
        self.names = None;
        self.stream.begin(live, self.stream.at(live.now()), packet)
    }

    fn on_names(&mut self, names: &Names) {
        self.names = Some(names.clone());
    }

    fn update(&mut self, live: &LiveConnection, progress: &mut Progress) -> anyhow::Result<()> {
        for _ in 0..MAX_REQUESTS {
            let Some(key) = self.keys.next() else { break };
            if matches!(key, Key::Letter('s' | ' ') | Key::Enter | Key::Signal) {
                progress.suspend(|| self.save(live.now()));
            }
        }
        while let Some(result) = self.saver.next_result() {
            progress.suspend(|| self.report(result));
        }
        if progress.is_due() {
            let ring = &self.stream.sink;
            let (span, memory) = (clock(Some(ring.span().min(self.span))), HumanBytes(ring.bytes() as u64));
            progress.show(format!("{span} kept, {memory} of memory · {} saved", self.saved));
        }
        Ok(())
    }

    fn close(mut self) -> anyhow::Result<bool> {
        for result in self.saver.end() {
            self.report(result);
        }
        self.say(match (self.saved, self.had_game) {
            (0, false) => "ended; there was no game",
            (0, true) => "ended; nothing was saved",
            _ => "ended; packets after the last save were not saved",
        });
        Ok(self.had_game && !self.has_failed)
    }
}
