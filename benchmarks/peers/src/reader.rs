//! What every reader is asked to do, with one command line:
//!
//! ```text
//! READER TASK --setting TEXT --game PID --server PID --pid PID [--batches N | --seconds N | --packets N]
//! ```
//!
//! `--game` is the producer's process, `--server` Wine's, and `--pid` the reader's own, all as Linux counts them.

use std::hint::black_box;
use std::io::{Write, stdout};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::measure;
use crate::outcome::{Figures, Outcome, Row};
use crate::taken::Taken;

/// A library that reads the pages.
pub trait Reader {
    /// Reads whose time and allocations are worth to know.
    fn reads(&self) -> Vec<Read<'_>>;
    /// Ways to take the physics page as fast as possible.
    fn ways(&self) -> Vec<Way<'_>>;
    /// Ways to follow the game, as a program would do it.
    fn followers(&self) -> Vec<Way<'_>>;
}

/// A read whose cost is measured.
pub struct Read<'a> {
    pub(crate) way: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) times: Box<dyn FnMut(u64) + 'a>,
}

impl<'a> Read<'a> {
    /// `read` takes `pages`; what it returns is dropped within the time.
    pub fn new<T>(way: &'static str, pages: &'static str, mut read: impl FnMut() -> T + 'a) -> Self {
        let times = move |count| {
            for _ in 0..count {
                // Behind a reference: as a value it would be copied once more.
                black_box(&read());
            }
        };
        Self { way, pages, times: Box::new(times) }
    }
}

/// A way to take the physics page.
pub struct Way<'a> {
    pub(crate) name: &'static str,
    pub(crate) take: Box<dyn FnMut() -> Result<Taken> + 'a>,
}

impl<'a> Way<'a> {
    /// `take` gives a page each time, maybe after some waiting.
    pub fn new(name: &'static str, take: impl FnMut() -> Result<Taken> + 'a) -> Self {
        Self { name, take: Box::new(take) }
    }
}

/// Does what the command line asks for, and prints the outcome.
pub fn run(name: &str, reader: &impl Reader, arguments: &Arguments) -> Result<()> {
    let rows = match arguments.task()? {
        "cost" => cost(reader, arguments.get("batches")?),
        "allocations" => allocations(reader)?,
        "torn" => torn(reader, Duration::from_secs(arguments.get("seconds")?))?,
        "steady" => steady(reader, arguments.get("packets")?, [arguments.get("pid")?, arguments.get("server")?])?,
        task => bail!("no such task: {task}"),
    };
    let outcome = Outcome { reader: name.to_owned(), setting: arguments.get("setting")?, rows };
    let line = serde_json::to_string(&outcome).context("the outcome as JSON")?;
    writeln!(stdout(), "{line}").context("the outcome to stdout")
}

fn cost(reader: &impl Reader, batches: usize) -> Vec<Row> {
    let row = |mut read: Read<'_>| {
        let nanoseconds = measure::cost(&mut read.times, batches);
        Row { way: read.way.into(), figures: Figures::Cost { pages: read.pages.into(), nanoseconds } }
    };
    reader.reads().into_iter().map(row).collect()
}

#[cfg(feature = "allocations")]
fn allocations(reader: &impl Reader) -> Result<Vec<Row>> {
    const READS: u64 = 1000;
    let row = |mut read: Read<'_>| {
        let counted = allocation_counter::measure(|| (read.times)(READS));
        let [count, bytes] = [counted.count_total, counted.bytes_total].map(|total| total as f64 / READS as f64);
        Row { way: read.way.into(), figures: Figures::Allocations { pages: read.pages.into(), count, bytes } }
    };
    Ok(reader.reads().into_iter().map(row).collect())
}

#[cfg(not(feature = "allocations"))]
fn allocations(_: &impl Reader) -> Result<Vec<Row>> {
    bail!("this program counts no allocations: build it with --features allocations")
}

fn torn(reader: &impl Reader, time: Duration) -> Result<Vec<Row>> {
    let row = |mut way: Way<'_>| {
        let figures = measure::torn(&mut way.take, time).with_context(|| way.name.to_owned())?;
        Ok(Row { way: way.name.into(), figures })
    };
    reader.ways().into_iter().map(row).collect()
}

fn steady(reader: &impl Reader, packets: u32, processes: [u32; 2]) -> Result<Vec<Row>> {
    let row = |mut way: Way<'_>| {
        let figures = measure::steady(&mut way.take, packets, processes).with_context(|| way.name.to_owned())?;
        Ok(Row { way: way.name.into(), figures })
    };
    reader.followers().into_iter().map(row).collect()
}
