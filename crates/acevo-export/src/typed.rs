//! Values of columns in memory, by their types.

use acevo_shared_memory::{Field, FieldType, PageKind};
use acevo_telemetry::{ChannelKind, ChannelValue, Unit};

use crate::Column;

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// 32-bit floats.
    Float,
    /// 64-bit floats: values computed from integers, or converted from them.
    Double,
    /// 32-bit integers, and the raw values of the game's enums.
    Whole,
    /// On or off.
    Flag,
    /// UTF-8 text.
    Text,
    /// UTC times in microseconds since 1970. No channel has it.
    Time,
}

impl ColumnType {
    /// The type of the values of a channel in a unit: that of the field in the page, if the values are those of the page.
    pub fn of(column: &Column) -> Self {
        let source = column.channel.sources().first().and_then(|source| field_of(source));
        match (column.channel.kind(), source) {
            (ChannelKind::Flag, _) => Self::Flag,
            (ChannelKind::Enum(_), _) => Self::Whole,
            (ChannelKind::Text, _) => Self::Text,
            (_, Some(Field { ty: FieldType::F32, .. })) => Self::Float,
            // An integer of the game, in its own unit.
            (_, Some(field))
                if matches!(
                    field.ty,
                    FieldType::I8 | FieldType::U8 | FieldType::I16 | FieldType::U16 | FieldType::I32
                ) && column.channel.decimals() == 0
                    && column.unit == column.channel.unit()
                    && (column.unit == Unit::None || field.unit == column.unit.symbol()) =>
            {
                Self::Whole
            }
            _ => Self::Double,
        }
    }
}

/// The field of the pages that a [source](acevo_telemetry::Channel::sources) names.
fn field_of(source: &str) -> Option<&'static Field> {
    let (page, path) = source.split_once('.')?;
    let page = match page {
        "physics" => PageKind::Physics,
        "graphics" => PageKind::Graphics,
        _ => PageKind::Static,
    };
    let path = path.split('[').next()?;
    page.fields().iter().find(|field| field.path == path)
}

/// Values of one type, some of which may be missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<T> {
    /// The values that are not missing.
    pub values: Vec<T>,
    /// 1 for each row that has a value, and 0 for each other row. Empty if every row has a value.
    pub levels: Vec<i16>,
}

impl<T> Default for Series<T> {
    fn default() -> Self {
        Self { values: Vec::new(), levels: Vec::new() }
    }
}

impl<T> Series<T> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len().max(self.levels.len())
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a row.
    pub fn push(&mut self, value: Option<T>) {
        if value.is_none() {
            self.write_levels();
        }
        if value.is_none() || !self.levels.is_empty() {
            self.levels.push(value.is_some().into());
        }
        self.values.extend(value);
    }

    /// Adds the rows of another series.
    pub fn append(&mut self, mut other: Self) {
        if !self.levels.is_empty() || !other.levels.is_empty() {
            self.write_levels();
            other.write_levels();
            self.levels.append(&mut other.levels);
        }
        self.values.append(&mut other.values);
    }

    /// The rows with these indices, in this order.
    pub(crate) fn gathered(&self, rows: &[usize]) -> Self
    where
        T: Copy,
    {
        let (all, mut gathered) = (self.expanded(), Self::default());
        if !all.is_empty() {
            rows.iter().for_each(|row| gathered.push(all.get(*row).copied().flatten()));
        }
        gathered
    }

    /// A value for each row.
    pub fn expanded(&self) -> Vec<Option<T>>
    where
        T: Copy,
    {
        if self.levels.is_empty() {
            return self.values.iter().copied().map(Some).collect();
        }
        let mut values = self.values.iter().copied();
        self.levels.iter().map(|level| if *level == 1 { values.next() } else { None }).collect()
    }

    /// Removes all rows.
    pub fn clear(&mut self) {
        self.values.clear();
        self.levels.clear();
    }

    fn write_levels(&mut self) {
        if self.levels.is_empty() {
            self.levels.resize(self.values.len(), 1);
        }
    }
}

/// Texts, most of which equal the one before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Texts {
    /// Indices into the texts.
    pub rows: Series<u32>,
    /// Different from their neighbours.
    pub texts: Vec<String>,
}

impl Texts {
    fn push(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.rows.push(None) };
        if self.texts.last().is_none_or(|last| last != text) {
            self.texts.push(text.to_owned());
        }
        self.rows.push(u32::try_from(self.texts.len() - 1).ok());
    }

    fn append(&mut self, mut other: Self) {
        let before = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        other.rows.values.iter_mut().for_each(|index| *index = index.saturating_add(before));
        self.rows.append(other.rows);
        self.texts.append(&mut other.texts);
    }
}

/// The values of a column by their type.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "as in ColumnType")]
pub enum ColumnValues {
    Float(Series<f32>),
    Double(Series<f64>),
    Whole(Series<i32>),
    Flag(Series<bool>),
    Text(Texts),
    Time(Series<i64>),
}

