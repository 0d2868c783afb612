//! The layout of the three pages: structs that match the game's memory byte for byte, and a table of all fields.
//!
//! Nothing here depends on an operating system. Names, layout and alignment are those of the game's header
//! (`#pragma pack(4)`). Padding is declared, so every byte of a page belongs to a named field.
//!
//! | page | struct | bytes | written |
//! |---|---|---:|---|
//! | `Local\acevo_pmf_physics` | [`SPageFilePhysics`] | 800 | every physics step (reported: 332-333 Hz) |
//! | `Local\acevo_pmf_graphics` | [`SPageFileGraphicEvo`] | 4900 | every rendered frame |
//! | `Local\acevo_pmf_static` | [`SPageFileStaticEvo`] | 208 | when a session loads |
//!
//! Field descriptions use three marks. *Measured*: seen on pages of the real game. *Reported*: measured by other projects
//! where the official document is silent or differs. *Disputed*: the sources contradict each other.

mod field;
mod graphics;
mod kind;
mod layout;
mod parts;
mod physics;
mod plausibility;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "sections have names on other systems"))]
pub(crate) mod recognition;
pub(crate) mod sealed;
#[cfg(feature = "serde")]
mod serde;
mod shape;
mod static_data;
mod table;
pub(crate) mod text;

use std::fmt;

use zerocopy::IntoBytes;

use crate::decode::decode_bytes;

pub use field::{EnumType, Field, FieldType, List, Value};
pub use graphics::SPageFileGraphicEvo;
pub use kind::PageKind;
pub use parts::{
    SMEvoAssistsState, SMEvoDamageState, SMEvoElectronics, SMEvoInstrumentation, SMEvoPitInfo, SMEvoSessionState,
    SMEvoTimingState, SMEvoTyreState,
};
pub use physics::SPageFilePhysics;
pub use plausibility::Implausible;
pub use static_data::SPageFileStaticEvo;
pub use text::{Padding, Reserved, Text};

/// One of the three pages. Implemented only by [`SPageFilePhysics`], [`SPageFileGraphicEvo`] and [`SPageFileStaticEvo`].
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
pub trait Page: fmt::Debug + Default + Clone + Copy + PartialEq + Send + Sync + 'static + sealed::Sealed {
    /// The kind of page.
    const KIND: PageKind;

    /// Every field with its path, offset, type, count, unit and description, ordered by offset.
    const FIELDS: &'static [Field];

    /// Decodes a page from `bytes`. Any bytes are accepted.
    ///
    /// Missing bytes count as zero, as in a page of an older game; bytes beyond the known layout are ignored. A `bool` is true
    /// if its byte is not zero. Texts that are not UTF-8 are repaired; see [`Text`].
    ///
    /// ```
    /// use acevo_shared_memory::{Page, SPageFilePhysics};
    ///
    /// let page = SPageFilePhysics::from_bytes(&7_i32.to_le_bytes());
    /// assert_eq!((page.packetId, page.gas), (7, 0.0));
    /// ```
    fn from_bytes(bytes: &[u8]) -> Self {
        let mut page = Self::default();
        page.assign(bytes);
        page
    }

    /// Replaces this page by the one in `bytes`, as [`from_bytes`](Self::from_bytes) decodes it, and copies it only once.
    fn assign(&mut self, bytes: &[u8]);

    /// The page's bytes. They equal the game's except for bools and texts; see [`from_bytes`](Self::from_bytes).
    fn as_bytes(&self) -> &[u8];

    /// The table entry of the field with this path.
    fn field(path: &str) -> Option<&'static Field> {
        field::find(Self::FIELDS, path)
    }

    /// A field's value by its path, without allocation. Arrays may be indexed: `wheelSlip[2]`, `car_coordinates[3][1]`.
    ///
    /// To read a field often, look it up once with [`field`](Self::field) and use [`Field::read`].
    fn value(&self, path: &str) -> Option<Value<'_>> {
        field::read_path(Self::FIELDS, self.as_bytes(), path)
    }

    /// The fields whose values are outside every plausible range: a sign of an unknown layout, or of a torn or foreign page.
    ///
    /// ```
    /// use acevo_shared_memory::{Page, SPageFilePhysics};
    ///
    /// let page = SPageFilePhysics { gear: 13, ..Default::default() };
    /// let implausible: Vec<_> = page.implausible().map(|value| value.to_string()).collect();
    /// assert_eq!(implausible, ["gear is 13, plausible range is 0 to 12"]);
    /// ```
    fn implausible(&self) -> impl Iterator<Item = Implausible> + '_ {
        plausibility::implausible(Self::KIND, self.as_bytes())
    }
}

macro_rules! page {
    ($name:ident, $kind:ident) => {
        impl Page for $name {
            const KIND: PageKind = PageKind::$kind;
            const FIELDS: &'static [Field] = PageKind::$kind.fields();

            fn assign(&mut self, bytes: &[u8]) {
                decode_bytes(bytes, self);
            }

            fn as_bytes(&self) -> &[u8] {
                IntoBytes::as_bytes(self)
            }
        }
    };
}
page!(SPageFilePhysics, Physics);
page!(SPageFileGraphicEvo, Graphics);
page!(SPageFileStaticEvo, Static);
