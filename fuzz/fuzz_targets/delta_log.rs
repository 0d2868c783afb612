//! Any bytes can be the log of a table: reading it ends, with findings or an error.
#![no_main]

use std::fs;

use acevo_lake::Lake;
use libfuzzer_sys::fuzz_target;

/// A first commit, after which lines of the input are read.
const BEGINNING: &str = r#"{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
{"metaData":{"id":"1","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":["track","date"],"configuration":{}}}
"#;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let lake = tempfile::tempdir().expect("a folder");
    let log = lake.path().join("laps/_delta_log");
    fs::create_dir_all(&log).expect("a folder");
    let write = |name: &str, bytes: &[u8]| fs::write(log.join(name), bytes).expect("a file");
    match kind % 3 {
        0 => write("00000000000000000000.json", bytes),
        1 => {
            write("00000000000000000000.json", BEGINNING.as_bytes());
            write("00000000000000000001.json", bytes);
        }
        _ => write("00000000000000000005.checkpoint.parquet", bytes),
    }
    let _ = Lake::check(lake.path(), || true);
    let Ok(lake) = Lake::open(lake.path()) else { return };
    let _ = lake.compact(&Default::default(), &mut ());
    let _ = lake.vacuum(std::time::Duration::ZERO);
});
