//! `acevo dump`: every field with value and unit, once; or the exact bytes of all pages.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use acevo_recording::RawDump;
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Frame, PageKind, PhysicsValidity, Value};
use anyhow::Context;
use serde::Serialize;

use super::once::{ENDED, SavedPages, UNSETTLED, attach, read_game, read_saved_pages};
use super::raw_file::write_dump;
use crate::cli::DumpArgs;
use crate::format::fields::{Selected, select};
use crate::format::rows::FieldRow;
use crate::format::text::{padded, width};
use crate::output::{self, print_json, print_text, say};
use crate::session::demo;

/// Maximum width of the value column. Longer values do not shift the units of other lines.
const MAX_VALUE_WIDTH: usize = 32;

pub(crate) fn run(args: &DumpArgs) -> anyhow::Result<ExitCode> {
    // Arguments are checked before the game is waited for.
    let selected = select(&args.fields, args.page, args.all)?;
    if let Some(file) = &args.raw {
        output::check_new(file)?;
    }
    let (frame, settled) = match (&args.once.from, args.demo()) {
        (Some(file), _) => match read_saved_pages(file, args.once.at)? {
            SavedPages::Recording(_, frame) => (frame, frame.is_settled()),
            SavedPages::Dump(frame, settled) => (frame, settled),
        },
        (None, demo) => {
            let is_demo = demo.is_some();
            let mapper = match demo {
                Some(demo) => demo::still(&demo::frame(demo.options))?,
                None => match attach(&args.pages(), args.wait).context("nothing to dump")? {
                    Some(mapper) => mapper,
                    None => return Ok(ExitCode::SUCCESS),
                },
            };
            if let Some(file) = &args.raw {
                return write_raw(&mapper, file, !is_demo);
            }
            let frame = if is_demo { mapper.frame().context(ENDED)? } else { read_game(&mapper)? };
            // Torn pages were reported already.
            (frame, true)
        }
    };
    if !settled {
        say(format_args!("{UNSETTLED}"));
    }
    if args.json {
        print_json(&as_json(&frame, &selected)?)?;
    } else {
        print_text(&as_text(&frame, &selected, args.describe))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the pages byte for byte. `is_game` is false for the simulator, whose pages never change.
fn write_raw(mapper: &ACEvoSharedMemoryMapper, file: &Path, is_game: bool) -> anyhow::Result<ExitCode> {
    let dump = RawDump::of(mapper).context("nothing was dumped")?;
    if is_game {
        let _ = read_game(mapper)?;
    }
    if !dump.is_settled() {
        say(format_args!("{UNSETTLED}"));
    }
    write_dump(&dump, file)?;
    let name = if output::is_dash(file) { "the standard output".into() } else { output::name_of(file) };
    say(format_args!("acevo: wrote {name}: {}", dump.summary()));
    say(format_args!(
        "acevo: it has everything that the game publishes, including the driver's name, and the location of the pages"
    ));
    Ok(ExitCode::SUCCESS)
}

/// A field as JSON.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    value: Value<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    unit: &'static str,
}

/// Whether physics is current, then an object per page with a field per line, in the order of the pages.
fn as_json(frame: &Frame, selected: &[Selected]) -> anyhow::Result<String> {
    let mut pages = vec![format!("  \"validity\": {}", serde_json::to_string(&frame.validity)?)];
    for page in PageKind::ALL {
        let mut fields = Vec::new();
        for one in selected.iter().filter(|one| one.page == page) {
            let value = one.value(frame.bytes(page));
            let name = if let Value::Enum(_, name) = value { Some(name) } else { None };
            let entry = Entry { value, name, unit: one.field.unit_of(&value) };
            fields.push(format!("    {}: {}", serde_json::to_string(&one.name())?, serde_json::to_string(&entry)?));
        }
        if !fields.is_empty() {
            pages.push(format!("  \"{page}\": {{\n{}\n  }}", fields.join(",\n")));
        }
    }
    Ok(format!("{{\n{}\n}}\n", pages.join(",\n")))
}

/// The mark after values that do not describe the car now.
fn not_current(validity: PhysicsValidity) -> Option<String> {
    (!validity.is_current()).then(|| format!("(not current: {validity})"))
}

fn as_text(frame: &Frame, selected: &[Selected], describe: bool) -> String {
    let mut rows = Vec::new();
    for one in selected {
        let mark = if one.page == PageKind::Physics { not_current(frame.validity) } else { None };
        rows.extend(one.rows(frame.bytes(one.page)).into_iter().map(|row| (row, mark.clone())));
    }
    let names = rows.iter().map(|(row, _)| width(&row.name)).max().unwrap_or_default();
    let values =
        rows.iter().map(|(row, _)| width(&row.value)).filter(|width| *width <= MAX_VALUE_WIDTH).max().unwrap_or(0);
    let units = rows.iter().map(|(row, _)| width(row.unit)).max().unwrap_or_default();
    let mut text = String::new();
    for (FieldRow { name, value, unit, description }, mark) in &rows {
        let mut line = [padded(name, names), padded(value, values), padded(unit, units)].join("  ");
        if describe {
            let _ = write!(line, "  {description}");
        }
        if let Some(mark) = mark {
            let _ = write!(line, "  {mark}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
