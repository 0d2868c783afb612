//! What this program itself costs.

use std::time::Duration;

use anyhow::Context;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

/// Processor time and memory of this process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used {
    cpu: Duration,
    memory: u64,
}

/// What it has used over some time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// Of one core.
    pub(crate) cpu_percent: f64,
    /// Bytes in memory at the end.
    pub(crate) memory: u64,
}

impl Usage {
    /// # Errors
    /// Where the system does not tell.
    pub(crate) fn now() -> anyhow::Result<Used> {
        let kind = ProcessRefreshKind::nothing().with_cpu().with_memory();
        let mut system = System::new();
        let pid = sysinfo::get_current_pid().ok().context("the system does not tell which process this is")?;
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, kind);
        let process = system.process(pid).context("the system does not tell what this program costs")?;
        Ok(Used { cpu: Duration::from_millis(process.accumulated_cpu_time()), memory: process.memory() })
    }
}

impl Used {
    /// Seconds of processor time since the program began.
    pub(crate) const fn cpu_s(self) -> f64 {
        self.cpu.as_secs_f64()
    }

    /// Bytes in memory.
    pub(crate) const fn memory(self) -> u64 {
        self.memory
    }

    /// From `before` to now, over `time`.
    pub(crate) fn since(self, before: Self, time: Duration) -> Usage {
        let cpu = self.cpu.saturating_sub(before.cpu).as_secs_f64();
        Usage { cpu_percent: cpu / time.as_secs_f64().max(1e-3) * 100.0, memory: self.memory }
    }
}
