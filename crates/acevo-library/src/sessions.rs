//! Queries about sessions.

use std::collections::HashMap;
use std::path::PathBuf;

use acevo_telemetry::display_name;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};
use serde::Serialize;

use crate::filter::{SessionFilter, WITH_FILES};
use crate::notes::{self, Notes};
use crate::stamp::Stamp;
use crate::{Library, LibraryError, store};

/// A session of a recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SessionRow {
    /// Identifies the session. It stays the same if the recording is renamed or the database is built again.
    pub id: i64,
    /// Name of the file.
    pub file: String,
    /// Path of the file.
    pub path: PathBuf,
    /// Number of the session in the recording, from 1.
    pub number: u32,
    /// Title, note and tags that a user has set.
    #[serde(flatten)]
    pub notes: Notes,
    /// Name of the track, as in the pages; empty if unknown.
    pub track: String,
    /// The same for display.
    pub track_name: String,
    /// Layout of the track, as in the pages; empty if unknown.
    pub layout: String,
    /// The same for display.
    pub layout_name: String,
    /// Length of the track in metres, as published by the game.
    pub track_length_m: Option<f64>,
    /// Name of the car, as in the pages; empty if unknown.
    pub car: String,
    /// The same for display.
    pub car_name: String,
    /// Name of the driver; empty if unknown.
    pub driver: String,
    /// A name of [`SessionKind`](acevo_telemetry::SessionKind), or `unknown`.
    pub kind: String,
    /// Name of the session, as in the pages.
    pub name: String,
    /// When it began: `2026-05-01T20:01:31.200Z`; `None` if the recording has no date.
    pub began: Option<String>,
    /// When it began since the recording's zero, seconds.
    pub from_s: f64,
    /// Time from the first to the last frame of driving, seconds.
    pub duration_s: f64,
    /// Number of laps, including those that are not complete.
    pub laps: u32,
    /// Number of laps that are complete and valid.
    pub counting_laps: u32,
    /// The fastest of those, milliseconds.
    pub best_ms: Option<u32>,
    /// Its id.
    pub best_lap: Option<i64>,
    /// Ends of the sectors except the last one, as lap positions.
    pub sector_ends: Vec<f64>,
    /// It was driven in the simulator of acevo.
    pub is_simulated: bool,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Number of rows of the whole list.
    pub total: u32,
}

/// What there is to filter by, with numbers of sessions, sorted by name.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct Choices {
    /// Tracks with their layouts.
    pub tracks: Vec<TrackChoice>,
    /// Cars.
    pub cars: Vec<CarChoice>,
    /// Drivers.
    pub drivers: Vec<Choice>,
    /// Tags.
    pub tags: Vec<Choice>,
}

/// A track with its layout.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TrackChoice {
    /// Name of the track, as in the pages.
    pub track: String,
    /// Layout of the track, as in the pages.
    pub layout: String,
    /// Track and layout for display.
    pub name: String,
    /// Number of sessions.
    pub sessions: u32,
}

/// A car.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CarChoice {
    /// Name of the car, as in the pages.
    pub car: String,
    /// The same for display.
    pub name: String,
    /// Number of sessions.
    pub sessions: u32,
}

/// A driver or a tag.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// Number of sessions.
    pub sessions: u32,
}

/// A recording that cannot be read, or not completely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// Why, as part of a sentence.
    pub reason: String,
}

/// The columns of a session, in the order of [`SessionRow::of`].
pub(crate) const COLUMNS: &str = "sessions.id, path, number, title, note, track, layout, track_length_m, car, driver, kind, name, began, \
    from_s, duration_s, laps, counting_laps, best_ms, best_lap_id, sector_ends, is_simulated";

impl SessionRow {
    /// A row with [`COLUMNS`] from column `first` on, without its tags.
    pub(crate) fn of(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        let text = |column: usize| row.get::<_, String>(first + column);
        let path = PathBuf::from(text(1)?);
        let [track, layout, car] = [text(5)?, text(6)?, text(8)?];
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self {
            id: row.get(first)?,
            file,
            path,
            number: row.get(first + 2)?,
            notes: Notes { title: text(3)?, note: text(4)?, tags: Vec::new() },
            track_name: display_name(&track),
            layout_name: display_name(&layout),
            car_name: display_name(&car),
            track,
            layout,
            track_length_m: row.get(first + 7)?,
            car,
            driver: text(9)?,
            kind: text(10)?,
            name: text(11)?,
            began: row.get(first + 12)?,
            from_s: row.get(first + 13)?,
            duration_s: row.get(first + 14)?,
            laps: row.get(first + 15)?,
            counting_laps: row.get(first + 16)?,
            best_ms: row.get(first + 17)?,
            best_lap: row.get(first + 18)?,
            sector_ends: serde_json::from_str(&text(19)?).unwrap_or_default(),
            is_simulated: row.get(first + 20)?,
        })
    }
}

