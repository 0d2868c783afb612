//! The library with recordings of the simulator.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use acevo_library::{Library, LibraryError, Notes, ScanOptions, ScanReport, SessionFilter, SessionRow, notes_path};
use acevo_recording::{LapIndex, Recording};
use acevo_simulator::{CarModel, Options, Scenario, TrackName};
use acevo_testkit::recordings::changed;
use tempfile::TempDir;

/// Recordings that the tests copy: simulating them takes most of the time.
struct Originals {
    _folder: TempDir,
    /// Hot laps with one car, and their times.
    hot_laps: (PathBuf, Vec<i32>),
    /// A weekend with practice, qualifying and race, with another car on another track.
    phases: PathBuf,
}

static ORIGINALS: LazyLock<Originals> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let hot_laps = folder.path().join("hot.acevo");
    let mut options = Options::default();
    (options.scenario, options.track, options.laps) = (Scenario::HotLaps, TrackName::Karsthafen, Some(2));
    let times = changed(&hot_laps, options, Duration::MAX, |_, _| {});
    let phases = folder.path().join("phases.acevo");
    let mut options = Options::default();
    (options.scenario, options.car, options.laps) = (Scenario::Phases, CarModel::Road, Some(1));
    changed(&phases, options, Duration::MAX, |_, _| {});
    Originals { _folder: folder, hot_laps: (hot_laps, times), phases }
});

/// A folder with recordings, and a database beside it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir(folder.recordings()).unwrap();
        folder
    }

    fn recordings(&self) -> PathBuf {
        self.0.path().join("recordings")
    }

    fn database(&self) -> PathBuf {
        self.0.path().join("data/library.sqlite")
    }

    fn add(&self, original: &Path, name: &str) -> PathBuf {
        let path = self.recordings().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(original, &path).unwrap();
        path
    }

    fn add_hot_laps(&self, name: &str) -> PathBuf {
        self.add(&ORIGINALS.hot_laps.0, name)
    }

    fn open(&self) -> Library {
        Library::open(self.database()).unwrap()
    }

    fn scan(&self, library: &Library) -> ScanReport {
        library.scan(&[self.recordings()], &ScanOptions::default(), &mut |_| true).unwrap()
    }
}

fn all(library: &Library) -> Vec<SessionRow> {
    library.sessions(&SessionFilter::default()).unwrap().rows
}

