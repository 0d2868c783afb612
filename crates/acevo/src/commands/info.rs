//! `acevo info`: what is in a recording.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use acevo_shared_memory::PageKind;
use acevo_telemetry::lap_time;
use acevo_telemetry::recording::{Damage, Info, Mark, Marked};
use indicatif::HumanBytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::args::InfoArgs;
use crate::output::print;
use crate::playback::open;
use crate::text::{clean, clock};

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Object<'a> {
    #[serde(flatten)]
    info: &'a Info,
    marks: &'a [Mark],
    /// What cannot be read, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    damage: Option<&'a [Damage]>,
}

pub(crate) fn run(args: &InfoArgs) -> anyhow::Result<ExitCode> {
    let mut recording = open(&args.file)?;
    let damage = if args.check { Some(recording.check()?) } else { None };
    let (info, marks, damage) = (recording.info(), recording.marks(), damage.as_deref());
    let is_good = damage.is_none_or(<[_]>::is_empty);
    let text = if args.json {
        serde_json::to_string_pretty(&Object { info: &info, marks, damage })? + "\n"
    } else {
        as_text(&info, marks, damage)
    };
    print(text.as_bytes())?;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_text(info: &Info, marks: &[Mark], damage: Option<&[Damage]>) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<10} {value}");
    };
    let hours = info.duration().as_secs_f64() / 3600.0;
    if let Some(description) = &info.description {
        let began = Timestamp::from_microsecond(description.unix_us.try_into().unwrap_or(i64::MAX)).ok();
        let began = began.map(|began| began.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string());
        line("recorded", format!("{} by {}", began.unwrap_or_default(), clean(&description.program)));
    }
    line("time", clock(Some(info.duration())));
    let rate =
        if hours > 0.002 { format!(", {:.0} MB an hour", info.bytes as f64 / 1e6 / hours) } else { String::new() };
    line("size", format!("{}{rate}", HumanBytes(info.bytes)));
    let packets = PageKind::ALL.map(|page| format!("{} {page}", info.records.of(page)));
    line("packets", packets.join(", "));
    if info.lost.total() > 0 {
        line("lost", format!("{} packets, for want of room on the disk", info.lost.total()));
    }
    if !info.finished {
        line("end", "it was not ended by its program; nothing has to be repaired to read it".into());
    }
    if info.damaged > 0 {
        line("damage", format!("{} places cannot be read; --check tells which", info.damaged));
    }
    for damage in damage.unwrap_or_default() {
        let [from, to] = [damage.from, damage.to].map(|at| clock(Some(at.saturating_sub(info.start))));
        line("damage", format!("nothing can be read from {from} to {to}"));
    }
    for mark in marks {
        if let Some((name, value)) = told(mark, info.start) {
            line(name, value);
        }
    }
    text
}

/// What has happened, in a line.
fn told(mark: &Mark, start: Duration) -> Option<(&'static str, String)> {
    let at = clock(Some(mark.at.saturating_sub(start)));
    Some(match &mark.what {
        Marked::Attached { game_version, .. } => ("game", format!("{} at {at}", clean(game_version))),
        Marked::Detached { reason } => ("game ends", format!("at {at}: {}", clean(reason))),
        Marked::Session { name, track, configuration, car, .. } => {
            let names = [name, track, configuration, car].map(|name| clean(name));
            let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
            ("session", format!("{} from {at} on", names.join(" · ")))
        }
        Marked::Lap { number, time_ms, counts, .. } => {
            let time = lap_time(time_ms.map(|ms| Duration::from_millis(ms.into())));
            ("lap", format!("{number:>3}  {time}{}  at {at}", if *counts { "" } else { "  does not count" }))
        }
        Marked::Lost { to, records } => {
            let records = records.map_or("an unknown number of".into(), |records| records.total().to_string());
            ("lost", format!("{records} packets from {at} to {}", clock(Some(to.saturating_sub(start)))))
        }
        Marked::Note { text } => ("note", format!("at {at}: {}", clean(text))),
        _ => return None,
    })
}
