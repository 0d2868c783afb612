//! Any bytes can be decoded as pages, and all functions of the pages accept them.
#![no_main]

use std::fmt::Write;

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, LocalPages, Page, PageKind, Publisher, SPageFileGraphicEvo, SPageFilePhysics,
    SPageFileStaticEvo, View,
};
use libfuzzer_sys::fuzz_target;

fn check<T: Page>(bytes: &[u8], text: &mut String) -> T {
    let page = T::from_bytes(bytes);
    assert_eq!(T::from_bytes(page.as_bytes()).as_bytes(), page.as_bytes(), "decoding is idempotent");
    text.clear();
    write!(text, "{page:?}").expect("writing to a string");
    for field in T::FIELDS {
        write!(text, "{}", field.read(page.as_bytes())).expect("writing to a string");
        field.read(bytes);
    }
    for off in page.implausible() {
        write!(text, "{off}").expect("writing to a string");
    }
    page
}

fuzz_target!(|bytes: &[u8]| {
    let mut text = String::new();
    let physics = View::from(check::<SPageFilePhysics>(bytes, &mut text));
    let graphics = View::from(check::<SPageFileGraphicEvo>(bytes, &mut text));
    let session = View::from(check::<SPageFileStaticEvo>(bytes, &mut text));
    write!(text, "{}{}{}{}", physics.gear(), graphics.gear(), graphics.status(), graphics.flag()).expect("writing");
    write!(text, "{:?}{:?}{:?}", graphics.current_lap_time(), graphics.delta(), graphics.time_left()).expect("writing");
    write!(text, "{}{}{:?}", session.track(), session.session(), session.track_length()).expect("writing");
    assert!(graphics.cars().count() <= 60);
    // A field path from the input, including indices.
    if let Ok(path) = std::str::from_utf8(&bytes[..bytes.len().min(64)]) {
        graphics.raw().value(path);
        physics.raw().value(path);
    }
    // A published page is read back unchanged.
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    for page in PageKind::ALL {
        if publisher.publish_bytes(page, bytes).is_ok() {
            let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).expect("the sizes are known");
            match page {
                PageKind::Physics => assert_eq!(mapper.physics().raw().as_bytes(), physics.raw().as_bytes()),
                PageKind::Graphics => assert_eq!(mapper.graphics().raw().as_bytes(), graphics.raw().as_bytes()),
                PageKind::Static => assert_eq!(mapper.static_data().raw().as_bytes(), session.raw().as_bytes()),
            }
        }
    }
});
