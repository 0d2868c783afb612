//! Values, laps and events as text.

pub(crate) mod corner_json;
pub(crate) mod event_text;
pub(crate) mod field_json;
pub(crate) mod fields;
pub(crate) mod fuel_text;
pub(crate) mod lap_table;
pub(crate) mod plain_table;
pub(crate) mod rows;
pub(crate) mod styled_line;
pub(crate) mod text;
pub(crate) mod timing_table;
