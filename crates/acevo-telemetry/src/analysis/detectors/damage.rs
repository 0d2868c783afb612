//! Damage that comes in steps, and repairs.

use acevo_shared_memory::{Frame, SPageFilePhysics};

use super::Thresholds;
use crate::analysis::clock::current_physics;
use crate::analysis::event::{DamageStep, Part, SessionEventKind};

const PARTS: usize = Part::ALL.len();

/// The first of them are the body, the others the suspension. Each has its own scale.
const BODY: usize = 5;

/// A crash is over when nothing has changed for so long, or repairs are; in seconds.
const SETTLED_S: f64 = 1.0;

/// It is told after so many seconds, over or not.
const LONGEST_S: f64 = 5.0;

/// More is seen only where the scale does not end at 1.
const BEYOND_ONE: f32 = 1.5;

/// Nothing is damaged more than this; what was reported is 237.
const MOST: f32 = 1e6;

/// Damage must rise by this part of what there was.
const MORE: f32 = 0.25;

#[derive(Debug, Clone, Default)]
pub(super) struct Damage {
    /// SessionEventKind was told last; nothing before the first page.
    told: Option<[f32; PARTS]>,
    /// The scale of the body is about 100, not 1, and that of the suspension.
    is_large: [bool; 2],
    pending: Option<Pending>,
}

/// Damage that is changing.
#[derive(Debug, Clone, Copy)]
struct Pending {
    since: f64,
    changed_at: f64,
    values: [f32; PARTS],
}

impl Damage {
    pub(super) fn note(&mut self, frame: &Frame, now: f64, limits: &Thresholds, out: &mut Vec<SessionEventKind>) {
        let Some(physics) = current_physics(frame) else { return };
        let values = damage(frame, physics);
        let (body, suspension) = values.split_at(BODY);
        let [body, suspension] = [body, suspension].map(|group| group.iter().any(|value| *value > BEYOND_ONE));
        self.is_large = [self.is_large[0] || body, self.is_large[1] || suspension];
        let Some(told) = self.told else {
            self.told = Some(values);
            return;
        };
        let steps = self.is_large.map(|is_large| limits.damage_step as f32 * if is_large { 100.0 } else { 1.0 });
        let step = |part: usize| steps[usize::from(part >= BODY)];
        let rises = |part: usize| values[part] >= told[part] + step(part).max(MORE * told[part]);
        let falls = |part: usize| told[part] >= step(part) && values[part] <= told[part] / 2.0;
        if !(0..PARTS).any(|part| rises(part) || falls(part)) {
            self.pending = None;
            return;
        }
        let pending = self.pending.get_or_insert(Pending { since: now, changed_at: now, values });
        if pending.values != values {
            (pending.values, pending.changed_at) = (values, now);
        }
        if now - pending.changed_at < SETTLED_S && now - pending.since < LONGEST_S {
            return;
        }
        self.pending = None;
        let steps = |changes: &dyn Fn(usize) -> bool| -> Vec<DamageStep> {
            let steps = Part::ALL.into_iter().enumerate().filter(|(index, _)| changes(*index));
            steps.map(|(index, part)| DamageStep { part, before: told[index], now: values[index] }).collect()
        };
        let (worse, better) = (steps(&rises), steps(&falls));
        if !worse.is_empty() {
            out.push(SessionEventKind::Damage { parts: worse });
        }
        if !better.is_empty() {
            out.push(SessionEventKind::Repaired { parts: better });
        }
        // Parts that have changed a little are measured by what was told of them.
        let mut told = told;
        (0..PARTS).filter(|part| rises(*part) || falls(*part)).for_each(|part| told[part] = values[part]);
        self.told = Some(told);
    }
}

/// Damage of each part, by the graphics page; of the body by the physics page where the other tells nothing.
fn damage(frame: &Frame, physics: &SPageFilePhysics) -> [f32; PARTS] {
    let page = &frame.graphics.raw().car_damage;
    let body = [page.damage_front, page.damage_rear, page.damage_left, page.damage_right, page.damage_center];
    let body = if body.iter().any(|value| is_damage(*value)) { body } else { physics.carDamage };
    let [front, rear, left, right, centre] = body;
    let [fl, fr, rl, rr] =
        [page.damage_suspension_lf, page.damage_suspension_rf, page.damage_suspension_lr, page.damage_suspension_rr];
    [front, rear, left, right, centre, fl, fr, rl, rr].map(|value| if is_damage(value) { value } else { 0.0 })
}

fn is_damage(value: f32) -> bool {
    value > 0.0 && value < MOST
}
