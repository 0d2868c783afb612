//! `acevo events`: what happens in the session, a line or an object each.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use acevo_telemetry::analysis::{SessionEvent, Severity, Topic};
use acevo_telemetry::{ConnectionEvent, Frame};

use super::follow::{Follower, follow};
use crate::cli::Events;
use crate::format::event_text::EventText;
use crate::output::{self, Paint, say};
use crate::session::feeder::{Feeder, recorded};
use crate::session::live::Live;
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

/// Everything that happens in a recording, as fast as it can be read.
fn read_recording(file: &Path, args: &Events, stop: &Stop) -> anyhow::Result<ExitCode> {
    let mut printer = Printer::new(args);
    let mut recording = open(file)?;
    let recorded = recorded(&recording);
    while let Some(step) = recording.next_step()? {
        printer.feeder.feed_step(recorded, step.at, step.frame);
        if !printer.print(Some(step.frame))? || stop.is_requested() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    printer.feeder.end();
    printer.print(None)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints events.
struct Printer<'a> {
    feeder: Feeder,
    only: &'a [Topic],
    json: bool,
    left: Option<u64>,
    paint: Paint,
}

impl<'a> Printer<'a> {
    fn new(args: &'a Events) -> Self {
        Self {
            feeder: Feeder::new(&args.analysing, args.thresholds(), &args.origin),
            only: &args.only,
            json: args.json,
            left: args.count,
            paint: Paint::for_stdout(),
        }
    }
}

impl Printer<'_> {
    /// Prints what has happened, with the time of day in the frame; false when that is enough.
    fn print(&mut self, frame: Option<&Frame>) -> anyhow::Result<bool> {
        while let Some(event) = self.feeder.analysis.next_event() {
            if !self.only.is_empty() && !self.only.contains(&event.kind.topic()) {
                continue;
            }
            let text = if self.json {
                serde_json::to_string(&event)? + "\n"
            } else {
                let time = frame.map_or((-1, 0, 0), |frame| frame.graphics.time_of_day());
                line(&event, time, self.paint)
            };
            output::print(text.as_bytes())?;
            self.left = self.left.map(|left| left.saturating_sub(1));
            if self.left == Some(0) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Follower for Printer<'_> {
    fn follow(&mut self, live: &mut Live, event: Option<&ConnectionEvent>, _: Instant) -> anyhow::Result<bool> {
        self.feeder.feed(live, event);
        self.feeder.take_trouble().iter().for_each(|trouble| say(format_args!("acevo: warning: {trouble}")));
        self.print(live.frame())
    }
}

/// An event for people. Where the game tells no time of day, it is the time since the program began to watch.
fn line(event: &SessionEvent, time_of_day: (i32, i32, i32), paint: Paint) -> String {
    let time = match time_of_day {
        (h @ 0..24, m @ 0..60, s @ 0..60) => format!("{h:02}:{m:02}:{s:02}"),
        _ => format!("{:6.1} s", event.at_s),
    };
    let EventText { lap, place, text } = EventText::of(event);
    let text = match event.kind.severity() {
        Severity::Good => paint.green(&text),
        Severity::Warning => paint.yellow(&text),
        _ => text,
    };
    format!("{time}  {lap}  {place}  {text}\n")
}
