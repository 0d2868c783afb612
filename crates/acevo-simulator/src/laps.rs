//! The lap clock: true lap times, exact to a fraction of a step.

use crate::truth::{LapKind, LapRecord, PhantomCause, PhantomLap};

/// Number of marks per lap at which the time is compared with the best lap.
const MARKS: usize = 400;
const SECTORS: usize = 3;

/// Fuel and energy that the car has used.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Consumption {
    pub(crate) fuel_l: f64,
    pub(crate) energy_kwh: f64,
}

impl Consumption {
    fn since(self, earlier: &Self) -> Self {
        Self { fuel_l: self.fuel_l - earlier.fuel_l, energy_kwh: self.energy_kwh - earlier.energy_kwh }
    }
}

/// The lap clock of one run of a session.
#[derive(Debug, Clone)]
pub(crate) struct LapClock {
    pub(crate) session: u32,
    pub(crate) run: u32,
    pub(crate) stint: u32,
    /// Resolution of lap and sector times in ms.
    resolution_ms: i32,
    /// Session time in seconds when the current lap began; `None` before the first lap.
    started_at: Option<f64>,
    /// The same for the previous lap.
    previous_started_at: Option<f64>,
    /// Time in seconds for which the timer still shows the lap that has ended.
    overrun: f64,
    /// Set if the next crossing of the line does not end a lap.
    opening: Option<Opening>,
    /// The timer at a return to the box via the menu on this lap.
    returned_ms: Option<i32>,
    /// True if the timer continues after a return to a box before the line: the next crossing of the line ends a phantom lap.
    to_the_line: bool,
    pub(crate) completed: u32,
    pub(crate) valid: bool,
    began_in_pits: bool,
    through_pits: bool,
    /// True if the running lap began in a box, at the start of a session or after a return.
    from_box: bool,
    /// Times since the lap's start at the ends of the sectors passed so far, in ms: thirds of the lap.
    splits: Vec<i32>,
    /// The same for the sectors of the game's log.
    game_splits: Vec<i32>,
    /// Session time at which the car has last passed the end of a sector of the game's log.
    sector_end_at: Option<f64>,
    /// The end of a sector that the car has passed in the last step.
    crossing: Option<Crossing>,
    used_at_start: Consumption,
    marks: Vec<i32>,
    /// The marks of the best valid lap.
    reference: Vec<i32>,
    pub(crate) best_ms: Option<i32>,
    best_sectors: [Option<i32>; SECTORS],
}

/// What the first crossing of the line does if it does not end a lap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// The timer starts, or continues if it is running: after a rolling start or a start from the grid.
    Keep,
    /// The timer restarts: after a start from a box before the line.
    Restart,
}

/// What ended at a crossing of the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ended {
    Lap(LapRecord),
    Phantom(PhantomLap),
}

/// A passage of the end of a sector of the game's log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Crossing {
    /// Index of the sector: 0, 1, or 2 at the line.
    pub(crate) sector: usize,
    /// Session time in seconds.
    pub(crate) at: f64,
    /// Time since the end of the previous sector, or since the line, in ms. `None` if the car has passed none yet.
    pub(crate) since_ms: Option<i32>,
    /// Time of the sector in ms if it belongs to a lap. On the first lap of a race it counts from the green light.
    pub(crate) lap_sector_ms: Option<i32>,
    /// Number of laps completed before.
    pub(crate) completed: u32,
    /// True if the lap began in a box, at the start of a session or after a return.
    pub(crate) from_box: bool,
    /// True if the lap began in the pits.
    pub(crate) began_in_pits: bool,
}

/// A step of the car: from track distance `from` to `to` in metres, where `to` is not wrapped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passage {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) track_length: f64,
    /// Track distances of the ends of the first two sectors of the game's log.
    pub(crate) sector_ends: [f64; 2],
    /// Session time at `from` and the length of the step, in seconds.
    pub(crate) time: f64,
    pub(crate) step: f64,
    pub(crate) in_pits: bool,
    pub(crate) used: Consumption,
}

impl Passage {
    /// The time at which the car passed a track distance, if it passed it in this step.
    fn time_at(&self, distance: f64) -> Option<f64> {
        (self.from < distance && distance <= self.to)
            .then(|| self.time + self.step * (distance - self.from) / (self.to - self.from))
    }
}

/// A lap that was begun but not completed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Abandoned {
    pub(crate) run: u32,
    pub(crate) number: u32,
    pub(crate) stint: u32,
    pub(crate) began_in_pits: bool,
    pub(crate) valid: bool,
    pub(crate) elapsed_ms: i32,
    pub(crate) returned_ms: Option<i32>,
    pub(crate) used: Consumption,
}

fn milliseconds(seconds: f64) -> i32 {
    (seconds * 1000.0).round() as i32
}

/// The times between the splits of a lap of this time.
fn sectors(splits: &[i32], time_ms: i32) -> [i32; SECTORS] {
    let mut sectors = [0; SECTORS];
    let mut before = 0;
    for (sector, &end) in sectors.iter_mut().zip(splits.iter().chain([&time_ms])) {
        *sector = end - before;
        before = end;
    }
    sectors
}

