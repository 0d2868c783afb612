//! Correlations of components with references.

/// Sums over pairs of three measured components and `R` references.
#[derive(Debug, Clone)]
pub(super) struct Correlations<const R: usize> {
    count: f64,
    components: [f64; 3],
    squares: [f64; 3],
    references: [f64; R],
    reference_squares: [f64; R],
    products: [[f64; 3]; R],
}

impl<const R: usize> Default for Correlations<R> {
    fn default() -> Self {
        Self {
            count: 0.0,
            components: [0.0; 3],
            squares: [0.0; 3],
            references: [0.0; R],
            reference_squares: [0.0; R],
            products: [[0.0; 3]; R],
        }
    }
}

/// A component that follows a reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    pub(super) index: usize,
    /// -1..1.
    pub(super) correlation: f64,
}

impl<const R: usize> Correlations<R> {
    /// Adds a pair. The numbers must be finite and small.
    pub(super) fn add(&mut self, components: [f64; 3], references: [f64; R]) {
        self.count += 1.0;
        for (index, component) in components.into_iter().enumerate() {
            self.components[index] += component;
            self.squares[index] += component * component;
        }
        for (which, reference) in references.into_iter().enumerate() {
            self.references[which] += reference;
            self.reference_squares[which] += reference * reference;
            for (index, component) in components.into_iter().enumerate() {
                self.products[which][index] += reference * component;
            }
        }
    }

    pub(super) fn count(&self) -> f64 {
        self.count
    }

    /// Mean of a component.
    pub(super) fn mean(&self, index: usize) -> f64 {
        self.components[index] / self.count.max(1.0)
    }

    /// Standard deviation of a reference.
    pub(super) fn excitation(&self, which: usize) -> f64 {
        variance(self.count, self.references[which], self.reference_squares[which]).sqrt()
    }

    /// Correlation, -1..1; 0 if one of the two does not vary.
    pub(super) fn correlation(&self, which: usize, index: usize) -> f64 {
        let spread = self.excitation(which) * variance(self.count, self.components[index], self.squares[index]).sqrt();
        if spread > 1e-9 { self.covariance(which, index) / spread } else { 0.0 }
    }

    /// Units of the component per unit of the reference.
    fn slope(&self, which: usize, index: usize) -> f64 {
        let variance = self.excitation(which).powi(2);
        if variance > 1e-12 { self.covariance(which, index) / variance } else { 0.0 }
    }

    fn covariance(&self, which: usize, index: usize) -> f64 {
        let count = self.count.max(1.0);
        (self.products[which][index] - self.components[index] * self.references[which] / count) / count
    }

    /// The component that follows a reference closely and in about the same unit; `None` if none or more than one does.
    pub(super) fn find(&self, which: usize) -> Option<Match> {
        /// Minimum correlation.
        const MIN_CORRELATION: f64 = 0.85;
        /// Maximum correlation of the second best component relative to the best one.
        const MAX_SECOND: f64 = 0.75;
        /// Slopes of the same unit.
        const SLOPES: std::ops::RangeInclusive<f64> = 0.6..=1.6;
        let mut each = [0, 1, 2].map(|index| Match { index, correlation: self.correlation(which, index) });
        each.sort_by(|a, b| b.correlation.abs().total_cmp(&a.correlation.abs()));
        let [best, second, _] = each;
        let is_clear = best.correlation.abs() >= MIN_CORRELATION
            && second.correlation.abs() < MAX_SECOND * best.correlation.abs()
            && SLOPES.contains(&self.slope(which, best.index).abs());
        is_clear.then_some(best)
    }
}

fn variance(count: f64, sum: f64, squares: f64) -> f64 {
    let count = count.max(1.0);
    ((squares - sum * sum / count) / count).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_returns_the_component_with_its_sign() {
        let mut sums = Correlations::<2>::default();
        for step in 0..200 {
            let time = f64::from(step) * 0.1;
            let (a, b) = (time.sin(), (time * 1.7).cos());
            sums.add([1.0, -a + 0.1 * (time * 9.0).sin(), b], [a, b]);
        }
        let [a, b] = [0, 1].map(|which| sums.find(which).expect("it is clear"));
        assert!(a.index == 1 && a.correlation < -0.9, "{a:?}");
        assert!(b.index == 2 && b.correlation > 0.99, "{b:?}");
        assert!((sums.mean(0) - 1.0).abs() < 1e-12 && sums.correlation(0, 0) == 0.0);
    }

    #[test]
    fn find_rejects_two_candidates_another_unit_and_no_data() {
        let mut sums = Correlations::<1>::default();
        assert_eq!(sums.find(0), None);
        for step in 0..200 {
            let a = (f64::from(step) * 0.1).sin();
            sums.add([a, a, 0.0], [a]);
        }
        assert_eq!(sums.find(0), None);
        let mut sums = Correlations::<1>::default();
        for step in 0..200 {
            let a = (f64::from(step) * 0.1).sin();
            sums.add([9.8 * a, 0.0, 0.0], [a]);
        }
        assert_eq!(sums.find(0), None);
    }
}
