//! Safe file names made of names of the game.

use acevo_telemetry::clean_text;

/// Maximum length of a path component in bytes.
const MAX_BYTES: usize = 64;

/// Names that Windows reserves for devices, with any extension.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// A name that is one path component on every file system, without characters that must not be printed; `unknown` if no character is
/// left.
pub(super) fn safe_name(name: &str) -> String {
    let mut safe = String::new();
    for character in clean_text(name).chars() {
        let character = if "/\\:*?\"<>|=%&#".contains(character) { '_' } else { character };
        if safe.len() + character.len_utf8() > MAX_BYTES {
            break;
        }
        safe.push(character);
    }
    let safe = safe.trim_matches([' ', '.']);
    let stem = safe.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    let is_device = DEVICES.contains(&stem.trim_end()) || numbered.is_some_and(|number| number.chars().count() == 1);
    match safe {
        "" => "unknown".into(),
        safe if is_device => format!("_{safe}"),
        safe => safe.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_names_are_single_path_components() {
        for (name, expected) in [
            ("Nürburgring", "Nürburgring"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..", "unknown"),
            (" ", "unknown"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("lpt1", "_lpt1"),
            ("comet", "comet"),
            ("a=b/c\0", "a_b_c"),
            ("\u{202e}evil\u{2066}\x1b[2J\u{e0041}", "evil[2J"),
        ] {
            assert_eq!(safe_name(name), expected);
        }
        let long = safe_name(&"ü".repeat(100));
        assert_eq!(long, "ü".repeat(32));
    }
}
