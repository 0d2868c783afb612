//! Text that is safe to print: on a terminal, in JSON and in file names.

use std::borrow::Cow;
use std::fmt::Write as _;

/// True for a character that must not be printed: it controls a terminal, changes the writing direction, ends a line, or is invisible.
///
/// These are the control characters (C0, U+007F and C1, which are 8-bit escape sequences), direction marks, line and paragraph
/// separators, zero-width characters, tags, and code points that are not characters.
///
/// ```
/// use acevo_telemetry::is_unsafe_to_print;
///
/// assert!(['\x1b', '\n', '\u{9b}', '\u{202e}', '\u{e0041}'].into_iter().all(is_unsafe_to_print));
/// assert!(!['ü', '漢', '🏎', '\u{301}'].into_iter().any(is_unsafe_to_print));
/// ```
pub const fn is_unsafe_to_print(letter: char) -> bool {
    matches!(
        letter,
        '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{ad}' // Soft hyphen.
            | '\u{61c}' // Arabic letter mark.
            | '\u{180e}' // Mongolian vowel separator.
            | '\u{200b}'..='\u{200f}' // Zero-width characters, direction marks.
            | '\u{2028}'..='\u{202e}' // Separators of lines and paragraphs, direction.
            | '\u{2060}'..='\u{206f}' // Invisible operators, isolated directions.
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{feff}' // Byte order mark.
            | '\u{fff9}'..='\u{fffb}' // Annotations.
            | '\u{fffe}'..='\u{ffff}'
            | '\u{1d173}'..='\u{1d17a}' // Invisible signs of music.
            | '\u{e0000}'..='\u{e0fff}' // Tags, variation selectors.
    )
}

/// A text without characters that [must not be printed](is_unsafe_to_print), trimmed.
///
/// ```
/// assert_eq!(acevo_telemetry::clean_text(" \x1b[2JMünchen\r\n "), "[2JMünchen");
/// ```
pub fn clean_text(text: &str) -> String {
    let mut clean: String = text.trim_start().chars().filter(|letter| !is_unsafe_to_print(*letter)).collect();
    // Blanks that only invisible characters separated from the ends.
    clean.truncate(clean.trim_end().len());
    let blanks = clean.len() - clean.trim_start().len();
    clean.drain(..blanks);
    clean
}

/// A JSON text in which characters that [must not be printed](is_unsafe_to_print) are escaped as `\uXXXX`. It has the same value.
///
/// Only line breaks and tabs between the values remain as they are; inside of strings, JSON has escaped them before.
///
/// ```
/// assert_eq!(acevo_telemetry::escape_json("\"a\u{9b}31m\"\n"), "\"a\\u009b31m\"\n");
/// ```
pub fn escape_json<'a>(json: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
    let json = json.into();
    // A quick test of bytes: most documents are ASCII.
    let is_suspicious = |byte: &u8| *byte >= 0x7f || *byte < 0x20 && !is_space(*byte);
    if !json.bytes().any(|byte| is_suspicious(&byte)) || !json.chars().any(is_escaped) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 64);
    for letter in json.chars() {
        if is_escaped(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(letter);
        }
    }
    Cow::Owned(escaped)
}

/// White space of JSON among the control characters.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\t' | b'\r')
}

fn is_escaped(letter: char) -> bool {
    is_unsafe_to_print(letter) && !matches!(letter, '\n' | '\t' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters that control terminals or are invisible, by their number.
    const UNSAFE: [u32; 20] = [
        0x00, 0x07, 0x0a, 0x0d, 0x1b, 0x7f, 0x80, 0x90, 0x9b, 0x9d, 0x9f, 0x61c, 0x200b, 0x200e, 0x2028, 0x202e,
        0x2066, 0xfeff, 0xe0001, 0xe007f,
    ];

    fn letter(number: u32) -> char {
        char::from_u32(number).unwrap()
    }

    #[test]
    fn clean_text_removes_control_and_direction_characters() {
        assert_eq!(clean_text(" \x1b[2JMünchen\r\n\u{9b}31m\u{202e}\0 "), "[2JMünchen31m");
        assert_eq!(clean_text(" \x1b \u{200b} a b\u{feff} \u{202e} "), "a b");
        for number in UNSAFE {
            assert_eq!(clean_text(&format!("a{}b", letter(number))), "ab", "U+{number:04X}");
        }
        for text in ["Nürburgring", "漢字", "🏎 GP", "e\u{301}", "مصر", "Žofie"] {
            assert_eq!(clean_text(text), text);
        }
    }

    #[test]
    fn escape_json_keeps_the_value_and_prints_no_unsafe_character() {
        for number in UNSAFE {
            let value = serde_json::json!({ format!("k{}", letter(number)): format!("ü{}漢", letter(number)) });
            for json in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
                let escaped = escape_json(&*json);
                assert!(!escaped.chars().any(|letter| is_unsafe_to_print(letter) && letter != '\n'), "{escaped:?}");
                assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
                assert!(escaped.contains('漢'), "{escaped}");
            }
        }
        assert!(matches!(escape_json("{\n\t\"a\": \"ü\"\r\n}"), Cow::Borrowed(_)));
    }
}
