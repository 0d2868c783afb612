//! Messages of `acevo serve` over a WebSocket: parses what clients send, which is subscriptions and the headers of frames, and builds the
//! frames with values that they get.
//!
//! Everything here is pure and bounded: any bytes give a value or an error. The program's web server and the fuzz targets use it.
//! `docs/web-api.md` describes the protocol.

#![forbid(unsafe_code)]

mod frames;
mod subscription;
mod values;

pub use frames::{FrameCounter, FrameLimit, MAX_FRAMES, TooManyFrames};
pub use subscription::{DEFAULT_RATE, MAX_CHANNELS, MAX_LENGTH, RATES, Subscription};
pub use values::ValueFrame;
