//! Whole sections, byte for byte, whatever their size.
#![cfg(feature = "publish")]

mod common;

use std::sync::atomic::{AtomicU64, Ordering};

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, LocalPages, Page, PageKind, Publisher, Section, Source};

/// Bytes that tell where they are.
fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8 + 1).collect()
}

#[test]
fn sections_of_any_size_are_cut_at_their_end() {
    let known = PageKind::Graphics.size();
    for size in [3940, 3941, 3943, 3944, 3952, 4096, 4899, 4900, 4901, 4912, 4915, 8192, 8193, Section::LARGEST] {
        let pages = LocalPages::with_sizes([800, size, 208]).unwrap();
        let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
        Publisher::local(&pages).publish_bytes(PageKind::Graphics, &pattern(known)).unwrap();
        let section = mapper.section(PageKind::Graphics).unwrap();
        let mut expected = pattern(known.min(size));
        expected.resize(size, 0);
        assert_eq!((section.page, section.settled), (PageKind::Graphics, true));
        assert!(section.bytes == expected, "{size}");
        assert_eq!(mapper.section(PageKind::Physics).unwrap().bytes, [0; 800]);
        assert_eq!(mapper.section(PageKind::Static).unwrap().bytes, [0; 208]);
    }
}

#[test]
fn the_start_of_a_section_is_the_page() {
    let pages = LocalPages::new();
    let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
    common::what_is_published_is_read(Publisher::local(&pages), &mapper);
    assert_eq!(mapper.section(PageKind::Physics).unwrap().bytes, common::driven().as_bytes());
    assert_eq!(mapper.section(PageKind::Graphics).unwrap().bytes, common::shown().as_bytes());
    assert_eq!(mapper.section(PageKind::Static).unwrap().bytes, common::session().as_bytes());
}

/// Moves at its last word only, which is beyond the known layout.
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
fn a_section_that_never_stands_still_is_handed_out_marked_and_counted() {
    let mapper = ACEvoSharedMemoryMapper::open_source(RestlessEnd::default()).unwrap();
    assert!(mapper.graphics().is_settled(), "the known part stands still");
    let section = mapper.section(PageKind::Graphics).unwrap();
    assert!(!section.settled && section.bytes.len() == 8192);
    assert_eq!(mapper.unsettled(), 1);
}
