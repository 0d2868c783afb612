//! The token that clients on the network need.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use subtle::ConstantTimeEq as _;

/// Random bytes of a token: 2^128 values cannot be tried.
const BYTES: usize = 16;

/// Lengths of a token in a file.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=128;

/// Different characters that a token in a file must have at least. One with fewer was not chosen at random.
const MIN_DISTINCT: usize = 6;

/// A token: characters that need no escape in addresses and cookies.
#[derive(Clone)]
pub(super) struct Token(String);

/// Does not show the token.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// A new token, from the system's random numbers.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub(super) fn new() -> anyhow::Result<Self> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system has no random numbers: {error}"))?;
        Ok(Self(hex::encode(bytes)))
    }

    /// The token in a file. If the file does not exist it is created with a new token, readable by its owner only.
    ///
    /// # Errors
    /// If the file cannot be read or created, if other users can read or change it, or if it does not hold a token that is hard to guess.
    pub(super) fn kept_in(path: &Path) -> anyhow::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(mut file) => {
                let token = Self::new()?;
                let written = writeln!(file, "{}", token.0);
                if written.is_err() {
                    // The incomplete file is useless. If removing it fails too, the first error is the one to report.
                    let _ = fs::remove_file(path);
                }
                written.with_context(|| format!("cannot write {}", path.display()))?;
                Ok(token)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                #[cfg(unix)]
                ensure_private(path)?;
                let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                Self::parse(text.trim()).with_context(|| {
                    format!("{} has no valid token; remove the file to create a new one", path.display())
                })
            }
            Err(error) => Err(error).with_context(|| format!("cannot create {}", path.display())),
        }
    }

    /// A token that a user has chosen.
    fn parse(text: &str) -> anyhow::Result<Self> {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        ensure!(
            LENGTHS.contains(&text.len()) && text.bytes().all(is_letter),
            "a token has {} to {} letters, digits, - and _",
            LENGTHS.start(),
            LENGTHS.end()
        );
        let distinct = text.bytes().collect::<HashSet<_>>().len();
        ensure!(
            distinct >= MIN_DISTINCT,
            "a token has at least {MIN_DISTINCT} different characters, because others can guess it otherwise; this one has {distinct}"
        );
        Ok(Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares with the token of a request. The time does not depend on where the two differ.
    pub(super) fn is(&self, candidate: &str) -> bool {
        self.0.as_bytes().ct_eq(candidate.as_bytes()).into()
    }
}

/// Makes sure that other users can neither read nor change a file.
///
/// # Errors
/// If they can, or the file's permissions cannot be read.
#[cfg(unix)]
fn ensure_private(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mode = metadata.permissions().mode() & 0o777;
    ensure!(
        mode & 0o077 == 0,
        "other users can read or change {0} (mode {mode:03o}), and the token with it; to use the file: chmod 600 {0}",
        path.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_accepts_only_the_same_token() {
        let (token, other) = (Token::new().unwrap(), Token::new().unwrap());
        assert_eq!(token.as_str().len(), 2 * BYTES);
        assert!(token.is(token.as_str()) && !token.is(other.as_str()) && !token.is(""));
        assert!(!token.is(&token.as_str()[1..]) && !token.is(&format!("{}0", token.as_str())));
        assert!(!format!("{token:?}").contains(token.as_str()));
    }

    #[test]
    fn kept_in_reads_the_same_token_again_from_a_private_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        let token = Token::kept_in(&path).unwrap();
        assert!(Token::kept_in(&path).unwrap().is(token.as_str()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        for wrong in
            ["", "short", "sixteen letters and\nmore", "0123456789abcde;", "aaaaaaaaaaaaaaaa", "abcdeabcdeabcdeabcde"]
        {
            fs::write(&path, wrong).unwrap();
            assert!(Token::kept_in(&path).is_err(), "{wrong}");
        }
        fs::write(&path, "a-token_of-a-user\n").unwrap();
        assert!(Token::kept_in(&path).unwrap().is("a-token_of-a-user"));
    }

    #[test]
    #[cfg(unix)]
    fn kept_in_refuses_files_that_other_users_can_read_or_change() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        drop(Token::kept_in(&path).unwrap());
        for mode in [0o640, 0o604, 0o620, 0o602, 0o666] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = Token::kept_in(&path).unwrap_err().to_string();
            assert!(error.contains("chmod 600") && error.contains(&format!("{mode:o}")), "{error}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(Token::kept_in(&path).is_ok());
    }
}
