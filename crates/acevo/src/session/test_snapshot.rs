//! Snapshots for tests. They depend on no clock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use acevo_shared_memory::Frame as Pages;
use acevo_simulator::Options;
use acevo_telemetry::Axes;
use acevo_telemetry::analysis::{
    Analysis, Bests, FuelPlanning, Gaps, NoStopPlan, SectorKind, Settings, watches_another_car,
};
use acevo_telemetry::field::Field;

use crate::session::connection::Health;
use crate::session::demo;
use crate::session::feeder::SourceKind;
use crate::session::history::History;
use crate::session::snapshot::Snapshot;
use crate::session::status::ConnectionStatus;

impl Snapshot {
    /// A snapshot of a connection and pages only.
    pub(crate) fn of(connection: ConnectionStatus, pages: Option<Pages>) -> Self {
        let health = Health { physics_rate: Some(332.6), graphics_rate: Some(60.0), ..Health::default() };
        Self {
            connection,
            health,
            location: "a test".into(),
            source: SourceKind::Game,
            axes: Axes::default(),
            watches_another_car: pages.as_ref().is_some_and(watches_another_car),
            session: 1,
            lap: None,
            delta: None,
            fuel: None,
            race: None,
            fuel_planning: FuelPlanning::default(),
            stop_plan: Err(NoStopPlan::UnknownEnd),
            sector_ends: vec![1.0 / 3.0, 2.0 / 3.0],
            sector_kind: SectorKind::Thirds,
            bests: Bests::default(),
            personal_ms: None,
            pages,
            stint: Arc::default(),
            laps: Arc::default(),
            events: Arc::default(),
            outline: Arc::default(),
            cars: Arc::default(),
            standings: Arc::default(),
            playback: None,
            history: Arc::default(),
            path: Arc::default(),
        }
    }

    /// The snapshot after this time of a simulation.
    pub(crate) fn driven(options: Options, until: Duration) -> Self {
        let mut analysis = Analysis::new(Settings::default());
        let mut field = Field::new();
        let (mut history, mut events, mut pages) = (History::default(), VecDeque::new(), None);
        demo::drive_while(options, |at, frame| {
            analysis.feed(at, frame);
            events.extend(std::iter::from_fn(|| analysis.next_event()));
            field.feed(at, frame, &analysis);
            history.add(at, frame, &analysis.axes());
            history.add_to_path(frame, analysis.outline());
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
            race: analysis.race().copied(),
            stop_plan: analysis.stop_plan(&FuelPlanning::default()),
            sector_ends: analysis.sector_ends().to_vec(),
            sector_kind: analysis.sector_kind(),
            bests: analysis.bests().clone(),
            stint: Arc::new(analysis.stints().current().clone()),
            laps: analysis.laps().iter().cloned().collect(),
            events: Arc::new(events),
            outline: Arc::new(analysis.outline().clone()),
            cars: gaps.cars().into(),
            standings: Arc::new(field.standings()),
            history: history.samples().collect(),
            path: history.path(),
            ..Self::of(ConnectionStatus::Attached, pages)
        }
    }
}
