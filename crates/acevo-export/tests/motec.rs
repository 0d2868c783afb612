//! MoTeC logs, read back by an independent reader.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use acevo_export::{About, Column, ExportError, Exporter, MotecExporter, MotecNames, Row, motec_file_name};
use acevo_simulator::Scenario;
use acevo_telemetry::analysis::{Analysis, Lap, Settings};
use acevo_telemetry::{Axes, ChannelValue, Unit, channel, channels};
use motec_i2::{ChannelMetadata, Datatype, Header, LDReader, Sample};

use acevo_testkit::rows::{Moment, about, columns};

fn exporter(path: &Path, columns: &[Column], names: MotecNames) -> Box<MotecExporter> {
    Box::new(MotecExporter::create(path, about(), columns, names).expect("creates the files"))
}

struct Log {
    header: Header,
    channels: Vec<(ChannelMetadata, Vec<f64>)>,
}

impl Log {
    fn read(path: &Path) -> Self {
        let mut file = BufReader::new(File::open(path).expect("there is a log"));
        let mut reader = LDReader::new(&mut file);
        let header = reader.read_header().expect("a header");
        let event = reader.read_event().expect("readable").expect("an event");
        let venue = reader.read_venue().expect("readable").expect("a venue");
        let vehicle = reader.read_vehicle().expect("readable").expect("a vehicle");
        assert_eq!(
            (event.name.as_str(), venue.name.as_str(), vehicle.id.as_str()),
            ("Practice", "Testring", "Ubercar 992")
        );
        let channels = reader.read_channels().expect("channels");
        assert_eq!(header.num_channels as usize, channels.len());
        let mut previous = 0;
        let mut at = header.channel_meta_ptr;
        let mut data = header.channel_data_ptr;
        let read = |meta: ChannelMetadata| {
            assert_eq!((meta.prev_addr, meta.data_addr), (previous, data), "{}", meta.name);
            (previous, at) = (at, meta.next_addr);
            data += meta.data_count * 4;
            let samples = reader.channel_data(&meta).expect("samples");
            let samples = samples.iter().map(|sample| match (&meta.datatype, sample) {
                (Datatype::F32, Sample::F32(value)) => f64::from(*value),
                (Datatype::I32, Sample::I32(value)) => f64::from(*value) * 0.1_f64.powi(meta.dec_places.into()),
                other => panic!("{}: {other:?}", meta.name),
            });
            let samples = samples.collect();
            (meta, samples)
        };
        let channels = channels.into_iter().map(read).collect();
        assert_eq!(fs::metadata(path).unwrap().len(), u64::from(data), "nothing after the samples");
        Self { header, channels }
    }

    fn samples(&self, name: &str) -> (u16, &[f64]) {
        let (meta, samples) =
            self.channels.iter().find(|(meta, _)| meta.name == name).unwrap_or_else(|| panic!("{name}"));
        (meta.sample_rate, samples)
    }
}

/// A drive of more than two laps.
fn driven() -> (Vec<Moment>, Vec<(Lap, f64)>) {
    let (mut moments, mut laps) = (Vec::<Moment>::new(), Vec::new());
    let mut analysis = Analysis::new(Settings::default());
    acevo_testkit::drive::each_frame(acevo_testkit::drive::options(Scenario::HotLaps, 5, 2), |at, frame| {
        let packet_id = frame.physics.packet_id();
        if moments.last().is_some_and(|last| last.packet_id == packet_id) {
            return;
        }
        analysis.feed(at, frame);
        while analysis.next_event().is_some() {}
        for lap in analysis.laps().range(laps.len()..) {
            laps.push((lap.clone(), lap.ended_s));
        }
        let lap = analysis.current_lap().map(|lap| lap.number);
        moments.push(Moment { time_s: at.as_secs_f64(), packet_id, lap, frame: *frame });
    });
    (moments, laps)
}

/// The linear interpolation at a time.
fn linear(times: &[f64], values: &[f64], at: f64) -> f64 {
    let index = times.partition_point(|time| *time <= at).clamp(1, times.len() - 1);
    let part = ((at - times[index - 1]) / (times[index] - times[index - 1])).clamp(0.0, 1.0);
    values[index - 1] + (values[index] - values[index - 1]) * part
}

