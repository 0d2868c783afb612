//! `acevo lake check`: compares the files of a lake with its logs.

use std::process::ExitCode;

use acevo_lake::{Finding, Lake, TableReport};
use anyhow::bail;

use crate::cli::LakeCheckArgs;
use crate::format::text::counted;
use crate::output::{one_line, print_json, print_text, say};
use crate::shutdown::Stop;

pub(crate) fn run(args: &LakeCheckArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let report = Lake::check(&args.lake, || !stop.is_requested())?;
    if stop.is_requested() {
        bail!("stopped");
    }
    if args.json {
        print_json(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        let tables = report.tables.iter().filter(|_| !args.quiet).map(line_of_table);
        let findings = report.findings.iter().filter(|finding| finding.kind.is_damage() || !args.quiet).map(line);
        print_text(&tables.chain(findings).collect::<String>())?;
    }
    if !report.is_damaged() {
        return Ok(ExitCode::SUCCESS);
    }
    if !args.quiet {
        say(format_args!("acevo: the lake is damaged: restore the files, or make it again from the recordings"));
    }
    Ok(ExitCode::FAILURE)
}

fn line_of_table(report: &TableReport) -> String {
    let TableReport { table, version, files, rows, bytes, recordings, .. } = report;
    let (version, size) = (version.unwrap_or_default(), *bytes as f64 / 1e6);
    let recordings = counted(*recordings as u64, "recording", "recordings");
    let (rows, files) = (counted(*rows, "row", "rows"), counted(*files as u64, "file", "files"));
    format!("{table:<10} version {version}, {recordings}, {rows}, {files}, {size:.1} MB\n")
}

fn line(finding: &Finding) -> String {
    let Finding { table, kind, subject, text, .. } = finding;
    let kind = if kind.is_damage() { "damaged" } else { "note" };
    let subject = if subject.is_empty() { String::new() } else { format!(" {}", one_line(subject)) };
    format!("{table:<10} {kind}:{subject} {}\n", one_line(text))
}
