//! Laps of the other cars, and the end of a race for each of them.

use super::{Moment, Presence, Rival, Traffic};
use crate::happening::HappeningKind;
use crate::laps::{Consumption, Ended, Passage};
use crate::plan::{SessionPlan, Start};
use crate::track::Track;
use crate::truth::{LapKind, LapRecord};

/// The end of a race for one car.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Finish {
    /// Laps since the line: whole ones for a car that has finished. Less for a car that was still driving when the race ended.
    pub(crate) laps: f64,
    /// Session time in seconds.
    pub(crate) at: f64,
}

/// The rules of a race: it ends for each car with the next crossing of the line after the first car has completed all laps, or after
/// the time is up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rules {
    laps: Option<u32>,
    /// Session time in seconds.
    ends_at: f64,
    /// True after the first car has finished.
    pub(crate) flag: bool,
    /// True after the end of the race for all cars.
    closed: bool,
}

impl Rules {
    /// The rules of a session that starts from the grid.
    pub(crate) fn of(plan: &SessionPlan) -> Option<Self> {
        let ends_at = if plan.timed { f64::from(plan.minutes) * 60.0 } else { f64::INFINITY };
        (plan.start == Start::Grid).then_some(Self { laps: plan.laps, ends_at, flag: false, closed: false })
    }

    /// True if a car that completes this lap has finished.
    fn ends_with(&self, lap: &LapRecord) -> bool {
        self.flag || lap.finished_at_s >= self.ends_at || self.laps.is_some_and(|laps| lap.number >= laps)
    }
}

impl Rival {
    /// Times the car, which was at `from` metres before this step, and reports its laps.
    pub(super) fn pass(
        &mut self,
        from: f64,
        moment: &Moment,
        track: &Track,
        rules: Option<&mut Rules>,
        mut report: impl FnMut(f64, HappeningKind),
    ) {
        if self.finish.is_some() || rules.as_ref().is_some_and(|rules| rules.closed) {
            return;
        }
        let distance = self.progress - from;
        let from = track.wrap(from);
        if self.in_pits {
            self.clock.invalidate();
        }
        let ended = self.clock.pass(&Passage {
            from,
            to: from + distance,
            track_length: track.length(),
            sector_ends: track.sector_ends(),
            time: moment.from_time,
            step: moment.time - moment.from_time,
            in_pits: self.in_pits,
            used: Consumption::default(),
        });
        let Some(crossing) = self.clock.crossing() else { return };
        report(crossing.at, HappeningKind::Crossing(crossing));
        let Some(Ended::Lap(lap)) = ended else { return };
        report(lap.finished_at_s, HappeningKind::Lap { lap, from_box: crossing.from_box });
        if let Some(rules) = rules
            && rules.ends_with(&lap)
        {
            rules.flag = true;
            self.finish = Some(Finish { laps: lap.number.into(), at: lap.finished_at_s });
            report(lap.finished_at_s, HappeningKind::Finished);
        }
    }

    /// The running lap with the time that the game estimates for it, if the car is in its last sector.
    fn estimate(&self, time: f64) -> Option<LapRecord> {
        let (start, &[first, second]) = (self.clock.started_at()?, self.clock.game_splits()) else { return None };
        // The game adds a last sector of its own; the driver's speed so far is a plausible one.
        let time_ms = ((time - start) * 1000.0) as i32;
        let time_ms = time_ms.max(second + (f64::from(second) * 0.47) as i32);
        Some(LapRecord {
            session: self.clock.session,
            run: self.clock.run,
            stint: 1,
            number: self.clock.completed + 1,
            kind: LapKind::Flying,
            through_pits: false,
            valid: false,
            time_ms,
            returned_ms: None,
            sectors_ms: [0; 3],
            game_sectors_ms: [first, second - first, time_ms - second],
            fuel_used_l: 0.0,
            energy_used_kwh: 0.0,
            finished_at_s: time,
            finished_step: 0,
            published: false,
        })
    }
}

impl Traffic {
    /// True if the race ends for a car with its next crossing of the line.
    pub(crate) fn is_flag_shown(&self) -> bool {
        self.rules.is_some_and(|rules| rules.flag)
    }

    /// Shows the chequered flag because the player has finished.
    pub(crate) fn show_flag(&mut self) {
        if let Some(rules) = &mut self.rules {
            rules.flag = true;
        }
    }

    /// Ends the race for all cars that have not finished. The game estimates the laps of those in the last sector.
    pub(crate) fn close(&mut self, time: f64, track: &Track) {
        let Some(rules) = &mut self.rules else { return };
        if std::mem::replace(&mut rules.closed, true) {
            return;
        }
        for index in 0..self.rivals.len() {
            let rival = &mut self.rivals[index];
            if rival.presence != Presence::Here || rival.finish.is_some() {
                continue;
            }
            rival.finish = Some(Finish { laps: rival.progress / track.length(), at: time });
            if let Some(lap) = rival.estimate(time) {
                self.report(index, time, HappeningKind::Estimate(lap));
            }
        }
    }

    /// Session time at which the last car finished; `None` while a car is still racing.
    pub(crate) fn last_finish(&self) -> Option<f64> {
        let racing = self.rivals.iter().filter(|rival| rival.presence != Presence::Gone);
        racing.map(|rival| rival.finish.map(|finish| finish.at)).try_fold(0.0, |last: f64, at| Some(last.max(at?)))
    }
}
