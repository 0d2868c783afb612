//! Writes the contents of a recording into the database.

use std::collections::BTreeMap;
use std::time::Duration;

use acevo_recording::{Contents, OtherCar, RecordedLap, SessionContents};
use acevo_telemetry::analysis::{Stint, Validity};
use acevo_telemetry::field::{FieldLap, LapSource};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use serde::Serialize;

use crate::id::{id_of, next};
use crate::notes::Notes;
use crate::stamp::{Stamp, signed};

/// Replaces everything about a file. `problem` is what is wrong with it.
pub(crate) fn store(
    connection: &Connection,
    path: &str,
    stamp: Stamp,
    contents: &Contents,
    notes: &BTreeMap<u32, Notes>,
    problem: Option<&str>,
) -> rusqlite::Result<()> {
    forget(connection, path)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO files (path, bytes, modified_us, notes_modified_us, is_finished, is_simulated, game_version, program, problem)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    insert.execute(params![
        path,
        stamp.bytes,
        stamp.modified_us,
        stamp.notes_modified_us,
        contents.is_finished,
        contents.is_simulated,
        contents.game_version,
        contents.program,
        problem
    ])?;
    let file = connection.last_insert_rowid();
    for session in &contents.sessions {
        let id = store_session(connection, path, file, contents, session)?;
        if let Some(notes) = notes.get(&session.number) {
            store_notes(connection, id, notes)?;
        }
    }
    Ok(())
}

/// Removes everything about a file.
pub(crate) fn forget(connection: &Connection, path: &str) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM files WHERE path = ?1")?.execute([path]).map(drop)
}

/// Replaces the notes of a session.
pub(crate) fn store_notes(connection: &Connection, session: i64, notes: &Notes) -> rusqlite::Result<()> {
    let Notes { title, note, tags } = notes;
    connection
        .prepare_cached("UPDATE sessions SET title = ?2, note = ?3 WHERE id = ?1")?
        .execute(params![session, title, note])?;
    connection.prepare_cached("DELETE FROM tags WHERE session_id = ?1")?.execute([session])?;
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO tags (session_id, tag) VALUES (?1, ?2)")?;
    tags.iter().try_for_each(|tag| insert.execute(params![session, tag]).map(drop))
}

/// An id that no row of a table has: the wanted one, or one that follows from the path of the file. Copies of a recording have the same
/// contents.
fn free_id(connection: &Connection, table: &str, wanted: i64, path: &str) -> rusqlite::Result<i64> {
    let mut is_taken = connection.prepare_cached(&format!("SELECT 1 FROM {table} WHERE id = ?1"))?;
    let mut id = wanted;
    if is_taken.exists([id])? {
        id = id_of(&[path.as_bytes(), &wanted.to_le_bytes()]);
    }
    while is_taken.exists([id])? {
        id = next(id);
    }
    Ok(id)
}

fn store_session(
    connection: &Connection,
    path: &str,
    file: i64,
    contents: &Contents,
    session: &SessionContents,
) -> rusqlite::Result<i64> {
    let start = contents.start.as_micros().to_le_bytes();
    let wanted = id_of(&[&contents.unix_us.to_le_bytes(), &start, &session.number.to_le_bytes()]);
    let id = free_id(connection, "sessions", wanted, path)?;
    let counting = session.laps.iter().filter(|lap| lap.lap.counts());
    let mut insert = connection.prepare_cached(
        "INSERT INTO sessions (id, file_id, number, track, layout, track_length_m, car, driver, kind, name, began, from_s,
         duration_s, laps, counting_laps, sector_ends)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?;
    let names = &session.names;
    insert.execute(params![
        id,
        file,
        session.number,
        names.track,
        names.configuration,
        names.track_length_m,
        names.car,
        names.driver,
        session.kind.map_or("unknown", |kind| kind.name()),
        names.session,
        date(contents, session.from),
        session.from.as_secs_f64(),
        session.to.saturating_sub(session.from).as_secs_f64(),
        count(session.laps.len()),
        count(counting.clone().count()),
        serde_json::to_string(&session.sector_ends).unwrap_or_default(),
    ])?;
    let mut best: Option<(u32, i64)> = None;
    for lap in &session.laps {
        let lap_id = store_lap(connection, path, id, contents, lap)?;
        if let Some(time_ms) = lap.lap.time_ms.filter(|_| lap.lap.counts())
            && best.is_none_or(|(known, _)| time_ms < known)
        {
            best = Some((time_ms, lap_id));
        }
    }
    let mut set_best = connection.prepare_cached("UPDATE sessions SET best_ms = ?2, best_lap_id = ?3 WHERE id = ?1")?;
    set_best.execute(params![id, best.map(|(time_ms, _)| time_ms), best.map(|(_, lap)| lap)])?;
    session.stints.iter().try_for_each(|stint| store_stint(connection, id, stint))?;
    session.cars.iter().try_for_each(|car| store_car(connection, id, car))?;
    Ok(id)
}

/// The date at a time of a recording, as text in UTC with milliseconds; `None` if it is not known.
fn date(contents: &Contents, at: Duration) -> Option<String> {
    if contents.unix_us == 0 {
        return None;
    }
    let us = contents.unix_us.checked_add(u64::try_from(at.as_micros()).ok()?)?;
    let timestamp = Timestamp::from_microsecond(i64::try_from(us).ok()?).ok()?;
    Some(format!("{timestamp:.3}"))
}

