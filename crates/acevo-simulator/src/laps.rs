//! Lap timing: the truth to a fraction of a step, and what the graphics page makes of it, some frames later.

use crate::noise::{Stream, generator};
use crate::truth::{LapKind, LapRecord};

/// The lap is timed at this many places to compare it with the best one.
const MARKS: usize = 400;
const SECTORS: usize = 3;

/// What the car had used when something began.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Used {
    pub(crate) fuel_l: f64,
    pub(crate) energy_kwh: f64,
}

/// The timekeeper of one session.
#[derive(Debug, Clone)]
pub(crate) struct LapClock {
    session: u32,
    /// Seconds of session time when the current lap began. `None` before the first.
    started_at: Option<f64>,
    /// The next crossing of the line ends no lap: the car comes from the grid or from its rolling start.
    opening: bool,
    pub(crate) completed: u32,
    pub(crate) valid: bool,
    began_in_pits: bool,
    /// ms since the lap's start at the ends of the sectors passed so far.
    splits: Vec<i32>,
    used_at_start: Used,
    marks: Vec<i32>,
    /// The marks of the best valid lap.
    reference: Vec<i32>,
    pub(crate) best_ms: Option<i32>,
    best_sectors: [Option<i32>; SECTORS],
}

/// A step of the car as the timekeeper sees it: from `from` to `to` metres after the line, `to` not yet wrapped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passage {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) track_length: f64,
    /// Session time at `from` and the length of the step, seconds.
    pub(crate) time: f64,
    pub(crate) step: f64,
    pub(crate) in_pits: bool,
    pub(crate) used: Used,
}

impl Passage {
    /// When the car was at `place`, if it was there in this step.
    fn time_at(&self, place: f64) -> Option<f64> {
        (self.from < place && place <= self.to)
            .then(|| self.time + self.step * (place - self.from) / (self.to - self.from))
    }
}

fn milliseconds(seconds: f64) -> i32 {
    (seconds * 1000.0).round() as i32
}

impl LapClock {
    pub(crate) fn new(session: u32) -> Self {
        Self {
            session,
            started_at: None,
            opening: false,
            completed: 0,
            valid: false,
            began_in_pits: false,
            splits: Vec::with_capacity(SECTORS),
            used_at_start: Used::default(),
            marks: Vec::with_capacity(MARKS),
            reference: Vec::with_capacity(MARKS),
            best_ms: None,
            best_sectors: [None; SECTORS],
        }
    }

    /// Waits for the line: the first crossing starts the clock.
    pub(crate) fn wait_for_line(&mut self) {
        self.opening = true;
    }

    /// Starts the clock here and now. `opening`: the car has yet to cross the line to begin its first lap.
    pub(crate) fn start(&mut self, time: f64, in_pits: bool, opening: bool) {
        self.started_at = Some(time);
        self.began_in_pits = in_pits;
        self.valid = !in_pits;
        self.opening = opening;
    }

    /// The lap no longer counts.
    pub(crate) fn invalidate(&mut self) {
        self.valid = false;
    }

    /// ms since the lap began; 0 before the first lap.
    pub(crate) fn elapsed_ms(&self, time: f64) -> i32 {
        self.started_at.map_or(0, |start| ((time - start) * 1000.0).floor() as i32)
    }

    /// How much slower than the best lap up to this place, ms.
    pub(crate) fn delta_ms(&self) -> Option<i32> {
        let passed = self.marks.len();
        (!self.began_in_pits && passed > 0 && passed <= self.reference.len())
            .then(|| self.marks[passed - 1] - self.reference[passed - 1])
    }

    /// The sum of the best sectors, ms.
    pub(crate) fn ideal_ms(&self) -> Option<i32> {
        self.best_sectors.iter().try_fold(0, |sum, sector| sector.map(|ms| sum + ms))
    }

