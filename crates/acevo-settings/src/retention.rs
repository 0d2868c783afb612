//! Which recordings may be deleted.

use std::collections::HashMap;
use std::time::Duration;

/// Limits beyond which recordings are deleted. The default deletes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RetentionLimits {
    /// Age after which a recording may be deleted.
    pub max_age: Option<Duration>,
    /// Total bytes of all recordings above which the oldest may be deleted.
    pub max_bytes: Option<u64>,
    /// Free bytes of the disk below which the oldest may be deleted.
    pub min_free_bytes: Option<u64>,
}

impl RetentionLimits {
    /// True if there is a limit.
    pub const fn is_set(&self) -> bool {
        self.max_age.is_some() || self.max_bytes.is_some() || self.min_free_bytes.is_some()
    }
}

/// The best lap of a car on a track in a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestLap {
    /// The track with its configuration, and the car.
    pub car_and_track: (String, String, String),
    /// Time of the fastest lap that counts, milliseconds.
    pub time_ms: u32,
}

/// A recording in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordedFile {
    /// When it ended: time since 1970.
    pub ended: Duration,
    /// Its size.
    pub bytes: u64,
    /// The user has marked it or a moment in it, or has given it a note, a tag or a title.
    pub is_marked: bool,
    /// It is being written.
    pub is_open: bool,
    /// It has to be uploaded, and the store does not have it yet.
    pub is_awaited: bool,
    /// The best lap of each car on each track; empty if no lap counts. `None` if the laps are not known, for example because the file is
    /// damaged: then it is never deleted.
    pub best_laps: Option<Vec<BestLap>>,
}

/// Selects the recordings that the limits allow to delete, as indices into `recordings`, the oldest first. `now` is the time since 1970;
/// `free_bytes` is the free space of the disk, if it is known.
///
/// Never selected are: a recording that is open or marked, one whose laps are not known, and the one with the best lap of a car on a
/// track; of equal laps the one that was driven first is kept. Without limits the result is empty. Recordings are selected until the
/// limits are met or no more may be deleted. A recording from the future, by a wrong clock, has no age.
///
/// A recording that a store does not have yet is selected last, and only if there is not enough free space: without it, the next drive could
/// not be recorded.
///
/// ```
/// use std::time::Duration;
///
/// use acevo_settings::{RecordedFile, RetentionLimits, deletable};
///
/// let day = |days: u64| Duration::from_secs(days * 86_400);
/// let old = RecordedFile { ended: day(1), bytes: 1000, best_laps: Some(vec![]), ..RecordedFile::default() };
/// let marked = RecordedFile { is_marked: true, ..old.clone() };
/// let mut limits = RetentionLimits::default();
/// assert!(deletable(&[old.clone(), marked.clone()], &limits, day(100), None).is_empty());
/// limits.max_age = Some(day(30));
/// assert_eq!(deletable(&[marked, old], &limits, day(100), None), [1]);
/// ```
pub fn deletable(
    recordings: &[RecordedFile],
    limits: &RetentionLimits,
    now: Duration,
    free_bytes: Option<u64>,
) -> Vec<usize> {
    let holders = holders_of_best_laps(recordings);
    let may_go = |index: &usize| {
        let file = &recordings[*index];
        !file.is_open && !file.is_marked && file.best_laps.is_some() && !holders.contains(index)
    };
    let mut oldest: Vec<usize> = (0..recordings.len()).filter(may_go).collect();
    oldest.sort_by_key(|index| (recordings[*index].is_awaited, recordings[*index].ended));
    let mut total = recordings.iter().fold(0_u64, |total, file| total.saturating_add(file.bytes));
    let mut free = free_bytes;
    let mut selected = vec![];
    for index in oldest {
        let file = &recordings[index];
        let is_too_old = limits.max_age.is_some_and(|max| now.saturating_sub(file.ended) > max);
        let are_too_large = limits.max_bytes.is_some_and(|max| total > max);
        let is_too_full = limits.min_free_bytes.zip(free).is_some_and(|(min, free)| free < min);
        if !(is_too_full || !file.is_awaited && (is_too_old || are_too_large)) {
            // The next ones are younger or awaited, and the sizes stay the same.
            continue;
        }
        total = total.saturating_sub(file.bytes);
        free = free.map(|free| free.saturating_add(file.bytes));
        selected.push(index);
    }
    selected
}

