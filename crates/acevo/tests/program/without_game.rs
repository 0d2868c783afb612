//! The program without a game, as users and scripts run it.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use acevo_testkit::program::{acevo, output};
use serde_json::Value;

/// All commands.
const COMMANDS: [&str; 29] = [
    "watch",
    "dump",
    "channels",
    "diff",
    "doctor",
    "events",
    "laps",
    "timing",
    "log-check",
    "record",
    "replay",
    "info",
    "export",
    "repair",
    "cut",
    "merge",
    "corners",
    "plot",
    "stats",
    "serve",
    "run",
    "status",
    "quit",
    "simulate",
    "log",
    "report",
    "autostart",
    "completions",
    "man",
];

fn help(args: &[&str]) -> String {
    let help = output(acevo().args(args));
    assert!(help.status.success() && help.stderr.is_empty(), "{args:?}: {}", help.stderr);
    help.stdout
}

#[test]
fn help_of_every_command_has_examples() {
    let listed = help(&["--help"]);
    assert!(listed.starts_with("Live telemetry for Assetto Corsa EVO, in the browser"), "{listed}");
    assert!(listed.contains("Examples:\n  acevo run --open "), "{listed}");
    for command in COMMANDS {
        assert!(listed.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))), "{command}");
        let (short, long) = (help(&[command, "-h"]), help(&[command, "--help"]));
        for text in [&short, &long] {
            assert!(text.contains("Examples:") && text.contains(&format!("  acevo {command}")), "{command}: {text}");
        }
        assert!(short.lines().count() < 64, "{command}: {short}");
        assert_eq!(help(&["help", command]), long, "{command}");
    }
    let version = output(acevo().arg("--version"));
    assert_eq!(version.stdout.trim(), concat!("acevo ", env!("CARGO_PKG_VERSION")));
    let version = output(acevo().args(["doctor", "--version"]));
    assert!(version.stdout.trim().ends_with(env!("CARGO_PKG_VERSION")), "{}", version.stdout);
}

#[test]
fn help_lists_own_options_first_and_scenarios_only_for_simulate() {
    for command in COMMANDS {
        let text = help(&[command, "--help"]);
        let headings = ["Options:", "Analysis:", "Source:", "Demo:", "Examples:"];
        let found: Vec<_> = headings.into_iter().filter_map(|heading| text.find(&format!("\n{heading}\n"))).collect();
        assert!(found.len() >= 2 && found.is_sorted(), "{command}: {text}");
        let is_simulate = command == "simulate";
        for name in ["drive-through", "northmoor", "electric-coupe", "left-handed"] {
            assert_eq!(text.contains(name), is_simulate, "{command}: {name}");
        }
        assert!(is_simulate || !text.contains("--variant"), "{command}: {text}");
    }
    let watch = help(&["watch", "--help"]);
    assert!(watch.lines().count() < 84 && watch.contains("acevo help simulate"), "{watch}");
}

#[test]
fn wrong_usage_is_exit_code_2_with_a_hint() {
    let cases: [(&[&str], &str); 17] = [
        (&["--nonsense"], "--nonsense"),
        (&["dump", "--page", "phisics"], "physics"),
        (&["--demo", "--car", "tank"], "gt3"),
        (&["--demo", "--speed", "NaN"], "0.001 to 1000"),
        (&["--every", "5"], "unit"),
        (&["--count", "0"], "0"),
        (&["--seed", "1"], "--demo"),
        (&["dump", "--car", "gt3"], "--demo"),
        (&["channels", "--car", "gt3"], "--demo"),
        (&["channels", "--units", "stones"], "imperial"),
        (&["--json", "--lines"], "cannot be used with"),
        (&["plot", "-o", "x.png"], "FILE"),
        (&["corners"], "FILE"),
        (&["watch", "--reference", "fastest"], "friend.acevo:best"),
        (&["plot", "--demo", "-o", "x.gif"], ".png or .svg"),
        (&["plot", "--demo", "-o", "x.png", "--channels", "speed,sped"], "acevo channels"),
        (&["plot", "--demo", "-o", "x.png", "--size", "0x0"], "1600x900"),
    ];
    for (args, hint) in cases {
        let wrong = output(acevo().args(args));
        assert_eq!(wrong.status.code(), Some(2), "{args:?}");
        assert!(wrong.stderr.contains(hint) && wrong.stdout.is_empty(), "{args:?}: {}", wrong.stderr);
    }
}

