//! `acevo record`: records every packet, in a file per session or in memory.

mod destination;
mod directory;
mod file_name;
mod files;
mod recorder;
mod recording_stream;
mod ring_mode;
mod saver;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use acevo_telemetry::ConnectionEvent;

use self::destination::Destination;
use self::directory::create_directory;
use self::files::Files;
use self::recorder::Recorder;
pub(super) use self::recording_stream::{PROGRAM, RecordingStream};
use self::ring_mode::RingMode;
use super::follow_loop::{ConnectionMessages, MAX_WAIT};
use super::progress::Progress;
use crate::cli::RecordArgs;
use crate::diagnostics;
use crate::output::say;
use crate::session::awake::Awake;
use crate::session::demo::Demo;
use crate::session::source::LiveSource;
use crate::shutdown::Stop;

pub(crate) fn run(args: &RecordArgs) -> anyhow::Result<ExitCode> {
    diagnostics::start_with_log(args.log(), args.verbose);
    // The folder of the settings may have a name that looks like that of a file; as a folder that exists it is recognised.
    if let Some(folder) = &args.folder {
        create_directory(folder)?;
    }
    let (session, output) = (
        RecordedSession {
            source: args.source(),
            time: args.time,
            quiet: args.quiet,
            shows_progress: !args.quiet && !args.verbose,
        },
        args.output.as_deref().or(args.folder.as_deref()),
    );
    let is_complete = match args.keep_last {
        Some(span) => session.record(RingMode::new(output, span, args.quiet)?, "s saves · Ctrl-C quits")?,
        None => session.record(Files::new(output, session.source.waits(), args.quiet)?, "Ctrl-C quits")?,
    };
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is recorded, and for how long.
struct RecordedSession {
    source: LiveSource,
    time: Option<Duration>,
    quiet: bool,
    /// The status line would mix with diagnostics.
    shows_progress: bool,
}

impl RecordedSession {
    /// Records until Ctrl-C, until the time is over, or until the simulation ends. Returns false if nothing was recorded, or something
    /// could not be completed.
    fn record(&self, destination: impl Destination, keys: &str) -> anyhow::Result<bool> {
        let stop = Stop::on_signal()?;
        let (mut live, demo) = self.source.connect();
        let mut recorder = Recorder::new(destination);
        let mut progress = Progress::new(!self.shows_progress, keys);
        let (mut messages, start, mut awake) = (ConnectionMessages::default(), Instant::now(), Awake::default());
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
                progress.suspend(|| messages.print(&live, event.as_ref()));
            }
            recorder.take(&live, event.as_ref())?;
            if let Some(warning) = recorder.take_warning().filter(|_| !self.quiet) {
                progress.suspend(|| say(format_args!("acevo: warning: {warning}")));
            }
            recorder.destination.update(&live, &mut progress)?;
        }
        progress.end();
        live.waits().log();
        recorder.destination.close()
    }
}
