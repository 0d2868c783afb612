//! The publisher with a broker in memory: order, acknowledgements, what is late, and what is dropped.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use acevo_fleet::{
    Broker, BrokerError, BrokerEvent, ChannelInfo, Connection, DrivenNames, Fact, Hello, Identity, LapFacts, Message,
    Moment, Options, Publisher, QualityOfService, RigState, SessionState, Sessions, Spool, SpoolLimits, Ticket,
};
use serde_json::{Value, json};

/// What the broker has, and what it does.
#[derive(Default)]
struct Memory {
    received: Vec<Message>,
    events: VecDeque<BrokerEvent>,
    /// Messages whose acknowledgement is held back.
    held: Vec<Ticket>,
    holds: bool,
    is_away: bool,
    hellos: Vec<Hello>,
}

#[derive(Clone, Default)]
struct TestBroker(Arc<Mutex<Memory>>);

impl TestBroker {
    fn with<T>(&self, change: impl FnOnce(&mut Memory) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    /// The contents of all messages of a topic.
    fn contents(&self, topic: &str) -> Vec<Value> {
        let end = format!("/{topic}");
        self.with(|memory| {
            let messages = memory.received.iter().filter(|message| message.topic.ends_with(&end));
            messages.map(|message| serde_json::from_str(&message.text).unwrap()).collect()
        })
    }

    fn fail(&self) {
        let lost = BrokerError::Lost("mqtt://test".parse().unwrap(), "killed".into());
        self.with(|memory| {
            memory.events.push_back(BrokerEvent::Failed(lost));
            memory.is_away = true;
        });
    }
}

impl Broker for TestBroker {
    fn connect(&mut self, hello: Hello) -> Result<Box<dyn Connection>, BrokerError> {
        self.with(|memory| {
            if memory.is_away {
                return Err(BrokerError::Refused("mqtt://test".parse().unwrap()));
            }
            memory.hellos.push(hello);
            memory.held.clear();
            memory.events = [BrokerEvent::Connected].into();
            Ok(())
        })?;
        Ok(Box::new(self.clone()))
    }
}

impl Connection for TestBroker {
    fn publish(&mut self, message: Message, ticket: Option<Ticket>) -> bool {
        self.with(|memory| {
            memory.received.push(message);
            match ticket {
                Some(ticket) if memory.holds => memory.held.push(ticket),
                Some(ticket) => memory.events.push_back(BrokerEvent::Acknowledged(ticket)),
                None => {}
            }
            true
        })
    }

    fn next_event(&mut self) -> Option<BrokerEvent> {
        self.with(|memory| memory.events.pop_front())
    }

    fn close(self: Box<Self>, _: Duration) {}
}

/// A publisher with the sessions of its rig.
struct Rig {
    sessions: Sessions,
    publisher: Publisher,
}

fn rig(folder: &Path, broker: &TestBroker, options: Options) -> Rig {
    let identity = Identity { site: "Home".into(), rig: "Rig 3".into(), version: "0.1.0".into() };
    let spool = Spool::open(folder, SpoolLimits::default()).unwrap();
    let publisher = Publisher::new(identity, options, Box::new(broker.clone()), spool).unwrap();
    Rig { sessions: Sessions::new().unwrap(), publisher }
}

impl Rig {
    fn publish(&mut self, facts: impl IntoIterator<Item = Fact>) {
        facts.into_iter().for_each(|fact| self.publisher.publish(&fact));
    }

    fn session(&mut self, kind: Option<String>, names: DrivenNames) {
        let facts = self.sessions.follow(1, kind, names);
        self.publish(facts);
    }

    fn end(&mut self, state: SessionState) {
        let fact = self.sessions.end(state);
        self.publish(fact);
    }

    /// A lap that counts.
    fn drive(&mut self, number: u32) {
        let lap = json!({ "session": 1, "number": number, "time_ms": 90_000 - number });
        let facts = LapFacts { number, attempt: 1, is_complete: true, counted_ms: Some(90_000 - number) };
        let facts = self.sessions.lap(1, &lap, facts, 1_780_000_000_000);
        self.publish(facts);
    }

