//! Best laps, and progress over time.

use acevo_telemetry::display_name;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, params_from_iter};
use serde::Serialize;

use crate::filter::{SessionFilter, WITH_FILES};
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
        let (tables, condition, values) = filter.condition();
        self.read(|database| {
            let mut groups = database.prepare_cached(&format!(
                "SELECT track, layout, car, min(best_ms), count(*) FROM {tables} WHERE best_ms IS NOT NULL AND {condition}
                 GROUP BY track, layout, car"
            ))?;
            let mut first = database.prepare_cached(&format!(
                "SELECT driver, best_lap_id, sessions.id, began, is_simulated FROM {WITH_FILES}
                 WHERE {condition} AND track = ? AND layout = ? AND car = ? AND best_ms = ? AND best_lap_id IS NOT NULL
                 ORDER BY began NULLS LAST, sessions.id LIMIT 1"
            ))?;
            let mut rows = groups.query(params_from_iter(&values))?;
            let mut bests = Vec::new();
            while let Some(group) = rows.next()? {
                let [track, layout, car] =
                    [group.get::<_, String>(0)?, group.get::<_, String>(1)?, group.get::<_, String>(2)?];
                let (time_ms, sessions): (u32, u32) = (group.get(3)?, group.get(4)?);
                let of_group = [&track, &layout, &car].map(|name| Value::Text(name.clone()));
                let of_group = values.iter().cloned().chain(of_group).chain([Value::Integer(time_ms.into())]);
                let best = first.query_row(params_from_iter(of_group), |row| {
                    Ok(BestRow {
                        track_name: display_name(&track),
                        layout_name: display_name(&layout),
                        car_name: display_name(&car),
                        driver: row.get(0)?,
                        lap: row.get(1)?,
                        session: row.get(2)?,
                        began: row.get(3)?,
                        is_simulated: row.get(4)?,
                        time_ms,
                        sessions,
                        track,
                        layout,
                        car,
                    })
                });
                bests.extend(best.optional()?);
            }
            let key = |best: &BestRow| (best.track.clone(), best.layout.clone(), best.time_ms);
            bests.sort_by_cached_key(key);
            Ok(bests)
        })
    }

    /// The best laps of the sessions of a filter that have one, the oldest first; those without a date come last. Name a track and a car:
    /// times of others cannot be compared.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn progress(&self, filter: &SessionFilter) -> Result<Vec<ProgressRow>, LibraryError> {
        let (tables, condition, values) = filter.condition();
        self.read(|database| {
            let mut rows = database.prepare_cached(&format!(
                "SELECT sessions.id, began, best_ms, best_lap_id, counting_laps FROM {tables}
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
