//! `acevo report`: an archive for a bug report.

mod archive;
mod collect;
mod settings_text;

use std::path::PathBuf;
use std::process::ExitCode;

use acevo_telemetry::clean_text;
use anyhow::ensure;
use jiff::Zoned;

use self::collect::{Entry, collect};
use crate::cli::ReportArgs;
use crate::output::{check_new, is_dash, print_path, print_text, say, say_lines, write_new};

pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let output = args.output.clone().unwrap_or_else(default_name);
    ensure!(!is_dash(&output), "the archive cannot be written to the standard output: name a file with -o");
    if !args.list {
        // Before a second of measurement.
        check_new(&output)?;
    }
    let entries = collect(&args.pages());
    let list = list(&entries);
    if args.list {
        print_text(&(list + "\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("acevo: the archive has these files, with `~` instead of your home folder and your name:"));
    say_lines(&list);
    write_new(&output, &archive::zip(&entries)?)?;
    print_path(&output)?;
    Ok(ExitCode::SUCCESS)
}

/// Named after the local time.
fn default_name() -> PathBuf {
    PathBuf::from(Zoned::now().strftime("acevo-report-%Y-%m-%d_%H-%M-%S.zip").to_string())
}

/// A line per file: size in bytes, name, content.
fn list(entries: &[Entry]) -> String {
    let widest = entries.iter().map(|entry| entry.name.len()).max().unwrap_or_default();
    let line =
        |entry: &Entry| format!("{:>10}  {:widest$}  {}", entry.text.len(), clean_text(&entry.name), entry.content);
    entries.iter().map(line).collect::<Vec<_>>().join("\n")
}
