//! The file of the corners of a track.

use std::io::{self, Write as _};
use std::path::Path;

use acevo_files::{PendingFile, read_limited};

use super::{Corner, CornerProblem, Corners, CornersError};
use crate::limits::MAX_NAME_BYTES;

/// Maximum size of the file, bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// Maximum number of corners. The longest tracks have less than two hundred.
const MAX_CORNERS: usize = 400;

/// Decimals of lap positions in the file: 5 cm on a track of 5 km.
const STEPS: f64 = 1e5;

impl Corners {
    /// Reads a file; `None` if it does not exist. Corners are sorted along the lap.
    ///
    /// # Errors
    /// If it cannot be read, is not such a file, or has impossible corners.
    pub fn load(path: &Path) -> Result<Option<Self>, CornersError> {
        let bytes = match read_limited(path, MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut corners: Self = serde_json::from_slice(&bytes)?;
        corners.corners.sort_by(|a, b| a.apex.total_cmp(&b.apex));
        corners.check()?;
        Ok(Some(corners))
    }

    /// Writes the file, all of it or nothing. Folders are created. Lap positions are rounded to 0.00001.
    ///
    /// # Errors
    /// If it has impossible corners, or cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), CornersError> {
        self.check()?;
        let mut rounded = self.clone();
        for corner in &mut rounded.corners {
            for position in [&mut corner.start, &mut corner.apex, &mut corner.end] {
                *position = (*position * STEPS).round() / STEPS;
            }
        }
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        let mut file = PendingFile::create(path)?;
        file.write_all(&serde_json::to_vec_pretty(&rounded)?)?;
        file.write_all(b"\n")?;
        Ok(file.replace()?)
    }

    /// Checks that names, numbers and positions are possible, and that corners follow each other along the lap.
    ///
    /// # Errors
    /// The first problem.
    pub fn check(&self) -> Result<(), CornersError> {
        let is_name = |name: &str| name.len() <= MAX_NAME_BYTES;
        if self.track.is_empty() || !is_name(&self.track) || !is_name(&self.configuration) {
            return Err(CornersError::Track);
        }
        if self.corners.len() > MAX_CORNERS {
            return Err(CornersError::TooMany { count: self.corners.len(), max: MAX_CORNERS });
        }
        let mut number = 0;
        for corner in &self.corners {
            let follows = if corner.number > number { Ok(()) } else { Err(CornerProblem::Number(number)) };
            follows.and_then(|()| corner.check()).map_err(|problem| problem.of(corner))?;
            number = corner.number;
        }
        // Each corner and the next one, and the last corner and the first one.
        let next = self.corners.iter().skip(1).chain(self.corners.first());
        for (corner, next) in self.corners.iter().zip(next).filter(|(corner, next)| corner.number != next.number) {
            if corner.overlaps(next) {
                return Err(CornerProblem::Overlap(corner.number).of(next));
            }
        }
        Ok(())
    }
}

impl CornerProblem {
    fn of(self, corner: &Corner) -> CornersError {
        CornersError::Corner { number: corner.number, problem: self }
    }
}

impl Corner {
    fn check(&self) -> Result<(), CornerProblem> {
        let Self { start, apex, end, .. } = *self;
        for (field, value) in [("start", start), ("apex", apex), ("end", end)] {
            // NaN is not contained.
            if !(0.0..=1.0).contains(&value) {
                return Err(CornerProblem::Position { field, value });
            }
        }
        let length = (end - start).rem_euclid(1.0);
        // A corner takes half of a lap at most: a longer one has its start and end exchanged.
        if (apex - start).rem_euclid(1.0) > length || length > 0.5 || length <= 0.0 {
            return Err(CornerProblem::Order { start, apex, end });
        }
        if self.name.len() > MAX_NAME_BYTES {
            return Err(CornerProblem::Name(MAX_NAME_BYTES));
        }
        Ok(())
    }

    /// True if the next corner starts before this one has ended.
    fn overlaps(&self, next: &Self) -> bool {
        let from_to = |from: f64, to: f64| (to - from).rem_euclid(1.0);
        from_to(self.apex, self.end) > from_to(self.apex, next.start)
            || from_to(next.start, next.apex) > from_to(self.apex, next.apex)
    }
}
