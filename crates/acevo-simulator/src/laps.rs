//! Lap timing: the truth to a fraction of a step.

use crate::truth::{LapKind, LapRecord, Phantom, PhantomLap};

/// The lap is timed at this many places to compare it with the best one.
const MARKS: usize = 400;
const SECTORS: usize = 3;

/// What the car had used when something began.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Used {
    pub(crate) fuel_l: f64,
    pub(crate) energy_kwh: f64,
}

impl Used {
    fn since(self, earlier: &Self) -> Self {
        Self { fuel_l: self.fuel_l - earlier.fuel_l, energy_kwh: self.energy_kwh - earlier.energy_kwh }
    }
}

/// The timekeeper of one run of a session.
#[derive(Debug, Clone)]
pub(crate) struct LapClock {
    pub(crate) session: u32,
    pub(crate) run: u32,
    pub(crate) stint: u32,
    /// Lap and sector times are whole multiples of so many ms.
    resolution_ms: i32,
    /// Seconds of session time when the current lap began. `None` before the first.
    started_at: Option<f64>,
    /// When the lap before began.
    before_started_at: Option<f64>,
    /// Seconds for which the timer still shows the lap that has ended.
    overrun: f64,
    /// The next crossing of the line ends no lap.
    opening: Option<Opening>,
    /// The timer when the car was put back into its box by the menu, on this lap.
    returned_ms: Option<i32>,
    /// The timer runs on although the lap was left: the next crossing of the line ends nothing that was driven.
    to_the_line: bool,
    pub(crate) completed: u32,
    pub(crate) valid: bool,
    began_in_pits: bool,
    through_pits: bool,
    /// ms since the lap's start at the ends of the sectors passed so far.
    splits: Vec<i32>,
    used_at_start: Used,
    marks: Vec<i32>,
    /// The marks of the best valid lap.
    reference: Vec<i32>,
    pub(crate) best_ms: Option<i32>,
    best_sectors: [Option<i32>; SECTORS],
}

/// What the first crossing of the line does if it ends no lap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// The timer begins, or runs on if it was running: from a rolling start or the grid.
    Keep,
    /// The timer begins anew: from a box that lies before the line.
    Restart,
}

/// What a crossing of the line has ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ended {
    Lap(LapRecord),
    Phantom(PhantomLap),
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

/// A lap that was begun and then left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Abandoned {
    pub(crate) run: u32,
    pub(crate) number: u32,
    pub(crate) stint: u32,
    pub(crate) began_in_pits: bool,
    pub(crate) valid: bool,
    pub(crate) elapsed_ms: i32,
    pub(crate) returned_ms: Option<i32>,
    pub(crate) used: Used,
}

fn milliseconds(seconds: f64) -> i32 {
    (seconds * 1000.0).round() as i32
}

