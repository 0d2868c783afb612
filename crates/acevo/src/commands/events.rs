//! `acevo events`: the events of the session, as lines or JSON objects.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use acevo_telemetry::ConnectionEvent;
use acevo_telemetry::analysis::{SessionEvent, Severity, Topic};

use super::follow_loop::{UpdateHandler, follow};
use crate::cli::Events;
use crate::format::event_text::EventText;
use crate::output::{self, Paint, say};
use crate::session::connection::LiveConnection;
use crate::session::feeder::{AnalysisFeeder, recording_start};
use crate::session::playback::open;
use crate::shutdown::Stop;

pub(crate) fn run(args: &Events) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    if let Some(file) = &args.origin.from {
        return read_recording(file, args, &stop);
    }
    let (mut live, _running) = args.origin.follow()?;
    follow(&mut live, &stop, args.quiet, &mut Printer::new(args))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the events of a recording, as fast as it can be read.
fn read_recording(file: &Path, args: &Events, stop: &Stop) -> anyhow::Result<ExitCode> {
    let mut printer = Printer::new(args);
    let mut recording = open(file)?;
    let start = recording_start(&recording);
    while let Some(step) = recording.next_step()? {
        printer.feeder.feed_step(start, step.at, step.frame);
        if !printer.print()? || stop.is_requested() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    printer.feeder.end();
    printer.print()?;
    Ok(ExitCode::SUCCESS)
}

/// Prints events.
struct Printer<'a> {
    feeder: AnalysisFeeder,
    only: &'a [Topic],
    json: bool,
    left: Option<u64>,
    paint: Paint,
}

impl<'a> Printer<'a> {
    fn new(args: &'a Events) -> Self {
        let mut options = args.analysing.options(&args.origin);
        options.settings.thresholds = args.thresholds();
        Self {
            feeder: AnalysisFeeder::new(&options),
            only: &args.only,
            json: args.json,
            left: args.count,
            paint: Paint::for_stdout(),
        }
    }
}

impl Printer<'_> {
    /// Prints new events. Returns false after the last one that is wanted.
    fn print(&mut self) -> anyhow::Result<bool> {
        while let Some(event) = self.feeder.analysis.next_event() {
            if !self.only.is_empty() && !self.only.contains(&event.kind.topic()) {
                continue;
            }
            let text = if self.json { serde_json::to_string(&event)? + "\n" } else { line(&event, self.paint) };
            output::print(text.as_bytes())?;
            self.left = self.left.map(|left| left.saturating_sub(1));
            if self.left == Some(0) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl UpdateHandler for Printer<'_> {
    fn update(
        &mut self,
        live: &mut LiveConnection,
        event: Option<&ConnectionEvent>,
        _: Instant,
    ) -> anyhow::Result<bool> {
        self.feeder.feed(live, event);
        self.feeder.take_problem().iter().for_each(|problem| say(format_args!("acevo: warning: {problem}")));
        self.print()
    }
}

/// An event as a line of text.
fn line(event: &SessionEvent, paint: Paint) -> String {
    let EventText { time, lap, position, text } = EventText::of(event);
    let text = match event.kind.severity() {
        Severity::Good => paint.green(&text),
        Severity::Warning => paint.yellow(&text),
        _ => text,
    };
    format!("{time}  {lap}  {position}  {text}\n")
}
