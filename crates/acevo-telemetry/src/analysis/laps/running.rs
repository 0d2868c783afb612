//! The lap that is being driven.

use std::ops::Range;

use serde::Serialize;

use super::LATE_RESET_MS;
use super::lap::{Incomplete, Lap, LapKind, LapStats, Validity};
use super::meter::Used;
use super::path::Path;
use super::pending::Pending;
use super::reading::Reading;
use super::validity::Latch;

/// Frames further apart than this do not tell when a place between them was passed, in milliseconds.
pub(super) const TOO_FAR_MS: f64 = 100.0;

/// The timer and the counter of steps may be apart by so much before the counter is not believed any more, in milliseconds.
const DRIFT_MS: f64 = 1000.0;

/// A lap that is first seen here has begun neither at the line nor on the grid behind it: parts of a lap.
const AWAY_FROM_LINE: Range<f64> = 0.04..0.9;

/// The beginning of a lap is narrowed down by the frames of this time, in milliseconds.
const NARROWED_MS: f64 = 5000.0;

/// The lap that is being driven, so far.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurrentLap {
    /// The session, from 1.
    pub session: u32,
    /// Its number in the session, from 1.
    pub number: u32,
    /// The stint, from 1.
    pub stint: u32,
    /// What kind of lap it would be, were it over now.
    pub kind: LapKind,
    /// It was running already when it was found.
    pub is_joined: bool,
    /// Seconds since it began, by the game's timer.
    pub elapsed_s: f64,
    /// Where the car is, 0..1; `None` where the page makes no sense.
    pub place: Option<f64>,
    /// Whether it counts so far.
    pub validity: Validity,
    /// Ends of the sectors that are over, in milliseconds since the lap began; `None` for one whose end was not seen.
    pub splits_ms: Vec<Option<u32>>,
}

/// The lap that is being driven, as the engine follows it.
#[derive(Debug, Clone)]
pub(super) struct Running {
    pub(super) session: u32,
    pub(super) number: u32,
    pub(super) is_joined: bool,
    /// When it began, in steps.
    pub(super) start: f64,
    /// That was measured at the line. Else it follows from the timer, which has whole milliseconds, and from frames, which may be
    /// late: the earliest beginning that any of them tells is the best.
    pub(super) is_exact: bool,
    /// Up to this age the beginning is narrowed down, in milliseconds.
    narrowed_ms: f64,
    /// How old it was when it was first seen, in milliseconds.
    seen_from_ms: f64,
    pub(super) began_in_pits: bool,
    /// The car was in the pit lane or the box when the lap was first seen.
    began_in_lane: bool,
    /// Where the car was when the lap was first seen.
    from_place: Option<f64>,
    left_pits: bool,
    passed_pits: bool,
    pub(super) latch: Latch,
    /// Milliseconds from the beginning to the ends of the sectors that are over.
    splits: Vec<Option<f64>>,
    has_drifted: bool,
    pub(super) figures: LapStats,
    used_before: Option<Used>,
    pub(super) missed: u64,
    /// Age at the last frame, in milliseconds.
    pub(super) elapsed_ms: f64,
    pub(super) last: Reading,
}

impl Running {
    pub(super) fn new(session: u32, number: u32, start: f64, first: Reading, used_before: Option<Used>) -> Self {
        // A timer that starts away from the line, as at the end of a pit lane, times no lap from line to line.
        let began_in_pits = first.in_pits || first.place.is_some_and(|place| AWAY_FROM_LINE.contains(&place));
        Self {
            session,
            number,
            is_joined: false,
            start,
            is_exact: false,
            narrowed_ms: NARROWED_MS,
            seen_from_ms: first.timer_ms,
            began_in_pits,
            began_in_lane: first.in_pits,
            from_place: first.place,
            left_pits: !first.in_pits,
            passed_pits: false,
            latch: Latch::new(began_in_pits),
            splits: Vec::new(),
            has_drifted: false,
            figures: LapStats::default(),
            used_before,
            missed: 0,
            elapsed_ms: first.timer_ms,
            last: first,
        }
    }

