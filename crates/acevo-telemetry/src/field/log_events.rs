//! What events of the log mean for the field.

use std::collections::VecDeque;

use acevo_gamelog::{Boundary, GameStarted, LogEvent, LogEventKind, LogTime, SessionBoundaries, Split, SplitKind};
use acevo_shared_memory::CarId;

use super::car::{FieldCar, FieldLap, LapSource};
use super::engine::Field;
use super::log_clock::Moment;
use super::passes::Pass;
use super::standings::FieldOrder;
use crate::analysis::phase::Phase;

/// Maximum number of events that wait for the clock; the oldest ones are dropped first.
const MAX_WAITING: usize = 20_000;

/// Number of sectors of the game.
const SECTORS: usize = 3;

/// Time after a car was moved in which it enters the pit lane by that, seconds.
const MOVED_S: f64 = 2.0;

/// Time within which the log and the pages begin the same session, seconds.
const SAME_SESSION_S: f64 = 30.0;

/// What is known from the log alone.
#[derive(Debug, Clone, Default)]
pub(super) struct LogState {
    /// The log is the only source.
    pub(super) is_alone: bool,
    /// At least one event was taken.
    pub(super) has_events: bool,
    /// Events whose time cannot be mapped yet.
    waiting: VecDeque<LogEvent>,
    player: Option<CarId>,
    sessions: SessionBoundaries,
    /// The log has begun a session in which nothing was driven so far.
    is_new_session: bool,
    phase: Option<Phase>,
    /// The phase and when it began.
    phase_name: String,
    phase_at: Option<LogTime>,
    track: Option<String>,
    game: Option<GameStarted>,
}

impl LogState {
    /// The track: its name, or the text of the game that the user has started.
    fn track(&self) -> Option<&str> {
        let game = || self.game.as_ref().and_then(|game| game.track.as_deref());
        self.track.as_deref().or_else(game)
    }

    /// The game plans several phases at once, with the same time: the first one that the session is not in yet begins then.
    fn begins_phase(&mut self, name: &str, time: LogTime) -> bool {
        let begins = self.phase_at != Some(time) && self.phase_name != name;
        if begins {
            (self.phase_at, self.phase_name) = (Some(time), name.to_owned());
        }
        begins
    }
}

impl Field {
    /// A field from the log alone, without pages: a server, or a log that is read later. Laps, sectors, gaps at the ends of sectors and
    /// pit visits are known; lap positions are not.
    pub fn of_log() -> Self {
        let mut field = Self::default();
        field.log.is_alone = true;
        field
    }

    pub(super) fn take_log(&mut self, event: &LogEvent) {
        self.log.has_events = true;
        if self.log.is_alone && self.clock.map(event.time).is_none() {
            self.clock.begin_at(event.time);
        }
        if let LogEventKind::Phase { name } = &event.kind
            && !self.log.begins_phase(name, event.time)
        {
            return;
        }
        self.take_identity(event);
        self.take_moment(event);
        match self.driven_s(event.time) {
            Some(at_s) => {
                self.settle_log();
                self.take_timed(event, at_s);
            }
            None => {
                if self.log.waiting.len() >= MAX_WAITING {
                    self.log.waiting.pop_front();
                }
                self.log.waiting.push_back(event.clone());
            }
        }
    }

    /// Takes events that waited for the clock.
    pub(super) fn settle_log(&mut self) {
        while let Some(at_s) = self.log.waiting.front().and_then(|event| self.driven_s(event.time)) {
            let Some(event) = self.log.waiting.pop_front() else { return };
            self.take_timed(&event, at_s);
        }
    }

