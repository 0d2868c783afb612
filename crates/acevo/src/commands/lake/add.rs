//! `acevo lake add`: adds recordings and old data sets to a lake.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acevo_export::{ExportError, find_files};
use acevo_lake::{Added, Lake, LakeError, OldDataset, Outcome};
use anyhow::{Context, bail};
use serde::Serialize;

use super::progress::LakeProgress;
use crate::cli::LakeAddArgs;
use crate::format::text::{counted, error_chain};
use crate::output::{complain, complain_about, name_of, print_json, say};
use crate::shutdown::Stop;

/// The extension of recordings.
const EXTENSION: &str = "acevo";

/// What is to be added.
enum Input {
    Recording(PathBuf),
    Dataset(PathBuf, OldDataset),
}

pub(crate) fn run(args: &LakeAddArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let (inputs, unreadable) = find(&args.paths)?;
    let lake = Lake::open(&args.output)?;
    let (origin, options) = (args.origin(), args.options());
    let bytes = inputs.iter().map(Input::bytes).sum();
    let is_quiet = args.quiet || args.json;
    let mut progress = LakeProgress::new(is_quiet, bytes, &stop);
    let mut tally = Tally { is_quiet, json: args.json, failed: unreadable.len(), ..Tally::default() };
    for error in unreadable {
        complain(&error.into());
    }
    for input in &inputs {
        progress.begin(input.path());
        let result = match input {
            Input::Recording(path) => {
                let added = lake.add(path, &origin, &options, &mut progress);
                stopped(added).and_then(|added| progress.suspend(|| tally.take(path, added)))
            }
            Input::Dataset(path, dataset) => {
                let mut all = Vec::new();
                let converted = lake.add_dataset(dataset, &origin, &mut progress, |recording, added| {
                    all.push((path.join(recording), added));
                });
                let printed =
                    progress.suspend(|| all.into_iter().try_for_each(|(path, added)| tally.take(&path, added)));
                printed.and_then(|()| stopped(converted)?.context("cannot convert the data set"))
            }
        };
        if let Err(error) = result {
            progress.finish();
            return Err(error);
        }
        progress.end(input.bytes());
    }
    progress.finish();
    tally.finish(&args.output)
}

/// Fails if the work was stopped.
fn stopped<T>(result: Result<T, LakeError>) -> anyhow::Result<Result<T, LakeError>> {
    if result.as_ref().is_err_and(LakeError::is_cancelled) {
        bail!("stopped; what was added is complete, and the same command continues from there");
    }
    Ok(result)
}

impl Input {
    fn path(&self) -> &Path {
        match self {
            Self::Recording(path) | Self::Dataset(path, _) => path,
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::Recording(path) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
            Self::Dataset(_, dataset) => dataset.bytes(),
        }
    }
}

/// Recordings and data sets in these paths, and folders that cannot be read. A folder may have both.
fn find(paths: &[PathBuf]) -> anyhow::Result<(Vec<Input>, Vec<ExportError>)> {
    let (mut inputs, mut unreadable) = (Vec::new(), Vec::new());
    for path in paths {
        if !path.is_dir() {
            inputs.push(Input::Recording(path.clone()));
            continue;
        }
        let before = inputs.len() + unreadable.len();
        let mut recordings = Vec::new();
        find_files(path, EXTENSION, &mut recordings, &mut unreadable);
        inputs.extend(recordings.into_iter().map(Input::Recording));
        inputs.extend(OldDataset::find(path)?.map(|dataset| Input::Dataset(path.clone(), dataset)));
        if inputs.len() + unreadable.len() == before {
            bail!(
                "there are no recordings (*.{EXTENSION}) in {}, and it is no data set of `acevo export`",
                name_of(path)
            );
        }
    }
    Ok((inputs, unreadable))
}

/// Counts recordings by what became of them, and prints it.
#[derive(Debug, Default)]
struct Tally {
    is_quiet: bool,
    json: bool,
    added: usize,
    there: usize,
    skipped: usize,
    empty: usize,
    failed: usize,
}

/// A line of JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    path: String,
    #[serde(flatten)]
    added: Option<&'a Added>,
    error: Option<String>,
}

impl Tally {
    fn take(&mut self, path: &Path, added: Result<Added, LakeError>) -> anyhow::Result<()> {
        let name = name_of(path);
        if self.json {
            let error = added.as_ref().err().map(|error| error_chain(error));
            let line = Line { path: path.to_string_lossy().into_owned(), added: added.as_ref().ok(), error };
            print_json(&(serde_json::to_string(&line)? + "\n"))?;
        }
        let message = match &added {
            Err(error) => {
                self.failed += 1;
                complain_about(format_args!("cannot add {name}"), error);
                return Ok(());
            }
            Ok(Added { outcome: Outcome::Added, rows, .. }) => {
                self.added += 1;
                format!("added {name}: {}", counts(rows))
            }
            Ok(Added { outcome: Outcome::NotFinished, .. }) => {
                self.skipped += 1;
                let end = "is still being written, or its program was killed; `acevo repair` makes a finished copy";
                format!("left out {name}: it {end}")
            }
            Ok(Added { outcome: Outcome::Empty, .. }) => {
                self.empty += 1;
                format!("there is no driving in {name}")
            }
            Ok(_) => {
                self.there += 1;
                return Ok(());
            }
        };
        if !self.is_quiet {
            say(format_args!("acevo: {message}"));
        }
        Ok(())
    }

    fn finish(self, lake: &Path) -> anyhow::Result<ExitCode> {
        if !self.is_quiet {
            let others = [
                (self.there, "already there"),
                (self.skipped, "not finished"),
                (self.empty, "without driving"),
                (self.failed, "failed"),
            ];
            let others = others.iter().filter(|(count, _)| *count > 0);
            let others: String = others.map(|(count, what)| format!(", {count} {what}")).collect();
            let added = counted(self.added as u64, "recording", "recordings");
            say(format_args!("acevo: {added} added to {}{others}", name_of(lake)));
        }
        Ok(if self.failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Rows by tables, such as `14 laps, 20000 samples`.
fn counts(rows: &BTreeMap<&'static str, u64>) -> String {
    let counts: Vec<_> = rows.iter().map(|(table, rows)| format!("{rows} {}", table.replace('_', " "))).collect();
    counts.join(", ")
}
