//! Laps of recordings are found, selected, cut out and sampled.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use acevo_recording::{
    Description, LapError, LapIndex, LapSelector, PlayerError, RecordedLap, Recording, RecordingItem, RecordingSummary,
    RecordingWriter, cut_laps, lap_samples, lap_traces,
};
use acevo_simulator::{CarModel, Options, Scenario, TrackName};
use acevo_telemetry::analysis::LapKind;
use acevo_telemetry::channel;
use acevo_telemetry::traces::interpolate;
use acevo_testkit::recordings;

type Bytes = Recording<Cursor<Vec<u8>>>;

/// Records simulations one after the other.
fn recorded(drives: &[(Scenario, CarModel)], until: Duration) -> Vec<u8> {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    let mut start = Duration::ZERO;
    for (scenario, car) in drives {
        let mut options = Options::default();
        (options.scenario, options.car) = (*scenario, *car);
        // A short track, whose box is before the line: returns to it do not repeat a lap number.
        if *scenario == Scenario::HotLaps {
            (options.track, options.laps) = (TrackName::Karsthafen, Some(2));
        }
        start += recordings::append(&mut writer, start, options, until, |_, _| {}).time() + Duration::from_secs(5);
    }
    writer.finish().unwrap().0
}

fn open(file: &[u8]) -> Bytes {
    Recording::from_input(Cursor::new(file.to_vec())).unwrap()
}

fn index(file: &[u8]) -> LapIndex {
    LapIndex::read(&mut open(file), |_| true).unwrap()
}

/// Two hot laps with one car, then two with another one.
fn two_cars() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        recorded(&[(Scenario::HotLaps, CarModel::Gt3), (Scenario::HotLaps, CarModel::Road)], Duration::MAX)
    })
}

fn two_cars_index() -> &'static LapIndex {
    static INDEX: OnceLock<LapIndex> = OnceLock::new();
    INDEX.get_or_init(|| index(two_cars()))
}

/// Laps that are broken off by a return to the pits.
fn returns() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| recorded(&[(Scenario::Garage, CarModel::Gt3)], Duration::MAX))
}

fn message(error: &LapError) -> String {
    error.to_string()
}

#[test]
fn find_refuses_ambiguous_numbers_and_lists_the_candidates() {
    let index = two_cars_index();
    let sessions: Vec<_> = index.laps().iter().filter(|it| it.lap.number == 1).map(|it| it.lap.session).collect();
    assert_eq!(sessions, [1, 2]);
    let error = index.find(LapSelector::number(1)).unwrap_err();
    let LapError::Ambiguous { candidates, .. } = &error else { panic!("{error}") };
    let selectors: Vec<_> = candidates.iter().map(|it| it.selector.to_string()).collect();
    assert_eq!(selectors, ["1/1", "2/1"]);
    for candidate in candidates {
        assert_eq!(index.find(candidate.selector).unwrap().lap.time_ms, candidate.time_ms);
    }
    let text = message(&error);
    assert!(text.contains("lap 1 is ambiguous") && text.contains("\n  2/1 ") && text.contains("flying"), "{text}");
    assert!(matches!(index.find(LapSelector::number(77)), Err(LapError::NotFound(_))));
    assert!(matches!(index.find(LapSelector::number(1).in_session(3)), Err(LapError::NotFound(_))));
}

#[test]
fn find_does_not_choose_the_best_lap_among_several_cars() {
    let index = two_cars_index();
    let error = index.find(LapSelector::best()).unwrap_err();
    let LapError::SeveralCars { candidates, .. } = &error else { panic!("{error}") };
    assert_eq!(candidates.len(), 2);
    assert_ne!(candidates[0].car_and_track.car, candidates[1].car_and_track.car);
    assert!(message(&error).contains(&candidates[0].car_and_track.track), "{error}");
    for session in [1, 2] {
        let best = index.find(LapSelector::best().in_session(session)).unwrap();
        let all = index.laps().iter().filter(|it| it.lap.session == session && it.lap.counts());
        assert_eq!(best.lap.time_ms, all.filter_map(|it| it.lap.time_ms).min());
    }
    let traces = lap_traces(&mut open(two_cars()), &[LapSelector::best()], &[], |_| true);
    assert!(matches!(traces, Err(LapError::SeveralCars { .. })));
}

#[test]
fn select_takes_ranges_of_one_session_only() {
    let index = two_cars_index();
    let select = |text: &str| {
        index
            .select(&text.parse().unwrap())
            .map(|laps| laps.iter().map(|it| it.lap.id().to_string()).collect::<Vec<_>>())
    };
    assert_eq!(select("2/1-2").unwrap(), ["2/1", "2/2"]);
    assert_eq!(select("1/1,2/2,2/2").unwrap(), ["1/1", "2/2"]);
    assert!(matches!(select("1-2"), Err(LapError::Ambiguous { .. })));
    assert!(matches!(select("1/1,77"), Err(LapError::NotFound(_))));
}

