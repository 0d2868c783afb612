//! `is_valid_lap` as the page shows it: near the line not always of the lap that the timer shows.

use crate::noise::{Stream, generator};
use crate::plan::Validity;
use crate::session::{Session, Setting};

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

    /// The value for this frame; the next one follows after so many seconds.
    pub(crate) fn frame(&mut self, session: &Session, to_next: f64) -> bool {
        let (clock, time) = (&session.clock, session.time());
        if clock.overruns(time) {
            // The timer still shows the lap that has ended; its last frame may show the new lap's validity.
            let last_frame = !clock.overruns(time + to_next);
            let early = session.plan.validity != Validity::Prompt && shows_early(session, session.attempts - 1);
            if last_frame && early {
                self.last = session.is_valid_lap();
            }
            return self.last;
        }
        if self.held > 0 {
            self.held -= 1;
            return self.last;
        }
        self.last = session.is_valid_lap();
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
