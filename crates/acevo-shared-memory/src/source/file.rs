//! A page that is a file: the kernel copies it, so nobody who truncates it can hurt us, and no `unsafe` is needed.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};

use zerocopy::IntoBytes;

use super::check_size;
use crate::error::Error;
use crate::page::PageKind;

/// Words of half of the largest page.
const HALF: usize = PageKind::Graphics.size().div_ceil(16);

/// An open page file.
#[derive(Debug)]
pub(crate) struct PageFile {
    file: File,
    page: PageKind,
    place: String,
    size: usize,
}

impl PageFile {
    /// Takes an open file as a page; `place` is its name for people.
    pub(crate) fn new(file: File, page: PageKind, place: String) -> Result<Self, Error> {
        let metadata = file.metadata().map_err(|error| Error::of_system(&place, error))?;
        let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
        if size == 0 {
            // Whoever makes it has not got further yet.
            return Err(Error::PageNotThere { page, place });
        }
        check_size(page, size)?;
        Ok(Self { file, page, place, size })
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// True where no directory names the file any more.
    pub(crate) fn is_unlinked(&self) -> bool {
        self.file.metadata().map_or(true, |metadata| metadata.nlink() == 0)
    }

    pub(crate) fn gone(&self) -> Error {
        Error::Gone { page: self.page, place: self.place.clone() }
    }

    /// See [`Source::copy`](super::Source::copy).
    pub(crate) fn copy(&self, words: &mut [u64]) -> Result<(), Error> {
        self.read_words(0, words)
    }

    /// See [`Source::is_still`](super::Source::is_still). Backwards is in two halves, or in more parts where the section is
    /// longer than any known page: the kernel knows one direction only.
    pub(crate) fn is_still(&self, words: &[u64]) -> Result<bool, Error> {
        let mut room = [0; HALF];
        let most = words.len().div_ceil(2).clamp(1, HALF);
        for (index, part) in words.chunks(most).enumerate().rev() {
            let now = &mut room[..part.len()];
            self.read_words(index * most, now)?;
            if part != now {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Fills `words` from word `first` of the file on, zero where it ends.
    fn read_words(&self, first: usize, words: &mut [u64]) -> Result<(), Error> {
        let bytes = words.as_mut_bytes();
        let mut done = 0;
        while done < bytes.len() {
            match self.file.read_at(&mut bytes[done..], (first * 8 + done) as u64) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::of_system(&self.place, error)),
            }
        }
        bytes[done..].fill(0);
        Ok(())
    }

    /// The counter alone.
    pub(crate) fn packet_id(&self) -> Result<i32, Error> {
        let mut word = [0];
        self.read_words(0, &mut word)?;
        Ok(word[0] as i32)
    }
}
