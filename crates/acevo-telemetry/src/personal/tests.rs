use std::fs;

use proptest::prelude::*;

use super::bests::*;
use super::*;
use crate::lap_trace::{Trace, TraceRecorder};
use crate::limits::MAX_PERSONAL_BESTS;

fn combination(car: &str) -> CarAndTrack {
    CarAndTrack { track: "Ring".into(), configuration: "Short".into(), car: car.into() }
}

fn lap(time_ms: u32) -> PersonalBest {
    PersonalBest { time_ms, date: 1_700_000_000, game_version: "0.9.1".into(), ..PersonalBest::default() }
}

fn trace(seconds: u32) -> Trace {
    let mut recorder = TraceRecorder::default();
    recorder.begin();
    for frame in 1..1000 {
        recorder.note(f64::from(frame) / 1000.0, f64::from(frame * seconds) / 1000.0);
    }
    recorder.finish(seconds.into()).unwrap()
}

fn bests(laps: &[(&str, u32)]) -> PersonalBests {
    let mut bests = PersonalBests::default();
    for (car, time_ms) in laps {
        bests.offer(combination(car), lap(*time_ms));
    }
    bests
}

/// A store in a directory that does not exist yet.
fn store() -> (tempfile::TempDir, PersonalStore) {
    let directory = tempfile::tempdir().unwrap();
    let store = PersonalStore::new(directory.path().join("new/bests.json"));
    (directory, store)
}

fn with_text(text: impl AsRef<[u8]>) -> (tempfile::TempDir, PersonalStore) {
    let (directory, store) = store();
    fs::create_dir_all(store.path().parent().unwrap()).unwrap();
    fs::write(store.path(), text).unwrap();
    (directory, store)
}

#[test]
fn merge_then_load_returns_the_same() {
    let (_directory, store) = store();
    assert_eq!(store.load().unwrap().iter().count(), 0);
    let mut driven = bests(&[("A", 90_000), ("B", 80_000)]);
    let best = PersonalBest { sectors_ms: vec![40_000, 45_000], trace: Some(trace(85)), ..lap(85_000) };
    assert!(driven.offer(combination("A"), best.clone()));
    store.merge(&driven).unwrap();
    let loaded = store.load().unwrap();
    assert!(loaded.has_same_entries(&driven));
    let kept = loaded.get(&combination("A")).unwrap();
    assert_eq!((kept.time_ms, &kept.trace, kept.ideal_ms()), (85_000, &best.trace, Some(85_000)));
    let names: Vec<_> =
        fs::read_dir(store.path().parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "the file and its lock: {names:?}");
}

#[test]
fn offer_takes_the_trace_of_a_slower_lap_if_there_was_no_trace() {
    let mut bests = PersonalBests::default();
    bests.offer(combination("A"), PersonalBest { trace: Some(trace(90)), ..lap(90_000) });
    bests.offer(combination("A"), lap(80_000));
    bests.offer(combination("A"), PersonalBest { trace: Some(trace(85)), ..lap(85_000) });
    let best = bests.get(&combination("A")).unwrap();
    assert_eq!((best.time_ms, best.trace.as_ref().map(Trace::time)), (80_000, Some(85.0)));
}

#[test]
fn offer_ignores_implausible_laps() {
    let mut bests = PersonalBests::default();
    let long = "x".repeat(101);
    for (car, lap) in [
        ("A", lap(0)),
        ("A", lap(u32::MAX)),
        ("", lap(1)),
        (long.as_str(), lap(1)),
        ("A", PersonalBest { sectors_ms: vec![1; 21], ..lap(1) }),
        ("A", PersonalBest { best_sectors_ms: vec![0], ..lap(1) }),
        ("A", PersonalBest { game_version: long.clone(), ..lap(1) }),
    ] {
        assert!(!bests.offer(combination(car), lap));
    }
    assert_eq!(bests.iter().count(), 0);
}

