//! Numbers as text.

use std::io::Write;

/// How exactly numbers are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Precision {
    /// With the decimals that are worth showing, without zeros at the end.
    #[default]
    Shown,
    /// With as many digits as it takes to read the same number back, as an `f32` where it is one: nothing that the game wrote
    /// is lost.
    Full,
}

/// More are not written.
pub(super) const MOST_DECIMALS: usize = POWERS.len() - 1;

/// Whole numbers up to here are exact in an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/// A number in units of its last decimal, to the nearest; `None` where that is not exact.
#[inline]
pub(super) fn rounded(number: f64, decimals: usize) -> Option<i64> {
    let scaled = number.abs() * POWERS[decimals.min(MOST_DECIMALS)];
    (scaled < EXACT).then(|| {
        // As `round`, which is a call where the processor's instruction for it is not taken for granted.
        let whole = scaled as i64;
        let magnitude = whole + i64::from(scaled - whole as f64 >= 0.5);
        if number < 0.0 { -magnitude } else { magnitude }
    })
}

/// Appends what [`rounded`] gives for as many decimals, without zeros at the end.
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

/// Appends a number, which has to be finite, with as many digits as it takes to read it back.
pub(super) fn write_exact(text: &mut Vec<u8>, number: f64) {
    let written = if f64::from(number as f32) == number {
        // What was an f32 needs the digits of one.
        write!(text, "{}", number as f32)
    } else {
        write!(text, "{number}")
    };
    // Memory takes everything.
    let _ = written;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: f64, decimals: usize, precision: Precision) -> String {
        let mut text = Vec::new();
        match rounded(number, decimals).filter(|_| precision == Precision::Shown) {
            Some(rounded) => write_rounded(&mut text, rounded, decimals.min(MOST_DECIMALS)),
            None => write_exact(&mut text, number),
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn shown_numbers_have_no_zeros_at_the_end_and_no_minus_before_zero() {
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
    fn full_numbers_come_back_as_they_were() {
        for number in [0.1, f64::MIN_POSITIVE, -1.0 / 3.0, f64::MAX] {
            assert_eq!(text(number, 2, Precision::Full).parse(), Ok(number));
        }
        for number in [0.1, f32::MAX, f32::MIN_POSITIVE, 16_777_217.0] {
            assert_eq!(text(number.into(), 2, Precision::Full).parse(), Ok(number));
        }
        assert_eq!(text(f64::from(0.1_f32), 0, Precision::Full), "0.1");
    }
}
