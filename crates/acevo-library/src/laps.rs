//! Queries about laps, stints and other cars.

use std::path::PathBuf;

use acevo_telemetry::analysis::lap_columns::{BRAKE_MAX, BRAKE_MEAN, TYRE_CORE, TYRE_PRESSURE, TYRE_SURFACE};
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;

use crate::filter::SessionFilter;
use crate::sessions::SessionRow;
use crate::{Library, LibraryError};

/// Values of the four wheels: front left, front right, rear left, rear right.
pub type FourWheels = [Option<f64>; 4];

/// A lap of a session.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LapRow {
    /// Identifies the lap. It stays the same if the recording is renamed or the database is built again.
    pub id: i64,
    /// The session.
    pub session: i64,
    /// Number of the session in the recording, from 1: with number and attempt it selects the lap in the file.
    pub session_number: u32,
    /// The recording.
    #[serde(skip)]
    pub path: PathBuf,
    /// Number of the lap in the session, from 1.
    pub number: u32,
    /// The attempt, from 1, among the laps with the same session and number.
    pub attempt: u32,
    /// `flying`, `out`, `in` or `pit`.
    pub kind: String,
    /// The lap is complete, valid and has a time.
    pub counts: bool,
    /// `valid`, `invalid` or `unknown`.
    pub validity: String,
    /// Why it is invalid, such as `track_limits`.
    pub invalid_reason: Option<String>,
    /// The lap position at which that was seen first, 0..1.
    pub invalid_position: Option<f64>,
    /// Why it is not complete, such as `joined`.
    pub incomplete: Option<String>,
    /// Lap time of the game, milliseconds.
    pub time_ms: Option<u32>,
    /// Sector times, milliseconds.
    pub sectors_ms: Vec<Option<u32>>,
    /// `thirds`, `game` or `custom`.
    pub sector_kind: String,
    /// The stint in which it ended, from 1.
    pub stint: u32,
    /// When it began, as [`SessionRow::began`].
    pub began: Option<String>,
    /// When it began and ended, seconds since the recording's zero.
    pub from_s: f64,
    /// When it ended.
    pub to_s: f64,
    /// Physics packets that were missed.
    pub missed: u64,
    /// Fuel burned, litres.
    pub fuel_used_l: Option<f64>,
    /// Fuel added, litres.
    pub fuel_added_l: Option<f64>,
    /// Charge of the traction battery used, 0..1.
    pub charge_used: Option<f64>,
    /// Minimum speed, km/h.
    pub speed_min_kmh: Option<f64>,
    /// Mean speed, km/h.
    pub speed_mean_kmh: Option<f64>,
    /// Maximum speed, km/h.
    pub speed_max_kmh: Option<f64>,
    /// Share of the time with full throttle, 0..1.
    pub full_throttle: Option<f64>,
    /// Share of the time without throttle and brake, 0..1.
    pub coasting: Option<f64>,
    /// Mean air temperature, °C.
    pub air_c: Option<f64>,
    /// Mean road temperature, °C.
    pub road_c: Option<f64>,
    /// Maximum coolant temperature, °C.
    pub water_max_c: Option<f64>,
    /// Maximum oil temperature, °C.
    pub oil_max_c: Option<f64>,
    /// Mean core temperatures of the tyres, °C.
    pub tyre_core_c: FourWheels,
    /// Mean surface temperatures of the tyres, °C.
    pub tyre_surface_c: FourWheels,
    /// Mean tyre pressures, psi.
    pub tyre_pressure_psi: FourWheels,
    /// Mean brake temperatures, °C.
    pub brake_mean_c: FourWheels,
    /// Maximum brake temperatures, °C.
    pub brake_max_c: FourWheels,
}

/// A stint of a session.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StintRow {
    /// From 1.
    pub number: u32,
    /// Laps with a time that ended in it.
    pub laps: u32,
    /// Fastest lap, seconds.
    pub lap_min_s: Option<f64>,
    /// Mean lap, seconds.
    pub lap_mean_s: Option<f64>,
    /// Slowest lap, seconds.
    pub lap_max_s: Option<f64>,
    /// Distance, km.
    pub distance_km: f64,
    /// Time on the track and in the pit lane, seconds.
    pub time_s: f64,
    /// Fuel burned, litres.
    pub fuel_used_l: f64,
    /// Charge of the traction battery used, 0..1.
    pub charge_used: f64,
    /// Mean air temperature, °C.
    pub air_c: Option<f64>,
    /// Mean road temperature, °C.
    pub road_c: Option<f64>,
}

