//! Hostile values, names and pages.

use acevo_shared_memory::{Field, FieldType, PageKind};
use fastrand::Rng;

/// What makes a page hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Malice {
    /// Random bytes, most of the time with a live status.
    Bytes,
    /// NaN, infinities, denormals and extreme numbers in some fields.
    Numbers,
    /// Counters, times and numbers of laps at the ends of their types, and backwards.
    Counters,
    /// Hostile names in all texts.
    Names,
}

impl Malice {
    /// All kinds.
    pub(crate) const ALL: [Self; 4] = [Self::Bytes, Self::Numbers, Self::Counters, Self::Names];
}

/// A random element.
pub(crate) fn one_of<T: Copy>(rng: &mut Rng, items: &[T]) -> T {
    items[rng.usize(..items.len())]
}

/// True with this probability in percent.
pub(crate) fn chance(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}

/// Random bytes.
pub(crate) fn bytes(rng: &mut Rng, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rng.fill(&mut bytes);
    bytes
}

/// An integer that is likely to break arithmetic.
pub(crate) fn integer(rng: &mut Rng) -> u64 {
    let ends = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
    match rng.u32(..5) {
        0 => rng.u64(..),
        1 => rng.u64(..1000),
        2 => u64::MAX - rng.u64(..3),
        3 => (1 << 63) - rng.u64(..2),
        _ => one_of(rng, &ends),
    }
}

fn float(rng: &mut Rng) -> f32 {
    let special = [
        f32::NAN,
        -f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        f32::MIN,
        f32::MIN_POSITIVE,
        f32::from_bits(1),
        f32::from_bits(0x7fa0_0001),
        0.0,
        -0.0,
        1.0,
        -1.0,
        16_777_217.0,
        2_147_483_648.0,
        9.3e18,
    ];
    if chance(rng, 80) { one_of(rng, &special) } else { f32::from_bits(rng.u32(..)) }
}

/// A hostile text: it controls terminals, reorders text, is a formula, a path, markup, or is long.
pub(crate) fn name(rng: &mut Rng) -> String {
    let fixed = [
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "\u{9b}31mred\u{9d}0;title\u{9c}",
        "\u{202e}gnp.exe",
        "\u{2066}isolated\u{2069}\u{200f}",
        "\u{61c}\u{e0041}\u{e0042}\u{e007f}tags",
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "+1-2",
        "-2+3",
        "../../../etc/passwd",
        "/dev/sda",
        "..",
        ".",
        "CON",
        "nul.txt",
        "C:\\windows\\system32",
        "a/b\\c:d*e?f\"g<h>i|j",
        "<img src=x onerror=alert(1)>",
        "\"><script>alert(1)</script>",
        "{{7*7}}${7*7}",
        "']);DROP TABLE laps;--",
        "\r\nSet-Cookie: a=b\r\n\r\n",
        "new\nline\ttab\rreturn",
        "\u{feff}mark\u{fffe}\u{ffff}",
        "\u{1f3ce}\u{fe0f}\u{200d}\u{1f468}",
        "\u{85}\u{2028}\u{2029}",
        "%s%n%x%p",
        "$(reboot)`reboot`",
        "~",
        " ",
        "\u{7f}\u{8}\u{8}\u{8}",
        "ffi\u{fb03}\u{130}\u{131}ß",
    ];
    match rng.u32(..8) {
        0 => format!("a{}", "\u{301}\u{336}".repeat(rng.usize(1..3000))),
        1 => "\u{4e00}".repeat(rng.usize(1..200)),
        2 => "x".repeat(rng.usize(1..5000)),
        3 => (0..rng.usize(..40)).map(|_| rng.char(..)).collect(),
        _ => one_of(rng, &fixed).to_owned(),
    }
}

