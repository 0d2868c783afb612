//! Whether the physics page describes the car at this moment.
//!
//! A physics page can be settled and still be meaningless. Measured on 0.6.2: when a pause begins, the counter stops for a
//! second while every float fades to zero; then the counter jumps by 671 and counts all-zero pages at twice the rate. After the
//! pause the status is LIVE at once, but the counter stops for another two seconds while the floats fade in; then it jumps by 670
//! and the values are true again. In the main menu half-faded values remain for minutes. So neither the status nor the counter
//! alone shows whether the values can be used. [`PhysicsTracker`] combines them.

use std::fmt;

use crate::page::{Page, SPageFileGraphicEvo, SPageFilePhysics};
use crate::protocol::ACEvoStatus;

/// Whether the values of the physics page describe the car now, and the reason if not.
///
/// Use the physics values only if [`is_current`](Self::is_current). The graphics page is always valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PhysicsValidity {
    /// The game is in its menu or is loading. The page keeps the values from when the menu was opened, often half-faded.
    #[default]
    Menu,
    /// The values describe the car now.
    Current,
    /// The game is paused: the values fade to zero, then stay zero.
    Paused,
    /// The game is live again, but the physics page is not: its values fade in, or its counter has not moved yet. Lasts two seconds.
    Resuming,
    /// A replay is shown. The page does not describe what the car does now, even if it moves.
    Replay,
}

impl PhysicsValidity {
    /// True if the values describe the car now.
    pub const fn is_current(self) -> bool {
        matches!(self, Self::Current)
    }

    /// The validity of a page if only the status is known.
    const fn of_status(status: ACEvoStatus) -> Self {
        match status {
            ACEvoStatus::Live => Self::Current,
            ACEvoStatus::Pause => Self::Paused,
            ACEvoStatus::Replay => Self::Replay,
            ACEvoStatus::Off | ACEvoStatus::Unknown(_) => Self::Menu,
        }
    }

    /// The validity that follows from two pages of one moment: current if the game is live and the physics page is neither zero
    /// nor visibly faded.
    pub fn of(physics: &SPageFilePhysics, graphics: &SPageFileGraphicEvo) -> Self {
        match Self::of_status(ACEvoStatus::from(graphics.status)) {
            Self::Current if !has_values(physics) => Self::Resuming,
            validity => validity,
        }
    }
}

impl fmt::Display for PhysicsValidity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Menu => "menu",
            Self::Current => "current",
            Self::Paused => "paused",
            Self::Resuming => "resuming",
            Self::Replay => "replay",
        })
    }
}

/// Number of graphics packets without a physics packet after which the physics counter counts as stopped. Physics is written about four
/// times as often as graphics.
const STOPPED_FRAMES: u32 = 8;

/// Minimum jump of a standing counter that is caused by the game. Measured: 670 and 671.
const MIN_JUMP: u32 = 100;

/// Plausibility limit: minimum density of the air on any track, in kg/m³. A faded page has less.
const MIN_AIR_DENSITY: f32 = 0.8;

/// Tolerance for the ratios of faded values: they may differ from each other by less than this, and must differ from 1 by more.
const RATIO_TOLERANCE: f32 = 1e-4;

/// Tracks both pages to decide whether the physics page is current.
///
/// [`ACEvoSharedMemoryMapper`](crate::ACEvoSharedMemoryMapper) contains one. Create your own for pages from other sources.
///
/// ```
/// use acevo_shared_memory::{ACEvoStatus, PhysicsTracker, PhysicsValidity, SPageFileGraphicEvo, SPageFilePhysics};
///
/// let mut tracker = PhysicsTracker::default();
/// let mut graphics = SPageFileGraphicEvo { packetId: 1, status: ACEvoStatus::Live.value(), ..Default::default() };
/// let mut physics = SPageFilePhysics { packetId: 1, airDensity: 1.2, rpms: 6000, ..Default::default() };
/// tracker.graphics(&graphics);
/// tracker.physics(&physics);
/// assert!(tracker.validity().is_current());
///
/// (graphics.packetId, graphics.status) = (2, ACEvoStatus::Pause.value());
/// tracker.graphics(&graphics);
/// assert_eq!(tracker.validity(), PhysicsValidity::Paused);
///
/// // Live again, but the physics counter is stopped.
/// (graphics.packetId, graphics.status) = (3, ACEvoStatus::Live.value());
/// tracker.graphics(&graphics);
/// assert_eq!(tracker.validity(), PhysicsValidity::Resuming);
/// physics.packetId += 670;
/// tracker.physics(&physics);
/// assert!(tracker.validity().is_current());
/// ```
#[derive(Debug, Clone, Default)]
pub struct PhysicsTracker {
    validity: PhysicsValidity,
    /// The status of the newest graphics page; `None` before the first one.
    status: Option<ACEvoStatus>,
    /// The physics counter; `None` before the first page.
    id: Option<i32>,
    /// Ambient values of the last current page; `None` if no page was current yet.
    reference: Option<Ambient>,
    /// Graphics packets since the physics counter moved.
    standing: u32,
    graphics_id: i32,
    skipped: u64,
}

