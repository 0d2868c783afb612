//! Compresses and decompresses payloads.

use super::layout::codec;

/// Compression of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Compression {
    /// LZ4: fast, for recording while driving.
    #[default]
    Lz4,
    /// Zstandard, level 3. It makes files one percent smaller since version 2 of the format, and exists for files that have it already. Readers
    /// need the feature `zstd`, too.
    #[cfg(feature = "zstd")]
    Zstd,
}

/// Why a payload cannot be decompressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unpack {
    Damaged,
    /// This program has no decompressor for it.
    Unknown(u8),
}

impl Compression {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Lz4 => codec::LZ4,
            #[cfg(feature = "zstd")]
            Self::Zstd => codec::ZSTD,
        }
    }

    /// Appends `raw` compressed, or unchanged if that is not smaller, and returns the codec.
    pub(crate) fn pack(self, raw: &[u8], out: &mut Vec<u8>) -> u8 {
        let start = out.len();
        let room = match self {
            Self::Lz4 => lz4_flex::block::get_maximum_output_size(raw.len()),
            #[cfg(feature = "zstd")]
            Self::Zstd => zstd::zstd_safe::compress_bound(raw.len()),
        };
        out.resize(start + room, 0);
        let packed = match self {
            Self::Lz4 => lz4_flex::block::compress_into(raw, &mut out[start..]).ok(),
            #[cfg(feature = "zstd")]
            Self::Zstd => zstd::bulk::compress_to_buffer(raw, &mut out[start..], 3).ok(),
        };
        match packed {
            Some(length) if length < raw.len() => {
                out.truncate(start + length);
                self.code()
            }
            _ => {
                out.truncate(start);
                out.extend_from_slice(raw);
                codec::STORED
            }
        }
    }
}

/// Decompresses into `raw`, which must have exactly the decompressed length.
pub(crate) fn unpack(code: u8, packed: &[u8], raw: &mut [u8]) -> Result<(), Unpack> {
    let length = match code {
        codec::STORED if packed.len() == raw.len() => {
            raw.copy_from_slice(packed);
            Some(packed.len())
        }
        codec::STORED => None,
        codec::LZ4 => lz4_flex::block::decompress_into(packed, raw).ok(),
        #[cfg(feature = "zstd")]
        codec::ZSTD => zstd::bulk::decompress_to_buffer(packed, raw).ok(),
        other => return Err(Unpack::Unknown(other)),
    };
    if length == Some(raw.len()) { Ok(()) } else { Err(Unpack::Damaged) }
}
