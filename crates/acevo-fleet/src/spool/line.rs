//! The lines of a segment: checksum, number, time, topic and text.

/// An entry of a spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1. Later entries have greater ones.
    pub number: u64,
    /// Milliseconds since 1970 at which it was made.
    pub unix_ms: u64,
    /// The last level of its topic, such as `lap`.
    pub topic: String,
    /// The message, without the end of a line.
    pub text: String,
}

/// The line of an entry. Ends of lines in its texts become spaces.
pub(super) fn format_line(entry: &Entry) -> String {
    let Entry { number, unix_ms, topic, text } = entry;
    let topic = topic.replace(|letter: char| letter.is_whitespace(), "_");
    let text = text.replace(['\n', '\r'], " ");
    let content = format!("{number} {unix_ms} {topic} {text}");
    format!("{:08x} {content}\n", crc32fast::hash(content.as_bytes()))
}

/// The entry of a complete line with the right checksum.
pub(super) fn parse_line(line: &[u8]) -> Option<Entry> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (checksum, content) = line.split_once(' ')?;
    if checksum.len() != 8 || u32::from_str_radix(checksum, 16) != Ok(crc32fast::hash(content.as_bytes())) {
        return None;
    }
    let mut parts = content.splitn(4, ' ');
    let mut next = || parts.next();
    let (number, unix_ms) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let (topic, text) = (next()?.to_owned(), next()?.to_owned());
    // Numbers are counted on: none may be near the end of their range.
    (number > 0 && number < u64::MAX / 2).then_some(Entry { number, unix_ms, topic, text })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parse_line_returns_what_was_formatted(number in 1u64..1 << 60, unix_ms: u64, text in "[^\r\n]{0,100}") {
            let entry = Entry { number, unix_ms, topic: "lap".into(), text };
            prop_assert_eq!(parse_line(format_line(&entry).as_bytes()), Some(entry));
        }

        #[test]
        fn parse_line_refuses_a_line_with_a_changed_bit(text in "[a-z ]{0,40}", at: usize, bit in 0u8..8) {
            let mut line = format_line(&Entry { number: 7, unix_ms: 1, topic: "lap".into(), text }).into_bytes();
            let at = at % line.len();
            line[at] ^= 1 << bit;
            // A checksum may have digits of either case.
            let is_case = at < 8 && bit == 5;
            prop_assert!(is_case || parse_line(&line).is_none());
        }

        #[test]
        fn parse_line_of_any_bytes_does_not_panic(line: Vec<u8>) {
            let _ = parse_line(&line);
        }
    }
}
