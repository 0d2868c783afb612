//! The other cars. Each drives the player's ideal lap a little slower or faster, on its own line.

mod conduct;
mod race;
mod spacing;

pub(crate) use spacing::Neighbour;

use crate::happening::{Happening, HappeningKind};
use crate::laps::LapClock;
use crate::noise::{Stream, generator};
use crate::options::World;
use crate::pages::coordinates;
use crate::plan::{SessionPlan, Start};
use crate::profile::Profile;
use crate::session::Place;
use crate::setting::Setting;
use crate::track::Track;
use crate::truth::{CarId, CarState};
use crate::vector::Vec3;
use conduct::Conduct;
pub(crate) use race::{Finish, Rules};

/// Distance between two rows of the grid, in metres.
const GRID_ROW: f64 = 8.0;
/// Offset of the two columns of the grid from the centre line, in metres.
const GRID_COLUMN: f64 = 2.6;

/// Position of a grid slot (0 is the pole): track distance (negative) and offset to the right of the centre line, in metres.
pub(crate) fn grid_slot(slot: usize) -> (f64, f64) {
    let column = if slot.is_multiple_of(2) { GRID_COLUMN } else { -GRID_COLUMN };
    (-14.0 - GRID_ROW * slot as f64, column)
}

/// One of the other cars.
#[derive(Debug, Clone)]
struct Rival {
    /// Distance since the line at the start of its first lap in metres; negative on the grid.
    progress: f64,
    speed: f64,
    /// Factor of the player's target speed.
    rate: f64,
    /// Offset of its line to the right of the racing line, in metres.
    offset: f64,
    /// Current offset to the right of the centre line, in metres.
    lateral: f64,
    /// True if the car stays in its box during the whole session.
    parked: bool,
    /// Time until it reacts to the start, in seconds.
    reaction: f64,
    lap_started: Option<f64>,
    /// Number of laps from line to line, and the times of the last and the best one in seconds.
    completed: u32,
    last: f64,
    best: f64,
    /// The laps of the truth. Unlike those above, their times are exact to a fraction of a step.
    clock: LapClock,
    /// What the driver does besides driving; only in the field scenario.
    conduct: Option<Conduct>,
    presence: Presence,
    in_pits: bool,
    finish: Option<Finish>,
}

/// Whether a car is in the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    /// It will join later.
    Absent,
    Here,
    /// It has left.
    Gone,
}

/// All other cars of a session.
#[derive(Debug, Clone)]
pub(crate) struct Traffic {
    rivals: Vec<Rival>,
    ids: Vec<CarId>,
    /// The player's index in the arrays of the page.
    pub(crate) player_slot: usize,
    /// Session time of the last step.
    time: f64,
    /// The rules of a race.
    rules: Option<Rules>,
    /// What has happened since the last call of [`Traffic::take_happenings`].
    happenings: Vec<Happening>,
}

/// The time that a step of the traffic covers, in seconds.
#[derive(Debug, Clone, Copy)]
struct Moment {
    /// Session time before and after the step.
    from_time: f64,
    time: f64,
    /// Simulated time of the motion.
    step: f64,
}

/// The values of a watched car.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Watched {
    pub(crate) id: [u64; 2],
    /// m/s.
    pub(crate) speed: f64,
    /// Lap position, 0..1.
    pub(crate) npos: f64,
    pub(crate) timer_ms: i32,
    /// 0 means no time.
    pub(crate) last_ms: i32,
    pub(crate) best_ms: i32,
    pub(crate) completed: u32,
}

/// The player's position among the other cars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    /// From 1; 0 if the player is alone.
    pub(crate) position: u32,
    /// Gaps in seconds; 0 if there is no car.
    pub(crate) gap_ahead: f64,
    pub(crate) gap_behind: f64,
}

