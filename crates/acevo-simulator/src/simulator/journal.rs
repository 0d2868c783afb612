//! What the simulator writes into the game's log.

use acevo_shared_memory::ACEvoSessionType;

use super::{Simulator, Stage};
use crate::happening::Happening;
use crate::log::{Entrant, LogLine, PlayerMoment, Scene};
use crate::noise::{Stream, generator};
use crate::pages::coordinates;
use crate::plan::{SessionPlan, Start};
use crate::session::Session;
use crate::truth::CarId;

impl Simulator {
    /// Removes and returns the lines that the game has written into its log since the last call, in order. Empty if the options
    /// select no log. Lines wait in memory until they are taken; while a session is running, the newest ones are returned some
    /// frames later, because the game writes them in the order of their times.
    ///
    /// ```
    /// use acevo_simulator::{LogStyle, Options, Simulator};
    ///
    /// let mut options = Options::default();
    /// options.log = Some(LogStyle::default());
    /// let mut simulator = Simulator::new(options);
    /// simulator.step();
    /// let lines = simulator.take_log();
    /// assert!(lines[0].text.starts_with("[2026-04-09 18:00:00.000] [others] [info] Build release 0.5"));
    /// ```
    pub fn take_log(&mut self) -> Vec<LogLine> {
        let now = self.now_ms();
        let Some(journal) = &mut self.journal else { return Vec::new() };
        let until = match &self.stage {
            Stage::Ended => u64::MAX,
            Stage::Driving(_) | Stage::Leaving { .. } => journal.complete_until_ms(),
            _ => now,
        };
        journal.take(until)
    }

    fn now_ms(&self) -> u64 {
        self.time().as_millis() as u64
    }

    /// Writes the beginning of a session.
    pub(super) fn log_session(&mut self, session: &Session) {
        if self.journal.is_none() {
            return;
        }
        let scene = self.scene(session);
        let now = self.now_ms();
        if let Some(journal) = &mut self.journal {
            journal.begin_session(now, scene);
            journal.phase(now, self.phase_name);
        }
    }

    fn scene(&self, session: &Session) -> Scene {
        let (track, world) = (&self.setting.track, self.options.world);
        let at = |s: f64, offset: f64| coordinates(track.point(s, offset), world);
        let traffic = &session.traffic;
        let cars = traffic
            .all_ids()
            .iter()
            .zip(self.identities(session))
            .zip(session.places(track))
            .map(|((id, identity), place)| Entrant {
                id: *id,
                identity,
                pit: at(place.box_at, track.pit_box_offset()),
                grid: at(place.grid.0, place.grid.1),
                grid_slot: place.grid_slot,
                present: place.present,
                in_pits: place.in_pits,
            })
            .collect();
        let layout = track.layout;
        let mut random = generator(self.options.seed, Stream::Log, u64::MAX);
        Scene {
            cars,
            player: traffic.player_slot,
            driver: CarId([random.u64(..), random.u64(..)]),
            race: session.plan.start == Start::Grid,
            laps: session.plan.laps,
            minutes: session.plan.minutes,
            mode: mode(&session.plan),
            name: session.plan.name,
            track: format!("{} {}", layout.name, session.plan.configuration.unwrap_or(layout.configuration)),
            fuel_l: session.car.powertrain.fuel_l,
        }
    }

    pub(super) fn log_happening(&mut self, session: &Session, happening: &Happening) {
        let now_s = self.time().as_secs_f64();
        let Some(journal) = &mut self.journal else { return };
        let at_s = now_s - (session.time() - happening.at).max(0.0);
        let (car, world) = (&session.car, self.options.world);
        let player = PlayerMoment {
            npos: session.s(&self.setting.track) / self.setting.track.length(),
            offset: session.offset(),
            position: coordinates(car.position, world),
            forward: coordinates(car.axes.forward, world),
            velocity: coordinates(car.velocity, world),
            distance_m: car.odometer,
            used_l: car.powertrain.fuel_used_l,
            start_l: session.start_fuel_l(),
        };
        journal.happening((at_s.max(0.0) * 1000.0) as u64, happening, &player);
    }

    pub(super) fn log_phase(&mut self, name: &str) {
        let now = self.now_ms();
        if let Some(journal) = &mut self.journal {
            journal.phase(now, name);
        }
    }

    pub(super) fn log_frame(&mut self) {
        let now = self.now_ms();
        if let Some(journal) = &mut self.journal {
            journal.frame(now);
        }
    }

    pub(super) fn log_restart(&mut self) {
        let now = self.now_ms();
        if let Some(journal) = &mut self.journal {
            journal.restart(now);
        }
    }

    pub(super) fn log_session_end(&mut self) {
        let now = self.now_ms();
        if let Some(journal) = &mut self.journal {
            journal.end_session(now);
        }
    }
}

/// The mode of the game in its log.
fn mode(plan: &SessionPlan) -> &'static str {
    match plan.kind {
        _ if plan.start == Start::Grid => "INSTANT_RACE",
        ACEvoSessionType::HotStint => "PRACTICE",
        ACEvoSessionType::TimeAttack if plan.phase.is_some() => "RACE_WEEKEND",
        _ => "HOTLAP",
    }
}
