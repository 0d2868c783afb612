//! Any bytes can be read as a file of personal bests: the result has plausible laps that survive being written, or an error; a file that
//! cannot be read is never overwritten.
#![no_main]

use std::cell::LazyCell;
use std::fs;

use acevo_telemetry::personal::{CarAndTrack, PersonalBest, PersonalBests, PersonalStore};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

thread_local! {
    static FOLDER: LazyCell<TempDir> = LazyCell::new(|| {
        // A file system in memory, if the system has one.
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        folder.expect("a temporary folder")
    });
}

fuzz_target!(|bytes: &[u8]| {
    let path = FOLDER.with(|folder| folder.path().join("bests.json"));
    fs::write(&path, bytes).expect("a temporary file");
    let store = PersonalStore::new(&path);
    let mut new = PersonalBests::default();
    let car = CarAndTrack { track: "a track".into(), configuration: String::new(), car: "a car".into() };
    assert!(new.offer(car.clone(), PersonalBest { time_ms: 60_000, ..PersonalBest::default() }));
    let Ok(bests) = store.load() else {
        assert!(store.merge(&new).is_err());
        assert_eq!(fs::read(&path).expect("it is still there"), bytes, "the file is unchanged");
        return;
    };
    for (car, best) in bests.iter() {
        assert!(!car.track.is_empty() && best.time_ms > 0);
        best.ideal_ms();
    }
    // Its size may exceed the limit with one more entry.
    let Ok(merged) = store.merge(&new) else { return };
    // A file that is full takes no other car.
    if bests.iter().count() + bests.unreadable() < 1000 {
        assert!(merged.get(&car).is_some_and(|best| best.time_ms <= 60_000));
    }
    let again = store.load().expect("a written file can be read");
    assert_eq!(again.iter().count(), merged.iter().count());
    assert_eq!((again.unreadable(), merged.unreadable()), (bests.unreadable(), bests.unreadable()));
});
