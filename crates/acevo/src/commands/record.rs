//! `acevo record`: records every packet, in a file per session or in memory.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use acevo_telemetry::ConnectionEvent;

use super::follow_loop::{ConnectionMessages, MAX_WAIT};
use super::progress::Progress;
use crate::cli::RecordArgs;
use crate::diagnostics;
use crate::format::text::clock;
use crate::keyboard::{Key, Keys};
use crate::output::{self, OutputClosed, complain, name_of, say};
use crate::recording::destination::Destination;
use crate::recording::directory::create_directory;
use crate::recording::files::Files;
use crate::recording::observation::{Observation, Observer};
use crate::recording::recorder::Recorder;
use crate::recording::reporter::Reporter;
use crate::recording::ring_mode::RingMode;
use crate::session::awake::Awake;
use crate::session::demo::Demo;
use crate::session::game_log::LogSource;
use crate::session::source::LiveSource;
use crate::shutdown::Stop;

/// Keys that are handled before the next packet.
const MAX_KEYS: usize = 4;

pub(crate) fn run(args: &RecordArgs) -> anyhow::Result<ExitCode> {
    diagnostics::start_with_log(args.log(), args.verbose);
    let session = RecordedSession {
        source: args.source(),
        log: args.game_log(),
        time: args.time,
        quiet: args.quiet,
        verbose: args.verbose,
    };
    // The folder of the settings may have a name that looks like that of a file; as a folder that exists it is recognised.
    if let Some(folder) = &args.folder {
        create_directory(folder)?;
    }
    let output = args.output.as_deref().or(args.folder.as_deref());
    let is_complete = match args.keep_last {
        Some(span) => {
            let ring = RingMode::new(output, span)?;
            let keys = Keys::listen(true)?;
            if !args.quiet {
                explain(&keys, span, &ring.directory);
            }
            session.record(ring, Some(keys), "s saves · Ctrl-C quits")?
        }
        None => session.record(Files::new(output, session.source.waits())?, None, "Ctrl-C quits")?,
    };
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints how what is kept in memory is saved.
fn explain(keys: &Keys, span: Duration, directory: &Path) {
    let (time, place) = (clock(Some(span)), name_of(directory));
    let way = if keys.is_terminal { "s, Enter or Space" } else { "a line on the standard input" };
    let signal = if cfg!(unix) { format!(" or `kill -USR1 {}`", std::process::id()) } else { String::new() };
    say(format_args!("acevo: keeping the last {time} in memory; it is saved to {place} on request"));
    say(format_args!("acevo: {way}{signal} saves it; Ctrl-C quits without saving"));
}

/// What is recorded, and for how long.
struct RecordedSession {
    source: LiveSource,
    log: LogSource,
    time: Option<Duration>,
    quiet: bool,
    verbose: bool,
}

impl RecordedSession {
    /// Records until Ctrl-C, until the time is over, or until the simulation ends. Returns false if nothing was recorded, or something
    /// could not be completed.
    fn record(&self, destination: impl Destination, keys: Option<Keys>, hint: &str) -> anyhow::Result<bool> {
        let stop = Stop::on_signal()?;
        let (live, demo) = self.source.connect();
        let mut live = live.with_log_of(&self.log);
        let mut recorder = Recorder::new(destination);
        // The status line would mix with diagnostics.
        let mut terminal = Terminal { progress: Progress::new(self.quiet || self.verbose, hint), quiet: self.quiet };
        let (mut messages, start, mut awake) = (ConnectionMessages::default(), Instant::now(), Awake::default());
        let (mut observer, mut observed) = (Observer::default(), Observation::default());
        let elapsed = || demo.as_ref().map_or_else(|| start.elapsed(), Demo::time);
        while !stop.is_requested() && self.time.is_none_or(|time| elapsed() < time) {
            // Checked before the pages are read, so that the last ones are read below.
            let is_over = demo.as_ref().is_some_and(Demo::is_over);
            let event = live.wait(MAX_WAIT);
            if is_over && event.is_none() {
                break;
            }
            awake.keep(live.is_driven() && demo.is_none());
            if !self.quiet && !matches!(event, Some(ConnectionEvent::Packet(_))) {
                terminal.progress.suspend(|| messages.print(&live, event.as_ref()));
            }
            observer.observe(&live, event.as_ref(), &mut observed);
            observed.log.clear();
            observed.log.extend(std::iter::from_fn(|| live.next_log_item()));
            recorder.take(&observed)?;
            if let Some(warning) = recorder.take_warning() {
                terminal.say(&format!("warning: {warning}"));
            }
            for _ in 0..MAX_KEYS {
                let Some(key) = keys.as_ref().and_then(Keys::next) else { break };
                if matches!(key, Key::Letter('s' | ' ') | Key::Enter | Key::Signal) {
                    recorder.destination.save(&observed, &mut terminal);
                }
            }
            recorder.destination.update(&observed, &mut terminal)?;
        }
        terminal.progress.end();
        live.waits().log();
        recorder.destination.close(&mut terminal)
    }
}

/// Reports to the terminal: messages and the status line to stderr, the paths of complete files to stdout.
struct Terminal {
    progress: Progress,
    quiet: bool,
}

impl Reporter for Terminal {
    fn say(&mut self, text: &str) {
        if !self.quiet {
            self.progress.suspend(|| say(format_args!("acevo: {text}")));
        }
    }

    fn fail(&mut self, error: &anyhow::Error) {
        self.progress.suspend(|| complain(error));
    }

    fn complete(&mut self, path: &Path) -> bool {
        self.progress.suspend(|| match output::print_path(path) {
            Err(error) if !error.is::<OutputClosed>() => {
                complain(&error);
                false
            }
            _ => true,
        })
    }

    fn show(&mut self, line: &mut dyn FnMut() -> String) {
        if self.progress.is_due() {
            self.progress.show(line());
        }
    }
}
