//! `acevo info`: what is in a recording.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use acevo_shared_memory::PageKind;
use acevo_telemetry::lap_time;
use acevo_telemetry::recording::{Damage, Info, Item, Mark, Marked, Recording};
use indicatif::HumanBytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::args::InfoArgs;
use crate::output::print;
use crate::playback::open;
use crate::text::{clean, clock, name as shown};

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Object<'a> {
    #[serde(flatten)]
    info: &'a Info,
    marks: &'a [Mark],
    /// What reading all of it has told, where that was asked for.
    #[serde(flatten)]
    checked: Option<&'a Checked>,
}

/// What is seen only by reading everything.
#[derive(Debug, Default, Serialize)]
struct Checked {
    /// What cannot be read.
    damage: Vec<Damage>,
    /// Packets that nobody saw, or nobody wrote.
    missed: [Missed; 3],
}

/// Packets of a page that are not in the recording.
#[derive(Debug, Default, Clone, Copy, Serialize)]
struct Missed {
    packets: u64,
    places: u64,
    /// The most in a row, and when they end.
    most: u32,
    most_at_us: u64,
}

impl Checked {
    fn of(recording: &mut Recording) -> anyhow::Result<Self> {
        let mut checked = Self::default();
        recording.seek(Duration::ZERO)?;
        while let Some(item) = recording.next_item()? {
            match item {
                Item::Damage(damage) => checked.damage.push(damage),
                Item::Record(record) if record.missed > 0 => {
                    let missed = &mut checked.missed[record.page as usize];
                    missed.packets += u64::from(record.missed);
                    missed.places += 1;
                    if record.missed > missed.most {
                        missed.most = record.missed;
                        missed.most_at_us = u64::try_from(record.at.as_micros()).unwrap_or(u64::MAX);
                    }
                }
                _ => {}
            }
        }
        Ok(checked)
    }
}

pub(crate) fn run(args: &InfoArgs) -> anyhow::Result<ExitCode> {
    let mut recording = open(&args.file)?;
    let checked = if args.check { Some(Checked::of(&mut recording)?) } else { None };
    let (info, marks, checked) = (recording.info(), recording.marks(), checked.as_ref());
    let is_good = checked.is_none_or(|checked| checked.damage.is_empty());
    let text = if args.json {
        serde_json::to_string_pretty(&Object { info: &info, marks, checked })? + "\n"
    } else {
        as_text(&info, marks, checked)
    };
    print(text.as_bytes())?;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_text(info: &Info, marks: &[Mark], checked: Option<&Checked>) -> String {
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
    let since_start = |at: Duration| clock(Some(at.saturating_sub(info.start)));
    if let Some(Checked { damage, missed }) = checked {
        for damage in damage {
            let [from, to] = [damage.from, damage.to].map(since_start);
            line("damage", format!("nothing can be read from {from} to {to}"));
        }
        for (page, missed) in PageKind::ALL.into_iter().zip(missed).filter(|(_, missed)| missed.packets > 0) {
            let Missed { packets, places, most, most_at_us } = *missed;
            let percent = 100.0 * packets as f64 / (packets + info.records.of(page)) as f64;
            let at = since_start(Duration::from_micros(most_at_us));
            line(
                "missed",
                format!("{packets} packets of {page} in {places} places ({percent:.2} %), {most} before {at}"),
            );
        }
        if damage.is_empty() {
            line("check", "everything can be read".into());
        }
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
            let names = [name, track, configuration, car].map(|text| shown(text));
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
