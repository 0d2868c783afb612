//! Field descriptions, and typed values that are read from a page by a field's path.

use std::fmt;

use super::text::text_of;
use crate::protocol::{
    ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType, ACEvoSessionType, ACEvoStartingGrip, ACEvoStatus,
};

/// One field of a page: its path, offset, type, unit and meaning.
///
/// ```
/// use acevo_shared_memory::{FieldType, Page, SPageFileGraphicEvo};
///
/// let field = SPageFileGraphicEvo::field("tyre_rr.tyre_pression").unwrap();
/// assert_eq!((field.offset, field.ty, field.count, field.unit), (996, FieldType::F32, 1, "psi"));
/// println!("{}: {}", field.path, field.description);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// The names from the page down to the field, joined by dots: `speedKmh`, `tyre_lf.slip`.
    pub path: &'static str,
    /// Offset from the start of the page, in bytes.
    pub offset: usize,
    /// Type of one element.
    pub ty: FieldType,
    /// Number of elements; 1 for a plain value. A text counts as one element.
    pub count: usize,
    /// Number of elements in the innermost array: 3 for `float[4][3]`, 4 for `float[4]`, 1 for a plain value.
    pub row: usize,
    /// Unit as text; empty if the field has no unit. See also [`unit_of`](Self::unit_of).
    pub unit: &'static str,
    /// Meaning and range, and how the game differs from the official document.
    pub description: &'static str,
    /// True for filler: padding, or a tail reserved by the game.
    pub hidden: bool,
}

/// Type of one element of a [`Field`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldType {
    /// `int8_t`
    I8,
    /// `uint8_t`
    U8,
    /// `short`
    I16,
    /// `unsigned short`
    U16,
    /// `int`, `int32_t`
    I32,
    /// `uint32_t`
    U32,
    /// `uint64_t`
    U64,
    /// `float`
    F32,
    /// `bool`, one byte
    Bool,
    /// `char[N]`
    Text(usize),
    /// An `int` that holds one of the game's enums.
    Enum(EnumType),
}

/// One of the game's enums, as the type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::enum_variant_names, reason = "the names of the enums themselves")]
pub enum EnumType {
    /// [`ACEvoStatus`]
    ACEvoStatus,
    /// [`ACEvoSessionType`]
    ACEvoSessionType,
    /// [`ACEvoFlagType`]
    ACEvoFlagType,
    /// [`ACEvoCarLocation`]
    ACEvoCarLocation,
    /// [`ACEvoEngineType`]
    ACEvoEngineType,
    /// [`ACEvoStartingGrip`]
    ACEvoStartingGrip,
}

impl EnumType {
    /// The name of a value, such as `Live`; `Unknown` or `Other` if this library does not know the value.
    pub fn name_of(self, value: i32) -> &'static str {
        match self {
            Self::ACEvoStatus => ACEvoStatus::from(value).into(),
            Self::ACEvoSessionType => ACEvoSessionType::from(value).into(),
            Self::ACEvoFlagType => ACEvoFlagType::from(value).into(),
            Self::ACEvoCarLocation => ACEvoCarLocation::from(value).into(),
            Self::ACEvoEngineType => ACEvoEngineType::from(value).into(),
            Self::ACEvoStartingGrip => ACEvoStartingGrip::from(value).into(),
        }
    }
}

impl FieldType {
    /// Size of one element, in bytes.
    pub const fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 | Self::Bool => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 | Self::Enum(_) => 4,
            Self::U64 => 8,
            Self::Text(size) => size,
        }
    }

    /// The value of one element. Missing bytes count as zero.
    fn read(self, bytes: &[u8]) -> Value<'_> {
        fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
            bytes.first_chunk().copied().unwrap_or([0; N])
        }
        match self {
            Self::I8 => Value::Int(i8::from_le_bytes(array(bytes)).into()),
            Self::U8 => Value::UInt(u8::from_le_bytes(array(bytes)).into()),
            Self::I16 => Value::Int(i16::from_le_bytes(array(bytes)).into()),
            Self::U16 => Value::UInt(u16::from_le_bytes(array(bytes)).into()),
            Self::I32 => Value::Int(i32::from_le_bytes(array(bytes)).into()),
            Self::U32 => Value::UInt(u32::from_le_bytes(array(bytes)).into()),
            Self::U64 => Value::UInt(u64::from_le_bytes(array(bytes))),
            Self::F32 => Value::Float(f32::from_le_bytes(array(bytes))),
            Self::Bool => Value::Bool(bytes.first().is_some_and(|byte| *byte != 0)),
            Self::Text(size) => Value::Text(text_of(&bytes[..size.min(bytes.len())])),
            Self::Enum(code) => {
                let value = i32::from_le_bytes(array(bytes));
                Value::Enum(value, code.name_of(value))
            }
        }
    }
}

impl Field {
    /// Size of the whole field, in bytes.
    pub const fn size(&self) -> usize {
        self.ty.size().saturating_mul(self.count)
    }

