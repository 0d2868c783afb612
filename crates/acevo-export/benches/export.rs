//! Cost of exporting an hour of driving: `cargo bench -p acevo-export --bench export --all-features`.
//!
//! The simulator drives ten seconds at a time, then the exporter takes the frames. Only the exporter's processor time is counted, so
//! other work of the machine and waiting for the disk do not matter.
//!
//! `ACEVO_BENCH=csv` measures one kind, `ACEVO_BENCH_SECONDS=60` a shorter drive. With `ACEVO_BENCH_NOISE=1`
//! every number of the physics page changes in each step, more than in any game. The simulator leaves many unchanged.

#![allow(clippy::print_stdout)]

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use acevo_export::{
    About, Column, CsvExporter, CsvOptions, Exporter, JsonlExporter, MotecExporter, MotecNames, Precision, Row, Sampler,
};
use acevo_shared_memory::{Page, SPageFilePhysics};
use acevo_simulator::{Options, Scenario, Simulator};
use acevo_telemetry::{Axes, Frame, default_channels};
use cpu_time::ProcessTime;

const SECONDS: u64 = 3600;
const BATCH: usize = 3330;

/// Takes frames with their times.
type Take = Box<dyn FnMut(&[(Duration, Frame)])>;

/// An exporter under test and the time it has taken.
struct Contestant {
    name: &'static str,
    take: Take,
    finish: Box<dyn FnOnce()>,
    spent: Duration,
}

fn main() {
    // `cargo test` runs benchmarks without this argument.
    let requested = std::env::var("ACEVO_BENCH_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let seconds =
        requested.unwrap_or(if std::env::args().any(|argument| argument == "--bench") { SECONDS } else { 10 });
    // One kind after the other; for the peak memory of one kind choose it with `ACEVO_BENCH`.
    let only = std::env::var("ACEVO_BENCH").ok();
    for name in ["rows", "csv", "csv-full", "jsonl", "motec-acc", "motec-all", "parquet", "mcap"] {
        if only.as_ref().is_none_or(|only| only == name) {
            let directory = tempfile::tempdir().expect("a directory");
            if let Some(contestant) = contestant(name, directory.path()) {
                run(contestant, directory.path(), seconds);
            }
        }
    }
}

fn run(mut contestant: Contestant, directory: &Path, seconds: u64) {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    let mut simulator = Simulator::new(options);
    let is_noisy = std::env::var_os("ACEVO_BENCH_NOISE").is_some();
    let mut batch: Vec<(Duration, Frame)> = Vec::with_capacity(BATCH);
    while simulator.time() < Duration::from_secs(seconds) {
        batch.clear();
        for _ in 0..BATCH {
            simulator.step();
            let physics = simulator.physics();
            let frame = Frame::new(
                if is_noisy { noisy(physics) } else { *physics },
                *simulator.graphics(),
                *simulator.static_data(),
            );
            batch.push((simulator.time(), frame));
        }
        let start = ProcessTime::now();
        (contestant.take)(&batch);
        contestant.spent += start.elapsed();
    }
    let start = ProcessTime::now();
    (contestant.finish)();
    let spent = contestant.spent + start.elapsed();
    let sizes = fs::read_dir(directory).expect("readable").map(|file| file.and_then(|file| file.metadata()));
    let bytes: u64 = sizes.map(|metadata| metadata.expect("readable").len()).sum();
    println!(
        "{:9} {seconds} s of driving in {:.2} s, {:.1} MB; peak memory of the process so far {}",
        contestant.name,
        spent.as_secs_f64(),
        bytes as f64 / 1e6,
        peak_memory(),
    );
}

/// Adds noise to every number except counts.
fn noisy(page: &SPageFilePhysics) -> SPageFilePhysics {
    let mut bits = page.packetId as u32;
    let words = page.as_bytes().chunks_exact(4).flat_map(|word| {
        let word = u32::from_le_bytes(word.try_into().expect("four bytes"));
        bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let is_count = (1..1 << 24).contains(&word);
        let number = (f32::from_bits(word) + 1.0) * (1.0 + (bits >> 8) as f32 / 1e9);
        (if is_count { word } else { number.to_bits() }).to_le_bytes()
    });
    SPageFilePhysics::from_bytes(&words.collect::<Vec<u8>>())
}

/// Peak memory of the process, as reported by Linux.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".into(), |peak| peak.trim().into())
}

