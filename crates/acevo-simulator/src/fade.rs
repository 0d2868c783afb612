//! What the physics page shows around a pause: the truth, a share of it, or zeros.

use std::sync::LazyLock;

use acevo_shared_memory::{FieldType, Page, SPageFilePhysics};

/// The levels of a fade: 0 is nothing, `FULL` is the truth. Fading in takes one step for each, which is 2.0 s.
const FULL: i32 = 666;
/// Levels lost in each step of a pause: fading out takes 1.0 s.
const OUT: i32 = 2;
/// Packets that the counter leaps by when the page is zero for the first time, and when it is true again.
const LEAP_AT_ZERO: i32 = 671;
const LEAP_BACK: i32 = 670;
/// Packets counted in each step while the page is zero.
const PACKETS_AT_ZERO: i32 = 2;
/// The share of the truth in the first page after the counter's leap.
const REMAINDER: f32 = 0.004;
/// The level that the game reaches between a pause and its main menu: some 60 ms of fading in.
const MENU_LEVEL: i32 = 21;

/// Steps for which a session is live between the pause and the main menu.
pub(crate) const LIVE_BEFORE_MENU: u64 = MENU_LEVEL as u64;

/// Where the page is between the truth and zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The page shows the truth.
    Whole,
    /// Fading to or from the truth without having been zero: the integers stay.
    Partial,
    /// All zero.
    Zero,
    /// Fading in from zero: the integers are 0.
    FromZero,
}

/// How much of the truth the physics page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fade {
    phase: Phase,
    level: i32,
    /// Packets that have been counted without being shown.
    skipped: i32,
}

/// A page as it is to be shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shown {
    /// What the counter goes up by.
    pub(crate) packets: i32,
    /// The share of the floats, 0..=1.
    share: f32,
    /// The integers are shown, else they are 0.
    integers: bool,
}

impl Default for Fade {
    fn default() -> Self {
        Self { phase: Phase::Whole, level: FULL, skipped: 0 }
    }
}

impl Fade {
    /// The page shows the truth.
    pub(crate) fn is_whole(&self) -> bool {
        self.phase == Phase::Whole
    }

    /// One step of driving.
    pub(crate) fn live(&mut self) -> Shown {
        match self.phase {
            Phase::Whole => Shown { packets: 1, share: 1.0, integers: true },
            Phase::Partial | Phase::FromZero | Phase::Zero if self.level + 1 >= FULL => {
                let leap = if self.phase == Phase::Partial { self.skipped + 1 } else { LEAP_BACK };
                *self = Self::default();
                Shown { packets: leap, share: 1.0, integers: true }
            }
            phase => {
                self.level += 1;
                self.skipped += 1;
                self.phase = if phase == Phase::Partial { phase } else { Phase::FromZero };
                self.standing()
            }
        }
    }

    /// One step of a pause.
    pub(crate) fn paused(&mut self) -> Shown {
        match self.phase {
            Phase::Zero => Shown { packets: PACKETS_AT_ZERO, share: 0.0, integers: false },
            phase => {
                self.level -= OUT;
                self.skipped += PACKETS_AT_ZERO;
                if self.level <= 0 {
                    // After an interrupted fade another number of packets is missing than after a whole one.
                    let whole = FULL / OUT * PACKETS_AT_ZERO;
                    let leap = LEAP_AT_ZERO + self.skipped - whole;
                    *self = Self { phase: Phase::Zero, level: 0, skipped: 0 };
                    return Shown { packets: leap, share: REMAINDER, integers: false };
                }
                if phase == Phase::Whole {
                    self.phase = Phase::Partial;
                }
                self.standing()
            }
        }
    }

    /// The game is in its main menu: the page stands with what it had begun to fade in.
    pub(crate) fn menu(&mut self) -> Shown {
        if self.phase != Phase::FromZero {
            *self = Self { phase: Phase::FromZero, level: MENU_LEVEL, skipped: MENU_LEVEL };
        }
        self.standing()
    }

    /// A page whose counter stands.
    fn standing(&self) -> Shown {
        Shown { packets: 0, share: self.level as f32 / FULL as f32, integers: self.phase == Phase::Partial }
    }
}

impl Shown {
    /// This much of the true page, after a page with the counter `packet`.
    pub(crate) fn page(&self, truth: &SPageFilePhysics, packet: i32) -> SPageFilePhysics {
        let packet = packet.wrapping_add(self.packets);
        if self.share == 1.0 && self.integers {
            return SPageFilePhysics { packetId: packet, ..*truth };
        }
        let mut bytes = truth.as_bytes().to_vec();
        for (word, is_float) in bytes.chunks_exact_mut(4).zip(FLOATS.iter()) {
            if *is_float && self.share > 0.0 {
                let value = f32::from_le_bytes([word[0], word[1], word[2], word[3]]) * self.share;
                word.copy_from_slice(&value.to_le_bytes());
            } else if *is_float || !self.integers {
                word.fill(0);
            }
        }
        SPageFilePhysics { packetId: packet, ..SPageFilePhysics::from_bytes(&bytes) }
    }
}

/// Which 32-bit words of the physics page are floats.
static FLOATS: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut floats = vec![false; size_of::<SPageFilePhysics>() / 4];
    for field in SPageFilePhysics::FIELDS.iter().filter(|field| field.ty == FieldType::F32) {
        let words = field.offset / 4..(field.offset + field.size()) / 4;
        floats[words].fill(true);
    }
    floats
});
