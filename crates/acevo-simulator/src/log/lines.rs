//! What happens to the cars, as lines of the log.

use super::journal::{Channel, Journal};
use super::{Entrant, LogPlace, Scene};
use crate::happening::{Happening, HappeningKind};
use crate::laps::Crossing;
use crate::truth::LapRecord;

/// Time after a split until the order of the cars is written, in milliseconds.
const LEADERBOARD_MS: u64 = 50;

/// The motion of the player's car, and its fuel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlayerMoment {
    /// Lap position, 0 to 1.
    pub(crate) npos: f64,
    /// Metres to the right of the centre line.
    pub(crate) offset: f64,
    pub(crate) position: [f32; 3],
    pub(crate) forward: [f32; 3],
    /// m/s.
    pub(crate) velocity: [f32; 3],
    /// Distance driven in this session, in metres.
    pub(crate) distance_m: f64,
    /// Fuel used in this session and fuel at its start, in litres.
    pub(crate) used_l: f64,
    pub(crate) start_l: f64,
}

impl Journal {
    /// Writes what has happened to a car.
    pub(crate) fn happening(&mut self, at_ms: u64, happening: &Happening, player: &PlayerMoment) {
        let Some(scene) = self.scene.take() else { return };
        if let Some(car) = scene.cars.get(happening.slot) {
            self.write_happening(at_ms, happening, car, &scene, player);
        }
        self.scene = Some(scene);
    }

    fn write_happening(
        &mut self,
        at_ms: u64,
        happening: &Happening,
        car: &Entrant,
        scene: &Scene,
        player: &PlayerMoment,
    ) {
        let is_player = happening.slot == scene.player;
        // The game of a player in an online race knows the laps of the player only.
        let has_laps = is_player || self.style.place != LogPlace::Online;
        let id = car.id;
        match happening.kind {
            HappeningKind::Joined if happening.at > 0.0 => {
                self.write_connection(at_ms, car);
                self.write_car(at_ms + 13, happening.slot, car, scene);
            }
            HappeningKind::Left => self.write_departure(at_ms, car, scene),
            HappeningKind::Crossing(crossing) if has_laps => {
                if is_player && crossing.sector == 2 && self.style.place != LogPlace::Server {
                    self.write_energy(at_ms, scene, player);
                }
                self.write_crossing(at_ms, &crossing, car, scene);
            }
            HappeningKind::Lap { lap, from_box } if has_laps => {
                if from_box || (!scene.race && lap.began_in_pits()) {
                    return;
                }
                self.write_lap(at_ms, &lap, car, scene);
            }
            HappeningKind::Estimate(lap) if has_laps => {
                let at_ms = at_ms + 38;
                let [.., last] = lap.game_sectors_ms;
                self.write_split(at_ms, 2, last, scene);
                self.write_lap(at_ms, &lap, car, scene);
            }
            HappeningKind::Finished if has_laps => self.write_finish(at_ms, car, is_player),
            HappeningKind::PitLane(true) if happening.at > 0.0 && !self.closed => {
                self.gameplay(at_ms, &format!("Car {id} entered to pitlane"));
            }
            HappeningKind::PitLane(false) if !self.closed => {
                self.gameplay(at_ms, &format!("Car {id} exited to pitlane"));
            }
            HappeningKind::BoxReached if happening.at > 1.0 && !self.closed => self.write_stop(at_ms, car),
            HappeningKind::BoxLeft if !self.closed => {
                self.gameplay(at_ms, &format!("ACEVO-2768: Car {id} exiting to pit {}", happening.slot));
            }
            HappeningKind::WheelsOff { before, now } if self.style.place != LogPlace::Server => {
                self.write_limits(at_ms, car, [before, now], player);
            }
            _ => {}
        }
    }

    /// A car stands in its box.
    pub(super) fn write_stop(&mut self, at_ms: u64, car: &Entrant) {
        self.gameplay(at_ms, &format!("Cut Investigations cleared for car {}", car.id));
        self.gameplay(at_ms, "Pit Time: 30 sec 0");
        self.gameplay(at_ms, &format!("ACEVO-2768: Car {} pitted", car.id));
    }

    fn write_energy(&mut self, at_ms: u64, scene: &Scene, player: &PlayerMoment) {
        let Some(car) = scene.cars.get(scene.player) else { return };
        // The first line counts the whole tank, which the game has filled before.
        let used = player.used_l - self.energy_l + if self.energy_l == 0.0 { player.start_l } else { 0.0 };
        self.energy_l = player.used_l.max(f64::MIN_POSITIVE);
        let hundreds = (player.distance_m / 100.0) as u64;
        let (id, driver) = (car.id, scene.driver);
        self.gameplay(
            at_ms,
            &format!(
                "Energy source car {id} for driver {driver} hundredmeters done: {hundreds} fuel consumed: {used:.2} L"
            ),
        );
    }

