//! The mapper with in-process pages and with sources that fail.
#![cfg(feature = "publish")]

mod common;

use std::error::Error as _;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, ACEvoStatus, Error, LocalPages, PageKind, Publisher, SPageFileGraphicEvo,
    SPageFilePhysics, SPageFileStaticEvo, Source,
};
use common::mapper_and_publisher;

#[test]
fn mapper_reads_what_was_published() {
    let (mapper, publisher) = mapper_and_publisher();
    common::assert_published_pages_are_read(publisher, &mapper);
    assert!(mapper.location(PageKind::Physics).contains("physics"));
}

#[test]
fn view_does_not_change_until_it_is_refreshed() {
    let (mapper, mut publisher) = mapper_and_publisher();
    publisher.publish_physics(&SPageFilePhysics { packetId: 1, gas: 0.1, ..Default::default() }).unwrap();
    let mut view = mapper.physics();
    publisher.publish_physics(&SPageFilePhysics { packetId: 2, gas: 0.2, ..Default::default() }).unwrap();
    assert_eq!(view.raw().gas, 0.1);
    assert!(view.refresh().unwrap(), "another packet");
    assert_eq!(view.raw().gas, 0.2);
    assert!(!view.refresh().unwrap(), "the same packet");

    let mut session = mapper.static_data();
    assert!(!session.refresh().unwrap());
    publisher.publish_static(&SPageFileStaticEvo { track: "Valdombra".into(), ..Default::default() }).unwrap();
    assert!(session.refresh().unwrap(), "the static page has no counter; its bytes are compared");
}

#[test]
fn mapper_reads_pages_of_older_and_newer_games() {
    for size in [3940, 4900, 4096, 8192] {
        let pages = LocalPages::with_sizes([800, size, 208]).unwrap();
        let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
        let mut page = SPageFileGraphicEvo { packetId: 9, use_single_compound: true, ..Default::default() };
        page.car_ids = [[u64::MAX; 2]; 60];
        Publisher::local(&pages).publish_graphics(&page).unwrap();
        let read = *mapper.graphics().raw();
        assert_eq!((read.packetId, read.use_single_compound), (9, true));
        let known = ({ read.car_ids }).as_flattened().iter().filter(|half| **half == u64::MAX).count();
        assert_eq!(known, (size.min(4900) - 3940) / 8, "{size}");
        assert_eq!(mapper.size(PageKind::Graphics), size);
    }
}

#[test]
fn with_sizes_rejects_pages_smaller_than_any_known_layout() {
    for sizes in [[799, 4900, 208], [800, 3939, 208], [800, 4900, 207], [0, 0, 0]] {
        let error = LocalPages::with_sizes(sizes).unwrap_err();
        let Error::UnknownLayout { size, smallest, .. } = &error else { panic!("{error}") };
        assert!(size < smallest && error.to_string().contains(&size.to_string()), "{error}");
        assert!(!error.is_absence());
    }
}

#[test]
fn publish_bytes_takes_pages_of_any_size() {
    let (mapper, mut publisher) = mapper_and_publisher();
    let mut bytes = vec![0xab; 4900];
    publisher.publish_bytes(PageKind::Graphics, &bytes).unwrap();
    assert_eq!(mapper.graphics().raw().packetId, i32::from_le_bytes([0xab; 4]));
    assert_eq!(mapper.graphics().cars().count(), 60);
    for size in [3940, 100, 0] {
        bytes.truncate(size);
        publisher.publish_bytes(PageKind::Graphics, &bytes).unwrap();
        assert_eq!(mapper.graphics().cars().count(), 0, "no cars of an earlier page");
    }
    // What pages in this process have no room for is left out.
    for (page, size) in [(PageKind::Graphics, 4901), (PageKind::Physics, 1 << 20), (PageKind::Static, 209)] {
        publisher.publish_bytes(page, &vec![0xab; size]).unwrap();
    }
    assert_eq!(mapper.graphics().cars().count(), 60);
    assert_eq!(mapper.physics().raw().packetId, i32::from_le_bytes([0xab; 4]));
    let error = publisher.publish_bytes(PageKind::Physics, &vec![0; (1 << 20) + 1]).unwrap_err();
    assert!(matches!(error, Error::WrongSize { .. }) && error.to_string().contains("1048577"), "{error}");
}

