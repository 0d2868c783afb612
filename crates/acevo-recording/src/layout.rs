//! Layout of headers, and limits. All numbers are little-endian.

/// First bytes of a file. The line ending reveals a transfer in text mode.
pub(crate) const MAGIC: [u8; 8] = *b"\x89ACEVO\r\n";

/// Readers refuse a newer major version. A newer minor version only adds what readers may skip.
pub(crate) const MAJOR: u16 = 2;
pub(crate) const MINOR: u16 = 1;

/// First bytes of a block.
pub(crate) const SYNC: [u8; 4] = [0xa7, b'E', b'V', 0x1b];

/// Last bytes of a file that has an index.
pub(crate) const END: [u8; 4] = *b"EVO\n";

/// Bytes of the file's header without its description.
pub(crate) const FILE_HEADER: usize = 32;
/// Bytes of a block's header.
pub(crate) const BLOCK_HEADER: usize = 64;
/// Bytes at the end of the index: where it begins, a checksum of that, and [`END`].
pub(crate) const TRAILER: usize = 16;

/// Maximum bytes of a description.
pub(crate) const LONGEST_DESCRIPTION: usize = 1 << 16;
/// Maximum bytes of a decompressed chunk: readers never decompress more at once.
pub(crate) const LARGEST_CHUNK: usize = 4 << 20;
/// Maximum bytes of a chunk in the file: incompressible data grows a little.
pub(crate) const LARGEST_STORED: usize = LARGEST_CHUNK + (64 << 10);
/// Maximum bytes of any other block, such as the index.
pub(crate) const LARGEST_BLOCK: usize = 64 << 20;
/// Maximum records of a chunk.
pub(crate) const MOST_RECORDS: usize = 1 << 16;
/// Maximum chunks of a group: one for each page.
pub(crate) const MOST_CHUNKS: usize = 3;
/// Maximum bytes of a mark.
pub(crate) const LONGEST_MARK: usize = 4 << 10;
/// Maximum bytes of the blocks of all marks that a reader keeps: a race of a day with 20 cars has 22 MB.
pub(crate) const MOST_MARK_BYTES: usize = 32 << 20;
/// Maximum entries of an index: one per second of twelve days.
pub(crate) const MOST_ENTRIES: usize = 1 << 20;

/// Kinds of blocks.
pub(crate) mod kind {
    pub(crate) const PAGES: u8 = 1;
    pub(crate) const MARK: u8 = 2;
    pub(crate) const INDEX: u8 = 3;
    /// A copy of all marks.
    pub(crate) const MARKS: u8 = 4;
}

/// Codecs of payloads.
pub(crate) mod codec {
    pub(crate) const STORED: u8 = 0;
    pub(crate) const LZ4: u8 = 1;
    pub(crate) const ZSTD: u8 = 2;
}

/// Filters of pages.
pub(crate) mod filter {
    pub(crate) const NONE: u8 = 0;
    /// Version 1 of the format wrote it.
    pub(crate) const SECOND_DIFFERENCE: u8 = 1;
    pub(crate) const COLUMNS: u8 = 2;
}

/// The file's header without its description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileHeader {
    pub(crate) major: u16,
    pub(crate) minor: u16,
    /// Bytes of the description.
    pub(crate) description: u32,
    /// Distinguishes the blocks of this recording from blocks of others that are left on a disk.
    pub(crate) id: u32,
    /// Checksum of the description.
    pub(crate) crc: u32,
}

impl FileHeader {
    pub(crate) fn to_bytes(self) -> [u8; FILE_HEADER] {
        let mut bytes = [0; FILE_HEADER];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..10].copy_from_slice(&self.major.to_le_bytes());
        bytes[10..12].copy_from_slice(&self.minor.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.description.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.id.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.crc.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..28]);
        bytes[28..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// `None` if the bytes are damaged, or are not such a header.
    pub(crate) fn from_bytes(bytes: &[u8; FILE_HEADER]) -> Option<Self> {
        let sound = bytes.starts_with(&MAGIC) && u32_at(bytes, 28) == crc32fast::hash(&bytes[..28]);
        sound.then(|| Self {
            major: u16_at(bytes, 8),
            minor: u16_at(bytes, 10),
            description: u32_at(bytes, 12),
            id: u32_at(bytes, 16),
            crc: u32_at(bytes, 24),
        })
    }
}

