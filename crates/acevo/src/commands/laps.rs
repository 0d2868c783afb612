//! `acevo laps`: the laps of a session or a recording.

mod all_cars;
mod driven_names;
mod lap_follower;
mod lines;
mod live_table;
mod table_file;

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use acevo_recording::RecordedNames;
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind};

use self::driven_names::DrivenNames;
use self::lap_follower::LapFollower;
use self::lines::{Lines, WIDE};
use self::live_table::LiveTable;
use super::follow_loop::follow;
use super::in_place;
use crate::cli::LapsArgs;
use crate::diagnostics;
use crate::format::lap_table::{Sessions, Table};
use crate::format::styled_line::{Line, Look};
use crate::format::text::clean;
use crate::output::{self, Paint, say};
use crate::session::feeder::AnalysisFeeder;
use crate::session::playback::open;
use crate::shutdown::Stop;

pub(crate) fn run(args: &LapsArgs) -> anyhow::Result<ExitCode> {
    if let Some(table) = args.table() {
        return table_file::write(&table);
    }
    let stop = Stop::on_signal()?;
    let source = args.follow.source();
    if let Some(file) = source.recording().filter(|_| args.all_cars) {
        all_cars::print(file, args, &stop)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(file) = source.recording() {
        return read_recording(file, args, &stop);
    }
    let (mut live, _running) = source.follow()?;
    let follower = LapFollower::new(&args.follow.analysis(), args.follow.count);
    let shows_table = !args.follow.json && !args.lines && output::has_screen();
    if args.follow.verbose && !shows_table {
        diagnostics::start();
    }
    let sessions = args.session.unwrap_or(Sessions::Current);
    if !shows_table {
        stop.exit_if_stuck(|| {});
        let mut lines = Lines::new(follower, args.follow.json, sessions);
        follow(&mut live, &stop, args.follow.quiet, &mut lines)?;
        lines.finish();
    } else {
        stop.exit_if_stuck(in_place::restore);
        let mut table = LiveTable::new(follower, sessions)?;
        // Connection messages are shown below the table.
        follow(&mut live, &stop, true, &mut table)?;
        table.finish()?;
        // Diagnostics would spoil the table.
        if args.follow.verbose {
            diagnostics::start();
        }
    }
    live.waits().log();
    Ok(ExitCode::SUCCESS)
}

/// Prints the laps of a recording: as JSON when they end, as a table at the end, when the best lap is known.
fn read_recording(file: &Path, args: &LapsArgs, stop: &Stop) -> anyhow::Result<ExitCode> {
    let mut feeder = AnalysisFeeder::new(&args.follow.analysis());
    let mut recording = open(file)?;
    let (mut names, mut laps, mut left) = (RecordedNames::default(), Vec::new(), args.follow.count.unwrap_or(u64::MAX));
    let mut driven = DrivenNames::default();
    feeder.read(&mut recording, |analysis, step| {
        if let Some(step) = step.step {
            names.learn(step.frame);
        }
        while let Some(event) = analysis.next_event() {
            let SessionEventKind::Lap(lap) = event.kind else { continue };
            if left == 0 {
                break;
            }
            left -= 1;
            if args.follow.json {
                output::print_json(&driven.json(&lap)?)?;
            }
            laps.push(lap);
        }
        if let (Some(step), true) = (step.step, args.follow.json) {
            driven.follow(analysis.session(), step.frame);
        }
        Ok(if left > 0 && !stop.is_requested() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    feeder.take_problem().iter().for_each(|problem| say(format_args!("acevo: warning: {problem}")));
    if !args.follow.json {
        print_table(&names, &laps, args.session, &feeder.analysis)?;
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
    output::print_text(text.trim_start_matches('\n'))
}

/// The heading: track, car, driver and game version.
fn heading(names: &RecordedNames) -> String {
    let RecordedNames { track, configuration, car, driver, game_version, .. } = names;
    let track = format!("{track} {configuration}");
    let texts = [&track, car, driver, game_version].map(|text| clean(text));
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}
