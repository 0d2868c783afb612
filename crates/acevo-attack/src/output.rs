//! What the output of the program must look like, for any input.

use serde_json::Value;

/// Form of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Text for a terminal.
    Text,
    /// One JSON value.
    Json,
    /// A JSON value per line. The last line may be incomplete if the program was interrupted.
    JsonLines,
    /// Contents of a file.
    Bytes,
}

/// A broken rule, or `None`. `is_complete` is false if the program was interrupted or failed.
pub(crate) fn broken_rule(output: &[u8], form: Form, is_complete: bool) -> Option<String> {
    if form == Form::Bytes {
        return None;
    }
    let Ok(text) = std::str::from_utf8(output) else { return Some("the output is not UTF-8".into()) };
    if let Some((at, character)) = text.char_indices().find(|(_, character)| is_hostile(*character)) {
        let before: String = text[..at].chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
        return Some(format!("U+{:04X} in the output after {before:?}", u32::from(character)));
    }
    match form {
        Form::Json if is_complete || !text.trim().is_empty() => {
            serde_json::from_str::<Value>(text).err().map(|error| format!("invalid JSON: {error}"))
        }
        Form::JsonLines => {
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            let lines = if is_complete { text } else { whole };
            let mut errors = lines.lines().filter_map(|line| Some((line, serde_json::from_str::<Value>(line).err()?)));
            errors.next().map(|(line, error)| format!("invalid JSON: {error} in {:?}", first(line)))
        }
        _ => None,
    }
}

fn first(line: &str) -> String {
    line.chars().take(200).collect()
}

/// True for characters that control a terminal or reorder text.
pub(crate) fn is_hostile(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        _ => character.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_rule_finds_control_characters_and_invalid_json() {
        assert_eq!(broken_rule(b"lap 3\n", Form::Text, true), None);
        for text in ["\u{1b}[2J", "\u{9b}2J", "a\u{202e}b", "\u{e0041}", "\u{7f}"] {
            assert!(broken_rule(text.as_bytes(), Form::Text, true).is_some(), "{text:?}");
        }
        assert!(broken_rule(b"\xff", Form::Text, true).is_some());
        assert!(broken_rule(b"", Form::Json, true).is_some());
        assert_eq!(broken_rule(b"{\"a\": 1}", Form::Json, true), None);
        assert!(broken_rule(b"{\"a\": NaN}", Form::Json, true).is_some());
        assert_eq!(broken_rule(b"{}\n{\"a\"", Form::JsonLines, false), None);
        assert!(broken_rule(b"{}\n{\"a\"", Form::JsonLines, true).is_some());
        assert!(broken_rule(b"{}\n{\"a\"\n{}\n", Form::JsonLines, false).is_some());
        assert_eq!(broken_rule(b"\x1b\xff", Form::Bytes, true), None);
    }
}
