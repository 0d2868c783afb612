//! One declaration per struct gives the struct, its field table and its serde implementation, so they cannot disagree.

use super::{Padding, Reserved, Text};
use crate::page::field::{EnumType, Field, FieldType};

/// What a type of the header is to the field table.
pub(crate) trait Shape {
    /// Type of one element.
    const TYPE: FieldType;
    /// Elements altogether.
    const COUNT: usize = 1;
    /// Elements in the innermost array.
    const ROW: usize = 1;
    /// The fields of a part; empty for plain values.
    const MEMBERS: &'static [Field] = &[];
    /// Per declared member: the members of the part it is, or none.
    const PARTS: &'static [&'static [Field]] = &[];
    /// Bytes without a meaning: left out of text and serde.
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

/// The table entry of one declared member, before it is flattened.
pub(crate) const fn member<T: Shape>(
    path: &'static str,
    offset: usize,
    unit: &'static str,
    description: &'static str,
    code: Option<EnumType>,
) -> Field {
    let ty = match code {
        Some(code) => FieldType::Enum(code),
        None => T::TYPE,
    };
    Field {
        path,
        offset,
        ty,
        count: T::COUNT,
        row: T::ROW,
        unit,
        description: description.trim_ascii(),
        hidden: T::HIDDEN,
    }
}

/// Declares a struct of the game's header.
///
/// A member is written `name: type`, then `as Enum` where an `i32` holds one of the game's enums, then `["unit"]`.
/// Offsets come from the compiler and are checked against the header by the golden table test.
macro_rules! layout {
    (
        $(#[doc = $struct_doc:expr])+
        $(#[repr($($repr:tt)+)])?
        pub struct $name:ident {
            $(
                $(#[doc = $doc:expr])+
                $field:ident: $type:ty $(as $code:ident)? $([$unit:literal])?
            ),+ $(,)?
        }
    ) => {
        $(#[doc = $struct_doc])+
        #[derive(
            Debug, Clone, Copy, PartialEq,
            zerocopy::FromZeros, zerocopy::IntoBytes, zerocopy::Immutable, zerocopy::KnownLayout,
        )]
        #[repr(C $(, $($repr)+)?)]
        #[allow(non_snake_case)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                $(#[doc = concat!("\n\nUnit: ", $unit, ".")])?
                $(#[doc = concat!("\n\nValues: [`", stringify!($code), "`](crate::", stringify!($code), ").")])?
                pub $field: $type,
            )+
        }

        impl Default for $name {
            /// The page as it is before the game has written anything: all zero.
            fn default() -> Self {
                zerocopy::FromZeros::new_zeroed()
            }
        }

        impl $crate::page::layout::Shape for $name {
            const TYPE: $crate::page::field::FieldType = $crate::page::field::FieldType::U8;
            const COUNT: usize = size_of::<Self>();
            const MEMBERS: &'static [$crate::page::field::Field] = &[$(
                $crate::page::layout::member::<$type>(
                    stringify!($field),
                    core::mem::offset_of!($name, $field),
                    concat!($($unit)?),
                    concat!($($doc),+),
                    $crate::page::layout::code!($($code)?),
                ),
            )+];
            const PARTS: &'static [&'static [$crate::page::field::Field]] =
                &[$(<$type as $crate::page::layout::Shape>::MEMBERS,)+];
        }

        #[cfg(feature = "serde")]
        $crate::page::wire::serde_struct!($name { $($field: $type),+ });
    };
}

/// `Some(EnumType::…)` for a member that holds an enum, `None` for the others.
macro_rules! code {
    () => {
        None
    };
    ($code:ident) => {
        Some($crate::page::field::EnumType::$code)
    };
}

pub(crate) use {code, layout};
