//! Raw dumps: the exact bytes of the three sections in a text file, for bug reports.
//!
//! The file is JSON, which issue trackers accept and people can read:
//!
//! ```text
//! {
//!   "format": "acevo raw dump",
//!   "format_version": 1,
//!   "program_version": "0.1.0",          of the program that wrote it
//!   "system": "linux",                   operating system of that program
//!   "sm_version": "1.0",                 from the static page
//!   "ac_evo_version": "0.9.1",
//!   "pages": [                           all three, in any order
//!     {
//!       "page": "physics",               or "graphics" or "static"
//!       "section": "acevo_pmf_physics",
//!       "place": "…",                    where the section was found
//!       "size": 4096,                    bytes of the section
//!       "known_size": 800,               bytes with a layout that the program knew
//!       "packet_id": 1234,
//!       "settled": true,                 false if the page may mix two packets
//!       "bytes": ["d2040000…", "…"]      hexadecimal, 64 bytes in a line
//!     }
//!   ]
//! }
//! ```
//!
//! Zeros at the end of a section are left out of `bytes`; `size` includes them. A reader needs `format`, `format_version`, and of every
//! page `page`, `size`, `settled` and `bytes`. The other fields and the length of the lines are informative only. A change that a reader of
//! version 1 would misunderstand gets a new `format_version`.
//!
//! Files are not trusted: any bytes give a dump of three pages that can be opened, or an error.

mod hex_lines;

use std::env;
use std::io::{self, Read};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, Error, LocalPages, MAX_SECTION_BYTES, Page, PageKind, Publisher, SPageFileStaticEvo,
};
use acevo_telemetry::clean_text;
use serde::{Deserialize, Serialize};

const FORMAT: &str = "acevo raw dump";
const VERSION: u64 = 1;

/// Bytes of the largest file that is read. Three of the largest sections need less than 7 MiB.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Why a raw dump cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RawDumpError {
    /// The operating system reported an error.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// The file is too large.
    #[error("it has more than {} MiB and is not a raw dump: {MAKE_ONE}", MAX_FILE_BYTES >> 20)]
    TooLarge,
    /// The text is UTF-16.
    #[error("it is UTF-16, as PowerShell writes it: let `acevo dump --raw FILE` write the file, without `>`")]
    Utf16,
    /// The text is not the JSON of a raw dump.
    #[error("it is not a raw dump, or it was cut or changed: {MAKE_ONE}")]
    Json(#[from] serde_json::Error),
    /// The file has another format.
    #[error("its format is {0:?}, not {FORMAT:?}: {MAKE_ONE}")]
    Format(String),
    /// The file has another version of the format.
    #[error(
        "its format has version {0}, and this program reads version {VERSION}: use the program that wrote it, or a newer one"
    )]
    Version(u64),
    /// A page is not one of the three.
    #[error("it has a page {0:?}, and there are physics, graphics and static only: {MAKE_ONE}")]
    UnknownPage(String),
    /// A page is there twice.
    #[error("it has the {0} page twice: {MAKE_ONE}")]
    DuplicatePage(PageKind),
    /// A page is missing.
    #[error("it has no {0} page: {MAKE_ONE}")]
    MissingPage(PageKind),
    /// A page has a size that is not possible.
    #[error(
        "its {page} page has {size} bytes, and {} to {} are possible: {MAKE_ONE}",
        page.smallest_size(),
        MAX_SECTION_BYTES
    )]
    PageSize {
        /// The page.
        page: PageKind,
        /// Its size in bytes.
        size: usize,
    },
    /// A page has more bytes than its size.
    #[error("its {page} page has {bytes} bytes, more than its size of {size}: {MAKE_ONE}")]
    TooManyBytes {
        /// The page.
        page: PageKind,
        /// Number of its bytes.
        bytes: usize,
        /// Its size in bytes.
        size: usize,
    },
}

/// Advice for a file that cannot be used.
const MAKE_ONE: &str = "make one with `acevo dump --raw FILE`";

/// The exact bytes of the three sections at one instant, as a file for bug reports.
///
/// The file is JSON; the source of this module describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct RawDump {
    /// In the order of [`PageKind::ALL`].
    pages: [RawPage; 3],
    sm_version: String,
    ac_evo_version: String,
}

/// The bytes of one section.
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

/// Format and version, which are checked first: an unknown version may have other fields.
#[derive(Debug, Deserialize)]
struct Head {
    format: String,
    format_version: u64,
}

