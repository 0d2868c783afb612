//! Any bytes can be read as a raw dump: the result is pages of allowed sizes that survive being written and read again, or an error.
#![no_main]

use acevo_recording::RawDump;
use acevo_shared_memory::PageKind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(dump) = RawDump::read(bytes) else { return };
    for page in PageKind::ALL {
        assert!(dump.bytes(page).len() >= page.smallest_size(), "a page has its size");
    }
    let summary = dump.summary();
    assert!(!summary.chars().any(|character| character.is_control() && character != '\n'), "{summary:?}");
    let json = dump.to_json().expect("a dump can be written");
    let again = RawDump::from_json(json.as_bytes()).expect("a written dump can be read");
    assert!(PageKind::ALL.iter().all(|page| dump.bytes(*page) == again.bytes(*page)), "the bytes are the same");
    // Pages may have an unknown version.
    let _ = dump.open();
});
