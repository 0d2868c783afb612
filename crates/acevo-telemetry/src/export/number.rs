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

/// Whole numbers up to here are exact in an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

const POWERS: [u64; 10] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// Appends a number, which has to be finite.
pub(super) fn write_number(text: &mut Vec<u8>, number: f64, decimals: usize, precision: Precision) {
    let power = POWERS[decimals.min(POWERS.len() - 1)];
    let scaled = (number.abs() * power as f64).round();
    let written = if precision == Precision::Shown && scaled < EXACT {
        let (sign, scaled) = (if number < 0.0 && scaled > 0.0 { "-" } else { "" }, scaled as u64);
        let (whole, mut fraction, mut digits) = (scaled / power, scaled % power, decimals.min(POWERS.len() - 1));
        while fraction != 0 && fraction.is_multiple_of(10) {
            (fraction, digits) = (fraction / 10, digits - 1);
        }
        if fraction == 0 { write!(text, "{sign}{whole}") } else { write!(text, "{sign}{whole}.{fraction:0digits$}") }
    } else if f64::from(number as f32) == number {
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
        write_number(&mut text, number, decimals, precision);
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
