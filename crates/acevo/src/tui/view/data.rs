//! The data that the view draws.

use acevo_shared_memory::{Frame as Pages, PhysicsView, SPageFilePhysics};

use crate::session::snapshot::Snapshot;
use crate::tui::units::Units;

/// A snapshot with pages, and the units to show it in.
pub(in crate::tui) struct ViewData<'a> {
    pub(in crate::tui) snapshot: &'a Snapshot,
    pub(in crate::tui) pages: &'a Pages,
    pub(in crate::tui) units: Units,
}

impl<'a> ViewData<'a> {
    /// The physics page if it describes the car now.
    pub(in crate::tui) fn physics(&self) -> Option<&'a PhysicsView<'static>> {
        self.pages.validity.is_current().then_some(&self.pages.physics)
    }

    /// A number of the physics page. NaN, which is shown as `-`, while the page does not describe the car.
    pub(in crate::tui) fn of_physics(&self, value: impl FnOnce(&SPageFilePhysics) -> f32) -> f32 {
        self.physics().map_or(f32::NAN, |page| value(page.raw()))
    }
}
