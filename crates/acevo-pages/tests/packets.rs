//! `Packets`: each packet is returned once, with the number of missed ones.
#![cfg(feature = "publish")]

mod common;

use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, Arrival, Error, LocalPages, PageKind, Polling, Publisher, SPageFileGraphicEvo,
    SPageFilePhysics, Source,
};
use common::mapper_and_publisher;

fn physics(id: i32) -> SPageFilePhysics {
    SPageFilePhysics { packetId: id, speedKmh: id as f32, ..Default::default() }
}

fn graphics(id: i32) -> SPageFileGraphicEvo {
    SPageFileGraphicEvo { packetId: id, rpm: id as u16, ..Default::default() }
}

/// Counter, missed packets and restart of an arrival.
fn summary<T: Copy>(arrival: Option<Arrival<T>>, id: impl Fn(T) -> i32) -> Option<(i32, u32, bool)> {
    arrival.map(|arrival| (id(arrival.view.into_inner()), arrival.missed, arrival.restarted))
}

#[test]
fn poll_returns_each_packet_once_with_the_number_of_missed_ones() {
    let (mapper, mut publisher) = mapper_and_publisher();
    publisher.publish_physics(&physics(5)).unwrap();
    let mut packets = mapper.packets();
    assert!(packets.poll().unwrap().is_none(), "the current page is not new");
    let steps = [
        (6, 0, false),
        (9, 2, false),
        (10, 0, false),
        (3, 0, true),
        (4, 0, false),
        (2004, 1999, false),
        (1_000_000, 0, true),
    ];
    for (id, missed, restarted) in steps {
        publisher.publish_physics(&physics(id)).unwrap();
        let packet = packets.poll().unwrap().unwrap();
        assert_eq!(summary(packet.physics, |page| page.packetId), Some((id, missed, restarted)));
        let page = packet.physics.unwrap().view;
        assert!(page.is_settled() && page.raw().speedKmh == id as f32);
        assert!(packet.graphics.is_none() && packets.poll().unwrap().is_none());
    }
    let stats = &packets.stats().physics;
    assert_eq!((stats.distinct, stats.missed, stats.restarts, stats.unsettled), (7, 2001, 2, 0));
    assert_eq!((stats.written(), stats.interval.count(), packets.stats().polls), (2008, 2, 15));
}

#[test]
fn poll_handles_overflow_of_the_counter() {
    let (mapper, mut publisher) = mapper_and_publisher();
    publisher.publish_physics(&physics(i32::MAX - 1)).unwrap();
    let mut packets = mapper.packets();
    for (id, missed) in [(i32::MAX, 0), (i32::MIN, 0), (i32::MIN + 2, 1)] {
        publisher.publish_physics(&physics(id)).unwrap();
        let packet = packets.poll().unwrap().unwrap();
        assert_eq!(summary(packet.physics, |page| page.packetId), Some((id, missed, false)));
    }
}

#[test]
fn poll_returns_graphics_alone_if_physics_stands() {
    let (mapper, mut publisher) = mapper_and_publisher();
    let mut packets = mapper.packets();
    publisher.publish_graphics(&graphics(1)).unwrap();
    let packet = packets.poll().unwrap().unwrap();
    assert_eq!(summary(packet.graphics, |page| page.packetId), Some((1, 0, false)));
    assert!(packet.physics.is_none());

    publisher.publish_graphics(&graphics(4)).unwrap();
    publisher.publish_physics(&physics(1)).unwrap();
    let packet = packets.poll().unwrap().unwrap();
    assert_eq!(summary(packet.graphics, |page| page.packetId), Some((4, 2, false)));
    assert_eq!(summary(packet.physics, |page| page.packetId), Some((1, 0, false)));

    publisher.publish_physics(&physics(2)).unwrap();
    assert!(packets.poll().unwrap().unwrap().graphics.is_none(), "it has not changed");
    assert_eq!((packets.stats().graphics.missed, packets.stats().physics.missed), (2, 0));
}

