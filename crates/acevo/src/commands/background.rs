//! What the commands have in common that ask the running `acevo run`.

use anyhow::Context;
use serde_json::Value;

use crate::instance::InstanceInfo;
use crate::web::client::Client;

/// Exit code if no background program runs, as of `systemctl status`.
pub(super) const NOT_RUNNING: u8 = 3;

/// The state of the running program.
pub(super) struct RunStatus {
    /// The address of its page.
    pub(super) address: String,
    /// The document `/api/status` as text.
    pub(super) text: String,
    /// The same as JSON.
    pub(super) document: Value,
}

impl RunStatus {
    /// Asks the running program.
    ///
    /// # Errors
    /// If its server does not run or does not answer.
    pub(super) fn of(info: &InstanceInfo) -> anyhow::Result<Self> {
        let (port, address) = server_of(info)?;
        let cannot = || no_answer(info, &address);
        let text = Client::connect(port).and_then(|mut client| client.get("/api/status")).with_context(cannot)?;
        let document: Value = serde_json::from_str(&text).with_context(cannot)?;
        Ok(Self { address, text, document })
    }

    /// True if it shows a simulated car instead of the game.
    pub(super) fn is_demo(&self) -> bool {
        self.document["source"] == "demo"
    }

    /// The connection to the game in a sentence.
    pub(super) fn game(&self) -> String {
        let connection = self.document["connection"].as_str().unwrap_or_default();
        if self.is_demo() { format!("simulated (--demo): {connection}") } else { connection.to_owned() }
    }
}

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
