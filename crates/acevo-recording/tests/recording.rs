//! Recorded data is read back unchanged.

use std::io::Cursor;
use std::time::Duration;

use acevo_recording::{
    Compression, Description, Mark, Marked, Record, Recording, RecordingError, RecordingItem, RecordingWriter, Ring,
};
use acevo_shared_memory::{Page, PageKind};
use acevo_simulator::{Scenario, Simulator};
use acevo_testkit::pages::{Kept, drive, read_all, recorded};
use proptest::prelude::*;

fn any_record() -> impl Strategy<Value = Kept> {
    let page = prop_oneof![Just(PageKind::Physics), Just(PageKind::Graphics), Just(PageKind::Static)];
    // Sizes change sometimes. Times increase by nothing, a little or a lot.
    let bytes = prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 40..41),
        1 => prop::collection::vec(any::<u8>(), 1..90),
    ];
    let step = prop_oneof![Just(0), 0..4000_u64, 0..3_000_000_u64, Just(1 << 40)];
    let missed = prop_oneof![Just(0), Just(1), any::<u32>()];
    (page, bytes, step, any::<u32>(), any::<[bool; 3]>(), missed).prop_map(
        |(page, bytes, step, uncertainty, [settled, restarted, carried], missed)| Kept {
            page,
            at: Duration::from_micros(step),
            uncertainty: Duration::from_micros(uncertainty.into()),
            settled,
            restarted,
            carried,
            missed,
            bytes,
        },
    )
}

/// Adds up the steps to times, and sorts records of the same time in the order in which they are read.
fn in_order(mut records: Vec<Kept>) -> Vec<Kept> {
    let mut at = Duration::ZERO;
    for record in &mut records {
        at += record.at;
        record.at = at;
    }
    records.sort_by_key(|record| (record.at, std::cmp::Reverse(record.page)));
    records
}

proptest! {
    #[test]
    fn any_records_are_read_back(records in prop::collection::vec(any_record(), 0..150), flush in any::<u8>()) {
        let records = in_order(records);
        let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
        for (number, record) in records.iter().enumerate() {
            writer.record(&record.lend()).unwrap();
            if number % 256 == usize::from(flush) {
                writer.flush().unwrap();
            }
        }
        let (file, progress) = writer.finish().unwrap();
        prop_assert_eq!(progress.records.total(), records.len() as u64);
        // With and without the index.
        for file in [&file[..], acevo_testkit::pages::without_index(&file)] {
            let mut recording = Recording::from_input(Cursor::new(file)).unwrap();
            let read = read_all(&mut recording).records;
            // A flush may separate records of the same time.
            prop_assert_eq!(by_page(&read), by_page(&records));
        }
    }

    #[test]
    fn seek_finds_any_record(records in prop::collection::vec(any_record(), 1..100), index in any::<prop::sample::Index>(), early in 0..2_u64) {
        let records = in_order(records);
        let file = recorded(&records);
        let mut recording = Recording::from_input(Cursor::new(&file[..])).unwrap();
        let at = records[index.index(records.len())].at.saturating_sub(Duration::from_micros(early));
        recording.seek(at).unwrap();
        for page in PageKind::ALL {
            let newest = records.iter().rfind(|record| record.page == page && record.at < at);
            prop_assert_eq!(recording.opening(page).map(Kept::new), newest.cloned());
        }
        let rest: Vec<Kept> = records.iter().filter(|record| record.at >= at).cloned().collect();
        let read = acevo_testkit::pages::rest(&mut recording).records;
        prop_assert_eq!(by_page(&read), by_page(&rest));
    }
}

/// Groups records by page: the order of two pages of the same time does not matter.
fn by_page(records: &[Kept]) -> [Vec<&Kept>; 3] {
    PageKind::ALL.map(|page| records.iter().filter(|record| record.page == page).collect())
}

