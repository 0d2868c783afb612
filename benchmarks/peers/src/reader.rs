//! The measurements of a reader, and its command line:
//!
//! ```text
//! READER TASK --setting TEXT --game PID --server PID --pid PID [--batches N | --seconds N | --packets N]
//! ```
//!
//! `--game` is the process of the producer, `--server` that of Wine's server, and `--pid` the reader's own, all as process ids of Linux.

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
    /// Reads whose time and allocations are measured.
    fn reads(&self) -> Vec<Read<'_>>;
    /// Methods that take the physics page as fast as possible.
    fn methods(&self) -> Vec<Method<'_>>;
    /// Methods that follow the game, as a program does.
    fn followers(&self) -> Vec<Method<'_>>;
}

/// A read whose cost is measured.
pub struct Read<'a> {
    pub(crate) method: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) times: Box<dyn FnMut(u64) + 'a>,
}

impl<'a> Read<'a> {
    /// A read of these pages. The time includes dropping its result.
    pub fn new<T>(method: &'static str, pages: &'static str, mut read: impl FnMut() -> T + 'a) -> Self {
        let times = move |count| {
            for _ in 0..count {
                // By reference: a value would be copied again.
                black_box(&read());
            }
        };
        Self { method, pages, times: Box::new(times) }
    }
}

/// A method that takes the physics page.
pub struct Method<'a> {
    pub(crate) name: &'static str,
    pub(crate) take: Box<dyn FnMut() -> Result<Taken> + 'a>,
}

impl<'a> Method<'a> {
    /// `take` returns a page, possibly after waiting.
    pub fn new(name: &'static str, take: impl FnMut() -> Result<Taken> + 'a) -> Self {
        Self { name, take: Box::new(take) }
    }
}

/// Runs the task of the command line, and prints the outcome.
pub fn run(name: &str, reader: &impl Reader, arguments: &Arguments) -> Result<()> {
    let rows = match arguments.task()? {
        "cost" => cost(reader, arguments.get("batches")?),
        "allocations" => allocations(reader)?,
        "torn" => torn(reader, Duration::from_secs(arguments.get("seconds")?))?,
        "steady" => steady(reader.followers(), arguments)?,
        // The other readers run at the same time: each uses its best method only, which is its last one.
        "together" => steady(reader.followers().into_iter().next_back().into_iter().collect(), arguments)?,
        task => bail!("no such task: {task}"),
    };
    let outcome = Outcome { reader: name.to_owned(), setting: arguments.get("setting")?, rows };
    let line = serde_json::to_string(&outcome).context("the outcome as JSON")?;
    writeln!(stdout(), "{line}").context("the outcome to stdout")
}

fn cost(reader: &impl Reader, batches: usize) -> Vec<Row> {
    let row = |mut read: Read<'_>| {
        let nanoseconds = measure::cost(&mut read.times, batches);
        Row { method: read.method.into(), figures: Figures::Cost { pages: read.pages.into(), nanoseconds } }
    };
    reader.reads().into_iter().map(row).collect()
}

#[cfg(feature = "allocations")]
fn allocations(reader: &impl Reader) -> Result<Vec<Row>> {
    const READS: u64 = 1000;
    let row = |mut read: Read<'_>| {
        let counted = allocation_counter::measure(|| (read.times)(READS));
        let [count, bytes] = [counted.count_total, counted.bytes_total].map(|total| total as f64 / READS as f64);
        Row { method: read.method.into(), figures: Figures::Allocations { pages: read.pages.into(), count, bytes } }
    };
    Ok(reader.reads().into_iter().map(row).collect())
}

#[cfg(not(feature = "allocations"))]
fn allocations(_: &impl Reader) -> Result<Vec<Row>> {
    bail!("this program does not count allocations: build it with --features allocations")
}

fn torn(reader: &impl Reader, time: Duration) -> Result<Vec<Row>> {
    let row = |mut method: Method<'_>| {
        let figures = measure::torn(&mut method.take, time).with_context(|| method.name.to_owned())?;
        Ok(Row { method: method.name.into(), figures })
    };
    reader.methods().into_iter().map(row).collect()
}

fn steady(methods: Vec<Method<'_>>, arguments: &Arguments) -> Result<Vec<Row>> {
    let (packets, processes) = (arguments.get("packets")?, [arguments.get("pid")?, arguments.get("server")?]);
    let row = |mut method: Method<'_>| {
        let figures = measure::steady(&mut method.take, packets, processes).with_context(|| method.name.to_owned())?;
        Ok(Row { method: method.name.into(), figures })
    };
    methods.into_iter().map(row).collect()
}
