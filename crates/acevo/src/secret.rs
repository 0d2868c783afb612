//! Secrets of other servers: passwords and tokens from the environment or from files. Never from arguments, which other programs can read.

use std::io;
use std::path::{Path, PathBuf};

use acevo_files::read_limited;

/// Maximum size of a file with a secret, bytes.
const MAX_BYTES: u64 = 16 * 1024;

/// A file with a secret cannot be used.
#[derive(Debug)]
pub(crate) struct SecretError {
    pub(crate) path: PathBuf,
    pub(crate) reason: String,
}

/// The secret in an environment variable; without that the first line of a file; empty without both.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn secret(variable: &str, file: Option<&Path>) -> Result<String, SecretError> {
    match (std::env::var(variable), file) {
        (Ok(secret), _) if is_set(variable) => Ok(secret),
        (_, Some(file)) => {
            first_line(file).map_err(|error| SecretError { path: file.into(), reason: error.to_string() })
        }
        _ => Ok(String::new()),
    }
}

/// True if an environment variable has a secret, which replaces that of a file.
pub(crate) fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|secret| !secret.is_empty())
}

fn first_line(file: &Path) -> io::Result<String> {
    let text = String::from_utf8(read_limited(file, MAX_BYTES)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_line_has_no_end_and_files_are_small() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "secret word\r\nmore").unwrap();
        assert_eq!(first_line(&file).unwrap(), "secret word");
        std::fs::write(&file, vec![b'x'; 20_000]).unwrap();
        assert!(first_line(&file).is_err());
    }
}
