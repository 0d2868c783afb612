use std::sync::{Arc, Mutex};

use acevo_shared_memory::{LocalPages, Publisher, SPageFileGraphicEvo, SPageFilePhysics};

use super::*;

/// A game in this process that can be started, driven and ended. A connection that holds its pages does not notice the end, as
/// with a section that somebody keeps.
#[derive(Debug, Clone, Default)]
struct Game(Arc<Mutex<Option<LocalPages>>>);

impl Game {
    fn start(&self) {
        *self.0.lock().unwrap() = Some(LocalPages::new());
    }

    fn end(&self) {
        *self.0.lock().unwrap() = None;
    }

    fn write(&self, id: i32, status: ACEvoStatus) {
        write(&mut Publisher::local(self.0.lock().unwrap().as_ref().unwrap()), id, status);
    }

    fn connection(&self) -> Connection {
        let game = self.clone();
        Connection::new(Box::new(move || {
            let pages = game.0.lock().unwrap().clone();
            let pages = pages.ok_or_else(|| Error::GameNotRunning { looked_for: "a game of this test".into() })?;
            ACEvoSharedMemoryMapper::open_source(pages)
        }))
    }
}

fn write(publisher: &mut Publisher, id: i32, status: ACEvoStatus) {
    publisher.publish_physics(&SPageFilePhysics { packetId: id, ..Default::default() }).unwrap();
    let graphics = SPageFileGraphicEvo { packetId: id, status: status.value(), ..Default::default() };
    publisher.publish_graphics(&graphics).unwrap();
}

/// Polls every 100 ms for a while.
fn wait(connection: &mut Connection, clock: &mut Instant, seconds: f64) -> Vec<Link> {
    let mut changes = Vec::new();
    for _ in 0..(seconds * 10.0).round() as u32 {
        *clock += Duration::from_millis(100);
        if connection.poll(*clock) {
            changes.push(connection.link().clone());
        }
    }
    changes
}

#[cfg(unix)]
#[test]
fn waits_attaches_loses_and_finds_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    let open = move || ACEvoSharedMemoryMapper::open_source(acevo_shared_memory::PageDirectory::open(&path)?);
    let (mut connection, mut clock) = (Connection::new(Box::new(open)), Instant::now());
    assert!(connection.poll(clock), "the first look happens at once");
    assert!(matches!(connection.link(), Link::Absent(reason) if reason.contains("acevo_pmf_physics")));
    assert_eq!(wait(&mut connection, &mut clock, 5.0), []);

    let mut game = Publisher::directory(&directory).unwrap();
    write(&mut game, 1, ACEvoStatus::Off);
    assert_eq!(wait(&mut connection, &mut clock, 0.6), [Link::Attached]);
    assert_eq!(connection.counters(), Some([1, 1]));

    drop(game);
    let changes = wait(&mut connection, &mut clock, 0.2);
    assert!(matches!(changes.first(), Some(Link::Absent(reason)) if reason.contains("gone")), "{changes:?}");
    assert!(connection.mapper().is_none());

    let mut game = Publisher::directory(&directory).unwrap();
    write(&mut game, 7, ACEvoStatus::Live);
    assert_eq!(wait(&mut connection, &mut clock, 1.0).last(), Some(&Link::Attached));
    assert_eq!(connection.counters(), Some([7, 7]));
}

#[test]
fn a_live_page_that_stands_still_is_let_go_once() {
    let (game, mut clock) = (Game::default(), Instant::now());
    game.start();
    game.write(10, ACEvoStatus::Live);
    let mut connection = game.connection();
    connection.poll(clock);
    assert_eq!(wait(&mut connection, &mut clock, 2.9), []);
    assert_eq!(wait(&mut connection, &mut clock, 0.2), [Link::Frozen]);
    assert!(connection.mapper().is_none(), "nothing keeps a dead game's pages alive");
    assert_eq!(wait(&mut connection, &mut clock, 20.0), [], "no flapping");

    game.write(11, ACEvoStatus::Live);
    assert_eq!(wait(&mut connection, &mut clock, 0.6), [Link::Attached]);
}

#[test]
fn a_frozen_page_that_vanishes_is_an_absent_game() {
    let (game, mut clock) = (Game::default(), Instant::now());
    game.start();
    game.write(10, ACEvoStatus::Live);
    let mut connection = game.connection();
    connection.poll(clock);
    wait(&mut connection, &mut clock, 4.0);
    game.end();
    assert!(matches!(wait(&mut connection, &mut clock, 1.0)[..], [Link::Absent(_)]));
}

#[test]
fn neither_a_pause_nor_the_menu_is_a_disconnect() {
    for status in [ACEvoStatus::Pause, ACEvoStatus::Replay, ACEvoStatus::Off] {
        let (game, mut clock) = (Game::default(), Instant::now());
        game.start();
        game.write(10, status);
        let mut connection = game.connection();
        connection.poll(clock);
        assert_eq!(wait(&mut connection, &mut clock, 60.0), [], "{status}");
        assert_eq!(connection.link(), &Link::Attached);
    }
}

#[test]
fn an_empty_page_is_not_a_live_game() {
    let (game, mut clock) = (Game::default(), Instant::now());
    game.start();
    let mut connection = game.connection();
    connection.poll(clock);
    assert_eq!(connection.link(), &Link::Empty);
    assert!(connection.mapper().is_none());
    assert_eq!(wait(&mut connection, &mut clock, 10.0), []);
    game.write(1, ACEvoStatus::Live);
    assert_eq!(wait(&mut connection, &mut clock, 0.6), [Link::Attached]);
}

#[test]
fn what_cannot_be_used_is_shown_with_its_reason_and_tried_again() {
    let mut clock = Instant::now();
    let refused = Arc::new(Mutex::new(true));
    let still_refused = Arc::clone(&refused);
    let mut connection = Connection::new(Box::new(move || {
        if *still_refused.lock().unwrap() {
            let source = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
            return Err(Error::PermissionDenied { place: "pages of this test".into(), source });
        }
        let pages = LocalPages::new();
        let page = SPageFileGraphicEvo { packetId: 1, ..Default::default() };
        Publisher::local(&pages).publish_graphics(&page)?;
        ACEvoSharedMemoryMapper::open_source(pages)
    }));
    connection.poll(clock);
    let Link::Unusable(reason) = connection.link() else { panic!("{:?}", connection.link()) };
    assert!(reason.contains("pages of this test") && reason.ends_with("permission denied"), "{reason}");
    *refused.lock().unwrap() = false;
    assert_eq!(wait(&mut connection, &mut clock, 0.6), [Link::Attached]);
}
