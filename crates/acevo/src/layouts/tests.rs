use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::document::Layout;
use super::kind::KINDS;
use super::name::LayoutName;
use super::store::{Failure, Layouts, MAX_LAYOUTS};

fn widget() -> Value {
    json!({"kind": "gear", "x": 10, "y": 20.5, "width": 340, "height": 150})
}

fn with(widget: &Value) -> Value {
    json!({"variants": [{"widgets": [widget]}]})
}

fn problem(document: &Value) -> String {
    Layout::read(document.to_string().as_bytes()).unwrap_err().to_string()
}

/// The widget with a field set to a value.
fn changed(field: &str, value: Value) -> Value {
    let mut changed = widget();
    changed[field] = value;
    with(&changed)
}

#[test]
fn read_fills_in_defaults_and_text_reads_again() {
    let layout = Layout::read(with(&widget()).to_string().as_bytes()).unwrap();
    let text: Value = serde_json::from_str(&layout.text()).unwrap();
    assert_eq!(text["canvas"], json!({"width": 1920, "height": 1080}));
    let mut expected = widget();
    expected["hide"] = json!({"menu": true, "pits": false, "outside_races": false});
    assert_eq!(text["variants"], json!([{"widgets": [expected]}]));
    assert_eq!(Layout::read(layout.text().as_bytes()).unwrap(), layout);
    let marked = [b"\xef\xbb\xbf", layout.text().as_bytes()].concat();
    assert_eq!(Layout::read(&marked).unwrap(), layout, "with the mark of UTF-8");
}

#[test]
fn read_names_the_field_of_a_problem() {
    for (document, expected) in [
        (json!([]), "an object is needed"),
        (json!({}), "variants: this field is missing"),
        (json!({"variants": [], "name": "x"}), "name: there is no such field here, only canvas, variants"),
        (json!({"variants": []}), "variants: 1 to 32 elements are possible, not 0"),
        (json!({"variants": [{}]}), "variants[0].widgets: this field is missing"),
        (json!({"variants": [{"session": "race", "widgets": []}]}), "variants: the last variant is for every car"),
        (json!({"variants": [{"widgets": []}, {"widgets": []}]}), "variants[1]: another variant has the same car"),
        (json!({"variants": [{"session": "sprint", "widgets": []}, {"widgets": []}]}), "variants[0].session: one of"),
        (json!({"variants": [{"car": " ", "widgets": []}, {"widgets": []}]}), "variants[0].car: the name of a car"),
        (json!({"canvas": {"width": 99, "height": 100}, "variants": []}), "canvas.width: a number from 100 to 7680"),
        (json!({"canvas": {"width": 100.5, "height": 100}, "variants": []}), "canvas.width: a whole number is needed"),
        (json!({"canvas": {"width": 200}, "variants": []}), "canvas.height: this field is missing"),
        (changed("kind", json!("speed")), "variants[0].widgets[0].kind: one of gear,"),
        (changed("x", json!("10")), "variants[0].widgets[0].x: a number is needed"),
        (changed("x", json!(1920)), "variants[0].widgets[0]: this widget is outside the canvas"),
        (changed("y", json!(-150.5)), "variants[0].widgets[0]: this widget is outside the canvas"),
        (changed("height", json!(0)), "variants[0].widgets[0].height: a number from 16 to 7680 is needed, not 0"),
        (changed("Zoom\u{1b}[1m", json!(1)), "variants[0].widgets[0].Zoom[1m: there is no such field here"),
        (changed("hide", json!({"menu": 1})), "variants[0].widgets[0].hide.menu: true or false is needed"),
        (changed("hide", json!({"menus": true})), "variants[0].widgets[0].hide.menus: there is no such field"),
        (changed("options", json!({"rows": 5})), "variants[0].widgets[0].options.rows: a widget of the kind gear has"),
        (changed("options", json!({"scale": 9})), "variants[0].widgets[0].options.scale: a number from 0.25 to 8"),
        (changed("options", json!({"accent": "red;x"})), "variants[0].widgets[0].options.accent: a colour is needed"),
    ] {
        assert!(problem(&document).starts_with(expected), "{} instead of {expected}", problem(&document));
    }
    let inputs = |channels: Value| {
        with(&json!({"kind": "inputs", "x": 0, "y": 0, "width": 99, "height": 99, "options": {"channels": channels}}))
    };
    let path = "variants[0].widgets[0].options.channels";
    assert!(problem(&inputs(json!(["brake", "brake"]))).starts_with(&format!("{path}[1]: this is in the list")));
    assert!(problem(&inputs(json!([]))).starts_with(&format!("{path}: 1 to 4 elements")));
    assert!(problem(&inputs(json!(["speed"]))).starts_with(&format!("{path}[0]: one of throttle")));
    let standings = |options: Value| {
        with(&json!({"kind": "standings", "x": 0, "y": 0, "width": 99, "height": 99, "options": options}))
    };
    let options = json!({"rows": 12, "columns": ["gap", "best"], "around": false, "classes": true});
    assert!(Layout::read(standings(options).to_string().as_bytes()).is_ok());
    let path = "variants[0].widgets[0].options";
    assert!(problem(&standings(json!({"around": "off"}))).starts_with(&format!("{path}.around: true or false")));
    assert!(problem(&standings(json!({"columns": ["laps"]}))).starts_with(&format!("{path}.columns[0]: one of gap")));
    assert!(problem(&standings(json!({"within": 3}))).starts_with(&format!("{path}.within: a widget of the kind")));
    let syntax = Layout::read(b"{\"variants\": [}").unwrap_err().to_string();
    assert!(syntax.starts_with("this is not JSON:") && syntax.contains("line 1"), "{syntax}");
    for number in ["1e999", "-1e999", "NaN", "Infinity"] {
        let text = with(&widget()).to_string().replace("20.5", number);
        assert!(Layout::read(text.as_bytes()).is_err(), "{number}");
    }
    assert!(Layout::read(&vec![b' '; super::MAX_BYTES + 1]).unwrap_err().to_string().contains("at most"));
}

