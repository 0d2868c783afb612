//! The writer with a database in memory: order, acknowledgements, refused lines, and what is dropped.

#![cfg(feature = "influx")]

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use acevo_fleet::{
    Backlog, ChannelInfo, DrivenNames, Fact, Identity, InfluxOptions, InfluxWriter, LapFacts, LineServer, Moment,
    RigState, Sessions, Spool, SpoolLimits, WriteError,
};
use serde_json::json;

/// What a database does with lines.
type Behaviour = Box<dyn FnMut(&[&str]) -> Result<(), WriteError> + Send>;

/// A database in memory. It keeps what it has accepted.
struct Memory {
    behaviour: Behaviour,
    /// Bodies of all requests.
    requests: Vec<String>,
    accepted: Vec<String>,
    outcomes: VecDeque<Result<(), WriteError>>,
}

#[derive(Clone)]
struct Database(Arc<Mutex<Memory>>);

impl Database {
    fn new(behaviour: impl FnMut(&[&str]) -> Result<(), WriteError> + Send + 'static) -> Self {
        let behaviour: Behaviour = Box::new(behaviour);
        Self(Arc::new(Mutex::new(Memory { behaviour, requests: vec![], accepted: vec![], outcomes: [].into() })))
    }

    fn set(&self, behaviour: impl FnMut(&[&str]) -> Result<(), WriteError> + Send + 'static) {
        self.0.lock().unwrap().behaviour = Box::new(behaviour);
    }

    fn requests(&self) -> Vec<String> {
        self.0.lock().unwrap().requests.clone()
    }

    /// The accepted lines of a measurement.
    fn of(&self, measurement: &str) -> Vec<String> {
        let lines = self.0.lock().unwrap().accepted.clone();
        lines.into_iter().filter(|line| line.starts_with(&format!("{measurement},"))).collect()
    }

    /// The numbers of the accepted laps.
    fn laps(&self) -> Vec<u32> {
        let number = |line: &String| {
            let rest = line.split(",number=").nth(1).unwrap();
            rest.split('i').next().unwrap().parse().unwrap()
        };
        self.of("laps").iter().map(number).collect()
    }
}

impl LineServer for Database {
    fn write(&mut self, lines: String) {
        let memory = &mut *self.0.lock().unwrap();
        let split: Vec<_> = lines.lines().collect();
        let outcome = (memory.behaviour)(&split);
        if outcome.is_ok() {
            memory.accepted.extend(split.iter().map(|line| (*line).to_owned()));
        }
        memory.outcomes.push_back(outcome);
        memory.requests.push(lines);
    }

    fn outcome(&mut self) -> Option<Result<(), WriteError>> {
        self.0.lock().unwrap().outcomes.pop_front()
    }
}

/// A writer with the sessions of its rig.
struct Rig {
    sessions: Sessions,
    writer: InfluxWriter,
    now: Instant,
}

impl Rig {
    fn new(folder: &Path, database: &Database) -> Self {
        let identity = Identity { site: "Club".into(), rig: "Rig 3".into(), version: "0.1.0".into() };
        let channel = ChannelInfo {
            id: "speed".into(),
            title: "Speed".into(),
            unit: "km/h".into(),
            decimals: 1,
            quality: "measured".into(),
        };
        let options = InfluxOptions { address: "test".into(), channels: vec![channel], source: "game".into() };
        let spool = Spool::open(folder, SpoolLimits::default()).unwrap();
        let writer = InfluxWriter::new(&identity, options, Box::new(database.clone()), spool).unwrap();
        let mut sessions = Sessions::new().unwrap();
        sessions.follow(1, None, DrivenNames { track: Some("Monza".into()), ..DrivenNames::default() });
        Self { sessions, writer, now: Instant::now() }
    }

    fn drive(&mut self, number: u32) {
        let facts = LapFacts { number, attempt: 1, is_complete: true, counted_ms: Some(90_000) };
        let facts = self.sessions.lap(1, &json!({ "number": number }), facts, 1_780_000_000_000);
        facts.iter().for_each(|fact| self.writer.publish(fact));
    }

    fn sample(&mut self, value: f64) {
        let moment = Moment { unix_ms: 1_780_000_000_000 + value as u64, values: vec![Some(value)] };
        self.writer.sample(self.sessions.running(), &moment);
    }

    /// Runs until nothing is due any more. Time passes: every interval ends.
    fn run(&mut self) {
        for _ in 0..200 {
            self.now += Duration::from_secs(1);
            self.writer.run(self.now);
        }
    }

    fn backlog(&self) -> Backlog {
        self.writer.state().backlog
    }
}

#[test]
fn writer_begins_with_the_rig_and_writes_laps_at_once_and_samples_together() {
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new(|_| Ok(())));
    let mut rig = Rig::new(folder.path(), &database);
    rig.writer.publish(&Fact::Rig(RigState { state: "live".into(), game: None, missed: 0 }));
    (1..=3).for_each(|number| rig.drive(number));
    (0..5).for_each(|value| rig.sample(value.into()));
    rig.run();
    let requests = database.requests();
    assert!(requests[0].starts_with("rig,rig=rig-3,site=club driving=1i,"), "{}", requests[0]);
    assert_eq!((requests[1].lines().count(), requests[2].lines().count()), (3, 5));
    assert_eq!(database.laps(), [1, 2, 3]);
    let first = &database.of("live")[0];
    assert!(first.contains(",track=Monza speed=0 ") && first.contains(",session="), "{first}");
    let state = rig.writer.state();
    assert_eq!((state.connected, state.acknowledged, state.samples, state.problem), (true, 3, 5, None));
    assert_eq!(rig.backlog().messages, 0);
    assert!((10..30).contains(&database.of("rig").len()), "every ten seconds");
}

