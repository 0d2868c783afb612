//! What was used on which way.

/// Between two notes a car drives at most so many metres; beyond it, it was put there.
const LONGEST_STEP_M: f64 = 300.0;

/// A change of the amount beyond this, or a longer way in total, is garbage.
const LARGEST_STEP: f64 = 1e6;
const LONGEST_WAY_M: f64 = 1e9;

/// The use of fuel or charge, and the way, as long as the car drives.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Driven {
    /// Amount and distance at the last note.
    last: Option<(f64, f64)>,
    pub(crate) used: f64,
    pub(crate) way_m: f64,
}

impl Driven {
    /// The car has so much left, after so many metres. What changes while it stands (refuelling), or when it is put
    /// elsewhere, is no use; what an electric car regains while driving is.
    pub(crate) fn note(&mut self, amount: f64, distance_m: f64) {
        if !(amount.is_finite() && distance_m.is_finite()) {
            return;
        }
        if let Some((before, from)) = self.last {
            let (used, way) = (before - amount, distance_m - from);
            if way > 0.0 && way <= LONGEST_STEP_M && used.abs() <= LARGEST_STEP && self.way_m <= LONGEST_WAY_M {
                self.used += used;
                self.way_m += way;
            }
        }
        self.last = Some((amount, distance_m));
    }
}
