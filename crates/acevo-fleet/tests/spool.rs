//! The spool: nothing is lost, invented or reordered, whenever the process ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use acevo_fleet::{Spool, SpoolError, SpoolLimits};
use proptest::prelude::*;

fn open(folder: &Path) -> Spool {
    Spool::open(folder, SpoolLimits::default()).unwrap()
}

fn texts(spool: &Spool) -> Vec<String> {
    let numbers = std::iter::successors(spool.next_after(0), |number| spool.next_after(*number));
    numbers.map(|number| spool.read(number).unwrap().text).collect()
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "spool")).collect();
    segments.sort();
    segments
}

#[test]
fn spool_keeps_entries_and_acknowledgements_after_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    let numbers: Vec<_> = (0..5).map(|at| spool.push("lap", &format!("{{\"n\":{at}}}")).unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    spool.acknowledge(1);
    spool.acknowledge(2);
    // Not the oldest: it comes back.
    spool.acknowledge(4);
    assert_eq!(texts(&spool), ["{\"n\":2}", "{\"n\":4}"]);
    spool.sync().unwrap();
    drop(spool);
    let mut spool = open(folder.path());
    assert_eq!(texts(&spool), ["{\"n\":2}", "{\"n\":3}", "{\"n\":4}"]);
    assert_eq!(spool.push("event", "{}").unwrap(), 6);
    (1..=6).for_each(|number| spool.acknowledge(number));
    spool.sync().unwrap();
    assert!(spool.is_empty() && segments(folder.path()).is_empty());
    drop(spool);
    assert_eq!(open(folder.path()).push("event", "{}").unwrap(), 7, "numbers are never used again");
}

#[test]
fn spool_without_a_sync_returns_acknowledged_entries_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    spool.push("lap", "{}").unwrap();
    spool.acknowledge(1);
    drop(spool);
    assert_eq!(texts(&open(folder.path())), ["{}"]);
}

#[test]
fn spool_drops_and_counts_the_oldest_entries_beyond_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 1 << 20;
    let mut spool = Spool::open(folder.path(), limits).unwrap();
    let text = "x".repeat(5_000);
    for _ in 0..1_000 {
        spool.push("lap", &text).unwrap();
        let on_disk: u64 = segments(folder.path()).iter().map(|path| path.metadata().unwrap().len()).sum();
        assert!(on_disk <= limits.max_bytes && on_disk == spool.bytes());
    }
    assert_eq!(spool.dropped() + spool.len() as u64, 1_000);
    assert!(spool.len() > 150, "{}", spool.len());
    let oldest = spool.next_after(0).unwrap();
    assert_eq!(oldest, spool.dropped() + 1);
    assert!(matches!(spool.push("lap", &"x".repeat(200_000)), Err(SpoolError::TooLarge(_))));
}

#[test]
fn spool_drops_and_counts_entries_that_are_too_old() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    spool.push("lap", "{}").unwrap();
    spool.expire(SystemTime::now() + Duration::from_secs(13 * 86_400));
    assert_eq!((spool.len(), spool.dropped()), (1, 0));
    spool.expire(SystemTime::now() + Duration::from_secs(15 * 86_400));
    assert_eq!((spool.len(), spool.dropped()), (0, 1));
}

#[test]
fn spool_with_extreme_numbers_goes_on_and_keeps_files_that_are_not_its_own() {
    for (name, position) in
        [("18446744073709551615.spool", "18446744073709551615"), ("0000000001.spool", "9223372036854775806")]
    {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), "not a line\n").unwrap();
        fs::write(folder.path().join("position"), format!("{position}\n")).unwrap();
        let mut spool = open(folder.path());
        assert_eq!(spool.push("lap", "{}").unwrap(), 1);
        assert_eq!(texts(&spool), ["{}"]);
    }
}

/// Makes the next segment impossible to create: its name is that of a folder.
fn block(folder: &Path, id: u64) -> PathBuf {
    let path = folder.join(format!("{id:010}.spool"));
    fs::create_dir(&path).unwrap();
    path
}

