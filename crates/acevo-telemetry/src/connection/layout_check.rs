//! Checks whether the pages have the layout that this library knows.
//!
//! Any update of the game may change its pages, and nothing in them identifies the layout for certain. The checks cover the sizes of the
//! sections, texts that are not readable, versions without a digit, and values outside of plausible ranges. The values of `sm_version`
//! are not known for certain, so it is not compared. The pages stay readable in any case.

use std::fmt;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Field, FieldType, Frame, Implausible, Page, PageKind};

/// Size of a memory page, bytes. Systems round sections up to a multiple.
const MEMORY_PAGE: usize = 4096;

/// A sign that the layout of the pages differs from the one that this library knows.
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
    /// A text with control characters, or with bytes that are not UTF-8.
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
    /// True if both warnings are about the same field, even if its value differs.
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
            Self::Text { page, field } => write!(f, "{page}.{} is not readable text", field.path),
            Self::Version { field } => write!(f, "static.{field} is not a version: it has no digit"),
            Self::Value { page, value } => write!(f, "{page}.{value}"),
        }
    }
}

/// Checks the layout of the pages. Returns all warnings.
///
/// Torn pages are not checked, and empty texts, as before the first session, are ignored.
pub fn check_layout(mapper: &ACEvoSharedMemoryMapper, frame: &Frame) -> Vec<LayoutWarning> {
    let mut warnings: Vec<_> = PageKind::ALL
        .into_iter()
        .map(|page| (page, mapper.size(page)))
        .filter(|(page, size)| !is_known(*page, *size))
        .map(|(page, size)| LayoutWarning::Size { page, size })
        .collect();
    let settled = [frame.physics.is_settled(), frame.graphics.is_settled(), frame.static_data.is_settled()];
    for page in PageKind::ALL.into_iter().filter(|page| settled[*page as usize]) {
        let bytes = frame.bytes(page);
        let texts = page.fields().iter().filter(|field| !is_text(field, bytes));
        warnings.extend(texts.map(|field| LayoutWarning::Text { page, field }));
        let mut add = |value| warnings.push(LayoutWarning::Value { page, value });
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
            warnings.push(LayoutWarning::Version { field });
        }
    }
    warnings
}

/// True for a size between the smallest and the largest known one, or for one of them rounded up to memory pages.
fn is_known(page: PageKind, size: usize) -> bool {
    let sizes = page.smallest_size()..=page.size();
    sizes.contains(&size)
        || [sizes.start(), sizes.end()].iter().any(|known| known.next_multiple_of(MEMORY_PAGE) == size)
}

/// True for a readable text, and for a field of another type. A text may fill its field and be cut in the middle of a character.
fn is_text(field: &Field, page: &[u8]) -> bool {
    if !matches!(field.ty, FieldType::Text(_)) {
        return true;
    }
    let text = &page[field.offset..][..field.size()];
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let (text, is_complete_or_cut) = match std::str::from_utf8(text) {
        Ok(text) => (text, true),
        Err(error) => {
            (std::str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default(), error.error_len().is_none())
        }
    };
    is_complete_or_cut && !text.contains(char::is_control)
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

    fn warnings(pages: LocalPages, frame: &Frame) -> Vec<String> {
        let mapper = ACEvoSharedMemoryMapper::open_source(pages).unwrap();
        check_layout(&mapper, frame).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn check_layout_accepts_pages_of_known_sizes() {
        for sizes in [[800, 4900, 208], [800, 3940, 208], [4096, 8192, 4096], [4096, 4096, 4096]] {
            assert_eq!(warnings(LocalPages::with_sizes(sizes).unwrap(), &frame()), [""; 0], "{sizes:?}");
        }
    }

    #[test]
    fn check_layout_reports_every_deviation() {
        let mut frame = frame();
        let mut physics = SPageFilePhysics { gear: 99, ..Default::default() };
        physics.velocity[1] = f32::NAN;
        let mut session = *frame.static_data.raw();
        (session.sm_version, session.nation) = ("beta".into(), "\u{1}\u{2}".into());
        (frame.physics, frame.static_data) = (View::from(physics), View::from(session));
        assert_eq!(
            warnings(LocalPages::with_sizes([800, 12_288, 208]).unwrap(), &frame),
            [
                "the graphics page has 12288 bytes, known are 3940 to 4900",
                "physics.gear is 99, plausible range is 0 to 12",
                "physics.velocity[1] is NaN, plausible range is -150 to 150",
                "static.nation is not readable text",
                "static.sm_version is not a version: it has no digit",
            ]
        );
    }

    #[test]
    fn is_text_accepts_a_cut_character_but_no_garbage() {
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