#[test]
fn every_byte_of_every_scenario_is_read_back() {
    for scenario in [Scenario::Race, Scenario::Pits, Scenario::Menu] {
        let records = drive(scenario, 20);
        let ways = [
            Compression::Lz4,
            #[cfg(feature = "zstd")]
            Compression::Zstd,
        ];
        for compression in ways {
            let writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
            let mut writer = writer.with_compression(compression);
            records.iter().for_each(|record| writer.record(&record.lend()).unwrap());
            let (file, _) = writer.finish().unwrap();
            let mut recording = Recording::from_input(Cursor::new(&file[..])).unwrap();
            let all = read_all(&mut recording);
            assert!(all.damage.is_empty() && all.marks.is_empty());
            assert_eq!(by_page(&all.records), by_page(&records), "{scenario}");
            let info = recording.info();
            assert!(info.finished && info.damaged == 0 && info.bytes == file.len() as u64);
            assert_eq!(info.records.total(), records.len() as u64);
            assert_eq!((info.start, info.end), (records[0].at, records.last().unwrap().at));
            assert_eq!(recording.check().unwrap(), []);
        }
    }
}

/// Frames have the pages of the simulator at each time.
#[test]
fn next_step_returns_the_frames_of_the_drive() {
    let file = recorded(&drive(Scenario::Race, 15));
    let mut recording = Recording::from_input(Cursor::new(&file[..])).unwrap();
    let mut simulator = Simulator::new(acevo_testkit::pages::options(Scenario::Race));
    let mut steps = 0;
    while let Some(step) = recording.next_step().unwrap() {
        while acevo_testkit::pages::time(&simulator) < step.at {
            simulator.step();
        }
        assert_eq!(step.frame.physics.raw().as_bytes(), simulator.physics().as_bytes());
        assert_eq!(step.frame.graphics.raw().as_bytes(), simulator.graphics().as_bytes());
        assert_eq!(step.frame.static_data.raw().as_bytes(), simulator.static_data().as_bytes());
        assert!(step.physics.is_some() || step.graphics.is_some() || step.static_data.is_some());
        assert!(!step.after_damage && step.frame.is_settled());
        steps += 1;
    }
    assert!(steps > 333 * 10, "{steps}");
    // After `seek` the frame is complete at once, though the static page was written at the beginning.
    for second in [14, 3, 9] {
        recording.seek(Duration::from_secs(second)).unwrap();
        let step = recording.next_step().unwrap().unwrap();
        assert!(step.at >= Duration::from_secs(second) && step.at < Duration::from_millis(second * 1000 + 20));
        let mut again = Simulator::new(acevo_testkit::pages::options(Scenario::Race));
        while acevo_testkit::pages::time(&again) < step.at {
            again.step();
        }
        assert_eq!(step.frame.graphics.raw().as_bytes(), again.graphics().as_bytes());
        assert_eq!(step.frame.static_data.raw().as_bytes(), again.static_data().as_bytes());
        assert!(!again.static_data().sm_version.as_str().is_empty());
    }
    recording.seek(Duration::MAX).unwrap();
    assert!(recording.next_step().unwrap().is_none());
    assert_eq!(recording.frame().static_data.track(), "Valdombra");
}