/// Another car of a session, if the recording has the log of the game.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OtherCarRow {
    /// The id of the car, two numbers of 16 hexadecimal digits.
    pub car: String,
    /// The driver.
    pub name: Option<String>,
    /// Short name of the driver.
    pub short_name: Option<String>,
    /// Number of the car.
    pub number: Option<u32>,
    /// Model of the car, as the game's key.
    pub model: Option<String>,
    /// The computer drives.
    pub is_ai: Option<bool>,
    /// Its laps, in order.
    pub laps: Vec<OtherLapRow>,
}

/// A lap of another car.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OtherLapRow {
    /// Number of the lap in the session, from 1.
    pub number: u32,
    /// Lap time, milliseconds.
    pub time_ms: Option<u32>,
    /// The first three sectors, milliseconds.
    pub sectors_ms: [Option<u32>; 3],
    /// `log` and `pages`: times of the game; `estimated`: by the game, of a lap that was not driven to its end.
    pub source: String,
    /// Whether the game counts it, if that is known.
    pub is_valid: Option<bool>,
    /// A part of the lap was driven in the pit lane.
    pub through_pits: bool,
}

/// Columns of a lap that are read by their names.
const COLUMNS: &str = "laps.*, sessions.number AS session_number, files.path AS path";
const TABLES: &str = "laps JOIN sessions ON sessions.id = laps.session_id JOIN files ON files.id = sessions.file_id";

