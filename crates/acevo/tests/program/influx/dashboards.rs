//! The dashboards of Grafana: what Grafana imports, and that each query gets numbers from a real database.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{output, spawn};
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::Value;

use super::database::{Database, Kind};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/grafana")
}

/// The dashboards of a database by the names of their files.
fn dashboards(database: &str) -> Vec<(String, Value)> {
    let end = format!("-{database}.json");
    let names = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(&end)).collect();
    names.sort();
    assert_eq!(names.len(), 4, "{names:?}");
    let read = |name: String| {
        let text = fs::read_to_string(folder().join(&name)).unwrap();
        (name, serde_json::from_str(&text).unwrap())
    };
    names.into_iter().map(read).collect()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn dashboards_are_what_their_script_writes() {
    let mut check = Command::new("python3");
    check.arg(folder().join("make.py")).arg("--check");
    if Command::new("python3").arg("--version").output().is_err() {
        return left_out("the script of the dashboards, because python3 is not installed");
    }
    let checked = output(&mut check);
    assert!(checked.status.success(), "{}", checked.stderr);
}

#[test]
fn dashboards_have_what_grafana_imports() {
    let mut ids = BTreeSet::new();
    for (database, kind) in [("victoriametrics", "prometheus"), ("influxdb", "influxdb")] {
        for (name, dashboard) in dashboards(database) {
            assert!(dashboard["id"].is_null() && dashboard["schemaVersion"].as_u64() >= Some(38), "{name}");
            let uid = dashboard["uid"].as_str().unwrap();
            assert!(uid.len() <= 40 && ids.insert(uid.to_owned()), "{name}: {uid}");
            let input = &dashboard["__inputs"][0];
            assert_eq!((&input["type"], &input["pluginId"]), (&"datasource".into(), &kind.into()), "{name}");
            let source = format!("${{{}}}", input["name"].as_str().unwrap());
            let required: BTreeSet<_> =
                array(&dashboard["__requires"]).iter().map(|plugin| plugin["id"].as_str().unwrap()).collect();
            let variables = array(&dashboard["templating"]["list"]);
            let known: BTreeSet<_> = variables.iter().map(|variable| variable["name"].as_str().unwrap()).collect();
            assert!(known.contains("rig"), "{name}");
            let (mut taken, mut panels) = (BTreeSet::new(), BTreeSet::new());
            for panel in array(&dashboard["panels"]) {
                let title = format!("{name}: {}", panel["title"]);
                assert!(panels.insert(panel["id"].as_u64().unwrap()), "{title}: its id is not unique");
                assert!(required.contains(panel["type"].as_str().unwrap()), "{title}");
                let of = |key: &str| panel["gridPos"][key].as_u64().unwrap();
                assert!(of("x") + of("w") <= 24, "{title}");
                for x in of("x")..of("x") + of("w") {
                    for y in of("y")..of("y") + of("h") {
                        assert!(taken.insert((x, y)), "{title} lies on another panel");
                    }
                }
                let targets = array(&panel["targets"]);
                assert!(!targets.is_empty(), "{title}");
                let letters: BTreeSet<_> = targets.iter().map(|target| target["refId"].as_str().unwrap()).collect();
                assert_eq!(letters.len(), targets.len(), "{title}");
                for of_source in [panel].into_iter().chain(targets).chain(variables) {
                    assert_eq!(of_source["datasource"]["uid"], source.as_str(), "{title}");
                    assert_eq!(of_source["datasource"]["type"], kind, "{title}");
                }
                for target in targets {
                    let text = query(target);
                    let names = text.split('$').skip(1).map(|rest| {
                        rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next().unwrap()
                    });
                    let names: BTreeSet<_> = names.filter(|name| !name.is_empty()).collect();
                    let of_grafana = BTreeSet::from(["__interval", "__range", "timeFilter"]);
                    let unknown: Vec<_> = names.difference(&of_grafana).filter(|name| !known.contains(*name)).collect();
                    assert!(unknown.is_empty(), "{title}: {unknown:?} in {text}");
                }
            }
        }
    }
    assert_eq!(ids.len(), 8);
}

