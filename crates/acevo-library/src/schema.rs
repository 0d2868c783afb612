//! Tables, views and indices.

use rusqlite::Connection;

/// Version of the schema, in `user_version` of the database. Another version is built from the recordings again.
pub(crate) const VERSION: i32 = 1;

/// Creates everything. `docs/library.md` describes the tables and columns.
const SCHEMA: &str = "
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    modified_us INTEGER NOT NULL,
    notes_modified_us INTEGER NOT NULL,
    is_finished INTEGER NOT NULL,
    is_simulated INTEGER NOT NULL,
    game_version TEXT NOT NULL,
    program TEXT NOT NULL,
    problem TEXT
);
CREATE INDEX files_with_problems ON files(path) WHERE problem IS NOT NULL;
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    file_id INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    track TEXT NOT NULL,
    layout TEXT NOT NULL,
    track_length_m REAL,
    car TEXT NOT NULL,
    driver TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    began TEXT,
    from_s REAL NOT NULL,
    duration_s REAL NOT NULL,
    laps INTEGER NOT NULL,
    counting_laps INTEGER NOT NULL,
    best_ms INTEGER,
    best_lap_id INTEGER,
    sector_ends TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_by_file ON sessions(file_id);
CREATE INDEX sessions_by_begin ON sessions(began DESC, file_id, number DESC);
CREATE INDEX sessions_by_track ON sessions(track, layout, car, best_ms, best_lap_id);
CREATE INDEX sessions_by_car ON sessions(car);
CREATE INDEX sessions_by_driver ON sessions(driver);
CREATE TABLE tags (
    session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (session_id, tag)
) WITHOUT ROWID;
CREATE TABLE laps (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    stint INTEGER NOT NULL,
    kind TEXT NOT NULL,
    counts INTEGER NOT NULL,
    validity TEXT NOT NULL,
    invalid_reason TEXT,
    invalid_position REAL,
    incomplete TEXT,
    time_ms INTEGER,
    measured_ms INTEGER,
    sector_kind TEXT NOT NULL,
    began TEXT,
    from_s REAL NOT NULL,
    to_s REAL NOT NULL,
    missed INTEGER NOT NULL,
    fuel_used_l REAL,
    fuel_added_l REAL,
    charge_used REAL,
    speed_min_kmh REAL,
    speed_mean_kmh REAL,
    speed_max_kmh REAL,
    full_throttle REAL,
    coasting REAL,
    air_c REAL,
    road_c REAL,
    water_max_c REAL,
    oil_max_c REAL,
    tyre_core_fl_c REAL,
    tyre_core_fr_c REAL,
    tyre_core_rl_c REAL,
    tyre_core_rr_c REAL,
    tyre_surface_fl_c REAL,
    tyre_surface_fr_c REAL,
    tyre_surface_rl_c REAL,
    tyre_surface_rr_c REAL,
    tyre_pressure_fl_psi REAL,
    tyre_pressure_fr_psi REAL,
    tyre_pressure_rl_psi REAL,
    tyre_pressure_rr_psi REAL,
    brake_mean_fl_c REAL,
    brake_mean_fr_c REAL,
    brake_mean_rl_c REAL,
    brake_mean_rr_c REAL,
    brake_max_fl_c REAL,
    brake_max_fr_c REAL,
    brake_max_rl_c REAL,
    brake_max_rr_c REAL
);
CREATE INDEX laps_by_session ON laps(session_id);
CREATE TABLE sectors (
    lap_id INTEGER NOT NULL REFERENCES laps(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    time_ms INTEGER,
    PRIMARY KEY (lap_id, number)
) WITHOUT ROWID;
CREATE TABLE stints (
    session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    laps INTEGER NOT NULL,
    lap_min_s REAL,
    lap_mean_s REAL,
    lap_max_s REAL,
    distance_km REAL NOT NULL,
    time_s REAL NOT NULL,
    fuel_used_l REAL NOT NULL,
    charge_used REAL NOT NULL,
    air_c REAL,
    road_c REAL,
    PRIMARY KEY (session_id, number)
) WITHOUT ROWID;
CREATE TABLE other_cars (
    session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    car TEXT NOT NULL,
    name TEXT,
    short_name TEXT,
    number INTEGER,
    model TEXT,
    is_ai INTEGER,
    PRIMARY KEY (session_id, car)
) WITHOUT ROWID;
CREATE TABLE other_laps (
    session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    car TEXT NOT NULL,
    number INTEGER NOT NULL,
    ended_s REAL NOT NULL,
    time_ms INTEGER,
    sector_1_ms INTEGER,
    sector_2_ms INTEGER,
    sector_3_ms INTEGER,
    source TEXT NOT NULL,
    is_valid INTEGER,
    through_pits INTEGER NOT NULL,
    PRIMARY KEY (session_id, car, number, ended_s)
) WITHOUT ROWID;
CREATE TABLE trash (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    deleted_us INTEGER NOT NULL
);
CREATE TABLE folders (
    path TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE VIEW bests AS
    SELECT track, layout, car, min(best_ms) AS time_ms, best_lap_id AS lap_id, id AS session_id, driver, began
    FROM sessions WHERE best_ms IS NOT NULL GROUP BY track, layout, car;
";

/// Creates the tables of a new database. One of another version is emptied first. Returns true if there was one.
pub(crate) fn prepare(connection: &mut Connection) -> rusqlite::Result<bool> {
    connection.pragma_update(None, "foreign_keys", true)?;
    if version(connection)? == VERSION {
        return Ok(false);
    }
    // Another process may do the same at this moment.
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = version(&change)?;
    if found == VERSION {
        return Ok(false);
    }
    let had_tables = drop_everything(&change)?;
    change.execute_batch(SCHEMA)?;
    change.pragma_update(None, "user_version", VERSION)?;
    change.commit()?;
    Ok(had_tables)
}

fn version(connection: &Connection) -> rusqlite::Result<i32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Drops all tables and views. Returns true if there were any.
fn drop_everything(connection: &Connection) -> rusqlite::Result<bool> {
    let names = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";
    let mut statement = connection.prepare(names)?;
    let found = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let found = found.collect::<rusqlite::Result<Vec<_>>>()?;
    // Tables that others refer to come last: they were created first.
    for (kind, name) in found.iter().rev() {
        connection.execute_batch(&format!("DROP {kind} IF EXISTS \"{}\"", name.replace('"', "\"\"")))?;
    }
    Ok(!found.is_empty())
}