/// Polls as often as it can. A sleep between two polls would be detected.
#[test]
fn polling_spin_never_sleeps() {
    let (mapper, _publisher) = mapper_and_publisher();
    let mut packets = mapper.packets().with_polling(Polling::Spin);
    for _ in 0..100 {
        assert!(packets.poll().unwrap().is_none());
        assert!(packets.next_poll() <= Instant::now());
    }
}

#[test]
fn wait_ends_at_its_timeout() {
    let (mapper, _publisher) = mapper_and_publisher();
    for period in [Duration::from_secs(3600), Duration::MAX] {
        let mut packets = mapper.packets().with_polling(Polling::Every(period));
        assert!(packets.wait(Duration::ZERO).unwrap().is_none());
        assert!(packets.wait(Duration::from_millis(3)).unwrap().is_none());
        assert_eq!(packets.stats().polls, 2, "{period:?}");
    }
    for polling in [Polling::Adaptive, Polling::Spin] {
        let mut packets = mapper.packets().with_polling(polling);
        assert!(packets.wait(Duration::ZERO).unwrap().is_none());
        assert!(packets.wait(Duration::from_millis(3)).unwrap().is_none());
    }
}

/// For any relative speed of the threads, the seen and the missed packets add up to the written ones.
#[test]
fn packets_of_another_thread_are_returned_or_counted_as_missed() {
    const WRITTEN: i32 = if cfg!(miri) { 30 } else { 300 };
    for polling in [Polling::Adaptive, Polling::Every(Duration::from_micros(300)), Polling::Spin] {
        let (mapper, mut publisher) = mapper_and_publisher();
        let mut packets = mapper.packets().with_polling(polling);
        thread::scope(|scope| {
            scope.spawn(move || {
                for id in 1..=WRITTEN {
                    publisher.publish_physics(&physics(id)).unwrap();
                    if id % 5 == 0 {
                        publisher.publish_graphics(&graphics(id / 5)).unwrap();
                    }
                    thread::sleep(Duration::from_micros(500));
                }
            });
            let mut last = [0; 2];
            for packet in &mut packets {
                let packet = packet.unwrap();
                for (page, summary) in
                    [summary(packet.physics, |page| page.packetId), summary(packet.graphics, |page| page.packetId)]
                        .into_iter()
                        .enumerate()
                {
                    let Some((id, missed, _)) = summary else { continue };
                    assert_eq!(id, last[page] + missed as i32 + 1);
                    last[page] = id;
                }
                if last == [WRITTEN, WRITTEN / 5] {
                    break;
                }
            }
        });
        let stats = packets.stats();
        assert_eq!([stats.physics.written(), stats.graphics.written()], [WRITTEN as u64, WRITTEN as u64 / 5]);
        assert!(stats.physics.rate().unwrap() > 0.0);
    }
}

/// A source that ends if the counter of a page is -1.
#[derive(Debug)]
struct Ending(LocalPages);

impl Source for Ending {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        self.0.copy(page, words)?;
        match words[0] as i32 {
            -1 => Err(Error::Gone { page, location: self.location(page) }),
            _ => Ok(()),
        }
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
}

#[test]
fn next_returns_the_end_of_the_game_once_and_wait_repeats_it() {
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    let mut packets = ACEvoSharedMemoryMapper::open_source(Ending(pages)).unwrap().into_packets();
    publisher.publish_physics(&physics(1)).unwrap();
    assert!(packets.next().unwrap().is_ok());
    publisher.publish_physics(&physics(-1)).unwrap();
    assert!(matches!(packets.next(), Some(Err(Error::Gone { .. }))));
    assert!(packets.next().is_none() && packets.next().is_none());
    assert!(packets.wait(Duration::ZERO).is_err(), "the error is repeated");
}

#[test]
fn next_returns_a_new_page_before_the_end_of_the_game() {
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    let mut packets = ACEvoSharedMemoryMapper::open_source(Ending(pages)).unwrap().into_packets();
    publisher.publish_physics(&physics(1)).unwrap();
    publisher.publish_graphics(&graphics(-1)).unwrap();
    let packet = packets.next().unwrap().unwrap();
    assert_eq!(summary(packet.physics, |page| page.packetId), Some((1, 0, false)));
    assert!(matches!(packets.next(), Some(Err(Error::Gone { page: PageKind::Graphics, .. }))));
}