fn only(library: &Library) -> SessionRow {
    let mut rows = all(library);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

#[test]
fn scan_finds_sessions_and_laps_as_the_simulator_drove_them() {
    let folder = Folder::new();
    let path = folder.add_hot_laps("a.acevo");
    let library = folder.open();
    let report = folder.scan(&library);
    assert_eq!((report.files, report.indexed), (1, 1));
    let session = only(&library);
    assert_eq!((session.file.as_str(), &session.path, session.kind.as_str()), ("a.acevo", &path, "time_attack"));
    assert!(!session.track_name.is_empty() && !session.car_name.is_empty() && !session.driver.is_empty());
    assert!(session.began.is_some() && session.duration_s > 60.0);
    let times = &ORIGINALS.hot_laps.1;
    assert_eq!(session.best_ms, times.iter().min().map(|ms| ms.unsigned_abs()));

    let laps = library.laps(session.id).unwrap();
    let counting: Vec<_> = laps.iter().filter(|lap| lap.counts).map(|lap| lap.time_ms.unwrap() as i32).collect();
    assert_eq!(&counting, times);
    let index = LapIndex::read(&mut Recording::open(&path).unwrap(), |_| true).unwrap();
    assert_eq!(laps.len(), index.laps().len());
    for (lap, known) in laps.iter().zip(index.laps()) {
        assert_eq!((lap.from_s, lap.to_s), (known.from.as_secs_f64(), known.to.as_secs_f64()));
        assert_eq!(lap.sectors_ms, known.lap.sectors_ms);
        assert_eq!(lap.fuel_used_l, known.lap.fuel_used_l);
        assert_eq!(lap.speed_max_kmh, known.lap.stats.speed_kmh.max());
        assert_eq!(lap.tyre_core_c, known.lap.stats.tyre_core_c.map(|core| core.mean()).into_array());
        assert_eq!(lap.brake_max_c, known.lap.stats.brake_c.map(|brake| brake.max()).into_array());
        assert_eq!(*lap, library.lap(lap.id).unwrap());
    }
    let best = library.lap(session.best_lap.unwrap()).unwrap();
    assert_eq!(best.time_ms, session.best_ms);
    assert!(!library.stints(session.id).unwrap().is_empty());
    assert!(library.unreadable().unwrap().is_empty());
}

#[test]
fn sessions_are_filtered_by_names_kind_date_and_text() {
    let folder = Folder::new();
    folder.add_hot_laps("a.acevo");
    folder.add(&ORIGINALS.phases, "sub/weekend.acevo");
    let library = folder.open();
    folder.scan(&library);
    let rows = all(&library);
    let kinds: BTreeSet<_> = rows.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["practice", "qualifying", "race", "time_attack"]));
    let hot = rows.iter().find(|row| row.kind == "time_attack").unwrap();
    let count = |change: &dyn Fn(&mut SessionFilter)| {
        let mut filter = SessionFilter::default();
        change(&mut filter);
        let page = library.sessions(&filter).unwrap();
        assert!(page.rows.len() <= page.total as usize);
        page.total as usize
    };
    assert_eq!(count(&|filter| filter.track = Some(hot.track.clone())), 1);
    assert_eq!(count(&|filter| filter.track = Some(hot.track.to_uppercase())), 0);
    let part = hot.car.to_uppercase()[..3].to_owned();
    assert_eq!(count(&|filter| (filter.car, filter.is_partial) = (Some(part.clone()), true)), 1);
    assert_eq!(count(&|filter| filter.kind = Some("race".into())), 1);
    assert_eq!(count(&|filter| filter.text = Some("WEEKEND".into())), rows.len() - 1);
    assert_eq!(
        count(&|filter| filter.since = hot.began.clone()),
        count(&|_| ()) - count(&|filter| filter.until = hot.began.clone())
    );
    assert_eq!(count(&|filter| filter.until = Some("2000".into())), 0);
    assert_eq!(count(&|filter| filter.places = vec![folder.recordings().join("sub")]), rows.len() - 1);
    assert_eq!(count(&|filter| filter.places = vec![folder.recordings().join("su")]), 0);
    assert_eq!(count(&|filter| filter.places = vec![hot.path.clone()]), 1);
    let mut page = SessionFilter::default();
    (page.offset, page.limit) = (1, Some(2));
    assert_eq!(library.sessions(&page).unwrap().rows, rows[1..3]);
    let choices = library.choices().unwrap();
    assert_eq!((choices.tracks.len(), choices.cars.len(), choices.drivers.len()), (2, 2, 1));
    assert_eq!(choices.tracks.iter().map(|track| track.sessions as usize).sum::<usize>(), rows.len());
}

#[test]
fn bests_and_progress_have_the_fastest_lap_of_each_car_and_session() {
    let folder = Folder::new();
    folder.add_hot_laps("a.acevo");
    folder.add_hot_laps("copy.acevo");
    folder.add(&ORIGINALS.phases, "weekend.acevo");
    let library = folder.open();
    folder.scan(&library);
    let bests = library.bests(&SessionFilter::default()).unwrap();
    assert_eq!(bests.len(), 2);
    for best in &bests {
        let mut filter = SessionFilter::default();
        (filter.track, filter.car) = (Some(best.track.clone()), Some(best.car.clone()));
        let sessions = library.sessions(&filter).unwrap().rows;
        assert_eq!(Some(best.time_ms), sessions.iter().filter_map(|row| row.best_ms).min());
        assert_eq!(library.lap(best.lap).unwrap().session, best.session);
        let progress = library.progress(&filter).unwrap();
        assert_eq!(progress.len(), sessions.iter().filter(|row| row.best_ms.is_some()).count());
        assert!(progress.is_sorted_by(|a, b| a.began <= b.began));
    }
}

