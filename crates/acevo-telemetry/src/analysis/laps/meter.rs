//! Consumption at any recent moment: a lap ends between two packets and is noticed later.

use std::collections::VecDeque;

use crate::car_sample::CarSample;

/// Physics packets that are kept: most of a second.
const KEPT_PACKETS: usize = 256;

/// Maximum distance in physics steps between a moment and a packet that shows the consumption at it: a third of a second.
const MAX_STEPS: f64 = 100.0;

/// Totals since the analysis began.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Consumed {
    /// Fuel burned, litres.
    pub(super) fuel_l: f64,
    /// Fuel added, litres.
    pub(super) added_l: f64,
    /// Charge used, 0..1, less what was recovered.
    pub(super) charge: f64,
}

/// Follows the levels of tank and battery.
#[derive(Debug, Clone, Default)]
pub(super) struct ConsumptionMeter {
    fuel: Option<f64>,
    charge: Option<f64>,
    consumed: Consumed,
    /// Totals at recent physics steps.
    marks: VecDeque<(f64, Consumed)>,
}

impl ConsumptionMeter {
    /// Takes the levels of a frame at this physics step.
    pub(super) fn note(&mut self, steps: f64, sample: &CarSample) {
        if let Some(fuel) = sample.fuel_l {
            let burned = self.fuel.replace(fuel).map_or(0.0, |before| before - fuel);
            self.consumed.fuel_l += burned.max(0.0);
            self.consumed.added_l += (-burned).max(0.0);
        }
        if let Some(charge) = sample.charge {
            self.consumed.charge += self.charge.replace(charge).map_or(0.0, |before| before - charge);
        }
        if self.marks.len() >= KEPT_PACKETS {
            self.marks.pop_front();
        }
        self.marks.push_back((steps, self.consumed));
    }

    /// The consumption so far.
    pub(super) const fn total(&self) -> Consumed {
        self.consumed
    }

    /// The consumption up to a physics step; `None` if no packet near that step is kept.
    pub(super) fn at(&self, steps: f64) -> Option<Consumed> {
        let after = self.marks.partition_point(|(mark, _)| *mark < steps);
        let (before, after) = (after.checked_sub(1).and_then(|index| self.marks.get(index)), self.marks.get(after));
        let near = |mark: Option<&(f64, Consumed)>| mark.copied().filter(|(mark, _)| (mark - steps).abs() <= MAX_STEPS);
        match (near(before), near(after)) {
            (Some((start, before)), Some((end, after))) => {
                let part = (steps - start) / (end - start);
                let between = |before: f64, after: f64| before + (after - before) * part;
                Some(Consumed {
                    fuel_l: between(before.fuel_l, after.fuel_l),
                    added_l: between(before.added_l, after.added_l),
                    charge: between(before.charge, after.charge),
                })
            }
            (before, after) => before.or(after).map(|(_, consumed)| consumed),
        }
    }

    /// The next levels do not continue the ones before: the difference was neither used nor added.
    pub(super) fn interrupt(&mut self) {
        (self.fuel, self.charge) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fuel(litres: f64) -> CarSample {
        CarSample { fuel_l: Some(litres), ..CarSample::default() }
    }

    #[test]
    fn at_separates_burned_from_added_fuel() {
        let mut meter = ConsumptionMeter::default();
        for (step, litres) in [40.0, 39.0, 38.0, 60.0, 58.0].into_iter().enumerate() {
            meter.note(step as f64, &fuel(litres));
        }
        let consumed = meter.at(90.0).unwrap();
        assert_eq!((consumed.fuel_l, consumed.added_l), (4.0, 22.0));
        assert_eq!(meter.at(0.5).unwrap().fuel_l, 0.5, "between two packets");
        assert_eq!(meter.at(-1.0).unwrap().fuel_l, 0.0);
        assert_eq!((meter.at(200.0), meter.at(-200.0)), (None, None), "no packet is near");
    }

    #[test]
    fn interrupt_hides_a_change_of_the_level() {
        let mut meter = ConsumptionMeter::default();
        meter.note(0.0, &fuel(10.0));
        meter.interrupt();
        meter.note(1.0, &fuel(60.0));
        meter.note(2.0, &fuel(59.0));
        assert_eq!(meter.at(2.0), Some(Consumed { fuel_l: 1.0, ..Default::default() }));
    }
}
