//! The results as text and JSON.

use std::fmt::Write as _;
use std::time::Duration;

use acevo_shared_memory::{Histogram, PageKind, PageStats};
use acevo_telemetry::Connection;
use serde::Serialize;

use crate::format::text::clean;
use crate::process::UsageOverTime;

/// The printed results. The help text of `stats` describes them.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    source: Option<String>,
    state: String,
    seconds: f64,
    attachments: u32,
    looks: u64,
    overslept: u64,
    physics: Page,
    graphics: Page,
    process: Process,
}

#[derive(Debug, Serialize)]
struct Page {
    written: u64,
    distinct: u64,
    missed: u64,
    skipped: u64,
    unsettled: u64,
    restarts: u64,
    rate_hz: Option<f64>,
    interval_ms: Option<Spread>,
    jitter_ms: Option<f64>,
    latency_ms: Option<Spread>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Spread {
    min: f64,
    median: f64,
    p99: f64,
    max: f64,
}

#[derive(Debug, Serialize)]
struct Process {
    cpu_percent: f64,
    memory_bytes: u64,
}

impl Report {
    pub(super) fn new(telemetry: &Connection, attachments: u32, time: Duration, usage: UsageOverTime) -> Self {
        let stats = telemetry.stats();
        Self {
            source: telemetry.mapper().map(|mapper| clean(&mapper.location(PageKind::Physics))),
            state: telemetry.state().to_string(),
            seconds: rounded(time.as_secs_f64()),
            attachments,
            looks: stats.polls,
            overslept: stats.overslept,
            physics: Page::of(&stats.physics),
            graphics: Page::of(&stats.graphics),
            process: Process { cpu_percent: rounded(usage.cpu_percent), memory_bytes: usage.memory },
        }
    }

    pub(super) fn as_text(&self) -> String {
        let source = self.source.as_deref().unwrap_or("a game that has ended");
        let mut text = format!("{:.1} s, now {}, from {source}\n\n", self.seconds, self.state);
        let _ = writeln!(text, "{:<18}{:>12}{:>12}", "", "physics", "graphics");
        let mut row = |name: &str, value: &dyn Fn(&Page) -> String, remark: &str| {
            let line = format!("{name:<18}{:>12}{:>12}   {remark}", value(&self.physics), value(&self.graphics));
            text.push_str(line.trim_end());
            text.push('\n');
        };
        let number = |value: Option<f64>, unit: &str| value.map_or("-".into(), |value| format!("{value:.2} {unit}"));
        let ms = |value: Option<f64>| number(value, "ms");
        row("written", &|page| page.written.to_string(), "by the page's counter");
        row("seen", &|page| page.distinct.to_string(), "distinct packets");
        row("missed", &|page| page.missed.to_string(), "overwritten before they were read");
        row("skipped", &|page| page.skipped.to_string(), "left out by the game around a pause");
        row("unsettled", &|page| page.unsettled.to_string(), "may mix two packets");
        row("restarts", &|page| page.restarts.to_string(), "the counter decreased");
        row("rate", &|page| number(page.rate_hz, "Hz"), "while packets arrive");
        row(
            "interval, median",
            &|page| ms(page.interval_ms.map(|spread| spread.median)),
            "between two packets, as read",
        );
        row("  99 %", &|page| ms(page.interval_ms.map(|spread| spread.p99)), "");
        row("  longest", &|page| ms(page.interval_ms.map(|spread| spread.max)), "");
        row("jitter", &|page| ms(page.jitter_ms), "99 % minus median");
        row(
            "latency, median",
            &|page| ms(page.latency_ms.map(|spread| spread.median)),
            "estimate: from written to read",
        );
        row("  99 %", &|page| ms(page.latency_ms.map(|spread| spread.p99)), "");
        row("  longest", &|page| ms(page.latency_ms.map(|spread| spread.max)), "");
        let Process { cpu_percent, memory_bytes } = self.process;
        let looks = self.looks as f64 / self.seconds;
        let _ = writeln!(
            text,
            "\n{looks:.0} polls per second, {cpu_percent:.1} % of a core, {:.1} MB",
            memory_bytes as f64 / 1e6
        );
        if self.overslept > 0 {
            let late = self.overslept;
            let _ = writeln!(
                text,
                "{late} sleeps took more than 1 ms too long: this computer is busy, which makes packets missed"
            );
        }
        if self.attachments > 1 {
            let _ = writeln!(text, "attached {} times", self.attachments);
        }
        text
    }
}

impl Page {
    fn of(stats: &PageStats) -> Self {
        Self {
            written: stats.written(),
            distinct: stats.distinct,
            missed: stats.missed,
            skipped: stats.skipped,
            unsettled: stats.unsettled,
            restarts: stats.restarts,
            rate_hz: stats.rate().map(rounded),
            interval_ms: Spread::of(&stats.interval),
            jitter_ms: stats.jitter().map(milliseconds),
            latency_ms: Spread::of(&stats.latency),
        }
    }
}

impl Spread {
    fn of(distribution: &Histogram) -> Option<Self> {
        Some(Self {
            min: milliseconds(distribution.min()?),
            median: milliseconds(distribution.percentile(0.5)?),
            p99: milliseconds(distribution.percentile(0.99)?),
            max: milliseconds(distribution.max()?),
        })
    }
}

fn milliseconds(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1e3)
}

fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
