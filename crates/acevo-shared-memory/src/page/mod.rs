//! What the bytes are: the three pages byte for byte, their parts, and a table of all fields.
//!
//! Nothing here knows an operating system. Names are those of the game's header, layout and alignment too (`#pragma pack(4)`);
//! padding is declared so that every byte of a page has a name.
//!
//! | page | struct | bytes | written |
//! |---|---|---:|---|
//! | `Local\acevo_pmf_physics` | [`SPageFilePhysics`] | 800 | every physics step (reported: 332-333 Hz) |
//! | `Local\acevo_pmf_graphics` | [`SPageFileGraphicEvo`] | 4900 | every rendered frame |
//! | `Local\acevo_pmf_static` | [`SPageFileStaticEvo`] | 208 | when a session loads |
//!
//! The descriptions say *reported* where projects have measured what the official document does not tell or tells
//! differently, and *disputed* where they contradict each other.

mod field;
mod graphics;
mod layout;
mod parts;
mod physics;
mod plausibility;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "elsewhere sections have names"))]
pub(crate) mod recognition;
mod static_data;
pub(crate) mod text;
#[cfg(feature = "serde")]
mod wire;

use std::fmt;

pub use field::{EnumType, Field, FieldType, List, Value};
pub use graphics::SPageFileGraphicEvo;
pub use parts::{
    SMEvoAssistsState, SMEvoDamageState, SMEvoElectronics, SMEvoInstrumentation, SMEvoPitInfo, SMEvoSessionState,
    SMEvoTimingState, SMEvoTyreState,
};
pub use physics::SPageFilePhysics;
pub use plausibility::Implausible;
pub use static_data::SPageFileStaticEvo;
pub use text::{Padding, Reserved, Text};

/// Which of the three pages.
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
    /// All three.
    pub const ALL: [Self; 3] = [Self::Physics, Self::Graphics, Self::Static];

    /// Name of the page's section without the `Local\` that Windows puts in front; also the name of its file in a directory.
    pub const fn section_name(self) -> &'static str {
        match self {
            Self::Physics => "acevo_pmf_physics",
            Self::Graphics => "acevo_pmf_graphics",
            Self::Static => "acevo_pmf_static",
        }
    }

    /// Bytes of the page as this library knows it.
    pub const fn size(self) -> usize {
        match self {
            Self::Physics => size_of::<SPageFilePhysics>(),
            Self::Graphics => size_of::<SPageFileGraphicEvo>(),
            Self::Static => size_of::<SPageFileStaticEvo>(),
        }
    }

    /// Bytes of the smallest page that any known game has published; a smaller one is of an unknown layout.
    ///
    /// Only the graphics page has grown: it ended before `car_ids`, at 3940 bytes, before game 0.6.
    pub const fn smallest_size(self) -> usize {
        match self {
            Self::Graphics => std::mem::offset_of!(SPageFileGraphicEvo, car_ids),
            other => other.size(),
        }
    }

    /// The fields of the page, in the order of their offsets.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Physics => SPageFilePhysics::FIELDS,
            Self::Graphics => SPageFileGraphicEvo::FIELDS,
            Self::Static => SPageFileStaticEvo::FIELDS,
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

/// One of the three pages. Implemented by [`SPageFilePhysics`], [`SPageFileGraphicEvo`] and [`SPageFileStaticEvo`] only.
///
/// ```
/// use acevo_shared_memory::{Page, SPageFilePhysics, Value};
///
/// let mut page = SPageFilePhysics::default();
/// page.speedKmh = 181.5;
/// page.tyreContactPoint[3] = [1.0, 2.0, 3.0];
/// assert_eq!(page.value("speedKmh"), Some(Value::Float(181.5)));
/// assert_eq!(page.value("tyreContactPoint[3][1]").unwrap().to_string(), "2");
/// assert_eq!(page.value("speedMph"), None);
/// ```
pub trait Page: fmt::Debug + Default + Clone + Copy + PartialEq + Send + Sync + 'static + private::Sealed {
    /// Which page this is.
    const KIND: PageKind;

    /// Every field with its path, offset, type, count, unit and description, in the order of the offsets.
    const FIELDS: &'static [Field];

    /// The page in the bytes of `bytes`, whatever they are.
    ///
    /// Missing bytes count as zero, as in a page of an older game; bytes beyond the known layout are ignored. A `bool` is true
    /// if its byte is not zero. Texts that are not UTF-8 are repaired; see [`Text`].
    fn from_bytes(bytes: &[u8]) -> Self;

    /// The page's bytes, as the game has them but for its bools and texts; see [`from_bytes`](Self::from_bytes).
    fn as_bytes(&self) -> &[u8];

    /// The table's entry for a field.
    fn field(path: &str) -> Option<&'static Field> {
        field::find(Self::FIELDS, path)
    }

    /// A field's value by its path, without allocation. Arrays may be indexed: `wheelSlip[2]`, `car_coordinates[3][1]`.
    ///
    /// Where a field is read often, look it up once with [`field`](Self::field) and use [`Field::read`].
    fn value(&self, path: &str) -> Option<Value<'_>> {
        field::read_path(Self::FIELDS, self.as_bytes(), path)
    }

    /// The fields whose values no game could mean: a sign of an unknown layout, or of a torn or foreign page.
    fn implausible(&self) -> impl Iterator<Item = Implausible> + '_ {
        plausibility::implausible(Self::KIND, self.as_bytes())
    }
}

