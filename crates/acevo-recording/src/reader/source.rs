//! Reads blocks out of an untrusted file.

use std::io::{self, Read, Seek, SeekFrom};
use std::mem;

use crate::layout::{BLOCK_HEADER, BlockHeader, SYNC};

/// Bytes that are searched at a time.
const WINDOW: usize = 64 << 10;

/// A file, and its length when it was opened.
#[derive(Debug)]
pub(crate) struct Source<R> {
    input: R,
    pub(crate) length: u64,
    /// The bytes that were searched last, and their offset. A search goes on in them: damaged bytes are read only once, however many
    /// blocks are between them.
    window: Vec<u8>,
    window_at: u64,
}

impl<R: Read + Seek> Source<R> {
    pub(crate) fn new(mut input: R) -> io::Result<Self> {
        let length = input.seek(SeekFrom::End(0))?;
        Ok(Self { input, length, window: Vec::new(), window_at: 0 })
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
        if let Some(bytes) = self.searched(offset).and_then(|bytes| bytes.first_chunk()) {
            return Ok(self.checked(offset, bytes, id));
        }
        let mut bytes = [0; BLOCK_HEADER];
        if self.read_at(offset, &mut bytes)? < BLOCK_HEADER {
            return Ok(None);
        }
        Ok(self.checked(offset, &bytes, id))
    }

    /// The header in these bytes, if its block is of this recording and ends within the file.
    fn checked(&self, offset: u64, bytes: &[u8; BLOCK_HEADER], id: Option<u32>) -> Option<BlockHeader> {
        let header = BlockHeader::from_bytes(bytes).filter(|header| id.is_none_or(|id| header.id == id));
        header.filter(|header| offset.checked_add(header.length()).is_some_and(|end| end <= self.length))
    }

    /// The bytes from `offset` on that are in the window.
    fn searched(&self, offset: u64) -> Option<&[u8]> {
        let place = usize::try_from(offset.checked_sub(self.window_at)?).ok()?;
        self.window.get(place..)
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
        let mut at = from;
        while at < until {
            if self.searched(at).is_none_or(|bytes| bytes.len() < BLOCK_HEADER) {
                let mut window = mem::take(&mut self.window);
                self.read_vec(at, WINDOW as u64, &mut window)?;
                (self.window, self.window_at) = (window, at);
            }
            let bytes = self.searched(at).unwrap_or_default();
            // A block that begins here has its header in these bytes.
            let complete = sync_words(bytes).filter_map(|found| Some((found, bytes.get(found..)?.first_chunk()?)));
            let found = complete
                .map(|(found, bytes)| (at + found as u64, bytes))
                .take_while(|(place, _)| *place < until)
                .find_map(|(place, bytes)| Some((place, self.checked(place, bytes, id)?)));
            if found.is_some() {
                return Ok(found);
            }
            // A header may continue after the end of the window.
            let step = bytes.len().saturating_sub(BLOCK_HEADER - 1);
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::layout::kind;
    use crate::reader::Table;

    /// A file in memory that counts system calls and bytes.
    struct Counted<'a> {
        file: Cursor<&'a [u8]>,
        reads: usize,
        seeks: usize,
        bytes: usize,
    }

    impl Read for &mut Counted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.file.read(buffer)?;
            self.reads += 1;
            self.bytes += count;
            Ok(count)
        }
    }

    impl Seek for &mut Counted<'_> {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.seeks += 1;
            self.file.seek(to)
        }
    }

    /// A block without a payload.
    fn empty_block(sequence: u32) -> [u8; BLOCK_HEADER] {
        let header = BlockHeader {
            kind: kind::MARK,
            page: 0,
            codec: 0,
            filter: 0,
            page_size: 0,
            sequence,
            group: 0,
            records: 0,
            raw: 0,
            stored: 0,
            first: 0,
            last: 0,
            crc: 0,
            id: 7,
        };
        header.to_bytes()
    }

    /// Scans a file. Returns the number of marks and the work in calls and bytes.
    fn scan(file: &[u8]) -> (usize, usize, usize) {
        let mut counted = Counted { file: Cursor::new(file), reads: 0, seeks: 0, bytes: 0 };
        let mut source = Source::new(&mut counted).unwrap();
        let table = Table::scan(&mut source, 0, 7).unwrap();
        (table.marks.len(), counted.reads + counted.seeks, counted.bytes)
    }

    #[test]
    fn scan_reads_every_damaged_byte_once() {
        const MIB: usize = 1 << 20;
        let calls = 5 * 4 * MIB / WINDOW;
        let most = 4 * MIB + 4 * MIB / 100;
        // Nothing but the beginnings of blocks.
        let sync = SYNC.repeat(MIB);
        let (marks, done, bytes) = scan(&sync);
        assert!(marks == 0 && done < calls && bytes < most, "{done} calls, {bytes} bytes");
        // Many blocks, each after a damaged byte.
        let mut mixed = Vec::new();
        for sequence in 0.. {
            if mixed.len() >= 4 * MIB {
                break;
            }
            mixed.push(b'x');
            mixed.extend_from_slice(&empty_block(sequence));
        }
        let (marks, done, bytes) = scan(&mixed);
        assert!(marks == mixed.len() / 65 && done < calls && bytes < most, "{marks}, {done} calls, {bytes} bytes");
    }

    #[test]
    fn find_block_finds_blocks_anywhere_in_a_window() {
        for before in (WINDOW - 2 * BLOCK_HEADER..WINDOW + BLOCK_HEADER).chain([0, 1, 2 * WINDOW - 70, 2 * WINDOW]) {
            let mut file = vec![SYNC[0]; before];
            file.extend_from_slice(&empty_block(1));
            let mut source = Source::new(Cursor::new(&file)).unwrap();
            let found = source.find_block(0, u64::MAX, Some(7)).unwrap().map(|(place, _)| place);
            assert_eq!(found, Some(before as u64));
            assert_eq!(source.find_block(before as u64 + 1, u64::MAX, Some(7)).unwrap(), None);
            assert!(before == 0 || source.find_block(0, before as u64, Some(7)).unwrap().is_none());
            assert_eq!(source.find_block(0, u64::MAX, Some(8)).unwrap(), None);
        }
    }
}