#[test]
fn scan_reads_only_what_has_changed_and_drops_what_has_vanished() {
    let folder = Folder::new();
    let path = folder.add_hot_laps("a.acevo");
    let library = folder.open();
    folder.scan(&library);
    let before = only(&library);
    assert_eq!(folder.scan(&library).indexed, 0);
    // Another process: the same rows.
    let other = folder.open();
    assert_eq!((folder.scan(&other).indexed, only(&other)), (0, before.clone()));

    let renamed = folder.recordings().join("b.acevo");
    fs::rename(&path, &renamed).unwrap();
    let report = folder.scan(&library);
    assert_eq!((report.indexed, report.vanished), (1, 1));
    let after = only(&library);
    assert_eq!((after.id, after.best_lap, &after.path), (before.id, before.best_lap, &renamed));

    // A recording that has grown.
    let bytes = fs::read(&renamed).unwrap();
    fs::write(&renamed, &bytes[..bytes.len() / 2]).unwrap();
    folder.scan(&library);
    let half = only(&library);
    assert!(half.id == before.id && half.laps < before.laps, "{half:?}");
    fs::write(&renamed, &bytes).unwrap();
    folder.scan(&library);
    assert_eq!(only(&library).laps, before.laps);

    fs::remove_dir_all(folder.recordings()).unwrap();
    assert_eq!(folder.scan(&library).vanished, 1);
    assert!(all(&library).is_empty());
}

#[test]
fn scan_leaves_files_that_are_written_for_later() {
    let folder = Folder::new();
    let path = folder.add_hot_laps("a.acevo");
    let library = folder.open();
    let mut options = ScanOptions::default();
    let scan = |options: &ScanOptions| library.scan(&[folder.recordings()], options, &mut |_| true).unwrap().indexed;
    options.open_file = Some(path.clone());
    assert_eq!(scan(&options), 0);
    options.open_file = None;
    options.settled_for = Duration::from_secs(3600);
    assert_eq!(scan(&options), 0);
    let file = fs::File::options().append(true).open(&path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(7200)).unwrap();
    assert_eq!(scan(&options), 1);
}

#[test]
fn scan_can_be_stopped_and_continues_with_the_next_one() {
    let folder = Folder::new();
    for name in ["a.acevo", "b.acevo", "c.acevo"] {
        folder.add_hot_laps(name);
    }
    let library = folder.open();
    let stopped = |stops_at: &mut dyn FnMut(usize, bool) -> bool| {
        let scan = library.scan(&[folder.recordings()], &ScanOptions::default(), &mut |progress| {
            assert_eq!(progress.total + all(&library).len() - progress.done, 3);
            !stops_at(progress.done, progress.at.is_some())
        });
        scan.unwrap()
    };
    let report = stopped(&mut |done, _| done == 1);
    assert_eq!((report.indexed, report.stopped, all(&library).len()), (1, true, 1));
    let report = stopped(&mut |done, is_open| done == 1 && is_open);
    assert_eq!((report.indexed, report.stopped, all(&library).len()), (1, true, 2));
    let report = stopped(&mut |_, _| false);
    assert_eq!((report.indexed, report.stopped, all(&library).len()), (1, false, 3));
}

