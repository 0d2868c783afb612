//! Metrics for Prometheus.

use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use super::server::Server;
use crate::process::ProcessUsage;
use crate::session::status::ConnectionStatus;

/// Content type of the format.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The metrics in the text format of Prometheus.
pub(super) fn metrics(server: &Server) -> String {
    let (state, counters) = (server.state(), &server.counters);
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut page = Page::default();
    page.gauge(
        "acevo_attached",
        "Whether telemetry can be read.",
        u8::from(state.snapshot.connection == ConnectionStatus::Attached),
    );
    let [(physics, physics_missed), (graphics, graphics_missed)] = state.packets;
    let pages = |physics: u64, graphics: u64| [("page", "physics", physics), ("page", "graphics", graphics)];
    page.counters(
        "acevo_packets_total",
        "Packets written by the game since acevo attached to it.",
        pages(physics, graphics),
    );
    page.counters(
        "acevo_packets_missed_total",
        "Packets that were not read before the next one replaced them.",
        pages(physics_missed, graphics_missed),
    );
    let health = &state.snapshot.health;
    page.counter(
        "acevo_packets_skipped_total",
        "Steps of the physics counter that the game left out around pauses, or counted with empty pages. They are not missed.",
        health.physics_skipped,
    );
    page.counter("acevo_packets_unsettled_total", "Packets that may mix two writes of the game.", health.unsettled);
    page.head("acevo_packet_rate_hertz", "gauge", "Packets per second in the last second.");
    for (name, rate) in [("physics", health.physics_rate), ("graphics", health.graphics_rate)] {
        page.value("acevo_packet_rate_hertz", &format!("{{page=\"{name}\"}}"), rate.unwrap_or(0.0));
    }
    page.counter("acevo_laps_total", "Laps that have ended, including interrupted ones.", state.laps_ended);
    page.counter("acevo_events_total", "Session events.", state.event_count);
    page.gauge("acevo_web_clients", "Clients with a WebSocket.", count(&counters.clients));
    page.gauge("acevo_web_connections", "Connections, including those with a WebSocket.", server.slots.taken());
    page.counter("acevo_web_requests_total", "Requests, including refused ones.", count(&counters.requests));
    page.counters(
        "acevo_web_refused_total",
        "Refused requests and connections.",
        [
            ("reason", "guard", count(&counters.refused)),
            ("reason", "crowded", count(&counters.crowded)),
            ("reason", "silent", server.slots.dropped()),
        ],
    );
    page.counter("acevo_web_frames_total", "Frames sent.", count(&counters.frames));
    page.counter(
        "acevo_web_frames_skipped_total",
        "Frames skipped because clients were too slow.",
        count(&counters.skipped),
    );
    page.counter("acevo_web_sent_bytes_total", "Bytes of messages sent.", count(&counters.bytes));
    page.gauge("acevo_uptime_seconds", "Seconds since the server started.", state.at_s);
    if let Ok(used) = ProcessUsage::now() {
        page.counter("process_cpu_seconds_total", "Processor time, seconds.", used.cpu_s());
        page.gauge("process_resident_memory_bytes", "Resident memory, bytes.", used.memory());
    }
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, "gauge", help);
        self.value(name, "", value);
    }

    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, "counter", help);
        self.value(name, "", value);
    }

    /// A counter for each value of a label.
    fn counters<const N: usize>(&mut self, name: &str, help: &str, values: [(&str, &str, u64); N]) {
        self.head(name, "counter", help);
        for (label, of, value) in values {
            self.value(name, &format!("{{{label}=\"{of}\"}}"), value);
        }
    }
}
