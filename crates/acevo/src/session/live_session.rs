//! Follows a session: polls the connection, analyses packets and publishes snapshots.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use acevo_shared_memory::{ACEvoStatus, Frame as Pages};
use acevo_telemetry::ConnectionEvent;
use acevo_telemetry::analysis::{
    Analysis, Bests, FuelPlanning, Gap, Gaps, Lap, Outline, SessionEvent, Stint, watches_another_car,
};
use acevo_telemetry::field::Standings;

use crate::session::awake::Awake;
use crate::session::connection::LiveConnection;
use crate::session::feeder::{AnalysisFeeder, AnalysisOptions, SourceKind};
use crate::session::field_follower::FieldFollower;
use crate::session::game_log::LogItem;
use crate::session::history::History;
use crate::session::playback::checkpoints::{Checkpoint, Checkpoints};
use crate::session::playback::handle::Restart;
use crate::session::snapshot::{Snapshot, SnapshotCell, SnapshotSource};
use crate::session::status::CONFLICT_ADVICE;

/// Events that are kept, the newest ones.
const MAX_EVENTS: usize = 500;

/// Interval of updates of what changes slowly: outline, stint and gaps.
const SLOW_UPDATE_INTERVAL: Duration = Duration::from_millis(200);

/// Receives every event and every frame of a session, also those between two snapshots.
pub(crate) trait Observer {
    /// Called for each event.
    fn on_event(&mut self, event: &SessionEvent);
    /// Called for each frame after it was analysed, and after [`Self::on_event`] for its events.
    fn on_frame(&mut self, pages: &Pages, analysis: &Analysis);
    /// Called for each event of the game's log.
    fn on_log(&mut self, item: &LogItem) {
        let _ = item;
    }
    /// Called with what each wait for the connection has returned, after the other methods.
    fn on_wait(&mut self, connection: &LiveConnection, event: Option<&ConnectionEvent>) {
        let _ = (connection, event);
    }
    /// Called after a seek in a recording. The session is the same as if the recording had been played from its beginning.
    fn on_seek(&mut self, analysis: &Analysis) {
        let _ = analysis;
    }
    /// Called with a problem of the source that the user has to know, once per problem.
    fn on_problem(&mut self, problem: &str) {
        let _ = problem;
    }
}

/// Ignores everything.
impl Observer for () {
    fn on_event(&mut self, _: &SessionEvent) {}
    fn on_frame(&mut self, _: &Pages, _: &Analysis) {}
}

/// A followed session: connection and analysis.
pub(crate) struct LiveSession {
    connection: LiveConnection,
    feeder: AnalysisFeeder,
    fuel_planning: FuelPlanning,
    source: SourceKind,
    gaps: Gaps,
    field: FieldFollower,
    /// Events since the last snapshot.
    new_events: Vec<SessionEvent>,
    last_slow_update: Option<Instant>,
    stint: Arc<Stint>,
    laps: Arc<[Lap]>,
    events: Arc<VecDeque<SessionEvent>>,
    outline: Arc<Outline>,
    cars: Arc<[Gap]>,
    standings: Arc<Standings>,
    history: History,
    /// The car that the camera follows.
    focused_car: (u64, u64),
    start: Instant,
    awake: Awake,
    /// The analysis of a recording at any time, if it can be controlled.
    checkpoints: Option<Checkpoints>,
    /// The failure of a recording was reported.
    has_failed: bool,
}

