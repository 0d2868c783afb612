//! Processor time of a process, out of Linux' `/proc`, in nanoseconds. A Windows program under Wine is a process of Linux too,
//! and sees `/proc` on its drive Z; Windows' own question would be answered in steps of 10 ms.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Processor time that all threads of the process with this id (of Linux) have used.
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
