//! Missed packets, latency and CPU cost of waiting for packets, for each polling strategy.
//!
//! A producer process writes physics at 333 Hz and graphics at 60 or 240 Hz, with the time of writing in each page. The reader runs
//! in this process. Under load, two more processes keep both cores busy.
//!
//! `cargo bench -p acevo-pages --features publish --bench packets -- [--packets N] [part of a row's name]`

#![allow(clippy::print_stdout)]

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, Arrival, CounterOrder, FieldType, Histogram, Page, PageKind, PageStats, Polling, Publisher,
};
use cpu_time::ProcessTime;
use tempfile::TempDir;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Period of the game's physics.
const PERIOD: Duration = Duration::from_micros(3003);

/// How long before a deadline the producer wakes up from its sleep, because sleeps may take longer than requested. Under Wine the
/// producer never sleeps, because one server wakes both the producer and the reader, and both at the same time.
const WAKE_EARLY: Duration = if cfg!(windows) { Duration::MAX } else { Duration::from_micros(300) };

/// Name, polling strategy, and a sleep after each physics packet.
const STRATEGIES: [(&str, Polling, Duration); 9] = [
    ("adaptive (the default)", Polling::Adaptive, Duration::ZERO),
    ("low latency", Polling::LowLatency, Duration::ZERO),
    (
        "2.5 ms after a packet, then every 150 µs",
        Polling::Every(Duration::from_micros(150)),
        Duration::from_micros(2500),
    ),
    ("every 250 µs", Polling::Every(Duration::from_micros(250)), Duration::ZERO),
    ("every 500 µs", Polling::Every(Duration::from_micros(500)), Duration::ZERO),
    ("every 1 ms", Polling::Every(Duration::from_millis(1)), Duration::ZERO),
    ("every 2 ms", Polling::Every(Duration::from_millis(2)), Duration::ZERO),
    ("every 16 ms", Polling::Every(Duration::from_millis(16)), Duration::ZERO),
    ("spinning", Polling::Spin, Duration::ZERO),
];

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--produce", order, packets, frames, location] => produce(order, packets.parse()?, frames.parse()?, location),
        ["--burn"] => loop {
            std::hint::spin_loop();
        },
        _ => compare(&words),
    }
}

/// Fills a page with the counter, the time of writing, then copies of the counter, so that a mix of two packets is detected.
fn fill(page: PageKind, bytes: &mut [u8], id: u32) {
    bytes.as_chunks_mut().0.fill(id.to_le_bytes());
    for field in page.fields().iter().filter(|field| field.ty == FieldType::Bool) {
        bytes[field.offset..][..field.size()].fill((id % 2) as u8);
    }
    bytes[4..12].copy_from_slice(&now().to_le_bytes());
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
}

/// Sleeps, then spins until the deadline, to be as punctual as a game.
fn wait_until(deadline: Instant) {
    let early = deadline.saturating_duration_since(Instant::now());
    if let Some(time) = early.checked_sub(WAKE_EARLY) {
        sleep(time);
    }
    while Instant::now() < deadline {
        std::hint::spin_loop();
    }
}

