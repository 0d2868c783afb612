//! A snapshot of the followed session, and a cell that shares the latest one between threads.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use acevo_shared_memory::Frame as Pages;
use acevo_telemetry::Axes;
use acevo_telemetry::analysis::{
    Bests, CurrentLap, Delta, FuelPlan, FuelPlanning, Gap, Lap, NoStopPlan, Outline, Race, SectorKind, SessionEvent,
    Stint, StopPlan,
};
use acevo_telemetry::field::Standings;
use serde::{Deserialize, Serialize};

use crate::session::connection::Health;
use crate::session::feeder::SourceKind;
use crate::session::history::Sample;
use crate::session::pages_text;
use crate::session::playback::handle::PlaybackState;
use crate::session::status::ConnectionStatus;

/// The state of the followed session at one instant. Long lists are shared, not copied, and not serialized: a [`mirror`](super::mirror) transfers them
/// only if they have changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    /// The state of the connection.
    pub(crate) connection: ConnectionStatus,
    /// The newest pages; `None` without pages, or if they may be those of a game that has ended.
    #[serde(with = "pages_text")]
    pub(crate) pages: Option<Pages>,
    /// Packet rates and counts.
    pub(crate) health: Health,
    /// Human-readable location of the pages; empty if nothing is attached.
    pub(crate) location: String,
    /// What the session is read from.
    pub(crate) source: SourceKind,
    /// Which acceleration axis is which.
    pub(crate) axes: Axes,
    /// The camera follows a car other than the player's. Lap, delta, fuel plan and bests, which are the player's, are empty.
    pub(crate) watches_another_car: bool,
    /// The running session, from 1.
    pub(crate) session: u32,
    /// The running lap.
    pub(crate) lap: Option<CurrentLap>,
    /// The delta to the reference lap.
    pub(crate) delta: Option<Delta>,
    /// The fuel plan; `None` in the menu.
    pub(crate) fuel: Option<FuelPlan>,
    /// The rest of the race; `None` if its end is unknown.
    pub(crate) race: Option<Race>,
    /// How stops for fuel are planned.
    pub(crate) fuel_planning: FuelPlanning,
    /// The stops for fuel; meaningful only if `fuel` is not `None`.
    pub(crate) stop_plan: Result<StopPlan, NoStopPlan>,
    /// The ends of all sectors of the running lap but the last, as lap positions.
    pub(crate) sector_ends: Vec<f64>,
    /// Where these sectors come from.
    pub(crate) sector_kind: SectorKind,
    /// The best lap and sectors of the session.
    pub(crate) bests: Bests,
    /// The personal best with this car on this track, in milliseconds.
    pub(crate) personal_ms: Option<u32>,
    /// The running stint.
    pub(crate) stint: Arc<Stint>,
    /// All laps since the program started, in the order in which they ended.
    #[serde(skip)]
    pub(crate) laps: Arc<[Lap]>,
    /// The newest events, oldest first.
    #[serde(skip)]
    pub(crate) events: Arc<VecDeque<SessionEvent>>,
    /// The outline of the track.
    #[serde(skip)]
    pub(crate) outline: Arc<Outline>,
    /// The other cars along the track, the one furthest ahead first.
    pub(crate) cars: Arc<[Gap]>,
    /// The order of all cars.
    #[serde(skip)]
    pub(crate) standings: Arc<Standings>,
    /// The recording that is played, if it can be controlled.
    #[serde(skip)]
    pub(crate) playback: Option<PlaybackState>,
    /// The last ten seconds, oldest first.
    #[serde(skip)]
    pub(crate) history: Arc<[Sample]>,
    /// The path of the car, X and Z in metres; empty once there is an outline.
    #[serde(skip)]
    pub(crate) path: Arc<Vec<[f32; 2]>>,
}

impl Snapshot {
    /// Names of the track and its layout as the game has them; empty if they are unknown.
    pub(crate) fn track_names(&self) -> (&str, &str) {
        let session = self.pages.as_ref().map(|pages| &pages.static_data);
        session.map(|session| (session.track(), session.track_configuration())).unwrap_or_default()
    }
}

/// A source of snapshots.
pub(crate) trait SnapshotSource: Send {
    /// The state now.
    fn snapshot_now(&mut self) -> Snapshot;

    /// Follows the session in this thread until `done`, and publishes a snapshot each `interval`.
    fn publish_to(self, cell: &SnapshotCell, interval: Duration, done: &AtomicBool);
}

/// The latest snapshot, shared between threads.
#[derive(Debug, Clone)]
pub(crate) struct SnapshotCell(Arc<Mutex<Snapshot>>);

impl SnapshotCell {
    /// A cell with this snapshot.
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        Self(Arc::new(Mutex::new(snapshot)))
    }

    /// Replaces the snapshot.
    pub(crate) fn publish(&self, snapshot: Snapshot) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    /// A copy of the latest snapshot.
    pub(crate) fn latest(&self) -> Snapshot {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
