//! Figures of a run, as a table and as JSON.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::process::{Outcome, Usage};

/// A broken promise.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Name of the attack.
    pub attack: &'static str,
    /// Seed of the round: `--only ATTACK --seed SEED --rounds 1` repeats it.
    pub seed: u64,
    /// What is broken.
    pub what: String,
    /// Folder with the input.
    pub folder: PathBuf,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attack, seed, what, folder } = self;
        writeln!(f, "FINDING: {what}")?;
        write!(f, "    --only {attack} --seed {seed} --rounds 1; input in {}", folder.display())
    }
}

/// Figures of one attack.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figures {
    /// Name of the attack.
    pub attack: &'static str,
    /// Rounds.
    pub rounds: u64,
    /// Starts of the program.
    pub runs: u64,
    /// Hostile inputs: pages, files, requests, messages, kills.
    pub inputs: u64,
    /// Runs that ended with a panic or an abort.
    pub panics: u64,
    /// Broken promises, with the panics.
    pub failures: u64,
    /// Maximum resident memory of a run in bytes.
    pub memory: u64,
    /// Maximum number of open descriptors of a run.
    pub descriptors: usize,
    /// Duration of the longest run in seconds.
    pub longest_s: f64,
    /// Parts that this system does not permit, with the reason.
    pub left_out: Vec<String>,
}

impl Figures {
    /// Adds a run that has ended.
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        self.runs += 1;
        self.add_usage(&outcome.usage);
        self.longest_s = self.longest_s.max(outcome.took.as_secs_f64());
    }

    fn add_usage(&mut self, usage: &Usage) {
        self.memory = self.memory.max(usage.memory);
        self.descriptors = self.descriptors.max(usage.descriptors);
    }

    /// Adds the figures of a round.
    pub(crate) fn merge(&mut self, round: &Self) {
        self.rounds += round.rounds;
        self.runs += round.runs;
        self.inputs += round.inputs;
        self.panics += round.panics;
        self.failures += round.failures;
        self.memory = self.memory.max(round.memory);
        self.descriptors = self.descriptors.max(round.descriptors);
        self.longest_s = self.longest_s.max(round.longest_s);
        for reason in &round.left_out {
            if !self.left_out.contains(reason) {
                self.left_out.push(reason.clone());
            }
        }
    }
}

/// The result of a run of the suite.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Seed of the first round.
    pub seed: u64,
    /// Duration in seconds.
    pub seconds: f64,
    /// Figures by attack.
    pub attacks: Vec<Figures>,
    /// Broken promises.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn new(seed: u64, took: Duration, attacks: Vec<Figures>, findings: Vec<Finding>) -> Self {
        Self { seed, seconds: took.as_secs_f64(), attacks, findings }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = ["attack", "rounds", "runs", "inputs", "panics", "failures", "MB", "files", "longest"];
        let mut row = |cells: [String; 9]| {
            write!(f, "{:<11}", cells[0])?;
            cells[1..].iter().try_for_each(|cell| write!(f, " {cell:>9}"))?;
            writeln!(f)
        };
        row(names.map(str::to_owned))?;
        let mut total = Figures { attack: "all", ..Figures::default() };
        for figures in &self.attacks {
            total.merge(figures);
        }
        for it in self.attacks.iter().chain([&total]) {
            row([
                it.attack.to_owned(),
                it.rounds.to_string(),
                it.runs.to_string(),
                it.inputs.to_string(),
                it.panics.to_string(),
                it.failures.to_string(),
                format!("{:.1}", it.memory as f64 / 1e6),
                it.descriptors.to_string(),
                format!("{:.1} s", it.longest_s),
            ])?;
        }
        for reason in &total.left_out {
            writeln!(f, "LEFT OUT: {reason}")?;
        }
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        writeln!(f, "seed {}, {:.0} s, {} findings", self.seed, self.seconds, self.findings.len())
    }
}
