//! One file per command.

mod channels;
mod cut;
mod diff;
mod doctor;
pub(crate) mod dump;
mod events;
mod export;
mod follow;
mod info;
mod laps;
mod once;
pub(crate) mod plot;
mod progress;
mod record;
mod repair;
mod replay;
mod serve;
mod simulate;
mod stats;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::args::{Acevo, Command};

/// Does what was asked for.
pub(crate) fn run(args: Acevo) -> anyhow::Result<ExitCode> {
    match args.command {
        None => watch::run(&args.watch),
        Some(Command::Watch(args)) => watch::run(&args),
        Some(Command::Dump(args)) => dump::run(&args),
        Some(Command::Channels(args)) => channels::run(&args),
        Some(Command::Diff(args)) => Ok(diff::run(&args)),
        Some(Command::Doctor(args)) => doctor::run(&args),
        Some(Command::Record(args)) => record::run(&args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Export(args)) => export::run(&args),
        Some(Command::Info(args)) => info::run(&args),
        Some(Command::Repair(args)) => repair::run(&args),
        Some(Command::Cut(args)) => cut::run(&args),
        Some(Command::Stats(args)) => stats::run(&args),
        Some(Command::Events(args)) => events::run(&args),
        Some(Command::Laps(args)) => laps::run(&args),
        Some(Command::Plot(args)) => plot::run(&args),
        Some(Command::Serve(args)) => serve::run(&args),
        Some(Command::Simulate(args)) => simulate::run(&args),
    }
}

/// A program that was asked to end and has not after this time is stuck.
const STUCK: Duration = Duration::from_secs(1);

/// Ctrl-C, or being asked to terminate: everything is put in order, then the program ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    fn on_signal() -> anyhow::Result<Self> {
        let stop = Self::default();
        let flag = Arc::clone(&stop.0);
        ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")?;
        Ok(stop)
    }

    /// Ends the program for good where it has been asked to end and does not. Whoever waits for the keys of a terminal that is gone
    /// waits for ever, on a busy processor.
    pub(crate) fn insist(&self) {
        let stop = self.clone();
        // Nobody waits for this thread: the program ends without it.
        thread::spawn(move || {
            while !stop.is_asked_for() {
                thread::sleep(STUCK);
            }
            thread::sleep(STUCK);
            std::process::exit(1);
        });
    }

    /// True once the program is to end.
    pub(crate) fn is_asked_for(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
