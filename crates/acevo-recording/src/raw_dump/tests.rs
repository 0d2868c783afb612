use serde_json::{Value, json};

use super::*;

/// Sections of the given sizes: bytes that depend on their offset, then zeros, then one byte at the very end.
fn dump(sizes: [usize; 3]) -> RawDump {
    let page = |page: PageKind| {
        let mut bytes: Vec<u8> = (0..sizes[page as usize]).map(|at| (at % 251) as u8).collect();
        bytes.iter_mut().skip(page.size() - 100).for_each(|byte| *byte = 0);
        if let Some(last) = bytes.last_mut() {
            *last = 0xfe;
        }
        RawPage { place: format!("a \"{page}\" page"), settled: page != PageKind::Static, bytes }
    };
    RawDump { pages: PageKind::ALL.map(page), sm_version: "1.0".into(), ac_evo_version: "0.9.1".into() }
}

/// The message of the error, and of its cause.
fn error_of(text: impl AsRef<[u8]>) -> String {
    let error = RawDump::from_json(text.as_ref()).unwrap_err();
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    format!("{error}: {}", cause.unwrap_or_default())
}

/// A valid file with one change.
fn changed(change: impl Fn(&mut Value)) -> String {
    let mut file: Value = serde_json::from_str(&dump([800, 4900, 208]).to_json().unwrap()).unwrap();
    change(&mut file);
    file.to_string()
}

#[test]
fn from_json_returns_every_byte_of_to_json() {
    for sizes in [[800, 3940, 208], [800, 4900, 208], [4096, 8192, 4096], [801, 4901, 211], [MAX_SECTION_BYTES; 3]] {
        let dump = dump(sizes);
        assert_eq!(RawDump::from_json(dump.to_json().unwrap().as_bytes()).unwrap(), dump, "{sizes:?}");
        assert!(!dump.is_settled());
        let mapper = dump.open().unwrap();
        assert_eq!(PageKind::ALL.map(|page| mapper.size(page)), sizes);
        for page in PageKind::ALL {
            let read = mapper.raw_page(page).unwrap().bytes;
            let known = page.size().min(read.len());
            assert_eq!(read[..known], dump.bytes(page)[..known]);
        }
    }
}

#[test]
fn to_json_leaves_out_zeros_at_the_end_and_has_64_bytes_in_a_line() {
    let mut dump = dump([4096, 8192, 4096]);
    dump.pages[0].bytes.fill(0);
    dump.pages[0].bytes[128] = 1;
    dump.pages[2].bytes.fill(0);
    let text = dump.to_json().unwrap();
    assert!(text.ends_with("}\n") && text.len() < 30_000, "{}", text.len());
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["pages"][0]["bytes"], json!(["0".repeat(128), "0".repeat(128), "01"]));
    assert_eq!(file["pages"][2]["bytes"], json!([]));
    assert_eq!(RawDump::from_json(text.as_bytes()).unwrap(), dump);
}

#[test]
fn from_json_accepts_missing_optional_fields_and_lines_of_any_length() {
    let file = json!({
        "format": "acevo raw dump", "format_version": 1, "news": [{}],
        "pages": [
            {"page": "static", "size": 208, "settled": true, "bytes": []},
            {"page": "graphics", "size": 4096, "settled": true, "bytes": ["", "0A0b0C", "ff"]},
            {"page": "physics", "size": 800, "settled": true, "bytes": ["00".repeat(800)]},
        ],
    });
    let with_mark = [b"\xef\xbb\xbf", file.to_string().as_bytes()].concat();
    let dump = RawDump::from_json(&with_mark).unwrap();
    assert_eq!(dump.bytes(PageKind::Graphics)[..6], [10, 11, 12, 255, 0, 0]);
    assert_eq!(PageKind::ALL.map(|page| dump.bytes(page).len()), [800, 4096, 208]);
    assert!(dump.is_settled() && dump.summary().contains("game unknown"), "{}", dump.summary());
}

