//! Measures recording and reading a race: `cargo bench -p acevo-recording --bench recording`.
//!
//! The simulator is not measured; writing goes to memory, so that no disk is measured. All times are processor times of this
//! thread, so that other processes do not count.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::io::Cursor;
use std::time::{Duration, Instant};

use acevo_recording::{
    Compression, Description, FieldSet, LapIndex, LapSpan, Mark, Record, Recording, RecordingItem, RecordingWriter,
    lap_samples,
};
use acevo_shared_memory::{Page, PageKind};
use acevo_simulator::{Options, Scenario, Simulator};
use acevo_telemetry::channel;
use cpu_time::{ProcessTime, ThreadTime};

const SECONDS: u64 = 600;
const DAY: u64 = 86_400;
const BATCH: usize = 3330;
const MB: f64 = 1e6;

fn main() {
    // `cargo test` runs benchmarks, too, without this.
    let seconds = if std::env::args().any(|argument| argument == "--bench") { SECONDS } else { 10 };
    for scenario in [Scenario::Race, Scenario::HotLaps] {
        let ways = [
            ("LZ4", Compression::Lz4),
            #[cfg(feature = "zstd")]
            ("Zstandard", Compression::Zstd),
        ];
        for (name, compression) in ways {
            let (file, raw, spent) = record(scenario, seconds, compression);
            let hours = seconds as f64 / 3600.0;
            println!(
                "{scenario}, {name}: raw {:.0} MB/h, recorded {:.1} MB/h, {:.2} s of processor time per hour",
                raw as f64 / MB / hours,
                file.len() as f64 / MB / hours,
                spent.as_secs_f64() / hours,
            );
            read(&file, raw, seconds);
        }
    }
    open_day(if seconds == SECONDS { DAY } else { 100 });
}

/// Opens a recording of this length, with a mark every second as in a race of twenty cars, and reads a step of it. The pages are small.
fn open_day(seconds: u64) {
    let mark: Mark = serde_json::from_str(concat!(
        r#"{"at_us": 0, "kind": "log", "is_exact": true, "event": {"time": "2026-05-01 20:01:31.200", "event": "lap","#,
        r#" "car": [1229801703532086340, 6148933456521300104], "time_ms": 91034}}"#,
    ))
    .expect("it is a mark");
    let file = tempfile::NamedTempFile::new().expect("there is room");
    let output = file.reopen().expect("it exists");
    let mut writer = RecordingWriter::new(output, &Description::new("benchmark")).expect("there is room");
    for second in 0..seconds {
        let at = Duration::from_secs(second);
        writer.record(&Record::new(PageKind::Physics, at, &[second as u8; 100])).expect("there is room");
        writer.mark(&Mark::new(at, mark.what.clone())).expect("there is room");
    }
    writer.finish().expect("there is room");
    let start = ThreadTime::now();
    let mut recording = Recording::open(file.path()).expect("it was just written");
    recording.seek(Duration::from_secs(seconds / 2)).expect("it is there");
    black_box(recording.next_step().expect("it is there").is_some());
    let first = start.elapsed();
    let start = ThreadTime::now();
    let marks = recording.marks().len();
    println!(
        "first step of a recording of {seconds} s in {:.1} ms; its {marks} marks in another {:.1} ms",
        first.as_secs_f64() * 1000.0,
        start.elapsed().as_secs_f64() * 1000.0,
    );
}

fn record(scenario: Scenario, seconds: u64, compression: Compression) -> (Vec<u8>, usize, Duration) {
    let mut options = Options::default();
    options.scenario = scenario;
    let mut simulator = Simulator::new(options);
    // The menu is left out.
    while simulator.time() < Duration::from_secs(5) {
        simulator.step();
    }
    let writer = RecordingWriter::new(Vec::new(), &Description::new("benchmark")).expect("memory takes all");
    let mut writer = writer.with_compression(compression);
    let (mut raw, mut spent, mut batch) = (0, Duration::ZERO, Vec::new());
    let end = simulator.time() + Duration::from_secs(seconds);
    while simulator.time() < end {
        batch.clear();
        for _ in 0..BATCH {
            let changed = simulator.step();
            let mut keep = |page, bytes: &[u8]| batch.push((page, simulator.time(), bytes.to_vec()));
            if changed.physics {
                keep(PageKind::Physics, simulator.physics().as_bytes());
            }
            if changed.graphics {
                keep(PageKind::Graphics, simulator.graphics().as_bytes());
            }
            if changed.static_data {
                keep(PageKind::Static, simulator.static_data().as_bytes());
            }
        }
        let start = ThreadTime::now();
        for (page, at, bytes) in &batch {
            let mut record = Record::new(*page, *at, bytes);
            // Times of a real game are never even.
            record.uncertainty = Duration::from_micros(50 + (at.as_micros() % 97) as u64);
            raw += bytes.len();
            writer.record(&record).expect("memory takes all");
        }
        spent += start.elapsed();
    }
    let start = ThreadTime::now();
    let (file, _) = writer.finish().expect("memory takes all");
    (file, raw, spent + start.elapsed())
}

