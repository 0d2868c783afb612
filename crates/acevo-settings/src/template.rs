//! The file that `acevo settings --init` writes.

use std::fmt::Write as _;

use crate::key::{KEYS, SECTIONS};

/// A file with every key, its default, its range and its meaning. All keys are commented out, so that later versions can change
/// defaults.
pub fn commented_default() -> String {
    let mut text = String::from(
        "# Settings of acevo. Remove the # in front of a key to change it.\n\
         # An option of a command replaces a key, and so does an environment variable, such as ACEVO_UNITS.\n\
         # `acevo settings --check` reports errors with their lines.\n\n",
    );
    write_keys(&mut text, "");
    for (section, title) in SECTIONS {
        let _ = write!(text, "\n# {title}.\n[{section}]\n");
        write_keys(&mut text, section);
    }
    text
}

fn write_keys(text: &mut String, section: &str) {
    for key in KEYS.iter().filter(|key| key.section() == section) {
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "# {}. Values: {}.\n#{} = {}\n",
            key.summary,
            key.kind.range(),
            key.leaf(),
            key.default_value()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use crate::settings::Settings;

    #[test]
    fn commented_default_has_every_key_with_its_default() {
        let text = commented_default();
        assert_eq!(Settings::from_toml(&text), Ok(Settings::default()));
        let is_key = |line: &str| line.starts_with('#') && !line.starts_with("# ");
        let all: String = text
            .lines()
            .map(|line| if is_key(line) { format!("{}\n", &line[1..]) } else { format!("{line}\n") })
            .collect();
        assert_eq!(Settings::from_toml(&all), Ok(Settings::default()), "{all}");
        for key in KEYS {
            let leaf = Key::leaf(key);
            // Keys of several sections may have the same name.
            let expected = KEYS.iter().filter(|other| other.leaf() == leaf).count();
            assert_eq!(text.matches(&format!("\n#{leaf} = ")).count(), expected, "{}", key.name);
        }
    }
}
