//! `acevo sessions`: the sessions of all recordings in a folder.

use std::process::ExitCode;
use std::time::Duration;

use acevo_library::SessionRow;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::library::{check_paths, report_unreadable, scanned};
use crate::cli::SessionsArgs;
use crate::format::plain_table::{Align, lines};
use crate::format::styled_line::{Line, Look};
use crate::format::text::{NONE, clean, clock, lap_time, milliseconds};
use crate::output::{Paint, print_json, print_text};

/// Columns of the text. It is never cut for a terminal.
const WIDE: usize = 400;

pub(crate) fn run(args: &SessionsArgs) -> anyhow::Result<ExitCode> {
    let plan = args.plan();
    check_paths(&plan)?;
    let library = scanned(&plan)?;
    let sessions = library.sessions(&plan.filter)?.rows;
    if args.json {
        print_json(&(serde_json::to_string(&sessions)? + "\n"))?;
    } else {
        print_text(&text(&sessions))?;
    }
    report_unreadable(&library, &plan)?;
    Ok(ExitCode::SUCCESS)
}

fn text(sessions: &[SessionRow]) -> String {
    let columns = [
        ("began", Align::Left),
        ("track", Align::Left),
        ("car", Align::Left),
        ("driver", Align::Left),
        ("kind", Align::Left),
        ("time", Align::Right),
        ("laps", Align::Right),
        ("best", Align::Right),
        ("file", Align::Left),
        ("title and tags", Align::Left),
    ];
    let rows: Vec<_> = sessions.iter().map(row).collect();
    let mut lines = lines(columns, &rows);
    if sessions.is_empty() {
        lines = vec![Line::default().with(Look::Aside, " no sessions")];
    }
    let paint = Paint::for_stdout();
    lines.iter().map(|line| line.painted(paint, WIDE) + "\n").collect()
}

fn row(session: &SessionRow) -> [String; 10] {
    let notes = &session.notes;
    let tags = notes.tags.iter().map(|tag| format!("#{tag}"));
    let texts: Vec<_> = [notes.title.clone()].into_iter().filter(|title| !title.is_empty()).chain(tags).collect();
    let laps = if session.laps == session.counting_laps {
        session.laps.to_string()
    } else {
        format!("{} of {}", session.counting_laps, session.laps)
    };
    [
        local_time(session.began.as_deref()),
        format!("{} {}", session.track_name, session.layout_name).trim().to_owned(),
        session.car_name.clone(),
        clean(&session.driver),
        session.kind.replace('_', " "),
        clock(Duration::try_from_secs_f64(session.duration_s).ok()),
        laps,
        lap_time(milliseconds(session.best_ms)),
        clean(&session.file),
        clean(&texts.join(" ")),
    ]
}

/// A date of the library in local time, to the minute.
pub(super) fn local_time(began: Option<&str>) -> String {
    let timestamp = began.and_then(|began| began.parse::<Timestamp>().ok());
    let local = timestamp.map(|timestamp| timestamp.to_zoned(TimeZone::system()));
    local.map_or_else(|| NONE.into(), |local| local.strftime("%Y-%m-%d %H:%M").to_string())
}
