//! The snapshot of another process of the same version, as JSON. Lists that the receiver has already are left out.

use std::collections::VecDeque;
use std::sync::Arc;

use acevo_telemetry::analysis::{Lap, Outline, SessionEvent};
use acevo_telemetry::field::Standings;
use serde::{Deserialize, Serialize};

use crate::session::history::Sample;
use crate::session::snapshot::Snapshot;

/// Versions of the lists of a snapshot. They change with the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Versions {
    laps: u32,
    events: u32,
    outline: u32,
    path: u32,
    #[serde(default)]
    standings: u32,
}

/// Counts the versions of the lists of one session.
#[derive(Debug, Clone, Default)]
pub(crate) struct VersionCounter {
    laps: Arc<[Lap]>,
    events: Arc<VecDeque<SessionEvent>>,
    outline: Arc<Outline>,
    path: Arc<Vec<[f32; 2]>>,
    standings: Arc<Standings>,
    versions: Versions,
}

impl VersionCounter {
    /// The versions of the lists of the next snapshot of the session.
    pub(crate) fn count(&mut self, snapshot: &Snapshot) -> Versions {
        fn follow<T: ?Sized>(last: &mut Arc<T>, now: &Arc<T>, version: &mut u32) {
            if *version == 0 || !Arc::ptr_eq(last, now) {
                *last = Arc::clone(now);
                // 0 is the version of a receiver that has nothing.
                *version = version.wrapping_add(1).max(1);
            }
        }
        let versions = &mut self.versions;
        follow(&mut self.laps, &snapshot.laps, &mut versions.laps);
        follow(&mut self.events, &snapshot.events, &mut versions.events);
        follow(&mut self.outline, &snapshot.outline, &mut versions.outline);
        follow(&mut self.path, &snapshot.path, &mut versions.path);
        follow(&mut self.standings, &snapshot.standings, &mut versions.standings);
        *versions
    }
}

/// What a receiver has.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Known {
    versions: Versions,
    /// Time of the last sample.
    last_sample_s: Option<f32>,
}

/// What a receiver does not have.
#[derive(Debug, Serialize)]
struct Sent<'a> {
    snapshot: &'a Snapshot,
    versions: Versions,
    laps: Option<&'a [Lap]>,
    events: Option<&'a VecDeque<SessionEvent>>,
    outline: Option<&'a Outline>,
    path: Option<&'a [[f32; 2]]>,
    standings: Option<&'a Standings>,
    /// Time of the first sample that the receiver keeps; `None` if it keeps none.
    keep_from_s: Option<f32>,
    samples: &'a [Sample],
}

/// [`Sent`] as it arrives.
#[derive(Debug, Deserialize)]
struct Received {
    snapshot: Snapshot,
    versions: Versions,
    laps: Option<Arc<[Lap]>>,
    events: Option<Arc<VecDeque<SessionEvent>>>,
    outline: Option<Arc<Outline>>,
    path: Option<Arc<Vec<[f32; 2]>>>,
    standings: Option<Arc<Standings>>,
    keep_from_s: Option<f32>,
    samples: Vec<Sample>,
}

/// A snapshot with these versions as JSON, without what a receiver has.
pub(crate) fn encode(snapshot: &Snapshot, versions: Versions, known: &Known) -> serde_json::Result<Vec<u8>> {
    let history = &snapshot.history;
    let last = known.last_sample_s.and_then(|last| history.iter().position(|sample| sample.at_s == last));
    serde_json::to_vec(&Sent {
        snapshot,
        versions,
        laps: (versions.laps != known.versions.laps).then_some(&*snapshot.laps),
        events: (versions.events != known.versions.events).then_some(&*snapshot.events),
        outline: (versions.outline != known.versions.outline).then_some(&*snapshot.outline),
        path: (versions.path != known.versions.path).then_some(snapshot.path.as_slice()),
        standings: (versions.standings != known.versions.standings).then_some(&*snapshot.standings),
        keep_from_s: last.map(|_| history[0].at_s),
        samples: &history[last.map_or(0, |last| last + 1)..],
    })
}

/// Puts snapshots together from what arrives.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    last: Option<Snapshot>,
    known: Known,
}

impl Mirror {
    /// What this has already.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// Takes what [`encode`] has made. Returns the complete snapshot.
    ///
    /// # Errors
    /// If it is not that, for example because the other process has another version.
    pub(crate) fn take(&mut self, json: &[u8]) -> serde_json::Result<Snapshot> {
        let Received { mut snapshot, versions, laps, events, outline, path, standings, keep_from_s, samples } =
            serde_json::from_slice(json)?;
        let last = self.last.as_ref();
        snapshot.laps = laps.or_else(|| Some(Arc::clone(&last?.laps))).unwrap_or_default();
        snapshot.events = events.or_else(|| Some(Arc::clone(&last?.events))).unwrap_or_default();
        snapshot.outline = outline.or_else(|| Some(Arc::clone(&last?.outline))).unwrap_or_default();
        snapshot.standings = standings.or_else(|| Some(Arc::clone(&last?.standings))).unwrap_or_default();
        snapshot.path = path.or_else(|| Some(Arc::clone(&last?.path))).unwrap_or_default();
        let kept =
            last.zip(keep_from_s).map(|(last, from)| last.history.iter().filter(move |sample| sample.at_s >= from));
        snapshot.history = kept.into_iter().flatten().copied().chain(samples).collect();
        self.known = Known { versions, last_sample_s: snapshot.history.last().map(|sample| sample.at_s) };
        self.last = Some(snapshot.clone());
        Ok(snapshot)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use acevo_simulator::{Options, Scenario};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::session::status::ConnectionStatus;

    fn driven(scenario: Scenario, seconds: u64) -> Snapshot {
        let mut options = Options::default();
        options.scenario = scenario;
        Snapshot::driven(options, Duration::from_secs(seconds))
    }

    #[test]
    fn take_returns_what_encode_was_given() {
        let (mut counter, mut mirror) = (VersionCounter::default(), Mirror::default());
        let first = Snapshot::of(ConnectionStatus::Absent("no game".into()), None);
        let snapshots =
            [first, driven(Scenario::HotLaps, 200), driven(Scenario::HotLaps, 203), driven(Scenario::Weekend, 900)];
        for snapshot in &snapshots {
            // The second time nothing has changed, and lists are left out.
            for _ in 0..2 {
                let json = encode(snapshot, counter.count(snapshot), mirror.known()).unwrap();
                let mirrored = mirror.take(&json).unwrap();
                let lists = |of: &Snapshot| json!([of.laps, of.events, of.stint, of.lap, of.fuel, of.cars, of.bests]);
                assert_eq!(lists(&mirrored), lists(snapshot));
                assert_eq!(mirrored.standings.cars.len(), snapshot.standings.cars.len());
                assert_eq!((&mirrored.history, mirrored.axes), (&snapshot.history, snapshot.axes));
                // Points of an outline are rounded to centimetres.
                assert_eq!(mirrored.outline.points().len(), snapshot.outline.points().len());
                assert_eq!((mirrored.pages, mirrored.path.len()), (snapshot.pages, snapshot.path.len()));
            }
        }
        let same = encode(&snapshots[3], counter.count(&snapshots[3]), mirror.known()).unwrap();
        let all = encode(&snapshots[3], counter.count(&snapshots[3]), &Known::default()).unwrap();
        assert!(same.len() < 20_000 && all.len() > 2 * same.len(), "{} of {} bytes", same.len(), all.len());
    }

    proptest! {
        #[test]
        fn take_returns_an_error_for_any_other_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Mirror::default().take(&bytes).is_err());
        }
    }
}
