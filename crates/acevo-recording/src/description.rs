//! The description at the beginning of a file.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acevo_shared_memory::PageKind;
use serde::{Deserialize, Serialize};

use super::layout::LONGEST_DESCRIPTION;
use super::record::micros;

/// Describes a recording: what is known when it begins. In the file it is a JSON object; missing texts are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Description {
    /// Name and version of the program that wrote the recording.
    pub program: String,
    /// Version of this library.
    pub library: String,
    /// Version of the game, if it was known at the beginning; otherwise see [`Marked::Attached`](super::Marked::Attached).
    pub game_version: String,
    /// Operating system on which it was recorded.
    pub os: String,
    /// The wall clock at the recording's zero, in microseconds since 1970 (UTC).
    pub unix_us: u64,
    /// Bytes of each page in the layout that the library knows. Pages in the recording may be shorter.
    pub page_sizes: PageSizes,
    /// A remark.
    pub note: String,
}

/// Bytes of each page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PageSizes {
    /// Physics.
    pub physics: u32,
    /// Graphics.
    pub graphics: u32,
    /// Static.
    #[serde(rename = "static")]
    pub static_data: u32,
}

impl Description {
    /// The description of a recording that begins now; `program` is the name and version of the program.
    pub fn new(program: impl Into<String>) -> Self {
        let size = |page: PageKind| page.size() as u32;
        Self {
            program: program.into(),
            library: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
            os: std::env::consts::OS.into(),
            unix_us: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, micros),
            page_sizes: PageSizes {
                physics: size(PageKind::Physics),
                graphics: size(PageKind::Graphics),
                static_data: size(PageKind::Static),
            },
            ..Self::default()
        }
    }

    /// The wall clock at a time of the recording; `None` if it is not known.
    pub fn wall_clock(&self, at: Duration) -> Option<SystemTime> {
        let zero = (self.unix_us > 0).then(|| Duration::from_micros(self.unix_us))?;
        UNIX_EPOCH.checked_add(zero.checked_add(at)?)
    }

    /// The JSON text; texts are left out if they are too long.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let write = |description: &Self| serde_json::to_vec(description).unwrap_or_default();
        let json = write(self);
        if json.len() <= LONGEST_DESCRIPTION {
            return json;
        }
        write(&Self { unix_us: self.unix_us, page_sizes: self.page_sizes, ..Self::default() })
    }
}
