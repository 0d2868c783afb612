//! What there is to see, made for tests: no clock is asked.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use acevo_shared_memory::Frame as Pages;
use acevo_simulator::Options;
use acevo_telemetry::Axes;
use acevo_telemetry::analysis::{Analysis, Bests, Gaps, Settings, watches_another_car};

use super::snapshot::{History, Seen};
use crate::session::demo;
use crate::session::live::{Health, Link};

impl Seen {
    /// Nothing but a connection and pages.
    pub(crate) fn of(link: Link, pages: Option<Pages>) -> Self {
        let health = Health { physics_rate: Some(332.6), graphics_rate: Some(60.0), ..Health::default() };
        Self {
            link,
            health,
            place: "a test".into(),
            demo: false,
            recording: false,
            axes: Axes::default(),
            watches: pages.as_ref().is_some_and(watches_another_car),
            session: 1,
            lap: None,
            delta: None,
            fuel: None,
            bests: Bests::default(),
            personal_ms: None,
            pages,
            stint: Arc::default(),
            laps: Arc::default(),
            events: Arc::default(),
            outline: Arc::default(),
            cars: Arc::default(),
            history: Arc::default(),
            way: Arc::default(),
        }
    }

    /// What there is to see after so much of a simulation.
    pub(crate) fn driven(options: Options, until: Duration) -> Self {
        let mut analysis = Analysis::new(Settings::default());
        let (mut history, mut events, mut pages) = (History::default(), VecDeque::new(), None);
        demo::drive_while(options, |at, frame| {
            analysis.feed(at, frame);
            events.extend(std::iter::from_fn(|| analysis.next_event()));
            history.note(at, frame, &analysis.axes());
            history.note_way(frame, analysis.outline());
            pages = Some(*frame);
            at < until
        });
        let mut gaps = Gaps::default();
        if let Some(pages) = &pages {
            gaps.update(&pages.graphics, analysis.outline());
        }
        Self {
            axes: analysis.axes(),
            session: analysis.session(),
            lap: analysis.current_lap(),
            delta: analysis.delta(),
            fuel: analysis.fuel().copied(),
            bests: analysis.bests().clone(),
            stint: Arc::new(analysis.stints().current().clone()),
            laps: analysis.laps().into(),
            events: Arc::new(events),
            outline: Arc::new(analysis.outline().clone()),
            cars: gaps.cars().into(),
            history: history.samples().collect(),
            way: history.way(),
            ..Self::of(Link::Attached, pages)
        }
    }
}
