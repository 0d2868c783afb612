//! `acevo cut`: keeps some laps or minutes of a recording.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use acevo_recording::{Recording, RecordingWriter, cut};
use anyhow::{Context, ensure};

use crate::cli::Cut;
use crate::driven::{LapNumbers, Spot, laps};
use crate::format::text::clock;
use crate::output::{check_new, is_dash, name_of, say};
use crate::pending::Pending;
use crate::session::playback::open;
use crate::shutdown::Stop;

/// Before a lap: its beginning is seen only where there is something before it.
const BEFORE: Duration = Duration::from_secs(2);

/// After a lap: so much later at most the game tells its time, online.
const AFTER: Duration = Duration::from_secs(15);

type Part = RangeInclusive<Duration>;

pub(crate) fn run(args: &Cut) -> anyhow::Result<ExitCode> {
    let output = args.output.clone().unwrap_or_else(|| default_output(args));
    ensure!(!is_dash(&output), "a recording cannot be written to the standard output: name a file with -o");
    check_new(&output)?;
    let stop = Stop::on_signal()?;
    let mut recording = open(&args.file)?;
    let parts = match &args.laps {
        Some(numbers) => parts_of_laps(&mut recording, numbers, &stop)?,
        None => vec![part_between(&mut recording, args)?],
    };
    let description = recording.description().cloned().unwrap_or_default();
    let temporary = Pending::create(&output)?;
    let cannot = || format!("cannot write {}", name_of(&output));
    let mut writer = RecordingWriter::new(temporary.open()?, &description).with_context(cannot)?;
    cut(&mut recording, &parts, &mut writer, |_| !stop.is_requested()).with_context(cannot)?;
    let (_, progress) = writer.finish().with_context(cannot)?;
    ensure!(!stop.is_requested(), "stopped; nothing was kept");
    ensure!(progress.records.total() > 0, "there is nothing in that part of the recording");
    temporary.complete()?;
    if !args.quiet {
        let time = parts.iter().map(|part| part.end().saturating_sub(*part.start())).sum();
        say(format_args!("acevo: wrote {}: {}", name_of(&output), clock(Some(time))));
    }
    Ok(ExitCode::SUCCESS)
}

/// From the beginning of one place to the end of another one; laps with what is around them.
fn part_between(recording: &mut Recording, args: &Cut) -> anyhow::Result<Part> {
    let (mut from, mut to) = (recording.info().start, recording.info().end);
    let around = |spot: Spot, time: Duration| if matches!(spot, Spot::Time(_)) { Duration::ZERO } else { time };
    if let Some(spot) = args.from {
        from = spot.find(recording)?.0.saturating_sub(around(spot, BEFORE));
    }
    if let Some(spot) = args.to {
        to = spot.find(recording)?.1 + around(spot, AFTER);
    }
    ensure!(from < to, "--from is not before --to");
    Ok(from..=to)
}

/// The laps with what is around them; those that follow each other are one part.
fn parts_of_laps(recording: &mut Recording, numbers: &LapNumbers, stop: &Stop) -> anyhow::Result<Vec<Part>> {
    let laps = laps(recording, |_| !stop.is_requested())?;
    let mut parts: Vec<Part> = Vec::new();
    for driven in laps.iter().filter(|driven| numbers.contains(driven.lap.number)) {
        let (from, to) = (driven.from.saturating_sub(BEFORE), driven.to + AFTER);
        match parts.last_mut() {
            Some(last) if from <= *last.end() => *last = *last.start()..=to.max(*last.end()),
            _ => parts.push(from..=to),
        }
    }
    ensure!(
        !parts.is_empty(),
        "no lap {numbers} is in the recording; `acevo laps --from FILE` shows the laps that are"
    );
    Ok(parts)
}

/// Beside the recording, by what was taken.
fn default_output(args: &Cut) -> PathBuf {
    let part = match (&args.laps, args.from, args.to) {
        (Some(laps), ..) => format!("laps-{laps}"),
        (None, Some(from), Some(to)) if from == to => from.to_string(),
        (None, from, to) => {
            let place = |word: &str, spot: Option<Spot>| spot.map(|spot| format!("{word} {spot}"));
            [place("from", from), place("to", to)].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    };
    let mut name = args.file.file_stem().unwrap_or_default().to_owned();
    name.push(format!("_{}.acevo", part.replace(' ', "-")));
    args.file.with_file_name(name)
}