fn read(file: &[u8], raw: usize, seconds: u64) {
    let open = |file| Recording::from_input(Cursor::new(file)).expect("it was just written");
    let mut recording = open(file);
    let start = ThreadTime::now();
    let mut bytes = 0;
    while let Some(item) = recording.next_item().expect("it is in memory") {
        if let RecordingItem::Record(record) = item {
            bytes += black_box(record.bytes).len();
        }
    }
    assert_eq!(bytes, raw, "everything comes back");
    let records = start.elapsed();
    let mut recording = open(file);
    let start = ThreadTime::now();
    while let Some(step) = recording.next_step().expect("it is in memory") {
        black_box(step.frame);
    }
    let steps = start.elapsed();
    read_ten_channels(file, steps, seconds);
    find_laps(file, seconds);
    let (mut slowest, mut all) = (Duration::ZERO, Duration::ZERO);
    for second in 0..seconds {
        let start = ThreadTime::now();
        recording.seek(Duration::from_secs(5 + (second * 7919) % seconds)).expect("it is in memory");
        black_box(recording.next_step().expect("it is in memory").is_some());
        (slowest, all) = (slowest.max(start.elapsed()), all + start.elapsed());
    }
    sample(file, seconds);
    // Without its index.
    let cut = &file[..file.len() - 1];
    let start = ThreadTime::now();
    let records_found = open(cut).info().records.total();
    println!(
        "  read {:.0} MB/s as records, {:.0} MB/s as frames; seek {:.1} ms, at most {:.1} ms; {records_found} records found again without the index in {:.1} ms",
        raw as f64 / MB / records.as_secs_f64(),
        raw as f64 / MB / steps.as_secs_f64(),
        all.as_secs_f64() * 1000.0 / seconds as f64,
        slowest.as_secs_f64() * 1000.0,
        start.elapsed().as_secs_f64() * 1000.0,
    );
}

/// Reads frames with the fields of ten channels. `all` is the time for all fields.
fn read_ten_channels(file: &[u8], all: Duration, seconds: u64) {
    let channels = [
        "speed",
        "throttle",
        "brake",
        "steering",
        "gear",
        "rpm",
        "g_lateral",
        "g_longitudinal",
        "tyre_temp_inner_fl",
        "lap_distance",
    ];
    let fields = FieldSet::of_channels(channels.map(|id| channel(id).expect("it is in the catalogue")));
    let mut recording = Recording::from_input(Cursor::new(file)).expect("it was just written");
    recording.select(fields);
    let start = ThreadTime::now();
    while let Some(step) = recording.next_step().expect("it is in memory") {
        black_box(step.frame);
    }
    let ten = start.elapsed();
    let per_hour = |time: Duration| time.as_secs_f64() * 3600.0 / seconds as f64;
    println!(
        "  frames of an hour in {:.2} s, with the fields of ten channels in {:.2} s: {:.1} times as fast",
        per_hour(all),
        per_hour(ten),
        all.as_secs_f64() / ten.as_secs_f64(),
    );
}

/// Finds the laps, alone and with a thread that reads ahead. Times of the clock count, and processor times of both threads.
fn find_laps(file: &[u8], seconds: u64) {
    let per_hour = |time: Duration| time.as_secs_f64() * 3600.0 / seconds as f64;
    let measured = |mut recording: Recording<Cursor<Vec<u8>>>| {
        let (start, spent) = (Instant::now(), ProcessTime::now());
        let laps = LapIndex::read(&mut recording, |_| true).expect("it is in memory");
        black_box(laps);
        format!("{:.2} s ({:.2} s of processor time)", per_hour(start.elapsed()), per_hour(spent.elapsed()))
    };
    let open = || Recording::from_input(Cursor::new(file.to_vec())).expect("it was just written");
    let (alone, ahead) = (measured(open()), measured(open().with_read_ahead()));
    println!("  laps of an hour in {alone}, read ahead in {ahead}");
}

/// Samples the last hundred seconds as if they were a lap, as the page does.
fn sample(file: &[u8], seconds: u64) {
    let channels =
        ["speed", "throttle", "brake", "steering", "gear", "position_x", "position_z", "g_lateral", "g_longitudinal"];
    let channels: Vec<_> = channels.into_iter().filter_map(channel).collect();
    let to = Duration::from_secs(5 + seconds);
    let lap = LapSpan { from: to.saturating_sub(Duration::from_secs(100)), to, time_ms: None };
    let start = ThreadTime::now();
    let mut recording = Recording::from_input(Cursor::new(file)).expect("it was just written");
    let samples = lap_samples(&mut recording, lap, &channels, |_| true).expect("it is in memory");
    println!("  {} rows of a lap in {:.0} ms", samples.time_s.len(), start.elapsed().as_secs_f64() * 1000.0);
}
