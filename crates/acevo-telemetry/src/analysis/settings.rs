//! Settings of the analysis.

use serde::{Deserialize, Serialize};

use super::detectors::Thresholds;
use crate::limits;

/// Settings of the analysis. Start from [`Settings::default`] and change fields.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Settings {
    /// Sector boundaries of each track.
    pub sectors: Sectors,
    /// Thresholds of events.
    pub thresholds: Thresholds,
    /// Only sessions, stints, laps and sectors cause events: nothing else is detected. That takes half of the time.
    pub only_laps: bool,
}

impl Settings {
    /// Defaults with [`only_laps`](Self::only_laps): laps, sectors, stints, bests, fuel, axes and the outline of the track.
    ///
    /// ```
    /// use acevo_telemetry::analysis::{Analysis, Settings};
    ///
    /// let analysis = Analysis::new(Settings::laps_only());
    /// assert!(analysis.current_lap().is_none());
    /// ```
    pub fn laps_only() -> Self {
        Self { only_laps: true, ..Self::default() }
    }
}

/// Where the boundaries of sectors come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SectorKind {
    /// Three equal sectors, because nothing else is known.
    #[default]
    Thirds,
    /// The game's own sectors, learned from split times of its log.
    Game,
    /// Set by the user.
    Custom,
}

/// Sector boundaries by track. The default is three equal sectors, because the pages do not contain boundaries; the game's own are learned
/// from its log, see [`Field::sector_ends`](crate::field::Field::sector_ends).
///
/// ```
/// use acevo_telemetry::analysis::Sectors;
///
/// let mut sectors = Sectors::default();
/// assert_eq!(sectors.lines("Monza", "").len(), 2);
/// sectors.set("Monza", "", &[0.31, 0.68, 0.9])?;
/// assert_eq!(sectors.lines("Monza", ""), [0.31, 0.68, 0.9]);
/// assert!(sectors.set("Monza", "", &[0.5, 0.4]).is_err());
/// # Ok::<(), acevo_telemetry::analysis::BadSectors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sectors {
    tracks: Vec<(String, String, Vec<f64>)>,
    others: Option<Vec<f64>>,
    /// Sectors of the game, for tracks without boundaries that the user has set.
    learned: Vec<(String, String, Vec<f64>)>,
}

/// Boundaries of three equal sectors; the last one ends at the line.
const THIRDS: [f64; 2] = [1.0 / 3.0, 2.0 / 3.0];

/// Lap positions that cannot be sector boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sector boundaries are at most {} lap positions between 0 and 1 in ascending order", limits::MAX_SECTORS - 1)]
pub struct BadSectors;

impl Sectors {
    /// Sets the sector boundaries of a track: ascending lap positions, without the line itself. A track is identified by its name and the
    /// name of its configuration, as in the static page.
    ///
    /// # Errors
    /// [`BadSectors`] for lap positions that are not in ascending order, or not between 0 and 1.
    pub fn set(&mut self, track: &str, configuration: &str, ends: &[f64]) -> Result<(), BadSectors> {
        check(ends)?;
        self.unset(track, configuration);
        self.tracks.push((track.to_owned(), configuration.to_owned(), ends.to_vec()));
        Ok(())
    }

    /// Removes the boundaries that [`set`](Self::set) has set for a track.
    pub fn unset(&mut self, track: &str, configuration: &str) {
        self.tracks.retain(|(name, layout, _)| (name.as_str(), layout.as_str()) != (track, configuration));
    }

    /// Sets the sector boundaries of all tracks that have none of their own.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn set_others(&mut self, ends: &[f64]) -> Result<(), BadSectors> {
        check(ends)?;
        self.others = Some(ends.to_vec());
        Ok(())
    }

    /// Sets the boundaries of the game's own sectors on a track. They are used unless [`set`](Self::set) or
    /// [`set_others`](Self::set_others) has set others.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn learn(&mut self, track: &str, configuration: &str, ends: &[f64]) -> Result<(), BadSectors> {
        check(ends)?;
        self.learned.retain(|(name, layout, _)| (name.as_str(), layout.as_str()) != (track, configuration));
        self.learned.push((track.to_owned(), configuration.to_owned(), ends.to_vec()));
        Ok(())
    }

    /// True if the game's own sectors of a track are known, and all of them end within this part of a lap of these lap positions.
    pub fn knows(&self, track: &str, configuration: &str, ends: &[f64], tolerance: f64) -> bool {
        find(&self.learned, track, configuration).is_some_and(|known| {
            known.len() == ends.len() && known.iter().zip(ends).all(|(a, b)| (a - b).abs() <= tolerance)
        })
    }

    /// Where the boundaries of a track come from.
    pub fn kind(&self, track: &str, configuration: &str) -> SectorKind {
        if self.others.is_some() || find(&self.tracks, track, configuration).is_some() {
            SectorKind::Custom
        } else if find(&self.learned, track, configuration).is_some() {
            SectorKind::Game
        } else {
            SectorKind::Thirds
        }
    }

    /// The sector boundaries of a track, as lap positions. The last sector ends at the line, which is not included.
    pub fn lines(&self, track: &str, configuration: &str) -> &[f64] {
        find(&self.tracks, track, configuration)
            .or(self.others.as_deref())
            .or_else(|| find(&self.learned, track, configuration))
            .unwrap_or(&THIRDS)
    }
}

/// The boundaries of a track in a list.
fn find<'a>(tracks: &'a [(String, String, Vec<f64>)], track: &str, configuration: &str) -> Option<&'a [f64]> {
    let is_track = |(name, layout, _): &&(String, String, Vec<f64>)| name == track && layout == configuration;
    tracks.iter().find(is_track).map(|(_, _, ends)| ends.as_slice())
}

fn check(ends: &[f64]) -> Result<(), BadSectors> {
    let is_good = ends.iter().all(|end| *end > 0.0 && *end < 1.0) && ends.is_sorted_by(|a, b| a < b);
    if is_good && ends.len() < limits::MAX_SECTORS { Ok(()) } else { Err(BadSectors) }
}
