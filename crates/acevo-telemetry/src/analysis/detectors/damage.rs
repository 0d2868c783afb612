//! Damage and repairs.

use acevo_shared_memory::{Frame, SPageFilePhysics};

use super::thresholds::Thresholds;
use crate::analysis::event::{DamageStep, Part, SessionEventKind};
use crate::car_sample::current_physics;
use crate::limits;

const PARTS: usize = Part::ALL.len();

/// Number of body parts, which come first; the others are the suspension. Each group has a scale of its own.
const BODY_PARTS: usize = 5;

/// Time without a change after which a crash or a repair is over, seconds.
const SETTLED_S: f64 = 1.0;

/// Time after which damage is reported even if it still changes, seconds.
const MAX_PENDING_S: f64 = 5.0;

/// Damage above this shows that the scale does not end at 1.
const LARGE_SCALE_FROM: f32 = 1.5;

/// Part of the damage before by which damage must rise to be reported.
const MIN_RISE: f32 = 0.25;

#[derive(Debug, Clone, Default)]
pub(super) struct Damage {
    /// Damage that was reported last; `None` before the first page.
    reported: Option<[f32; PARTS]>,
    /// Whether the scales of body and suspension are about 100 instead of 1.
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
    pub(super) fn note(&mut self, frame: &Frame, now: f64, thresholds: &Thresholds, out: &mut Vec<SessionEventKind>) {
        let Some(physics) = current_physics(frame) else { return };
        let values = damage(frame, physics);
        let (body, suspension) = values.split_at(BODY_PARTS);
        let [body, suspension] = [body, suspension].map(|group| group.iter().any(|value| *value > LARGE_SCALE_FROM));
        self.is_large = [self.is_large[0] || body, self.is_large[1] || suspension];
        let Some(reported) = self.reported else {
            self.reported = Some(values);
            return;
        };
        let steps = self.is_large.map(|is_large| thresholds.damage_step as f32 * if is_large { 100.0 } else { 1.0 });
        let step = |part: usize| steps[usize::from(part >= BODY_PARTS)];
        let rises = |part: usize| values[part] >= reported[part] + step(part).max(MIN_RISE * reported[part]);
        let falls = |part: usize| reported[part] >= step(part) && values[part] <= reported[part] / 2.0;
        if !(0..PARTS).any(|part| rises(part) || falls(part)) {
            self.pending = None;
            return;
        }
        let pending = self.pending.get_or_insert(Pending { since: now, changed_at: now, values });
        if pending.values != values {
            pending.values = values;
            pending.changed_at = now;
        }
        if now - pending.changed_at < SETTLED_S && now - pending.since < MAX_PENDING_S {
            return;
        }
        self.pending = None;
        let steps = |changes: &dyn Fn(usize) -> bool| -> Vec<DamageStep> {
            let steps = Part::ALL.into_iter().enumerate().filter(|(index, _)| changes(*index));
            steps.map(|(index, part)| DamageStep { part, before: reported[index], now: values[index] }).collect()
        };
        let (worse, better) = (steps(&rises), steps(&falls));
        if !worse.is_empty() {
            out.push(SessionEventKind::Damage { parts: worse });
        }
        if !better.is_empty() {
            out.push(SessionEventKind::Repaired { parts: better });
        }
        // Parts that have changed a little keep the value that was reported.
        let mut reported = reported;
        (0..PARTS).filter(|part| rises(*part) || falls(*part)).for_each(|part| reported[part] = values[part]);
        self.reported = Some(reported);
    }
}

/// Damage of each part, by the graphics page. If that shows no damage of the body, it is taken from the physics page.
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
    value > 0.0 && value < limits::MAX_DAMAGE
}