/// The header of a block. With the version and the ID of the recording, each block can be read on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockHeader {
    pub(crate) kind: u8,
    /// The page, as `PageKind as u8`; 0 for other kinds.
    pub(crate) page: u8,
    pub(crate) codec: u8,
    pub(crate) filter: u8,
    /// Bytes of each page.
    pub(crate) page_size: u16,
    /// Number of the block in the file.
    pub(crate) sequence: u32,
    /// Number of the group. Its chunks follow one another and cover the same time.
    pub(crate) group: u32,
    pub(crate) records: u32,
    /// Bytes of the decompressed payload.
    pub(crate) raw: u32,
    /// Bytes of the payload in the file.
    pub(crate) stored: u32,
    /// Time of the first and the last record, in microseconds since the recording's zero.
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// Checksum of the payload as it is in the file.
    pub(crate) crc: u32,
    /// ID of the recording.
    pub(crate) id: u32,
}

impl BlockHeader {
    pub(crate) fn to_bytes(self) -> [u8; BLOCK_HEADER] {
        let mut bytes = [0; BLOCK_HEADER];
        bytes[..4].copy_from_slice(&SYNC);
        bytes[4..9].copy_from_slice(&[MAJOR as u8, self.kind, self.page, self.codec, self.filter]);
        bytes[10..12].copy_from_slice(&self.page_size.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.group.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.records.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.raw.to_le_bytes());
        bytes[28..32].copy_from_slice(&self.stored.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.first.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.last.to_le_bytes());
        bytes[48..52].copy_from_slice(&self.crc.to_le_bytes());
        bytes[52..56].copy_from_slice(&self.id.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..60]);
        bytes[60..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// `None` if the bytes are damaged, not the header of a block, or a header that no writer writes.
    pub(crate) fn from_bytes(bytes: &[u8; BLOCK_HEADER]) -> Option<Self> {
        if !bytes.starts_with(&SYNC)
            || !(1..=MAJOR).contains(&u16::from(bytes[4]))
            || u32_at(bytes, 60) != crc32fast::hash(&bytes[..60])
        {
            return None;
        }
        let header = Self {
            kind: bytes[5],
            page: bytes[6],
            codec: bytes[7],
            filter: bytes[8],
            page_size: u16_at(bytes, 10),
            sequence: u32_at(bytes, 12),
            group: u32_at(bytes, 16),
            records: u32_at(bytes, 20),
            raw: u32_at(bytes, 24),
            stored: u32_at(bytes, 28),
            first: u64_at(bytes, 32),
            last: u64_at(bytes, 40),
            crc: u32_at(bytes, 48),
            id: u32_at(bytes, 52),
        };
        header.is_possible().then_some(header)
    }

    /// The header at an offset in `bytes`.
    pub(crate) fn at(bytes: &[u8], at: usize) -> Option<Self> {
        Self::from_bytes(bytes.get(at..)?.first_chunk()?)
    }

    /// Checks all lengths. Nothing is allocated before this is true.
    fn is_possible(&self) -> bool {
        let (raw, stored) = (self.raw as usize, self.stored as usize);
        match self.kind {
            kind::PAGES => {
                let records = self.records as usize;
                let pages = records * usize::from(self.page_size);
                let least = if self.filter == filter::COLUMNS { 0 } else { pages };
                self.page < 3
                    && self.page_size > 0
                    && (1..=MOST_RECORDS).contains(&records)
                    && pages <= LARGEST_CHUNK
                    && (least..=LARGEST_CHUNK).contains(&raw)
                    && stored <= LARGEST_STORED
                    && self.first <= self.last
            }
            kind::MARK => stored <= LONGEST_MARK && raw == stored,
            _ => stored <= LARGEST_BLOCK,
        }
    }

    /// Bytes of the block in the file, with its header.
    pub(crate) fn length(&self) -> u64 {
        BLOCK_HEADER as u64 + u64::from(self.stored)
    }
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
