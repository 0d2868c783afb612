//! Names of layouts. A name is also the name of a file, on every system.

/// Maximum number of characters of a name.
const MAX_NAME: usize = 40;

/// Names that are devices of Windows, with any extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The name of a layout: letters, digits, spaces, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LayoutName(String);

impl LayoutName {
    /// Checks a name.
    ///
    /// # Errors
    /// What is wrong, as a sentence.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let is_allowed = |letter: char| letter.is_alphabetic() || letter.is_ascii_digit() || " -_".contains(letter);
        if text.is_empty() || text.chars().count() > MAX_NAME {
            return Err(format!("A name has 1 to {MAX_NAME} characters."));
        }
        if !text.chars().all(is_allowed) {
            return Err("A name has only letters, digits, spaces, “-” and “_”.".to_owned());
        }
        if text.starts_with(' ') || text.ends_with(' ') {
            return Err("A name does not begin or end with a space.".to_owned());
        }
        if is_device(&text.to_lowercase()) {
            return Err("Windows reserves this name for a device.".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// True if a file system that ignores case could take both names for the same file.
    pub(super) fn is_similar_to(&self, other: &Self) -> bool {
        folded(&self.0) == folded(&other.0)
    }
}

/// The text without differences of case.
fn folded(text: &str) -> String {
    text.to_uppercase().to_lowercase()
}

fn is_device(lower: &str) -> bool {
    let has_number = |rest: &str| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit());
    DEVICES.contains(&lower) || ["com", "lpt"].iter().any(|port| lower.strip_prefix(port).is_some_and(has_number))
}
