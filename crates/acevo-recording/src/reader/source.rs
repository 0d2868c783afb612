//! Reads blocks out of an untrusted file.

use std::io::{self, Read, Seek, SeekFrom};

use crate::layout::{BLOCK_HEADER, BlockHeader, SYNC};

/// Bytes that are searched at a time.
const WINDOW: usize = 64 << 10;

/// A file, and its length when it was opened.
#[derive(Debug)]
pub(crate) struct Source<R> {
    input: R,
    pub(crate) length: u64,
}

impl<R: Read + Seek> Source<R> {
    pub(crate) fn new(mut input: R) -> io::Result<Self> {
        let length = input.seek(SeekFrom::End(0))?;
        Ok(Self { input, length })
    }

    /// Fills `buffer` up to the end of the file, and returns the number of bytes.
    pub(crate) fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.seek(SeekFrom::Start(offset))?;
        let mut filled = 0;
        while filled < buffer.len() {
            match self.input.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Reads this many bytes, or fewer at the end of the file, into `buffer`. Callers limit the length to that of the file.
    pub(crate) fn read_vec(&mut self, offset: u64, length: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        let length = length.min(self.length.saturating_sub(offset));
        buffer.resize(usize::try_from(length).unwrap_or(0), 0);
        let filled = self.read_at(offset, buffer)?;
        buffer.truncate(filled);
        Ok(())
    }

    /// The header of a block that ends within the file.
    pub(crate) fn header_at(&mut self, offset: u64, id: Option<u32>) -> io::Result<Option<BlockHeader>> {
        let mut bytes = [0; BLOCK_HEADER];
        if self.read_at(offset, &mut bytes)? < BLOCK_HEADER {
            return Ok(None);
        }
        let header = BlockHeader::from_bytes(&bytes).filter(|header| id.is_none_or(|id| header.id == id));
        Ok(header.filter(|header| offset.checked_add(header.length()).is_some_and(|end| end <= self.length)))
    }

    /// The first complete block that begins in `from..until`.
    pub(crate) fn find_block(
        &mut self,
        from: u64,
        until: u64,
        id: Option<u32>,
    ) -> io::Result<Option<(u64, BlockHeader)>> {
        if let Some(header) = self.header_at(from, id)? {
            return Ok(Some((from, header)));
        }
        let until = until.min(self.length);
        let (mut at, mut window) = (from, Vec::new());
        while at < until {
            self.read_vec(at, WINDOW as u64, &mut window)?;
            for found in sync_words(&window) {
                let place = at + found as u64;
                if place >= until {
                    break;
                }
                if let Some(header) = self.header_at(place, id)? {
                    return Ok(Some((place, header)));
                }
            }
            // A sync word may span the end of the window.
            let step = window.len().saturating_sub(SYNC.len() - 1);
            if step == 0 {
                break;
            }
            at += step as u64;
        }
        Ok(None)
    }
}

/// Offsets at which a block may begin.
fn sync_words(bytes: &[u8]) -> impl Iterator<Item = usize> {
    bytes.windows(SYNC.len()).enumerate().filter(|(_, word)| *word == SYNC).map(|(place, _)| place)
}

/// The complete, undamaged blocks in `bytes`: offset, header and payload of each.
pub(crate) fn blocks(bytes: &[u8], id: u32) -> impl Iterator<Item = (usize, BlockHeader, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let payload = |header: &BlockHeader| bytes.get(at + BLOCK_HEADER..)?.get(..header.stored as usize);
            if let Some((header, payload)) = BlockHeader::at(bytes, at)
                .filter(|header| header.id == id)
                .and_then(|header| Some((header, payload(&header)?)))
            {
                let place = at;
                at += BLOCK_HEADER + payload.len();
                return Some((place, header, payload));
            }
            at += 1 + sync_words(&bytes[at + 1..]).next()?;
        }
        None
    })
}
