//! Takes pages and events of the log, and keeps the field.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use acevo_gamelog::{LogEvent, LogTime};
use acevo_shared_memory::{ACEvoSessionType, ACEvoStatus, CarId, Frame};

use super::car::{CarIdentity, FieldCar, FieldLap, LapSource, label, whole_ms};
use super::log_clock::{LogClock, LogOffset, Moment};
use super::log_events::LogState;
use super::passes::Pass;
use super::pause_clock::PauseClock;
use super::sector_lines::SectorLearner;
use super::standings::{self, Entry, FieldOrder, Standings, take_best};
use super::tracker::LineCrossing;
use crate::analysis::{Analysis, CurrentLap, Lap, LapId, LapKind, Outline, Validity};
use crate::car_sample::CarSample;
use crate::names::{display_name, driver_name};

/// Maximum number of cars that are kept. The pages have room for 60.
const MAX_CARS: usize = 256;

/// Time without a position after which a car has left, seconds.
const GONE_AFTER_S: f64 = 1.0;

/// Time since the start of a lap below which a car in the second half of the track is before the line, seconds.
const GRID_S: f64 = 10.0;

/// Time after the beginning of a session within which cars are on the same lap as the player, seconds.
const SAME_LAP_S: f64 = 2.0;

/// Maximum difference between a crossing of the line and its line in the log, seconds.
const MAX_LOG_ERROR_S: f64 = 2.0;

/// Minimum part of a lap that a car must have driven to count as started.
const STARTED: f64 = 0.001;

/// Maximum number of sessions whose results are kept.
const MAX_RESULTS: usize = 100;

/// A track and its layout.
type Track = (String, String);

/// All cars of a session: who they are, where they are, and their laps.
///
/// It works with the pages alone, with the log alone, and with both in any order. Feed it after the [`Analysis`], whose laps, sessions and
/// outline it uses. Cars have lap positions once the outline is known.
///
/// ```
/// use acevo_simulator::{Options, Scenario, Simulator};
/// use acevo_telemetry::analysis::{Analysis, Settings};
/// use acevo_telemetry::field::Field;
///
/// let mut options = Options::default();
/// options.scenario = Scenario::Race;
/// let mut simulator = Simulator::new(options);
/// let mut analysis = Analysis::new(Settings::default());
/// let mut field = Field::new();
/// while field.standings().cars.is_empty() {
///     simulator.step();
///     analysis.feed(simulator.time(), &simulator.frame());
///     field.feed(simulator.time(), &simulator.frame(), &analysis);
/// }
/// assert_eq!(field.standings().cars.len(), 20);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Field {
    pub(super) cars: BTreeMap<CarId, FieldCar>,
    pub(super) session: u32,
    /// When each session began, in seconds of driving; the newest last.
    sessions: VecDeque<(u32, f64)>,
    pub(super) order: FieldOrder,
    pub(super) phase: String,
    pub(super) clock: LogClock,
    pauses: PauseClock,
    /// Driving time of the newest frame or event, seconds.
    pub(super) now_s: f64,
    /// The newest lap of the player that was taken.
    last_lap: Option<LapId>,
    /// Number of laps of the race; `None` if it is limited by time, or no race.
    total_laps: Option<u32>,
    /// When the leader finished the race, seconds.
    leader_finish_s: Option<f64>,
    /// The time of the race is over.
    is_time_over: bool,
    /// Ends of sectors as lap positions, as the analysis uses them.
    sector_ends: Vec<f64>,
    learners: BTreeMap<Track, SectorLearner>,
    track: Track,
    /// The track of the running session, as the log names it.
    pub(super) log_track: String,
    pub(super) log: LogState,
    /// The pages have been seen.
    pub(super) has_pages: bool,
    /// Outlines of tracks, for as long as the analysis has none.
    outlines: Vec<Outline>,
    /// Final standings of sessions that have ended.
    results: VecDeque<Standings>,
    /// The result of the running session is among them.
    is_archived: bool,
    /// Counter of the newest graphics page.
    packet: Option<i32>,
}

