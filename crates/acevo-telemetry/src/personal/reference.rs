//! Reference laps that the user has chosen, and their files.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

use acevo_files::{PendingFile, read_limited};
use serde::{Deserialize, Serialize};

use super::CarAndTrack;
use crate::analysis::TraceRecorder;
use crate::lap_trace::Trace;
use crate::limits;
use crate::traces::LapTraces;

/// Maximum size of a file, bytes. A trace takes about 10 kB.
const MAX_BYTES: u64 = 256 * 1024;

/// A lap with a car on a track that later laps are compared with. The file is JSON, and can be shared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReferenceLap {
    /// The car and the track.
    #[serde(flatten)]
    pub car_and_track: CarAndTrack,
    /// Lap time, milliseconds.
    pub time_ms: u32,
    /// Where the lap comes from, as text for users; may be empty.
    #[serde(default)]
    pub source: String,
    /// Time at each lap position.
    pub trace: Trace,
}

impl ReferenceLap {
    /// The reference lap of a lap that was sampled; `None` if it was not driven from line to line without large gaps, has no time, or if the names
    /// of car and track are unknown.
    pub fn of(lap: &LapTraces, car_and_track: CarAndTrack, source: impl Into<String>) -> Option<Self> {
        let time_ms = lap.time_ms?;
        let mut recorder = TraceRecorder::default();
        recorder.begin();
        let times = lap.trace("lap_time")?;
        for (position, elapsed) in lap.positions.iter().zip(&times.values).filter(|(position, _)| **position < 1.0) {
            recorder.note(*position, *elapsed);
        }
        let trace = recorder.finish(f64::from(time_ms) / 1000.0)?;
        let reference = Self { car_and_track, time_ms, source: source.into(), trace };
        reference.is_possible().then_some(reference)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, or is not such a file.
    pub fn load(path: &Path) -> io::Result<Self> {
        let reference: Self = serde_json::from_slice(&read_limited(path, MAX_BYTES)?)?;
        if reference.is_possible() {
            return Ok(reference);
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the names of car and track, the lap time or the source are impossible",
        ))
    }

    /// Writes the file, all of it or nothing. Folders are created.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        let mut file = PendingFile::create(path)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.replace()
    }

    fn is_possible(&self) -> bool {
        self.car_and_track.is_possible()
            && (1..=limits::MAX_LAP_MS).contains(&self.time_ms)
            && self.source.len() <= MAX_SOURCE_BYTES
    }
}

/// Maximum length of the name of the source, bytes.
const MAX_SOURCE_BYTES: usize = 1000;

/// Reference laps, one for each car and track.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReferenceLaps(BTreeMap<CarAndTrack, Trace>);

impl ReferenceLaps {
    /// Adds a reference lap. It replaces that of the same car and track.
    pub fn insert(&mut self, lap: ReferenceLap) {
        self.0.insert(lap.car_and_track, lap.trace);
    }

    /// Removes the reference lap of a car on a track.
    pub fn remove(&mut self, car_and_track: &CarAndTrack) {
        self.0.remove(car_and_track);
    }

    /// The trace of the reference lap with this car on this track.
    pub fn get(&self, car_and_track: &CarAndTrack) -> Option<&Trace> {
        self.0.get(car_and_track)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::channel;
    use crate::traces;

    fn lap(time_s: f64) -> LapTraces {
        let positions: Vec<f64> = (0..=1500).map(|sample| f64::from(sample) / 1500.0).collect();
        let values = positions.iter().map(|position| position * time_s).collect();
        let traces = vec![traces::Trace { channel: channel("lap_time").unwrap(), values }];
        LapTraces { time_ms: Some((time_s * 1000.0) as u32), positions, traces, ..LapTraces::default() }
    }

    fn car() -> CarAndTrack {
        CarAndTrack { track: "Ring".into(), configuration: "GP".into(), car: "Car".into() }
    }

    #[test]
    fn load_returns_what_save_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("references").join("a.json");
        let reference = ReferenceLap::of(&lap(90.0), car(), "lap 3 of friend").unwrap();
        assert!((reference.trace.time_at(0.5) - 45.0).abs() < 0.001);
        reference.save(&path).unwrap();
        assert_eq!(ReferenceLap::load(&path).unwrap(), reference);
        let mut laps = ReferenceLaps::default();
        laps.insert(reference.clone());
        assert_eq!((laps.get(&car()), laps.get(&CarAndTrack::default())), (Some(&reference.trace), None));
        laps.remove(&car());
        assert_eq!(laps.get(&car()), None);
    }

    #[test]
    fn of_refuses_laps_with_gaps_and_without_names() {
        let mut broken = lap(90.0);
        broken.positions.drain(300..500);
        broken.traces[0].values.drain(300..500);
        assert_eq!(ReferenceLap::of(&broken, car(), ""), None);
        assert_eq!(ReferenceLap::of(&lap(90.0), CarAndTrack::default(), ""), None);
        assert_eq!(ReferenceLap::of(&LapTraces { time_ms: None, ..lap(90.0) }, car(), ""), None);
    }

    proptest! {
        #[test]
        fn load_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.json");
            std::fs::write(&path, bytes).unwrap();
            prop_assert!(ReferenceLap::load(&path).is_err());
        }
    }
}
