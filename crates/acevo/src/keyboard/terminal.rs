//! A terminal mode that returns keys immediately. Unlike raw mode, it does not change line output, Ctrl-C and Ctrl-Z.

use std::io::{Stdin, stdin};
use std::sync::{Mutex, PoisonError};

use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr};

/// The mode of the terminal on the standard input.
#[derive(Debug, Default)]
pub(super) struct Mode(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    /// The mode was not changed.
    #[default]
    Untouched,
    /// Keys are returned immediately; holds the previous mode.
    Keys(Box<Termios>),
    /// The previous mode was restored.
    Over,
}

impl Mode {
    /// Changes the mode if necessary, and returns whether keys may be read. A background process must not touch the terminal,
    /// because the system would stop it.
    pub(super) fn enter(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let terminal = stdin();
        if !is_foreground(&terminal) || matches!(*state, State::Over) {
            return false;
        }
        if matches!(*state, State::Untouched) {
            let Ok(before) = tcgetattr(&terminal) else { return false };
            if tcsetattr(&terminal, OptionalActions::Now, &for_keys(before.clone())).is_err() {
                return false;
            }
            *state = State::Keys(Box::new(before));
        }
        true
    }

    /// Restores the previous mode. If a shell is in the foreground, it has done that already.
    pub(super) fn leave(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let terminal = stdin();
        if let State::Keys(before) = std::mem::replace(&mut *state, State::Over)
            && is_foreground(&terminal)
        {
            // Best effort: there is no way to report an error.
            let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
        }
    }
}

fn is_foreground(terminal: &Stdin) -> bool {
    tcgetpgrp(terminal).is_ok_and(|group| group == getpgrp())
}

/// A mode without line buffering and echo. Ctrl-\ is disabled, because it would end the program without restoring the mode.
fn for_keys(mut mode: Termios) -> Termios {
    mode.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
    mode.special_codes[SpecialCodeIndex::VMIN] = 1;
    mode.special_codes[SpecialCodeIndex::VTIME] = 0;
    mode.special_codes[SpecialCodeIndex::VQUIT] = 0;
    mode
}
