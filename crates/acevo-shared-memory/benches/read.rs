//! What a settled, owned, decoded page costs, against two plain copies of as many bytes in the same run.
//!
//! `cargo bench -p acevo-shared-memory --features publish`

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, LocalPages, Page, PageKind, Publisher, SPageFileGraphicEvo, SPageFilePhysics,
    SPageFileStaticEvo,
};
use criterion::{Criterion, criterion_group, criterion_main};

/// Pages with something in every byte.
fn published() -> (LocalPages, Publisher) {
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    for page in PageKind::ALL {
        let bytes: Vec<u8> = (0..page.size()).map(|at| at as u8 | 1).collect();
        publisher.publish_bytes(page, &bytes).expect("the page has its size");
    }
    (pages, publisher)
}

/// Copies memory twice, as no reader may.
fn two_copies<const N: usize>(from: &[u8; N]) -> [u8; N] {
    let mut to = [0; N];
    to.copy_from_slice(black_box(from));
    black_box(&mut to).copy_from_slice(black_box(from));
    to
}

fn reads(c: &mut Criterion) {
    let (pages, _publisher) = published();
    let mapper = ACEvoSharedMemoryMapper::open_source(pages).expect("pages of the known sizes");
    let (physics, graphics, session) = ([1; 800], [1; 4900], [1; 208]);

    let mut group = c.benchmark_group("physics, 800 bytes");
    group.bench_function("two memcpys", |b| b.iter(|| two_copies(&physics)));
    group.bench_function("settled view", |b| b.iter(|| mapper.physics()));
    let mut view = mapper.physics();
    group.bench_function("refresh", |b| b.iter(|| view.refresh().expect("the pages are there")));
    group.finish();

    let mut group = c.benchmark_group("graphics, 4900 bytes");
    group.bench_function("two memcpys", |b| b.iter(|| two_copies(&graphics)));
    group.bench_function("settled view", |b| b.iter(|| mapper.graphics()));
    let bytes = *mapper.graphics().raw();
    group.bench_function("decode alone", |b| b.iter(|| SPageFileGraphicEvo::from_bytes(black_box(bytes.as_bytes()))));
    group.finish();

    let mut group = c.benchmark_group("all three, 5908 bytes");
    group.bench_function("two memcpys", |b| {
        b.iter(|| (two_copies(&physics), two_copies(&graphics), two_copies(&session)));
    });
    group.bench_function("settled views", |b| b.iter(|| (mapper.physics(), mapper.graphics(), mapper.static_data())));
    group.finish();

    let mut group = c.benchmark_group("counter");
    group.bench_function("packet_id", |b| b.iter(|| mapper.packet_id(PageKind::Physics)));
    group.finish();
}

/// Two passes over the graphics page by words of a width; what the library does, without decoding.
fn word_sizes(c: &mut Criterion) {
    let narrow: Vec<AtomicU32> = (0..4900 / 4).map(|_| AtomicU32::new(7)).collect();
    let wide: Vec<AtomicU64> = (0..4904 / 8).map(|_| AtomicU64::new(7)).collect();
    let mut group = c.benchmark_group("two passes over 4900 bytes by word size");
    group.bench_function("4 bytes", |b| {
        b.iter(|| {
            let mut words = [0_u32; 4900 / 4];
            for (word, shared) in words.iter_mut().zip(black_box(&narrow)) {
                *word = shared.load(Ordering::Relaxed);
            }
            let pairs = words.iter().zip(black_box(&narrow)).rev();
            let changed = pairs.fold(0, |changed, (word, shared)| changed | (*word ^ shared.load(Ordering::Relaxed)));
            (words, changed)
        });
    });
    group.bench_function("8 bytes", |b| {
        b.iter(|| {
            let mut words = [0_u64; 4904 / 8];
            for (word, shared) in words.iter_mut().zip(black_box(&wide)) {
                *word = shared.load(Ordering::Relaxed);
            }
            let pairs = words.iter().zip(black_box(&wide)).rev();
            let changed = pairs.fold(0, |changed, (word, shared)| changed | (*word ^ shared.load(Ordering::Relaxed)));
            (words, changed)
        });
    });
    group.finish();
}

/// Fields by their paths.
fn fields(c: &mut Criterion) {
    let page = SPageFilePhysics::from_bytes(&[1; 800]);
    let field = SPageFilePhysics::field("absVibrations").expect("a field");
    let mut group = c.benchmark_group("fields");
    group.bench_function("by path, last of 80", |b| b.iter(|| page.value(black_box("absVibrations"))));
    group.bench_function("looked up before", |b| b.iter(|| field.read(black_box(page.as_bytes()))));
    group.bench_function("static page from bytes", |b| b.iter(|| SPageFileStaticEvo::from_bytes(black_box(&[1; 208]))));
    group.finish();
}

criterion_group!(benches, reads, word_sizes, fields);
criterion_main!(benches);
