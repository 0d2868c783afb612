//! The content of a request: a file that is read at a pace.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::store::{DeliveryError, Interrupted, Pace, Step};

/// Bytes that are passed on at once: few enough that a low limit sends evenly.
const MAX_STEP: usize = 16 * 1024;

/// The rest of a file, read at a pace.
pub(super) struct PacedFile<'a> {
    file: File,
    left: u64,
    pace: &'a mut dyn Pace,
    failure: Option<Failure>,
}

/// Why the content has ended early.
pub(super) enum Failure {
    Interrupted,
    Unreadable(io::Error),
    TooShort,
}

impl Failure {
    pub(super) fn into_error(self, path: &Path) -> DeliveryError {
        match self {
            Self::Interrupted => Interrupted.into(),
            Self::Unreadable(source) => DeliveryError::File { path: path.into(), source },
            Self::TooShort => DeliveryError::Changed(path.into()),
        }
    }
}

impl<'a> PacedFile<'a> {
    /// This number of bytes from the position of the file.
    pub(super) fn new(file: File, left: u64, pace: &'a mut dyn Pace) -> Self {
        Self { file, left, pace, failure: None }
    }

    /// Why it has ended early; an error of the client is a consequence of it.
    pub(super) fn failure(self) -> Option<Failure> {
        self.failure
    }
}

impl Read for PacedFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(MAX_STEP).min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let count = match self.file.read(&mut buffer[..most]) {
            Ok(0) => {
                self.failure = Some(Failure::TooShort);
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let kind = error.kind();
                self.failure = Some(Failure::Unreadable(error));
                return Err(kind.into());
            }
            Ok(count) => count,
        };
        if let Err(interrupted) = self.pace.pass(Step::Send(count)) {
            self.failure = Some(Failure::Interrupted);
            return Err(interrupted.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}
