//! The layout of an `.ld` file, little endian and packed: header, event, venue, vehicle and weather at fixed addresses, one block per
//! channel, then the samples, channel by channel. All other bytes are zero.
//!
//! Derived from genuine files: logs of another game by the same studio, and the sample that comes with MoTeC i2.

use super::ascii::ascii;
use super::channels::{COORDINATE_DECIMALS, ChannelSource, Encoding, Output};
use super::earth::Plane;
use crate::About;
use crate::date::utc;

const EVENT: usize = 0x6e2;
const VENUE: usize = 0x1336;
const VEHICLE: usize = 0x1f54;
const WEATHER: usize = 0x2c48;
const CHANNELS: usize = 0x3448;
const CHANNEL: usize = 124;

/// The logger that the file claims to be from. MoTeC i2 allows all its features for it.
const SERIAL: u32 = 8004;
const TYPE: &str = "ADL";
const VERSION: u16 = 420;
const PRO: u32 = 0x000c_81a4;

/// Comment of a log with GPS positions but without coordinates of the track.
const NO_COORDINATES: &str = "The game gave no coordinates of the track: GPS positions count from 0 N 0 E instead.";

/// One channel of the file.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) output: &'a Output,
    pub(super) samples: u64,
    /// Minimum and maximum sample, as stored.
    pub(super) range: (f64, f64),
}

/// Size of everything before the samples.
pub(super) const fn head_size(channels: usize) -> u64 {
    (CHANNELS + CHANNEL * channels) as u64
}

/// Everything before the samples. The file must be smaller than 4 GiB.
pub(super) fn head(about: &About, entries: &[Entry<'_>]) -> Vec<u8> {
    let mut file = Bytes(vec![0; CHANNELS + CHANNEL * entries.len()]);
    let data = CHANNELS + CHANNEL * entries.len();
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    let date = utc(about.unix_s);
    let venue = match (about.names.track.as_str(), about.names.configuration.as_str()) {
        (track, "") => track.to_owned(),
        (track, configuration) => format!("{track} {configuration}"),
    };
    let game = format!("Assetto Corsa EVO {}", about.names.game_version);
    let is_neutral = about.names.latitude_longitude.and_then(Plane::at).is_none()
        && entries.iter().any(|entry| entry.output.source == ChannelSource::Latitude);
    let (short, comment) = if is_neutral {
        (format!("{game}; GPS origin 0 N 0 E"), format!("{game}. {NO_COORDINATES}"))
    } else {
        (game.clone(), game)
    };

    file.u32(0x00, 0x40);
    file.u32(0x08, CHANNELS as u32);
    file.u32(0x0c, data as u32);
    file.u32(0x24, EVENT as u32);
    file.u16(0x40, 2);
    file.u32(0x42, 1_000_000);
    file.u32(0x46, SERIAL);
    file.text(0x4a, 8, TYPE);
    file.u16(0x52, VERSION);
    file.u16(0x54, 0xadb0);
    // Genuine files repeat the count at 0x58. It is left 0, because readers take the first one for four bytes.
    file.u16(0x56, count);
    let rates = || entries.iter().map(|entry| entry.output.rate);
    file.u16(0x5a, rates().max().unwrap_or_default());
    file.u16(0x5c, rates().min().unwrap_or_default());
    file.text(0x5e, 32, &date.strftime("%d/%m/%Y").to_string());
    file.text(0x7e, 32, &date.strftime("%H:%M:%S").to_string());
    file.text(0x9e, 64, &about.names.driver);
    file.text(0xde, 64, &about.names.car);
    file.text(0x15e, 64, &venue);
    file.u32(0x5de, PRO);
    file.text(0x5e4, 64, &about.names.session);
    file.text(0x624, 64, &short);
    file.u8(0x66c, super::ldx::BEACON);

    file.text(EVENT, 64, &about.names.session);
    file.text(EVENT + 0x40, 64, &about.names.session);
    file.text(EVENT + 0x80, 1024, &comment);
    file.u32(EVENT + 0x480, VENUE as u32);
    file.u32(EVENT + 0x484, WEATHER as u32);
    file.text(VENUE, 64, &venue);
    file.u32(VENUE + 0x44a, VEHICLE as u32);
    file.text(VEHICLE, 64, &about.names.car);

    let mut samples = data as u64;
    for (index, entry) in entries.iter().enumerate() {
        let at = CHANNELS + CHANNEL * index;
        let previous = if index > 0 { at - CHANNEL } else { 0 };
        let next = if index + 1 < entries.len() { at + CHANNEL } else { 0 };
        file.u32(at, previous as u32);
        file.u32(at + 0x04, next as u32);
        file.u32(at + 0x08, samples as u32);
        file.u32(at + 0x0c, entry.samples as u32);
        file.u16(at + 0x10, 0x2ee1_u16.wrapping_add(index as u16));
        let (class, decimals) = match entry.output.encoding {
            Encoding::Float => (7, 0),
            Encoding::Coordinate => (3, COORDINATE_DECIMALS),
        };
        file.u16(at + 0x12, class);
        file.u16(at + 0x14, 4);
        file.u16(at + 0x16, entry.output.rate);
        file.u16(at + 0x1a, 1);
        file.u16(at + 0x1c, 1);
        file.u16(at + 0x1e, decimals as u16);
        file.text(at + 0x20, 32, &entry.output.name);
        file.text(at + 0x48, 12, entry.output.unit);
        // Casts of floats saturate.
        file.u32(at + 0x54, (entry.range.1.round() as i32) as u32);
        file.u32(at + 0x58, (entry.range.0.round() as i32) as u32);
        file.u32(at + 0x64, entry.output.decimals);
        samples += entry.samples * 4;
    }
    file.0
}

/// Bytes that are written at addresses.
struct Bytes(Vec<u8>);

impl Bytes {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn u8(&mut self, at: usize, value: u8) {
        self.put(at, &[value]);
    }

    fn u16(&mut self, at: usize, value: u16) {
        self.put(at, &value.to_le_bytes());
    }

    fn u32(&mut self, at: usize, value: u32) {
        self.put(at, &value.to_le_bytes());
    }

    /// A text followed by at least one zero.
    fn text(&mut self, at: usize, size: usize, text: &str) {
        let text = ascii(text);
        self.put(at, &text.as_bytes()[..text.len().min(size - 1)]);
    }
}
