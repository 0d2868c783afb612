//! Counts the instructions and allocated blocks of hot paths, and fails above their limits: `.ci/run limits`.
//!
//! Each limit is 3 % above what was counted when it was set. A change that costs more sets a new limit, and its message says why. A change that
//! costs less sets a lower one.

use std::hint::black_box;
use std::time::Duration;

use acevo_export::{Exporter, Row};
use acevo_protocol::ValueFrame;
use acevo_recording::{Recording, RecordingWriter};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Page, PageKind, SPageFileGraphicEvo};
use acevo_telemetry::analysis::Analysis;
use acevo_telemetry::{Axes, Frame};
use gungraun::prelude::*;
use gungraun::{Callgrind, Dhat, DhatMetric, EventKind, LibraryBenchmarkConfig};
use limits::{Csv, Pages, Subscribed, analysis, csv, driving, mapper, reader, subscribed, warm_writer, write};

/// Calls of what takes nanoseconds.
const CALLS: usize = 1000;

/// The C library copies and compares in the same way on all processors.
const PLAIN: &str = "glibc.cpu.hwcaps=-AVX2,-AVX_Fast_Unaligned_Load,-AVX512VL,-BMI2,-ERMS,-FSRM,-SSSE3,-SSE4_1";

/// Limits: instructions, and allocated blocks.
fn limits(instructions: u64, blocks: u64) -> LibraryBenchmarkConfig {
    let mut config = LibraryBenchmarkConfig::default();
    config.env("GLIBC_TUNABLES", PLAIN);
    config.tool(Callgrind::default().hard_limits([(EventKind::Ir, instructions)]));
    config.tool(Dhat::default().hard_limits([(DhatMetric::TotalBlocks, blocks)]));
    config
}

#[library_benchmark(config = limits(7_033_213, 0))]
#[bench::settled(mapper())]
fn capture_thousand_frames(mapper: ACEvoSharedMemoryMapper) -> ACEvoSharedMemoryMapper {
    for _ in 0..CALLS {
        black_box(mapper.frame().expect("pages in memory"));
    }
    mapper
}

#[library_benchmark(config = limits(117_788, 0))]
#[bench::settled(mapper())]
fn poll_thousand_counters(mapper: ACEvoSharedMemoryMapper) -> ACEvoSharedMemoryMapper {
    for _ in 0..CALLS {
        black_box(mapper.packet_id(PageKind::Physics).expect("pages in memory"));
        black_box(mapper.packet_id(PageKind::Graphics).expect("pages in memory"));
    }
    mapper
}

#[library_benchmark(config = limits(2_506_598, 0))]
#[bench::graphics(driving().graphics().as_bytes().to_vec())]
fn decode_thousand_pages(bytes: Vec<u8>) -> Vec<u8> {
    let mut page = SPageFileGraphicEvo::default();
    for _ in 0..CALLS {
        black_box(&mut page).assign(black_box(&bytes));
    }
    bytes
}

#[library_benchmark(config = limits(1_108_562, 0))]
#[bench::race(analysis())]
fn analyse_second((mut analysis, frames): (Analysis, Vec<(Duration, Frame)>)) -> (Analysis, Vec<(Duration, Frame)>) {
    for (at, frame) in &frames {
        analysis.feed(*at, frame);
    }
    (analysis, frames)
}

#[library_benchmark(config = limits(20_879_107, 2))]
#[bench::race(warm_writer())]
fn record_three_seconds((mut writer, pages): (RecordingWriter<Vec<u8>>, Pages)) -> (RecordingWriter<Vec<u8>>, Pages) {
    write(&mut writer, &pages);
    (writer, pages)
}

#[library_benchmark(config = limits(5_101_351, 0))]
#[bench::race(reader())]
fn read_three_seconds(mut recording: Recording<std::io::Cursor<Vec<u8>>>) -> Recording<std::io::Cursor<Vec<u8>>> {
    while let Some(step) = recording.next_step().expect("it is in memory") {
        black_box(step.frame);
    }
    recording
}

#[library_benchmark(config = limits(18_845_826, 98))]
#[bench::all_channels(csv())]
fn export_second((mut exporter, mut sampler, frames): Csv) -> Csv {
    for (at, frame) in &frames {
        let values = sampler.values(frame);
        let (time_s, packet_id) = (at.as_secs_f64(), frame.physics.packet_id());
        let row = Row { time_s, packet_id, session: 1, lap: Some(1), missed: 0, skipped: 0, values: &values };
        exporter.row(&row).expect("a sink");
    }
    (exporter, sampler, frames)
}

#[library_benchmark(config = limits(2_490_035, 333))]
#[bench::sixty_channels(subscribed())]
fn send_second((frames, channels): Subscribed) -> Subscribed {
    let axes = Axes::default();
    for (at, frame) in &frames {
        let values = channels.iter().map(|channel| channel.number(frame, &axes));
        black_box(ValueFrame::new(1, 1, at.as_secs_f64(), values).numbered(1));
    }
    (frames, channels)
}

library_benchmark_group!(
    name = hot_paths,
    benchmarks = [
        capture_thousand_frames,
        poll_thousand_counters,
        decode_thousand_pages,
        analyse_second,
        record_three_seconds,
        read_three_seconds,
        export_second,
        send_second
    ]
);
main!(library_benchmark_groups = hot_paths);
