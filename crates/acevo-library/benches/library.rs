//! Measures the library: `cargo bench -p acevo-library --bench library`.
//!
//! The first part reads simulated drives at 333 Hz; with `-- FILE` it reads that recording. The second part lists and filters 10,000 recordings
//! with 100,000 laps: rows as a scan would store them, written with SQL. All times are processor times of this thread, so that other
//! processes do not count.

#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use acevo_library::{Library, SessionFilter};
use acevo_recording::Recording;
use acevo_simulator::{Options, Scenario};
use acevo_testkit::recordings::changed;
use cpu_time::ThreadTime;

const RECORDINGS: u32 = 10_000;
const LAPS: u32 = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs benchmarks, too, without this.
    let is_bench = arguments.iter().any(|argument| argument == "--bench");
    let folder = tempfile::tempdir().expect("there is room");
    match arguments.iter().find(|argument| !argument.starts_with("--")) {
        Some(file) => index(Path::new(file), "the recording"),
        None => {
            for (scenario, name) in [(Scenario::HotLaps, "hot laps"), (Scenario::Race, "a race with 20 cars")] {
                let file = record(folder.path(), scenario, if is_bench { 600 } else { 10 });
                index(&file, name);
            }
        }
    }
    list(folder.path(), if is_bench { RECORDINGS } else { 100 });
}

fn record(folder: &Path, scenario: Scenario, seconds: u64) -> PathBuf {
    let path = folder.join(format!("{scenario}.acevo"));
    let mut options = Options::default();
    options.scenario = scenario;
    changed(&path, options, Duration::from_secs(seconds), |_, _| {});
    path
}

fn index(path: &Path, name: &str) {
    let duration = Recording::open(path).expect("it was recorded").info().duration();
    let library = Library::in_memory().expect("there is memory");
    let start = ThreadTime::now();
    let sessions = library.index_file(path).expect("it is a recording");
    let spent = start.elapsed().as_secs_f64();
    let hours = duration.as_secs_f64() / 3600.0;
    println!("{name}: {} sessions, {:.2} s of processor time per hour of driving", sessions.len(), spent / hours);
}

fn list(folder: &Path, recordings: u32) {
    let path = folder.join("library.sqlite");
    let library = Library::open(&path).expect("it is new");
    fill(&path, recordings);
    let measure = |name: &str, query: &dyn Fn() -> usize| {
        let mut times: Vec<_> = (0..11)
            .map(|_| {
                let start = ThreadTime::now();
                (query(), start.elapsed())
            })
            .collect();
        times.sort_by_key(|(_, time)| *time);
        let (rows, time) = times[times.len() / 2];
        println!("{name}: {rows} rows, {:.1} ms (median of 11)", time.as_secs_f64() * 1000.0);
    };
    let sessions = |change: &dyn Fn(&mut SessionFilter)| {
        let mut filter = SessionFilter::default();
        change(&mut filter);
        library.sessions(&filter).expect("the database can be read").rows.len()
    };
    measure("the first 100 sessions", &|| sessions(&|filter| filter.limit = Some(100)));
    measure("all sessions", &|| sessions(&|_| ()));
    measure("sessions with a track and a car", &|| {
        sessions(&|filter| (filter.track, filter.car) = (Some("Track 3".into()), Some("Car 7".into())))
    });
    measure("sessions with a part of a name", &|| {
        sessions(&|filter| (filter.car, filter.is_partial) = (Some("car 7".into()), true))
    });
    measure("sessions with a text", &|| {
        sessions(&|filter| (filter.text, filter.limit) = (Some("rain".into()), Some(100)))
    });
    measure("sessions with a tag", &|| sessions(&|filter| filter.tag = Some("wet".into())));
    measure("what there is to filter by", &|| library.choices().expect("the database can be read").cars.len());
    measure("best laps", &|| library.bests(&SessionFilter::default()).expect("the database can be read").len());
}

/// Stores sessions with ten laps each.
fn fill(path: &Path, recordings: u32) {
    let mut database = rusqlite::Connection::open(path).expect("it exists");
    let change = database.transaction().expect("nothing else writes");
    for id in 1..=recordings {
        let mut file = change
            .prepare_cached("INSERT INTO files VALUES (?1, ?2, 1, 1, 0, 1, 0, '0.9', 'acevo', NULL)")
            .expect("the schema is known");
        file.execute(rusqlite::params![id, format!("/recordings/{id:05}.acevo")]).expect("the schema is known");
        let mut session = change
            .prepare_cached(
                "INSERT INTO sessions (id, file_id, number, track, layout, car, driver, kind, name, began, from_s, duration_s, laps,
                 counting_laps, best_ms, best_lap_id, sector_ends, note)
                 VALUES (?1, ?1, 1, ?2, '', ?3, ?4, ?5, 'Session', ?6, 0, 1200, 10, 8, ?8, ?1 * 10, '[0.33,0.66]', ?7)",
            )
            .expect("the schema is known");
        let values = rusqlite::params![
            id,
            format!("Track {}", id % 12),
            format!("Car {}", id % 25),
            format!("Driver {}", id % 3),
            ["practice", "qualifying", "race"][id as usize % 3],
            format!("20{:02}-{:02}-{:02}T{:02}:30:00.000Z", 20 + id % 6, 1 + id % 12, 1 + id % 28, id % 24),
            if id % 50 == 0 { "rain" } else { "" },
            90_000 + id % 5000,
        ];
        session.execute(values).expect("the schema is known");
        if id % 40 == 0 {
            change.execute("INSERT INTO tags VALUES (?1, 'wet')", [id]).expect("the schema is known");
        }
        for lap in 0..LAPS {
            let mut insert = change
                .prepare_cached(
                    "INSERT INTO laps (id, session_id, number, attempt, stint, kind, counts, validity, time_ms, sector_kind, from_s, to_s,
                     missed) VALUES (?1, ?2, ?3, 1, 1, 'flying', 1, 'valid', 90000, 'thirds', 0, 90, 0)",
                )
                .expect("the schema is known");
            insert.execute([id * LAPS + lap, id, lap + 1]).expect("the schema is known");
        }
    }
    change.commit().expect("there is room");
}
