//! MCAP files with the pages, for Foxglove, PlotJuggler and other robotics tools.
//!
//! The writer follows the [specification](https://mcap.dev/spec). It is written by hand because the crate `mcap` needs a C compiler
//! for its LZ4 and zstd.

mod record;
mod ros2;

use std::io::{self, Write};

use acevo_shared_memory::PageKind;
use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};

use self::record::{MAGIC, Op, Record};
use crate::ExportError;

/// Size of a chunk before compression: about two seconds.
const CHUNK: usize = 1 << 20;

/// Header of each message: the body is CDR, little endian.
const CDR: [u8; 4] = [0, 1, 0, 0];

/// Writes an MCAP file with the three pages as messages `/acevo/physics`, `/acevo/graphics` and `/acevo/static`.
///
/// Pages are not converted: with a header of four bytes they are ROS 2 messages, and each channel has a generated definition of its
/// fields. Field names are in snake case (`speed_kmh`, `tyre_lf_slip`); texts are arrays of bytes.
///
/// Chunks of about two seconds are compressed with LZ4, which has its own checksum, and indexed. A truncated file can be read up to its
/// last complete chunk.
///
/// ```
/// use acevo_telemetry::acevo_shared_memory::{Page, PageKind, SPageFilePhysics};
/// use acevo_export::McapExporter;
///
/// let mut exporter = McapExporter::new(Vec::new())?;
/// let page = SPageFilePhysics { packetId: 1, ..Default::default() };
/// exporter.page(1_775_030_400_000_000_000, PageKind::Physics, page.as_bytes())?;
/// let file = exporter.finish()?;
/// assert!(file.starts_with(b"\x89MCAP0\r\n") && file.ends_with(b"\x89MCAP0\r\n"));
/// # Ok::<(), acevo_export::ExportError>(())
/// ```
#[derive(Debug)]
pub struct McapExporter<W: Write> {
    out: W,
    /// Number of bytes written.
    position: u64,
    /// The records of the open chunk.
    open: Vec<u8>,
    /// For each page, times and offsets of its messages in the open chunk.
    index: [Vec<(u64, u64)>; PAGES],
    chunks: Vec<Chunk>,
    /// Number of messages of each page.
    counts: [u64; PAGES],
    /// Times of the first and the last message.
    span_ns: Option<(u64, u64)>,
}

const PAGES: usize = PageKind::ALL.len();

/// Index entry of a chunk.
#[derive(Debug)]
struct Chunk {
    span_ns: (u64, u64),
    start: u64,
    length: u64,
    /// Channel and position of each message index.
    indices: Vec<(u16, u64)>,
    indices_length: u64,
    compressed: u64,
    uncompressed: u64,
}

const COMPRESSION: &str = "lz4";

/// ID of the channel and the schema of a page.
fn id_of(page: usize) -> u16 {
    page as u16 + 1
}

impl<W: Write> McapExporter<W> {
    /// Writes the header. The stream should be buffered.
    ///
    /// # Errors
    /// [`ExportError`] if the stream cannot be written to.
    pub fn new(out: W) -> Result<Self, ExportError> {
        let (index, counts) = (Default::default(), [0; PAGES]);
        let mut exporter =
            Self { out, position: 0, open: Vec::new(), index, chunks: Vec::new(), counts, span_ns: None };
        exporter.put(MAGIC)?;
        let library = concat!("acevo ", env!("CARGO_PKG_VERSION"));
        exporter.put(&Record::new(Op::Header).text("ros2").text(library).end())?;
        exporter.put(&definitions())?;
        exporter.put(&channels())?;
        Ok(exporter)
    }

    /// Writes a page. The time is in nanoseconds since 1970 (UTC) or any other start. A page that is too short, as in an older game, is
    /// filled with zeros; bytes beyond the known layout are left out.
    ///
    /// # Errors
    /// [`ExportError`] if the stream cannot be written to.
    pub fn page(&mut self, time_ns: u64, kind: PageKind, bytes: &[u8]) -> Result<(), ExportError> {
        let page = PageKind::ALL.iter().position(|page| *page == kind).unwrap_or_default();
        self.index[page].push((time_ns, self.open.len() as u64));
        let (first, last) = self.span_ns.unwrap_or((time_ns, time_ns));
        self.span_ns = Some((first.min(time_ns), last.max(time_ns)));
        let known = &bytes[..bytes.len().min(kind.size())];
        let message = Record::new(Op::Message).u16(id_of(page)).u32(self.counts[page] as u32).u64(time_ns).u64(time_ns);
        let message = message.bytes(&CDR).bytes(known).zeros(kind.size() - known.len());
        self.open.extend(message.end());
        self.counts[page] += 1;
        if self.open.len() >= CHUNK { self.write_chunk() } else { Ok(()) }
    }

