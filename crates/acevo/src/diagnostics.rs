//! Diagnostics for `--verbose`: events of `tracing`, printed to stderr. Without `--verbose` no events are created.

use std::time::Instant;

use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use crate::output::DiagnosticsWriter;

/// Prints diagnostics to stderr from now on.
pub(crate) fn start() {
    let format = tracing_subscriber::fmt::format()
        .compact()
        .with_target(false)
        .with_ansi(false)
        .with_timer(Uptime(Instant::now()));
    let subscriber = tracing_subscriber::fmt().event_format(format).with_writer(|| DiagnosticsWriter);
    // It fails only if another subscriber is installed, which then prints the diagnostics.
    let _ = subscriber.with_max_level(tracing::Level::DEBUG).try_init();
}

/// Seconds since the program started.
struct Uptime(Instant);

impl FormatTime for Uptime {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        write!(writer, "{:9.3}s", self.0.elapsed().as_secs_f64())
    }
}