    /// Follows the car through one step. Gives the lap that ended in it.
    pub(crate) fn pass(&mut self, passage: &Passage) -> Option<LapRecord> {
        if let Some(start) = self.started_at
            && !self.opening
        {
            let marks = self.marks.len();
            if marks + 1 < MARKS {
                let place = passage.track_length * (marks + 1) as f64 / MARKS as f64;
                if let Some(time) = passage.time_at(place) {
                    self.marks.push(milliseconds(time - start));
                } else if place <= passage.from {
                    // The clock started beyond this mark (an out lap): no comparison, but the count goes on.
                    self.marks.push(0);
                }
            }
            if self.splits.len() + 1 < SECTORS {
                let place = passage.track_length * (self.splits.len() + 1) as f64 / SECTORS as f64;
                if let Some(time) = passage.time_at(place) {
                    self.splits.push(milliseconds(time - start));
                }
            }
        }
        let time = passage.time_at(passage.track_length)?;
        let record = match self.started_at {
            Some(start) if !self.opening => Some(self.finish(passage, time, milliseconds(time - start))),
            _ => None,
        };
        // From the grid the race's first lap is timed from the green light on.
        if self.started_at.is_none() || record.is_some() {
            self.started_at = Some(time);
            self.began_in_pits = passage.in_pits;
            self.valid = !passage.in_pits;
            self.used_at_start = passage.used;
        }
        self.opening = false;
        self.splits.clear();
        self.marks.clear();
        record
    }

    fn finish(&mut self, passage: &Passage, time: f64, time_ms: i32) -> LapRecord {
        let valid = self.valid && !passage.in_pits && self.splits.len() + 1 == SECTORS;
        let mut sectors_ms = [0; SECTORS];
        let mut before = 0;
        for (sector, &end) in sectors_ms.iter_mut().zip(self.splits.iter().chain([&time_ms])) {
            *sector = end - before;
            before = end;
        }
        self.completed += 1;
        if valid {
            for (best, &ms) in self.best_sectors.iter_mut().zip(&sectors_ms) {
                *best = Some(best.map_or(ms, |best| best.min(ms)));
            }
            if self.best_ms.is_none_or(|best| time_ms < best) {
                self.best_ms = Some(time_ms);
                std::mem::swap(&mut self.reference, &mut self.marks);
            }
        }
        let kind = match (self.began_in_pits, passage.in_pits) {
            (false, false) => LapKind::Flying,
            (true, false) => LapKind::Out,
            (false, true) => LapKind::In,
            (true, true) => LapKind::OutIn,
        };
        LapRecord {
            session: self.session,
            number: self.completed,
            kind,
            valid,
            time_ms,
            sectors_ms,
            fuel_used_l: passage.used.fuel_l - self.used_at_start.fuel_l,
            energy_used_kwh: passage.used.energy_kwh - self.used_at_start.energy_kwh,
            finished_at_s: time,
        }
    }
}

/// What stands in the page for "no time": the game uses both.
const NONE_VALUES: [i32; 2] = [0, i32::MAX];

/// The lap numbers as the graphics page shows them: behind the truth by some frames.
#[derive(Debug, Clone)]
pub(crate) struct LapBoard {
    seed: u64,
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
        Self { seed, none: 0, total_lap_count: 0, last_ms: 0, best_ms: 0, npos_lags: false, pending: None }
    }

    /// A new session: the counter is back at once, the old times stay until [`LapBoard::clear_times`].
    pub(crate) fn start_session(&mut self, session: u32) {
        self.none = NONE_VALUES[generator(self.seed, Stream::LapDisplay, u64::from(session) << 32).usize(0..2)];
        self.total_lap_count = 0;
        self.npos_lags = false;
        self.pending = None;
        if session == 0 {
            self.clear_times();
        }
    }

    pub(crate) fn clear_times(&mut self) {
        self.last_ms = self.none;
        self.best_ms = self.none;
    }

    /// A lap is over. The timer is back at 0 with the next frame; the rest follows in later ones.
    pub(crate) fn finish(&mut self, lap: &LapRecord, best_ms: Option<i32>) {
        let index = (u64::from(lap.session) << 32) | u64::from(lap.number);
        let mut random = generator(self.seed, Stream::LapDisplay, index);
        // Mostly a handful of frames, now and then up to almost two seconds.
        let mut frames = |slow: f64| if random.f64() < slow { random.u32(30..110) } else { random.u32(1..8) };
        self.pending = Some(Pending {
            count: Some((frames(0.15), lap.number as i32)),
            times: Some((frames(0.2), lap.time_ms, best_ms)),
            npos: Some(frames(0.1)),
        });
        self.npos_lags = true;
    }

    /// A graphics frame is due: shows what has become known. Call before the page is filled.
    pub(crate) fn frame(&mut self) {
        let Some(pending) = &mut self.pending else { return };
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
    }
}
