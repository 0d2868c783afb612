//! Views, mapper and errors may cross threads, and do.
#![cfg(feature = "publish")]

use std::thread;

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, CounterOrder, Error, Frame, GraphicsView, LocalPages, Packet, Packets, PageKind,
    PhysicsView, Publisher, SPageFilePhysics, StaticView,
};

fn crosses<T: Send + Sync>() {}

#[test]
fn auto_traits() {
    crosses::<ACEvoSharedMemoryMapper>();
    crosses::<PhysicsView<'_>>();
    crosses::<GraphicsView<'_>>();
    crosses::<StaticView<'static>>();
    crosses::<Error>();
    crosses::<Packets<ACEvoSharedMemoryMapper>>();
    crosses::<Packet>();
    crosses::<Frame>();
    crosses::<LocalPages>();
}

/// A page all of whose fields tell the same number, so that a mix of two shows.
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

/// A writer that never rests. How many pages a mix slips into depends on who gets the processor when (a writer that is stopped
/// in the middle of a page cannot be seen by anybody), so that is measured in the benchmarks; here every value must be one
/// that was written, and once the writer rests the page must be whole.
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
            // A single word never goes back: one writer counts upwards.
            assert!(written(page.gas) && page.gas >= last);
            last = page.gas;
        }
    });
    let rest = mapper.physics();
    assert!(rest.is_settled());
    assert_eq!(*rest.raw(), numbered(PAGES));
}

#[test]
fn one_mapper_serves_many_threads() {
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
