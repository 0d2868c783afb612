//! The last seconds in memory, saved when somebody asks for them.

use std::path::PathBuf;
use std::time::Duration;

use acevo_recording::{Description, Ring};
use anyhow::bail;
use indicatif::HumanBytes;

use super::name::{self, Names};
use super::saver::{Job, News, Saver};
use super::tape::Tape;
use super::{Destination, PROGRAM, print_path};
use crate::cli::RecordArgs;
use crate::commands::progress::Progress;
use crate::format::text::clock;
use crate::keyboard::{Key, Keys};
use crate::output::{complain, name_of, say};
use crate::session::connection::LiveConnection;

pub(super) struct Keeper {
    directory: PathBuf,
    span: Duration,
    quiet: bool,
    keys: Keys,
    tape: Tape<Ring>,
    saver: Saver,
    /// Of the session that is driven, once they are known.
    names: Option<Names>,
    saved: usize,
    has_failed: bool,
    had_game: bool,
}

impl Keeper {
    pub(super) fn new(args: &RecordArgs, span: Duration) -> anyhow::Result<Self> {
        let named = args.output.as_deref();
        if let Some(file) = named.filter(|path| !path.is_dir() && path.extension().is_some()) {
            bail!(
                "each moment is a file with a name of its own: -o has to be a directory, and {} looks like a file",
                name_of(file)
            );
        }
        let directory = name::directory(named)?;
        super::check_directory(&directory)?;
        let keys = Keys::listen(true)?;
        if !args.quiet {
            let (time, place) = (clock(Some(span)), directory.display());
            let way = if keys.is_terminal { "s, Enter or Space" } else { "a line on the standard input" };
            let signal = if cfg!(unix) { format!(" or `kill -USR1 {}`", std::process::id()) } else { String::new() };
            say(format_args!("acevo: keeping the last {time} in memory; nothing is written to {place} until asked"));
            say(format_args!("acevo: {way}{signal} saves it; Ctrl-C ends without saving"));
        }
        Ok(Self {
            directory,
            span,
            quiet: args.quiet,
            keys,
            tape: Tape::new(Ring::new(span), Duration::ZERO),
            saver: Saver::start()?,
            names: None,
            saved: 0,
            has_failed: false,
            had_game: false,
        })
    }

    fn save(&mut self, now: Duration) {
        if self.tape.sink.is_empty() {
            return self.say("nothing to save yet: there was no game");
        }
        // The clock may have been set, or have slept, since this began: the newest record is what the wall clock is right for.
        let mut description = Description::new(PROGRAM);
        let zero = self.tape.at(now);
        description.unix_us = description.unix_us.saturating_sub(u64::try_from(zero.as_micros()).unwrap_or(u64::MAX));
        let mut stem = name::of_moment();
        if let Some(names) = &self.names {
            stem.push('_');
            stem.push_str(&name::as_file_name(names));
        }
        stem.push_str(&format!("_last-{}s", self.span.as_secs_f64().ceil()));
        let job = Job { moment: self.tape.sink.snapshot(), description, directory: self.directory.clone(), stem };
        if !self.saver.save(job) {
            self.say("warning: earlier moments wait to be saved, and there are enough of them; this one is not saved");
        }
    }

    fn say(&self, text: &str) {
        if !self.quiet {
            say(format_args!("acevo: {text}"));
        }
    }

    fn hear(&mut self, news: News) {
        match news {
            News::Saved(path) => {
                self.saved += 1;
                self.has_failed |= !print_path(&path);
            }
            News::Trouble(error) => self.say(&format!("warning: {error:#}; the moment is kept, and it is tried again")),
            News::GivenUp(error) => {
                self.has_failed = true;
                complain(&error);
            }
        }
    }
}

impl Destination for Keeper {
    type Sink = Ring;

    fn tape(&mut self) -> Option<&mut Tape<Ring>> {
        Some(&mut self.tape)
    }

    fn begin(&mut self, live: &LiveConnection) -> anyhow::Result<()> {
        self.had_game = true;
        self.names = None;
        self.tape.open_with(live, self.tape.at(live.now()))
    }

    fn named(&mut self, names: &Names) {
        self.names = Some(names.clone());
    }

    fn attend(&mut self, live: &LiveConnection, progress: &mut Progress) -> anyhow::Result<()> {
        while let Some(key) = self.keys.next() {
            if matches!(key, Key::Letter('s' | ' ') | Key::Enter | Key::Signal) {
                progress.suspend(|| self.save(live.now()));
            }
        }
        while let Some(news) = self.saver.news() {
            progress.suspend(|| self.hear(news));
        }
        if progress.is_due() {
            let ring = &self.tape.sink;
            let (span, memory) = (clock(Some(ring.span().min(self.span))), HumanBytes(ring.bytes() as u64));
            progress.show(format!("{span} kept, {memory} of memory · {} saved", self.saved));
        }
        Ok(())
    }

    fn close(mut self) -> anyhow::Result<bool> {
        for news in self.saver.end() {
            self.hear(news);
        }
        self.say(match (self.saved, self.had_game) {
            (0, false) => "ended; there was no game",
            (0, true) => "ended; nothing was saved",
            _ => "ended; what came after the last moment was not saved",
        });
        Ok(self.had_game && !self.has_failed)
    }
}