#[test]
fn dump_prints_every_visible_field() {
    let dump = output(acevo().args(["dump", "--demo"]));
    assert!(dump.status.success() && dump.stderr.is_empty());
    let json = output(acevo().args(["dump", "--demo", "--json"]));
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    for page in acevo_shared_memory::PageKind::ALL {
        let mut shown = 0;
        for field in page.fields().iter().filter(|field| !field.hidden) {
            let name = format!("{page}.{}", field.path);
            assert!(dump.stdout.lines().any(|line| line.starts_with(&name)), "{name}");
            let entry = &json[page.to_string()][field.path];
            assert!(entry.get("value").is_some(), "{name}");
            // Some cars have ride heights in metres.
            let is_metres = field.path == "rideHeight" && entry["value"][0].as_f64().unwrap() < 1.0;
            let unit = if is_metres { "m" } else { field.unit };
            assert_eq!(entry["unit"].as_str().unwrap_or(""), unit, "{name}");
            shown += 1;
        }
        assert_eq!(json[page.to_string()].as_object().unwrap().len(), shown);
    }
    assert!(!dump.stdout.contains("padding"));
    assert!(output(acevo().args(["dump", "--demo", "--all"])).stdout.contains("padding"));
    assert_eq!(json["graphics"]["status"]["name"], "Live");
    assert!(json["physics"]["speedKmh"]["value"].as_f64().unwrap() > 1.0);
}

#[test]
fn dump_accepts_fields_parts_and_indices() {
    let dump = output(acevo().args(["dump", "--demo", "speedKmh", "wheelSlip[2]", "pit_info"]));
    let names: Vec<_> = dump.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names[..2], ["physics.speedKmh", "physics.wheelSlip[2]"]);
    assert!(names[2..].iter().all(|name| name.starts_with("graphics.pit_info.")) && names.len() == 8, "{names:?}");
    let described = output(acevo().args(["dump", "--demo", "--describe", "npos"]));
    assert!(described.stdout.contains("line to line"), "{}", described.stdout);
}

#[test]
fn dump_suggests_similar_names_for_an_unknown_field() {
    let dump = output(acevo().args(["dump", "--demo", "speedKmph"]));
    assert_eq!(dump.status.code(), Some(1));
    assert!(dump.stderr.contains("physics.speedKmh") && dump.stdout.is_empty(), "{}", dump.stderr);
}

#[test]
fn channels_lists_the_catalogue_without_a_game() {
    let names = |args: &[&str]| {
        let list = output(acevo().arg("channels").args(args));
        assert!(list.status.success() && list.stderr.is_empty(), "{args:?}: {}", list.stderr);
        let name = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
        list.stdout.lines().filter(|line| !line.starts_with(' ')).map(name).collect::<Vec<_>>()
    };
    let catalogue = acevo_telemetry::channels();
    assert_eq!(names(&["--all"]), catalogue.iter().map(|one| one.id()).collect::<Vec<_>>());
    assert_eq!(names(&[]), acevo_telemetry::default_channels().map(|one| one.id()).collect::<Vec<_>>());
    assert_eq!(names(&["gear", "camber"]), ["gear", "camber_fl", "camber_fr", "camber_rl", "camber_rr"]);
    assert_eq!(
        names(&["--describe", "--units", "imperial", "camber_fr", "tyre_wear_fl"]),
        ["camber_fr", "tyre_wear_fl"]
    );
    let described = output(acevo().args(["channels", "--describe", "--units", "imperial", "oil_temp"])).stdout;
    for wanted in ["°F", "graphics.oil_temperature_c", "expected 32.0 to 392.0 °F"] {
        assert!(described.contains(wanted), "{wanted} is not in {described}");
    }
    let unknown = output(acevo().args(["channels", "presure"]));
    assert_eq!(unknown.status.code(), Some(1));
    assert!(unknown.stderr.contains("tyre_pressure") && unknown.stdout.is_empty(), "{}", unknown.stderr);
}