    /// True for what was begun in the pits in the second half of a lap: the way from a box before the line to the line, or less than a
    /// lap in any case.
    pub(super) fn is_way_to_line(&self) -> bool {
        self.began_in_lane && !self.is_joined && self.from_place.is_some_and(|place| place > 0.5)
    }

    /// For how long it was seen, in milliseconds.
    pub(super) fn seen_ms(&self) -> f64 {
        self.elapsed_ms - self.seen_from_ms
    }

    /// The next frame. Gives the sector that has ended with it.
    pub(super) fn go_on(&mut self, now: Reading, path: &Path, lines: &[f64], step_ms: f64) -> Option<Split> {
        let before = std::mem::replace(&mut self.last, now);
        let age_ms = self.age_ms(&now, step_ms);
        let before_ms = std::mem::replace(&mut self.elapsed_ms, age_ms);
        if now.in_pits {
            // Whoever comes in again after having left does not end where the lap began.
            self.passed_pits |= self.left_pits;
        } else {
            self.left_pits = true;
        }
        let is_near = (now.steps - before.steps) * step_ms <= TOO_FAR_MS;
        let mut ended = None;
        for (index, line) in lines.iter().enumerate().skip(self.splits.len()) {
            if let Some(part) = path.passed(&before, &now, *line) {
                let split = Some(before_ms + part * (self.elapsed_ms - before_ms));
                let split = split.filter(|_| is_near && !self.has_drifted && !self.is_joined);
                self.splits.resize(index, None);
                let began = if index == 0 { Some(0.0) } else { self.splits.last().copied().flatten() };
                self.splits.push(split);
                let sector = split.zip(began).map(|(end, began)| whole(end) - whole(began).min(whole(end)));
                ended = Some(Split { sector: index, split_ms: split.map(whole), sector_ms: sector });
            }
        }
        ended
    }

    /// How old the lap is in a frame. The counter of steps tells it more exactly than the timer, which has whole milliseconds, but a
    /// frame may be seen late or show an earlier step: so much as the timer leaves open is taken from the counter.
    fn age_ms(&mut self, now: &Reading, step_ms: f64) -> f64 {
        if !self.is_exact {
            self.start = self.start.min(now.steps - now.timer_ms / step_ms);
            self.is_exact = now.timer_ms > self.narrowed_ms;
        }
        let by_steps = (now.steps - self.start) * step_ms;
        self.has_drifted |= (by_steps - now.timer_ms).abs() > DRIFT_MS;
        by_steps.clamp(now.timer_ms, now.timer_ms + 1.0)
    }

    /// Steps were made up from the timer: the beginning of the lap is where the timer puts it, and is narrowed down anew.
    pub(super) fn follow_timer(&mut self, now: &Reading, step_ms: f64) {
        self.start = now.steps - now.timer_ms / step_ms;
        self.is_exact = false;
        self.narrowed_ms = now.timer_ms + NARROWED_MS;
    }

    fn kind(&self, ends_in_pits: bool) -> LapKind {
        match (self.began_in_pits, ends_in_pits) {
            (false, true) => LapKind::In,
            (true, true) => LapKind::Pit,
            (_, false) if self.passed_pits => LapKind::Pit,
            (false, false) => LapKind::Flying,
            (true, false) => LapKind::Out,
        }
    }

    pub(super) fn view(&self, stint: u32) -> CurrentLap {
        CurrentLap {
            session: self.session,
            number: self.number,
            stint,
            kind: self.kind(self.last.in_pits),
            is_joined: self.is_joined,
            elapsed_s: self.elapsed_ms / 1000.0,
            place: self.last.place,
            validity: self.latch.so_far(),
            splits_ms: self.splits.iter().map(|split| split.map(whole)).collect(),
        }
    }

    /// The lap is over: at the line, or for a reason.
    pub(super) fn into_lap(self, stint: u32, ended_s: f64, incomplete: Option<Incomplete>, used: Option<Used>) -> Lap {
        let ends = self.used_before.zip(used).filter(|_| !self.is_joined);
        let since = |of: fn(&Used) -> f64| ends.map(|(before, now)| of(&now) - of(&before));
        Lap {
            session: self.session,
            number: self.number,
            stint,
            kind: self.kind(self.last.in_pits),
            incomplete: incomplete.or(self.is_joined.then_some(Incomplete::Joined)),
            time_ms: None,
            measured_ms: None,
            validity: self.latch.so_far(),
            sectors_ms: Vec::new(),
            ended_s,
            fuel_used_l: since(|used| used.fuel_l),
            fuel_added_l: since(|used| used.added_l),
            charge_used: since(|used| used.charge),
            figures: self.figures,
            missed: self.missed,
        }
    }

