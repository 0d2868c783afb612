//! What drivers of the field scenario do besides driving: stops, mistakes, retirements and late joins.

use super::{Moment, Presence, Rival, Traffic, spacing};
use crate::happening::HappeningKind;
use crate::identity::class_of;
use crate::laps::{Consumption, Opening};
use crate::noise::{Stream, generator};
use crate::pit_path::PitPath;
use crate::setting::Setting;
use crate::track::{HALF_WIDTH, PitZone, Track};
use crate::traffic::Neighbour;

/// Session times at which the last car and the one before it join, in seconds.
const JOIN_TIMES: [f64; 2] = [48.0, 85.0];
/// Time in the box of a car that joins, in seconds.
const JOIN_WAIT: f64 = 6.0;
/// Offset from the centre line of a car that is off the track, in metres.
const OFF_TRACK: f64 = HALF_WIDTH + 3.2;
/// Deceleration of a car that retires, in m/s².
const RETIRING: f64 = 4.5;
/// Time after which a car that has retired disappears, in seconds.
const REMOVED_AFTER: f64 = 12.0;
/// Distance of the player after a car, in metres, in which the driver makes no mistake.
const FOLLOWED: f64 = 160.0;
/// Speed after the race as a factor of the usual speed.
const COOL_DOWN: f64 = 0.6;

/// Number of laps for which stops and mistakes are planned.
const PLANNED_LAPS: i64 = 500;

/// A moment in which a driver is slow.
#[derive(Debug, Clone, Copy)]
struct Mistake {
    /// Distance since the line, in metres.
    at: f64,
    seconds: f64,
    /// True if all wheels leave the track.
    leaves_track: bool,
}

/// The end of a race before its time.
#[derive(Debug, Clone, Copy)]
enum Retirement {
    /// Stops beside the track at this distance since the line, in metres.
    Beside(f64),
    /// Stops in the box at the end of this lap, counted from 0, and leaves the session.
    InBox(i64),
}

/// What a driver is doing.
#[derive(Debug, Clone, Copy)]
enum Task {
    Drive,
    /// Slow until this session time.
    Slow(f64, Mistake),
    /// Stationary in the box until this session time; forever after the race.
    Stand(f64),
    /// Slowing down beside the track.
    Retire,
    /// Stationary beside the track until this session time.
    Wait(f64),
}

/// The plan of a driver, and its state.
#[derive(Debug, Clone)]
pub(super) struct Conduct {
    seed: u64,
    /// Speed as a factor of the player's target speed.
    rate: f64,
    /// The same for the running lap.
    lap_rate: f64,
    /// The running lap, counted from 0.
    lap: i64,
    /// Laps, counted from 0, at whose end the car stops in its box. In reverse order.
    stops: Vec<i64>,
    stop_seconds: f64,
    /// In reverse order.
    mistakes: Vec<Mistake>,
    retirement: Option<Retirement>,
    joins_at: Option<f64>,
    pit: PitPath,
    task: Task,
}

impl Conduct {
    /// The plan of car `index` of `count` for a race of this number of laps.
    pub(super) fn new(seed: u64, index: usize, count: usize, laps: Option<u32>, track: &Track) -> Self {
        let laps = i64::from(laps.unwrap_or(5)).min(PLANNED_LAPS);
        let mut random = generator(seed, Stream::Conduct, index as u64);
        let (_, rate) = class_of(index, count);
        let mut stops = Vec::new();
        if laps >= 3 && index % 5 != 4 {
            // Not on the first and not on the last lap; in a long race about every ten laps.
            let visits = 1 + laps / 12;
            let first = (index as i64 + random.i64(0..2)) % (laps - 2);
            stops = (0..visits).map(|visit| 1 + (first + visit * (laps - 2) / visits) % (laps - 2)).collect();
            stops.sort_unstable_by(|a, b| b.cmp(a));
        }
        let mut mistakes: Vec<Mistake> = (0..(laps + 1) / 2)
            .filter_map(|pair| {
                let (happens, position) = (random.f64() < 0.6, random.f64());
                let mistake = Mistake {
                    at: (2.0 * pair as f64 + 0.15 + 1.7 * position) * track.length(),
                    seconds: 2.0 + 3.0 * random.f64(),
                    leaves_track: random.f64() < 0.4,
                };
                // The leader makes none, and laps the slow cars.
                (happens && index > 0).then_some(mistake)
            })
            .collect();
        mistakes.reverse();
        let retirement = if count >= 4 && index == count / 2 {
            Some(Retirement::Beside((0.45 + if laps > 1 { 1.0 } else { 0.0 }) * track.length()))
        } else if count >= 10 && index == count * 3 / 4 {
            Some(Retirement::InBox((laps - 1).min(2)))
        } else {
            None
        };
        let from_last = count - 1 - index;
        let joiners = if count >= 12 { 2 } else { usize::from(count >= 6) };
        let joins_at = JOIN_TIMES.get(from_last).copied().filter(|_| from_last < joiners);
        if let Some(Retirement::InBox(lap)) = retirement {
            stops = vec![lap];
        }
        Self {
            seed: seed ^ (index as u64) << 32,
            rate,
            lap_rate: rate,
            lap: 0,
            stops,
            stop_seconds: 6.0 + 8.0 * random.f64(),
            mistakes,
            retirement,
            joins_at,
            pit: PitPath {
                at: track.other_box(index, count),
                bound: false,
                in_pits: joins_at.is_some(),
                into_box: joins_at.is_some(),
                stop_ahead: joins_at.is_some(),
            },
            task: joins_at.map_or(Task::Drive, |at| Task::Stand(at + JOIN_WAIT)),
        }
    }

