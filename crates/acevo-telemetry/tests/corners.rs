//! Rare behaviour of games.
#![allow(missing_docs)]

use std::time::{Duration, Instant};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, Error, LocalPages, PageKind, Publisher, SPageFileGraphicEvo, SPageFilePhysics,
    SPageFileStaticEvo, Source,
};
use acevo_telemetry::{Connection, ConnectionEvent, ConnectionState, DetachReason};

/// The events of some time.
fn events(telemetry: &mut Connection, time: Duration) -> Vec<ConnectionEvent> {
    let end = Instant::now() + time;
    let mut events = Vec::new();
    while Instant::now() < end {
        events.extend(telemetry.wait(Duration::from_millis(20)));
    }
    events
}

fn count(events: &[ConnectionEvent], is: impl Fn(&ConnectionEvent) -> bool) -> usize {
    events.iter().filter(|event| is(event)).count()
}

fn screen(id: i32, status: i32) -> SPageFileGraphicEvo {
    SPageFileGraphicEvo { packetId: id, status, ..Default::default() }
}

const LIVE: i32 = 2;
const PAUSE: i32 = 3;

#[test]
fn wait_reports_no_session_change_for_a_static_page_with_nan() {
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    publisher.publish_graphics(&screen(1, PAUSE)).unwrap();
    let mut session = SPageFileStaticEvo { latitude: f32::NAN, ..Default::default() };
    publisher.publish_static(&session).unwrap();
    let mut telemetry = Connection::from_opener(move || ACEvoSharedMemoryMapper::open_source(pages.clone()));
    let changes =
        |events: Vec<ConnectionEvent>| count(&events, |event| matches!(event, ConnectionEvent::SessionChanged));
    assert_eq!(changes(events(&mut telemetry, Duration::from_millis(800))), 0);
    session.track = "Valdombra".into();
    publisher.publish_static(&session).unwrap();
    assert_eq!(changes(events(&mut telemetry, Duration::from_millis(800))), 1);
}

/// A game whose pages can be read, but not its counters.
#[derive(Debug)]
struct WithoutCounters(LocalPages);

impl Source for WithoutCounters {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        self.0.copy(page, words)
    }
    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        self.0.is_unchanged(page, words)
    }
    fn size(&self, page: PageKind) -> usize {
        self.0.size(page)
    }
    fn location(&self, page: PageKind) -> String {
        self.0.location(page)
    }
    fn packet_id(&self, page: PageKind) -> Result<i32, Error> {
        Err(Error::Gone { page, location: self.location(page) })
    }
}

#[test]
fn wait_slows_down_for_a_game_that_fails_at_once() {
    let pages = LocalPages::new();
    Publisher::local(&pages).publish_graphics(&screen(1, LIVE)).unwrap();
    let mut telemetry =
        Connection::from_opener(move || ACEvoSharedMemoryMapper::open_source(WithoutCounters(pages.clone())));
    let events = events(&mut telemetry, Duration::from_millis(1200));
    let attached = count(&events, |event| matches!(event, ConnectionEvent::Attached { .. }));
    assert!((2..=3).contains(&attached), "{attached}");
}

#[test]
fn wait_keeps_a_game_whose_pause_ends_while_the_pages_are_reopened() {
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    publisher.publish_graphics(&screen(1, PAUSE)).unwrap();
    let mut opened = 0;
    let mut telemetry = Connection::from_opener(move || {
        opened += 1;
        if opened == 2 {
            publisher.publish_graphics(&screen(2, LIVE))?;
        }
        ACEvoSharedMemoryMapper::open_source(pages.clone())
    });
    let events = events(&mut telemetry, Duration::from_millis(3600));
    assert_eq!(count(&events, |event| matches!(event, ConnectionEvent::Detached(_))), 0, "{events:?}");
    assert_eq!(count(&events, |event| matches!(event, ConnectionEvent::Packet(_))), 1);
    assert_eq!(telemetry.state(), ConnectionState::Live);
}

#[test]
fn wait_reports_a_pause_without_a_packet() {
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    publisher.publish_physics(&SPageFilePhysics { packetId: 1, ..Default::default() }).unwrap();
    publisher.publish_graphics(&screen(1, LIVE)).unwrap();
    let mut telemetry = Connection::from_opener(move || ACEvoSharedMemoryMapper::open_source(pages.clone()));
    events(&mut telemetry, Duration::from_millis(100));
    publisher.publish_graphics(&screen(2, LIVE)).unwrap();
    events(&mut telemetry, Duration::from_millis(100));
    assert_eq!(telemetry.state(), ConnectionState::Live);
    // The rest of a page whose counter was read before.
    publisher.publish_graphics(&screen(2, PAUSE)).unwrap();
    assert_eq!(
        count(&events(&mut telemetry, Duration::from_millis(3200)), |event| matches!(
            event,
            ConnectionEvent::Detached(_)
        )),
        0
    );
    assert_eq!(telemetry.state(), ConnectionState::Paused);

    publisher.publish_graphics(&screen(3, LIVE)).unwrap();
    let frozen = |event: &ConnectionEvent| matches!(event, ConnectionEvent::Detached(DetachReason::Frozen));
    assert_eq!(count(&events(&mut telemetry, Duration::from_millis(3000)), frozen), 1);
    publisher.publish_graphics(&screen(3, PAUSE)).unwrap();
    events(&mut telemetry, Duration::from_millis(800));
    assert_eq!(telemetry.state(), ConnectionState::Paused);
}
