//! A terminal that gives keys as they are pressed. Unlike the raw mode of a screen, this leaves lines of output and Ctrl-C and Ctrl-Z
//! as they are.

use std::io::{Stdin, stdin};
use std::sync::{Mutex, PoisonError};

use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr};

/// The mode of the terminal on the standard input.
#[derive(Debug, Default)]
pub(super) struct Mode(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    /// As it was.
    #[default]
    Untouched,
    /// Ours; what it was is kept.
    Keys(Box<Termios>),
    /// Given back for good.
    Over,
}

impl Mode {
    /// Sees to it that keys come, and returns whether they may be read. A program in the background must not touch a terminal: it
    /// would be stopped.
    pub(super) fn enter(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let terminal = stdin();
        if !is_in_front(&terminal) || matches!(*state, State::Over) {
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

    /// Gives the terminal back as it was. Where a shell is in front, it has seen to that itself.
    pub(super) fn leave(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let terminal = stdin();
        if let State::Keys(before) = std::mem::replace(&mut *state, State::Over)
            && is_in_front(&terminal)
        {
            // Nobody can be told where that fails.
            let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
        }
    }
}

fn is_in_front(terminal: &Stdin) -> bool {
    tcgetpgrp(terminal).is_ok_and(|group| group == getpgrp())
}

/// Each key at once, and none of them shown. Ctrl-\ would end the program without giving the terminal back.
fn for_keys(mut mode: Termios) -> Termios {
    mode.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
    mode.special_codes[SpecialCodeIndex::VMIN] = 1;
    mode.special_codes[SpecialCodeIndex::VTIME] = 0;
    mode.special_codes[SpecialCodeIndex::VQUIT] = 0;
    mode
}
