//! Tokens, which other computers need: one each for the web server, `acevo relay` and `acevo collect`.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use acevo_files::{PendingFile, UserFolder, open_file};
use anyhow::{Context, anyhow, bail, ensure};
use subtle::ConstantTimeEq as _;

use crate::output::name_of;

/// Name of the file with the token of the web server, in the folder of data.
pub(crate) const WEB_FILE: &str = "token";

/// The same for the token of `acevo relay`. It is another one: who receives pages cannot use the web server with it.
pub(crate) const RELAY_FILE: &str = "relay-token";

/// The same for the token of `acevo collect`.
pub(crate) const COLLECT_FILE: &str = "collect-token";

/// Random bytes of a token: 2^128 values cannot be tried.
const BYTES: usize = 16;

/// Lengths of a token in a file.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=128;

/// Different characters that a token in a file must have at least. One with fewer was not chosen at random.
const MIN_DISTINCT: usize = 6;

/// Maximum size of the file: a token, and white space around it.
const MAX_BYTES: u64 = 4096;

/// A token: characters that need no escape in addresses and cookies.
#[derive(Clone)]
pub(crate) struct Token(String);

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
    pub(crate) fn new() -> anyhow::Result<Self> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system has no random numbers: {error}"))?;
        Ok(Self(hex::encode(bytes)))
    }

    /// The token of this user for the web server, which stays the same after a restart.
    ///
    /// # Errors
    /// As [`kept_in`](Self::kept_in); also if the user has no folder for data.
    pub(crate) fn kept() -> anyhow::Result<Self> {
        let path = kept_path(WEB_FILE).context(
            "there is no folder to keep the token in: name a file with --token-file, or set server.keep_token = false",
        )?;
        Self::kept_in(&path)
    }

    /// The token in a file. If the file does not exist it is created with a new token, readable by its owner only. Of several programs that
    /// create it at the same time one succeeds, and the others read its token.
    ///
    /// # Errors
    /// If the file cannot be read or created, if other users can read or change it, or if it does not hold a token that is hard to guess.
    pub(crate) fn kept_in(path: &Path) -> anyhow::Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| UserFolder::Data.path().as_deref() == Some(folder)) {
            fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", name_of(folder)))?;
        }
        // A dangling link is in the way, too.
        if path.symlink_metadata().is_err() {
            let token = Self::new()?;
            match token.write(path) {
                Ok(()) => return Ok(token),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).with_context(|| format!("cannot create {}", name_of(path))),
            }
        }
        Self::parse(read_private(path, MAX_BYTES)?.trim())
            .with_context(|| format!("{} has no valid token; remove the file to create a new one", name_of(path)))
    }

    /// The token in a file that another computer has created.
    ///
    /// # Errors
    /// If the file cannot be read, if other users can read or change it, or if it does not hold a token.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        Self::parse(read_private(path, MAX_BYTES)?.trim())
            .with_context(|| format!("{} has no valid token", name_of(path)))
    }

    /// Writes the token to a new file.
    fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = PendingFile::create_private(path)?;
        writeln!(file, "{}", self.0)?;
        file.publish()
    }

    /// A token that a user has chosen.
    ///
    /// # Errors
    /// If it is too short, or has other characters.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
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

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares with the token of a request. The time does not depend on where the two differ.
    pub(crate) fn is(&self, candidate: &str) -> bool {
        self.0.as_bytes().ct_eq(candidate.as_bytes()).into()
    }
}

/// The path of a token in the folder of data of this user; `None` without such a folder.
pub(crate) fn kept_path(file: &str) -> Option<PathBuf> {
    Some(UserFolder::Data.path()?.join(file))
}

/// A sentence about a file with a token that other users can read or change; `None` if they cannot, or if that is not known.
pub(crate) fn shared(path: &Path) -> Option<String> {
    shared_by(path, &fs::metadata(path).ok()?)
}

#[cfg(unix)]
fn shared_by(path: &Path, metadata: &fs::Metadata) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = metadata.permissions().mode() & 0o777;
    let text = || format!("other users can read or change {} (mode {mode:03o}), and the token with it", name_of(path));
    (mode & 0o077 != 0).then(text)
}

#[cfg(not(unix))]
fn shared_by(_: &Path, _: &fs::Metadata) -> Option<String> {
    None
}

/// Reads a small regular file that other users can neither read nor change. Never blocks.
///
/// # Errors
/// If it cannot be read, is larger than `max` bytes, or other users can read or change it.
pub(crate) fn read_private(path: &Path, max: u64) -> anyhow::Result<String> {
    let cannot = || format!("cannot read {}", name_of(path));
    let file = open_file(path).with_context(cannot)?;
    if let Some(shared) = shared_by(path, &file.metadata().with_context(cannot)?) {
        bail!("{shared}; to use the file: chmod 600 {}", name_of(path));
    }
    let mut bytes = Vec::new();
    file.take(max + 1).read_to_end(&mut bytes).with_context(cannot)?;
    ensure!(bytes.len() as u64 <= max, "{} has more than {max} bytes and is not a file with tokens", name_of(path));
    String::from_utf8(bytes).with_context(cannot)
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
    fn kept_in_gives_programs_that_start_together_the_same_token() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        let tokens: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| Token::kept_in(&path).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(tokens.iter().all(|token| token.is(tokens[0].as_str())));
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
