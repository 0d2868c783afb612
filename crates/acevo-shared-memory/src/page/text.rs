//! Text and filler bytes of the pages.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// A `char[N]` of the game: UTF-8 up to the first NUL, or all `N` bytes if there is none.
///
/// A text made of bytes is repaired, in a page that is decoded from bytes too: each invalid sequence becomes U+FFFD, or `?` in
/// all places if the text with U+FFFD, which has three bytes, is longer than `N` bytes. A letter that is cut at the end of the
/// array is removed. The bytes that follow the NUL stay if nothing has to be repaired; else they become 0.
///
/// Control characters are kept: a program that prints a text to a terminal should remove them.
///
/// ```
/// use acevo_shared_memory::Text;
///
/// let name: Text<33> = "Žofie".into();
/// assert_eq!(name.as_str(), "Žofie");
/// assert_eq!(name, *"Žofie");
/// assert_eq!(Text::<2>::from("Žofie").as_str(), "Ž", "never half a letter");
/// assert_eq!(Text::from(*b"bro\xffken\0\0\0").as_str(), "bro\u{fffd}ken");
/// assert_eq!(Text::from(*b"bro\xffken").as_str(), "bro?ken", "no room for U+FFFD");
/// ```
#[derive(Clone, Copy, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct Text<const N: usize>([u8; N]);

impl<const N: usize> Text<N> {
    /// No text: all bytes zero.
    pub(crate) const ZERO: Self = Self([0; N]);

    /// The text up to the first NUL. If the bytes were written into the struct without repair, its longest valid part from the
    /// start.
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

    /// All `N` bytes, including those that follow the NUL.
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

/// The text in the bytes of a field: all of it if the page was decoded, else the longest valid part from the start.
pub(crate) fn text_of(bytes: &[u8]) -> &str {
    valid_prefix(until_nul(bytes))
}

/// Bytes of the longest text field of the pages.
pub(crate) const LONGEST: usize = 64;

/// True if the bytes of a field hold a text that is not UTF-8.
pub(crate) fn is_broken(field: &[u8]) -> bool {
    !field.is_ascii() && std::str::from_utf8(until_nul(field)).is_err()
}

/// Makes the text of a field UTF-8; see [`Text`]. Fields longer than [`LONGEST`] lose what is beyond.
pub(crate) fn repair(field: &mut [u8]) {
    if !is_broken(field) {
        return;
    }
    let text = until_nul(field);
    // A NUL in the last byte only: the text filled the array, and was cut there.
    let text = if text.len() + 1 >= field.len() { without_cut_letter(text) } else { text };
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

/// Stands for an invalid sequence.
const MARK: &str = "\u{fffd}";

/// The replacement of what is invalid at the end of a chunk, if anything is.
fn invalid_as<'a>(mark: &'a str, chunk: &std::str::Utf8Chunk<'_>) -> &'a str {
    if chunk.invalid().is_empty() { "" } else { mark }
}

/// `text` without an incomplete letter at its end.
fn without_cut_letter(text: &[u8]) -> &[u8] {
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
    /// Cuts at a letter's boundary where the text is longer than `N` bytes; a text of exactly `N` bytes has no NUL.
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
    fn an_invalid_byte_costs_one_character() {
        let cases: [(&[u8], &str); 9] = [
            (b"Czerwi\xc5\"ski", "Czerwi\u{fffd}\"ski"),
            (b"\xff", "\u{fffd}"),
            (b"a\xffb\xfe\xfdc", "a\u{fffd}b\u{fffd}\u{fffd}c"),
            (b"M\xfcller", "M\u{fffd}ller"),
            (b"J\xc3\xbcrge\xc3", "J\u{fc}rge\u{fffd}"),
            (b"012345678901234567890123456789\xc3\xa9", "012345678901234567890123456789\u{e9}"),
            // The last letter of an array is cut, with and without a NUL behind it.
            (b"0123456789012345678901234567890\xc3", "0123456789012345678901234567890"),
            (b"01234567890123456789012345678901\xc3", "01234567890123456789012345678901"),
            // There is no room for three bytes instead of one.
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
    fn a_text_that_was_not_repaired_ends_before_its_first_invalid_byte() {
        let text = Text(*b"broken \xff!");
        assert_eq!((text.as_str(), text.to_string_lossy().as_ref()), ("broken ", "broken \u{fffd}!"));
    }

    #[test]
    fn fillers_say_how_much_is_in_use() {
        assert_eq!(format!("{:?} {:?}", Padding([0; 3]), Reserved([0, 1, 2])), "[0; 3] [2 of 3 bytes are not zero]");
    }
}