impl RawDump {
    /// Reads the sections of a game.
    ///
    /// # Errors
    /// As [`ACEvoSharedMemoryMapper::raw_page`].
    pub fn of(mapper: &ACEvoSharedMemoryMapper) -> Result<Self, Error> {
        let page = |page| -> Result<RawPage, Error> {
            let raw = mapper.raw_page(page)?;
            Ok(RawPage { place: mapper.location(page), settled: raw.settled, bytes: raw.bytes })
        };
        let pages = [page(PageKind::Physics)?, page(PageKind::Graphics)?, page(PageKind::Static)?];
        let session = SPageFileStaticEvo::from_bytes(&pages[2].bytes);
        Ok(Self {
            pages,
            sm_version: clean_text(session.sm_version.as_str()),
            ac_evo_version: clean_text(session.ac_evo_version.as_str()),
        })
    }

    /// All bytes of a section.
    pub fn bytes(&self, page: PageKind) -> &[u8] {
        &self.pages[page as usize].bytes
    }

    /// True if no section may mix two packets.
    pub fn is_settled(&self) -> bool {
        self.pages.iter().all(|page| page.settled)
    }

    /// Changes the texts about where the sections were found. They can contain names of folders and users.
    pub fn change_places(&mut self, change: impl Fn(&str) -> String) {
        for page in &mut self.pages {
            page.place = change(&page.place);
        }
    }

    /// Human-readable sizes and versions, on one line.
    pub fn summary(&self) -> String {
        let sizes = PageKind::ALL.map(|page| format!("{page} {} bytes", self.bytes(page).len())).join(", ");
        let version = |text: &str| if text.is_empty() { "unknown".to_owned() } else { text.to_owned() };
        let (memory, game) = (version(&self.sm_version), version(&self.ac_evo_version));
        format!("{sizes}; shared memory {memory}, game {game}")
    }

    /// Opens the dump like the pages of a game. Bytes beyond the known layout are left out.
    ///
    /// # Errors
    /// [`Error`], if the sizes are not possible.
    pub fn open(&self) -> Result<ACEvoSharedMemoryMapper, Error> {
        let pages = LocalPages::with_sizes(PageKind::ALL.map(|page| self.bytes(page).len()))?;
        let mut publisher = Publisher::local(&pages);
        for page in PageKind::ALL {
            let bytes = self.bytes(page);
            publisher.publish_bytes(page, &bytes[..bytes.len().min(page.size())])?;
        }
        ACEvoSharedMemoryMapper::open_source(pages)
    }

    /// The text of the file.
    ///
    /// # Errors
    /// [`RawDumpError::Json`].
    pub fn to_json(&self) -> Result<String, RawDumpError> {
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

    /// Parses the text of a file.
    ///
    /// # Errors
    /// [`RawDumpError`].
    pub fn from_json(text: &[u8]) -> Result<Self, RawDumpError> {
        // Older versions of PowerShell write UTF-16 for `>`, and editors on Windows put a byte order mark in front.
        if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
            return Err(RawDumpError::Utf16);
        }
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let head: Head = serde_json::from_slice(text)?;
        if head.format != FORMAT {
            return Err(RawDumpError::Format(clean_text(&head.format)));
        }
        if head.format_version != VERSION {
            return Err(RawDumpError::Version(head.format_version));
        }
        let document: Document = serde_json::from_slice(text)?;
        let mut pages = [const { None }; 3];
        for entry in document.pages {
            let Some(page) = PageKind::ALL.into_iter().find(|page| page.to_string() == entry.page) else {
                return Err(RawDumpError::UnknownPage(entry.page));
            };
            let place = &mut pages[page as usize];
            if place.is_some() {
                return Err(RawDumpError::DuplicatePage(page));
            }
            *place = Some(RawPage::of(page, entry)?);
        }
        let mut page = |page: PageKind| pages[page as usize].take().ok_or(RawDumpError::MissingPage(page));
        Ok(Self {
            pages: [page(PageKind::Physics)?, page(PageKind::Graphics)?, page(PageKind::Static)?],
            sm_version: clean_text(&document.sm_version),
            ac_evo_version: clean_text(&document.ac_evo_version),
        })
    }

    /// Reads the text of a file from an input.
    ///
    /// # Errors
    /// [`RawDumpError`].
    pub fn read(input: impl Read) -> Result<Self, RawDumpError> {
        let mut text = Vec::new();
        input.take(MAX_FILE_BYTES + 1).read_to_end(&mut text)?;
        if text.len() as u64 > MAX_FILE_BYTES {
            return Err(RawDumpError::TooLarge);
        }
        Self::from_json(&text)
    }
}

impl RawPage {
    fn of(page: PageKind, entry: Entry) -> Result<Self, RawDumpError> {
        let Entry { place, size, settled, mut bytes, .. } = entry;
        if !(page.smallest_size()..=MAX_SECTION_BYTES).contains(&size) {
            return Err(RawDumpError::PageSize { page, size });
        }
        if bytes.len() > size {
            return Err(RawDumpError::TooManyBytes { page, bytes: bytes.len(), size });
        }
        bytes.resize(size, 0);
        Ok(Self { place: clean_text(&place), settled, bytes })
    }
}

#[cfg(test)]
mod tests;
