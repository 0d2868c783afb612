//! Parquet files, read back by the same crate and by other readers.

#![cfg(feature = "parquet")]

use std::fs::{self, File};
use std::path::Path;

use acevo_export::{
    About, Column, CsvExporter, CsvOptions, ExportError, Exporter, ParquetExporter, Part, Precision, Row,
    partition_path,
};
use acevo_simulator::Scenario;
use acevo_telemetry::{Axes, ChannelKind, ChannelValue, channel, channels};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use acevo_testkit::python::{python, run};
use acevo_testkit::rows::{Moment, about, columns};

/// Every third packet of a race until the end of a lap.
fn moments() -> Vec<Moment> {
    let mut moments = Vec::<Moment>::new();
    acevo_testkit::drive::each_frame(acevo_testkit::drive::options(Scenario::Race, 3, 1), |at, frame| {
        let (time_s, packet_id) = (at.as_secs_f64(), frame.physics.packet_id());
        if packet_id % 3 == 0 && moments.last().is_none_or(|last| last.packet_id != packet_id) {
            moments.push(Moment { time_s, packet_id, lap: Some(1).filter(|_| time_s > 20.0), frame: *frame });
        }
    });
    moments
}

fn write(path: &Path, columns: &[Column], moments: &[Moment]) {
    let mut exporter = Box::new(ParquetExporter::create(path, &about(), columns).expect("creates the file"));
    for moment in moments {
        moment.give(columns, &Axes::default(), exporter.as_mut());
    }
    exporter.finish().expect("completes the file");
}

#[test]
fn parquet_values_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("race.parquet");
    let (columns, moments) = (columns(channels()), moments());
    write(&path, &columns, &moments);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "no temporary file is left");

    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let seconds = moments[moments.len() - 1].time_s - moments[0].time_s;
    assert_eq!(reader.num_row_groups(), (seconds / 60.0).ceil() as usize, "a group is a minute");
    let mut rows = 0;
    for (row, moment) in reader.get_row_iter(None).unwrap().zip(&moments) {
        let row = row.expect("readable");
        let fields: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
        assert_eq!(fields.len(), columns.len() + 6);
        assert_eq!(fields[0], &Field::Double(moment.time_s));
        assert_eq!(fields[1], &Field::Int(moment.packet_id));
        assert_eq!(fields[3], &moment.lap.map_or(Field::Null, |lap| Field::Int(lap as i32)));
        for ((field, column), value) in fields[6..].iter().zip(&columns).zip(moment.values(&columns, &Axes::default()))
        {
            let id = column.channel.id();
            match (field, value) {
                (Field::Null, None) => (),
                // From an f32 or from integers: nothing is rounded.
                (Field::Float(read), Some(ChannelValue::Number(number))) => assert_eq!(*read, number as f32, "{id}"),
                (Field::Double(read), Some(ChannelValue::Number(number))) => assert_eq!(*read, number, "{id}"),
                (Field::Int(read), Some(ChannelValue::Number(number))) => assert_eq!(f64::from(*read), number, "{id}"),
                (Field::Int(read), Some(ChannelValue::Enum(number, _))) => assert_eq!(*read, number, "{id}"),
                (Field::Bool(read), Some(ChannelValue::Flag(flag))) => assert_eq!(*read, flag, "{id}"),
                (Field::Str(read), Some(ChannelValue::Text(text))) => assert_eq!(read, text, "{id}"),
                other => panic!("{id}: {other:?}"),
            }
        }
        rows += 1;
    }
    assert_eq!(rows, moments.len());
}

#[test]
fn parquet_encodings_and_metadata() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("few.parquet");
    write(&path, &columns(channels()), &moments()[..100]);
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let metadata = reader.metadata();
    for column in metadata.row_group(0).columns() {
        let encodings: Vec<String> = column.encodings().map(|encoding| encoding.to_string()).collect();
        let is_float = matches!(column.column_type().to_string().as_str(), "FLOAT" | "DOUBLE");
        assert_eq!(
            encodings.iter().any(|encoding| encoding == "BYTE_STREAM_SPLIT"),
            is_float,
            "{:?}",
            column.column_path()
        );
    }
    let entries = metadata.file_metadata().key_value_metadata().unwrap();
    let metadata = |key: &str| -> serde_json::Value {
        let entry = entries.iter().find(|entry| entry.key == key).expect("an entry");
        serde_json::from_str(entry.value.as_deref().unwrap()).expect("JSON")
    };
    assert_eq!(metadata("acevo.about")["driver"], "Ada \"Räcer\"");
    let columns = metadata("acevo.columns");
    assert_eq!(columns["speed"]["unit"], "km/h");
    assert_eq!(columns["speed"]["sources"][0], "physics.speedKmh");
    assert_eq!(
        (&columns["g_lateral"]["quality"], &columns["status"]["values"]["2"]),
        (&"measured".into(), &"Live".into())
    );
    assert_eq!(columns["speed"]["versions"], serde_json::json!(["0.5", "0.6.2"]));
    assert_eq!(columns["shift_up"]["quality"], "documented");
}

