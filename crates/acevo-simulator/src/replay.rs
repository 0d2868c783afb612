//! What has been shown lately, to be shown again.

use std::collections::VecDeque;

use acevo_shared_memory::{SPageFileGraphicEvo, SPageFilePhysics};

use crate::car::PHYSICS_RATE;

/// Physics steps that are kept.
const KEPT: u64 = 21 * PHYSICS_RATE as u64;

/// The pages of the last seconds, each with the session's step that wrote it.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    physics: VecDeque<(u64, SPageFilePhysics)>,
    graphics: VecDeque<(u64, SPageFileGraphicEvo)>,
}

impl History {
    pub(crate) fn keep_physics(&mut self, step: u64, page: &SPageFilePhysics) {
        keep(&mut self.physics, step, page);
    }

    pub(crate) fn keep_graphics(&mut self, step: u64, page: &SPageFileGraphicEvo) {
        keep(&mut self.graphics, step, page);
    }

    /// The physics page of that step.
    pub(crate) fn physics_at(&self, step: u64) -> Option<&SPageFilePhysics> {
        latest(&self.physics, step)
    }

    /// The last frame up to that step.
    pub(crate) fn graphics_at(&self, step: u64) -> Option<&SPageFileGraphicEvo> {
        latest(&self.graphics, step)
    }
}

fn keep<P: Copy>(pages: &mut VecDeque<(u64, P)>, step: u64, page: &P) {
    while pages.front().is_some_and(|(kept, _)| kept + KEPT < step) {
        pages.pop_front();
    }
    pages.push_back((step, *page));
}

fn latest<P>(pages: &VecDeque<(u64, P)>, step: u64) -> Option<&P> {
    pages.partition_point(|(kept, _)| *kept <= step).checked_sub(1).map(|index| &pages[index].1)
}
