//! Shutdown on Ctrl-C and termination signals.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context;

/// Time between two checks whether the program was asked to end.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Time after which a program that was asked to end counts as stuck: longer than personal bests wait for the lock of their file.
const STUCK_AFTER: Duration = Duration::from_secs(4);

/// A request to end the program, set by Ctrl-C or a termination signal. Commands poll it and clean up before they return.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens for Ctrl-C and termination signals. A hang-up that the program that started this one ignores, as `nohup` does, stays
    /// ignored.
    ///
    /// # Errors
    /// If the handler cannot be installed.
    pub(crate) fn on_signal() -> anyhow::Result<Self> {
        let stop = Self::default();
        listen(&stop.0).context("cannot listen for Ctrl-C")?;
        Ok(stop)
    }

    /// Ends the program by force if shutdown hangs, for example because the terminal has gone while its keys are read. `restore` brings
    /// the terminal back to its normal state before that.
    pub(crate) fn exit_if_stuck(&self, restore: impl FnOnce() + Send + 'static) {
        self.exit_if_stuck_for(STUCK_AFTER, restore);
    }

    /// As [`exit_if_stuck`](Self::exit_if_stuck), after this time.
    pub(crate) fn exit_if_stuck_for(&self, time: Duration, restore: impl FnOnce() + Send + 'static) {
        let stop = self.clone();
        // The thread is detached: the program ends without it.
        thread::spawn(move || {
            while !stop.is_requested() {
                thread::sleep(CHECK_INTERVAL);
            }
            thread::sleep(time);
            restore();
            std::process::exit(1);
        });
    }

    /// Requests the end of the program.
    pub(crate) fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once the program should end.
    pub(crate) fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
fn listen(requested: &Arc<AtomicBool>) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let signals = [SIGINT, SIGTERM].into_iter().chain((!is_ignored(SIGHUP)).then_some(SIGHUP));
    for signal in signals {
        signal_hook::flag::register(signal, Arc::clone(requested))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn listen(requested: &Arc<AtomicBool>) -> Result<(), ctrlc::Error> {
    let flag = Arc::clone(requested);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
}

/// True if this process has inherited that a signal is ignored. Other systems than Linux do not show that without unsafe code.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignored_signals(&status) & (1 << (signal - 1)) != 0
}

/// The ignored signals in `/proc/self/status`: bit 0 is signal 1.
#[cfg(unix)]
fn ignored_signals(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// Turns the signal of a file that has reached its size limit (`ulimit -f`) into an error of the write, which is reported as any other.
/// Without a handler it would kill the program in the middle of a file.
pub(crate) fn report_file_size_limit() {
    #[cfg(unix)]
    {
        // Nothing reads the flag: it is enough that there is a handler. If there cannot be one, the signal kills the program as before.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_the_status() {
        let status = "Name:\tacevo\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000001001\nSigCgt:\t0000000180014002\n";
        assert_eq!(ignored_signals(status), 0x1001);
        assert_eq!(ignored_signals(""), 0);
        assert_eq!(ignored_signals("SigIgn:\tx"), 0);
    }
}