#[test]
fn captured_returns_the_exact_bytes_of_a_packet() {
    let (mapper, mut publisher) = mapper_and_publisher();
    let mut buffer = [0; PageKind::Graphics.size()];
    assert!(PageKind::ALL.iter().all(|page| mapper.captured(*page, &mut buffer).is_none()), "nothing was captured");
    let mut packets = mapper.packets();
    for seed in 1..5 {
        for page in PageKind::ALL {
            publisher.publish_bytes(page, &common::arbitrary_bytes(page, seed)).unwrap();
        }
        let packet = packets.wait(std::time::Duration::ZERO).unwrap().unwrap();
        assert!(packet.physics.is_some() && packet.graphics.is_some());
        assert!(mapper.static_data().is_settled());
        for page in PageKind::ALL {
            assert_eq!(mapper.captured(page, &mut buffer), Some(page.size()));
            assert_eq!(buffer[..page.size()], common::arbitrary_bytes(page, seed), "{page}");
        }
    }
    let mut few = [0; 10];
    assert_eq!(mapper.captured(PageKind::Physics, &mut few), Some(800), "as many as fit are copied");
    assert_eq!(few[..], common::arbitrary_bytes(PageKind::Physics, 4)[..10]);
}

#[test]
fn captured_returns_only_the_bytes_of_a_smaller_page() {
    let pages = LocalPages::with_sizes([4096, 3940, 208]).unwrap();
    let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
    Publisher::local(&pages).publish_bytes(PageKind::Graphics, &[0xab; 3940]).unwrap();
    mapper.frame().unwrap();
    let mut buffer = [0; 5000];
    assert_eq!(mapper.captured(PageKind::Graphics, &mut buffer), Some(3940));
    assert!(buffer[..3940].iter().all(|byte| *byte == 0xab) && buffer[3940..].iter().all(|byte| *byte == 0));
    assert_eq!(mapper.captured(PageKind::Physics, &mut buffer), Some(800), "not the rest of the section");
}

/// A source that ends when its flag is set.
#[derive(Debug)]
struct EndingSource(&'static AtomicBool);

impl Source for EndingSource {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        words.fill(u64::MAX);
        self.is_unchanged(page, words).map(drop)
    }
    fn is_unchanged(&self, page: PageKind, _: &[u64]) -> Result<bool, Error> {
        let dead = self.0.load(Ordering::Relaxed);
        if dead { Err(Error::Gone { page, location: self.location(page) }) } else { Ok(true) }
    }
    fn size(&self, page: PageKind) -> usize {
        page.size()
    }
    fn location(&self, _: PageKind) -> String {
        "a test".into()
    }
}

#[test]
fn mapper_returns_zero_pages_and_errors_after_the_source_is_gone() {
    static DEAD: AtomicBool = AtomicBool::new(false);
    let mapper = ACEvoSharedMemoryMapper::open_source(EndingSource(&DEAD)).unwrap();
    let mut kept = mapper.graphics();
    assert_eq!(kept.status(), ACEvoStatus::Unknown(-1));
    DEAD.store(true, Ordering::Relaxed);

    assert_eq!(mapper.graphics().status(), ACEvoStatus::Off);
    assert_eq!(*mapper.physics().raw(), SPageFilePhysics::default());
    assert_eq!(*mapper.static_data().raw(), SPageFileStaticEvo::default());
    let error = mapper.try_physics().unwrap_err();
    assert!(matches!(error, Error::Gone { page: PageKind::Physics, .. }) && error.is_absence());
    assert!(error.to_string().contains("a test"), "{error}");
    assert!(mapper.try_graphics().is_err() && mapper.try_static_data().is_err());
    assert!(mapper.packet_id(PageKind::Physics).is_err());
    assert!(kept.refresh().is_err());
    assert_eq!(kept.status(), ACEvoStatus::Unknown(-1), "the view keeps what it had");
}

