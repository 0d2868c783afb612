//! Parts of a recording equal the same parts of the whole recording.

use std::ops::RangeInclusive;
use std::sync::OnceLock;
use std::time::Duration;

use acevo_gamelog::{LogEvent, LogEventKind};
use acevo_recording::{Description, Mark, Marked, RecordingWriter, cut};
use acevo_shared_memory::{CarId, Frame, PageKind};
use acevo_simulator::Scenario;
use acevo_testkit::pages::{All, Kept, drive, open, read_all};
use proptest::prelude::*;

type Part = RangeInclusive<Duration>;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Fifteen seconds, from the start of the game to the first metres on the track.
fn whole() -> &'static [Kept] {
    static WHOLE: OnceLock<Vec<Kept>> = OnceLock::new();
    WHOLE.get_or_init(|| drive(Scenario::Weekend, 15))
}

fn parts_of(file: &[u8], parts: &[Part]) -> Vec<u8> {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    cut(&mut open(file), parts, &mut writer, |_| true).unwrap();
    writer.finish().unwrap().0
}

/// All frames of the recording, with their times.
fn frames() -> &'static [(Duration, Frame)] {
    static FRAMES: OnceLock<Vec<(Duration, Frame)>> = OnceLock::new();
    FRAMES.get_or_init(|| {
        let file = acevo_testkit::pages::recorded(whole());
        let mut recording = open(&file);
        let mut frames = Vec::new();
        while let Some(step) = recording.next_step().unwrap() {
            frames.push((step.at, *step.frame));
        }
        frames
    })
}

fn check(parts: &[Part]) -> Result<(), TestCaseError> {
    let cut = parts_of(&acevo_testkit::pages::recorded(whole()), parts);
    let All { records, damage, .. } = read_all(&mut open(&cut));
    prop_assert!(damage.is_empty());
    let is_in = |at: Duration| parts.iter().any(|part| part.contains(&at));
    for page in PageKind::ALL {
        let of_page = |record: &&Kept| record.page == page;
        // The copy has exactly the records of the parts.
        let kept = records.iter().filter(of_page).filter(|record| !record.carried);
        let expected = whole().iter().filter(of_page).filter(|record| is_in(record.at));
        let of = |record: &Kept| (record.at, record.bytes.clone());
        prop_assert!(kept.map(of).eq(expected.map(of)));
        // Each packet since the beginning is present or counted as missed.
        let start = *parts[0].start();
        let counted = records.iter().filter(of_page).filter(|record| !record.carried || record.at > start);
        if let Some(last) = counted.clone().next_back() {
            let is_counted = |at: Duration| at >= start && (at < last.at || (at == last.at && !last.carried));
            let all = whole().iter().filter(of_page).filter(|record| is_counted(record.at));
            prop_assert_eq!(counted.map(|record| 1 + record.missed as usize).sum::<usize>(), all.count(), "{}", page);
        }
    }
    // Frames are complete from the beginning.
    let mut recording = open(&cut);
    while let Some(step) = recording.next_step().unwrap() {
        let number = frames().partition_point(|(at, _)| *at <= step.at);
        if let Some((_, frame)) = number.checked_sub(1).map(|number| &frames()[number]) {
            for page in PageKind::ALL {
                prop_assert!(step.frame.bytes(page) == frame.bytes(page), "{} at {:?}", page, step.at);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cut_copies_any_parts_unchanged(mut ends in prop::collection::vec(0u64..16_000, 1..4)) {
        ends.sort_unstable();
        ends.dedup();
        let parts: Vec<Part> = ends.iter().map(|start| {
            let next = ends.iter().find(|end| *end > start).copied().unwrap_or(u64::MAX);
            ms(*start)..=ms((start + 1500).min(next - 1))
        }).collect();
        check(&parts)?;
    }
}

#[test]
fn cut_of_the_whole_recording_copies_everything() {
    let file = acevo_testkit::pages::recorded(whole());
    let all = read_all(&mut open(&parts_of(&file, &[Duration::ZERO..=Duration::MAX])));
    assert!(all.records == whole());
    assert_eq!(read_all(&mut open(&parts_of(&file, &[]))).records, []);
}

#[test]
fn cut_copies_marks_except_laps_that_began_before_the_part() {
    let mark = |at, what| Mark::new(ms(at), what);
    let lap = |at, number, time_ms| mark(at, Marked::Lap { session: 1, number, time_ms: Some(time_ms), counts: true });
    let game = Marked::Attached { place: "here".into(), game_version: "1".into() };
    let session = Marked::Session {
        session: 1,
        name: "Practice".into(),
        track: "T".into(),
        configuration: String::new(),
        car: "C".into(),
    };
    let marks = [
        mark(10, game.clone()),
        mark(20, session.clone()),
        lap(4000, 1, 3900),
        lap(8000, 2, 4000),
        lap(12_000, 3, 4000),
    ];
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    let mut next = marks.iter().peekable();
    for record in whole() {
        while let Some(mark) = next.next_if(|mark| mark.at <= record.at) {
            writer.mark(mark).unwrap();
        }
        writer.record(&record.lend()).unwrap();
    }
    let file = writer.finish().unwrap().0;
    let cut = parts_of(&file, &[ms(3500)..=ms(8500)]);
    let expected = [mark(3500, game), mark(3500, session), marks[3].clone()];
    assert_eq!(read_all(&mut open(&cut)).marks, expected);
}

#[test]
fn cut_keeps_what_the_log_has_shown_about_cars_before_the_part() {
    let car = CarId(1, 2);
    let event = |time: &str, kind| LogEvent { time: time.parse().unwrap(), kind };
    let name = |name: &str| LogEventKind::DriverNamed { car, name: name.into(), is_ai: true, number: None };
    let lap = event("2026-05-01 20:00:04.000", LogEventKind::Lap { car, time_ms: 90_000 });
    let later = event("2026-05-01 20:00:08.000", LogEventKind::Lap { car, time_ms: 91_000 });
    let named = event("2026-05-01 20:00:03.000", name("Ada"));
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    let mark = |at, event: &LogEvent| Mark::new(ms(at), Marked::Log { event: event.clone(), is_exact: true });
    let renamed = event("2026-05-01 20:00:02.000", name("Eve"));
    for (at, event) in [(2000, &renamed), (3000, &named), (4000, &lap), (8000, &later)] {
        writer.mark(&mark(at, event)).unwrap();
    }
    whole().iter().for_each(|record| writer.record(&record.lend()).unwrap());
    let file = writer.finish().unwrap().0;
    let cut = parts_of(&file, &[ms(6000)..=ms(10_000)]);
    let expected = [Mark::new(ms(6000), Marked::Log { event: named, is_exact: false }), mark(8000, &later)];
    assert_eq!(open(&cut).marks(), expected);
}