/// The bytes of a text field: a hostile name, cut anywhere, with or without an end, or bytes that are not UTF-8.
fn text(rng: &mut Rng, length: usize) -> Vec<u8> {
    let mut text = if chance(rng, 85) { name(rng).into_bytes() } else { bytes(rng, length) };
    text.truncate(length);
    let end = if chance(rng, 80) { 0 } else { rng.u8(..) };
    text.resize(length, end);
    text
}

/// Changes a page, which has the size of its kind.
pub(crate) fn spoil(rng: &mut Rng, page: PageKind, bytes: &mut [u8], malice: Malice) {
    match malice {
        Malice::Bytes => {
            let status = status_field(page);
            rng.fill(bytes);
            if let Some(field) = status.filter(|_| chance(rng, 80)) {
                set(bytes, field.offset, &2_i32.to_le_bytes());
            }
        }
        Malice::Numbers => {
            for _ in 0..rng.usize(1..40) {
                let field = &page.fields()[rng.usize(..page.fields().len())];
                spoil_number(rng, field, bytes);
            }
        }
        Malice::Counters => {
            for field in page.fields().iter().filter(|field| is_counter(field)) {
                if chance(rng, 30) {
                    spoil_number(rng, field, bytes);
                }
            }
        }
        Malice::Names => {
            for field in page.fields() {
                if let FieldType::Text(length) = field.ty {
                    (0..field.count).for_each(|index| set(bytes, field.offset + index * length, &text(rng, length)));
                }
            }
        }
    }
}

/// The field with the status of the game: live, paused, replay.
fn status_field(page: PageKind) -> Option<&'static Field> {
    page.fields().iter().find(|field| field.path == "status")
}

fn is_counter(field: &Field) -> bool {
    let is_whole =
        matches!(field.ty, FieldType::I32 | FieldType::U32 | FieldType::I16 | FieldType::U16 | FieldType::U8);
    let path = field.path.to_ascii_lowercase();
    is_whole
        && ["packet", "lap", "time", "count", "index", "sector", "id", "position", "session"]
            .iter()
            .any(|it| path.contains(it))
}

/// Replaces one element of a field, or all of them.
fn spoil_number(rng: &mut Rng, field: &Field, bytes: &mut [u8]) {
    let size = field.ty.size();
    let chosen = chance(rng, 70).then(|| rng.usize(..field.count.max(1)));
    for index in 0..field.count {
        if chosen.is_some_and(|chosen| chosen != index) {
            continue;
        }
        let value = match field.ty {
            FieldType::F32 => float(rng).to_le_bytes().to_vec(),
            FieldType::Text(length) => text(rng, length),
            _ => integer(rng).to_le_bytes()[..size.min(8)].to_vec(),
        };
        set(bytes, field.offset + index * size, &value);
    }
}

fn set(bytes: &mut [u8], offset: usize, value: &[u8]) {
    if let Some(place) = bytes.get_mut(offset..offset + value.len()) {
        place.copy_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoil_changes_every_page_and_keeps_its_size() {
        for seed in 0..50 {
            for (page, malice) in PageKind::ALL.iter().flat_map(|page| Malice::ALL.map(|malice| (*page, malice))) {
                let mut bytes = vec![0; page.size()];
                spoil(&mut Rng::with_seed(seed), page, &mut bytes, malice);
                assert_eq!(bytes.len(), page.size());
            }
        }
    }

    #[test]
    fn equal_seeds_spoil_equally() {
        let spoiled = |seed| {
            let (mut rng, mut bytes) = (Rng::with_seed(seed), vec![0; PageKind::Graphics.size()]);
            for malice in Malice::ALL {
                spoil(&mut rng, PageKind::Graphics, &mut bytes, malice);
            }
            bytes
        };
        assert_eq!(spoiled(7), spoiled(7));
        assert_ne!(spoiled(7), spoiled(8));
    }

    #[test]
    fn status_field_is_on_the_graphics_page() {
        assert!(status_field(PageKind::Graphics).is_some());
    }
}
