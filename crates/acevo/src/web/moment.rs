//! What all clients look at: the newest moment, and what is told about it to everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use acevo_telemetry::analysis::{Outline, Sectors};
use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use tokio::sync::watch;

use super::documents::{Cars, Fuel, Laps, OutlineVersion, Running, Status, message};
use super::seconds_since;
use super::traces::{Chronicle, LapTrace, Traces};
use crate::session::snapshot::{Cockpit, Seen};

/// Sixty moments a second: nobody is sent more.
const EVERY: Duration = Duration::from_micros(16_667);

/// What is told in texts is looked at so often,
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// and where only the rates of packets are others, so often.
const RATES_EVERY: Duration = Duration::from_secs(1);

/// Kinds of texts that everybody is told.
pub(super) const TEXTS: usize = 6;

/// A message, and how often it has changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    pub(super) version: u32,
    pub(super) message: Utf8Bytes,
}

impl Text {
    fn put(&mut self, kind: &str, content: &impl Serialize) {
        let message = message(kind, content);
        if self.message.as_str() != message {
            *self = Self { version: self.version.wrapping_add(1), message: message.into() };
        }
    }
}

/// Everything of one instant, shared by all who look at it.
#[derive(Debug)]
pub(super) struct Moment {
    /// Seconds since the server began.
    pub(super) at_s: f64,
    pub(super) seen: Seen,
    /// Packets of physics and graphics: written, and missed of them.
    pub(super) packets: [(u64, u64); 2],
    pub(super) texts: [Text; TEXTS],
    pub(super) outline_version: u32,
    /// Events that were told so far; the last ones are in `seen`.
    pub(super) events_told: u64,
    /// Laps that have ended so far; the last ones are in `seen`.
    pub(super) laps_ended: usize,
    traces: Traces,
}

impl Moment {
    /// The lap with this index over the distance, if it is kept.
    pub(super) fn trace(&self, index: usize) -> Option<&Arc<LapTrace>> {
        self.traces.iter().find(|(lap, _)| *lap == index).map(|(_, trace)| trace)
    }
}

/// Follows the telemetry and shows moments.
pub(super) struct Follower {
    cockpit: Cockpit,
    chronicle: Chronicle,
    start: Instant,
    told: Told,
    moments: watch::Sender<Arc<Moment>>,
}

impl Follower {
    /// Gives the first moment, too.
    pub(super) fn new(mut cockpit: Cockpit, sectors: Sectors) -> (Self, watch::Receiver<Arc<Moment>>) {
        let (start, mut chronicle, mut told) = (Instant::now(), Chronicle::new(sectors), Told::default());
        cockpit.follow_with(start, &mut chronicle);
        let (moments, receiver) = watch::channel(Arc::new(look(&mut cockpit, &chronicle, &mut told, start)));
        (Self { cockpit, chronicle, start, told, moments }, receiver)
    }

    /// Follows in this thread until it is `done`.
    pub(super) fn run(mut self, done: &AtomicBool) {
        let mut next = Instant::now();
        while !done.load(Ordering::Relaxed) {
            next = (next + EVERY).max(Instant::now());
            self.cockpit.follow_with(next, &mut self.chronicle);
            let moment = look(&mut self.cockpit, &self.chronicle, &mut self.told, self.start);
            self.moments.send_replace(Arc::new(moment));
        }
    }
}

fn look(cockpit: &mut Cockpit, chronicle: &Chronicle, told: &mut Told, start: Instant) -> Moment {
    let now = Instant::now();
    let seen = cockpit.see(now);
    told.update(&seen, chronicle.laps, now);
    Moment {
        at_s: seconds_since(start, now),
        packets: cockpit.live().packets(),
        texts: told.texts.clone(),
        outline_version: told.outline_version,
        events_told: chronicle.events,
        laps_ended: chronicle.laps,
        traces: Arc::clone(&chronicle.traces),
        seen,
    }
}

/// What everybody was told last. The texts are made once, whoever gets them.
#[derive(Default)]
struct Told {
    texts: [Text; TEXTS],
    at: Option<Instant>,
    status: Option<(Instant, Status)>,
    outline: Arc<Outline>,
    outline_version: u32,
}

impl Told {
    fn update(&mut self, seen: &Seen, laps: usize, now: Instant) {
        if self.at.is_some_and(|at| now.saturating_duration_since(at) < TOLD_EVERY) {
            return;
        }
        self.at = Some(now);
        if !Arc::ptr_eq(&self.outline, &seen.outline) {
            self.outline = Arc::clone(&seen.outline);
            self.outline_version = self.outline_version.wrapping_add(1);
        }
        let mut status = Status::of(seen);
        let rates = status.packets;
        if let Some((at, before)) = &self.status
            && now.saturating_duration_since(*at) < RATES_EVERY
        {
            status.packets = before.packets;
        }
        let [first, lap, laps_text, fuel, outline, cars] = &mut self.texts;
        if self.status.as_ref().is_none_or(|(_, before)| *before != status) {
            status.packets = rates;
            first.put("status", &status);
            self.status = Some((now, status));
        }
        lap.put("lap", &Running::of(seen));
        laps_text.put("laps", &Laps { count: laps });
        fuel.put("fuel", &Fuel::of(seen));
        outline.put("outline", &OutlineVersion { version: self.outline_version });
        cars.put("cars", &Cars::of(seen));
    }
}
