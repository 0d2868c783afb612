//! `acevo lake compact`: merges small files.

use std::process::ExitCode;

use acevo_lake::{CompactOptions, Compacted, Lake, LakeError, Vacuumed};
use anyhow::bail;
use serde_json::json;

use super::progress::LakeProgress;
use crate::cli::LakeCompactArgs;
use crate::output::{print_json, say};
use crate::shutdown::Stop;

pub(crate) fn run(args: &LakeCompactArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let (lake, options) = (Lake::open(&args.lake)?, CompactOptions::default());
    let is_quiet = args.quiet || args.json;
    let mut progress = LakeProgress::new(is_quiet, lake.small_bytes(&options)?, &stop);
    let compacted = lake.compact(&options, &mut progress);
    progress.finish();
    let compacted = match compacted {
        Err(LakeError::Export(_)) if stop.is_requested() => {
            bail!("stopped; what was merged stays, and the same command continues from there")
        }
        compacted => compacted?,
    };
    let vacuumed = args.vacuum.map(|age| lake.vacuum(age)).transpose()?.unwrap_or_default();
    if args.json {
        print_json(&format!("{}\n", json!({ "compacted": compacted, "removed": vacuumed })))?;
    } else if !args.quiet {
        compacted.iter().for_each(print_compacted);
        vacuumed.iter().for_each(print_vacuumed);
    }
    Ok(ExitCode::SUCCESS)
}

fn print_compacted(compacted: &Compacted) {
    let Compacted { table, merged, written, rows, unreadable, checkpoint, .. } = compacted;
    match merged {
        0 => say(format_args!("acevo: {table}: nothing to merge")),
        _ => say(format_args!("acevo: {table}: merged {merged} files with {rows} rows into {written}")),
    }
    if *unreadable > 0 {
        say(format_args!(
            "acevo: {table}: left {unreadable} small files alone, which another program has compressed in another way"
        ));
    }
    if let Some(version) = checkpoint {
        say(format_args!("acevo: {table}: wrote a checkpoint of version {version}"));
    }
}

fn print_vacuumed(vacuumed: &Vacuumed) {
    let Vacuumed { table, files, bytes, .. } = vacuumed;
    if *files > 0 {
        say(format_args!("acevo: {table}: removed {files} files that were not needed, {:.1} MB", *bytes as f64 / 1e6));
    }
}
