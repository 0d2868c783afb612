//! The blocks of a recording, written from the description of the format, so that a file can be wrong in any way and still have valid
//! checksums.

/// Bytes of a header of a block.
const HEADER: usize = 64;

/// The first bytes of each block.
pub(crate) const SYNC: [u8; 4] = [0xa7, 0x45, 0x56, 0x1b];

/// Kinds of blocks.
pub(crate) const CHUNK: u8 = 1;
pub(crate) const MARK: u8 = 2;
pub(crate) const INDEX: u8 = 3;

/// Offsets and sizes of the fields in the header of a block that a mutation may change.
pub(crate) const FIELDS: [(usize, usize); 15] = [
    (4, 1),  // major version
    (5, 1),  // kind
    (6, 1),  // page
    (7, 1),  // codec
    (8, 1),  // filter
    (9, 1),  // 0
    (10, 2), // bytes of a page
    (12, 4), // number of the block
    (16, 4), // number of the group
    (20, 4), // records
    (24, 4), // bytes of the decompressed payload
    (32, 8), // time of the first record
    (40, 8), // time of the last record
    (52, 4), // ID of the recording
    (56, 4), // 0
];

/// A block.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// Its header.
    pub(crate) header: [u8; HEADER],
    /// Its payload, as it is in the file.
    pub(crate) payload: Vec<u8>,
}

/// A recording as a list of blocks.
#[derive(Debug, Clone)]
pub(crate) struct Blocks {
    /// The header of the file.
    pub(crate) header: Vec<u8>,
    /// The description, as JSON.
    pub(crate) description: Vec<u8>,
    /// All blocks.
    pub(crate) blocks: Vec<Block>,
}

impl Block {
    /// A block of this kind with the ID of a recording.
    pub(crate) fn new(kind: u8, id: u32, payload: Vec<u8>) -> Self {
        let mut block = Self { header: [0; HEADER], payload };
        block.header[..4].copy_from_slice(&SYNC);
        (block.header[4], block.header[5]) = (1, kind);
        block.set(24, 4, block.payload.len() as u64);
        block.set(52, 4, u64::from(id));
        block
    }

    /// Its kind.
    pub(crate) fn kind(&self) -> u8 {
        self.header[5]
    }

    /// A field of the header.
    pub(crate) fn get(&self, offset: usize, size: usize) -> u64 {
        self.header[offset..offset + size].iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// Sets a field of the header.
    pub(crate) fn set(&mut self, offset: usize, size: usize, value: u64) {
        self.header[offset..offset + size].copy_from_slice(&value.to_le_bytes()[..size]);
    }

    /// Appends the block with its length and valid checksums.
    fn write(&self, out: &mut Vec<u8>) {
        let mut block = self.clone();
        block.set(28, 4, self.payload.len() as u64);
        block.set(48, 4, u64::from(crc32fast::hash(&self.payload)));
        block.set(60, 4, u64::from(crc32fast::hash(&block.header[..60])));
        out.extend(block.header);
        out.extend(&self.payload);
    }

    fn size(&self) -> u64 {
        (HEADER + self.payload.len()) as u64
    }
}

impl Blocks {
    /// The blocks of a valid recording.
    ///
    /// # Panics
    /// If the recording is not valid.
    pub(crate) fn parse(file: &[u8]) -> Self {
        let length = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("four bytes")) as usize;
        let (header, rest) = file.split_at(32);
        let (description, mut rest) = rest.split_at(length(&header[12..16]));
        let mut blocks = Vec::new();
        while !rest.is_empty() {
            let (header, after) = rest.split_at(HEADER);
            let (payload, after) = after.split_at(length(&header[28..32]));
            blocks.push(Block { header: header.try_into().expect("a header"), payload: payload.to_vec() });
            rest = after;
        }
        Self { header: header.to_vec(), description: description.to_vec(), blocks }
    }

    /// The ID of the recording.
    pub(crate) fn id(&self) -> u32 {
        u32::from_le_bytes(self.header[16..20].try_into().expect("four bytes"))
    }

