//! Use of views, mappers and errors from several threads.
#![cfg(feature = "publish")]

use std::thread;

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, CounterOrder, Error, Frame, GraphicsView, LocalPages, Packet, Packets, PageKind,
    PhysicsView, Publisher, SPageFilePhysics, StaticView,
};

fn assert_send_sync<T: Send + Sync>() {}

#[test]
fn public_types_are_send_and_sync() {
    assert_send_sync::<ACEvoSharedMemoryMapper>();
    assert_send_sync::<PhysicsView<'_>>();
    assert_send_sync::<GraphicsView<'_>>();
    assert_send_sync::<StaticView<'static>>();
    assert_send_sync::<Error>();
    assert_send_sync::<Packets<ACEvoSharedMemoryMapper>>();
    assert_send_sync::<Packet>();
    assert_send_sync::<Frame>();
    assert_send_sync::<LocalPages>();
}

/// A page with the same number in many fields, so that a mix of two pages is detected.
fn numbered(number: i32) -> SPageFilePhysics {
    let value = number as f32;
    SPageFilePhysics {
        packetId: number,
        gas: value,
        velocity: [value; 3],
        tyreContactPoint: [[value; 3]; 4],
        discLife: [value; 4],
        absVibrations: value,
        ..Default::default()
    }
}

/// The writer never rests. How many pages are torn depends on the scheduler (a writer that is suspended in the middle of a page
/// cannot be detected), so the benchmarks measure that. Here every value must be one that was written, and after the writer has
/// finished the page must be whole.
#[test]
fn readers_race_a_writer_without_undefined_behaviour() {
    const PAGES: i32 = if cfg!(miri) { 40 } else { 200_000 };
    let pages = LocalPages::new();
    let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let [mut last, mut first] =
                [CounterOrder::Last, CounterOrder::First].map(|order| Publisher::local(&pages).with_counter(order));
            for number in 1..=PAGES {
                let publisher = if number % 2 == 0 { &mut last } else { &mut first };
                publisher.publish_physics(&numbered(number)).unwrap();
            }
        });
        let mut last = 0.0;
        while !writer.is_finished() {
            let view = mapper.physics();
            let page = view.raw();
            let written = |value: f32| value.fract() == 0.0 && (0.0..=PAGES as f32).contains(&value);
            assert!((0..=PAGES).contains(&page.packetId));
            assert!(page.tyreContactPoint.as_flattened().iter().all(|value| written(*value)));
            // A single word never decreases, because the one writer counts upwards.
            assert!(written(page.gas) && page.gas >= last);
            last = page.gas;
        }
    });
    let rest = mapper.physics();
    assert!(rest.is_settled());
    assert_eq!(*rest.raw(), numbered(PAGES));
}

#[test]
fn mapper_can_be_shared_between_threads() {
    let pages = LocalPages::new();
    let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
    Publisher::local(&pages).publish_physics(&numbered(7)).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(mapper.physics().snapshot().packet_id(), 7));
        }
    });
    assert_eq!(mapper.packet_id(PageKind::Physics).unwrap(), 7);
}
