//! Lines: where they begin and end, and their header.

/// Maximum length of a line in bytes, without its end. The longest measured one has 565 bytes.
pub(crate) const MAX_LINE: usize = 4096;

/// Cuts bytes that come in pieces into lines.
///
/// A line ends with a line feed. Zero bytes separate lines, too: a file has them after a crash, and in binary data that the game writes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    /// Beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    /// True while the rest of a line that is too long is skipped.
    is_skipping: bool,
    /// True after the first line, which can have a byte order mark.
    has_begun: bool,
}

/// What the bytes contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A complete line without its end.
    Line(&'a [u8]),
    /// What comes before a zero byte.
    BeforeZero(&'a [u8]),
    /// A line was too long.
    TooLong,
}

impl Lines {
    /// Calls `each` with every line that is complete now.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(Piece<'_>)) {
        while let Some(end) = memchr::memchr2(b'\n', 0, bytes) {
            let (line, rest) = bytes.split_at(end);
            let (separator, rest) = rest.split_at(1);
            bytes = rest;
            let is_zero = separator == [0];
            if self.partial.is_empty() && !self.is_skipping && line.len() <= MAX_LINE {
                each(self.piece(line, is_zero));
            } else {
                self.keep(line);
                self.end(is_zero, &mut each);
            }
        }
        self.keep(bytes);
    }

    /// Calls `each` with the last line if its end is missing.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(Piece<'_>)) {
        if !self.partial.is_empty() || self.is_skipping {
            self.end(false, &mut each);
        }
    }

    fn end(&mut self, is_zero: bool, each: &mut impl FnMut(Piece<'_>)) {
        let partial = std::mem::take(&mut self.partial);
        if std::mem::take(&mut self.is_skipping) {
            self.has_begun = true;
            each(Piece::TooLong);
        } else {
            each(self.piece(&partial, is_zero));
        }
        self.partial = partial;
        self.partial.clear();
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.is_skipping || self.partial.len() + bytes.len() > MAX_LINE {
            self.is_skipping = true;
            self.partial.clear();
        } else {
            self.partial.extend_from_slice(bytes);
        }
    }

    fn piece<'a>(&mut self, line: &'a [u8], is_zero: bool) -> Piece<'a> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mark = if std::mem::replace(&mut self.has_begun, true) { &b""[..] } else { b"\xef\xbb\xbf" };
        let line = line.strip_prefix(mark).unwrap_or(line);
        if is_zero { Piece::BeforeZero(line) } else { Piece::Line(line) }
    }
}

/// The header of a line and its message: `[time] [tag] [level] message`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Not checked yet.
    pub(crate) time: &'a [u8],
    pub(crate) tag: &'a [u8],
    pub(crate) message: &'a [u8],
}

impl<'a> Line<'a> {
    /// `None` for a line without a header: it continues the line before it.
    pub(crate) fn of(line: &'a [u8]) -> Option<Self> {
        let (time, rest) = bracketed(line)?;
        let (tag, rest) = bracketed(rest)?;
        let (_level, message) = bracketed(rest)?;
        Some(Self { time, tag, message })
    }
}

/// The text in the brackets at the beginning, and what follows.
fn bracketed(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"[")?;
    let end = text.iter().take(40).position(|byte| *byte == b']')?;
    let (inner, rest) = text.split_at(end);
    let rest = rest.strip_prefix(b"]")?;
    Some((inner, rest.strip_prefix(b" ").unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let (mut lines, mut result) = (Lines::default(), Vec::new());
        let mut add = |piece: Piece<'_>| {
            result.push(match piece {
                Piece::Line(line) => String::from_utf8_lossy(line).into_owned(),
                Piece::BeforeZero(line) => format!("{}\\0", String::from_utf8_lossy(line)),
                Piece::TooLong => "too long".to_owned(),
            });
        };
        pieces.iter().for_each(|piece| lines.feed(piece, &mut add));
        lines.finish(&mut add);
        result
    }

    #[test]
    fn lines_feed_accepts_all_ends_of_lines() {
        assert_eq!(lines(&[b"\xef\xbb\xbfa\r\nb\n\nc"]), ["a", "b", "", "c"]);
        assert_eq!(lines(&[b"\xef", b"\xbb\xbfa\r", b"\n", b"b"]), ["a", "b"]);
        assert_eq!(lines(&[b"a\x00\x00", b"\x00b\n\x00"]), ["a\\0", "\\0", "\\0", "b", "\\0"]);
    }

    #[test]
    fn lines_feed_skips_a_line_that_is_too_long_to_its_end() {
        let (fits, long) = ("x".repeat(MAX_LINE), "x".repeat(MAX_LINE + 1));
        let text = format!("{fits}\n{long}\nend\n{long}");
        let expected = [&fits, "too long", "end", "too long"];
        assert_eq!(lines(&[text.as_bytes()]), expected);
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(100).collect();
        assert_eq!(lines(&pieces), expected);
    }

    #[test]
    fn line_of_reads_the_header() {
        let line = Line::of(b"[2026-05-01 20:00:00.000] [gameplay] [info] AI [x] LOADED").unwrap();
        assert_eq!((line.time, line.tag), (&b"2026-05-01 20:00:00.000"[..], &b"gameplay"[..]));
        assert_eq!(line.message, b"AI [x] LOADED");
        for text in ["", " While executing", "[a] [b", "[a] [b] c", "GUID: {1}"] {
            assert_eq!(Line::of(text.as_bytes()), None, "{text}");
        }
    }
}
