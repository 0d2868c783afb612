//! The settings file without secrets.

use crate::redact::REMOVED;

/// Parts of keys whose values are secret.
const SECRET_KEYS: [&str; 3] = ["token", "password", "secret"];

/// Quotes of texts with several lines.
const LONG_QUOTES: [&str; 2] = ["\"\"\"", "'''"];

/// A settings file in which lines that name a secret have no value. It need not be valid: what follows a secret key in brackets or long
/// quotes is removed, too, up to the next key or table.
pub(super) fn without_secrets(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    // The end of a secret in long quotes; the next key after a secret in brackets; a table of secrets.
    let (mut until_quotes, mut until_key, mut is_secret_table) = (None, false, false);
    for line in text.lines() {
        if let Some(quotes) = until_quotes {
            if line.contains(quotes) {
                until_quotes = None;
            }
            continue;
        }
        let content = line.trim_start();
        let is_table = content.starts_with('[') && content.trim_end().ends_with(']') && !content.contains('=');
        if until_key && !is_table && !starts_with_key(content) {
            continue;
        }
        until_key = false;
        if is_table {
            // An array in a secret value looks like a table: it has no more than a name.
            is_secret_table = has_secret_key(content);
            clean.push_str(line);
        } else if has_secret_key(content) || is_secret_table && !content.is_empty() {
            let (key, value) = content.split_once('=').unwrap_or(("", content));
            until_quotes = LONG_QUOTES.into_iter().find(|quotes| value.matches(quotes).count() == 1);
            until_key = true;
            let is_plain_key =
                key.trim().chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.# ".contains(letter));
            clean.push_str(&if is_plain_key && !key.trim().is_empty() {
                format!("{} = {REMOVED}", key.trim_end())
            } else {
                format!("# {REMOVED}")
            });
        } else {
            clean.push_str(line);
        }
        clean.push('\n');
    }
    clean
}

fn has_secret_key(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    SECRET_KEYS.iter().any(|key| line.contains(key))
}

/// True if a line begins with a key and its `=`, or is a comment or empty.
fn starts_with_key(content: &str) -> bool {
    let key = content.split_once('=').map(|(key, _)| key.trim());
    let is_key = |key: &str| {
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.\"'".contains(&byte))
    };
    content.is_empty() || content.starts_with('#') || key.is_some_and(is_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_secrets_removes_the_values_of_secret_keys() {
        let text = "\
# settings
port = 7333
token = \"abc\"
# token = \"commented-abc\"
web.Token-File = '/x/abc'
web = { port = 1, token = \"abc\" }
rig = \"left\"
passwords = [
  \"abc\",
  \"abc\",
]
units = \"metric\"
secret = \"\"\"
abc
a = \"abc\"
\"\"\"
lan = true
[tokens]
phone = \"abc\"
[record]
folder = \"races\"
broken token abc
";
        let clean = without_secrets(text);
        assert!(!clean.contains("abc"), "{clean}");
        for kept in [
            "# settings\nport = 7333\ntoken = [removed]\n",
            "rig = \"left\"\n",
            "units = \"metric\"\n",
            "lan = true\n",
            "[record]\nfolder = \"races\"\n",
        ] {
            assert!(clean.contains(kept), "{kept:?} in {clean}");
        }
    }
}