/// A value of a lap by its column.
type Column = (&'static str, Value);

fn store_lap(
    connection: &Connection,
    path: &str,
    session: i64,
    contents: &Contents,
    recorded: &RecordedLap,
) -> rusqlite::Result<i64> {
    let lap = &recorded.lap;
    let wanted = id_of(&[&session.to_le_bytes(), &lap.number.to_le_bytes(), &lap.attempt.to_le_bytes()]);
    let id = free_id(connection, "laps", wanted, path)?;
    let (validity, reason, position) = match lap.validity {
        Validity::Valid => ("valid", None, None),
        Validity::Invalid { reason, lap_position } => ("invalid", word(&reason), lap_position),
        _ => ("unknown", None, None),
    };
    let whole = |number: u32| Value::Integer(number.into());
    let mut columns: Vec<Column> = vec![
        ("id", Value::Integer(id)),
        ("session_id", Value::Integer(session)),
        ("number", whole(lap.number)),
        ("attempt", whole(lap.attempt)),
        ("stint", whole(lap.stint)),
        ("kind", text(word(&lap.kind))),
        ("counts", Value::Integer(lap.counts().into())),
        ("validity", text(Some(validity.into()))),
        ("invalid_reason", text(reason)),
        ("invalid_position", real(position)),
        ("incomplete", text(lap.incomplete.as_ref().and_then(word))),
        ("time_ms", lap.time_ms.map_or(Value::Null, whole)),
        ("measured_ms", lap.measured_ms.map_or(Value::Null, whole)),
        ("sector_kind", text(word(&lap.sector_kind))),
        ("began", text(date(contents, recorded.from))),
        ("from_s", real(Some(recorded.from.as_secs_f64()))),
        ("to_s", real(Some(recorded.to.as_secs_f64()))),
        ("missed", Value::Integer(signed(lap.missed))),
        ("fuel_used_l", real(lap.fuel_used_l)),
        ("fuel_added_l", real(lap.fuel_added_l)),
        ("charge_used", real(lap.charge_used)),
    ];
    columns.extend(lap.stats.columns().into_iter().map(|(name, value)| (name, real(value))));
    insert_lap(connection, &columns)?;
    let mut sector =
        connection.prepare_cached("INSERT OR REPLACE INTO sectors (lap_id, number, time_ms) VALUES (?1, ?2, ?3)")?;
    for (index, time_ms) in lap.sectors_ms.iter().enumerate() {
        sector.execute(params![id, count(index + 1), time_ms])?;
    }
    Ok(id)
}

fn insert_lap(connection: &Connection, columns: &[Column]) -> rusqlite::Result<()> {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let places = vec!["?"; names.len()].join(", ");
    let insert = format!("INSERT INTO laps ({}) VALUES ({places})", names.join(", "));
    let values = params_from_iter(columns.iter().map(|(_, value)| value));
    connection.prepare_cached(&insert)?.execute(values).map(drop)
}

fn store_stint(connection: &Connection, session: i64, stint: &Stint) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO stints (session_id, number, laps, lap_min_s, lap_mean_s, lap_max_s, distance_km, time_s,
         fuel_used_l, charge_used, air_c, road_c) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let times = &stint.lap_time_s;
    let values = params![
        session,
        stint.number,
        stint.laps,
        times.min(),
        times.mean(),
        times.max(),
        stint.distance_km,
        stint.time_s,
        stint.fuel_used_l,
        stint.charge_used,
        stint.stats.air_c.mean(),
        stint.stats.road_c.mean()
    ];
    insert.execute(values).map(drop)
}

fn store_car(connection: &Connection, session: i64, car: &OtherCar) -> rusqlite::Result<()> {
    let (id, identity) = (car.id.to_string(), &car.identity);
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO other_cars (session_id, car, name, short_name, number, model, is_ai)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let names =
        params![session, id, identity.name, identity.short_name, identity.number, identity.model, identity.is_ai];
    insert.execute(names)?;
    car.laps.iter().try_for_each(|lap| store_other_lap(connection, session, &id, lap))
}

fn store_other_lap(connection: &Connection, session: i64, car: &str, lap: &FieldLap) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO other_laps (session_id, car, number, ended_s, time_ms, sector_1_ms, sector_2_ms, sector_3_ms,
         source, is_valid, through_pits) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    let sector = |index: usize| lap.sectors_ms.get(index).copied().flatten();
    let source = match lap.source {
        LapSource::Measured => "measured",
        LapSource::Pages => "pages",
        LapSource::Log => "log",
        _ => "estimated",
    };
    let values = params![
        session,
        car,
        lap.number,
        lap.ended_s,
        lap.time_ms,
        sector(0),
        sector(1),
        sector(2),
        source,
        lap.is_valid,
        lap.through_pits
    ];
    insert.execute(values).map(drop)
}

/// The JSON name of a value of an enum.
fn word(value: &impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Some(name),
        _ => None,
    }
}

fn text(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

/// A number; null if it is not finite.
fn real(number: Option<f64>) -> Value {
    number.filter(|number| number.is_finite()).map_or(Value::Null, Value::Real)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
