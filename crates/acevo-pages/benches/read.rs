//! Cost of a settled, owned, decoded page, compared to two plain copies of the same number of bytes in the same run.
//!
//! `cargo bench -p acevo-pages --features publish`

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, FieldType, LocalPages, Page, PageKind, Publisher, SPageFileGraphicEvo, SPageFilePhysics,
    SPageFileStaticEvo,
};
use criterion::{Criterion, criterion_group, criterion_main};

/// Pages without zero bytes.
fn published() -> (LocalPages, Publisher) {
    let pages = LocalPages::new();
    let publisher = fill(Publisher::local(&pages));
    (pages, publisher)
}

fn fill(mut publisher: Publisher) -> Publisher {
    for page in PageKind::ALL {
        let mut bytes: Vec<u8> = (0..page.size()).map(|at| at as u8 | 1).collect();
        // Bools are 0 or 1, as in the game.
        for field in page.fields().iter().filter(|field| field.ty == FieldType::Bool) {
            bytes[field.offset..][..field.size()].fill(1);
        }
        publisher.publish_bytes(page, &bytes).expect("the page has its size");
    }
    publisher
}

/// Copies memory twice, without clearing, comparing or decoding it: a lower bound, not a usable reader.
fn two_copies<const N: usize>(from: &[u8; N], to: &mut [u8; N]) {
    for _ in 0..2 {
        black_box(&mut *to).copy_from_slice(black_box(from));
    }
}

fn reads(c: &mut Criterion) {
    let (pages, _publisher) = published();
    let mapper = ACEvoSharedMemoryMapper::open_source(pages).expect("pages of the known sizes");
    let (physics, graphics, session) = ([1; 800], [1; 4900], [1; 208]);
    let (mut to_physics, mut to_graphics, mut to_session) = ([0; 800], [0; 4900], [0; 208]);

    let mut group = c.benchmark_group("physics, 800 bytes");
    group.bench_function("two memcpys", |b| b.iter(|| two_copies(&physics, &mut to_physics)));
    group.bench_function("settled view", |b| b.iter(|| mapper.physics()));
    let mut view = mapper.physics();
    group.bench_function("refresh", |b| b.iter(|| view.refresh().expect("the pages are there")));
    group.finish();

    let mut group = c.benchmark_group("graphics, 4900 bytes");
    group.bench_function("two memcpys", |b| b.iter(|| two_copies(&graphics, &mut to_graphics)));
    group.bench_function("settled view", |b| b.iter(|| mapper.graphics()));
    let bytes = *mapper.graphics().raw();
    group.bench_function("decode alone", |b| b.iter(|| SPageFileGraphicEvo::from_bytes(black_box(bytes.as_bytes()))));
    group.finish();

    let mut group = c.benchmark_group("all three, 5908 bytes");
    group.bench_function("two memcpys", |b| {
        b.iter(|| {
            two_copies(&physics, &mut to_physics);
            two_copies(&graphics, &mut to_graphics);
            two_copies(&session, &mut to_session);
        });
    });
    group.bench_function("settled views", |b| b.iter(|| (mapper.physics(), mapper.graphics(), mapper.static_data())));
    group.finish();

    // A changed page costs more: new content must stay unchanged for five microseconds.
    let pages = [[1; 800], [2; 800]];
    let (other, mut publisher) = published();
    let new = ACEvoSharedMemoryMapper::open_source(other).expect("pages of the known sizes");
    let mut group = c.benchmark_group("a new packet");
    group.bench_function("published and settled", |b| {
        let mut turn = pages.iter().cycle();
        b.iter(|| {
            let bytes = turn.next().expect("a cycle never ends");
            publisher.publish_bytes(PageKind::Physics, bytes).expect("the page has its size");
            new.physics()
        });
    });
    group.finish();

    let mut group = c.benchmark_group("counter");
    group.bench_function("packet_id", |b| b.iter(|| mapper.packet_id(PageKind::Physics)));
    group.finish();
}

/// The same with memory of another process: named sections on Windows, files on other systems.
fn foreign(c: &mut Criterion) {
    #[cfg(windows)]
    let (_publisher, mapper) = {
        let publisher = fill(Publisher::open().expect("no game runs"));
        (publisher, ACEvoSharedMemoryMapper::open().expect("just published"))
    };
    #[cfg(unix)]
    let (_publisher, mapper, _directory) = {
        let directory = tempfile::tempdir_in("/dev/shm").expect("a folder in memory");
        let publisher = fill(Publisher::directory(directory.path()).expect("an empty folder"));
        let source = acevo_shared_memory::PageDirectory::open(directory.path()).expect("just published");
        (publisher, ACEvoSharedMemoryMapper::open_source(source).expect("pages of the known sizes"), directory)
    };
    let mut group = c.benchmark_group("from another process");
    group.bench_function("physics", |b| b.iter(|| mapper.physics()));
    group.bench_function("graphics", |b| b.iter(|| mapper.graphics()));
    group.bench_function("all three", |b| b.iter(|| (mapper.physics(), mapper.graphics(), mapper.static_data())));
    let (mut physics, mut graphics, mut session) = (mapper.physics(), mapper.graphics(), mapper.static_data());
    group.bench_function("all three, refreshed in place", |b| {
        b.iter(|| {
            physics.refresh().expect("it is there");
            graphics.refresh().expect("it is there");
            session.refresh().expect("it is there")
        });
    });
    group.bench_function("packet_id", |b| b.iter(|| mapper.packet_id(PageKind::Physics)));
    group.finish();
}

/// Two passes over the graphics page with different word sizes: the work of the library without decoding.
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

/// Reading fields by their paths.
fn fields(c: &mut Criterion) {
    let page = SPageFilePhysics::from_bytes(&[1; 800]);
    let field = SPageFilePhysics::field("absVibrations").expect("a field");
    let mut group = c.benchmark_group("fields");
    group.bench_function("by path, last of 80", |b| b.iter(|| page.value(black_box("absVibrations"))));
    group.bench_function("looked up before", |b| b.iter(|| field.read(black_box(page.as_bytes()))));
    group.bench_function("static page from bytes", |b| b.iter(|| SPageFileStaticEvo::from_bytes(black_box(&[1; 208]))));
    group.finish();
}

// The functions of the macro have no documentation.
#[allow(missing_docs)]
mod groups {
    use super::*;
    criterion_group!(benches, reads, foreign, word_sizes, fields);
}
use groups::benches;
criterion_main!(benches);