    fn write_chunk(&mut self) -> Result<(), ExportError> {
        let times = || self.index.iter().flatten().map(|(time, _)| *time);
        let Some(span_ns) = times().min().zip(times().max()) else { return Ok(()) };
        let compressed = compress(&self.open).map_err(ExportError::Stream)?;
        let (start, uncompressed) = (self.position, self.open.len() as u64);
        // No checksum here: the compressed frame has one.
        let chunk = Record::new(Op::Chunk).u64(span_ns.0).u64(span_ns.1).u64(uncompressed).u32(0).text(COMPRESSION);
        self.put(&chunk.u64(compressed.len() as u64).bytes(&compressed).end())?;
        let (length, mut indices) = (self.position - start, Vec::new());
        for page in 0..PAGES {
            let entries = std::mem::take(&mut self.index[page]);
            if !entries.is_empty() {
                indices.push((id_of(page), self.position));
                let list = entries.iter().fold(Record::part(), |list, (time, offset)| list.u64(*time).u64(*offset));
                self.put(&Record::new(Op::MessageIndex).u16(id_of(page)).list(list).end())?;
            }
        }
        let (indices_length, compressed) = (self.position - start - length, compressed.len() as u64);
        self.chunks.push(Chunk { span_ns, start, length, indices, indices_length, compressed, uncompressed });
        self.open.clear();
        Ok(())
    }

    /// Completes the file and returns the stream.
    ///
    /// # Errors
    /// [`ExportError`] if the stream cannot be written to.
    pub fn finish(mut self) -> Result<W, ExportError> {
        self.write_chunk()?;
        self.put(&Record::new(Op::DataEnd).u32(0).end())?;
        let summary = self.position;
        let mut chunks = Vec::new();
        for chunk in &self.chunks {
            let indices = chunk.indices.iter().fold(Record::part(), |list, (channel, at)| list.u16(*channel).u64(*at));
            let record = Record::new(Op::ChunkIndex).u64(chunk.span_ns.0).u64(chunk.span_ns.1);
            let record = record.u64(chunk.start).u64(chunk.length).list(indices).u64(chunk.indices_length);
            chunks.extend(record.text(COMPRESSION).u64(chunk.compressed).u64(chunk.uncompressed).end());
        }
        let groups = [
            (Op::Schema, definitions()),
            (Op::Channel, channels()),
            (Op::Statistics, self.statistics()),
            (Op::ChunkIndex, chunks),
        ];
        let mut offsets = Vec::new();
        for (op, group) in groups.iter().filter(|(_, group)| !group.is_empty()) {
            let offset = Record::new(Op::SummaryOffset).u8(*op as u8).u64(self.position).u64(group.len() as u64);
            offsets.extend(offset.end());
            self.put(group)?;
        }
        let summary_offsets = self.position;
        self.put(&offsets)?;
        self.put(&Record::new(Op::Footer).u64(summary).u64(summary_offsets).u32(0).end())?;
        self.put(MAGIC)?;
        self.out.flush().map_err(ExportError::Stream)?;
        Ok(self.out)
    }

    fn statistics(&self) -> Vec<u8> {
        let (first, last) = self.span_ns.unwrap_or_default();
        let counts = (0..PAGES).fold(Record::part(), |list, page| list.u16(id_of(page)).u64(self.counts[page]));
        let record = Record::new(Op::Statistics).u64(self.counts.iter().sum()).u16(PAGES as u16).u32(PAGES as u32);
        // No attachments and no metadata.
        record.u32(0).u32(0).u32(self.chunks.len() as u32).u64(first).u64(last).list(counts).end()
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        self.out.write_all(bytes).map_err(ExportError::Stream)?;
        self.position += bytes.len() as u64;
        Ok(())
    }
}

/// The schemas of the pages.
fn definitions() -> Vec<u8> {
    let definition = |(page, kind): (usize, PageKind)| {
        let text = ros2::definition(kind);
        Record::new(Op::Schema).u16(id_of(page)).text(ros2::name(kind)).text("ros2msg").text(&text).end()
    };
    PageKind::ALL.into_iter().enumerate().flat_map(definition).collect()
}

fn channels() -> Vec<u8> {
    let channel = |(page, kind): (usize, PageKind)| {
        let (id, topic) = (id_of(page), format!("/acevo/{kind}"));
        Record::new(Op::Channel).u16(id).u16(id).text(&topic).text("cdr").list(Record::part()).end()
    };
    PageKind::ALL.into_iter().enumerate().flat_map(channel).collect()
}

fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let info = FrameInfo::new().block_mode(BlockMode::Linked).block_size(BlockSize::Max1MB).content_checksum(true);
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(bytes)?;
    encoder.finish().map_err(io::Error::other)
}