    pub(super) fn joins_later(&self) -> bool {
        self.joins_at.is_some()
    }

    /// Position of the car's box: track distance in metres, negative before the line.
    pub(super) fn box_at(&self) -> f64 {
        self.pit.at
    }

    /// True if other cars need not consider the car: it is beside the track or stationary in its box.
    fn is_out_of_the_way(&self) -> bool {
        matches!(self.task, Task::Stand(_) | Task::Wait(_))
    }

    /// Begins the next lap if the car has reached it.
    fn begin_lap(&mut self, lap: i64) {
        if lap != self.lap {
            self.lap = lap;
            let share = generator(self.seed, Stream::Conduct, lap.unsigned_abs() + (1 << 20)).f64();
            self.lap_rate = self.rate * (0.994 + 0.012 * share);
        }
    }

    /// The wanted speed in m/s, without regard to other cars.
    fn wanted_speed(&self, track: &Track, s: f64, possible: f64, speed: f64, step: f64, finished: bool) -> f64 {
        let factor = match self.task {
            Task::Drive if finished => COOL_DOWN,
            Task::Drive => 1.0,
            Task::Slow(..) => 0.45,
            Task::Retire => return (speed - RETIRING * step).max(0.0),
            Task::Stand(_) | Task::Wait(_) => return 0.0,
        };
        (possible * self.lap_rate * 0.98 * factor).min(self.pit.max_speed(track, s))
    }
}

impl Traffic {
    /// Moves all cars of the field scenario.
    pub(super) fn step_field(&mut self, setting: &Setting, player: Option<&Neighbour>, moment: &Moment, held: bool) {
        let track = &setting.track;
        let cars: Vec<Option<Neighbour>> = self
            .rivals
            .iter()
            .map(|rival| {
                let visible =
                    rival.presence == Presence::Here && !rival.conduct.as_ref().is_some_and(Conduct::is_out_of_the_way);
                visible.then(|| Neighbour::of(rival, track))
            })
            .collect();
        let mut others = Vec::with_capacity(cars.len());
        for index in 0..self.rivals.len() {
            others.clear();
            others.extend(cars.iter().enumerate().filter(|(other, _)| *other != index).filter_map(|(_, car)| *car));
            let slot = self.slot_of(index);
            let Self { rivals, rules, happenings, .. } = self;
            let rival = &mut rivals[index];
            let Some(mut conduct) = rival.conduct.take() else { continue };
            let mut report = |at, kind| happenings.push(super::Happening { slot, at, kind });
            let from = rival.progress;
            let followed = player.is_some_and(|player| player.follows(rival, FOLLOWED, track));
            rival.decide(&mut conduct, track, moment, followed, &mut report);
            if rival.presence == Presence::Here && !held {
                rival.drive(&conduct, setting, player, &others, moment.step);
                rival.pass(from, moment, track, rules.as_mut(), &mut report);
            }
            rival.conduct = Some(conduct);
        }
    }
}