fn produce(order: &str, packets: u32, frames_per_second: u32, location: &str) -> Result<()> {
    let order = if order == "first" { CounterOrder::First } else { CounterOrder::Last };
    let mut publisher = publisher(Path::new(location))?.with_counter(order);
    println!("ready");
    std::io::stdout().flush()?;
    // The reader signals that it is ready.
    std::io::stdin().read_line(&mut String::new())?;
    let mut page = [0; 4900];
    let frame = Duration::from_secs(1) / frames_per_second;
    let start = Instant::now();
    let (mut frames, mut close, mut before) = (0, 0, start);
    for id in 1..=packets {
        let due = start + PERIOD * id;
        while start + frame * (frames + 1) < due {
            frames += 1;
            wait_until(start + frame * frames);
            fill(PageKind::Graphics, &mut page, frames);
            publisher.publish_bytes(PageKind::Graphics, &page[..PageKind::Graphics.size()])?;
        }
        wait_until(due);
        let page = &mut page[..PageKind::Physics.size()];
        fill(PageKind::Physics, page, id);
        publisher.publish_bytes(PageKind::Physics, page)?;
        let now = Instant::now();
        close += u32::from(now - before < PERIOD / 2);
        before = now;
    }
    println!("{frames}\n{close}");
    // Wait until the reader has seen the last packet.
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

#[cfg(windows)]
fn publisher(_: &Path) -> Result<Publisher> {
    Ok(Publisher::open()?)
}

#[cfg(windows)]
fn mapper(_: &Path) -> Result<ACEvoSharedMemoryMapper> {
    Ok(ACEvoSharedMemoryMapper::open()?)
}

#[cfg(not(windows))]
fn publisher(location: &Path) -> Result<Publisher> {
    Ok(Publisher::directory(location)?)
}

#[cfg(not(windows))]
fn mapper(location: &Path) -> Result<ACEvoSharedMemoryMapper> {
    Ok(ACEvoSharedMemoryMapper::open_source(acevo_shared_memory::PageDirectory::open(location)?)?)
}

/// A child process, which is killed when this is dropped.
struct Process(Child);

impl Process {
    fn start(arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        Ok(Self(command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Counts of what was read of one page.
#[derive(Default)]
struct Tally {
    seen: u32,
    missed: u32,
    torn: u32,
    age: Histogram,
}

impl Tally {
    fn add<T: Page>(&mut self, arrival: &Arrival<T>) {
        let age = now();
        let bytes = arrival.view.raw().as_bytes();
        let word =
            |at: usize| bytes.get(at..at + 4).and_then(|word| word.first_chunk::<4>().copied()).unwrap_or_default();
        let bools = |at: usize| T::FIELDS.iter().any(|field| field.ty == FieldType::Bool && field.offset / 4 * 4 == at);
        let differs = |at: usize| word(at) != word(0) && !bools(at);
        self.torn += u32::from((12..bytes.len()).step_by(4).any(differs));
        self.seen += 1;
        self.missed += arrival.missed;
        let written = bytes[4..12].first_chunk().copied().map_or(0, u64::from_le_bytes);
        self.age.record(Duration::from_nanos(age.saturating_sub(written)));
    }
}

fn compare(words: &[&str]) -> Result<()> {
    let mut packets = if words.contains(&"--bench") { 6660 } else { 30 };
    let mut wanted = "";
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--packets" => packets = words.next().ok_or("--packets takes a number")?.parse()?,
            word if word.starts_with('-') => {}
            word => wanted = word,
        }
    }
    println!(
        "| {packets} packets | physics p50 | p99 | max µs | missed | torn | graphics p50 | p99 | max µs | missed | torn | polls/s | overslept | CPU | estimate p50 | p99 | close |"
    );
    println!("|---|{}", "---:|".repeat(16));
    for load in [false, true] {
        for frames in [60, 240] {
            for order in ["first", "last"] {
                for (strategy, polling, pause) in STRATEGIES {
                    let load_name = if load { ", both cores busy" } else { "" };
                    let name = format!("{strategy}{load_name}, counter {order}, graphics {frames} Hz");
                    if name.contains(wanted) {
                        println!("| {name} | {} |", run(polling, pause, order, packets, frames, load)?);
                    }
                }
            }
        }
    }
    Ok(())
}

fn run(polling: Polling, pause: Duration, order: &str, packets: u32, frames: u32, load: bool) -> Result<String> {
    let folder = folder()?;
    let numbers = [packets, frames].map(|number| number.to_string());
    let location = folder.path().to_string_lossy().into_owned();
    let mut producer = Process::start(&["--produce", order, &numbers[0], &numbers[1], &location])?;
    let mut replies = BufReader::new(producer.0.stdout.take().ok_or("no stdout")?).lines();
    replies.next().ok_or("the producer has failed")??;
    let burners = if load { vec![Process::start(&["--burn"])?, Process::start(&["--burn"])?] } else { vec![] };
    let mapper = mapper(folder.path())?;
    let mut read = mapper.packets().with_polling(polling);
    let mut go = producer.0.stdin.take().ok_or("no stdin")?;
    writeln!(go)?;

    let (start, cpu) = (Instant::now(), ProcessTime::now());
    let (mut physics, mut graphics) = (Tally::default(), Tally::default());
    while physics.seen + physics.missed < packets {
        let Some(packet) = read.wait(Duration::from_secs(5))? else { return Err("no packet arrives".into()) };
        packet.physics.iter().for_each(|arrival| physics.add(arrival));
        packet.graphics.iter().for_each(|arrival| graphics.add(arrival));
        if packet.physics.is_some() && !pause.is_zero() {
            sleep(pause);
        }
    }
    let (time, cpu) = (start.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());
    drop(burners);
    let written: u32 = replies.next().ok_or("the producer has failed")??.parse()?;
    let close = replies.next().ok_or("the producer has failed")??;
    let counted = graphics.seen + graphics.missed;
    if counted > written || written - counted > 1 {
        return Err(format!("{written} frames were written, {counted} were counted").into());
    }
    let micros = |time: Option<Duration>| time.map_or("-".into(), |time| format!("{:.0}", time.as_secs_f64() * 1e6));
    let row = |tally: &Tally| {
        let age = |share| micros(tally.age.percentile(share));
        format!("{} | {} | {} | {} | {}", age(0.5), age(0.99), micros(tally.age.max()), tally.missed, tally.torn)
    };
    let PageStats { latency, .. } = &read.stats().physics;
    Ok(format!(
        "{} | {} | {:.0} | {} | {:.1} % | {} | {} | {close}",
        row(&physics),
        row(&graphics),
        read.stats().polls as f64 / time,
        read.stats().overslept,
        cpu / time * 100.0,
        micros(latency.percentile(0.5)),
        micros(latency.percentile(0.99))
    ))
}

/// A new directory in memory. On Windows it is not used.
fn folder() -> Result<TempDir> {
    let parent = if cfg!(windows) { env::temp_dir() } else { PathBuf::from("/dev/shm") };
    Ok(tempfile::tempdir_in(parent)?)
}
