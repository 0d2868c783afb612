//! The full-screen view: one thread follows the session, this one draws its latest snapshot.
//!
//! [`app`] is the state that the user controls, [`input`] changes it by keys, and [`view`] draws it. Drawing is a pure function of
//! the snapshot and the state.

mod app;
mod input;
mod theme;
mod units;
mod view;

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_telemetry::UnitSystem;
use anyhow::{Context, anyhow};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyEventKind};

use self::app::{App, ScrollExtent};
use self::input::Action;
use crate::output;
use crate::session::playback::handle::PlaybackHandle;
use crate::session::snapshot::{SnapshotCell, SnapshotSource};
use crate::settings::screen_state::ScreenState;
use crate::shutdown::Stop;

/// Interval of drawn frames: about 30 per second.
const FRAME_INTERVAL: Duration = Duration::from_millis(33);

/// Shows the screen until a key or a signal ends it. The terminal is always restored. The screen begins with the tab and the units that
/// were selected last, or with the units of the settings.
pub(crate) fn run(
    mut session: impl SnapshotSource,
    playback: Option<&PlaybackHandle>,
    units: UnitSystem,
    stop: &Stop,
) -> anyhow::Result<()> {
    stop.exit_if_stuck(ratatui::restore);
    let latest = SnapshotCell::new(session.snapshot_now());
    let done = AtomicBool::new(false);
    let remembered = ScreenState::load();
    let mut app = App::restored(&remembered, units);
    let mut terminal = ratatui::try_init().context("cannot draw on this terminal; try --lines")?;
    let has_panicked = watch_panics();
    let result = thread::scope(|scope| {
        let reader = scope.spawn(|| session.publish_to(&latest, FRAME_INTERVAL, &done));
        let result = draw_until_quit(&mut terminal, &mut app, &latest, playback, stop, &has_panicked);
        done.store(true, Ordering::Relaxed);
        playback.into_iter().for_each(PlaybackHandle::stop);
        // The panic hook has printed the reason.
        reader.join().map_err(|_| anyhow!("the thread that reads the telemetry has failed")).and(result)
    });
    app.state(units).save(&remembered);
    // After a panic it is restored already. Restoring it again would move the cursor over the panic message.
    if !has_panicked.load(Ordering::SeqCst) {
        ratatui::try_restore().context("cannot restore the terminal")?;
    }
    result
}

/// Returns a flag that is set by the first panic of any thread. The panic hook restores the terminal, so drawing has to end.
fn watch_panics() -> Arc<AtomicBool> {
    let has_panicked = Arc::new(AtomicBool::new(false));
    let (flag, hook) = (Arc::clone(&has_panicked), panic::take_hook());
    panic::set_hook(Box::new(move |info| {
        flag.store(true, Ordering::SeqCst);
        hook(info);
    }));
    has_panicked
}

fn draw_until_quit(
    terminal: &mut DefaultTerminal,
    app: &mut App,
    latest: &SnapshotCell,
    playback: Option<&PlaybackHandle>,
    stop: &Stop,
    has_panicked: &AtomicBool,
) -> anyhow::Result<()> {
    let colors = output::colors_wanted();
    while !stop.is_requested() && !has_panicked.load(Ordering::SeqCst) {
        let snapshot = latest.latest();
        let mut extent = ScrollExtent::default();
        let drawn = terminal.draw(|frame| {
            extent = view::draw(frame, &snapshot, app);
            view::remove_unsafe(frame.buffer_mut());
            if !colors {
                view::remove_colors(frame.buffer_mut());
            }
        });
        drawn.context("cannot draw on the terminal")?;
        app.set_extent(extent);
        let drawn_at = Instant::now();
        while let Some(left) = FRAME_INTERVAL.checked_sub(drawn_at.elapsed()) {
            if !event::poll(left).context("cannot read the keyboard")? {
                break;
            }
            let action = match event::read().context("cannot read the keyboard")? {
                Event::Key(key) if key.kind != KeyEventKind::Release => app.press(key),
                Event::Resize(..) => break,
                _ => Action::Continue,
            };
            match action {
                Action::Quit => return Ok(()),
                Action::Playback(key) => playback.into_iter().for_each(|playback| key.apply(playback)),
                Action::Continue => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
