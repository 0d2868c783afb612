//! The lap that is being driven.

use serde::Serialize;

use super::lap::{Figures, Incomplete, Lap, LapKind, Validity};
use super::meter::Used;
use super::path::Path;
use super::pending::Pending;
use super::reading::Reading;
use super::validity::Latch;

/// Frames further apart than this do not tell when a place between them was passed, in milliseconds.
const TOO_FAR_MS: f64 = 250.0;

/// The timer and the counter of steps may be apart by so much before the counter is not believed any more, in milliseconds.
const DRIFT_MS: f64 = 250.0;

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
    /// That was measured at the line. Else it follows from the timer, which has whole milliseconds: each frame narrows it down.
    pub(super) is_exact: bool,
    /// Steps between which it began, by the timer.
    start_within: (f64, f64),
    /// How old it was when it was first seen, in milliseconds.
    seen_from_ms: f64,
    began_in_pits: bool,
    left_pits: bool,
    passed_pits: bool,
    pub(super) latch: Latch,
    /// Steps at the ends of the sectors that are over.
    splits: Vec<Option<f64>>,
    has_drifted: bool,
    pub(super) figures: Figures,
    used_before: Used,
    pub(super) missed: u64,
    pub(super) elapsed_ms: f64,
    pub(super) last: Reading,
}

impl Running {
    pub(super) fn new(session: u32, number: u32, start: f64, first: Reading, used_before: Used) -> Self {
        Self {
            session,
            number,
            is_joined: false,
            start,
            is_exact: false,
            start_within: (f64::NEG_INFINITY, f64::INFINITY),
            seen_from_ms: first.timer_ms,
            began_in_pits: first.in_pits,
            left_pits: !first.in_pits,
            passed_pits: false,
            latch: Latch::new(first.in_pits),
            splits: Vec::new(),
            has_drifted: false,
            figures: Figures::default(),
            used_before,
            missed: 0,
            elapsed_ms: first.timer_ms,
            last: first,
        }
    }

    /// For how long it was seen, in milliseconds.
    pub(super) fn seen_ms(&self) -> f64 {
        self.elapsed_ms - self.seen_from_ms
    }

    /// The next frame. Gives the sector that has ended with it.
    pub(super) fn go_on(&mut self, now: Reading, path: &Path, lines: &[f64], step_ms: f64) -> Option<Split> {
        let before = std::mem::replace(&mut self.last, now);
        self.elapsed_ms = now.timer_ms;
        if !self.is_exact && now.timer_ms > 0.0 {
            self.narrow_start(&now, step_ms);
        }
        self.has_drifted |= ((now.steps - self.start) * step_ms - now.timer_ms).abs() > DRIFT_MS;
        if now.in_pits {
            // Whoever comes in again after having left does not end where the lap began.
            self.passed_pits |= self.left_pits;
        } else {
            self.left_pits = true;
        }
        let is_near = (now.steps - before.steps) * step_ms <= TOO_FAR_MS;
        let mut ended = None;
        for (index, line) in lines.iter().enumerate().skip(self.splits.len()) {
            if let Some(steps) = path.passed(&before, &now, *line) {
                let exact = Some(steps).filter(|_| is_near && !self.has_drifted && !self.is_joined);
                self.splits.resize(index, None);
                let began = if index == 0 { Some(self.start) } else { self.splits.last().copied().flatten() };
                self.splits.push(exact);
                let ms = |from: f64| exact.map(|steps| ((steps - from) * step_ms).round() as u32);
                ended = Some(Split { sector: index, split_ms: ms(self.start), sector_ms: began.and_then(ms) });
            }
        }
        ended
    }

    /// The timer is cut to whole milliseconds, each frame at another place in between.
    fn narrow_start(&mut self, now: &Reading, step_ms: f64) {
        let (earliest, latest) = self.start_within;
        let earliest = earliest.max(now.steps - (now.timer_ms + 1.0) / step_ms);
        let latest = latest.min(now.steps - now.timer_ms / step_ms);
        // Frames that come late contradict each other. Then it stays as it is.
        self.is_exact = earliest > latest || now.timer_ms > NARROWED_MS;
        if earliest <= latest {
            self.start_within = (earliest, latest);
            self.start = (earliest + latest) / 2.0;
        }
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

    pub(super) fn view(&self, stint: u32, step_ms: f64) -> CurrentLap {
        let split = |steps: &Option<f64>| steps.map(|steps| ((steps - self.start) * step_ms).round() as u32);
        CurrentLap {
            session: self.session,
            number: self.number,
            stint,
            kind: self.kind(self.last.in_pits),
            is_joined: self.is_joined,
            elapsed_s: self.elapsed_ms / 1000.0,
            place: self.last.place,
            validity: self.latch.so_far(),
            splits_ms: self.splits.iter().map(split).collect(),
        }
    }

    /// The lap is over: at the line, or for a reason.
    pub(super) fn into_lap(self, stint: u32, ended_s: f64, incomplete: Option<Incomplete>, used: Used) -> Lap {
        let is_whole = !self.is_joined;
        let since = |now: f64, before: f64| Some(now - before).filter(|_| is_whole);
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
            fuel_used_l: since(used.fuel_l, self.used_before.fuel_l),
            fuel_added_l: since(used.added_l, self.used_before.added_l),
            charge_used: since(used.charge, self.used_before.charge),
            figures: self.figures,
            missed: self.missed,
        }
    }

    /// The lap has crossed the line, and `next` is the first frame after it. `crossing` was measured by places where it could be.
    pub(super) fn cross(mut self, line: Crossing, sectors: usize, stint: u32, used: Used, next: &Reading) -> Pending {
        let Crossing { steps: end, is_measured, expected_ms, ended_s, step_ms } = line;
        let gap_ms = (next.steps - self.last.steps) * step_ms;
        let validity = self.latch.at_the_line(next, gap_ms);
        let is_measured = is_measured && !self.has_drifted && !self.is_joined;
        let start = self.start;
        let measured_ms = is_measured.then(|| ((end - start) * step_ms).round() as u32);
        let mut splits = std::mem::take(&mut self.splits);
        splits.resize(sectors, None);
        let splits_ms = splits.into_iter().map(|split| split.map(|steps| (steps - start) * step_ms)).collect();
        let count = self.last.count;
        let mut lap = self.into_lap(stint, ended_s, None, used);
        (lap.validity, lap.measured_ms) = (validity, measured_ms);
        Pending { lap, end, expected_ms, count, splits_ms }
    }
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
    /// By the places before and after, not by the timer.
    pub(super) is_measured: bool,
    /// The lap time by the timer before the line.
    pub(super) expected_ms: f64,
    /// When, in seconds of driving.
    pub(super) ended_s: f64,
    pub(super) step_ms: f64,
}

impl Crossing {
    /// Between two frames, the second with a timer that has begun anew.
    pub(super) fn between(before: &Reading, now: &Reading, path: &Path, step_ms: f64, now_s: f64) -> Self {
        let gap_ms = (now.steps - before.steps) * step_ms;
        let by_timer = now.steps - now.timer_ms / step_ms;
        let by_place = path
            .passed(before, now, 0.0)
            .filter(|steps| gap_ms <= TOO_FAR_MS && ((steps - by_timer) * step_ms).abs() <= gap_ms.max(20.0));
        let steps = by_place.unwrap_or(by_timer);
        Self {
            steps,
            is_measured: by_place.is_some(),
            expected_ms: before.timer_ms + (by_timer - before.steps) * step_ms,
            ended_s: now_s - (now.steps - steps) * step_ms / 1000.0,
            step_ms,
        }
    }
}
