//! The beginning, the phases and the end of a session, as lines of the log.

use super::journal::{Channel, Journal};
use super::{LogPlace, LogVersion};
use crate::identity::Identity;
use crate::truth::CarId;

/// Time from the start of a session until the cars are placed on the grid or leave the boxes, in milliseconds.
const PLACED_MS: u64 = 900;

/// A car of the session.
#[derive(Debug, Clone)]
pub(crate) struct Entrant {
    pub(crate) id: CarId,
    pub(crate) identity: Identity,
    /// Positions of its box, and of its slot on the grid.
    pub(crate) pit: [f32; 3],
    pub(crate) grid: [f32; 3],
    /// Its slot on the grid, from 0.
    pub(crate) grid_slot: usize,
    /// True if it is in the session from the start, and if it starts from the pit lane.
    pub(crate) present: bool,
    pub(crate) in_pits: bool,
}

impl Entrant {
    /// The driver as in the list of the grid: a dot marks computer drivers.
    fn driver(&self) -> String {
        let Identity { first_name, surname, is_ai, .. } = &self.identity;
        format!("{}{first_name} {surname}", if *is_ai { "•" } else { "" })
    }

    /// The id as a UUID.
    fn uuid(&self) -> String {
        let [a, b] = self.id.0;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xffff,
            b >> 48,
            b & 0xffff_ffff_ffff
        )
    }
}

/// A session.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// In the order of the page.
    pub(crate) cars: Vec<Entrant>,
    /// Index of the player's car.
    pub(crate) player: usize,
    /// The id of the player's account, in the form of a car's.
    pub(crate) driver: CarId,
    pub(crate) race: bool,
    pub(crate) laps: Option<u32>,
    pub(crate) minutes: i32,
    /// Mode and name of the session.
    pub(crate) mode: &'static str,
    pub(crate) name: &'static str,
    /// Track and layout.
    pub(crate) track: String,
    /// Fuel of the player's car in litres.
    pub(crate) fuel_l: f64,
}

impl Scene {
    /// True if the player is alone on the track.
    pub(super) fn alone(&self) -> bool {
        self.cars.len() == 1
    }

    /// The number of laps of a race.
    pub(super) fn race_laps(&self) -> Option<u32> {
        self.laps.filter(|_| self.race)
    }

    /// The cars that are in the session from the start, with their indices. The player's is the first.
    fn starters(&self) -> impl Iterator<Item = (usize, &Entrant)> {
        let player = self.cars.get(self.player).map(|car| (self.player, car));
        let others = self.cars.iter().enumerate().filter(|(slot, car)| car.present && *slot != self.player);
        player.into_iter().chain(others)
    }
}

impl Journal {
    /// Writes the beginning of a session.
    pub(crate) fn begin_session(&mut self, at_ms: u64, scene: Scene) {
        self.session_ms = at_ms;
        self.flag = false;
        self.closed = false;
        self.energy_l = 0.0;
        self.write_game_start(at_ms, &scene);
        for (slot, car) in scene.starters() {
            let at = at_ms + if slot == scene.player { 30 } else { 71 };
            self.write_connection(at, car);
            self.write_car(at + 13, slot, car, &scene);
        }
        if scene.race {
            self.write_grid(at_ms + PLACED_MS, &scene);
        }
        for (slot, car) in scene.starters() {
            if scene.race || !car.in_pits {
                self.gameplay(at_ms + PLACED_MS + 28, &format!("Car {} exited to pitlane", car.id));
                self.gameplay(at_ms + PLACED_MS + 28, &format!("ACEVO-2768: Car {} exiting to pit {slot}", car.id));
            }
        }
        for (_, car) in scene.starters().filter(|(_, car)| scene.race || !car.in_pits) {
            self.gameplay(at_ms + PLACED_MS + 41, &format!("Cut Investigations cleared for car {}", car.id));
        }
        self.scene = Some(scene);
    }

