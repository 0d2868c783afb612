//! The three modes of writing pages.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_peers::clock;
use acevo_peers::measure::RATE;
use acevo_peers::page::{Pattern, bytes_of, graphics};
use acevo_shared_memory::{PageKind, Publisher};
use anyhow::{Result, bail};

/// Frames per second.
const FRAMES: u32 = 60;

/// Delay after which a packet counts as late.
const LATE: Duration = Duration::from_micros(100);

/// Numbers of packets written, and written late.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) packets: u64,
    pub(crate) late: u64,
}

/// Writes in a mode until `stop` is set. Calls `started` when all pages exist.
pub(crate) fn pages(
    mode: &str,
    publisher: &mut Publisher,
    stop: &AtomicBool,
    started: impl FnOnce() -> Result<()>,
) -> Result<Written> {
    publisher.publish_graphics(&graphics(1))?;
    let pattern = if mode == "steady" { Pattern::stamped() } else { Pattern::plain() };
    physics(publisher, &pattern, 1)?;
    started()?;
    let keep_going = || !stop.load(Ordering::Relaxed);
    match mode {
        "hammer" => hammer(publisher, &pattern, keep_going),
        "steady" => steady(publisher, &pattern, keep_going),
        "still" => still(keep_going),
        _ => bail!("{mode}: hammer, steady or still"),
    }
}

fn physics(publisher: &mut Publisher, pattern: &Pattern, id: u32) -> Result<()> {
    let words = pattern.words(id, clock::now());
    Ok(publisher.publish_bytes(PageKind::Physics, &bytes_of(&words))?)
}

/// Writes a page about every microsecond.
fn hammer(publisher: &mut Publisher, pattern: &Pattern, keep_going: impl Fn() -> bool) -> Result<Written> {
    let mut id = 1;
    while keep_going() {
        id += 1;
        publisher.publish_bytes(PageKind::Physics, &bytes_of(&pattern.words(id, 0)))?;
        wait_until(Instant::now() + Duration::from_micros(1));
    }
    Ok(Written { packets: u64::from(id), late: 0 })
}

/// Writes pages at the rate of the game. A late page does not delay the next ones.
fn steady(publisher: &mut Publisher, pattern: &Pattern, keep_going: impl Fn() -> bool) -> Result<Written> {
    let (period, frame) = (Duration::from_secs(1) / RATE, Duration::from_secs(1) / FRAMES);
    let start = Instant::now();
    let (mut id, mut frames, mut late) = (1, 1, 0);
    while keep_going() {
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

/// Keeps the pages unchanged.
fn still(keep_going: impl Fn() -> bool) -> Result<Written> {
    while keep_going() {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(Written { packets: 1, late: 0 })
}

/// Spins until a time. Sleeping would be imprecise, and would use processor time of Wine's server, which is measured for the readers.
fn wait_until(due: Instant) {
    while Instant::now() < due {
        spin_loop();
    }
}