    /// Unit of a value of this field: [`unit`](Self::unit), except for ride heights below 1. The game publishes millimetres
    /// (measured on 0.6.2), but metres are reported for some cars.
    ///
    /// ```
    /// use acevo_shared_memory::{Page, SPageFilePhysics};
    ///
    /// let mut page = SPageFilePhysics::default();
    /// let field = SPageFilePhysics::field("rideHeight").unwrap();
    /// page.rideHeight = [61.26, 61.26];
    /// assert_eq!(field.unit_of(&page.value("rideHeight").unwrap()), "mm");
    /// page.rideHeight = [0.062, 0.074];
    /// assert_eq!(field.unit_of(&page.value("rideHeight[1]").unwrap()), "m");
    /// ```
    pub fn unit_of(&self, value: &Value<'_>) -> &'static str {
        if self.path != "rideHeight" {
            return self.unit;
        }
        let largest = match value {
            Value::List(list) => list.iter().filter_map(|value| value.as_f64()).map(f64::abs).fold(0.0, f64::max),
            value => value.as_f64().map_or(0.0, f64::abs),
        };
        if largest > 0.0 && largest < 1.0 { "m" } else { self.unit }
    }

    /// Reads the field from the bytes of its page (see [`Page::as_bytes`](super::Page::as_bytes)).
    ///
    /// Missing bytes count as zero, as in a page of an older game.
    pub fn read<'a>(&self, page: &'a [u8]) -> Value<'a> {
        let bytes = page.get(self.offset..).unwrap_or_default();
        match self.count {
            1 => self.ty.read(bytes),
            count => Value::List(List { bytes, ty: self.ty, count, row: self.row }),
        }
    }
}

/// The value of a field. Nothing is copied or allocated: texts and lists borrow from the page.
///
/// `Display` writes enums as `2 (Live)` and lists in brackets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A `bool` field.
    Bool(bool),
    /// Any signed integer.
    Int(i64),
    /// Any unsigned integer.
    UInt(u64),
    /// A `float`; NaN and infinities included.
    Float(f32),
    /// A text, as returned by [`Text::as_str`](super::Text::as_str).
    Text(&'a str),
    /// One of the game's enums: the number and its name.
    Enum(i32, &'static str),
    /// An array.
    List(List<'a>),
}

impl Value<'_> {
    /// The value as a number: booleans are 0 and 1, enums their number. `None` for texts and lists.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Bool(value) => Some(f64::from(u8::from(value))),
            Self::Int(value) => Some(value as f64),
            Self::UInt(value) => Some(value as f64),
            Self::Float(value) => Some(value.into()),
            Self::Enum(value, _) => Some(value.into()),
            Self::Text(_) | Self::List(_) => None,
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::UInt(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
            Self::Enum(value, name) => write!(f, "{value} ({name})"),
            Self::List(list) => {
                f.write_str("[")?;
                for (index, value) in list.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    value.fmt(f)?;
                }
                f.write_str("]")
            }
        }
    }
}

/// The value of an array field: its elements, or its rows if the array has two dimensions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct List<'a> {
    bytes: &'a [u8],
    ty: FieldType,
    count: usize,
    row: usize,
}

impl<'a> List<'a> {
    /// Number of elements or rows.
    pub fn len(&self) -> usize {
        if self.is_nested() { self.count.checked_div(self.row).unwrap_or_default() } else { self.count }
    }

    /// True if the list is empty. No field of the pages is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element or row with this index; `None` beyond the end.
    pub fn get(&self, index: usize) -> Option<Value<'a>> {
        if index >= self.len() {
            return None;
        }
        let step = if self.is_nested() { self.row } else { 1 };
        let start = index.saturating_mul(step).saturating_mul(self.ty.size());
        let bytes = self.bytes.get(start..).unwrap_or_default();
        Some(if self.is_nested() {
            Value::List(List { bytes, ty: self.ty, count: self.row, row: self.row })
        } else {
            self.ty.read(bytes)
        })
    }

    /// Iterates over all elements or rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Value<'a>> + use<'a> {
        let list = *self;
        (0..list.len()).map(move |index| list.get(index).unwrap_or(Value::UInt(0)))
    }

    fn is_nested(&self) -> bool {
        self.count > self.row
    }
}

/// Reads the value that a path with indices selects: `wheelSlip[2]`, `car_coordinates[3]`, `car_coordinates[3][1]`.
pub(crate) fn read_path<'a>(fields: &[Field], page: &'a [u8], path: &str) -> Option<Value<'a>> {
    let (name, mut indices) = path.split_at(path.find('[').unwrap_or(path.len()));
    let mut value = find(fields, name)?.read(page);
    while !indices.is_empty() {
        let (index, rest) = indices.strip_prefix('[')?.split_once(']')?;
        let Value::List(list) = value else { return None };
        value = list.get(index.parse().ok()?)?;
        indices = rest;
    }
    Some(value)
}

pub(crate) fn find<'a>(fields: &'a [Field], path: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.path == path)
}
