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
    /// Listens for Ctrl-C and termination signals.
    ///
    /// # Errors
    /// If the handler cannot be installed.
    pub(crate) fn on_signal() -> anyhow::Result<Self> {
        let stop = Self::default();
        let flag = Arc::clone(&stop.0);
        ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")?;
        Ok(stop)
    }

    /// Ends the program by force if shutdown hangs, for example because the terminal has gone while its keys are read. `restore` brings
    /// the terminal back to its normal state before that.
    pub(crate) fn exit_if_stuck(&self, restore: impl FnOnce() + Send + 'static) {
        let stop = self.clone();
        // The thread is detached: the program ends without it.
        thread::spawn(move || {
            while !stop.is_requested() {
                thread::sleep(CHECK_INTERVAL);
            }
            thread::sleep(STUCK_AFTER);
            restore();
            std::process::exit(1);
        });
    }

    /// True once the program should end.
    pub(crate) fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
