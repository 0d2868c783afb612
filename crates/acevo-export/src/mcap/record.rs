//! MCAP records: opcode, length and contents, little endian.

/// The first and last bytes of a file.
pub(super) const MAGIC: &[u8] = b"\x89MCAP0\r\n";

/// The opcode of a record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    Header = 0x01,
    Footer = 0x02,
    Schema = 0x03,
    Channel = 0x04,
    Message = 0x05,
    Chunk = 0x06,
    MessageIndex = 0x07,
    ChunkIndex = 0x08,
    Statistics = 0x0b,
    SummaryOffset = 0x0e,
    DataEnd = 0x0f,
}

/// Size of opcode and length.
const HEAD: usize = 9;

/// A record under construction.
#[derive(Debug)]
pub(super) struct Record(Vec<u8>);

impl Record {
    pub(super) fn new(op: Op) -> Self {
        let mut record = vec![0; HEAD];
        record[0] = op as u8;
        Self(record)
    }

    /// The contents of a [list](Self::list).
    pub(super) const fn part() -> Self {
        Self(Vec::new())
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    pub(super) fn zeros(mut self, count: usize) -> Self {
        self.0.resize(self.0.len() + count, 0);
        self
    }

    pub(super) fn u8(self, value: u8) -> Self {
        self.bytes(&[value])
    }

    pub(super) fn u16(self, value: u16) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(super) fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(super) fn u64(self, value: u64) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Appends a text with its length.
    pub(super) fn text(self, text: &str) -> Self {
        self.u32(text.len() as u32).bytes(text.as_bytes())
    }

    /// Appends an array or a map with its length in bytes.
    pub(super) fn list(self, list: Self) -> Self {
        self.u32(list.0.len() as u32).bytes(&list.0)
    }

    /// The bytes of the record, with its length.
    pub(super) fn end(mut self) -> Vec<u8> {
        let length = (self.0.len() - HEAD) as u64;
        self.0[1..HEAD].copy_from_slice(&length.to_le_bytes());
        self.0
    }
}
