//! `acevo laps`: the laps of the session, as they are driven.

mod in_place;
mod live_table;

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use acevo_recording::{RecordedNames, SessionNames};
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind};
use acevo_telemetry::{ConnectionEvent, Frame, driver_name};
use serde::Serialize;

use self::live_table::LiveTable;
use super::follow_loop::{UpdateHandler, follow};
use crate::cli::Laps;
use crate::format::lap_table::{Line, Look, Sessions, Table};
use crate::format::text::clean;
use crate::output::{self, Paint, say};
use crate::session::connection::LiveConnection;
use crate::session::feeder::AnalysisFeeder;
use crate::session::playback::open;
use crate::shutdown::Stop;

/// Columns of lines that do not go to a terminal: room for everything.
const WIDE: usize = 160;

pub(crate) fn run(args: &Laps) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    if let Some(file) = &args.origin.from {
        return read_recording(file, args, &stop);
    }
    let (mut live, _running) = args.origin.follow()?;
    if args.json || args.lines || !output::has_screen() {
        let mut lines = Lines::new(args);
        follow(&mut live, &stop, args.quiet, &mut lines)?;
        lines.recorder.feeder.finish();
        lines.warn();
    } else {
        stop.exit_if_stuck(in_place::restore);
        let mut table = LiveTable::new(args)?;
        // What would be said on stderr stands below the table.
        follow(&mut live, &stop, true, &mut table)?;
        table.finish()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the laps of a recording: as JSON when they end, as a table at the end, when the best lap is known.
fn read_recording(file: &Path, args: &Laps, stop: &Stop) -> anyhow::Result<ExitCode> {
    let mut recorder = Recorder::new(args);
    let mut recording = open(file)?;
    let (mut names, mut laps, mut left) = (RecordedNames::default(), Vec::new(), args.count.unwrap_or(u64::MAX));
    let mut driven = DrivenNames::default();
    recorder.feeder.read(&mut recording, |analysis, step| {
        if let Some(step) = step.step {
            names.learn(step.frame);
        }
        while let Some(event) = analysis.next_event() {
            let SessionEventKind::Lap(lap) = event.kind else { continue };
            if left == 0 {
                break;
            }
            left -= 1;
            if args.json {
                output::print(driven.json(&lap)?.as_bytes())?;
            }
            laps.push(lap);
        }
        if let (Some(step), true) = (step.step, args.json) {
            driven.follow(analysis.session(), step.frame);
        }
        Ok(if left > 0 && !stop.is_requested() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    recorder.take_problem().iter().for_each(|problem| say(format_args!("acevo: warning: {problem}")));
    if !args.json {
        print_table(&names, &laps, args.session.map(Into::into), recorder.analysis())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints heading, laps and best times of a recording.
fn print_table(
    names: &RecordedNames,
    laps: &[Lap],
    sessions: Option<Sessions>,
    analysis: &Analysis,
) -> anyhow::Result<()> {
    let has_several = laps.iter().any(|lap| Some(lap.session) != laps.first().map(|first| first.session));
    let last = laps.last().map(|lap| lap.session);
    let is_shown = |lap: &&Lap| sessions != Some(Sessions::Current) || Some(lap.session) == last;
    let laps: Vec<_> = laps.iter().filter(is_shown).collect();
    let shows_several = has_several && sessions != Some(Sessions::Current);
    let table = Table::new(&laps, if shows_several { Sessions::All } else { Sessions::Current }, WIDE);
    let mut lines = vec![Line::default().with(Look::Plain, heading(names))];
    if laps.is_empty() {
        lines.push(Line::default().with(Look::Aside, " no laps"));
    } else {
        lines.push(table.header());
        lines.extend(laps.iter().map(|lap| table.row(lap)));
        lines.extend(if shows_several { table.session_bests() } else { vec![Table::summary(analysis)] });
    }
    let paint = Paint::for_stdout();
    let text: String = lines.iter().map(|line| line.painted(paint, WIDE) + "\n").collect();
    output::print(text.trim_start_matches('\n').as_bytes())
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
    fn new(names: SessionNames, driver: String) -> Self {
        let known = |name: String| Some(name).filter(|name| !name.is_empty());
        let SessionNames { track, configuration, car, session } = names;
        let [track, configuration, car, session_name] = [track, configuration, car, session].map(known);
        Self { track, configuration, car, driver: known(driver), session_name }
    }
}

/// Follows the names of the session that is driven.
#[derive(Debug, Default)]
struct DrivenNames {
    /// The names as they were at the frame before: a lap may end because they change.
    names: Driven,
    /// The session of these names.
    session: u32,
    /// The graphics packet whose names were taken last.
    packet_id: Option<i32>,
}

impl DrivenNames {
    /// Takes the names in a frame. Call it after the laps that ended with this frame were printed.
    fn follow(&mut self, session: u32, frame: &Frame) {
        if std::mem::replace(&mut self.session, session) != session {
            (self.names, self.packet_id) = (Driven::default(), None);
        }
        let packet_id = Some(frame.graphics.packet_id());
        if std::mem::replace(&mut self.packet_id, packet_id) == packet_id {
            return;
        }
        if let Some(names) = SessionNames::of(frame) {
            self.names = Driven::new(names, driver_name(frame));
        }
    }

    /// A lap as a line of JSON.
    fn json(&self, lap: &Lap) -> serde_json::Result<String> {
        serde_json::to_string(&Object { lap, driven: &self.names }).map(|json| json + "\n")
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
    driven: DrivenNames,
}

impl Lines {
    fn new(args: &Laps) -> Self {
        Self {
            recorder: Recorder::new(args),
            json: args.json,
            sessions: args.session.map_or(Sessions::Current, Into::into),
            header: None,
            driven: DrivenNames::default(),
        }
    }

    /// Prints why personal bests are not saved, once per problem.
    fn warn(&mut self) {
        self.recorder.take_problem().iter().for_each(|problem| say(format_args!("acevo: warning: {problem}")));
    }

    fn print_ended(&mut self) -> anyhow::Result<()> {
        let ended = self.recorder.take_ended();
        self.warn();
        for lap in &ended {
            if self.json {
                output::print(self.driven.json(lap)?.as_bytes())?;
                continue;
            }
            let table = Table::new(&self.recorder.laps(Sessions::All), self.sessions, WIDE);
            let paint = Paint::for_stdout();
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
fn heading(names: &RecordedNames) -> String {
    let RecordedNames { track, configuration, car, driver, game_version, .. } = names;
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
        if let (Some(frame), true) = (live.frame(), self.json) {
            self.driven.follow(self.recorder.analysis().session(), frame);
        }
        Ok(!self.recorder.has_enough())
    }
}
