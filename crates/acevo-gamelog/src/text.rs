//! Texts of the log, which others wrote.

/// Maximum number of characters of a text in an event.
const MAX_CHARS: usize = 100;

/// Digits in a row that are taken for a Steam id, which has 17.
const STEAM_ID_DIGITS: usize = 15;

/// The mark before the names of the computer's drivers.
const AI_MARK: char = '•';

/// The text without control characters and Steam ids, trimmed, with at most 100 characters.
pub(crate) fn clean(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(bytes).chars().filter(|character| !character.is_control()).collect();
    let text = without_long_numbers(&text);
    let end = text.trim().char_indices().nth(MAX_CHARS).map_or(text.trim().len(), |(index, _)| index);
    text.trim().get(..end).unwrap_or_default().trim_end().to_owned()
}

/// The text, or `None` if nothing remains of it.
pub(crate) fn non_empty(bytes: &[u8]) -> Option<String> {
    Some(clean(bytes)).filter(|text| !text.is_empty())
}

/// A driver's name, and whether the mark says that the computer drives.
pub(crate) fn driver(bytes: &[u8]) -> (String, bool) {
    let name = clean(bytes);
    match name.strip_prefix(AI_MARK) {
        Some(rest) => (rest.trim().to_owned(), true),
        None => (name, false),
    }
}

/// True for a text that is a Steam id.
pub(crate) fn is_steam_id(bytes: &[u8]) -> bool {
    bytes.len() >= STEAM_ID_DIGITS && bytes.iter().all(u8::is_ascii_digit)
}

fn without_long_numbers(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, digits) = rest.split_at(start);
        let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
        let (digits, after) = digits.split_at(end);
        result.push_str(before);
        if digits.len() < STEAM_ID_DIGITS {
            result.push_str(digits);
        }
        rest = after;
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_removes_control_characters_and_steam_ids() {
        assert_eq!(clean(b" Ada\tL\x1b[31m\x00 "), "AdaL[31m");
        assert_eq!(clean("Ünal \u{85}x".as_bytes()), "Ünal x");
        assert_eq!(clean(b"a 12345678901234567 b"), "a  b");
        assert_eq!(clean(b"123456789\x00012345678"), "");
        assert_eq!(clean(b"racer 12345678901234"), "racer 12345678901234");
        assert_eq!(clean(b"\xff\xfe!"), "\u{fffd}\u{fffd}!");
    }

    #[test]
    fn clean_has_at_most_a_hundred_characters() {
        assert_eq!(clean("é".repeat(300).as_bytes()).chars().count(), 100);
    }

    #[test]
    fn driver_recognises_the_mark() {
        assert_eq!(driver("•Ada Example ".as_bytes()), ("Ada Example".to_owned(), true));
        assert_eq!(driver(b"Bo   "), ("Bo".to_owned(), false));
    }
}
