//! Names in ASCII. Readers of logs take each byte for a character and fail on others.

/// Converts a text to printable ASCII. Latin letters lose their diacritics, Cyrillic letters are transliterated, and all other characters
/// become `?`.
pub(super) fn ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            ' '..='~' => ascii.push(letter),
            '\u{300}'..='\u{36f}' => {} // combining diacritics
            _ => ascii.push_str(&replaced(letter)),
        }
    }
    ascii
}

fn replaced(letter: char) -> String {
    if let Some(found) = lower_case(letter) {
        return found.to_owned();
    }
    let mut lower = letter.to_lowercase();
    match (lower.next().and_then(lower_case), lower.next()) {
        // One letter becomes `Zh`, not `ZH`.
        (Some(found), None) => {
            let (first, rest) = found.split_at(found.len().min(1));
            first.to_uppercase() + rest
        }
        _ => "?".into(),
    }
}

/// Letters of Europe's languages and typographic signs.
fn lower_case(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ŉ' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ǒ' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'ё' => "yo",
        'є' => "ye",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' => "i",
        'й' | 'ы' => "y",
        'ї' => "yi",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        '‘' | '’' | '‚' | '′' => "'",
        '“' | '”' | '„' => "\"",
        '–' | '—' | '‐' | '‑' => "-",
        '…' => "...",
        '\u{a0}' => " ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_transliterates_letters() {
        for (text, expected) in [
            ("Žofie Łukasz Müller-Ødegård", "Zofie Lukasz Muller-Odegard"),
            ("Größe Æsir Þór", "Grosse Aesir Thor"),
            ("Шмидт Юлия", "Shmidt Yuliya"),
            ("e\u{301}", "e"),
            ("漢字 🏎", "?? ?"),
            ("O’Neill – GP", "O'Neill - GP"),
            ("a\0b\n\u{fffd}", "a?b??"),
        ] {
            assert_eq!(ascii(text), expected);
        }
    }
}
