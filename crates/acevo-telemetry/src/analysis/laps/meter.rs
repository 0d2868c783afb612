//! What was used up, at any recent moment: a lap ends between two packets, and is noticed later.

use std::collections::VecDeque;

use crate::analysis::levels::Levels;

/// Physics packets that are remembered: most of a second.
const REMEMBERED: usize = 256;

/// A packet further away, in steps, does not tell what was used at a moment: a third of a second.
const NEAR: f64 = 100.0;

/// Sums since the analysis began.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Used {
    pub(super) fuel_l: f64,
    pub(super) added_l: f64,
    pub(super) charge: f64,
}

/// Follows tank and battery.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter {
    fuel: Option<f64>,
    charge: Option<f64>,
    used: Used,
    marks: VecDeque<(f64, Used)>,
}

impl Meter {
    /// What is left after so many steps.
    pub(super) fn note(&mut self, steps: f64, levels: Levels) {
        if let Some(fuel) = levels.fuel_l {
            let burned = self.fuel.replace(fuel).map_or(0.0, |before| before - fuel);
            self.used.fuel_l += burned.max(0.0);
            self.used.added_l += (-burned).max(0.0);
        }
        if let Some(charge) = levels.charge {
            self.used.charge += self.charge.replace(charge).map_or(0.0, |before| before - charge);
        }
        if self.marks.len() >= REMEMBERED {
            self.marks.pop_front();
        }
        self.marks.push_back((steps, self.used));
    }

    /// What was used by now.
    pub(super) const fn total(&self) -> Used {
        self.used
    }

    /// What was used until then. `None` where no packet near that moment was seen, or it is forgotten.
    pub(super) fn at(&self, steps: f64) -> Option<Used> {
        let after = self.marks.partition_point(|(mark, _)| *mark < steps);
        let (before, after) = (after.checked_sub(1).and_then(|index| self.marks.get(index)), self.marks.get(after));
        let near = |mark: Option<&(f64, Used)>| mark.copied().filter(|(mark, _)| (mark - steps).abs() <= NEAR);
        match (near(before), near(after)) {
            (Some((start, before)), Some((end, after))) => {
                let part = (steps - start) / (end - start);
                let between = |before: f64, after: f64| before + (after - before) * part;
                Some(Used {
                    fuel_l: between(before.fuel_l, after.fuel_l),
                    added_l: between(before.added_l, after.added_l),
                    charge: between(before.charge, after.charge),
                })
            }
            (before, after) => before.or(after).map(|(_, used)| used),
        }
    }

    /// Another tank, or the same after a jump: what is in it now was not put in.
    pub(super) fn interrupt(&mut self) {
        (self.fuel, self.charge) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fuel(litres: f64) -> Levels {
        Levels { fuel_l: Some(litres), charge: None }
    }

    #[test]
    fn refuelling_is_not_burning() {
        let mut meter = Meter::default();
        for (step, litres) in [40.0, 39.0, 38.0, 60.0, 58.0].into_iter().enumerate() {
            meter.note(step as f64, fuel(litres));
        }
        let used = meter.at(90.0).unwrap();
        assert_eq!((used.fuel_l, used.added_l), (4.0, 22.0));
        assert_eq!(meter.at(0.5).unwrap().fuel_l, 0.5, "between two packets");
        assert_eq!(meter.at(-1.0).unwrap().fuel_l, 0.0);
        assert_eq!((meter.at(200.0), meter.at(-200.0)), (None, None), "nobody knows");
    }

    #[test]
    fn another_tank_is_no_refuelling() {
        let mut meter = Meter::default();
        meter.note(0.0, fuel(10.0));
        meter.interrupt();
        meter.note(1.0, fuel(60.0));
        meter.note(2.0, fuel(59.0));
        assert_eq!(meter.at(2.0), Some(Used { fuel_l: 1.0, ..Default::default() }));
    }
}