    fn write_game_start(&mut self, at_ms: u64, scene: &Scene) {
        let Some(player) = scene.cars.get(scene.player) else { return };
        let Identity { model, first_name, .. } = &player.identity;
        let remote = if scene.race { "InstantRaceRemote Race" } else { "TimeAttackRemote Practice" };
        if self.style.place == LogPlace::Server {
            self.gameplay(at_ms + 20, &format!("{remote} created"));
            return;
        }
        let command = format!(
            "ACEVO-2629 onSetPlayerCurrentCarCommand: Set new car {} content\\cars\\{model}\\presets\\preset_{model}_mech_1.mechanicalcarpreset",
            player.uuid()
        );
        self.gameplay(at_ms, &command);
        let length = scene.laps.map_or_else(|| format!("{} minutes", scene.minutes), |laps| format!("{laps} laps"));
        let opponents: Vec<String> = scene
            .starters()
            .skip(1)
            .map(|(_, car)| format!("{} a:0.100000 c:0.980000 s:0.980000 t:0.980000", car.identity.model))
            .collect();
        let text = format!(
            "Game Started! GameModeType_{} | {} {name} {name}  {length} @2014/8/15 14:00:0 | {model} | GameModeSelectionWeatherType_CLEAR | {} opponents: {} | AssistPresetListType_CUSTOM",
            scene.mode,
            scene.track,
            opponents.len(),
            opponents.join(", "),
            name = scene.name,
        );
        self.gameplay(at_ms, &text);
        self.info(at_ms + 3, Channel::Server, "GameState.set_isgamemodechangeinprogress(1)");
        self.info(at_ms + 3, Channel::Platform, "GameMode Found");
        let driver = format!("\tDriver {} on car {model}", first_name.to_lowercase());
        self.info(at_ms + 3, Channel::Platform, &driver);
        self.gameplay(at_ms + 20, &format!("{remote} created"));
        self.gameplay(at_ms + 24, "CREATE SCENE");
    }

    /// A driver connects.
    pub(super) fn write_connection(&mut self, at_ms: u64, car: &Entrant) {
        let Identity { short_name, model, number, .. } = &car.identity;
        let id = car.id;
        // The measured version writes no flag for a game without a server.
        let connected = match (self.style.place, self.style.version) {
            (LogPlace::Hosted, LogVersion::V0_5) => String::from("connected"),
            _ => format!("connected ({})", self.flag_text(true)),
        };
        self.gameplay(at_ms, &format!("{short_name} {connected} on car {model}, with new carId {id}"));
        let name = car.driver();
        self.info(at_ms, Channel::Server, &format!("connecting gamecar {id} ({name} | {short_name})"));
        if self.style.place == LogPlace::Server {
            let text = format!("Car [{}] #{number} for driver {} [{short_name}]", car.uuid(), name.trim_end());
            self.info(at_ms, Channel::Server, &text);
            self.connected += 1;
            self.info(at_ms + 1, Channel::Server, &format!("Server updated: {} players", self.connected));
        }
    }

    /// A car is created in its box.
    pub(super) fn write_car(&mut self, at_ms: u64, slot: usize, car: &Entrant, scene: &Scene) {
        let (id, number) = (car.id, car.identity.number);
        if self.style.place != LogPlace::Server {
            let fuel = if slot == scene.player { scene.fuel_l } else { 30.0 };
            self.gameplay(at_ms, &format!("FUEL car {id} setup with {fuel:.1} L"));
        }
        self.gameplay(at_ms, &format!("Car {id} entered to pitlane"));
        self.gameplay(at_ms, &format!("Received ClientLoaded event for car_id {id}"));
        self.write_teleport(at_ms, slot, car.pit, "Pit", id);
        self.gameplay(at_ms, "create pitzone from spawn");
        self.gameplay(at_ms + 12, &format!("Pit slot number: {slot} for car {id}"));
        self.info(at_ms + 12, Channel::Network, &format!("onAssociateCarNumberEvent: {id} {number}"));
        self.gameplay(at_ms + 26, &format!("CarTeleportCompleted {id}"));
        if slot == scene.player && self.style.place != LogPlace::Server {
            let (driver, fuel) = (scene.driver, scene.fuel_l);
            let text = format!(
                "Energy source car {id} for driver {driver} hundredmeters done: 0 fuel consumed: {:.2} L",
                -fuel
            );
            self.gameplay(at_ms + 42, &text);
        }
        self.write_stop(at_ms + 42, car);
    }

    fn write_teleport(&mut self, at_ms: u64, place: usize, [x, y, z]: [f32; 3], kind: &str, id: CarId) {
        let text = format!("Teleporting {id} pos {place} (StartingPositionType_{kind}) [{x:.6} {y:.6} {z:.6}]");
        self.info(at_ms, Channel::Server, &text);
    }

    fn write_grid(&mut self, at_ms: u64, scene: &Scene) {
        self.write_phase(at_ms, "Waiting_For_Players");
        self.write_phase(at_ms, "Start_Spawn_On_Position");
        let mut grid: Vec<&Entrant> = scene.starters().map(|(_, car)| car).collect();
        grid.sort_by_key(|car| car.grid_slot);
        let player = grid.iter().position(|car| !car.identity.is_ai).unwrap_or(0);
        self.gameplay(at_ms, "RACE GRID: use the entrylist");
        let size = format!("RACE GRID: cars:{}; spawns:60: player pos(0~):{player}", grid.len());
        self.gameplay(at_ms, &size);
        let entry = |place: usize, car: &Entrant| format!("#{place} - [{}] {}", car.identity.number, car.driver());
        for (place, car) in grid.iter().enumerate() {
            self.gameplay(at_ms, &format!("RACE GRID: {}", entry(place, car)));
        }
        for (place, car) in grid.iter().enumerate() {
            self.write_teleport(at_ms, place, car.grid, "Grid", car.id);
        }
        self.gameplay(at_ms + 13, "RACE GRID:");
        for (place, car) in grid.iter().enumerate() {
            self.gameplay(at_ms + 13, &entry(place, car));
        }
        for car in &grid {
            self.gameplay(at_ms + 28, &format!("CarTeleportCompleted {}", car.id));
        }
    }