fn contestant(name: &'static str, directory: &Path) -> Option<Contestant> {
    let channels: Vec<_> = match name {
        "motec-acc" => MotecNames::Acc.channels().collect(),
        _ => default_channels().collect(),
    };
    let columns: Vec<Column> = channels.into_iter().map(|channel| Column::new(channel, channel.unit())).collect();
    let path = directory.join(name);
    let file = || File::create(&path).expect("a file");
    let options = |precision| CsvOptions::default().with_precision(precision);
    let exporter: Option<Box<dyn Exporter>> = match name {
        // Only the values.
        "rows" => None,
        "csv" => Some(Box::new(CsvExporter::new(file(), &columns, options(Precision::Shown)).expect("a table"))),
        "csv-full" => Some(Box::new(CsvExporter::new(file(), &columns, options(Precision::Full)).expect("a table"))),
        "jsonl" => Some(Box::new(JsonlExporter::new(file(), &columns, Precision::Shown))),
        "motec-acc" | "motec-all" => {
            let path = path.with_extension("ld");
            Some(Box::new(MotecExporter::create(&path, About::default(), &columns, MotecNames::Acc).expect("a log")))
        }
        #[cfg(feature = "parquet")]
        "parquet" => {
            let exporter = acevo_export::ParquetExporter::create(&path, &About::default(), &columns);
            Some(Box::new(exporter.expect("a file")))
        }
        #[cfg(feature = "mcap")]
        "mcap" => return Some(pages(name, file())),
        _ => return None,
    };
    let exporter = std::rc::Rc::new(std::cell::RefCell::new(exporter));
    let taking = exporter.clone();
    let mut sampler = Sampler::new(&columns, Axes::default());
    let take = move |batch: &[(Duration, Frame)]| {
        for (at, frame) in batch {
            let values = sampler.values(frame);
            let (time_s, packet_id) = (at.as_secs_f64(), frame.physics.packet_id());
            let row = Row { time_s, packet_id, session: 1, lap: Some(1), missed: 0, skipped: 0, values: &values };
            match taking.borrow_mut().as_mut() {
                Some(exporter) => exporter.row(&row).expect("takes a row"),
                None => {
                    std::hint::black_box(row);
                }
            }
        }
    };
    let finish = move || {
        if let Some(exporter) = exporter.take() {
            exporter.finish().expect("completes");
        }
    };
    Some(Contestant { name, take: Box::new(take), finish: Box::new(finish), spent: Duration::ZERO })
}

/// Pages as in a recording: physics in each step, graphics if it is new.
#[cfg(feature = "mcap")]
fn pages(name: &'static str, file: File) -> Contestant {
    use acevo_export::McapExporter;
    use acevo_shared_memory::PageKind;

    let exporter = McapExporter::new(std::io::BufWriter::new(file)).expect("a file");
    let exporter = std::rc::Rc::new(std::cell::RefCell::new(Some(exporter)));
    let taking = exporter.clone();
    let mut graphics = None;
    let take = move |batch: &[(Duration, Frame)]| {
        let mut exporter = taking.borrow_mut();
        let exporter = exporter.as_mut().expect("not finished");
        for (at, frame) in batch {
            let at = at.as_nanos() as u64;
            exporter.page(at, PageKind::Physics, frame.bytes(PageKind::Physics)).expect("takes a page");
            let id = Some(frame.graphics.packet_id());
            if graphics != id {
                graphics = id;
                exporter.page(at, PageKind::Graphics, frame.bytes(PageKind::Graphics)).expect("takes a page");
            }
        }
    };
    let finish = move || {
        exporter.take().expect("once").finish().expect("completes");
    };
    Contestant { name, take: Box::new(take), finish: Box::new(finish), spent: Duration::ZERO }
}
