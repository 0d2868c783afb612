//! Raw dumps: the exact bytes of the three sections in a text file, for bug reports.
//!
//! The file is JSON, since issue trackers take that and people can look into it:
//!
//! ```text
//! {
//!   "format": "acevo raw dump",
//!   "format_version": 1,
//!   "program_version": "0.1.0",          of the program that wrote it
//!   "system": "linux",                   it ran on
//!   "sm_version": "1.0",                 as the static page tells them
//!   "ac_evo_version": "0.9.1",
//!   "pages": [                           all three, in any order
//!     {
//!       "page": "physics",               or "graphics" or "static"
//!       "section": "acevo_pmf_physics",
//!       "place": "…",                    where it was found
//!       "size": 4096,                    bytes of the section
//!       "known_size": 800,               of which the program knew this many
//!       "packet_id": 1234,
//!       "settled": true,                 false where it never stood still: it may mix two packets
//!       "bytes": ["d2040000…", "…"]      from the first on, two hexadecimal digits each, 64 in a line
//!     }
//!   ]
//! }
//! ```
//!
//! Zeros at the end of a section are left out of `bytes`; `size` tells that they were there. What a reader needs is `format`,
//! `format_version`, and of every page `page`, `size`, `settled` and `bytes`; all else is for people, as are the lengths of the
//! lines. A change that a reader of version 1 would misunderstand gets a new `format_version`.
//!
//! Nothing that is read is trusted: any bytes give a dump of three pages that can be opened, or an error.

mod hex_lines;

use std::env;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, Error, LocalPages, MAX_SECTION_BYTES, Page, PageKind, Publisher, SPageFileStaticEvo,
};
use anyhow::{Context, anyhow, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::format::text::clean;
use crate::output::{is_dash, name_of, print, write_new};

const FORMAT: &str = "acevo raw dump";
const VERSION: u64 = 1;

/// Bytes of the largest file that is read: three of the largest sections need less than 7 MiB.
const LARGEST_FILE: u64 = 16 << 20;

/// What to do about a file that is none of ours, or not any more.
const MAKE_ONE: &str = "make one with `acevo dump --raw FILE`";

/// The three sections at one instant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawDump {
    /// In the order of [`PageKind::ALL`].
    pages: [RawPage; 3],
    sm_version: String,
    ac_evo_version: String,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
struct RawPage {
    place: String,
    settled: bool,
    bytes: Vec<u8>,
}

/// The file.
#[derive(Debug, Serialize, Deserialize)]
struct Document {
    format: String,
    format_version: u64,
    #[serde(skip_deserializing)]
    program_version: &'static str,
    #[serde(skip_deserializing)]
    system: &'static str,
    #[serde(default)]
    sm_version: String,
    #[serde(default)]
    ac_evo_version: String,
    pages: Vec<Entry>,
}

/// A page in the file.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    page: String,
    #[serde(skip_deserializing)]
    section: &'static str,
    #[serde(default)]
    place: String,
    size: usize,
    #[serde(skip_deserializing)]
    known_size: usize,
    #[serde(skip_deserializing)]
    packet_id: i32,
    settled: bool,
    #[serde(with = "hex_lines")]
    bytes: Vec<u8>,
}

/// What is looked at first of all: an unknown version may mean anything by the rest.
#[derive(Debug, Deserialize)]
struct Head {
    format: String,
    format_version: u64,
}

impl RawDump {
    /// Takes the sections as they are now.
    pub(crate) fn of(mapper: &ACEvoSharedMemoryMapper) -> Result<Self, Error> {
        let page = |page| -> Result<RawPage, Error> {
            let raw = mapper.raw_page(page)?;
            Ok(RawPage { place: mapper.location(page), settled: raw.settled, bytes: raw.bytes })
        };
        let pages = [page(PageKind::Physics)?, page(PageKind::Graphics)?, page(PageKind::Static)?];
        let session = SPageFileStaticEvo::from_bytes(&pages[2].bytes);
        Ok(Self {
            pages,
            sm_version: clean(session.sm_version.as_str()),
            ac_evo_version: clean(session.ac_evo_version.as_str()),
        })
    }

    /// All bytes of a section.
    pub(crate) fn bytes(&self, page: PageKind) -> &[u8] {
        &self.pages[page as usize].bytes
    }

    /// True where every section was seen to stand still.
    pub(crate) fn is_settled(&self) -> bool {
        self.pages.iter().all(|page| page.settled)
    }

    /// Sizes and versions, for people.
    pub(crate) fn summary(&self) -> String {
        let sizes = PageKind::ALL.map(|page| format!("{page} {} bytes", self.bytes(page).len())).join(", ");
        let version = |text: &str| if text.is_empty() { "unknown".to_owned() } else { text.to_owned() };
        let (memory, game) = (version(&self.sm_version), version(&self.ac_evo_version));
        format!("{sizes}; shared memory {memory}, game {game}")
    }