#[test]
fn channels_prints_values_and_units() {
    let values = |args: &[&str]| {
        let json = output(acevo().args(["channels", "--demo", "--json"]).args(args));
        assert!(json.status.success() && json.stderr.is_empty(), "{args:?}: {}", json.stderr);
        serde_json::from_str::<Value>(&json.stdout).unwrap()
    };
    let (own, imperial) = (values(&[]), values(&["--units", "imperial"]));
    assert_eq!(own.as_object().unwrap().len(), acevo_telemetry::default_channels().count());
    let number = |json: &Value, id: &str| json[id]["value"].as_f64().unwrap_or_else(|| panic!("{id} is a number"));
    assert!((number(&own, "speed") * 0.621_371 / number(&imperial, "speed") - 1.0).abs() < 1e-5);
    assert_eq!((&own["speed"]["unit"], &imperial["speed"]["unit"]), (&"km/h".into(), &"mph".into()));
    assert!((number(&own, "road_temp") * 1.8 + 32.0 - number(&imperial, "road_temp")).abs() < 1e-5);
    // The axes have been checked while the car drove.
    for (id, raw) in [("g_lateral", "acc_g_x"), ("g_longitudinal", "acc_g_z"), ("yaw_rate", "rotation_y")] {
        assert_eq!(number(&own, id).abs(), number(&own, raw).abs(), "{id}");
    }
    assert_eq!((&own["status"]["value"], &own["status"]["name"]), (&2.into(), &"Live".into()));
    assert_eq!(own["driver_name"]["value"], "Žofie");
    assert!(own["best_lap_time"].as_object().unwrap().get("value").is_some_and(Value::is_null), "no lap yet");
    let listed: Value = serde_json::from_str(&output(acevo().args(["channels", "--json"])).stdout).unwrap();
    assert!(listed["speed"].get("value").is_none() && listed["speed"]["sources"][0] == "physics.speedKmh");
}

#[test]
fn channels_prints_quality_and_game_versions() {
    let list = output(acevo().args(["channels", "speed", "shift_up", "rpm", "force_feedback"])).stdout;
    let shows = |id: &str, quality: &str| list.lines().any(|line| line.starts_with(id) && line.contains(quality));
    assert!(shows("speed ", " measured (0.5, 0.6.2) "), "{list}");
    assert!(shows("shift_up ", " documented "), "{list}");
    assert!(shows("rpm ", " rpm "), "{list}");
    assert!(shows("force_feedback ", " disputed ") && !list.contains("verified"), "{list}");
    let json: Value = serde_json::from_str(&output(acevo().args(["channels", "--json"])).stdout).unwrap();
    assert_eq!(json["speed"]["quality"], "measured");
    assert_eq!(json["speed"]["versions"], serde_json::json!(["0.5", "0.6.2"]));
    assert!(json["shift_up"].get("versions").is_none());
}

#[test]
fn watch_lines_have_no_escape_codes_without_a_terminal() {
    let lines = output(acevo().args(["--demo", "--every", "50ms", "--count", "3"]));
    assert!(lines.status.success());
    assert_eq!(lines.stdout.lines().count(), 3);
    assert!(lines.stdout.lines().all(|line| line.starts_with("LIVE") && line.contains("km/h")), "{}", lines.stdout);
    assert!(!lines.stdout.contains('\x1b') && !lines.stderr.contains('\x1b'));
    assert!(lines.stderr.contains("attached"), "{}", lines.stderr);
    let quiet = output(acevo().args(["--demo", "--quiet", "--count", "1"]));
    assert!(quiet.stderr.is_empty(), "{}", quiet.stderr);
}

