//! Groups: what is sent at once, some 20 ms of pages.

use std::time::Duration;

use acevo_shared_memory::PageKind;

use crate::bits::{BitReader, BitWriter};
use crate::codec::{MAX_PAGE_BYTES, PageCodec};
use crate::error::RelayError;
use crate::item::{Item, RelayedPage, micros};

/// Maximum number of items of a group.
pub const MAX_ITEMS: usize = 4096;

/// Maximum bytes of the pages of a group that are decoded.
pub const MAX_RAW_BYTES: usize = 512 << 10;

/// Bytes of all pages after which an encoder ends a group. The encoded bytes are far from [`MAX_BODY`](crate::wire::MAX_BODY) even if the
/// pages are random numbers.
pub(crate) const FULL_BYTES: usize = 96 << 10;

/// Bytes before the items of a group.
const HEADER: usize = 8 + 8 + 8 + 4 + 2;

/// The kind of an item that is not a page.
const GAME_ENDED: u32 = 3;

/// A group of items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// Number of the first item that is not an opening page. Items are numbered from the start of the sender, also those that are not sent.
    pub first: u64,
    /// Pages that the receiver needs before the first item, because it lacks what was before: at the beginning, and after a gap. They are
    /// carried and have no number.
    pub opening: Vec<RelayedPage>,
    /// The items.
    pub items: Vec<Item>,
    /// Time between the moment at which the sender has read the last item and that at which it has sent the group.
    pub held: Duration,
}

impl Group {
    /// Number of the item after the last one.
    pub fn next(&self) -> u64 {
        self.first.saturating_add(self.items.len() as u64)
    }
}

/// Encodes groups. The first group of a connection needs a new encoder.
#[derive(Debug, Default)]
pub struct GroupEncoder {
    codec: PageCodec,
}

impl GroupEncoder {
    /// Appends an encoded group. A time that is less than the one before it is replaced by that one.
    ///
    /// # Errors
    /// [`RelayError::TooLarge`] if there are more items than [`MAX_ITEMS`], more bytes than [`MAX_RAW_BYTES`], or if a page is empty
    /// or larger than [`MAX_PAGE_BYTES`]. The encoder cannot be used any more then.
    pub fn encode(&mut self, group: &Group, out: &mut Vec<u8>) -> Result<(), RelayError> {
        let pages = || group.opening.iter().chain(group.items.iter().filter_map(page_of));
        let count = group.opening.len() + group.items.len();
        let bytes: usize = pages().map(|page| page.bytes.len()).sum();
        let fits = |page: &RelayedPage| (1..=MAX_PAGE_BYTES).contains(&page.bytes.len());
        if count > MAX_ITEMS || bytes > MAX_RAW_BYTES || !pages().all(fits) {
            return Err(RelayError::TooLarge);
        }
        let start = group.opening.first().map(|page| page.at).or(group.items.first().map(Item::at)).unwrap_or_default();
        out.extend_from_slice(&group.first.to_le_bytes());
        out.extend_from_slice(&micros(start).to_le_bytes());
        out.extend_from_slice(&micros(group.held).to_le_bytes());
        out.extend_from_slice(&(group.opening.len() as u32).to_le_bytes());
        out.extend_from_slice(&(group.items.len() as u16).to_le_bytes());
        let mut bits = BitWriter::after(std::mem::take(out));
        let mut time = micros(start);
        for page in &group.opening {
            self.put_page(page, &mut time, &mut bits);
        }
        for item in &group.items {
            match item {
                Item::Page(page) => self.put_page(page, &mut time, &mut bits),
                Item::GameEnded(at) => {
                    bits.put(GAME_ENDED, 2);
                    let ended = micros(*at).clamp(time, time.saturating_add(u32::MAX.into()));
                    bits.put((ended - time) as u32, 32);
                    time = ended;
                }
            }
        }
        *out = bits.finish();
        Ok(())
    }