impl Field {
    /// An empty field.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the newest pages, which were read `at` this time and which the analysis has taken before.
    pub fn feed(&mut self, at: Duration, frame: &Frame, analysis: &Analysis) {
        let page = frame.graphics.raw();
        if !frame.graphics.is_settled() || self.packet.replace(page.packetId) == Some(page.packetId) {
            return;
        }
        let (at_s, now_s) = (at.as_secs_f64(), analysis.driven_s());
        self.pauses.note(at_s, now_s);
        if frame.graphics.status() != ACEvoStatus::Live {
            return;
        }
        self.has_pages = true;
        self.now_s = now_s;
        self.follow_session(frame, analysis);
        self.follow_phase(frame.graphics.session_phase(), at_s);
        self.follow_names(frame);
        self.follow_cars(frame, analysis, at_s);
        self.take_player_laps(analysis, at_s);
        self.settle_log();
    }

    fn follow_session(&mut self, frame: &Frame, analysis: &Analysis) {
        let session = frame.static_data.raw();
        let is_race = frame.static_data.session() == ACEvoSessionType::Race
            && !["practice", "qualif", "warm"].iter().any(|word| contains(session.session_name.as_str(), word));
        self.order = if is_race { FieldOrder::Race } else { FieldOrder::BestLap };
        let state = &frame.graphics.raw().session_state;
        self.total_laps = u32::try_from(state.total_lap).ok().filter(|laps| is_race && *laps > 0);
        self.is_time_over = is_race && self.total_laps.is_none() && self.phase.starts_with("Overtime");
        if self.session != analysis.session() {
            self.begin_session(analysis.session(), self.now_s);
        }
        let track = (frame.static_data.track(), frame.static_data.track_configuration());
        if (self.track.0.as_str(), self.track.1.as_str()) != track {
            self.track = (track.0.to_owned(), track.1.to_owned());
        }
        if self.sector_ends != analysis.sector_ends() {
            self.sector_ends = analysis.sector_ends().to_vec();
        }
    }

    /// Gives the field outlines of tracks, for laps before the analysis knows the outline.
    pub fn know_outlines(&mut self, outlines: Vec<Outline>) {
        self.outlines = outlines;
    }

    /// The final standings of all sessions that had laps, the running one included: at most the last 100.
    pub fn results(&self) -> Vec<Standings> {
        let running = Some(self.running_standings()).filter(|standings| has_laps(standings) && !self.is_archived);
        self.results.iter().cloned().chain(running).collect()
    }

    /// Begins a session at a time in seconds of driving.
    pub(super) fn begin_session(&mut self, session: u32, at_s: f64) {
        self.archive();
        (self.session, self.is_archived) = (session, false);
        if self.sessions.len() >= 1000 {
            self.sessions.pop_front();
        }
        self.sessions.push_back((session, at_s));
        (self.leader_finish_s, self.phase) = (None, String::new());
        self.cars.values_mut().for_each(FieldCar::begin_session);
    }

    /// Keeps the standings of the running session as its result, once.
    pub(super) fn archive(&mut self) {
        if std::mem::replace(&mut self.is_archived, true) {
            return;
        }
        let last = self.running_standings();
        if has_laps(&last) {
            if self.results.len() >= MAX_RESULTS {
                self.results.pop_front();
            }
            self.results.push_back(last);
        }
    }

    /// The session at a time in seconds of driving.
    pub(super) fn session_at(&self, at_s: f64) -> u32 {
        let later = self.sessions.iter().rev().find(|(_, began_s)| *began_s <= at_s);
        later.or_else(|| self.sessions.front()).map_or(self.session, |(session, _)| *session)
    }

    /// The sessions and when they began, in seconds of driving; the newest last.
    pub(super) const fn sessions(&self) -> &VecDeque<(u32, f64)> {
        &self.sessions
    }

    fn follow_phase(&mut self, phase: &str, at_s: f64) {
        if phase != self.phase {
            phase.clone_into(&mut self.phase);
            self.clock.note_page(Moment::Phase(phase.to_owned()), at_s);
        }
    }