impl LapRow {
    /// A row with [`COLUMNS`], without its sectors.
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let wheels = |names: [&str; 4]| -> rusqlite::Result<FourWheels> {
            let mut values = FourWheels::default();
            for (value, name) in values.iter_mut().zip(names) {
                *value = row.get(name)?;
            }
            Ok(values)
        };
        Ok(Self {
            id: row.get("id")?,
            session: row.get("session_id")?,
            session_number: row.get("session_number")?,
            path: PathBuf::from(row.get::<_, String>("path")?),
            number: row.get("number")?,
            attempt: row.get("attempt")?,
            kind: row.get("kind")?,
            counts: row.get("counts")?,
            validity: row.get("validity")?,
            invalid_reason: row.get("invalid_reason")?,
            invalid_position: row.get("invalid_position")?,
            incomplete: row.get("incomplete")?,
            time_ms: row.get("time_ms")?,
            sectors_ms: Vec::new(),
            sector_kind: row.get("sector_kind")?,
            stint: row.get("stint")?,
            began: row.get("began")?,
            from_s: row.get("from_s")?,
            to_s: row.get("to_s")?,
            missed: row.get::<_, i64>("missed")?.unsigned_abs(),
            fuel_used_l: row.get("fuel_used_l")?,
            fuel_added_l: row.get("fuel_added_l")?,
            charge_used: row.get("charge_used")?,
            speed_min_kmh: row.get("speed_min_kmh")?,
            speed_mean_kmh: row.get("speed_mean_kmh")?,
            speed_max_kmh: row.get("speed_max_kmh")?,
            full_throttle: row.get("full_throttle")?,
            coasting: row.get("coasting")?,
            air_c: row.get("air_c")?,
            road_c: row.get("road_c")?,
            water_max_c: row.get("water_max_c")?,
            oil_max_c: row.get("oil_max_c")?,
            tyre_core_c: wheels(TYRE_CORE)?,
            tyre_surface_c: wheels(TYRE_SURFACE)?,
            tyre_pressure_psi: wheels(TYRE_PRESSURE)?,
            brake_mean_c: wheels(BRAKE_MEAN)?,
            brake_max_c: wheels(BRAKE_MAX)?,
        })
    }

    fn with_sectors(mut self, database: &Connection) -> rusqlite::Result<Self> {
        let mut sectors = database.prepare_cached("SELECT time_ms FROM sectors WHERE lap_id = ?1 ORDER BY number")?;
        self.sectors_ms = sectors.query_map([self.id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(self)
    }
}

impl Library {
    /// The laps of a session, in the order in which they were driven.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn laps(&self, session: i64) -> Result<Vec<LapRow>, LibraryError> {
        self.read(|database| {
            let mut laps = database.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM {TABLES} WHERE session_id = ?1 ORDER BY laps.from_s, laps.number, attempt"
            ))?;
            let laps = laps.query_map([session], LapRow::of)?;
            Ok(laps.map(|lap| lap?.with_sectors(database)).collect::<rusqlite::Result<_>>()?)
        })
    }

    /// A lap.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`], [`LibraryError::Database`].
    pub fn lap(&self, id: i64) -> Result<LapRow, LibraryError> {
        self.read(|database| {
            let mut lap = database.prepare_cached(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE laps.id = ?1"))?;
            let lap = lap.query_row([id], LapRow::of).optional()?;
            let lap = lap.ok_or(LibraryError::NotFound { what: "lap", id })?;
            Ok(lap.with_sectors(database)?)
        })
    }

    /// The maximum number of sectors of a lap.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn max_sectors(&self) -> Result<usize, LibraryError> {
        self.read(|database| {
            let max = "SELECT coalesce(max(number), 0) FROM sectors";
            let max: u32 = database.query_row(max, [], |row| row.get(0))?;
            Ok(max as usize)
        })
    }

    /// The stints of a session.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn stints(&self, session: i64) -> Result<Vec<StintRow>, LibraryError> {
        self.read(|database| {
            let mut stints = database.prepare_cached("SELECT * FROM stints WHERE session_id = ?1 ORDER BY number")?;
            let stints = stints.query_map([session], |row| {
                Ok(StintRow {
                    number: row.get("number")?,
                    laps: row.get("laps")?,
                    lap_min_s: row.get("lap_min_s")?,
                    lap_mean_s: row.get("lap_mean_s")?,
                    lap_max_s: row.get("lap_max_s")?,
                    distance_km: row.get("distance_km")?,
                    time_s: row.get("time_s")?,
                    fuel_used_l: row.get("fuel_used_l")?,
                    charge_used: row.get("charge_used")?,
                    air_c: row.get("air_c")?,
                    road_c: row.get("road_c")?,
                })
            })?;
            Ok(stints.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The other cars of a session, if the recording has the log of the game.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn other_cars(&self, session: i64) -> Result<Vec<OtherCarRow>, LibraryError> {
        self.read(|database| {
            let mut cars =
                database.prepare_cached("SELECT * FROM other_cars WHERE session_id = ?1 ORDER BY number, car")?;
            let cars = cars.query_map([session], |row| {
                Ok(OtherCarRow {
                    car: row.get("car")?,
                    name: row.get("name")?,
                    short_name: row.get("short_name")?,
                    number: row.get("number")?,
                    model: row.get("model")?,
                    is_ai: row.get("is_ai")?,
                    laps: Vec::new(),
                })
            })?;
            let mut cars = cars.collect::<rusqlite::Result<Vec<_>>>()?;
            for car in &mut cars {
                car.laps = other_laps(database, session, &car.car)?;
            }
            Ok(cars)
        })
    }

    /// Calls `take` with each lap of the sessions of a filter, the oldest session first; it stops with the first error.
    ///
    /// # Errors
    /// [`LibraryError::Database`], and those of `take`.
    pub fn all_laps<E: From<LibraryError>>(
        &self,
        filter: &SessionFilter,
        mut take: impl FnMut(&SessionRow, LapRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut sessions = self.sessions(filter)?.rows;
        sessions.reverse();
        for session in sessions {
            self.laps(session.id)?.into_iter().try_for_each(|lap| take(&session, lap))?;
        }
        Ok(())
    }
}

fn other_laps(database: &Connection, session: i64, car: &str) -> rusqlite::Result<Vec<OtherLapRow>> {
    let mut laps =
        database.prepare_cached("SELECT * FROM other_laps WHERE session_id = ?1 AND car = ?2 ORDER BY ended_s")?;
    let laps = laps.query_map(rusqlite::params![session, car], |row| {
        Ok(OtherLapRow {
            number: row.get("number")?,
            time_ms: row.get("time_ms")?,
            sectors_ms: [row.get("sector_1_ms")?, row.get("sector_2_ms")?, row.get("sector_3_ms")?],
            source: row.get("source")?,
            is_valid: row.get("is_valid")?,
            through_pits: row.get("through_pits")?,
        })
    })?;
    laps.collect()
}