#[test]
fn read_limits_the_number_of_widgets() {
    let many = |count: usize| json!({"variants": [{"widgets": vec![widget(); count]}]});
    assert!(Layout::read(many(50).to_string().as_bytes()).is_ok());
    assert_eq!(problem(&many(51)), "variants[0].widgets: 0 to 50 elements are possible, not 51");
}

#[test]
fn kinds_are_the_widgets_of_the_page() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/widgets/overlays.js");
    let text = fs::read_to_string(path).unwrap();
    let table = text.split_once("export const WIDGETS = {").unwrap().1;
    let entries = table.lines().filter(|line| line.contains("title:"));
    let names: Vec<_> = entries.map(|line| line.trim().split_once(':').unwrap().0).collect();
    assert_eq!(names, KINDS);
}

#[test]
fn layout_name_refuses_paths_devices_and_signs() {
    for name in ["Race", "a", "My race - 2_b", "Nürburgring", &"x".repeat(40), "Console", "COM10", "com"] {
        assert!(LayoutName::new(name).is_ok(), "{name}");
    }
    for name in [
        "",
        " ",
        " a",
        "a ",
        ".",
        "..",
        "../a",
        "a/b",
        "a\\b",
        "a.json",
        "C:",
        "a\0",
        "a\nb",
        "a\u{202e}b",
        "NUL",
        "con",
        "Com1",
        "LPT9",
        "aux",
        "PRN",
        "a*",
        "“a”",
        "½",
        "COM¹",
        &"x".repeat(41),
    ] {
        assert!(LayoutName::new(name).is_err(), "{name:?}");
    }
}