    /// The player's name and car are on the pages.
    fn follow_names(&mut self, frame: &Frame) {
        let player = CarId::from(frame.graphics.player_car_id());
        if player.is_none() || CarId::from(frame.graphics.focused_car_id()) != player {
            return;
        }
        let Some(car) = self.cars.get_mut(&player) else { return };
        if car.identity.name.is_none() && CarSample::has_names(frame) {
            car.identity.name = Some(driver_name(frame)).filter(|name| !name.is_empty());
            car.identity.is_ai = Some(false);
        }
    }

    /// The car with this id; `None` if there are too many.
    pub(super) fn car_mut(&mut self, id: CarId) -> Option<&mut FieldCar> {
        let seen_as = self.cars.len();
        if seen_as >= MAX_CARS && !self.cars.contains_key(&id) {
            return None;
        }
        let new = || FieldCar { seen_as: seen_as as u32, ..FieldCar::default() };
        Some(self.cars.entry(id).or_insert_with(new))
    }

    /// When the running session began, seconds of driving.
    fn session_began_s(&self) -> f64 {
        self.sessions.back().map_or(0.0, |(_, began_s)| *began_s)
    }

    fn follow_cars(&mut self, frame: &Frame, analysis: &Analysis, at_s: f64) {
        let outlines = std::mem::take(&mut self.outlines);
        let known = || outlines.iter().find(|outline| outline.is_of_track(&self.track.0, &self.track.1));
        let outline = Some(analysis.outline()).filter(|outline| outline.is_known()).or_else(known);
        let outline = outline.unwrap_or(analysis.outline());
        let lap_m = outline.track_length_m().or_else(|| outline.length_m());
        let player = CarId::from(frame.graphics.player_car_id());
        let in_pits = CarSample::of(frame).is_in_pits;
        let player_laps = player_progress(frame, analysis, outline);
        let (now_s, session) = (self.now_s, self.session);
        let is_driven = analysis.current_lap().is_some_and(|lap| lap.number > 1 || lap.elapsed_s > GRID_S);
        let is_late = is_driven && now_s - self.session_began_s() > SAME_LAP_S;
        for seen in frame.graphics.cars() {
            let Some(car) = self.car_mut(seen.id) else { continue };
            if car.seen_session != session {
                car.has_joined_late = is_late;
            }
            (car.is_active, car.is_player) = (true, seen.id == player);
            (car.seen_s, car.seen_session) = (now_s, session);
            let position = seen.coordinates.map(f64::from);
            let (Some(lap_m), Some(there)) = (lap_m, outline.project(position)) else { continue };
            car.is_in_pits = if car.is_player { in_pits } else { outline.is_in_pit_lane(position, &there) };
            if !car.tracker.is_known() {
                self.begin_car(seen.id, there.lap_position, player_laps);
                continue;
            }
            if let Some(crossing) = car.tracker.advance(there.lap_position, now_s, lap_m) {
                self.cross_line(seen.id, crossing, at_s - now_s);
            }
            self.follow_running_lap(seen.id, analysis);
        }
        for car in self.cars.values_mut().filter(|car| now_s - car.seen_s > GONE_AFTER_S) {
            car.is_active = false;
        }
        self.note_start_positions();
        self.outlines = outlines;
    }

    /// Begins to follow a car. Other cars are assumed to be on the same lap as the player until the log shows their laps.
    fn begin_car(&mut self, id: CarId, lap_position: f64, player: Option<f64>) {
        let now_s = self.now_s;
        let is_moved = now_s - self.session_began_s() > SAME_LAP_S && self.cars.values().any(|car| car.has_started);
        let is_race = self.order == FieldOrder::Race;
        let Some(car) = self.cars.get_mut(&id) else { return };
        let joins_late = is_race && (is_moved || car.has_joined_late);
        let progress = match (car.log_progress, player.filter(|_| !joins_late)) {
            // The log has shown the last sector that has ended.
            (Some(known), _) => lap_position + (known - lap_position).ceil(),
            (None, Some(player)) => lap_position + (player - lap_position).round(),
            (None, None) => lap_position - f64::from(u8::from(lap_position > 0.5)),
        };
        car.tracker.begin(Pass { progress, at_s: now_s });
    }