impl LiveSession {
    pub(crate) fn new(connection: LiveConnection, options: &AnalysisOptions) -> Self {
        let connection = connection.with_log_of(&options.log);
        let feeder = AnalysisFeeder::new(options);
        let checkpoints = connection.control().map(|(path, handle)| {
            Checkpoints::start(path.clone(), handle.clone(), feeder.analysis.clone(), MAX_EVENTS)
        });
        Self {
            connection,
            feeder,
            fuel_planning: options.fuel,
            source: options.source,
            gaps: Gaps::default(),
            field: match options.source {
                SourceKind::Log => FieldFollower::of_log(),
                _ => FieldFollower::default(),
            },
            new_events: Vec::new(),
            last_slow_update: None,
            stint: Arc::default(),
            laps: Arc::default(),
            events: Arc::default(),
            outline: Arc::default(),
            cars: Arc::default(),
            standings: Arc::default(),
            history: History::default(),
            focused_car: (0, 0),
            start: Instant::now(),
            awake: Awake::default(),
            checkpoints,
            has_failed: false,
        }
    }

    /// Polls and analyses until this instant.
    pub(crate) fn run_until(&mut self, until: Instant) {
        self.run_until_with(until, &mut ());
    }

    /// Polls and analyses until this instant, with an observer.
    pub(crate) fn run_until_with(&mut self, until: Instant, observer: &mut impl Observer) {
        loop {
            if let Some(restart) = self.connection.control().and_then(|(_, handle)| handle.restart()) {
                self.restart(restart, observer);
            }
            let left = until.saturating_duration_since(Instant::now());
            let event = self.connection.wait(left);
            self.feeder.feed(&self.connection, event.as_ref());
            while let Some(event) = self.feeder.analysis.next_event() {
                observer.on_event(&event);
                self.new_events.push(event);
            }
            if let (Some(ConnectionEvent::Packet(_)), Some(pages)) = (&event, self.connection.frame()) {
                self.field.take_packet(self.connection.time(), pages, &self.feeder.analysis);
                observer.on_frame(pages, &self.feeder.analysis);
            }
            if let Some(ConnectionEvent::Conflict(conflict)) = &event {
                observer.on_problem(&format!("{conflict}: {CONFLICT_ADVICE}"));
            }
            if let Some(failure) = self.connection.failure().filter(|_| !self.has_failed) {
                self.has_failed = true;
                observer.on_problem(&format!("the recording cannot be played to its end: {failure}"));
            }
            self.field.take_log(&mut self.connection, |item| observer.on_log(item));
            observer.on_wait(&self.connection, event.as_ref());
            self.update_history(event.as_ref());
            if event.is_none() && left.is_zero() {
                return;
            }
            if Instant::now() >= until {
                return;
            }
        }
    }

    /// Begins again after a seek or a pause in a recording.
    fn restart(&mut self, restart: Restart, observer: &mut impl Observer) {
        if let (Restart::At(time), Some(checkpoints)) = (restart, &self.checkpoints)
            && let Some(Checkpoint { analysis, events, .. }) = checkpoints.at(time)
        {
            self.laps = analysis.laps().iter().cloned().collect();
            self.events = Arc::new(events);
            self.new_events.clear();
            self.history.clear();
            self.last_slow_update = None;
            self.feeder.restore(analysis);
            self.field.restart();
            observer.on_seek(&self.feeder.analysis);
        }
        self.connection.restart(restart);
    }

    /// The connection.
    pub(crate) const fn connection(&self) -> &LiveConnection {
        &self.connection
    }

    fn update_history(&mut self, event: Option<&ConnectionEvent>) {
        match (event, self.connection.frame()) {
            (Some(ConnectionEvent::Attached { .. }), _) => self.history.clear(),
            (Some(ConnectionEvent::Packet(packet)), Some(pages)) if packet.physics.is_some() => {
                let focused = pages.graphics.focused_car_id();
                if std::mem::replace(&mut self.focused_car, focused) != focused {
                    self.history.clear();
                }
                let at = packet.seen.saturating_duration_since(self.start);
                self.history.add(at, pages, &self.feeder.analysis.axes());
            }
            _ => {}
        }
    }