    /// Runs until the broker is connected and everything was sent. `now` is moved past every interval.
    fn run(&mut self, now: &mut Instant) {
        for _ in 0..100 {
            self.step(now);
        }
    }

    /// Runs a second later.
    fn step(&mut self, now: &mut Instant) {
        *now += Duration::from_secs(1);
        self.publisher.run(*now);
    }
}

fn numbers(laps: &[Value]) -> Vec<u64> {
    laps.iter().map(|lap| lap["number"].as_u64().unwrap()).collect()
}

#[test]
fn publisher_sends_laps_with_names_session_and_key() {
    let (folder, broker, mut now) = (tempfile::tempdir().unwrap(), TestBroker::default(), Instant::now());
    let mut rig = rig(folder.path(), &broker, Options::default());
    rig.publisher.run(now);
    let names = DrivenNames { track: Some("Monza".into()), car: Some("Car".into()), ..DrivenNames::default() };
    rig.session(Some("race".into()), names);
    rig.drive(1);
    let event = rig.sessions.event(1, &json!({ "event": "pit_in", "session": 1 }), String::new(), 1_780_000_000_001);
    rig.publish(event);
    rig.run(&mut now);
    let laps = broker.contents("lap");
    let session = broker.contents("session")[0]["id"].clone();
    assert_eq!(laps.len(), 1);
    assert_eq!(laps[0]["key"], format!("{}/1", session.as_str().unwrap()));
    assert_eq!(
        (&laps[0]["session"], &laps[0]["session_number"], &laps[0]["track"], &laps[0]["rig"]),
        (&session, &json!(1), &json!("Monza"), &json!("rig-3"))
    );
    assert_eq!((&laps[0]["ended_at"], laps[0].get("late")), (&json!(1_780_000_000_000u64), None));
    assert_eq!(broker.contents("event")[0]["at"], 1_780_000_000_001u64);
    let last = broker.contents("session").pop().unwrap();
    assert_eq!((&last["laps"], &last["best_ms"], &last["state"]), (&json!(1), &json!(89_999), &json!("open")));
    let (topics, hello) = broker.with(|memory| {
        let topics: Vec<_> =
            memory.received.iter().map(|message| (message.topic.clone(), message.is_retained)).collect();
        (topics, memory.hellos[0].clone())
    });
    assert_eq!(hello.client_id, "acevo-home-rig-3");
    assert!(hello.last_will.is_some_and(|will| will.is_retained && will.text.contains("\"online\":false")));
    for (topic, is_retained) in topics {
        let name = topic.strip_prefix("acevo/v1/home/rig-3/").unwrap();
        assert_eq!(is_retained, ["status", "channels", "session"].contains(&name), "{topic}");
    }
    assert_eq!(rig.publisher.state().backlog.messages, 0);
}

#[test]
fn publisher_sends_every_lap_after_a_failure_oldest_first_and_late() {
    let (folder, broker, mut now) = (tempfile::tempdir().unwrap(), TestBroker::default(), Instant::now());
    let mut rig = rig(folder.path(), &broker, Options::default());
    rig.run(&mut now);
    rig.drive(1);
    rig.run(&mut now);
    broker.with(|memory| memory.holds = true);
    rig.drive(2);
    rig.run(&mut now);
    broker.fail();
    rig.run(&mut now);
    assert!(rig.publisher.state().problem.unwrap().contains("nothing listens"), "advice");
    (3..60).for_each(|number| rig.drive(number));
    rig.run(&mut now);
    assert_eq!(numbers(&broker.contents("lap")), [1, 2]);
    broker.with(|memory| (memory.is_away, memory.holds) = (false, false));
    rig.run(&mut now);
    rig.drive(60);
    rig.run(&mut now);
    let laps = broker.contents("lap");
    let expected: Vec<_> = [1, 2].into_iter().chain(2..=60).collect();
    assert_eq!(numbers(&laps), expected);
    for (index, lap) in laps.iter().enumerate() {
        let is_late = (2..laps.len() - 1).contains(&index);
        assert_eq!(lap.get("late"), is_late.then_some(&json!(true)), "{lap}");
    }
    assert_eq!(laps[1]["key"], laps[2]["key"], "a consumer recognises what arrives twice");
    let state = rig.publisher.state();
    assert_eq!((state.problem, state.backlog.messages, state.backlog.dropped), (None, 0, 0));
}

#[test]
fn publisher_sends_what_an_earlier_process_could_not() {
    let (folder, broker, mut now) = (tempfile::tempdir().unwrap(), TestBroker::default(), Instant::now());
    broker.with(|memory| memory.is_away = true);
    let mut first = rig(folder.path(), &broker, Options::default());
    first.drive(1);
    first.run(&mut now);
    // As after a kill.
    drop(first);
    broker.with(|memory| memory.is_away = false);
    let mut second = rig(folder.path(), &broker, Options::default());
    second.run(&mut now);
    let laps = broker.contents("lap");
    assert_eq!((numbers(&laps), &laps[0]["late"]), (vec![1], &json!(true)));
}

#[test]
fn publisher_never_replaces_a_retained_session_by_a_late_one() {
    let (folder, broker, mut now) = (tempfile::tempdir().unwrap(), TestBroker::default(), Instant::now());
    let mut rig = rig(folder.path(), &broker, Options::default());
    rig.run(&mut now);
    rig.session(None, DrivenNames::default());
    broker.fail();
    rig.run(&mut now);
    rig.end(SessionState::Abandoned);
    broker.with(|memory| memory.is_away = false);
    rig.run(&mut now);
    broker.with(|memory| {
        let sessions: Vec<_> = memory.received.iter().filter(|message| message.topic.ends_with("/session")).collect();
        for message in &sessions {
            assert_eq!(message.is_retained, !message.text.contains("\"late\""), "{}", message.text);
        }
        assert!(sessions.last().is_some_and(|last| last.is_retained && last.text.contains("abandoned")));
    });
}

#[test]
fn publisher_drops_and_counts_samples_without_a_connection() {
    let (folder, broker, now) = (tempfile::tempdir().unwrap(), TestBroker::default(), Instant::now());
    let speed = ChannelInfo {
        id: "speed".into(),
        title: "Speed".into(),
        unit: "km/h".into(),
        decimals: 1,
        quality: "measured".into(),
    };
    let options = Options { channels: vec![speed], rate: 10.0, batch: Duration::from_secs(1), ..Options::default() };
    let mut rig = rig(folder.path(), &broker, options);
    let sample = |time: u64| Moment { unix_ms: 100 * time, values: vec![Some(time as f64)] };
    (0..11).for_each(|time| rig.publisher.sample(None, &sample(time)));
    rig.publisher.run(now);
    (20..31).for_each(|time| rig.publisher.sample(None, &sample(time)));
    let samples = broker.contents("sample");
    assert_eq!((samples.len(), &samples[0]["t"], &samples[0]["speed"][10]), (1, &json!(2_000), &json!(30)));
    assert_eq!(samples[0]["f"], broker.contents("channels")[0]["format"]);
    let backlog = rig.publisher.state().backlog;
    assert_eq!((backlog.dropped_samples, backlog.messages), (11, 0), "samples are never spooled");
}

#[test]
fn publisher_notices_another_program_with_the_same_name_but_not_its_own_past() {
    let (folder, broker, mut now) = (tempfile::tempdir().unwrap(), TestBroker::default(), Instant::now());
    let mut rig = rig(folder.path(), &broker, Options::default());
    let status = |boot: &str, online: bool, is_retained: bool| {
        BrokerEvent::Received(Message {
            topic: "acevo/v1/home/rig-3/status".into(),
            text: json!({ "online": online, "boot": boot }).to_string(),
            quality: QualityOfService::AtLeastOnce,
            is_retained,
        })
    };
    rig.publisher.run(now);
    rig.publisher.run(now);
    let own = rig.publisher.boot().to_string();
    for event in [status(&own, true, false), status("old", false, false)] {
        broker.with(|memory| memory.events.push_back(event));
    }
    rig.run(&mut now);
    assert!(!rig.publisher.state().is_duplicate);
    broker.fail();
    broker.with(|memory| memory.is_away = false);
    rig.run(&mut now);
    broker.with(|memory| memory.events.push_back(status(&own, false, true)));
    rig.run(&mut now);
    assert!(!rig.publisher.state().is_duplicate, "our own last will");
    broker.with(|memory| memory.events.push_back(status("other", false, true)));
    rig.run(&mut now);
    assert!(rig.publisher.state().is_duplicate);
    // The other one was given another name.
    (0..2).for_each(|_| rig.run(&mut now));
    assert!(rig.publisher.state().is_duplicate, "not before some minutes");
    broker.with(|memory| memory.events.push_back(status("other", true, false)));
    (0..2).for_each(|_| rig.run(&mut now));
    assert!(rig.publisher.state().is_duplicate, "it is still there");
    rig.run(&mut now);
    rig.run(&mut now);
    assert!(!rig.publisher.state().is_duplicate);
}

#[test]
fn publisher_reports_a_broker_that_acknowledges_its_status_and_does_not_pass_it_on() {
    let (folder, broker, mut now) = (tempfile::tempdir().unwrap(), TestBroker::default(), Instant::now());
    let mut rig = rig(folder.path(), &broker, Options::default());
    for _ in 0..20 {
        rig.step(&mut now);
    }
    assert!(!rig.publisher.state().is_withheld, "it may come soon");
    rig.run(&mut now);
    assert!(rig.publisher.state().is_withheld);
    let status = broker.with(|memory| {
        let status = memory.received.iter().rfind(|message| message.topic.ends_with("/status"));
        BrokerEvent::Received(Message { is_retained: false, ..status.unwrap().clone() })
    });
    broker.with(|memory| memory.events.push_back(status));
    rig.step(&mut now);
    assert!(!rig.publisher.state().is_withheld, "it has come");
    rig.run(&mut now);
    assert!(rig.publisher.state().is_withheld);
    broker.fail();
    rig.step(&mut now);
    assert!(!rig.publisher.state().is_withheld, "there is no connection");
    broker.with(|memory| memory.is_away = false);
    rig.run(&mut now);
    broker.with(|memory| memory.events.push_back(BrokerEvent::NotSubscribed));
    rig.run(&mut now);
    assert!(!rig.publisher.state().is_withheld, "the user may only write");
}

#[test]
fn publisher_repeats_status_and_session_while_it_runs() {
    let (folder, broker, mut now) = (tempfile::tempdir().unwrap(), TestBroker::default(), Instant::now());
    let mut rig = rig(folder.path(), &broker, Options::default());
    rig.publish([Fact::Rig(RigState { state: "live".into(), game: Some("0.8".into()), missed: 3 })]);
    rig.session(None, DrivenNames::default());
    rig.run(&mut now);
    let statuses = broker.contents("status");
    assert!((8..=12).contains(&statuses.len()), "{}", statuses.len());
    assert_eq!((&statuses[0]["state"], &statuses[0]["missed"]), (&json!("live"), &json!(3)));
    assert!(statuses.windows(2).all(|pair| pair[0]["seq"].as_u64() < pair[1]["seq"].as_u64()));
    assert!((4..=7).contains(&broker.contents("session").len()));
    rig.end(SessionState::Closed);
    rig.publisher.close(Duration::from_secs(5));
    assert_eq!(broker.contents("status").pop().unwrap()["online"], false);
    assert_eq!(broker.contents("session").pop().unwrap()["state"], "closed");
}