#[test]
fn spool_that_cannot_be_written_keeps_entries_in_memory_and_writes_them_later_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    let blocked = block(folder.path(), 1);
    let numbers: Vec<_> = (0..4).map(|at| spool.push("lap", &format!("{at}")).unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert!(spool.sync().unwrap_err().to_string().contains("cannot use the spool"));
    assert_eq!((texts(&spool), spool.bytes()), (["0", "1", "2", "3"].map(str::to_owned).to_vec(), 0));
    spool.acknowledge(1);
    spool.acknowledge(3);
    assert_eq!((spool.len(), spool.dropped()), (2, 0));
    fs::remove_dir(blocked).unwrap();
    spool.sync().unwrap();
    spool.push("lap", "4").unwrap();
    assert_eq!(texts(&spool), ["1", "3", "4"]);
    drop(spool);
    let spool = open(folder.path());
    assert_eq!(texts(&spool), ["1", "2", "3", "4"], "only the position is stored");
}

#[test]
fn entries_in_memory_have_a_limit_and_the_oldest_are_dropped_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(folder.path());
    let blocked = block(folder.path(), 1);
    let text = "x".repeat(90_000);
    let count = 200;
    for _ in 0..count {
        spool.push("lap", &text).unwrap();
    }
    spool.sync().unwrap_err();
    let left = spool.len() as u64;
    assert!((50..=95).contains(&left) && spool.dropped() == count - left, "{left}");
    assert_eq!(spool.next_after(0), Some(count - left + 1));
    fs::remove_dir(blocked).unwrap();
    spool.sync().unwrap();
    assert_eq!((spool.len() as u64, spool.read(count).unwrap().text), (left, text));
}

#[test]
fn spool_is_used_by_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let _spool = open(folder.path());
    let second = Spool::open(folder.path(), SpoolLimits::default());
    assert!(matches!(second, Err(SpoolError::InUse(_))), "{second:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spool_cut_at_any_byte_keeps_all_complete_entries(count in 1usize..30, cut: prop::sample::Index) {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = open(folder.path());
        let all: Vec<_> = (0..count).map(|at| format!("{{\"n\":{at}}}")).collect();
        let mut ends = vec![];
        for text in &all {
            spool.push("lap", text).unwrap();
            ends.push(spool.bytes());
        }
        drop(spool);
        let file = &segments(folder.path())[0];
        let bytes = fs::read(file).unwrap();
        let cut = cut.index(bytes.len() + 1);
        fs::write(file, &bytes[..cut]).unwrap();
        let mut spool = open(folder.path());
        let complete = ends.iter().filter(|end| **end <= cut as u64).count();
        prop_assert_eq!(texts(&spool), &all[..complete]);
        // What is pushed then is not damaged by the rest of a line.
        spool.push("lap", "new").unwrap();
        spool.push("lap", "newer").unwrap();
        drop(spool);
        let mut expected = all[..complete].to_vec();
        expected.extend(["new".to_owned(), "newer".to_owned()]);
        prop_assert_eq!(texts(&open(folder.path())), expected);
    }

    #[test]
    fn spool_with_any_damage_returns_only_what_was_pushed_in_order(
        count in 1usize..20, at: prop::sample::Index, damage in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = open(folder.path());
        for at in 0..count {
            spool.push("lap", &format!("{at:04}")).unwrap();
        }
        drop(spool);
        let file = &segments(folder.path())[0];
        let mut bytes = fs::read(file).unwrap();
        let at = at.index(bytes.len());
        let end = (at + damage.len()).min(bytes.len());
        bytes[at..end].copy_from_slice(&damage[..end - at]);
        fs::write(file, &bytes).unwrap();
        let spool = open(folder.path());
        let kept = texts(&spool);
        prop_assert!(kept.is_sorted() && kept.iter().all(|text| text.parse::<usize>().is_ok_and(|at| at < count)));
        prop_assert!(kept.len() + spool.damaged() as usize + 1 >= count || !kept.is_empty() || count <= 3);
    }

    #[test]
    fn spool_with_any_files_opens_or_returns_an_error(segment: Vec<u8>, position: Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("0000000001.spool"), segment).unwrap();
        fs::write(folder.path().join("position"), position).unwrap();
        if let Ok(mut spool) = Spool::open(folder.path(), SpoolLimits::default()) {
            let number = spool.push("lap", "{}").unwrap();
            prop_assert_eq!(spool.read(number).unwrap().text, "{}");
        }
    }
}
