//! CSV and JSON lines have the values of the channels.

use acevo_export::{CsvExporter, CsvOptions, Exporter, JsonlExporter, Precision, Row};
use acevo_simulator::Scenario;
use acevo_telemetry::acevo_shared_memory::{Page, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use acevo_telemetry::{Axes, ChannelValue, Frame, Unit, channel, channels, clean_text};

use acevo_testkit::rows::{Moment, columns};

fn moments() -> Vec<Moment> {
    let mut moments = Vec::new();
    acevo_testkit::drive::each_frame(acevo_testkit::drive::options(Scenario::Pits, 3, 1), |at, frame| {
        if moments.len() < 400 && frame.physics.packet_id() % 37 == 0 {
            let (time_s, packet_id) = (at.as_secs_f64(), frame.physics.packet_id());
            moments.push(Moment { time_s, packet_id, lap: Some(1).filter(|_| time_s > 5.0), frame: *frame });
        }
    });
    moments
}

/// Pages of random bits.
fn random_pages() -> Vec<Moment> {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = || -> Vec<u8> {
        let byte = || {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (bits >> 56) as u8
        };
        std::iter::repeat_with(byte).take(5000).collect()
    };
    let frame = |bytes: &mut dyn FnMut() -> Vec<u8>| {
        Frame::new(
            SPageFilePhysics::from_bytes(&bytes()),
            SPageFileGraphicEvo::from_bytes(&bytes()),
            SPageFileStaticEvo::from_bytes(&bytes()),
        )
    };
    (0..200).map(|packet_id| Moment { time_s: 0.0, packet_id, lap: None, frame: frame(&mut bytes) }).collect()
}

fn csv_of(moments: &[Moment], precision: Precision) -> Vec<u8> {
    let columns = columns(channels());
    let mut text = Vec::new();
    let mut exporter = CsvExporter::new(&mut text, &columns, CsvOptions::default().with_precision(precision))
        .expect("writes a header");
    for moment in moments {
        moment.give(&columns, &Axes::default(), &mut exporter);
    }
    Box::new(exporter).finish().expect("finishes");
    text
}

/// The numbers of the game are `f32`, and have the digits of one.
#[track_caller]
fn is_same(read: f64, number: f64) {
    let is_f32 = f64::from(number as f32) == number;
    // The JSON reader is not exact to the last bit.
    let tolerance = if is_f32 { 0.0 } else { number.abs() * 1e-15 };
    assert!((read - number).abs() <= tolerance || (is_f32 && read as f32 == number as f32), "{read} is not {number}");
}

#[track_caller]
fn assert_cell(text: &str, value: Option<ChannelValue<'_>>, decimals: usize, precision: Precision) {
    match value {
        None => assert_eq!(text, ""),
        Some(ChannelValue::Number(number)) => {
            let read: f64 = text.parse().expect("a number");
            let (half, rounding) = (0.5 * 0.1_f64.powi(decimals as i32), number.abs() * 1e-15);
            match precision {
                Precision::Full => is_same(read, number),
                // Larger numbers have more digits than are exact.
                _ if number.abs() >= 1e9 => is_same(read as f32 as f64, number as f32 as f64),
                _ => assert!((read - number).abs() <= half * (1.0 + 1e-9) + rounding, "{read} is not {number}"),
            }
        }
        Some(ChannelValue::Flag(flag)) => assert_eq!(text, if flag { "1" } else { "0" }),
        Some(ChannelValue::Enum(_, name)) => assert_eq!(text, name),
        Some(ChannelValue::Text(expected)) => assert_eq!(text, clean_text(expected)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn csv_cells_are_the_values_of_the_channels() {
    let columns = columns(channels());
    for precision in [Precision::Shown, Precision::Full] {
        for moments in [moments(), random_pages()] {
            let text = csv_of(&moments, precision);
            let mut reader = csv::Reader::from_reader(text.as_slice());
            let names: Vec<String> = reader.headers().unwrap().iter().map(Into::into).collect();
            let mut unique = names.clone();
            unique.sort();
            unique.dedup();
            assert_eq!((names.len(), unique.len()), (channels().len() + 6, names.len()));
            let mut rows = 0;
            for (record, moment) in reader.records().zip(&moments) {
                let record = record.expect("as many fields as the header");
                assert_eq!(
                    record[0].parse::<f64>().map(|read| (read * 1e6).round()),
                    Ok((moment.time_s * 1e6).round())
                );
                assert_eq!(record[1], moment.packet_id.to_string());
                assert_eq!(record[3], moment.lap.map(|lap| lap.to_string()).unwrap_or_default());
                for (index, value) in moment.values(&columns, &Axes::default()).into_iter().enumerate() {
                    let cell = &record[index + 6];
                    let cell = match value {
                        Some(ChannelValue::Text(text))
                            if clean_text(text).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) =>
                        {
                            cell.strip_prefix('\'').expect("no formula")
                        }
                        _ => cell,
                    };
                    assert_cell(cell, value, columns[index].channel.decimals(), precision);
                }
                rows += 1;
            }
            assert_eq!(rows, moments.len());
        }
    }
}

/// The time, the lap and the values of a row.
type TestRow<'a> = (f64, Option<u32>, Vec<Option<ChannelValue<'a>>>);

#[test]
fn lines_do_not_depend_on_the_previous_line() {
    let columns = columns(channels());
    let few = |moments: Vec<Moment>| moments.into_iter().take(60);
    let moments: Vec<Moment> = few(moments()).zip(few(random_pages())).flat_map(<[Moment; 2]>::from).collect();
    // Each row alone, repeated, next to others, and with missing values.
    let orders = (0..moments.len()).flat_map(|index| [index, index, index * 7 % moments.len(), index / 3]);
    let mut rows: Vec<TestRow<'_>> = Vec::new();
    for (count, index) in orders.enumerate() {
        let mut values = moments[index].values(&columns, &Axes::default());
        for place in (0..values.len()).filter(|place| (place + count) % (count % 5 + 2) == 0 && count % 3 == 0) {
            values[place] =
                [None, Some(ChannelValue::Number(-0.0)), Some(ChannelValue::Text("a,\"b\"\r\n"))][place % 3];
        }
        values.truncate(if count % 11 == 0 { count % columns.len() } else { columns.len() });
        rows.push((
            if count % 4 == 0 { f64::NAN } else { count as f64 / 7.0 },
            Some(7).filter(|_| count % 3 == 0),
            values,
        ));
    }
    let written = |rows: &[TestRow<'_>], precision, is_csv: bool| {
        let mut text = Vec::new();
        let mut exporter: Box<dyn Exporter + '_> = if is_csv {
            let options = CsvOptions::default().with_precision(precision);
            Box::new(CsvExporter::new(&mut text, &columns, options).expect("writes a header"))
        } else {
            Box::new(JsonlExporter::new(&mut text, &columns, precision))
        };
        for (time_s, lap, values) in rows {
            let row = Row { time_s: *time_s, packet_id: 5, session: 1, lap: *lap, missed: 0, skipped: 0, values };
            exporter.row(&row).expect("takes a row");
        }
        exporter.finish().expect("finishes");
        text
    };
    for precision in [Precision::Shown, Precision::Full] {
        for is_csv in [true, false] {
            let header = written(&[], precision, is_csv);
            let mut expected = header.clone();
            for row in rows.chunks(1) {
                expected.extend(&written(row, precision, is_csv)[header.len()..]);
            }
            assert!(written(&rows, precision, is_csv) == expected, "{precision:?}, CSV: {is_csv}");
        }
    }
}

#[test]
fn json_lines_are_objects_with_the_same_keys() {
    let columns = columns(channels());
    for moments in [moments(), random_pages()] {
        let mut text = Vec::new();
        let mut exporter = JsonlExporter::new(&mut text, &columns, Precision::Full);
        for moment in &moments {
            moment.give(&columns, &Axes::default(), &mut exporter);
        }
        Box::new(exporter).finish().unwrap();
        let text = String::from_utf8(text).expect("UTF-8");
        assert_eq!(text.lines().count(), moments.len());
        for (line, moment) in text.lines().zip(&moments) {
            let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).expect("an object");
            assert_eq!(object.len(), columns.len() + 6);
            assert_eq!(object["packet_id"], moment.packet_id);
            for (column, value) in columns.iter().zip(moment.values(&columns, &Axes::default())) {
                let read = &object[&*column.name()];
                match value {
                    None => assert!(read.is_null()),
                    Some(ChannelValue::Number(number)) => is_same(read.as_f64().expect("a number"), number),
                    Some(ChannelValue::Flag(flag)) => assert_eq!(read.as_bool(), Some(flag)),
                    Some(ChannelValue::Enum(_, text) | ChannelValue::Text(text)) => assert_eq!(read, text),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

#[test]
fn csv_quotes_texts_and_has_a_units_row() {
    let mut columns = columns([channel("driver_name").unwrap(), channel("lap").unwrap(), channel("speed").unwrap()]);
    columns[2].unit = Unit::MilePerHour;
    let mut text = Vec::new();
    let mut exporter = CsvExporter::new(&mut text, &columns, CsvOptions::default().with_units(true)).unwrap();
    let values = [Some(ChannelValue::Text("Ada, \"the \r\nfast\"")), None, Some(ChannelValue::Number(99.96))];
    exporter
        .row(&Row { time_s: 1.0, packet_id: -1, session: 2, lap: Some(3), missed: 4, skipped: 0, values: &values })
        .unwrap();
    Box::new(exporter).finish().unwrap();
    let expected = "time_s,packet_id,session,lap,missed,skipped,driver_name,lap_by_game,speed\r\ns,,,,,,,,mph\r\n\
                    1,-1,2,3,4,0,\"Ada, \"\"the fast\"\"\",,100\r\n";
    assert_eq!(String::from_utf8(text).unwrap(), expected);
}

#[test]
fn a_full_disk_is_reported() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let row = Row { time_s: 1.0, packet_id: 1, session: 1, lap: None, missed: 0, skipped: 0, values: &[] };
    let mut table = CsvExporter::new(Full, &[], CsvOptions::default()).expect("the header is still in memory");
    table.row(&row).unwrap();
    assert_eq!(Box::new(table).finish().unwrap_err().to_string(), "cannot write the export");
    let mut lines = JsonlExporter::new(Full, &[], Precision::default());
    lines.row(&row).unwrap();
    assert!(Box::new(lines).finish().is_err());
}
