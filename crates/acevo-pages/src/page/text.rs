//! Text and filler types of the pages.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// A `char[N]` of the game: UTF-8 up to the first NUL, or all `N` bytes if there is no NUL.
///
/// Creating a text from bytes, or decoding a page, repairs it: each invalid sequence becomes U+FFFD. If the result would be
/// longer than `N` bytes, because U+FFFD has three, each becomes `?` instead. A character that is cut at the end of the array
/// is removed. The bytes after the NUL are kept if nothing has to be repaired, else they become 0.
///
/// Control characters are kept. A program that prints a text to a terminal should remove them.
///
/// ```
/// use acevo_shared_memory::Text;
///
/// let name: Text<33> = "Žofie".into();
/// assert_eq!(name.as_str(), "Žofie");
/// assert_eq!(name, *"Žofie");
/// assert_eq!(Text::<2>::from("Žofie").as_str(), "Ž", "never half a character");
/// assert_eq!(Text::from(*b"bro\xffken\0\0\0").as_str(), "bro\u{fffd}ken");
/// assert_eq!(Text::from(*b"bro\xffken").as_str(), "bro?ken", "no room for U+FFFD");
/// ```
#[derive(Clone, Copy, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct Text<const N: usize>([u8; N]);

impl<const N: usize> Text<N> {
    /// The empty text: all bytes zero.
    pub(crate) const ZERO: Self = Self([0; N]);

    /// The text up to the first NUL. If the bytes bypassed the repair, this is the longest valid prefix.
    pub fn as_str(&self) -> &str {
        valid_prefix(until_nul(&self.0))
    }

    /// The text up to the first NUL, with U+FFFD for each invalid sequence.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(until_nul(&self.0))
    }

    /// True if the text starts with NUL, as before the game knows a name.
    pub fn is_empty(&self) -> bool {
        until_nul(&self.0).is_empty()
    }

    /// All `N` bytes, including those that follow the NUL.
    pub const fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }
}

/// The bytes up to the first NUL.
fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn valid_prefix(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// The text in the bytes of a field: complete if the page was decoded, else the longest valid prefix.
pub(crate) fn text_of(bytes: &[u8]) -> &str {
    valid_prefix(until_nul(bytes))
}

/// Upper bound for the size of a text field, in bytes.
pub(crate) const LONGEST: usize = 64;

/// True if the bytes of a field hold a text that is not UTF-8.
pub(crate) fn is_broken(field: &[u8]) -> bool {
    !field.is_ascii() && std::str::from_utf8(until_nul(field)).is_err()
}

/// Repairs the text of a field so that it is UTF-8; see [`Text`]. Fields longer than [`LONGEST`] are truncated.
pub(crate) fn repair(field: &mut [u8]) {
    if !is_broken(field) {
        return;
    }
    let text = until_nul(field);
    // If only the last byte is NUL, the text filled the array and was cut there.
    let text = if text.len() + 1 >= field.len() { without_cut_character(text) } else { text };
    let length_with = |mark: &str| -> usize {
        text.utf8_chunks().map(|chunk| chunk.valid().len() + invalid_as(mark, &chunk).len()).sum()
    };
    let mark = if length_with(MARK) <= field.len().min(LONGEST) { MARK } else { "?" };
    let (mut repaired, mut length) = ([0; LONGEST], 0);
    for part in text.utf8_chunks().flat_map(|chunk| [chunk.valid(), invalid_as(mark, &chunk)]) {
        if let Some(room) = repaired.get_mut(length..length + part.len()) {
            room.copy_from_slice(part.as_bytes());
            length += part.len();
        }
    }
    field[..length].copy_from_slice(&repaired[..length]);
    field[length..].fill(0);
}

/// The replacement character for an invalid sequence.
const MARK: &str = "\u{fffd}";

/// The replacement for the invalid end of a chunk; empty if the whole chunk is valid.
fn invalid_as<'a>(mark: &'a str, chunk: &std::str::Utf8Chunk<'_>) -> &'a str {
    if chunk.invalid().is_empty() { "" } else { mark }
}

/// The text without an incomplete character at its end.
fn without_cut_character(text: &[u8]) -> &[u8] {
    let end = text.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
    let is_cut = text.ends_with(end) && std::str::from_utf8(end).is_err_and(|error| error.error_len().is_none());
    if is_cut { &text[..text.len() - end.len()] } else { text }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl<const N: usize> From<&str> for Text<N> {
    /// Truncates at a character boundary if the text is longer than `N` bytes. A text of exactly `N` bytes has no NUL.
    fn from(text: &str) -> Self {
        let end = (0..=N.min(text.len())).rfind(|end| text.is_char_boundary(*end)).unwrap_or_default();
        let mut bytes = [0; N];
        bytes[..end].copy_from_slice(&text.as_bytes()[..end]);
        Self(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for Text<N> {
    fn from(mut bytes: [u8; N]) -> Self {
        repair(&mut bytes);
        Self(bytes)
    }
}

/// Compares the bytes up to the NUL. The game leaves parts of earlier, longer names after it.
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
                    used => write!(f, "[{used} of {N} bytes are non-zero]"),
                }
            }
        }
    };
}

