//! One JSON object per packet.

use std::time::{Duration, Instant};

use acevo_shared_memory::{Frame, GraphicsView, Page, PhysicsValidity, PhysicsView, StaticView};
use acevo_telemetry::ConnectionEvent;
use serde::Serialize;

use super::Pace;
use crate::cli::Watch;
use crate::commands::follow::Follower;
use crate::output;
use crate::session::live::Live;

/// What is printed. The help text of `watch` describes it.
#[derive(Debug, Serialize)]
struct Object<'a> {
    time_s: f64,
    packet_id: i32,
    missed: u64,
    skipped: u64,
    settled: bool,
    validity: PhysicsValidity,
    /// `None` while physics does not describe the car.
    physics: Option<&'a PhysicsView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    graphics: Option<&'a GraphicsView<'a>>,
    #[serde(rename = "static", skip_serializing_if = "Option::is_none")]
    static_data: Option<&'a StaticView<'a>>,
}

/// Prints objects.
#[derive(Debug)]
pub(super) struct Objects {
    start: Instant,
    pace: Pace,
    /// Something has come that was not printed yet.
    pending: bool,
    printed: Option<Frame>,
    /// Packets missed until the last object.
    missed: u64,
    /// Steps that the game skipped until the last object.
    skipped: u64,
    line: Vec<u8>,
}

impl Objects {
    pub(super) fn new(args: &Watch) -> Self {
        Self {
            start: Instant::now(),
            pace: Pace::new(args.every, args.count),
            pending: false,
            printed: None,
            missed: 0,
            skipped: 0,
            line: Vec::new(),
        }
    }
}

impl Follower for Objects {
    fn follow(&mut self, live: &mut Live, event: Option<&ConnectionEvent>, now: Instant) -> anyhow::Result<bool> {
        if let Some(ConnectionEvent::Attached { .. }) = event {
            self.printed = None;
            (self.missed, self.skipped) = (0, 0);
        }
        self.pending |= event.is_some();
        if !self.pending || !self.pace.is_due(now) {
            return Ok(true);
        }
        let Some(&frame) = live.frame() else { return Ok(true) };
        self.pending = false;
        let before = self.printed.as_ref();
        let is_new = before.is_none_or(|before| {
            before.physics.packet_id() != frame.physics.packet_id()
                || before.validity != frame.validity
                || before.graphics.status() != frame.graphics.status()
                || !same(&before.static_data, &frame.static_data)
        });
        if !is_new {
            return Ok(true);
        }
        let (missed, skipped) = (live.missed(), live.skipped());
        let object = Object {
            time_s: (now.duration_since(self.start).as_secs_f64() * 1e4).round() / 1e4,
            packet_id: frame.physics.packet_id(),
            missed: missed.saturating_sub(self.missed),
            skipped: skipped.saturating_sub(self.skipped),
            settled: frame.is_settled(),
            validity: frame.validity,
            physics: Some(&frame.physics).filter(|_| frame.validity.is_current()),
            graphics: Some(&frame.graphics)
                .filter(|graphics| before.is_none_or(|before| !same(&before.graphics, graphics))),
            static_data: Some(&frame.static_data)
                .filter(|session| before.is_none_or(|before| !same(&before.static_data, session))),
        };
        self.line.clear();
        serde_json::to_writer(&mut self.line, &object)?;
        self.line.push(b'\n');
        output::print(&self.line)?;
        (self.missed, self.skipped) = (missed, skipped);
        self.printed = Some(frame);
        Ok(self.pace.printed(now))
    }

    fn patience(&self, now: Instant) -> Duration {
        self.pace.left(now)
    }
}

/// Compares bytes: a number that is none equals itself.
fn same<T: Page>(a: &acevo_shared_memory::View<'static, T>, b: &acevo_shared_memory::View<'static, T>) -> bool {
    a.raw().as_bytes() == b.raw().as_bytes()
}