#[test]
fn unreadable_and_damaged_recordings_are_listed_with_reasons() {
    let folder = Folder::new();
    let damaged = folder.add_hot_laps("damaged.acevo");
    let mut bytes = fs::read(&damaged).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 2000].fill(0);
    fs::write(&damaged, bytes).unwrap();
    fs::write(folder.recordings().join("other.acevo"), "not a recording").unwrap();
    fs::write(folder.recordings().join("empty.acevo"), "").unwrap();
    let library = folder.open();
    folder.scan(&library);
    let found = library.unreadable().unwrap();
    let names: Vec<_> = found.iter().map(|file| file.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["damaged.acevo", "empty.acevo", "other.acevo"]);
    assert!(
        found[0].reason.contains("acevo repair") && found[2].reason.contains("not an acevo recording"),
        "{found:?}"
    );
    assert_eq!(only(&library).path, damaged);
    assert_eq!(folder.scan(&library).indexed, 0, "they are read once");
    fs::remove_file(folder.recordings().join("empty.acevo")).unwrap();
    folder.scan(&library);
    assert_eq!(library.unreadable().unwrap().len(), 2);
}

#[test]
fn damaged_and_foreign_databases_are_built_again_with_the_same_ids() {
    let folder = Folder::new();
    folder.add_hot_laps("a.acevo");
    let library = folder.open();
    assert!(!library.was_rebuilt());
    folder.scan(&library);
    library.set_notes(only(&library).id, Notes { title: "kept".into(), ..Notes::default() }).unwrap();
    let before = only(&library);
    drop(library);
    let garbage = vec![b'x'; 8192];
    let header = [b"SQLite format 3\0".as_slice(), &garbage].concat();
    for content in [garbage, header, vec![0; 3]] {
        fs::write(folder.database(), &content).unwrap();
        let library = folder.open();
        folder.scan(&library);
        assert_eq!(only(&library), before);
    }
    // A newer version of the schema.
    let newer = rusqlite::Connection::open(folder.database()).unwrap();
    newer.execute_batch("PRAGMA user_version = 999; CREATE TABLE more (a REFERENCES files(id));").unwrap();
    drop(newer);
    let library = folder.open();
    assert!(library.was_rebuilt() && all(&library).is_empty());
    folder.scan(&library);
    assert_eq!(only(&library), before);
    drop(library);
    fs::remove_file(folder.database()).unwrap();
    let library = folder.open();
    folder.scan(&library);
    assert_eq!(only(&library), before);
}

#[test]
#[cfg(unix)]
fn scan_notices_that_the_database_was_damaged_or_replaced_while_it_is_open() {
    let folder = Folder::new();
    folder.add_hot_laps("a.acevo");
    let library = folder.open();
    folder.scan(&library);
    let before = only(&library);
    for companion in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{companion}", folder.database().display()));
    }
    folder.scan(&library);
    assert_eq!(only(&library), before);
    assert_eq!(only(&folder.open()), before, "it is in the file");
}

#[test]
fn scan_builds_a_database_again_whose_pages_are_damaged() {
    let folder = Folder::new();
    folder.add_hot_laps("a.acevo");
    let library = folder.open();
    folder.scan(&library);
    let before = only(&library);
    drop(library);
    // The first page with the schema is kept; the rest is garbage.
    let mut bytes = fs::read(folder.database()).unwrap();
    assert!(bytes.len() > 8192);
    bytes[4096..].fill(0xff);
    fs::write(folder.database(), bytes).unwrap();
    let library = folder.open();
    folder.scan(&library);
    assert!(library.was_rebuilt() && only(&library) == before);
}