/// The mean of the interpolation over the time of one sample, computed from its definition.
fn mean(times: &[f64], values: &[f64], at: f64, rate: f64) -> f64 {
    let points = 400;
    let value = |index: i32| linear(times, values, at + ((f64::from(index) + 0.5) / f64::from(points) - 0.5) / rate);
    (0..points).map(value).sum::<f64>() / f64::from(points)
}

#[test]
fn motec_samples_and_beacons_match_the_drive() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(motec_file_name(&about(), 1));
    let columns = columns(MotecNames::Acc.channels());
    let (moments, laps) = driven();
    assert!(laps.len() >= 2, "{}", laps.len());
    let mut exporter = exporter(&path, &columns, MotecNames::Acc);
    for moment in &moments {
        moment.give(&columns, &Axes::default(), exporter.as_mut());
    }
    for (lap, ended_s) in &laps {
        exporter.lap(lap, *ended_s).unwrap();
    }
    exporter.finish().unwrap();

    let mut left: Vec<PathBuf> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    left.sort();
    assert_eq!(left, [path.clone(), path.with_extension("ldx")], "no temporary file is left");

    let log = Log::read(&path);
    assert_eq!((log.header.date_string.as_str(), log.header.time_string.as_str()), ("01/04/2026", "08:00:00"));
    assert_eq!((log.header.driver.as_str(), log.header.device_type.as_str()), ("Ada \"Racer\"", "ADL"));
    let start = moments[0].time_s;
    let times: Vec<f64> = moments.iter().map(|moment| moment.time_s - start).collect();
    let seconds = times[times.len() - 1];
    for (meta, samples) in &log.channels {
        let tenths = (seconds * 10.0).floor() + 1.0;
        assert_eq!(
            samples.len() as f64,
            tenths * f64::from(meta.sample_rate) / 10.0,
            "{}: all channels have the same length",
            meta.name
        );
    }
    for (id, name, unit, factor) in [
        ("speed", "SPEED", Unit::MetrePerSecond, 1.0 / 3.6),
        ("throttle", "THROTTLE", Unit::Percent, 100.0),
        ("suspension_travel_rr", "SUS_TRAVEL_RR", Unit::Millimetre, 1000.0),
        ("tyre_pressure_fl", "TYRE_PRESS_LF", Unit::Psi, 1.0),
        ("slip_angle_fr", "Tire Slip Angle FR", Unit::Degree, 180.0 / std::f64::consts::PI),
        ("fuel", "Fuel Level", Unit::Litre, 1.0),
    ] {
        let channel = channel(id).unwrap();
        let mut last = 0.0;
        let values = moments.iter().map(|moment| {
            last = channel.number(&moment.frame, &Axes::default()).map_or(last, |value| value * factor);
            last
        });
        let values: Vec<f64> = values.collect();
        let (rate, samples) = log.samples(name);
        let most = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        // Not the first and last ones, which have values on one side only.
        for (index, sample) in samples.iter().enumerate().skip(1).step_by(29) {
            let at = index as f64 / f64::from(rate);
            if at + 0.5 / f64::from(rate) > seconds {
                break;
            }
            let expected = mean(&times, &values, at, rate.into());
            assert!((sample - expected).abs() < most * 2e-4, "{name} [{unit}] at {at} s: {sample}, not {expected}");
        }
    }
    let (rate, gears) = log.samples("GEAR");
    let (_, beacon) = log.samples("LAP_BEACON");
    for (index, gear) in gears.iter().enumerate() {
        let at = index as f64 / f64::from(rate);
        let moment = &moments[times.partition_point(|time| *time <= at).max(1) - 1];
        assert_eq!(Some(*gear), channel("gear").unwrap().number(&moment.frame, &Axes::default()));
        assert_eq!(beacon[index * 5], f64::from(moment.lap.unwrap_or_default()));
    }

    // Laps end where the car crosses the line.
    let text = fs::read_to_string(path.with_extension("ldx")).unwrap();
    let beacons: Vec<f64> =
        text.split(" Time=\"").skip(1).map(|rest| rest[..23].parse::<f64>().unwrap() / 1e6).collect();
    let mut expected: Vec<f64> = laps.iter().map(|(_, ended_s)| ended_s - start).filter(|at| *at <= seconds).collect();
    // The drive to the line is not part of the first lap.
    let first = moments.iter().find(|moment| moment.lap.is_some()).unwrap().time_s - start;
    assert!(first > 1.0 && laps[0].0.incomplete.is_none(), "{first}");
    expected.insert(0, first);
    assert_eq!(beacons.len(), expected.len());
    assert!((beacons[0] - expected[0]).abs() < 0.1, "{beacons:?} {expected:?}");
    assert!(beacons[1..].iter().zip(&expected[1..]).all(|(a, b)| (a - b).abs() <= 0.01), "{beacons:?} {expected:?}");
    assert!(text.contains(&format!("Id=\"Total Laps\" Value=\"{}\"", beacons.len() + 1)));
    let best = laps.iter().enumerate().filter(|(_, (lap, _))| lap.counts()).min_by_key(|(_, (lap, _))| lap.time_ms);
    let (part, (lap, _)) = best.expect("a lap that counts");
    let ms = lap.time_ms.unwrap();
    let time = format!("{}:{:02}.{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000);
    assert!(text.contains(&format!("Id=\"Fastest Time\" Value=\"{time}\"")), "{text}");
    assert!(text.contains(&format!("Id=\"Fastest Lap\" Value=\"{}\"", part + 1)), "{text}");
    assert!(beacons[part + 1] > beacons[part]);
    // A lap is as long as its lap time.
    for (pair, (lap, _)) in beacons.windows(2).zip(&laps).filter(|(_, (lap, _))| lap.incomplete.is_none()) {
        let lap_s = f64::from(lap.time_ms.unwrap()) / 1000.0;
        assert!((pair[1] - pair[0] - lap_s).abs() < 1e-6, "{pair:?} {lap_s}");
    }
}

