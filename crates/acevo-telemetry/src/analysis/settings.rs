//! Settings of the analysis.

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
}

/// Sector boundaries by track. The default is three equal sectors, because the pages do not contain boundaries.
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
        self.tracks.retain(|(name, layout, _)| (name.as_str(), layout.as_str()) != (track, configuration));
        self.tracks.push((track.to_owned(), configuration.to_owned(), ends.to_vec()));
        Ok(())
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

    /// The sector boundaries of a track, as lap positions. The last sector ends at the line, which is not included.
    pub fn lines(&self, track: &str, configuration: &str) -> &[f64] {
        (self.tracks.iter())
            .find(|(name, layout, _)| (name.as_str(), layout.as_str()) == (track, configuration))
            .map(|(_, _, lines)| lines)
            .or(self.others.as_ref())
            .map_or(&THIRDS, |lines| lines)
    }
}

fn check(ends: &[f64]) -> Result<(), BadSectors> {
    let is_good = ends.iter().all(|end| *end > 0.0 && *end < 1.0) && ends.is_sorted_by(|a, b| a < b);
    if is_good && ends.len() < limits::MAX_SECTORS { Ok(()) } else { Err(BadSectors) }
}
