//! The three pages, with their names, sizes and fields.

use std::fmt;

use super::field::Field;
use super::graphics::SPageFileGraphicEvo;
use super::physics::SPageFilePhysics;
use super::static_data::SPageFileStaticEvo;
use super::table;

/// One of the three pages, as a value.
///
/// ```
/// use acevo_shared_memory::PageKind;
///
/// let sizes = PageKind::ALL.map(|page| format!("{page}: {} bytes", page.size()));
/// assert_eq!(sizes, ["physics: 800 bytes", "graphics: 4900 bytes", "static: 208 bytes"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageKind {
    /// [`SPageFilePhysics`]
    Physics,
    /// [`SPageFileGraphicEvo`]
    Graphics,
    /// [`SPageFileStaticEvo`]
    Static,
}

impl PageKind {
    /// All three pages.
    pub const ALL: [Self; 3] = [Self::Physics, Self::Graphics, Self::Static];

    /// Name of the page's section without the prefix `Local\` of Windows; also the name of its file in a directory.
    pub const fn section_name(self) -> &'static str {
        match self {
            Self::Physics => "acevo_pmf_physics",
            Self::Graphics => "acevo_pmf_graphics",
            Self::Static => "acevo_pmf_static",
        }
    }

    /// Size of the layout that this library reads, in bytes.
    pub const fn size(self) -> usize {
        match self {
            Self::Physics => size_of::<SPageFilePhysics>(),
            Self::Graphics => size_of::<SPageFileGraphicEvo>(),
            Self::Static => size_of::<SPageFileStaticEvo>(),
        }
    }

    /// Size of the smallest layout that any known version of the game has published, in bytes. A smaller page has an unknown
    /// layout.
    ///
    /// Only the graphics page has grown: before game 0.6 it ended before `car_ids`, at 3940 bytes.
    pub const fn smallest_size(self) -> usize {
        match self {
            Self::Graphics => std::mem::offset_of!(SPageFileGraphicEvo, car_ids),
            other => other.size(),
        }
    }

    /// The fields of the page, ordered by offset.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Physics => table::PHYSICS,
            Self::Graphics => table::GRAPHICS,
            Self::Static => table::STATIC,
        }
    }
}

impl fmt::Display for PageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Physics => "physics",
            Self::Graphics => "graphics",
            Self::Static => "static",
        })
    }
}
