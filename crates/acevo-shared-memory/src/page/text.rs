//! Text and filler bytes of the pages.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// A `char[N]` of the game: UTF-8 up to the first NUL, or all `N` bytes where there is none.
///
/// Any bytes are allowed. [`as_str`](Self::as_str) gives the longest valid part from the start, which is what a name cut in
/// the middle of a letter needs; [`to_string_lossy`](Self::to_string_lossy) shows everything.
///
/// Control characters are shown as they are: whoever prints a text to a terminal should leave them out.
///
/// ```
/// use acevo_shared_memory::Text;
///
/// let name: Text<33> = "Žofie".into();
/// assert_eq!(name.as_str(), "Žofie");
/// assert_eq!(name, *"Žofie");
/// assert_eq!(Text::<2>::from("Žofie").as_str(), "Ž", "never half a letter");
/// assert_eq!(Text::from(*b"broken \xff!").as_str(), "broken ");
/// ```
#[derive(Clone, Copy, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct Text<const N: usize>([u8; N]);

impl<const N: usize> Text<N> {
    /// No text: all bytes zero.
    pub(crate) const ZERO: Self = Self([0; N]);

    /// The longest valid UTF-8 text from the start up to the first NUL.
    pub fn as_str(&self) -> &str {
        valid_prefix(until_nul(&self.0))
    }

    /// Everything up to the first NUL, with U+FFFD for what is not UTF-8.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(until_nul(&self.0))
    }

    /// True where the text starts with NUL, as the game leaves it before it knows a name.
    pub fn is_empty(&self) -> bool {
        until_nul(&self.0).is_empty()
    }

    /// All `N` bytes, what follows the NUL included.
    pub const fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }
}

/// `bytes` up to the first NUL.
fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn valid_prefix(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// The text a field of the pages holds, for readers that only have its bytes.
pub(crate) fn text_of(bytes: &[u8]) -> &str {
    valid_prefix(until_nul(bytes))
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl<const N: usize> From<&str> for Text<N> {
    /// Cuts at a letter's boundary where the text is longer than `N` bytes; a text of exactly `N` bytes has no NUL.
    fn from(text: &str) -> Self {
        let end = (0..=N.min(text.len())).rfind(|end| text.is_char_boundary(*end)).unwrap_or_default();
        let mut bytes = [0; N];
        bytes[..end].copy_from_slice(&text.as_bytes()[..end]);
        Self(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for Text<N> {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes)
    }
}

/// What follows the NUL does not count: the game leaves parts of longer names there.
impl<const N: usize> PartialEq for Text<N> {
    fn eq(&self, other: &Self) -> bool {
        until_nul(&self.0) == until_nul(&other.0)
    }
}

impl<const N: usize> Hash for Text<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        until_nul(&self.0).hash(state);
    }
}

impl<const N: usize> PartialEq<str> for Text<N> {
    fn eq(&self, other: &str) -> bool {
        until_nul(&self.0) == other.as_bytes()
    }
}

impl<const N: usize> AsRef<str> for Text<N> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string_lossy(), f)
    }
}

macro_rules! filler {
    ($(#[$doc:meta])+ $name:ident) => {
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
        #[repr(transparent)]
        pub struct $name<const N: usize>(pub [u8; N]);

        impl<const N: usize> Default for $name<N> {
            fn default() -> Self {
                Self([0; N])
            }
        }

        impl<const N: usize> fmt::Debug for $name<N> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0.iter().filter(|byte| **byte != 0).count() {
                    0 => write!(f, "[0; {N}]"),
                    used => write!(f, "[{used} of {N} bytes are not zero]"),
                }
            }
        }
    };
}

filler! {
    /// Bytes the compiler puts between two fields. The game leaves them as they are; they mean nothing.
    Padding
}
filler! {
    /// The `place_holder` tail the game keeps in its parts for fields to come. Zero today; not serialised.
    Reserved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_may_fill_its_array_without_a_nul() {
        assert_eq!(Text::from(*b"0.9.1+release.6").as_str(), "0.9.1+release.6");
        assert_eq!(Text::<15>::from("0.9.1+release.6").as_bytes(), b"0.9.1+release.6");
    }

    #[test]
    fn what_follows_the_nul_is_not_text() {
        let text = Text::from(*b"ab\0cd");
        assert_eq!((text.as_str(), text.to_string_lossy().as_ref(), text.is_empty()), ("ab", "ab", false));
        assert!(Text::from(*b"\0abc").is_empty());
        assert_eq!(text, Text::<5>::from("ab"), "the same name, whatever was there before");
    }

    #[test]
    fn broken_text_is_cut_or_marked_but_never_refused() {
        let cut = Text::from(*b"J\xc3\xbcrge\xc3");
        assert_eq!(cut.as_str(), "Jürge");
        assert_eq!(cut.to_string_lossy(), "Jürge\u{fffd}");
        assert_eq!(format!("[{cut:>7}] {cut:?}"), "[  Jürge] \"Jürge\u{fffd}\"");
    }

    #[test]
    fn fillers_say_how_much_is_in_use() {
        assert_eq!(format!("{:?} {:?}", Padding([0; 3]), Reserved([0, 1, 2])), "[0; 3] [2 of 3 bytes are not zero]");
    }
}
