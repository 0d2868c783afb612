//! Maps the clock of the recording to driving time, which does not advance in pauses.

use std::collections::VecDeque;

/// Minimum change of the difference between the clocks that is kept, seconds.
const MIN_CHANGE_S: f64 = 0.02;

/// Maximum number of changes that are kept.
const MAX_CHANGES: usize = 4096;

/// The difference between the two clocks, whenever it changed.
#[derive(Debug, Clone, Default)]
pub(super) struct PauseClock {
    /// Clock of the recording and its lead over driving time from then on, seconds.
    leads: VecDeque<(f64, f64)>,
}

impl PauseClock {
    /// Takes both clocks, seconds.
    pub(super) fn note(&mut self, at_s: f64, driven_s: f64) {
        let lead = at_s - driven_s;
        if self.leads.back().is_some_and(|(_, last)| (lead - last).abs() < MIN_CHANGE_S) {
            return;
        }
        if self.leads.len() >= MAX_CHANGES {
            self.leads.pop_front();
        }
        self.leads.push_back((at_s, lead));
    }

    /// Driving time at a time of the recording, seconds.
    pub(super) fn driven_s(&self, at_s: f64) -> f64 {
        let index = self.leads.partition_point(|(from, _)| *from <= at_s);
        let before = index.checked_sub(1).and_then(|index| self.leads.get(index));
        let lead = before.or_else(|| self.leads.front()).map_or(0.0, |(_, lead)| *lead);
        let driven = at_s - lead;
        // In a pause driving time stands still.
        match self.leads.get(index).filter(|_| before.is_some()) {
            Some((next, lead)) => driven.min(next - lead),
            None => driven,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn driven_s_stands_still_in_a_pause() {
        let mut clock = PauseClock::default();
        for (at, driven) in [(10.0, 0.0), (20.0, 10.0), (50.0, 10.0), (60.0, 20.0)] {
            clock.note(at, driven);
        }
        let driven = [8.0, 15.0, 20.0, 35.0, 50.0, 55.0].map(|at| clock.driven_s(at));
        assert_eq!(driven, [-2.0, 5.0, 10.0, 10.0, 10.0, 15.0]);
        assert_eq!(PauseClock::default().driven_s(3.0), 3.0);
    }
}
