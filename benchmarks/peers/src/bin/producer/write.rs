//! The three rhythms in which pages are written.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_peers::clock;
use acevo_peers::measure::RATE;
use acevo_peers::page::{Pattern, bytes_of, graphics};
use acevo_shared_memory::{PageKind, Publisher};
use anyhow::{Result, bail};

/// Frames a second.
const FRAMES: u32 = 60;

/// Later than this a packet is late.
const LATE: Duration = Duration::from_micros(100);

/// What was written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) packets: u64,
    pub(crate) late: u64,
}

/// Writes in the named rhythm until `stop` is set. Calls `started` when all pages exist.
pub(crate) fn pages(
    rhythm: &str,
    publisher: &mut Publisher,
    stop: &AtomicBool,
    started: impl FnOnce() -> Result<()>,
) -> Result<Written> {
    publisher.publish_graphics(&graphics(1))?;
    let pattern = if rhythm == "steady" { Pattern::stamped() } else { Pattern::plain() };
    physics(publisher, &pattern, 1)?;
    started()?;
    let go_on = || !stop.load(Ordering::Relaxed);
    match rhythm {
        "hammer" => hammer(publisher, &pattern, go_on),
        "steady" => steady(publisher, &pattern, go_on),
        "still" => still(go_on),
        _ => bail!("{rhythm}: hammer, steady or still"),
    }
}

fn physics(publisher: &mut Publisher, pattern: &Pattern, id: u32) -> Result<()> {
    let words = pattern.words(id, clock::now());
    Ok(publisher.publish_bytes(PageKind::Physics, &bytes_of(&words))?)
}

/// A page about every microsecond.
fn hammer(publisher: &mut Publisher, pattern: &Pattern, go_on: impl Fn() -> bool) -> Result<Written> {
    let mut id = 1;
    while go_on() {
        id += 1;
        publisher.publish_bytes(PageKind::Physics, &bytes_of(&pattern.words(id, 0)))?;
        wait_until(Instant::now() + Duration::from_micros(1));
    }
    Ok(Written { packets: u64::from(id), late: 0 })
}

/// A page as often as the game writes one, each at its own time, however late the one before was.
fn steady(publisher: &mut Publisher, pattern: &Pattern, go_on: impl Fn() -> bool) -> Result<Written> {
    let (period, frame) = (Duration::from_secs(1) / RATE, Duration::from_secs(1) / FRAMES);
    let start = Instant::now();
    let (mut id, mut frames, mut late) = (1, 1, 0);
    while go_on() {
        let due = start + period * id;
        wait_until(due);
        late += u64::from(due.elapsed() > LATE);
        id += 1;
        physics(publisher, pattern, id)?;
        if start.elapsed() >= frame * frames {
            frames += 1;
            publisher.publish_graphics(&graphics(frames.cast_signed()))?;
        }
    }
    Ok(Written { packets: u64::from(id), late })
}

/// The pages as they are.
fn still(go_on: impl Fn() -> bool) -> Result<Written> {
    while go_on() {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(Written { packets: 1, late: 0 })
}

/// Never sleeps: sleepers wake late, and make work for Wine's server, whose time is to be the readers' alone.
fn wait_until(due: Instant) {
    while Instant::now() < due {
        spin_loop();
    }
}