impl Rival {
    /// Lets the driver begin and end what the plan says. A driver who is `followed` by the player makes no mistake, because the
    /// player ignores other cars.
    fn decide(
        &mut self,
        conduct: &mut Conduct,
        track: &Track,
        moment: &Moment,
        followed: bool,
        report: &mut impl FnMut(f64, HappeningKind),
    ) {
        let time = moment.time;
        match self.presence {
            Presence::Gone => return,
            Presence::Absent if conduct.joins_at.is_some_and(|at| time < at) => return,
            Presence::Absent => {
                self.presence = Presence::Here;
                report(time, HappeningKind::Joined);
                report(time, HappeningKind::PitLane(true));
                report(time, HappeningKind::BoxReached);
            }
            Presence::Here => {}
        }
        conduct.begin_lap((self.progress / track.length()).floor() as i64);
        self.visit_pits(conduct, track, time, report);
        conduct.task = match conduct.task {
            Task::Drive => match (conduct.mistakes.last(), conduct.retirement) {
                (_, Some(Retirement::Beside(at))) if self.progress >= at && !followed => {
                    conduct.retirement = None;
                    self.clock.invalidate();
                    Task::Retire
                }
                (Some(&mistake), _) if self.progress >= mistake.at => {
                    conduct.mistakes.pop();
                    // Not in the pits, and not after the race.
                    if followed || conduct.pit.in_pits || conduct.pit.bound || self.finish.is_some() {
                        Task::Drive
                    } else {
                        Task::Slow(time + mistake.seconds, mistake)
                    }
                }
                _ if conduct.pit.in_pits && conduct.pit.stop_ahead && self.is_in_box(conduct, track) => {
                    let seconds = if self.finish.is_some() { f64::INFINITY } else { conduct.stop_seconds };
                    report(time, HappeningKind::BoxReached);
                    Task::Stand(time + seconds)
                }
                _ => Task::Drive,
            },
            Task::Slow(until, _) if time >= until => Task::Drive,
            Task::Stand(until) if time >= until => {
                if matches!(conduct.retirement, Some(Retirement::InBox(_))) && !self.is_joining(conduct) {
                    self.leave(time, report);
                    return;
                }
                conduct.pit.stop_ahead = false;
                report(time, HappeningKind::BoxLeft);
                if self.is_joining(conduct) {
                    // Its first lap begins at the box, or at the line if that comes after the box.
                    let opening = (conduct.pit.at < 0.0).then_some(Opening::Restart);
                    self.clock.start(time, true, opening, Consumption::default());
                    conduct.joins_at = None;
                }
                Task::Drive
            }
            Task::Retire if self.speed == 0.0 => Task::Wait(time + REMOVED_AFTER),
            Task::Wait(until) if time >= until => {
                self.leave(time, report);
                return;
            }
            task => task,
        };
        if let Task::Slow(_, Mistake { leaves_track: true, .. }) = conduct.task
            && self.lateral.abs() > HALF_WIDTH + 1.0
        {
            self.clock.invalidate();
        }
    }

    fn is_joining(&self, conduct: &Conduct) -> bool {
        conduct.joins_at.is_some()
    }

    fn leave(&mut self, time: f64, report: &mut impl FnMut(f64, HappeningKind)) {
        self.presence = Presence::Gone;
        report(time, HappeningKind::Left);
    }

    fn is_in_box(&self, conduct: &Conduct, track: &Track) -> bool {
        self.speed == 0.0 && (track.signed(self.progress) - conduct.pit.at).abs() < 1.5
    }

    /// Enters and leaves the pit lane.
    fn visit_pits(
        &mut self,
        conduct: &mut Conduct,
        track: &Track,
        time: f64,
        report: &mut impl FnMut(f64, HappeningKind),
    ) {
        let zone = track.pit_zone(self.progress);
        let pit = &mut conduct.pit;
        let retires = matches!(conduct.task, Task::Retire | Task::Wait(_));
        pit.bound = !retires
            && (self.finish.is_some() || conduct.stops.last() == Some(&conduct.lap))
            && !pit.in_pits
            && self.progress > 0.0;
        if pit.in_pits && zone == PitZone::Outside {
            (pit.in_pits, pit.into_box) = (false, false);
            report(time, HappeningKind::PitLane(false));
        } else if pit.bound && zone == PitZone::Entry {
            if self.finish.is_none() {
                conduct.stops.pop();
            }
            (pit.bound, pit.in_pits, pit.into_box, pit.stop_ahead) = (false, true, true, true);
            report(time, HappeningKind::PitLane(true));
        }
        self.in_pits = pit.in_pits;
    }

    /// Moves the car by one step.
    fn drive(
        &mut self,
        conduct: &Conduct,
        setting: &Setting,
        player: Option<&Neighbour>,
        others: &[Neighbour],
        step: f64,
    ) {
        if self.reaction > 0.0 && self.speed == 0.0 && !conduct.pit.in_pits {
            self.reaction -= step;
            return;
        }
        let (track, profile) = (&setting.track, &setting.profile);
        let s = track.wrap(self.progress);
        let wanted = conduct.wanted_speed(track, s, profile.speed(s), self.speed, step, self.finish.is_some());
        // In the pits the player is not in the way, whose lane is free.
        let player = player.filter(|_| !conduct.pit.in_pits);
        let target = spacing::speed(self, wanted, player, others, track);
        let target = if conduct.pit.in_pits { target.min(wanted) } else { target };
        let limit = 9.0 - 0.09 * self.speed;
        let gain = (target - self.speed).clamp(-22.0 * step, limit.max(1.0) * step);
        self.speed = (self.speed + gain).max(0.0);
        let beside = if self.lateral >= 0.0 { OFF_TRACK } else { -OFF_TRACK };
        let wanted = match conduct.task {
            Task::Retire | Task::Slow(_, Mistake { leaves_track: true, .. }) => beside,
            _ => spacing::lateral(self, player, others, track),
        };
        let aside = conduct.pit.offset(track, s, wanted) - self.lateral;
        let rate = if conduct.pit.in_pits { 0.4 } else { 0.25 };
        let slide = (rate * self.speed).min(11.0) * step;
        self.lateral += aside.clamp(-slide, slide);
        self.progress += self.speed * step;
    }
}