#[test]
fn writer_keeps_laps_and_a_bounded_number_of_samples_while_the_database_is_away() {
    let away = || Err(WriteError::Away("nothing listens".into()));
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new(move |_| away()));
    let mut rig = Rig::new(folder.path(), &database);
    (1..=1200).for_each(|number| rig.drive(number));
    (0..20_000).for_each(|value| rig.sample(value.into()));
    rig.run();
    assert!(database.requests().iter().all(|request| request.starts_with("rig,")), "the smallest line only");
    let state = rig.writer.state();
    assert_eq!((state.connected, state.problem.as_deref()), (false, Some("nothing listens")));
    let dropped = rig.backlog().dropped_samples;
    assert!((1..20_000).contains(&dropped));
    database.set(|_| Ok(()));
    rig.run();
    assert_eq!(database.laps(), (1..=1200).collect::<Vec<_>>(), "oldest first");
    let live = database.of("live");
    assert_eq!(live.len() as u64 + dropped, 20_000);
    assert!(live[0].contains(&format!(" speed={dropped} ")), "the oldest ones are dropped");
    assert!(database.requests().iter().all(|request| request.len() <= 100_000));
    assert_eq!(rig.writer.state().problem, None);
}

#[test]
fn writer_writes_after_a_restart_what_was_not_acknowledged() {
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new(|_| Err(WriteError::Away("away".into()))));
    let mut first = Rig::new(folder.path(), &database);
    first.drive(1);
    first.run();
    // As after a kill.
    drop(first);
    database.set(|_| Ok(()));
    let mut second = Rig::new(folder.path(), &database);
    second.drive(2);
    second.run();
    assert_eq!(database.laps(), [1, 2]);
}

#[test]
fn writer_drops_only_the_line_that_is_refused() {
    let has_refused = |lines: &[&str]| lines.iter().any(|line| line.contains(",number=77i"));
    let behaviour = move |lines: &[&str]| match has_refused(lines) {
        true => Err(WriteError::Lines("field type conflict".into())),
        false => Ok(()),
    };
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new(behaviour));
    let mut rig = Rig::new(folder.path(), &database);
    (1..=100).for_each(|number| rig.drive(number));
    rig.run();
    let expected: Vec<_> = (1..=100).filter(|number| *number != 77).collect();
    assert_eq!(database.laps(), expected);
    let state = rig.writer.state();
    assert_eq!((state.refused, state.refusal.as_deref()), (1, Some("field type conflict")));
    assert_eq!((state.backlog.messages, state.backlog.dropped, state.problem), (0, 0, None));
}

#[test]
fn writer_loses_nothing_to_a_wrong_address_that_refuses_every_line() {
    let behaviour = |_: &[&str]| Err(WriteError::Lines("database is required".into()));
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new(behaviour));
    let mut rig = Rig::new(folder.path(), &database);
    rig.drive(1);
    rig.run();
    let state = rig.writer.state();
    assert!(state.is_permanent && state.problem.unwrap().contains("influx.url"));
    assert_eq!((state.refused, state.backlog.messages), (0, 1));
    assert!(database.requests().len() < 10, "not too often");
    database.set(|_| Ok(()));
    rig.run();
    assert_eq!(database.laps(), [1]);
    assert!(!rig.writer.state().is_permanent);
}

#[test]
fn writer_makes_requests_smaller_until_they_are_taken() {
    let behaviour = |lines: &[&str]| match lines.iter().map(|line| line.len()).sum::<usize>() > 1_000 {
        true => Err(WriteError::TooLarge("too large".into())),
        false => Ok(()),
    };
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new(behaviour));
    let mut rig = Rig::new(folder.path(), &database);
    (1..=50).for_each(|number| rig.drive(number));
    (0..50).for_each(|value| rig.sample(value.into()));
    rig.run();
    assert_eq!(database.laps(), (1..=50).collect::<Vec<_>>());
    assert_eq!((database.of("live").len(), rig.writer.state().refused), (50, 0));
}

#[test]
fn writer_waits_as_long_as_a_busy_database_asks_for() {
    let behaviour = |_: &[&str]| Err(WriteError::Busy("429".into(), Duration::from_secs(150)));
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new(behaviour));
    let mut rig = Rig::new(folder.path(), &database);
    rig.drive(1);
    rig.run();
    assert_eq!(database.requests().len(), 2, "within 200 seconds");
    assert!(!rig.writer.state().is_permanent);
}

#[test]
fn close_writes_what_waits_unless_the_database_is_away() {
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new(|_| Ok(())));
    let mut rig = Rig::new(folder.path(), &database);
    rig.drive(1);
    rig.sample(5.0);
    rig.writer.close(Duration::from_secs(60));
    assert_eq!((database.laps().len(), database.of("live").len()), (1, 1));
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new(|_| Err(WriteError::Away("away".into()))));
    let mut rig = Rig::new(folder.path(), &database);
    rig.drive(1);
    rig.writer.close(Duration::from_secs(60));
    assert_eq!(database.requests().len(), 1);
    assert_eq!(Spool::open(folder.path(), SpoolLimits::default()).unwrap().len(), 1, "it stays");
}
