//! Schemas of tables: names and types of columns, as JSON in the log.

use acevo_export::ColumnType;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A column that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LakeColumn {
    pub(crate) name: String,
    pub(crate) kind: ColumnType,
    /// Describes the column, with its unit.
    pub(crate) comment: String,
}

impl LakeColumn {
    pub(crate) fn new(name: impl Into<String>, kind: ColumnType, comment: impl Into<String>) -> Self {
        Self { name: name.into(), kind, comment: comment.into() }
    }
}

/// The columns by which files are put into folders, with their types.
pub(crate) const PARTITIONS: [(&str, &str, &str); 2] = [
    ("track", "string", "Track and layout, as the name of a folder; track_name and layout are those of the game"),
    ("date", "date", "Day on which the session began, UTC"),
];

/// The schema of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Schema {
    #[serde(rename = "type")]
    ty: String,
    fields: Vec<SchemaField>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SchemaField {
    name: String,
    /// A text, or an object for nested types.
    #[serde(rename = "type")]
    ty: Value,
    nullable: bool,
    #[serde(default)]
    metadata: Map<String, Value>,
}

/// A column has another type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Conflict {
    pub(crate) column: String,
    pub(crate) known: String,
    pub(crate) new: String,
}

/// The name of a type in the log.
pub(crate) const fn type_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Float => "float",
        ColumnType::Double => "double",
        ColumnType::Whole => "integer",
        ColumnType::Flag => "boolean",
        ColumnType::Text => "string",
        ColumnType::Time => "timestamp",
    }
}

/// The type with this name in the log; `None` if acevo writes no such columns.
fn type_of(name: &str) -> Option<ColumnType> {
    let all = [
        ColumnType::Float,
        ColumnType::Double,
        ColumnType::Whole,
        ColumnType::Flag,
        ColumnType::Text,
        ColumnType::Time,
    ];
    all.into_iter().find(|kind| type_name(*kind) == name)
}

impl SchemaField {
    fn new(name: &str, ty: &str, comment: &str) -> Self {
        let comment = (!comment.is_empty()).then(|| ("comment".to_owned(), comment.into()));
        Self { name: name.to_owned(), ty: ty.into(), nullable: true, metadata: comment.into_iter().collect() }
    }

    fn type_text(&self) -> String {
        self.ty.as_str().map_or_else(|| self.ty.to_string(), str::to_owned)
    }
}

impl Schema {
    /// A schema with the columns of partitions only.
    pub(crate) fn new() -> Self {
        let fields = PARTITIONS.map(|(name, ty, comment)| SchemaField::new(name, ty, comment));
        Self { ty: "struct".into(), fields: fields.into() }
    }

    pub(crate) fn parse(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The schema with columns that are new; `None` if all are known.
    ///
    /// # Errors
    /// If a column has another type. Names are compared as readers do it, without regard to case.
    pub(crate) fn with(&self, columns: &[LakeColumn]) -> Result<Option<Self>, Conflict> {
        let mut merged = self.clone();
        for LakeColumn { name, kind, comment } in columns {
            let known = merged.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
            match known {
                Some(field) if field.name == *name && field.type_text() == type_name(*kind) => {}
                Some(field) => {
                    let (column, known) = (field.name.clone(), field.type_text());
                    return Err(Conflict { column, known, new: type_name(*kind).to_owned() });
                }
                None => merged.fields.push(SchemaField::new(name, type_name(*kind), comment)),
            }
        }
        Ok((merged.fields.len() > self.fields.len()).then_some(merged))
    }

    /// The columns of data files; `None` for the type of a column that acevo does not write.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&str, Option<ColumnType>)> {
        let is_data = |field: &&SchemaField| PARTITIONS.iter().all(|(name, ..)| *name != field.name);
        self.fields.iter().filter(is_data).map(|field| (field.name.as_str(), field.ty.as_str().and_then(type_of)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn schema_takes_new_columns_and_refuses_other_types() {
        let speed = LakeColumn::new("speed", ColumnType::Float, "Speed, km/h");
        let schema = Schema::new().with(std::slice::from_ref(&speed)).unwrap().unwrap();
        assert_eq!(Schema::parse(&schema.to_text()).unwrap(), schema);
        assert_eq!(schema.columns().collect::<Vec<_>>(), [("speed", Some(ColumnType::Float))]);
        assert_eq!(schema.with(&[speed]), Ok(None));
        let conflict = schema.with(&[LakeColumn::new("speed", ColumnType::Double, "")]).unwrap_err();
        assert_eq!((&*conflict.known, &*conflict.new), ("float", "double"));
        assert!(schema.with(&[LakeColumn::new("Speed", ColumnType::Float, "")]).is_err());
    }

    proptest! {
        #[test]
        fn schema_of_any_names_is_read_again(names in proptest::collection::btree_set("[a-z_\"\\\\ü]{1,12}", 0..20)) {
            let columns: Vec<_> = names.iter().filter(|name| !["track", "date"].contains(&name.as_str()))
                .map(|name| LakeColumn::new(name.clone(), ColumnType::Whole, name.clone())).collect();
            let schema = Schema::new().with(&columns).unwrap().unwrap_or_else(Schema::new);
            prop_assert_eq!(Schema::parse(&schema.to_text()).unwrap(), schema.clone());
            prop_assert_eq!(schema.columns().count(), columns.len());
        }
    }
}
