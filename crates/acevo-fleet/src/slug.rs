//! Levels of topics.

/// Maximum length of a slug, bytes.
pub(crate) const MAX: usize = 48;

/// Bytes of the hash of a name, with the `-` before it.
const HASH: usize = 9;

/// Latin letters with marks, and how they are written without. Letters that become two are in [`latin`].
const LATIN: [(&str, char); 24] = [
    ("àáâãåāăąǎ", 'a'),
    ("çćĉċč", 'c'),
    ("ďđð", 'd'),
    ("èéêëēĕėęěə", 'e'),
    ("ĝğġģ", 'g'),
    ("ĥħ", 'h'),
    ("ìíîïĩīĭįıǐ", 'i'),
    ("ĵ", 'j'),
    ("ķ", 'k'),
    ("ĺļľŀł", 'l'),
    ("ñńņňŋ", 'n'),
    ("òóôõøōŏőơǒ", 'o'),
    ("ŕŗř", 'r'),
    ("śŝşšș", 's'),
    ("ţťŧț", 't'),
    ("ùúûũūŭůűųưǔ", 'u'),
    ("ŵẁẃẅ", 'w'),
    ("ýÿŷỳ", 'y'),
    ("źżž", 'z'),
    // Vietnamese.
    ("ạảấầẩẫậắằẳẵặ", 'a'),
    ("ẹẻẽếềểễệ", 'e'),
    ("ỉị", 'i'),
    ("ọỏốồổỗộớờởỡợ", 'o'),
    ("ụủứừửữự", 'u'),
];

/// A name as a level of a topic: `[a-z0-9_-]`, 1 to 48 characters. Latin letters lose their marks, and other characters become `-`.
///
/// Letters and digits that cannot be written so are left out, and a hash of the name follows: names that differ in them only stay distinct.
/// The same hash stands for a name of which nothing is left. An empty name becomes `default`.
///
/// ```
/// assert_eq!(acevo_fleet::slug("Rig 3 (left)"), "rig-3-left");
/// assert_eq!(acevo_fleet::slug("Straße Łódź"), "strasse-lodz");
/// assert_eq!(acevo_fleet::slug("日本"), "x-c7b7cdcc");
/// assert_eq!(acevo_fleet::slug(" "), "default");
/// ```
pub fn slug(name: &str) -> String {
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return "default".to_owned();
    }
    let (mut slug, mut is_lossy) = (String::new(), false);
    for letter in name.chars() {
        match letter {
            'a'..='z' | '0'..='9' | '_' => slug.push(letter),
            // Marks that follow their letter, as in names from macOS.
            '\u{308}' if slug.ends_with(['a', 'o', 'u']) => slug.push('e'),
            '\u{300}'..='\u{36f}' => {}
            _ => match latin(letter) {
                Some(text) => slug.push_str(&text),
                None => {
                    is_lossy |= letter.is_alphanumeric();
                    if !slug.is_empty() && !slug.ends_with('-') {
                        slug.push('-');
                    }
                }
            },
        }
    }
    is_lossy |= slug.trim_matches('-').is_empty();
    slug.truncate(if is_lossy { MAX - HASH } else { MAX });
    let slug = slug.trim_matches('-');
    match (is_lossy, slug) {
        (false, slug) => slug.to_owned(),
        (true, "") => format!("x-{:08x}", crc32fast::hash(name.as_bytes())),
        (true, slug) => format!("{slug}-{:08x}", crc32fast::hash(name.as_bytes())),
    }
}

/// A letter of a Latin alphabet without its mark.
fn latin(letter: char) -> Option<String> {
    let pair = match letter {
        'ä' | 'æ' => "ae",
        'ö' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'þ' => "th",
        _ => "",
    };
    if !pair.is_empty() {
        return Some(pair.to_owned());
    }
    LATIN.iter().find(|(letters, _)| letters.contains(letter)).map(|(_, plain)| plain.to_string())
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
        assert_eq!(slug(" \t"), "default");
    }

    #[test]
    fn slug_writes_latin_letters_without_their_marks() {
        assert_eq!(slug("Straße Łódź 7"), "strasse-lodz-7");
        assert_eq!(slug("Île-de-Ré Ñandú Ærø İzmir Đà Nẵng"), "ile-de-re-nandu-aero-izmir-da-nang");
        assert_eq!(slug("Jo\u{308}rg e\u{301}te\u{301}"), slug("Jörg été"), "marks after their letters");
    }

    #[test]
    fn slug_of_letters_that_cannot_be_written_stays_distinct_and_the_same() {
        assert_eq!(slug("日本"), "x-c7b7cdcc");
        assert_eq!(slug("Кокпит"), slug(" КОКПИТ "));
        let names = ["Кокпит", "日本", "Кокпит 1", "日本 1", "Кокпит 2", "🏎", "🚀", "#/+", "1"];
        let slugs: std::collections::BTreeSet<_> = names.map(slug).into();
        assert_eq!(slugs.len(), names.len(), "{slugs:?}");
        assert!(slug("Кокпит 1").starts_with("1-"));
        assert_eq!(slug(&format!("日{}", "a".repeat(100))).len(), MAX, "the hash is not cut");
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
