//! Removes from texts what must not be in a log or in a bug report: secrets, and the name of the user.

use std::borrow::Cow;
use std::env;

/// Stands for what was removed.
pub(crate) const REMOVED: &str = "[removed]";

/// Texts before a secret, in lower case. A secret ends with the first character that cannot be part of it.
const BEFORE_SECRETS: [&str; 5] = ["token=", "code=", "bearer ", "password=", "secret="];

/// Length from which hexadecimal digits count as a secret: that of a token.
const MIN_HEX: usize = 32;

/// Digits of a Steam id of a person.
const STEAM_ID: (usize, &str) = (17, "7656119");

/// A text without tokens and without Steam ids.
pub(crate) fn secrets(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    let mut clean = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(letter) = text[at..].chars().next() {
        let is_start = !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
        match secret_at(&lower[at..], is_start) {
            Some((before, length)) => {
                clean.push_str(&text[kept..at + before]);
                clean.push_str(REMOVED);
                at += before + length;
                kept = at;
            }
            None => at += letter.len_utf8(),
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    clean.push_str(&text[kept..]);
    Cow::Owned(clean)
}

/// The bytes before a secret in this text, and its length. `is_start` is true at the start of a word.
fn secret_at(lower: &str, is_start: bool) -> Option<(usize, usize)> {
    let run = |text: &str, is_part: fn(u8) -> bool| text.bytes().take_while(|byte| is_part(*byte)).count();
    if let Some(before) = BEFORE_SECRETS.into_iter().find(|before| lower.starts_with(before)).map(str::len) {
        let length = run(&lower[before..], |byte| byte.is_ascii_alphanumeric() || b"-_%+./~".contains(&byte));
        return (length > 0).then_some((before, length));
    }
    if !is_start {
        return None;
    }
    let word = run(lower, |byte| byte.is_ascii_alphanumeric());
    let is_steam_id =
        lower.starts_with(STEAM_ID.1) && word == STEAM_ID.0 && run(lower, |byte| byte.is_ascii_digit()) == word;
    let is_hex = word >= MIN_HEX && run(lower, |byte| byte.is_ascii_hexdigit()) == word;
    (is_steam_id || is_hex).then_some((0, word))
}

/// An address without its query, which may have a secret. `None` if it may have a user and a password.
pub(crate) fn address(text: &str) -> Option<&str> {
    if text.contains('@') { None } else { text.split('?').next() }
}

/// The names by which texts identify the user of this computer.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    /// Paths of the home folder, the longest first.
    homes: Vec<String>,
    names: Vec<String>,
}

impl Identity {
    /// The user of this process.
    pub(crate) fn of_user() -> Self {
        let home = env::home_dir().map(|home| home.to_string_lossy().into_owned());
        let names = ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(|name| env::var(name).ok());
        Self::new(home.as_deref(), names)
    }

    fn new(home: Option<&str>, names: impl IntoIterator<Item = String>) -> Self {
        let home = home.map(|home| home.trim_end_matches(['/', '\\'])).filter(|home| home.len() > 1);
        let mut homes = Vec::new();
        let mut names: Vec<_> = names.into_iter().collect();
        if let Some(home) = home {
            // As a path, with slashes, and inside of JSON.
            homes.extend([home.replace('\\', "\\\\"), home.replace('\\', "/"), home.to_owned()]);
            homes.dedup();
            names.extend(home.rsplit(['/', '\\']).next().map(str::to_owned));
        }
        // A name of one letter would change other words.
        names.retain(|name| name.chars().count() > 1);
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.dedup();
        Self { homes, names }
    }

    /// A text with `~` instead of the home folder and the name of the user.
    pub(crate) fn hide(&self, text: &str) -> String {
        let without_homes = self.homes.iter().fold(text.to_owned(), |text, home| replace_words(&text, home, "~"));
        self.names.iter().fold(without_homes, |text, name| replace_words(&text, name, "~"))
    }
}

/// Replaces a word, in any case of ASCII letters. Parts of longer words stay.
fn replace_words(text: &str, word: &str, by: &str) -> String {
    let (lower, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut result = String::with_capacity(text.len());
    let mut kept = 0;
    for (at, found) in lower.match_indices(&word) {
        let end = at + found.len();
        if text[..at].ends_with(is_letter) || text[end..].starts_with(is_letter) {
            continue;
        }
        result.push_str(&text[kept..at]);
        result.push_str(by);
        kept = end;
    }
    result.push_str(&text[kept..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_removes_tokens_and_steam_ids() {
        let token = "0123456789abcdef0123456789abcdef";
        for (text, clean) in [
            (format!("http://192.168.1.2:7333/?token={token}"), "http://192.168.1.2:7333/?token=[removed]".to_owned()),
            ("GET /?Token=own-token_1&x=2".into(), "GET /?Token=[removed]&x=2".into()),
            (format!("a cookie acevo-7333={token}; Path=/"), "a cookie acevo-7333=[removed]; Path=/".into()),
            ("Authorization: Bearer abc-def".into(), "Authorization: Bearer [removed]".into()),
            ("userdata/76561198000000001/x".into(), "userdata/[removed]/x".into()),
            ("é token=ä token=b".into(), "é token=ä token=[removed]".into()),
        ] {
            assert_eq!(secrets(&text), clean);
        }
        for text in ["", "12345678901234567", "765611980000000011", "deadbeef", "token= x", "Nürburgring 🏎", "x0123"]
        {
            assert_eq!(secrets(text), text);
        }
        assert!(!secrets(&format!("x{token} {token} {token}")).contains(&format!(" {token}")));
    }

    #[test]
    fn identity_hides_home_and_name_but_not_parts_of_words() {
        let unix = Identity::new(Some("/home/anna"), ["anna".to_owned()]);
        assert_eq!(
            unix.hide("/home/anna/races of Anna, /home/annabell, savanna, /mnt/anna/x"),
            "~/races of ~, /home/annabell, savanna, /mnt/~/x"
        );
        let windows = Identity::new(Some(r"C:\Users\Anna B"), []);
        assert_eq!(
            windows.hide(r#"c:\users\anna b\x "C:\\Users\\Anna B\\y" C:/Users/Anna B/z D:\Anna B\"#),
            r#"~\x "~\\y" ~/z D:\~\"#
        );
        let nothing = Identity::new(Some("/"), ["a".to_owned(), String::new()]);
        assert_eq!(nothing.hide("a/b"), "a/b");
    }
}
