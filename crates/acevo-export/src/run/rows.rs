//! Exports rows of channel values.

use std::io::{Read, Seek};
use std::mem;
use std::ops::ControlFlow;
use std::time::Duration;

use acevo_recording::{AnalyzedStep, Recording, analyze};
use acevo_telemetry::analysis::{Analysis, SessionEvent, SessionEventKind, Settings};

use super::lap_position::LapPositions;
use super::long_gaps::LongGaps;
use super::overview::Overview;
use super::row_sink::{RowContext, RowSink};
use crate::progress::Tracker;
use crate::{ExportError, ExportFormat, ExportPlan};

/// Takes what happens in a recording while its rows are exported.
pub(super) trait Observer {
    /// What the analysis has to find.
    fn settings(&self) -> Settings {
        Settings::laps_only()
    }

    /// Takes an event of a step.
    fn event(&mut self, analysis: &Analysis, event: &SessionEvent, at: Duration) -> Result<(), ExportError> {
        let _ = (analysis, event, at);
        Ok(())
    }

    /// Takes a step after its events.
    fn step(&mut self, analysis: &Analysis, step: &AnalyzedStep<'_>) {
        let _ = (analysis, step);
    }
}

impl Observer for () {}

/// Reads the recording and passes its rows and laps to the sink, and events and steps to the observer.
pub(super) fn export_rows<R: Read + Seek>(
    recording: &mut Recording<R>,
    plan: &ExportPlan,
    overview: &Overview,
    mut sink: RowSink<'_>,
    tracker: &mut Tracker<'_>,
    observer: &mut dyn Observer,
) -> Result<(), ExportError> {
    let mut lap_positions = LapPositions::new();
    // Only these logs have samples in gaps.
    let shortened = (plan.format == ExportFormat::Motec).then_some(&overview.gaps);
    let mut clock = RowClock::new(recording.info().start, plan.rate, shortened);
    let (mut gaps, mut last_packet) = (Gaps::default(), None);
    analyze(recording, &mut Analysis::new(observer.settings()), |analysis, seen| {
        let AnalyzedStep { at, step, .. } = seen;
        let lap = analysis.current_lap_id();
        let is_wanted = step.is_some() && overview.laps.contains(lap);
        if is_wanted {
            clock.start_at(at);
        }
        while let Some(event) = analysis.next_event() {
            lap_positions.on_event(&event.kind);
            observer.event(analysis, &event, at)?;
            if let SessionEventKind::Lap(lap) = event.kind
                && overview.laps.contains(Some(lap.id()))
            {
                let ended_s = clock.seconds(analysis.ended_at(&lap));
                sink.lap(lap, ended_s)?;
            }
        }
        observer.step(analysis, &seen);
        let Some(step) = step else { return CONTINUE };
        let frame = step.frame;
        lap_positions.on_frame(frame, analysis, at);
        tracker.step(at)?;
        let Some(physics) = step.physics else { return CONTINUE };
        // Pages that fade around a pause repeat their counter. They are not packets.
        let packet_id = frame.physics.packet_id();
        if last_packet.replace(packet_id) == Some(packet_id) {
            return CONTINUE;
        }
        // Packets before the first row are not between rows.
        if clock.is_started() {
            gaps.add(physics.missed, physics.skipped);
        }
        if !is_wanted || !clock.is_due(at) {
            return CONTINUE;
        }
        let Gaps { missed, skipped } = mem::take(&mut gaps);
        let (time_s, session, lap) = (clock.seconds(at), analysis.session(), lap.map(|lap| lap.number));
        sink.row(frame, RowContext { time_s, session, lap, missed, skipped, position: lap_positions.corrected() })?;
        CONTINUE
    })?;
    sink.finish()
}

const CONTINUE: Result<ControlFlow<()>, ExportError> = Ok(ControlFlow::Continue(()));

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
struct RowClock<'a> {
    recording_start: Duration,
    start: Option<Duration>,
    interval: Option<Duration>,
    /// When the next row is due.
    next: Option<Duration>,
    /// Gaps to shorten.
    shortened: Option<&'a LongGaps>,
}

impl<'a> RowClock<'a> {
    fn new(recording_start: Duration, rate: Option<f64>, shortened: Option<&'a LongGaps>) -> Self {
        let interval = rate.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Self { recording_start, start: None, interval, next: None, shortened }
    }

    /// Times count from here, unless they count already.
    fn start_at(&mut self, at: Duration) {
        self.start.get_or_insert(at);
    }

    fn is_started(&self) -> bool {
        self.start.is_some()
    }

    /// Seconds since the start, with shortened gaps.
    fn seconds(&self, at: Duration) -> f64 {
        let elapsed = at.saturating_sub(self.start.unwrap_or(self.recording_start));
        let removed = self.shortened.map_or(Duration::ZERO, |gaps| gaps.removed_until(at));
        elapsed.saturating_sub(removed).as_secs_f64()
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
