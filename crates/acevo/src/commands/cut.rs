//! `acevo cut`: copies some laps or minutes of a recording into a new recording.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use acevo_recording::{LEAD, PositionFinder, Recording, RecordingPosition, RecordingWriter, TAIL, cut, cut_laps};
use anyhow::{Context, ensure};

use crate::cli::CutArgs;
use crate::format::text::clock;
use crate::output::{check_new, create_pending, default_output, is_dash, name_of, publish, say};
use crate::session::playback::open;
use crate::shutdown::Stop;

pub(crate) fn run(args: &CutArgs) -> anyhow::Result<ExitCode> {
    let output = args.output.clone().unwrap_or_else(|| output_of(args));
    ensure!(!is_dash(&output), "a recording cannot be written to the standard output: name a file with -o");
    check_new(&output)?;
    let stop = Stop::on_signal()?;
    let mut recording = open(&args.file)?;
    let range = if args.laps.is_none() { Some(range(&mut recording, args)?) } else { None };
    let description = recording.description().cloned().unwrap_or_default();
    let pending = create_pending(&output)?;
    let cannot = || format!("cannot write {}", name_of(&output));
    let mut writer = RecordingWriter::new(pending.file()?, &description).with_context(cannot)?;
    let parts = match (&args.laps, range) {
        (Some(laps), _) => cut_laps(&mut recording, laps, &mut writer, |_| !stop.is_requested())?,
        (None, range) => {
            let parts: Vec<_> = range.into_iter().collect();
            cut(&mut recording, &parts, &mut writer, |_| !stop.is_requested()).with_context(cannot)?;
            parts
        }
    };
    let (_, progress) = writer.finish().with_context(cannot)?;
    ensure!(!stop.is_requested(), "stopped; no file was written");
    ensure!(progress.records.total() > 0, "this part of the recording is empty");
    publish(pending)?;
    if !args.quiet {
        let time = parts.iter().map(|part| part.end().saturating_sub(*part.start())).sum();
        say(format_args!("acevo: wrote {}: {}", name_of(&output), clock(Some(time))));
    }
    Ok(ExitCode::SUCCESS)
}

/// From the beginning of one position to the end of another one; laps with the same margins as `--laps`.
fn range(recording: &mut Recording, args: &CutArgs) -> anyhow::Result<RangeInclusive<Duration>> {
    let (mut from, mut to) = (recording.info().start, recording.info().end);
    let is_lap = |position: RecordingPosition| matches!(position, RecordingPosition::Lap(_));
    let mut finder = PositionFinder::new(recording);
    if let Some(position) = args.from {
        let begin = *finder.find(position).context("--from")?.start();
        from = if is_lap(position) { begin.saturating_sub(LEAD) } else { begin };
    }
    if let Some(position) = args.to {
        let end = *finder.find(position).context("--to")?.end();
        to = if is_lap(position) { end + TAIL } else { end };
    }
    ensure!(from < to, "--from is not before --to");
    Ok(from..=to)
}

/// The default output, named after the recording and the part.
fn output_of(args: &CutArgs) -> PathBuf {
    let part = match (&args.laps, args.from, args.to) {
        (Some(laps), ..) => format!("laps-{laps}"),
        (None, Some(from), Some(to)) if from == to => format!("lap-{from}"),
        (None, from, to) => {
            let position = |word: &str, at: Option<RecordingPosition>| at.map(|at| format!("{word}-{at}"));
            [position("from", from), position("to", to)].into_iter().flatten().collect::<Vec<_>>().join("-")
        }
    };
    default_output(&args.file, &part, "acevo")
}