    /// The state now.
    pub(crate) fn snapshot(&mut self, now: Instant) -> Snapshot {
        let pages = self.connection.frame().copied();
        self.awake.keep(self.connection.is_driven() && self.source != SourceKind::Demo);
        self.update_lists();
        self.update_slowly(pages.as_ref(), now);
        let analysis = &self.feeder.analysis;
        let watches_another_car = pages.as_ref().is_some_and(watches_another_car);
        // The menu has no tank.
        let is_in_session = pages.as_ref().is_some_and(|pages| pages.graphics.status() != ACEvoStatus::Off);
        Snapshot {
            connection: self.connection.status(),
            pages,
            health: self.connection.health(now),
            location: self.connection.location().unwrap_or_default(),
            source: self.source,
            axes: analysis.axes(),
            watches_another_car,
            session: analysis.session(),
            lap: analysis.current_lap().filter(|_| !watches_another_car),
            delta: analysis.delta().filter(|_| !watches_another_car),
            fuel: analysis.fuel().copied().filter(|_| is_in_session && !watches_another_car),
            race: analysis.race().copied(),
            fuel_planning: self.fuel_planning,
            stop_plan: analysis.stop_plan(&self.fuel_planning),
            sector_ends: analysis.sector_ends().to_vec(),
            sector_kind: analysis.sector_kind(),
            bests: if watches_another_car { Bests::default() } else { analysis.bests().clone() },
            personal_ms: analysis.personal_best().map(|best| best.time_ms).filter(|_| !watches_another_car),
            stint: Arc::clone(&self.stint),
            laps: Arc::clone(&self.laps),
            events: Arc::clone(&self.events),
            outline: Arc::clone(&self.outline),
            cars: Arc::clone(&self.cars),
            standings: Arc::clone(&self.standings),
            playback: self.connection.control().map(|(_, handle)| handle.state()),
            history: self.history.samples().collect(),
            path: self.history.path(),
        }
    }

    fn update_lists(&mut self) {
        if !self.new_events.is_empty() {
            let events = Arc::make_mut(&mut self.events);
            events.extend(self.new_events.drain(..));
            events.drain(..events.len().saturating_sub(MAX_EVENTS));
        }
        let laps = self.feeder.analysis.laps();
        if laps.back() != self.laps.last() {
            self.laps = laps.iter().cloned().collect();
        }
    }

    fn update_slowly(&mut self, pages: Option<&Pages>, now: Instant) {
        if self.last_slow_update.is_some_and(|last| now.saturating_duration_since(last) < SLOW_UPDATE_INTERVAL) {
            return;
        }
        self.last_slow_update = Some(now);
        let version = |outline: &Outline| (outline.laps(), outline.points().len(), outline.pit_lane().is_some());
        let analysis = &self.feeder.analysis;
        if version(analysis.outline()) != version(&self.outline) {
            self.outline = Arc::new(analysis.outline().clone());
        }
        self.stint = Arc::new(analysis.stints().current().clone());
        if let Some(pages) = pages {
            self.history.add_to_path(pages, &self.outline);
            self.gaps.update(&pages.graphics, &self.outline);
        }
        if let Some(pages) = pages {
            if self.source == SourceKind::Game {
                self.field.follow_track(&self.feeder.analysis, pages);
            }
            self.field.teach(&mut self.feeder.analysis, pages, self.source == SourceKind::Game);
        }
        let standings = self.field.standings();
        if standings != *self.standings {
            self.standings = Arc::new(standings);
        }
        if pages.is_none() || self.gaps.cars() != &*self.cars {
            self.cars = pages.map_or_else(Arc::default, |_| self.gaps.cars().into());
        }
    }
}

impl SnapshotSource for LiveSession {
    fn snapshot_now(&mut self) -> Snapshot {
        self.run_until(Instant::now());
        self.snapshot(Instant::now())
    }

    fn publish_to(mut self, cell: &SnapshotCell, interval: Duration, done: &AtomicBool) {
        let mut next = Instant::now();
        while !done.load(Ordering::Relaxed) {
            next = (next + interval).max(Instant::now());
            self.run_until(next);
            cell.publish(self.snapshot(Instant::now()));
        }
    }
}
