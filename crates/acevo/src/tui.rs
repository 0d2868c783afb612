//! The live screen: one thread follows the telemetry, this one draws what was seen last.
//!
//! What is drawn ([`draw`]) is a pure function of what was seen and of what the user has chosen ([`ui`]): [`tabs`] put
//! [`panels`] together.

mod big;
mod draw;
mod help;
pub(crate) mod keys;
mod panels;
mod tabs;
mod theme;
mod ui;
mod units;
mod widgets;

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::{Frame as Pages, PhysicsView, SPageFilePhysics};
use anyhow::{Context, anyhow};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyEventKind};

use self::ui::{Extent, Then, Ui};
use self::units::Units;
use crate::output;
use crate::session::snapshot::{Cockpit, Seen, Window};
use crate::shutdown::Stop;

/// About thirty pictures per second.
const DRAW_EVERY: Duration = Duration::from_millis(33);

/// What is drawn from.
struct Now<'a> {
    seen: &'a Seen,
    pages: &'a Pages,
    units: Units,
}

impl<'a> Now<'a> {
    /// The physics page, if it describes the car now.
    fn physics(&self) -> Option<&'a PhysicsView<'static>> {
        self.pages.validity.is_current().then_some(&self.pages.physics)
    }

    /// A number of the physics page; NaN while the page does not describe the car, which is written as `-`.
    fn of_physics(&self, value: impl FnOnce(&SPageFilePhysics) -> f32) -> f32 {
        self.physics().map_or(f32::NAN, |page| value(page.raw()))
    }
}

/// Shows the screen until a key or a signal ends it. The terminal is restored whatever happens.
pub(crate) fn run(mut cockpit: Cockpit, stop: &Stop) -> anyhow::Result<()> {
    stop.exit_if_stuck();
    cockpit.follow(Instant::now());
    let window = Window::new(cockpit.see(Instant::now()));
    let done = AtomicBool::new(false);
    let mut terminal = ratatui::try_init().context("cannot draw on this terminal; try --lines")?;
    let has_failed = notice_panics();
    let result = thread::scope(|scope| {
        let reader = scope.spawn(|| window.run(cockpit, DRAW_EVERY, &done));
        let result = show(&mut terminal, &window, stop, &has_failed);
        done.store(true, Ordering::Relaxed);
        // What it has failed of is said already.
        reader.join().map_err(|_| anyhow!("the thread that reads the telemetry has failed")).and(result)
    });
    // After a panic it is restored already, and twice would put the cursor on what was said about it.
    if !has_failed.load(Ordering::SeqCst) {
        ratatui::try_restore().context("cannot restore the terminal")?;
    }
    result
}

/// True once anything has panicked: the terminal is restored before that is said, and nobody must draw any more.
fn notice_panics() -> Arc<AtomicBool> {
    let has_panicked = Arc::new(AtomicBool::new(false));
    let (noticed, hook) = (Arc::clone(&has_panicked), panic::take_hook());
    panic::set_hook(Box::new(move |info| {
        noticed.store(true, Ordering::SeqCst);
        hook(info);
    }));
    has_panicked
}

fn show(terminal: &mut DefaultTerminal, window: &Window, stop: &Stop, has_failed: &AtomicBool) -> anyhow::Result<()> {
    let mut ui = Ui::default();
    let colors = output::colors_wanted();
    while !stop.is_requested() && !has_failed.load(Ordering::SeqCst) {
        let latest = window.look();
        let mut extent = Extent::default();
        let drawn = terminal.draw(|frame| {
            extent = draw::draw(frame, &latest, &ui);
            if !colors {
                draw::discolor(frame.buffer_mut());
            }
        });
        drawn.context("cannot draw on the terminal")?;
        ui.note(extent);
        let drawn = Instant::now();
        while let Some(left) = DRAW_EVERY.checked_sub(drawn.elapsed()) {
            if !event::poll(left).context("cannot read the keyboard")? {
                break;
            }
            let then = match event::read().context("cannot read the keyboard")? {
                Event::Key(key) if key.kind != KeyEventKind::Release => ui.press(key),
                Event::Resize(..) => break,
                _ => Then::GoOn,
            };
            if then == Then::Quit {
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
