//! The log of a simulated game in real time, as a file that grows.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use acevo_files::open_append;
use acevo_simulator::{LogLine, Simulator};
use anyhow::Context;

use crate::cli::LogOutput;
use crate::output::{check_new, name_of};

/// Writes lines some time after they happened.
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    delay: Duration,
    waiting: VecDeque<LogLine>,
}

impl LogFile {
    /// Creates the file.
    pub(super) fn create(output: &LogOutput) -> anyhow::Result<Self> {
        let LogOutput { path, delay } = output.clone();
        check_new(&path)?;
        let file = open_append(&path).with_context(|| format!("cannot create {}", name_of(&path)))?;
        Ok(Self { path, file, delay, waiting: VecDeque::new() })
    }

    /// Writes the lines that are due.
    pub(super) fn follow(&mut self, simulator: &mut Simulator) -> anyhow::Result<()> {
        self.waiting.extend(simulator.take_log());
        let now = simulator.time();
        let delay = self.delay;
        let due = self.waiting.iter().take_while(|line| line.at.saturating_add(delay) <= now).count();
        self.write(due)
    }

    /// Writes all lines that are left, as a game does that ends.
    pub(super) fn finish(mut self, simulator: &mut Simulator) -> anyhow::Result<()> {
        self.waiting.extend(simulator.take_log());
        self.write(self.waiting.len())
    }

    /// Writes the first lines that wait.
    fn write(&mut self, count: usize) -> anyhow::Result<()> {
        if count == 0 {
            return Ok(());
        }
        let text: String = self.waiting.drain(..count).map(|line| line.text + "\n").collect();
        self.file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", name_of(&self.path)))
    }
}
