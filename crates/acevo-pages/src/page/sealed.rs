//! The private half of the trait [`Page`](super::Page): what only this crate needs of a page.

use std::fmt::Debug;

use zerocopy::{FromBytes, Immutable, IntoBytes, TryFromBytes};

use super::graphics::SPageFileGraphicEvo;
use super::physics::SPageFilePhysics;
use super::static_data::SPageFileStaticEvo;
use super::table;

/// Limits [`Page`](super::Page) to the three pages, and describes how to decode them.
pub trait Sealed: Copy + Default {
    /// A buffer of whole words for the page, which sources copy into.
    type Words: Copy + Debug + Send + FromBytes + IntoBytes + Immutable + AsRef<[u64]> + AsMut<[u64]>;

    /// A buffer of zeros.
    const ZERO_WORDS: Self::Words;

    /// Offsets of the `bool` fields, the only fields for which some bit patterns are invalid.
    const BOOLS: &'static [usize];

    /// Offsets and sizes of the text fields.
    const TEXTS: &'static [(usize, usize)];

    /// The page at the start of `bytes`. `None` if there are too few bytes, they are not aligned, or a `bool` is neither 0 nor 1.
    fn checked(bytes: &[u8]) -> Option<&Self>;

    /// Selects this page's value.
    fn select<P: PerPage>(values: &P) -> &P::Value<Self>;
}

/// Three values, one per page, each with the type for its page.
pub trait PerPage {
    /// The type of the value for page `T`.
    type Value<T: Sealed>;

    fn physics(&self) -> &Self::Value<SPageFilePhysics>;
    fn graphics(&self) -> &Self::Value<SPageFileGraphicEvo>;
    fn static_data(&self) -> &Self::Value<SPageFileStaticEvo>;
}

macro_rules! sealed {
    ($name:ident, $table:ident, $select:ident) => {
        const _: () = {
            const BOOLS: [usize; table::count_bools(table::$table)] = table::bool_offsets(table::$table);
            const TEXTS: [(usize, usize); table::count_texts(table::$table)] = table::text_ranges(table::$table);
            // Sources copy blocks of two words.
            const WORDS: usize = size_of::<$name>().div_ceil(16) * 2;

            impl Sealed for $name {
                type Words = [u64; WORDS];
                const ZERO_WORDS: Self::Words = [0; WORDS];
                const BOOLS: &'static [usize] = &BOOLS;
                const TEXTS: &'static [(usize, usize)] = &TEXTS;

                fn checked(bytes: &[u8]) -> Option<&Self> {
                    Self::try_ref_from_prefix(bytes).ok().map(|(page, _)| page)
                }

                fn select<P: PerPage>(values: &P) -> &P::Value<Self> {
                    values.$select()
                }
            }
        };
    };
}
sealed!(SPageFilePhysics, PHYSICS, physics);
sealed!(SPageFileGraphicEvo, GRAPHICS, graphics);
sealed!(SPageFileStaticEvo, STATIC, static_data);