impl ColumnValues {
    /// No rows of a type.
    pub fn new(of: ColumnType) -> Self {
        match of {
            ColumnType::Float => Self::Float(Series::default()),
            ColumnType::Double => Self::Double(Series::default()),
            ColumnType::Whole => Self::Whole(Series::default()),
            ColumnType::Flag => Self::Flag(Series::default()),
            ColumnType::Text => Self::Text(Texts::default()),
            ColumnType::Time => Self::Time(Series::default()),
        }
    }

    /// The type of the values.
    pub const fn column_type(&self) -> ColumnType {
        match self {
            Self::Float(_) => ColumnType::Float,
            Self::Double(_) => ColumnType::Double,
            Self::Whole(_) => ColumnType::Whole,
            Self::Flag(_) => ColumnType::Flag,
            Self::Text(_) => ColumnType::Text,
            Self::Time(_) => ColumnType::Time,
        }
    }

    /// Adds a row, converted to the type of the column.
    pub fn push(&mut self, value: Option<ChannelValue<'_>>) {
        let number = || value.and_then(|value| value.as_f64());
        match self {
            Self::Float(series) => series.push(number().map(|number| number as f32)),
            Self::Double(series) => series.push(number()),
            // Casts of floats saturate.
            Self::Whole(series) => series.push(number().map(|number| number.round() as i32)),
            Self::Flag(series) => series.push(number().map(|number| number != 0.0)),
            Self::Text(texts) => texts.push(match value {
                Some(ChannelValue::Text(text)) => Some(text),
                _ => None,
            }),
            // Whole microseconds are exact in a double until the year 2255.
            Self::Time(series) => series.push(number().map(|number| number.round() as i64)),
        }
    }

    /// Adds the rows of another column of the same type. Rows of another type are missing values.
    pub fn append(&mut self, other: Self) {
        match (self, other) {
            (Self::Float(series), Self::Float(other)) => series.append(other),
            (Self::Double(series), Self::Double(other)) => series.append(other),
            (Self::Whole(series), Self::Whole(other)) => series.append(other),
            (Self::Flag(series), Self::Flag(other)) => series.append(other),
            (Self::Text(texts), Self::Text(other)) => texts.append(other),
            (Self::Time(series), Self::Time(other)) => series.append(other),
            (column, other) => (0..other.len()).for_each(|_| column.push(None)),
        }
    }

    /// The rows with these indices, in this order.
    pub(crate) fn gathered(&self, rows: &[usize]) -> Self {
        match self {
            Self::Float(series) => Self::Float(series.gathered(rows)),
            Self::Double(series) => Self::Double(series.gathered(rows)),
            Self::Whole(series) => Self::Whole(series.gathered(rows)),
            Self::Flag(series) => Self::Flag(series.gathered(rows)),
            Self::Text(Texts { rows: indices, texts }) => {
                Self::Text(Texts { rows: indices.gathered(rows), texts: texts.clone() })
            }
            Self::Time(series) => Self::Time(series.gathered(rows)),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Float(series) => series.len(),
            Self::Double(series) => series.len(),
            Self::Whole(series) => series.len(),
            Self::Flag(series) => series.len(),
            Self::Text(texts) => texts.rows.len(),
            Self::Time(series) => series.len(),
        }
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A column of flags from `t`, `f` and `-` for a missing value.
    fn flags(text: &str) -> ColumnValues {
        let mut column = ColumnValues::new(ColumnType::Flag);
        text.chars().for_each(|value| column.push((value != '-').then_some(ChannelValue::Flag(value == 't'))));
        column
    }

    #[test]
    fn column_values_append_is_the_same_as_pushing_all_rows() {
        let parts = ["", "tf", "t-f", "--", "-", "ff"];
        for first in parts {
            for second in parts {
                let mut joined = flags(first);
                joined.append(flags(second));
                assert_eq!(joined, flags(&format!("{first}{second}")), "{first} and {second}");
                assert_eq!(joined.len(), first.len() + second.len());
            }
        }
    }

    #[test]
    fn texts_append_keeps_what_each_row_says() {
        let texts = |words: &[&str]| {
            let mut texts = Texts::default();
            words.iter().for_each(|word| texts.push(Some(*word).filter(|word| !word.is_empty())));
            texts
        };
        let read = |texts: &Texts| -> Vec<String> {
            texts.rows.values.iter().map(|index| texts.texts[*index as usize].clone()).collect()
        };
        let mut joined = texts(&["a", "a", "", "b"]);
        joined.append(texts(&["b", "c"]));
        assert_eq!(read(&joined), ["a", "a", "b", "b", "c"]);
        assert_eq!(joined.rows.levels, [1, 1, 0, 1, 1, 1]);
    }
}
