//! `docs/settings.md` has a row for each key.

use std::fs;
use std::path::Path;

use acevo_settings::{KEYS, Key, SECTIONS};

/// The row of a key in the table of its section.
fn row(key: &Key) -> String {
    let options = if key.options.is_empty() { "–" } else { key.options };
    let (default, range) = (key.default_value(), key.kind.range());
    let (name, variable, applies, summary) = (key.name, key.variable(), key.applies.text(), key.summary);
    format!("| `{name}` | `{default}` | {range} | `{variable}` | {options} | {applies} | {summary} |")
}

#[test]
fn documentation_has_every_key_and_section() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    let text = fs::read_to_string(path).unwrap();
    let missing: Vec<_> = KEYS.iter().map(row).filter(|row| !text.contains(row)).collect();
    assert!(missing.is_empty(), "docs/settings.md lacks:\n{}", missing.join("\n"));
    let rows = text.lines().filter(|line| line.starts_with("| `") && line.contains("`ACEVO_")).count();
    assert_eq!(rows, KEYS.len(), "docs/settings.md has keys that do not exist");
    for (section, _) in SECTIONS {
        assert!(text.contains(&format!("## `[{section}]`")), "{section}");
    }
}
