//! Which sessions are listed.

use std::path::{PathBuf, absolute};

use rusqlite::types::Value;

/// Which sessions are listed. The default is all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SessionFilter {
    /// Name of the track.
    pub track: Option<String>,
    /// Layout of the track.
    pub layout: Option<String>,
    /// Name of the car.
    pub car: Option<String>,
    /// Name of the driver.
    pub driver: Option<String>,
    /// Kind of the session: a name of [`SessionKind`](acevo_telemetry::SessionKind), or `unknown`.
    pub kind: Option<String>,
    /// Sessions that began at this time or later: a date in UTC, or the beginning of one, such as `2026-05-01` or `2026-05-01T20:30:00Z`.
    pub since: Option<String>,
    /// Sessions that began before this time.
    pub until: Option<String>,
    /// A tag of the session.
    pub tag: Option<String>,
    /// A part of the title, the note, a tag, a name or the name of the file; case is ignored.
    pub text: Option<String>,
    /// Recordings in these folders and files; all if it is empty.
    pub places: Vec<PathBuf>,
    /// Names of track, layout, car and driver are parts, and case is ignored; a part of the layout is one of the track, too. Otherwise names
    /// are complete and exact.
    pub is_partial: bool,
    /// Number of sessions that are left out at the beginning.
    pub offset: u32,
    /// Maximum number of sessions; `None` for all.
    pub limit: Option<u32>,
}

impl SessionFilter {
    /// What a query selects from, its condition, and the values of the condition.
    pub(crate) fn condition(&self) -> (&'static str, String, Vec<Value>) {
        let mut condition = Condition::default();
        for (column, name) in
            [("track", &self.track), ("layout", &self.layout), ("car", &self.car), ("driver", &self.driver)]
        {
            match name {
                // `--track` selects by a part of the layout, too.
                Some(name) if self.is_partial && column == "track" => {
                    condition.add("contains(?, track, layout)", [lower(name)]);
                }
                Some(name) if self.is_partial => condition.add(&format!("contains(?, {column})"), [lower(name)]),
                Some(name) => condition.add(&format!("{column} = ?"), [text(name)]),
                None => {}
            }
        }
        if let Some(kind) = &self.kind {
            condition.add("kind = ?", [text(kind)]);
        }
        if let Some(since) = &self.since {
            condition.add("began >= ?", [text(since)]);
        }
        if let Some(until) = &self.until {
            condition.add("began < ?", [text(until)]);
        }
        if let Some(tag) = &self.tag {
            condition.add("EXISTS (SELECT 1 FROM tags WHERE session_id = sessions.id AND tag = ?)", [text(tag)]);
        }
        if let Some(part) = &self.text {
            let texts = "(contains(?, title, note, track, layout, car, driver, name, path) OR \
                         EXISTS (SELECT 1 FROM tags WHERE session_id = sessions.id AND contains(?, tag)))";
            condition.add(texts, [lower(part), lower(part)]);
        }
        if !self.places.is_empty() {
            condition.add_places(&self.places);
        }
        let needs_files = self.text.is_some() || !self.places.is_empty();
        let (condition, values) = condition.finish();
        (if needs_files { WITH_FILES } else { "sessions" }, condition, values)
    }
}

/// Sessions with their files.
pub(crate) const WITH_FILES: &str = "sessions JOIN files ON files.id = file_id";

/// Conditions that all apply.
#[derive(Debug, Default)]
struct Condition {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Condition {
    fn add(&mut self, part: &str, values: impl IntoIterator<Item = Value>) {
        self.parts.push(part.to_owned());
        self.values.extend(values);
    }

    fn add_places(&mut self, places: &[PathBuf]) {
        let mut parts = Vec::new();
        for place in places {
            let place = absolute(place).unwrap_or_else(|_| place.clone());
            let file = place.to_string_lossy().into_owned();
            // With a separator at its end.
            let folder = place.join("").to_string_lossy().into_owned();
            parts.push("path = ? OR substr(path, 1, ?) = ?");
            let length = Value::Integer(folder.chars().count() as i64);
            self.values.extend([Value::Text(file), length, Value::Text(folder)]);
        }
        self.parts.push(format!("({})", parts.join(" OR ")));
    }

    fn finish(self) -> (String, Vec<Value>) {
        let condition = if self.parts.is_empty() { "1".to_owned() } else { self.parts.join(" AND ") };
        (condition, self.values)
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn lower(part: &str) -> Value {
    Value::Text(part.to_lowercase())
}
