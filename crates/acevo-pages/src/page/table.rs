//! The flat field tables of the three pages, computed at compile time from the declared members.

use super::field::{Field, FieldType};
use super::graphics::SPageFileGraphicEvo;
use super::physics::SPageFilePhysics;
use super::shape::Shape;
use super::static_data::SPageFileStaticEvo;
use super::text::LONGEST;

macro_rules! table {
    ($table:ident, $page:ident) => {
        /// The fields of the page, those of its parts included, ordered by offset.
        pub(super) const $table: &[Field] = {
            const MEMBERS: &[Field] = $page::MEMBERS;
            const SIZE: (usize, usize) = flat_size(MEMBERS, $page::PARTS);
            const PATHS: &str = match std::str::from_utf8(&join_paths::<{ SIZE.1 }>(MEMBERS, $page::PARTS)) {
                Ok(paths) => paths,
                Err(_) => panic!("field names are UTF-8"),
            };
            const FIELDS: [Field; SIZE.0] = flatten(MEMBERS, $page::PARTS, PATHS);
            &FIELDS
        };
    };
}
table!(PHYSICS, SPageFilePhysics);
table!(GRAPHICS, SPageFileGraphicEvo);
table!(STATIC, SPageFileStaticEvo);

/// The number of fields, and the total length of the composed paths, that [`flatten`] produces.
const fn flat_size(members: &[Field], parts: &[&[Field]]) -> (usize, usize) {
    let (mut fields, mut bytes, mut i) = (0, 0, 0);
    while i < members.len() {
        if parts[i].is_empty() {
            fields += 1;
        }
        let mut j = 0;
        while j < parts[i].len() {
            fields += 1;
            bytes += members[i].path.len() + 1 + parts[i][j].path.len();
            j += 1;
        }
        i += 1;
    }
    (fields, bytes)
}

/// Every composed path (`part.field`), one after another.
const fn join_paths<const BYTES: usize>(members: &[Field], parts: &[&[Field]]) -> [u8; BYTES] {
    const fn append<const N: usize>(buffer: &mut [u8; N], at: usize, text: &str) -> usize {
        let mut i = 0;
        while i < text.len() {
            buffer[at + i] = text.as_bytes()[i];
            i += 1;
        }
        at + text.len()
    }
    let mut buffer = [0; BYTES];
    let (mut at, mut i) = (0, 0);
    while i < members.len() {
        let mut j = 0;
        while j < parts[i].len() {
            at = append(&mut buffer, at, members[i].path);
            at = append(&mut buffer, at, ".");
            at = append(&mut buffer, at, parts[i][j].path);
            j += 1;
        }
        i += 1;
    }
    buffer
}

/// The table of a page: its plain members, and the members of its parts with absolute offsets.
const fn flatten<const N: usize>(members: &[Field], parts: &[&[Field]], mut paths: &'static str) -> [Field; N] {
    let mut table = [members[0]; N];
    let (mut at, mut i) = (0, 0);
    while i < members.len() {
        if parts[i].is_empty() {
            table[at] = members[i];
            at += 1;
        }
        let mut j = 0;
        while j < parts[i].len() {
            let (path, rest) = paths.split_at(members[i].path.len() + 1 + parts[i][j].path.len());
            table[at] = Field { path, offset: members[i].offset + parts[i][j].offset, ..parts[i][j] };
            paths = rest;
            at += 1;
            j += 1;
        }
        i += 1;
    }
    table
}

pub(super) const fn count_bools(table: &[Field]) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < table.len() {
        if matches!(table[i].ty, FieldType::Bool) {
            count += table[i].count;
        }
        i += 1;
    }
    count
}

pub(super) const fn count_texts(table: &[Field]) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < table.len() {
        if matches!(table[i].ty, FieldType::Text(_)) {
            count += 1;
        }
        i += 1;
    }
    count
}

/// Offset and size of every text field of a page.
pub(super) const fn text_ranges<const N: usize>(table: &[Field]) -> [(usize, usize); N] {
    let mut ranges = [(0, 0); N];
    let (mut at, mut i) = (0, 0);
    while i < table.len() {
        if let FieldType::Text(size) = table[i].ty {
            assert!(size <= LONGEST && table[i].count == 1);
            ranges[at] = (table[i].offset, size);
            at += 1;
        }
        i += 1;
    }
    ranges
}

/// Offset of every `bool` field of a page.
pub(super) const fn bool_offsets<const N: usize>(table: &[Field]) -> [usize; N] {
    let mut offsets = [0; N];
    let (mut at, mut i) = (0, 0);
    while i < table.len() {
        let mut element = 0;
        while matches!(table[i].ty, FieldType::Bool) && element < table[i].count {
            offsets[at] = table[i].offset + element;
            at += 1;
            element += 1;
        }
        i += 1;
    }
    offsets
}