/// Twice the area enclosed by a path of (north, east), positive if it runs clockwise on a map.
fn clockwise(positions: &[(f64, f64)]) -> f64 {
    let from_first = |position: &(f64, f64)| (position.0 - positions[0].0, position.1 - positions[0].1);
    let cross = |pair: &[(f64, f64)]| {
        let ((north, east), (next_north, next_east)) = (from_first(&pair[0]), from_first(&pair[1]));
        north * next_east - next_north * east
    };
    positions.windows(2).map(cross).sum()
}

#[test]
fn gps_positions_without_coordinates_count_from_a_neutral_origin_and_are_commented() {
    let directory = tempfile::tempdir().unwrap();
    let position = columns([channel("position_x").unwrap(), channel("position_z").unwrap()]);
    let speed = columns([channel("speed").unwrap()]);
    for (position, columns, has_comment) in [
        (None, &position, true),
        (Some((0.0, 0.0)), &position, true),
        (Some((51.36, 0.26)), &position, false),
        (None, &speed, false),
    ] {
        let path = directory.path().join(format!("{position:?}{has_comment}.ld"));
        let mut about = about();
        about.names.latitude_longitude = position;
        let mut exporter: Box<dyn Exporter> =
            Box::new(MotecExporter::create(&path, about, columns, MotecNames::Acc).unwrap());
        let values = vec![Some(ChannelValue::Number(-429.0)); columns.len()];
        let row = Row { time_s: 0.0, packet_id: 1, session: 1, lap: None, missed: 0, skipped: 0, values: &values };
        exporter.row(&row).unwrap();
        exporter.finish().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let contains = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert_eq!(
            (contains("GPS origin 0 N 0 E"), contains("The game gave no coordinates of the track")),
            (has_comment, has_comment)
        );
        if has_comment {
            let north = Log::read(&path).samples("GPS Latitude").1[0];
            // 429 m to the north of the equator: Z is negative.
            assert!((north * 110_574.0 - 429.0).abs() < 1.0, "{north}");
        }
    }
}

