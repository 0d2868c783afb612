//! `acevo events`: the events of the session, as lines or JSON objects.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use acevo_telemetry::ConnectionEvent;
use acevo_telemetry::analysis::{Analysis, SessionEvent, Severity, Topic};

use super::follow_loop::{UpdateHandler, follow};
use crate::cli::EventsArgs;
use crate::diagnostics;
use crate::format::event_text::EventText;
use crate::output::{self, Paint, say};
use crate::session::connection::LiveConnection;
use crate::session::feeder::AnalysisFeeder;
use crate::session::playback::open;
use crate::shutdown::Stop;

pub(crate) fn run(args: &EventsArgs) -> anyhow::Result<ExitCode> {
    if args.follow.verbose {
        diagnostics::start();
    }
    let stop = Stop::on_signal()?;
    let (source, mut follower) = (args.follow.source(), Follower::new(args));
    if let Some(file) = source.recording() {
        return follower.read_recording(file, &stop);
    }
    stop.exit_if_stuck(|| {});
    let (mut live, _running) = source.follow()?;
    let followed = follow(&mut live, &stop, args.follow.quiet, &mut follower);
    live.waits().log();
    followed?;
    follower.feeder.finish();
    warn(&mut follower.feeder);
    Ok(ExitCode::SUCCESS)
}

/// Prints why personal bests are not saved, once per problem.
fn warn(feeder: &mut AnalysisFeeder) {
    feeder.take_problem().iter().for_each(|problem| say(format_args!("acevo: warning: {problem}")));
}

/// Prints events.
struct Printer<'a> {
    only: &'a [Topic],
    json: bool,
    left: Option<u64>,
    paint: Paint,
}

impl Printer<'_> {
    /// Prints new events. Returns false after the last one that is wanted.
    fn print(&mut self, analysis: &mut Analysis) -> anyhow::Result<bool> {
        while let Some(event) = analysis.next_event() {
            if !self.only.is_empty() && !self.only.contains(&event.kind.topic()) {
                continue;
            }
            if self.json {
                output::print_json(&(serde_json::to_string(&event)? + "\n"))?;
            } else {
                output::print_text(&line(&event, self.paint))?;
            }
            self.left = self.left.map(|left| left.saturating_sub(1));
            if self.left == Some(0) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Follows a session and prints its events.
struct Follower<'a> {
    feeder: AnalysisFeeder,
    printer: Printer<'a>,
}

impl<'a> Follower<'a> {
    fn new(args: &'a EventsArgs) -> Self {
        let printer =
            Printer { only: &args.only, json: args.follow.json, left: args.follow.count, paint: Paint::for_stdout() };
        Self { feeder: AnalysisFeeder::new(&args.analysis()), printer }
    }

    /// Prints the events of a recording, as fast as it can be read.
    fn read_recording(&mut self, file: &Path, stop: &Stop) -> anyhow::Result<ExitCode> {
        let Self { feeder, printer } = self;
        feeder.read(&mut open(file)?, |analysis, _| {
            let goes_on = printer.print(analysis)? && !stop.is_requested();
            Ok(if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        warn(feeder);
        Ok(ExitCode::SUCCESS)
    }
}

impl UpdateHandler for Follower<'_> {
    fn update(
        &mut self,
        live: &mut LiveConnection,
        event: Option<&ConnectionEvent>,
        _: Instant,
    ) -> anyhow::Result<bool> {
        self.feeder.feed(live, event);
        warn(&mut self.feeder);
        self.printer.print(&mut self.feeder.analysis)
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