    /// The lap has crossed the line, and `next` is the first frame after it.
    pub(super) fn cross(
        mut self,
        line: Crossing,
        sectors: usize,
        stint: u32,
        used: Option<Used>,
        next: &Reading,
    ) -> Pending {
        let gap_ms = (next.steps - self.last.steps) * line.step_ms;
        let validity = self.latch.at_the_line(next, gap_ms);
        let is_measured = line.is_measured && !self.has_drifted && !self.is_joined;
        let is_exact = line.is_exact && self.is_exact && is_measured;
        let mut splits_ms = std::mem::take(&mut self.splits);
        splits_ms.resize(sectors, None);
        let count = self.last.count;
        let expected_ms = self.elapsed_ms + line.after_ms;
        let mut lap = self.into_lap(stint, line.ended_s, None, used);
        (lap.validity, lap.measured_ms) = (validity, is_measured.then(|| whole(expected_ms)));
        Pending { lap, end: line.steps, expected_ms, is_exact, count, splits_ms }
    }
}

/// Whole milliseconds.
pub(super) fn whole(ms: f64) -> u32 {
    ms.round() as u32
}

/// The end of a sector.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    /// From 0.
    pub(super) sector: usize,
    /// Since the beginning of the lap.
    pub(super) split_ms: Option<u32>,
    /// Since the beginning of the sector.
    pub(super) sector_ms: Option<u32>,
}

/// How a lap has crossed the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crossing {
    /// When, in steps.
    pub(super) steps: f64,
    /// When, in milliseconds after the last frame before it.
    pub(super) after_ms: f64,
    /// The place of the car before and after tells so, not only the timer.
    pub(super) is_measured: bool,
    /// The frames before and after came when their timers say.
    pub(super) is_exact: bool,
    /// When, in seconds of driving.
    pub(super) ended_s: f64,
    pub(super) step_ms: f64,
}

impl Crossing {
    /// Between two frames, the second with a timer that has begun anew, on a lap of this length. The car has passed the line at
    /// `passed`, in steps: between the two frames, or some frames earlier if the timer ran on.
    pub(super) fn between(
        before: &Reading,
        now: &Reading,
        passed: Option<f64>,
        lap_m: Option<f64>,
        step_ms: f64,
        now_s: f64,
    ) -> Self {
        let gap_ms = (now.steps - before.steps) * step_ms;
        let by_place = passed.map(|at| (at - before.steps) * step_ms);
        let earliest = if by_place.is_some_and(|after| after < 0.0) { f64::NEG_INFINITY } else { 0.0 };
        let by_timer = (gap_ms - now.timer_ms).max(earliest);
        // A frame that was seen late is a bad end of a way. Then the speed tells how far the frame before was from the line.
        let by_speed = lap_m.zip(before.place).map(|(lap_m, place)| {
            let speed = (before.speed + now.speed) / 2.0;
            let ahead = if place > 0.5 { 1.0 - place } else { -place };
            ahead * lap_m / speed * 1000.0
        });
        let by_speed = by_speed.filter(|after| by_place.is_some() && (-LATE_RESET_MS..=TOO_FAR_MS).contains(after));
        let is_exact = by_place.is_some_and(|after| {
            let is_in_time = (-0.1..1.1).contains(&(gap_ms - after - now.timer_ms));
            is_in_time && by_speed.is_none_or(|by_speed| (after - by_speed).abs() < 1.0)
        });
        let after_ms = by_place.filter(|_| is_exact).or(by_speed).unwrap_or(by_timer);
        let steps = if is_exact { before.steps + after_ms / step_ms } else { now.steps - now.timer_ms / step_ms };
        Self {
            steps,
            after_ms,
            is_measured: is_exact || by_speed.is_some(),
            is_exact,
            ended_s: now_s - (now.steps - steps) * step_ms / 1000.0,
            step_ms,
        }
    }
}
