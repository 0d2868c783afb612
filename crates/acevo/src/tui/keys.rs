//! Keys for a command that has no screen: those of the terminal, the lines of a program that drives it, and a signal.

#[cfg(unix)]
mod terminal;

use std::io::{self, BufRead, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind};

/// Whether keys are still wanted is asked this often.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A letter, small; a space is one, too.
    Letter(char),
    /// Enter.
    Enter,
    /// The arrow to the left.
    Left,
    /// The arrow to the right.
    Right,
    /// No key: the signal SIGUSR1, which is sent from elsewhere.
    Signal,
}

/// Takes keys until it is dropped; then the terminal is as it was. Nothing ever waits for them.
#[derive(Debug)]
pub(crate) struct Keys {
    pressed: Receiver<Key>,
    signal: Arc<AtomicBool>,
    done: Arc<AtomicBool>,
    /// Somebody sits there.
    pub(crate) is_terminal: bool,
    #[cfg(unix)]
    mode: Arc<terminal::Mode>,
}

impl Keys {
    /// Listens to the terminal. Where the standard input is none and `lines` are wanted, each line counts as the key that it begins
    /// with, and an empty one as Enter.
    pub(crate) fn listen(lines: bool) -> anyhow::Result<Self> {
        let (sender, pressed) = channel();
        let done = Arc::new(AtomicBool::new(false));
        let keys = Self {
            pressed,
            signal: on_signal()?,
            done: Arc::clone(&done),
            is_terminal: io::stdin().is_terminal(),
            #[cfg(unix)]
            mode: Arc::default(),
        };
        // Nobody waits for these threads: a terminal that is gone may hold them for ever.
        if keys.is_terminal {
            #[cfg(unix)]
            let mode = Arc::clone(&keys.mode);
            #[cfg(unix)]
            thread::spawn(move || read_terminal(&sender, &done, || mode.enter()));
            #[cfg(not(unix))]
            thread::spawn(move || read_terminal(&sender, &done, || true));
        } else if lines {
            thread::spawn(move || read_lines(&sender));
        }
        Ok(keys)
    }

    /// The next one that was pressed.
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

/// Becomes true with SIGUSR1, which ends a program that does not listen to it. Other systems have no such signal.
fn on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let signal = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    anyhow::Context::context(
        signal_hook::flag::register(signal_hook::consts::SIGUSR1, Arc::clone(&signal)),
        "cannot listen for the signal SIGUSR1",
    )?;
    Ok(signal)
}

/// `may_read` tells whether the terminal is ours: keys that are typed at a shell in front are not.
fn read_terminal(keys: &Sender<Key>, done: &AtomicBool, may_read: impl Fn() -> bool) {
    while !done.load(Ordering::Relaxed) {
        if !may_read() {
            thread::sleep(ASK_EVERY);
            continue;
        }
        let event = match event::poll(ASK_EVERY) {
            Ok(false) => continue,
            Ok(true) => event::read(),
            Err(error) => Err(error),
        };
        // Without a keyboard it goes on, until a signal ends it.
        let Ok(event) = event else { return };
        if let Event::Key(pressed) = event
            && pressed.kind != KeyEventKind::Release
            && let Some(key) = known(pressed.code)
            && keys.send(key).is_err()
        {
            return;
        }
    }
}

fn known(code: KeyCode) -> Option<Key> {
    Some(match code {
        KeyCode::Char(letter) => Key::Letter(letter.to_ascii_lowercase()),
        KeyCode::Enter => Key::Enter,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        _ => return None,
    })
}

fn read_lines(keys: &Sender<Key>) {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let key = line.chars().next().map_or(Key::Enter, |letter| Key::Letter(letter.to_ascii_lowercase()));
        if keys.send(key).is_err() {
            return;
        }
    }
}