#[test]
fn gps_positions_keep_size_and_direction_of_the_track() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("map.ld");
    let columns = columns([channel("position_x").unwrap(), channel("position_z").unwrap()]);
    let mut exporter = exporter(&path, &columns, MotecNames::Circuit);
    // A circle of 500 m radius around (1000, -2000), once in a minute, always to the right: Z points down on the map.
    for step in 0..=6000 {
        let angle = f64::from(step) / 6000.0 * std::f64::consts::TAU;
        let (x, z) = (1000.0 + 500.0 * angle.sin(), -2000.0 - 500.0 * angle.cos());
        let values = [Some(ChannelValue::Number(x)), Some(ChannelValue::Number(z))];
        let time_s = f64::from(step) / 100.0;
        exporter
            .row(&Row { time_s, packet_id: step, session: 1, lap: None, missed: 0, skipped: 0, values: &values })
            .unwrap();
    }
    exporter.finish().unwrap();
    let log = Log::read(&path);
    let ((_, north), (_, east)) = (log.samples("GPS Latitude"), log.samples("GPS Longitude"));
    // Length of the path, by metres per degree at this latitude (50.3 degrees: 111,236 and 71,162).
    let positions: Vec<(f64, f64)> =
        north.iter().zip(east).map(|(north, east)| (north * 111_236.0, east * 71_190.0)).collect();
    let metres: f64 = positions.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1)).sum();
    assert!((metres / (1000.0 * std::f64::consts::PI) - 1.0).abs() < 2e-3, "{metres} m");
    let centre = positions.iter().fold((0.0, 0.0), |sum, position| (sum.0 + position.0, sum.1 + position.1));
    let count = positions.len() as f64;
    assert!((centre.0 / count / 111_236.0 - (50.3356 + 2000.0 / 111_236.0)).abs() < 5e-5);
    assert!((centre.1 / count / 71_190.0 - (6.9475 + 1000.0 / 71_190.0)).abs() < 5e-5);
    assert!(clockwise(&positions) > 0.0);
    // Positions are exact to 11 mm.
    let steps = positions.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1));
    let expected = 1000.0 * std::f64::consts::PI / 1200.0;
    assert!(steps.skip(1).take(1190).all(|step| (step - expected).abs() < 0.03));
}

#[test]
fn motec_takes_any_values_of_any_channel() {
    let directory = tempfile::tempdir().unwrap();
    let columns = columns(channels());
    for names in MotecNames::ALL {
        let path = directory.path().join(names.name()).with_extension("ld");
        let mut exporter = exporter(&path, &columns, names);
        for (step, number) in
            [1.0, -1e300, f64::MAX, f64::NAN, f64::INFINITY, 3.4e38, 0.0, -0.0].into_iter().enumerate()
        {
            let values = vec![Some(ChannelValue::Number(number)); columns.len()];
            let (time_s, packet_id) = (step as f64 * 0.1, step as i32);
            exporter
                .row(&Row {
                    time_s,
                    packet_id,
                    session: 1,
                    lap: Some(u32::MAX),
                    missed: 0,
                    skipped: 0,
                    values: &values,
                })
                .unwrap();
        }
        exporter.finish().unwrap();
        let log = Log::read(&path);
        assert!(log.channels.iter().all(|(_, samples)| samples.iter().all(|sample| sample.is_finite())));
        assert!(log.channels.iter().all(|(meta, samples)| samples.len() == 8 * usize::from(meta.sample_rate / 10)));
    }
}

#[test]
fn a_log_without_rows_is_valid() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("none.ld");
    exporter(&path, &columns(channels()), MotecNames::Circuit).finish().unwrap();
    assert!(Log::read(&path).channels.iter().all(|(_, samples)| samples.is_empty()));
}

#[test]
fn logs_that_do_not_fit_are_rejected_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let columns = columns(channels());
    let row = |time_s| Row { time_s, packet_id: 1, session: 1, lap: None, missed: 0, skipped: 0, values: &[] };
    for bad in [1e9, f64::MAX, f64::NAN, f64::INFINITY, -1.0] {
        let mut exporter = exporter(&directory.path().join("huge.ld"), &columns, MotecNames::Acc);
        exporter.row(&row(0.0)).unwrap();
        assert!(matches!(exporter.row(&row(bad)), Err(ExportError::Unfit(_))), "{bad}");
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    let missing_folder = directory.path().join("no").join("where.ld");
    let error = MotecExporter::create(&missing_folder, About::default(), &columns, MotecNames::Acc).unwrap_err();
    assert!(matches!(error, ExportError::Create { .. }), "{error}");
}