#[test]
fn merge_never_overwrites_an_unreadable_file() {
    let newer = br#"{"format":"acevo personal bests","version":2,"entries":{"all":"new"}}"#;
    let other = br#"{"format":"else","version":1,"entries":[]}"#;
    for text in [&b""[..], b"garbage", b"[]", b"{}", &[0xff; 100], &b"[".repeat(100_000), newer, other] {
        let (_directory, store) = with_text(text);
        let error = store.merge(&bests(&[("A", 90_000)])).unwrap_err();
        assert_eq!(fs::read(store.path()).unwrap(), text);
        assert_eq!(matches!(error, PersonalError::Newer { version: 2, .. }), text == newer, "{error}");
        let message = error.to_string();
        assert!(message.contains("bests.json") && message.contains("move it away"), "{message}");
    }
    let (_directory, store) = with_text(vec![b' '; (16 << 20) + 1]);
    assert!(matches!(store.load(), Err(PersonalError::TooLarge { .. })));
    let directory = tempfile::tempdir().unwrap();
    let store = PersonalStore::new(directory.path());
    assert!(matches!(store.load(), Err(PersonalError::Io { .. })), "a directory is no file");
}

#[test]
fn load_rejects_truncated_files() {
    let (_directory, store) = store();
    let mut driven = bests(&[("A", 90_000)]);
    driven.offer(combination("B"), PersonalBest { sectors_ms: vec![1, 2], ..lap(80_000) });
    store.merge(&driven).unwrap();
    let text = fs::read(store.path()).unwrap();
    for length in 0..text.len() {
        match file::read(&text[..length]) {
            Ok(read) => {
                assert_eq!(length, text.len() - 1, "all but the newline");
                assert!(read.has_same_entries(&driven));
            }
            Err(error) => assert!(matches!(error, file::Unreadable::Other(_))),
        }
    }
}

#[test]
fn merge_keeps_unreadable_entries() {
    let good = r#"{"track":"Ring","configuration":"Short","car":"A","best":{"time_ms":90000}}"#;
    let broken = [
        r#"{"track":"Ring","car":"B","best":{"time_ms":90000}}"#,
        r#"{"track":"Ring","configuration":"Short","car":"B","best":{"time_ms":-1}}"#,
        r#"{"track":"","configuration":"","car":"B","best":{"time_ms":1}}"#,
        r#"{"track":"Ring","configuration":"Short","car":"B","best":{"time_ms":90000,"trace":[0,1]}}"#,
        r#"[{"from": "another program"}, 1e400]"#,
    ];
    for broken in broken {
        let text = format!(r#"{{"version":1,"entries":[{broken},{good}],"format":"acevo personal bests"}}"#);
        let (_directory, store) = with_text(text);
        let loaded = store.load().unwrap();
        assert_eq!((loaded.iter().count(), loaded.unreadable()), (1, 1), "{broken}");
        store.merge(&bests(&[("C", 70_000)])).unwrap();
        let text = fs::read_to_string(store.path()).unwrap();
        assert!(text.contains(broken), "{text}");
        assert_eq!(store.load().unwrap().iter().count(), 2);
    }
}

#[test]
fn load_limits_the_number_of_entries() {
    let file = |count| {
        let entries = vec!["1"; count].join(",");
        with_text(format!(r#"{{"format":"acevo personal bests","version":1,"entries":[{entries}]}}"#))
    };
    let (_directory, store) = file(MAX_PERSONAL_BESTS);
    assert_eq!(store.load().unwrap().unreadable(), MAX_PERSONAL_BESTS);
    let merged = store.merge(&bests(&[("one more", 60_000)])).unwrap();
    assert_eq!((merged.iter().count(), merged.unreadable()), (0, MAX_PERSONAL_BESTS), "it would not be read again");

    let (_directory, store) = file(MAX_PERSONAL_BESTS + 1);
    let error = store.load().unwrap_err();
    assert!(matches!(error, PersonalError::Broken { .. }) && error.to_string().contains("more than 10000"), "{error}");
    // A file as large as allowed: reading stops early.
    let (_directory, store) = file(8_000_000);
    let memory = allocation_counter::measure(|| assert!(store.load().is_err()));
    assert!(memory.bytes_max < 64 << 20, "{memory:?}");
}

#[test]
fn merge_is_safe_in_parallel() {
    let (_directory, store) = store();
    std::thread::scope(|scope| {
        for program in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..8 {
                    let car = format!("{program}-{number}");
                    store.merge(&bests(&[(&car, 90_000), ("all", 50_000 + program * 10 + number)])).unwrap();
                }
            });
        }
    });
    let loaded = store.load().unwrap();
    assert_eq!(loaded.iter().count(), 33);
    assert_eq!(loaded.get(&combination("all")).unwrap().time_ms, 50_000);
}

