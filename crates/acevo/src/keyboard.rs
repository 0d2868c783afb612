//! Keys for commands without a screen: from the terminal, from lines on the standard input, or from a signal.

#[cfg(unix)]
mod terminal;

use std::io::{self, BufRead, IsTerminal, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind};

/// Interval in which the end of [`Keys`] is noticed.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Keys that wait to be handled. Lines wait in their pipe beyond that; keys of a terminal are dropped.
const MAX_WAITING: usize = 16;

/// Bytes of a line that are kept: a letter has no more.
const MAX_LETTER_BYTES: u64 = 4;

/// A pressed key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A letter in lower case, or a space.
    Letter(char),
    /// Enter.
    Enter,
    /// The left arrow.
    Left,
    /// The right arrow.
    Right,
    /// The signal SIGUSR1.
    Signal,
}

/// Reads keys until it is dropped, which restores the terminal. Never blocks.
#[derive(Debug)]
pub(crate) struct Keys {
    pressed: Receiver<Key>,
    signal: Arc<AtomicBool>,
    done: Arc<AtomicBool>,
    /// The standard input is a terminal.
    pub(crate) is_terminal: bool,
    #[cfg(unix)]
    mode: Arc<terminal::Mode>,
}

impl Keys {
    /// Reads keys from the terminal. If the standard input is not a terminal and `lines` is true, each line counts as the key that
    /// it begins with, and an empty line as Enter.
    pub(crate) fn listen(lines: bool) -> anyhow::Result<Self> {
        let (sender, pressed) = sync_channel(MAX_WAITING);
        let done = Arc::new(AtomicBool::new(false));
        let keys = Self {
            pressed,
            signal: on_signal()?,
            done: Arc::clone(&done),
            is_terminal: io::stdin().is_terminal(),
            #[cfg(unix)]
            mode: Arc::default(),
        };
        // The threads are detached, because reading from a terminal that has gone may block.
        if keys.is_terminal {
            #[cfg(unix)]
            let mode = Arc::clone(&keys.mode);
            #[cfg(unix)]
            thread::spawn(move || read_terminal(&sender, &done, || mode.enter()));
            #[cfg(not(unix))]
            thread::spawn(move || read_terminal(&sender, &done, || true));
        } else if lines {
            thread::spawn(move || read_lines(io::stdin().lock(), &sender));
        }
        Ok(keys)
    }

    /// The next pressed key, if there is one.
    pub(crate) fn next(&self) -> Option<Key> {
        if self.signal.swap(false, Ordering::Relaxed) {
            return Some(Key::Signal);
        }
        self.pressed.try_recv().ok()
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        #[cfg(unix)]
        self.mode.leave();
    }
}

/// A flag that is set by SIGUSR1. Other systems do not have this signal.
fn on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let signal = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    anyhow::Context::context(
        signal_hook::flag::register(signal_hook::consts::SIGUSR1, Arc::clone(&signal)),
        "cannot listen for the signal SIGUSR1",
    )?;
    Ok(signal)
}

/// Sends keys until `done`. `may_read` returns whether this program is in the foreground: keys for a shell are not read.
fn read_terminal(keys: &SyncSender<Key>, done: &AtomicBool, may_read: impl Fn() -> bool) {
    while !done.load(Ordering::Relaxed) {
        if !may_read() {
            thread::sleep(POLL_INTERVAL);
            continue;
        }
        let event = match event::poll(POLL_INTERVAL) {
            Ok(false) => continue,
            Ok(true) => event::read(),
            Err(error) => Err(error),
        };
        // The command continues without a keyboard.
        let Ok(event) = event else { return };
        if let Event::Key(pressed) = event
            && pressed.kind != KeyEventKind::Release
            && let Some(key) = key_of(pressed.code)
            && let Err(TrySendError::Disconnected(_)) = keys.try_send(key)
        {
            return;
        }
    }
}

fn key_of(code: KeyCode) -> Option<Key> {
    Some(match code {
        KeyCode::Char(letter) => Key::Letter(letter.to_ascii_lowercase()),
        KeyCode::Enter => Key::Enter,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        _ => return None,
    })
}

/// Sends the key that each line begins with. Waits while too many keys wait.
fn read_lines(mut input: impl BufRead, keys: &SyncSender<Key>) {
    while let Some(key) = read_line(&mut input) {
        if keys.send(key).is_err() {
            return;
        }
    }
}

/// Reads a line of any length without keeping it, and returns the key that it begins with. `None` at the end of the input.
fn read_line(input: &mut impl BufRead) -> Option<Key> {
    let mut start = Vec::new();
    input.by_ref().take(MAX_LETTER_BYTES).read_until(b'\n', &mut start).ok()?;
    if start.is_empty() {
        return None;
    }
    if start.last() != Some(&b'\n') {
        input.skip_until(b'\n').ok()?;
    }
    let start = String::from_utf8_lossy(&start);
    let letter = start.trim_end_matches(['\r', '\n']).chars().next();
    Some(letter.map_or(Key::Enter, |letter| Key::Letter(letter.to_ascii_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_line_returns_the_first_letter_of_each_line() {
        let long = [b"Long ".repeat(100_000), b"\n".to_vec()].concat();
        let input = ["s\n\nÄb\r\n\r\n".as_bytes(), &long, b"\xffx\nq"].concat();
        let mut input = &*input;
        let keys: Vec<_> = std::iter::from_fn(|| read_line(&mut input)).collect();
        let letter = Key::Letter;
        let expected = [letter('s'), Key::Enter, letter('Ä'), Key::Enter, letter('l'), letter('\u{fffd}'), letter('q')];
        assert_eq!(keys, expected);
    }

    #[test]
    fn read_lines_ends_with_its_receiver_and_waits_before_that() {
        let (sender, keys) = sync_channel(1);
        let endless = io::BufReader::new(io::repeat(b'\n'));
        let reader = thread::spawn(move || read_lines(endless, &sender));
        assert_eq!(keys.recv(), Ok(Key::Enter));
        drop(keys);
        reader.join().unwrap();
    }
}
