//! All cars of a recording.

use std::io::{Read, Seek};
use std::ops::ControlFlow;
use std::time::Duration;

use acevo_telemetry::analysis::{Analysis, Outline, Settings};
use acevo_telemetry::field::Field;

use super::analyze::{AnalyzedStep, analyze};
use super::error::RecordingError;
use super::log_marks::LogMarks;
use super::reader::Recording;

/// Number of times that [`analyze_field`] reads a recording.
pub const FIELD_PASSES: u32 = 2;

/// The outlines of the tracks of a recording, which lap positions need. They are known after a recording was read once.
#[derive(Debug, Clone, Default)]
pub struct TrackOutlines(Vec<Outline>);

impl TrackOutlines {
    /// Keeps the outline of an analysis if it is newer than the known one of the same track. Call this after each step.
    pub fn note(&mut self, analysis: &Analysis) {
        let outline = analysis.outline();
        if !outline.is_known() {
            return;
        }
        match self.0.iter_mut().find(|known| known.is_of_track_of(outline)) {
            Some(known) if known.laps() == outline.laps() => {}
            Some(known) => known.clone_from(outline),
            None => self.0.push(outline.clone()),
        }
    }
}

/// Feeds a [`Field`] with the steps of a recording, and with the game's log in its marks.
#[derive(Debug, Clone)]
pub struct FieldReader {
    field: Field,
    log: LogMarks,
}

impl FieldReader {
    /// Begins at the beginning of a recording, which was read before for the outlines.
    pub fn new<R: Read + Seek>(recording: &Recording<R>, outlines: TrackOutlines) -> Self {
        let mut field = Field::new();
        field.know_outlines(outlines.0);
        Self { field, log: LogMarks::of(recording.marks()) }
    }

    /// Takes a step, after the analysis has taken it. The call after the last step takes the rest of the log.
    pub fn take(&mut self, analysis: &Analysis, step: &AnalyzedStep<'_>) {
        let now = if step.step.is_some() { step.at } else { Duration::MAX };
        while let Some(mark) = self.log.next_until(now) {
            mark.pass_to(&mut self.field);
        }
        if let Some(step) = step.step {
            self.field.feed(step.at, step.frame, analysis);
        }
    }

    /// The field so far.
    pub const fn field(&self) -> &Field {
        &self.field
    }

    /// The field so far.
    pub fn into_field(self) -> Field {
        self.field
    }
}

/// Reads all cars of a recording: names, laps and results, also with the game's log in its marks.
///
/// The recording is read [twice](FIELD_PASSES), because cars have lap positions only once the outline of the track is known.
/// `keep_going` is called after each step with the pass, from 0, and the time of the step; reading stops if it returns false. Then the
/// result is `None`.
///
/// # Errors
/// As [`Recording::next_step`].
///
/// ```no_run
/// use acevo_recording::{Recording, analyze_field};
/// use acevo_telemetry::analysis::Settings;
///
/// let mut recording = Recording::open("race.acevo")?;
/// if let Some(field) = analyze_field(&mut recording, &Settings::default(), |_, _| true)? {
///     for (car, identity, laps) in field.cars() {
///         println!("{car} {:?}: {} laps", identity.name, laps.len());
///     }
/// }
/// # Ok::<(), acevo_recording::RecordingError>(())
/// ```
pub fn analyze_field<R: Read + Seek>(
    recording: &mut Recording<R>,
    settings: &Settings,
    mut keep_going: impl FnMut(u32, Duration) -> bool,
) -> Result<Option<Field>, RecordingError> {
    let mut outlines = TrackOutlines::default();
    let is_complete = pass(recording, settings, |analysis, step| {
        outlines.note(analysis);
        keep_going(0, step.at)
    })?;
    if !is_complete {
        return Ok(None);
    }
    let mut reader = FieldReader::new(recording, outlines);
    let is_complete = pass(recording, settings, |analysis, step| {
        reader.take(analysis, step);
        keep_going(1, step.at)
    })?;
    Ok(is_complete.then(|| reader.into_field()))
}

/// Reads a recording once. Returns false if `on_step` did.
fn pass<R: Read + Seek>(
    recording: &mut Recording<R>,
    settings: &Settings,
    mut on_step: impl FnMut(&Analysis, &AnalyzedStep<'_>) -> bool,
) -> Result<bool, RecordingError> {
    let mut settings = settings.clone();
    settings.only_laps = true;
    analyze(recording, &mut Analysis::new(settings), |analysis, step| {
        while analysis.next_event().is_some() {}
        Ok(if on_step(analysis, &step) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })
}