    /// Who drives what does not depend on time.
    fn take_identity(&mut self, event: &LogEvent) {
        match &event.kind {
            LogEventKind::CarConnected { car, model, short_name } => {
                let Some(car) = self.car_mut(*car) else { return };
                car.identity.model = Some(model.clone());
                car.identity.short_name.clone_from(short_name);
            }
            LogEventKind::DriverNamed { car, name, is_ai, number } => {
                let Some(car) = self.car_mut(*car) else { return };
                (car.identity.name, car.identity.is_ai) = (Some(name.clone()), Some(*is_ai));
                car.identity.number = number.or(car.identity.number);
            }
            LogEventKind::CarNumber { car, number } => {
                let Some(car) = self.car_mut(*car) else { return };
                car.identity.number = Some(*number);
            }
            LogEventKind::PlayerCar { car, model } => {
                self.log.player = Some(*car);
                let Some(car) = self.cars.get_mut(car) else { return };
                car.identity.model = model.clone().or(car.identity.model.take());
            }
            LogEventKind::TrackNamed { name } => {
                self.log.track = Some(name.clone());
                if self.log_track.is_empty() {
                    self.log_track.clone_from(name);
                }
            }
            LogEventKind::GameStarted(game) => self.log.game = Some(game.clone()),
            LogEventKind::Build { .. } => self.clock.forget_log(),
            _ => {}
        }
    }

    /// Moments that the pages have, too, show the offset between the clocks.
    fn take_moment(&mut self, event: &LogEvent) {
        if self.log.is_alone {
            return;
        }
        match &event.kind {
            LogEventKind::Lap { car, time_ms } => {
                if self.is_player(*car) {
                    self.clock.note_log(Moment::PlayerLap(*time_ms), event.time);
                }
                self.clock.note_log(Moment::Line(*car), event.time);
            }
            LogEventKind::Phase { name } => self.clock.note_log(Moment::Phase(name.clone()), event.time),
            _ => {}
        }
    }

    fn is_player(&self, id: CarId) -> bool {
        self.cars.get(&id).is_some_and(|car| car.is_player) || (!self.has_pages && self.log.player == Some(id))
    }

    /// The car of an event that may leave it out because only the player drives.
    fn car_or_player(&self, car: Option<CarId>) -> Option<CarId> {
        car.or_else(|| self.player()).or(self.log.player)
    }

    /// Takes an event at a time in seconds of driving.
    fn take_timed(&mut self, event: &LogEvent, at_s: f64) {
        if self.log.is_alone {
            self.now_s = self.now_s.max(at_s);
        }
        if let Some(boundary) = self.log.sessions.feed(&event.kind) {
            self.begin_log_session(boundary, at_s);
        }
        match &event.kind {
            LogEventKind::RaceStarted { .. } => self.begin_log_driving(at_s),
            LogEventKind::Phase { name } => self.take_phase(name),
            LogEventKind::Split(split) => self.take_split(split, at_s),
            LogEventKind::Lap { car, time_ms } => self.take_lap(*car, *time_ms, at_s),
            LogEventKind::Validity { time_ms, is_valid, .. } => self.take_validity(*time_ms, *is_valid),
            LogEventKind::CarConnected { car, .. } | LogEventKind::DriverNamed { car, .. } if self.log.is_alone => {
                let is_player = self.log.player == Some(*car);
                let Some(car) = self.cars.get_mut(car) else { return };
                (car.is_active, car.is_player) = (true, is_player);
            }
            LogEventKind::PlayerCar { car, .. } if self.log.is_alone => {
                self.cars.iter_mut().for_each(|(id, known)| known.is_player = id == car);
            }
            LogEventKind::CarRemoved { car } if self.log.is_alone => {
                let Some(car) = self.cars.get_mut(car) else { return };
                car.is_active = false;
            }
            LogEventKind::TyresOut { car, tyres: 4 } => {
                let Some(car) = self.cars.get_mut(car) else { return };
                // A car that is put into its box is outside for a moment.
                let was_moved = car.moved_s.is_some_and(|moved_s| (at_s - moved_s).abs() < MOVED_S);
                car.warnings += u32::from(!was_moved && !car.has_log_end);
            }
            LogEventKind::Teleported { car, .. } => {
                let Some(car) = self.cars.get_mut(car) else { return };
                car.moved_s = Some(at_s);
            }
            LogEventKind::PitLaneEntered { car } => self.enter_pits(*car, at_s),
            LogEventKind::PitLaneLeft { car } => {
                let is_alone = self.log.is_alone;
                let Some(car) = self.cars.get_mut(car) else { return };
                car.is_in_pits &= !is_alone;
                car.is_in_log_pits = false;
            }
            LogEventKind::SessionEndedFor { car } => {
                let Some(car) = self.cars.get_mut(car) else { return };
                car.has_log_end = true;
            }
            LogEventKind::LastLapEnded { car } if self.log.is_alone => {
                let Some(car) = self.cars.get_mut(car) else { return };
                car.finish = car.tracker.passes().newest();
            }
            _ => {}
        }
    }

