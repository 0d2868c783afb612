//! Simulated rigs: messages as `acevo publish` sends them, of many rigs over one connection.

use std::time::{SystemTime, UNIX_EPOCH};

use acevo_testkit::broker::{Broker, Publisher};
use serde_json::{Value, json};

const CARS: [&str; 4] = ["Velocita GT3 R", "Porsche 911 GT3 Cup", "Alpine A110 S", "Lotus Emira GT4"];
const TRACKS: [(&str, Option<&str>); 2] = [("Brands Hatch", Some("Indy")), ("Monza", None)];
const STATES: [&str; 8] = ["live", "live", "live", "live", "live", "paused", "menu", "live"];

const NAMES: [&str; 12] = ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ivo", "June", "Kai", "Lena"];

/// The driver of a rig; another one for each.
pub(super) fn driver(rig: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(rig / NAMES.len() % 26).unwrap());
    format!("{} {letter}.", NAMES[rig % NAMES.len()])
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

/// A valid lap on a track of its own.
pub(super) fn lap(driver: &str, number: u32, time_ms: u64) -> Value {
    json!({ "key": format!("01a22be8-d41d-7c70-b85b-467e3045a55a/{number}"), "session": "01a22be8-d41d-7c70-b85b-467e3045a55a",
        "session_number": 1, "number": number, "attempt": 1, "time_ms": time_ms, "validity": { "is": "valid" }, "incomplete": null,
        "sectors_ms": [], "track": "Monza", "configuration": null, "car": "Velocita GT3 R", "driver": driver, "session_name": "Practice",
        "ended_at": now(), "rig": "one", "seq": number, "boot": "b" })
}

/// Rigs `site-0/rig-0`, `site-1/rig-1`, `site-0/rig-2`, ...
pub(super) struct Rigs {
    publisher: Publisher,
    count: usize,
    /// The same states, tracks and sites for all rigs.
    is_equal: bool,
}

impl Rigs {
    pub(super) fn connect(broker: &Broker, count: usize) -> Self {
        Self { publisher: Publisher::connect(broker.port, "rigs"), count, is_equal: false }
    }

    /// Rigs of one centre: one site, one track, and all of them drive.
    pub(super) fn of_one_centre(broker: &Broker, count: usize) -> Self {
        Self { is_equal: true, ..Self::connect(broker, count) }
    }

    fn topic(&self, rig: usize, name: &str) -> String {
        let site = if self.is_equal { "centre".to_owned() } else { format!("site-{}", rig % 2) };
        format!("acevo/v1/{site}/rig-{rig}/{name}")
    }

    pub(super) fn track(&self, rig: usize) -> (&'static str, Option<&'static str>) {
        if self.is_equal { TRACKS[0] } else { TRACKS[rig / 4 % 2] }
    }

    fn state(&self, rig: usize) -> &'static str {
        if self.is_equal { "live" } else { STATES[rig % STATES.len()] }
    }

    /// Sends status and session of all rigs, which the broker keeps.
    pub(super) fn introduce(&mut self) {
        for rig in 0..self.count {
            let missed = if rig % 7 == 3 { 12 } else { 0 };
            let backlog = json!({ "messages": rig % 11 / 10, "bytes": 0, "dropped": 0, "dropped_samples": 0 });
            let status = json!({ "online": true, "state": self.state(rig), "source": "game", "boot": "b", "seq": 1, "version": "0.1.0",
                "game": "0.9", "since": 1, "backlog": backlog, "missed": missed, "clock_ms": now() });
            let (track, configuration) = self.track(rig);
            let session = json!({ "id": format!("session-{rig}"), "state": "open", "type": "race", "track": track,
                "configuration": configuration, "car": CARS[rig % CARS.len()], "driver": driver(rig), "session_name": "Race",
                "started": 1, "laps": 4, "best_ms": 93_000 + 137 * rig, "rig": "x", "seq": 1, "boot": "b" });
            self.publisher.publish(&self.topic(rig, "session"), session.to_string(), true);
            self.publisher.publish(&self.topic(rig, "status"), status.to_string(), true);
        }
    }

    /// Sends a sample of each rig with this speed.
    pub(super) fn sample(&mut self, speed: f64) {
        for rig in 0..self.count {
            self.sample_one(rig, speed);
        }
    }

    pub(super) fn sample_one(&mut self, rig: usize, speed: f64) {
        let delta = (rig as f64 * 0.71 + speed).sin() * 1.4;
        let flag = if rig % 9 == 4 { 5 } else { 0 };
        let sample = json!({ "t": now(), "s": format!("session-{rig}"), "f": 1, "speed": speed, "rpm": 7073, "gear": 5, "throttle": 0.234,
            "brake": 0, "steering": -0.017, "g_lateral": 1.21, "g_longitudinal": -0.4, "position_x": 412.22, "position_z": -93.1,
            "fuel": 31.25, "lap": 5, "lap_position": 0.41233, "lap_time": 38.42, "delta": delta, "race_position": rig + 1, "flag": flag,
            "in_pit_lane": i32::from(rig % 13 == 6) });
        self.publisher.publish(&self.topic(rig, "sample"), sample.to_string(), false);
    }

    /// Sends the last lap of each rig.
    pub(super) fn laps(&mut self) {
        for rig in 0..self.count {
            let mut lap = lap(&driver(rig), 4, 93_000 + 137 * rig as u64);
            let (track, configuration) = self.track(rig);
            lap["key"] = format!("session-{rig}/4").into();
            lap["session"] = format!("session-{rig}").into();
            lap["car"] = CARS[rig % CARS.len()].into();
            (lap["track"], lap["configuration"]) = (track.into(), configuration.into());
            self.publisher.publish_certainly(&self.topic(rig, "lap"), lap.to_string());
        }
    }
}
