//! `raw_page`: whole sections of any size, byte for byte.
#![cfg(feature = "publish")]

mod common;

use std::sync::atomic::{AtomicU64, Ordering};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, Error, LocalPages, MAX_SECTION_BYTES, Page, PageKind, Publisher, Source,
};
use common::{mapper_and_publisher, pattern};

#[test]
fn raw_page_has_the_size_of_the_section() {
    let known = PageKind::Graphics.size();
    for size in [3940, 3941, 3943, 3944, 3952, 4096, 4899, 4900, 4901, 4912, 4915, 8192, 8193, MAX_SECTION_BYTES] {
        let pages = LocalPages::with_sizes([800, size, 208]).unwrap();
        let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
        Publisher::local(&pages).publish_bytes(PageKind::Graphics, &pattern(known)).unwrap();
        let raw = mapper.raw_page(PageKind::Graphics).unwrap();
        let mut expected = pattern(known.min(size));
        expected.resize(size, 0);
        assert_eq!((raw.page, raw.settled), (PageKind::Graphics, true));
        assert!(raw.bytes == expected, "{size}");
        assert_eq!(mapper.raw_page(PageKind::Physics).unwrap().bytes, [0; 800]);
        assert_eq!(mapper.raw_page(PageKind::Static).unwrap().bytes, [0; 208]);
    }
}

#[test]
fn raw_page_starts_with_the_bytes_of_the_page() {
    let (mapper, publisher) = mapper_and_publisher();
    common::assert_published_pages_are_read(publisher, &mapper);
    assert_eq!(mapper.raw_page(PageKind::Physics).unwrap().bytes, common::physics_page().as_bytes());
    assert_eq!(mapper.raw_page(PageKind::Graphics).unwrap().bytes, common::graphics_page().as_bytes());
    assert_eq!(mapper.raw_page(PageKind::Static).unwrap().bytes, common::static_page().as_bytes());
}

/// A source that changes only its last word, which is beyond the known layout.
#[derive(Debug, Default)]
struct RestlessEnd(AtomicU64);

impl Source for RestlessEnd {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        words.fill(7);
        if let Some(last) = words.get_mut(self.size(page) / 8 - 1) {
            *last = self.0.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        Ok(words.get(self.size(page) / 8 - 1).is_none_or(|last| *last == self.0.load(Ordering::Relaxed)))
    }
    fn size(&self, _: PageKind) -> usize {
        8192
    }
    fn location(&self, _: PageKind) -> String {
        "a test".into()
    }
}

#[test]
fn raw_page_marks_and_counts_a_section_that_never_settles() {
    let mapper = ACEvoSharedMemoryMapper::open_source(RestlessEnd::default()).unwrap();
    assert!(mapper.graphics().is_settled(), "the known part does not change");
    let raw = mapper.raw_page(PageKind::Graphics).unwrap();
    assert!(!raw.settled && raw.bytes.len() == 8192);
    assert_eq!(mapper.unsettled(), 1);
}
