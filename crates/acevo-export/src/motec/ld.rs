//! The layout of an `.ld` file, all of it little endian and packed: header, event, venue, vehicle and weather at fixed
//! addresses, one block for each channel, then the samples, channel after channel. What is not named here is zero.
//!
//! Taken from genuine files: logs of another game by the same studio, and the sample that comes with the analysis program.

use super::ascii::ascii;
use super::channels::{Encoding, From, Output};
use super::earth::Plane;
use crate::About;
use crate::date::Date;

const EVENT: usize = 0x6e2;
const VENUE: usize = 0x1336;
const VEHICLE: usize = 0x1f54;
const WEATHER: usize = 0x2c48;
const CHANNELS: usize = 0x3448;
const CHANNEL: usize = 124;

/// The kind of logger that the file says it is from, by which the program allows everything.
const SERIAL: u32 = 8004;
const TYPE: &str = "ADL";
const VERSION: u16 = 420;
const PRO: u32 = 0x000c_81a4;

/// Decimals of a place on the earth, as a whole number of 10⁻⁷ degrees: 11 mm. An `f32` would be a metre off.
pub(super) const PLACE_DECIMALS: i16 = 7;

/// What a log says if it has places on the earth, but not those of the track.
const NO_PLACE: &str = "The game gave no coordinates of the track: GPS positions count from 0 N 0 E instead.";

/// One channel of the file.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) output: &'a Output,
    pub(super) samples: u64,
    /// Least and greatest sample, as stored.
    pub(super) range: (f64, f64),
}

/// Bytes before the samples.
pub(super) const fn head_size(channels: usize) -> u64 {
    (CHANNELS + CHANNEL * channels) as u64
}

/// Everything before the samples. The file must not be larger than its pointers reach.
pub(super) fn head(about: &About, entries: &[Entry<'_>]) -> Vec<u8> {
    let mut file = Bytes(vec![0; CHANNELS + CHANNEL * entries.len()]);
    let data = CHANNELS + CHANNEL * entries.len();
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    let date = Date::of(about.unix_s);
    let venue = match (about.track.as_str(), about.configuration.as_str()) {
        (track, "") => track.to_owned(),
        (track, configuration) => format!("{track} {configuration}"),
    };
    let game = format!("Assetto Corsa EVO {}", about.game_version);
    let is_elsewhere = about.latitude_longitude.and_then(Plane::at).is_none()
        && entries.iter().any(|entry| entry.output.from == From::Latitude);
    let (short, comment) = if is_elsewhere {
        (format!("{game}; GPS origin 0 N 0 E"), format!("{game}. {NO_PLACE}"))
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
    // Genuine files have the count at 0x58 once more. It is left 0: readers take the first one for four bytes.
    file.u16(0x56, count);
    let rates = || entries.iter().map(|entry| entry.output.rate);
    file.u16(0x5a, rates().max().unwrap_or_default());
    file.u16(0x5c, rates().min().unwrap_or_default());
    file.text(0x5e, 32, &format!("{:02}/{:02}/{:04}", date.day, date.month, date.year));
    file.text(0x7e, 32, &format!("{:02}:{:02}:{:02}", date.hour, date.minute, date.second));
    file.text(0x9e, 64, &about.driver);
    file.text(0xde, 64, &about.car);
    file.text(0x15e, 64, &venue);
    file.u32(0x5de, PRO);
    file.text(0x5e4, 64, &about.session);
    file.text(0x624, 64, &short);
    file.u8(0x66c, super::ldx::BEACON);

    file.text(EVENT, 64, &about.session);
    file.text(EVENT + 0x40, 64, &about.session);
    file.text(EVENT + 0x80, 1024, &comment);
    file.u32(EVENT + 0x480, VENUE as u32);
    file.u32(EVENT + 0x484, WEATHER as u32);
    file.text(VENUE, 64, &venue);
    file.u32(VENUE + 0x44a, VEHICLE as u32);
    file.text(VEHICLE, 64, &about.car);

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
            Encoding::Place => (3, PLACE_DECIMALS),
        };
        file.u16(at + 0x12, class);
        file.u16(at + 0x14, 4);
        file.u16(at + 0x16, entry.output.rate);
        file.u16(at + 0x1a, 1);
        file.u16(at + 0x1c, 1);
        file.u16(at + 0x1e, decimals as u16);
        file.text(at + 0x20, 32, &entry.output.name);
        file.text(at + 0x48, 12, entry.output.unit);
        // Casts of floats stop at the ends of what fits.
        file.u32(at + 0x54, (entry.range.1.round() as i32) as u32);
        file.u32(at + 0x58, (entry.range.0.round() as i32) as u32);
        file.u32(at + 0x64, entry.output.decimals);
        samples += entry.samples * 4;
    }
    file.0
}

/// Puts values at addresses.
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

    /// A text with at least one zero behind it.
    fn text(&mut self, at: usize, size: usize, text: &str) {
        let text = ascii(text);
        self.put(at, &text.as_bytes()[..text.len().min(size - 1)]);
    }
}
