//! Raw dumps, and `acevo diff`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use acevo_shared_memory::PageKind;
use acevo_testkit::program::{Output, acevo, output};
#[cfg(unix)]
use acevo_testkit::program::{Signal, send_signal};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Options for every byte, including zeros at the ends of pages.
fn bytes_of(file: &Value, page: PageKind) -> Vec<u8> {
    let entry = file["pages"].as_array().unwrap().iter().find(|entry| entry["page"] == page.to_string()).unwrap();
    let digits: String = entry["bytes"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let mut bytes = hex::decode(digits).unwrap();
    bytes.resize(entry["size"].as_u64().unwrap() as usize, 0);
    bytes
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn run(args: &[&str], paths: &[&Path]) -> Output {
    output(acevo().args(args).args(paths))
}

/// A raw dump of the embedded simulator.
fn demo(directory: &TempDir, name: &str, options: &[&str]) -> PathBuf {
    let path = directory.path().join(name);
    let dump = output(acevo().args(["dump", "--demo"]).args(options).arg("--raw").arg(&path));
    assert!(dump.status.success() && dump.stdout.is_empty(), "{dump:?}");
    path
}

/// Changes bytes of a page in a file.
fn change(path: &Path, page: PageKind, change: impl Fn(&mut Vec<u8>)) {
    let mut file = read(path);
    let mut bytes = bytes_of(&file, page);
    change(&mut bytes);
    let entry = &mut file["pages"][page as usize];
    entry["size"] = json!(bytes.len());
    entry["bytes"] = json!([hex::encode(&bytes)]);
    fs::write(path, file.to_string()).unwrap();
}

#[test]
fn raw_dump_of_a_demo_can_be_read_and_described() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("demo.json");
    let dump = run(&["dump", "--demo", "--raw"], &[&path]);
    assert!(dump.status.success() && dump.stdout.is_empty(), "{dump:?}");
    for hint in ["demo.json", "physics 800 bytes, graphics 4900 bytes, static 208 bytes", "game 0.9", "driver's name"] {
        assert!(dump.stderr.contains(hint), "{hint}: {}", dump.stderr);
    }
    let file = read(&path);
    assert_eq!((&file["format"], &file["format_version"]), (&json!("acevo raw dump"), &json!(1)));
    assert_eq!(file["program_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(file["system"], std::env::consts::OS);
    for page in PageKind::ALL {
        let entry = &file["pages"][page as usize];
        assert_eq!((&entry["size"], &entry["known_size"]), (&json!(page.size()), &json!(page.size())));
        assert_eq!((&entry["section"], &entry["settled"]), (&json!(page.section_name()), &json!(true)));
    }
    let counter = i32::from_le_bytes(*bytes_of(&file, PageKind::Physics).first_chunk().unwrap());
    assert!(counter > 1000 && file["pages"][0]["packet_id"] == counter);

    for options in
        [&["--all"][..], &["--json"], &["--json", "--all"], &["--describe", "tyre_lf"], &["--page", "static"]]
    {
        let live = output(acevo().args(["dump", "--demo"]).args(options));
        let from = output(acevo().args(["dump"]).args(options).arg("--from").arg(&path));
        assert!(from.status.success() && from.stderr.is_empty(), "{options:?}: {}", from.stderr);
        assert!(from.stdout == live.stdout, "{options:?}");
    }
    let piped = output(acevo().args(["dump", "--from", "-", "gear"]).stdin(fs::File::open(&path).unwrap()));
    assert!(piped.stdout.starts_with("physics.gear "), "{piped:?}");
    let written = run(&["dump", "--demo", "--raw", "-"], &[]);
    assert!(written.stdout.as_bytes() == fs::read(&path).unwrap() && written.stderr.contains("standard output"));
}

#[test]
fn raw_dump_never_overwrites_a_file() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("precious");
    fs::write(&path, "do not touch").unwrap();
    let dump = run(&["dump", "--demo", "--raw"], &[&path]);
    assert_eq!(dump.status.code(), Some(1));
    assert!(dump.stderr.contains("not overwritten") && dump.stderr.contains("precious"), "{}", dump.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), "do not touch");
    // The error comes immediately, not after the game has started.
    let dump = run(&["dump", "--wait", "--raw"], &[&path]);
    assert_eq!(dump.status.code(), Some(1));
    assert!(!dump.stderr.contains("Waiting"), "{}", dump.stderr);
    let missing = run(&["dump", "--demo", "--raw"], &[&directory.path().join("no/where")]);
    assert!(missing.status.code() == Some(1) && missing.stderr.contains("cannot create"), "{missing:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn raw_dump_fails_on_a_full_disk() {
    let dump = run(&["dump", "--demo", "--raw", "/dev/full"], &[]);
    assert!(dump.status.code() == Some(1) && dump.stderr.contains("/dev/full"), "{dump:?}");
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let dump = acevo().args(["dump", "--demo", "--raw", "-"]).stdout(full()).stderr(Stdio::null()).status().unwrap();
    assert_eq!(dump.code(), Some(1));

    let directory = TempDir::new().unwrap();
    let [a, b] = [demo(&directory, "a", &[]), demo(&directory, "b", &["--seed", "7"])];
    let diff = acevo().arg("diff").args([&a, &b]).stdout(full()).stderr(Stdio::null()).status().unwrap();
    assert_eq!(diff.code(), Some(2));
}

#[test]
fn diff_of_a_dump_with_itself_is_empty() {
    let directory = TempDir::new().unwrap();
    let a = demo(&directory, "a", &[]);
    for options in [&["diff"][..], &["diff", "--all"], &["diff", "--quiet"], &["diff", "--page", "physics"]] {
        let diff = run(options, &[&a, &a]);
        assert!(diff.status.code() == Some(0) && diff.stdout.is_empty() && diff.stderr.is_empty(), "{diff:?}");
    }
    let json = run(&["diff", "--json"], &[&a, &a]);
    assert_eq!(serde_json::from_str::<Value>(&json.stdout).unwrap(), json!({"fields": {}, "sizes": {}, "beyond": {}}));
    assert_eq!(json.status.code(), Some(0));
    // Equal NaNs do not differ.
    change(&a, PageKind::Physics, |bytes| bytes.fill(0xff));
    assert_eq!(run(&["diff"], &[&a, &a]).status.code(), Some(0));
}

#[test]
fn diff_lists_changed_values() {
    let directory = TempDir::new().unwrap();
    let [a, b] = [demo(&directory, "a", &[]), demo(&directory, "b", &["--car", "road"])];
    let diff = run(&["diff"], &[&a, &b]);
    assert!(diff.status.code() == Some(1) && diff.stderr.is_empty(), "{diff:?}");
    let speed = diff.stdout.lines().find(|line| line.starts_with("physics.speedKmh ")).unwrap();
    assert!(speed.contains(" -> ") && speed.ends_with("km/h"), "{speed}");
    assert!(diff.stdout.contains("graphics.car_model ") && !diff.stdout.contains("static.track "));
    assert!(!diff.stdout.contains("beyond") && !diff.stdout.contains("page "), "the sizes are the same");

    let json: Value = serde_json::from_str(&run(&["diff", "--json"], &[&a, &b]).stdout).unwrap();
    let speed = &json["fields"]["physics.speedKmh"];
    assert!(speed["a"].is_number() && speed["b"].is_number() && speed["unit"] == "km/h", "{speed}");
    assert_eq!(json["fields"].as_object().unwrap().len(), diff.stdout.lines().count());

    let one = run(&["diff", "speedKmh"], &[]);
    assert_eq!(one.status.code(), Some(2), "B is missing");
    let one = output(acevo().arg("diff").args([&a, &b]).args(["speedKmh", "track"]));
    assert!(one.status.code() == Some(1) && one.stdout.lines().count() == 1, "{one:?}");
    let track = output(acevo().arg("diff").args([&a, &b]).arg("track"));
    assert!(track.status.code() == Some(0) && track.stdout.is_empty(), "{track:?}");
    let quiet = run(&["diff", "-q"], &[&a, &b]);
    assert!(quiet.status.code() == Some(1) && quiet.stdout.is_empty() && quiet.stderr.is_empty(), "{quiet:?}");
    let piped = output(acevo().arg("diff").arg(&a).arg("-").stdin(fs::File::open(&b).unwrap()));
    assert!(piped.status.code() == Some(1) && piped.stdout == diff.stdout);
}

#[test]
fn diff_keeps_its_exit_code_if_the_reader_closes_the_pipe() {
    let directory = TempDir::new().unwrap();
    let [a, b] = [demo(&directory, "a", &[]), demo(&directory, "b", &["--car", "road"])];
    let mut diff = acevo().arg("diff").args([&a, &b]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(diff.stdout.take());
    let end = diff.wait_with_output().unwrap();
    assert!(end.status.code() == Some(1) && end.stderr.is_empty(), "{end:?}");
}

#[test]
fn diff_lists_elements_texts_bits_sizes_and_unknown_bytes() {
    let directory = TempDir::new().unwrap();
    let [a, b] = [demo(&directory, "a", &[]), demo(&directory, "b", &[])];
    let offset = |page: PageKind, path: &str| page.fields().iter().find(|field| field.path == path).unwrap().offset;
    let put = |bytes: &mut Vec<u8>, at: usize, new: &[u8]| bytes[at..at + new.len()].copy_from_slice(new);

    let slip = offset(PageKind::Physics, "wheelSlip") + 2 * 4;
    let contact = offset(PageKind::Physics, "tyreContactPoint") + (3 * 3 + 1) * 4;
    let fuel = offset(PageKind::Physics, "fuel");
    let heading = offset(PageKind::Physics, "heading");
    change(&a, PageKind::Physics, |bytes| {
        put(bytes, slip, &1.5_f32.to_le_bytes());
        put(bytes, contact, &0.0_f32.to_le_bytes());
        put(bytes, fuel, &0x7fc0_0000_u32.to_le_bytes());
        put(bytes, heading, &f32::NAN.to_le_bytes());
    });
    change(&b, PageKind::Physics, |bytes| {
        put(bytes, slip, &2.5_f32.to_le_bytes());
        put(bytes, contact, &(-0.0_f32).to_le_bytes());
        put(bytes, fuel, &0x7fc0_0001_u32.to_le_bytes());
        put(bytes, heading, &f32::INFINITY.to_le_bytes());
        bytes.resize(4096, 0);
        bytes[900] = 1;
        bytes[4095] = 1;
    });
    // A text that differs only after its end, and one with an escape sequence.
    let car = offset(PageKind::Graphics, "car_model");
    let driver = offset(PageKind::Graphics, "driver_name");
    change(&a, PageKind::Graphics, |bytes| put(bytes, car, b"X\0one"));
    change(&b, PageKind::Graphics, |bytes| {
        put(bytes, car, b"X\0two");
        put(bytes, driver, "\x1b[31m\u{202e}".as_bytes());
        bytes.resize(8192, 0);
    });

    let diff = run(&["diff"], &[&a, &b]);
    assert_eq!(diff.status.code(), Some(1));
    let lines: Vec<Vec<&str>> = diff.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines.len(), 8, "{}", diff.stdout);
    let line = |name: &str| lines.iter().find(|line| line[0] == name).unwrap()[1..].join(" ");
    assert_eq!(line("physics.wheelSlip[2]"), "1.5 -> 2.5");
    assert!(line("physics.tyreContactPoint[3][1]").starts_with("0 -> -0"));
    assert!(line("physics.fuel").starts_with("NaN (0x7fc00000) -> NaN (0x7fc00001)"));
    assert!(line("physics.heading").starts_with("NaN (0x7fc00000) -> inf"));
    assert!(line("graphics.driver_name").contains(r#"-> "\u{1b}[31m\u{202e}"#), "{}", diff.stdout);
    let pages: Vec<_> = lines.iter().filter(|line| line[1] == "page").map(|line| line.join(" ")).collect();
    let beyond = "physics page 2 bytes beyond the known layout differ, the first at offset 900";
    assert_eq!(pages, ["physics page 800 -> 4096 bytes", "graphics page 4900 -> 8192 bytes", beyond]);

    let all = run(&["diff", "--all"], &[&a, &b]);
    let car = all.stdout.lines().find(|line| line.starts_with("graphics.car_model")).unwrap();
    assert!(car.contains("\"X\"") && car.contains("other bytes, same value"), "{car}");
    let json: Value = serde_json::from_str(&run(&["diff", "--json", "--all"], &[&a, &b]).stdout).unwrap();
    assert_eq!(json["beyond"], json!({"physics": {"count": 2, "first": 900}}));
    assert_eq!(json["sizes"]["graphics"], json!({"a": 4900, "b": 8192}));
    let fuel = &json["fields"]["physics.fuel"];
    assert_eq!(fuel["bytes"], json!({"a": "0000c07f", "b": "0100c07f"}));
    assert!(json["fields"]["graphics.car_model"]["bytes"].is_object());
    assert!(json["fields"]["physics.wheelSlip[2]"]["bytes"].is_null());

    // With a list of fields, or for another page, unknown bytes are left out.
    let one = run(&["diff", "--page", "static"], &[&a, &b]);
    assert_eq!((one.status.code(), &one.stdout[..]), (Some(0), ""));
    let text = output(acevo().arg("diff").args([&a, &b]).arg("car_model"));
    assert_eq!((text.status.code(), &text.stdout[..]), (Some(0), ""));
}

#[test]
fn short_page_in_a_raw_dump_is_filled_with_zeros() {
    let directory = TempDir::new().unwrap();
    let [a, b] = [demo(&directory, "a", &[]), demo(&directory, "b", &[])];
    change(&a, PageKind::Graphics, |bytes| bytes.truncate(3940));
    change(&b, PageKind::Graphics, |bytes| {
        bytes[3940..].fill(0);
        bytes[3940 + 2 * 16 + 8] = 1;
    });
    let diff = run(&["diff", "--all"], &[&a, &b]);
    let lines: Vec<Vec<&str>> = diff.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines.len(), 2, "{}", diff.stdout);
    assert_eq!(lines[0], ["graphics.car_ids[2][1]", "0", "->", "1"]);
    assert_eq!(lines[1], ["graphics", "page", "3940", "->", "4900", "bytes"]);
    let older = run(&["dump", "car_ids", "--from"], &[&a]);
    assert!(older.status.success() && older.stdout.contains("all 0"), "{older:?}");
}

#[test]
fn invalid_raw_dumps_are_refused() {
    let directory = TempDir::new().unwrap();
    let a = demo(&directory, "a", &[]);
    let nonsense = directory.path().join("nonsense");
    let whole = fs::read(&a).unwrap();
    for (bytes, hint) in [
        (&b"not a dump"[..], "not a raw dump"),
        (b"", "EOF"),
        (b"{\"format\": \"acevo raw dump\", \"format_version\": 99}", "version 99"),
        (b"\xff\xfe{\0", "UTF-16"),
        (&whole[..whole.len() / 2], "cut"),
    ] {
        fs::write(&nonsense, bytes).unwrap();
        for diff in [run(&["diff"], &[&a, &nonsense]), run(&["diff", "-q"], &[&nonsense, &a])] {
            assert_eq!(diff.status.code(), Some(2), "{hint}");
            assert!(diff.stderr.contains(hint) && diff.stderr.contains("nonsense"), "{hint}: {}", diff.stderr);
            assert!(diff.stdout.is_empty());
        }
        let dump = run(&["dump", "--from"], &[&nonsense]);
        assert!(dump.status.code() == Some(1) && dump.stderr.contains(hint), "{hint}: {dump:?}");
    }
    for args in
        [&["diff", "-", "-"][..], &["diff", "a", "b", "--page", "phisics"], &["diff", "a"], &["diff", "no", "no"]]
    {
        assert_eq!(run(args, &[]).status.code(), Some(2), "{args:?}");
    }
    let unknown = output(acevo().arg("diff").args([&a, &a]).arg("speedKmph"));
    assert!(unknown.status.code() == Some(2) && unknown.stderr.contains("physics.speedKmh"), "{unknown:?}");
    let missing = run(&["dump", "--from"], &[&directory.path().join("missing")]);
    assert!(missing.status.code() == Some(1) && missing.stderr.contains("missing"), "{missing:?}");
    for args in [
        &["dump", "--raw", "a", "--from", "a"][..],
        &["dump", "--raw", "a", "gear"],
        &["dump", "--raw", "a", "--json"],
        &["dump", "--raw", "a", "--page", "static"],
        &["dump", "--raw", "a", "--describe"],
        &["dump", "--from", "a", "--demo"],
        &["dump", "--from", "a", "--wait"],
        &["diff", "a", "b", "--json", "--quiet"],
    ] {
        let wrong = run(args, &[]);
        assert!(wrong.status.code() == Some(2) && wrong.stderr.contains("cannot be used with"), "{args:?}: {wrong:?}");
    }
}

/// Page files of every supported size, as a bridge or a later game version may create them.
#[test]
#[cfg(unix)]
fn raw_dump_keeps_sections_of_any_size() {
    for sizes in [[4096, 8192, 4096], [800, 3940, 208], [803, 5001, 1000], [1 << 20, 4900, 208]] {
        let directory = TempDir::new().unwrap();
        let mut expected = Vec::new();
        for (page, size) in PageKind::ALL.into_iter().zip(sizes) {
            // Every byte value, up to the last byte.
            let bytes: Vec<u8> = (0..size).map(|at| (at * 7 % 256) as u8 | 1).collect();
            fs::write(directory.path().join(page.section_name()), &bytes).unwrap();
            expected.push(bytes);
        }
        let path = directory.path().join("dump.json");
        let dump = output(acevo().args(["dump", "--dir"]).arg(directory.path()).arg("--raw").arg(&path));
        assert!(dump.status.success(), "{dump:?}");
        let file = read(&path);
        for page in PageKind::ALL {
            assert!(bytes_of(&file, page) == expected[page as usize], "{page} {sizes:?}");
            assert!(file["pages"][page as usize]["place"].as_str().unwrap().ends_with(page.section_name()));
        }
        for options in [&["--all"][..], &["--json"]] {
            let live = output(acevo().args(["dump", "--dir"]).arg(directory.path()).args(options));
            let from = output(acevo().args(["dump", "--from"]).arg(&path).args(options));
            assert!(from.status.success() && from.stderr.is_empty() && from.stdout == live.stdout, "{options:?}");
        }
        assert_eq!(run(&["diff", "--all"], &[&path, &path]).status.code(), Some(0));
    }
}

#[test]
#[cfg(unix)]
fn diff_of_two_dumps_shows_whether_the_game_moves() {
    let directory = TempDir::new().unwrap();
    let pages = directory.path().join("pages");
    let simulator = acevo_testkit::program::spawn(
        acevo().arg("simulate").arg("--dir").arg(&pages).args(["--scenario", "hot-laps"]),
    );
    assert!(simulator.next_message().contains("pages"));
    let raw = |name: &str| {
        let path = directory.path().join(name);
        let dump = output(acevo().args(["dump", "--wait", "--dir"]).arg(&pages).arg("--raw").arg(&path));
        assert!(dump.status.success(), "{dump:?}");
        (path, dump.stderr)
    };
    let signal = |signal| send_signal(simulator.id(), signal);

    let (a, said) = raw("a");
    assert!(!said.contains("sends nothing"), "{said}");
    std::thread::sleep(std::time::Duration::from_millis(300));
    let (b, _) = raw("b");
    let diff = run(&["diff"], &[&a, &b]);
    assert!(diff.status.code() == Some(1) && diff.stdout.contains("physics.speedKmh "), "{diff:?}");

    // A stopped process no longer changes its pages.
    signal(Signal::STOP);
    let (c, said) = raw("c");
    assert!(said.contains("sends nothing"), "{said}");
    let (d, _) = raw("d");
    assert_eq!(run(&["diff", "--all"], &[&c, &d]).status.code(), Some(0));
    let file = read(&c);
    for page in PageKind::ALL {
        assert!(bytes_of(&file, page) == fs::read(pages.join(page.section_name())).unwrap(), "{page}");
    }
    let live = output(acevo().args(["dump", "--json", "--dir"]).arg(&pages));
    let from = output(acevo().args(["dump", "--json", "--from"]).arg(&c));
    assert!(from.stdout == live.stdout && from.stderr.is_empty());
    signal(Signal::CONT);
}
