//! Diagnostics: events of `tracing`. With `--verbose` they are printed to stderr. Commands that run in the background write them, and
//! all messages, to the log. Without either no events are created.

mod line;
mod log_file;
mod rotated;

use std::panic;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use acevo_files::UserFolder;
use acevo_settings::LogLevel;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber, error, info};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::{Context, Identity, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry, fmt, reload};

use self::line::log_line;
use self::log_file::{Limits, LogFile};
pub(crate) use self::rotated::{Follower, Tail, log_files, tail};
use crate::output::{DiagnosticsWriter, MESSAGE_TARGET, say};

/// Name of the log in its folder.
const LOG_NAME: &str = "acevo.log";

/// Time that the end of the program waits for the log. The disk may hang.
const MAX_FINISH: Duration = Duration::from_secs(1);

/// The log of this process.
static LOG: OnceLock<LogFile> = OnceLock::new();

/// The level of the log.
static LEVEL: OnceLock<reload::Handle<LevelFilter, Registry>> = OnceLock::new();

/// The log of a command that runs in the background.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogOptions {
    /// Name of the command.
    pub(crate) command: &'static str,
    /// The least important messages that are logged.
    pub(crate) level: LogLevel,
    /// Prints no warning if there can be no log.
    pub(crate) is_quiet: bool,
}

/// Path of the log. `None` without a home directory.
pub(crate) fn log_path() -> Option<PathBuf> {
    Some(UserFolder::State.path()?.join(LOG_NAME))
}

/// Prints diagnostics to stderr from now on.
pub(crate) fn start() {
    init(true, None::<Identity>);
}

/// Writes diagnostics and messages to the log from now on; with `is_verbose` it prints diagnostics to stderr, too. Never waits for the disk.
pub(crate) fn start_with_log(options: LogOptions, is_verbose: bool) {
    let log = if options.level == LogLevel::Off { None } else { start_log(options) };
    let Some(log) = log else {
        if is_verbose {
            start();
        }
        return;
    };
    // A process has one log. A second start keeps the first one.
    let log = LOG.get_or_init(|| log);
    let (filter, level) = reload::Layer::new(filter(options.level));
    let _ = LEVEL.set(level);
    init(is_verbose, Some(LogLayer { log, command: options.command }.with_filter(filter)));
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        error!("{panicked}");
        print(panicked);
    }));
    info!("acevo {} begins", env!("CARGO_PKG_VERSION"));
}

/// Changes the level of a log that was started.
pub(crate) fn set_log_level(level: LogLevel) {
    if let Some(handle) = LEVEL.get() {
        // It fails only if the subscriber has gone.
        let _ = handle.reload(filter(level));
    }
}

/// Waits a moment until everything is in the log. Called at the end of the program.
pub(crate) fn finish() {
    if let Some(log) = LOG.get() {
        info!("the program ends");
        log.flush(MAX_FINISH);
    }
}

fn start_log(options: LogOptions) -> Option<LogFile> {
    let warn = move |problem: &str| {
        if !options.is_quiet {
            say(format_args!("acevo: warning: {problem}"));
        }
    };
    let Some(path) = log_path() else {
        warn("nothing is logged: there is no home directory");
        return None;
    };
    match LogFile::start(path, Limits::default(), options.command, warn) {
        Ok(log) => Some(log),
        Err(error) => {
            warn(&format!("nothing is logged: the thread of the log cannot be started: {error}"));
            None
        }
    }
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

/// Installs the subscriber.
fn init(is_verbose: bool, log: Option<impl Layer<Registry> + Send + Sync>) {
    let format = fmt::format().compact().with_target(false).with_ansi(false).with_timer(Uptime(Instant::now()));
    // Messages are on stderr already.
    let is_event = LevelFilter::DEBUG.and(filter_fn(|metadata| metadata.target() != MESSAGE_TARGET));
    let stderr =
        is_verbose.then(|| fmt::layer().event_format(format).with_writer(|| DiagnosticsWriter).with_filter(is_event));
    // It fails only if another subscriber is installed, which then gets the diagnostics.
    let _ = Registry::default().with(log).with(stderr).try_init();
}

/// Writes events to the log.
#[derive(Debug)]
struct LogLayer {
    log: &'static LogFile,
    command: &'static str,
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.log.write(log_line(*event.metadata().level(), self.command, &line::text_of(event)));
    }
}

/// Seconds since the program started.
struct Uptime(Instant);

impl FormatTime for Uptime {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        write!(writer, "{:9.3}s", self.0.elapsed().as_secs_f64())
    }
}
