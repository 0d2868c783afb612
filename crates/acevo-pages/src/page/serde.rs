//! serde support for the pages: field names are keys, texts are strings, filler is omitted.
//!
//! It is written by hand because the derive macros cannot handle arrays of 60, NaN (`null` in JSON) and packed structs.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeSeq, SerializeTuple, Serializer};

use super::field::{List, Value};
use super::text::{Padding, Reserved, Text};

/// Serialises and deserialises the type of a page's member, including types that serde does not support.
pub(crate) trait SerdeField: Copy {
    const ZERO: Self;

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Adapts a [`SerdeField`] to serde's traits.
pub(crate) struct AsSerde<T>(pub(crate) T);

impl<T: SerdeField> Serialize for AsSerde<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<'de, T: SerdeField> Deserialize<'de> for AsSerde<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

macro_rules! serde_field {
    ($($type:ty = $zero:expr),*) => { $(
        impl $crate::page::serde::SerdeField for $type {
            const ZERO: Self = $zero;

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }
    )* };
}
serde_field!(bool = false, i8 = 0, u8 = 0, i16 = 0, u16 = 0, i32 = 0, u32 = 0, u64 = 0);

impl SerdeField for f32 {
    const ZERO: Self = 0.0;

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f32(*self)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = f32;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or null for NaN")
            }
            fn visit_f64<E>(self, number: f64) -> Result<f32, E> {
                Ok(number as f32)
            }
            fn visit_i64<E>(self, number: i64) -> Result<f32, E> {
                Ok(number as f32)
            }
            fn visit_u64<E>(self, number: u64) -> Result<f32, E> {
                Ok(number as f32)
            }
            // JSON has no NaN and no infinities. They are written as null, and null is read as NaN.
            fn visit_unit<E>(self) -> Result<f32, E> {
                Ok(f32::NAN)
            }
            fn visit_none<E>(self) -> Result<f32, E> {
                Ok(f32::NAN)
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Number)
        } else {
            Self::deserialize(deserializer)
        }
    }
}

impl<const N: usize> SerdeField for Text<N> {
    const ZERO: Self = Self::ZERO;

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The lossy text could be too long for the array when it is read back.
        serializer.serialize_str(self.as_str())
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(Cow::<str>::deserialize(deserializer)?.as_ref()))
    }
}

impl<const N: usize> Serialize for Text<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write(serializer)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Text<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

impl<T: SerdeField, const N: usize> SerdeField for [T; N] {
    const ZERO: Self = [T::ZERO; N];

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(N)?;
        for element in self {
            tuple.serialize_element(&AsSerde(*element))?;
        }
        tuple.end()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T, const N: usize>(PhantomData<T>);
        impl<'de, T: SerdeField, const N: usize> Visitor<'de> for Elements<T, N> {
            type Value = [T; N];

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{N} elements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = [T::ZERO; N];
                for (index, element) in elements.iter_mut().enumerate() {
                    AsSerde(*element) = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(index, &self))?;
                }
                Ok(elements)
            }
        }
        deserializer.deserialize_tuple(N, Elements(PhantomData))
    }
}

macro_rules! skipped_field {
    ($($name:ident),*) => { $(
        /// Never called: serde does not see filler.
        impl<const N: usize> SerdeField for $name<N> {
            const ZERO: Self = Self([0; N]);

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_unit()
            }

            fn read<'de, D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
                Ok(Self::ZERO)
            }
        }
    )* };
}
skipped_field!(Padding, Reserved);

impl Serialize for Value<'_> {
    /// Serialises numbers, texts and arrays as such, and an enum as its number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::UInt(value) => serializer.serialize_u64(*value),
            Self::Float(value) => serializer.serialize_f32(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Enum(value, _) => serializer.serialize_i32(*value),
            Self::List(list) => list.serialize(serializer),
        }
    }
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.len()))?;
        for value in self.iter() {
            seq.serialize_element(&value)?;
        }
        seq.end()
    }
}

/// Implements `Serialize`, `Deserialize` and [`SerdeField`] for a struct of the header. Missing members are zero.
macro_rules! serde_struct {
    ($name:ident { $($field:ident: $type:ty),+ }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;
                use $crate::page::shape::Shape;
                let members = [$(<$type as Shape>::HIDDEN),+].iter().filter(|hidden| !**hidden).count();
                let mut out = serializer.serialize_struct(stringify!($name), members)?;
                $(if !<$type as Shape>::HIDDEN {
                    out.serialize_field(stringify!($field), &$crate::page::serde::AsSerde(self.$field))?;
                })+
                out.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use $crate::page::{serde::AsSerde, shape::Shape};

                struct Members;
                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(stringify!($name))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut page = $name::default();
                        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
                            match key.as_ref() {
                                $(stringify!($field) if !<$type as Shape>::HIDDEN => {
                                    page.$field = map.next_value::<AsSerde<$type>>()?.0;
                                })+
                                _ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(page)
                    }

                    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<$name, A::Error> {
                        let mut page = $name::default();
                        $(if !<$type as Shape>::HIDDEN {
                            match seq.next_element::<AsSerde<$type>>()? {
                                Some(AsSerde(value)) => page.$field = value,
                                None => return Ok(page),
                            }
                        })+
                        Ok(page)
                    }
                }

                deserializer.deserialize_struct(stringify!($name), &[$(stringify!($field)),+], Members)
            }
        }

        const _: () = {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};
            use $crate::page::serde::SerdeField;
            $crate::page::serde::serde_field!($name = $name { $($field: <$type as SerdeField>::ZERO),+ });
        };
    };
}

pub(crate) use {serde_field, serde_struct};