impl Traffic {
    pub(crate) fn new(
        seed: u64,
        session: u32,
        plan: &SessionPlan,
        player_grid_slot: usize,
        clock: &LapClock,
        track: &Track,
    ) -> Self {
        let start = plan.start;
        let count = plan.rivals();
        let player_slot = generator(seed, Stream::CarId, 1000).usize(0..=count);
        let ids = (0..=count as u64)
            .map(|index| {
                let mut random = generator(seed, Stream::CarId, index);
                // The lowest byte is the index, so ids are unique, and differ from 0/0, which is a free slot.
                CarId([random.u64(..) | 1 << 63, (random.u64(..) & !0xff) | index])
            })
            .collect();
        let rivals: Vec<Rival> = (0..count)
            .map(|index| {
                let mut random = generator(seed, Stream::Traffic, (u64::from(session) << 32) | index as u64);
                let slot = if index < player_grid_slot { index } else { index + 1 };
                let conduct = plan.field.then(|| Conduct::new(seed, index, count, plan.laps, track));
                let rate = 1.004 - 0.004 * index as f64 + 0.012 * random.f64();
                let side = if random.bool() { 1.0 } else { -1.0 };
                let parked = start == Start::Box && index % 5 == 2;
                let (progress, offset) = match start {
                    Start::Grid => grid_slot(slot),
                    // The boxes of the 21st and later cars are between those of the others.
                    _ if parked => (
                        track.pit_box() - 130.0 + 14.0 * (index % 20) as f64 + 4.7 * (index / 20) as f64,
                        track.pit_box_offset(),
                    ),
                    // Distributed over the whole lap.
                    _ => (
                        track.length() * (index as f64 + 0.2 + 0.5 * random.f64()) / count as f64,
                        side * (1.7 + 1.1 * random.f64()),
                    ),
                };
                let speed = if parked || start == Start::Grid { 0.0 } else { 30.0 };
                let reaction = 0.18 + 0.25 * random.f64();
                let joins_later = conduct.as_ref().is_some_and(Conduct::joins_later);
                let progress = conduct.as_ref().filter(|_| joins_later).map_or(progress, Conduct::box_at);
                let offset = if joins_later { track.pit_box_offset() } else { offset };
                Rival {
                    progress,
                    speed,
                    rate,
                    offset,
                    lateral: if speed > 0.0 { track.line(progress) + offset } else { offset },
                    parked,
                    reaction,
                    lap_started: None,
                    completed: 0,
                    last: 0.0,
                    best: f64::INFINITY,
                    clock: if joins_later { LapClock::new(clock.session, clock.run, 1, 0.0) } else { clock.clone() },
                    conduct,
                    presence: if joins_later { Presence::Absent } else { Presence::Here },
                    in_pits: parked || joins_later,
                    finish: None,
                }
            })
            .collect();
        let mut traffic = Self { rivals, ids, player_slot, time: 0.0, rules: Rules::of(plan), happenings: Vec::new() };
        for index in 0..count {
            let rival = &traffic.rivals[index];
            if rival.presence == Presence::Here {
                let in_pits = rival.in_pits;
                traffic.report(index, 0.0, HappeningKind::Joined);
                if in_pits {
                    traffic.report(index, 0.0, HappeningKind::PitLane(true));
                }
            }
        }
        traffic
    }

    fn report(&mut self, index: usize, at: f64, kind: HappeningKind) {
        let slot = self.slot_of(index);
        self.happenings.push(Happening { slot, at, kind });
    }

    /// Returns what has happened to the other cars since the last call.
    pub(crate) fn take_happenings(&mut self) -> Vec<Happening> {
        std::mem::take(&mut self.happenings)
    }