#[test]
fn motec_file_name_is_one_path_component() {
    let mut about = about();
    about.names.track = "../Nord/schleife".into();
    assert_eq!(motec_file_name(&about, 3), "_Nord_schleife-Übercar 992-3-2026.04.01-08.00.00.ld");
}

#[test]
fn the_ld_file_alone_has_the_laps_as_in_genuine_logs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("laps.ld");
    let columns = columns(MotecNames::Acc.channels());
    let mut exporter = exporter(&path, &columns, MotecNames::Acc);
    for step in 0..=300 {
        let (time_s, values) = (f64::from(step) / 100.0, vec![None; columns.len()]);
        let lap = Some(1 + (step / 100) as u32);
        exporter
            .row(&Row { time_s, packet_id: step, session: 1, lap, missed: 0, skipped: 0, values: &values })
            .unwrap();
    }
    exporter.finish().unwrap();
    let bytes = fs::read(&path).unwrap();
    let u16_at = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let meta = u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
    assert!(bytes[meta + 0x20..].starts_with(b"LAP_BEACON\0"));
    // Its ID, its type (a float of four bytes) and its rate.
    assert_eq!([0x10, 0x12, 0x14, 0x16].map(|field| u16_at(meta + field)), [0x2ee1, 7, 4, 100]);
    fs::remove_file(path.with_extension("ldx")).unwrap();
    let log = Log::read(&path);
    let (rate, laps) = log.samples("LAP_BEACON");
    let changes: Vec<_> = (1..laps.len()).filter(|index| laps[*index] != laps[index - 1]).collect();
    assert_eq!((rate, changes), (100, vec![100, 200, 300]));
}

#[test]
fn a_log_may_have_any_number_of_laps() {
    let directory = tempfile::tempdir().unwrap();
    let columns = columns([channel("speed").unwrap()]);
    let lap = driven().1[0].0.clone();
    for count in [0, 1, 200] {
        let path = directory.path().join(format!("{count}.ld"));
        let mut exporter = exporter(&path, &columns, MotecNames::Circuit);
        for step in 0..=count * 20 + 5 {
            let (time_s, lap) = (f64::from(step) / 10.0, Some(1 + (step / 20) as u32));
            let values = [Some(ChannelValue::Number(100.0))];
            exporter
                .row(&Row { time_s, packet_id: step, session: 1, lap, missed: 0, skipped: 0, values: &values })
                .unwrap();
        }
        // A lap that ends with the first sample has no beacon.
        for number in 0..=count {
            let mut lap = lap.clone();
            (lap.session, lap.number, lap.time_ms) = (1, number as u32, Some(2000));
            exporter.lap(&lap, f64::from(number) * 2.0).unwrap();
        }
        exporter.finish().unwrap();
        let text = fs::read_to_string(path.with_extension("ldx")).unwrap();
        assert_eq!(text.matches("<Marker ").count(), count as usize, "{count}");
        assert!(text.contains(&format!("Id=\"Total Laps\" Value=\"{}\"", count + 1)), "{text}");
        assert_eq!(text.contains("Fastest"), count > 0, "{text}");
    }
}

#[test]
fn beacons_are_where_the_car_crosses_the_line() {
    let (moments, laps) = driven();
    let positions: Vec<_> = moments.iter().map(|moment| f64::from(moment.frame.graphics.raw().npos)).collect();
    for (_, ended_s) in laps.iter().filter(|(lap, _)| lap.incomplete.is_none()) {
        let after = moments.partition_point(|moment| moment.time_s < *ended_s);
        let near = &positions[after.saturating_sub(6)..(after + 6).min(positions.len())];
        let away = near.iter().map(|position| position.fract().min(1.0 - position.fract()).abs()).fold(1.0, f64::min);
        assert!(away < 0.001, "{ended_s} s: {near:?}");
    }
}

#[test]
fn the_venue_is_the_track_with_its_layout() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("venue.ld");
    let mut about = about();
    about.names.configuration = "Sprint".into();
    let exporter = MotecExporter::create(&path, about, &columns([]), MotecNames::Acc).unwrap();
    Box::new(exporter).finish().unwrap();
    let bytes = fs::read(&path).unwrap();
    assert!(bytes[0x15e..].starts_with(b"Testring Sprint\0"));
}
