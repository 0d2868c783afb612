//! Fields of a JSON document of which every one must be known and valid.

use std::fmt;
use std::ops::RangeInclusive;

use acevo_telemetry::clean_text;
use serde_json::{Map, Value};

/// Maximum number of characters of an unknown name in a message.
const MAX_SHOWN: usize = 40;

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The path of the field, such as `variants[0].widgets[2].x`; empty for the whole document.
    field: String,
    what: String,
}

impl Problem {
    pub(super) fn new(field: &str, what: impl Into<String>) -> Self {
        Self { field: field.to_owned(), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.what)
    }
}

/// A value and its path in the document.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    pub(super) path: String,
    value: &'a Value,
}

impl<'a> Field<'a> {
    pub(super) fn document(value: &'a Value) -> Self {
        Self { path: String::new(), value }
    }

    pub(super) fn problem(&self, what: impl Into<String>) -> Problem {
        Problem::new(&self.path, what)
    }

    /// The fields of an object that has only these.
    pub(super) fn object(&self, known: &[&str]) -> Result<Object<'a>, Problem> {
        let object = self.any_object()?;
        let unknown = object.fields().find(|(name, _)| !known.contains(name));
        if let Some((_, field)) = unknown {
            return Err(field.problem(format!("there is no such field here, only {}", known.join(", "))));
        }
        Ok(object)
    }

    /// The fields of an object with any names.
    pub(super) fn any_object(&self) -> Result<Object<'a>, Problem> {
        let fields = self.value.as_object().ok_or_else(|| self.problem("an object is needed"))?;
        Ok(Object { path: self.path.clone(), fields })
    }

    /// The elements of an array with a number of elements in this range.
    pub(super) fn array(&self, count: RangeInclusive<usize>) -> Result<Vec<Self>, Problem> {
        let array = self.value.as_array().ok_or_else(|| self.problem("an array is needed"))?;
        if !count.contains(&array.len()) {
            let (least, most) = count.into_inner();
            return Err(self.problem(format!("{least} to {most} elements are possible, not {}", array.len())));
        }
        let element = |(index, value)| Self { path: format!("{}[{index}]", self.path), value };
        Ok(array.iter().enumerate().map(element).collect())
    }

    pub(super) fn number(&self, range: &RangeInclusive<f64>) -> Result<f64, Problem> {
        let number = self.value.as_f64().filter(|number| number.is_finite());
        let number = number.ok_or_else(|| self.problem("a number is needed"))?;
        if range.contains(&number) {
            return Ok(number);
        }
        Err(self.problem(format!("a number from {} to {} is needed, not {number}", range.start(), range.end())))
    }

    pub(super) fn integer(&self, range: &RangeInclusive<f64>) -> Result<f64, Problem> {
        let number = self.number(range)?;
        if number.fract() == 0.0 { Ok(number) } else { Err(self.problem("a whole number is needed")) }
    }

    pub(super) fn flag(&self) -> Result<bool, Problem> {
        self.value.as_bool().ok_or_else(|| self.problem("true or false is needed"))
    }

    pub(super) fn text(&self) -> Result<&'a str, Problem> {
        self.value.as_str().ok_or_else(|| self.problem("a text is needed"))
    }
}

/// An object and its path in the document.
#[derive(Debug)]
pub(super) struct Object<'a> {
    path: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    /// All fields with their names.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'a str, Field<'a>)> {
        let fields = self.fields;
        fields.iter().map(|(name, value)| (name.as_str(), self.field(name, value)))
    }

    pub(super) fn get(&self, name: &str) -> Option<Field<'a>> {
        self.fields.get(name).map(|value| self.field(name, value))
    }

    pub(super) fn required(&self, name: &str) -> Result<Field<'a>, Problem> {
        self.get(name).ok_or_else(|| Problem::new(&self.path_of(name), "this field is missing"))
    }

    fn field(&self, name: &str, value: &'a Value) -> Field<'a> {
        Field { path: self.path_of(name), value }
    }

    fn path_of(&self, name: &str) -> String {
        let name: String = clean_text(name).chars().take(MAX_SHOWN).collect();
        if self.path.is_empty() { name } else { format!("{}.{name}", self.path) }
    }
}
