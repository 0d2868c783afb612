//! The laps of a recording that are exported.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use acevo_recording::{LapError, LapIndex, Recording};
use acevo_telemetry::analysis::LapId;

use crate::progress::Tracker;
use crate::{ExportError, ExportPlan};

/// The laps to export; `None` for everything.
#[derive(Debug, Clone)]
pub(super) struct LapFilter(Option<BTreeSet<LapId>>);

impl LapFilter {
    /// Finds the selected laps. The filter is empty if the recording has none of them.
    pub(super) fn of<R: Read + Seek>(
        recording: &mut Recording<R>,
        plan: &ExportPlan,
        tracker: &mut Tracker<'_>,
    ) -> Result<Self, ExportError> {
        let Some(selection) = &plan.laps else { return Ok(Self(None)) };
        let index = LapIndex::read(recording, |at| tracker.step(at).is_ok());
        let laps =
            index.and_then(|index| Ok(index.select(selection)?.iter().map(|recorded| recorded.lap.id()).collect()));
        tracker.next_pass();
        match laps {
            Ok(laps) => Ok(Self(Some(laps))),
            Err(LapError::NotFound(_) | LapError::NoBest(_)) => Ok(Self(Some(BTreeSet::new()))),
            Err(LapError::Stopped) => Err(ExportError::Cancelled),
            Err(LapError::Recording(error)) => Err(error.into()),
            Err(error) => Err(ExportError::Laps(error)),
        }
    }

    /// The number of times a recording is read.
    pub(super) const fn passes(plan: &ExportPlan) -> u32 {
        if plan.laps.is_some() { 3 } else { 2 }
    }

    /// True for the rows of a lap to export.
    pub(super) fn contains(&self, lap: Option<LapId>) -> bool {
        self.0.as_ref().is_none_or(|laps| lap.is_some_and(|lap| laps.contains(&lap)))
    }
}