#[test]
fn parquet_takes_any_values() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("any.parquet");
    let columns = columns(channels());
    let mut exporter = Box::new(ParquetExporter::create(&path, &About::default(), &columns).unwrap());
    let values = [
        None,
        Some(ChannelValue::Number(f64::NAN)),
        Some(ChannelValue::Number(-1e300)),
        Some(ChannelValue::Flag(true)),
        Some(ChannelValue::Enum(i32::MIN, "Unknown")),
        Some(ChannelValue::Text("\0")),
    ];
    for (step, time_s) in [0.0, f64::NAN, 1e300, -5.0, f64::INFINITY].into_iter().enumerate() {
        for value in values {
            let values = vec![value; columns.len() - step];
            let row = Row {
                time_s,
                packet_id: i32::MIN,
                session: u32::MAX,
                lap: Some(u32::MAX),
                missed: 7,
                skipped: 0,
                values: &values,
            };
            exporter.row(&row).unwrap();
        }
    }
    exporter.finish().unwrap();
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(reader.get_row_iter(None).unwrap().filter_map(Result::ok).count(), 30);

    let path = path.with_file_name("empty.parquet");
    write(&path, &columns, &[]);
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
    let missing_folder = directory.path().join("no").join("where.parquet");
    assert!(matches!(ParquetExporter::create(&missing_folder, &about(), &columns), Err(ExportError::Create { .. })));
}

/// Compares with an exact CSV. Names the columns that differ.
const COMPARE: &str = "
import sys, json, numpy as np, pandas as pd, pyarrow.parquet as pq, polars as pl, duckdb
path, table = sys.argv[1:3]
expected = pd.read_csv(table, low_memory=False, float_precision='round_trip')
json.loads(pq.read_metadata(path).metadata[b'acevo.columns'])
values = json.loads(pq.read_metadata(path).metadata[b'acevo.columns'])
for name, frame in [
    ('pyarrow', pq.read_table(path).to_pandas()),
    ('polars', pl.read_parquet(path).to_pandas()),
    ('duckdb', duckdb.sql(f\"select * from '{path}'\").df()),
]:
    assert list(frame.columns) == list(expected.columns) and len(frame) == len(expected), name
    for column in frame:
        read, wanted = frame[column], expected[column]
        names = values.get(column, {}).get('values')
        if names:
            read = read.map(lambda value: names[str(int(value))])
        assert (read.isna() == wanted.isna()).all(), (name, column)
        read, wanted = read[~wanted.isna()], wanted[~wanted.isna()]
        if len(wanted) == 0:
            continue
        if wanted.dtype.kind in 'iuf':
            kind = np.float32 if read.dtype == np.float32 else np.float64
            same = (read.astype(kind) == wanted.astype(kind)).all()
        else:
            same = (read.astype(str) == wanted.astype(str)).all()
        assert same, (name, column)
print(len(expected), end='')
";

#[test]
fn other_readers_read_the_same_parquet() {
    let Some(python) = python(&["pyarrow", "polars", "duckdb", "pandas"]) else { return };
    let directory = tempfile::tempdir().unwrap();
    let (path, table) = (directory.path().join("race.parquet"), directory.path().join("race.csv"));
    // Without columns whose text a CSV reader may take for another type.
    let columns =
        columns(channels().iter().filter(|channel| channel.kind() != ChannelKind::Text || channel.id() == "track"));
    let mut moments = moments();
    moments.retain(|moment| moment.packet_id % 5 == 0);
    write(&path, &columns, &moments);
    let options = CsvOptions::default().with_precision(Precision::Full);
    let mut exporter = Box::new(CsvExporter::new(File::create(&table).unwrap(), &columns, options).unwrap());
    for moment in &moments {
        moment.give(&columns, &Axes::default(), exporter.as_mut());
    }
    exporter.finish().unwrap();
    assert_eq!(run(&python, COMPARE, &[path.as_os_str(), table.as_os_str()]), moments.len().to_string());
}

/// Rows of each part of a data set, by three readers.
const PARTITIONS: &str = "
import sys, duckdb, polars, pyarrow.dataset as ds
root = sys.argv[1]
keys = 'track, car, driver, session'
query = f\"select {keys}, count(*) from read_parquet('{root}/**/*.parquet', hive_partitioning = true) group by all\"
frame = polars.scan_parquet(f'{root}/**/*.parquet', hive_partitioning=True)
keys = keys.split(', ')
by_polars = frame.group_by(keys).len().collect().rows()
table = ds.dataset(root, partitioning='hive').to_table().group_by(keys).aggregate([([], 'count_all')])
by_arrow = [tuple(row[key] for key in [*keys, 'count_all']) for row in table.to_pylist()]
for rows in [duckdb.sql(query).fetchall(), by_polars, by_arrow]:
    print(sorted(rows, key=lambda row: row[-1]))
";

#[test]
fn partitioned_files_are_one_data_set() {
    let Some(python) = python(&["pyarrow", "duckdb", "polars"]) else { return };
    let directory = tempfile::tempdir().unwrap();
    let columns = columns([channel("track").unwrap(), channel("speed").unwrap()]);
    let mut nameless = About::default();
    (nameless.names.track, nameless.names.car) = ("100 % = a/b".into(), " \\".into());
    for (rows, about) in [(3, nameless), (4, about())] {
        let path = directory.path().join(partition_path(&about, "evening"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut part = Part::default();
        (part.recording, part.number) = ("evening".into(), rows);
        let mut exporter = Box::new(ParquetExporter::create_part(&path, &about, &columns, &part).unwrap());
        for packet_id in 0..rows as i32 {
            let values = [Some(ChannelValue::Text("Ring")), Some(ChannelValue::Number(100.0))];
            exporter
                .row(&Row { time_s: 0.0, packet_id, session: 1, lap: None, missed: 0, skipped: 0, values: &values })
                .unwrap();
        }
        exporter.finish().unwrap();
        assert_eq!(Part::read(&path).unwrap(), Some(part));
    }
    let expected = "[('100 % = a/b', '\\\\', None, 'evening+0s', 3), \
                    ('Testring', 'Übercar 992', 'Ada \"Räcer\"', '2026-04-01T08-00-00.000Z Practice', 4)]\n";
    assert_eq!(run(&python, PARTITIONS, &[directory.path().as_os_str()]), expected.repeat(3));
}
