//! One round of an attack: a folder, random numbers, and checks of every run of the program.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use acevo_testkit::program::{Signal, acevo_at};
use fastrand::Rng;
use tempfile::TempDir;

use crate::figures::{Figures, Finding};
use crate::output::{Form, broken_rule};
use crate::process::{Limits, Outcome, Started};

/// Exit code of a Rust program that has panicked.
const PANIC_CODE: i32 = 101;

/// Memory in bytes beyond which a run is a finding, if the attack has no limit of its own.
const MAX_MEMORY: u64 = 400 << 20;

/// Open descriptors beyond which a run is a finding. `serve` has a limit of 128 connections.
const MAX_DESCRIPTORS: usize = 200;

/// A round: where it works, and what it has found.
#[derive(Debug)]
pub(crate) struct Lab {
    program: PathBuf,
    folder: TempDir,
    /// Seed of this round.
    pub(crate) seed: u64,
    /// Random numbers of this round.
    pub(crate) rng: Rng,
    /// True in the long form: more and larger inputs.
    pub(crate) is_long: bool,
    /// Figures of this round.
    pub(crate) figures: Figures,
    /// Broken promises of this round.
    pub(crate) broken: Vec<String>,
}

impl Lab {
    /// A round with this seed.
    pub(crate) fn new(program: &Path, attack: &'static str, seed: u64, is_long: bool) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("acevo-attack-").tempdir()?;
        for name in ["in", "out", "log", "data"] {
            fs::create_dir(folder.path().join(name))?;
        }
        let figures = Figures { attack, rounds: 1, ..Figures::default() };
        let rng = Rng::with_seed(seed);
        Ok(Self { program: program.to_owned(), folder, seed, rng, is_long, figures, broken: Vec::new() })
    }

    /// A path among the inputs.
    pub(crate) fn input(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join("in").join(name)
    }

    /// Folder for everything that the program writes; its working directory.
    pub(crate) fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// Removes everything that the program has written.
    pub(crate) fn clear_out(&self) -> anyhow::Result<()> {
        fs::remove_dir_all(self.out())?;
        Ok(fs::create_dir(self.out())?)
    }

    /// One of two numbers: for the short and for the long form.
    pub(crate) fn size(&self, short: usize, long: usize) -> usize {
        if self.is_long { long } else { short }
    }

    /// The program with these arguments.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = acevo_at(&self.program);
        let data = self.folder.path().join("data");
        command.args(arguments).current_dir(self.out());
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(name, &data);
        }
        command.env("ACEVO_LOG_LEVEL", "debug").env("NO_COLOR", "1");
        command
    }

    /// Starts the program.
    pub(crate) fn start(&self, command: &mut Command, limits: &Limits) -> anyhow::Result<Started> {
        let log = self.folder.path().join("log");
        let number = fs::read_dir(&log)?.count();
        let path = |name: &str| log.join(format!("{number:06}-{name}"));
        Ok(Started::new(command, path("stdout"), path("stderr"), limits)?)
    }

    /// Runs the program to its end, and checks how it ended and what it printed.
    pub(crate) fn run(&mut self, command: &mut Command, form: Form, limits: &Limits) -> anyhow::Result<Outcome> {
        let outcome = self.start(command, limits)?.wait(limits, &self.out())?;
        self.check(&outcome, form, MAX_MEMORY);
        Ok(outcome)
    }

    /// Ends a program with a signal, and checks how it ended and what it printed.
    pub(crate) fn stop(
        &mut self,
        started: Started,
        signal: Signal,
        form: Form,
        memory: u64,
    ) -> anyhow::Result<Outcome> {
        let outcome = started.stop(signal, &self.out())?;
        self.check(&outcome, form, memory);
        Ok(outcome)
    }

    /// Checks a run: no panic, no signal, a documented exit code, clean and valid output, memory and descriptors.
    pub(crate) fn check(&mut self, outcome: &Outcome, form: Form, memory: u64) {
        self.figures.add(outcome);
        let line = &outcome.line;
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        let mut broken = Vec::new();
        let is_panic = outcome.code == Some(PANIC_CODE) || stderr.contains("panicked at");
        let is_abort = outcome.killed.is_none() && outcome.signal.is_some();
        if is_panic || is_abort {
            self.figures.panics += 1;
            let end: String = stderr.chars().take(400).collect();
            broken.push(format!("panic or abort, code {:?}, signal {:?}: {end:?}", outcome.code, outcome.signal));
        }
        if let Some(reason) = outcome.killed {
            broken.push(format!("{reason} after {:.1} s", outcome.took.as_secs_f64()));
        }
        if outcome.code.is_some_and(|code| !(0..=2).contains(&code) && code != PANIC_CODE) {
            broken.push(format!("exit code {:?}", outcome.code));
        }
        broken.extend(broken_rule(&outcome.stdout, form, outcome.code == Some(0)));
        broken.extend(broken_rule(&outcome.stderr, Form::Text, false).map(|rule| format!("stderr: {rule}")));
        if outcome.usage.memory > memory {
            broken.push(format!("{:.0} MB of memory", outcome.usage.memory as f64 / 1e6));
        }
        if outcome.usage.descriptors > MAX_DESCRIPTORS {
            broken.push(format!("{} open descriptors", outcome.usage.descriptors));
        }
        for what in broken {
            self.report(format!("{line}: {what}"));
        }
    }

    /// Reports a broken promise.
    pub(crate) fn report(&mut self, what: impl Into<String>) {
        self.figures.failures += 1;
        self.broken.push(what.into());
    }

    /// Reports a broken promise if the condition is false.
    pub(crate) fn expect(&mut self, is_kept: bool, what: impl FnOnce() -> String) {
        if !is_kept {
            self.report(what());
        }
    }

    /// Notes that a part is left out, and why.
    pub(crate) fn leave_out(&mut self, reason: &str) {
        self.figures.left_out.push(format!("{}: {reason}", self.figures.attack));
    }

    /// Ends the round: its figures and findings. The folder is kept only if there are findings.
    pub(crate) fn finish(self, findings: &Path) -> (Figures, Vec<Finding>) {
        let (attack, seed) = (self.figures.attack, self.seed);
        if self.broken.is_empty() {
            return (self.figures, Vec::new());
        }
        let folder = keep(self.folder, &findings.join(format!("{attack}-{seed}")));
        let _ = fs::write(folder.join("findings.txt"), self.broken.join("\n") + "\n");
        let found = |what| Finding { attack, seed, what, folder: folder.clone() };
        (self.figures, self.broken.into_iter().map(found).collect())
    }
}

/// Moves the folder of a round among the findings. It stays where it is if that is on another disk.
fn keep(folder: TempDir, target: &Path) -> PathBuf {
    let folder = folder.keep();
    let is_moved = target.parent().is_some_and(|parent| fs::create_dir_all(parent).is_ok());
    if is_moved && fs::rename(&folder, target).is_ok() { target.to_owned() } else { folder }
}
