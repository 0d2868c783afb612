//! Keeps the computer awake while a car is driven: a steering wheel is no input to the system.
//!
//! On Linux `systemd-inhibit` does it. It runs for as long as its standard input is open, so that nothing is left behind if this
//! program is killed. Without systemd, and on other systems, nothing is done.

use std::process::{Child, Command, Stdio};
use std::thread;

/// Holds the computer awake, while it is wanted.
#[derive(Debug)]
pub(crate) struct Awake {
    command: fn() -> Command,
    holder: Option<Child>,
    /// It could not be started: nobody tries again.
    is_unavailable: bool,
}

impl Default for Awake {
    fn default() -> Self {
        Self { command: inhibitor, holder: None, is_unavailable: !cfg!(target_os = "linux") }
    }
}

impl Awake {
    /// Begins or ends to hold the computer awake. Does nothing if that is so already.
    pub(crate) fn keep(&mut self, is_wanted: bool) {
        if !is_wanted {
            return self.release();
        }
        if let Some(holder) = &mut self.holder {
            // One that ends by itself is not allowed to hold the computer awake.
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
            // Only so that nothing is left of it in the system's table.
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
    fn one_holder_runs_while_it_is_wanted() {
        let mut awake = with(|| Command::new("cat"));
        awake.keep(false);
        assert!(awake.holder.is_none());
        awake.keep(true);
        let id = awake.holder.as_ref().map(Child::id);
        assert!(id.is_some());
        awake.keep(true);
        assert_eq!(awake.holder.as_ref().map(Child::id), id);
        assert!(awake.holder.as_mut().unwrap().try_wait().unwrap().is_none(), "its input is open");
        // It ends when its input is closed.
        let mut holder = awake.holder.take().unwrap();
        drop(holder.stdin.take());
        assert!(holder.wait().unwrap().success());
        awake.keep(true);
        awake.keep(false);
        assert!(awake.holder.is_none());
    }

    #[test]
    fn a_system_that_cannot_is_asked_once() {
        let mut awake = with(|| Command::new("/nowhere/no-such-program"));
        awake.keep(true);
        assert!(awake.is_unavailable && awake.holder.is_none());
    }

    #[test]
    fn sleep_and_idleness_are_inhibited() {
        let command = inhibitor();
        assert_eq!(command.get_program(), "systemd-inhibit");
        assert!(command.get_args().any(|argument| argument == "--what=idle:sleep"));
    }
}