impl LapClock {
    pub(crate) fn new(session: u32, run: u32, resolution_ms: i32, overrun: f64) -> Self {
        Self {
            session,
            run,
            stint: 1,
            resolution_ms,
            started_at: None,
            previous_started_at: None,
            overrun,
            opening: None,
            returned_ms: None,
            to_the_line: false,
            completed: 0,
            valid: false,
            began_in_pits: false,
            through_pits: false,
            from_box: false,
            splits: Vec::with_capacity(SECTORS),
            game_splits: Vec::with_capacity(SECTORS),
            sector_end_at: None,
            crossing: None,
            used_at_start: Consumption::default(),
            marks: Vec::with_capacity(MARKS),
            reference: Vec::with_capacity(MARKS),
            best_ms: None,
            best_sectors: [None; SECTORS],
        }
    }

    /// Starts the clock at the first crossing of the line.
    pub(crate) fn wait_for_line(&mut self) {
        self.opening = Some(Opening::Keep);
    }

    /// Starts the clock now. With an `opening`, the first lap begins only when the car crosses the line.
    pub(crate) fn start(&mut self, time: f64, in_pits: bool, opening: Option<Opening>, used: Consumption) {
        self.started_at = Some(time);
        self.began_in_pits = in_pits;
        self.through_pits = in_pits;
        self.from_box = in_pits;
        self.used_at_start = used;
        self.valid = !in_pits;
        self.opening = opening;
    }

    /// True while the timer runs.
    pub(crate) fn is_running(&self) -> bool {
        self.started_at.is_some()
    }

    /// True if the running lap began in the pits.
    pub(crate) fn began_in_pits(&self) -> bool {
        self.began_in_pits
    }

    /// Ends the running lap without completing it. The clock is 0 until it is started again.
    pub(crate) fn abandon(&mut self, time: f64, used: Consumption) -> Option<Abandoned> {
        let abandoned = self.running(time, used);
        self.started_at = None;
        self.previous_started_at = None;
        self.opening = None;
        self.returned_ms = None;
        self.to_the_line = false;
        self.forget_lap();
        abandoned
    }

    /// Ends the running lap because of a return to the box. Consumption is reset, but the clock continues. `to_the_line` is true
    /// if the car must cross the line to begin a lap.
    pub(crate) fn put_back(&mut self, time: f64, used: Consumption, to_the_line: bool) -> Option<Abandoned> {
        let abandoned = self.running(time, used);
        let runs = self.started_at.is_some();
        self.returned_ms = runs.then(|| self.elapsed_ms(time));
        self.to_the_line = to_the_line && runs;
        self.opening = None;
        self.began_in_pits = true;
        self.through_pits = true;
        self.from_box = true;
        self.used_at_start = Consumption::default();
        self.forget_lap();
        abandoned
    }

    /// The running lap as an abandoned one. The drive from a box to the line is not a lap.
    fn running(&self, time: f64, used: Consumption) -> Option<Abandoned> {
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
        self.game_splits.clear();
        self.marks.clear();
    }

    /// Resets the timer without a crossing of the line, as the game does.
    pub(crate) fn reset_timer(&mut self, time: f64) -> Option<PhantomLap> {
        let time_ms = self.elapsed_ms(time);
        self.started_at?;
        self.started_at = Some(time);
        self.previous_started_at = None;
        self.forget_lap();
        Some(self.phantom(PhantomCause::AfterTheEnd, None, time_ms, time))
    }

    fn phantom(&self, cause: PhantomCause, number: Option<u32>, time_ms: i32, time: f64) -> PhantomLap {
        PhantomLap { session: self.session, run: self.run, number, time_ms, cause, at_s: time, step: 0 }
    }

    /// Makes the running lap invalid.
    pub(crate) fn invalidate(&mut self) {
        self.valid = false;
    }

    /// Time since the lap began in ms; 0 before the first lap.
    pub(crate) fn elapsed_ms(&self, time: f64) -> i32 {
        self.started_at.map_or(0, |start| ((time - start) * 1000.0).floor() as i32)
    }

    /// The value of the lap timer in ms. For some milliseconds after the line it still shows the lap that has ended.
    pub(crate) fn shown_ms(&self, time: f64) -> i32 {
        match self.previous_started_at {
            Some(before) if self.overruns(time) => ((time - before) * 1000.0).floor() as i32,
            _ => self.elapsed_ms(time),
        }
    }

    /// True if the timer still shows the lap that has ended.
    pub(crate) fn overruns(&self, time: f64) -> bool {
        self.previous_started_at.is_some() && self.started_at.is_some_and(|start| time - start < self.overrun)
    }

    /// Delta to the best lap at the last mark, in ms.
    pub(crate) fn delta_ms(&self) -> Option<i32> {
        let passed = self.marks.len();
        (!self.began_in_pits && passed > 0 && passed <= self.reference.len())
            .then(|| self.marks[passed - 1] - self.reference[passed - 1])
    }