#[test]
fn merge_reports_a_lock_that_is_never_released() {
    let (_directory, store) = with_text("");
    fs::remove_file(store.path()).unwrap();
    let lock = fs::File::create(store.path().with_extension("json.lock")).unwrap();
    lock.lock().unwrap();
    assert!(matches!(store.merge(&bests(&[("A", 90_000)])), Err(PersonalError::Busy { .. })));
    assert_eq!(store.load().unwrap().iter().count(), 0, "reading needs no lock");
    drop(lock);
    store.merge(&bests(&[("A", 90_000)])).unwrap();
}

#[test]
fn merge_without_changes_does_not_write() {
    let (_directory, store) = store();
    store.merge(&bests(&[("A", 90_000)])).unwrap();
    // Written by hand, with another layout than this program writes.
    let text = fs::read_to_string(store.path()).unwrap().replace(',', ",\n  ");
    fs::write(store.path(), &text).unwrap();
    store.merge(&bests(&[("A", 95_000)])).unwrap();
    assert_eq!(fs::read_to_string(store.path()).unwrap(), text);
}

#[cfg(unix)]
#[test]
fn merge_keeps_a_symbolic_link() {
    let (directory, store) = with_text("");
    fs::remove_file(store.path()).unwrap();
    let target = directory.path().join("elsewhere.json");
    PersonalStore::new(&target).merge(&bests(&[("A", 90_000)])).unwrap();
    std::os::unix::fs::symlink(&target, store.path()).unwrap();
    store.merge(&bests(&[("A", 80_000)])).unwrap();
    assert!(fs::symlink_metadata(store.path()).unwrap().is_symlink());
    assert_eq!(PersonalStore::new(&target).load().unwrap().get(&combination("A")).unwrap().time_ms, 80_000);
}

/// Any laps with two cars.
fn laps() -> impl Strategy<Value = Vec<(bool, PersonalBest)>> {
    let lap = (1..200u32, prop::collection::vec(1..200u32, 0..4), 0..5u64, any::<Option<bool>>());
    let lap = lap.prop_map(|(time_ms, sectors_ms, date, traced)| PersonalBest {
        time_ms,
        sectors_ms,
        date,
        trace: traced.map(|fast| trace(if fast { 60 } else { 70 })),
        ..PersonalBest::default()
    });
    prop::collection::vec((any::<bool>(), lap), 0..10)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merge_never_makes_a_time_worse(ours in laps(), theirs in laps()) {
        let of = |laps: &[(bool, PersonalBest)]| {
            let mut bests = PersonalBests::default();
            for (car, lap) in laps {
                bests.offer(combination(if *car { "A" } else { "B" }), lap.clone());
            }
            bests
        };
        let (a, b) = (of(&ours), of(&theirs));
        let mut merged = a.clone();
        merged.merge(&b);
        for (combination, before) in a.iter().chain(b.iter()) {
            let after = merged.get(combination).unwrap();
            prop_assert!(after.time_ms <= before.time_ms);
            prop_assert!(after.best_sectors_ms.len() >= before.best_sectors_ms.len());
            if after.best_sectors_ms.len() == before.best_sectors_ms.len() {
                prop_assert!(after.best_sectors_ms.iter().zip(&before.best_sectors_ms).all(|(a, b)| a <= b));
            }
            let time = |best: &PersonalBest| best.trace.as_ref().map_or(f64::INFINITY, Trace::time);
            prop_assert!(time(after) <= time(before));
        }
        let mut again = merged.clone();
        again.merge(&b);
        again.merge(&a);
        prop_assert!(again.has_same_entries(&merged));
        let read = file::read(&file::write(&merged).unwrap()).unwrap();
        prop_assert!(read.has_same_entries(&merged));
    }

    #[test]
    fn load_accepts_or_rejects_any_changed_byte(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = file::write(&bests(&[("A", 90_000), ("B", 80_000)])).unwrap();
        let at = at.index(text.len());
        text[at] = byte;
        if let Ok(read) = file::read(&text) {
            prop_assert!(read.iter().count() + read.unreadable() <= 2);
        }
    }

    #[test]
    fn load_accepts_or_rejects_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(file::read(&bytes).is_err());
    }
}
