//! The game's log is added to recordings that were made without it.

use std::io::Cursor;
use std::sync::OnceLock;
use std::time::Duration;

use acevo_recording::{
    Description, Marked, MergeError, Merged, Recording, RecordingItem, RecordingWriter, analyze_field, cut, merge_log,
};
use acevo_shared_memory::CarId;
use acevo_simulator::{CarTruth, LogPlace, LogStyle, Options, Scenario, Simulator, TrackName};
use acevo_telemetry::analysis::Settings;
use acevo_telemetry::field::{Field, FieldLap, LapSource};
use acevo_testkit::recordings;
use proptest::prelude::*;

type Bytes = Recording<Cursor<Vec<u8>>>;

/// Tolerance of laps that are measured without a log, milliseconds. Tests of `acevo-telemetry` have the accuracy; here it distinguishes
/// laps.
const MEASURED_MS: u32 = 500;

/// A recording without a log, the log, and the truth.
struct Drive {
    file: Vec<u8>,
    log: String,
    simulator: Simulator,
}

impl Drive {
    fn new(options: Options, until: Duration) -> Self {
        let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
        let mut simulator = recordings::append(&mut writer, Duration::ZERO, options, until, |_, _| {});
        let log = simulator.take_log().into_iter().map(|line| line.text + "\n").collect();
        Self { file: writer.finish().unwrap().0, log, simulator }
    }
}

fn options(seed: u64, place: LogPlace) -> Options {
    let mut options = Options::default();
    (options.scenario, options.seed, options.cars, options.laps) = (Scenario::Field, seed, 8, Some(2));
    options.track = TrackName::Karsthafen;
    let mut style = LogStyle::default();
    style.place = place;
    options.log = Some(style);
    options
}

/// A race of eight cars.
fn race() -> &'static Drive {
    static RACE: OnceLock<Drive> = OnceLock::new();
    RACE.get_or_init(|| Drive::new(options(1, LogPlace::Hosted), Duration::MAX))
}

fn open(file: &[u8]) -> Bytes {
    Recording::from_input(Cursor::new(file.to_vec())).unwrap()
}

fn merge(file: &[u8], log: &[u8]) -> Result<(Bytes, Merged), MergeError> {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("merged")).unwrap();
    let merged = merge_log(&mut open(file), &mut Cursor::new(log), &mut writer, || true)?;
    Ok((open(&writer.finish().unwrap().0), merged))
}

fn field(recording: &mut Bytes) -> Field {
    analyze_field(recording, &Settings::default(), |_, _| true).unwrap().unwrap()
}

fn id(car: &CarTruth) -> CarId {
    CarId(car.id.0[0], car.id.0[1])
}

/// Laps that were driven, with a time.
fn driven(laps: &[FieldLap]) -> Vec<&FieldLap> {
    laps.iter().filter(|lap| lap.source != LapSource::Estimated && lap.time_ms.is_some()).collect()
}

/// Compares the laps of all cars with the truth, within a tolerance. Returns their number.
fn compare(field: &Field, simulator: &Simulator, tolerance_ms: u32) -> usize {
    let mut compared = 0;
    for car in &simulator.truth().cars {
        let expected: Vec<_> = car.laps.iter().filter(|lap| !lap.is_out_lap).collect();
        let found = driven(field.laps(id(car)));
        assert_eq!(found.len(), expected.len(), "{}", car.name);
        for (found, expected) in found.into_iter().zip(expected) {
            let error_ms = found.time_ms.unwrap().abs_diff(expected.time_ms as u32);
            assert!(error_ms <= tolerance_ms, "{} lap {}: {error_ms} ms", car.name, expected.number);
            assert_eq!(found.number, expected.number, "{}", car.name);
            compared += 1;
        }
    }
    compared
}

/// The pages of a recording with their times.
fn pages(recording: &mut Bytes) -> Vec<(Duration, u8, Vec<u8>, u32)> {
    let mut pages = Vec::new();
    recording.seek(Duration::ZERO).unwrap();
    while let Some(item) = recording.next_item().unwrap() {
        if let RecordingItem::Record(record) = item {
            pages.push((
                record.at,
                record.page as u8,
                record.bytes[..16.min(record.bytes.len())].to_vec(),
                record.missed,
            ));
        }
    }
    pages
}

#[test]
fn merge_log_gives_all_cars_the_laps_of_the_game() {
    let Drive { file, log, simulator } = race();
    let without = field(&mut open(file));
    assert!(compare(&without, simulator, MEASURED_MS) > 8);
    assert!(without.cars().all(|(_, identity, _)| identity.number.is_none()));
    let (mut recording, merged) = merge(file, log.as_bytes()).unwrap();
    assert!(merged.events > 100 && merged.offset.matches > 10 && merged.offset.spread_ms <= 200, "{merged:?}");
    let with = field(&mut recording);
    assert!(compare(&with, simulator, 0) > 8);
    for car in &simulator.truth().cars {
        let (_, identity, laps) = with.cars().find(|(other, ..)| *other == id(car)).unwrap();
        assert_eq!((identity.name.as_deref(), identity.number), (Some(car.name.as_str()), Some(car.number)));
        assert_eq!(identity.model.as_deref(), Some(car.model));
        for (lap, expected) in driven(laps).iter().zip(car.laps.iter().filter(|lap| !lap.is_out_lap)) {
            if !car.is_player {
                let sectors: Vec<_> = lap.sectors_ms.iter().map(|ms| ms.unwrap() as i32).collect();
                assert_eq!(sectors, expected.sectors_ms, "{} lap {}", car.name, expected.number);
            }
            // Seconds of driving, as far as the pages show it.
            let step_s = expected.finished_step as f64 / 333.0;
            assert!(lap.ended_s <= step_s + 0.1, "{} lap {}: {} {step_s}", car.name, expected.number, lap.ended_s);
        }
    }
    let player = simulator.truth().cars.iter().find(|car| car.is_player).map(id);
    assert_eq!((with.player(), with.label(player.unwrap())), (player, without.label(player.unwrap())));
}

