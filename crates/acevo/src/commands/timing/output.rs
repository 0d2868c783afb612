//! Prints results, or writes them into a file.

use std::io::Write;
use std::path::Path;

use acevo_export::results::{write_csv, write_html};
use acevo_telemetry::field::Standings;
use anyhow::{Context as _, bail};

use crate::cli::TimingArgs;
use crate::format::field_json::FieldJson;
use crate::format::styled_line::{Line, Look};
use crate::format::text::clean;
use crate::format::timing_table::{LEGEND, TimingTable, summary};
use crate::output::{Paint, check_new, create_pending, name_of, print_json, print_path, print_text, publish};

/// Columns of the table if there is no terminal.
const WIDE: usize = 200;

/// A format of results.
#[derive(Debug, Clone, Copy)]
enum Format {
    Json,
    Csv,
    Html,
}

impl Format {
    fn of(path: &Path) -> anyhow::Result<Self> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            Some("html" | "htm") => Ok(Self::Html),
            _ => bail!("{} has no known format: name a file that ends with .json, .csv or .html", name_of(path)),
        }
    }
}

/// Prints results as a table or JSON, or writes them into the file that the arguments name.
pub(super) fn write(sessions: &[Standings], args: &TimingArgs) -> anyhow::Result<()> {
    if let Some(path) = &args.output {
        return write_file(path, sessions);
    }
    if args.json {
        return print_json(&format!("{}\n", serde_json::to_string(&json(sessions))?));
    }
    if sessions.is_empty() {
        bail!("there are no laps of any car");
    }
    print_text(&text(sessions))
}

fn json(sessions: &[Standings]) -> Vec<FieldJson<'_>> {
    sessions.iter().map(FieldJson::of).collect()
}

fn text(sessions: &[Standings]) -> String {
    let paint = Paint::for_stdout();
    let mut lines = Vec::new();
    for session in sessions {
        let table = TimingTable::new(session, WIDE);
        lines.push(Line::default().with(Look::Title, title(session)));
        lines.push(summary(session));
        lines.push(table.header());
        lines.extend(table.rows());
        lines.push(Line::default());
    }
    lines.push(Line::default().with(Look::Aside, format!(" {LEGEND}")));
    lines.iter().map(|line| line.painted(paint, WIDE) + "\n").collect()
}

/// The number and the track of a session.
fn title(session: &Standings) -> String {
    let track = if session.track.is_empty() { String::new() } else { format!(" · {}", clean(&session.track)) };
    format!("Session {}{track}", session.session)
}

fn write_file(path: &Path, sessions: &[Standings]) -> anyhow::Result<()> {
    let format = Format::of(path)?;
    check_new(path)?;
    let pending = create_pending(path)?;
    let cannot = || format!("cannot write {}", name_of(path));
    let mut file = pending.file()?;
    let written = match format {
        Format::Json => serde_json::to_writer(&mut file, &json(sessions)).map_err(std::io::Error::from),
        Format::Csv => write_csv(&mut file, sessions),
        Format::Html => write_html(&mut file, "Results", sessions),
    };
    written.and_then(|()| file.flush()).with_context(cannot)?;
    drop(file);
    publish(pending)?;
    print_path(path)
}