    /// Sum of the best sectors in ms.
    pub(crate) fn ideal_ms(&self) -> Option<i32> {
        self.best_sectors.iter().try_fold(0, |sum, sector| sector.map(|ms| sum + ms))
    }

    /// Processes a step of the car. Returns the lap that ended in it.
    pub(crate) fn pass(&mut self, passage: &Passage) -> Option<Ended> {
        self.through_pits |= passage.in_pits;
        self.pass_sector_ends(passage);
        if let Some(start) = self.started_at
            && self.opening.is_none()
            && !self.to_the_line
        {
            let marks = self.marks.len();
            if marks + 1 < MARKS {
                let mark = passage.track_length * (marks + 1) as f64 / MARKS as f64;
                if let Some(time) = passage.time_at(mark) {
                    self.marks.push(milliseconds(time - start));
                } else if mark <= passage.from {
                    // The clock started after this mark (an out lap), so there is nothing to compare.
                    self.marks.push(0);
                }
            }
            if self.splits.len() + 1 < SECTORS {
                let sector_end = passage.track_length * (self.splits.len() + 1) as f64 / SECTORS as f64;
                if let Some(time) = passage.time_at(sector_end) {
                    self.splits.push(self.timed(time - start));
                }
            }
        }
        let time = passage.time_at(passage.track_length)?;
        let mut crossing = self.cross(2, time);
        let ended = match (self.started_at, self.opening) {
            (Some(start), None) if self.to_the_line => {
                self.completed += 1;
                let time_ms = self.timed(time - start);
                Some(Ended::Phantom(self.phantom(PhantomCause::FromTheBox, Some(self.completed), time_ms, time)))
            }
            (Some(start), None) => Some(Ended::Lap(self.finish(passage, time, self.timed(time - start)))),
            _ => None,
        };
        if let Some(Ended::Lap(lap)) = &ended {
            crossing.lap_sector_ms = lap.game_sectors_ms.last().copied();
            crossing.since_ms = crossing.lap_sector_ms;
        }
        self.crossing = Some(crossing);
        // From the grid, the first lap is timed from the green light.
        if self.started_at.is_none() || self.opening == Some(Opening::Restart) || ended.is_some() {
            self.previous_started_at = self.started_at.filter(|_| ended.is_some());
            self.started_at = Some(time);
            self.began_in_pits = passage.in_pits;
            self.through_pits = passage.in_pits;
            self.valid = !passage.in_pits;
            self.used_at_start = passage.used;
        }
        self.opening = None;
        self.returned_ms = None;
        self.to_the_line = false;
        self.from_box = false;
        self.splits.clear();
        self.game_splits.clear();
        self.marks.clear();
        ended
    }

    /// Times the sectors of the game's log.
    fn pass_sector_ends(&mut self, passage: &Passage) {
        self.crossing = None;
        for (sector, &end) in passage.sector_ends.iter().enumerate() {
            let Some(time) = passage.time_at(end) else { continue };
            let mut crossing = self.cross(sector, time);
            if let Some(start) = self.started_at
                && self.opening.is_none()
                && !self.to_the_line
                && self.game_splits.len() == sector
            {
                let before = self.game_splits.last().copied().unwrap_or(0);
                let split = self.timed(time - start);
                self.game_splits.push(split);
                crossing.lap_sector_ms = Some(split - before);
                if sector > 0 {
                    crossing.since_ms = crossing.lap_sector_ms;
                }
            }
            self.crossing = Some(crossing);
        }
    }

    /// A passage of the end of a sector that belongs to no lap yet.
    fn cross(&mut self, sector: usize, at: f64) -> Crossing {
        let before = self.sector_end_at.replace(at);
        Crossing {
            sector,
            at,
            since_ms: before.map(|before| self.timed(at - before)),
            lap_sector_ms: None,
            completed: self.completed,
            from_box: self.from_box,
            began_in_pits: self.began_in_pits,
        }
    }

    /// The end of a sector of the game's log that the car has passed in the last step.
    pub(crate) fn crossing(&self) -> Option<Crossing> {
        self.crossing
    }

    /// Session time in seconds when the running lap began.
    pub(crate) fn started_at(&self) -> Option<f64> {
        self.started_at
    }

    /// The ends of the sectors of the game's log that the running lap has passed, in ms since its start.
    pub(crate) fn game_splits(&self) -> &[i32] {
        &self.game_splits
    }

    /// Rounds a time to the resolution. Returns milliseconds.
    fn timed(&self, seconds: f64) -> i32 {
        milliseconds(seconds / f64::from(self.resolution_ms)) * self.resolution_ms
    }

    fn finish(&mut self, passage: &Passage, time: f64, time_ms: i32) -> LapRecord {
        let valid = self.valid && !passage.in_pits && self.splits.len() + 1 == SECTORS;
        let sectors_ms = sectors(&self.splits, time_ms);
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
            game_sectors_ms: sectors(&self.game_splits, time_ms),
            fuel_used_l: used.fuel_l,
            energy_used_kwh: used.energy_kwh,
            finished_at_s: time,
            finished_step: 0,
            published: false,
        }
    }
}
