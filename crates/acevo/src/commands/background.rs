//! What `acevo status` and `acevo quit` have in common: they ask the running `acevo run`.

use anyhow::Context;

use crate::instance::InstanceInfo;

/// Exit code if no background program runs, as of `systemctl status`.
pub(super) const NOT_RUNNING: u8 = 3;

/// The port and the address of the server of the running program.
///
/// # Errors
/// If its server does not run, with the reason.
pub(super) fn server_of(info: &InstanceInfo) -> anyhow::Result<(u16, String)> {
    info.port.zip(info.address()).with_context(|| {
        format!(
            "`acevo run` (process {}) has no web server now, and tries to start it again: {}",
            info.pid,
            info.problem.as_deref().unwrap_or("it is starting")
        )
    })
}

/// The error if the server does not answer.
pub(super) fn no_answer(info: &InstanceInfo, address: &str) -> String {
    format!("`acevo run` (process {}) does not answer at {address}", info.pid)
}
