//! The live screen: a thread reads and counts packets, this one draws what it has seen last.

mod big;
mod draw;
mod panels;
mod units;
mod widgets;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::{DefaultTerminal, Frame};

use self::units::{Units, Written as _};
use crate::cockpit::{Cockpit, Window};
use crate::commands::Stop;
use crate::output;

/// About thirty pictures per second.
const DRAW_EVERY: Duration = Duration::from_millis(33);

/// Shows the screen until a key or a signal ends it. The terminal is restored whatever happens.
pub(crate) fn run(mut cockpit: Cockpit, stop: &Stop) -> anyhow::Result<()> {
    stop.insist();
    cockpit.follow(Instant::now());
    let window = Window::new(cockpit.see(Instant::now()));
    let done = AtomicBool::new(false);
    let mut terminal = ratatui::try_init().context("cannot draw on this terminal; try --lines")?;
    let result = thread::scope(|scope| {
        let reader = scope.spawn(|| window.run(cockpit, DRAW_EVERY, &done));
        let result = show(&mut terminal, &window, stop, || !reader.is_finished());
        done.store(true, Ordering::Relaxed);
        result
    });
    ratatui::try_restore().context("cannot restore the terminal")?;
    result
}

fn show(
    terminal: &mut DefaultTerminal,
    window: &Window,
    stop: &Stop,
    is_read: impl Fn() -> bool,
) -> anyhow::Result<()> {
    let mut units = Units::default();
    let colors = output::colors_wanted();
    while !stop.is_asked_for() {
        ensure!(is_read(), "the thread that reads the telemetry has failed");
        let latest = window.look();
        let picture = |frame: &mut Frame<'_>| {
            draw::draw(frame, &latest, units);
            if !colors {
                draw::discolor(frame.buffer_mut());
            }
        };
        terminal.draw(picture).context("cannot draw on the terminal")?;
        let drawn = Instant::now();
        while let Some(left) = DRAW_EVERY.checked_sub(drawn.elapsed()) {
            if !event::poll(left).context("cannot read the keyboard")? {
                break;
            }
            match event::read().context("cannot read the keyboard")? {
                Event::Key(key) if key.kind != KeyEventKind::Release => match action(key) {
                    Some(Action::Quit) => return Ok(()),
                    Some(Action::Units) => units = units.next(),
                    None => {}
                },
                Event::Resize(..) => break,
                _ => {}
            }
        }
    }
    Ok(())
}

/// What a key means.
#[derive(Debug, PartialEq, Eq)]
enum Action {
    Quit,
    Units,
}

fn action(key: KeyEvent) -> Option<Action> {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('q' | 'Q') | KeyCode::Esc => Some(Action::Quit),
        KeyCode::Char('c') if ctrl => Some(Action::Quit),
        KeyCode::Char('u' | 'U') => Some(Action::Units),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