pub(crate) mod private {
    use std::fmt::Debug;
    use std::sync::Mutex;

    use zerocopy::{FromBytes, Immutable, IntoBytes};

    use crate::capture::Last;
    use crate::mapper::ACEvoSharedMemoryMapper;

    /// Keeps [`Page`](super::Page) to the three pages, and holds what only this crate needs of them.
    pub trait Sealed: Sized {
        /// Room for the page in whole words: what a source copies into.
        type Words: Copy + Debug + Send + FromBytes + IntoBytes + Immutable + AsRef<[u64]> + AsMut<[u64]>;

        /// A page's worth of zeros.
        const ZERO_WORDS: Self::Words;

        /// Offsets of the `bool` fields, the only ones that cannot hold any bits.
        const BOOLS: &'static [usize];

        /// Offsets and sizes of the texts.
        const TEXTS: &'static [(usize, usize)];

        /// The page at the start of `bytes`; `None` where they are too few or not aligned, or a `bool` is
        /// neither 0 nor 1.
        fn checked(bytes: &[u8]) -> Option<&Self>;

        /// Where a mapper keeps what it captured of this page last.
        fn last(mapper: &ACEvoSharedMemoryMapper) -> &Mutex<Last<Self>>
        where
            Self: super::Page;
    }
}

mod declare {
    /// Makes a declared struct one of the three pages: builds its flat field table and lets it be decoded.
    macro_rules! page {
        ($name:ident, $kind:ident, $last:ident) => {
            const _: () = {
                use $crate::page::field::{self, Field};
                use $crate::page::layout::Shape;
                use zerocopy::{IntoBytes, TryFromBytes};

                const MEMBERS: &[Field] = $name::MEMBERS;
                const SIZE: (usize, usize) = field::flat_size(MEMBERS, $name::PARTS);
                const PATHS: &str = match std::str::from_utf8(&field::join_paths::<{ SIZE.1 }>(MEMBERS, $name::PARTS)) {
                    Ok(paths) => paths,
                    Err(_) => panic!("field names are UTF-8"),
                };
                const TABLE: [Field; SIZE.0] = field::flatten(MEMBERS, $name::PARTS, PATHS);
                const BOOLS: [usize; field::count_bools(&TABLE)] = field::bool_offsets(&TABLE);
                const TEXTS: [(usize, usize); field::count_texts(&TABLE)] = field::text_places(&TABLE);
                // Whole blocks of two words: sources copy those.
                const WORDS: usize = size_of::<$name>().div_ceil(16) * 2;

                impl $crate::page::private::Sealed for $name {
                    type Words = [u64; WORDS];
                    const ZERO_WORDS: Self::Words = [0; WORDS];
                    const BOOLS: &'static [usize] = &BOOLS;
                    const TEXTS: &'static [(usize, usize)] = &TEXTS;

                    fn checked(bytes: &[u8]) -> Option<&Self> {
                        Self::try_ref_from_prefix(bytes).ok().map(|(page, _)| page)
                    }

                    fn last(
                        mapper: &$crate::ACEvoSharedMemoryMapper,
                    ) -> &std::sync::Mutex<$crate::capture::Last<Self>> {
                        &mapper.$last
                    }
                }

                impl $crate::page::Page for $name {
                    const KIND: $crate::page::PageKind = $crate::page::PageKind::$kind;
                    const FIELDS: &'static [Field] = &TABLE;

                    fn from_bytes(bytes: &[u8]) -> Self {
                        $crate::decode::decode_bytes(bytes)
                    }

                    fn as_bytes(&self) -> &[u8] {
                        IntoBytes::as_bytes(self)
                    }
                }
            };
        };
    }
    pub(crate) use page;
}
