//! Levels of topics.

/// Maximum length of a slug, bytes.
pub(crate) const MAX: usize = 48;

/// A name as a level of a topic: `[a-z0-9_-]`, 1 to 48 characters. Other characters become `-`; a name without any that is left
/// becomes `default`.
///
/// ```
/// assert_eq!(acevo_fleet::slug("Rig 3 (left)"), "rig-3-left");
/// assert_eq!(acevo_fleet::slug("#/+"), "default");
/// ```
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' | '_' => slug.push(letter),
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(MAX);
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "default".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slug_replaces_what_topics_must_not_have() {
        assert_eq!(slug("Jörg's PC"), "joerg-s-pc");
        assert_eq!(slug("acevo/v1"), "acevo-v1");
        assert_eq!(slug("  A__B  "), "a__b");
        assert_eq!(slug("日本"), "default");
    }

    proptest! {
        #[test]
        fn slug_of_any_text_is_a_level_of_a_topic(name in ".{0,200}") {
            let level = slug(&name);
            prop_assert!((1..=MAX).contains(&level.len()));
            prop_assert!(level.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-')));
            prop_assert_eq!(slug(&level), level);
        }
    }
}
