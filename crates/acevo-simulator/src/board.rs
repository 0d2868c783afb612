//! Lap count and lap times on the graphics page, which follow the true laps by some frames.

use crate::noise::{Stream, generator};
use crate::plan::Delays;

/// The value for "no time" on the page: 0 as measured, the maximum as reported for online sessions.
const NONE: i32 = 0;
const NONE_ONLINE: i32 = i32::MAX;
/// Number of frames in which the timer may still show the lap that has ended.
const OVERRUN_FRAMES: u32 = 2;

/// Lap count and lap times as shown on the graphics page.
#[derive(Debug, Clone)]
pub(crate) struct LapBoard {
    seed: u64,
    /// Index of the session among the plans.
    session: u32,
    none: i32,
    pub(crate) total_lap_count: i32,
    pub(crate) last_ms: i32,
    pub(crate) best_ms: i32,
    /// True if the lap position still belongs to the old lap.
    pub(crate) npos_lags: bool,
    pending: Option<Pending>,
}

/// A finished lap that is not shown yet: the number of frames to wait for each value, and the value.
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

    /// Starts a session: the lap count is 0 at once, the old times remain until [`LapBoard::clear_times`].
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

    /// Restarts the session: laps are counted from 0, pending values are dropped, and the times remain.
    pub(crate) fn restart(&mut self) {
        self.total_lap_count = 0;
        self.npos_lags = false;
        self.pending = None;
    }

    /// Removes the times.
    pub(crate) fn clear_times(&mut self) {
        self.last_ms = self.none;
        self.best_ms = self.none;
    }

    /// Finishes a lap. The timer is reset within two frames; the other values follow in later frames.
    pub(crate) fn finish(&mut self, number: u32, run: u32, time_ms: i32, best_ms: Option<i32>, delays: Delays) {
        let index = (u64::from(self.session) << 32) | (u64::from(run) << 24) | u64::from(number);
        let mut random = generator(self.seed, Stream::LapDisplay, index);
        // Usually a few frames, sometimes up to almost two seconds.
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

    /// Changes the last lap time at once, and nothing else.
    pub(crate) fn show_last(&mut self, time_ms: i32) {
        self.last_ms = time_ms;
    }

    /// Updates the values for a graphics frame. Call it before the page is filled. Returns the last lap time if it has changed with
    /// this frame.
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