    /// Moves all cars by `step` seconds. `held` is true before the green light. `player` is `None` while it is in the pits.
    pub(crate) fn step(&mut self, setting: &Setting, player: Option<&Neighbour>, time: f64, step: f64, held: bool) {
        let (track, profile) = (&setting.track, &setting.profile);
        let from_time = std::mem::replace(&mut self.time, time);
        let moment = Moment { from_time, time, step };
        if self.rivals.iter().any(|rival| rival.conduct.is_some()) {
            self.step_field(setting, player, &moment, held);
            return;
        }
        let cars: Vec<Neighbour> =
            self.rivals.iter().filter(|rival| !rival.parked).map(|rival| Neighbour::of(rival, track)).collect();
        let slots = self.slots();
        let Self { rivals, rules, happenings, .. } = self;
        for (rival, slot) in rivals.iter_mut().zip(slots) {
            if rival.parked || held {
                continue;
            }
            if rival.reaction > 0.0 && rival.speed == 0.0 {
                rival.reaction -= step;
                continue;
            }
            let target = spacing::speed(rival, spacing::own_pace(rival, profile, track), player, &cars, track);
            let limit = 9.0 - 0.09 * rival.speed;
            let gain = (target - rival.speed).clamp(-22.0 * step, limit.max(1.0) * step);
            rival.speed = (rival.speed + gain).max(0.0);
            let aside = spacing::lateral(rival, player, &cars, track) - rival.lateral;
            let slide = (0.25 * rival.speed).min(11.0) * step;
            rival.lateral += aside.clamp(-slide, slide);
            let before = (rival.progress / track.length()).floor();
            let from = rival.progress;
            rival.progress += rival.speed * step;
            rival.pass(from, &moment, track, rules.as_mut(), |at, kind| happenings.push(Happening { slot, at, kind }));
            if (rival.progress / track.length()).floor() > before {
                if let Some(start) = rival.lap_started {
                    rival.completed += 1;
                    rival.last = time - start;
                    rival.best = rival.best.min(rival.last);
                }
                rival.lap_started = Some(time);
            }
        }
    }

    /// Number of cars in the session at this moment, including the player's.
    pub(crate) fn cars(&self) -> usize {
        1 + self.rivals.iter().filter(|rival| rival.presence == Presence::Here).count()
    }

    /// The ids of all cars, also of those that are not in the session, in the order of the page.
    pub(crate) fn all_ids(&self) -> &[CarId] {
        &self.ids
    }

    /// Indices of the cars in the arrays of the page, without the player's.
    fn slots(&self) -> impl Iterator<Item = usize> + use<> {
        let player = self.player_slot;
        (0..).filter(move |slot| *slot != player)
    }

    /// Index of a car that is driving; `None` if all are parked.
    pub(crate) fn first_driving(&self) -> Option<usize> {
        self.rivals.iter().position(|rival| !rival.parked)
    }

    /// Number of laps that a car has completed from line to line.
    pub(crate) fn completed(&self, index: usize) -> u32 {
        self.rivals.get(index).map_or(0, |rival| rival.completed)
    }

    /// The values of a car while it is watched.
    pub(crate) fn watched(&self, index: usize, track: &Track, time: f64) -> Option<Watched> {
        let rival = self.rivals.get(index)?;
        let ms = |seconds: f64| (seconds * 1000.0) as i32;
        Some(Watched {
            id: self.ids[self.slot_of(index)].0,
            speed: rival.speed,
            npos: track.wrap(rival.progress) / track.length(),
            timer_ms: rival.lap_started.map_or(0, |start| ms(time - start)),
            last_ms: ms(rival.last),
            best_ms: if rival.best.is_finite() { ms(rival.best) } else { 0 },
            completed: rival.completed,
        })
    }

    fn slot_of(&self, index: usize) -> usize {
        if index < self.player_slot { index } else { index + 1 }
    }

    /// The array of ids for the page; free slots are 0/0.
    pub(crate) fn ids(&self) -> [[u64; 2]; 60] {
        let mut all = [[0; 2]; 60];
        for (entry, id) in all.iter_mut().zip(&self.ids) {
            *entry = id.0;
        }
        for (rival, slot) in self.rivals.iter().zip(self.slots()) {
            if rival.presence != Presence::Here {
                all[slot] = [0; 2];
            }
        }
        all
    }

    pub(crate) fn player_id(&self) -> CarId {
        self.ids[self.player_slot]
    }