#[test]
fn merge_log_copies_all_records_and_marks() {
    let Drive { file, log, .. } = race();
    let (mut recording, _) = merge(file, log.as_bytes()).unwrap();
    assert_eq!(pages(&mut recording), pages(&mut open(file)));
    let marks = |recording: &Bytes| {
        let marks = recording.marks().iter().filter(|mark| !matches!(mark.what, Marked::Log { .. }));
        marks.cloned().collect::<Vec<_>>()
    };
    assert_eq!(marks(&recording), marks(&open(file)));
    assert!(recording.check().unwrap().is_empty());
}

#[test]
fn merge_log_of_an_online_game_has_the_names_of_all_cars() {
    let Drive { file, log, simulator } = Drive::new(options(1, LogPlace::Online), Duration::MAX);
    let (mut recording, _) = merge(&file, log.as_bytes()).unwrap();
    let field = field(&mut recording);
    assert!(compare(&field, &simulator, MEASURED_MS) > 8);
    for car in &simulator.truth().cars {
        assert_eq!(field.label(id(car)).as_deref(), Some(car.name.as_str()));
    }
}

#[test]
fn merge_log_keeps_names_from_before_the_recording() {
    let Drive { file, log, simulator } = race();
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    let from = Duration::from_secs(60);
    cut(&mut open(file), &[from..=Duration::MAX], &mut writer, |_| true).unwrap();
    let part = writer.finish().unwrap().0;
    let (mut recording, merged) = merge(&part, log.as_bytes()).unwrap();
    assert!(merged.names >= simulator.truth().cars.len(), "{merged:?}");
    for mark in recording.marks() {
        if let Marked::Log { is_exact, .. } = mark.what {
            assert_eq!(is_exact, mark.at >= from, "{mark:?}");
        }
    }
    let field = field(&mut recording);
    let truth = &simulator.truth().cars;
    for (car, _, laps) in field.cars() {
        let car = truth.iter().find(|other| id(other) == car).unwrap();
        assert_eq!(field.label(id(car)).as_deref(), Some(car.name.as_str()));
        let times: Vec<_> = car.laps.iter().map(|lap| lap.time_ms as u32).collect();
        assert!(
            driven(laps).iter().all(|lap| times.contains(&lap.time_ms.unwrap())),
            "{}: {laps:?} {times:?}",
            car.name
        );
    }
}

#[test]
fn merge_log_refuses_the_log_of_another_drive() {
    let file = &race().file;
    let mut same_cars = options(1, LogPlace::Hosted);
    same_cars.track = TrackName::default();
    for options in [options(2, LogPlace::Hosted), same_cars] {
        let other = Drive::new(options, Duration::from_secs(240));
        assert!(matches!(merge(file, other.log.as_bytes()), Err(MergeError::OtherLog)));
    }
    for log in ["", "no log\n"] {
        assert!(matches!(merge(file, log.as_bytes()), Err(MergeError::OtherLog)), "{log}");
    }
}

#[test]
fn merge_log_refuses_a_recording_with_a_log() {
    let Drive { file, log, .. } = race();
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    let (mut merged, _) = merge(file, log.as_bytes()).unwrap();
    let again = merge_log(&mut merged, &mut Cursor::new(log.as_bytes()), &mut writer, || true);
    assert!(matches!(again, Err(MergeError::HasLog)));
}

#[test]
fn merge_log_stops_if_it_is_asked_to() {
    let Drive { file, log, .. } = race();
    for calls in [0, 1000, 100_000] {
        let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
        let mut left = calls;
        let stopped = merge_log(&mut open(file), &mut Cursor::new(log.as_bytes()), &mut writer, || {
            left -= 1;
            left > 0
        });
        assert!(matches!(stopped, Err(MergeError::Stopped)), "{calls}");
    }
}

#[test]
fn merge_log_takes_what_is_left_of_a_damaged_log() {
    let Drive { file, log, simulator } = race();
    let mut damaged = Vec::new();
    for (number, line) in log.lines().enumerate() {
        match number % 40 {
            7 => damaged.extend_from_slice(&line.as_bytes()[..line.len() / 2]),
            11 => damaged.extend([0, 0xff, b'[', 0x1b, b'\n']),
            13 => damaged.extend(std::iter::repeat_n(b'x', 10_000)),
            _ => damaged.extend_from_slice(line.as_bytes()),
        }
        damaged.push(b'\n');
    }
    let (mut recording, _) = merge(file, &damaged).unwrap();
    let field = field(&mut recording);
    for car in &simulator.truth().cars {
        for lap in driven(field.laps(id(car))) {
            let tolerance_ms = if lap.source == LapSource::Measured { MEASURED_MS } else { 0 };
            let is_true = |time_ms: i32| lap.time_ms.unwrap().abs_diff(time_ms as u32) <= tolerance_ms;
            assert!(car.laps.iter().any(|truth| is_true(truth.time_ms)), "{}: {lap:?}", car.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Any bytes give a recording or an error.
    #[test]
    fn merge_log_takes_any_bytes(noise in prop::collection::vec(any::<u8>(), 0..2000), at in any::<prop::sample::Index>()) {
        static SHORT: OnceLock<Drive> = OnceLock::new();
        let short = SHORT.get_or_init(|| Drive::new(options(3, LogPlace::Hosted), Duration::from_secs(6)));
        let mut log = short.log.clone().into_bytes();
        let at = at.index(log.len());
        log.splice(at..at, noise);
        let _ = merge(&short.file, &log);
    }
}
