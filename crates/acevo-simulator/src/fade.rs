//! The physics page around a pause: true values, a share of them, or zeros.

use std::sync::LazyLock;

use acevo_shared_memory::{FieldType, Page, SPageFilePhysics};

/// Number of levels of a fade: 0 is zero, `FULL` is the true value. Fading in takes one step per level, 2.0 s in total.
const FULL: i32 = 666;
/// Number of levels lost in each step of a pause: fading out takes 1.0 s.
const OUT: i32 = 2;
/// Jumps of the counter when the page becomes zero, and when it has true values again.
const JUMP_AT_ZERO: i32 = 671;
const JUMP_BACK: i32 = 670;
/// Number of packets counted in each step while the page is zero.
const PACKETS_AT_ZERO: i32 = 2;
/// Share of the true values in the first page after the jump of the counter.
const REMAINDER: f32 = 0.004;
/// Level that the game reaches between a pause and its main menu: some 60 ms of fading in.
const MENU_LEVEL: i32 = 21;

/// Number of steps for which a session is live between the pause and the main menu.
pub(crate) const LIVE_BEFORE_MENU: u64 = MENU_LEVEL as u64;

/// The phase of a fade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No fade: true values.
    None,
    /// Fading out, or fading in without having been zero: the integers keep their values.
    Partial,
    /// All zero.
    Zero,
    /// Fading in from zero: the integers are 0.
    FromZero,
}

/// The state of the fade of the physics page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fade {
    phase: Phase,
    level: i32,
    /// Number of packets that were counted without being shown.
    skipped: i32,
}

/// How to show a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shown {
    /// Increment of the counter.
    pub(crate) packets: i32,
    /// Factor for the floats, 0..=1.
    share: f32,
    /// True if the integers are shown; otherwise they are 0.
    integers: bool,
}

impl Default for Fade {
    fn default() -> Self {
        Self { phase: Phase::None, level: FULL, skipped: 0 }
    }
}

impl Fade {
    /// True if the page has true values.
    pub(crate) fn is_none(&self) -> bool {
        self.phase == Phase::None
    }

    /// One step of driving.
    pub(crate) fn live(&mut self) -> Shown {
        match self.phase {
            Phase::None => Shown { packets: 1, share: 1.0, integers: true },
            Phase::Partial | Phase::FromZero | Phase::Zero if self.level + 1 >= FULL => {
                let jump = if self.phase == Phase::Partial { self.skipped + 1 } else { JUMP_BACK };
                *self = Self::default();
                Shown { packets: jump, share: 1.0, integers: true }
            }
            phase => {
                self.level += 1;
                self.skipped += 1;
                self.phase = if phase == Phase::Partial { phase } else { Phase::FromZero };
                self.stopped()
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
                    // After an interrupted fade the number of missing packets differs from that of a complete one.
                    let complete = FULL / OUT * PACKETS_AT_ZERO;
                    let jump = JUMP_AT_ZERO + self.skipped - complete;
                    *self = Self { phase: Phase::Zero, level: 0, skipped: 0 };
                    return Shown { packets: jump, share: REMAINDER, integers: false };
                }
                if phase == Phase::None {
                    self.phase = Phase::Partial;
                }
                self.stopped()
            }
        }
    }

    /// The main menu: the page keeps the level that the fade-in had reached.
    pub(crate) fn menu(&mut self) -> Shown {
        if self.phase != Phase::FromZero {
            *self = Self { phase: Phase::FromZero, level: MENU_LEVEL, skipped: MENU_LEVEL };
        }
        self.stopped()
    }

    /// A page whose counter is stopped.
    fn stopped(&self) -> Shown {
        Shown { packets: 0, share: self.level as f32 / FULL as f32, integers: self.phase == Phase::Partial }
    }
}

impl Shown {
    /// The faded page, given the true page and the counter of the previous page.
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

/// For each 32-bit word of the physics page: whether it is a float.
static FLOATS: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut floats = vec![false; size_of::<SPageFilePhysics>() / 4];
    for field in SPageFilePhysics::FIELDS.iter().filter(|field| field.ty == FieldType::F32) {
        let words = field.offset / 4..(field.offset + field.size()) / 4;
        floats[words].fill(true);
    }
    floats
});
