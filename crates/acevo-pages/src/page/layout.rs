//! The macro that declares a struct of the game's header. One declaration produces the struct, its field table and its
//! serde implementation, so they cannot disagree.

use super::field::{EnumType, Field, FieldType};
use super::shape::Shape;

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
/// A member is written `name: type`, then `as Enum` if an `i32` holds one of the game's enums, then `["unit"]`.
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
            /// An all-zero struct, as it is before the game has written anything.
            fn default() -> Self {
                zerocopy::FromZeros::new_zeroed()
            }
        }

        impl $crate::page::shape::Shape for $name {
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
                &[$(<$type as $crate::page::shape::Shape>::MEMBERS,)+];
        }

        #[cfg(feature = "serde")]
        $crate::page::serde::serde_struct!($name { $($field: $type),+ });
    };
}

/// `Some(EnumType::…)` for a member that holds an enum, else `None`.
macro_rules! code {
    () => {
        None
    };
    ($code:ident) => {
        Some($crate::page::field::EnumType::$code)
    };
}

pub(crate) use {code, layout};
