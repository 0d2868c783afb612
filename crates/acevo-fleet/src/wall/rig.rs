//! A rig on the wall.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::bests::{BestLap, Lap};
use super::content::{Content, LapContent, Names, Sample, Session, Status};

/// Time without a message after which a rig is stale, milliseconds. Rigs send a status each 10 seconds.
const STALE_AFTER_MS: u64 = 25_000;

/// Keys of laps that are remembered, to ignore those that arrive twice.
const MAX_KEYS: usize = 100;

/// The number of flags. Higher numbers are of later versions of the game.
const MAX_FLAG: f64 = 255.0;

/// What a rig does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RigActivity {
    /// It has sent no status yet, or one that is not known.
    #[default]
    Unknown,
    /// There is no game.
    Waiting,
    /// The game shows its menu.
    Menu,
    /// A driver is on the track.
    Live,
    /// The game is paused.
    Paused,
    /// The game shows a replay.
    Replay,
    /// The game has stopped to write.
    Frozen,
    /// Messages have stopped without a farewell.
    Stale,
    /// The rig has said so, or the broker.
    Offline,
}

impl RigActivity {
    /// True if nothing is known of what the rig does now.
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Stale | Self::Offline)
    }

    /// True while values belong to a driver in the car.
    const fn is_driving(self) -> bool {
        matches!(self, Self::Live | Self::Paused | Self::Frozen | Self::Stale | Self::Unknown)
    }
}

/// The last lap of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LastLap {
    /// Its number.
    pub number: Option<u64>,
    /// Its time, milliseconds.
    pub time_ms: Option<u64>,
    /// It counts.
    pub is_valid: bool,
}

/// Values of the car at this moment. Unknown ones are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct LiveValues {
    /// km/h.
    pub speed: Option<f64>,
    /// The number of the running lap.
    pub lap: Option<f64>,
    /// 0 to 1.
    pub lap_position: Option<f64>,
    /// Seconds.
    pub lap_time: Option<f64>,
    /// Seconds to the reference lap.
    pub delta: Option<f64>,
    /// From 1.
    pub race_position: Option<f64>,
    /// A number of the game; 0 is no flag.
    pub flag: Option<f64>,
    /// The car is in the pit lane.
    pub in_pit_lane: bool,
}

/// A rig on the wall. Texts can be shown: they are short and have no control characters.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct WallRig {
    /// The site; a slug.
    pub site: String,
    /// The rig; a slug.
    pub rig: String,
    /// What it does.
    pub state: RigActivity,
    /// When it began to do so, in milliseconds since 1970, as the wall saw it.
    pub since_ms: u64,
    /// `game`, `demo` or `recording`.
    pub source: Option<String>,
    /// The version of acevo.
    pub version: Option<String>,
    /// Who drives.
    pub driver: Option<String>,
    /// The car.
    pub car: Option<String>,
    /// The track.
    pub track: Option<String>,
    /// The layout of the track.
    pub configuration: Option<String>,
    /// The name of the session.
    pub session: Option<String>,
    /// Complete laps of the session.
    pub laps: Option<u64>,
    /// The best lap of the session, milliseconds.
    pub best_ms: Option<u64>,
    /// The last lap of the session.
    pub last: Option<LastLap>,
    /// Values at this moment, if a driver is on the track.
    pub live: Option<LiveValues>,
    /// Packets of the game that were missed.
    pub missed: Option<u64>,
    /// Messages that wait on the rig.
    pub backlog: Option<u64>,
    /// Messages that the rig has dropped.
    pub dropped: Option<u64>,
    /// How far the clock of the rig is behind ours, whole seconds.
    pub clock_behind_s: Option<i64>,
}

/// A rig, and what has to be known to understand its messages.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) rig: WallRig,
    /// The rig as it was at the last change.
    shown: WallRig,
    pub(super) changed_at: u64,
    boot: Option<String>,
    session_id: Option<String>,
    /// Milliseconds to add to times of the rig.
    clock_offset_ms: i64,
    /// When a message arrived.
    seen_ms: u64,
    keys: VecDeque<String>,
}

impl Known {
    pub(super) fn new(site: &str, rig: &str, unix_ms: u64) -> Self {
        let rig = WallRig { site: site.into(), rig: rig.into(), since_ms: unix_ms, ..WallRig::default() };
        Self {
            shown: WallRig::default(),
            rig,
            changed_at: 0,
            boot: None,
            session_id: None,
            clock_offset_ms: 0,
            seen_ms: unix_ms,
            keys: VecDeque::new(),
        }
    }

    /// Takes a message. Returns a lap that may be one of the best.
    pub(super) fn take(&mut self, content: Content, is_retained: bool, unix_ms: u64) -> Option<Lap> {
        self.seen_ms = unix_ms;
        match content {
            Content::Status(status) => self.status(status, is_retained, unix_ms),
            Content::Session(session) => self.session(session),
            Content::Sample(sample) => self.sample(sample),
            Content::Lap(lap) => return self.lap(*lap, unix_ms),
        }
        None
    }