impl LapClock {
    pub(crate) fn new(session: u32, run: u32, resolution_ms: i32, overrun: f64) -> Self {
        Self {
            session,
            run,
            stint: 1,
            resolution_ms,
            started_at: None,
            before_started_at: None,
            overrun,
            opening: None,
            returned_ms: None,
            to_the_line: false,
            completed: 0,
            valid: false,
            began_in_pits: false,
            through_pits: false,
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
        self.opening = Some(Opening::Keep);
    }

    /// Starts the clock here and now. `opening`: the car has yet to cross the line to begin its first lap.
    pub(crate) fn start(&mut self, time: f64, in_pits: bool, opening: Option<Opening>, used: Used) {
        self.started_at = Some(time);
        self.began_in_pits = in_pits;
        self.through_pits = in_pits;
        self.used_at_start = used;
        self.valid = !in_pits;
        self.opening = opening;
    }

    /// A lap is being timed.
    pub(crate) fn is_running(&self) -> bool {
        self.started_at.is_some()
    }

    /// The running lap began in the pits.
    pub(crate) fn began_in_pits(&self) -> bool {
        self.began_in_pits
    }

    /// Ends the running lap unfinished. The clock stands at 0 until it is started again.
    pub(crate) fn abandon(&mut self, time: f64, used: Used) -> Option<Abandoned> {
        let abandoned = self.running(time, used);
        self.started_at = None;
        self.before_started_at = None;
        self.opening = None;
        self.returned_ms = None;
        self.to_the_line = false;
        self.forget_lap();
        abandoned
    }

    /// Ends the running lap unfinished, as the driver sees it: the car is back in its box with nothing used. The clock
    /// runs on. `to_the_line`: the car has yet to cross the line to begin a lap.
    pub(crate) fn put_back(&mut self, time: f64, used: Used, to_the_line: bool) -> Option<Abandoned> {
        let abandoned = self.running(time, used);
        let runs = self.started_at.is_some();
        self.returned_ms = runs.then(|| self.elapsed_ms(time));
        self.to_the_line = to_the_line && runs;
        self.opening = None;
        self.began_in_pits = true;
        self.through_pits = true;
        self.used_at_start = Used::default();
        self.forget_lap();
        abandoned
    }

    /// The running lap as one that was left. The way from a box to the line is none.
    fn running(&self, time: f64, used: Used) -> Option<Abandoned> {
        self.started_at?;
        if self.to_the_line || self.opening == Some(Opening::Restart) {
            return None;
        }
        Some(Abandoned {
            run: self.run,
            number: self.completed + 1,
            stint: self.stint,
            began_in_pits: self.began_in_pits,
            valid: self.valid,
            elapsed_ms: self.elapsed_ms(time),
            returned_ms: self.returned_ms,
            used: used.since(&self.used_at_start),
        })
    }

    fn forget_lap(&mut self) {
        self.valid = false;
        self.splits.clear();
        self.marks.clear();
    }

    /// The game resets the timer although no line was crossed.
    pub(crate) fn reset_timer(&mut self, time: f64) -> Option<PhantomLap> {
        let time_ms = self.elapsed_ms(time);
        self.started_at?;
        self.started_at = Some(time);
        self.before_started_at = None;
        self.forget_lap();
        Some(self.phantom(Phantom::AfterTheEnd, None, time_ms, time))
    }

    fn phantom(&self, cause: Phantom, number: Option<u32>, time_ms: i32, time: f64) -> PhantomLap {
        PhantomLap { session: self.session, run: self.run, number, time_ms, cause, at_s: time, step: 0 }
    }

    /// The lap no longer counts.
    pub(crate) fn invalidate(&mut self) {
        self.valid = false;
    }

    /// ms since the lap began; 0 before the first lap.
    pub(crate) fn elapsed_ms(&self, time: f64) -> i32 {
        self.started_at.map_or(0, |start| ((time - start) * 1000.0).floor() as i32)
    }

    /// What the lap timer shows: for some milliseconds after the line still the lap that has ended.
    pub(crate) fn shown_ms(&self, time: f64) -> i32 {
        match self.before_started_at {
            Some(before) if self.overruns(time) => ((time - before) * 1000.0).floor() as i32,
            _ => self.elapsed_ms(time),
        }
    }

    /// The timer still shows the lap that has ended.
    pub(crate) fn overruns(&self, time: f64) -> bool {
        self.before_started_at.is_some() && self.started_at.is_some_and(|start| time - start < self.overrun)
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

    /// Follows the car through one step. Returns the lap that ended in it.
    pub(crate) fn pass(&mut self, passage: &Passage) -> Option<Ended> {
        self.through_pits |= passage.in_pits;
        if let Some(start) = self.started_at
            && self.opening.is_none()
            && !self.to_the_line
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
                    self.splits.push(self.timed(time - start));
                }
            }
        }
        let time = passage.time_at(passage.track_length)?;
        let ended = match (self.started_at, self.opening) {
            (Some(start), None) if self.to_the_line => {
                self.completed += 1;
                let time_ms = self.timed(time - start);
                Some(Ended::Phantom(self.phantom(Phantom::FromTheBox, Some(self.completed), time_ms, time)))
            }
            (Some(start), None) => Some(Ended::Lap(self.finish(passage, time, self.timed(time - start)))),
            _ => None,
        };
        // From the grid the race's first lap is timed from the green light on.
        if self.started_at.is_none() || self.opening == Some(Opening::Restart) || ended.is_some() {
            self.before_started_at = self.started_at.filter(|_| ended.is_some());
            self.started_at = Some(time);
            self.began_in_pits = passage.in_pits;
            self.through_pits = passage.in_pits;
            self.valid = !passage.in_pits;
            self.used_at_start = passage.used;
        }
        self.opening = None;
        self.returned_ms = None;
        self.to_the_line = false;
        self.splits.clear();
        self.marks.clear();
        ended
    }

    /// What the timekeeper makes of a time.
    fn timed(&self, seconds: f64) -> i32 {
        milliseconds(seconds / f64::from(self.resolution_ms)) * self.resolution_ms
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
        let used = passage.used.since(&self.used_at_start);
        LapRecord {
            session: self.session,
            run: self.run,
            stint: self.stint,
            number: self.completed,
            kind,
            through_pits: self.through_pits,
            valid,
            time_ms,
            returned_ms: self.returned_ms,
            sectors_ms,
            fuel_used_l: used.fuel_l,
            energy_used_kwh: used.energy_kwh,
            finished_at_s: time,
            finished_step: 0,
            published: false,
        }
    }
}
