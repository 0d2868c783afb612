//! What is known of a recording before it is exported.

use std::collections::BTreeMap;
use std::time::Duration;

use acevo_export::About;
use acevo_recording::Recording;
use acevo_telemetry::analysis::{Analysis, Settings};
use acevo_telemetry::{Axes, Frame, shown_name};
use anyhow::ensure;

use super::progress::Progress;
use super::rows::is_wanted;
use crate::cli::Export;
use crate::contents::{learn, session_name};
use crate::shutdown::Stop;

pub(super) struct Overview {
    pub(super) about: About,
    /// The axes of the acceleration. To check them takes half a minute of driving: here they are known from the first row on.
    pub(super) axes: Axes,
    /// The sessions that have rows among those that were asked for, by their numbers.
    pub(super) sessions: BTreeMap<u32, About>,
}

impl Overview {
    pub(super) fn of(
        recording: &mut Recording,
        args: &Export,
        progress: &Progress<'_>,
        stop: &Stop,
    ) -> anyhow::Result<Self> {
        let mut analysis = Analysis::new(Settings::default());
        let zero_s = recording.description().map_or(0.0, |told| told.unix_us as f64 / 1e6);
        let begun = |at: Duration| {
            let mut about = About::default();
            about.unix_s = zero_s + at.as_secs_f64();
            about
        };
        let mut about = begun(recording.info().start);
        let mut sessions = BTreeMap::new();
        let mut session: Option<Session> = None;
        recording.seek(Duration::ZERO)?;
        let mut count = 0u64;
        while let Some(step) = recording.next_step()? {
            analysis.feed(step.at, step.frame);
            while analysis.next_event().is_some() {}
            learn(&mut about, step.frame);
            let number = analysis.session();
            if session.as_ref().is_none_or(|session| session.number != number) {
                let next = Session { number, about: begun(step.at), phase: String::new(), has_rows: false };
                session.replace(next).into_iter().for_each(|ended| ended.end(&mut sessions));
            }
            if let Some(session) = &mut session {
                session.note(step.frame);
                if !session.has_rows && step.physics.is_some() && is_wanted(args, analysis.current_lap_number()) {
                    session.has_rows = true;
                    session.about.unix_s = begun(step.at).unix_s;
                }
            }
            count += 1;
            if count.is_multiple_of(1000) {
                progress.at(step.at);
                ensure!(!stop.is_requested(), "stopped; nothing was written");
            }
        }
        session.into_iter().for_each(|ended| ended.end(&mut sessions));
        Ok(Self { about, axes: analysis.axes(), sessions })
    }
}

/// A session, while it is read.
struct Session {
    number: u32,
    about: About,
    /// The first phase that has a name.
    phase: String,
    has_rows: bool,
}

impl Session {
    fn note(&mut self, frame: &Frame) {
        learn(&mut self.about, frame);
        if self.phase.is_empty() {
            self.phase.push_str(shown_name(frame.graphics.session_phase()));
        }
    }

    fn end(mut self, sessions: &mut BTreeMap<u32, About>) {
        self.about.session = session_name(&self.about.session, &self.phase).to_owned();
        if self.has_rows {
            sessions.insert(self.number, self.about);
        }
    }
}
