//! A page that is a file. The kernel copies it, so truncating the file is harmless, and no `unsafe` code is needed.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use zerocopy::IntoBytes;

use super::check_size;
use crate::error::Error;
use crate::page::PageKind;

/// Half of the largest page, in words.
const HALF: usize = PageKind::Graphics.size().div_ceil(16);

/// Words of the physics page, the largest of the others.
const SMALL: usize = PageKind::Physics.size().div_ceil(8);

/// `O_NONBLOCK` of this system. 0 if it is not known: then only the check before opening prevents that opening a pipe blocks.
pub(crate) const NEVER_BLOCK: i32 = if cfg!(any(target_os = "linux", target_os = "android")) {
    if cfg!(any(target_arch = "mips", target_arch = "mips64")) {
        0o200
    } else if cfg!(any(target_arch = "sparc", target_arch = "sparc64")) {
        0o40000
    } else {
        0o4000
    }
} else if cfg!(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly"
)) {
    4
} else {
    0
};

/// Opens a regular file for reading. Anything else is refused, also if it replaces the file meanwhile: a named pipe would block until
/// another process opens it.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    // Opening some devices has effects.
    check_regular(&fs::metadata(path)?)?;
    let file = OpenOptions::new().read(true).custom_flags(NEVER_BLOCK).open(path)?;
    check_regular(&file.metadata()?)?;
    Ok(file)
}

fn check_regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() { Ok(()) } else { Err(io::Error::other("not a regular file")) }
}

/// An open page file.
#[derive(Debug)]
pub(crate) struct PageFile {
    file: File,
    page: PageKind,
    location: String,
    size: usize,
}

impl PageFile {
    /// Uses an open file as a page. `location` is its human-readable name.
    pub(crate) fn new(file: File, page: PageKind, location: String) -> Result<Self, Error> {
        let metadata = file.metadata().map_err(|error| Error::of_system(&location, error))?;
        let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
        if size == 0 {
            // It has been created, but its size is not set yet.
            return Err(Error::PageNotThere { page, location });
        }
        check_size(page, size)?;
        Ok(Self { file, page, location, size })
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    /// True if the file has been removed from its directory.
    pub(crate) fn is_unlinked(&self) -> bool {
        self.file.metadata().map_or(true, |metadata| metadata.nlink() == 0)
    }

    /// The user who owns the file.
    pub(crate) fn owner(&self) -> io::Result<u32> {
        self.file.metadata().map(|metadata| metadata.uid())
    }

    pub(crate) fn gone(&self) -> Error {
        Error::Gone { page: self.page, location: self.location.clone() }
    }

    /// See [`Source::copy`](super::Source::copy).
    pub(crate) fn copy(&self, words: &mut [u64]) -> Result<(), Error> {
        self.read_words(0, words)
    }

    /// See [`Source::is_unchanged`](super::Source::is_unchanged). The kernel copies in one direction only, so the page is compared
    /// in two halves, the second half first. A section longer than any known page has more parts.
    pub(crate) fn is_unchanged(&self, words: &[u64]) -> Result<bool, Error> {
        let mut room = [0; HALF];
        let part_words = words.len().div_ceil(2).clamp(1, HALF);
        for (index, part) in words.chunks(part_words).enumerate().rev() {
            let now = &mut room[..part.len()];
            self.read_words(index * part_words, now)?;
            if part != now {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// See [`Source::is_still`](super::Source::is_still). The whole page is one read.
    pub(crate) fn is_still(&self, words: &[u64]) -> Result<bool, Error> {
        if words.len() <= SMALL { self.equals(words, &mut [0; SMALL]) } else { self.equals(words, &mut [0; 2 * HALF]) }
    }

    fn equals(&self, words: &[u64], room: &mut [u64]) -> Result<bool, Error> {
        let Some(now) = room.get_mut(..words.len()) else { return self.is_unchanged(words) };
        self.read_words(0, now)?;
        Ok(now == words)
    }

    /// Reads `words` from word `first` of the file. Words beyond its end become zero.
    fn read_words(&self, first: usize, words: &mut [u64]) -> Result<(), Error> {
        let (bytes, start) = (words.as_mut_bytes(), first * 8);
        // Not a byte beyond the end of a whole page: finding the end would take another call. A shorter one may still grow.
        let is_whole = self.size >= self.page.size();
        let known = if is_whole { bytes.len().min(self.size.saturating_sub(start)) } else { bytes.len() };
        let mut done = 0;
        while done < known {
            match self.file.read_at(&mut bytes[done..known], (start + done) as u64) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::of_system(&self.location, error)),
            }
        }
        bytes[done..].fill(0);
        Ok(())
    }

    /// Reads only the counter.
    pub(crate) fn packet_id(&self) -> Result<i32, Error> {
        let mut word = [0];
        self.read_words(0, &mut word)?;
        Ok(word[0] as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_block_is_the_flag_of_this_system() {
        assert_eq!(NEVER_BLOCK, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
}