#[test]
fn save_replaces_only_the_same_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("layouts");
    let layouts = Layouts::new(Some(path.clone()));
    let layout = Layout::read(with(&widget()).to_string().as_bytes()).unwrap();
    assert!(layouts.list().unwrap().is_empty(), "the folder does not exist");
    layouts.save("Race", &layout, true).unwrap();
    assert!(matches!(layouts.save("Race", &layout, true), Err(Failure::Taken(name)) if name == "Race"));
    assert!(matches!(layouts.save("race", &layout, false), Err(Failure::Taken(name)) if name == "Race"));
    layouts.save("Race", &layout, false).unwrap();
    assert_eq!(layouts.read("rACE").unwrap(), layout);
    assert!(matches!(layouts.read("Rally"), Err(Failure::Absent)));
    assert!(matches!(layouts.save("../Race", &layout, false), Err(Failure::Name(_))));
    let names: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["Race.json"], "nothing else is left");
    layouts.remove("race").unwrap();
    assert!(matches!(layouts.remove("race"), Err(Failure::Absent)));
    for number in 0..MAX_LAYOUTS {
        layouts.save(&format!("n{number}"), &layout, true).unwrap();
    }
    assert!(matches!(layouts.save("one more", &layout, true), Err(Failure::Full)));
    layouts.save("n0", &layout, false).unwrap();
    assert!(matches!(Layouts::new(None).save("a", &layout, true), Err(Failure::System(_))));
}

#[test]
fn list_names_broken_files_and_keeps_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let layouts = Layouts::new(Some(folder.path().to_owned()));
    let layout = Layout::read(with(&widget()).to_string().as_bytes()).unwrap();
    layouts.save("Good", &layout, true).unwrap();
    for (file, content) in [
        ("Broken.json", changed("x", json!(null)).to_string()),
        ("CON.json", layout.text()),
        ("Large.json", " ".repeat(300_000)),
        ("notes.txt", String::new()),
    ] {
        fs::write(folder.path().join(file), content).unwrap();
    }
    fs::create_dir(folder.path().join("Folder.json")).unwrap();
    let list = serde_json::to_value(layouts.list().unwrap()).unwrap();
    let lines: Vec<_> =
        list.as_array().unwrap().iter().map(|entry| (entry["file"].as_str().unwrap(), &entry["error"])).collect();
    assert_eq!(
        lines.iter().map(|(file, _)| *file).collect::<Vec<_>>(),
        ["Broken.json", "CON.json", "Folder.json", "Good.json", "Large.json"]
    );
    let error = |index: usize| lines[index].1.as_str().unwrap();
    assert_eq!(error(0), "Broken.json: variants[0].widgets[0].x: a number is needed");
    assert!(error(1).starts_with("CON.json: Windows reserves"), "{}", error(1));
    assert!(error(2).starts_with("Folder.json: "), "{}", error(2));
    assert_eq!((lines[3].1, &list[3]["name"], &list[3]["variants"]), (&Value::Null, &json!("Good"), &json!(1)));
    assert!(error(4).starts_with("Large.json: "), "{}", error(4));
    assert!(matches!(layouts.read("Broken"), Err(Failure::Broken(_))));
    layouts.save("Broken", &layout, false).unwrap();
    assert_eq!(layouts.read("Broken").unwrap(), layout, "a broken file can be replaced");
}

/// JSON of the shape of a layout, with values that are often wrong.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        Just(Value::Null),
        Just(json!({})),
        Just(json!([])),
        Just(json!(100)),
        Just(json!("gear")),
    ];
    let keys = prop::sample::select(vec!["kind", "x", "y", "width", "height", "options", "hide", "more"]);
    let widget_of = prop::collection::vec((keys, leaf), 0..3).prop_map(|changes| {
        let mut changed = widget();
        for (key, value) in changes {
            changed[key] = value;
        }
        changed
    });
    prop::collection::vec(widget_of, 0..4).prop_map(|widgets| json!({"variants": [{"widgets": widgets}]}))
}

proptest! {
    #[test]
    fn any_bytes_are_a_layout_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(layout) = Layout::read(&bytes) {
            prop_assert_eq!(Layout::read(layout.text().as_bytes()).unwrap(), layout);
        }
    }

    #[test]
    fn any_document_is_a_layout_that_reads_again_or_an_error(document in documents()) {
        if let Ok(layout) = Layout::read(document.to_string().as_bytes()) {
            prop_assert_eq!(Layout::read(layout.text().as_bytes()).unwrap(), layout);
        }
    }

    #[test]
    fn any_valid_name_is_one_plain_file_name(name in "\\PC{0,45}") {
        if LayoutName::new(&name).is_ok() {
            let file = format!("{name}.json");
            let path = Path::new(&file);
            prop_assert!(path.components().count() == 1 && path.file_name().unwrap() == file.as_str() && !name.contains(['.', '/', '\\', ':']));
        }
    }
}