    /// Notes the revision if what is shown has changed.
    pub(super) fn note_change(&mut self, revision: u64) {
        if self.rig != self.shown {
            self.shown.clone_from(&self.rig);
            self.changed_at = revision;
        }
    }

    /// The rig is stale if its messages have stopped.
    pub(super) fn check(&mut self, unix_ms: u64) {
        // The clock may have been set back.
        self.seen_ms = self.seen_ms.min(unix_ms);
        if self.rig.state != RigActivity::Offline && unix_ms - self.seen_ms >= STALE_AFTER_MS {
            self.set_state(RigActivity::Stale, self.seen_ms);
        }
    }

    fn set_state(&mut self, state: RigActivity, unix_ms: u64) {
        if self.rig.state != state {
            (self.rig.state, self.rig.since_ms) = (state, unix_ms);
        }
        if !state.is_driving() {
            self.rig.live = None;
        }
    }

    fn status(&mut self, status: Status, is_retained: bool, unix_ms: u64) {
        if !status.is_online {
            // The last will of an earlier start must not end this one.
            let is_other = self.boot.is_some() && status.boot.is_some() && self.boot != status.boot;
            if !is_other || self.rig.state.is_gone() {
                self.set_state(RigActivity::Offline, unix_ms);
            }
            return;
        }
        self.boot = status.boot;
        // What is retained may be old: its time says nothing about the clock.
        if let (Some(clock), false) = (status.clock_ms.and_then(|clock| i64::try_from(clock).ok()), is_retained) {
            self.clock_offset_ms = i64::try_from(unix_ms).unwrap_or(i64::MAX).saturating_sub(clock);
            self.rig.clock_behind_s = Some(self.clock_offset_ms / 1000);
        }
        self.rig.source = status.source;
        self.rig.version = status.version;
        self.rig.missed = status.missed;
        self.rig.backlog = status.backlog;
        self.rig.dropped = status.dropped;
        let state = status.state.and_then(|name| serde_json::from_value(name.into()).ok());
        self.set_state(state.unwrap_or_default(), unix_ms);
    }

    fn session(&mut self, session: Session) {
        if session.is_late {
            return;
        }
        self.begin(session.id);
        self.name(session.names);
        self.rig.laps = session.laps;
        self.rig.best_ms = session.best_ms;
        if !session.is_open {
            self.rig.live = None;
        }
    }

    /// Begins a session, if it is another one.
    fn begin(&mut self, id: Option<String>) {
        if self.session_id != id {
            self.session_id = id;
            let rig = &mut self.rig;
            (rig.laps, rig.best_ms, rig.last, rig.live) = (None, None, None, None);
        }
    }

    fn name(&mut self, names: Names) {
        let Names { driver, car, track, configuration, session } = names;
        let rig = &mut self.rig;
        (rig.driver, rig.car, rig.track, rig.configuration, rig.session) = (driver, car, track, configuration, session);
    }

    fn sample(&mut self, sample: Sample) {
        if !self.rig.state.is_driving() {
            return;
        }
        let counted = |value: super::content::Newest| value.within(0.0, 1e6);
        self.rig.live = Some(LiveValues {
            speed: sample.speed.within(-1e3, 1e3).map(f64::round),
            lap: counted(sample.lap),
            lap_position: sample.lap_position.within(0.0, 1.0).map(|at| (at * 1e3).round() / 1e3),
            lap_time: sample.lap_time.within(0.0, 86_400.0).map(|time| (time * 10.0).floor() / 10.0),
            delta: sample.delta.within(-1e3, 1e3).map(|delta| (delta * 100.0).round() / 100.0),
            race_position: counted(sample.race_position),
            flag: sample.flag.within(0.0, MAX_FLAG),
            in_pit_lane: sample.in_pit_lane.within(1.0, 1.0).is_some(),
        });
    }

    fn lap(&mut self, lap: LapContent, unix_ms: u64) -> Option<Lap> {
        if let Some(key) = &lap.key {
            if self.keys.contains(key) {
                return None;
            }
            self.keys.push_back(key.clone());
            if self.keys.len() > MAX_KEYS {
                self.keys.pop_front();
            }
        }
        let counts = lap.is_complete && lap.is_valid;
        if !lap.is_late {
            self.begin(lap.session.clone());
            self.name(lap.names.clone());
            self.rig.last = Some(LastLap { number: lap.number, time_ms: lap.time_ms, is_valid: counts });
            if lap.is_complete {
                self.rig.laps = Some(self.rig.laps.unwrap_or(0).max(lap.number.unwrap_or(0)));
            }
            self.rig.best_ms = [self.rig.best_ms, lap.time_ms.filter(|_| counts)].into_iter().flatten().min();
        }
        let time_ms = lap.time_ms.filter(|_| counts)?;
        let (track, car) = (lap.names.track?, lap.names.car?);
        let at_ms = lap.ended_at.map_or(unix_ms, |ended| ended.saturating_add_signed(self.clock_offset_ms));
        let (site, rig) = (self.rig.site.clone(), self.rig.rig.clone());
        let best = BestLap { driver: lap.names.driver, time_ms, site, rig, at_ms };
        Some(Lap { track, configuration: lap.names.configuration, car, best })
    }
}
