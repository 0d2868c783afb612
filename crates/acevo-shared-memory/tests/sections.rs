//! Windows' named sections. One test, because their names are the whole session's.
#![cfg(all(windows, feature = "publish"))]

use acevo_shared_memory::source::WindowsSections;
use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, Error, PageKind, Publisher, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo,
    survey,
};

#[test]
fn sections_are_created_read_refused_kept_and_left_empty() {
    assert!(matches!(ACEvoSharedMemoryMapper::open(), Err(Error::GameNotRunning { .. })), "readers create nothing");
    assert!(matches!(WindowsSections::open(), Err(Error::GameNotRunning { .. })));
    assert!(survey().iter().all(|finding| !finding.outcome.is_found()));

    let mut publisher = Publisher::open().unwrap();
    let mapper = ACEvoSharedMemoryMapper::open().unwrap();
    assert_eq!(PageKind::ALL.map(|page| mapper.size(page)), [4096, 8192, 4096], "whole memory pages");
    assert_eq!(mapper.packet_id(PageKind::Physics).unwrap(), 0);

    let physics = SPageFilePhysics { packetId: 8, absVibrations: 0.25, ..Default::default() };
    let mut graphics = SPageFileGraphicEvo { packetId: 9, use_single_compound: true, ..Default::default() };
    graphics.car_ids[59] = [1, u64::MAX];
    let session = SPageFileStaticEvo { track: "Žofín".into(), track_length_m: 1.5, ..Default::default() };
    publisher.publish_physics(&physics).unwrap();
    publisher.publish_graphics(&graphics).unwrap();
    publisher.publish_static(&session).unwrap();
    assert_eq!(*mapper.physics().raw(), physics);
    assert_eq!(*mapper.graphics().raw(), graphics);
    assert_eq!(*mapper.static_data().raw(), session);
    assert!(mapper.physics().is_settled() && mapper.unsettled() == 0);
    assert_eq!(survey().iter().filter(|finding| finding.outcome.is_found()).count(), 3);

    let error = Publisher::open().unwrap_err();
    assert!(matches!(error, Error::AlreadyPublished { .. }), "{error}");
    assert_eq!(*mapper.physics().raw(), physics, "the first publisher is unharmed");

    // The mapper keeps the memory alive and finds it empty, not frozen. It does not keep the names: whoever looks for them
    // finds no game, and the next one makes new sections.
    drop(publisher);
    assert_eq!(*mapper.physics().raw(), SPageFilePhysics::default());
    assert!(matches!(ACEvoSharedMemoryMapper::open(), Err(Error::GameNotRunning { .. })));
    let mut second = Publisher::open().unwrap();
    second.publish_physics(&physics).unwrap();
    assert_eq!(*ACEvoSharedMemoryMapper::open().unwrap().physics().raw(), physics);
    assert_eq!(*mapper.physics().raw(), SPageFilePhysics::default());
}