    /// The log begins a session. If there are pages, they decide about sessions; this only separates what happened before they were read.
    fn begin_log_session(&mut self, boundary: Boundary, at_s: f64) {
        (self.log.is_new_session, self.log.phase) = (true, None);
        self.log.phase_name.clear();
        if self.log.is_alone {
            self.archive();
            self.cars.values_mut().for_each(FieldCar::begin_session);
            if boundary == Boundary::NewGame {
                self.cars.values_mut().for_each(|car| car.is_active = false);
                self.phase.clear();
            }
            return;
        }
        if self.sessions().front().is_some_and(|(_, began_s)| at_s <= began_s + SAME_SESSION_S) {
            let first = self.sessions().front().map(|(session, _)| *session);
            for car in self.cars.values_mut() {
                car.laps.retain(|lap| Some(lap.session) != first || lap.ended_s >= at_s);
                (car.log_pit_visits, car.warnings) = (0, 0);
                car.log_running.sectors_ms.clear();
                (car.log_progress, car.has_log_end) = (None, false);
            }
        }
    }

    /// Something is driven in the session of the log. Sessions of menus, in which nothing is driven, do not count.
    fn begin_log_driving(&mut self, at_s: f64) {
        let is_new = std::mem::take(&mut self.log.is_new_session) || self.session == 0;
        if !(self.log.is_alone && is_new) {
            return;
        }
        let phase = std::mem::take(&mut self.phase);
        self.begin_session(self.session.saturating_add(1), at_s);
        self.phase = phase;
        self.log_track = self.log.track().unwrap_or_default().to_owned();
        let kind = self.log.game.as_ref().map(|game| game.track.as_deref().unwrap_or(&game.mode).to_ascii_lowercase());
        // Servers do not write what kind of session it is; in a race the cars start together.
        let is_race = kind.is_none_or(|kind| kind.contains("race"));
        self.order = if is_race { FieldOrder::Race } else { FieldOrder::BestLap };
    }

    fn take_phase(&mut self, name: &str) {
        self.log.phase = Phase::of(name).or(self.log.phase);
        if self.log.is_alone {
            name.clone_into(&mut self.phase);
        }
    }

    fn take_split(&mut self, split: &Split, at_s: f64) {
        let Some(id) = self.car_or_player(split.car) else { return };
        self.begin_log_driving(at_s);
        let is_alone = self.log.is_alone;
        let Some(car) = self.car_mut(id) else { return };
        let index = usize::from(split.index);
        if index >= SECTORS {
            return;
        }
        let before = car.log_progress.map_or(0.0, f64::floor);
        let laps = split.lap.map_or(before, f64::from);
        let is_last = index + 1 == SECTORS;
        match split.kind {
            SplitKind::Timed | SplitKind::Unmarked => {
                if index == 0 {
                    car.log_running.sectors_ms.clear();
                    car.log_running.has_lines = false;
                }
                car.log_running.is_estimated = is_last && car.log_running.has_lines && split.line_ms.is_none();
                car.log_running.has_lines |= split.line_ms.is_some();
                car.log_running.sectors_ms.resize(SECTORS, None);
                if let Some(sector) = car.log_running.sectors_ms.get_mut(index) {
                    *sector = split.sector_ms;
                }
                let progress = laps + (index as f64 + 1.0) / SECTORS as f64;
                if !car.log_running.is_estimated {
                    car.note_log_progress(progress, at_s, is_alone);
                }
            }
            // The line after a standing start.
            _ if is_last => car.note_log_progress(laps, at_s, is_alone),
            // Of a lap without a time.
            _ => car.note_log_progress(laps + (index as f64 + 1.0) / SECTORS as f64, at_s, is_alone),
        }
        if !is_last && split.lap.is_some() {
            // Away from the line the number of laps is certain.
            car.correct_laps(laps, at_s);
        }
    }

