//! The lap that is being driven.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::awaiting_time::AwaitingTime;
use super::crossing::{Crossing, MAX_FRAME_GAP_MS};
use super::lap::{Incomplete, Lap, LapKind, LapStats, Validity};
use super::meter::Consumed;
use super::path::Path;
use super::reading::Reading;
use super::validity::ValidityDetector;
use crate::analysis::settings::SectorKind;

/// Difference between the timer and the counter of physics steps, milliseconds, above which the counter is not used.
const MAX_DRIFT_MS: f64 = 1000.0;

/// Lap positions away from the line: a lap that is first seen there began neither at the line nor on the grid before it.
const AWAY_FROM_LINE: Range<f64> = 0.04..0.9;

/// Time after the beginning of a lap in which frames narrow the beginning down, milliseconds.
const NARROWING_MS: f64 = 5000.0;

/// The lap that is being driven, so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CurrentLap {
    /// The session, from 1.
    pub session: u32,
    /// Number of the lap in the session, from 1.
    pub number: u32,
    /// The stint of the session, from 1.
    pub stint: u32,
    /// The kind of lap that it would be if it ended now.
    pub kind: LapKind,
    /// The lap was running already when it was found.
    pub is_joined: bool,
    /// Time since the lap began, seconds, by the game's timer.
    pub elapsed_s: f64,
    /// Lap position of the car, 0..1; `None` if the game writes an implausible value. The JSON key is `place`.
    #[serde(rename = "place")]
    pub lap_position: Option<f64>,
    /// Whether the lap counts so far.
    pub validity: Validity,
    /// Times since the beginning of the lap at which sectors ended, milliseconds; `None` for a sector whose end was not seen.
    pub splits_ms: Vec<Option<u32>>,
}

/// The lap that is being driven, as the engine follows it.
#[derive(Debug, Clone)]
pub(super) struct RunningLap {
    pub(super) session: u32,
    pub(super) number: u32,
    /// The beginning was not seen.
    pub(super) is_joined: bool,
    /// Beginning of the lap in physics steps.
    pub(super) start: f64,
    /// The beginning was measured at the line. Otherwise it follows from the timer, which has whole milliseconds, and from frames, which
    /// may be late: the earliest beginning that any of them shows is the best.
    pub(super) is_start_exact: bool,
    /// Age up to which the beginning is narrowed down, milliseconds.
    narrowed_until_ms: f64,
    /// Age of the lap when it was first seen, milliseconds.
    seen_from_ms: f64,
    pub(super) began_in_pits: bool,
    /// The car was in the pit lane or the box when the lap was first seen.
    began_in_lane: bool,
    /// Lap position at which the lap was first seen.
    first_position: Option<f64>,
    left_pits: bool,
    passed_pits: bool,
    pub(super) validity: ValidityDetector,
    /// Times since the beginning of the lap at which sectors ended, milliseconds.
    splits: Vec<Option<f64>>,
    has_drifted: bool,
    pub(super) stats: LapStats,
    consumed_before: Option<Consumed>,
    /// Physics packets that were missed.
    pub(super) missed: u64,
    /// Age at the last frame, milliseconds.
    pub(super) elapsed_ms: f64,
    pub(super) last: Reading,
}

impl RunningLap {
    pub(super) fn new(
        session: u32,
        number: u32,
        start: f64,
        first: Reading,
        consumed_before: Option<Consumed>,
    ) -> Self {
        // A timer that starts away from the line, as at the end of a pit lane, does not time a lap from line to line.
        let is_away = first.lap_position.is_some_and(|position| AWAY_FROM_LINE.contains(&position));
        let began_in_pits = first.in_pits || is_away;
        Self {
            session,
            number,
            is_joined: false,
            start,
            is_start_exact: false,
            narrowed_until_ms: NARROWING_MS,
            seen_from_ms: first.timer_ms,
            began_in_pits,
            began_in_lane: first.in_pits,
            first_position: first.lap_position,
            left_pits: !first.in_pits,
            passed_pits: false,
            validity: ValidityDetector::new(began_in_pits),
            splits: Vec::new(),
            has_drifted: false,
            stats: LapStats::default(),
            consumed_before,
            missed: 0,
            elapsed_ms: first.timer_ms,
            last: first,
        }
    }

    /// True for the way from a box before the line to the line: it began in the pits in the second half of a lap.
    pub(super) fn is_way_to_line(&self) -> bool {
        self.began_in_lane && !self.is_joined && self.first_position.is_some_and(|position| position > 0.5)
    }

    /// Time for which the lap was seen, milliseconds.
    pub(super) fn seen_ms(&self) -> f64 {
        self.elapsed_ms - self.seen_from_ms
    }