/// The recordings that hold the best lap of a car on a track.
fn holders_of_best_laps(recordings: &[RecordedFile]) -> Vec<usize> {
    let mut best: HashMap<_, (u32, Duration, usize)> = HashMap::new();
    for (index, file) in recordings.iter().enumerate() {
        for lap in file.best_laps.iter().flatten() {
            let candidate = (lap.time_ms, file.ended, index);
            best.entry(&lap.car_and_track).and_modify(|held| *held = candidate.min(*held)).or_insert(candidate);
        }
    }
    best.into_values().map(|(_, _, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONE: [usize; 0] = [];

    fn day(days: u64) -> Duration {
        Duration::from_secs(days * 86_400)
    }

    fn lap(car: &str, time_ms: u32) -> BestLap {
        BestLap { car_and_track: ("Monza".into(), String::new(), car.into()), time_ms }
    }

    fn file(ended: u64, bytes: u64, best_laps: &[BestLap]) -> RecordedFile {
        RecordedFile { ended: day(ended), bytes, best_laps: Some(best_laps.to_vec()), ..RecordedFile::default() }
    }

    fn limits(max_age: Option<u64>, max_bytes: Option<u64>, min_free_bytes: Option<u64>) -> RetentionLimits {
        RetentionLimits { max_age: max_age.map(day), max_bytes, min_free_bytes }
    }

    #[test]
    fn nothing_is_deleted_without_limits() {
        let files = [file(1, u64::MAX, &[]), file(2, u64::MAX, &[])];
        assert_eq!(deletable(&files, &RetentionLimits::default(), day(9999), Some(0)), NONE);
    }

    #[test]
    fn age_selects_only_older_recordings() {
        let files = [file(50, 1, &[]), file(10, 1, &[]), file(70, 1, &[]), file(200, 1, &[])];
        assert_eq!(deletable(&files, &limits(Some(30), None, None), day(100), None), [1, 0]);
        assert_eq!(deletable(&files, &limits(Some(30), None, None), day(0), None), NONE);
    }

    #[test]
    fn size_selects_the_oldest_until_the_rest_fits() {
        let files = [file(3, 40, &[]), file(1, 40, &[]), file(2, 40, &[])];
        assert_eq!(deletable(&files, &limits(None, Some(80), None), day(4), None), [1]);
        assert_eq!(deletable(&files, &limits(None, Some(79), None), day(4), None), [1, 2]);
        assert_eq!(deletable(&files, &limits(None, Some(120), None), day(4), None), NONE);
    }

    #[test]
    fn free_space_selects_the_oldest_until_there_is_enough() {
        let files = [file(1, 40, &[]), file(2, 40, &[])];
        assert_eq!(deletable(&files, &limits(None, None, Some(100)), day(4), Some(70)), [0]);
        assert_eq!(deletable(&files, &limits(None, None, Some(100)), day(4), Some(100)), NONE);
        assert_eq!(deletable(&files, &limits(None, None, Some(100)), day(4), None), NONE, "free space is unknown");
    }

    #[test]
    fn best_lap_of_each_car_and_track_is_kept() {
        let files = [
            file(1, 1, &[lap("a", 90_000), lap("b", 80_000)]),
            file(2, 1, &[lap("a", 89_000)]),
            file(3, 1, &[lap("a", 89_000), lap("b", 81_000)]),
            file(4, 1, &[]),
        ];
        // 0 has the best lap of b, 1 that of a; 3 has none.
        assert_eq!(deletable(&files, &limits(Some(1), Some(0), Some(u64::MAX)), day(100), Some(0)), [2, 3]);
    }

    #[test]
    fn marked_open_and_unknown_recordings_are_kept() {
        let old = file(1, 1, &[]);
        let files = [
            RecordedFile { is_marked: true, ..old.clone() },
            RecordedFile { is_open: true, ..old.clone() },
            RecordedFile { best_laps: None, ..old.clone() },
            old,
        ];
        assert_eq!(deletable(&files, &limits(Some(1), Some(0), None), day(100), None), [3]);
    }

    #[test]
    fn awaited_recordings_are_kept_unless_there_is_no_space() {
        let awaited = |ended| RecordedFile { is_awaited: true, ..file(ended, 40, &[]) };
        let files = [awaited(1), file(2, 40, &[]), awaited(3), file(99, 40, &[])];
        assert_eq!(deletable(&files, &limits(Some(30), Some(0), None), day(100), None), [1, 3]);
        assert_eq!(deletable(&files, &limits(Some(30), None, Some(100)), day(100), Some(0)), [1, 3, 0]);
    }

    fn any_file() -> impl Strategy<Value = RecordedFile> {
        let laps =
            prop::option::of(prop::collection::vec(("[ab]", 1_u32..4).prop_map(|(car, time)| lap(&car, time)), 0..3));
        (0_u64..9, any::<u64>(), any::<bool>(), any::<bool>(), any::<bool>(), laps).prop_map(
            |(ended, bytes, is_marked, is_open, is_awaited, best_laps)| RecordedFile {
                ended: day(ended),
                bytes,
                is_marked,
                is_open,
                is_awaited,
                best_laps,
            },
        )
    }

    proptest! {
        #[test]
        fn deletable_keeps_best_laps_and_marked_recordings(
            files in prop::collection::vec(any_file(), 0..12),
            age in prop::option::of(0_u64..9),
            size in prop::option::of(any::<u64>()),
            free in prop::option::of(any::<u64>()),
            now in 0_u64..12,
            available in prop::option::of(any::<u64>()),
        ) {
            let selected = deletable(&files, &limits(age, size, free), day(now), available);
            let kept: Vec<_> = (0..files.len()).filter(|index| !selected.contains(index)).map(|index| &files[index]).collect();
            prop_assert!(selected.iter().all(|index| !files[*index].is_marked && !files[*index].is_open));
            let best = |files: &mut dyn Iterator<Item = &RecordedFile>, car: &str| {
                let laps = files.flat_map(|file| file.best_laps.iter().flatten());
                laps.filter(|lap| lap.car_and_track.2 == car).map(|lap| lap.time_ms).min()
            };
            for car in ["a", "b"] {
                prop_assert_eq!(best(&mut kept.iter().copied(), car), best(&mut files.iter(), car));
            }
        }
    }
}
