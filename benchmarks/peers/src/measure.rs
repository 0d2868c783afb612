//! The measurements.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::outcome::{Figures, Spread};
use crate::page::{Pattern, time};
use crate::taken::Taken;
use crate::tally::Tally;
use crate::{clock, cpu};

/// Length of a batch of reads: long for the clock, short for the system.
const BATCH: Duration = Duration::from_millis(1);

/// Physics packets a second, as the game is reported to write them.
pub const RATE: u32 = 333;

/// Nanoseconds of a read: the median of some batches.
pub(crate) fn cost(times: &mut dyn FnMut(u64), batches: usize) -> f64 {
    let mut time = |count| {
        let start = Instant::now();
        times(count);
        start.elapsed()
    };
    let mut count = 1;
    while time(count) < BATCH {
        count *= 2;
    }
    let mut each: Vec<f64> = (0..batches).map(|_| time(count).as_nanos() as f64 / count as f64).collect();
    each.sort_unstable_by(f64::total_cmp);
    each[each.len() / 2]
}

/// Takes pages as fast as possible from a producer that hammers.
pub(crate) fn torn(take: &mut dyn FnMut() -> Result<Taken>, time: Duration) -> Result<Figures> {
    let pattern = Pattern::plain();
    let mut tally = Tally::default();
    let start = Instant::now();
    while start.elapsed() < time {
        tally.add(&take()?, &pattern);
    }
    let Tally { reads, taken, torn, undetected, marked, .. } = tally;
    Ok(Figures::Torn { reads, taken, torn, undetected, marked })
}

/// Follows a steady producer while it writes this number of packets. The processes are the reader and Wine's server.
pub(crate) fn steady(take: &mut dyn FnMut() -> Result<Taken>, packets: u32, processes: [u32; 2]) -> Result<Figures> {
    let pattern = Pattern::stamped();
    let period = i64::from(1_000_000_000 / RATE);
    let mut tally = Tally::default();
    let (mut ages, mut delays) = (Vec::with_capacity(packets as usize), Vec::with_capacity(packets as usize));
    let first = take()?.id();
    let (mut last, mut seen) = (first, 0);
    let (before, start) = (processes.map(cpu::used), Instant::now());
    let patience = Duration::from_secs(10) + Duration::from_secs(2) * packets / RATE;
    while last.wrapping_sub(first) < packets {
        if start.elapsed() > patience {
            bail!("only {} packets of {packets} in {patience:?}", last.wrapping_sub(first));
        }
        let taken = take()?;
        let now = clock::now().cast_signed();
        // A torn page has a number that may be of another packet than its time.
        if tally.add(&taken, &pattern) && taken.id() != last {
            let age = now - time(&taken.words).cast_signed();
            let news = taken.id().wrapping_sub(last);
            ages.push(age);
            delays.extend((0..i64::from(news)).map(|before| age + before * period));
            (last, seen) = (taken.id(), seen + 1);
        }
    }
    let (elapsed, after) = (start.elapsed(), processes.map(cpu::used));
    let percent = |before: Result<Duration>, after: Result<Duration>| -> Result<f64> {
        Ok(100.0 * after?.saturating_sub(before?).as_secs_f64() / elapsed.as_secs_f64())
    };
    let ([own_before, server_before], [own_after, server_after]) = (before, after);
    Ok(Figures::Steady {
        written: u64::from(last.wrapping_sub(first)),
        seen,
        torn: tally.torn,
        undetected: tally.undetected,
        age: Spread::of(ages),
        delay: Spread::of(delays),
        cpu: percent(own_before, own_after)?,
        server: percent(server_before, server_after)?,
    })
}
