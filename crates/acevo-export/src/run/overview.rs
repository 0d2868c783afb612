//! The first pass over a recording: facts that are needed before its rows are exported.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::time::Duration;

use acevo_recording::{RecordedNames, Recording, session_name};
use acevo_telemetry::analysis::{Analysis, Settings};
use acevo_telemetry::{Axes, Frame, shown_name};

use super::lap_filter::LapFilter;
use super::long_gaps::LongGaps;
#[cfg(feature = "parquet")]
use super::other_cars::OtherCars;
use crate::progress::Tracker;
use crate::{About, ExportError, ExportPlan};

/// The result of the first pass over a recording.
pub(super) struct Overview {
    pub(super) about: About,
    /// The axes of the acceleration. It takes half a minute of driving to find them; here they are known from the first row on.
    pub(super) axes: Axes,
    /// The laps to export.
    pub(super) laps: LapFilter,
    /// The sessions with rows to export, by their numbers.
    pub(super) sessions: BTreeMap<u32, About>,
    /// Gaps between the packets to export.
    pub(super) gaps: LongGaps,
    /// The sessions with other cars.
    #[cfg(feature = "parquet")]
    pub(super) other_cars: OtherCars,
}

impl Overview {
    pub(super) fn of<R: Read + Seek>(
        recording: &mut Recording<R>,
        plan: &ExportPlan,
        tracker: &mut Tracker<'_>,
    ) -> Result<Self, ExportError> {
        let laps = LapFilter::of(recording, plan, tracker)?;
        let mut analysis = Analysis::new(Settings::laps_only());
        let zero_s = recording.description().map_or(0.0, |description| description.unix_us as f64 / 1e6);
        let unix_s = |at: Duration| zero_s + at.as_secs_f64();
        let (start_s, mut names) = (unix_s(recording.info().start), RecordedNames::default());
        let mut sessions = BTreeMap::new();
        let mut session: Option<Session> = None;
        #[cfg(feature = "parquet")]
        let mut other_cars = OtherCars::default();
        let (mut gaps, mut last_packet) = (LongGaps::default(), None);
        recording.seek(Duration::ZERO)?;
        while let Some(step) = recording.next_step()? {
            analysis.feed(step.at, step.frame);
            while analysis.next_event().is_some() {}
            // The physics page has no names.
            let may_have_names = step.graphics.is_some() || step.static_data.is_some();
            if may_have_names {
                names.learn(step.frame);
            }
            #[cfg(feature = "parquet")]
            other_cars.note(&analysis, &step);
            let number = analysis.session();
            if session.as_ref().is_none_or(|session| session.number != number) {
                let next = Session::new(number, unix_s(step.at));
                session.replace(next).into_iter().for_each(|ended| ended.end(&mut sessions));
            }
            let is_wanted = step.physics.is_some() && laps.contains(analysis.current_lap_id());
            // Pages that fade around a pause repeat their counter.
            let packet_id = step.frame.physics.packet_id();
            if is_wanted && last_packet.replace(packet_id) != Some(packet_id) {
                gaps.on_packet(step.at);
            }
            if let Some(session) = &mut session {
                if may_have_names {
                    session.learn(step.frame);
                }
                if !session.has_rows && is_wanted {
                    session.has_rows = true;
                    session.start_s = unix_s(step.at);
                }
            }
            tracker.step(step.at)?;
        }
        session.into_iter().for_each(|ended| ended.end(&mut sessions));
        Ok(Self {
            about: About::new(names, start_s),
            axes: analysis.axes(),
            laps,
            sessions,
            gaps,
            #[cfg(feature = "parquet")]
            other_cars,
        })
    }
}

/// A session while it is read.
struct Session {
    number: u32,
    names: RecordedNames,
    start_s: f64,
    /// The first phase that has a name.
    phase: String,
    has_rows: bool,
}

impl Session {
    fn new(number: u32, start_s: f64) -> Self {
        Self { number, names: RecordedNames::default(), start_s, phase: String::new(), has_rows: false }
    }

    fn learn(&mut self, frame: &Frame) {
        self.names.learn(frame);
        if self.phase.is_empty() {
            self.phase.push_str(shown_name(frame.graphics.session_phase()));
        }
    }

    fn end(mut self, sessions: &mut BTreeMap<u32, About>) {
        self.names.session = session_name(&self.names.session, &self.phase).to_owned();
        if self.has_rows {
            sessions.insert(self.number, About::new(self.names, self.start_s));
        }
    }
}