#[test]
fn notes_are_in_a_file_beside_the_recording_and_survive_a_rebuild() {
    let folder = Folder::new();
    let path = folder.add(&ORIGINALS.phases, "weekend.acevo");
    let library = folder.open();
    folder.scan(&library);
    let race = all(&library).into_iter().find(|row| row.kind == "race").unwrap();
    let notes = Notes { title: " Final ".into(), note: "soft tyres".into(), tags: vec!["wet".into(), "wet".into()] };
    library.set_notes(race.id, notes).unwrap();
    let expected = Notes { title: "Final".into(), note: "soft tyres".into(), tags: vec!["wet".into()] };
    assert_eq!(library.session(race.id).unwrap().notes, expected);
    assert_eq!(folder.scan(&library).indexed, 0, "its own change is no reason to read the recording");
    let mut filter = SessionFilter::default();
    filter.tag = Some("wet".into());
    assert_eq!(library.sessions(&filter).unwrap().rows, [library.session(race.id).unwrap()]);
    filter = SessionFilter::default();
    filter.text = Some("SOFT".into());
    assert_eq!(library.sessions(&filter).unwrap().total, 1);
    let rebuilt = Library::in_memory().unwrap();
    folder.scan(&rebuilt);
    assert_eq!(rebuilt.session(race.id).unwrap().notes, expected);

    // A file that a user has edited is read again.
    let text = fs::read_to_string(notes_path(&path)).unwrap();
    fs::write(notes_path(&path), text.replace("Final", "Grand final")).unwrap();
    let file = fs::File::options().append(true).open(notes_path(&path)).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(5)).unwrap();
    folder.scan(&library);
    assert_eq!(library.session(race.id).unwrap().notes.title, "Grand final");

    fs::write(notes_path(&path), "mine").unwrap();
    let refused = library.set_notes(race.id, Notes::default());
    assert!(matches!(refused, Err(LibraryError::Notes { .. })), "{refused:?}");
    assert_eq!(fs::read_to_string(notes_path(&path)).unwrap(), "mine");
    let absent = library.set_notes(1, Notes::default());
    assert!(matches!(absent, Err(LibraryError::NotFound { id: 1, .. })));
}

#[test]
fn trash_moves_a_recording_with_its_notes_and_restore_takes_it_back() {
    let folder = Folder::new();
    let path = folder.add_hot_laps("a.acevo");
    let library = folder.open();
    folder.scan(&library);
    let session = only(&library);
    library.set_notes(session.id, Notes { title: "kept".into(), ..Notes::default() }).unwrap();
    let before = only(&library);
    let undo = library.trash(session.id).unwrap();
    assert!(!path.exists() && !notes_path(&path).exists() && all(&library).is_empty());
    folder.scan(&library);
    assert!(all(&library).is_empty() && library.unreadable().unwrap().is_empty());

    // Deleted recordings are found again.
    let rebuilt = Library::in_memory().unwrap();
    folder.scan(&rebuilt);
    fs::write(&path, "another file").unwrap();
    assert!(matches!(rebuilt.restore(undo), Err(LibraryError::Taken(_))));
    fs::remove_file(&path).unwrap();
    assert_eq!(rebuilt.restore(undo).unwrap(), [before.id]);
    assert_eq!(only(&rebuilt), before);
    assert!(!folder.recordings().join("trash").exists(), "nothing is left");
    assert!(matches!(rebuilt.restore(undo), Err(LibraryError::NotFound { .. })));
}

#[test]
fn scan_does_not_store_a_recording_that_is_deleted_while_it_is_read() {
    let folder = Folder::new();
    let path = folder.add_hot_laps("a.acevo");
    let library = folder.open();
    let report = library.scan(&[folder.recordings()], &ScanOptions::default(), &mut |progress| {
        if progress.at.is_some() {
            // An error on Windows, where the file is open.
            let _ = fs::remove_file(&path);
        }
        true
    });
    assert!(!report.unwrap().stopped);
    assert!(path.exists() || all(&library).is_empty(), "{:?}", all(&library));
}

