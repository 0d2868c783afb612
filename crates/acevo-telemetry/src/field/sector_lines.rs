//! Learns where the game's sectors end, from split times.

/// Number of estimates that are kept per sector.
const KEPT: usize = 64;

/// Number of estimates from which a sector is known.
const MIN_ESTIMATES: usize = 3;

/// Maximum median distance of estimates from their median, in laps. It is 6 m on a track of 4 km.
const MAX_SPREAD: f64 = 0.0015;

/// Learns the lap positions at which the sectors of a track end.
#[derive(Debug, Clone, Default)]
pub(super) struct SectorLearner {
    /// Estimates for each sector, the oldest first.
    estimates: Vec<Vec<f64>>,
}

impl SectorLearner {
    /// Adds an estimate (0..1) for the end of a sector, from 0.
    pub(super) fn note(&mut self, sector: usize, lap_position: f64) {
        if sector >= crate::limits::MAX_SECTORS || !(lap_position > 0.0 && lap_position < 1.0) {
            return;
        }
        if self.estimates.len() <= sector {
            self.estimates.resize(sector + 1, Vec::new());
        }
        let Some(estimates) = self.estimates.get_mut(sector) else { return };
        if estimates.len() >= KEPT {
            estimates.remove(0);
        }
        estimates.push(lap_position);
    }

    /// The ends of all sectors but the last, as lap positions, once all of them are known.
    pub(super) fn ends(&self) -> Option<Vec<f64>> {
        let ends: Vec<f64> = self.estimates.iter().map(|estimates| steady_median(estimates)).collect::<Option<_>>()?;
        (!ends.is_empty() && ends.is_sorted_by(|a, b| a < b)).then_some(ends)
    }
}

/// The median, if most values are near it.
fn steady_median(values: &[f64]) -> Option<f64> {
    if values.len() < MIN_ESTIMATES {
        return None;
    }
    let middle = median(values.to_vec());
    let spread = median(values.iter().map(|value| (value - middle).abs()).collect());
    (spread <= MAX_SPREAD).then_some(middle)
}

/// The median of at least one value.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.get(half) {
        Some(upper) if values.len().is_multiple_of(2) => {
            (upper + values.get(half.wrapping_sub(1)).unwrap_or(upper)) / 2.0
        }
        Some(middle) => *middle,
        None => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_known_after_some_laps_despite_outliers() {
        let mut learner = SectorLearner::default();
        for (first, second) in [(0.3102, 0.68), (0.3099, 0.6803), (0.6, 0.6801)] {
            assert_eq!(learner.ends(), None);
            learner.note(0, first);
            learner.note(1, second);
        }
        let ends = learner.ends().unwrap();
        assert!((ends[0] - 0.3102).abs() < 1e-9 && (ends[1] - 0.6801).abs() < 1e-9, "{ends:?}");
    }

    #[test]
    fn ends_are_unknown_while_estimates_disagree() {
        let mut learner = SectorLearner::default();
        for at in [0.2, 0.3, 0.4, 0.5] {
            learner.note(0, at);
        }
        assert_eq!(learner.ends(), None);
        // An end that is missing, and ends in the wrong order.
        let mut learner = SectorLearner::default();
        (0..5).for_each(|_| learner.note(1, 0.5));
        assert_eq!(learner.ends(), None);
        (0..5).for_each(|_| learner.note(0, 0.7));
        assert_eq!(learner.ends(), None);
    }

    #[test]
    fn note_ignores_impossible_estimates() {
        let mut learner = SectorLearner::default();
        for at in [f64::NAN, -1.0, 0.0, 1.0, f64::INFINITY] {
            learner.note(0, at);
        }
        learner.note(usize::MAX, 0.5);
        assert!(learner.estimates.iter().all(Vec::is_empty));
    }
}