impl PhysicsTracker {
    /// Whether the last physics page is current.
    pub const fn validity(&self) -> PhysicsValidity {
        self.validity
    }

    /// Total number of physics counter steps that held no data of the car: those that the game jumps over around a pause, and the
    /// all-zero pages of the pause itself. A reader cannot have missed them.
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// True if the physics counter has not moved for several frames.
    pub(crate) const fn is_stopped(&self) -> bool {
        self.standing >= STOPPED_FRAMES
    }

    /// Processes a graphics page. Repeating the same page has no effect.
    pub fn graphics(&mut self, page: &SPageFileGraphicEvo) {
        // A page that was never written has no meaning.
        if page.packetId == 0 && self.status.is_none() {
            return;
        }
        let status = ACEvoStatus::from(page.status);
        if self.graphics_id != page.packetId {
            self.graphics_id = page.packetId;
            self.standing = self.standing.saturating_add(1);
        }
        self.status = Some(status);
        self.validity = match (PhysicsValidity::of_status(status), self.validity) {
            // The physics page becomes current when its counter moves and its values are not faded.
            (PhysicsValidity::Current, PhysicsValidity::Current | PhysicsValidity::Resuming) => self.validity,
            (PhysicsValidity::Current, _) => PhysicsValidity::Resuming,
            (other, _) => other,
        };
    }

    /// Processes a physics page. Repeating the same page has no effect. Returns the number of counter steps between the previous page
    /// and this one that held no data of the car.
    pub fn physics(&mut self, page: &SPageFilePhysics) -> u32 {
        let before = self.id.replace(page.packetId);
        let moved = before != Some(page.packetId);
        let steps = before.map_or(0, |before| page.packetId.wrapping_sub(before)).max(0).unsigned_abs();
        let jumps = !self.validity.is_current() && self.is_stopped() && steps > MIN_JUMP;
        match self.status {
            // Without a graphics page, the physics page alone decides.
            Some(ACEvoStatus::Live) | None => self.take_live(page, moved, before.is_none()),
            Some(_) => {}
        }
        if !moved {
            return 0;
        }
        self.standing = 0;
        let is_empty = self.validity == PhysicsValidity::Paused || (self.is_zero_page(page) && before.is_some());
        if !jumps && !is_empty {
            return 0;
        }
        self.skipped += u64::from(steps.saturating_sub(u32::from(!is_empty)));
        steps.saturating_sub(1)
    }

    /// True for an all-zero page that is counted after the status has become live again.
    fn is_zero_page(&self, page: &SPageFilePhysics) -> bool {
        self.validity == PhysicsValidity::Resuming && !has_values(page)
    }

    fn take_live(&mut self, page: &SPageFilePhysics, moved: bool, is_first: bool) {
        let ambient = Ambient::of(page);
        let fading = self.reference.as_ref().map_or(Fading::No, |reference| ambient.fading(reference));
        match fading {
            // The reference was a page that is fading in: the connection began during a fade.
            Fading::In => (self.validity, self.reference) = (PhysicsValidity::Resuming, None),
            Fading::No if has_values(page) => {
                if moved || is_first {
                    (self.validity, self.reference) = (PhysicsValidity::Current, Some(ambient));
                }
            }
            // The graphics page will report the pause a moment later.
            Fading::Out | Fading::No if self.validity.is_current() => self.validity = PhysicsValidity::Paused,
            Fading::Out | Fading::No => {}
        }
    }
}

/// False for a page that is all zero except for its counter, and for one that is so faded that the air density is implausible.
fn has_values(page: &SPageFilePhysics) -> bool {
    if page.airDensity == 0.0 {
        return page.as_bytes()[size_of::<i32>()..].iter().any(|byte| *byte != 0);
    }
    !(0.0..MIN_AIR_DENSITY).contains(&page.airDensity)
}

/// Values that hardly change while driving, and never all by the same ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ambient([f32; 4]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fading {
    No,
    In,
    Out,
}

impl Ambient {
    const fn of(page: &SPageFilePhysics) -> Self {
        Self([page.airDensity, page.airTemp, page.roadTemp, page.brakeBias])
    }

    /// Detects whether all values have been scaled by the same ratio since `before`. At least three values are needed.
    fn fading(&self, before: &Self) -> Fading {
        let pairs = self.0.iter().zip(&before.0).filter(|(_, before)| before.is_normal());
        let mut ratios = pairs.map(|(now, before)| now / before);
        let (Some(first), others) = (ratios.next(), ratios) else { return Fading::No };
        let mut count = 1;
        for ratio in others {
            if (ratio - first).abs() > RATIO_TOLERANCE * first.abs().max(1.0) {
                return Fading::No;
            }
            count += 1;
        }
        match first {
            _ if count < 3 => Fading::No,
            ratio if (0.0..1.0 - RATIO_TOLERANCE).contains(&ratio) => Fading::Out,
            ratio if ratio > 1.0 + RATIO_TOLERANCE => Fading::In,
            _ => Fading::No,
        }
    }
}
