//! Feeds an analysis with a recording.

use std::io::{Read, Seek};
use std::ops::ControlFlow;
use std::time::Duration;

use acevo_telemetry::analysis::Analysis;

use super::error::RecordingError;
use super::reader::{FrameStep, Recording};

/// A step of a recording that was fed to an analysis.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct AnalyzedStep<'a> {
    /// Time of the step since the recording's zero; at the end the time of the last step.
    pub at: Duration,
    /// The step; `None` for the call after the last step, when the analysis is finished.
    pub step: Option<&'a FrameStep<'a>>,
}

/// Feeds an analysis with a recording from its beginning to its end, and finishes it.
///
/// `on_step` is called after each step, and again after [`Analysis::finish`]: a lap that was waiting for its time when the
/// recording ended, and the lap that was running then, end with that call. Read the events of the analysis in every call; it keeps
/// a limited number of them. With [`ControlFlow::Break`] reading stops, and the analysis is not finished.
///
/// Returns true if the whole recording was read.
///
/// # Errors
/// Errors of `on_step`, and those of [`Recording::next_step`].
///
/// ```no_run
/// use std::ops::ControlFlow;
///
/// use acevo_recording::{Recording, RecordingError, analyze};
/// use acevo_telemetry::analysis::{Analysis, Settings};
///
/// let mut recording = Recording::open("monza.acevo")?;
/// analyze(&mut recording, &mut Analysis::new(Settings::default()), |analysis, step| {
///     while let Some(event) = analysis.next_event() {
///         println!("{:?}: {}", step.at, event.kind);
///     }
///     Ok::<_, RecordingError>(ControlFlow::Continue(()))
/// })?;
/// # Ok::<(), RecordingError>(())
/// ```
pub fn analyze<R: Read + Seek, E: From<RecordingError>>(
    recording: &mut Recording<R>,
    analysis: &mut Analysis,
    mut on_step: impl FnMut(&mut Analysis, AnalyzedStep<'_>) -> Result<ControlFlow<()>, E>,
) -> Result<bool, E> {
    recording.seek(Duration::ZERO)?;
    let mut at = recording.info().start;
    while let Some(step) = recording.next_step()? {
        at = step.at;
        analysis.feed(at, step.frame);
        if on_step(analysis, AnalyzedStep { at, step: Some(&step) })?.is_break() {
            return Ok(false);
        }
    }
    analysis.finish();
    on_step(analysis, AnalyzedStep { at, step: None }).map(|_| true)
}
