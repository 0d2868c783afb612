//! Metrics for Prometheus.

use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use acevo_telemetry::CarSample;

use super::background::Control;
use super::messages::Status;
use super::server::Server;
use super::state::State;
use crate::fleet::sampler;
use crate::format::text::clean;
use crate::process::ProcessUsage;
use crate::session::status::ConnectionStatus;

/// Content type of the format.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The metrics in the text format of Prometheus.
pub(super) fn metrics(server: &Server) -> String {
    let (state, counters) = (server.state(), &server.gate.counters);
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut page = Page::default();
    page.gauge(
        "acevo_attached",
        "Whether telemetry can be read.",
        u8::from(state.snapshot.connection == ConnectionStatus::Attached),
    );
    if !server.settings_at_start.rig.is_empty() {
        page.head("acevo_rig_info", "gauge", "Name of this rig; always 1.");
        page.value("acevo_rig_info", &text_labels(&[("rig", &clean(&server.settings_at_start.rig))]), 1);
    }
    driving(&mut page, &state);
    if let Some(control) = &server.control {
        recording(&mut page, control);
    }
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
    page.gauge("acevo_web_connections", "Connections, including those with a WebSocket.", server.gate.slots.taken());
    page.counter("acevo_web_requests_total", "Requests, including refused ones.", count(&counters.requests));
    page.counters(
        "acevo_web_refused_total",
        "Refused requests and connections.",
        [
            ("reason", "guard", count(&counters.refused)),
            ("reason", "crowded", count(&counters.crowded)),
            ("reason", "silent", server.gate.slots.dropped()),
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

/// The state of the game, and the running lap. Values that are not known have no line.
fn driving(page: &mut Page, state: &State) {
    let snapshot = &state.snapshot;
    let status = Status::of(snapshot);
    page.head("acevo_state", "gauge", "The state of the connection and of the game; always 1.");
    let labels = [("connection", status.connection), ("game", status.status.unwrap_or_default())];
    page.value("acevo_state", &text_labels(&labels), 1);
    if snapshot.pages.is_some() {
        let text = |name: &'_ Option<String>| name.clone().unwrap_or_default();
        let names = [&status.driver, &status.car, &status.track, &status.configuration, &status.session].map(text);
        let [driver, car, track, configuration, session] = &names;
        let labels = [
            ("driver", driver.as_str()),
            ("car", car),
            ("track", track),
            ("configuration", configuration),
            ("session", session),
        ];
        page.head("acevo_session_info", "gauge", "Names of the session; always 1.");
        page.value("acevo_session_info", &text_labels(&labels), 1);
        page.gauge("acevo_session_number", "The running session, from 1, since acevo was started.", snapshot.session);
    }
    let seconds = |ms: u32| f64::from(ms) / 1000.0;
    let last = snapshot.laps.iter().rev().find_map(|lap| lap.time_ms);
    page.known("acevo_lap", "Number of the running lap.", snapshot.lap.as_ref().map(|lap| lap.number));
    page.known("acevo_last_lap_seconds", "Time of the last lap that has one, seconds.", last.map(seconds));
    page.known("acevo_best_lap_seconds", "Best lap time of the session, seconds.", snapshot.bests.time_ms.map(seconds));
    let fuel = snapshot.pages.as_ref().and_then(|pages| CarSample::of(pages).fuel_l);
    page.known("acevo_fuel_litres", "Fuel in the tank, litres.", fuel);
    // Those that brokers and databases get, as they are at this moment.
    for (channel, value) in snapshot.pages.iter().flat_map(|pages| sampler::known(pages, &snapshot.axes)) {
        let unit = Some(channel.unit().symbol()).filter(|unit| !unit.is_empty());
        let help = format!("{}{}.", channel.title(), unit.map(|unit| format!(", {unit}")).unwrap_or_default());
        page.gauge(&format!("acevo_live_{}", channel.id()), &help, value);
    }
}

/// The recording task of the background program.
fn recording(page: &mut Page, control: &Control) {
    let state = control.recording();
    page.gauge("acevo_recording", "Whether a session is being recorded.", u8::from(state.file.is_some()));
    page.gauge("acevo_recording_enabled", "Whether sessions are recorded.", u8::from(state.on));
    page.gauge("acevo_recording_bytes", "Bytes of the running recording.", state.bytes);
    page.gauge("acevo_recording_problem", "Whether recording has a problem now.", u8::from(state.problem.is_some()));
    page.counter("acevo_recordings_total", "Recordings that were completed.", state.completed);
    page.counter("acevo_recording_lost_packets_total", "Packets that the recording lost.", state.lost);
    page.known("acevo_disk_free_bytes", "Free space on the disk of the recordings, bytes.", control.free_bytes());
}

/// Labels with any texts.
fn text_labels(labels: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    let labels: Vec<_> = labels.iter().map(|(name, text)| format!("{name}=\"{}\"", escaped(text))).collect();
    format!("{{{}}}", labels.join(","))
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

    /// A gauge without a line if its value is not known.
    fn known(&mut self, name: &str, help: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.gauge(name, help, value);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_labels_escape_quotes_backslashes_and_line_breaks() {
        let labels = text_labels(&[("car", "a\"b\\c\nd"), ("track", "Monza")]);
        assert_eq!(labels, "{car=\"a\\\"b\\\\c\\nd\",track=\"Monza\"}");
    }
}
