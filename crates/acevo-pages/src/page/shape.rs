//! How a type of the game's header appears in the field table.

use super::field::{Field, FieldType};
use super::text::{Padding, Reserved, Text};

/// Describes a type of the header for the field table.
pub(crate) trait Shape {
    /// Type of one element.
    const TYPE: FieldType;
    /// Total number of elements.
    const COUNT: usize = 1;
    /// Number of elements in the innermost array.
    const ROW: usize = 1;
    /// The fields of a struct; empty for plain values.
    const MEMBERS: &'static [Field] = &[];
    /// For each declared member: its own members if it is a struct, else none.
    const PARTS: &'static [&'static [Field]] = &[];
    /// True for bytes without a meaning, which text output and serde omit.
    const HIDDEN: bool = false;
}

macro_rules! scalar_shapes {
    ($($type:ty => $kind:ident),*) => { $(impl Shape for $type { const TYPE: FieldType = FieldType::$kind; })* };
}
scalar_shapes!(i8 => I8, u8 => U8, i16 => I16, u16 => U16, i32 => I32, u32 => U32, u64 => U64, f32 => F32, bool => Bool);

impl<T: Shape, const N: usize> Shape for [T; N] {
    const TYPE: FieldType = T::TYPE;
    const COUNT: usize = N * T::COUNT;
    const ROW: usize = if T::COUNT == 1 { N } else { T::COUNT };
}

impl<const N: usize> Shape for Text<N> {
    const TYPE: FieldType = FieldType::Text(N);
}

impl<const N: usize> Shape for Reserved<N> {
    const TYPE: FieldType = FieldType::U8;
    const COUNT: usize = N;
    const ROW: usize = N;
    const HIDDEN: bool = true;
}

impl<const N: usize> Shape for Padding<N> {
    const TYPE: FieldType = FieldType::U8;
    const COUNT: usize = N;
    const ROW: usize = N;
    const HIDDEN: bool = true;
}
