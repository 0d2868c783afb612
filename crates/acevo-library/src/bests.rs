//! Best laps, and progress over time.

use acevo_telemetry::display_name;
use rusqlite::params_from_iter;
use serde::Serialize;

use crate::filter::SessionFilter;
use crate::{Library, LibraryError};

/// The best lap with a car on a track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BestRow {
    /// Name of the track, as in the pages.
    pub track: String,
    /// The same for display.
    pub track_name: String,
    /// Layout of the track, as in the pages.
    pub layout: String,
    /// The same for display.
    pub layout_name: String,
    /// Name of the car, as in the pages.
    pub car: String,
    /// The same for display.
    pub car_name: String,
    /// Name of the driver.
    pub driver: String,
    /// The lap.
    pub lap: i64,
    /// Its session.
    pub session: i64,
    /// Lap time, milliseconds.
    pub time_ms: u32,
    /// When the session began, as [`SessionRow::began`](crate::SessionRow::began).
    pub began: Option<String>,
    /// Number of sessions with a lap that counts.
    pub sessions: u32,
    /// It was driven in the simulator of acevo.
    pub is_simulated: bool,
}

/// The best lap of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProgressRow {
    /// The session.
    pub session: i64,
    /// When it began, as [`SessionRow::began`](crate::SessionRow::began).
    pub began: Option<String>,
    /// Its best lap, milliseconds.
    pub best_ms: u32,
    /// The id of that lap.
    pub lap: i64,
    /// Number of its laps that count.
    pub laps: u32,
}

impl Library {
    /// The best lap of each car on each track among the sessions of a filter, sorted by track, layout and time. Of equal laps the one that
    /// was driven first is the best.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn bests(&self, filter: &SessionFilter) -> Result<Vec<BestRow>, LibraryError> {
        let (condition, values) = filter.condition();
        self.read(|database| {
            let mut bests = database.prepare_cached(&format!(
                "SELECT track, layout, car, driver, best_lap_id, id, best_ms, began, sessions, is_simulated FROM (
                    SELECT track, layout, car, driver, best_lap_id, sessions.id AS id, best_ms, began, is_simulated,
                        count(*) OVER (PARTITION BY track, layout, car) AS sessions,
                        row_number() OVER (PARTITION BY track, layout, car ORDER BY best_ms, began NULLS LAST) AS place
                    FROM sessions JOIN files ON files.id = file_id
                    WHERE best_ms IS NOT NULL AND best_lap_id IS NOT NULL AND {condition}
                 ) WHERE place = 1 ORDER BY track, layout, best_ms, car"
            ))?;
            let bests = bests.query_map(params_from_iter(&values), |row| {
                let [track, layout, car] =
                    [row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?];
                Ok(BestRow {
                    track_name: display_name(&track),
                    layout_name: display_name(&layout),
                    car_name: display_name(&car),
                    track,
                    layout,
                    car,
                    driver: row.get(3)?,
                    lap: row.get(4)?,
                    session: row.get(5)?,
                    time_ms: row.get(6)?,
                    began: row.get(7)?,
                    sessions: row.get(8)?,
                    is_simulated: row.get(9)?,
                })
            })?;
            Ok(bests.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The best laps of the sessions of a filter that have one, the oldest first; those without a date come last. Name a track and a car:
    /// times of others cannot be compared.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn progress(&self, filter: &SessionFilter) -> Result<Vec<ProgressRow>, LibraryError> {
        let (condition, values) = filter.condition();
        self.read(|database| {
            let mut rows = database.prepare_cached(&format!(
                "SELECT sessions.id, began, best_ms, best_lap_id, counting_laps
                 FROM sessions JOIN files ON files.id = file_id
                 WHERE best_ms IS NOT NULL AND best_lap_id IS NOT NULL AND {condition}
                 ORDER BY began NULLS LAST, sessions.id"
            ))?;
            let rows = rows.query_map(params_from_iter(&values), |row| {
                Ok(ProgressRow {
                    session: row.get(0)?,
                    began: row.get(1)?,
                    best_ms: row.get(2)?,
                    lap: row.get(3)?,
                    laps: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}
