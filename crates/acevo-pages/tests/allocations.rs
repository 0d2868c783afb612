//! Reading does not allocate.
#![cfg(feature = "publish")]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, LocalPages, Page, PageKind, Publisher, SPageFileGraphicEvo, SPageFilePhysics,
};
use allocation_counter::measure;

#[test]
fn measure_counts_allocations() {
    assert_eq!(measure(|| drop(black_box(Box::new(1)))).count_total, 1);
}

#[test]
fn reading_publishing_and_field_lookup_do_not_allocate() {
    let pages = LocalPages::new();
    let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
    let mut publisher = Publisher::local(&pages);
    let mut view = mapper.graphics();
    let mut text = String::with_capacity(1 << 12);
    let mut packets = mapper.packets();
    let mut bytes = [0; PageKind::Physics.size()];
    let counted = measure(|| {
        for number in 1..100 {
            publisher.publish_physics(&SPageFilePhysics { packetId: number, ..Default::default() }).unwrap();
            publisher.publish_graphics(&SPageFileGraphicEvo { packetId: number, ..Default::default() }).unwrap();
            black_box(packets.wait(Duration::ZERO).unwrap().unwrap());
            black_box(mapper.captured(PageKind::Physics, &mut bytes).unwrap());
            black_box(mapper.packet_id(PageKind::Physics).unwrap());
            black_box(mapper.physics().snapshot());
            black_box(mapper.graphics().cars().count());
            black_box(mapper.static_data().track());
            black_box(view.refresh().unwrap());
            black_box(view.raw().implausible().count());
            text.clear();
            for path in ["npos", "car_model", "tyre_rr.tyre_pression", "car_coordinates[7]", "status"] {
                write!(text, "{}", view.raw().value(path).unwrap()).unwrap();
            }
        }
    });
    assert_eq!(counted.count_total, 0);
}
