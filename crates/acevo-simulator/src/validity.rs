//! `is_valid_lap` as the page shows it: near the line not always of the lap that the timer shows.

use crate::noise::{Stream, generator};
use crate::plan::Validity;
use crate::session::{Session, Setting};

/// Nobody is faster, m/s.
const FASTEST: f64 = 110.0;

/// What is shown.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ShownValidity {
    /// The validity in the last frame.
    last: bool,
    /// Frames for which that stays.
    held: u32,
}

impl ShownValidity {
    /// A lap has ended; `ended` laps were begun in the session before it.
    pub(crate) fn finish(&mut self, ended: u32, session: &Session, setting: &Setting) {
        if !shows_early(session, ended) {
            self.held = generator(setting.seed, Stream::Validity, u64::from(ended)).u32(1..5);
        }
    }

    /// The lap is not the one of the last frame any more, and has not been finished.
    pub(crate) fn restart(&mut self) {
        self.held = 0;
    }

    /// The value for this frame; the next one follows after so many steps.
    pub(crate) fn frame(&mut self, session: &Session, setting: &Setting, to_next: u64) -> bool {
        if self.held > 0 {
            self.held -= 1;
            return self.last;
        }
        self.last = match session.plan.validity {
            Validity::Prompt => session.is_valid_lap(),
            Validity::Early | Validity::EarlyAndLate if shows_early(session, session.attempts) => {
                ahead(session, setting, to_next).unwrap_or_else(|| session.is_valid_lap())
            }
            Validity::Early | Validity::EarlyAndLate => session.is_valid_lap(),
        };
        self.last
    }
}

/// Whether the last frame of this lap shows the next one's validity; of the others the old one's stays.
fn shows_early(session: &Session, lap: u32) -> bool {
    match session.plan.validity {
        Validity::Prompt | Validity::Early => true,
        Validity::EarlyAndLate => lap.is_multiple_of(2),
    }
}

/// The validity of the next lap, if it begins within so many steps: the session is driven on to see.
fn ahead(session: &Session, setting: &Setting, steps: u64) -> Option<bool> {
    let left = setting.track.length() - session.s(&setting.track);
    if !session.clock.is_running() || left > FASTEST * crate::car::STEP * steps as f64 {
        return None;
    }
    let mut next = session.clone();
    let mut ended = false;
    for _ in 0..steps {
        ended |= next.step(setting).lap.is_some();
    }
    ended.then(|| next.is_valid_lap())
}
