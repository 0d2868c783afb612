//! `is_valid_lap` on the page, which near the line may belong to another lap than the timer.

use crate::noise::{Stream, generator};
use crate::plan::Validity;
use crate::session::Session;
use crate::setting::Setting;

/// The displayed validity.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ShownValidity {
    /// The validity in the last frame.
    last: bool,
    /// Number of frames for which it is held.
    held: u32,
}

impl ShownValidity {
    /// Processes the end of a lap; `ended` is the number of laps begun before it in the session.
    pub(crate) fn finish(&mut self, ended: u32, session: &Session, setting: &Setting) {
        if !shows_early(session, ended) {
            self.held = generator(setting.seed, Stream::Validity, u64::from(ended)).u32(1..5);
        }
    }

    /// Starts over, because the lap of the last frame has ended without being completed.
    pub(crate) fn restart(&mut self) {
        self.held = 0;
    }

    /// The value for this frame. The next frame follows after `to_next` seconds.
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

/// True if the last frame of this lap shows the validity of the next lap. For other laps, the old validity is held.
fn shows_early(session: &Session, lap: u32) -> bool {
    match session.plan.validity {
        Validity::Prompt | Validity::Early => true,
        Validity::EarlyAndLate => lap.is_multiple_of(2),
    }
}