filler! {
    /// Padding bytes between two fields. They have no meaning.
    Padding
}
filler! {
    /// The `place_holder` tail that the game reserves for future fields. Zero today; not serialised.
    Reserved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_fill_the_array_without_a_nul() {
        assert_eq!(Text::from(*b"0.9.1+release.6").as_str(), "0.9.1+release.6");
        assert_eq!(Text::<15>::from("0.9.1+release.6").as_bytes(), b"0.9.1+release.6");
    }

    #[test]
    fn text_ends_at_the_first_nul() {
        let text = Text::from(*b"ab\0cd");
        assert_eq!((text.as_str(), text.to_string_lossy().as_ref(), text.is_empty()), ("ab", "ab", false));
        assert!(Text::from(*b"\0abc").is_empty());
        assert_eq!(text, Text::<5>::from("ab"), "bytes after the NUL are not compared");
    }

    #[test]
    fn text_from_bytes_replaces_each_invalid_byte_by_one_character() {
        let cases: [(&[u8], &str); 9] = [
            (b"Czerwi\xc5\"ski", "Czerwi\u{fffd}\"ski"),
            (b"\xff", "\u{fffd}"),
            (b"a\xffb\xfe\xfdc", "a\u{fffd}b\u{fffd}\u{fffd}c"),
            (b"M\xfcller", "M\u{fffd}ller"),
            (b"J\xc3\xbcrge\xc3", "J\u{fc}rge\u{fffd}"),
            (b"012345678901234567890123456789\xc3\xa9", "012345678901234567890123456789\u{e9}"),
            // The last character of an array is cut, with and without a NUL after it.
            (b"0123456789012345678901234567890\xc3", "0123456789012345678901234567890"),
            (b"01234567890123456789012345678901\xc3", "01234567890123456789012345678901"),
            // Three bytes instead of one would not fit.
            (b"0123456789012345\xff7890123456789012", "0123456789012345?7890123456789012"),
        ];
        for (bytes, expected) in cases {
            let mut field = [0; 33];
            field[..bytes.len()].copy_from_slice(bytes);
            let text = Text::from(field);
            assert_eq!((text.as_str(), text.to_string_lossy().as_ref()), (expected, expected));
        }
        assert_eq!(Text::from([0xff; 15]).as_str(), "?".repeat(15));
        let text = Text::from(*b"J\xffrg\0\0\0");
        assert_eq!(format!("[{text:>7}] {text:?}"), "[   J\u{fffd}rg] \"J\u{fffd}rg\"");
    }

    #[test]
    fn as_str_of_an_unrepaired_text_ends_before_the_first_invalid_byte() {
        let text = Text(*b"broken \xff!");
        assert_eq!((text.as_str(), text.to_string_lossy().as_ref()), ("broken ", "broken \u{fffd}!"));
    }

    #[test]
    fn filler_debug_shows_how_many_bytes_are_non_zero() {
        assert_eq!(format!("{:?} {:?}", Padding([0; 3]), Reserved([0, 1, 2])), "[0; 3] [2 of 3 bytes are non-zero]");
    }
}
