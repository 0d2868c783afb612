//! Rate of torn pages for each method of reading.
//!
//! Every field of a page is derived from its counter, so a mix is detected. The writer writes the counter first or last, because
//! it is unknown what the game does, and either as fast as it can or at a steady rate. At the steady rate the reader reads the page
//! as soon as it sees a new counter, which is when the writer is most likely to be at work.
//!
//! `cargo bench -p acevo-pages --features publish --bench torn` (about two minutes; needs two idle cores). A part of a
//! setting's name after `--` selects settings: `-- 'each µs'`.

#![allow(clippy::print_stdout)]

use std::hint::{black_box, spin_loop};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Page, PageKind, Source};

const WORDS: usize = 100;

/// A physics page that two threads share.
#[derive(Debug, Clone)]
struct Shared(Arc<[AtomicU64; WORDS]>);

impl Shared {
    fn new() -> Self {
        Self(Arc::new([const { AtomicU64::new(0) }; WORDS]))
    }

    fn load(&self) -> [u64; WORDS] {
        let words = self.0.each_ref().map(|word| word.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        words
    }

    /// Writes a page whose every word is its number. `pause` is a delay in the middle.
    fn write(&self, number: u32, counter_first: bool, pause: Duration) {
        let value = u64::from(number) << 32 | u64::from(number);
        let (counter, rest) = self.0.split_first().expect("a page has words");
        if counter_first {
            counter.store(value, Ordering::Relaxed);
        }
        for (index, word) in rest.iter().enumerate() {
            if index == WORDS / 2 {
                spin(pause);
            }
            word.store(value, Ordering::Relaxed);
        }
        if !counter_first {
            fence(Ordering::Release);
            counter.store(value, Ordering::Relaxed);
        }
    }
}

impl Source for Shared {
    fn copy(&self, _: PageKind, words: &mut [u64]) -> Result<(), Error> {
        words.iter_mut().zip(self.0.iter()).for_each(|(word, shared)| *word = shared.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        Ok(())
    }
    fn is_unchanged(&self, _: PageKind, words: &[u64]) -> Result<bool, Error> {
        let difference = words
            .iter()
            .zip(self.0.iter())
            .rev()
            .fold(0, |difference, (word, shared)| difference | (*word ^ shared.load(Ordering::Relaxed)));
        fence(Ordering::Acquire);
        Ok(difference == 0)
    }
    fn size(&self, page: PageKind) -> usize {
        page.size()
    }
    fn location(&self, _: PageKind) -> String {
        "a benchmark".into()
    }
}

fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        spin_loop();
    }
}

fn is_torn(words: &[u64; WORDS]) -> bool {
    words.iter().any(|word| *word != words[0])
}

/// A method of reading a page. Returns its words, and whether the reader claims that they belong to one packet.
type Read = fn(&Shared, &ACEvoSharedMemoryMapper) -> ([u64; WORDS], bool);

fn plain(shared: &Shared, _: &ACEvoSharedMemoryMapper) -> ([u64; WORDS], bool) {
    (shared.load(), true)
}

fn counter_compared(shared: &Shared, _: &ACEvoSharedMemoryMapper) -> ([u64; WORDS], bool) {
    let words = shared.load();
    (words, words[0] == shared.0[0].load(Ordering::Relaxed))
}

fn two_equal(shared: &Shared, _: &ACEvoSharedMemoryMapper) -> ([u64; WORDS], bool) {
    let mut words = shared.load();
    for _ in 0..5 {
        let second = shared.load();
        if words == second {
            return (words, true);
        }
        words = second;
    }
    (words, false)
}

fn acevo(_: &Shared, mapper: &ACEvoSharedMemoryMapper) -> ([u64; WORDS], bool) {
    let view = mapper.physics();
    let bytes = view.raw().as_bytes();
    let word = |at: usize| u64::from_le_bytes(bytes[at * 8..][..8].try_into().expect("eight bytes"));
    (std::array::from_fn(word), view.is_settled())
}