#[test]
fn attempts_have_separate_ids_and_times() {
    let index = index(returns());
    let attempts: Vec<&RecordedLap> = index.laps().iter().filter(|it| it.lap.attempt > 1).collect();
    assert!(!attempts.is_empty(), "{:?}", index.laps().iter().map(|it| it.lap.id().to_string()).collect::<Vec<_>>());
    for again in attempts {
        let first = index.get(again.lap.id().with_attempt(again.lap.attempt - 1)).expect("the attempt before");
        assert!(first.from < first.to && first.to <= again.from && again.from < again.to, "{first:?} {again:?}");
        assert!(first.lap.incomplete.is_some());
        let plain = LapSelector::number(again.lap.number).in_session(again.lap.session);
        let Err(LapError::Ambiguous { candidates, .. }) = index.find(plain) else { panic!() };
        assert!(candidates.iter().any(|it| it.selector == again.lap.id().into()), "{candidates:?}");
        assert_eq!(index.find(again.lap.id().into()).unwrap(), again);
    }
    // The timer of an out lap continues from the lap before.
    for lap in index.laps().iter().filter(|it| it.lap.incomplete.is_none() && it.lap.kind == LapKind::Flying) {
        let driven = (lap.to - lap.from).as_secs_f64();
        let time = f64::from(lap.lap.time_ms.unwrap()) / 1000.0;
        assert!((driven - time).abs() < 0.2, "{driven} {time}");
    }
}

#[test]
fn ids_of_running_laps_are_those_of_the_finished_laps() {
    use std::ops::ControlFlow;

    use acevo_recording::{RecordingError, analyze};
    use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings};

    let (mut running, mut ended) = (Vec::new(), Vec::new());
    analyze(&mut open(returns()), &mut Analysis::new(Settings::default()), |analysis, _| {
        while let Some(event) = analysis.next_event() {
            if let SessionEventKind::Lap(lap) = event.kind {
                ended.push(lap.id());
            }
        }
        let id = analysis.current_lap_id();
        running.extend(id.filter(|id| running.last() != Some(id)));
        Ok::<_, RecordingError>(ControlFlow::Continue(()))
    })
    .unwrap();
    assert!(ended.iter().all(|id| running.contains(id)), "{running:?} {ended:?}");
    let unique: std::collections::BTreeSet<_> = ended.iter().collect();
    assert_eq!(unique.len(), ended.len());
}

#[test]
fn cut_laps_copies_the_selected_lap() {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    cut_laps(&mut open(two_cars()), &"2/2".parse().unwrap(), &mut writer, |_| true).unwrap();
    let (file, _) = writer.finish().unwrap();
    let whole = two_cars_index();
    let expected = whole.find(LapSelector::number(2).in_session(2)).unwrap();
    let cut = index(&file);
    let found = cut.laps().iter().find(|it| it.lap.incomplete.is_none()).expect("a complete lap");
    assert_eq!((found.lap.time_ms, &found.car_and_track), (expected.lap.time_ms, &expected.car_and_track));
}

/// The recording ends after the line, before the game publishes the time of the lap, and in the middle of the next lap.
#[test]
fn laps_that_are_not_confirmed_at_the_end_are_found() {
    let whole = two_cars_index();
    let first = &whole.laps()[0];
    for end in [first.to + Duration::from_millis(30), first.to + Duration::from_secs(20)] {
        let file = recorded(&[(Scenario::HotLaps, CarModel::Gt3)], end);
        let laps = index(&file);
        let selectors: Vec<LapSelector> = laps.laps().iter().map(|it| it.lap.id().into()).collect();
        assert!(selectors.contains(&first.lap.id().into()), "{selectors:?}");
        let speed = channel("speed").unwrap();
        let traces = lap_traces(&mut open(&file), &selectors, &[speed], |_| true).unwrap();
        assert!(traces[0].positions.len() > 1000, "{}", traces[0].positions.len());
    }
}

#[test]
fn lap_traces_samples_the_selected_laps() {
    let selectors = [LapSelector::best().in_session(2), LapSelector::number(2).in_session(1)];
    let traces = lap_traces(&mut open(two_cars()), &selectors, &[], |_| true).unwrap();
    let index = two_cars_index();
    for (selector, traces) in selectors.iter().zip(&traces) {
        let lap = index.find(*selector).unwrap();
        assert_eq!((traces.number, traces.time_ms), (lap.lap.number, lap.lap.time_ms));
    }
    let stopped = lap_traces(&mut open(two_cars()), &selectors, &[], |at| at < Duration::from_secs(1));
    assert!(matches!(stopped, Err(LapError::Stopped)));
}

#[test]
fn summary_finds_sessions_and_laps_without_marks() {
    let summary = RecordingSummary::read(&mut open(two_cars())).unwrap();
    assert!(!summary.names.car.is_empty() && !summary.names.game_version.is_empty());
    let found = summary.found.expect("the recording has no marks");
    let sessions = found.iter().filter(|mark| matches!(mark.what, acevo_recording::Marked::Session { .. })).count();
    assert_eq!(sessions, 2, "{found:?}");
    assert!(found.is_sorted_by_key(|mark| mark.at));
}

