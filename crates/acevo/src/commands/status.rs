//! `acevo status`: what the running background program does.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::Value;

use super::background::{NOT_RUNNING, RunStatus};
use crate::cli::StatusArgs;
use crate::format::text::{clock, counted};
use crate::instance;
use crate::output::{print_json, print_text, say};

pub(crate) fn run(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let Some(info) = instance::running()? else {
        if args.json {
            print_json("{\"running\":false}\n")?;
        } else {
            say(format_args!("acevo: `acevo run` is not running; start it with `acevo run --open`"));
        }
        return Ok(NOT_RUNNING.into());
    };
    let status = RunStatus::of(&info)?;
    if args.json {
        print_json(&format!("{}\n", status.text))?;
    } else {
        print_text(&lines(&status))?;
    }
    let is_well = status.document["problems"].as_array().is_none_or(Vec::is_empty);
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The status as lines of text.
fn lines(run: &RunStatus) -> String {
    let status = &run.document;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let seconds = |value: &Value| Duration::try_from_secs_f64(value.as_f64().unwrap_or_default()).unwrap_or_default();
    let mut lines = vec![
        ("page", run.address.clone()),
        ("process", format!("{}, version {}", number(&status["pid"]), text(&status["version"]))),
        ("running", clock(Some(seconds(&status["uptime_s"])))),
        ("game", run.game()),
    ];
    if !text(&status["rig"]).is_empty() {
        lines.push(("rig", text(&status["rig"])));
    }
    let driving: Vec<_> = ["track", "car", "driver"]
        .into_iter()
        .map(|name| text(&status[name]))
        .filter(|name| !name.is_empty())
        .collect();
    if !driving.is_empty() {
        lines.push(("session", driving.join(" · ")));
    }
    let recording = &status["recording"];
    lines.push((
        "recording",
        match (recording["on"].as_bool(), recording["file"].as_str()) {
            (Some(true), Some(file)) => {
                let time = clock(Some(seconds(&recording["time_s"])));
                format!("{time}, {}, {file}", counted(number(&recording["laps"]), "lap", "laps"))
            }
            (Some(true), None) if recording["excluded"] == true => "on, but the settings exclude this session".into(),
            (Some(true), None) => format!("on, into {}", text(&recording["folder"])),
            _ => "off".into(),
        },
    ));
    let mqtt = &status["mqtt"];
    if mqtt.is_object() {
        let state = if mqtt["connected"] == true { "connected" } else { "not connected" };
        let waiting = counted(number(&mqtt["backlog"]["messages"]), "message waits", "messages wait");
        lines.push(("mqtt", format!("{state}, {}, {waiting}", text(&mqtt["topic"]))));
    }
    let influx = &status["influx"];
    if influx.is_object() {
        let state = if influx["connected"] == true { "connected" } else { "not connected" };
        let waiting = counted(number(&influx["backlog"]["messages"]), "lap or event waits", "laps and events wait");
        let refused = match number(&influx["refused"]) {
            0 => String::new(),
            count => format!(", {count} refused ({})", text(&influx["refusal"])),
        };
        lines.push(("influx", format!("{state}, {}, {waiting}{refused}", text(&influx["address"]))));
    }
    let upload = &status["upload"];
    if upload.is_object() {
        lines.push(("upload", upload_line(upload)));
    }
    if let Some(free) = status["disk_free"].as_u64() {
        lines.push(("free disk", indicatif::HumanBytes(free).to_string()));
    }
    lines.push(("missed", counted(number(&status["missed"]), "packet", "packets")));
    lines.push(("clients", number(&status["clients"]).to_string()));
    let restart_for: Vec<_> = status["restart_for"].as_array().into_iter().flatten().map(text).collect();
    if !restart_for.is_empty() {
        lines.push(("restart", format!("start `acevo run` again for changes of {}", restart_for.join(", "))));
    }
    for problem in status["problems"].as_array().into_iter().flatten() {
        lines.push(("PROBLEM", text(problem)));
    }
    lines.into_iter().map(|(name, value)| format!("{name:<10} {value}\n")).collect()
}

/// What is uploaded.
fn upload_line(upload: &Value) -> String {
    let number = |name: &str| upload[name].as_u64().unwrap_or_default();
    let size = |name: &str| indicatif::HumanBytes(number(name));
    let text = |name: &str| upload[name].as_str().unwrap_or_default();
    let activity = match text("activity") {
        "uploading" if upload["file"].is_string() => format!("{}, {} of {}", text("file"), size("sent"), size("bytes")),
        "paused" => "paused while you drive".into(),
        "retrying" => "tries again".into(),
        _ => "up to date".into(),
    };
    let waiting = match number("waiting") {
        0 => String::new(),
        count => {
            let recordings = counted(count, "recording waits", "recordings wait");
            format!(", {recordings} ({})", size("waiting_bytes"))
        }
    };
    let others = [("rejected", "not uploaded, see `acevo log`"), ("lost", "deleted before")];
    let others: String = others
        .into_iter()
        .filter(|(name, _)| number(name) > 0)
        .map(|(name, what)| format!(", {} {what}", number(name)))
        .collect();
    format!("to {}: {activity}{waiting}{others}", text("to"))
}
