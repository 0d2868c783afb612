//! Whether the physics page describes the car at this moment.
//!
//! A physics page can be whole and still be meaningless. Measured on 0.6.2: when a pause begins, the counter stands for a second
//! while every float fades to zero; then the counter leaps by 671 and counts all-zero pages at twice the rate. After the pause the
//! status is LIVE at once, but the counter stands for another two seconds while the floats fade in; then it leaps by 670 and the
//! values are true again. In the main menu half-faded values stay for minutes. So neither the status nor the counter alone says
//! whether the values can be used. [`PhysicsTracker`] combines them.

use std::fmt;

use crate::page::{Page, SPageFileGraphicEvo, SPageFilePhysics};
use crate::protocol::ACEvoStatus;

/// Whether the values of the physics page describe the car now, and if not, why.
///
/// Use the physics values only if [`is_current`](Self::is_current). The graphics page stays true all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PhysicsValidity {
    /// The game is in its menu or loads. The page keeps what it had when the menu was opened, often half-faded.
    #[default]
    Menu,
    /// The values describe the car now.
    Current,
    /// The game is paused: the values fade to zero, then are zero.
    Paused,
    /// The game is live again, but the physics page is not: its values fade in, or it has not moved yet. Lasts two seconds.
    Resuming,
    /// A replay is shown. What the page holds, if it moves at all, is not what the car does now.
    Replay,
}

impl PhysicsValidity {
    /// True if the values describe the car now.
    pub const fn is_current(self) -> bool {
        matches!(self, Self::Current)
    }

    /// The validity of a page about which nothing but the status is known.
    const fn of_status(status: ACEvoStatus) -> Self {
        match status {
            ACEvoStatus::Live => Self::Current,
            ACEvoStatus::Pause => Self::Paused,
            ACEvoStatus::Replay => Self::Replay,
            ACEvoStatus::Off | ACEvoStatus::Unknown(_) => Self::Menu,
        }
    }

    /// The validity of two pages of one moment, as far as a single look can tell: live, and neither zero nor visibly faded.
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

/// Graphics packets without a physics packet between them after which the physics counter stands. Physics is written four times as
/// often as graphics.
const STANDS_AFTER: u32 = 8;

/// The smallest leap of a standing counter that is the game's. Measured: 670 and 671.
const SMALLEST_LEAP: u32 = 100;

/// The lowest density of the air that any track has, in kg/m³. A faded page has less.
const THIN_AIR: f32 = 0.8;

/// How far the ratios of faded values may differ from each other, and how far they must differ from 1.
const SAME_RATIO: f32 = 1e-4;

/// Follows both pages and knows whether the physics page is current.
///
/// [`ACEvoSharedMemoryMapper`](crate::ACEvoSharedMemoryMapper) has one inside. Use one of your own for pages from elsewhere.
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
/// // Live again, but the physics counter stands.
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
    /// What the last current page had. `None` while no page was current.
    reference: Option<Ambient>,
    /// Graphics packets since the physics counter moved.
    standing: u32,
    graphics_id: i32,
    skipped: u64,
}

impl PhysicsTracker {
    /// Whether the physics page that was seen last is current.
    pub const fn validity(&self) -> PhysicsValidity {
        self.validity
    }

    /// Steps of the physics counter so far that held no data of the car: those that the game leaps over around a pause, and the zero
    /// pages of the pause itself. A reader cannot have missed them.
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// True if the physics counter has stood still for some frames.
    pub(crate) const fn stands(&self) -> bool {
        self.standing >= STANDS_AFTER
    }

    /// Takes a graphics page; the same one again does no harm.
    pub fn graphics(&mut self, page: &SPageFileGraphicEvo) {
        // A page that nobody writes to says nothing about the game.
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
            // The page is current once it moves with values again.
            (PhysicsValidity::Current, PhysicsValidity::Current | PhysicsValidity::Resuming) => self.validity,
            (PhysicsValidity::Current, _) => PhysicsValidity::Resuming,
            (other, _) => other,
        };
    }

    /// Takes a physics page; the same one again does no harm. Returns the steps between the page before and this one that held no data
    /// of the car.
    pub fn physics(&mut self, page: &SPageFilePhysics) -> u32 {
        let before = self.id.replace(page.packetId);
        let moved = before != Some(page.packetId);
        let steps = before.map_or(0, |before| page.packetId.wrapping_sub(before)).max(0).unsigned_abs();
        let leaps = !self.validity.is_current() && self.stands() && steps > SMALLEST_LEAP;
        match self.status {
            // Without a graphics page the physics page speaks for itself.
            Some(ACEvoStatus::Live) | None => self.take_live(page, moved, before.is_none()),
            Some(_) => {}
        }
        if !moved {
            return 0;
        }
        self.standing = 0;
        let is_empty = self.validity == PhysicsValidity::Paused || (self.is_zero_page(page) && before.is_some());
        if !leaps && !is_empty {
            return 0;
        }
        self.skipped += u64::from(steps.saturating_sub(u32::from(!is_empty)));
        steps.saturating_sub(1)
    }

    /// True for a zero page that is still counted after the status has become live again.
    fn is_zero_page(&self, page: &SPageFilePhysics) -> bool {
        self.validity == PhysicsValidity::Resuming && !has_values(page)
    }

    fn take_live(&mut self, page: &SPageFilePhysics, moved: bool, is_first: bool) {
        let ambient = Ambient::of(page);
        let fading = self.reference.as_ref().map_or(Fading::No, |reference| ambient.fading(reference));
        match fading {
            // A page that fades in was taken for a true one: the connection began in the middle of it.
            Fading::In => (self.validity, self.reference) = (PhysicsValidity::Resuming, None),
            Fading::No if has_values(page) => {
                if moved || is_first {
                    (self.validity, self.reference) = (PhysicsValidity::Current, Some(ambient));
                }
            }
            // The graphics page says a moment later that the game is paused.
            Fading::Out | Fading::No if self.validity.is_current() => self.validity = PhysicsValidity::Paused,
            Fading::Out | Fading::No => {}
        }
    }
}

/// False for a page that is zero but for its counter, and for one that is so faded that the air is thinner than anywhere.
fn has_values(page: &SPageFilePhysics) -> bool {
    if page.airDensity == 0.0 {
        return page.as_bytes()[size_of::<i32>()..].iter().any(|byte| *byte != 0);
    }
    !(0.0..THIN_AIR).contains(&page.airDensity)
}

/// Values that hardly change while the car is driven, and never all by the same ratio.
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

    /// Whether all values have been scaled by the same ratio since `before`. Fewer than three values prove nothing.
    fn fading(&self, before: &Self) -> Fading {
        let pairs = self.0.iter().zip(&before.0).filter(|(_, before)| before.is_normal());
        let mut ratios = pairs.map(|(now, before)| now / before);
        let (Some(first), others) = (ratios.next(), ratios) else { return Fading::No };
        let mut count = 1;
        for ratio in others {
            if (ratio - first).abs() > SAME_RATIO * first.abs().max(1.0) {
                return Fading::No;
            }
            count += 1;
        }
        match first {
            _ if count < 3 => Fading::No,
            ratio if (0.0..1.0 - SAME_RATIO).contains(&ratio) => Fading::Out,
            ratio if ratio > 1.0 + SAME_RATIO => Fading::In,
            _ => Fading::No,
        }
    }
}