#[test]
fn marks_are_returned_in_time_order_and_without_reading_a_page() {
    let second = Duration::from_secs;
    let marks = [
        Mark::new(second(0), Marked::Attached { place: "here".into(), game_version: "0.9.1".into() }),
        Mark::new(second(2), Marked::Lap { session: 1, number: 3, time_ms: Some(91_034), counts: true }),
        Mark::new(second(2), Marked::Note { text: "a \"quoted\" ü".into() }),
        Mark::new(second(9), Marked::Detached { reason: "it has ended".into() }),
    ];
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    // The mark of a lap is written some time after the lap has ended.
    for ms in 0..4000 {
        writer.record(&Record::new(PageKind::Physics, Duration::from_millis(ms), &[1; 8])).unwrap();
        if ms == 3500 {
            marks.iter().for_each(|mark| writer.mark(mark).unwrap());
        }
    }
    let (file, _) = writer.finish().unwrap();
    for file in [&file[..], acevo_testkit::pages::without_index(&file)] {
        let mut recording = Recording::from_input(Cursor::new(file)).unwrap();
        assert_eq!(recording.marks(), marks);
        assert_eq!(recording.info().laps, 1);
        let mut before = Vec::new();
        let mut records = 0;
        while let Some(item) = recording.next_item().unwrap() {
            match item {
                RecordingItem::Record(_) => records += 1,
                RecordingItem::Mark(mark) => {
                    assert_eq!(*mark, marks[before.len()]);
                    before.push(records);
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(before, [0, 2000, 2000, 4000]);
        recording.seek(second(3)).unwrap();
        assert_eq!(acevo_testkit::pages::rest(&mut recording).marks, marks[3..]);
    }
}

#[test]
fn marks_of_newer_versions_are_read_as_unknown() {
    let mark: Mark = serde_json::from_str(r#"{"at_us":5,"kind":"weather","rain":0.5,"more":{"a":[1]}}"#).unwrap();
    assert_eq!(mark, Mark::new(Duration::from_micros(5), Marked::Unknown));
    let lost: Mark = serde_json::from_str(r#"{"at_us":5,"kind":"lost","to_us":9,"records":{"physics":3}}"#).unwrap();
    let Marked::Lost { to, records } = lost.what else { panic!("{lost:?}") };
    assert_eq!((to, records.unwrap().physics), (Duration::from_micros(9), 3));
}

#[test]
fn record_corrects_times_that_go_back_or_are_too_large() {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    for at in [Duration::from_secs(5), Duration::from_secs(3), Duration::MAX, Duration::ZERO] {
        writer.record(&Record::new(PageKind::Physics, at, &[1; 8])).unwrap();
    }
    let (file, _) = writer.finish().unwrap();
    let mut recording = Recording::from_input(Cursor::new(&file[..])).unwrap();
    let times: Vec<Duration> = read_all(&mut recording).records.iter().map(|record| record.at).collect();
    let longest = Duration::from_micros(u64::MAX);
    assert_eq!(times, [Duration::from_secs(5), Duration::from_secs(5), longest, longest]);
}

#[test]
fn record_refuses_impossible_page_sizes() {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    for size in [0, 65_536] {
        let bytes = vec![0; size];
        let error = writer.record(&Record::new(PageKind::Static, Duration::ZERO, &bytes)).unwrap_err();
        assert!(matches!(error, RecordingError::PageSize { .. }) && error.to_string().contains(&size.to_string()));
    }
    assert_eq!(writer.progress().records.total(), 0);
}

#[test]
fn create_never_overwrites_and_open_refuses_newer_versions() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.acevo");
    let writer = RecordingWriter::create(&path, &Description::new("test 1.2")).unwrap();
    drop(writer);
    let recording = Recording::open(&path).unwrap();
    let description = recording.description().unwrap();
    assert_eq!((description.program.as_str(), description.page_sizes.graphics), ("test 1.2", 4900));
    assert!(description.wall_clock(Duration::from_secs(1)).unwrap() > std::time::UNIX_EPOCH);
    assert!(recording.info().finished, "dropping it has finished it");
    let before = std::fs::read(&path).unwrap();
    assert!(RecordingWriter::create(&path, &Description::new("other")).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let mut newer = before;
    newer[8] = 3;
    let crc = crc32fast::hash(&newer[..28]);
    newer[28..32].copy_from_slice(&crc.to_le_bytes());
    let error = Recording::from_input(Cursor::new(&newer[..])).unwrap_err();
    assert!(matches!(error, RecordingError::NewerVersion { found: 3, known: 2 }), "{error}");
    for text in [&b""[..], b"not a recording", &[0; 100_000]] {
        let error = Recording::from_input(Cursor::new(text)).unwrap_err();
        assert!(matches!(error, RecordingError::NotARecording), "{error}");
    }
}

#[test]
fn ring_keeps_the_last_seconds_with_complete_frames() {
    let records = drive(Scenario::Race, 20);
    let mut ring = Ring::new(Duration::from_secs(5));
    let mut largest = 0;
    for record in &records {
        ring.record(&record.lend()).unwrap();
        largest = largest.max(ring.bytes());
    }
    ring.mark(&Mark::new(records.last().unwrap().at, Marked::Note { text: "there".into() }));
    let moment = ring.snapshot();
    // Recording continues while the snapshot is written.
    ring.record(&records.last().unwrap().lend()).unwrap();
    let (file, progress) = moment.write(Vec::new(), &Description::new("test")).unwrap();
    assert!(largest < 2_000_000, "{largest}");
    for file in [&file[..], acevo_testkit::pages::without_index(&file)] {
        let mut recording = Recording::from_input(Cursor::new(file)).unwrap();
        let all = read_all(&mut recording);
        assert!(all.damage.is_empty(), "{:?}", all.damage);
        let (carried, kept): (Vec<Kept>, Vec<Kept>) = all.records.into_iter().partition(|record| record.carried);
        let from = kept[0].at;
        let expected: Vec<Kept> = records.iter().filter(|record| record.at >= from).cloned().collect();
        assert_eq!(by_page(&kept), by_page(&expected));
        let length = kept.last().unwrap().at - from;
        assert!(length >= Duration::from_secs(5) && length < Duration::from_secs(8), "{length:?}");
        for record in carried {
            let newest = records.iter().rfind(|old| old.page == record.page && old.at < from).unwrap();
            assert_eq!(record.bytes, newest.bytes);
        }
        assert_eq!(all.marks.len(), 1);
        assert_eq!(recording.info().records, progress.records);
        recording.seek(Duration::ZERO).unwrap();
        let mut track = String::new();
        while let Some(step) = recording.next_step().unwrap() {
            track = step.frame.static_data.track().to_owned();
            assert_eq!(track, "Valdombra", "from the first step on");
        }
        assert!(!track.is_empty());
    }
}

#[test]
fn ring_keeps_the_marks_of_game_and_session() {
    let mut ring = Ring::new(Duration::from_secs(2));
    assert!(ring.is_empty() && ring.span().is_zero());
    let session = |number: u32| {
        let [name, track, configuration, car] = ["Race", "Valdombra", "", "GT3"].map(String::from);
        Marked::Session { session: number, name, track, configuration, car }
    };
    let attached = |place: &str| Marked::Attached { place: place.into(), game_version: "1".into() };
    let story = [
        (0, attached("first")),
        (0, session(1)),
        (1, Marked::Lap { session: 1, number: 1, time_ms: None, counts: false }),
        (3, session(2)),
        (10, Marked::Detached { reason: "gone".into() }),
        (11, attached("second")),
    ];
    ring.mark(&Mark::new(Duration::ZERO, Marked::Note { text: "no record yet".into() }));
    assert!(ring.is_empty());
    let kept = |ring: &mut Ring| {
        let (file, _) = ring.snapshot().write(Vec::new(), &Description::new("test")).unwrap();
        let all = read_all(&mut Recording::from_input(Cursor::new(&file[..])).unwrap());
        let unfinished =
            read_all(&mut Recording::from_input(Cursor::new(acevo_testkit::pages::without_index(&file))).unwrap());
        assert_eq!((&all.marks, &all.records), (&unfinished.marks, &unfinished.records));
        assert!(all.damage.is_empty() && unfinished.damage.is_empty(), "{:?} {:?}", all.damage, unfinished.damage);
        all.marks.into_iter().map(|mark| mark.what).collect::<Vec<_>>()
    };
    let mut story = story.into_iter().peekable();
    for tenth in 0..200_u64 {
        let at = Duration::from_millis(tenth * 100);
        while let Some((at, what)) = story.next_if(|(second, _)| Duration::from_secs(*second) <= at) {
            ring.mark(&Mark::new(Duration::from_secs(at), what));
        }
        ring.record(&Record::new(PageKind::Physics, at, &[tenth as u8; 800])).unwrap();
        match tenth {
            10 => assert_eq!(kept(&mut ring).len(), 4, "all of it"),
            80 => assert_eq!(kept(&mut ring), [attached("first"), session(2)]),
            199 => assert_eq!(kept(&mut ring), [attached("second")]),
            _ => {}
        }
    }
    assert!(ring.span() >= Duration::from_secs(2) && ring.span() <= Duration::from_secs(4), "{:?}", ring.span());
}

#[test]
fn save_removes_a_partial_file_and_overwrites_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("moment.acevo");
    let mut ring = Ring::new(Duration::from_secs(2));
    ring.record(&Record::new(PageKind::Physics, Duration::ZERO, &[7; 800])).unwrap();
    let moment = ring.snapshot();
    std::fs::write(&path, "precious").unwrap();
    assert!(moment.save(&path, &Description::new("test")).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    std::fs::remove_file(&path).unwrap();
    moment.save(&path, &Description::new("test")).unwrap();
    assert!(Recording::open(&path).unwrap().info().finished);
}
