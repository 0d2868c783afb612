//! Windows' named sections. One test, because their names are the whole session's.
#![cfg(all(windows, feature = "publish"))]

mod common;

use acevo_shared_memory::source::WindowsSections;
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, PageKind, Publisher, SPageFilePhysics, survey};
use common::driven;

#[test]
fn sections_are_created_read_refused_kept_and_left_empty() {
    assert!(matches!(ACEvoSharedMemoryMapper::open(), Err(Error::GameNotRunning { .. })), "readers create nothing");
    assert!(matches!(WindowsSections::open(), Err(Error::GameNotRunning { .. })));
    assert!(survey().iter().all(|finding| !finding.outcome.is_found()));

    let publisher = Publisher::open().unwrap();
    let mapper = ACEvoSharedMemoryMapper::open().unwrap();
    assert_eq!(PageKind::ALL.map(|page| mapper.size(page)), [4096, 8192, 4096], "whole memory pages");
    for (page, size) in PageKind::ALL.into_iter().zip([4096, 8192, 4096]) {
        let section = mapper.section(page).unwrap();
        assert!(section.settled && section.bytes == vec![0; size], "{page}");
    }
    assert_eq!(mapper.packet_id(PageKind::Physics).unwrap(), 0);

    let publisher = common::what_is_published_is_read(publisher, &mapper);
    assert_eq!(survey().iter().filter(|finding| finding.outcome.is_found()).count(), 3);

    let error = Publisher::open().unwrap_err();
    assert!(matches!(error, Error::AlreadyPublished { .. }), "{error}");
    assert_eq!(*mapper.physics().raw(), driven(), "the first publisher is unharmed");

    // The mapper keeps the memory alive and finds it empty, not frozen. It does not keep the names: whoever looks for them
    // finds no game, and the next one makes new sections.
    drop(publisher);
    assert_eq!(*mapper.physics().raw(), SPageFilePhysics::default());
    assert!(matches!(ACEvoSharedMemoryMapper::open(), Err(Error::GameNotRunning { .. })));
    let mut second = Publisher::open().unwrap();
    second.publish_physics(&driven()).unwrap();
    assert_eq!(*ACEvoSharedMemoryMapper::open().unwrap().physics().raw(), driven());
    assert_eq!(*mapper.physics().raw(), SPageFilePhysics::default());
}