fn query(target: &Value) -> &str {
    target["expr"].as_str().or_else(|| target["query"].as_str()).unwrap()
}

/// A query with values for its variables, as Grafana replaces them for `All`.
fn replaced(query: &str) -> String {
    let variables = ["site", "rig", "track", "driver", "session"];
    // Two points of the rig are ten seconds apart: a difference of minutes would take some.
    let query = query
        .replace("time(1m)", "time(10s)")
        .replace("$__interval", "10s")
        .replace("$__range", "1h")
        .replace("$timeFilter", "time > now() - 1h");
    variables.iter().fold(query, |query, name| query.replace(&format!("${name}"), ".*"))
}

/// The queries of all panels, with titles for messages.
fn queries(database: &str) -> Vec<(String, Value)> {
    let of_dashboard = |(name, dashboard): (String, Value)| {
        let targets = array(&dashboard["panels"]).iter().flat_map(|panel| {
            let title = format!("{name}: {}", panel["title"]);
            array(&panel["targets"]).iter().map(move |target| (title.clone(), target.clone())).collect::<Vec<_>>()
        });
        targets.collect::<Vec<_>>()
    };
    dashboards(database).into_iter().flat_map(of_dashboard).collect()
}

/// Drives a race until the database has all kinds of points, and longer until each query has numbers.
fn until_all_have_numbers(kind: Kind, name: &str, numbers: impl Fn(&Database, &Value) -> Result<usize, String>) {
    let Some(database) = Database::start(kind) else { return };
    let (user, url) = (User::new(), database.url());
    let acevo =
        spawn(&mut user.command(&["publish", "--demo", "--scenario", "race", "--speed", "20", "--influx", &url]));
    acevo.message_with("writes to");
    until(|| !database.laps().is_empty());
    let mut waiting = queries(name);
    assert!(waiting.len() > 30, "{}", waiting.len());
    for (title, target) in &waiting {
        numbers(&database, target).unwrap_or_else(|error| panic!("{title}: {error} in {}", query(target)));
    }
    until(|| {
        waiting.retain(|(_, target)| numbers(&database, target) == Ok(0));
        let titles: Vec<_> = waiting.iter().map(|(title, target)| format!("{title} {}", query(target))).collect();
        fs::write(user.folder.path().join("waiting"), titles.join("\n")).unwrap();
        waiting.is_empty()
    });
    for (file, dashboard) in dashboards(name) {
        for variable in array(&dashboard["templating"]["list"]) {
            let text = replaced(variable["definition"].as_str().unwrap());
            let count = match kind {
                Kind::InfluxDb => database.influxql(&text).unwrap().len(),
                Kind::VictoriaMetrics => {
                    let inner = text.strip_prefix("label_values(").unwrap().strip_suffix(')').unwrap();
                    let (metric, label) = inner.rsplit_once(", ").unwrap();
                    database.label_values(label, metric).len()
                }
            };
            assert!(count > 0, "{file}: {text}");
        }
    }
}

#[test]
fn each_query_of_the_dashboards_gets_numbers_from_victoria_metrics() {
    until_all_have_numbers(Kind::VictoriaMetrics, "victoriametrics", |database, target| {
        let is_instant = target["instant"] == true;
        let values = database.metricsql(&replaced(query(target)), is_instant)?;
        Ok(values.into_iter().filter(|value| value.is_finite()).count())
    });
}

#[test]
fn each_query_of_the_dashboards_gets_numbers_from_influxdb() {
    until_all_have_numbers(Kind::InfluxDb, "influxdb", |database, target| {
        let rows = database.influxql(&replaced(query(target)))?;
        let has_value = |row: &&std::collections::BTreeMap<String, Value>| {
            row.iter().any(|(name, value)| name != "time" && (value.is_number() || name == "text" && value.is_string()))
        };
        Ok(rows.iter().filter(has_value).count())
    });
}