/// A slow writer: the second packet is half written when it is first read, with the counter of the first packet, and complete
/// two microseconds later.
#[derive(Debug, Default)]
struct SlowWriter {
    second: AtomicBool,
    first_read: OnceLock<Instant>,
}

impl SlowWriter {
    fn words(&self, count: usize) -> Vec<u64> {
        if !self.second.load(Ordering::Relaxed) {
            return vec![1; count];
        }
        let complete = self.first_read.get_or_init(Instant::now).elapsed() >= Duration::from_micros(2);
        let written = if complete { 0 } else { count / 2 };
        (0..count).map(|at| if at >= written { 2 } else { 1 }).collect()
    }
}

impl Source for &'static SlowWriter {
    fn copy(&self, _: PageKind, words: &mut [u64]) -> Result<(), Error> {
        words.copy_from_slice(&self.words(words.len()));
        Ok(())
    }
    fn is_unchanged(&self, _: PageKind, words: &[u64]) -> Result<bool, Error> {
        Ok(words == self.words(words.len()))
    }
    fn size(&self, page: PageKind) -> usize {
        page.size()
    }
    fn location(&self, _: PageKind) -> String {
        "a test".into()
    }
}

/// A settled page is recognised by its content, not by its counter, and new content must settle.
#[test]
fn capture_does_not_return_half_a_packet_with_the_old_counter() {
    static WRITER: SlowWriter = SlowWriter { second: AtomicBool::new(false), first_read: OnceLock::new() };
    let mapper = ACEvoSharedMemoryMapper::open_source(&WRITER).unwrap();
    let first = mapper.physics();
    assert!(first.is_settled() && first.packet_id() == 1);
    WRITER.second.store(true, Ordering::Relaxed);
    let second = mapper.physics();
    assert!(second.is_settled());
    assert_eq!((second.packet_id(), second.raw().absVibrations.to_bits()), (2, 0), "all of the second packet");
    assert_eq!(second.raw().roadVibrations.to_bits(), 2);
}

/// A source whose pages change with every copy.
#[derive(Debug, Default)]
struct RestlessSource(AtomicU64);

impl Source for RestlessSource {
    fn copy(&self, _: PageKind, words: &mut [u64]) -> Result<(), Error> {
        words.fill(self.0.fetch_add(1, Ordering::Relaxed));
        Ok(())
    }
    fn is_unchanged(&self, _: PageKind, words: &[u64]) -> Result<bool, Error> {
        Ok(words[0] == self.0.load(Ordering::Relaxed))
    }
    fn size(&self, page: PageKind) -> usize {
        page.size()
    }
    fn location(&self, _: PageKind) -> String {
        "a test".into()
    }
}

#[test]
fn capture_marks_and_counts_a_page_that_never_settles() {
    let mapper = ACEvoSharedMemoryMapper::open_source(RestlessSource::default()).unwrap();
    assert!(!mapper.physics().is_settled());
    assert!(!mapper.graphics().snapshot().is_settled());
    assert_eq!(mapper.unsettled(), 2);
}

#[test]
fn errors_have_sources_and_messages() {
    let denied = Error::PermissionDenied {
        location: "the door".into(),
        source: io::Error::from(io::ErrorKind::PermissionDenied),
    };
    assert!(denied.source().is_some() && denied.to_string().contains("the door"));
    let absent = [
        Error::GameNotRunning { looked_for: "it".into() },
        Error::PageNotThere { page: PageKind::Static, location: "there".into() },
    ];
    for error in absent {
        assert!(error.is_absence() && error.source().is_none());
    }
    for error in [Error::Unsupported, Error::Snapshot, Error::OldGame { section: "acpmf_physics".into() }, denied] {
        assert!(!error.is_absence() && !error.to_string().is_empty());
    }
}
