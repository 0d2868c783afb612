//! Exports rows of channel values.

use std::mem;
use std::time::Duration;

use acevo_recording::Recording;
use acevo_telemetry::Axes;
use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings};

use super::lap_position::LapPositions;
use crate::progress::Tracker;
use crate::{Column, ExportError, ExportPlan, Exporter, Row, Sampler};

/// Reads the recording and passes its rows and laps to the exporter.
pub(super) fn export_rows(
    recording: &mut Recording,
    plan: &ExportPlan,
    axes: Axes,
    columns: &[Column],
    mut exporter: Box<dyn Exporter + '_>,
    tracker: &mut Tracker<'_>,
) -> Result<(), ExportError> {
    let mut analysis = Analysis::new(Settings::default());
    let mut sampler = Sampler::new(columns, axes);
    let mut lap_positions = LapPositions::new(columns);
    let mut clock = RowClock::new(recording.info().start, plan.rate);
    let mut gaps = Gaps::default();
    let (mut last_packet, mut end) = (None, recording.info().start);
    recording.seek(Duration::ZERO)?;
    while let Some(step) = recording.next_step()? {
        let (at, frame) = (step.at, step.frame);
        analysis.feed(at, frame);
        end = at;
        let lap = analysis.current_lap_number();
        let is_wanted = plan.wants(lap);
        if is_wanted {
            clock.start_at(at);
        }
        pass_laps(&mut analysis, plan, &clock, at, exporter.as_mut(), &mut lap_positions)?;
        lap_positions.on_frame(frame, &analysis, at);
        tracker.step(at)?;
        let Some(physics) = step.physics else { continue };
        // Pages that fade around a pause repeat their counter. They are not packets.
        let packet_id = frame.physics.packet_id();
        if last_packet.replace(packet_id) == Some(packet_id) {
            continue;
        }
        // Packets before the first row are not between rows.
        if clock.is_started() {
            gaps.add(physics.missed, physics.skipped);
        }
        if !is_wanted || !clock.is_due(at) {
            continue;
        }
        let Gaps { missed, skipped } = mem::take(&mut gaps);
        let mut values = sampler.values(frame);
        lap_positions.correct(&mut values, frame);
        let (time_s, session) = (clock.seconds(at), analysis.session());
        exporter.row(&Row { time_s, packet_id, session, lap, missed, skipped, values: &values })?;
    }
    // A lap that has crossed the line may still be waiting for its time.
    analysis.interrupt();
    pass_laps(&mut analysis, plan, &clock, end, exporter.as_mut(), &mut lap_positions)?;
    exporter.finish()
}

/// Passes the laps that have ended to the exporter.
fn pass_laps(
    analysis: &mut Analysis,
    plan: &ExportPlan,
    clock: &RowClock,
    at: Duration,
    exporter: &mut dyn Exporter,
    lap_positions: &mut LapPositions,
) -> Result<(), ExportError> {
    while let Some(event) = analysis.next_event() {
        lap_positions.on_event(&event.kind);
        if let SessionEventKind::Lap(lap) = event.kind
            && plan.wants(Some(lap.number))
        {
            // The game publishes the time of a lap some time after the line.
            exporter.lap(&lap, clock.seconds(at) - (analysis.driven_s() - lap.ended_s))?;
        }
    }
    Ok(())
}

/// Packets between two rows that are not in the export.
#[derive(Debug, Default)]
struct Gaps {
    missed: u32,
    skipped: u32,
}

impl Gaps {
    fn add(&mut self, missed: u32, skipped: u32) {
        self.missed = self.missed.saturating_add(missed);
        self.skipped = self.skipped.saturating_add(skipped);
    }
}

/// Times of rows: since the first one, at the rate of the plan.
struct RowClock {
    recording_start: Duration,
    start: Option<Duration>,
    interval: Option<Duration>,
    /// When the next row is due.
    next: Option<Duration>,
}

impl RowClock {
    fn new(recording_start: Duration, rate: Option<f64>) -> Self {
        let interval = rate.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Self { recording_start, start: None, interval, next: None }
    }

    /// Times count from here, unless they count already.
    fn start_at(&mut self, at: Duration) {
        self.start.get_or_insert(at);
    }

    fn is_started(&self) -> bool {
        self.start.is_some()
    }

    /// Seconds since the start.
    fn seconds(&self, at: Duration) -> f64 {
        at.saturating_sub(self.start.unwrap_or(self.recording_start)).as_secs_f64()
    }

    /// True if a row is due at this time; then the next one is due an interval later.
    fn is_due(&mut self, at: Duration) -> bool {
        let Some(interval) = self.interval else { return true };
        if self.next.is_some_and(|next| at < next) {
            return false;
        }
        self.next = Some(self.next.unwrap_or(at).max(at.saturating_sub(interval)).saturating_add(interval));
        true
    }
}