    fn take_lap(&mut self, id: CarId, time_ms: u32, at_s: f64) {
        self.begin_log_driving(at_s);
        let session = self.session_at(at_s);
        let is_alone = self.log.is_alone;
        let Some(car) = self.car_mut(id) else { return };
        let sectors_ms = std::mem::take(&mut car.log_running.sectors_ms);
        let progress = car.log_progress.map_or(1.0, |progress| (progress + 0.4).round()).max(1.0);
        let is_estimated = std::mem::take(&mut car.log_running.is_estimated) || car.has_log_end;
        // The game estimates all laps at the same moment: each car would finish as long after its last lap as the estimate says.
        let before_s = car.laps_of(session).last().map(|lap| lap.ended_s).filter(|_| is_estimated && is_alone);
        let at_s = before_s.map_or(at_s, |before_s| before_s + f64::from(time_ms) / 1000.0);
        car.note_log_progress(progress, at_s, is_alone);
        if is_estimated && is_alone {
            car.finish = Some(Pass { progress, at_s });
        }
        let is_whole = sectors_ms.iter().copied().sum::<Option<u32>>() == Some(time_ms);
        let through_pits = std::mem::replace(&mut car.log_running.through_pits, car.is_in_log_pits);
        car.note_lap(FieldLap {
            session,
            number: progress as u32,
            time_ms: Some(time_ms),
            sectors_ms: if is_whole { sectors_ms.clone() } else { vec![None; SECTORS] },
            source: if is_estimated { LapSource::Estimated } else { LapSource::Log },
            is_valid: None,
            through_pits,
            ended_s: at_s,
        });
        if is_whole && !is_alone {
            self.learn_sectors(id, at_s, &sectors_ms);
        }
    }

    fn take_validity(&mut self, time_ms: u32, is_valid: bool) {
        let Some(id) = self.car_or_player(None) else { return };
        let Some(car) = self.cars.get_mut(&id) else { return };
        if let Some(lap) = car.laps.iter_mut().rev().find(|lap| lap.time_ms == Some(time_ms)) {
            lap.is_valid = lap.is_valid.or(Some(is_valid));
        }
    }

    fn enter_pits(&mut self, id: CarId, at_s: f64) {
        let is_alone = self.log.is_alone;
        let is_driving = self.log.phase.is_none_or(|phase| matches!(phase, Phase::Session | Phase::Overtime));
        let Some(car) = self.cars.get_mut(&id) else { return };
        car.is_in_pits |= is_alone;
        let was_moved = car.moved_s.is_some_and(|moved_s| (at_s - moved_s).abs() < MOVED_S);
        if is_driving && !was_moved && car.finish.is_none_or(|finish| at_s < finish.at_s) && car.log_progress.is_some()
        {
            car.log_pit_visits += 1;
            (car.log_running.through_pits, car.is_in_log_pits) = (true, true);
        }
    }
}

impl FieldCar {
    /// The log shows how far the car has driven. Without positions this is all that is known of its way.
    fn note_log_progress(&mut self, progress: f64, at_s: f64, is_alone: bool) {
        self.log_progress = Some(progress);
        if is_alone {
            self.has_started = true;
        }
        if !self.tracker.is_known() {
            self.tracker.note_point(Pass { progress, at_s });
        }
    }

    /// Corrects the number of laps of a tracked car, which had completed this many at a time.
    fn correct_laps(&mut self, laps: f64, at_s: f64) {
        if !self.tracker.is_known() {
            return;
        }
        if let Some(progress) = self.tracker.passes().progress_at(at_s) {
            let shift = laps - progress.floor();
            if shift != 0.0 && self.finish.is_none() {
                self.tracker.shift(shift as i64);
            }
        }
    }
}
