//! Windows' named sections. This is one test, because the names are global to the user's session.
#![cfg(all(windows, feature = "publish"))]

mod common;

use acevo_shared_memory::source::{Source, WindowsSections};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, PageKind, Publisher, SPageFilePhysics, survey};
use common::physics_page;

#[test]
fn windows_sections_and_publisher_share_the_named_sections() {
    assert!(
        matches!(ACEvoSharedMemoryMapper::open(), Err(Error::GameNotRunning { .. })),
        "readers do not create sections"
    );
    assert!(matches!(WindowsSections::open(), Err(Error::GameNotRunning { .. })));
    assert!(survey().iter().all(|finding| !finding.outcome.is_found()));

    let publisher = Publisher::open().unwrap();
    let mapper = ACEvoSharedMemoryMapper::open().unwrap();
    assert_eq!(PageKind::ALL.map(|page| mapper.size(page)), [4096, 8192, 4096], "whole memory pages");
    for (page, size) in PageKind::ALL.into_iter().zip([4096, 8192, 4096]) {
        let raw = mapper.raw_page(page).unwrap();
        assert!(raw.settled && raw.bytes == vec![0; size], "{page}");
    }
    assert_eq!(mapper.packet_id(PageKind::Physics).unwrap(), 0);

    assert_every_difference_is_found(&WindowsSections::open().unwrap());
    let publisher = common::assert_published_pages_are_read(publisher, &mapper);
    assert_eq!(survey().iter().filter(|finding| finding.outcome.is_found()).count(), 3);

    let error = Publisher::open().unwrap_err();
    assert!(matches!(error, Error::AlreadyPublished { .. }), "{error}");
    assert_eq!(*mapper.physics().raw(), physics_page(), "the first publisher is unaffected");

    // The mapper keeps the memory alive and finds it empty, not frozen. It does not keep the names: readers find no game, and
    // the next publisher creates new sections.
    drop(publisher);
    assert_eq!(*mapper.physics().raw(), SPageFilePhysics::default());
    assert!(matches!(ACEvoSharedMemoryMapper::open(), Err(Error::GameNotRunning { .. })));
    let mut second = Publisher::open().unwrap();
    second.publish_physics(&physics_page()).unwrap();
    assert_eq!(*ACEvoSharedMemoryMapper::open().unwrap().physics().raw(), physics_page());
    assert_eq!(*mapper.physics().raw(), SPageFilePhysics::default());
}

/// Compares parts of all lengths with words that differ in one bit.
fn assert_every_difference_is_found(source: &WindowsSections) {
    let mut words = [0; 613];
    source.copy(PageKind::Graphics, &mut words).unwrap();
    for length in (0..80).chain([612, 613]) {
        assert!(source.is_unchanged(PageKind::Graphics, &words[..length]).unwrap(), "{length}");
        for at in 0..length {
            words[at] ^= 1 << (at % 64);
            assert!(!source.is_unchanged(PageKind::Graphics, &words[..length]).unwrap(), "word {at} of {length}");
            words[at] ^= 1 << (at % 64);
        }
    }
}