#[test]
fn from_json_explains_errors() {
    let cases: [(String, &str); 16] = [
        (String::new(), "EOF"),
        ("{}".into(), "missing field `format`"),
        (format!("{{\"news\": {}", "[".repeat(10_000)), "EOF"),
        ("\0".repeat(100), "expected value"),
        (changed(|file| file["format"] = json!("raw\x1b")), "\"raw\", not \"acevo raw dump\""),
        (changed(|file| file["format_version"] = json!(2)), "version 2"),
        (changed(|file| file["format_version"] = json!(-1)), "line 1"),
        (changed(|file| file["pages"][1]["page"] = json!("screen")), "\"screen\""),
        (changed(|file| file["pages"][1]["page"] = json!("physics")), "physics page twice"),
        (changed(|file| drop(file["pages"].as_array_mut().unwrap().remove(1))), "no graphics page"),
        (changed(|file| file["pages"][0]["size"] = json!(799)), "799 bytes, and 800 to 1048576"),
        (changed(|file| file["pages"][2]["size"] = json!(MAX_SECTION_BYTES + 1)), "1048577 bytes"),
        (changed(|file| file["pages"][1]["size"] = json!(3940)), "has 4900 bytes, more than its size of 3940"),
        (changed(|file| file["pages"][0]["bytes"][0] = json!("abc")), "Odd number of digits"),
        (changed(|file| file["pages"][0]["bytes"][0] = json!("xy")), "Invalid character 'x'"),
        (
            changed(|file| file["pages"][0]["bytes"] = json!(["00".repeat(MAX_SECTION_BYTES), "00"])),
            "more than 1048576",
        ),
    ];
    for (text, hint) in cases {
        let error = error_of(text);
        assert!(error.contains(hint) && (error.contains("acevo dump --raw") || hint == "version 2"), "{hint}: {error}");
    }
    assert!(error_of(b"\xff\xfe{\0").contains("UTF-16"));
    assert!(error_of(b"\xff\xff\xff").contains("not a raw dump"));
}

#[test]
fn from_json_refuses_a_file_that_was_cut_anywhere() {
    let text = dump([800, 4096, 208]).to_json().unwrap();
    let whole = text.trim_end().len();
    for end in (0..whole).step_by(13).chain(whole - 200..whole) {
        assert!(error_of(&text[..end]).contains("cut"), "{end}");
    }
    assert!(RawDump::from_json(&text.as_bytes()[..whole]).is_ok());
}

/// Any change gives an error or a dump that can be opened.
#[test]
fn from_json_never_panics_on_changed_bytes() {
    let text = dump([800, 3940, 208]).to_json().unwrap().into_bytes();
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let (mut good, mut bad) = (0, 0);
    for _ in 0..2000 {
        let mut text = text.clone();
        for _ in 0..=random(3) {
            let (from, to) = (random(text.len()), random(text.len()));
            // Prefer the head of the file.
            let at = if random(2) == 0 { from } else { from % 700 };
            match random(4) {
                0 => text[at] = random(256) as u8,
                1 => text[at] = b"0123456789\"{}[],:-e.n"[random(21)],
                2 => drop(text.drain(at.min(to)..(at.min(to) + random(40)).min(text.len()))),
                _ => {
                    let part = text[at..(at + random(40)).min(text.len())].to_vec();
                    text.splice(to..to, part);
                }
            }
        }
        match RawDump::from_json(&text) {
            Ok(dump) => {
                good += 1;
                dump.open().unwrap();
                assert!(!dump.summary().chars().any(char::is_control));
            }
            Err(error) => {
                bad += 1;
                assert!(!error.to_string().is_empty());
            }
        }
    }
    assert!(good > 100 && bad > 100, "{good} {bad}");
}

#[test]
fn read_limits_the_size_of_the_file() {
    let dump = dump([800, 4900, 208]);
    assert_eq!(RawDump::read(dump.to_json().unwrap().as_bytes()).unwrap(), dump);
    let error = RawDump::read(io::repeat(b' ')).unwrap_err().to_string();
    assert!(error.contains("more than 16 MiB"), "{error}");
}

#[test]
fn change_places_changes_only_the_texts_about_places() {
    let original = dump([800, 4900, 208]);
    let mut changed = original.clone();
    changed.change_places(|place| format!("~{place}"));
    let json = changed.to_json().unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    for (page, before) in value["pages"].as_array().unwrap().iter().zip(&original.pages) {
        assert_eq!(page["place"], format!("~{}", before.place));
    }
    changed.change_places(|place| place.replacen('~', "", 1));
    assert_eq!(changed, original);
}
