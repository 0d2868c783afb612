//! `acevo info`: describes a recording.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use acevo_recording::{Damage, Info, Mark, Marked, Record, RecordedNames, Recording, RecordingItem, RecordingSummary};
use acevo_shared_memory::{Page, PageKind, PhysicsTracker, SPageFileGraphicEvo, SPageFilePhysics};
use acevo_telemetry::format_lap_time;
use indicatif::HumanBytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::cli::InfoArgs;
use crate::format::text::{clean, clock, name as shown};
use crate::output::{print_json, print_text};
use crate::session::playback::open;

/// The printed object.
#[derive(Debug, Serialize)]
struct Object<'a> {
    #[serde(flatten)]
    info: &'a Info,
    /// Names that the pages have.
    names: Names<'a>,
    marks: &'a [Mark],
    /// Sessions and laps of the pages, in the form of marks, if the recording has no session marks or wrong ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'a [Mark]>,
    /// The result of `--check`.
    #[serde(flatten)]
    checked: Option<&'a Checked>,
}

/// Names that the pages have; empty if they have none.
#[derive(Debug, Serialize)]
struct Names<'a> {
    game_version: &'a str,
    track: &'a str,
    configuration: &'a str,
    car: &'a str,
    driver: &'a str,
}

impl<'a> Names<'a> {
    fn of(names: &'a RecordedNames) -> Self {
        let RecordedNames { game_version, track, configuration, car, driver, .. } = names;
        Self { game_version, track, configuration, car, driver }
    }
}

/// The result of reading the whole recording.
#[derive(Debug, Default, Serialize)]
struct Checked {
    /// Parts that cannot be read.
    damage: Vec<Damage>,
    /// Packets that were missed, or not written.
    missed: [Missed; 3],
    /// Steps of the physics counter that the game left out around pauses.
    skipped: u64,
}

/// Packets of a page that are not in the recording.
#[derive(Debug, Default, Clone, Copy, Serialize)]
struct Missed {
    packets: u64,
    places: u64,
    /// The maximum number in a row, and when they end.
    most: u32,
    most_at_us: u64,
}

impl Checked {
    fn of(recording: &mut Recording) -> anyhow::Result<Self> {
        let (mut checked, mut tracker) = (Self::default(), PhysicsTracker::default());
        recording.seek(Duration::ZERO)?;
        while let Some(item) = recording.next_item()? {
            match item {
                RecordingItem::Damage(damage) => checked.damage.push(damage),
                RecordingItem::Record(record) => {
                    let skipped = checked.take_page(&mut tracker, &record);
                    // Older recordings count what the game left out as missed.
                    let packets = record.missed.saturating_sub(skipped);
                    if packets == 0 {
                        continue;
                    }
                    let missed = &mut checked.missed[record.page as usize];
                    missed.packets += u64::from(packets);
                    missed.places += 1;
                    if packets > missed.most {
                        missed.most = packets;
                        missed.most_at_us = u64::try_from(record.at.as_micros()).unwrap_or(u64::MAX);
                    }
                }
                _ => {}
            }
        }
        Ok(checked)
    }

    /// Follows the counters. Returns the number of steps that the game skipped right before this page.
    fn take_page(&mut self, tracker: &mut PhysicsTracker, record: &Record<'_>) -> u32 {
        match record.page {
            PageKind::Physics => {
                let page = SPageFilePhysics::from_bytes(record.bytes);
                let skipped = tracker.physics(&page);
                self.skipped += u64::from(skipped);
                skipped
            }
            PageKind::Graphics => {
                tracker.graphics(&SPageFileGraphicEvo::from_bytes(record.bytes));
                0
            }
            PageKind::Static => 0,
        }
    }
}

