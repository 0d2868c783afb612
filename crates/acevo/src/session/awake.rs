//! Keeps the computer awake while a car is driven, because the system does not count a steering wheel as user input.
//!
//! On Linux this runs `systemd-inhibit`, which ends when its standard input is closed, also if this program is killed. Without
//! systemd, and on other systems, this does nothing.

use std::process::{Child, Command, Stdio};
use std::thread;

/// Keeps the computer awake on request.
#[derive(Debug)]
pub(crate) struct Awake {
    command: fn() -> Command,
    holder: Option<Child>,
    /// The command could not be started and is not tried again.
    is_unavailable: bool,
}

impl Default for Awake {
    fn default() -> Self {
        Self { command: inhibitor, holder: None, is_unavailable: !cfg!(target_os = "linux") }
    }
}

impl Awake {
    /// Starts or stops keeping the computer awake, if that is not the current state.
    pub(crate) fn keep(&mut self, is_wanted: bool) {
        if !is_wanted {
            return self.release();
        }
        if let Some(holder) = &mut self.holder {
            // A command that has ended had no permission to keep the computer awake.
            if matches!(holder.try_wait(), Ok(Some(_))) {
                (self.holder, self.is_unavailable) = (None, true);
            }
            return;
        }
        if self.is_unavailable {
            return;
        }
        let mut command = (self.command)();
        let started = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.is_unavailable = started.is_err();
        self.holder = started.ok();
    }

    fn release(&mut self) {
        if let Some(mut holder) = self.holder.take() {
            drop(holder.stdin.take());
            // Reaps the process.
            thread::spawn(move || holder.wait());
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.release();
    }
}

fn inhibitor() -> Command {
    let mut command = Command::new("systemd-inhibit");
    command.args(["--what=idle:sleep", "--who=acevo", "--why=A car is driven", "--mode=block", "cat"]);
    command
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn with(command: fn() -> Command) -> Awake {
        Awake { command, holder: None, is_unavailable: false }
    }

    #[test]
    fn keep_runs_one_holder_while_wanted() {
        let mut awake = with(|| Command::new("cat"));
        awake.keep(false);
        assert!(awake.holder.is_none());
        awake.keep(true);
        let id = awake.holder.as_ref().map(Child::id);
        assert!(id.is_some());
        awake.keep(true);
        assert_eq!(awake.holder.as_ref().map(Child::id), id);
        assert!(awake.holder.as_mut().unwrap().try_wait().unwrap().is_none(), "its input is open");
        // The holder ends when its input is closed.
        let mut holder = awake.holder.take().unwrap();
        drop(holder.stdin.take());
        assert!(holder.wait().unwrap().success());
        awake.keep(true);
        awake.keep(false);
        assert!(awake.holder.is_none());
    }

    #[test]
    fn keep_tries_an_unavailable_command_once() {
        let mut awake = with(|| Command::new("/no-such-directory/no-such-program"));
        awake.keep(true);
        assert!(awake.is_unavailable && awake.holder.is_none());
    }

    #[test]
    fn inhibitor_inhibits_idle_and_sleep() {
        let command = inhibitor();
        assert_eq!(command.get_program(), "systemd-inhibit");
        assert!(command.get_args().any(|argument| argument == "--what=idle:sleep"));
    }
}