    /// The file, with valid lengths and checksums.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = self.header.clone();
        out[12..16].copy_from_slice(&(self.description.len() as u32).to_le_bytes());
        out[24..28].copy_from_slice(&crc32fast::hash(&self.description).to_le_bytes());
        let checksum = crc32fast::hash(&out[..28]);
        out[28..32].copy_from_slice(&checksum.to_le_bytes());
        out.extend(&self.description);
        self.blocks.iter().for_each(|block| block.write(&mut out));
        out
    }

    /// Replaces the index by one that fits the blocks.
    pub(crate) fn reindex(&mut self) {
        self.blocks.retain(|block| block.kind() != INDEX);
        let mut offset = 32 + self.description.len() as u64;
        let (mut payload, mut group): (Vec<u8>, Option<u64>) = (Vec::new(), None);
        for block in &self.blocks {
            let (of_group, records) = (block.get(16, 4), block.get(20, 4) as u32);
            let is_chunk = block.kind() == CHUNK;
            if !is_chunk || group != Some(of_group) {
                payload.extend(offset.to_le_bytes());
                payload.extend([0; 4]);
                payload.extend([block.kind(), 0, 0, 0]);
                payload.extend(&block.header[32..40]);
                payload.extend([0; 24]);
            }
            group = is_chunk.then_some(of_group);
            // The entry of the block is the last one.
            let start = payload.len() - 48;
            let entry = &mut payload[start..];
            let size = u32::from_le_bytes(entry[8..12].try_into().expect("four bytes")) + block.size() as u32;
            entry[8..12].copy_from_slice(&size.to_le_bytes());
            // A group begins with the first record of any page and ends with the last one.
            let time = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
            let first = time(&entry[16..24]).min(block.get(32, 8));
            let last = time(&entry[24..32]).max(block.get(if is_chunk { 40 } else { 32 }, 8));
            entry[16..24].copy_from_slice(&first.to_le_bytes());
            entry[24..32].copy_from_slice(&last.to_le_bytes());
            if let (true, page @ 0..3) = (is_chunk, block.header[6] as usize) {
                entry[32 + page * 4..36 + page * 4].copy_from_slice(&records.to_le_bytes());
            }
            offset += block.size();
        }
        self.add_index(payload, offset);
    }

    /// Appends an index with these entries, whose end refers to `offset`.
    pub(crate) fn add_index(&mut self, mut payload: Vec<u8>, offset: u64) {
        payload.extend(offset.to_le_bytes());
        payload.extend(crc32fast::hash(&offset.to_le_bytes()).to_le_bytes());
        payload.extend(*b"EVO\n");
        let mut index = Block::new(INDEX, self.id(), payload);
        index.set(12, 4, self.blocks.last().map_or(0, |last| last.get(12, 4) + 1));
        self.blocks.push(index);
    }
}

#[cfg(test)]
mod tests {
    use acevo_simulator::Scenario;
    use acevo_testkit::pages::{drive, open, read_all, recorded};

    use super::*;

    #[test]
    fn blocks_are_written_as_they_were_read() {
        let file = recorded(&drive(Scenario::HotLaps, 4));
        let mut blocks = Blocks::parse(&file);
        assert!(blocks.bytes() == file, "the file is the same");
        let payload = |blocks: &Blocks| blocks.blocks.last().expect("an index").payload.clone();
        let index = payload(&blocks);
        blocks.reindex();
        assert_eq!(payload(&blocks), index, "the index is the one that the writer writes");
    }

    #[test]
    fn changed_blocks_have_valid_checksums() {
        let records = drive(Scenario::HotLaps, 3);
        let mut blocks = Blocks::parse(&recorded(&records));
        blocks.description = br#"{"note": "changed"}"#.to_vec();
        blocks.blocks.push(Block::new(MARK, blocks.id(), br#"{"at_us": 5, "kind": "note", "text": "x"}"#.to_vec()));
        let last = blocks.blocks.len() - 1;
        blocks.blocks.swap(last, last - 1);
        blocks.reindex();
        for (number, block) in blocks.blocks.iter_mut().enumerate() {
            block.set(12, 4, number as u64);
        }
        let file = blocks.bytes();
        let mut recording = open(&file);
        assert_eq!(recording.description().expect("it is valid").note, "changed");
        let all = read_all(&mut recording);
        assert!(all.damage.is_empty(), "{:?}", all.damage);
        assert_eq!((all.records.len(), all.marks.len()), (records.len(), 1));
    }
}