    fn write_crossing(&mut self, at_ms: u64, crossing: &Crossing, car: &Entrant, scene: &Scene) {
        let (id, sector, lap) = (car.id, crossing.sector, crossing.completed);
        let is_end = sector == 2;
        if !scene.alone() {
            // Before the first one, the game counts from the start of its physics engine.
            let since =
                crossing.since_ms.map_or(at_ms - self.session_ms.min(at_ms) + 7_440, |ms| ms.unsigned_abs().into());
            self.gameplay(at_ms, &format!("Split completed for car {id}: ({since} ms, splitindex {sector}) lap:{lap}"));
            if let (Some(laps), false) = (scene.race_laps(), self.flag) {
                let running = lap + 1;
                let last = self.flag_text(running >= laps);
                self.gameplay(at_ms, &format!("laps: {running} >= {laps} = {last}"));
            }
        }
        let out_lap =
            crossing.from_box || (!scene.race && (crossing.began_in_pits || crossing.lap_sector_ms.is_none()));
        match crossing.lap_sector_ms {
            _ if out_lap => {
                self.gameplay(at_ms, "Outplap split");
                if is_end {
                    let text = format!("Couldn't create lap from opensplits (carId {id}): Splitcollection 2/3");
                    self.header(at_ms, "gameplay", "error", &text);
                }
            }
            None => self.gameplay(at_ms, "Unexpected On Split"),
            Some(time_ms) => self.write_split(at_ms, sector, time_ms, scene),
        }
        if !scene.alone() {
            self.info(at_ms + LEADERBOARD_MS, Channel::Network, "GeneratingLeaderboard");
            self.info(at_ms + LEADERBOARD_MS, Channel::Network, "Leaderboard generated");
            self.gameplay(at_ms + LEADERBOARD_MS + 13, "Zone Exit 1 2 1");
        }
    }

    fn write_split(&mut self, at_ms: u64, sector: usize, time_ms: i32, scene: &Scene) {
        let end = self.flag_text(sector == 2);
        if !scene.alone() {
            self.gameplay(at_ms, &format!("split now {sector} expected split {} is_end {end}", (sector + 1) % 3));
        }
        self.gameplay(at_ms, &format!("On Split start {end} end {end} id {sector} splittime {time_ms}"));
        if sector == 2 {
            self.gameplay(at_ms, "On Split end with all splits, id 2");
        }
    }

    fn write_lap(&mut self, at_ms: u64, lap: &LapRecord, car: &Entrant, scene: &Scene) {
        if scene.alone() {
            return;
        }
        let time = lap.time_ms;
        let (minutes, seconds, ms) = (time / 60_000, time / 1000 % 60, time % 1000);
        self.gameplay(at_ms, &format!("New lap carId {}: {minutes:02}:{seconds:02}.{ms:03}", car.id));
        if self.style.place.is_online() {
            let (flags, number) = (if lap.valid { 2 } else { 1 }, lap.number);
            let text = format!(
                "Relevant onSplit for Combo 6@2: laptime {time}, valid {}, flags {flags}, lap {number} (prev {})",
                lap.valid,
                number - 1
            );
            self.info(at_ms + 1, Channel::Network, &text);
        }
    }

    fn write_finish(&mut self, at_ms: u64, car: &Entrant, is_player: bool) {
        let id = car.id;
        if !std::mem::replace(&mut self.flag, true) {
            for phase in ["Session", "Overtime_Waiting_For_Leader", "Overtime_Waiting_For_Others"] {
                self.write_phase(at_ms + 62, phase);
            }
        } else if is_player {
            self.write_phase(at_ms + 62, "Overtime_Waiting_For_Others");
        }
        self.gameplay(at_ms + 74, &format!("END_SESSION WatingForOthers Ending Lap for {id} car"));
        if is_player {
            self.write_phase(at_ms + 86, "Waiting_For_Ai");
        }
        self.gameplay(at_ms + 87, &format!("END_SESSION car {id} has ended sent to pit"));
        if is_player {
            self.write_phase(at_ms + 98, "Waiting_For_PitBox");
        }
    }

    fn write_limits(&mut self, at_ms: u64, car: &Entrant, [before, now]: [u8; 2], player: &PlayerMoment) {
        let inside = -(player.offset.abs() % 1.0);
        let text = format!(
            "Limits: car {} tyres out changed: {before} -> {now} with {inside:.2}m inside distance (simpleModel)",
            car.id
        );
        self.info(at_ms, Channel::Physics, &text);
        let index = (player.npos * 2135.0) as u32;
        let offset = player.offset;
        let spline = format!("Splinepos {:.5} index {index} offset {offset:.3}", player.npos);
        self.info(at_ms, Channel::Physics, &spline);
        let ([x, y, z], [fx, fy, fz]) = (player.position, player.forward);
        let text = format!("Car pos: ({x:.3}, {y:.3}, {z:.3}), forward ({fx:.3}, {fy:.3}, {fz:.3})");
        self.info(at_ms, Channel::Physics, &text);
        let [vx, vy, vz] = player.velocity;
        let speed = (vx * vx + vy * vy + vz * vz).sqrt() * 3.6;
        self.info(at_ms, Channel::Physics, &format!("Vel {speed:.0} km/h ({vx:.3}, {vy:.3}, {vz:.3})"));
    }
}