    /// Takes the crossing of the line by a car. `lead_s` is the lead of the recording's clock over driving time.
    fn cross_line(&mut self, id: CarId, crossing: LineCrossing, lead_s: f64) {
        self.clock.note_page(Moment::Line(id), crossing.at_s + lead_s);
        let session = self.session;
        if self.order == FieldOrder::Race && crossing.laps < 1 {
            // From the grid to the line: the first lap has begun before.
            return;
        }
        let is_finish = self.is_finish(crossing);
        let Some(car) = self.cars.get_mut(&id) else { return };
        let running = std::mem::take(&mut car.running);
        let began_s = running.began_s.or(crossing.began_s);
        if let Some(began_s) = began_s.filter(|_| !car.is_player && car.finish.is_none()) {
            let lap_s = crossing.at_s - began_s;
            let number = match self.order {
                FieldOrder::Race => u32::try_from(crossing.laps).unwrap_or(1).max(1),
                FieldOrder::BestLap => car.laps_of(session).last().map_or(1, |lap| lap.number + 1),
            };
            let mut sectors_ms = running.measured_ms(Some(lap_s));
            sectors_ms.resize(self.sector_ends.len() + 1, None);
            car.note_lap(FieldLap {
                session,
                number,
                time_ms: Some(whole_ms(lap_s)),
                sectors_ms,
                source: LapSource::Measured,
                is_valid: None,
                through_pits: running.through_pits,
                ended_s: crossing.at_s,
            });
        }
        if is_finish && car.finish.is_none() {
            car.finish = Some(Pass { progress: crossing.laps as f64, at_s: crossing.at_s });
            self.leader_finish_s.get_or_insert(crossing.at_s);
        }
    }

    /// True if a crossing ends the race for the car: it has driven all laps, or the leader has, or the time is over for the leader.
    fn is_finish(&self, crossing: LineCrossing) -> bool {
        if self.order != FieldOrder::Race || crossing.laps < 1 {
            return false;
        }
        let has_all_laps = self.total_laps.is_some_and(|total| crossing.laps >= i64::from(total));
        let is_after_leader = self.leader_finish_s.is_some_and(|finish_s| crossing.at_s >= finish_s);
        let leads = || {
            let others = self.cars.values().filter_map(FieldCar::mark);
            others.filter(|mark| mark.at_s <= crossing.at_s).all(|mark| mark.progress <= crossing.laps as f64 + 0.5)
                && self
                    .cars
                    .values()
                    .filter_map(|car| car.tracker.progress())
                    .all(|progress| progress < crossing.laps as f64 + 1.0)
        };
        has_all_laps || is_after_leader || (self.is_time_over && leads())
    }

    /// Follows sectors, the pits and the start of the running lap.
    fn follow_running_lap(&mut self, id: CarId, analysis: &Analysis) {
        let Some(car) = self.cars.get_mut(&id) else { return };
        let Some(progress) = car.tracker.progress() else { return };
        if self.order == FieldOrder::Race && progress < 1.0 && car.start_position.is_some() {
            // The first lap of a race counts from the green light. Frames show it late: the earliest time is the best.
            let is_first = |lap: &CurrentLap| lap.number == 1 && !lap.is_joined && lap.elapsed_s < GRID_S;
            let green_s = analysis.current_lap().filter(is_first).map(|lap| self.now_s - lap.elapsed_s);
            car.running.began_s = [car.running.began_s, green_s].into_iter().flatten().reduce(f64::min);
        }
        if !car.has_started {
            let first = car.tracker.passes().first();
            car.has_started = first.is_some_and(|first| progress - first.progress > STARTED);
        }
        car.follow_pits(self.now_s);
        let Some(began_s) = car.running.began_s.or_else(|| car.tracker.lap_began_s()) else { return };
        let lap = progress.floor();
        for end in self.sector_ends.iter().skip(car.running.splits_s.len()) {
            if progress < lap + end || progress < 0.0 {
                break;
            }
            let split_s =
                car.tracker.passes().time_at(lap + end).map(|at_s| at_s - began_s).filter(|split| *split > 0.0);
            car.running.splits_s.push(split_s);
        }
    }

