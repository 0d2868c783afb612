//! Finds differences. Missing bytes count as zeros, as in every page that is read.

use acevo_shared_memory::{Field, PageKind, Value};
use serde::Serialize;

use crate::format::fields::Selected;
use acevo_recording::RawDump;

/// All differences between A and B.
#[derive(Debug, Default)]
pub(super) struct Differences {
    pub(super) fields: Vec<Difference>,
    pub(super) sizes: Vec<(PageKind, [usize; 2])>,
    pub(super) beyond: Vec<(PageKind, Beyond)>,
}

/// A value that differs.
#[derive(Debug)]
pub(super) struct Difference {
    /// Page, path and index.
    pub(super) name: String,
    pub(super) field: Field,
    /// The bytes of the value, in A and in B.
    pub(super) bytes: [Vec<u8>; 2],
    /// True if only the bytes differ: after the end of a text, or for two encodings of `true`.
    pub(super) alike: bool,
}

/// Bytes beyond the known layout that differ.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Beyond {
    pub(super) count: usize,
    /// Offset of the first one in the page.
    pub(super) first: usize,
}

impl Differences {
    /// Compares fields; with `all` also the bytes of equal values.
    pub(super) fn of_fields(a: &RawDump, b: &RawDump, selected: &[Selected], all: bool) -> Self {
        let fields = selected
            .iter()
            .flat_map(|one| one.elements().into_iter().map(move |element| (one.page, element)))
            .filter_map(|(page, (name, field))| {
                let name = format!("{page}.{name}");
                Difference::find(name, field, a.bytes(page), b.bytes(page))
            })
            .filter(|difference| all || !difference.alike)
            .collect();
        Self { fields, ..Self::default() }
    }

    /// Compares sizes, and bytes beyond the known layout.
    pub(super) fn add_sections(&mut self, a: &RawDump, b: &RawDump, page: Option<PageKind>) {
        for kind in PageKind::ALL.into_iter().filter(|kind| page.is_none_or(|page| page == *kind)) {
            let bytes = [a.bytes(kind), b.bytes(kind)];
            let sizes = bytes.map(<[u8]>::len);
            if sizes[0] != sizes[1] {
                self.sizes.push((kind, sizes));
            }
            let byte = |side: usize, at: usize| bytes[side].get(at).copied().unwrap_or_default();
            let mut differing = (kind.size()..sizes[0].max(sizes[1])).filter(|at| byte(0, *at) != byte(1, *at));
            if let Some(first) = differing.next() {
                self.beyond.push((kind, Beyond { count: 1 + differing.count(), first }));
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.sizes.is_empty() && self.beyond.is_empty()
    }
}

impl Difference {
    /// `None` if all bytes are equal.
    fn find(name: String, mut field: Field, a: &[u8], b: &[u8]) -> Option<Self> {
        let bytes = [a, b].map(|page| {
            let mut bytes: Vec<u8> = page.iter().skip(field.offset).take(field.size()).copied().collect();
            bytes.resize(field.size(), 0);
            bytes
        });
        if bytes[0] == bytes[1] {
            return None;
        }
        field.offset = 0;
        let mut difference = Self { name, field, bytes, alike: false };
        difference.alike = match difference.values() {
            [Value::Text(a), Value::Text(b)] => a == b,
            [Value::Bool(a), Value::Bool(b)] => a == b,
            // Floats are compared by their bits.
            _ => false,
        };
        Some(difference)
    }

    /// The value in A and in B.
    pub(super) fn values(&self) -> [Value<'_>; 2] {
        self.bytes.each_ref().map(|bytes| self.field.read(bytes))
    }
}