const READERS: [(&str, Read); 4] =
    [("plain copy", plain), ("counter compared", counter_compared), ("two equal copies", two_equal), ("acevo", acevo)];

#[derive(Default)]
struct Tally {
    taken: u64,
    torn: u64,
    torn_undetected: u64,
    marked: u64,
    last: Option<[u64; WORDS]>,
}

impl Tally {
    fn add(&mut self, (words, sure): ([u64; WORDS], bool)) {
        // A writer that the system suspends in the middle of a page leaves one torn page, even if it is read several times.
        if self.last.replace(words) == Some(words) {
            return;
        }
        self.taken += 1;
        self.torn += u64::from(is_torn(&words));
        self.torn_undetected += u64::from(sure && is_torn(&words));
        self.marked += u64::from(!sure);
    }
}

/// When the reader reads.
#[derive(Clone, Copy)]
enum ReadAt {
    /// As soon as the counter has changed.
    NewCounter,
    /// Every ten microseconds, regardless of the counter.
    Interval,
}

/// A writer that writes a page every `period`.
fn steady(read: Read, read_at: ReadAt, counter_first: bool, packets: u32, period: Duration, pause: Duration) -> Tally {
    let shared = Shared::new();
    let mapper = ACEvoSharedMemoryMapper::open_source(shared.clone()).expect("a page of the known size");
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let start = Instant::now();
            for number in 1..=packets {
                spin((start + period * number).saturating_duration_since(Instant::now()));
                shared.write(number, counter_first, pause);
            }
        });
        let mut tally = Tally::default();
        let mut last = 0;
        while !writer.is_finished() {
            match read_at {
                ReadAt::NewCounter => {
                    let now = shared.0[0].load(Ordering::Relaxed);
                    if now == last {
                        spin_loop();
                        continue;
                    }
                    last = now;
                }
                ReadAt::Interval => spin(Duration::from_micros(10)),
            }
            tally.add(read(&shared, &mapper));
        }
        tally
    })
}

/// A writer that writes a page every microsecond, and a reader that never rests.
fn hammer(read: Read, counter_first: bool, reads: u32) -> Tally {
    let shared = Shared::new();
    let mapper = ACEvoSharedMemoryMapper::open_source(shared.clone()).expect("a page of the known size");
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                number += 1;
                shared.write(number, counter_first, Duration::ZERO);
                spin(Duration::from_micros(1));
            }
        });
        let mut tally = Tally::default();
        for _ in 0..reads {
            tally.add(black_box(read(&shared, &mapper)));
        }
        stop.store(true, Ordering::Relaxed);
        tally
    })
}

fn row(setting: &str, way: &str, tally: &Tally) {
    let Tally { taken, torn, torn_undetected, marked, .. } = tally;
    println!("{setting:<60} {way:<17} {taken:>8} {torn:>8} {torn_undetected:>9} {marked:>8}");
}

fn main() {
    // `cargo test --benches` runs this, too, with a few packets.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let (packets, reads) = if quick { (20, 100) } else { (20_000, 200_000) };
    println!("{:<60} {:<17} {:>8} {:>8} {:>9} {:>8}", "writer", "reader", "pages", "torn", "undetect.", "marked");
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let row = |setting: String, way: &str, tally: &dyn Fn() -> Tally| {
        if setting.contains(&wanted) {
            row(&setting, way, &tally());
        }
    };
    for counter_first in [true, false] {
        let order = if counter_first { "counter first" } else { "counter last" };
        let period = Duration::from_micros(300);
        for (read_at, moment) in
            [(ReadAt::NewCounter, "read at a new counter"), (ReadAt::Interval, "read at intervals")]
        {
            for (pause, slow) in [(0, ""), (2, ", 2 µs stop")] {
                for (way, read) in READERS {
                    let setting = format!("each 300 µs, {order}{slow}, {moment}");
                    let pause = Duration::from_micros(pause);
                    row(setting, way, &|| steady(read, read_at, counter_first, packets, period, pause));
                }
            }
        }
        for (way, read) in READERS {
            row(format!("each µs, {order}"), way, &|| hammer(read, counter_first, reads));
        }
    }
}