    fn put_page(&mut self, page: &RelayedPage, time: &mut u64, bits: &mut BitWriter) {
        bits.put(page.page as u32, 2);
        let is_of_known_size = self.codec.size(page.page) == page.bytes.len();
        let is_plain = page.settled && !page.restarted && !page.carried && page.missed == 0 && is_of_known_size;
        bits.put(u32::from(is_plain), 1);
        if !is_plain {
            for flag in [page.settled, page.restarted, page.carried] {
                bits.put(u32::from(flag), 1);
            }
            bits.put(page.missed, 32);
            bits.put(page.bytes.len() as u32, 16);
        }
        let at = micros(page.at).clamp(*time, time.saturating_add(u32::MAX.into()));
        self.codec.encode_time(page.page, at as u32, bits);
        *time = at;
        self.codec.encode(page.page, &page.bytes, bits);
    }
}

fn page_of(item: &Item) -> Option<&RelayedPage> {
    match item {
        Item::Page(page) => Some(page),
        Item::GameEnded(_) => None,
    }
}

/// Decodes groups. Any bytes give a group or an error; memory is limited by [`MAX_RAW_BYTES`] and [`MAX_ITEMS`].
#[derive(Debug, Default)]
pub struct GroupDecoder {
    codec: PageCodec,
}

impl GroupDecoder {
    /// Decodes a group.
    ///
    /// # Errors
    /// [`RelayError::Damaged`] if the bytes are no group. The decoder cannot be used any more then.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<Group, RelayError> {
        self.try_decode(bytes).ok_or(RelayError::Damaged)
    }

    fn try_decode(&mut self, bytes: &[u8]) -> Option<Group> {
        let (header, rest) = bytes.split_at_checked(HEADER)?;
        let (first, header) = header.split_first_chunk()?;
        let (start, header) = header.split_first_chunk()?;
        let (held, header) = header.split_first_chunk()?;
        let (opening, header) = header.split_first_chunk()?;
        let (items, _) = header.split_first_chunk()?;
        let (opening, items) = (u32::from_le_bytes(*opening) as usize, usize::from(u16::from_le_bytes(*items)));
        if opening > PageKind::ALL.len() || opening + items > MAX_ITEMS {
            return None;
        }
        let mut group = Group {
            first: u64::from_le_bytes(*first),
            held: Duration::from_micros(u64::from_le_bytes(*held)),
            ..Group::default()
        };
        group.first.checked_add(items as u64)?;
        let (mut time, mut bits, mut left) = (u64::from_le_bytes(*start), BitReader::new(rest), MAX_RAW_BYTES);
        for _ in 0..opening {
            match self.take_item(&mut time, &mut left, &mut bits)? {
                Item::Page(page) => group.opening.push(page),
                Item::GameEnded(_) => return None,
            }
        }
        for _ in 0..items {
            group.items.push(self.take_item(&mut time, &mut left, &mut bits)?);
        }
        bits.is_at_end().then_some(group)
    }

    fn take_item(&mut self, time: &mut u64, left: &mut usize, bits: &mut BitReader<'_>) -> Option<Item> {
        let kind = bits.take(2)?;
        let Some(page) = PageKind::ALL.into_iter().find(|page| *page as u32 == kind) else {
            *time = time.checked_add(bits.take(32)?.into())?;
            return Some(Item::GameEnded(Duration::from_micros(*time)));
        };
        let (mut settled, mut restarted, mut carried, mut missed) = (true, false, false, 0);
        let mut size = self.codec.size(page);
        if bits.take(1)? == 0 {
            settled = bits.take(1)? == 1;
            restarted = bits.take(1)? == 1;
            carried = bits.take(1)? == 1;
            missed = bits.take(32)?;
            size = bits.take(16)? as usize;
        }
        *left = left.checked_sub(size).filter(|_| size > 0)?;
        let low = self.codec.decode_time(page, bits)?;
        *time = time.checked_add(low.wrapping_sub(*time as u32).into())?;
        let bytes = self.codec.decode(page, size, bits)?.into();
        let at = Duration::from_micros(*time);
        Some(Item::Page(RelayedPage { page, at, settled, restarted, carried, missed, bytes }))
    }
}
