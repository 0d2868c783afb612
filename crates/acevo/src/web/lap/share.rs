//! One lap as a file: a recording with only this lap, a table, or a picture. Everything is made in memory.

use std::io::Cursor;
use std::path::PathBuf;
use std::time::Duration;

use acevo_export::{ExportFormat, ExportPlan, write_csv};
use acevo_plot::{Format, Laps, Request};
use acevo_recording::{
    LapIndex, LapSelector, LapSpan, RecordedLap, Recording, RecordingWriter, TracedLaps, cut, lap_part,
};
use acevo_telemetry::analysis::Outline;
use acevo_telemetry::corners::Corner;
use acevo_telemetry::traces::LapTraces;
use acevo_telemetry::{Channel, UnitSystem};
use anyhow::{Context, ensure};
use tracing::warn;

use crate::session::known_corners;

/// The longest lap that is shared: it has about 2 MB per minute.
const MAX_LENGTH: Duration = Duration::from_secs(3600);

/// Why a lap is not found.
const CHANGED: &str = "the recording has changed: the lap is not in it any more";

/// Two times of the same lap in a recording and in its cut differ at most by this.
const SAME: Duration = Duration::from_millis(500);

/// A lap of a recording.
#[derive(Debug, Clone)]
pub(super) struct OneLap {
    pub(super) file: PathBuf,
    pub(super) span: LapSpan,
    /// Number of the lap in its session.
    pub(super) number: u32,
}

impl OneLap {
    /// True for this lap in a recording that has only it: its session may have another number there.
    fn is(&self, recorded: &RecordedLap) -> bool {
        recorded.lap.number == self.number && recorded.from.abs_diff(self.span.from) <= SAME
    }
}

/// A recording with only this lap, and what is needed to find its beginning and its time.
pub(super) fn recording(OneLap { file, span: lap, .. }: &OneLap) -> anyhow::Result<Vec<u8>> {
    ensure!(lap.to.saturating_sub(lap.from) <= MAX_LENGTH, "this lap is longer than an hour: use `acevo cut`");
    let mut recording = Recording::open(file)?;
    let description = recording.description().cloned().unwrap_or_default();
    let info = recording.info();
    let part = lap_part(lap.from, lap.to);
    let part = (*part.start()).max(info.start)..=(*part.end()).min(info.end);
    ensure!(!part.is_empty(), CHANGED);
    let mut writer = RecordingWriter::new(Vec::new(), &description)?;
    cut(&mut recording, &[part], &mut writer, |_| true)?;
    Ok(writer.finish()?.0)
}

/// The samples of this lap as a table.
pub(super) fn table(lap: &OneLap) -> anyhow::Result<Vec<u8>> {
    let mut recording = alone(lap)?;
    let index = LapIndex::read(&mut recording, |_| true)?;
    let selector: LapSelector = index.laps().iter().find(|recorded| lap.is(recorded)).context(CHANGED)?.lap.id().into();
    let mut plan = ExportPlan::new(ExportFormat::Csv);
    plan.laps = Some(selector.to_string().parse()?);
    let mut table = Vec::new();
    ensure!(write_csv(&plan, &mut recording, &mut table)?, "the lap has no samples");
    Ok(table)
}

/// A picture of this lap, and of another one to compare it with.
pub(super) fn picture(lap: &OneLap, against: Option<&OneLap>) -> anyhow::Result<Vec<u8>> {
    let channels = acevo_plot::default_channels(against.is_some());
    let mut request = Request { channels, units: UnitSystem::Game, ..Request::default() };
    let mut wanted = request.channels.clone();
    wanted.push(request.color);
    let (main, outline) = traced(lap, &wanted)?;
    let mut laps = vec![main];
    if let Some(other) = against {
        laps.push(traced(other, &wanted)?.0);
    }
    request.corners = corners_of(&outline, &laps)?;
    let laps = Laps::of(&laps).context("the lap has no samples")?;
    Ok(acevo_plot::render(&laps, &request, Format::Png)?)
}

/// The corners of the track of laps: the stored ones, otherwise those that the laps show. They are stored if one of the laps counts, so that their
/// numbers stay; the corners of the simulator's tracks are not.
pub(super) fn corners_of(outline: &Outline, laps: &[LapTraces]) -> anyhow::Result<Vec<Corner>> {
    let counting: Vec<_> = laps.iter().filter(|lap| lap.counts).cloned().collect();
    let Some(found) = known_corners::load_or_detect(outline, &counting, None)? else { return Ok(Vec::new()) };
    if found.is_detected
        && let Err(error) = known_corners::store(&found.corners, &counting, None)
    {
        warn!("{error:#}");
    }
    Ok(found.corners.corners)
}

/// The traces of a lap, and the outline of its track.
pub(super) fn traced(lap: &OneLap, channels: &[&'static Channel]) -> anyhow::Result<(LapTraces, Outline)> {
    let laps = TracedLaps::read(&mut alone(lap)?, &[LapSelector::number(lap.number)], channels, |_| true)?;
    let (_, traces) = laps.laps().find(|(recorded, _)| lap.is(recorded)).context(CHANGED)?;
    Ok((traces.clone(), laps.outline().clone()))
}

/// A recording in memory with only this lap.
fn alone(lap: &OneLap) -> anyhow::Result<Recording<Cursor<Vec<u8>>>> {
    Ok(Recording::from_input(Cursor::new(recording(lap)?))?)
}
