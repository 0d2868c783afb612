//! Reorders samples: they are computed for all channels at a time and written channel by channel.
//!
//! Each channel has a block in memory, and full blocks are written to a temporary file. Memory is 64 KiB per channel, and 8 bytes per
//! block in the file.

use std::io::{self, Read, Write};
use std::path::Path;

use acevo_files::PendingFile;

use crate::{ExportError, files};

const BLOCK: usize = 1 << 16;

/// The samples of a channel.
#[derive(Debug, Default)]
struct Track {
    /// Positions of its blocks in the file.
    blocks: Vec<u64>,
    /// The block that is being filled.
    open: Vec<u8>,
    /// Minimum and maximum sample.
    range: Option<(f64, f64)>,
}

/// A sample as stored in the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sample {
    Float(f32),
    Integer(i32),
}

#[derive(Debug)]
pub(super) struct Spool {
    file: PendingFile,
    length: u64,
    tracks: Vec<Track>,
}

impl Spool {
    pub(super) fn create(path: &Path, channels: usize) -> Result<Self, ExportError> {
        let tracks = std::iter::repeat_with(Track::default).take(channels).collect();
        Ok(Self { file: files::create(path)?, length: 0, tracks })
    }

    pub(super) fn push(&mut self, channel: usize, sample: Sample) -> io::Result<()> {
        let track = &mut self.tracks[channel];
        let (bytes, value) = match sample {
            Sample::Float(value) => (value.to_le_bytes(), f64::from(value)),
            Sample::Integer(value) => (value.to_le_bytes(), f64::from(value)),
        };
        track.open.extend(bytes);
        let (minimum, maximum) = track.range.unwrap_or((value, value));
        track.range = Some((minimum.min(value), maximum.max(value)));
        if track.open.len() >= BLOCK {
            self.file.write_all(&track.open)?;
            track.blocks.push(self.length);
            self.length += track.open.len() as u64;
            track.open.clear();
        }
        Ok(())
    }

    /// Minimum and maximum sample of a channel.
    pub(super) fn range(&self, channel: usize) -> (f64, f64) {
        self.tracks[channel].range.unwrap_or_default()
    }

    /// Writes all samples of a channel.
    pub(super) fn copy(&mut self, channel: usize, out: &mut PendingFile) -> Result<(), ExportError> {
        let mut block = vec![0; BLOCK];
        let track = &self.tracks[channel];
        for position in &track.blocks {
            let read = self.file.read_at(*position).and_then(|file| file.read_exact(&mut block));
            read.map_err(|source| self.failed(source))?;
            out.write_all(&block).map_err(|source| files::failed(out, source))?;
        }
        out.write_all(&track.open).map_err(|source| files::failed(out, source))
    }

    /// An error of the temporary file.
    pub(super) fn failed(&self, source: io::Error) -> ExportError {
        files::failed(&self.file, source)
    }
}
