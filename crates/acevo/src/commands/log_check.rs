//! `acevo log-check`: what is understood of the game's log.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use acevo_gamelog::{CarSummary, LogSummary, Places, candidates};
use acevo_telemetry::format_lap_time;
use anyhow::{Context as _, bail};

use crate::cli::LogCheckArgs;
use crate::format::text::clean;
use crate::output::{name_of, print_json, print_text, say};

pub(crate) fn run(args: &LogCheckArgs) -> anyhow::Result<ExitCode> {
    let path = match &args.file {
        Some(path) => path.clone(),
        None => newest()?,
    };
    let cannot = || format!("cannot read {}", name_of(&path));
    let file = acevo_files::open_file(&path).with_context(cannot)?;
    let summary = LogSummary::read(file).with_context(cannot)?;
    if args.json {
        print_json(&format!("{}\n", serde_json::to_string(&summary)?))?;
    } else {
        print_text(&text(&summary))?;
    }
    Ok(if summary.is_log() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The newest log of this computer.
fn newest() -> anyhow::Result<PathBuf> {
    let Some(path) = candidates(&Places::of_this_computer()).into_iter().next() else {
        bail!("no log of the game was found on this computer: name one, such as `acevo log-check log.txt`");
    };
    say(format_args!("acevo: {}", name_of(&path)));
    Ok(path)
}

/// The summary as lines of text.
fn text(summary: &LogSummary) -> String {
    let mut lines = vec![line("game", summary.version.as_deref().unwrap_or("unknown version"))];
    if let Some((first, last)) = summary.first.zip(summary.last) {
        lines.push(line("time", &format!("{first} to {last}, local")));
    }
    for (index, session) in summary.sessions.iter().enumerate() {
        let kind = [session.mode.as_deref(), session.track.as_deref()].into_iter().flatten().collect::<Vec<_>>();
        let restart = if session.is_restart { " (restart)" } else { "" };
        lines.push(String::new());
        lines.push(format!("session {}{restart}, {}: {}", index + 1, session.begins, clean(&kind.join(" · "))));
        let phases: Vec<_> = session.phases.iter().map(|phase| clean(&phase.name)).collect();
        lines.push(line("phases", &phases.join(", ")));
        lines.extend(session.cars.iter().map(car));
    }
    let counts = &summary.counts;
    let laps: usize = summary.sessions.iter().flat_map(|session| &session.cars).map(|car| car.laps.len()).sum();
    let splits: u32 = summary.sessions.iter().flat_map(|session| &session.cars).map(|car| car.splits).sum();
    lines.push(String::new());
    lines.push(line("laps", &format!("{laps}, and {splits} splits")));
    let lines_of = |count: u64, what: &str| format!("{count} {what}");
    let all = [
        lines_of(counts.understood, "understood"),
        lines_of(counts.skipped, "not needed"),
        lines_of(counts.continuations, "continued"),
        lines_of(counts.malformed, "not understood"),
        lines_of(counts.too_long, "too long"),
    ];
    lines.push(line("lines", &format!("{}: {}", counts.lines(), all.join(", "))));
    lines.push(line("result", verdict(summary)));
    if summary.is_truncated {
        lines.push("The log is too long: the rest is left out.".into());
    }
    lines.join("\n") + "\n"
}

/// What the numbers of lines mean.
fn verdict(summary: &LogSummary) -> &'static str {
    if !summary.is_log() {
        "this is not a log of the game, or one of a version that acevo does not know"
    } else if summary.counts.malformed > 0 {
        "a log of the game; lines that were not understood are left out"
    } else {
        "a log of the game, all of whose known lines were understood"
    }
}

fn line(title: &str, text: &str) -> String {
    format!("{title:<8}{text}")
}

/// A car and its laps.
fn car(car: &CarSummary) -> String {
    let number = car.number.map(|number| format!("#{number}")).unwrap_or_default();
    let name = car.name.as_deref().map_or_else(|| car.id.to_string(), clean);
    let driver = match (car.is_player, car.is_ai) {
        (true, _) => "player",
        (false, true) => "computer",
        (false, false) => "",
    };
    let best = format_lap_time(car.best_ms().map(|ms| Duration::from_millis(ms.into())));
    format!(
        "  {number:<4} {name:<24} {:<28} {driver:<9} {:>3} laps, best {best}",
        car.model.as_deref().map(clean).unwrap_or_default(),
        car.laps.len()
    )
}