pub(crate) fn run(args: &InfoArgs) -> anyhow::Result<ExitCode> {
    let mut recording = open(&args.file)?;
    let checked = if args.check { Some(Checked::of(&mut recording)?) } else { None };
    let summary = RecordingSummary::read(&mut recording)?;
    let (info, marks, checked) = (recording.info(), recording.marks(), checked.as_ref());
    let is_good = checked.is_none_or(|checked| checked.damage.is_empty());
    let text = if args.json {
        serde_json::to_string_pretty(&Object {
            info: &info,
            names: Names::of(&summary.names),
            marks,
            found: summary.found.as_deref(),
            checked,
        })? + "\n"
    } else {
        as_text(&info, &summary, marks, checked)
    };
    if args.json {
        print_json(&text)?;
    } else {
        print_text(&text)?;
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_text(info: &Info, summary: &RecordingSummary, marks: &[Mark], checked: Option<&Checked>) -> String {
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
    let RecordedNames { track, configuration, car, driver, game_version, .. } = &summary.names;
    let track = format!("{track} {configuration}");
    for (name, value) in [("version", game_version), ("track", &track), ("car", car), ("driver", driver)] {
        let value = clean(value);
        if !value.is_empty() {
            line(name, value);
        }
    }
    line("time", clock(Some(info.duration())));
    let rate = if hours > 0.002 { format!(", {:.0} MB/h", info.bytes as f64 / 1e6 / hours) } else { String::new() };
    line("size", format!("{}{rate}", HumanBytes(info.bytes)));
    let packets = PageKind::ALL.map(|page| format!("{} {page}", info.records.of(page)));
    line("packets", packets.join(", "));
    if info.lost.total() > 0 {
        line("lost", format!("{} packets, because the disk was full", info.lost.total()));
    }
    if !info.finished {
        line("end", "the recorder was killed; the recording can be read without repair".into());
    }
    if info.damaged > 0 {
        line("damage", format!("{} parts cannot be read; --check lists them", info.damaged));
    }
    let since_start = |at: Duration| clock(Some(at.saturating_sub(info.start)));
    if let Some(Checked { damage, missed, skipped, .. }) = checked {
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
                format!("{packets} packets of {page} in {places} gaps ({percent:.2} %), {most} before {at}"),
            );
        }
        if *skipped > 0 {
            line(
                "skipped",
                format!("{skipped} physics steps, by the game around pauses; no packets are missing there"),
            );
        }
        if damage.is_empty() {
            line("check", "everything can be read".into());
        }
    }
    if summary.found.is_some() {
        line("marks", "session and lap marks are missing or wrong; these were found in the pages".into());
    }
    let is_replaced = |mark: &&Mark| matches!(mark.what, Marked::Session { .. } | Marked::Lap { .. });
    let marked = marks.iter().filter(|mark| summary.found.is_none() || !is_replaced(mark));
    let mut all: Vec<_> = marked.chain(summary.found.iter().flatten()).collect();
    all.sort_by_key(|mark| mark.at);
    for mark in all {
        if let Some((name, value)) = line_of(mark, info.start) {
            line(name, value);
        }
    }
    text
}

/// A mark as a line: its name and text.
fn line_of(mark: &Mark, start: Duration) -> Option<(&'static str, String)> {
    let at = clock(Some(mark.at.saturating_sub(start)));
    Some(match &mark.what {
        Marked::Attached { game_version, .. } => ("game", format!("{} at {at}", clean(game_version))),
        Marked::Detached { reason } => ("game ends", format!("at {at}: {}", clean(reason))),
        Marked::Session { name, track, configuration, car, .. } => {
            let names = [name, track, configuration, car].map(|text| shown(text));
            let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
            ("session", format!("{} from {at}", names.join(" · ")))
        }
        Marked::Lap { number, time_ms, counts, .. } => {
            let time = format_lap_time(time_ms.map(|ms| Duration::from_millis(ms.into())));
            let remark = match (counts, time_ms) {
                (true, _) => "",
                (false, Some(_)) => "  does not count",
                (false, None) => "  incomplete",
            };
            ("lap", format!("{number:>3}  {time}{remark}  at {at}"))
        }
        Marked::Lost { to, records } => {
            let records = records.map_or("an unknown number of".into(), |records| records.total().to_string());
            ("lost", format!("{records} packets from {at} to {}", clock(Some(to.saturating_sub(start)))))
        }
        Marked::Note { text } => ("note", format!("at {at}: {}", clean(text))),
        _ => return None,
    })
}
