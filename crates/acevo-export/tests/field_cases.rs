//! Cases from the field about exported files; `docs/field-cases.md` lists them with their sources.

use acevo_export::{CsvExporter, CsvOptions, Exporter, JsonlExporter, Precision, Row, Separator};
use acevo_telemetry::{ChannelValue, channel};
use acevo_testkit::rows::columns;

fn csv_cells(text: &str) -> String {
    csv_cells_with(text, CsvOptions::default())
}

fn csv_cells_with(text: &str, options: CsvOptions) -> String {
    let columns = columns([channel("driver_name").unwrap()]);
    let mut out = Vec::new();
    let mut exporter = CsvExporter::new(&mut out, &columns, options).unwrap();
    let values = [Some(ChannelValue::Text(text))];
    exporter
        .row(&Row { time_s: 0.0, packet_id: 1, session: 1, lap: None, missed: 0, skipped: 0, values: &values })
        .unwrap();
    Box::new(exporter).finish().unwrap();
    String::from_utf8(out).unwrap().split_once("\r\n").unwrap().1.trim_end().to_owned()
}

#[test]
fn csv_cells_are_not_formulas() {
    for (text, expected) in [
        ("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=x", "'=x"),
        ("\u{200b}\r\n =x", "'=x"),
        ("＝x", "'＝x"),
        ("\x1b[2J\u{9b}31m\u{202e}x", "[2J31mx"),
        ("=1,2", "\"'=1,2\""),
        ("a=b", "a=b"),
        ("'quoted'", "'quoted'"),
        ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ("a;b", "\"a;b\""),
        ("Žofie", "Žofie"),
        ("", ""),
    ] {
        assert_eq!(csv_cells(text), format!("0,1,1,,0,0,{expected}"));
    }
}

#[test]
fn csv_raw_text_is_the_text_of_the_game() {
    let raw = CsvOptions::default().with_raw_text(true);
    for text in ["=1+1", "@x", "\x1b[2J", "Žofie \u{202e}"] {
        assert_eq!(csv_cells_with(text, raw), format!("0,1,1,,0,0,{text}").trim_end());
    }
    assert_eq!(csv_cells_with("=1,2", raw), "0,1,1,,0,0,\"=1,2\"");
}

#[test]
fn csv_negative_numbers_are_not_prefixed() {
    let columns = columns([channel("steering").unwrap()]);
    let mut out = Vec::new();
    let mut exporter = CsvExporter::new(&mut out, &columns, CsvOptions::default()).unwrap();
    let values = [Some(ChannelValue::Number(-12.5))];
    exporter
        .row(&Row { time_s: 0.0, packet_id: -1, session: 1, lap: None, missed: 0, skipped: 0, values: &values })
        .unwrap();
    Box::new(exporter).finish().unwrap();
    assert!(String::from_utf8(out).unwrap().ends_with("\r\n0,-1,1,,0,0,-12.5\r\n"));
}

#[test]
fn json_lines_escape_what_a_terminal_obeys() {
    let columns = columns([channel("driver_name").unwrap()]);
    let text = "a\u{9b}31m\u{202e}\u{e0041}ü";
    let mut out = Vec::new();
    let mut exporter = JsonlExporter::new(&mut out, &columns, Precision::default());
    let values = [Some(ChannelValue::Text(text))];
    exporter
        .row(&Row { time_s: 0.0, packet_id: 1, session: 1, lap: None, missed: 0, skipped: 0, values: &values })
        .unwrap();
    Box::new(exporter).finish().unwrap();
    let line = String::from_utf8(out).unwrap();
    assert!(line.contains(r"a\u009b31m\u202e\udb40\udc41ü"), "{line}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap()["driver_name"], text);
}

#[test]
fn csv_separators_and_decimal_marks() {
    let columns = columns([channel("speed").unwrap(), channel("driver_name").unwrap()]);
    let table = |options: CsvOptions| {
        let mut out = Vec::new();
        let mut exporter = CsvExporter::new(&mut out, &columns, options)?;
        for time_s in [1.5, 2.5] {
            let values = [Some(ChannelValue::Number(112.5)), Some(ChannelValue::Text("A. B"))];
            exporter.row(&Row {
                time_s,
                packet_id: 7,
                session: 1,
                lap: Some(2),
                missed: 0,
                skipped: 0,
                values: &values,
            })?;
        }
        Box::new(exporter).finish()?;
        Ok::<_, acevo_export::ExportError>(String::from_utf8(out).unwrap())
    };
    let german = CsvOptions::default().with_separator(Separator::Semicolon).with_decimal_comma(true);
    let expected = "time_s;packet_id;session;lap;missed;skipped;speed;driver_name\r\n1,5;7;1;2;0;0;112,5;A. B\r\n2,5;7;1;2;0;0;112,5;A. B\r\n";
    assert_eq!(table(german).unwrap(), expected);
    let tabs = table(CsvOptions::default().with_separator(Separator::Tab)).unwrap();
    assert!(tabs.ends_with("2.5\t7\t1\t2\t0\t0\t112.5\tA. B\r\n"), "{tabs}");
    assert!(table(CsvOptions::default().with_decimal_comma(true)).is_err());
}