    /// The dump as a source like any other, as far as its layout is known.
    pub(crate) fn open(&self) -> Result<ACEvoSharedMemoryMapper, Error> {
        let pages = LocalPages::with_sizes(PageKind::ALL.map(|page| self.bytes(page).len()))?;
        let mut publisher = Publisher::local(&pages);
        for page in PageKind::ALL {
            let bytes = self.bytes(page);
            publisher.publish_bytes(page, &bytes[..bytes.len().min(page.size())])?;
        }
        ACEvoSharedMemoryMapper::open_source(pages)
    }

    /// The text of the file.
    fn to_json(&self) -> anyhow::Result<String> {
        let entry = |page: PageKind| {
            let RawPage { place, settled, bytes } = &self.pages[page as usize];
            let counter = if page == PageKind::Static { None } else { bytes.first_chunk().copied() };
            Entry {
                page: page.to_string(),
                section: page.section_name(),
                place: place.clone(),
                size: bytes.len(),
                known_size: page.size(),
                packet_id: counter.map_or(0, i32::from_le_bytes),
                settled: *settled,
                bytes: bytes.clone(),
            }
        };
        let document = Document {
            format: FORMAT.into(),
            format_version: VERSION,
            program_version: env!("CARGO_PKG_VERSION"),
            system: env::consts::OS,
            sm_version: self.sm_version.clone(),
            ac_evo_version: self.ac_evo_version.clone(),
            pages: PageKind::ALL.map(entry).into(),
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }

    /// Understands the text of a file.
    fn from_json(text: &[u8]) -> anyhow::Result<Self> {
        // Windows' older PowerShell writes so where output is sent to a file, Windows' editors put a mark in front.
        ensure!(
            !text.starts_with(b"\xff\xfe") && !text.starts_with(b"\xfe\xff"),
            "it is UTF-16, as PowerShell writes it: let `acevo dump --raw FILE` write the file, without `>`"
        );
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let unreadable = || format!("it is no raw dump, or was cut or changed: {MAKE_ONE}");
        let head: Head = serde_json::from_slice(text).with_context(unreadable)?;
        ensure!(head.format == FORMAT, "its format is {:?}, not {FORMAT:?}: {MAKE_ONE}", clean(&head.format));
        ensure!(
            head.format_version == VERSION,
            "its format has version {}, and this program reads version {VERSION}: use the program that wrote it, or a newer one",
            head.format_version
        );
        let document: Document = serde_json::from_slice(text).with_context(unreadable)?;
        let mut pages = [const { None }; 3];
        for entry in document.pages {
            let Some(page) = PageKind::ALL.into_iter().find(|page| page.to_string() == entry.page) else {
                bail!("it has a page {:?}, and there are physics, graphics and static only: {MAKE_ONE}", entry.page);
            };
            let place = &mut pages[page as usize];
            ensure!(place.is_none(), "it has the {page} page twice: {MAKE_ONE}");
            *place = Some(RawPage::of(page, entry)?);
        }
        let mut page =
            |page: PageKind| pages[page as usize].take().ok_or_else(|| anyhow!("it has no {page} page: {MAKE_ONE}"));
        Ok(Self {
            pages: [page(PageKind::Physics)?, page(PageKind::Graphics)?, page(PageKind::Static)?],
            sm_version: clean(&document.sm_version),
            ac_evo_version: clean(&document.ac_evo_version),
        })
    }

    /// Reads a file; `-` is the standard input.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let name = name_of(path);
        let read = || {
            let mut text = Vec::new();
            if is_dash(path) {
                io::stdin().lock().take(LARGEST_FILE + 1).read_to_end(&mut text)?;
            } else {
                File::open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut text)?;
            }
            Ok::<_, io::Error>(text)
        };
        let text = read().with_context(|| format!("cannot read {name}"))?;
        if text.len() as u64 > LARGEST_FILE {
            bail!("{name} has more than {} MiB and so is no raw dump: {MAKE_ONE}", LARGEST_FILE >> 20);
        }
        Self::from_json(&text).with_context(|| format!("cannot use {name}"))
    }

    /// Writes a new file; `-` is the standard output. What exists is not touched, and no half of a file stays behind.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = self.to_json()?;
        if is_dash(path) {
            return print(text.as_bytes());
        }
        write_new(path, text.as_bytes())
    }
}

impl RawPage {
    fn of(page: PageKind, entry: Entry) -> anyhow::Result<Self> {
        let Entry { place, size, settled, mut bytes, .. } = entry;
        ensure!(
            (page.smallest_size()..=MAX_SECTION_BYTES).contains(&size),
            "its {page} page has {size} bytes, and {} to {} are possible: {MAKE_ONE}",
            page.smallest_size(),
            MAX_SECTION_BYTES
        );
        ensure!(
            bytes.len() <= size,
            "its {page} page has {} bytes, more than its size of {size}: {MAKE_ONE}",
            bytes.len()
        );
        bytes.resize(size, 0);
        Ok(Self { place: clean(&place), settled, bytes })
    }
}

#[cfg(test)]
mod tests;
