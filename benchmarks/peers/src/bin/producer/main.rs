//! The producer: publishes pages from which a reader can compute whether they are torn and how old they are.
//!
//! ```text
//! producer hammer|steady|still --order first|last --setting TEXT --seconds N
//! ```
//!
//! It ends after `--seconds`, or when its folder contains a file called `stop`. It prints a line as soon as the pages exist, and a
//! report at the end.

#![forbid(unsafe_code)]

mod write;

use std::io::{Write, stdout};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_peers::arguments::Arguments;
use acevo_peers::clock;
use acevo_peers::outcome::Produced;
use acevo_shared_memory::{CounterOrder, Publisher};
use anyhow::{Context, Result, bail};

/// A file of this name ends the producer.
const STOP: &str = "stop";

fn main() -> Result<()> {
    let arguments = Arguments::from_env();
    let order = match arguments.get::<String>("order")?.as_str() {
        "first" => CounterOrder::First,
        "last" => CounterOrder::Last,
        order => bail!("--order {order}: first or last"),
    };
    let limit = Duration::from_secs(arguments.get("seconds")?);
    let clock_step = clock::step();
    let mut publisher = Publisher::open().context("the pages")?.with_counter(order);
    publisher.publish_static(&acevo_peers::page::session())?;

    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let written = thread::scope(|scope| {
        // A separate thread checks for the file, because that takes longer than writing many packets.
        scope.spawn(|| {
            while !Path::new(STOP).exists() && start.elapsed() < limit && !stop.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(100));
            }
            stop.store(true, Ordering::Relaxed);
        });
        let written = write::pages(arguments.task()?, &mut publisher, &stop, || {
            writeln!(stdout(), "the pages exist").context("to stdout")
        });
        stop.store(true, Ordering::Relaxed);
        written
    })?;

    let produced = Produced {
        setting: arguments.get("setting")?,
        packets: written.packets,
        late: written.late,
        clock_step: clock_step.as_nanos() as u64,
        seconds: start.elapsed().as_secs_f64(),
    };
    let line = serde_json::to_string(&produced).context("the outcome as JSON")?;
    writeln!(stdout(), "{line}").context("the outcome to stdout")
}
