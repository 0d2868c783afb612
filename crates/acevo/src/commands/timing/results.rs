//! Results of a log or a recording, read at once.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;

use acevo_gamelog::Parser;
use acevo_telemetry::analysis::{Analysis, Outline};
use acevo_telemetry::field::{Field, Standings};
use anyhow::{Context as _, bail};

use crate::output::name_of;
use crate::session::feeder::{AnalysisFeeder, AnalysisOptions};
use crate::session::game_log::MarkedLog;
use crate::session::playback::open;
use crate::shutdown::Stop;

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;

/// The results of all sessions of a log.
pub(super) fn of_log(path: &Path) -> anyhow::Result<Vec<Standings>> {
    let cannot = || format!("cannot read {}", name_of(path));
    let mut file = acevo_files::open_file(path).with_context(cannot)?;
    let (mut parser, mut field, mut buffer) = (Parser::new(), Field::of_log(), vec![0; PIECE]);
    loop {
        let length = file.read(&mut buffer).with_context(cannot)?;
        if length == 0 {
            parser.finish();
        }
        parser.feed(buffer.get(..length).unwrap_or_default());
        while let Some(event) = parser.next_event() {
            field.note_log(&event);
        }
        if length == 0 {
            return Ok(field.results());
        }
    }
}

/// The results of all sessions of a recording. It is read twice: the outline of the track, which lap positions need, is known after the
/// first time.
pub(super) fn of_recording(path: &Path, options: &AnalysisOptions, stop: &Stop) -> anyhow::Result<Vec<Standings>> {
    let mut recording = open(path)?;
    let flow = || if stop.is_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let mut outlines: Vec<Outline> = Vec::new();
    let mut first = AnalysisFeeder::new(options);
    let is_complete = first.read(&mut recording, |analysis, _| {
        keep_outline(&mut outlines, analysis);
        Ok(flow())
    })?;
    let mut field = Field::new();
    field.know_outlines(outlines);
    let mut log = MarkedLog::of(recording.marks());
    let mut second = AnalysisFeeder::new(options);
    let is_complete = is_complete
        && second.read(&mut recording, |analysis, step| {
            while analysis.next_event().is_some() {}
            while let Some(item) = log.next(step.at) {
                match item.at {
                    Some(at) => field.note_log_at(&item.event, at),
                    None => field.note_log(&item.event),
                }
            }
            if let Some(step) = step.step {
                field.feed(step.at, step.frame, analysis);
            }
            Ok(flow())
        })?;
    if !is_complete {
        bail!("stopped; nothing was written");
    }
    Ok(field.results())
}

/// Keeps the newest outline of each track.
fn keep_outline(outlines: &mut Vec<Outline>, analysis: &Analysis) {
    let outline = analysis.outline();
    let is_newer = |known: &&mut Outline| known.is_of_track_of(outline);
    if !outline.is_known() {
        return;
    }
    match outlines.iter_mut().find(is_newer) {
        Some(known) if known.laps() == outline.laps() => {}
        Some(known) => known.clone_from(outline),
        None => outlines.push(outline.clone()),
    }
}
