//! The secret that lets others in.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::hint::black_box;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, anyhow, ensure};

/// Random bytes of a secret: nobody tries 2^128 of them.
const BYTES: usize = 16;

/// Letters that a kept secret may have.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=128;

/// A secret, of letters that need no escape in addresses and cookies.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(String);

/// Does not show it.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// A new one, from the system's randomness.
    pub(super) fn new() -> anyhow::Result<Self> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system has no random numbers: {error}"))?;
        Ok(Self(hex::encode(bytes)))
    }

    /// The one in a file, which is made where there is none, for its owner only.
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
                    // It is ours and of no use; nobody can be told where that fails, too.
                    let _ = fs::remove_file(path);
                }
                written.with_context(|| format!("cannot write {}", path.display()))?;
                Ok(token)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                let token = text.trim();
                let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
                ensure!(
                    LENGTHS.contains(&token.len()) && token.bytes().all(is_letter),
                    "{} holds no secret, which is {} to {} letters and digits; remove it to have a new one",
                    path.display(),
                    LENGTHS.start(),
                    LENGTHS.end()
                );
                Ok(Self(token.to_owned()))
            }
            Err(error) => Err(error).with_context(|| format!("cannot create {}", path.display())),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether that is it, in a time that tells nothing about where they differ.
    pub(super) fn is(&self, guess: &str) -> bool {
        let (secret, guess) = (self.0.as_bytes(), guess.as_bytes());
        let differences = secret.iter().zip(guess).fold(0, |all, (a, b)| black_box(all | (a ^ b)));
        secret.len() == guess.len() && differences == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_is_the_secret() {
        let (token, other) = (Token::new().unwrap(), Token::new().unwrap());
        assert_eq!(token.as_str().len(), 2 * BYTES);
        assert!(token.is(token.as_str()) && !token.is(other.as_str()) && !token.is(""));
        assert!(!token.is(&token.as_str()[1..]) && !token.is(&format!("{}0", token.as_str())));
        assert!(!format!("{token:?}").contains(token.as_str()));
    }

    #[test]
    fn a_kept_secret_stays_the_same_and_is_for_its_owner() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        let token = Token::kept_in(&path).unwrap();
        assert_eq!(Token::kept_in(&path).unwrap(), token);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        for wrong in ["", "short", "sixteen letters and\nmore", "0123456789abcde;"] {
            fs::write(&path, wrong).unwrap();
            assert!(Token::kept_in(&path).is_err(), "{wrong}");
        }
    }
}