#[test]
fn watch_json_prints_unchanged_pages_once() {
    let json = output(acevo().args(["--demo", "--json", "--count", "20"]));
    let objects: Vec<Value> = json.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 20);
    for page in ["physics", "graphics", "static"] {
        assert!(objects[0][page].is_object(), "{page}");
    }
    assert!(objects.iter().all(|object| object["physics"]["packetId"] == object["packet_id"]));
    assert!(objects[1..].iter().any(|object| object.get("graphics").is_none()));
    assert!(objects[1..].iter().all(|object| object.get("static").is_none()));
}

#[test]
fn watch_json_succeeds_if_the_reader_closes_the_pipe() {
    let mut command = acevo();
    command.args(["--demo", "--json", "--quiet"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut watch = command.spawn().unwrap();
    let mut first = String::new();
    BufReader::new(watch.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with('{'), "{first}");
    let end = watch.wait_with_output().unwrap();
    assert!(end.status.success() && end.stderr.is_empty(), "{end:?}");
}

#[test]
fn stats_prints_packets_and_cost() {
    let stats = output(acevo().args(["stats", "--demo", "--for", "1s", "--json"]));
    assert!(stats.status.success(), "{}", stats.stderr);
    let stats: Value = serde_json::from_str(&stats.stdout).unwrap();
    for page in ["physics", "graphics"] {
        let number = |name: &str| stats[page][name].as_u64().unwrap_or_else(|| panic!("{page}.{name}"));
        assert_eq!(number("written"), number("distinct") + number("missed"));
        assert!(number("distinct") > 5 && number("unsettled") <= number("distinct"), "{stats}");
        assert!(stats[page]["rate_hz"].as_f64() > Some(1.0) && stats[page]["interval_ms"]["max"].is_f64(), "{stats}");
    }
    assert!(stats["looks"].as_u64() >= stats["physics"]["distinct"].as_u64());
    assert!(stats["process"]["memory_bytes"].as_u64() > Some(100_000), "{stats}");
    assert_eq!((&stats["state"], &stats["attachments"]), (&"live".into(), &1.into()));

    let text = output(acevo().args(["stats", "--demo", "--for", "300ms", "--scenario", "menu"]));
    for wanted in ["now menu", "missed", "latency", "of a core"] {
        assert!(text.stdout.contains(wanted), "{wanted} is not in {}", text.stdout);
    }
    assert!(text.stderr.contains("attached") && !text.stderr.contains('\x1b'), "{}", text.stderr);
    let quiet = output(acevo().args(["stats", "--demo", "--for", "100ms", "--quiet"]));
    assert!(quiet.stderr.is_empty() && quiet.status.success(), "{}", quiet.stderr);
}

#[test]
fn plot_draws_two_laps_and_never_overwrites() {
    let directory = tempfile::tempdir().expect("a directory");
    let (png, svg) = (directory.path().join("laps.PNG"), directory.path().join("laps.svg"));
    for file in [&png, &svg] {
        let plot = output(acevo().args(["plot", "--demo", "--size", "800x600", "-o"]).arg(file));
        assert!(plot.status.success() && plot.stdout.is_empty(), "{}", plot.stderr);
        assert!(plot.stderr.contains("800x600"), "{}", plot.stderr);
    }
    let bytes = std::fs::read(&png).expect("a picture");
    assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
    assert_eq!(bytes[16..24], [0, 0, 3, 32, 0, 0, 2, 88], "800 and 600 pixels");
    let text = std::fs::read_to_string(&svg).expect("a picture");
    for label in ["Speed (km/h)", "Delta to lap", "braking", "Start"] {
        assert!(text.contains(label), "{label}");
    }
    let again = output(acevo().args(["plot", "--demo", "-o"]).arg(&png));
    assert_eq!(again.status.code(), Some(1));
    assert!(again.stderr.contains("is not overwritten"), "{}", again.stderr);
    assert_eq!(std::fs::read(&png).expect("a picture"), bytes);
}
