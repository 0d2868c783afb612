//! The token that clients on the network need.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use acevo_files::read_limited;
use anyhow::{Context, anyhow, ensure};
use subtle::ConstantTimeEq as _;

/// Random bytes of a token: 2^128 values cannot be tried.
const BYTES: usize = 16;

/// Lengths of a token in a file.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=128;

/// Maximum size of the file: a token, and white space around it.
const MAX_BYTES: u64 = 4096;

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
    /// If the file cannot be read or created, or does not hold a token.
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
                let text = read_text(path).with_context(|| format!("cannot read {}", path.display()))?;
                let token = text.trim();
                let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
                ensure!(
                    LENGTHS.contains(&token.len()) && token.bytes().all(is_letter),
                    "{} does not hold a token of {} to {} letters and digits; remove the file to create a new token",
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

    /// Compares with the token of a request. The time does not depend on where the two differ.
    pub(super) fn is(&self, candidate: &str) -> bool {
        self.0.as_bytes().ct_eq(candidate.as_bytes()).into()
    }
}

/// Reads a small regular file. Never blocks.
fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read_limited(path, MAX_BYTES)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
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
        for wrong in ["", "short", "sixteen letters and\nmore", "0123456789abcde;"] {
            fs::write(&path, wrong).unwrap();
            assert!(Token::kept_in(&path).is_err(), "{wrong}");
        }
    }
}
