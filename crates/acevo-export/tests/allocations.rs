//! Rows are sampled and written without allocating memory.

use std::hint::black_box;

use acevo_export::{Column, CsvExporter, CsvOptions, Exporter, JsonlExporter, Precision, Row, Sampler};
use acevo_simulator::Scenario;
use acevo_telemetry::{Axes, Frame, channels};
use allocation_counter::measure;

/// Frames of a drive, the same cars and names in all of them.
fn frames() -> Vec<Frame> {
    let mut frames = Vec::new();
    acevo_testkit::drive::each_frame(acevo_testkit::drive::options(Scenario::HotLaps, 1, 1), |_, frame| {
        if frame.physics.packet_id() > 3000 && frames.len() < 500 {
            frames.push(*frame);
        }
    });
    frames
}

#[test]
fn sampling_allocates_nothing_per_row() {
    let columns: Vec<Column> = channels().iter().map(|channel| Column::new(channel, channel.unit())).collect();
    let (frames, mut sampler) = (frames(), Sampler::new(&columns, Axes::default()));
    // The pages and texts are kept from the first frame on.
    drop(sampler.values(&frames[0]));
    let counted = measure(|| {
        for frame in &frames {
            black_box(sampler.values(frame).len());
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn text_exporters_allocate_nothing_per_row() {
    let columns: Vec<Column> = channels().iter().map(|channel| Column::new(channel, channel.unit())).collect();
    let frames = frames();
    let exporters: [Box<dyn Exporter>; 2] = [
        Box::new(CsvExporter::new(std::io::sink(), &columns, CsvOptions::default()).unwrap()),
        Box::new(JsonlExporter::new(std::io::sink(), &columns, Precision::default())),
    ];
    for mut exporter in exporters {
        let mut sampler = Sampler::new(&columns, Axes::default());
        let mut export = |frames: &[Frame]| {
            for frame in frames {
                let values = sampler.values(frame);
                let packet_id = frame.physics.packet_id();
                let row = Row {
                    time_s: f64::from(packet_id) / 333.0,
                    packet_id,
                    session: 1,
                    lap: Some(1),
                    missed: 0,
                    skipped: 0,
                    values: &values,
                };
                exporter.row(&row).unwrap();
            }
        };
        // Lines grow to their full length.
        export(&frames);
        let counted = measure(|| export(&frames[400..]));
        // Quoted texts are copied, but only if they change.
        assert!(counted.count_total < 10, "{counted:?}");
    }
}
