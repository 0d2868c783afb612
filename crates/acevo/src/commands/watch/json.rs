//! One JSON object per packet.

use std::time::{Duration, Instant};

use acevo_shared_memory::{Frame, GraphicsView, Page, PhysicsValidity, PhysicsView, StaticView};
use acevo_telemetry::ConnectionEvent;
use serde::Serialize;

use super::schedule::Schedule;
use crate::commands::follow_loop::UpdateHandler;
use crate::output;
use crate::session::connection::LiveConnection;

/// The printed object. The help text of `watch` describes it.
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

/// Prints an object per packet.
#[derive(Debug)]
pub(super) struct Objects {
    start: Instant,
    schedule: Schedule,
    /// An event arrived since the last object.
    pending: bool,
    printed: Option<Frame>,
    /// Packets missed before the last object.
    missed: u64,
    /// Steps that the game skipped before the last object.
    skipped: u64,
    line: Vec<u8>,
}

impl Objects {
    pub(super) fn new(schedule: Schedule) -> Self {
        Self { start: Instant::now(), schedule, pending: false, printed: None, missed: 0, skipped: 0, line: Vec::new() }
    }
}

impl UpdateHandler for Objects {
    fn update(
        &mut self,
        live: &mut LiveConnection,
        event: Option<&ConnectionEvent>,
        now: Instant,
    ) -> anyhow::Result<bool> {
        if let Some(ConnectionEvent::Attached { .. }) = event {
            self.printed = None;
            (self.missed, self.skipped) = (0, 0);
        }
        self.pending |= event.is_some();
        if !self.pending || !self.schedule.is_due(now) {
            return Ok(true);
        }
        let Some(&frame) = live.frame() else { return Ok(true) };
        self.pending = false;
        let before = self.printed.as_ref();
        let is_new = before.is_none_or(|before| {
            before.physics.packet_id() != frame.physics.packet_id()
                || before.validity != frame.validity
                || before.graphics.status() != frame.graphics.status()
                || !has_same_bytes(&before.static_data, &frame.static_data)
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
                .filter(|graphics| before.is_none_or(|before| !has_same_bytes(&before.graphics, graphics))),
            static_data: Some(&frame.static_data)
                .filter(|session| before.is_none_or(|before| !has_same_bytes(&before.static_data, session))),
        };
        self.line.clear();
        serde_json::to_writer(&mut self.line, &object)?;
        self.line.push(b'\n');
        output::print_json(str::from_utf8(&self.line)?)?;
        (self.missed, self.skipped) = (missed, skipped);
        self.printed = Some(frame);
        Ok(self.schedule.printed(now))
    }

    fn max_wait(&self, now: Instant) -> Duration {
        self.schedule.time_left(now)
    }
}

/// Compares bytes, because NaN does not equal itself.
fn has_same_bytes<T: Page>(
    a: &acevo_shared_memory::View<'static, T>,
    b: &acevo_shared_memory::View<'static, T>,
) -> bool {
    a.raw().as_bytes() == b.raw().as_bytes()
}
