//! Reading the parts of a message one after the other.

use acevo_shared_memory::CarId;

/// What has not been read of a message. Each method returns `None` if the message continues differently.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan<'a>(pub(crate) &'a [u8]);

impl<'a> Scan<'a> {
    /// Reads this text.
    pub(crate) fn text(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text.as_bytes())?;
        Some(())
    }

    /// True if it continues with this text, which is then read.
    pub(crate) fn is(&mut self, text: &str) -> bool {
        self.text(text).is_some()
    }

    /// Reads up to this text, and the text.
    pub(crate) fn until(&mut self, text: &str) -> Option<&'a [u8]> {
        let at = memchr::memmem::find(self.0, text.as_bytes())?;
        let found = self.0.get(..at)?;
        self.0 = self.0.get(at + text.len()..)?;
        Some(found)
    }

    /// Reads while bytes fulfil a condition.
    pub(crate) fn while_(&mut self, condition: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|byte| !condition(*byte)).unwrap_or(self.0.len());
        let (found, rest) = self.0.split_at(end);
        self.0 = rest;
        found
    }

    /// Reads the id of a car: 32 hexadecimal digits with a dash in the middle, or with four, as other programs write UUIDs.
    pub(crate) fn car(&mut self) -> Option<CarId> {
        let text = self.while_(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        let (mut value, mut digits, mut dashes) = (0_u128, 0, 0);
        for byte in text {
            match char::from(*byte).to_digit(16) {
                Some(digit) if digits < 32 => (value, digits) = (value << 4 | u128::from(digit), digits + 1),
                None if dashes < 4 => dashes += 1,
                _ => return None,
            }
        }
        let id = CarId((value >> 64) as u64, value as u64);
        (digits == 32 && !id.is_none()).then_some(id)
    }

    /// Reads a number without a sign.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        let digits = self.while_(|byte| byte.is_ascii_digit());
        str::from_utf8(digits).ok()?.parse().ok()
    }

    /// Reads a finite number.
    pub(crate) fn f32(&mut self) -> Option<f32> {
        let digits = self.while_(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e'));
        str::from_utf8(digits).ok()?.parse().ok().filter(|number: &f32| number.is_finite())
    }

    /// Reads `0`, `1`, `false` or `true`.
    pub(crate) fn flag(&mut self) -> Option<bool> {
        match self.while_(|byte| byte.is_ascii_alphanumeric()) {
            b"1" | b"true" => Some(true),
            b"0" | b"false" => Some(false),
            _ => None,
        }
    }

    /// Reads a duration such as `01:23.456` or `1:01:23.456`, in milliseconds.
    pub(crate) fn duration_ms(&mut self) -> Option<u32> {
        let mut seconds = self.u32()?;
        let mut parts = 1;
        while self.is(":") {
            parts += 1;
            let next = self.u32().filter(|next| *next < 60)?;
            seconds = seconds.checked_mul(60)?.checked_add(next)?;
        }
        self.text(".")?;
        let digits = self.0;
        let fraction = self.u32()?;
        if !(2..=3).contains(&parts) || digits.len() - self.0.len() != 3 {
            return None;
        }
        seconds.checked_mul(1000)?.checked_add(fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn car_accepts_both_forms_of_an_id() {
        let id = Some(CarId(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210));
        assert_eq!(Scan(b"0123456789abcdef-fedcba9876543210: x").car(), id);
        assert_eq!(Scan(b"01234567-89ab-cdef-fedc-ba9876543210").car(), id);
        for wrong in ["", "0123456789abcdef", "00000000-0000-0000-0000-000000000000", "xyz"] {
            assert_eq!(Scan(wrong.as_bytes()).car(), None, "{wrong}");
        }
        assert_eq!(Scan("0".repeat(40).as_bytes()).car(), None);
    }

    #[test]
    fn duration_ms_accepts_minutes_and_hours() {
        assert_eq!(Scan(b"01:23.456").duration_ms(), Some(83_456));
        assert_eq!(Scan(b"1:01:23.456").duration_ms(), Some(3_683_456));
        assert_eq!(Scan(b"75:00.000").duration_ms(), Some(4_500_000));
        for wrong in ["", "23.456", "01:60.000", "01:23", "01:23.45", "1:1:1:1.000", "99999999:00.000", "01:-1.000"] {
            assert_eq!(Scan(wrong.as_bytes()).duration_ms(), None, "{wrong}");
        }
    }
}