    /// Notes the order at the start of a race.
    fn note_start_positions(&mut self) {
        let is_new = self.order == FieldOrder::Race && self.cars.values().all(|car| car.start_position.is_none());
        if !is_new || self.cars.values().any(|car| car.has_started) {
            return;
        }
        let mut entries = self.entries();
        entries.retain(|entry| entry.car.tracker.is_known());
        standings::sort(&mut entries, FieldOrder::Race);
        let order: Vec<CarId> = entries.iter().map(|entry| entry.id).collect();
        for (id, position) in order.iter().zip(1..) {
            if let Some(car) = self.cars.get_mut(id) {
                car.start_position = Some(position);
            }
        }
    }

    /// Takes laps of the player that have ended.
    fn take_player_laps(&mut self, analysis: &Analysis, at_s: f64) {
        let known = self.last_lap;
        let new: Vec<&Lap> = analysis.laps().iter().rev().take_while(|lap| Some(lap.id()) != known).take(64).collect();
        let Some(newest) = new.first() else { return };
        self.last_lap = Some(newest.id());
        let player = self.player();
        let lead_s = at_s - self.now_s;
        for lap in new.into_iter().rev().filter(|lap| lap.incomplete.is_none()) {
            let Some(car) = player.and_then(|id| self.cars.get_mut(&id)) else { continue };
            if let Some(ms) = lap.time_ms {
                let pause_s = (analysis.ended_at(lap).as_secs_f64() - lap.ended_s) - lead_s;
                self.clock.note_page(Moment::PlayerLap(ms), lap.ended_s + lead_s + pause_s);
            }
            car.note_lap(FieldLap {
                session: lap.session,
                number: lap.number,
                time_ms: lap.time_ms,
                sectors_ms: lap.sectors_ms.clone(),
                source: LapSource::Pages,
                is_valid: match lap.validity {
                    Validity::Valid => Some(true),
                    Validity::Invalid { .. } => Some(false),
                    Validity::Unknown => None,
                },
                through_pits: lap.kind != LapKind::Flying,
                ended_s: lap.ended_s,
            });
        }
    }

    /// Takes an event of the game's log.
    pub fn note_log(&mut self, event: &LogEvent) {
        self.take_log(event);
    }

    /// Takes an event of the game's log that happened at this time of the recording, as the marks of a recording state.
    pub fn note_log_at(&mut self, event: &LogEvent, at: Duration) {
        self.clock.set_exact(at.as_secs_f64(), event.time);
        self.take_log(event);
    }

    /// The local time of this computer is `now` at this time of the recording, which is read live. The log's times are mapped by this
    /// until events that both sources have confirm it.
    pub fn set_computer_time(&mut self, at: Duration, now: LogTime) {
        if !self.log.is_alone {
            self.clock.set_computer_time(at.as_secs_f64(), now);
        }
    }

    /// How the times of the log are mapped to the recording's clock.
    pub fn log_offset(&self) -> LogOffset {
        self.clock.offset()
    }

    /// The time of the recording at a time of the log; `None` while the offset is unknown, and before the beginning of the recording.
    pub fn time_of(&self, time: LogTime) -> Option<Duration> {
        Duration::try_from_secs_f64(self.clock.map(time)?).ok()
    }

    /// Driving time at a time of the log, seconds; `None` while the offset is unknown.
    pub(super) fn driven_s(&self, time: LogTime) -> Option<f64> {
        Some(self.pauses.driven_s(self.clock.map(time)?))
    }

    /// Learns where sectors end from a lap of the log that ended at about this time, in seconds of driving.
    pub(super) fn learn_sectors(&mut self, id: CarId, ended_s: f64, sectors_ms: &[Option<u32>]) {
        let Some(passes) = self.cars.get(&id).map(|car| car.tracker.passes()) else { return };
        // The crossing of the line is more exact than the time of the log.
        let Some(line) = passes.progress_at(ended_s.min(self.now_s)).map(f64::round) else { return };
        let Some(mut end_s) = passes.time_at(line).filter(|at_s| (at_s - ended_s).abs() < MAX_LOG_ERROR_S) else {
            return;
        };
        if self.track.0.is_empty() {
            return;
        }
        let learner = self.learners.entry(self.track.clone()).or_default();
        for (sector, ms) in sectors_ms.iter().enumerate().skip(1).rev() {
            let Some(ms) = ms else { return };
            end_s -= f64::from(*ms) / 1000.0;
            if let Some(progress) = passes.progress_at(end_s) {
                learner.note(sector - 1, progress.rem_euclid(1.0));
            }
        }
    }

