//! Numbers as text.
//!
//! Written by hand: with `itoa` the rounded numbers took 44 % longer (31.0 ns instead of 21.6 ns per number, medians of 11 interleaved
//! runs). `ryu` and `zmij` choose other digits than the standard library if two shortest texts are equally near, and write exponents.

use std::io::Write;

/// The precision of numbers written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Precision {
    /// The significant decimals of each channel, without trailing zeros.
    #[default]
    Shown,
    /// The shortest text that reads back as the same number, or as the same `f32` if the number is one: no digit of the game is
    /// lost.
    Full,
}

/// Maximum number of decimals written.
pub(super) const MAX_DECIMALS: usize = POWERS.len() - 1;

/// Integers up to this are exact in an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/// Rounds a number to decimals, in units of its last decimal. `None` if that is not exact.
#[inline]
pub(super) fn rounded(number: f64, decimals: usize) -> Option<i64> {
    let scaled = number.abs() * POWERS[decimals.min(MAX_DECIMALS)];
    (scaled < EXACT).then(|| {
        // Faster than `round`, which is a function call unless the target has an instruction for it.
        let whole = scaled as i64;
        let magnitude = whole + i64::from(scaled - whole as f64 >= 0.5);
        if number < 0.0 { -magnitude } else { magnitude }
    })
}

/// Appends the result of [`rounded`] for these decimals, without trailing zeros.
#[inline]
pub(super) fn write_rounded(text: &mut Vec<u8>, rounded: i64, decimals: usize) {
    // From the last digit to the first.
    let mut digits = [0; 24];
    let (mut first, mut left) = (digits.len(), rounded.unsigned_abs());
    let mut put = |digit: u8| {
        first -= 1;
        digits[first] = digit;
        first
    };
    let (mut place, mut is_shown) = (0, false);
    while place < decimals {
        let digit = b'0' + (left % 10) as u8;
        left /= 10;
        place += 1;
        is_shown |= digit != b'0';
        if is_shown {
            put(digit);
        }
    }
    if is_shown {
        put(b'.');
    }
    loop {
        let start = put(b'0' + (left % 10) as u8);
        left /= 10;
        if left == 0 {
            let start = if rounded < 0 { put(b'-') } else { start };
            return text.extend_from_slice(&digits[start..]);
        }
    }
}

/// Appends the shortest text that reads back as the number, which must be finite.
pub(super) fn write_exact(text: &mut Vec<u8>, number: f64) {
    let written = if f64::from(number as f32) == number {
        // An f32 needs fewer digits.
        write!(text, "{}", number as f32)
    } else {
        write!(text, "{number}")
    };
    // Writing to a `Vec` cannot fail.
    let _ = written;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: f64, decimals: usize, precision: Precision) -> String {
        let mut text = Vec::new();
        match rounded(number, decimals).filter(|_| precision == Precision::Shown) {
            Some(rounded) => write_rounded(&mut text, rounded, decimals.min(MAX_DECIMALS)),
            None => write_exact(&mut text, number),
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn shown_numbers_have_no_trailing_zeros_and_no_negative_zero() {
        for (number, decimals, expected) in [
            (181.5, 3, "181.5"),
            (-0.0004, 3, "0"),
            (-0.0005, 3, "-0.001"),
            (100.0, 0, "100"),
            (0.05, 2, "0.05"),
            (-12.999, 2, "-13"),
            (7.25, 40, "7.25"),
            (1e300, 3, &1e300_f64.to_string()),
        ] {
            assert_eq!(text(number, decimals, Precision::Shown), expected);
        }
    }

    #[test]
    fn full_numbers_read_back_unchanged() {
        for number in [0.1, f64::MIN_POSITIVE, -1.0 / 3.0, f64::MAX] {
            assert_eq!(text(number, 2, Precision::Full).parse(), Ok(number));
        }
        for number in [0.1, f32::MAX, f32::MIN_POSITIVE, 16_777_217.0] {
            assert_eq!(text(number.into(), 2, Precision::Full).parse(), Ok(number));
        }
        assert_eq!(text(f64::from(0.1_f32), 0, Precision::Full), "0.1");
    }
}