    /// The array of coordinates for the page, including the player's.
    pub(crate) fn coordinates(&self, track: &Track, player: Vec3, world: World) -> [[f32; 3]; 60] {
        let mut all = [[0.0; 3]; 60];
        for (index, rival) in self.rivals.iter().enumerate() {
            if rival.presence != Presence::Here {
                continue;
            }
            all[self.slot_of(index)] = coordinates(track.point(rival.progress, rival.lateral), world);
        }
        all[self.player_slot] = coordinates(player, world);
        all
    }

    /// The places of the other cars at the start of a session.
    pub(crate) fn places(&self, player_grid_slot: usize, track: &Track) -> Vec<Place> {
        let count = self.rivals.len();
        let place = |(index, rival): (usize, &Rival)| {
            let grid_slot = if index < player_grid_slot { index } else { index + 1 };
            Place {
                box_at: track.other_box(index, count),
                grid_slot,
                grid: self::grid_slot(grid_slot),
                present: rival.presence == Presence::Here,
                in_pits: rival.in_pits,
            }
        };
        self.rivals.iter().enumerate().map(place).collect()
    }

    /// The true states of the other cars without their positions, their finishes and their best laps in ms.
    pub(crate) fn states(&self, track: &Track) -> Vec<(CarState, Option<Finish>, Option<i32>)> {
        let state = |(rival, slot): (&Rival, usize)| {
            let state = CarState {
                id: self.ids[slot],
                progress_laps: rival.progress / track.length(),
                lap_position: track.wrap(rival.progress) / track.length(),
                is_in_pit_lane: rival.in_pits,
                is_active: rival.presence == Presence::Here,
                is_player: false,
                position: 0,
            };
            (state, rival.finish, rival.clock.best_ms)
        };
        self.rivals.iter().zip(self.slots()).map(state).collect()
    }

    /// The player's position in a race, by distance driven.
    pub(crate) fn race_standing(&self, track: &Track, profile: &Profile, player_progress: f64) -> Standing {
        let seconds = |progress: f64| {
            let laps = (progress / track.length()).floor();
            laps * profile.lap_time() + profile.time(track.wrap(progress))
        };
        let mine = seconds(player_progress);
        let leads = self.rivals.iter().map(|rival| match rival.presence {
            Presence::Here => seconds(rival.progress) - mine,
            Presence::Absent | Presence::Gone => 0.0,
        });
        self.standing(leads, |_, lead| lead > 0.0)
    }

    /// The player's position by best lap; gaps to the next cars on the road.
    pub(crate) fn practice_standing(&self, track: &Track, profile: &Profile, s: f64, best_ms: Option<i32>) -> Standing {
        let lap = profile.lap_time();
        let mine = profile.time(track.wrap(s));
        let best = best_ms.map_or(f64::INFINITY, |ms| f64::from(ms) / 1000.0);
        let leads = self.rivals.iter().map(|rival| {
            if rival.parked {
                return 0.0;
            }
            let lead = profile.time(track.wrap(rival.progress)) - mine;
            lead - (lead / lap).round() * lap
        });
        // Without a lap time the order is that of the entry list, with the player last of those on track.
        let no_time = best.is_infinite();
        self.standing(leads, |rival, _| rival.best < best || (no_time && !rival.parked))
    }

    /// Counts the cars ahead and finds the nearest cars ahead and behind. A lead of exactly 0 has no gap.
    fn standing(&self, leads: impl Iterator<Item = f64>, is_ahead: impl Fn(&Rival, f64) -> bool) -> Standing {
        let mut position = u32::from(!self.rivals.is_empty());
        let (mut ahead, mut behind) = (f64::INFINITY, f64::INFINITY);
        for (rival, lead) in self.rivals.iter().zip(leads) {
            position += u32::from(is_ahead(rival, lead));
            if lead > 0.0 {
                ahead = ahead.min(lead);
            } else if lead < 0.0 {
                behind = behind.min(-lead);
            }
        }
        let or_none = |gap: f64| if gap.is_finite() { gap } else { 0.0 };
        Standing { position, gap_ahead: or_none(ahead), gap_behind: or_none(behind) }
    }
}
