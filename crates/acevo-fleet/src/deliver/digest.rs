//! SHA-256 of files, as text, in headers, and in documents.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;

/// Bytes that are read at once.
pub(crate) const BLOCK: usize = 1 << 16;

/// A SHA-256 digest. Its text has 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256([u8; 32]);

/// A text is not a SHA-256 digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 digest has 64 hexadecimal digits")]
pub struct NotADigest;

impl Sha256 {
    /// The value of the header `Repr-Digest` (RFC 9530).
    ///
    /// ```
    /// use acevo_fleet::{Fingerprint, Sha256};
    ///
    /// let empty = Fingerprint::of(&b""[..], |_| Ok(()))?.sha256;
    /// assert_eq!(empty.to_header(), "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
    /// assert_eq!(Sha256::from_header(&empty.to_header()), Some(empty));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn to_header(self) -> String {
        format!("sha-256=:{}:", STANDARD.encode(self.0))
    }

    /// The digest in a header `Repr-Digest`, which may have those of other algorithms, too.
    pub fn from_header(value: &str) -> Option<Self> {
        let mut digests = value.split(',').filter_map(|member| member.trim().split_once('='));
        let (_, digest) = digests.find(|(algorithm, _)| algorithm.eq_ignore_ascii_case("sha-256"))?;
        let bytes = STANDARD.decode(digest.strip_prefix(':')?.strip_suffix(':')?).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Sha256 {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotADigest);
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| NotADigest)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What identifies the content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Its length.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Sha256,
}

impl Fingerprint {
    /// Reads to the end. `pass` is called with the number of bytes of each block after it was read.
    ///
    /// # Errors
    /// Those of the reader and of `pass`.
    pub fn of(reader: impl Read, mut pass: impl FnMut(usize) -> io::Result<()>) -> io::Result<Self> {
        copy(reader, |block| pass(block.len()))
    }
}

/// Reads to the end, passes each block on, and returns what identifies all of them.
pub(crate) fn copy(mut from: impl Read, mut to: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<Fingerprint> {
    let (mut block, mut hasher, mut bytes) = (vec![0; BLOCK], sha2::Sha256::new(), 0);
    loop {
        let count = match from.read(&mut block) {
            Ok(0) => return Ok(Fingerprint { bytes, sha256: Sha256(hasher.finalize().into()) }),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&block[..count]);
        bytes += count as u64;
        to(&block[..count])?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn from_header_finds_its_algorithm_and_refuses_other_lengths() {
        let digest = Fingerprint::of(&b"lap"[..], |_| Ok(())).unwrap().sha256;
        let header = format!("sha-512=:AAAA:, SHA-256=:{}:", STANDARD.encode(digest.0));
        assert_eq!(Sha256::from_header(&header), Some(digest));
        for wrong in ["", "sha-256", "sha-256=", "sha-256=::", "sha-256=:AAAA:", "sha-256=:?:", "md5=:AAAA:"] {
            assert_eq!(Sha256::from_header(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn digest_is_read_as_it_was_written(bytes: [u8; 32]) {
            let digest = Sha256(bytes);
            prop_assert_eq!(digest.to_string().parse(), Ok(digest));
            prop_assert_eq!(Sha256::from_header(&digest.to_header()), Some(digest));
        }

        #[test]
        fn parsing_any_text_does_not_panic(text: String) {
            let _ = (text.parse::<Sha256>(), Sha256::from_header(&text), Sha256::from_header(&format!("sha-256=:{text}:")));
        }
    }
}
