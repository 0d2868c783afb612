//! What the graphics page makes of finished laps, some frames later.

use crate::noise::{Stream, generator};
use crate::plan::Delays;

/// What stands in the page for "no time": 0 as measured, the largest number as reported of online sessions.
const NONE: i32 = 0;
const NONE_ONLINE: i32 = i32::MAX;
/// Frames in which the timer may still show the lap that has ended.
const OVERRUN_FRAMES: u32 = 2;

/// The lap numbers as the graphics page shows them: behind the truth by some frames.
#[derive(Debug, Clone)]
pub(crate) struct LapBoard {
    seed: u64,
    /// The place of the session among the plans.
    session: u32,
    none: i32,
    pub(crate) total_lap_count: i32,
    pub(crate) last_ms: i32,
    pub(crate) best_ms: i32,
    /// The position still counts from the old lap's line.
    pub(crate) npos_lags: bool,
    pending: Option<Pending>,
}

/// A finished lap on its way to the page: frames still to wait for each number.
#[derive(Debug, Clone, Copy)]
struct Pending {
    count: Option<(u32, i32)>,
    times: Option<(u32, i32, Option<i32>)>,
    npos: Option<u32>,
}

impl LapBoard {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, session: 0, none: 0, total_lap_count: 0, last_ms: 0, best_ms: 0, npos_lags: false, pending: None }
    }

    /// A new session: the counter is back at once, the old times stay until [`LapBoard::clear_times`].
    pub(crate) fn start_session(&mut self, session: u32, online: bool) {
        self.session = session;
        self.none = if online { NONE_ONLINE } else { NONE };
        self.total_lap_count = 0;
        self.npos_lags = false;
        self.pending = None;
        if session == 0 {
            self.clear_times();
        }
    }

    /// The session is restarted: laps are counted anew, and what was still to come never comes. The times stay.
    pub(crate) fn restart(&mut self) {
        self.total_lap_count = 0;
        self.npos_lags = false;
        self.pending = None;
    }

    /// No times any more.
    pub(crate) fn clear_times(&mut self) {
        self.last_ms = self.none;
        self.best_ms = self.none;
    }

    /// A lap is over. The timer is reset within two frames; the rest follows in later ones.
    pub(crate) fn finish(&mut self, number: u32, run: u32, time_ms: i32, best_ms: Option<i32>, delays: Delays) {
        let index = (u64::from(self.session) << 32) | (u64::from(run) << 24) | u64::from(number);
        let mut random = generator(self.seed, Stream::LapDisplay, index);
        // Mostly a handful of frames, now and then up to almost two seconds.
        let mut frames = |slow: f64| match delays {
            Delays::Usual if random.f64() < slow => random.u32(30..110),
            Delays::Usual => random.u32(OVERRUN_FRAMES + 1..OVERRUN_FRAMES + 8),
            Delays::Slow => random.u32(95..110),
            Delays::Online => random.u32(OVERRUN_FRAMES + 1..480),
        };
        self.pending = Some(Pending {
            count: Some((frames(0.15), number as i32)),
            times: Some((frames(0.2), time_ms, best_ms)),
            npos: Some(frames(0.1)),
        });
        self.npos_lags = true;
    }

    /// The last lap's time is this from now on, and nothing else changes.
    pub(crate) fn show_last(&mut self, time_ms: i32) {
        self.last_ms = time_ms;
    }

    /// A graphics frame is due: shows what has become known. Call before the page is filled. Returns the time that is
    /// shown from now on, if it has come with this frame.
    pub(crate) fn frame(&mut self) -> Option<i32> {
        let pending = self.pending.as_mut()?;
        let mut published = None;
        if let Some((frames, count)) = &mut pending.count {
            if *frames == 0 {
                self.total_lap_count = *count;
                pending.count = None;
            } else {
                *frames -= 1;
            }
        }
        if let Some((frames, last, best)) = &mut pending.times {
            if *frames == 0 {
                self.last_ms = *last;
                self.best_ms = best.unwrap_or(self.none);
                pending.times = None;
                published = Some(self.last_ms);
            } else {
                *frames -= 1;
            }
        }
        if let Some(frames) = &mut pending.npos {
            if *frames == 0 {
                self.npos_lags = false;
                pending.npos = None;
            } else {
                *frames -= 1;
            }
        }
        if pending.count.is_none() && pending.times.is_none() && pending.npos.is_none() {
            self.pending = None;
        }
        published
    }
}