#[test]
fn errors_are_chained() {
    use std::error::Error as _;

    let error = Recording::open("/nonexistent/recording.acevo").unwrap_err();
    assert!(error.source().is_some());
    let error = PlayerError::from(error);
    assert!(error.source().is_some() && error.to_string().contains("recording"));
}

/// Counts the bytes that are read.
struct Counted(Cursor<Vec<u8>>, Rc<Cell<u64>>);

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.set(self.1.get() + count as u64);
        Ok(count)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn lap_samples_has_a_row_for_each_physics_packet_of_the_lap() {
    let lap = &two_cars_index().laps()[1];
    assert!(lap.lap.counts(), "{lap:?}");
    let channels = ["speed", "position_x", "position_z", "gear"].map(|id| channel(id).unwrap());
    let samples = lap_samples(&mut open(two_cars()), lap.into(), &channels, |_| true).unwrap();
    let time_s = f64::from(lap.lap.time_ms.unwrap()) / 1000.0;
    let rows = samples.time_s.len();
    assert!((rows as f64 - time_s * 333.0).abs() < 3.0, "{rows} rows in {time_s} s");
    assert!(samples.time_s.is_sorted() && samples.positions.is_sorted());
    let ends = |column: &[f32]| [f64::from(column[0]), f64::from(column[rows - 1])];
    let near = |[a, b]: [f64; 2], [c, d]: [f64; 2], limit: f64| (a - c).abs() < limit && (b - d).abs() < limit;
    assert!(near(ends(&samples.time_s), [0.0, time_s], 0.01), "{:?}", ends(&samples.time_s));
    assert!(near(ends(&samples.positions), [0.0, 1.0], 2e-4), "{:?}", ends(&samples.positions));
    assert_eq!((samples.channels.len(), &samples.car_and_track), (4, &lap.car_and_track));
    assert!(samples.length_m.is_some());
    // Between two published positions they follow the car: its speed is the change of the position.
    let length = samples.length_m.unwrap();
    for row in (50..rows - 50).step_by(97) {
        let metres = f64::from(samples.positions[row + 3] - samples.positions[row - 3]) * length;
        let driven =
            f64::from(samples.channels[0][row]) / 3.6 * f64::from(samples.time_s[row + 3] - samples.time_s[row - 3]);
        assert!((metres - driven).abs() < 0.15, "row {row}: {metres} m instead of {driven} m");
    }
}

#[test]
fn lap_samples_agrees_with_lap_traces() {
    let lap = &two_cars_index().laps()[1];
    let selector = lap.lap.id().into();
    let traces = lap_traces(&mut open(two_cars()), &[selector], &[], |_| true).unwrap().remove(0);
    let samples = lap_samples(&mut open(two_cars()), lap.into(), &[], |_| true).unwrap();
    let times = traces.raw_segments("lap_time");
    assert!(samples.time_s.len() > 10_000);
    for row in (10..samples.time_s.len()).step_by(501) {
        let (position, time) = (f64::from(samples.positions[row]), f64::from(samples.time_s[row]));
        let other = interpolate(&times, position).unwrap();
        assert!((time - other).abs() < 0.005, "{time} s instead of {other} s at {position}");
    }
}

#[test]
fn lap_samples_marks_gaps_and_reads_only_the_lap() {
    let lap = &two_cars_index().laps()[1];
    let gap = lap.from + Duration::from_secs(20)..lap.from + Duration::from_secs(23);
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    let mut whole = open(two_cars());
    while let Some(item) = whole.next_item().unwrap() {
        if let RecordingItem::Record(record) = item
            && !gap.contains(&record.at)
        {
            writer.record(&record).unwrap();
        }
    }
    let file = writer.finish().unwrap().0;
    let read = Rc::new(Cell::new(0));
    let mut recording = Recording::from_input(Counted(Cursor::new(file.clone()), Rc::clone(&read))).unwrap();
    let samples = lap_samples(&mut recording, lap.into(), &[channel("speed").unwrap()], |_| true).unwrap();
    let marks: Vec<_> = (0..samples.time_s.len()).filter(|row| samples.channels[0][*row].is_nan()).collect();
    assert_eq!(marks.len(), 1, "one row marks the gap");
    let at = marks[0];
    assert_eq!((samples.time_s[at], samples.positions[at]), (samples.time_s[at + 1], samples.positions[at + 1]));
    assert!((samples.time_s[at] - samples.time_s[at - 1] - 3.0).abs() < 0.1);
    assert!(samples.time_s.is_sorted() && samples.positions.is_sorted());
    assert!(read.get() < file.len() as u64 / 2, "{} of {} bytes were read", read.get(), file.len());
}
