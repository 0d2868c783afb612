//! What is left to choose.

use super::detectors::Thresholds;

/// How to analyse. Start from [`Settings::default`] and change fields.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Settings {
    /// Where the sectors of each track end.
    pub sectors: Sectors,
    /// From when on something is worth an event.
    pub thresholds: Thresholds,
}

/// Where sectors end, by track. Three equal ones where nothing else is said: the pages tell no sectors.
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

/// Ends of three equal sectors; the last one ends at the line.
const THIRDS: [f64; 2] = [1.0 / 3.0, 2.0 / 3.0];

/// More sectors than any track has.
const MOST: usize = 30;

/// Places that cannot be the ends of sectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadSectors;

impl std::fmt::Display for BadSectors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ends of sectors are at most {MOST} places between 0 and 1, each greater than the one before")
    }
}

impl std::error::Error for BadSectors {}

impl Sectors {
    /// Says where the sectors of a track end: parts of a lap without the line itself, each greater than the one before. A track is known by
    /// its name and that of its configuration, as the static page has them.
    ///
    /// # Errors
    /// [`BadSectors`] for places that are not in order, or not between 0 and 1.
    pub fn set(&mut self, track: &str, configuration: &str, ends: &[f64]) -> Result<(), BadSectors> {
        check(ends)?;
        self.tracks.retain(|(name, layout, _)| (name.as_str(), layout.as_str()) != (track, configuration));
        self.tracks.push((track.to_owned(), configuration.to_owned(), ends.to_vec()));
        Ok(())
    }

    /// Says where the sectors of all tracks end that nothing else is said of.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn set_others(&mut self, ends: &[f64]) -> Result<(), BadSectors> {
        check(ends)?;
        self.others = Some(ends.to_vec());
        Ok(())
    }

    /// Where the sectors of a track end, but for the last one, which ends at the line.
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
    if is_good && ends.len() < MOST { Ok(()) } else { Err(BadSectors) }
}
