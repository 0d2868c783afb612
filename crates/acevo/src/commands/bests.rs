//! `acevo bests`: the best lap of each car on each track.

use std::process::ExitCode;

use acevo_library::BestRow;

use super::library::{check_paths, report_unreadable, scanned};
use super::sessions::local_time;
use crate::cli::BestsArgs;
use crate::format::plain_table::{Align, lines};
use crate::format::styled_line::{Line, Look};
use crate::format::text::{clean, lap_time, milliseconds};
use crate::output::{Paint, print_json, print_text};

/// Columns of the text. It is never cut for a terminal.
const WIDE: usize = 400;

pub(crate) fn run(args: &BestsArgs) -> anyhow::Result<ExitCode> {
    let plan = args.plan();
    check_paths(&plan)?;
    let library = scanned(&plan)?;
    let bests = library.bests(&plan.filter)?;
    if args.json {
        print_json(&(serde_json::to_string(&bests)? + "\n"))?;
    } else {
        print_text(&text(&bests))?;
    }
    report_unreadable(&library, &plan)?;
    Ok(ExitCode::SUCCESS)
}

fn text(bests: &[BestRow]) -> String {
    let columns = [
        ("track", Align::Left),
        ("car", Align::Left),
        ("best", Align::Right),
        ("driver", Align::Left),
        ("session", Align::Left),
        ("sessions", Align::Right),
    ];
    let rows: Vec<_> = bests.iter().map(row).collect();
    let mut lines = lines(columns, &rows);
    if bests.is_empty() {
        lines = vec![Line::default().with(Look::Aside, " no laps that count")];
    }
    let paint = Paint::for_stdout();
    lines.iter().map(|line| line.painted(paint, WIDE) + "\n").collect()
}

fn row(best: &BestRow) -> [String; 6] {
    [
        format!("{} {}", best.track_name, best.layout_name).trim().to_owned(),
        best.car_name.clone(),
        lap_time(milliseconds(Some(best.time_ms))),
        clean(&best.driver),
        local_time(best.began.as_deref()),
        best.sessions.to_string(),
    ]
}
