//! `acevo laps`: the laps of the session, as they are driven.

mod in_place;
mod live_table;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use acevo_export::About;
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind};
use acevo_telemetry::{ConnectionEvent, Frame, driver_name};
use serde::Serialize;

use self::live_table::LiveTable;
use super::follow_loop::{UpdateHandler, follow};
use crate::cli::Laps;
use crate::contents::{Names, learn};
use crate::format::lap_table::{Line, Sessions, Table};
use crate::format::text::clean;
use crate::output::{self, Paint, say};
use crate::session::connection::LiveConnection;
use crate::session::feeder::{AnalysisFeeder, recording_start};
use crate::session::playback::open;
use crate::shutdown::Stop;

/// Columns of lines that do not go to a terminal: room for everything.
const WIDE: usize = 160;

pub(crate) fn run(args: &Laps) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    if let Some(file) = args.file.as_ref().or(args.origin.from.as_ref()) {
        return read_recording(file, args, &stop);
    }
    let (mut live, _running) = args.origin.follow()?;
    if args.json || args.lines || !output::has_screen() {
        follow(&mut live, &stop, args.quiet, &mut Lines::new(args))?;
    } else {
        stop.exit_if_stuck();
        let mut table = LiveTable::new(args)?;
        // What would be said on stderr stands below the table.
        follow(&mut live, &stop, true, &mut table)?;
        table.finish()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// All laps of a recording, as fast as it can be read.
fn read_recording(file: &Path, args: &Laps, stop: &Stop) -> anyhow::Result<ExitCode> {
    let mut lines = Lines::new(args);
    let mut recording = open(file)?;
    let start = recording_start(&recording);
    while let Some(step) = recording.next_step()? {
        learn(&mut lines.about, step.frame);
        lines.recorder.feeder.feed_step(start, step.at, step.frame);
        lines.print_ended()?;
        lines.follow_names(Some(step.frame));
        if lines.recorder.has_enough() || stop.is_requested() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    lines.recorder.feeder.end();
    lines.print_ended()?;
    Ok(ExitCode::SUCCESS)
}

/// Follows laps, and knows which have ended.
#[derive(Debug)]
struct Recorder {
    feeder: AnalysisFeeder,
    left: Option<u64>,
}

impl Recorder {
    fn new(args: &Laps) -> Self {
        Self { feeder: AnalysisFeeder::new(&args.analysing.options(&args.origin)), left: args.count }
    }

    fn analysis(&self) -> &Analysis {
        &self.feeder.analysis
    }

    /// Takes what has come; gives the laps that have ended with it, none beyond those that were asked for.
    fn take(&mut self, live: &LiveConnection, event: Option<&ConnectionEvent>) -> Vec<Lap> {
        self.feeder.feed(live, event);
        self.take_ended()
    }

    /// The laps that have ended meanwhile.
    fn take_ended(&mut self) -> Vec<Lap> {
        let mut ended: Vec<_> = std::iter::from_fn(|| self.feeder.analysis.next_event())
            .filter_map(|event| match event.kind {
                SessionEventKind::Lap(lap) => Some(lap),
                _ => None,
            })
            .collect();
        if let Some(left) = &mut self.left {
            ended.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= ended.len() as u64;
        }
        ended
    }

    /// Why personal bests are not saved. Returned once per problem.
    fn take_problem(&mut self) -> Option<String> {
        self.feeder.take_problem()
    }

    fn has_enough(&self) -> bool {
        self.left == Some(0)
    }

    /// The laps to show.
    fn laps(&self, sessions: Sessions) -> Vec<&Lap> {
        let session = self.analysis().session();
        let is_shown = |lap: &&Lap| sessions == Sessions::All || lap.session == session;
        self.analysis().laps().iter().filter(is_shown).collect()
    }
}

/// A lap with the names of what was driven. The help text of `laps` describes it.
#[derive(Debug, Serialize)]
struct Object<'a> {
    #[serde(flatten)]
    lap: &'a Lap,
    #[serde(flatten)]
    driven: &'a Driven,
}

/// Names that are the same for all laps of a session; `None` if they are not known.
#[derive(Debug, Default, Serialize)]
struct Driven {
    track: Option<String>,
    configuration: Option<String>,
    car: Option<String>,
    driver: Option<String>,
    session_name: Option<String>,
}

impl Driven {
    fn new(names: Names, driver: String) -> Self {
        let known = |name: String| Some(name).filter(|name| !name.is_empty());
        let Names { track, configuration, car, session } = names;
        let [track, configuration, car, session_name] = [track, configuration, car, session].map(known);
        Self { track, configuration, car, driver: known(driver), session_name }
    }
}

/// A line or an object per lap that has ended.
#[derive(Debug)]
struct Lines {
    recorder: Recorder,
    json: bool,
    sessions: Sessions,
    /// What the columns were when a line was printed last.
    header: Option<Line>,
    /// What a recording is of; printed above the first lap.
    about: About,
    /// Names of the session that is driven, as they were at the frame before: a lap may end because they change.
    driven: Driven,
    /// The session of these names.
    session: u32,
    /// The graphics packet whose names were taken last.
    named_by: Option<i32>,
}

impl Lines {
    fn new(args: &Laps) -> Self {
        Self {
            recorder: Recorder::new(args),
            json: args.json,
            sessions: args.session.into(),
            header: None,
            about: About::default(),
            driven: Driven::default(),
            session: 0,
            named_by: None,
        }
    }

    /// Takes the names of the session that is driven. Called after the laps that ended with this frame were printed.
    fn follow_names(&mut self, frame: Option<&Frame>) {
        let session = self.recorder.analysis().session();
        if std::mem::replace(&mut self.session, session) != session {
            (self.driven, self.named_by) = (Driven::default(), None);
        }
        let Some(frame) = frame.filter(|_| self.json) else { return };
        let packet = Some(frame.graphics.packet_id());
        if std::mem::replace(&mut self.named_by, packet) == packet {
            return;
        }
        if let Some(names) = Names::of(frame) {
            self.driven = Driven::new(names, driver_name(frame));
        }
    }

    fn print_ended(&mut self) -> anyhow::Result<()> {
        let ended = self.recorder.take_ended();
        self.recorder.take_problem().iter().for_each(|trouble| say(format_args!("acevo: warning: {trouble}")));
        for lap in &ended {
            if self.json {
                output::print((serde_json::to_string(&Object { lap, driven: &self.driven })? + "\n").as_bytes())?;
                continue;
            }
            let table = Table::new(&self.recorder.laps(Sessions::All), self.sessions, WIDE);
            let paint = Paint::for_stdout();
            if self.header.is_none() && !self.about.track.is_empty() {
                output::print((heading(&self.about) + "\n").as_bytes())?;
            }
            let header = Some(table.header()).filter(|header| self.header.as_ref() != Some(header));
            for line in header.iter().chain([&table.row(lap)]) {
                output::print((line.painted(paint, WIDE) + "\n").as_bytes())?;
            }
            self.header = header.or(self.header.take());
        }
        Ok(())
    }
}

/// Track, car, driver and version of the game.
fn heading(about: &About) -> String {
    let About { track, configuration, car, driver, game_version, .. } = about;
    let track = format!("{track} {configuration}");
    let texts = [&track, car, driver, game_version].map(|text| clean(text));
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}

impl UpdateHandler for Lines {
    fn update(
        &mut self,
        live: &mut LiveConnection,
        event: Option<&ConnectionEvent>,
        _: Instant,
    ) -> anyhow::Result<bool> {
        self.recorder.feeder.feed(live, event);
        self.print_ended()?;
        self.follow_names(live.frame());
        Ok(!self.recorder.has_enough())
    }
}
