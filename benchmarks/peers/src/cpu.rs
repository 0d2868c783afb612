//! Processor time of a process in nanoseconds, from `/proc`. A Windows program under Wine is a process of Linux, too, and can read
//! `/proc` on its drive Z. The functions of Windows would return steps of 10 ms.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Processor time of all threads of a process; `pid` is its process id on Linux.
pub fn used(pid: u32) -> Result<Duration> {
    let drive = if cfg!(windows) { "Z:" } else { "" };
    let tasks = format!("{drive}/proc/{pid}/task");
    let mut nanoseconds = 0;
    for task in fs::read_dir(&tasks).with_context(|| tasks.clone())? {
        let path = task.with_context(|| tasks.clone())?.path().join("schedstat");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let on_cpu = text.split_ascii_whitespace().next().and_then(|number| number.parse::<u64>().ok());
        nanoseconds += on_cpu.with_context(|| format!("{}: {text:?}", path.display()))?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}