impl Library {
    /// Sessions, the newest first.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn sessions(&self, filter: &SessionFilter) -> Result<Page<SessionRow>, LibraryError> {
        let (tables, condition, values) = filter.condition();
        self.read(|database| {
            // Ids are cheap; rows are read only if they are asked for.
            let order = if tables == WITH_FILES { "path" } else { "file_id" };
            let mut ids = database.prepare_cached(&format!(
                "SELECT sessions.id FROM {tables} WHERE {condition} ORDER BY began DESC, {order}, number DESC"
            ))?;
            let ids = ids.query_map(params_from_iter(&values), |row| row.get::<_, i64>(0))?;
            let ids = ids.collect::<rusqlite::Result<Vec<_>>>()?;
            let total = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            let limit = filter.limit.map_or(usize::MAX, |limit| limit as usize);
            let mut row =
                database.prepare_cached(&format!("SELECT {COLUMNS} FROM {WITH_FILES} WHERE sessions.id = ?1"))?;
            let page = ids.into_iter().skip(filter.offset as usize).take(limit);
            let rows = page.map(|id| row.query_row([id], |row| SessionRow::of(row, 0)));
            let mut rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            add_tags(database, &mut rows)?;
            Ok(Page { rows, total })
        })
    }

    /// A session.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`], [`LibraryError::Database`].
    pub fn session(&self, id: i64) -> Result<SessionRow, LibraryError> {
        self.read(|database| {
            let mut statement = database.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM sessions JOIN files ON files.id = file_id WHERE sessions.id = ?1"
            ))?;
            let row = statement.query_row([id], |row| SessionRow::of(row, 0)).optional()?;
            let mut row = row.ok_or(LibraryError::NotFound { what: "session", id })?;
            let mut tags = database.prepare_cached("SELECT tag FROM tags WHERE session_id = ?1 ORDER BY tag")?;
            row.notes.tags = tags.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            Ok(row)
        })
    }

    /// The recording of a session.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`], [`LibraryError::Database`].
    pub fn file_of(&self, session: i64) -> Result<PathBuf, LibraryError> {
        Ok(self.session(session)?.path)
    }

    /// What there is to filter by.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn choices(&self) -> Result<Choices, LibraryError> {
        self.read(|database| {
            Ok(Choices {
                tracks: tracks(database)?,
                cars: cars(database)?,
                drivers: drivers(database)?,
                tags: tags(database)?,
            })
        })
    }

    /// Recordings that cannot be read, or not completely, with the reasons.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn unreadable(&self) -> Result<Vec<Unreadable>, LibraryError> {
        self.read(|database| {
            let mut files =
                database.prepare_cached("SELECT path, problem FROM files WHERE problem IS NOT NULL ORDER BY path")?;
            let files = files.query_map([], |row| {
                Ok(Unreadable { path: PathBuf::from(row.get::<_, String>(0)?), reason: row.get(1)? })
            })?;
            Ok(files.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Replaces title, note and tags of a session, in the file beside its recording and in the database.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`], [`LibraryError::NotesTooLong`], [`LibraryError::Notes`], [`LibraryError::File`],
    /// [`LibraryError::Database`].
    pub fn set_notes(&self, session: i64, notes: Notes) -> Result<(), LibraryError> {
        let notes = notes.checked()?;
        let _files = self.files();
        let row = self.session(session)?;
        notes::write(&row.path, row.number, notes.clone())?;
        let stamp = Stamp::of(&row.path);
        self.change(|change| {
            store::store_notes(change, session, &notes)?;
            let mut update = change.prepare_cached("UPDATE files SET notes_modified_us = ?2 WHERE path = ?1")?;
            let modified_us = stamp.map_or(0, |stamp| stamp.notes_modified_us);
            update.execute(rusqlite::params![row.path.to_str(), modified_us])?;
            Ok(())
        })
    }
}

/// Adds their tags to sessions.
fn add_tags(database: &Connection, rows: &mut [SessionRow]) -> rusqlite::Result<()> {
    let mut statement = database.prepare_cached("SELECT session_id, tag FROM tags ORDER BY tag")?;
    let all = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut tags: HashMap<i64, Vec<String>> = HashMap::new();
    for tag in all {
        let (session, tag) = tag?;
        tags.entry(session).or_default().push(tag);
    }
    for row in rows {
        row.notes.tags = tags.remove(&row.id).unwrap_or_default();
    }
    Ok(())
}

fn tracks(database: &Connection) -> rusqlite::Result<Vec<TrackChoice>> {
    let mut statement = database.prepare_cached(
        "SELECT track, layout, count(*) FROM sessions WHERE track <> '' GROUP BY track, layout ORDER BY track, layout",
    )?;
    let rows = statement.query_map([], |row| {
        let [track, layout] = [row.get::<_, String>(0)?, row.get::<_, String>(1)?];
        let name = [display_name(&track), display_name(&layout)].join(" ").trim().to_owned();
        Ok(TrackChoice { track, layout, name, sessions: row.get(2)? })
    })?;
    rows.collect()
}

fn cars(database: &Connection) -> rusqlite::Result<Vec<CarChoice>> {
    let mut statement =
        database.prepare_cached("SELECT car, count(*) FROM sessions WHERE car <> '' GROUP BY car ORDER BY car")?;
    let rows = statement.query_map([], |row| {
        let car = row.get::<_, String>(0)?;
        Ok(CarChoice { name: display_name(&car), car, sessions: row.get(1)? })
    })?;
    rows.collect()
}

fn drivers(database: &Connection) -> rusqlite::Result<Vec<Choice>> {
    choices(database, "SELECT driver, count(*) FROM sessions WHERE driver <> '' GROUP BY driver ORDER BY driver")
}

fn tags(database: &Connection) -> rusqlite::Result<Vec<Choice>> {
    choices(database, "SELECT tag, count(*) FROM tags GROUP BY tag ORDER BY tag")
}

fn choices(database: &Connection, query: &str) -> rusqlite::Result<Vec<Choice>> {
    let mut statement = database.prepare_cached(query)?;
    let rows = statement.query_map([], |row| Ok(Choice { name: row.get(0)?, sessions: row.get(1)? }))?;
    rows.collect()
}
