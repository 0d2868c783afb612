//! Headers of resumable uploads. `docs/collect.md` of the repository describes the protocol.

/// Number of bytes that the receiver has, or at which a part begins.
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// `?1` if the receiver has everything, or if the content of a request is the rest; else `?0`.
pub const UPLOAD_COMPLETE: &str = "upload-complete";

/// Number of bytes of the whole file.
pub const UPLOAD_LENGTH: &str = "upload-length";

/// Digest of the whole file (RFC 9530).
pub const REPR_DIGEST: &str = "repr-digest";

/// Content type of a part.
pub const PARTIAL_UPLOAD: &str = "application/partial-upload";

/// A number of bytes in a header: digits only.
///
/// ```
/// assert_eq!(acevo_fleet::wire::byte_count("1048576"), Some(1 << 20));
/// assert_eq!(acevo_fleet::wire::byte_count("+1"), None);
/// ```
pub fn byte_count(value: &str) -> Option<u64> {
    // Structured fields have at most 15 digits.
    let is_number = !value.is_empty() && value.len() <= 15 && value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| is_number)
}

/// A switch in a header: `?1` or `?0`.
pub fn switch(value: &str) -> Option<bool> {
    match value {
        "?1" => Some(true),
        "?0" => Some(false),
        _ => None,
    }
}

/// The value of a switch in a header.
pub const fn switch_text(is_on: bool) -> &'static str {
    if is_on { "?1" } else { "?0" }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn byte_count_reads_digits_only(number in 0_u64..1_000_000_000_000_000, text: String) {
            prop_assert_eq!(byte_count(&number.to_string()), Some(number));
            let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 15;
            prop_assert_eq!(byte_count(&text).is_some(), is_digits);
            let _ = switch(&text);
        }
    }
}
