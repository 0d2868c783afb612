//! Identifiers that are unique without a server.

use std::fmt;
use std::io;

use serde::{Serialize, Serializer};

/// A UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Uuid([u8; 16]);

impl Uuid {
    /// A random one (version 4).
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn random() -> io::Result<Self> {
        Self::with_version([0; 6], 0, 4)
    }

    /// One that begins with a time (version 7), in milliseconds since 1970. Later ones are greater.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn of_time(unix_ms: u64) -> io::Result<Self> {
        let [_, _, time @ ..] = unix_ms.to_be_bytes();
        Self::with_version(time, 6, 7)
    }

    /// Random bytes after the first `kept` of `time`, with this version.
    fn with_version(time: [u8; 6], kept: usize, version: u8) -> io::Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
        bytes[..kept].copy_from_slice(&time[..kept]);
        bytes[6] = bytes[6] & 0x0f | version << 4;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_time_has_version_7_and_is_sorted_by_time() {
        let (first, later) = (Uuid::of_time(1_780_000_000_000).unwrap(), Uuid::of_time(1_780_000_000_001).unwrap());
        assert!(first.to_string() < later.to_string());
        assert_eq!(first.to_string().len(), 36);
        assert_eq!(first.to_string().as_bytes()[14], b'7');
        assert_eq!(Uuid::random().unwrap().to_string().as_bytes()[14], b'4');
        assert_ne!(Uuid::random().unwrap(), Uuid::random().unwrap());
    }
}
