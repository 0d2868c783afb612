//! `acevo quit`: ends the running background program, as the page does.

use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::background::{NOT_RUNNING, no_answer, server_of};
use crate::instance::{self, InstanceInfo};
use crate::output::say;
use crate::web::client::Client;

/// Time limit for the end: longer than `acevo run` takes at most, which ends by force if it is stuck.
const TIMEOUT: Duration = Duration::from_secs(25);

/// Time between two checks whether it has ended.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);

pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let Some(info) = instance::running()? else {
        say(format_args!("acevo: `acevo run` is not running"));
        return Ok(NOT_RUNNING.into());
    };
    ask(&info).with_context(|| format!("`acevo run` was not asked to end: {}", advice(info.pid)))?;
    wait_for_end(info.pid)?;
    say(format_args!("acevo: ended acevo run (process {})", info.pid));
    Ok(ExitCode::SUCCESS)
}

/// Asks the program to end. The connection is closed afterwards, because the program waits for its clients.
fn ask(info: &InstanceInfo) -> anyhow::Result<()> {
    let (port, address) = server_of(info)?;
    let request = serde_json::json!({"action": "quit"}).to_string();
    let answer = Client::connect(port).and_then(|mut client| client.post("/api/control", request));
    answer.with_context(|| no_answer(info, &address))?;
    Ok(())
}

/// Waits until the process does not hold the lock of the running program any more.
fn wait_for_end(pid: u32) -> anyhow::Result<()> {
    let end = Instant::now() + TIMEOUT;
    loop {
        let has_ended = instance::running().map(|now| now.is_none_or(|now| now.pid != pid));
        match has_ended {
            Ok(true) => return Ok(()),
            // On Windows a file that is removed at this moment cannot be read.
            Ok(false) | Err(_) if Instant::now() < end => thread::sleep(CHECK_INTERVAL),
            Ok(false) => {
                bail!("`acevo run` has not ended within {} s of the request: {}", TIMEOUT.as_secs(), advice(pid))
            }
            Err(error) => return Err(error),
        }
    }
}

/// How to end a process that cannot be asked.
fn advice(pid: u32) -> String {
    if cfg!(windows) {
        format!("end process {pid} in the task manager")
    } else {
        format!("end process {pid} with `kill {pid}`")
    }
}
