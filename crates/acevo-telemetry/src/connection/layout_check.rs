//! Are the pages laid out as this library believes?
//!
//! The game may change its pages at any update, and nothing in them says so for certain. What can be checked is checked: the
//! sizes of the sections, whether texts are texts and versions have a digit, and whether values lie in ranges that no car can
//! leave. No value of `sm_version` is known for sure, so it is told but not compared with anything. Whatever is wrong, the pages
//! stay readable.

use std::fmt;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Field, FieldType, Frame, Implausible, Page, PageKind};

/// Systems round sections up to whole memory pages.
const MEMORY_PAGE: usize = 4096;

/// A sign that the pages are not what this library takes them for.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum LayoutWarning {
    /// The section has a size that no known game has.
    Size {
        /// The page.
        page: PageKind,
        /// Its real size in bytes.
        size: usize,
    },
    /// A text that is none: control characters, or bytes that are no UTF-8.
    Text {
        /// The page.
        page: PageKind,
        /// The field.
        field: &'static Field,
    },
    /// A version without a digit in it.
    Version {
        /// The field of the static page.
        field: &'static str,
    },
    /// A value that no car, session or screen can have.
    Value {
        /// The page.
        page: PageKind,
        /// The field, and what is in it.
        value: Implausible,
    },
}

impl LayoutWarning {
    /// True where both are about the same thing, whatever value it has.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Value { page, value }, Self::Value { page: other, value: other_value }) => {
                page == other && value.field == other_value.field
            }
            (one, other) => one == other,
        }
    }
}

impl fmt::Display for LayoutWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { page, size } => {
                write!(f, "the {page} page has {size} bytes, known are {} to {}", page.smallest_size(), page.size())
            }
            Self::Text { page, field } => write!(f, "{page}.{} is no readable text", field.path),
            Self::Version { field } => write!(f, "static.{field} is no version: it has no digit"),
            Self::Value { page, value } => write!(f, "{page}.{value}"),
        }
    }
}

/// Everything about the pages that is not as it should be; nothing where all is well.
///
/// Pages that never stood still are not judged, and neither are texts that are empty, as before the first session.
pub fn check_layout(mapper: &ACEvoSharedMemoryMapper, frame: &Frame) -> Vec<LayoutWarning> {
    let mut suspicions: Vec<_> = PageKind::ALL
        .into_iter()
        .map(|page| (page, mapper.size(page)))
        .filter(|(page, size)| !is_known(*page, *size))
        .map(|(page, size)| LayoutWarning::Size { page, size })
        .collect();
    let settled = [frame.physics.is_settled(), frame.graphics.is_settled(), frame.static_data.is_settled()];
    for page in PageKind::ALL.into_iter().filter(|page| settled[*page as usize]) {
        let bytes = frame.bytes(page);
        let texts = page.fields().iter().filter(|field| !is_text(field, bytes));
        suspicions.extend(texts.map(|field| LayoutWarning::Text { page, field }));
        let mut add = |value| suspicions.push(LayoutWarning::Value { page, value });
        match page {
            PageKind::Physics => frame.physics.raw().implausible().for_each(&mut add),
            PageKind::Graphics => frame.graphics.raw().implausible().for_each(&mut add),
            PageKind::Static => frame.static_data.raw().implausible().for_each(&mut add),
        }
    }
    let session = &frame.static_data;
    let versions = [("sm_version", session.sm_version()), ("ac_evo_version", session.ac_evo_version())];
    for (field, text) in versions.into_iter().filter(|_| session.is_settled()) {
        if !text.is_empty() && !text.contains(|letter: char| letter.is_ascii_digit()) {
            suspicions.push(LayoutWarning::Version { field });
        }
    }
    suspicions
}

/// From the smallest known layout to the known one, as it is or rounded up to memory pages.
fn is_known(page: PageKind, size: usize) -> bool {
    let sizes = page.smallest_size()..=page.size();
    sizes.contains(&size)
        || [sizes.start(), sizes.end()].iter().any(|known| known.next_multiple_of(MEMORY_PAGE) == size)
}

/// True for a field that is no text, too. A text may fill its field and be cut in the middle of a letter.
fn is_text(field: &Field, page: &[u8]) -> bool {
    if !matches!(field.ty, FieldType::Text(_)) {
        return true;
    }
    let text = &page[field.offset..][..field.size()];
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let (text, is_whole_or_cut) = match std::str::from_utf8(text) {
        Ok(text) => (text, true),
        Err(error) => {
            (std::str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default(), error.error_len().is_none())
        }
    };
    is_whole_or_cut && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{LocalPages, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View};

    use super::*;

    fn frame() -> Frame {
        let mut session = SPageFileStaticEvo { sm_version: "1.0".into(), ..Default::default() };
        session.ac_evo_version = "0.9.1+release.6".into();
        session.track = "Žďár nad Sázavou, a name that is cut".into();
        Frame::new(SPageFilePhysics::default(), SPageFileGraphicEvo::default(), session)
    }

    fn told(pages: LocalPages, frame: &Frame) -> Vec<String> {
        let mapper = ACEvoSharedMemoryMapper::open_source(pages).unwrap();
        check_layout(&mapper, frame).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nothing_is_wrong_with_pages_of_known_sizes() {
        for sizes in [[800, 4900, 208], [800, 3940, 208], [4096, 8192, 4096], [4096, 4096, 4096]] {
            assert_eq!(told(LocalPages::with_sizes(sizes).unwrap(), &frame()), [""; 0], "{sizes:?}");
        }
    }

    #[test]
    fn everything_that_is_off_is_named() {
        let mut frame = frame();
        let mut physics = SPageFilePhysics { gear: 99, ..Default::default() };
        physics.velocity[1] = f32::NAN;
        let mut session = *frame.static_data.raw();
        (session.sm_version, session.nation) = ("beta".into(), "\u{1}\u{2}".into());
        (frame.physics, frame.static_data) = (View::from(physics), View::from(session));
        assert_eq!(
            told(LocalPages::with_sizes([800, 12_288, 208]).unwrap(), &frame),
            [
                "the graphics page has 12288 bytes, known are 3940 to 4900",
                "physics.gear is 99, plausible are 0 to 12",
                "physics.velocity[1] is NaN, plausible are -150 to 150",
                "static.nation is no readable text",
                "static.sm_version is no version: it has no digit",
            ]
        );
    }

    #[test]
    fn a_text_may_be_cut_in_a_letter_but_not_be_garbage() {
        let field = SPageFileStaticEvo::field("track").unwrap();
        let text = |bytes: &[u8]| {
            let mut page = [0; 208];
            page[field.offset..][..bytes.len()].copy_from_slice(bytes);
            is_text(field, &page)
        };
        let mut cut = [b'a'; 33];
        cut[32] = 0xc5;
        assert!(text(b"") && text("Žďár".as_bytes()) && text(&cut));
        assert!(!text(b"a\xc5b") && !text(b"\xff") && !text(b"tab\there"));
    }
}