    /// Takes the next frame. Returns the sector that has ended with it.
    pub(super) fn advance(
        &mut self,
        now: Reading,
        path: &Path,
        sector_ends: &[f64],
        step_ms: f64,
    ) -> Option<SectorEnd> {
        let before = std::mem::replace(&mut self.last, now);
        let age_ms = self.age_ms(&now, step_ms);
        let before_ms = std::mem::replace(&mut self.elapsed_ms, age_ms);
        if now.in_pits {
            // A car that enters the pits again has passed through them.
            self.passed_pits |= self.left_pits;
        } else {
            self.left_pits = true;
        }
        let can_be_timed =
            (now.steps - before.steps) * step_ms <= MAX_FRAME_GAP_MS && !self.has_drifted && !self.is_joined;
        let mut ended = None;
        for (sector, end) in sector_ends.iter().enumerate().skip(self.splits.len()) {
            let Some(part) = path.passed(&before, &now, *end) else { continue };
            let split = can_be_timed.then_some(before_ms + part * (self.elapsed_ms - before_ms));
            self.splits.resize(sector, None);
            let began = if sector == 0 { Some(0.0) } else { self.splits.last().copied().flatten() };
            self.splits.push(split);
            let sector_ms = split.zip(began).map(|(end, began)| whole_ms(end) - whole_ms(began).min(whole_ms(end)));
            ended = Some(SectorEnd { sector, split_ms: split.map(whole_ms), sector_ms });
        }
        ended
    }

    /// Age of the lap in a frame, milliseconds. The counter of physics steps is more exact than the timer, which has whole milliseconds,
    /// but a frame may be late or show an earlier step: the counter adds the fraction that the timer leaves open.
    fn age_ms(&mut self, now: &Reading, step_ms: f64) -> f64 {
        if !self.is_start_exact {
            self.start = self.start.min(now.steps - now.timer_ms / step_ms);
            self.is_start_exact = now.timer_ms > self.narrowed_until_ms;
        }
        let by_steps = (now.steps - self.start) * step_ms;
        self.has_drifted |= (by_steps - now.timer_ms).abs() > MAX_DRIFT_MS;
        by_steps.clamp(now.timer_ms, now.timer_ms + 1.0)
    }

    /// Physics steps were estimated from the timer: the timer also defines the beginning of the lap, which is narrowed down again.
    pub(super) fn follow_timer(&mut self, now: &Reading, step_ms: f64) {
        self.start = now.steps - now.timer_ms / step_ms;
        self.is_start_exact = false;
        self.narrowed_until_ms = now.timer_ms + NARROWING_MS;
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
            lap_position: self.last.lap_position,
            validity: self.validity.so_far(),
            splits_ms: self.splits.iter().map(|split| split.map(whole_ms)).collect(),
        }
    }

    /// The lap has ended: at the line, or for a reason.
    pub(super) fn into_lap(
        self,
        stint: u32,
        ended_s: f64,
        incomplete: Option<Incomplete>,
        consumed: Option<Consumed>,
    ) -> Lap {
        let ends = self.consumed_before.zip(consumed).filter(|_| !self.is_joined);
        let since = |of: fn(&Consumed) -> f64| ends.map(|(before, now)| of(&now) - of(&before));
        Lap {
            session: self.session,
            number: self.number,
            // The analysis counts the attempts.
            attempt: 1,
            stint,
            kind: self.kind(self.last.in_pits),
            incomplete: incomplete.or(self.is_joined.then_some(Incomplete::Joined)),
            time_ms: None,
            measured_ms: None,
            validity: self.validity.so_far(),
            sectors_ms: Vec::new(),
            sector_kind: SectorKind::default(),
            ended_s,
            fuel_used_l: since(|consumed| consumed.fuel_l),
            fuel_added_l: since(|consumed| consumed.added_l),
            charge_used: since(|consumed| consumed.charge),
            stats: self.stats,
            missed: self.missed,
        }
    }

    /// The lap has crossed the line, and `next` is the first frame after it.
    pub(super) fn cross(
        mut self,
        line: &Crossing,
        sectors: usize,
        stint: u32,
        consumed: Option<Consumed>,
        next: &Reading,
    ) -> AwaitingTime {
        let gap_ms = (next.steps - self.last.steps) * line.step_ms;
        let validity = self.validity.at_the_line(next, gap_ms);
        let is_measured = line.is_measured && !self.has_drifted && !self.is_joined;
        let is_exact = line.is_exact && self.is_start_exact && is_measured;
        let mut splits_ms = std::mem::take(&mut self.splits);
        splits_ms.resize(sectors, None);
        let count = self.last.count;
        let expected_ms = self.elapsed_ms + line.after_ms;
        let mut lap = self.into_lap(stint, line.ended_s, None, consumed);
        lap.validity = validity;
        lap.measured_ms = is_measured.then(|| whole_ms(expected_ms));
        AwaitingTime { lap, end: line.steps, expected_ms, is_exact, count, splits_ms }
    }
}

/// Rounds to whole milliseconds.
pub(super) fn whole_ms(ms: f64) -> u32 {
    ms.round() as u32
}

/// The end of a sector that is not the last one of its lap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SectorEnd {
    /// The sector, from 0.
    pub(crate) sector: usize,
    /// Time since the beginning of the lap, milliseconds; `None` if the end was not seen exactly.
    pub(crate) split_ms: Option<u32>,
    /// Time since the beginning of the sector, milliseconds.
    pub(crate) sector_ms: Option<u32>,
}
