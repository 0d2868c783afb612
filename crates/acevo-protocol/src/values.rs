//! Frames with the values of a subscription.

use std::ops::Range;

/// The first byte of a frame.
const KIND: u8 = 1;

/// Bytes of the frame's number.
const NUMBER: Range<usize> = 4..8;

/// The offset of the first value.
const VALUES: usize = 16;

/// A message with the values of a subscription, in binary form: the kind (1), flags, the subscription (2 bytes), the number of the
/// message (4), the time in seconds (8), and a 32-bit float for each channel. Numbers are little-endian; a value that does not exist is
/// not a number.
///
/// ```
/// use acevo_protocol::ValueFrame;
///
/// let frame = ValueFrame::new(7, 1, 12.5, [Some(250.0), None].into_iter());
/// let bytes = frame.numbered(3);
/// assert_eq!(bytes[..8], [1, 1, 7, 0, 3, 0, 0, 0]);
/// assert_eq!(bytes[8..16], 12.5f64.to_le_bytes());
/// assert_eq!(bytes[16..20], 250f32.to_le_bytes());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueFrame(Vec<u8>);

impl ValueFrame {
    /// A frame of a subscription. It gets its number when it is sent.
    pub fn new(subscription: u16, flags: u8, at_s: f64, values: impl ExactSizeIterator<Item = Option<f64>>) -> Self {
        let mut bytes = Vec::with_capacity(VALUES + 4 * values.len());
        bytes.extend([KIND, flags]);
        bytes.extend(subscription.to_le_bytes());
        bytes.extend(0u32.to_le_bytes());
        bytes.extend(at_s.to_le_bytes());
        for value in values {
            bytes.extend(value.map_or(f32::NAN, |value| value as f32).to_le_bytes());
        }
        Self(bytes)
    }

    /// True if flags and values are the same. The time may differ.
    pub fn has_values_of(&self, other: &Self) -> bool {
        self.0[..NUMBER.start] == other.0[..NUMBER.start] && self.0[VALUES..] == other.0[VALUES..]
    }

    /// The bytes of the frame with this number.
    pub fn numbered(mut self, number: u32) -> Vec<u8> {
        self.0[NUMBER].copy_from_slice(&number.to_le_bytes());
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_values_of_ignores_only_the_time() {
        let frame = |flags, at_s, value: f64| ValueFrame::new(1, flags, at_s, [Some(value)].into_iter());
        assert!(frame(1, 2.0, 3.0).has_values_of(&frame(1, 9.0, 3.0)));
        assert!(!frame(1, 2.0, 3.0).has_values_of(&frame(2, 2.0, 3.0)));
        assert!(!frame(1, 2.0, 3.0).has_values_of(&frame(1, 2.0, 4.0)));
        let missing = ValueFrame::new(1, 1, 2.0, [None].into_iter());
        assert!(missing.has_values_of(&missing.clone()), "values that are not numbers are the same bytes");
    }
}