#[test]
fn empty_trash_removes_only_what_was_deleted_long_ago() {
    let folder = Folder::new();
    let library = folder.open();
    let trash = folder.recordings().join("trash");
    // Ten milliseconds after 1970, and a folder that this program has not made.
    let old = folder.add_hot_laps("trash/10/old.acevo");
    let foreign = folder.add_hot_laps("trash/mine/own.acevo");
    fs::write(notes_path(&old), "{}").unwrap();
    let young = folder.add_hot_laps("young.acevo");
    folder.scan(&library);
    library.trash(only(&library).id).unwrap();
    assert_eq!(library.empty_trash(Duration::from_secs(86_400)).unwrap(), 1);
    assert!(!trash.join("10").exists() && foreign.exists() && !young.exists());
    assert_eq!(fs::read_dir(&trash).unwrap().count(), 2);
}

#[test]
fn two_libraries_scan_and_read_the_same_database_at_once() {
    let folder = Folder::new();
    for number in 0..6 {
        folder.add_hot_laps(&format!("{number}.acevo"));
    }
    std::thread::scope(|scope| {
        let scans: Vec<_> = (0..2).map(|_| scope.spawn(|| folder.scan(&folder.open()))).collect();
        let reader = folder.open();
        while !scans.iter().all(|scan| scan.is_finished()) {
            assert!(all(&reader).len() <= 6);
        }
        let indexed: usize = scans.into_iter().map(|scan| scan.join().unwrap().indexed).sum();
        assert!((6..=12).contains(&indexed), "{indexed}");
    });
    let library = folder.open();
    let rows = all(&library);
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!((rows.len(), ids.len()), (6, 6), "copies have ids of their own");
    assert_eq!(folder.scan(&library).indexed, 0);
}

#[test]
fn other_cars_of_a_recording_with_the_log_are_listed_with_their_laps() {
    let folder = Folder::new();
    let file = folder.recordings().join("race.acevo");
    record_race(&file);
    let library = folder.open();
    folder.scan(&library);
    let race = all(&library).into_iter().find(|row| row.kind == "race").unwrap();
    let cars = library.other_cars(race.id).unwrap();
    assert!(cars.len() > 10 && cars.iter().all(|car| car.name.is_some()), "{cars:?}");
    let laps: Vec<_> = cars.iter().flat_map(|car| &car.laps).collect();
    assert!(laps.len() > 10 && laps.iter().any(|lap| lap.source == "log" && lap.time_ms.is_some()), "{laps:?}");
    assert!(race.is_simulated);
}

/// Records a race of two laps with the log of the game in its marks.
fn record_race(path: &Path) {
    use acevo_gamelog::Parser;
    use acevo_recording::{Description, Mark, Marked, Record, RecordingWriter};
    use acevo_shared_memory::{Page as _, PageKind};

    let mut options = Options::default();
    (options.scenario, options.laps) = (Scenario::Race, Some(2));
    let start_ms = options.log.get_or_insert_default().start_ms;
    let mut simulator = acevo_simulator::Simulator::new(options);
    let mut writer = RecordingWriter::create(path, &Description::new("test")).unwrap();
    let place = "a simulation".to_owned();
    writer.mark(&Mark::new(Duration::ZERO, Marked::Attached { place, game_version: String::new() })).unwrap();
    let mut parser = Parser::new();
    while !simulator.is_finished() {
        let changes = simulator.step();
        let at = simulator.time();
        for (changed, page, bytes) in [
            (changes.static_data, PageKind::Static, simulator.static_data().as_bytes()),
            (changes.graphics, PageKind::Graphics, simulator.graphics().as_bytes()),
            (changes.physics, PageKind::Physics, simulator.physics().as_bytes()),
        ] {
            if changed {
                writer.record(&Record::new(page, at, bytes)).unwrap();
            }
        }
        for line in simulator.take_log() {
            parser.feed(line.text.as_bytes());
            parser.feed(b"\n");
        }
        while let Some(event) = parser.next_event() {
            let at = Duration::from_millis(event.time.ms().unsigned_abs().saturating_sub(start_ms));
            writer.mark(&Mark::new(at, Marked::Log { event, is_exact: true })).unwrap();
        }
    }
    writer.finish().unwrap();
}