    /// Where the sectors of the game end on the current track and layout, as lap positions without the last one; `None` until split times
    /// have shown it.
    pub fn sector_ends(&self) -> Option<Vec<f64>> {
        self.learners.get(&self.track)?.ends()
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        self.cars.iter().map(|(id, car)| Entry::new(*id, car, self.session)).collect()
    }

    /// The order of all cars and the gaps between them. After the end of a session of a log it is the result, until the next one begins.
    pub fn standings(&self) -> Standings {
        match self.results.back() {
            Some(result) if self.is_archived => result.clone(),
            _ => self.running_standings(),
        }
    }

    fn running_standings(&self) -> Standings {
        let mut entries = self.entries();
        let session = self.session;
        // Cars that only the log has may be of an earlier drive.
        let is_of_session = |car: &FieldCar| !self.has_pages || car.seen_session == session;
        let has_driven = |car: &FieldCar| car.has_started || !car.laps_of(session).is_empty();
        entries.retain(|entry| is_of_session(entry.car) && (entry.car.is_active || has_driven(entry.car)));
        standings::sort(&mut entries, self.order);
        let cars = standings::standings(&entries, self.session, self.order, self.now_s);
        let mut best_sectors_ms = Vec::new();
        cars.iter().for_each(|car| take_best(&mut best_sectors_ms, &car.best_sectors_ms));
        Standings {
            session: self.session,
            track: self.track_title(),
            order: self.order,
            phase: self.phase.clone(),
            best_ms: cars.iter().filter_map(|car| car.best).map(|best| best.ms).min(),
            cars,
            best_sectors_ms,
            log: self.clock.offset(),
            has_log: self.log.has_events,
        }
    }

    /// Track and layout of the running session; empty if they are unknown.
    fn track_title(&self) -> String {
        let (track, layout) = &self.track;
        if track.is_empty() {
            return self.log_track.clone();
        }
        [display_name(track), display_name(layout)].join(" ").trim_end().to_owned()
    }

    /// All cars that a source has shown, in order of their ids: who drives them, and their laps in all sessions in order of their ends.
    ///
    /// At most 256 cars and the last 2000 laps of each are kept. A car that has left stays.
    pub fn cars(&self) -> impl Iterator<Item = (CarId, &CarIdentity, &[FieldLap])> {
        self.cars.iter().map(|(id, car)| (*id, &car.identity, car.laps.as_slice()))
    }

    /// The player's car, if a source has shown it.
    pub fn player(&self) -> Option<CarId> {
        self.cars.iter().find(|(_, car)| car.is_player).map(|(id, _)| *id)
    }

    /// The driver of a car, or its number, or a placeholder, as [`Standing::label`](super::Standing::label); `None` for an unknown car.
    pub fn label(&self, car: CarId) -> Option<String> {
        self.cars.get(&car).map(|car| label(&car.identity, car.seen_as))
    }

    /// The laps of a car in all sessions, in order of their ends.
    pub fn laps(&self, car: CarId) -> &[FieldLap] {
        self.cars.get(&car).map_or(&[], |car| &car.laps)
    }
}

/// True if a text contains a word, in upper or lower case.
fn contains(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// True if a car has a lap.
fn has_laps(standings: &Standings) -> bool {
    standings.cars.iter().any(|car| car.last.is_some())
}

/// Laps of the player with the lap position as fraction; 0 at the first crossing of the line.
fn player_progress(frame: &Frame, analysis: &Analysis, outline: &Outline) -> Option<f64> {
    let here = outline.project(CarSample::world_position(frame)?.map(f64::from))?.lap_position;
    let Some(lap) = analysis.current_lap() else { return Some(here - f64::from(u8::from(here > 0.5))) };
    let is_before_line = lap.number <= 1 && here > 0.5 && lap.elapsed_s < GRID_S;
    Some(f64::from(lap.number.saturating_sub(1)) + here - f64::from(u8::from(is_before_line)))
}
