//! Processor time and memory that this program uses.

use std::time::Duration;

use anyhow::Context;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

/// Gives this thread less processor time than others, if the system is busy and can do that.
pub(crate) fn run_thread_in_background() {
    // On Linux the id 0, which is meant here, is that of the thread. Without it, the thread runs as all others do.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 10);
}

/// Processor time and memory of this process, at one instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProcessUsage {
    cpu: Duration,
    memory: u64,
}

/// Processor load and memory over some time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UsageOverTime {
    /// Processor load in percent of one core.
    pub(crate) cpu_percent: f64,
    /// Bytes in memory at the end of that time.
    pub(crate) memory: u64,
}

impl ProcessUsage {
    /// # Errors
    /// If the system does not report it.
    pub(crate) fn now() -> anyhow::Result<Self> {
        let kind = ProcessRefreshKind::nothing().with_cpu().with_memory();
        let mut system = System::new();
        let pid = sysinfo::get_current_pid().ok().context("the system does not report the id of this process")?;
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, kind);
        let process = system.process(pid).context("the system does not report the resource usage of this process")?;
        Ok(Self { cpu: Duration::from_millis(process.accumulated_cpu_time()), memory: process.memory() })
    }

    /// Seconds of processor time since the program started.
    pub(crate) const fn cpu_s(self) -> f64 {
        self.cpu.as_secs_f64()
    }

    /// Bytes in memory.
    pub(crate) const fn memory(self) -> u64 {
        self.memory
    }

    /// The usage since `before`, which was `time` ago.
    pub(crate) fn since(self, before: Self, time: Duration) -> UsageOverTime {
        let cpu = self.cpu.saturating_sub(before.cpu).as_secs_f64();
        UsageOverTime { cpu_percent: cpu / time.as_secs_f64().max(1e-3) * 100.0, memory: self.memory }
    }
}