    pub(super) fn write_phase(&mut self, at_ms: u64, name: &str) {
        self.gameplay(at_ms, &format!("setSessionPhase {name}"));
    }

    /// Writes a change of the phase on the page.
    pub(crate) fn phase(&mut self, at_ms: u64, name: &str) {
        let Some(scene) = self.scene.take() else { return };
        match name {
            _ if !scene.race => self.write_phase(at_ms, name),
            "Start_Countdown_Lights_On" => {
                for _ in scene.starters() {
                    self.gameplay(at_ms, "Outplap split");
                }
                for phase in ["No_Lights", "Lights_On", "Lights_Off"] {
                    self.write_phase(at_ms, &format!("Start_Countdown_{phase}"));
                }
            }
            "Start_Countdown_Lights_Off" => {
                for phase in ["Session", "Overtime_Waiting_For_Leader", "Overtime_Waiting_For_Others"] {
                    self.write_phase(at_ms, phase);
                }
                for (_, car) in scene.starters() {
                    self.gameplay(at_ms + 25, &format!("Car {} has started the race!", car.id));
                }
            }
            "Ended" => self.write_race_end(at_ms, &scene),
            _ => {}
        }
        self.scene = Some(scene);
    }

    /// All cars are put into their boxes after a race.
    fn write_race_end(&mut self, at_ms: u64, scene: &Scene) {
        self.closed = true;
        for (slot, car) in scene.starters() {
            if slot != scene.player {
                self.gameplay(at_ms, &format!("END_SESSION car {} has ended teleported to pit", car.id));
            }
            self.write_teleport(at_ms, slot, car.pit, "Pit", car.id);
        }
        for (_, car) in scene.starters() {
            self.gameplay(at_ms + 25, &format!("CarTeleportCompleted {}", car.id));
        }
        self.gameplay(at_ms + 25, "END_SESSION All cars pitted");
        self.write_phase(at_ms + 25, "Waiting_For_PitBox");
        for (_, car) in scene.starters() {
            self.gameplay(at_ms + 25, &format!("Car {} entered to pitlane", car.id));
        }
        for (_, car) in scene.starters() {
            self.write_stop(at_ms + 39, car);
        }
    }

    /// Writes that a car leaves the running session.
    pub(super) fn write_departure(&mut self, at_ms: u64, car: &Entrant, scene: &Scene) {
        self.gone.push(car.id);
        self.write_removal(at_ms, car, scene);
        self.write_disconnection(at_ms + 1, car);
    }

    fn write_removal(&mut self, at_ms: u64, car: &Entrant, scene: &Scene) {
        if self.style.place == LogPlace::Server {
            return;
        }
        self.info(at_ms, Channel::Physics, &format!("Removing car {}", car.id));
        let track = &scene.track;
        let text =
            format!("km_per_liter: -1.672028 lap_eval: -2.126250  , evaluator: 2.156464 (guess: 0.000000), {track}");
        self.info(at_ms, Channel::Physics, &text);
    }

    fn write_disconnection(&mut self, at_ms: u64, car: &Entrant) {
        self.gameplay(at_ms, &format!("{} disconnected", car.identity.short_name));
        if self.style.place == LogPlace::Server {
            self.connected = self.connected.saturating_sub(1);
            self.info(at_ms, Channel::Server, &format!("Server updated: {} players", self.connected));
        }
    }

    /// Writes the end of the session.
    pub(crate) fn end_session(&mut self, at_ms: u64) {
        let Some(scene) = self.scene.take() else { return };
        let gone = std::mem::take(&mut self.gone);
        for car in scene.cars.iter().filter(|car| !gone.contains(&car.id)) {
            self.write_removal(at_ms, car, &scene);
            if self.style.place.is_online() {
                self.write_disconnection(at_ms, car);
            }
        }
        self.scene = None;
    }

    /// Writes that the player restarts the session.
    pub(crate) fn restart(&mut self, at_ms: u64) {
        self.energy_l = 0.0;
        self.header(at_ms, "gameface", "info", "request made GameModeRequestRestartSession ");
    }
}
